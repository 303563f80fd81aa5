"""The description of the API is true: it has every route, real answers are of its types, and what it allows does no harm."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks
from served import serve
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient

from queue_server import app as wiring
from queue_server import maintenance
from queue_server.clock import Clock, wall_us
from queue_server.core import refusals
from queue_server.core.calendar import hall_day
from queue_server.core.visits import State
from queue_server.settings import Settings
from queue_server.setup_file import default_setup_text, load_setup
from queue_server.web import access, errors, openapi, requests, sockets
from queue_server.web.operations import HALL, OPERATIONS, VIEWS, Operation
from queue_server.web.problems import CODES
from queue_server.web.words import LANGS, known

SOURCE = Path(__file__).parents[2]
DOCUMENT = openapi.build()
BY_ID = {operation.id: operation for operation in OPERATIONS}


# ------------------------------------------------------------------ routes


def served(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of every route of the API; WebSockets as ``ws``."""
    for route in routes:
        if isinstance(route, Mount):
            yield from served(route.routes, before + route.path)
        elif isinstance(route, WebSocketRoute):
            yield "ws", (before + route.path).replace(":path}", "}")
        elif isinstance(route, Route):
            for method in (route.methods or set()) - {"HEAD"}:
                yield method.lower(), before + route.path


def test_every_route_of_the_api_is_described_and_every_description_has_a_route() -> None:
    routes = {(method, path) for method, path in served(wiring._routes()) if path.startswith("/api/")}
    roots = {(method, path) for method, path in served(wiring._routes())}
    described = {(method, path) for path, calls in DOCUMENT["paths"].items() for method in calls}
    described |= {("ws", path) for path in DOCUMENT["x-websockets"]}
    assert routes - described == set(), "served, but missing in web/operations.py"
    assert described - roots == set(), "described, but not served"


def test_every_view_is_described_with_the_roles_that_may_follow_it() -> None:
    kinds = {kind.name for kind in wiring.VIEWS}
    assert {view.path.split("/")[0] for view in VIEWS} == kinds
    roles = {view.path: view.roles for view in VIEWS if view.roles and not view.key}
    assert {path.split("/")[0]: names for path, names in roles.items()} == sockets.ROLES
    assert {view.path.split("/")[0] for view in VIEWS if not view.roles} == set(sockets.PUBLIC)


def test_every_call_view_and_status_has_words_in_both_languages() -> None:
    keys = [f"docs.op.{operation.id}" for operation in OPERATIONS]
    keys += [f"docs.op.{operation.id}.text" for operation in OPERATIONS]
    keys += [f"docs.status.{status}" for operation in OPERATIONS for status in (*operation.answers, *operation.refusals)]
    assert [(lang, key) for lang in LANGS for key in keys if not known(lang, key)] == []


# ------------------------------------------------------------------ refusals

FAMILY: dict[str, int] = {
    name: kind.status
    for module in (refusals, access, requests)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, refusals.Refused)
}
BUILT = {  # codes that are put together from a state, and those of bare HTTP statuses
    ("counter-paused", 409), ("ticket-not-called", 409), ("ticket-not-serving", 409), ("server-error", 500),
    *((code, status) for status, code in errors.HTTP_CODES.items()),
}  # fmt: skip


def raised() -> set[tuple[str, int]]:
    """Every ``Conflict("code", ...)`` in the source, with its status."""
    found = set(BUILT)
    for room in ("queue_server", "displays", "counters"):
        for path in (SOURCE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    found |= code_of(node)
    return found


def code_of(node: ast.Call) -> set[tuple[str, int]]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    if name == "must_know":
        return {(str(texts[0]), 404)}
    return {(str(texts[0]), FAMILY[name])} if name in FAMILY and texts else set()


def test_every_code_is_listed_with_its_statuses() -> None:
    listed = {(code, status) for code, statuses in CODES.items() for status in statuses}
    assert raised() - listed == set(), "raised, but missing in web/problems.py"
    assert listed - raised() == set(), "listed in web/problems.py, but raised nowhere"


def test_calls_only_name_codes_that_exist() -> None:
    named = {(code, status) for operation in OPERATIONS for status, codes in operation.refusals.items() for code in codes}
    assert {(code, status) for code, status in named if status not in CODES.get(code, ())} == set()


# ------------------------------------------------------------------ real answers


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("described")
    maintenance.init_hall(directory, default_setup_text(), update=False)
    return directory


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[TestClient]:
    app: Starlette = wiring.build(Settings({}, voice="off"), data, Clock(), always_open=True)
    with TestClient(app, headers={"authorization": f"Bearer {token(data, 'admin')}"}) as found:
        yield found


def token(data: Path, role: Any) -> str:
    return maintenance.new_token(data, role, f"{role}-1", wall_us())


def ask(client: TestClient, name: str, path: dict[str, str] | None = None, **more: Any) -> Any:
    """One call by its name in the table; its answer must be exactly of the described type."""
    operation = BY_ID[name]
    address = operation.path.format(**{"hall": "hall", **(path or {})})
    response = client.request(operation.method, address, **more)
    assert response.status_code in operation.answers, response.text
    if response.status_code == 204:
        return None
    must_be_described(operation, response.status_code, response.content)
    return response.json()


def must_be_described(operation: Operation, status: int, body: bytes) -> None:
    """Decoded into the type and encoded again nothing is lost: no field is missing in the description.

    The load and the report say of themselves that they hold more.
    """
    lost = [lost_in(body, kind) for kind in operation.answers[status]]
    if operation.id in ("load", "report"):
        msgspec.json.decode(body, type=operation.answers[status][0])
    else:
        assert [] in lost, f"{operation.id} {status} is not what is described: {lost}"


def lost_in(body: bytes, kind: type) -> list[str]:
    try:
        described = msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(body, type=kind)))
    except msgspec.ValidationError as error:
        return [str(error)]
    return list(lost_fields(msgspec.json.decode(body), described, ""))


def lost_fields(raw: Any, described: Any, place: str) -> Iterator[str]:
    if isinstance(raw, dict):
        for name, value in raw.items():
            if name in described:
                yield from lost_fields(value, described[name], f"{place}.{name}")
            elif name != "handling":  # of a service: told also where it is the default, which its encoder leaves out
                yield f"{place}.{name}"
    elif isinstance(raw, list):
        for one, other in zip(raw, described, strict=True):
            yield from lost_fields(one, other, place)


def test_real_answers_are_as_described(client: TestClient) -> None:
    """A day in short: every call is made once and answers what the description says."""
    assert len(ask(client, "services", params={"limit": 1000})["services"]) > 50
    assert len(ask(client, "counters")["counters"]) == 43
    at = {"counter": "15"}
    assert ask(client, "open", at, json={"clerk": "c21"})["counter"]["state"] == "free"
    assert ask(client, "next", at) is None
    first = ask(client, "take", json={"service": "SB01", "needs": ["elderly"]})["ticket"]
    second = ask(client, "take", json={"package": "YJ01"})["ticket"]
    assert ask(client, "take", json={"kind": "consultation", "lang": "en"})["ticket"]["queue"] == "X"
    here = {"ticket": first["id"]}
    assert ask(client, "ticket", here, params={"key": first["key"]})["ticket"]["key"] == first["key"]
    assert ask(client, "next", at)["call"]["count"] == 1
    assert ask(client, "put-back", at)["ticket"]["state"] == "waiting"
    assert ask(client, "call", at, json={"ticket": first["id"], "reason": "a test"})["call"]["rule"] == "chosen"
    assert ask(client, "ticket", here)["call"]["id"] == "c2"
    assert ask(client, "start", at)["ticket"]["state"] == "serving"
    assert ask(client, "hold", at, json={"kind": "papers_back", "note": "copies"})["ticket"]["state"] == "held"
    assert ask(client, "resume", at, json={"ticket": first["id"], "to": "serving"})["ticket"]["state"] == "serving"
    assert ask(client, "transfer", at, json={"kind": "assisted"})["ticket"]["queue"] == "H"
    assert ask(client, "cancel", here, json={})["ticket"]["state"] == "cancelled"
    ask(client, "withdraw", {"notice": ask(client, "notice", json={"text": "今天照常"})["notice"]["id"]})
    assert ask(client, "change", {"counter": "16"}, json={"serves": ["B"], "helps": []})["counter"]["helps"] == []
    assert ask(client, "open", {"counter": "31"}, json={"clerk": "c42"})["counter"]["clerk"] == "c42"
    assert ask(client, "next", {"counter": "31"})["ticket"]["id"] == second["id"]
    assert ask(client, "no-show", {"counter": "31"})["ticket"]["state"] == "no_show"
    assert ask(client, "reinstate", {"ticket": second["id"]})["ticket"]["state"] == "waiting"
    assert ask(client, "pause", at, json={"minutes": 5})["counter"]["state"] == "paused"
    assert ask(client, "open", at, json={"clerk": "c21"})["counter"]["state"] == "free"
    assert ask(client, "take-over", at, json={"clerk": "c22"})["counter"]["clerk"] == "c22"
    assert ask(client, "close", at)["counter"]["clerk"] is None
    assert ask(client, "print", {"ticket": second["id"]})["job"] is None
    assert ask(client, "print-job", {"ticket": second["id"], "job": "none"})["state"] == "none"
    assert ask(client, "load")["queues"]
    assert ask(client, "report")["visits"]["arrived"] >= 0
    assert ask(client, "log", params={"limit": 5})["next"] == 5
    assert ask(client, "readyz")["ready"] is True
    assert ask(client, "healthz") == {"status": "ok"}


def test_a_served_ticket_is_finished_as_described(client: TestClient) -> None:
    at = {"counter": "36"}
    ask(client, "open", at, json={"clerk": "c50"})
    ask(client, "take", json={"service": "GA01"})
    ask(client, "next", at)
    refused = client.post(f"{HALL.format(hall='hall')}/counters/36/recall")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "too-early")
    assert msgspec.convert(problem, openapi.a.ProblemAnswer).type == "/docs/api#too-early"
    ask(client, "start", at)
    assert ask(client, "finish", at, json={"note": "done"})["ticket"]["state"] == "done"


def test_the_description_is_served(client: TestClient) -> None:
    response = client.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == msgspec.json.decode(openapi.document())
    assert set(DOCUMENT["components"]["schemas"]["TicketAnswer"]["properties"]["state"]["enum"]) == set(State.__args__)


# ------------------------------------------------------------------ the page


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_has_an_anchor_for_every_call_view_and_code(client: TestClient, lang: str) -> None:
    html = client.get("/docs/api", params={"lang": lang}).text
    anchors = [operation.id for operation in OPERATIONS] + list(CODES)
    anchors += [f"view-{view.name}" for view in VIEWS]
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in html] == []
    assert "<script" not in html.replace('<script type="module"', ""), "no script stands in a page"


def test_every_field_of_every_view_is_explained(client: TestClient) -> None:
    """Whoever adds a field to a view says in words what it is: ``docs.field.<view>.<field>`` in words/*/docs.yaml."""
    from queue_server.web import docs

    running = client.app.state.halls["hall"]  # type: ignore[attr-defined]
    missing = [
        f"{lang} docs.field.{view['path'].split('/')[0]}.{name}"
        for lang in LANGS
        for view in docs.views_of(running, lang)
        for name, text in view["fields"]
        if not text
    ]
    assert missing == []


# ------------------------------------------------------------------ what the description allows does no harm


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """With one case that was accepted and one call for help, so that chance meets some."""
    with serve(tmp_path_factory.mktemp("fuzzed")) as (address, secret):
        marks = [{"material": name, "mark": "ok"} for name in ("household-register", "portrait")]
        for path, body in (
            ("/counters/36/open", {"clerk": "c50"}), ("/tickets", {"service": "GA01"}), ("/counters/36/next", {}),
            ("/counters/36/start", {}), ("/counters/36/accept", {"marks": marks}), ("/emergencies", {"zone": "A"}),
        ):  # fmt: skip
            asked = Request(
                f"{address}{HALL.format(hall='hall')}{path}", msgspec.json.encode(body),
                {"authorization": f"Bearer {secret}", "content-type": "application/json"},
            )  # fmt: skip
            with urlopen(asked, timeout=10) as answer:
                assert answer.status in (200, 201)
        yield address, secret


CASES = [f"{hall_day(wall_us() + turn, load_setup(default_setup_text())):%Y%m%d}-0001" for turn in (0, 3_600_000_000)]


def narrowed(document: dict[str, Any]) -> dict[str, Any]:
    """Ids that the hall has, next to some it has not: chance would never meet one."""
    known_ids = {
        "hall": ["hall"], "counter": ["15", "16", "31", "36", "none"], "notice": ["none"], "job": ["none"],
        "case": ["none", *CASES], "emergency": ["none", "e1"],
    }  # fmt: skip
    copy: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    for calls in copy["paths"].values():
        for call in calls.values():
            for parameter in call["parameters"]:
                if parameter.get("in") == "path" and parameter["name"] in known_ids:
                    parameter["schema"] = {"enum": known_ids[parameter["name"]]}
    return copy


schema = schemathesis.openapi.from_dict(narrowed(DOCUMENT))
schema.config.seed = 1
schema.config.phases.coverage.enabled = False  # it is about documents, and takes minutes
CHECKS = [
    checks.not_a_server_error, openapi_checks.status_code_conformance, openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]  # fmt: skip


@schema.parametrize()
@settings(
    max_examples=20, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_whatever_is_asked_the_answer_is_one_that_is_described(
    case: schemathesis.Case, server: tuple[str, str]
) -> None:
    address, secret = server
    response = case.call(base_url=address, headers={"Authorization": f"Bearer {secret}"})
    case.validate_response(response, checks=CHECKS)
