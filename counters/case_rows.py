"""One case as a line of a list for staff: what it is, its last days, who has it, what is owed. Personal texts are masked."""

from __future__ import annotations

from typing import Any

from queue_server.core.cases import RUNNING, Case, Owed, Stop
from queue_server.core.hall import Hall
from queue_server.views import Scene, iso
from queue_server.web.case_facts import state_words
from queue_server.web.due_words import Dues, date_words
from queue_server.web.masks import mask
from queue_server.web.texts import clerk_name
from queue_server.web.words import t

Json = dict[str, Any]


class Rows:
    """The lines of one view: the day is looked at once."""

    def __init__(self, hall: Hall, scene: Scene) -> None:
        self.hall, self.scene, self.lang = hall, scene, scene.lang
        self.dues = Dues(hall, scene.lang, scene.tick)

    def row(self, case: Case) -> Json:
        """What every list shows. ``applicant``: the name, masked unless it is an enterprise's."""
        matter, applicant = case.matter, case.matter.applicant
        name = self.scene.unseal(applicant.name)
        return {
            "id": case.id,
            "service": matter.service_name[self.lang],
            "applicant": name if applicant.kind == "enterprise" else mask(name, "name"),
            "number": matter.number,
            "state": case.state,
            "state_text": state_words(self.lang, case),
            "since": iso(case.since, self.hall),
            "accepted": iso(case.accepted, self.hall),
            "accepted_text": self.day(case.accepted),
            "officer": case.officer,
            "officer_name": clerk_name(self.hall, case.officer),
        }

    def due(self, case: Case) -> Json:
        """The last days, how near they are, and what holds them."""
        stop = case.stop
        return {
            **self.dues.terms(case),
            "stop": self._stop(stop) if stop is not None else None,
            "owed": [self._owed(one) for one in case.unsettled] if case.state in RUNNING else [],
            "urgency": self.urgency(case),
        }

    def day(self, instant: int | None) -> str | None:
        text = iso(instant, self.hall)
        return date_words(text[:10], self.lang, self.dues.today) if text else None

    def _stop(self, stop: Stop) -> Json:
        limit = self.dues.facts(stop.limit, stop.known, stop.until is None)
        return {
            "kind": stop.kind,
            "text": t(self.lang, f"case.stop.{stop.kind}"),
            "since_text": date_words(stop.since, self.lang, self.dues.today),
            "limit": limit,
        }

    def _owed(self, owed: Owed) -> Json:
        due = self.dues.facts(owed.due, owed.known, True)
        assert due is not None, "a day is named for everything that is owed"
        return {"name": owed.name[self.lang], "kind": owed.kind, "left": due["left"], "left_text": due["left_text"]}

    def urgency(self, case: Case) -> str:
        """``late``, ``soon``, ``calm``; ``stopped`` while the clock stands and its own limit is not over; ``open``: no term.

        Asked of every case of a department, so it makes no words.
        """
        if (stop := case.stop) is not None:
            return "late" if stop.limit is not None and self.dues.left(stop.limit) < 0 else "stopped"
        days = ((case.dues.promised, case.terms.promised.unit), (case.dues.statutory, case.terms.statutory.unit))
        lefts = [self.dues.left(day, unit) for day, unit in days if day is not None]
        if case.state not in RUNNING or not lefts:
            return "open"
        warn = self.hall.setup.rules.case_warn_workdays
        return "late" if min(lefts) < 0 else "soon" if min(lefts) <= warn else "calm"
