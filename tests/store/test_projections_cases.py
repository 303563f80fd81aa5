"""The tables of cases, notices, deferred papers, free services and calls for help say the same as the state."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_hall import FIRST, OK, marks, text
from kept_hall import DAY, MINUTE, MORNING, KeptHall, run

from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import checklist as k
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import intake as i
from queue_server.core import one_time as n
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.cases import Applicant, CaseEvent
from queue_server.core.hall import due
from queue_server.setup_file import load_setup
from queue_server.store import projections, text_digest, verify
from queue_server.store.queries import script

FILE = text() + "free_services:\n  - {id: copies, name: {zh: 复印, en: Copies}}\n"


def importing(file: str) -> s.ImportSetup:
    return s.ImportSetup(digest=text_digest(file), text=file, setup=load_setup(file))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[KeptHall]:
    found = KeptHall(tmp_path / "hall")
    run(found.do(importing(FILE), s.Tick(), c.OpenCounter(counter="1", clerk="wang")))
    run(serve(found, "t1"))
    yield found
    found.store.close()
    assert verify(tmp_path / "hall") == []


async def serve(hall: KeptHall, ticket: str, service: str = "a1") -> None:
    take = v.TakeTicket(ticket=ticket, service=service)
    await hall.do(take, v.CallNext(counter="1"), v.StartService(counter="1"))


async def sleep(hall: KeptHall, days: int) -> None:
    for _ in range(days):
        hall.at += DAY
        while due(hall.hall) <= hall.at:
            await hall.do(s.Tick())
    await hall.do(c.OpenCounter(counter="1", clerk="wang"))


async def rows(hall: KeptHall, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await hall.store.select(sql)]


def only(row: dict[str, Any], **expected: Any) -> None:
    assert {name: row[name] for name in expected} == expected


LATER = i.AcceptCase(
    counter="1", marks=marks(card="ok", photo="later", pledge="promised"), promise=True, delivery="courier",
    applicant=Applicant(name="v1:t1:name"), person="h1",
)  # fmt: skip


def test_a_case_from_the_papers_to_the_courier(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(LATER, v.FinishService(counter="1"))
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(
            row, id=FIRST, ticket="t1", service="a1", department="d", state="accepted", received=MORNING, person="h1",
            accepted=MORNING, accepted_day="2026-01-05", counter="1", clerk="wang", first_clerk="wang", deemed=0,
            delivery="courier", statutory_value=20, promised_unit="workday", statutory_due="2026-02-02",
            promised_due="2026-01-12", due_known=1, applicant='{"name":"v1:t1:name"}',
        )  # fmt: skip
        assert [line["material"] for line in json.loads(row["items"])] == ["card", "photo", "pledge", "register"]
        await hall.do(b.TakeCase(case=FIRST), p.StopCase(case=FIRST, kind="site_visit"))
        await sleep(hall, 2)
        await hall.do(p.ResumeCase(case=FIRST), p.ExtendCase(case=FIRST, days=2, reason="v1:x:y"))
        await hall.do(o.SettleMaterial(case=FIRST, material="photo", counter="1"))
        await hall.do(b.DecideCase(case=FIRST, decision="granted"), minutes=5)
        await hall.do(r.SendResult(case=FIRST, company="EMS", number="12"), minutes=1)
        await hall.do(r.ConfirmDelivery(case=FIRST), minutes=1)
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(
            row, state="closed", ending="delivered", stops=1, stopped_days=2, stopped_since=None, extended_days=2,
            officer="system", decision="granted", decided_day="2026-01-07", in_time=1, courier="EMS", shipment="12",
            closed=hall.at, sent=hall.at - MINUTE, promised_due="2026-01-15", statutory_due="2026-02-06", at_once=0,
        )  # fmt: skip
        photo, pledge = await rows(hall, "SELECT * FROM deferrals ORDER BY kind")
        only(photo, kind="later", due="2026-01-09", how="brought", late=0, overdue=None, id=f"{FIRST}:photo")
        only(pledge, kind="promised", due="2026-01-16", how=None, settled=None)
        await sleep(hall, 10)
        assert (await rows(hall, "SELECT overdue IS NULL AS kept FROM deferrals ORDER BY kind")) == [{"kept": 1}, {"kept": 0}]

    run(story())


def test_papers_told_returned_and_withdrawn(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(i.ReceiveCase(counter="1", marks=marks(card="missing", photo="ok", pledge="ok")))
        await hall.do(n.GiveNotice(counter="1", case=FIRST, person="h1"), n.GiveNotice(counter="1", case=FIRST, person="h1"))
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(row, state="told", notices=2, answer_due="2026-01-12", accepted=None)
        await hall.do(i.AcceptCase(counter="1", case=FIRST, marks=marks(card="ok")))
        await hall.do(b.ReturnCase(case=FIRST, to="department", department="e", reason="x"))
        await hall.do(b.ReturnCase(case=FIRST, to="window", reason="x"), b.ForwardCase(counter="1", case=FIRST))
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(row, state="accepted", department="e", returns=2, officer=None)
        await hall.do(o.WithdrawCase(case=FIRST))
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(row, state="closed", ending="withdrawn", cause="applicant")
        first, second = await rows(hall, "SELECT * FROM notices ORDER BY notice")
        only(first, notice="GZ-20260105-0001", repeat=1, case_id=FIRST, ticket=None, matter="a1:h1", day="2026-01-05")
        only(second, repeat=2, fresh="[]")

    run(story())


def test_silence_warnings_and_a_new_calendar(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(i.ReceiveCase(counter="1"), v.FinishService(counter="1"))
        await sleep(hall, 8)
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(row, deemed=1, accepted_day="2026-01-05", state="accepted", warnings=1, overdue=1, clerk=None)
        await hall.do(importing(FILE.replace('"2026-01-14"]', '"2026-01-14", "2026-01-21"]')))
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(row, statutory_due="2026-02-03")

    run(story())


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ([i.RejectCase(counter="1", reason="elsewhere")], {"ending": "rejected", "cause": "elsewhere", "accepted": None}),
        (
            [i.AcceptCase(counter="1", marks=OK), b.DecideCase(case=FIRST, decision="granted", counter="1", paper=False)],
            {"state": "closed", "ending": "no_paper", "at_once": 1, "officer": "wang", "delivery_due": None},
        ),
        (
            [
                i.AcceptCase(counter="1", marks=OK), b.TakeCase(case=FIRST),
                b.DecideCase(case=FIRST, decision="refused", reason="x"), r.ReadyResult(case=FIRST),
                r.HandOverResult(counter="1", case=FIRST),
            ],
            {"ending": "collected", "decision": "refused", "ready": MORNING, "officer": "system"},
        ),
    ],
)  # fmt: skip
def test_how_a_case_ends(hall: KeptHall, commands: list[Any], expected: dict[str, Any]) -> None:
    async def story() -> None:
        for command in commands:
            await hall.do(command)
        (row,) = await rows(hall, "SELECT * FROM cases")
        only(row, closed=MORNING, **expected)

    run(story())


def test_a_visit_of_several_services_keeps_what_was_done_in_order(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(k.AssignServices(counter="1", services=("a2", "c1", "a1")), k.MarkMaterials(counter="1", marks=OK))
        await hall.do(k.RecordDone(counter="1", quantity=2), k.RecordDone(counter="1"))
        (row,) = await rows(hall, "SELECT * FROM visits")
        only(row, service="a1", services='["a2","c1","a1"]')
        await hall.do(n.GiveNotice(counter="1", marks=marks(photo="missing")), v.FinishService(counter="1"))
        (row,) = await rows(hall, "SELECT * FROM servings")
        assert [one["service"] for one in json.loads(row["done"])] == ["a2", "c1", "a1"]
        (row,) = await rows(hall, "SELECT * FROM visits")
        only(row, notices=1, untold=0, cause=None)

    run(story())


def test_services_done_before_a_transfer_are_kept(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(k.AssignServices(counter="1", services=("a2", "b1")), k.RecordDone(counter="1"))
        await hall.do(v.TransferTicket(counter="1", rest=True))
        (row,) = await rows(hall, "SELECT * FROM servings")
        assert json.loads(row["done"]) == [{"service": "a2"}]

    run(story())


def test_the_last_service_done_has_no_next(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(k.RecordDone(counter="1"))
        (row,) = await rows(hall, "SELECT service FROM visits")
        assert row == {"service": "a1"}

    run(story())


def test_why_somebody_was_not_served(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(k.MarkMaterials(counter="1", marks=marks(photo="missing")))
        await hall.do(v.FinishService(counter="1", outcome="unserved", cause="papers"))
        (row,) = await rows(hall, "SELECT * FROM visits")
        only(row, cause="papers", untold=1, reason="unserved")

    run(story())


def test_free_services_and_calls_for_help(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(c.GiveFree(counter="1", item="copies", quantity=3))
        await hall.do(e.CallEmergency(counter="1", kind="medical"), minutes=1)
        await hall.do(e.AnswerEmergency(emergency="e1"), minutes=1)
        await hall.do(e.EndEmergency(emergency="e1", note="v1:x:y"), minutes=1)
        (row,) = await rows(hall, "SELECT * FROM free_given")
        only(row, day="2026-01-05", counter="1", clerk="wang", item="copies", quantity=3, ticket="t1")
        (row,) = await rows(hall, "SELECT * FROM emergencies")
        only(row, kind="medical", by="system", zone="A", answered=MORNING + 2 * MINUTE, ended=MORNING + 3 * MINUTE)

    run(story())


def test_who_waits_at_closing(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(importing(text(", at_closing: expire")), v.TakeTicket(ticket="t2", service="a1"))
        hall.always_open = False
        await hall.do(s.Tick(), minutes=7 * 60)
        row = (await rows(hall, "SELECT * FROM visits ORDER BY ticket"))[1]
        only(row, ticket="t2", state="expired", outcome="expired", reason="closing", ended=hall.at)

    run(story())


def test_every_kind_of_case_event_has_its_place() -> None:
    class CaseForgotten(CaseEvent, frozen=True, kw_only=True, tag="case_forgotten"):
        pass

    with pytest.raises(AssertionError, match="CaseForgotten has no place"):
        projections.changes(1, 1, CaseForgotten(case=FIRST))  # type: ignore[arg-type]


def test_cases_outlive_a_restart_and_the_night(hall: KeptHall) -> None:
    async def before() -> None:
        await hall.do(LATER, n.GiveNotice(counter="1", service="b1", marks=marks(card="missing", photo="ok")))
        await sleep(hall, 1)
        await hall.checkpoint()
        await hall.do(b.TakeCase(case=FIRST))

    run(before())
    assert hall.store.load().cases == hall.hall.cases
    again = hall.store.load()
    assert (again.cases[FIRST].state, list(again.told), again.agenda.first()) == (  # type: ignore[index]
        "review", ["GZ-20260105-0001"], hall.hall.agenda.first(),
    )  # fmt: skip


def test_stops_and_changes_of_counters_have_rows_of_their_own(hall: KeptHall) -> None:
    async def story() -> None:
        await hall.do(i.AcceptCase(counter="1", marks=OK), p.StopCase(case=FIRST, kind="site_visit"))
        (row,) = await rows(hall, "SELECT * FROM case_stops")
        only(row, case_id=FIRST, kind="site_visit", since="2026-01-05", due="2026-01-08", materials=0, until=None)
        await hall.do(p.ResumeCase(case=FIRST), p.StopCase(case=FIRST, kind="correction", materials=("card",)))
        first, second = await rows(hall, "SELECT * FROM case_stops ORDER BY seq")
        only(first, until="2026-01-05")
        only(second, kind="correction", materials=1, until=None)
        await hall.do(c.ChangeCounter(counter="1", serves=("B",), kind="domain", until=hall.at + MINUTE))
        await hall.do(s.Tick(), minutes=2)
        out, back = await rows(hall, "SELECT * FROM counter_changes ORDER BY seq")
        only(out, day="2026-01-05", counter="1", serves='["B"]', kind="domain", cause="manager", until=hall.at - MINUTE)
        only(back, kind="integrated", cause="return", until=None, at=hall.at)

    run(story())


def test_a_database_from_before_gets_these_rows_from_its_log(hall: KeptHall, tmp_path: Path) -> None:
    async def story() -> None:
        await hall.do(i.AcceptCase(counter="1", marks=OK), p.StopCase(case=FIRST, kind="correction", materials=("card",)))
        await hall.do(p.ResumeCase(case=FIRST), p.StopCase(case=FIRST, kind="site_visit"))
        await hall.do(c.ChangeCounter(counter="1", serves=("B",), helps=("A",), until=hall.at + MINUTE))
        await hall.do(s.Tick(), minutes=2)

    run(story())
    with sqlite3.connect(tmp_path / "copy.db") as copy, sqlite3.connect(hall.database) as source:
        source.backup(copy)
        expected = {table: copy.execute(f"SELECT * FROM {table}").fetchall() for table in ("case_stops", "counter_changes")}
        for table in expected:
            copy.execute(f"DROP TABLE {table}")
        copy.executescript(script("migrations/0003_reports.sql"))
        found = {table: copy.execute(f"SELECT * FROM {table}").fetchall() for table in expected}
    assert found == expected and all(len(rows) == 2 for rows in found.values())
