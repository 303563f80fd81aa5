"""The public API: tickets, services, load, log, notices. Counters are in :mod:`.api_counters`."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core import visits as v
from queue_server.core.cases import CaseId
from queue_server.core.catalogue import Name, ServiceId, TicketId
from queue_server.core.context import Actor, Role
from queue_server.core.hall import AnyEvent, Hall
from queue_server.core.refusals import NotAllowed, NotFound
from queue_server.core.setup import PostNotice, WithdrawNotice
from queue_server.running import RunningHall
from queue_server.views import iso

from . import api_cases, api_catalogue, api_clerks, api_counters, api_emergency, api_report, media
from .access import anybody, check, holder, running_of
from .pages import lang_of
from .requests import ask, decode, json_response, number, plain, read
from .shapes import EmptyBody, NoticeBody, TakeBody, call_answer, past_ticket_answer, service_answer, ticket_answer
from .ticket_story import visit_of

SERVICES_LIMIT = 1000
LOG_LIMIT = 1000
STAFF: tuple[Role, ...] = ("clerk", "manager")


async def services(request: Request) -> Response:
    running = running_of(request)
    anybody(request)
    await running.settled()
    limit = max(1, number(request, "limit", SERVICES_LIMIT, SERVICES_LIMIT))
    offset = number(request, "offset", 0, 10**9)
    found = running.index.find(request.query_params.get("q", "")[:100], limit + 1, offset)
    listed = [service_answer(running.state.services[service]) for service in found[:limit]]
    return json_response({"services": listed, "next": offset + limit if len(found) > limit else None})


async def take(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("kiosk", "clerk", "manager"))
    raw = await read(request)
    body = decode(raw, TakeBody)
    command = v.TakeTicket(
        ticket=running.new_ticket_id(), service=ServiceId(body.service) if body.service is not None else None,
        package=body.package, kind=body.kind, needs=body.needs, channel=body.channel, lang=body.lang[:2],
        case=_case_to_link(running, actor, body),
    )  # fmt: skip

    def render(hall: Hall, events: list[AnyEvent]) -> Any:
        return 201, {"ticket": ticket_answer(running, hall, hall.tickets[command.ticket], hall.at, holder=True)}

    return await ask(request, running, actor, command, raw, render)


def _case_to_link(running: RunningHall, actor: Actor, body: TakeBody) -> str | None:
    """The case whose result is asked for. Whoever has its key, and staff, are told when that cannot be.

    At a kiosk anybody may type a number: there the case is linked if it is one, and nothing is said. Raises NotAllowed
    ``wrong-case-key``.
    """
    if body.case is None:
        return None
    if body.case_key is not None:
        if not running.is_case_key(body.case, body.case_key):
            raise NotAllowed("wrong-case-key")
        return body.case
    if actor.role != "kiosk":
        return body.case
    found = running.state.cases.get(CaseId(body.case))
    return body.case if found is not None and found.is_open else None


async def ticket(request: Request) -> Response:
    """Today's tickets from the state, older ones from the projections."""
    running = running_of(request)
    wanted = TicketId(request.path_params["ticket"])
    actor = holder(request, running, wanted, "clerk", "manager", "kiosk")
    await running.settled()
    hall = running.state
    found = hall.tickets.get(wanted)
    if found is None:
        old = await running.store.visit(wanted)
        if old is None:
            raise NotFound("unknown-ticket", ticket=wanted[:64])
        return json_response({"ticket": past_ticket_answer(running.state, old)})
    own, staff = actor.role in ("visitor", "kiosk"), actor.role not in ("visitor", "kiosk")
    answer = {"ticket": ticket_answer(running, hall, found, running.now(), holder=own, staff=staff)}
    if (call := call_answer(hall, found, lang_of(request), lambda text: None)) is not None:
        answer["call"] = call
    if staff:  # a look is not kept for retries: here notes may be read
        answer["visit"] = visit_of(hall, found, running.scene(lang_of(request)))
    return json_response(answer)


async def cancel(request: Request) -> Response:
    running = running_of(request)
    wanted = TicketId(request.path_params["ticket"])
    actor = holder(request, running, wanted, "clerk", "manager", "kiosk")
    return await _on_ticket(request, v.CancelTicket(ticket=wanted), actor)


async def reinstate(request: Request) -> Response:
    actor = check(request, STAFF)
    return await _on_ticket(request, v.ReinstateTicket(ticket=TicketId(request.path_params["ticket"])), actor)


async def _on_ticket(request: Request, command: v.CancelTicket | v.ReinstateTicket, actor: Actor) -> Response:
    running = running_of(request)
    raw = await read(request)
    decode(raw, EmptyBody)
    return await ask(
        request, running, actor, command, raw,
        lambda hall, events: {"ticket": ticket_answer(running, hall, hall.tickets[command.ticket], hall.at)},
    )  # fmt: skip


async def notices(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    body = decode(raw, NoticeBody)
    zh, en = (body.text, body.text) if isinstance(body.text, str) else (body.text.zh, body.text.en)
    text = Name(zh=plain(zh), en=plain(en))
    command = PostNotice(
        notice=secrets.token_urlsafe(6), text=text, level=body.level, zone=body.zone, minutes=body.minutes
    )

    def render(hall: Hall, events: list[AnyEvent]) -> Any:
        notice = next(notice for notice in hall.notices if notice.id == command.notice)
        shown: dict[str, Any] = {"id": notice.id, "text": notice.text, "level": notice.level, "zone": notice.zone}
        return 201, {"notice": shown | {"since": iso(notice.since, hall), "until": iso(notice.until, hall)}}

    return await ask(request, running, actor, command, raw, render)


async def withdraw(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    command = WithdrawNotice(notice=request.path_params["notice"])
    return await ask(request, running, actor, command, raw, lambda hall, events: {"notice": None})


async def load(request: Request) -> Response:
    running = running_of(request)
    check(request, ("manager", "clerk"))
    await running.settled()
    return json_response(running.feed.view("load", None, lang_of(request)))


async def log(request: Request) -> Response:
    """The events after ``after``, oldest first; ``next`` is what to ask with for more, null at the end."""
    running = running_of(request)
    check(request, ("manager",))
    after = number(request, "after", 0, 10**15)
    limit = max(1, number(request, "limit", LOG_LIMIT, LOG_LIMIT))
    await running.settled()
    rows = await running.store.read(after, limit)
    events = [
        {
            "seq": row.seq, "at": iso(row.at, running.state), "kind": row.kind, "version": row.version,
            "body": msgspec.Raw(row.body.encode()), "actor": row.actor, "hash": row.hash.hex(),
        }
        for row in rows
    ]  # fmt: skip
    return json_response({"events": events, "next": rows[-1].seq if len(rows) == limit else None})


def _of_hall(route: BaseRoute) -> Route:
    """The route with its whole path. In one flat list, because a Mount costs a request more than all of these together."""
    assert isinstance(route, Route)
    return Route(f"/api/v1/halls/{{hall}}{route.path}", route.endpoint, methods=sorted(route.methods or ()))


routes: list[BaseRoute] = [
    _of_hall(route)
    for route in (
        Route("/tickets", take, methods=["POST"]),  # they are tried in order: what a busy hall asks for comes first
        *api_counters.routes,
        Route("/tickets/{ticket}", ticket),
        Route("/tickets/{ticket}/cancel", cancel, methods=["POST"]),
        Route("/tickets/{ticket}/reinstate", reinstate, methods=["POST"]),
        *api_cases.routes,
        *api_emergency.routes,
        *api_clerks.routes,
        *media.ticket_routes,
        Route("/services", services),
        *api_catalogue.routes,
        Route("/notices", notices, methods=["POST"]),
        Route("/notices/{notice}/withdraw", withdraw, methods=["POST"]),
        Route("/load", load),
        *api_report.routes,
        Route("/log", log),
    )
]
