"""What of the cases needs the manager: overdue and near, answers due today, what follows late, what nobody told in writing.

Only cases of which something is known to be near or late are looked at closely: the core has warned of them or raised the
alarm (``Case.warned``, ``Case.overdue``), so ten thousand quiet ones cost a glance each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queue_server.core.calendar import hall_day
from queue_server.core.case_time import Watch, watches
from queue_server.core.cases import Case
from queue_server.core.catalogue import CounterId, TicketId
from queue_server.core.hall import Hall
from queue_server.core.one_time import Told
from queue_server.views import Scene
from queue_server.web.due_words import Dues
from queue_server.web.texts import department_name, window_text
from queue_server.web.words import t

Json = dict[str, Any]
ROWS_MAX = 4  # of one department, late or of today; the office lists all
TOLD_MAX = 5


def case_view(hall: Hall, scene: Scene) -> Json:
    """``departments``: those with something late or near, the worst first. ``unknown_years``: an alarm that stays."""
    return _Cases(hall, scene).made()


class _Cases:
    """One look at all cases of a hall, on one hall day."""

    def __init__(self, hall: Hall, scene: Scene) -> None:
        self.hall, self.lang = hall, scene.lang
        self.dues = Dues(hall, scene.lang, scene.tick)
        self.today = hall_day(scene.tick, hall.setup)
        self.day = self.today.isoformat()
        self.found: list[tuple[Case, Watch, str]] = []  # with the urgency: late, today, soon
        self.open = self.waiting_late = self.unknown = 0
        self.years: set[int] = set()

    def made(self) -> Json:
        for case in self.hall.cases.values():
            if case.state != "closed" or case.overdue or case.warned:
                self._look(case)
        kinds = [(watch.what, urgency) for _, watch, urgency in self.found]
        return {
            "open": self.open,
            "late": sum(urgency == "late" for _, urgency in kinds),
            "soon": sum(urgency in ("today", "soon") for _, urgency in kinds),
            "answers_today": sum(kind == ("answer", "today") for kind in kinds),
            "deferrals_late": sum(what == "later" and urgency == "late" for what, urgency in kinds),
            "waiting_late": self.waiting_late,
            "departments": self._departments(),
            "unknown": {"count": self.unknown, "years": sorted(self.years)},
            "unserved": dict(sorted(self.hall.measures.unserved.items(), key=lambda one: -one[1])),
            "again": [self._again(told) for told in self._told_again()],
            "again_count": self.hall.measures.notices_again,
            "untold": [self._untold(ticket) for ticket in self.hall.measures.untold[-TOLD_MAX:]],
            "untold_count": len(self.hall.measures.untold),
        }

    def _look(self, case: Case) -> None:
        if case.state == "ready" and case.delivery_due is not None and case.delivery_due < self.day:
            self.waiting_late += 1
        if case.state != "closed":
            self.open += 1
            self._years(case)
        if case.warned or case.overdue or (case.state == "received" and case.answer_due == self.day):
            self.found += self._watched(case)

    def _years(self, case: Case) -> None:
        """Deadlines counted into a year whose days of rest nobody has announced."""
        known = set(self.hall.setup.calendar.years)
        days = []
        if not case.dues.known and case.stop is None:
            days += [case.dues.promised, case.dues.statutory]
        if not case.answer_known and case.state == "received":
            days.append(case.answer_due)
        days += [owed.due for owed in case.unsettled if not owed.known]
        if case.stop is not None and not case.stop.known:
            days.append(case.stop.limit)
        if case.state == "decided" and not case.delivery_known:
            days.append(case.delivery_due)
        if days:
            years = {int(day[:4]) for day in days if day is not None}
            self.unknown += 1
            self.years |= (years - known) or years

    def _watched(self, case: Case) -> Iterator[tuple[Case, Watch, str]]:
        """What the applicant is waited for with is no work of the hall."""
        for watch in watches(case, self.hall.setup):
            urgency = self._urgency(case, watch)
            if urgency is not None and watch.what != "completion":
                yield case, watch, urgency

    def _urgency(self, case: Case, watch: Watch) -> str | None:
        if watch.due < self.today:
            return "late"
        if watch.due == self.today:
            return "today"
        return "soon" if watch.key in case.warned else None

    def _row(self, case: Case, watch: Watch, urgency: str) -> Json:
        """``text``: which last day it is, in words."""
        names = {line.material: line.name for line in case.items} | {owed.material: owed.name for owed in case.owed}
        material = names.get(watch.material or "")
        left = self.dues.left(watch.due.isoformat())
        return {
            "case": case.id, "service": case.matter.service_name[self.lang], "department": case.matter.department,
            "what": watch.what, "due": watch.due.isoformat(), "urgency": urgency,
            "left_text": self.dues.left_text(left),
            "text": t(self.lang, f"case.watch.{watch.what}", date=self.dues.text(watch.due.isoformat()),
                      material=material[self.lang] if material else ""),
        }  # fmt: skip

    def _departments(self) -> list[Json]:
        found: dict[str, list[tuple[Case, Watch, str]]] = {}
        for one in self.found:
            found.setdefault(one[0].matter.department, []).append(one)
        made = []
        for department, ones in found.items():
            ones.sort(key=lambda one: (one[1].due, one[0].id))
            late = sum(urgency == "late" for _, _, urgency in ones)
            now = [one for one in ones if one[2] != "soon"]
            made.append({
                "id": department, "name": department_name(self.hall, department, self.lang),
                "late": late, "soon": len(ones) - late, "rows": [self._row(*one) for one in now[:ROWS_MAX]],
                "more": max(0, len(now) - ROWS_MAX),
            })  # fmt: skip
        return sorted(made, key=lambda one: (-one["late"], -one["soon"], one["id"]))

    # -- told, and not told

    def _told_again(self) -> list[Told]:
        """Second notices of today, the newest first."""
        if not self.hall.measures.notices_again:
            return []
        found = [told for told in self.hall.told.values() if told.day == self.day and told.repeat > 1]
        return sorted(found, key=lambda told: -told.at)[:TOLD_MAX]

    def _again(self, told: Told) -> Json:
        service = self.hall.services.get(told.service)
        ticket = self.hall.tickets.get(told.ticket) if told.ticket is not None else None
        return {
            "notice": told.id, "number": ticket.number if ticket else None, "case": told.case, "repeat": told.repeat,
            "service": service.name[self.lang] if service else told.service, "where": self._where(told.counter),
        }  # fmt: skip

    def _untold(self, ticket_id: str) -> Json:
        ticket = self.hall.tickets.get(TicketId(ticket_id))
        leg = ticket.legs[-1] if ticket else None
        name = ticket.service_name if ticket else None
        return {
            "ticket": ticket_id, "number": ticket.number if ticket else None, "service": name[self.lang] if name else None,
            "where": self._where(leg.counter if leg else None),
        }  # fmt: skip

    def _where(self, counter: str | None) -> str | None:
        known = self.hall.counters.get(CounterId(counter)) if counter is not None else None
        return window_text(self.lang, known.label) if known else counter
