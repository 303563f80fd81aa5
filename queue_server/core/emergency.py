"""Staff call for help: who, where, who is coming, how it ended. On every desk and at the manager's at once, on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from . import counters
from .catalogue import CounterId
from .context import Context
from .refusals import Conflict, Invalid, NotFound
from .visits import Command, Event

if TYPE_CHECKING:
    from .state import Hall

EmergencyKind = Literal["help", "medical", "security", "fire"]
PLACE_MAX = 64


class Emergency(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call for help. ``coming``: who answered it, in order."""

    id: str
    kind: EmergencyKind
    by: str
    at: int
    counter: CounterId | None = None
    zone: str | None = None
    place: str | None = None
    coming: tuple[str, ...] = ()
    ended: int | None = None
    ended_by: str | None = None
    note: str | None = None  # sealed


class CallEmergency(Command, frozen=True, kw_only=True):
    """From a counter, a zone, or a place in words: at least one of them."""

    kind: EmergencyKind = "help"
    counter: CounterId | None = None
    zone: str | None = None
    place: str | None = None


class AnswerEmergency(Command, frozen=True, kw_only=True):
    """I am coming."""

    emergency: str


class EndEmergency(Command, frozen=True, kw_only=True):
    """It is over, or was a mistake. ``note`` is sealed."""

    emergency: str
    note: str | None = None


class EmergencyCalled(Event, frozen=True, kw_only=True, tag="emergency_called"):
    emergency: str
    kind: EmergencyKind
    by: str
    counter: CounterId | None = None
    zone: str | None = None
    place: str | None = None


class EmergencyAnswered(Event, frozen=True, kw_only=True, tag="emergency_answered"):
    emergency: str
    by: str


class EmergencyEnded(Event, frozen=True, kw_only=True, tag="emergency_ended"):
    emergency: str
    by: str
    note: str | None = None


# ------------------------------------------------------------------ decide


def call(hall: Hall, command: CallEmergency, context: Context) -> list[Event]:
    """A call that only repeats an open one changes nothing, see :func:`called_before`.

    Raises Invalid ``no-place``.
    """
    zone = command.zone
    if command.counter is not None:
        zone = counters.find(hall, command.counter).zone
    elif zone is not None and zone not in {one.id for one in hall.setup.zones}:
        raise Invalid("unknown-zone", zone=zone)
    if called_before(hall, command, context.actor.id) is not None:
        return []
    place = _place(command)
    if (zone is None and place is None) or len(place or "") > PLACE_MAX or not (place or "").isprintable():
        raise Invalid("no-place", length=PLACE_MAX)
    return [
        EmergencyCalled(
            emergency=f"e{hall.emergency_total + 1}", kind=command.kind, by=context.actor.id, counter=command.counter,
            zone=zone, place=place,
        )
    ]  # fmt: skip


def called_before(hall: Hall, command: CallEmergency, by: str) -> Emergency | None:
    """The open call that this one only repeats: from the same counter, or by the same person for the same place.

    Help that turns out to be a fire is another call; a mere "help" adds nothing to one that said what it is about.
    """
    for one in hall.emergencies:
        if one.ended is not None or one.counter != command.counter or command.kind not in (one.kind, "help"):
            continue
        if one.counter is not None or (one.by, one.zone, one.place) == (by, command.zone, _place(command)):
            return one
    return None


def _place(command: CallEmergency) -> str | None:
    return (command.place or "").strip() or None


def find(hall: Hall, emergency: str) -> Emergency:
    """Raises NotFound ``unknown-emergency``, Conflict ``emergency-ended``."""
    for one in hall.emergencies:
        if one.id == emergency:
            if one.ended is not None:
                raise Conflict("emergency-ended", by=one.ended_by)
            return one
    raise NotFound("unknown-emergency", emergency=emergency)


def answer(hall: Hall, command: AnswerEmergency, context: Context) -> list[Event]:
    found = find(hall, command.emergency)
    if context.actor.id in found.coming:
        return []
    return [EmergencyAnswered(emergency=found.id, by=context.actor.id)]


def end(hall: Hall, command: EndEmergency, context: Context) -> list[Event]:
    found = find(hall, command.emergency)
    return [EmergencyEnded(emergency=found.id, by=context.actor.id, note=command.note)]


# ------------------------------------------------------------------ evolve


def called(hall: Hall, event: EmergencyCalled, at: int) -> None:
    hall.emergency_total += 1
    hall.emergencies.append(
        Emergency(
            id=event.emergency, kind=event.kind, by=event.by, at=at, counter=event.counter, zone=event.zone,
            place=event.place,
        )
    )  # fmt: skip


def answered(hall: Hall, event: EmergencyAnswered) -> None:
    _change(hall, event.emergency, lambda one: msgspec.structs.replace(one, coming=(*one.coming, event.by)))


def ended(hall: Hall, event: EmergencyEnded, at: int) -> None:
    _change(
        hall, event.emergency,
        lambda one: msgspec.structs.replace(one, ended=at, ended_by=event.by, note=event.note),
    )  # fmt: skip


def _change(hall: Hall, emergency: str, change: Callable[[Emergency], Emergency]) -> None:
    hall.emergencies = [change(one) if one.id == emergency else one for one in hall.emergencies]


def forget_ended(hall: Hall) -> None:
    """At the day's turn: what is over is in the log."""
    hall.emergencies = [one for one in hall.emergencies if one.ended is None]
