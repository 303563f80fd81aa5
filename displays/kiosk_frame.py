"""What every page of the kiosk stands in: who is here, the reading aids, the live figures, the way out of a refusal."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from queue_server.core.context import Actor
from queue_server.core.refusals import Refused
from queue_server.running import RunningHall
from queue_server.web.access import require, running_of
from queue_server.web.pages import page
from queue_server.web.texts import refusal_text

from .kiosk_state import COUNT_SECONDS, PAGE_SECONDS, Aids, aids_of, remember, root_of


class Visit(NamedTuple):
    """One request of a kiosk: its hall, read to the end, what the visitor has chosen to be helped by, and the device."""

    running: RunningHall
    aids: Aids
    actor: Actor

    @property
    def name(self) -> str:
        """What stands under the hall's name and on the paper: the name its token was given."""
        return self.actor.id if self.actor.role == "kiosk" else ""


async def visit_of(request: Request) -> Visit:
    """Raises NotSignedIn, NotAllowed and NotFound ``unknown-hall``."""
    actor = await require(request, "kiosk")
    running = running_of(request)
    await running.settled()
    return Visit(running, aids_of(request), actor)


def kiosk_page(request: Request, template: str, visit: Visit, status: int = 200, **values: Any) -> Response:
    aids = visit.aids
    response = page(
        request, template, status, lang=aids.lang, aids=aids.on, root=root_of(request), kiosk_name=visit.name,
        times={"idle": PAGE_SECONDS * aids.slower, "count": COUNT_SECONDS * aids.slower},
        live=visit.running.feed.view("kiosk", None, aids.lang), **values,
    )  # fmt: skip
    if "lang" in request.query_params:
        remember(request, response, aids)
    return response


def refused_page(request: Request, visit: Visit, refused: Refused) -> Response:
    """Never a dead end: what is the matter, a lane to a person, and the way back."""
    heading, detail = refusal_text(visit.aids.lang, refused)
    return kiosk_page(
        request, "kiosk_refused.html", visit, refused.status, heading=heading, detail=detail, nonce=new_nonce()
    )


def new_nonce() -> str:
    """What makes the repetitions of one form's wish the same ticket."""
    return secrets.token_urlsafe(12)
