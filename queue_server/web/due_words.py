"""Last days and terms in words. A year whose days of rest nobody has announced is never passed over in silence."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from queue_server.core.calendar import hall_day, working_days_between
from queue_server.core.cases import RUNNING, Case
from queue_server.core.catalogue import Setup, Term

from .texts import date_text
from .words import t

if TYPE_CHECKING:
    from queue_server.core.hall import Hall

Unit = Literal["workday", "day"]


def date_words(date: dt.date | str, lang: str, today: dt.date | None = None) -> str:
    """``10月9日 星期五`` or ``Fri 9 Oct``; with the year when ``today`` lies in another one."""
    day = dt.date.fromisoformat(date) if isinstance(date, str) else date
    text = date_text(lang, day)
    return text if today is None or today.year == day.year else t(lang, "case.date.year", date=text, year=day.year)


class Dues:
    """Says the last days of one hall as they look on one hall day."""

    def __init__(self, hall: Hall, lang: str, now: int) -> None:
        self.hall, self.lang = hall, lang
        self.today = hall_day(now, hall.setup)
        self._left: dict[tuple[str, Unit], int] = {}  # a list of thousands of cases has few last days

    def text(self, day: str, known: bool = True, unit: Unit = "workday") -> str:
        """The date with its weekday, and what must be known about it."""
        said = date_words(day, self.lang, self.today)
        year = int(day[:4])
        if unit == "day":
            said = t(self.lang, "case.due.days", date=said)
        if known:
            return said
        announced = year in self.hall.setup.calendar.years
        return t(self.lang, "case.due.was_unknown" if announced else "case.due.unknown", date=said, year=year)

    def left(self, day: str, unit: Unit = "workday") -> int:
        """Days left after today, up to and with the last one; negative when it is over."""
        found = self._left.get((day, unit))
        if found is None:
            found = self._left[day, unit] = self._count(day, unit)
        return found

    def _count(self, day: str, unit: Unit) -> int:
        last = dt.date.fromisoformat(day)
        if unit == "day":
            return (last - self.today).days
        left = working_days_between(self.today, last, self.hall.setup).days
        return -1 if left == 0 and last < self.today else left  # over since a day that counts for nothing

    def left_text(self, left: int, unit: Unit = "workday") -> str:
        if left == 0:
            return t(self.lang, "case.left.today")
        key = "case.left.late" if left < 0 else "case.left.more"
        return t(self.lang, f"{key}.{unit}", count=abs(left))

    def facts(self, day: str | None, known: bool, running: bool, unit: Unit = "workday") -> dict[str, Any] | None:
        """``left`` and ``left_text`` are None when nobody waits for this day any more."""
        if day is None:
            return None
        left = self.left(day, unit) if running else None
        return {
            "due": day, "due_text": self.text(day, known, unit), "known": known, "unit": unit, "left": left,
            "left_text": self.left_text(left, unit) if left is not None else None,
        }  # fmt: skip

    # -- of a case

    def terms(self, case: Case) -> dict[str, dict[str, Any] | None]:
        """The last days of law and promise; while the clock stands nobody knows them."""
        running, setup = case.state in RUNNING, self.hall.setup
        return {
            name: self.facts(day, known_due(case, day, setup), running, term.unit)
            for name, day, term in (
                ("promised", case.dues.promised, case.terms.promised),
                ("statutory", case.dues.statutory, case.terms.statutory),
            )
        }

    def answer(self, case: Case) -> dict[str, Any] | None:
        """The day by which the application is accepted, or told in writing what is missing."""
        service = self.hall.services.get(case.matter.service)
        unit = service.answer.unit if service is not None else "workday"
        return self.facts(case.answer_due, case.answer_known, case.state == "received", unit)

    def delivery(self, case: Case) -> dict[str, Any] | None:
        """The day by which the result is at the issue window, or on its way."""
        service = self.hall.services.get(case.matter.service)
        unit = service.delivery.unit if service is not None else "workday"
        waits = case.state == "decided" or (case.state == "ready" and case.delivery == "courier")
        return self.facts(case.delivery_due, case.delivery_known, waits, unit)


def known_due(case: Case, day: str | None, setup: Setup) -> bool:
    """Is this one of the two terms sure? ``dues.known`` speaks of both: when the other one reaches into a year that nobody
    has announced, this one is none the worse for it."""
    if case.dues.known or day is None:
        return True
    years = set(setup.calendar.years)
    ends = {int(due[:4]) for due in (case.dues.promised, case.dues.statutory) if due is not None}
    return int(day[:4]) in years and not ends <= years


def term_words(lang: str, term: Term, extended: int = 0) -> str | None:
    """``10 个工作日``, ``当场``; None for a term that nobody knows."""
    if term.value is None:
        return None
    said = t(lang, "case.term.now") if term.value == 0 else t(lang, f"case.term.{term.unit}", count=term.value)
    return t(lang, f"case.term.extended.{term.unit}", term=said, count=extended) if extended else said
