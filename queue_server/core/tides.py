"""Tide windows (潮汐窗口): counters that are something else for a while, on command or by load, and come back by themselves.

On command: :class:`~.counters.ChangeCounter` with ``until``. By load: the rules in the hall file (:class:`~.catalogue.Tide`);
they change only counters that work, and leave alone for the rest of the day what a person has changed by hand. Every
change and every return is a ``counter_changed`` with its cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .catalogue import Tide
from .counters import Counter, CounterChanged
from .visits import Event

if TYPE_CHECKING:
    from .state import Hall


def tick(hall: Hall, now: int) -> list[Event]:
    """Counters that come back because their time is over, and those that turn with the load."""
    events: list[Event] = [
        _back(counter) for counter in hall.counters.values() if counter.tide is not None and _over(counter, now)
    ]
    return [*events, *_turned(hall)]


def due(hall: Hall) -> int | None:
    """When a tide next turns: at once when the load says so."""
    if hall.setup.tides and _turned(hall):
        return hall.at
    return min(
        (x.tide.until for x in hall.counters.values() if x.tide is not None and x.tide.until is not None), default=None
    )


def _over(counter: Counter, now: int) -> bool:
    return counter.tide is not None and counter.tide.until is not None and counter.tide.until <= now


def _turned(hall: Hall) -> list[Event]:
    events: list[Event] = []
    touched: set[str] = set()
    for tide in hall.setup.tides:
        waiting = hall.lines.waiting(tide.queue)
        for counter_id in tide.counters:
            counter = hall.counters[counter_id]
            if counter.id in touched:
                continue
            if waiting > tide.above and _may_turn(counter):
                events.append(_out(counter, tide))
            elif waiting < tide.below and counter.tide is not None and counter.tide.rule == tide.id:
                events.append(_back(counter))
            else:
                continue
            touched.add(counter.id)
    return events


def _may_turn(counter: Counter) -> bool:
    return counter.state not in ("closed", "paused") and counter.tide is None and not counter.by_hand


def _out(counter: Counter, tide: Tide) -> CounterChanged:
    helps = counter.helps if tide.helps is None else tide.helps
    return CounterChanged(
        counter=counter.id, serves=tide.serves, helps=tuple(one for one in helps if one not in tide.serves),
        kind=tide.kind if tide.kind != counter.kind else None, cause="load", tide=tide.id,
    )  # fmt: skip


def _back(counter: Counter) -> CounterChanged:
    assert counter.tide is not None, "only what has turned comes back"
    base = counter.tide
    return CounterChanged(
        counter=counter.id, serves=base.serves, helps=base.helps, kind=base.kind if base.kind != counter.kind else None,
        cause="return", tide=base.rule,
    )  # fmt: skip
