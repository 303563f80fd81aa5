"""Windows that change for a while, on command or by load; free services; opening hours of services; closing."""

from typing import Any

import pytest
from case_hall import sleep
from factory import DAY, MANAGER, TEN, TEXT, Given, called, clerk, clock, given, importing, staffed, started, taken

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.hall import due
from queue_server.setup_file import load_setup

TIDE = 'tides:\n  - {id: rush, queue: B, above: 2, below: 2, counters: ["1", "2"], serves: [B], helps: [A, B1], kind: domain}\n'
TIDE = TIDE.replace("[A, B1]", "[A]")
RUSH = load_setup(TEXT + TIDE)
NEWS = load_setup(TEXT + TIDE.replace(", kind: domain", "").replace(", helps: [A]", ""))


def change(**fields: Any) -> c.ChangeCounter:
    return c.ChangeCounter(**{"counter": "1", "serves": ("B",), "helps": ("A",)} | fields)


def three_wait(setup: Any = RUSH, *before: Any) -> Given:
    return given(staffed("1"), *before, *(taken(f"b{x}", "b2") for x in range(3)), setup=setup)


# ------------------------------------------------------------------ on command


def test_a_counter_changes_its_kind_for_a_while_and_comes_back_by_itself() -> None:
    hall = given(staffed("1"))
    hall.when(change(kind="domain", until=clock(5)), by=MANAGER).then(
        c.CounterChanged(counter="1", serves=("B",), helps=("A",), kind="domain", until=clock(5))
    )
    assert (hall.counter("1").kind, due(hall.hall)) == ("domain", clock(5))
    hall.when(s.Tick(), at=clock(5)).then(
        c.CounterChanged(counter="1", serves=("A",), helps=(), kind="integrated", cause="return")
    )
    assert (hall.counter("1").kind, hall.counter("1").serves, hall.counter("1").tide) == ("integrated", ("A",), None)


def test_a_second_change_for_a_while_comes_back_to_the_first_state() -> None:
    hall = given(staffed("1"), change(until=clock(5)), change(serves=("C",), until=clock(8)))
    hall.when(s.Tick(), at=clock(5)).then()
    hall.when(s.Tick(), at=clock(8)).then(c.CounterChanged(counter="1", serves=("A",), helps=(), cause="return"))


def test_a_lasting_change_ends_the_while() -> None:
    hall = given(staffed("1"), change(until=clock(5)), change())
    assert hall.counter("1").tide is None
    hall.when(s.Tick(), at=clock(6)).then()
    hall.when(change()).then()


@pytest.mark.parametrize("until", [TEN, TEN - 1, TEN + DAY + 1])
def test_a_while_is_at_most_a_day(until: int) -> None:
    given().when(change(until=until)).refused("bad-until")


# ------------------------------------------------------------------ by load


def test_by_load_and_back() -> None:
    hall = three_wait()
    assert due(hall.hall) <= hall.now, "time has something to do at once"
    hall.when(s.Tick()).then(
        c.CounterChanged(counter="1", serves=("B",), helps=("A",), kind="domain", cause="load", tide="rush")
    )
    assert due(hall.hall) > hall.now
    hall.do(called("1"), started("1"), v.FinishService(counter="1"))
    hall.when(s.Tick()).then()
    hall.do(called("1"))
    hall.when(s.Tick()).then(
        c.CounterChanged(counter="1", serves=("A",), helps=(), kind="integrated", cause="return", tide="rush")
    )
    hall.when(s.Tick()).then()


def test_only_counters_that_work_and_nobody_else_changed() -> None:
    hall = three_wait(RUSH, staffed("2"), c.PauseCounter(counter="2"), change(), change(serves=("A",), helps=()))
    assert hall.counter("1").by_hand
    hall.when(s.Tick()).then()
    sleep(hall)
    assert not hall.counter("1").by_hand


def test_helps_and_kind_stay_when_the_rule_does_not_name_them() -> None:
    hall = three_wait(NEWS)
    hall.when(s.Tick()).then(c.CounterChanged(counter="1", serves=("B",), helps=(), cause="load", tide="rush"))


def test_two_rules_do_not_pull_at_one_counter() -> None:
    both = TEXT + TIDE + TIDE.replace("tides:\n", "").replace("id: rush", "id: other").replace("serves: [B]", "serves: [C]")
    hall = three_wait(load_setup(both))
    assert [x.tide for x in hall.when(s.Tick()).events] == ["rush"]


def test_a_new_file_ends_all_tides() -> None:
    hall = three_wait().do(s.Tick(), importing(TEXT))
    assert (hall.counter("1").tide, hall.counter("1").serves) == (None, ("A",))


# ------------------------------------------------------------------ free services

FREE = load_setup(TEXT + "free_services:\n  - {id: copies, name: {zh: 复印, en: Copies}}\n")


def test_what_is_given_for_nothing_is_counted() -> None:
    hall = given(staffed("1", "li"), taken("t1"), called(), setup=FREE)
    hall.when(c.GiveFree(counter="1", item="copies", quantity=3), by=clerk("li")).then(
        c.FreeGiven(counter="1", clerk="li", item="copies", quantity=3, ticket="t1")
    )
    hall.do(c.GiveFree(counter="1", item="copies"))
    assert hall.hall.measures.free == {"copies": 4}
    hall.when(c.GiveFree(counter="1", item="gold")).refused("unknown-free-service", item="gold")
    hall.when(c.GiveFree(counter="1", item="copies", quantity=0)).refused("bad-quantity")


# ------------------------------------------------------------------ hours of services


def hours(rule: str = "refuse", span: str = '"10:30-11:00"') -> Given:
    own = f"queue: A, hours: {{mon: [{span}], sat: [{span}]}}, assumed: [promised]}}\n  - {{id: a2"
    text = TEXT.replace("queue: A, assumed: [promised]}\n  - {id: a2", own, 1)
    return given(setup=load_setup(text + f"rules: {{outside_hours: {rule}, early_minutes: 0}}\n"), always_open=False)


def test_a_service_outside_its_hours_is_refused_or_only_warned_of() -> None:
    hours().when(taken("t1")).refused("service-closed", opens=clock(30))
    hours().when(taken("t1"), at=clock(30)).does(v.TicketIssued)
    hours().when(taken("t1", "a2")).does(v.TicketIssued)
    hours("warn").when(taken("t1")).does(v.TicketIssued)


def test_a_service_may_be_open_when_the_hall_is_closed() -> None:
    saturday = clock(30) + 5 * DAY
    hours().when(taken("t1"), at=saturday).does(v.TicketIssued)
    hours().when(taken("t1", "a2"), at=saturday).refused("hall-closed")
    hours("warn").when(taken("t1"), at=saturday - DAY).refused("service-closed")


def test_a_counter_may_have_hours_of_its_own() -> None:
    text = TEXT.replace("zone: A, serves: [A]}", 'zone: A, serves: [A], hours: {mon: ["09:00-09:30"]}}', 1)
    hall = given(setup=load_setup(text))
    states = [c.standing_of(hall.hall, hall.counter(x), hall.now).state for x in "12"]
    assert states == ["closed", "open"]
    hall.do(staffed("1"))


# ------------------------------------------------------------------ closing

CLOSING = load_setup(TEXT + "rules: {at_closing: expire, closing_grace_minutes: 10, lease_minutes: 1440}\n")
END = clock(7 * 60 + 10)


def test_what_still_waits_after_closing_ends_unserved() -> None:
    hall = given(staffed("1"), taken("t1"), taken("t2"), called(), setup=CLOSING, always_open=False)
    assert due(hall.hall) == END
    hall.when(s.Tick(), at=END - 1).then()
    hall.when(s.Tick(), at=END).then(v.TicketExpired(ticket="t2", reason="closing"), s.HallClosed(day="2026-01-05"))
    assert (hall.ticket("t2").state, hall.ticket("t2").reason, hall.ticket("t1").state) == ("expired", "closing", "called")
    assert hall.ticket("t2").legs[-1].outcome == "expired"
    hall.when(s.Tick(), at=END + 1).then()
    assert hall.hall.measures.queues["A"].no_show == 0


def test_a_hall_that_never_closes_ends_nothing() -> None:
    hall = given(taken("t1"), setup=CLOSING)
    hall.when(s.Tick(), at=END).then(s.HallClosed(day="2026-01-05"))
    assert hall.ticket("t1").state == "waiting"


def test_on_a_closed_day_there_is_no_closing() -> None:
    hall = given(setup=CLOSING)
    sleep(hall)
    assert due(hall.hall) == clock(18 * 60) + DAY
