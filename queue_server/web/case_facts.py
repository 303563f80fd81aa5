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

from .due_words import Dues, date_words, term_words
from .masks import MaskKind, mask
from .notice_facts import notice_facts
from .texts import clerk_name, counter_label, department_name
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


def state_words(lang: str, case: Case) -> str:
    """How a case stands: its ending, or its state, and whether the clock stands."""
    if case.ending is not None:
        return t(lang, f"case.ending.{case.ending}")
    return t(lang, f"case.state.{case.state}{'.stopped' if case.stop is not None else ''}")


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
            "state_text": state_words(self.lang, case),
            "since": self._iso(case.since),
            "service": {"id": matter.service, "name": matter.service_name[self.lang]},
            "department": {"id": matter.department, "name": department_name(self.hall, matter.department, self.lang)},
            "package": self._package(),
            "ticket": matter.ticket,
            "number": matter.number,
            "lang": matter.lang,
            "visits": case.visits,
            "received": self._iso(case.received),
            "accepted": self._iso(case.accepted),
            "counter": counter_label(self.hall, case.counter),
            "clerk": clerk_name(self.hall, case.clerk),
            "first_contact": self._first(),
            "deemed": case.deemed,
            "applicant": self._applicant(reads, full),
            "items": [self._item(line) for line in case.items],
            "owed": [self._owed(owed) for owed in case.owed],
            "unsettled": len(case.unsettled),
            **self._terms(),
            **self._stops(reads),
            **self._result(reads),
            "officer": clerk_name(self.hall, case.officer),
            "return_reason": reads(case.return_reason),
            "warned": [self._watch(key) for key in case.warned],
            "overdue": [self._watch(key) for key in case.overdue],
            "can": acts(case),
            "steps": [self._step(step) for step in case.steps],
        }

    # -- who and where

    def _iso(self, instant: int | None) -> str | None:
        return iso(instant, self.hall)

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
        return {"counter": counter_label(self.hall, matter.first_contact), "clerk": clerk_name(self.hall, matter.first_clerk)}

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
        service = self.hall.services.get(self.case.matter.service)
        names: dict[str, Name] = {one.id: one.name for one in (service.materials if service is not None else ())}
        names |= {line.material: line.name for line in self.case.items}
        names |= {owed.material: owed.name for owed in self.case.owed}
        return names[material][self.lang] if material in names else material

    # -- clocks

    def _terms(self) -> dict[str, Any]:
        """A term of the law or the promise; while the clock stands nobody knows its last day."""
        case, terms = self.case, self.case.terms
        return {
            "answer": self.dues.answer(case),
            **self.dues.terms(case),
            "terms": {
                "promised": term_words(self.lang, terms.promised),
                "statutory": term_words(self.lang, terms.statutory, case.extended),
            },
            "extended": case.extended,
        }

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
        parcel = case.parcel
        return {
            "delivery": case.delivery,
            "delivery_text": t(self.lang, f"case.delivery.{case.delivery}"),
            "delivery_due": self.dues.delivery(case),
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
            "at": self._iso(step.at), "what": step.what, "text": text, "counter": counter_label(self.hall, step.counter),
            "clerk": clerk_name(self.hall, step.clerk),
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
