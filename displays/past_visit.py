"""A ticket of an earlier day: the number is over, but what came of the visit is still worth a look."""

from __future__ import annotations

from typing import Any

import msgspec

from queue_server.core.calendar import hall_day
from queue_server.core.catalogue import Name
from queue_server.running import RunningHall
from queue_server.web.due_words import date_words
from queue_server.web.past_cases import find_case
from queue_server.web.words import Lang

from .case_view import path_of
from .ticket_facts import service_title
from .visit_papers import case_line, is_hidden

CASES = "SELECT id FROM cases WHERE received_day = ? AND ticket = ? ORDER BY id"
NOTICES = "SELECT notice, day, service, items FROM notices WHERE day = ? AND ticket = ? ORDER BY at"


async def past_values(running: RunningHall, ticket: str, lang: Lang) -> dict[str, Any]:
    """Number, day and papers of the visit; empty lists when the ticket left nothing."""
    visit = await running.store.visit(ticket)
    if visit is None:
        return {"number": "", "day": "", "service": "", "cases": [], "notices": []}
    hall, scene = running.state, running.scene(lang)
    rows = await running.store.select(CASES, (visit["day"], ticket))
    cases = [await find_case(running, row["id"]) for row in rows]
    today = hall_day(running.now(), hall.setup)
    return {
        "number": visit["number"],
        "day": date_words(visit["day"], lang, today),
        "service": _service(running, visit, lang),
        "cases": [case_line(hall, case, scene) for case in cases if case is not None],
        "notices": [
            {
                "id": row["notice"],
                "day_text": date_words(row["day"], lang, today),
                "missing": [] if is_hidden(hall, row["service"]) else _names(row["items"], lang),
                "href": path_of(running.notice_url(row["notice"])),
            }
            for row in await running.store.select(NOTICES, (visit["day"], ticket))
        ],
    }


def _names(items: str, lang: str) -> list[str]:
    return [str(item["name"][lang]) for item in msgspec.json.decode(items)]


def _service(running: RunningHall, visit: dict[str, Any], lang: str) -> str:
    service = running.state.services.get(visit["service"] or "")
    if service is not None:
        return service_title(running.state, service)[lang]
    return msgspec.convert(visit["service_name"], Name)[lang] if visit["service_name"] else ""
