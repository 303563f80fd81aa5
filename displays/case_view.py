"""What the holder of a receipt sees of the case: how far it is, until when it will be done, what is owed, where the result is.

The view ``case/{id}``. Personal texts are masked, notes of staff stay with staff; the reason of a refusal is the applicant's.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from queue_server.core.calendar import hall_day
from queue_server.core.cases import RUNNING, Case, CaseId, find
from queue_server.core.hall import Hall
from queue_server.core.one_time import Told
from queue_server.views import Scene, ViewKind, iso
from queue_server.web.case_facts import case_facts
from queue_server.web.due_words import date_words
from queue_server.web.hours_text import next_text
from queue_server.web.texts import window_text
from queue_server.web.words import t

from .kiosk_view import stand
from .ticket_facts import place

Json = dict[str, Any]
STEPS = ("received", "accepted", "review", "decided", "result")
AT_STEP = {"received": 1, "told": 1, "accepted": 2, "review": 2, "returned": 2, "decided": 4, "ready": 4, "sent": 4}
TOLD = (  # of the story, to the applicant; the rest is the hall's own business
    "case_received", "notice_given", "case_accepted", "case_deemed_accepted", "case_rejected", "case_taken", "case_stopped",
    "case_resumed", "case_extended", "case_due_moved", "material_settled", "case_decided", "result_ready", "result_collected",
    "result_sent", "result_delivered", "case_withdrawn",
)  # fmt: skip
PILLS = {
    "told": "waiting",
    "ready": "called",
    "sent": "serving",
    "decided": "serving",
    "closed": "off",
}  # else: at work


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """Raises NotFound ``unknown-case``."""
    return view_of(hall, find(hall, CaseId(arg or "")), scene)


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    case = find(hall, CaseId(arg or ""))
    return frozenset({"hall", f"case:{case.id}"})


VIEW = ViewKind(name="case", make=make, topics=topics, template="case_live.html", first=False)


def view_of(hall: Hall, case: Case, scene: Scene) -> Json:
    """The view of a case that may have left the state already."""
    lang = scene.lang
    facts = case_facts(hall, case, lang, scene.tick, scene.unseal)
    ready, state = case.state == "ready" and "issue" in hall.queue_of_kind, stand(hall, scene)
    return {
        "id": case.id,
        "state": case.state,
        "state_text": facts["state_text"],
        "pill": "hold" if case.stop is not None else PILLS.get(case.state, "serving"),
        "title": t(lang, "progress.title", service=facts["service"]["name"], state=facts["state_text"]),
        "service": facts["service"],
        "department": facts["department"],
        "package": facts["package"],
        "number": facts["number"],
        "applicant": {name: facts["applicant"][name] for name in ("kind", "name", "phone", "agent")},
        **_headline(hall, case, facts, scene),
        "track": _track(hall, case, facts, scene),
        "stop": _stop(facts, lang),
        "owed": facts["owed"],
        "unsettled": facts["unsettled"],
        "items": facts["items"],
        "terms": facts["terms"],
        "promised": facts["promised"],
        "statutory": facts["statutory"],
        "delivery": case.delivery,
        "delivery_text": facts["delivery_text"],
        "address": facts["applicant"]["address"],
        "delivery_due": facts["delivery_due"],
        "parcel": facts["parcel"],
        "decision": case.decision,
        "decision_text": facts["decision_text"],
        "decision_reason": facts["decision_reason"] if case.decision == "refused" else None,
        "where": issue_place(hall, lang) if case.state in ("decided", "ready") and case.delivery == "window" else None,
        "collect": path_of(scene.follow_case(case.id)).replace("?", "/collect?", 1) if ready else "",
        "shut": "" if state.taking else next_text(lang, state, scene.tick, hall.setup),
        "notices": [notice_link(hall, told, scene) for told in hall.told.values() if told.case == case.id],
        "receipt": receipt_path(hall, case.id, scene) if case.accepted is not None else "",
        "first": window_text(lang, first["counter"]) if (first := facts["first_contact"]) and first["counter"] else "",
        "counter": window_text(lang, facts["counter"]) if facts["counter"] else "",
        "story": [_step(step, lang) for step in facts["steps"] if step["what"] in TOLD],
        "hotline": hall.setup.hotline,
        "phone": hall.setup.phone,
    }


def _step(step: Json, lang: str) -> Json:
    return {
        "at": step["at"],
        "text": step["text"],
        "window": window_text(lang, step["counter"]) if step["counter"] else "",
    }


# ------------------------------------------------------------------ what to know first


def _headline(hall: Hall, case: Case, facts: Json, scene: Scene) -> Json:
    """The one thing to know now: a sentence with its date, what is left, and what to do."""
    lang = scene.lang
    due, key = _due(case, facts)
    date = date_words(due["due"], lang, hall_day(scene.tick, hall.setup)) if due else ""
    late = due is not None and due["left"] is not None and due["left"] < 0
    unknown = due is not None and not due["known"] and int(due["due"][:4]) not in hall.setup.calendar.years
    return {
        "headline": t(lang, f"progress.head.{'late' if late else key}", date=date),
        "date": date,
        "left": due["left_text"] if due and due["left"] is not None else "",
        "late": late,
        "note": t(lang, "progress.unknown", year=due["due"][:4]) if due and unknown else "",
        "lead": _lead(lang, case, late),
    }


def _due(case: Case, facts: Json) -> tuple[Json | None, str]:
    """The last day that matters to the applicant now, and which sentence says it."""
    if case.state == "received":
        return (facts["answer"], "received") if facts["answer"] else (None, "received.no_day")
    if case.state in RUNNING:
        if case.stop is not None:
            return None, f"stopped.{case.stop.kind}"
        if facts["promised"]:
            return facts["promised"], "promised"
        return (facts["statutory"], "statutory") if facts["statutory"] else (None, "no_term")
    if case.state == "decided":
        return None, f"decided.{case.decision}"
    return None, f"closed.{case.ending}" if case.state == "closed" else case.state


def _lead(lang: str, case: Case, late: bool) -> str:
    """What follows from it, and what the applicant does about it."""
    if late:
        return t(lang, "progress.lead.late")
    if case.decision == "refused":
        return t(lang, "progress.lead.refused")
    if case.state == "decided":
        return t(lang, f"progress.lead.decided.{case.delivery}")
    if case.state in RUNNING and case.deemed:
        return t(lang, "progress.lead.deemed")
    if case.state in RUNNING and case.stop is not None:
        return t(lang, f"progress.lead.{'correction' if case.stop.kind == 'correction' else 'stopped'}")
    if case.state == "closed":
        return t(lang, f"progress.lead.closed.{case.ending}")
    return t(lang, f"progress.lead.{case.state}")


def _stop(facts: Json, lang: str) -> Json | None:
    """What holds the clock, since when, and until when at the latest."""
    stop = facts["stop"]
    if stop is None:
        return None
    return {
        "kind": stop["kind"],
        "since_text": t(lang, "progress.stop.since", date=stop["since_text"]),
        "limit_text": t(lang, "progress.stop.limit", date=stop["limit_text"]) if stop["limit_text"] else "",
        "left_text": stop["left_text"] or "",
        "late": stop["left"] is not None and stop["left"] < 0,
        "materials": stop["materials"],
    }


# ------------------------------------------------------------------ how far it is


def _track(hall: Hall, case: Case, facts: Json, scene: Scene) -> list[Json]:
    """Received, accepted, in review, decided, in the applicant's hands: what is done and when, and where it stands."""
    lang, at = scene.lang, _reached(case)
    over = case.ending in ("rejected", "withdrawn")
    times = {
        "received": case.received, "accepted": case.accepted, "decided": case.decided, "review": _when(case, "case_taken"),
        "result": _when(case, "result_collected", "result_delivered", "result_sent", "result_ready"),
    }  # fmt: skip
    found = []
    for index, name in enumerate(STEPS):
        state = "done" if index < at else "next" if index > at else "over" if over else "stop" if case.stop else "now"
        note = facts["state_text"] if index == at else ""
        if name == "decided" and case.decision is not None:
            note = facts["decision_text"]
        label = t(lang, f"progress.step.{name}.{case.delivery}" if name == "result" else f"progress.step.{name}")
        found.append(
            {"name": label, "state": state, "at": iso(times[name], hall) if index <= at else None, "note": note}
        )
    return found


def _reached(case: Case) -> int:
    """The step that is in hand; one beyond the last when all is done."""
    if case.state != "closed":
        return AT_STEP[case.state]
    if case.ending in ("rejected", "withdrawn"):
        return 1 if case.accepted is None else 2
    return len(STEPS)


def _when(case: Case, *steps: str) -> int | None:
    """When one of these last happened."""
    return max((step.at for step in case.steps if step.what in steps), default=None)


# ------------------------------------------------------------------ links and places


def path_of(address: str) -> str:
    """Of our own address only what follows the host: the visitor may have come by another name of it."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def receipt_path(hall: Hall, case: str, scene: Scene) -> str:
    """The receipt to look at or print. The case's own key opens it."""
    key = urlsplit(scene.follow_case(case)).query
    return f"/h/{hall.setup.id}/receipt/{case}?{key}"


def notice_link(hall: Hall, told: Told, scene: Scene) -> Json:
    """A one-time notice: what is missing in a few words, and its address."""
    today = hall_day(scene.tick, hall.setup)
    return {
        "id": told.id,
        "day_text": date_words(told.day, scene.lang, today),
        "missing": [item.name[scene.lang] for item in told.items],
        "href": path_of(scene.follow_notice(told.id)),
    }


def issue_place(hall: Hall, lang: str) -> Json | None:
    """The windows that hand out results, and the way there."""
    queue = hall.queue_of_kind.get("issue")
    if queue is None:
        return None
    spot = place(hall, queue)
    return {
        "zone": spot.zone,
        "windows": spot.windows[lang] or t(lang, "common.zone", zone=spot.zone),
        "way": spot.way[lang],
    }
