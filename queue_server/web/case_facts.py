"""One case as plain data, in words: what the API answers and what every screen and paper of it is made from.

Personal texts come only with ``unseal``, and masked unless ``full``. Without it they are None: so are the facts in answers
that are kept for retries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from queue_server.core.case_time import day_of
from queue_server.core.cases import RUNNING, Case, Owed, Step, Stop
from queue_server.core.catalogue import Name
from queue_server.core.materials import Line
from queue_server.views import iso

from .due_words import Dues, date_words, known_due, term_words
from .masks import MaskKind, mask
from .notice_facts import notice_facts
from .words import known, t

if TYPE_CHECKING:
    from queue_server.core.hall import Hall

__all__ = ["acts", "case_facts", "date_words", "for_holder", "mask", "notice_facts"]

Unseal = Callable[[str | None], str | None]
PERSONAL: tuple[MaskKind, ...] = ("name", "document", "phone", "address", "agent")


def case_facts(
    hall: Hall, case: Case, lang: str, now: int, unseal: Unseal | None = None, full: bool = False
) -> dict[str, Any]:  # fmt: skip
    """``left`` of a last day is None when nobody waits for it any more; negative: so many days over."""
    return _Facts(hall, case, lang, now).made(unseal, full)


class _Facts:
    """The words of one case on one day."""

    def __init__(self, hall: Hall, case: Case, lang: str, now: int) -> None:
        self.hall, self.case, self.lang = hall, case, lang
        self.dues = Dues(hall, lang, now)

    def made(self, unseal: Unseal | None, full: bool) -> dict[str, Any]:
        case, matter = self.case, self.case.matter
        reads: Unseal = unseal or (lambda sealed: None)
        return {
            "id": case.id,
            "state": case.state,
            "state_text": self._state(),
            "since": self._iso(case.since),
            "service": {"id": matter.service, "name": matter.service_name[self.lang]},
            "department": {"id": matter.department, "name": self._department(matter.department)},
            "package": self._package(),
            "ticket": matter.ticket,
            "number": matter.number,
            "lang": matter.lang,
            "visits": case.visits,
            "received": self._iso(case.received),
            "accepted": self._iso(case.accepted),
            "counter": self._label(case.counter),
            "clerk": self._clerk(case.clerk),
            "first_contact": self._first(),
            "deemed": case.deemed,
            "applicant": self._applicant(reads, full),
            "items": [self._item(line) for line in case.items],
            "owed": [self._owed(owed) for owed in case.owed],
            "unsettled": len(case.unsettled),
            **self._terms(),
            **self._stops(reads),
            **self._result(reads),
            "officer": self._clerk(case.officer),
            "return_reason": reads(case.return_reason),
            "warned": [self._watch(key) for key in case.warned],
            "overdue": [self._watch(key) for key in case.overdue],
            "can": acts(case),
            "steps": [self._step(step) for step in case.steps],
        }

    # -- who and where

    def _iso(self, instant: int | None) -> str | None:
        return iso(instant, self.hall)

    def _state(self) -> str:
        if self.case.ending is not None:
            return t(self.lang, f"case.ending.{self.case.ending}")
        stopped = ".stopped" if self.case.stop is not None else ""
        return t(self.lang, f"case.state.{self.case.state}{stopped}")

    def _label(self, counter: str | None) -> str | None:
        found = self.hall.counters.get(counter) if counter is not None else None  # type: ignore[call-overload]
        return found.label if found is not None else counter

    def _clerk(self, clerk: str | None) -> str | None:
        found = self.hall.clerks.get(clerk) if clerk is not None else None  # type: ignore[call-overload]
        return found.name if found is not None else clerk

    def _department(self, department: str) -> str:
        names = {one.id: one.name for one in self.hall.setup.departments}
        return names[department][self.lang] if department in names else department

    def _package(self) -> dict[str, str] | None:
        package = self.case.matter.package
        if package is None:
            return None
        found = self.hall.packages.get(package)
        return {"id": package, "name": found.name[self.lang] if found else package}

    def _first(self) -> dict[str, str | None] | None:
        matter = self.case.matter
        if matter.first_contact is None:
            return None
        return {"counter": self._label(matter.first_contact), "clerk": self._clerk(matter.first_clerk)}

    def _applicant(self, reads: Unseal, full: bool) -> dict[str, str | None]:
        """The name of an enterprise is public; everything else is masked."""
        applicant = self.case.matter.applicant
        found: dict[str, str | None] = {"kind": applicant.kind}
        for field in PERSONAL:
            text = reads(getattr(applicant, field))
            whole = full or (field == "name" and applicant.kind == "enterprise")
            found[field] = text if whole else mask(text, field)
        return found

    # -- papers

    def _item(self, line: Line) -> dict[str, Any]:
        return {
            "material": line.material,
            "name": line.name[self.lang],
            "mark": line.mark,
            "mark_text": t(self.lang, f"case.mark.{line.mark}"),
            "reason": line.reason,
            "reason_text": t(self.lang, f"case.reason.{line.reason}") if line.reason is not None else None,
            "form": line.form,
            "form_text": t(self.lang, f"case.form.{line.form}"),
            "copies": line.copies,
        }

    def _owed(self, owed: Owed) -> dict[str, Any]:
        case = self.case
        running = owed.settled is None and (case.state in RUNNING or (owed.kind == "promised" and not case.is_moot))
        settled_day = self._iso(owed.settled)
        late = settled_day[:10] > owed.due if settled_day else running and self.dues.left(owed.due) < 0
        return {
            "material": owed.material,
            "name": owed.name[self.lang],
            "kind": owed.kind,
            "kind_text": t(self.lang, f"case.owed.{owed.kind}"),
            **(self.dues.facts(owed.due, owed.known, running) or {}),
            "settled": settled_day,
            "how": owed.how,
            "how_text": t(self.lang, f"case.how.{owed.how}") if owed.how is not None else None,
            "late": late,
        }

    def _material(self, material: str) -> str:
        names: dict[str, Name] = {line.material: line.name for line in self.case.items}
        names |= {owed.material: owed.name for owed in self.case.owed}
        return names[material][self.lang] if material in names else material

    # -- clocks

    def _terms(self) -> dict[str, Any]:
        """A term of the law or the promise; while the clock stands nobody knows its last day."""
        case, terms, dues = self.case, self.case.terms, self.case.dues
        running = case.state in RUNNING
        service = self.hall.services.get(case.matter.service)
        answer = service.answer.unit if service is not None else "workday"
        return {
            "answer": self.dues.facts(case.answer_due, case.answer_known, case.state == "received", answer),
            "promised": self.dues.facts(dues.promised, self._known(dues.promised), running, terms.promised.unit),
            "statutory": self.dues.facts(dues.statutory, self._known(dues.statutory), running, terms.statutory.unit),
            "terms": {
                "promised": term_words(self.lang, terms.promised),
                "statutory": term_words(self.lang, terms.statutory, case.extended),
            },
            "extended": case.extended,
        }

    def _known(self, day: str | None) -> bool:
        return known_due(self.case, day, self.hall.setup)

    def _stops(self, reads: Unseal) -> dict[str, Any]:
        stops = [self._stop(stop, reads) for stop in self.case.stops]
        return {"stop": stops[-1] if self.case.stop is not None else None, "stops": stops}

    def _stop(self, stop: Stop, reads: Unseal) -> dict[str, Any]:
        limit = self.dues.facts(stop.limit, stop.known, stop.until is None) or {}
        return {
            "kind": stop.kind,
            "kind_text": t(self.lang, f"case.stop.{stop.kind}"),
            "since": stop.since,
            "since_text": date_words(stop.since, self.lang, self.dues.today),
            "until": stop.until,
            "until_text": date_words(stop.until, self.lang, self.dues.today) if stop.until is not None else None,
            "limit": stop.limit,
            "limit_text": limit.get("due_text"),
            "left": limit.get("left"),
            "left_text": limit.get("left_text"),
            "known": stop.known,
            "materials": [self._material(material) for material in stop.materials],
            "note": reads(stop.note),
        }

    def _watch(self, key: str) -> dict[str, Any]:
        """A last day that was warned of, or that is over: see ``case_time.Watch.key``."""
        what, _, rest = key.partition(":")
        material, _, due = rest.rpartition(":")
        name = self._material(material) if material else None
        text = t(
            self.lang,
            f"case.watch.{what}",
            material=name or "",
            date=date_words(day_of(due), self.lang, self.dues.today),
        )
        return {"what": what, "material": material or None, "name": name, "due": due, "text": text}

    # -- the result

    def _result(self, reads: Unseal) -> dict[str, Any]:
        case = self.case
        service = self.hall.services.get(case.matter.service)
        unit = service.delivery.unit if service is not None else "workday"
        parcel = case.parcel
        return {
            "delivery": case.delivery,
            "delivery_text": t(self.lang, f"case.delivery.{case.delivery}"),
            "delivery_due": self.dues.facts(case.delivery_due, case.delivery_known, case.state == "decided", unit),
            "parcel": {"company": parcel.company, "number": parcel.number, "sent": self._iso(parcel.sent)}
            if parcel is not None
            else None,
            "decision": case.decision,
            "decision_text": t(self.lang, f"case.decision.{case.decision}") if case.decision is not None else None,
            "decision_reason": reads(case.decision_reason),
            "decided": self._iso(case.decided),
            "at_once": case.at_once,
            "in_time": case.in_time,
            "ending": case.ending,
            "ending_text": t(self.lang, f"case.ending.{case.ending}") if case.ending is not None else None,
        }

    def _step(self, step: Step) -> dict[str, Any]:
        key = f"case.step.{step.what}"
        if step.what == "case_decided" and self.case.decision is not None:
            key = f"{key}.{self.case.decision}"
        text = t(self.lang, key) if known(self.lang, key) else step.what
        return {
            "at": self._iso(step.at), "what": step.what, "text": text, "counter": self._label(step.counter),
            "clerk": self._clerk(step.clerk),
        }  # fmt: skip


# ------------------------------------------------------------------ what may be done

_BY_STATE: dict[str, tuple[str, ...]] = {
    "received": ("accept", "one-time-notice", "reject", "withdraw"),
    "told": ("accept", "one-time-notice", "reject", "withdraw"),
    "accepted": ("take", "decide", "stop", "return", "extend", "withdraw"),
    "review": ("decide", "stop", "return", "take", "extend", "withdraw"),
    "returned": ("forward", "extend", "withdraw"),
    "decided": ("ready", "hand-over", "send"),
    "ready": ("hand-over", "send"),
    "sent": ("deliver",),
    "closed": (),
}


def acts(case: Case) -> list[str]:
    """The acts of the API that the state of the case allows; who may do them is another matter."""
    found = list(_BY_STATE[case.state])
    if case.stop is not None:
        found = [act for act in found if act not in ("decide", "stop", "return")]
        found += ["resume"] if case.state in ("accepted", "review") else []
    if case.extended:
        found = [act for act in found if act != "extend"]
    if case.delivery != "courier":
        found = [act for act in found if act != "send"]
    if case.unsettled and (case.is_open or not case.is_moot):
        found.append("settle")
    return found


def for_holder(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as the holder of the receipt may have them: not what is between offices, nor who works on it there.

    A note is theirs when it asks them for something, a reason when it refuses them; the other notes are between colleagues.
    """
    steps = [step | {"clerk": None} for step in facts["steps"]]
    reason = facts["decision_reason"] if facts["decision"] == "refused" else None
    found = {"officer": None, "return_reason": None, "decision_reason": reason, "visits": [], "can": [], "steps": steps}
    stop = _stop_for_holder(facts["stop"]) if facts["stop"] is not None else None
    return facts | found | {"stop": stop, "stops": [_stop_for_holder(one) for one in facts["stops"]]}


def _stop_for_holder(stop: dict[str, Any]) -> dict[str, Any]:
    return stop if stop["kind"] == "correction" else stop | {"note": None}
