"""What differs between two set-ups, entry by entry and field by field: for looking before saving, and for the history."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from .core.catalogue import Name, Package, Service, Setup
from .setup_export import plain

What = Literal["added", "removed", "changed", "moved"]
SECTIONS = (
    "services", "packages", "themes", "departments", "queues", "counters", "zones", "clerks", "classes", "tides",
    "free_services",
)  # fmt: skip


class FieldChange(msgspec.Struct, frozen=True):
    """``field``: as ``promised.value`` or ``materials.photo.copies``; rows that have an id go by it."""

    field: str
    old: Any
    new: Any


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
    before = {name: plain(getattr(old, name)) for name in fields}
    after = {name: plain(getattr(new, name)) for name in fields}
    changes = tuple(_compared(before, after, ""))
    return [Difference("hall", new.id, "changed", new.name, changes)] if changes else []


def field_changes(was: Any, now: Any) -> list[FieldChange]:
    """The fields in which two entries differ, in the order of the hall file."""
    return _compared(_full(was), _full(now), "")


def _full(row: Any) -> dict[str, Any]:
    """With the fields at their default, so that what is switched off is seen as well."""
    return {name: plain(getattr(row, name)) for name in row.__struct_fields__}


def _compared(was: Any, now: Any, path: str) -> list[FieldChange]:
    if was == now:
        return []
    old, new = _parts(was), _parts(now)
    if old is None or new is None or not (old or new):
        return [FieldChange(path, was, now)]
    found: list[FieldChange] = []
    for key in (*old, *(key for key in new if key not in old)):
        found += _compared(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    return found or [FieldChange(path, was, now)]  # the order of rows alone


def _parts(value: Any) -> dict[Any, Any] | None:
    """A record by its keys, a list of records by their ids; None for what is compared as a whole."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(row, dict) and "id" in row for row in value):
        return {row["id"]: row for row in value}
    return {} if value == [] else None
