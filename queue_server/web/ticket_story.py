"""The story of a visit in words, for staff: every stop with its notes, what was found of the papers, notices and cases.

A desk shows it beside the visitor and, on one press, before the call; ``GET /tickets/{id}`` gives it to staff. Notes are
unsealed here for whoever looks and must never go into a stored answer. In a blind hall there is nothing to look at before
the first call, so that nobody can choose (``hidden``).
"""

from __future__ import annotations

from typing import Any

from queue_server.core.cases import Case, CaseId
from queue_server.core.hall import Hall
from queue_server.core.visit_services import items_of
from queue_server.core.visits import SECOND, Leg, Ticket
from queue_server.views import Scene, iso

from .case_facts import case_facts
from .texts import clerk_name, wait_text, window_text
from .words import t

CHANNELS = ("kiosk", "phone", "counter", "api")


def is_hidden(hall: Hall, ticket: Ticket) -> bool:
    """The hall keeps what the visitor came for to itself until the first call."""
    return hall.setup.rules.blind and ticket.first_called is None


def visit_of(hall: Hall, ticket: Ticket, scene: Scene) -> dict[str, Any]:
    """What colleagues left: their notes, the marks of papers, notices given, cases of this visit, and the whole story."""
    if is_hidden(hall, ticket):
        return {"hidden": True, "first_contact": None, "notes": [], "marks": [], "notices": [], "cases": [], "story": []}
    return {
        "hidden": False,
        "first_contact": first_contact(hall, ticket, scene.lang),
        "notes": _notes(hall, ticket, scene),
        "marks": _marks(hall, ticket, scene.lang),
        "notices": _notices(hall, ticket, scene.lang),
        "cases": _cases(hall, ticket, scene.lang),
        "story": story(hall, ticket, scene),
    }


def first_contact(hall: Hall, ticket: Ticket, lang: str) -> dict[str, Any] | None:
    """The window and the person who received the visitor first, and stay answerable (首问负责)."""
    first = hall.counters.get(ticket.first_contact) if ticket.first_contact is not None else None
    if first is None:
        return None
    return {
        "counter": first.label, "window": window_text(lang, first.label), "clerk": clerk_name(hall, ticket.first_clerk),
        "at": iso(ticket.first_called, hall),
    }  # fmt: skip


def _notes(hall: Hall, ticket: Ticket, scene: Scene) -> list[dict[str, Any]]:
    """What was written at earlier stops, oldest first."""
    return [
        {"at": iso(leg.ended, hall), **_where(hall, leg, scene.lang), "text": text}
        for leg in ticket.legs
        if leg.ended is not None and (text := scene.unseal(leg.note))
    ]


def _where(hall: Hall, leg: Leg, lang: str) -> dict[str, str]:
    known = hall.counters.get(leg.counter) if leg.counter is not None else None
    return {"counter": window_text(lang, known.label if known else leg.counter or ""), "clerk": clerk_name(hall, leg.clerk) or ""}


def _marks(hall: Hall, ticket: Ticket, lang: str) -> list[dict[str, Any]]:
    """Papers somebody has looked at."""
    return [
        {
            "material": item.material.id, "name": item.material.name[lang], "mark": item.mark,
            "mark_text": t(lang, f"case.mark.{item.mark}"),
        }
        for item in items_of(hall, ticket)
        if item.material.id in ticket.marks
    ]  # fmt: skip


def _notices(hall: Hall, ticket: Ticket, lang: str) -> list[dict[str, Any]]:
    told = [hall.told[notice] for notice in ticket.notices if notice in hall.told]
    return [
        {
            "id": one.id, "at": iso(one.at, hall), "service": _service(hall, one.service, lang),
            "missing": [item.name[lang] for item in one.items],
        }
        for one in told
    ]  # fmt: skip


def _cases(hall: Hall, ticket: Ticket, lang: str) -> list[dict[str, Any]]:
    """Cases of this visit, and the one a collection ticket was taken for."""
    found = [hall.cases[CaseId(case)] for case in ticket.cases if case in hall.cases]
    return [
        {
            "id": case.id, "service": case.matter.service_name[lang], "state": case.state,
            "state_text": _state(case, lang), "received": case.received_day,
        }
        for case in found
    ]  # fmt: skip


def _state(case: Case, lang: str) -> str:
    if case.ending is not None:
        return t(lang, f"case.ending.{case.ending}")
    return t(lang, f"case.state.{case.state}{'.stopped' if case.stop is not None else ''}")


def _service(hall: Hall, service: str, lang: str) -> str:
    known = hall.services.get(service)
    return known.name[lang] if known else service


# ------------------------------------------------------------------ the stops


def story(hall: Hall, ticket: Ticket, scene: Scene) -> list[dict[str, Any]]:
    """What happened to this visitor, oldest first: title and text in words, so that every reader tells it alike."""
    lang = scene.lang
    promised = wait_text(lang, ticket.promised)
    channel = t(lang, f"desk.channel.{ticket.channel}" if ticket.channel in CHANNELS else "desk.channel.other")
    told = t(lang, "desk.story.promised", wait=promised) if promised else ""
    entries = [
        _entry(hall, ticket.arrival, t(lang, "desk.story.taken", number=ticket.number), _joined(lang, channel, told))
    ]
    for number, leg in enumerate(ticket.legs):
        entries += _leg(hall, leg, scene, again=number > 0)
    entries += _papers(hall, ticket, scene)
    return sorted(entries, key=lambda entry: str(entry["at"]))  # stable: what happened at one instant stays as it was


def _entry(hall: Hall, at: int, title: str, text: str = "") -> dict[str, Any]:
    return {"at": iso(at, hall), "title": title, "text": text or None}


def _joined(lang: str, *parts: str | None) -> str:
    return ("; " if lang == "en" else "，").join(part for part in parts if part)


def _leg(hall: Hall, leg: Leg, scene: Scene, *, again: bool) -> list[dict[str, Any]]:
    lang = scene.lang
    where = _where(hall, leg, lang)
    entries = []
    if again and leg.called is None and leg.started is None:
        entries.append(_entry(hall, leg.since, t(lang, "desk.story.waiting", queue=_queue_name(hall, leg, lang))))
    if leg.called is not None:
        entries.append(_entry(hall, leg.called, t(lang, "desk.story.called", **where), _calls(leg, lang)))
    if leg.started is not None:
        entries.append(_entry(hall, leg.started, t(lang, "desk.story.started", **where), _done(hall, leg, lang)))
    if leg.ended is not None:
        title = t(lang, f"desk.story.{(leg.outcome or 'done').replace(':', '.')}", **where)
        entries.append(_entry(hall, leg.ended, title, scene.unseal(leg.note) or ""))
    return entries


def _done(hall: Hall, leg: Leg, lang: str) -> str:
    """What was done at this stop so far, when it is one thing of several or the visitor is still there."""
    names = [_service(hall, done.service, lang) for done in leg.done if done.service is not None]
    if not names or (leg.ended is not None and len(names) == 1):
        return ""
    return t(lang, "desk.story.did", names=t(lang, "desk.story.comma").join(names))


def _queue_name(hall: Hall, leg: Leg, lang: str) -> str:
    queue = hall.queues.get(leg.queue)
    return queue.name[lang] if queue else leg.queue


def _calls(leg: Leg, lang: str) -> str:
    walked = (leg.started - leg.called) // SECOND if leg.started is not None and leg.called is not None else None
    times = t(lang, "desk.story.calls", count=max(1, leg.calls))
    return _joined(lang, times, t(lang, "desk.story.walked", seconds=walked) if walked is not None else None)


def _papers(hall: Hall, ticket: Ticket, scene: Scene) -> list[dict[str, Any]]:
    """Notices given in this visit, and what was done for cases at windows during it."""
    lang, entries = scene.lang, []
    for told in (hall.told[notice] for notice in ticket.notices if notice in hall.told):
        names = t(lang, "desk.story.comma").join(item.name[lang] for item in told.items)
        again = t(lang, "desk.story.notice.again", count=told.repeat) if told.repeat > 1 else ""
        entries.append(_entry(hall, told.at, t(lang, "desk.story.notice", number=told.id), names + again))
    for case in (hall.cases[CaseId(case)] for case in ticket.cases if case in hall.cases):
        said = case_facts(hall, case, lang, scene.tick)["steps"]
        for step, words in zip(case.steps, said, strict=True):
            if step.counter is not None and step.at >= ticket.arrival and step.what != "notice_given":
                entries.append(_entry(hall, step.at, words["text"], f"{case.id} {case.matter.service_name[lang]}"))
    return entries
