"""The calls of the API as one table: who may, what is asked, what is answered, what may be refused.

``/openapi.json`` and ``/docs/api`` are made from it. A test compares it with the routes the server has, both ways. What a call
does is said in words: ``docs.op.<id>`` in ``queue_server/words``.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from queue_server.core.cases import CaseState

from . import answers as a
from . import catalogue_answers as ca
from . import report_answers as r
from . import shapes as s
from . import shapes_cases as sc

HALL = "/api/v1/halls/{hall}"
Refusals = dict[int, tuple[str, ...]]


class Query(msgspec.Struct, frozen=True):
    """One parameter in the address; said in words as ``docs.query.<name>``."""

    name: str
    schema: dict[str, Any]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One call. ``roles`` empty: everybody; ``key``: the holder of the ticket's key may, too. Answers by status."""

    id: str
    method: Literal["get", "post", "patch", "put", "delete"]
    path: str
    part: str
    roles: tuple[str, ...] = ()
    key: bool = False
    body: type | None = None
    uploads: tuple[str, ...] = ()  # media types of a body that is a file
    query: tuple[Query, ...] = ()
    answers: dict[int, tuple[type, ...]]
    refusals: Refusals = {}

    @property
    def command(self) -> bool:
        """It changes the hall, and takes an Idempotency-Key."""
        return self.body is not None or bool(self.uploads) or self.method == "delete"


def _all(*refusals: Refusals) -> Refusals:
    """Refusals of several kinds in one table, each status and code once."""
    found: dict[int, dict[str, None]] = {}
    for one in refusals:
        for status, codes in one.items():
            found.setdefault(status, {}).update(dict.fromkeys(codes))
    return {status: tuple(codes) for status, codes in sorted(found.items())}


# ------------------------------------------------------------------ refusals that come together

SERVER: Refusals = {404: ("unknown-hall", "not-found"), 500: ("server-error",)}
LIMIT: Refusals = {429: ("too-many-requests",)}
TOKEN: Refusals = {401: ("bad-token",), 403: ("wrong-origin",)}
SIGNED_IN: Refusals = _all(TOKEN, LIMIT, {401: ("not-signed-in",), 403: ("wrong-role",)})
HOLDER: Refusals = {403: ("wrong-ticket-key",), 404: ("unknown-ticket",)}
PAGE: Refusals = {422: ("bad-limit",)}
COMMAND: Refusals = {
    400: ("bad-json", "bad-request"), 413: ("body-too-large",), 422: ("bad-body", "bad-key", "key-reused"),
    503: ("not-ready", "too-busy", "store-failed"),
}  # fmt: skip
COUNTER: Refusals = {403: ("not-your-counter",), 404: ("unknown-counter",), 409: ("counter-closed",)}
OWN: Refusals = {404: ("unknown-ticket",), 409: ("ticket-elsewhere", "no-ticket")}
FREE: Refusals = {409: ("ticket-open", "counter-paused")}
NOTE: Refusals = {422: ("note-too-long",)}
SERVING: Refusals = _all(COUNTER, OWN, {409: ("ticket-not-serving",)})
MARKS: Refusals = {409: ("not-deferrable", "not-promisable"), 422: ("unknown-material",)}
ASKED: Refusals = {422: ("nothing-asked", "unknown-service")}
CASE: Refusals = {404: ("unknown-case",), 409: ("case-state",)}
OFFICE: Refusals = _all(CASE, {403: ("not-your-department",)})
EITHER: Refusals = _all(OFFICE, COUNTER)  # the department, or a window that is named
TOLD: Refusals = _all(MARKS, NOTE, {409: ("materials-unchecked", "nothing-missing")})
SEAT: Refusals = {
    403: ("not-yourself",), 404: ("unknown-counter",), 409: ("clerk-elsewhere", "counter-taken"), 422: ("bad-clerk",),
}  # fmt: skip

LIMIT_QUERY = Query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000})
KEY_QUERY = Query("key", {"type": "string"})
STAFF = ("clerk", "manager")
DEVICES = ("kiosk", *STAFF)


def _act(name: str, body: type, *refusals: Refusals, empty: bool = False, id_: str | None = None) -> Operation:
    """What a clerk or a manager does at a counter."""
    answers: dict[int, tuple[type, ...]] = {200: (a.ActAnswer,), **({204: ()} if empty else {})}
    return Operation(
        id=id_ or name, method="post", path=f"{HALL}/counters/{{counter}}/{name}", part="counters", roles=STAFF, body=body,
        answers=answers, refusals=_all(SIGNED_IN, SERVER, COMMAND, *refusals),
    )  # fmt: skip


def _held(name: str, method: Literal["get", "post"], path: str, answers: dict[int, tuple[type, ...]], *refusals: Refusals,
          body: type | None = None, query: tuple[Query, ...] = (KEY_QUERY,)) -> Operation:  # fmt: skip
    """What concerns one ticket: by its key, or by staff."""
    return Operation(
        id=name, method=method, path=f"{HALL}/tickets/{{ticket}}{path}", part="tickets", roles=DEVICES, key=True,
        body=body, query=query, answers=answers, refusals=_all(SIGNED_IN, SERVER, HOLDER, *refusals),
    )  # fmt: skip


def _case(name: str, body: type, *refusals: Refusals) -> Operation:
    """What a department, or a window, does with a case."""
    return Operation(
        id=f"case-{name}", method="post", path=f"{HALL}/cases/{{case}}/{name}", part="cases", roles=STAFF, body=body,
        answers={200: (a.CaseActAnswer,)}, refusals=_all(SIGNED_IN, SERVER, COMMAND, *refusals),
    )  # fmt: skip


def _emergency(name: str, path: str, body: type, statuses: tuple[int, ...], refusals: Refusals) -> Operation:
    """What staff do about a call for help."""
    return Operation(
        id=name, method="post", path=f"{HALL}/emergencies{path}", part="hall", roles=STAFF, body=body,
        answers=dict.fromkeys(statuses, (a.EmergencyAnswer,)), refusals=_all(SIGNED_IN, SERVER, COMMAND, refusals),
    )  # fmt: skip


FILES = ("application/yaml", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
DRY_QUERY = Query("dry_run", {"type": "boolean", "default": False})
BASE_QUERY = Query("version", {"type": "string"})
EDIT: Refusals = {409: ("catalogue-changed", "still-needed"), 422: ("bad-catalogue",)}


def _entry(name: str, path: str, answer: type, body: type | None = None, unknown: str = "") -> Operation:
    """A change of one entry of the catalogue: ``PUT`` with a body, else ``DELETE``."""
    gone: Refusals = {} if body is not None else {404: (unknown,), 409: ("still-listed",), 422: ("version-missing",)}
    return Operation(
        id=name, method="put" if body is not None else "delete", path=HALL + path, part="catalogue", roles=("manager",),
        body=body, answers={200: (answer,)}, query=(DRY_QUERY,) if body is not None else (BASE_QUERY, DRY_QUERY),
        refusals=_all(SIGNED_IN, SERVER, COMMAND, EDIT, gone),
    )  # fmt: skip


def _look(name: str, path: str, answer: type | None, *refusals: Refusals, roles: tuple[str, ...] = ("manager",),
          query: tuple[Query, ...] = ()) -> Operation:  # fmt: skip
    """What of the catalogue can be read."""
    return Operation(
        id=name, method="get", path=HALL + path, part="catalogue", roles=roles, query=query,
        answers={200: (answer,) if answer is not None else ()},
        refusals=_all(SIGNED_IN if roles else _all(TOKEN, LIMIT), SERVER, *refusals),
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        id="services", method="get", path=f"{HALL}/services", part="tickets", answers={200: (a.ServicesAnswer,)},
        query=(Query("q", {"type": "string", "maxLength": 100}), LIMIT_QUERY,
               Query("offset", {"type": "integer", "minimum": 0, "default": 0})),
        refusals=_all(TOKEN, LIMIT, SERVER, PAGE),
    ),
    Operation(
        id="take", method="post", path=f"{HALL}/tickets", part="tickets", roles=DEVICES, body=s.TakeBody,
        answers={201: (a.IssuedAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, COMMAND, {
            403: ("wrong-case-key",), 404: ("unknown-case",), 409: ("hall-closed", "service-closed", "case-state"),
            422: ("nothing-asked", "too-much-asked", "unknown-service", "unknown-package", "unknown-class",
                  "kind-without-queue"),
        }),
    ),
    _held("ticket", "get", "", {200: (a.FoundAnswer, a.OldFoundAnswer)}),
    _held("cancel", "post", "/cancel", {200: (a.IssuedAnswer,)}, COMMAND, {409: ("ticket-not-waiting",)}, body=s.EmptyBody),
    Operation(
        id="reinstate", method="post", path=f"{HALL}/tickets/{{ticket}}/reinstate", part="tickets", roles=STAFF,
        body=s.EmptyBody, answers={200: (a.IssuedAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, COMMAND, {404: ("unknown-ticket",), 409: ("ticket-not-missed",)}),
    ),
    _held("slip", "get", "/slip.{kind}", {200: ()}, {422: ("bad-paper",), 503: ("font-missing",)},
          query=(KEY_QUERY, Query("paper", {"enum": ["80", "58", "58-wide"], "default": "80"}))),
    Operation(
        id="print", method="post", path=f"{HALL}/tickets/{{ticket}}/print", part="tickets", roles=DEVICES,
        answers={202: (a.PrintJobAnswer,)}, refusals=_all(SIGNED_IN, SERVER, {404: ("unknown-ticket",)}),
    ),
    _held("print-job", "get", "/print/{job}", {200: (a.PrintJobAnswer,)}),
    Operation(
        id="counters", method="get", path=f"{HALL}/counters", part="counters", answers={200: (a.CountersAnswer,)},
        refusals=_all(TOKEN, LIMIT, SERVER),
    ),
    _act("open", s.CounterBody, SEAT),
    _act("take-over", s.CounterBody, SEAT, {409: ("counter-leased",)}),
    _act("pause", s.CounterBody, COUNTER, NOTE, {409: ("ticket-open",), 422: ("bad-minutes",)}),
    _act("close", s.CounterBody, COUNTER, {409: ("ticket-open",)}),
    _act("next", s.EmptyBody, COUNTER, FREE, empty=True),
    _act("call", s.CallBody, COUNTER, FREE, NOTE,
         {404: ("unknown-ticket",), 409: ("ticket-not-waiting",), 422: ("reason-missing",)}),
    _act("recall", s.TicketBody, COUNTER, OWN, {409: ("ticket-not-called", "call-limit", "too-early")}),
    _act("start", s.TicketBody, COUNTER, OWN, {409: ("ticket-not-called",)}),
    _act("finish", s.FinishBody, COUNTER, OWN, NOTE,
         {409: ("ticket-not-serving",), 422: ("unknown-service", "bad-quantity")}),
    _act("no-show", s.TicketBody, COUNTER, OWN, {409: ("ticket-not-called", "too-early")}),
    _act("put-back", s.TicketBody, COUNTER, OWN, {409: ("ticket-not-called",)}),
    _act("hold", s.HoldBody, COUNTER, OWN, NOTE, {409: ("ticket-not-serving",)}),
    _act("resume", s.ResumeBody, COUNTER, FREE, {404: ("unknown-ticket",), 409: ("ticket-not-held",)}),
    _act("transfer", s.TransferBody, COUNTER, OWN, NOTE,
         {409: ("ticket-not-serving", "nothing-left"),
          422: ("one-target", "unknown-service", "kind-without-queue", "unknown-counter")}),
    Operation(
        id="change", method="patch", path=f"{HALL}/counters/{{counter}}", part="counters", roles=("manager",),
        body=s.ChangeBody, answers={200: (a.ChangedAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, COMMAND,
                      {404: ("unknown-counter",), 422: ("unknown-skill", "serves-nothing", "bad-minutes")}),
    ),
    Operation(
        id="change-clerk", method="patch", path=f"{HALL}/clerks/{{clerk}}", part="counters", roles=("manager",),
        body=s.ClerkBody, answers={200: (a.ClerkAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, COMMAND, {404: ("unknown-clerk",), 422: ("unknown-skill", "too-many-skills")}),
    ),
    _act("materials", sc.MarksBody, SERVING, MARKS),
    _act("services", sc.ServicesBody, SERVING, NOTE, {422: ("one-target", "unknown-service", "unknown-package")},
         id_="assign"),
    _act("done", sc.DoneOneBody, SERVING, ASKED, {409: ("already-done",), 422: ("bad-quantity",)}),
    _act("receive", sc.ReceiveBody, SERVING, MARKS, ASKED, {409: ("case-exists", "materials-missing", "promise-missing")}),
    _act("accept", sc.AcceptBody, SERVING, MARKS, ASKED, CASE,
         {409: ("case-exists", "materials-missing", "materials-unchecked", "promise-missing", "no-courier")}),
    _act("reject", sc.RejectBody, SERVING, NOTE, ASKED, CASE, {409: ("case-exists",)}),
    _act("one-time-notice", sc.OneTimeNoticeBody, SERVING, TOLD, ASKED, CASE, {404: ("unknown-one-time-notice",)}),
    _act("free", sc.FreeBody, COUNTER, {404: ("unknown-ticket",), 422: ("unknown-free-service", "bad-quantity")}),
    Operation(
        id="cases", method="get", path=f"{HALL}/cases", part="cases", roles=STAFF, answers={200: (a.CasesAnswer,)},
        query=(Query("department", {"type": "string"}), Query("state", {"enum": [*get_args(CaseState), "open"]}),
               Query("q", {"type": "string", "maxLength": 64}),
               Query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
               Query("offset", {"type": "integer", "minimum": 0, "default": 0})),
        refusals=_all(SIGNED_IN, SERVER, PAGE, {422: ("unknown-state",)}),
    ),
    Operation(
        id="case", method="get", path=f"{HALL}/cases/{{case}}", part="cases", roles=STAFF, key=True, query=(KEY_QUERY,),
        answers={200: (a.CaseAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, {403: ("wrong-case-key",), 404: ("unknown-case",)}),
    ),
    _case("take", s.EmptyBody, OFFICE, {409: ("case-taken",)}),
    _case("return", sc.ReturnBody, OFFICE, NOTE, {409: ("case-stopped",), 422: ("reason-missing", "unknown-department")}),
    _case("forward", sc.ForwardBody, CASE, COUNTER, NOTE),
    _case("decide", sc.DecideBody, EITHER, NOTE,
          {403: ("no-authority",), 409: ("case-stopped", "case-taken", "still-owed"), 422: ("reason-missing",)}),
    _case("stop", sc.StopBody, OFFICE, NOTE,
          {409: ("case-stopped", "procedure-not-listed"), 422: ("unknown-material", "bad-workdays")}),
    _case("resume", sc.CaseBody, EITHER, {409: ("case-not-stopped",)}),
    _case("extend", sc.ExtendBody, CASE, NOTE,
          {403: ("needs-manager",), 409: ("already-extended", "term-over"), 422: ("bad-workdays", "reason-missing")}),
    _case("settle", sc.SettleBody, EITHER, {404: ("nothing-owed",), 422: ("bad-settlement",)}),
    _case("withdraw", sc.WithdrawCaseBody, EITHER, NOTE, {409: ("nothing-overdue",)}),
    _case("ready", sc.CaseBody, EITHER),
    _case("hand-over", sc.HandOverBody, CASE, SERVING),
    _case("send", sc.SendBody, EITHER, {409: ("no-address",), 422: ("bad-shipment",)}),
    _case("deliver", s.EmptyBody, CASE),
    _case("one-time-notice", sc.CaseNoticeBody, EITHER, TOLD, {422: ("unknown-service",)}),
    Operation(
        id="notice-told", method="get", path=f"{HALL}/one-time-notices/{{notice}}", part="cases", roles=STAFF, key=True,
        query=(KEY_QUERY,), answers={200: (a.OneTimeNoticeAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, {403: ("wrong-case-key",), 404: ("unknown-one-time-notice",)}),
    ),
    _emergency("emergency", "", sc.EmergencyBody, (200, 201), {404: ("unknown-counter",), 422: ("no-place", "unknown-zone")}),
    _emergency("emergency-answer", "/{emergency}/answer", s.EmptyBody, (200,),
               {404: ("unknown-emergency",), 409: ("emergency-ended",)}),
    _emergency("emergency-end", "/{emergency}/end", sc.EndEmergencyBody, (200,),
               _all(NOTE, {404: ("unknown-emergency",), 409: ("emergency-ended",)})),
    Operation(
        id="notice", method="post", path=f"{HALL}/notices", part="hall", roles=("manager",), body=s.NoticeBody,
        answers={201: (a.NoticeAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, COMMAND,
                      {409: ("too-many-notices",), 422: ("bad-notice", "unknown-zone", "bad-minutes")}),
    ),
    Operation(
        id="withdraw", method="post", path=f"{HALL}/notices/{{notice}}/withdraw", part="hall", roles=("manager",),
        body=s.EmptyBody, answers={200: (a.WithdrawnAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, COMMAND, {404: ("unknown-notice",)}),
    ),
    Operation(
        id="load", method="get", path=f"{HALL}/load", part="hall", roles=STAFF, answers={200: (a.LoadAnswer,)},
        refusals=_all(SIGNED_IN, SERVER),
    ),
    Operation(
        id="report", method="get", path=f"{HALL}/report", part="hall", roles=("manager",), answers={200: (r.ReportAnswer,)},
        query=(Query("from", {"type": "string", "format": "date"}), Query("to", {"type": "string", "format": "date"})),
        refusals=_all(SIGNED_IN, SERVER, {422: ("bad-span",)}),
    ),
    Operation(
        id="log", method="get", path=f"{HALL}/log", part="hall", roles=("manager",), answers={200: (a.LogAnswer,)},
        query=(Query("after", {"type": "integer", "minimum": 0, "default": 0}), LIMIT_QUERY),
        refusals=_all(SIGNED_IN, SERVER, PAGE),
    ),
    _look("catalogue", "/catalogue", ca.CatalogueAnswer, roles=STAFF),
    _look("export-catalogue", "/catalogue.{format}", None),
    Operation(
        id="import-catalogue", method="post", path=f"{HALL}/catalogue/import", part="catalogue", roles=("manager",),
        uploads=FILES, query=(DRY_QUERY, BASE_QUERY), answers={200: (ca.ImportAnswer,)},
        refusals=_all(SIGNED_IN, SERVER, COMMAND, EDIT, {409: ("counter-open",), 422: ("unknown-format",)}),
    ),
    _look("catalogue-versions", "/catalogue/versions", ca.VersionsAnswer, PAGE,
          query=(Query("before", {"type": "integer", "minimum": 0}), LIMIT_QUERY)),
    _look("service", "/services/{service}", ca.ServiceFacts, {404: ("unknown-service",)}, roles=()),
    _look("service-versions", "/services/{service}/versions", ca.ServiceVersionsAnswer),
    _entry("put-service", "/services/{service}", ca.ChangedServiceAnswer, ca.ServiceBody),
    _entry("remove-service", "/services/{service}", ca.ChangedServiceAnswer, unknown="unknown-service"),
    _entry("put-package", "/packages/{package}", ca.ChangedPackageAnswer, ca.PackageBody),
    _entry("remove-package", "/packages/{package}", ca.ChangedPackageAnswer, unknown="unknown-package"),
    Operation(id="healthz", method="get", path="/healthz", part="server", answers={200: (a.HealthAnswer,)}),
    Operation(id="readyz", method="get", path="/readyz", part="server", answers={200: (a.ReadyAnswer,), 503: (a.ReadyAnswer,)}),
    Operation(id="metrics", method="get", path="/metrics", part="server", answers={200: ()}),
    Operation(id="openapi", method="get", path="/openapi.json", part="server", answers={200: ()}),
)  # fmt: skip

PARTS = ("tickets", "counters", "cases", "catalogue", "hall", "server")
MEDIA = {  # answers that are no JSON of a known shape
    "slip": ("image/png", "application/pdf", "application/octet-stream"),
    "export-catalogue": FILES,
    "metrics": ("text/plain",),
    "openapi": ("application/json",),
}
CHOICES = {"kind": ("png", "pdf", "escpos"), "format": ("yaml", "csv", "xlsx")}  # of a word in an address


class View(msgspec.Struct, frozen=True):
    """One WebSocket view. ``roles`` empty: everybody; ``key``: by the ticket's own key."""

    name: str
    path: str
    roles: tuple[str, ...] = ()
    key: bool = False
    html: bool = True


VIEWS: tuple[View, ...] = (
    View("board", "board"),
    View("board-zone", "board/{zone}"),
    View("counter", "counter/{counter}"),
    View("counter-guide", "counter-guide/{counter}"),
    View("desk", "desk/{counter}", STAFF),
    View("ticket", "ticket/{ticket}", DEVICES, True, False),
    View("case", "case/{case}", STAFF, True),
    View("office", "office/{department}", STAFF),
    View("results", "results", STAFF),
    View("load", "load", ("manager",)),
    View("kiosk", "kiosk", ("kiosk", "manager")),
    View("start", "start"),
)
CLOSE_CODES = (1009, 1011, 1012, 4400, 4404)
