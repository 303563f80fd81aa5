"""What differs between two set-ups, entry by entry and field by field: for looking before saving, and for the history."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from .core.catalogue import Name, Package, Service, Setup

WHOLE = frozenset({"statutory", "promised", "answer", "delivery", "minutes", "hours", "limit"})  # read as one thing
What = Literal["added", "removed", "changed", "moved"]
SECTIONS = (
    "services", "packages", "themes", "departments", "queues", "counters", "zones", "clerks", "classes", "tides",
    "free_services",
)  # fmt: skip


class FieldChange(msgspec.Struct, frozen=True):
    """``field``: as ``fee.zh`` or ``materials.photo.copies``; rows that have an id go by it."""

    field: str
    old: Any
    new: Any
    of: Any = None  # the name of the row within the entry, such as that of a material


class Difference(msgspec.Struct, frozen=True):
    """One entry that differs. ``moved``: the order of a section is another, and nothing else."""

    section: str
    id: str
    what: What
    name: Name | str | None = None
    fields: tuple[FieldChange, ...] = ()


def differences(old: Setup, new: Setup) -> list[Difference]:
    """All that differs but the version."""
    found: list[Difference] = []
    for section in SECTIONS:
        found += _rows(section, getattr(old, section), getattr(new, section))
    return found + _rest(old, new)


def service_difference(was: Service | None, now: Service | None) -> list[Difference]:
    return _rows("services", () if was is None else (was,), () if now is None else (now,))


def package_difference(was: Package | None, now: Package | None) -> list[Difference]:
    return _rows("packages", () if was is None else (was,), () if now is None else (now,))


def _rows(section: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> list[Difference]:
    if old == new:
        return []
    before, after = {row.id: row for row in old}, {row.id: row for row in new}
    found = [_changed(section, before.get(row.id), row) for row in new if before.get(row.id) != row]
    found += [Difference(section, row.id, "removed", _name(row)) for row in old if row.id not in after]
    kept = [row.id for row in old if row.id in after], [row.id for row in new if row.id in before]
    if kept[0] != kept[1]:
        found.append(Difference(section, "", "moved"))
    return found


def _changed(section: str, was: Any, now: Any) -> Difference:
    if was is None:
        return Difference(section, now.id, "added", _name(now))
    return Difference(section, now.id, "changed", _name(now), tuple(field_changes(was, now)))


def _name(row: Any) -> Name | str | None:
    name: Name | str | None = getattr(row, "name", None) or getattr(row, "label", None)
    return name


def _rest(old: Setup, new: Setup) -> list[Difference]:
    """What the hall has once: its name, hours, rules ..."""
    fields = [name for name in Setup.__struct_fields__ if name not in (*SECTIONS, "id", "version")]
    before, after = ({name: _full(getattr(setup, name)) for name in fields} for setup in (old, new))
    changes = tuple(_compared(before, after, ""))
    return [Difference("hall", new.id, "changed", new.name, changes)] if changes else []


def field_changes(was: Any, now: Any) -> list[FieldChange]:
    """The fields in which two entries differ, in the order of the hall file."""
    return _compared(_full(was), _full(now), "")


def _full(value: Any) -> Any:
    """Plain data with what stands at its default, so that what is switched off is seen as well."""
    if isinstance(value, msgspec.Struct):
        return {name: _full(getattr(value, name)) for name in value.__struct_fields__}
    return [_full(part) for part in value] if isinstance(value, tuple) else value


def _compared(was: Any, now: Any, path: str, of: Any = None) -> list[FieldChange]:
    if was == now:
        return []
    old, new = _parts(was), _parts(now)
    if old is None or new is None or not (old or new) or path.rpartition(".")[2] in WHOLE:
        return [FieldChange(path, was, now, of)]
    found: list[FieldChange] = []
    for key in (*old, *(key for key in new if key not in old)):
        one, other = old.get(key), new.get(key)
        row = one if other is None else other
        name = row.get("name", of) if isinstance(now, list) and isinstance(row, dict) else of
        found += _compared(one, other, f"{path}.{key}" if path else str(key), name)
    return found or [FieldChange(path, was, now, of)]  # the order of rows alone


def _parts(value: Any) -> dict[Any, Any] | None:
    """A record by its keys, a list of records by their ids; None for what is compared as a whole."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(row, dict) and "id" in row for row in value):
        return {row["id"]: row for row in value}
    return {} if value == [] else None
