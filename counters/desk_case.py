"""The visitor at the desk: what they came for, what was promised, what happened so far, and what may be done now."""

from __future__ import annotations

from typing import Any

from queue_server.core.catalogue import Name, Service, Term
from queue_server.core.hall import Hall
from queue_server.core.visits import SECOND, Ticket
from queue_server.views import Scene, iso
from queue_server.web.texts import wait_text, why_text
from queue_server.web.ticket_story import first_contact, story
from queue_server.web.words import t

from .desk_papers import cases_of, papers_of

MEASURED_MIN = 10  # services of a queue before their mean says what is common


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
    proofs = [hall.classes[need].proof[scene.lang] for need in ticket.needs if need in hall.classes]
    return {
        "channel": ticket.channel,
        "lang": ticket.lang,
        "proofs": proofs,
        "promised": wait_text(scene.lang, ticket.promised) or None,
        "first_contact": first_contact(hall, ticket, scene.lang),
    }


def case_of(hall: Hall, ticket: Ticket, scene: Scene) -> dict[str, Any]:
    """The counter's own ticket, complete. Nothing is hidden here: the visitor has been called."""
    service = hall.services.get(ticket.service) if ticket.service is not None else None
    lang, papers = scene.lang, papers_of(hall, ticket, scene)
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
        "bring": _bring(papers),
        "note": _text(service.note, lang) if service else None,
        "said": _said(ticket, scene),
        "story": story(hall, ticket, scene),
        "papers": papers,
        "cases": cases_of(hall, ticket, scene),
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


def _bring(papers: dict[str, Any]) -> list[dict[str, Any]]:
    """The papers of all that is done together, each once, in short."""
    return [
        {"name": item["name"], "later": "later" in item["marks"], "held": item["held"], "note": item["note"]}
        for item in papers["items"]
    ]


def _text(name: Name | None, lang: str) -> str | None:
    return name[lang] if name is not None else None


def _said(ticket: Ticket, scene: Scene) -> str | None:
    """The last note left by a colleague before this stop."""
    notes = [leg.note for leg in ticket.legs[:-1] if leg.note]
    return scene.unseal(notes[-1]) if notes else None
