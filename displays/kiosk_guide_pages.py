"""The pages of the guidance: one question at a time, large choices, the consultant always in reach; then the proposal."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import Package
from queue_server.web.words import t

from .kiosk_frame import Visit, kiosk_page, new_nonce, visit_of
from .kiosk_guide import QUESTIONS_MAX, Proposal, Question, ask, examples
from .kiosk_hours import Look, look
from .kiosk_packages import package_row, package_values
from .kiosk_pages import number, paged, row
from .kiosk_state import root_of
from .ticket_facts import place

CHOICES_A_PAGE = {"who": 9, "event": 8, "about": 9, "what": 6}
EXAMPLES = {"zh": 5, "en": 4}
WHO_ICONS = {"person": "user", "enterprise": "shop", "event": "family"}
Values = dict[str, Any]


async def guide(request: Request) -> Response:
    """``?who=person&about=social``: the answers so far. Any others in the address are left aside."""
    visit = await visit_of(request)
    step = ask(visit.running.state.setup, dict(request.query_params))
    return _propose(request, visit, step) if isinstance(step, Proposal) else _question(request, visit, step)


def address(request: Request, answers: dict[str, str]) -> str:
    return f"{root_of(request)}/guide{'?' if answers else ''}{urlencode(answers)}"


def back_from(request: Request, asked: dict[str, str]) -> str:
    """To the last question that was really asked; from the first, to the first page."""
    return address(request, dict(list(asked.items())[:-1])) if asked else root_of(request)


def _question(request: Request, visit: Visit, step: Question) -> Response:
    seen = look(visit.running, visit.aids.lang)
    shown, pager = paged(step.choices, number(request, "page"), CHOICES_A_PAGE[step.name])
    choices = [_choice(seen, step.name, one) | {"href": address(request, {**step.asked, step.name: one})} for one in shown]
    return kiosk_page(
        request, "kiosk_guide.html", visit, nonce=new_nonce(), question=step.name, number=step.number, most=QUESTIONS_MAX,
        choices=choices, pager=pager, here=address(request, step.asked), back=back_from(request, step.asked),
    )  # fmt: skip


def _choice(seen: Look, question: str, choice: str) -> Values:
    """One large choice: its name, a line below it, its icon; of a theme, also its key in the live view."""
    hall, lang = seen.hall, seen.lang
    found: Values = {"id": choice, "line": "", "icon": "", "group": ""}
    if question == "who":
        names = t(lang, "common.comma").join(name[lang] for name in examples(hall.setup, choice)[: EXAMPLES[lang]])
        line = t(lang, "kiosk.guide.such-as", names=names)
        return found | {"name": t(lang, f"kiosk.guide.{choice}"), "line": line, "icon": WHO_ICONS[choice]}
    if question == "about":
        theme = next(theme for theme in hall.setup.themes if theme.id == choice)
        return found | {"name": theme.name[lang], "icon": theme.icon, "group": f"t_{choice}"}
    facts = row(seen, hall.services[choice]) if question == "what" else package_row(seen, hall.packages[choice])
    return found | {"name": facts["name"], "line": facts["line"]}


def _propose(request: Request, visit: Visit, step: Proposal) -> Response:
    """The service with its papers and the one wide act; a package on its own page."""
    seen, found, back = look(visit.running, visit.aids.lang), step.found, back_from(request, step.asked)
    if isinstance(found, Package):
        values = package_values(seen, found.id)
        return kiosk_page(
            request, "kiosk_package.html", visit, nonce=new_nonce(), back=back, guided=True, **values or {}
        )
    return kiosk_page(
        request, "kiosk_proposal.html", visit, nonce=new_nonce(), back=back, service=row(seen, found), queue=found.queue,
        place=place(seen.hall, found.queue, found.id), classes=[x for x in seen.hall.setup.classes if x.at_kiosk],
    )  # fmt: skip


routes: list[BaseRoute] = [Route("/h/{hall}/kiosk/guide", guide)]
