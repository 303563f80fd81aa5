"""Consultation at the desk: finding the service, its guide beside the visitor, and where to send the same ticket (W1).

Nobody queues twice: the ticket keeps its arrival, so how many are ahead is counted for its own place in the other queue
and told before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from queue_server.core import forecast
from queue_server.core.calendar import standing
from queue_server.core.catalogue import Package, Service, ServiceId, Theme
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.skills import does
from queue_server.core.visit_services import next_service, remaining
from queue_server.core.visits import Ticket
from queue_server.views import Scene
from queue_server.web.due_words import term_words
from queue_server.web.guide_facts import facts, found_packages, machines, material_row, package_rows, procedures
from queue_server.web.hours_text import hours_text, next_text, own_hours_text
from queue_server.web.texts import department_name, wait_text, windows_text
from queue_server.web.words import t

Values = dict[str, Any]
HITS_MAX = 9  # as many as there are digits; a consultant types one letter more instead of turning pages
PACKAGES = "packages"  # the tile beside the themes


class Look(msgspec.Struct, frozen=True):
    """One look at the hall from one desk. ``ticket``: whose place in other queues is counted."""

    hall: Hall
    lang: str
    now: int
    ticket: Ticket | None = None
    always_open: bool = False

    def ahead(self, queue: str) -> Values:
        """How many are ahead of this visitor in a queue, and how long it takes; without a visitor, for one who came now."""
        known = self.hall.queues[queue]
        rank = self.ticket.rank if self.ticket is not None else self.now
        ahead = self.hall.lines.ahead_of_rank(known.id, rank)
        wait = forecast.estimate(self.hall, known.id, ahead, self.now)
        staffed, _ = self.hall.staffing(known.id)
        zone = next(zone for zone in self.hall.setup.zones if zone.id == known.zone)
        text = wait_text(self.lang, wait, ahead)
        return {
            "queue": known.id, "zone": zone.id, "zone_name": zone.name[self.lang], "way": zone.way[self.lang],
            "waiting": self.hall.lines.waiting(known.id), "ahead": ahead, "wait": msgspec.to_builtins(wait) if wait else None,
            "wait_text": text, "open": staffed, "text": self._said(zone.id, ahead, text, staffed),
        }  # fmt: skip

    def _said(self, zone: str, ahead: int, wait: str, staffed: int) -> str:
        """``B 区，前面 3 人，约 10–15 分钟``."""
        many = t(self.lang, "consult.ahead", count=ahead) if ahead else ""
        when = wait if staffed else t(self.lang, "consult.unstaffed")
        return t(self.lang, "consult.join").join(part for part in (t(self.lang, "common.zone", zone=zone), many, when) if part)


# ------------------------------------------------------------------ in the desk's view


def onward(hall: Hall, counter: Counter, ticket: Ticket | None, scene: Scene) -> Values | None:
    """Where the visit goes on when what is left of it is not done here. A consultation window sends everything on."""
    if ticket is None or ticket.state != "serving":
        return None
    left = remaining(ticket) or ((ticket.service,) if ticket.service and ticket.service not in ticket.finished else ())
    following = next_service(hall, counter, left)
    if following is None or (counter.kind != "consultation" and does(hall, counter, following)):
        return None
    seen = Look(hall, scene.lang, scene.tick, ticket)
    return {"service": following.id, "name": following.name[scene.lang], **seen.ahead(following.queue)}


def free_rows(hall: Hall, lang: str) -> list[Values]:
    """What the hall does for nothing, and how often it did so today (V12)."""
    given = hall.measures.free
    return [{"id": one.id, "name": one.name[lang], "count": given.get(one.id, 0)} for one in hall.setup.free_services]


# ------------------------------------------------------------------ finding


def find_values(seen: Look, find: Callable[[str, int], list[ServiceId]], q: str, theme: str) -> Values:
    """Hits of a search (``find``: of the index), the services of a theme, or the themes as tiles with their waits."""
    hall, q = seen.hall, q.strip()[:100]
    group = None
    rows: list[Values] = []
    total = 0
    if q:
        packages = found_packages(hall, q)
        services = [hall.services[one] for one in find(q, HITS_MAX + 1)]
        total = len(packages) + len(services)
        rows = [*(package_row(seen, one) for one in packages), *(service_row(seen, one) for one in services)]
    elif theme == PACKAGES:
        group = t(seen.lang, "guide.packages")
        rows = [package_row(seen, one) for one in hall.setup.packages]
    elif theme:
        group = next((one.name[seen.lang] for one in hall.setup.themes if one.id == theme), None)
        rows = [service_row(seen, one) for one in hall.setup.services if one.theme == theme]
    shown = rows[:HITS_MAX] if q else rows
    return {
        "q": q, "group": group, "rows": shown, "more": max(0, total - len(shown)) if q else 0,
        "tiles": [] if q or group else tiles(seen),
    }  # fmt: skip


def service_row(seen: Look, service: Service) -> Values:
    ahead = seen.ahead(service.queue)
    return {
        "id": service.id, "kind": "service", "name": service.name[seen.lang],
        "note": department_name(seen.hall, service.department, seen.lang), "zone": ahead["zone"], "text": ahead["text"],
    }  # fmt: skip


def package_row(seen: Look, package: Package) -> Values:
    ahead = seen.ahead(seen.hall.services[package.services[0]].queue)
    note = t(seen.lang, "consult.package", count=len(package.services))
    return {
        "id": package.id, "kind": "package", "name": package.name[seen.lang], "note": note, "zone": ahead["zone"],
        "text": ahead["text"],
    }  # fmt: skip


def tiles(seen: Look) -> list[Values]:
    """The themes, each with the wait of the queue most of its services are in; packages last."""
    hall, lang = seen.hall, seen.lang
    by_theme: dict[str, list[Service]] = {}
    for service in hall.setup.services:
        by_theme.setdefault(service.theme, []).append(service)
    found = [_tile(seen, theme, by_theme[theme.id]) for theme in hall.setup.themes if theme.id in by_theme]
    if hall.setup.packages:
        text = t(lang, "consult.packages", count=len(hall.setup.packages))
        found.append({"id": PACKAGES, "name": t(lang, "guide.packages"), "icon": "link", "zone": "", "text": text})
    return found


def _tile(seen: Look, theme: Theme, services: list[Service]) -> Values:
    queues = [service.queue for service in services]
    ahead = seen.ahead(max(queues, key=queues.count))
    return {"id": theme.id, "name": theme.name[seen.lang], "icon": theme.icon, "zone": ahead["zone"], "text": ahead["text"]}


# ------------------------------------------------------------------ the guide beside the visitor


def service_guide(seen: Look, service: Service) -> Values:
    """Everything that is asked at an enquiry desk, in the order it is asked: may I, what do I bring, how long, where, now."""
    hall, lang = seen.hall, seen.lang
    return {
        "id": service.id,
        "kind": "service",
        "name": service.name[lang],
        "tags": [t(lang, f"guide.applicant.{service.applicant}"), t(lang, f"guide.handling.{service.handling}")],
        "department": department_name(hall, service.department, lang),
        "note": service.note[lang] if service.note else "",
        "facts": facts(lang, service),
        "materials": [material_row(lang, material, hall.setup.rules) for material in service.materials],
        "procedures": procedures(lang, service),
        "services": [],
        "packages": [
            {"id": one.id, "name": one.name[lang]} for one in hall.setup.packages if service.id in one.services
        ],
        "machines": machines(hall, service, lang),
        **where(seen, service),
    }


def package_guide(seen: Look, package: Package) -> Values:
    """One event in life: its services in the order they are best done, and one list of papers, each once."""
    hall, lang = seen.hall, seen.lang
    services = [hall.services[one] for one in package.services]
    term = term_words(lang, package.promised)
    return {
        "id": package.id,
        "kind": "package",
        "name": package.name[lang],
        "tags": [t(lang, "consult.package", count=len(services))],
        "department": "",
        "note": "",
        "facts": [(t(lang, "guide.fact.promised"), term)] if term else [],
        "materials": package_rows(hall, package, lang),
        "procedures": [],
        "services": [{"id": one.id, "name": one.name[lang], "text": seen.ahead(one.queue)["text"]} for one in services],
        "packages": [],
        "machines": [],
        **where(seen, services[0]),
    }


def where(seen: Look, service: Service) -> Values:
    """The windows, whether they work now, and when they take this service."""
    hall, lang = seen.hall, seen.lang
    state = standing(seen.now, hall.setup, service.hours)
    is_open = state.state == "open" or seen.always_open
    labels = [x.label for x in hall.counters.values() if service.queue in x.serves or service.id in x.serves]
    return {
        "ahead": seen.ahead(service.queue),
        "windows": windows_text(lang, labels),
        "hours": own_hours_text(lang, service.hours, hall.setup.hours) or t(lang, "consult.join").join(
            hours_text(lang, hall.setup.hours)
        ),
        "shut": "" if is_open else next_text(lang, state, seen.now, hall.setup),
    }


def targets(seen: Look, counters: list[Counter]) -> Values:
    """For the dialog that sends on: how it stands where one can be sent, by window kind and by counter."""
    hall = seen.hall
    kinds = {kind: seen.ahead(queue)["text"] for kind, queue in hall.queue_of_kind.items()}
    sent = {x.id: len(hall.lines.wanted.get(x.id, ())) for x in counters}
    return {
        "kinds": kinds,
        "counters": {one: t(seen.lang, "consult.sent", count=count) for one, count in sent.items() if count},
    }
