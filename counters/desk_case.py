"""The visitor at the desk: what they came for, what was promised, what happened so far, and what may be done now."""

from __future__ import annotations

from typing import Any

from queue_server.core.catalogue import ClerkId, Name, Service, Term, materials_of
from queue_server.core.hall import Hall
from queue_server.core.visits import SECOND, Leg, Ticket
from queue_server.views import Scene, iso
from queue_server.web.texts import wait_text, why_text
from queue_server.web.words import t

MEASURED_MIN = 10  # services of a queue before their mean says what is common


def person(hall: Hall, clerk: ClerkId | None) -> str | None:
    """A clerk's name."""
    known = hall.clerks.get(clerk) if clerk is not None else None
    return known.name if known else clerk


def wish_of(hall: Hall, ticket: Ticket, lang: str) -> str:
    """What the visitor came for, in words: the package, the service, or the kind of window.

    Whoever was sent on to a kind of window still wants what they came for.
    """
    if ticket.package is not None and ticket.package in hall.packages:
        return hall.packages[ticket.package].name[lang]
    if ticket.service_name is not None:
        return ticket.service_name[lang]
    if ticket.services and ticket.services[0] in hall.services:
        return hall.services[ticket.services[0]].name[lang]
    return t(lang, f"desk.kind.{ticket.kind}") if ticket.kind else hall.queues[ticket.queue].name[lang]


def classes_of(hall: Hall, ticket: Ticket, lang: str) -> list[str]:
    return [hall.classes[need].name[lang] for need in ticket.needs if need in hall.classes]


def visitor_facts(hall: Hall, ticket: Ticket, scene: Scene) -> dict[str, Any]:
    """The same of a waiting visitor and of the one at the counter."""
    first = hall.counters.get(ticket.first_contact) if ticket.first_contact is not None else None
    proofs = [hall.classes[need].proof[scene.lang] for need in ticket.needs if need in hall.classes]
    return {
        "channel": ticket.channel,
        "lang": ticket.lang,
        "proofs": proofs,
        "promised": wait_text(scene.lang, ticket.promised) or None,
        "first_contact": {
            "counter": first.label, "clerk": person(hall, ticket.first_clerk), "at": iso(ticket.first_called, hall),
        } if first else None,
    }  # fmt: skip


def case_of(hall: Hall, ticket: Ticket, scene: Scene) -> dict[str, Any]:
    """The counter's own ticket, complete. Nothing is hidden here: the visitor has been called."""
    service = hall.services.get(ticket.service) if ticket.service is not None else None
    lang = scene.lang
    return {
        "id": ticket.id,
        "number": ticket.number,
        "state": ticket.state,
        "service": wish_of(hall, ticket, lang),
        "service_id": ticket.service,
        "package": ticket.package,
        "services": [
            {"id": item, "name": hall.services[item].name[lang]} for item in ticket.services if item in hall.services
        ],
        "classes": classes_of(hall, ticket, lang),
        "needs": list(ticket.needs),
        **visitor_facts(hall, ticket, scene),
        "arrival": iso(ticket.arrival, hall),
        "waited_seconds": max(0, (ticket.legs[-1].called or ticket.call_at) - ticket.arrival) // SECOND,
        "why": why_text(lang, ticket.why, hall, scene.unseal(ticket.why.reason) if ticket.why else None),
        "call": _call(hall, ticket, scene),
        "started": iso(ticket.started, hall),
        "typical_minutes": _typical_minutes(hall, ticket, service),
        "term": _promise(hall, ticket, service, lang),
        "bring": _bring(hall, ticket, service, lang),
        "note": _text(service.note, lang) if service else None,
        "said": _said(ticket, scene),
        "story": story(hall, ticket, scene),
    }


def _call(hall: Hall, ticket: Ticket, scene: Scene) -> dict[str, Any] | None:
    """How often it was called, what screens and loudspeakers reported, from when it may be called again or given up.
    ``None`` there means: not by waiting alone (the calls are used up, or are still owed)."""
    if ticket.call_id is None:
        return None
    rules = hall.setup.rules
    left = rules.call_max - ticket.call_count
    again = iso(ticket.call_at + rules.recall_gap_seconds * SECOND, hall)
    return {
        "id": ticket.call_id,
        "count": ticket.call_count,
        "max": rules.call_max,
        "at": iso(ticket.call_at, hall),
        "left": max(0, left),
        "recall_from": again if left > 0 else None,
        "no_show_from": again if left <= 0 else None,
        "delivery": _delivery(hall, scene.delivery(ticket.call_id)),
    }


def _delivery(hall: Hall, proof: dict[str, Any] | None) -> dict[str, Any] | None:
    """Which screens showed the call, whether it was spoken, whether the visitor's phone has it. ``None``: not known."""
    if proof is None:
        return None
    return {
        "shown": proof.get("shown", 0),
        "watching": proof.get("watching", 0),
        "shown_at": iso(proof.get("shown_at"), hall),
        "spoken": iso(proof.get("spoken"), hall),
        "phone": bool(proof.get("phone")),
    }


def _typical_minutes(hall: Hall, ticket: Ticket, service: Service | None) -> int | None:
    """What such a visit commonly takes: as measured today, else as the catalogue guesses."""
    day = hall.measures.queues.get(ticket.queue)
    if day is not None and day.service_count >= MEASURED_MIN:
        return max(1, round(day.service_seconds / day.service_count / 60))
    return round(service.minutes.value) if service is not None and service.minutes is not None else None


def _term(term: Term, lang: str) -> str | None:
    if term.value is None:
        return None
    return t(lang, f"desk.term.{term.unit}", count=term.value) if term.value else t(lang, "desk.term.now")


def _promise(hall: Hall, ticket: Ticket, service: Service | None, lang: str) -> str | None:
    """What was promised for the whole package, else for the service."""
    package = hall.packages.get(ticket.package or "")
    if package is not None and package.promised.value is not None:
        return _term(package.promised, lang)
    return _term(service.promised, lang) if service else None


def _bring(hall: Hall, ticket: Ticket, service: Service | None, lang: str) -> list[dict[str, Any]]:
    """The papers of all that is done together, each once."""
    together = [hall.services[item] for item in ticket.services if item in hall.services]
    return [
        {"name": item.name[lang], "later": item.later, "held": item.held, "note": _text(item.note, lang)}
        for item in materials_of(together or ([service] if service else []))
    ]


def _text(name: Name | None, lang: str) -> str | None:
    return name[lang] if name is not None else None


def _said(ticket: Ticket, scene: Scene) -> str | None:
    """The last note left by a colleague before this stop."""
    notes = [leg.note for leg in ticket.legs[:-1] if leg.note]
    return scene.unseal(notes[-1]) if notes else None


# ------------------------------------------------------------------ the story of the visit


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
    return entries


CHANNELS = ("kiosk", "phone", "counter", "api")


def _entry(hall: Hall, at: int, title: str, text: str = "") -> dict[str, Any]:
    return {"at": iso(at, hall), "title": title, "text": text or None}


def _joined(lang: str, *parts: str | None) -> str:
    return ("; " if lang == "en" else "，").join(part for part in parts if part)


def _leg(hall: Hall, leg: Leg, scene: Scene, *, again: bool) -> list[dict[str, Any]]:
    lang = scene.lang
    known = hall.counters.get(leg.counter) if leg.counter is not None else None
    where = {"counter": known.label if known else leg.counter or "", "clerk": person(hall, leg.clerk) or ""}
    entries = []
    if again and leg.called is None and leg.started is None:
        entries.append(_entry(hall, leg.since, t(lang, "desk.story.waiting", queue=_queue_name(hall, leg, lang))))
    if leg.called is not None:
        entries.append(_entry(hall, leg.called, t(lang, "desk.story.called", **where), _calls(leg, lang)))
    if leg.started is not None:
        entries.append(_entry(hall, leg.started, t(lang, "desk.story.started", **where)))
    if leg.ended is not None:
        title = t(lang, f"desk.story.{(leg.outcome or 'done').replace(':', '.')}", **where)
        entries.append(_entry(hall, leg.ended, title, scene.unseal(leg.note) or ""))
    return entries


def _queue_name(hall: Hall, leg: Leg, lang: str) -> str:
    queue = hall.queues.get(leg.queue)
    return queue.name[lang] if queue else leg.queue


def _calls(leg: Leg, lang: str) -> str:
    walked = (leg.started - leg.called) // SECOND if leg.started is not None and leg.called is not None else None
    times = t(lang, "desk.story.calls", count=max(1, leg.calls))
    return _joined(lang, times, t(lang, "desk.story.walked", seconds=walked) if walked is not None else None)
