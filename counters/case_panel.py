"""One case open beside a list: everything about it, and what this person may do with it. Used by back office and issue window.

The panel is fetched again whenever the list hears of a change. Its buttons stand outside of it, on the page; ``can`` says
which of them work, ``facts`` what their dialogs ask about.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.cases import Case, works_for
from queue_server.core.catalogue import Service
from queue_server.core.context import Actor
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.running import RunningHall
from queue_server.views import Scene
from queue_server.web.access import require, running_of
from queue_server.web.case_facts import case_facts
from queue_server.web.due_words import term_words
from queue_server.web.pages import fragment, lang_of
from queue_server.web.past_cases import find_case
from queue_server.web.words import t

from .case_rows import Rows
from .results import visitors

Json = dict[str, Any]
OFFICE_ACTS = ("take", "decide", "resume", "stop", "settle", "return", "extend", "withdraw", "ready")
AT_WINDOW = (
    "accept",
    "one-time-notice",
    "reject",
    "forward",
    "ready",
    "hand-over",
    "send",
    "deliver",
    "settle",
    "resume",
    "withdraw",
)
RESULT_STATES = ("decided", "ready", "sent")


async def panel(request: Request) -> Response:
    """``/h/{hall}/office/case/{case}``: the inside of the panel. Raises NotFound ``unknown-case``."""
    running = running_of(request)
    actor = await require(request, "clerk", "manager")
    lang = lang_of(request)
    view = await panel_view(running, request.path_params["case"], actor, running.scene(lang))
    return HTMLResponse(fragment("case_panel.html", view, lang), headers={"Cache-Control": "no-store"})


async def panel_view(running: RunningHall, case_id: str, actor: Actor, scene: Scene) -> Json:
    await running.settled()
    case = await find_case(running, case_id)
    if case is None:
        raise NotFound("unknown-case", case=case_id[:64])
    return make(running.state, case, actor, scene)


def make(hall: Hall, case: Case, actor: Actor, scene: Scene) -> Json:
    """``full``: this person has to do with the applicant, and sees name, telephone and address as they are."""
    works = works_for(hall, actor, case)
    full = works or (case.state in RESULT_STATES and bool(seats(hall, actor, "issue")))
    facts = case_facts(hall, case, scene.lang, scene.tick, scene.unseal, full)
    service = hall.services.get(case.matter.service)
    return {
        "case": facts,
        "urgency": Rows(hall, scene).urgency(case),
        "works": works,
        "can": office_acts(case, facts["can"], actor, works),
        "at_window": [act for act in AT_WINDOW if act in facts["can"]],
        "facts": _asked_about(hall, case, facts, service, scene)
        | {
            "works": works,
            "officer": facts["officer"] if case.officer not in (None, actor.id) else None,
        },
    }


def seats(hall: Hall, actor: Actor, kind: str | None = None) -> list[Any]:
    """The open counters this person may act at: one's own; a manager at each, issue windows first."""
    found = [x for x in hall.counters.values() if x.state != "closed" and (actor.manages or x.clerk == actor.id)]
    if kind is not None and any(x.kind == kind for x in hall.counters.values()):
        found = [x for x in found if x.kind == kind]
    return sorted(found, key=lambda x: (x.clerk != actor.id, x.kind != "issue"))


def office_acts(case: Case, can: list[str], actor: Actor, works: bool) -> list[str]:
    """What somebody of the department may do without a window; the server refuses anyway."""
    if not works:
        return []
    own = case.officer == actor.id
    allowed = {
        "take": not own and (case.officer is None or actor.manages),
        "decide": case.state == "review" and (own or actor.manages),
        "extend": actor.manages,
        "withdraw": case.state not in ("received", "told"),
    }
    return [act for act in OFFICE_ACTS if act in can and allowed.get(act, True)]


def _asked_about(hall: Hall, case: Case, facts: Json, service: Service | None, scene: Scene) -> Json:
    """What the dialogs need: the papers to ask for, what is owed, the steps of the catalogue, who has come."""
    owed = [one for one in facts["owed"] if one["settled"] is None]
    return {
        "id": case.id,
        "state": case.state,
        "department": case.matter.department,
        "applicant": facts["applicant"]["name"],
        "address": facts["applicant"]["address"],
        "phone": facts["applicant"]["phone"],
        "items": _askable(facts, service, scene.lang),
        "owed": [
            {"material": one["material"], "name": one["name"], "kind": one["kind"], "text": one["due_text"],
             "late": bool(one["late"])}
            for one in owed
        ],
        "overdue": any(one["kind"] == "later" and one["late"] for one in owed),
        "still_owed": sum(one["kind"] == "later" for one in owed),
        "stop": facts["stop"]["kind"] if facts["stop"] else None,
        "correction_workdays": hall.setup.rules.correction_workdays,
        "procedures": procedures(service, scene.lang),
        "list": check_list(case, service, scene.lang) if case.state in ("received", "told") else [],
        "courier": bool(service is not None and service.courier),
        "delivery": case.delivery,
        "visitor": visitors(hall).get(case.id),
    }  # fmt: skip


def _askable(facts: Json, service: Service | None, lang: str) -> list[Json]:
    """What the applicant can be asked for: the papers of the catalogue, also those nobody looked at, and the case's own."""
    names = {one.id: one.name[lang] for one in (service.materials if service is not None else ())}
    names |= {one["material"]: one["name"] for one in facts["items"]}
    return [{"material": material, "name": name} for material, name in names.items()]


def procedures(service: Service | None, lang: str) -> list[Json]:
    """The special steps of the catalogue, each with its own limit."""
    return [
        {
            "kind": one.kind, "text": t(lang, f"case.stop.{one.kind}"), "limit": term_words(lang, one.limit),
            "note": one.note[lang] if one.note is not None else None,
        }
        for one in (service.procedures if service is not None else ())
    ]  # fmt: skip


def check_list(case: Case, service: Service | None, lang: str) -> list[Json]:
    """The papers of a case that is not accepted yet, with what was found of them and what the catalogue allows."""
    marks = {line.material: line.mark for line in case.items if not line.by_default}
    return [
        {
            "material": one.id, "name": one.name[lang], "mark": marks.get(one.id, "free" if one.held else None),
            "later": one.later, "promise": one.promise,
        }
        for one in (service.materials if service is not None else ())
    ]  # fmt: skip


routes: list[BaseRoute] = [Route("/h/{hall}/office/case/{case}", panel)]
