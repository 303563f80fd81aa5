"""The list of materials of a visit: what is there, what is missing, and whether the application can be accepted.

Marks belong to the visit: a paper that several services need is looked at once (V8). Each service then reads the marks in
its own light: what may come later for one service may be needed at once for another.

    ok        there and in order
    missing   not there: goes onto the one-time notice (行政许可法 32)
    later     not there, but may follow (容缺受理, 安阳市政务服务条例 24), where the catalogue says so
    free      not asked for, with the reason: the state has it (V7, 不得重复提交)
    promised  replaced by a signed promise (告知承诺), where the catalogue says so
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from .catalogue import Material, Name, Rules, Service, ServiceId

MarkKind = Literal["ok", "missing", "later", "free", "promised"]
FreeReason = Literal["certificate", "shared", "earlier", "not_needed"]


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a clerk found of one material. ``reason``: why it is not asked for."""

    material: str
    mark: MarkKind
    reason: FreeReason | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list. ``mark`` is ``None`` as long as nobody has looked; ``services``: which ones ask for it.

    ``by_default``: not asked for because the catalogue says so, and nobody has looked.
    """

    material: Material
    services: tuple[ServiceId, ...]
    mark: MarkKind | None
    reason: FreeReason | None = None
    by_default: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line as it stands on a receipt: a copy, so that a later change of the catalogue does not change the receipt.

    ``by_default`` as in :class:`Item`.
    """

    material: str
    name: Name
    mark: MarkKind
    reason: FreeReason | None = None
    form: Literal["shown", "kept", "copy"] = "shown"
    copies: int = 1
    by_default: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the list comes to, each as material ids in the order of the list."""

    missing: tuple[str, ...]
    unchecked: tuple[str, ...]
    later: tuple[str, ...]
    promised: tuple[str, ...]
    free: tuple[str, ...]

    @property
    def acceptable(self) -> bool:
        """The application can be accepted now."""
        return not self.missing and not self.unchecked


def check_list(services: Sequence[Service], marks: Mapping[str, Mark]) -> tuple[Item, ...]:
    """The merged list of these services, each material once, in the order in which they first ask for it."""
    asked: dict[str, list[tuple[ServiceId, Material]]] = {}
    for service in services:
        for material in service.materials:
            asked.setdefault(material.id, []).append((service.id, material))
    return tuple(_item(entries, marks.get(id_)) for id_, entries in asked.items())


def _item(entries: list[tuple[ServiceId, Material]], mark: Mark | None) -> Item:
    """A default where nobody has looked; what the services do not allow reads as missing."""
    material = _merged([material for _, material in entries])
    services = tuple(service for service, _ in entries)
    if mark is None:
        free = material.held
        return Item(
            material=material, services=services, mark="free" if free else None,
            reason=material.held_as if free else None, by_default=free,
        )  # fmt: skip
    kind = mark.mark if allowed(material, mark.mark) else "missing"
    return Item(material=material, services=services, mark=kind, reason=mark.reason)


def _merged(materials: list[Material]) -> Material:
    """One material for several services: only what all of them allow, and the shortest time to bring it."""
    first = materials[0]
    kept = [one for one in materials if one.form != "shown"]
    times = [one.later_workdays for one in materials if one.later_workdays is not None]
    return msgspec.structs.replace(
        first,
        later=all(one.later for one in materials),
        held=all(one.held for one in materials),
        promise=all(one.promise for one in materials),
        later_workdays=min(times, default=None),
        form=kept[0].form if kept else "shown",
        copies=sum(one.copies for one in kept) if kept else max(one.copies for one in materials),
    )


def allowed(material: Material, mark: MarkKind) -> bool:
    """Does the catalogue allow this mark? A paper may always be there, missing, or not needed."""
    return {"later": material.later, "promised": material.promise}.get(mark, True)


def later_workdays(material: Material, rules: Rules) -> int:
    """In how many working days a deferred paper must be here."""
    return material.later_workdays or rules.later_workdays


def verdict(items: Iterable[Item]) -> Verdict:
    found: dict[str | None, list[str]] = {}
    for item in items:
        found.setdefault(item.mark, []).append(item.material.id)
    return Verdict(
        missing=tuple(found.get("missing", ())),
        unchecked=tuple(found.get(None, ())),
        later=tuple(found.get("later", ())),
        promised=tuple(found.get("promised", ())),
        free=tuple(found.get("free", ())),
    )


def lines(items: Iterable[Item]) -> tuple[Line, ...]:
    """The list as it goes onto a receipt; what nobody looked at is left out."""
    return tuple(
        Line(
            material=item.material.id, name=item.material.name, mark=item.mark, reason=item.reason,
            form=item.material.form, copies=item.material.copies, by_default=item.by_default,
        )
        for item in items
        if item.mark is not None
    )  # fmt: skip
