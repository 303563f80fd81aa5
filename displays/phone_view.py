"""What the holder of a ticket sees on the phone: where it stands, how long it takes, where to go, what comes next.

The view is data and ready sentences: the page fills its ``[data-field]`` places from it, and only a change of ``state`` changes
the template. Nothing in it tells who the visitor is.
"""

from __future__ import annotations

from typing import Any

from queue_server.core.catalogue import TicketId
from queue_server.core.hall import Hall
from queue_server.core.visit_rules import find
from queue_server.core.visits import SECOND, Ticket, Wait
from queue_server.labels import window_number
from queue_server.views import Scene, ViewKind, iso
from queue_server.web.texts import HOPELESS_SECONDS, duration_text, local, wait_figure, wait_text
from queue_server.web.words import t

from .ticket_facts import Place, place, ticket_bring, title
from .visit_papers import papers_of

STEPS = ("taken", "waiting", "window", "served")  # of the track
PEOPLE_MAX = 8  # drawn as figures; more is a number only
AT_STEP = {"waiting": 1, "called": 2, "no_show": 2, "held": 3, "serving": 3, "done": 4, "cancelled": 1, "expired": 1}


def make(hall: Hall, arg: str | None, scene: Scene) -> dict[str, Any]:
    """The view ``ticket/{id}``. Raises NotFound ``unknown-ticket``."""
    ticket = find(hall, TicketId(arg or ""))
    lang = scene.lang
    ahead, wait = hall.wait(ticket, scene.tick)
    spot = place(hall, ticket.queue, ticket.service)
    counter = hall.counters.get(ticket.counter) if ticket.counter else None
    label = counter.label if counter else None
    figure = wait_figure(lang, wait, ahead) if ticket.state == "waiting" else None
    return {
        "id": ticket.id,
        "number": ticket.number,
        "state": ticket.state,
        "state_text": state_text(lang, ticket),
        "service": title(hall, ticket)[lang],
        "queue": ticket.queue,
        "zone": spot.zone,
        "place": _place(hall, ticket, spot, lang),
        "ahead": ahead if ticket.state == "waiting" else None,
        "ahead_more": ahead or "",
        "people": min(ahead, PEOPLE_MAX) if ticket.state == "waiting" else 0,
        "wait": _seconds(wait),
        "wait_text": wait_text(lang, wait, ahead),
        "wait_before": figure.before if figure else "",
        "wait_figure": figure.figure if figure else "",
        "wait_short": figure.short if figure else "",
        "wait_after": figure.after if figure else "",
        "when": _when(lang, wait, ahead, scene.tick, hall) if ticket.state == "waiting" else "",
        "title": _title(lang, ticket, ahead, label),
        "counter": ticket.counter,
        "label": label,
        "calls": ticket.call_count,
        "call": f"{ticket.call_id}.{ticket.call_count}" if ticket.state == "called" else "",
        "call_text": _call(lang, hall, ticket),
        "advice": advice(lang, hall, ticket),
        "steps": steps(lang, hall, ticket),
        "bring": ticket_bring(lang, hall, ticket),
        "why_ahead": why_ahead(lang, hall),
        "if_missed": t(lang, "phone.if_missed", calls=hall.setup.rules.call_max),
        "can_cancel": ticket.state in ("waiting", "held", "called"),
        "arrival": iso(ticket.arrival, hall),
        "papers": papers_of(hall, ticket, scene),
        "hotline": hall.setup.hotline,
        "phone": hall.setup.phone,
    }


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    ticket = find(hall, TicketId(arg or ""))
    return frozenset({"hall", f"ticket:{ticket.id}", f"queue:{ticket.queue}"})


VIEW = ViewKind(name="ticket", make=make, topics=topics, first=False)


def _seconds(wait: Wait | None) -> dict[str, int] | None:
    return None if wait is None else {"low": wait.low, "likely": wait.likely, "high": wait.high}


def _place(hall: Hall, ticket: Ticket, spot: Place, lang: str) -> dict[str, str]:
    """Where to sit and how to get there. Once called: the zone of the very window."""
    way = spot.way[lang]
    if ticket.state in ("called", "serving") and ticket.counter is not None:
        zone = next(zone for zone in hall.setup.zones if zone.id == hall.counters[ticket.counter].zone)
        return {"zone": zone.id, "head": t(lang, "common.zone", zone=zone.id), "line": zone.way[lang]}
    if ticket.state == "no_show":
        desk = enquiries(hall)
        return {"zone": desk.zone, "head": desk.windows[lang], "line": desk.way[lang]} if desk else _empty()
    line = t(lang, "phone.place.line", windows=spot.windows[lang], way=way) if spot.windows[lang] else way
    return {"zone": spot.zone, "head": t(lang, "phone.place.wait", zone=spot.zone), "line": line}


def _empty() -> dict[str, str]:
    return {"zone": "", "head": "", "line": ""}


def enquiries(hall: Hall) -> Place | None:
    """Where a visitor asks for help."""
    queue = hall.queue_of_kind.get("consultation")
    return place(hall, queue) if queue else None


def _when(lang: str, wait: Wait | None, ahead: int, now: int, hall: Hall) -> str:
    """The range as clock times: easier to plan by than minutes."""
    if ahead == 0:
        return t(lang, "phone.next")
    if wait is None or wait.high > HOPELESS_SECONDS or wait.high <= 60:
        return ""
    zone = hall.setup.time_zone
    begin, end = (local(now + seconds * SECOND, zone).strftime("%H:%M") for seconds in (wait.low, wait.high))
    return t(lang, "phone.when", begin=begin, end=end) if wait.low >= 60 else t(lang, "phone.before", end=end)


def _title(lang: str, ticket: Ticket, ahead: int, label: str | None) -> str:
    """The page's title: what a phone shows of a page behind another."""
    if ticket.state == "called":
        key = "phone.title.called" if label is None or window_number(label) else "phone.title.called.name"
        return t(lang, key, number=ticket.number, label=label)
    if ticket.state == "waiting":
        return t(lang, "phone.title.waiting", number=ticket.number, count=ahead)
    return t(lang, "phone.title", number=ticket.number, state=state_text(lang, ticket))


def state_text(lang: str, ticket: Ticket) -> str:
    return t(lang, "phone.unserved.state" if is_unserved(ticket) else f"state.{ticket.state}")


def is_unserved(ticket: Ticket) -> bool:
    """The visit is over, and what the visitor came for was not done."""
    return ticket.state == "done" and ticket.reason == "unserved"


def _call(lang: str, hall: Hall, ticket: Ticket) -> str:
    """``10:58:18 第 1 次叫号``."""
    if ticket.state != "called":
        return ""
    at = local(ticket.call_at, hall.setup.time_zone).strftime("%H:%M:%S")
    return t(lang, "phone.call", at=at, count=ticket.call_count)


def advice(lang: str, hall: Hall, ticket: Ticket) -> str:
    """What to do now, where the state itself does not say it."""
    if ticket.state == "held":
        return t(lang, f"phone.held.{ticket.hold or 'step'}")
    if ticket.state == "called":
        left = hall.setup.rules.call_max - ticket.call_count
        return t(lang, "phone.slow", count=left) if left > 0 else t(lang, "phone.slow.last")
    if ticket.state == "no_show":
        passed = hall.called_of(ticket.queue) - ticket.missed_at
        in_time = passed <= hall.setup.rules.return_window_numbers
        return t(lang, "phone.missed" if in_time else "phone.missed.late")
    if ticket.state == "expired":
        return t(lang, "phone.expired")
    if is_unserved(ticket):
        return t(lang, "phone.unserved.told" if ticket.notices else "phone.unserved")
    return t(lang, f"phone.{ticket.state}") if ticket.state in ("serving", "done", "cancelled") else ""


def why_ahead(lang: str, hall: Hall) -> str:
    """Why others may be called first: the classes of this hall and the most any of them gives."""
    if not hall.setup.classes:
        return t(lang, "phone.why.none")
    names = t(lang, "common.comma").join(item.name[lang] for item in hall.setup.classes)
    return t(lang, "phone.why", classes=names, minutes=max(item.minutes for item in hall.setup.classes))


def steps(lang: str, hall: Hall, ticket: Ticket) -> list[dict[str, str]]:
    """Ticket, waiting, window, served: what is done, with its time, and where the visitor stands."""
    at = AT_STEP[ticket.state]
    notes = (_taken(hall, ticket), _waited(lang, ticket, at), _called(lang, hall, ticket), _served(lang, hall, ticket))
    found = []
    for index, name in enumerate(STEPS):
        state = "done" if index < at else "now" if index == at else "next"
        found.append({"name": t(lang, f"phone.step.{name}"), "state": state, "note": notes[index]})
    return found


def _taken(hall: Hall, ticket: Ticket) -> str:
    return local(ticket.arrival, hall.setup.time_zone).strftime("%H:%M")


def _waited(lang: str, ticket: Ticket, at: int) -> str:
    if ticket.state == "waiting":
        return t(lang, "phone.now")
    if ticket.first_called is None:
        return t(lang, f"state.{ticket.state}") if at == 1 else ""
    return duration_text(lang, (ticket.first_called - ticket.arrival) // SECOND)


def _called(lang: str, hall: Hall, ticket: Ticket) -> str:
    if ticket.state == "no_show":
        return t(lang, "state.no_show")
    if ticket.first_called is None or ticket.state == "waiting":
        return ""
    return local(ticket.call_at or ticket.first_called, hall.setup.time_zone).strftime("%H:%M")


def _served(lang: str, hall: Hall, ticket: Ticket) -> str:
    if ticket.state in ("serving", "held"):
        return t(lang, "phone.now") if ticket.state == "serving" else t(lang, "state.held")
    if ticket.state == "done" and ticket.ended is not None:
        return local(ticket.ended, hall.setup.time_zone).strftime("%H:%M")
    return ""
