"""The report against a small hall played through the real store: its figures, its page, its files, and its dates."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_hall import FIRST, OK, marks, text
from factory import TEN
from kept_hall import DAY, MINUTE, KeptHall, run
from openpyxl import load_workbook
from running_hall import PretendClock
from small_server import ROLES, Server, serving
from starlette.testclient import TestClient

from counters.report import heads_of, period_of, quick_of
from counters.report_charts import apart, columns, lines
from counters.report_files import csv_of, xlsx_of
from counters.report_tables import OPTIONAL, Minutes, Share, Table, cell_text, missing_of, tables_of
from queue_server import maintenance
from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import intake as i
from queue_server.core import one_time as n
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.cases import Applicant
from queue_server.core.hall import due
from queue_server.setup_file import load_setup
from queue_server.store import text_digest
from queue_server.web.report import compose, span_of

FILE = text() + "free_services:\n  - {id: copies, name: {zh: 复印, en: Copies}}\n"
SECOND_CASE = "20260105-0002"


def importing() -> s.ImportSetup:
    return s.ImportSetup(digest=text_digest(FILE), text=FILE, setup=load_setup(FILE))


async def visit(hall: KeptHall, ticket: str, service: str | None = "a1", *steps: Any, minutes: int = 4, **fields: Any) -> None:
    """Called after ``minutes``, served for ten."""
    await hall.do(v.TakeTicket(ticket=ticket, service=service, **fields))
    await hall.do(v.CallNext(counter="1"), v.StartService(counter="1"), minutes=minutes)
    for step in steps:
        await hall.do(step)
    if hall.hall.counters["1"].ticket is not None:
        await hall.do(v.FinishService(counter="1"), minutes=10)


async def sleep(hall: KeptHall, days: int) -> None:
    for _ in range(days):
        hall.at += DAY
        while due(hall.hall) <= hall.at:
            await hall.do(s.Tick())
    await hall.do(c.OpenCounter(counter="1", clerk="li"))


async def monday(hall: KeptHall) -> None:
    """Three cases, two notices, a tide, a call for help, copies, one unserved, one no-show, one who gave back."""
    await hall.do(importing(), s.Tick(), c.OpenCounter(counter="1", clerk="li"))
    later = i.AcceptCase(counter="1", marks=marks(card="ok", photo="later", pledge="promised"), promise=True, person="h1",
                         delivery="courier", applicant=Applicant(name="v1:t1:name"))  # fmt: skip
    await visit(hall, "t1", "a1", later)
    at_once = b.DecideCase(case=SECOND_CASE, decision="granted", counter="1")
    await visit(hall, "t2", "a1", i.AcceptCase(counter="1", marks=OK), at_once)
    told = marks(card="missing", photo="ok")
    await visit(hall, "t3", "b1", n.GiveNotice(counter="1", marks=told, person="h3"), minutes=20)
    again = n.GiveNotice(counter="1", marks=marks(card="ok", photo="missing"), person="h3")
    await visit(hall, "t4", "b1", again, v.FinishService(counter="1", outcome="unserved", cause="papers"), channel="phone")
    await visit(hall, "t5", None, c.GiveFree(counter="1", item="copies", quantity=3), package="birth")
    await hall.do(v.TakeTicket(ticket="t6", service="a1"), v.CancelTicket(ticket="t6"))
    await hall.do(e.CallEmergency(kind="medical", counter="1"))
    await hall.do(e.AnswerEmergency(emergency="e1"), minutes=1)
    await hall.do(e.EndEmergency(emergency="e1"), minutes=2)
    await hall.do(c.ChangeCounter(counter="1", serves=("A", "B"), helps=("C",), kind="domain", until=hall.at + MINUTE))
    await hall.do(s.Tick(), minutes=2)


async def tuesday(hall: KeptHall) -> None:
    """The first case is stopped, decided and sent; a visit is transferred."""
    await sleep(hall, 1)
    await hall.do(b.TakeCase(case=FIRST), p.StopCase(case=FIRST, kind="site_visit"))
    await hall.do(c.OpenCounter(counter="2", clerk="wang"), v.TakeTicket(ticket="u1", service="a2"))
    await hall.do(v.CallNext(counter="1"), v.StartService(counter="1"), v.TransferTicket(counter="1", to_counter="2"))
    await hall.do(v.CallNext(counter="2"), v.StartService(counter="2"), minutes=5)
    await hall.do(v.FinishService(counter="2"), minutes=5)
    await sleep(hall, 1)
    await hall.do(p.ResumeCase(case=FIRST), o.SettleMaterial(case=FIRST, material="photo", counter="1"))
    await hall.do(b.DecideCase(case=FIRST, decision="granted"), r.SendResult(case=FIRST, company="EMS", number="12"))
    await hall.do(v.TakeTicket(ticket="w1", service="a1"))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptHall]:
    hall = KeptHall(tmp_path_factory.mktemp("report") / "small")
    run(monday(hall))
    run(tuesday(hall))
    yield hall
    hall.store.close()


def report(hall: KeptHall, first: str, last: str | None = None) -> dict[str, Any]:
    span = span_of(hall.hall, hall.at, first, last)
    made: dict[str, Any] = compose(hall.hall, span, run(hall.store.report(span)), hall.at)
    return made


@pytest.fixture(scope="module")
def day(played: KeptHall) -> dict[str, Any]:
    return report(played, "2026-01-05")


def only(found: dict[str, Any], **expected: Any) -> None:
    assert {name: found[name] for name in expected} == expected


# ------------------------------------------------------------------ figures


def test_visits_waits_and_first_contact(day: dict[str, Any]) -> None:
    only(
        day["visits"], arrived=6, done=4, unserved=1, cancelled=1, given_back=1, no_show=0, open=0, called=5, received=5,
        at_first_contact=5, transfers=0, within_target=4, before=None,
    )  # fmt: skip
    assert day["visits"]["wait"] == {"median": 240, "p90": 1200, "p95": 1200}
    assert day["visits"]["service"] == {"median": 600, "p90": 600}
    assert [(one["channel"], one["arrived"]) for one in day["channels"]] == [("kiosk", 5), ("phone", 1)]
    assert day["unserved"] == [{"cause": "papers", "visits": 1}]
    assert [(one["queue"], one["arrived"], one["done"]) for one in day["queues"]] == [("A", 3, 2), ("B", 3, 2)]


def test_hours_of_a_day_and_days_of_a_week(played: KeptHall, day: dict[str, Any]) -> None:
    assert [(one["at"][11:16], one["arrived"]) for one in day["times"]] == [("10:00", 4), ("11:00", 2)]
    week = report(played, "2026-01-05", "2026-01-11")
    assert [(one["at"], one["arrived"]) for one in week["times"]] == [("2026-01-05", 6), ("2026-01-06", 1), ("2026-01-07", 1)]
    assert week["days"] == 3 and week["visits"]["arrived"] == 8


def test_transfers_and_the_days_before(played: KeptHall) -> None:
    only(report(played, "2026-01-06")["visits"], arrived=1, transferred=1, received=1, at_first_contact=0, one_window=0)
    second = report(played, "2026-01-06")["visits"]
    assert second["before"] == {"arrived": 6, "first": "2026-01-05", "last": "2026-01-05"}
    both = report(played, "2026-01-06", "2026-01-07")["visits"]
    assert both["before"]["arrived"] == 6 and both["open"] == 1


def test_cases_their_terms_and_their_ends(played: KeptHall, day: dict[str, Any]) -> None:
    only(
        day["cases"], received=2, accepted=2, straight=2, decided=1, at_once=1, with_promise=1, in_promise=1, with_law=1,
        in_law=1, open=1, overdue=0, deemed=0,
    )  # fmt: skip
    wednesday = report(played, "2026-01-07")
    only(wednesday["cases"], received=0, decided=1, at_once=0, granted=1, open=0)
    (stops,) = wednesday["stops"]
    assert stops == {"kind": "site_visit", "begun": 0, "ended": 1, "days": 1, "late": 0, "standing": 0}
    (stops,) = report(played, "2026-01-06")["stops"]
    assert (stops["begun"], stops["standing"]) == (1, 1)
    assert wednesday["delivery"]["sent"] == 1
    only(day["cases"]["departments"][0], department="d", accepted=2, name={"zh": "部门", "en": "Department"})


def test_deferred_papers_and_promises(played: KeptHall, day: dict[str, Any]) -> None:
    given = {one["kind"]: one for one in day["deferrals"]}
    only(given["later"], given=1, met=0, open=1, overdue=0)
    only(given["promised"], given=1, open=1)
    only({one["kind"]: one for one in report(played, "2026-01-07")["deferrals"]}["later"], met=1, late=0, open=0)


def test_a_case_that_nobody_decides_is_overdue_and_a_promise_waits(tmp_path: Path) -> None:
    hall = KeptHall(tmp_path / "late")
    try:
        run(monday(hall))
        run(sleep(hall, 12))  # the promise was to be verified by the 16th
        found = report(hall, "2026-01-17")
        only(found["cases"], open=1, overdue=1)
        overdue = {one["kind"]: one["overdue"] for one in found["deferrals"]}
        assert overdue == {"later": 1, "promised": 1}
        only(report(hall, "2026-01-05")["cases"], overdue=0)
    finally:
        hall.store.close()


def test_notices_the_second_and_what_was_new(day: dict[str, Any]) -> None:
    only(day["notices"], given=2, again=1, fresh=1)
    (service,) = day["notices"]["services"]
    only(service, service="b1", given=2, again=1)
    (material,) = day["notices"]["materials"]
    assert (material["material"]["zh"], material["times"]) == ("照片", 1)


def test_packages_free_services_and_what_was_done(day: dict[str, Any]) -> None:
    (package,) = day["packages"]
    only(package, package="birth", visits=1, finished=1, complete=0)
    assert day["free"] == [{"item": "copies", "times": 1, "quantity": 3, "name": {"zh": "复印", "en": "Copies"}}]
    assert {one["service"]: one["quantity"] for one in day["services"]}["a1"] == 2
    assert day["cases"]["instant"] == {"done": 4, "instant": 0}


def test_changes_of_windows_and_calls_for_help(day: dict[str, Any]) -> None:
    out, back = day["tides"]
    only(out, counter="1", kind="domain", helps=["C"], cause="manager", by="system")
    only(back, cause="return", by=None, kind="integrated")
    (call,) = day["emergencies"]
    only(call, kind="medical", answer_seconds=60, label="1")
    assert call["ended"] is not None


def test_the_source_can_be_checked(played: KeptHall, day: dict[str, Any]) -> None:
    whole = report(played, "2026-01-05", "2026-01-07")["log"]
    assert whole["last"] == played.store.head.seq and whole["hash"] == played.store.head.hash.hex()
    assert day["log"]["last"] < whole["last"]


def test_a_day_without_anything(played: KeptHall) -> None:
    empty = report(played, "2025-12-01")
    assert (empty["log"], empty["times"], tables_of(empty, "zh")) == (None, [], [])
    assert len(missing_of(empty, "en")) == len(OPTIONAL)
    assert all(head.value in ("0", "–") for head in heads_of(empty, "zh"))


# ------------------------------------------------------------------ tables, charts, files


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_table_has_a_definition_for_each_figure(played: KeptHall, lang: str) -> None:
    found = tables_of(report(played, "2026-01-05", "2026-01-11"), lang)
    assert {table.id for table in found} == {
        "queues", "visits", "channels", "unserved", "counters", "cases", "departments", "stops", "deferrals", "notices",
        "notice_services", "fresh", "services", "packages", "delivery", "free", "tides", "emergencies",
    }  # fmt: skip
    for table in found:
        assert table.note or all(isinstance(row[-1], str) and len(row[-1]) > 3 for row in table.rows), table.id
        assert {len(row) for row in (*table.rows, *([table.foot] if table.foot else []))} == {len(table.columns)}


def test_cells_as_they_stand_on_the_page() -> None:
    assert [cell_text(x) for x in (Share(1, 30), Share(1, 2), Share(0, 3), Share(0, 0), None, 1234, 2.5, "a")] == [
        "3.3%", "50%", "0%", "–", "–", "1,234", "2.5", "a",
    ]  # fmt: skip
    assert [cell_text(Minutes(x)) for x in (None, 0, 20, 61, 3599)] == ["–", "0", "<1", "1", "60"]


def test_charts_are_drawn_of_nothing_and_of_much() -> None:
    assert "chart-bars" not in columns([], [], "x") and columns([3, 0, 5], ["9", "10", "11"], "x").count("chart-bars") == 2
    assert columns([1] * 31, [str(x) for x in range(31)], "x").count("chart-value") == 0
    drawn = lines([("a", [1.0, None, 3.0, 4.0]), ("b", [None, 2.0, None, None])], list("wxyz"), "x")
    assert drawn.count("chart-dot") == 2 and drawn.count("polyline") == 1
    assert [y for y, _ in apart([(100.0, "a"), (104.0, "b"), (170.0, "c")])] == [164.0, 104.0, 89.0]


def test_the_csv_is_for_people_or_one_rectangle(day: dict[str, Any]) -> None:
    tables = tables_of(day, "zh")
    whole = csv_of([("小站 日报",)], tables).decode("utf-8-sig")
    assert whole.startswith("小站 日报\r\n\r\n各队列\r\n队列,取号")
    (alone,) = (table for table in tables if table.id == "queues")
    rows = list(csv.reader(io.StringIO(csv_of([], [alone]).decode("utf-8-sig"))))
    assert rows[1][:3] == ["A 综合", "3", "2"] and len({len(row) for row in rows}) == 1


def test_what_a_spreadsheet_would_compute_stays_a_text() -> None:
    table = Table(id="x", title="T", columns=("a", "b"), rows=(("=1+1", Share(1, 4)), ("@x", Minutes(90))), note="")
    assert "'=1+1,25%" in csv_of([], [table]).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(xlsx_of("T", [("head", 1)], [table])))["T 1"]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].value, sheet["B3"].value) == ("=1+1", "s", 0.25, 1.5)


# ------------------------------------------------------------------ dates


def test_how_a_span_is_called() -> None:
    day = dt.date(2026, 1, 5)
    assert period_of(day, day) == "day" and period_of(day, dt.date(2026, 1, 11)) == "week"
    assert period_of(dt.date(2026, 2, 1), dt.date(2026, 2, 28)) == "month"
    assert period_of(dt.date(2026, 1, 1), dt.date(2026, 2, 28)) == "span" == period_of(day, dt.date(2026, 1, 6))


def test_the_usual_spans() -> None:
    found = {name: (first.isoformat(), last.isoformat()) for name, first, last in quick_of(dt.date(2026, 3, 4))}
    assert found["week"] == ("2026-03-02", "2026-03-08") and found["last_week"] == ("2026-02-23", "2026-03-01")
    assert found["month"] == ("2026-03-01", "2026-03-31") and found["last_month"] == ("2026-02-01", "2026-02-28")


# ------------------------------------------------------------------ over HTTP


@pytest.fixture(scope="module")
def server(played: KeptHall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A copy of the same hall behind the whole application, on its third day."""
    directory = tmp_path_factory.mktemp("served")
    maintenance.init_hall(directory, FILE, update=False, now=TEN)
    secrets = {role: maintenance.new_token(directory, role, name, TEN) for role, name in ROLES.items()}  # type: ignore[arg-type]
    with serving(directory, secrets, PretendClock()) as found:
        found.open("1", "li")
        found.take("a1")
        yield found


def get(server: Server, path: str, by: str | None = "manager") -> Any:
    client: TestClient = server.client
    return client.get(f"/h/small/{path}", headers=server.bearer(by), follow_redirects=False)


def test_the_page_in_both_languages(server: Server) -> None:
    shown = get(server, "report?lang=zh").text
    assert "大厅日报" in shown and "这些数怎么算" in shown and "1 月" not in shown
    assert "Daily report" in get(server, "report?lang=en").text
    assert "大厅期间报表" in get(server, "report?from=2025-12-30&to=2026-01-05&lang=zh").text
    assert "没有人来取号" in get(server, "report?from=2025-12-30&lang=zh").text


@pytest.mark.parametrize("query", ["from=x", "from=2026-01-06", "from=2026-01-05&to=2026-01-04", "from=2024-01-01&to=2026-01-05"])
def test_dates_that_are_none_are_refused_on_the_page_and_by_the_api(server: Server, query: str) -> None:
    answer = get(server, f"report?{query}&lang=zh")
    assert answer.status_code == 422 and "日期不对" in answer.text
    refused = server.get(f"/report?{query}")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-span")


def test_the_api_gives_the_same_figures(server: Server) -> None:
    answer = server.get("/report?from=2026-01-05").json()
    assert (answer["from"], answer["to"], answer["visits"]["arrived"]) == ("2026-01-05", "2026-01-05", 1)
    assert server.get("/report", by="clerk").status_code == 403


def test_the_files(server: Server) -> None:
    one = get(server, "report.csv?table=queues&lang=en")
    assert one.content.startswith(b"\xef\xbb\xbfQueue,Tickets")
    assert 'filename="report-small-2026-01-05-queues.csv"' in one.headers["content-disposition"]
    assert get(server, "report.csv?table=nothing").status_code == 404
    assert "取号" in get(server, "report.csv?lang=zh").content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(get(server, "report.xlsx?lang=zh").content))
    assert book.sheetnames[:2] == ["日报", "各队列"] and book["各队列"]["B2"].value == 1
    assert get(server, "report.csv", by="clerk").status_code == 403
