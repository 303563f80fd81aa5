"""What a screen is, to the feed: a name, a pure function of the state, and what it looks at.

The rooms that know screens (``displays``, ``counters``) make :class:`ViewKind` values; ``app`` hands them to the feed, which
knows no screen. A view holds instants (ISO text, see :func:`iso`), never ages: the page ticks them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import msgspec

from .core.hall import Hall
from .core.refusals import NotFound


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What a view may know besides the state. ``tick``: hall time in microseconds, renewed at most every 15 s."""

    tick: int
    lang: str = "zh"
    say: dict[str, Any] | None = None  # what this zone's loudspeaker shall play now
    unseal: Callable[[str | None], str | None] = lambda text: None  # personal text, for staff views only
    follow: Callable[[str], str] = lambda ticket: ""  # the address behind a ticket's QR code
    follow_case: Callable[[str], str] = lambda case: ""  # the address behind a receipt's QR code
    follow_notice: Callable[[str], str] = lambda notice: ""  # the address behind a one-time notice's QR code
    delivery: Callable[[str], dict[str, Any] | None] = lambda call: (
        None
    )  # proof of delivery of a call, staff views only
    devices: Callable[[], dict[str, Any]] = dict  # what is connected, manager view only
    demo: bool = False
    always_open: bool = False


class ViewKind(msgspec.Struct, frozen=True, kw_only=True):
    """``make(hall, arg, scene)`` gives plain JSON-able data; ``topics(hall, arg)`` what it depends on (core/topics.py).

    Both raise NotFound for an argument the hall does not know. ``bilingual`` views are made once for all languages.
    ``first``: sent before the others after a call (boards, signs, desks); the rest is coalesced.
    """

    name: str
    make: Callable[[Hall, str | None, Scene], dict[str, Any]]
    topics: Callable[[Hall, str | None], frozenset[str]]
    template: str | None = None  # of the live region, for ``?format=html``
    bilingual: bool = False
    first: bool = True


def iso(instant: int | None, hall: Hall) -> str | None:
    """An instant in microseconds UTC as ISO 8601 in the hall's time zone."""
    if instant is None:
        return None
    zone = _zone(hall.setup.time_zone)
    return datetime.datetime.fromtimestamp(instant // 1000 / 1000, zone).isoformat(timespec="milliseconds")


_zones: dict[str, datetime.tzinfo] = {}


def _zone(name: str) -> datetime.tzinfo:
    found = _zones.get(name)
    if found is None:
        import zoneinfo

        found = _zones[name] = zoneinfo.ZoneInfo(name)
    return found


def must_know(thing: object, code: str, **values: object) -> None:
    """Raise NotFound when the hall does not have what the screen asked for."""
    if thing is None:
        raise NotFound(code, **values)
