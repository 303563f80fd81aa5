"""One case as a line of a list for staff: what it is, its last days, who has it, what is owed. Personal texts are masked."""

from __future__ import annotations

from typing import Any

from queue_server.core.cases import RUNNING, Case, Stop
from queue_server.core.hall import Hall
from queue_server.views import Scene, iso
from queue_server.web.due_words import Dues, date_words, known_due
from queue_server.web.masks import mask
from queue_server.web.words import t

from .desk_case import person

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
            "state_text": self._state(case),
            "since": iso(case.since, self.hall),
            "accepted": iso(case.accepted, self.hall),
            "accepted_text": self.day(case.accepted),
            "officer": case.officer,
            "officer_name": person(self.hall, case.officer),
        }

    def due(self, case: Case) -> Json:
        """The last days, how near they are, and what holds them."""
        running, stop = case.state in RUNNING, case.stop
        promised = self.dues.facts(
            case.dues.promised, self._known(case, case.dues.promised), running, case.terms.promised.unit
        )
        statutory = self.dues.facts(
            case.dues.statutory, self._known(case, case.dues.statutory), running, case.terms.statutory.unit
        )
        owed = [self._owed(one) for one in case.unsettled] if running else []
        return {
            "promised": promised,
            "statutory": statutory,
            "stop": self._stop(stop) if stop is not None else None,
            "owed": owed,
            "urgency": self._urgency(case, promised, statutory),
        }

    def _known(self, case: Case, day: str | None) -> bool:
        return known_due(case, day, self.hall.setup)

    def day(self, instant: int | None) -> str | None:
        text = iso(instant, self.hall)
        return date_words(text[:10], self.lang, self.dues.today) if text else None

    def _state(self, case: Case) -> str:
        if case.ending is not None:
            return t(self.lang, f"case.ending.{case.ending}")
        return t(self.lang, f"case.state.{case.state}{'.stopped' if case.stop is not None else ''}")

    def _stop(self, stop: Stop) -> Json:
        limit = self.dues.facts(stop.limit, stop.known, stop.until is None)
        return {
            "kind": stop.kind,
            "text": t(self.lang, f"case.stop.{stop.kind}"),
            "since_text": date_words(stop.since, self.lang, self.dues.today),
            "limit": limit,
        }

    def _owed(self, owed: Any) -> Json:
        due = self.dues.facts(owed.due, owed.known, True)
        assert due is not None, "a day is named for everything that is owed"
        return {"name": owed.name[self.lang], "kind": owed.kind, "left": due["left"], "left_text": due["left_text"]}

    def _urgency(self, case: Case, promised: Json | None, statutory: Json | None) -> str:
        """``late``, ``soon``, ``calm``; ``stopped`` while the clock stands and its own limit is not over; ``open``: no term."""
        warn = self.hall.setup.rules.case_warn_workdays
        if case.stop is not None:
            limit = self.dues.facts(case.stop.limit, True, True)
            return "late" if limit is not None and limit["left"] < 0 else "stopped"
        lefts = [due["left"] for due in (promised, statutory) if due is not None and due["left"] is not None]
        if not lefts:
            return "open"
        return "late" if min(lefts) < 0 else "soon" if min(lefts) <= warn else "calm"
