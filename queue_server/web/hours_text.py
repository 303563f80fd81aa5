"""Opening hours in words, for every screen that says when: the week, what a service has of its own, today, holidays, closing.

All from the hall file: ``hours`` of the hall, of services and of counters (延时错时, 365 服务, "5+X"), and the calendar.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from queue_server.core.calendar import Standing, hall_day, last_closing, parse_span, sessions, standing
from queue_server.core.catalogue import Hours, Setup
from queue_server.core.visits import MINUTE

from .texts import date_text, local
from .words import t

if TYPE_CHECKING:
    from queue_server.core.hall import Hall

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = (*WEEK, "holiday")
COMING_DAYS = 10  # a holiday that begins within these is told of
DAY = datetime.timedelta(days=1)
Spans = tuple[tuple[int, int], ...]  # minutes after midnight, in order


# ------------------------------------------------------------------ the week


def hours_text(lang: str, hours: Hours) -> list[str]:
    """``周一至周五 9:00–12:00、13:30–17:00``: a line for all days alike, and one for public holidays if it opens then."""
    return _lines(lang, {day: _spans(hours, day) for day in DAYS})


def own_hours_text(lang: str, own: Hours | None, general: Hours) -> str:
    """How own hours differ from the hall's: ``周六 9:00–12:00 也办``, ``只在周一至周五 9:00–12:00 办``; else nothing."""
    if own is None:
        return ""
    mine, others = ({day: _spans(hours, day) for day in DAYS} for hours in (own, general))
    more, less = ({day: _without(x[day], y[day]) for day in DAYS} for x, y in ((mine, others), (others, mine)))
    if not any(more.values()) and not any(less.values()):
        return ""
    key, week = ("hours.also", more) if not any(less.values()) else ("hours.only", mine)
    if key == "hours.only" and any(more.values()):
        key = "hours.own"
    return t(lang, key, when=t(lang, "hours.joint").join(_lines(lang, week)))


def _lines(lang: str, week: dict[str, Spans]) -> list[str]:
    days: dict[Spans, list[int]] = {}
    for at, day in enumerate(WEEK):
        if week[day]:
            days.setdefault(week[day], []).append(at)
    lines = [t(lang, "hours.line", days=_days(lang, alike), times=spans_text(lang, spans)) for spans, alike in days.items()]
    if week["holiday"]:
        lines.append(t(lang, "hours.line", days=t(lang, "hours.holidays"), times=spans_text(lang, week["holiday"])))
    return lines


def _days(lang: str, alike: list[int]) -> str:
    """``周一至周五``, ``周二、周四``, ``每天``."""
    if len(alike) == len(WEEK):
        return t(lang, "hours.every-day")
    runs: list[list[int]] = []
    for at in alike:
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    names: list[str] = []
    for run in runs:
        ends = [t(lang, f"hours.day.{at}") for at in run]
        names += ends if len(run) < 3 else [t(lang, "hours.days", first=ends[0], last=ends[-1])]
    return t(lang, "common.comma").join(names)


def spans_text(lang: str, spans: Iterable[tuple[int, int]]) -> str:
    """``9:00–12:00、13:30–17:00``."""
    return t(lang, "common.comma").join(f"{_clock(begin)}–{_clock(end)}" for begin, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _spans(hours: Hours, day: str) -> Spans:
    return tuple(sorted(parse_span(text) for text in getattr(hours, day)))


def _without(spans: Spans, other: Spans) -> Spans:
    """The parts of ``spans`` that lie in none of ``other``."""
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        for taken, free in other:
            if taken < end and free > begin:
                if taken > begin:
                    found.append((begin, taken))
                begin = max(begin, free)
        if begin < end:
            found.append((begin, end))
    return tuple(found)


# ------------------------------------------------------------------ now, today, the days to come


def opens_text(lang: str, opens: int | None, now: int, setup: Setup) -> str:
    """When it opens next, as short as it is clear: ``13:30``, ``明天 9:00``, ``11月28日 星期六 9:00``; empty when unknown."""
    if opens is None:
        return ""
    moment = local(opens, setup.time_zone)
    at, days = _clock(moment.hour * 60 + moment.minute), (hall_day(opens, setup) - hall_day(now, setup)).days
    if days == 0:
        return at
    day = t(lang, "hours.tomorrow") if days == 1 else date_text(lang, hall_day(opens, setup))
    return t(lang, "hours.moment", day=day, at=at)


def today_text(lang: str, setup: Setup, now: int, hours: Hours | None = None) -> str:
    """``今天 9:00–12:00、13:30–17:00``; on special days also why; ``今天不开`` on a closed one."""
    date = hall_day(now, setup)
    kind = day_kind(date, setup)
    spans = sessions(date, setup, hours)
    times = spans_text(lang, (_minutes(span, setup) for span in spans))
    if not spans:
        return t(lang, "hours.today.holiday" if kind == "holiday" else "hours.today.none")
    if now >= spans[-1][1]:
        return t(lang, "hours.today.over")
    return t(lang, f"hours.today.{kind}-open" if kind else "hours.today", times=times)


def next_text(lang: str, state: Standing, now: int, setup: Setup) -> str:
    """What keeps somebody from being served now, and until when: ``11月28日 星期六 9:00 开始办``; nothing while it is open."""
    if state.state == "open":
        return ""
    if state.opens is None:
        return t(lang, "hours.opens.unknown")
    return t(lang, "hours.opens", at=opens_text(lang, state.opens, now, setup))


def coming_text(lang: str, setup: Setup, now: int, hours: Hours | None = None) -> list[str]:
    """Holidays and worked weekend days from today on: ``10月1日至7日放假``, with the hours of those on which it opens."""
    today = hall_day(now, setup)
    lines = []
    for kind, first, last in _runs(today, setup):
        spans = sessions(first, setup, hours)
        when = _dates_text(lang, first, last)
        times = spans_text(lang, (_minutes(span, setup) for span in spans))
        lines.append(t(lang, f"hours.coming.{kind}" if spans else "hours.coming.closed", when=when, times=times))
    return lines


def _runs(today: datetime.date, setup: Setup) -> Iterator[tuple[str, datetime.date, datetime.date]]:
    """Runs of special days of one kind that begin within the days to come."""
    date, end = today, today + COMING_DAYS * DAY
    while date <= end:
        kind, first = day_kind(date, setup), date
        date += DAY
        if kind:
            while day_kind(date, setup) == kind:
                date += DAY
            yield kind, first, date - DAY


def day_kind(date: datetime.date, setup: Setup) -> str:
    """``holiday``, ``make-up`` (a weekend day worked in exchange), or nothing special."""
    day = date.isoformat()
    return "holiday" if day in setup.calendar.closed else "make-up" if day in setup.calendar.make_up else ""


def _dates_text(lang: str, first: datetime.date, last: datetime.date) -> str:
    if first == last:
        return date_text(lang, first)
    names = {x: t(lang, "hours.date", month=t(lang, f"month.{x.month}"), day=x.day) for x in (first, last)}
    return t(lang, "hours.dates", first=names[first], last=names[last])


def _minutes(span: tuple[int, int], setup: Setup) -> tuple[int, int]:
    """Instants as minutes after the midnight before the first of them; a session may end at 24:00."""
    begin, end = (local(instant, setup.time_zone) for instant in span)
    whole = (end.date() - begin.date()).days * 24 * 60
    return begin.hour * 60 + begin.minute, end.hour * 60 + end.minute + whole


# ------------------------------------------------------------------ closing


def last_call(hall: Hall, now: int) -> int | None:
    """When tickets that still wait end (``rules.at_closing: expire``); None where they are served, and on a closed day."""
    rules = hall.setup.rules
    if rules.at_closing != "expire":
        return None
    end = last_closing(hall_day(now, hall.setup), hall.setup, hall.own_hours)
    return None if end is None else end + rules.closing_grace_minutes * MINUTE


def closing_text(lang: str, hall: Hall, now: int, hours: Hours | None = None) -> str:
    """Near closing and after it: what becomes of whoever holds a ticket. Empty at all other times.

    ``hours``: those of the ticket's service, when it has its own.
    """
    setup = hall.setup
    closes = hall.standing(now).closes if hours is None else standing(now, setup, hours).closes
    if closes is None or now < closes - setup.rules.closing_warn_minutes * MINUTE:
        return ""
    end = last_call(hall, now)
    if end is not None and now >= end:
        return t(lang, "hours.closing.ended")
    rule = "serve" if end is None else "expire"
    at = opens_text(lang, closes if end is None else end, now, setup)
    return t(lang, f"hours.{'closing' if now < closes else 'closed'}.{rule}", at=at)
