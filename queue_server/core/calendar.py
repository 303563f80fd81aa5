"""When the hall is open, and which hall day it is; and, another matter, which days count for a deadline.

Instants are integer microseconds UTC, dates are hall days: a hall day begins at ``rules.day_turn_hour`` in hall time,
so a hall that is still busy at midnight does not restart its numbers. Times of day go through the hall's zone, never
through a fixed offset, so a change of clocks moves neither an opening nor a day's turn on the wall clock.

The calendar table is complete for ``calendar.years`` only. For other years the weekly pattern alone is followed and
``Standing.known_year`` is false: nobody has announced those holidays yet, and the screens must say so. It is the same
with deadlines: ``Deadline.known`` is false when a day of an unknown year was counted.

Open day is not working day: a hall that opens on Saturdays takes tickets on a day that counts for no term (DOMAIN 1.3).
A working day is Monday to Friday without statutory holidays, and a weekend day worked in exchange, whatever the hours.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from .catalogue import Hours, Setup, Term

SECOND = 1_000_000
MINUTE = 60 * SECOND

SEARCH_DAYS = 400  # a hall that does not open within a year and a month has no next opening worth showing

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_DAY = dt.timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MAKE_UP_WEEKDAY = 4  # a worked weekend day follows Friday's hours
_SATURDAY = 5
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})", re.ASCII)

State = Literal["open", "early", "break", "closed"]
Session = tuple[int, int]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the hall stands at one instant.

    ``early``: shortly before the first session of the day; ``break``: between two sessions of the day. ``taking``:
    tickets are given out. ``opens``: when the next session begins, after now; ``closes``: when the last session of this
    hall day ends, also when it is over, ``None`` on a day without one. ``known_year``: the calendar is complete for
    today and for the day of the next opening.
    """

    state: State
    taking: bool
    opens: int | None
    closes: int | None
    known_year: bool


def standing(now: int, setup: Setup, hours: Hours | None = None) -> Standing:
    """How the hall stands at ``now``, by its hours and its calendar alone.

    With ``hours``: how a service or a counter stands that has hours of its own (延时错时, 365 服务, "5+X").
    """
    today = hall_day(now, setup)
    spans = sessions(today, setup, hours)
    state = _state(now, spans, setup.rules.early_minutes * MINUTE)
    opens = _next_opening(now, today, setup, hours)
    years = {today.year} if opens is None else {today.year, hall_day(opens, setup).year}
    return Standing(
        state=state,
        taking=state != "closed",
        opens=opens,
        closes=spans[-1][1] if spans else None,
        known_year=years <= set(setup.calendar.years),
    )


def hall_day(now: int, setup: Setup) -> dt.date:
    """The hall day that ``now`` belongs to."""
    local = (_EPOCH + now * _MICROSECOND).astimezone(ZoneInfo(setup.time_zone)).replace(tzinfo=None)
    return (local - dt.timedelta(hours=setup.rules.day_turn_hour)).date()


def day_start(date: dt.date, setup: Setup) -> int:
    """The instant at which hall day ``date`` begins, and the one before it ends."""
    return _instant(date, setup.rules.day_turn_hour * 60, setup)


def sessions(date: dt.date, setup: Setup, hours: Hours | None = None) -> tuple[Session, ...]:
    """The opening and closing instants of ``date``, in order; empty on a closed day."""
    spans = _spans(_pattern(date, setup, hours or setup.hours))
    return tuple((_instant(date, begin, setup), _instant(date, end, setup)) for begin, end in spans)


def is_open_day(date: dt.date, setup: Setup) -> bool:
    """Does the hall open at all on ``date``? The answer is only as good as ``calendar.years``."""
    return bool(_pattern(date, setup, setup.hours))


def last_closing(date: dt.date, setup: Setup, own: Iterable[Hours] = ()) -> int | None:
    """When the last session of ``date`` ends, of the hall or of services with hours of their ``own``; ``None``: there is none."""
    return max((spans[-1][1] for week in (setup.hours, *own) if (spans := sessions(date, setup, week))), default=None)


# ------------------------------------------------------------------ deadlines


class Deadline(NamedTuple):
    """The last day of a term. ``known``: the calendar is complete for every year that was counted in."""

    date: dt.date
    known: bool


class Left(NamedTuple):
    """How many working days; negative when the second date lies before the first. ``known`` as in :class:`Deadline`."""

    days: int
    known: bool


def is_working_day(date: dt.date, setup: Setup) -> bool:
    """Does ``date`` count for a term in working days (行政许可法 82)? Only as good as ``calendar.years``."""
    day = date.isoformat()
    if day in _dates(setup.calendar.closed):
        return False
    return date.weekday() < _SATURDAY or day in _dates(setup.calendar.make_up)


def add_days(date: dt.date, term: Term, setup: Setup) -> Deadline | None:
    """The last day of ``term`` that begins on ``date``; ``None`` for a term that nobody knows (``value`` null).

    The day on which a term begins is not counted (民法典 201); 0 is that day itself. Terms in ``workday`` count working
    days (行政许可法 82), terms in ``day`` every day, also when they end on a day of rest: the stricter reading for the
    authority.
    """
    return None if term.value is None else count_on(date, term.value, term.unit, setup)


def count_on(date: dt.date, value: int, unit: Literal["workday", "day"], setup: Setup) -> Deadline:
    """``value`` days of this unit after ``date``, which is not counted itself."""
    known = True
    while value > 0:
        date += _DAY
        known = known and date.year in setup.calendar.years
        if unit == "day" or is_working_day(date, setup):
            value -= 1
    return Deadline(date, known)


def working_days_before(date: dt.date, count: int, setup: Setup) -> dt.date:
    """The working day on which ``count`` working days are left, up to and with ``date``: when to warn."""
    while count > 0 or not is_working_day(date, setup):
        count -= is_working_day(date, setup)
        date -= _DAY
    return date


def working_days_between(first: dt.date, last: dt.date, setup: Setup) -> Left:
    """Working days after ``first`` up to and with ``last``: what is left of a term on ``first`` when it ends on ``last``."""
    if last < first:
        count, known = working_days_between(last, first, setup)
        return Left(-count, known)
    days = [first + offset * _DAY for offset in range(1, (last - first).days + 1)]
    return Left(
        sum(is_working_day(day, setup) for day in days), {day.year for day in days} <= set(setup.calendar.years)
    )


# ------------------------------------------------------------------ times of day


class SpanError(ValueError):
    """``text`` is no time: ``code`` is ``bad-span``, ``bad-time``, or ``span-backwards`` when it ends before it begins."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


def parse_span(text: str) -> tuple[int, int]:
    """``"09:00-12:00"`` as minutes after midnight. Raises SpanError; a span cannot run past midnight."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise SpanError("bad-span", text)
    begin, end = (_minutes(part) for part in match.groups())
    if begin >= end:
        raise SpanError("span-backwards", text)
    return begin, end


def _state(now: int, spans: tuple[Session, ...], early: int) -> State:
    if not spans or now < spans[0][0] - early or now >= spans[-1][1]:
        return "closed"
    if now < spans[0][0]:
        return "early"
    return "open" if any(begin <= now < end for begin, end in spans) else "break"


def _next_opening(now: int, today: dt.date, setup: Setup, hours: Hours | None) -> int | None:
    if not any(getattr(hours or setup.hours, day) for day in (*_WEEKDAYS, "holiday")):
        return None
    for date in _days(today):
        for begin, _ in sessions(date, setup, hours):
            if begin > now:
                return begin
    return None


def _days(first: dt.date) -> Iterator[dt.date]:
    for offset in range(min(SEARCH_DAYS, (dt.date.max - first).days) + 1):
        yield first + offset * _DAY


def _pattern(date: dt.date, setup: Setup, hours: Hours) -> tuple[str, ...]:
    """The spans that ``date`` follows: ``holiday`` on a holiday, Friday's on a worked weekend day, else its weekday's."""
    day = date.isoformat()
    if day in _dates(setup.calendar.closed):
        return hours.holiday
    weekday = _MAKE_UP_WEEKDAY if day in _dates(setup.calendar.make_up) else date.weekday()
    spans: tuple[str, ...] = getattr(hours, _WEEKDAYS[weekday])
    return spans


def _instant(date: dt.date, minutes: int, setup: Setup) -> int:
    """The instant of a wall-clock time. One that a change of clocks skips is taken as that very change."""
    wall = dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=minutes)
    return (wall.replace(tzinfo=ZoneInfo(setup.time_zone)) - _EPOCH) // _MICROSECOND


def _minutes(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise SpanError("bad-time", text)
    return hour * 60 + minute


@lru_cache(maxsize=64)
def _spans(texts: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(parse_span(text) for text in texts))


@lru_cache(maxsize=16)
def _dates(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(texts)
