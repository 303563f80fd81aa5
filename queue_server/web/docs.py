"""``/openapi.json`` and ``/docs/api``: the API for programs and for the people who write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from markupsafe import Markup, escape
from msgspec import inspect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import Setup
from queue_server.feed import Feed
from queue_server.running import RunningHall

from .access import anybody
from .openapi import document, who
from .operations import CLOSE_CODES, OPERATIONS, PARTS, VIEWS, Operation, View
from .pages import lang_of, page
from .problems import CODES
from .sample import Sample
from .words import catalogue, known, lang_or_default, t

Json = dict[str, Any]
_samples: dict[str, tuple[Setup, Sample]] = {}  # by hall: the set-up and its sample


async def openapi(request: Request) -> Response:
    return Response(document(), media_type="application/json")


async def api_page(request: Request) -> Response:
    """The page. Its anchors are public: ``#take`` (a call), ``#view-board`` (a view), ``#hall-closed`` (a problem code)."""
    anybody(request)
    lang = lang_of(request)
    halls: dict[str, RunningHall] = request.app.state.halls
    running = next(iter(halls.values()))  # a server without a hall does not start
    settings = request.app.state.settings
    limits = {
        "requests": settings.requests_per_minute_max, "sockets": settings.sockets_per_address_max,
        "bytes": settings.body_bytes_max,
    }  # fmt: skip
    return page(
        request, "api_docs.html", prose=lambda key: prose(t(lang, key)), address=running.public_url,
        hall_id=running.id, limits=limits,
        groups=[(part, [call_of(x, lang) for x in OPERATIONS if x.part == part]) for part in PARTS],
        views=views_of(running, lang), problems=problems_of(lang),
        closes=[(code, t(lang, f"docs.close.{code}", seconds=int(settings.pong_seconds))) for code in CLOSE_CODES],
    )  # fmt: skip


# ------------------------------------------------------------------ calls


def call_of(operation: Operation, lang: str) -> Json:
    """One call in words and shapes."""
    return {
        "id": operation.id,
        "method": operation.method.upper(),
        "path": operation.path,
        "title": t(lang, f"docs.op.{operation.id}"),
        "text": prose(t(lang, f"docs.op.{operation.id}.text")),
        "who": who(operation, lang),
        "command": operation.command,
        "query": [(query.name, prose(t(lang, f"docs.query.{query.name}"))) for query in operation.query],
        "fields": _fields(operation.body) if operation.body is not None else [],
        "answers": [
            {"status": status, "text": t(lang, f"docs.status.{status}"), "shape": "\n\n".join(map(shape, kinds))}
            for status, kinds in operation.answers.items()
        ],
        "refusals": list(operation.refusals.items()),
    }


def _fields(body: type) -> list[tuple[str, str, bool]]:
    """Name, type and whether it must be given."""
    kind = inspect.type_info(body)
    assert isinstance(kind, inspect.StructType)
    return [(field.encode_name, notation(field.type), field.required) for field in kind.fields]


def shape(kind: Any) -> str:
    """A type written like the JSON it stands for."""
    return notation(inspect.type_info(kind), "")


def notation(kind: inspect.Type, indent: str = "  ") -> str:
    """``text | null``, ``[{...}]``: short, and the same for every call."""
    match kind:
        case inspect.StructType(fields=fields):
            inner = indent + "  "
            lines = [f"{inner}{_name(field)}: {notation(field.type, inner)}" for field in fields]
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return f"[{notation(item, indent)}]"
        case inspect.DictType(value_type=value):
            return f"{{name: {notation(value, indent)}}}"
        case inspect.UnionType(types=types):
            return " | ".join(notation(one, indent) for one in _null_last(types))
        case inspect.LiteralType(values=values):
            return " | ".join(f'"{value}"' for value in values)
        case inspect.Metadata(type=inner_kind, extra_json_schema=extra):
            return "time" if (extra or {}).get("format") == "date-time" else notation(inner_kind, indent)
    return PLAIN.get(type(kind), "any")


PLAIN: dict[type, str] = {
    inspect.StrType: "text", inspect.IntType: "whole number", inspect.FloatType: "number",
    inspect.BoolType: "true | false", inspect.NoneType: "null",
}  # fmt: skip


def _name(field: inspect.Field) -> str:
    """``key?`` for a field that may be missing."""
    return f'"{field.encode_name}"{"" if field.required else "?"}'


def _null_last(types: Iterable[inspect.Type]) -> list[inspect.Type]:
    return sorted(types, key=lambda one: isinstance(one, inspect.NoneType))


def prose(text: str) -> Markup:
    """Words in backticks as code."""
    pieces = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(x) if n % 2 else escape(x) for n, x in enumerate(pieces))


# ------------------------------------------------------------------ views


def views_of(running: RunningHall, lang: str) -> list[Json]:
    """Every view this server has: what it is, who may follow it, its fields, and a message as an example."""
    sample = sample_of(running)
    return [_view(running.feed, sample, view, lang) for view in VIEWS if view.path.split("/")[0] in running.feed.kinds]


def sample_of(running: RunningHall) -> Sample:
    """A few minutes on the present set-up, made once for each."""
    found = _samples.get(running.id)
    setup = running.state.setup
    if found is None or found[0] is not setup:
        found = _samples[running.id] = setup, Sample(setup)
    return found[1]


def _view(feed: Feed, sample: Sample, view: View, lang: str) -> Json:
    kind = view.path.split("/")[0]
    message = sample.message(feed.kinds[kind], sample.argument(view.name), lang)
    whom = t(lang, "docs.who.all")
    if view.roles:
        names = t(lang, "docs.comma").join(view.roles)
        whom = t(lang, "docs.who.key" if view.key else "docs.who.roles", roles=names)
    return {
        "id": view.name,
        "path": view.path,
        "text": prose(t(lang, f"docs.view.{view.name}")),
        "who": whom,
        "html": view.html,
        "fields": [(name, prose(field_text(lang, kind, name))) for name in message["view"]],
        "example": msgspec.json.format(msgspec.json.encode(message), indent=2).decode(),
    }


def field_text(lang: str, view: str, field: str) -> str:
    """What a field of a view means; empty when nobody has said it yet."""
    key = f"docs.field.{view}.{field}"
    return t(lang, key) if known(lang, key) else ""


# ------------------------------------------------------------------ problems


def problems_of(lang: str) -> list[Json]:
    """Every code with its words as a person reads them; what the server puts in is shown as …"""
    words = catalogue(lang_or_default(lang))
    return [
        {
            "code": code,
            "statuses": statuses,
            "title": _open(words.get(f"refused.{code}.title", "")),
            "detail": _open(words.get(f"refused.{code}.detail", "")),
        }
        for code, statuses in CODES.items()
    ]


def _open(text: str) -> str:
    return re.sub(r"{\w+}", "…", text)


routes: list[BaseRoute] = [Route("/openapi.json", openapi), Route("/docs/api", api_page)]
