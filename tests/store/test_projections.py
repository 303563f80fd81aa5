"""The tables for reports say the same as the state, and more than it keeps."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from kept_hall import MINUTE, MORNING, KeptHall, run

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.store import projections


async def rows(hall: KeptHall, sql: str, *parameters: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await hall.store.select(sql, parameters)]


async def one(hall: KeptHall, sql: str, *parameters: Any) -> dict[str, Any]:
    (row,) = await rows(hall, sql, *parameters)
    return row


def only(row: dict[str, Any], **expected: Any) -> None:
    assert {name: row[name] for name in expected} == expected


async def take(hall: KeptHall, ticket: str, service: str = "S1") -> None:
    await hall.do(v.TakeTicket(ticket=ticket, service=service, needs=("elderly",)))


def test_a_plain_visit_has_every_time_in_its_row(hall: KeptHall) -> None:
    async def visit() -> None:
        await take(hall, "t1")
        await hall.do(v.CallNext(counter="1"), minutes=5)
        await hall.do(v.Recall(counter="1"), minutes=1)
        await hall.do(v.StartService(counter="1"), minutes=1)
        await hall.do(v.FinishService(counter="1"), minutes=10)
        row = await one(hall, "SELECT * FROM visits")
        only(
            row, ticket="t1", number="A001", day="2026-01-05", queue="A", first_queue="A", service="S1", catalogue="1",
            state="done", outcome="done", reason=None, arrival=MORNING, first_called=MORNING + 5 * MINUTE,
            called=MORNING + 5 * MINUTE, started=MORNING + 7 * MINUTE, ended=MORNING + 17 * MINUTE, call="c1",
            counter="1", clerk="clerk1", first_counter="1", first_clerk="clerk1", calls=1, recalls=1,
            serving_us=10 * MINUTE, held_us=0, head_start=10 * MINUTE, needs='["elderly"]', by_choice=0,
        )  # fmt: skip
        only(
            await one(hall, "SELECT * FROM calls"), call="c1", ticket="t1", number="A001", queue="A", counter="1",
            clerk="clerk1", at=MORNING + 5 * MINUTE, count=2, last_at=MORNING + 6 * MINUTE, waited_seconds=300,
            outcome="started", ended=MORNING + 7 * MINUTE, reason=None, delivered=None,
        )  # fmt: skip
        only(
            await one(hall, "SELECT * FROM servings"), ticket="t1", queue="A", service="S1", counter="1",
            clerk="clerk1", started=MORNING + 7 * MINUTE, ended=MORNING + 17 * MINUTE, outcome="done",
            done='[{"service":"S1"}]',
        )  # fmt: skip

    run(visit())


def test_holds_and_transfers_keep_the_arrival_and_add_up_their_times(hall: KeptHall) -> None:
    async def visit() -> None:
        await take(hall, "t1")
        await hall.do(v.CallNext(counter="1"), v.StartService(counter="1"), minutes=1)
        await hall.do(v.HoldTicket(counter="1", kind="papers_kept"), minutes=2)
        only(await one(hall, "SELECT * FROM visits"), state="held", hold="papers_kept", holds=1)
        await hall.do(v.ResumeTicket(counter="3", ticket="t1", to="serving"), minutes=4)
        await hall.do(v.TransferTicket(counter="3", service="S2"), minutes=8)
        only(await one(hall, "SELECT * FROM visits"), state="waiting", queue="B", first_queue="A", transfers=1)
        await hall.do(v.CallNext(counter="2"), v.StartService(counter="2"), minutes=16)
        await hall.do(v.FinishService(counter="2", outcome="unserved"), minutes=32)
        only(
            await one(hall, "SELECT * FROM visits"), state="done", outcome="unserved", reason="unserved", hold=None,
            arrival=MORNING, started=MORNING + MINUTE, serving_us=(2 + 8 + 32) * MINUTE, held_us=4 * MINUTE,
            by_choice=1, calls=2, first_counter="1", counter="2", clerk="clerk2",
        )  # fmt: skip
        servings = await rows(hall, "SELECT counter, clerk, outcome, ended - started AS us FROM servings ORDER BY seq")
        assert [tuple(row.values()) for row in servings] == [
            ("1", "clerk1", "held", 2 * MINUTE),
            ("3", "clerk3", "transferred", 8 * MINUTE),
            ("2", "clerk2", "unserved", 32 * MINUTE),
        ]

    run(visit())


@pytest.mark.parametrize(
    ("command", "state", "outcome"),
    [
        (v.PutBack(counter="1"), "waiting", "put_back"),
        (v.MarkNoShow(counter="1"), "no_show", "no_show"),
        (v.CancelTicket(ticket="t1"), "cancelled", "cancelled"),
        (v.HoldTicket(counter="1", kind="step"), "held", "held"),
        (v.TransferTicket(counter="1", service="S2"), "waiting", "transferred"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, v.Command) else value,
)
def test_a_call_says_how_it_ended(hall: KeptHall, command: Any, state: str, outcome: str) -> None:
    async def visit() -> None:
        await take(hall, "t1")
        await hall.do(v.CallNext(counter="1"))
        await hall.do(command, minutes=1)
        only(await one(hall, "SELECT * FROM visits"), state=state, serving_us=0)
        only(await one(hall, "SELECT * FROM calls"), outcome=outcome, ended=MORNING + MINUTE)
        assert await rows(hall, "SELECT * FROM servings") == []

    run(visit())


def test_a_no_show_that_comes_back_is_counted_as_a_return(hall: KeptHall) -> None:
    async def visit() -> None:
        await take(hall, "t1")
        await hall.do(v.CallNext(counter="1"), v.MarkNoShow(counter="1"))
        await hall.do(v.ReinstateTicket(ticket="t1"), minutes=1)
        only(await one(hall, "SELECT * FROM visits"), state="waiting", ended=None, outcome=None, misses=1, returns=1)

    run(visit())


def test_a_chosen_call_keeps_its_sealed_reason(hall: KeptHall) -> None:
    async def visit() -> None:
        await take(hall, "t1")
        await hall.do(v.CallChosen(counter="1", ticket="t1", reason="v1:t1:sealed"))
        only(await one(hall, "SELECT * FROM calls"), rule="chosen", reason="v1:t1:sealed")
        only(await one(hall, "SELECT * FROM visits"), by_choice=1)

    run(visit())


def test_shifts_know_who_sat_where_how_long_and_paused(hall: KeptHall) -> None:
    async def shifts() -> None:
        await hall.do(c.PauseCounter(counter="1", reason="tea"), minutes=10)
        await hall.do(c.OpenCounter(counter="1", clerk="clerk1"), minutes=5)
        await hall.do(c.TakeOverCounter(counter="1", clerk="spare"), minutes=5)
        await hall.do(c.PauseCounter(counter="1"), minutes=1)
        await hall.do(c.CloseCounter(counter="1"), minutes=2)
        found = await rows(hall, "SELECT * FROM shifts WHERE counter = '1' ORDER BY seq")
        only(found[0], clerk="clerk1", since=MORNING, until=MORNING + 20 * MINUTE, ended_by="taken_over")
        only(found[0], paused_us=5 * MINUTE, paused_since=None)
        only(found[1], clerk="spare", until=MORNING + 23 * MINUTE, ended_by="closed", paused_us=2 * MINUTE)

    run(shifts())


def test_the_turn_of_the_day_ends_what_is_open(hall: KeptHall) -> None:
    async def day() -> None:
        for ticket in ("t1", "t2", "t3", "t4"):
            await take(hall, ticket)
        await hall.do(v.CallNext(counter="1"), v.StartService(counter="1"))
        await hall.do(v.CallNext(counter="3"), v.HoldTicket(counter="3", kind="step"))
        await hall.do(v.CallNext(counter="3"))
        await hall.do(s.Tick(), minutes=24 * 60)
        visits = await rows(hall, "SELECT reason, state, hold, serving_us, held_us FROM visits ORDER BY ticket")
        day_us = 24 * 60 * MINUTE
        assert [tuple(row.values()) for row in visits] == [
            ("day_closed:serving", "expired", None, day_us, 0),
            ("day_closed:held", "expired", None, 0, day_us),
            ("day_closed:called", "expired", None, 0, 0),
            ("day_closed:waiting", "expired", None, 0, 0),
        ]
        assert await rows(hall, "SELECT 1 FROM servings WHERE ended IS NULL") == []
        assert await rows(hall, "SELECT 1 FROM shifts WHERE until IS NULL OR ended_by <> 'day_closed'") == []
        only(await one(hall, "SELECT * FROM calls WHERE call = 'c3'"), outcome="expired")
        first, second = await rows(hall, "SELECT * FROM days ORDER BY day")
        only(first, day="2026-01-05", opened=MORNING, closed=MORNING + day_us, expired=4)
        only(second, day="2026-01-06", opened=MORNING + day_us, closed=None)

    run(day())


def test_a_call_knows_what_the_screens_said_of_it(hall: KeptHall) -> None:
    async def delivery() -> None:
        await take(hall, "t1")
        await hall.do(v.CallNext(counter="1"))
        await hall.do(s.RecordDelivery(call="c1", count=1, shown=("a", "b"), spoken=("a",), watching=3))
        only(await one(hall, "SELECT * FROM calls"), delivered=MORNING, shown=2, spoken=1, watching=3)

    run(delivery())


@pytest.mark.parametrize("seed", range(6))
def test_rows_say_what_the_tickets_of_the_state_say(hall: KeptHall, seed: int) -> None:
    async def compare() -> None:
        await hall.busy(120, seed=seed)
        found = {row["ticket"]: row for row in await rows(hall, "SELECT * FROM visits")}
        assert set(found) == set(hall.hall.tickets)
        for ticket in hall.hall.tickets.values():
            row = found[ticket.id]
            for name in (
                "number", "queue", "service", "kind", "channel", "lang", "head_start", "arrival", "state", "changed",
                "first_called", "ended", "first_clerk",
            ):  # fmt: skip
                assert row[name] == getattr(ticket, name), (ticket.id, name)
            assert row["hold"] == (ticket.hold if ticket.state == "held" else None)
            assert row["first_counter"] == ticket.first_contact
            assert bool(row["by_choice"]) == ticket.by_choice
            assert row["calls"] == sum(leg.called is not None for leg in ticket.legs)
            assert row["calls"] + row["recalls"] == sum(leg.calls for leg in ticket.legs)
            started = [leg for leg in ticket.legs if leg.started is not None]
            assert row["started"] == (started[0].started if started else None)
            assert row["serving_us"] == sum(leg.ended - (leg.started or 0) for leg in started if leg.ended is not None)
        by_counter = "SELECT counter, sum(ended - started) AS us FROM servings WHERE ended NOT NULL GROUP BY counter"
        served = {row["counter"]: row["us"] for row in await rows(hall, by_counter)}
        assert served == {x.id: x.serving_us for x in hall.hall.counters.values() if x.id in served}
        sitting = {row["counter"]: row["clerk"] for row in await rows(hall, "SELECT * FROM shifts WHERE until IS NULL")}
        assert sitting == {x.id: x.clerk for x in hall.hall.counters.values() if x.clerk is not None}

    run(compare())


def test_every_kind_of_ticket_event_has_its_place() -> None:
    class TicketForgotten(v.TicketEvent, frozen=True, kw_only=True, tag="ticket_forgotten"):
        pass

    with pytest.raises(AssertionError, match="TicketForgotten has no place"):
        projections.changes(1, 1, TicketForgotten(ticket="t1"))


def test_changes_are_applied_in_order() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (x)")
    insert, double = "INSERT INTO t VALUES (?1)", "UPDATE t SET x = x * ?1"
    projections.apply(connection, [(insert, (1,)), (insert, (2,)), (double, (10,)), (insert, (3,))])
    assert connection.execute("SELECT x FROM t").fetchall() == [(10,), (20,), (3,)]
