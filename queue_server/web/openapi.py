"""``/openapi.json``: the whole API as OpenAPI 3.1, made from the table of calls and the types of their bodies and answers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from queue_server.settings import SETTINGS

from . import answers as a
from .operations import CHOICES, CLOSE_CODES, HALL, MEDIA, OPERATIONS, PARTS, VIEWS, Operation
from .problems import CODES
from .sockets import Ack
from .words import t

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
ID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
VERSION = "1"
PONG_SECONDS = next(int(setting.default) for setting in SETTINGS if setting.name == "pong_seconds")


@cache
def document() -> bytes:
    """The description, encoded."""
    return msgspec.json.encode(build())


def build() -> Json:
    """The description as plain data."""
    schemas, components = _schemas()
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Youxu", "version": VERSION, "description": t("en", "docs.openapi"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": part, "description": t("en", f"docs.part.{part}")} for part in PARTS],
        "paths": paths,
        "components": {
            "schemas": components,
            "parameters": _shared_parameters(),
            "securitySchemes": _security_schemes(),
        },
        "x-websockets": _websockets(schemas[Ack]),
        "x-problem-codes": {code: {"status": list(statuses)} for code, statuses in CODES.items()},
    }  # fmt: skip


# ------------------------------------------------------------------ types


def _types() -> list[Any]:
    found: list[Any] = [a.ProblemAnswer, Ack]
    for operation in OPERATIONS:
        found += [operation.body] if operation.body is not None else []
        found += [kind for kinds in operation.answers.values() for kind in kinds]
    return list(dict.fromkeys(found))


def _schemas() -> tuple[dict[Any, Json], dict[str, Json]]:
    """The schema of every type by type, and of every struct by name."""
    types = _types()
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    for component in components.values():
        if component.get("additionalProperties") is False:
            del component["additionalProperties"]  # answers may grow
    return dict(zip(types, schemas, strict=True)), components


# ------------------------------------------------------------------ one call


def _operation(operation: Operation, schemas: dict[Any, Json]) -> Json:
    described: Json = {
        "operationId": operation.id,
        "tags": [operation.part],
        "summary": t("en", f"docs.op.{operation.id}"),
        "description": f"{t('en', f'docs.op.{operation.id}.text')}\n\n{who(operation)}",
        "parameters": _parameters(operation),
        "security": _security(operation),
        "responses": _responses(operation, schemas),
        "x-roles": list(operation.roles),
    }
    if operation.body is not None:
        required = bool(msgspec.json.schema(operation.body)["$defs"][operation.body.__name__].get("required"))
        content = {"application/json": {"schema": schemas[operation.body]}}
        described["requestBody"] = {"required": required, "content": content}
    elif operation.uploads:
        described["requestBody"] = {"required": True, "content": {media: {} for media in operation.uploads}}
    return described


def who(operation: Operation, lang: str = "en") -> str:
    """Who may make this call, as a sentence."""
    if not operation.roles:
        return t(lang, "docs.who.all")
    names = t(lang, "docs.comma").join(operation.roles)
    return t(lang, "docs.who.key" if operation.key else "docs.who.roles", roles=names)


def _security(operation: Operation) -> list[Json]:
    if not operation.roles:
        return [{}, {"bearer": []}, {"cookie": []}] if operation.path.startswith(HALL) else [{}]
    return [{"bearer": []}, {"cookie": []}, *([{"ticketKey": []}] if operation.key else [])]


def _parameters(operation: Operation) -> list[Json]:
    found = [_path_parameter(name) for name in re.findall(r"{(\w+)}", operation.path)]
    for query in operation.query:
        if query.name != "key":  # the key is a security scheme
            text = t("en", f"docs.query.{query.name}")
            found.append({"name": query.name, "in": "query", "description": text, "schema": query.schema})
    if operation.command:
        found.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if operation.path.startswith(HALL):
        found.append({"$ref": "#/components/parameters/AcceptLanguage"})
    return found


def _path_parameter(name: str) -> Json:
    schema: Json = {"enum": list(CHOICES[name])} if name in CHOICES else ID
    text = t("en", f"docs.path.{name}")
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def _responses(operation: Operation, schemas: dict[Any, Json]) -> Json:
    responses: Json = {}
    for status, kinds in operation.answers.items():
        response: Json = {"description": t("en", f"docs.status.{status}")}
        media = MEDIA.get(operation.id, ("application/json",)) if status != 204 else ()
        if media:
            response["content"] = {name: _content(kinds, schemas) for name in media}
        responses[str(status)] = response
    for status, codes in operation.refusals.items():
        responses[str(status)] = _problem(status, codes, schemas)
    if operation.path.startswith(HALL):
        responses["405"] = _problem(405, ("method-not-allowed",), schemas)
    return responses


def _content(kinds: tuple[type, ...], schemas: dict[Any, Json]) -> Json:
    if not kinds:
        return {}
    return {"schema": schemas[kinds[0]] if len(kinds) == 1 else {"anyOf": [schemas[kind] for kind in kinds]}}


def _problem(status: int, codes: tuple[str, ...], schemas: dict[Any, Json]) -> Json:
    """A refusal with this status; its codes are all there are."""
    narrowed = {"properties": {"code": {"enum": list(codes)}, "status": {"const": status}}}
    schema = {"allOf": [schemas[a.ProblemAnswer], narrowed]}
    listed = ", ".join(f"`{code}`" for code in codes)
    return {
        "description": f"{t('en', f'docs.status.{status}')}: {listed}",
        "content": {"application/problem+json": {"schema": schema}},
    }


# ------------------------------------------------------------------ what all calls share


def _shared_parameters() -> Json:
    return {
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "description": t("en", "docs.header.key"),
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        },
        "AcceptLanguage": {
            "name": "Accept-Language", "in": "header", "description": t("en", "docs.header.language"),
            "schema": {"enum": ["zh-CN", "en"]},
        },
    }  # fmt: skip


def _security_schemes() -> Json:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": t("en", "docs.scheme.bearer")},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "youxu", "description": t("en", "docs.scheme.cookie")},
        "ticketKey": {"type": "apiKey", "in": "query", "name": "key", "description": t("en", "docs.scheme.key")},
    }


def _websockets(ack: Json) -> Json:
    """OpenAPI has no word for WebSockets: this extension names them; ``/docs/api#live`` tells the rest."""
    return {
        f"{HALL}/live/{{view}}": {
            "description": t("en", "docs.live.text"),
            "views": [
                {"path": view.path, "roles": list(view.roles), "ticketKey": view.key,
                 "description": t("en", f"docs.view.{view.name}")}
                for view in VIEWS
            ],
            "clientMessage": ack,
            "closeCodes": {str(code): t("en", f"docs.close.{code}", seconds=PONG_SECONDS) for code in CLOSE_CODES},
        }
    }  # fmt: skip
