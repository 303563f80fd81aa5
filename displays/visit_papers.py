"""What a visit leaves behind, on the ticket's page: one-time notices, cases, how far a package is, the first window.

Never the notes of staff. A private service is called by its theme here too, and its papers are not listed. A number for the
issue window may have been taken by anybody who typed a receipt's number, so it shows no case: the receipt's own code does.
"""

from __future__ import annotations

from typing import Any

from queue_server.core.cases import Case, CaseId
from queue_server.core.hall import Hall
from queue_server.core.visit_services import next_service, remaining, services_of
from queue_server.core.visits import Leg, Ticket
from queue_server.views import Scene, iso
from queue_server.web.texts import window_text
from queue_server.web.words import t

from .case_view import notice_link, path_of, view_of
from .guide_values import where_text
from .ticket_facts import place, service_title

Json = dict[str, Any]
INTAKE = ("case_received", "case_accepted")
SILENT = ("put_back",)  # ends of a stop that are no news to the visitor


def papers_of(hall: Hall, ticket: Ticket, scene: Scene) -> Json:
    """``stamp`` changes when anything here does, so that the page knows when to ask for its live part."""
    lang = scene.lang
    cases = own_cases(hall, ticket)
    told = [hall.told[notice] for notice in ticket.notices if notice in hall.told]
    found: Json = {
        "notices": [
            notice_link(hall, one, scene)
            | {"missing": [] if is_hidden(hall, one.service) else _missing(one.items, lang)}
            for one in told
        ],
        "cases": [case_line(hall, case, scene) for case in cases],
        "package": progress(hall, ticket, lang),
        "first": _window(hall, ticket.first_contact, lang),
        "sent_on": _sent_on(hall, ticket, lang),
        "guides": guides(hall, ticket, lang),
        "story": story(hall, ticket, cases, scene),
    }
    marks = [*ticket.notices, *ticket.finished, *(f"{case.id}.{case.state}.{len(case.steps)}" for case in cases)]
    return found | {"stamp": " ".join([str(len(ticket.legs)), *marks])}


def _missing(items: Any, lang: str) -> list[str]:
    return [item.name[lang] for item in items]


def is_hidden(hall: Hall, service: str | None) -> bool:
    """Is this a service that the ticket's page calls by its theme?"""
    found = hall.services.get(service or "")
    return found is not None and found.private


def _window(hall: Hall, counter: str | None, lang: str) -> str:
    found = hall.counters.get(counter) if counter is not None else None  # type: ignore[call-overload]
    return window_text(lang, found.label) if found is not None else ""


# ------------------------------------------------------------------ cases


def own_cases(hall: Hall, ticket: Ticket) -> list[Case]:
    """The cases whose papers were dealt with in this very visit, at the window that had the ticket."""
    found = (hall.cases.get(CaseId(case)) for case in ticket.cases)
    return [case for case in found if case is not None and _dealt_with(case, ticket)]


def _dealt_with(case: Case, ticket: Ticket) -> bool:
    if case.matter.ticket == ticket.id:
        return True
    intake = [step for step in case.steps if step.what in INTAKE and step.counter is not None]
    return any(
        leg.started is not None
        and step.counter == leg.counter
        and leg.started <= step.at
        and (leg.ended is None or step.at <= leg.ended)
        for leg in ticket.legs
        for step in intake
    )


def case_line(hall: Hall, case: Case, scene: Scene) -> Json:
    """A case in short: what is known of it now, what is owed, and its own page."""
    view = view_of(hall, case, scene)
    service = hall.services.get(case.matter.service)
    hidden = service is not None and service.private
    return {
        "id": case.id,
        "service": service_title(hall, service)[scene.lang] if service is not None else view["service"]["name"],
        "state_text": view["state_text"],
        "pill": view["pill"],
        "headline": view["headline"],
        "left": view["left"],
        "late": view["late"],
        "owed": [] if hidden else [one for one in view["owed"] if one["kind"] == "later" and one["settled"] is None],
        "href": path_of(scene.follow_case(case.id)),
    }


# ------------------------------------------------------------------ packages, guides, the way on


def progress(hall: Hall, ticket: Ticket, lang: str) -> Json | None:
    """How many services of the visit are done, and where the next one is."""
    services = services_of(hall, ticket)
    if len(services) < 2:
        return None
    left = remaining(ticket)
    following = next_service(hall, hall.counters.get(ticket.counter) if ticket.counter else None, left)
    if ticket.service in left:  # in hand, or the one it waits for
        following = hall.services.get(ticket.service or "", following)
    rows = []
    for service in services:
        state = (
            "done" if service.id in ticket.finished else "now" if following and service.id == following.id else "next"
        )
        rows.append({"name": service_title(hall, service)[lang], "state": state})
    done = len(services) - len([one for one in services if one.id in left])
    where = where_text(lang, place(hall, following.queue, following.id)) if following is not None else ""
    return {
        "text": t(lang, "phone.package", done=done, count=len(services)),
        "next": t(lang, "phone.package.next", name=service_title(hall, following)[lang], place=where)
        if following
        else "",
        "services": rows,
    }


def guides(hall: Hall, ticket: Ticket, lang: str) -> list[dict[str, str]]:
    """The guides of what the visitor came for; a package has one of its own."""
    root = f"/h/{hall.setup.id}/guide"
    package = hall.packages.get(ticket.package or "")
    if package is not None:
        return [{"name": package.name[lang], "href": f"{root}/package/{package.id}"}]
    return [
        {"name": service.name[lang], "href": f"{root}/{service.id}"}
        for service in services_of(hall, ticket)
        if not service.private
    ]


def _sent_on(hall: Hall, ticket: Ticket, lang: str) -> str:
    """A window sent the visitor on: the place in the queue is kept."""
    before = ticket.legs[-2] if len(ticket.legs) > 1 else None
    if ticket.state not in ("waiting", "called") or before is None or before.outcome != "transferred":
        return ""
    return t(lang, "phone.sent_on", window=_window(hall, before.counter, lang))


# ------------------------------------------------------------------ the story


def story(hall: Hall, ticket: Ticket, cases: list[Case], scene: Scene) -> list[Json]:
    """What happened in this visit, oldest first, in the visitor's words."""
    lang = scene.lang
    found = [(ticket.arrival, t(lang, "phone.story.taken", number=ticket.number))]
    for leg in ticket.legs:
        found += _leg(hall, leg, lang)
    for told in (hall.told[notice] for notice in ticket.notices if notice in hall.told):
        found.append((told.at, t(lang, "phone.story.notice", count=len(told.items))))
    for case in cases:
        found += [
            (step.at, t(lang, f"phone.story.{step.what}", number=case.id))
            for step in case.steps
            if step.what in INTAKE and step.at >= ticket.arrival
        ]
    return [{"at": iso(at, hall), "text": text} for at, text in sorted(found, key=lambda one: one[0])]


def _leg(hall: Hall, leg: Leg, lang: str) -> list[tuple[int, str]]:
    window = _window(hall, leg.counter, lang)
    found = []
    if leg.called is not None:
        found.append((leg.called, t(lang, "phone.story.called", window=window)))
    if leg.started is not None:
        found.append((leg.started, t(lang, "phone.story.started", window=window)))
    if leg.ended is not None and leg.outcome not in SILENT:
        outcome = (leg.outcome or "done").partition(":")[0]
        found.append((leg.ended, t(lang, f"phone.story.{outcome}", window=window)))
    return found
