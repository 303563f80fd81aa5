"""Who sits where: opening, taking over, pausing, closing, leases, and what a counter serves."""

import pytest
from factory import MANAGER, MINUTE, TEN, called, clerk, clock, finished, given, held, missed, staffed, started, taken

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.refusals import Conflict, Invalid, NotAllowed, NotFound

WEEK = 7 * 24 * 60


def opening(counter: str = "1", clerk: str = "li") -> c.OpenCounter:
    return c.OpenCounter(counter=counter, clerk=clerk)


def taking_over(counter: str = "1", clerk: str = "wang") -> c.TakeOverCounter:
    return c.TakeOverCounter(counter=counter, clerk=clerk)


# ------------------------------------------------------------------ opening


def test_a_clerk_opens_a_counter() -> None:
    hall = given().when(opening(), by=clerk("li")).then(c.CounterOpened(counter="1", clerk="li"))
    counter = hall.counter("1")
    assert (counter.state, counter.clerk, counter.lease_until) == ("free", "li", clock(10))
    assert hall.hall.clerks["li"].counter == "1"


def test_an_unknown_clerk_is_put_on_record_with_the_skills_of_the_counter() -> None:
    hall = (
        given()
        .when(opening("3", "张 三"), by=MANAGER)
        .then(
            c.ClerkRecorded(clerk="张 三", name="张 三", skills=("b1", "A")),
            c.CounterOpened(counter="3", clerk="张 三"),
        )
    )
    hall.do(c.CloseCounter(counter="3")).when(opening("3", "张 三")).does(c.CounterOpened)


def test_every_counter_can_be_opened() -> None:
    hall = given(*(staffed(counter) for counter in ("1", "2", "3", "4", "5")))
    assert {counter.state for counter in hall.hall.counters.values()} == {"free"}


def test_opening_ones_own_open_counter_changes_nothing() -> None:
    given(staffed("1", "li")).when(opening(), by=clerk("li")).then()
    given(staffed("1", "li"), taken("t1"), called()).when(opening(), by=clerk("li")).then()


def test_one_clerk_per_counter_and_one_counter_per_clerk() -> None:
    hall = given(staffed("1", "li"))
    hall.when(opening("1", "wang"), by=clerk("wang")).refused("counter-taken", counter="1", clerk="李娜")
    hall.when(opening("2", "li"), by=clerk("li")).refused("clerk-elsewhere", clerk="李娜", counter="1")
    hall.when(taking_over("2", "li")).refused("clerk-elsewhere")


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb", "a\x00"])
def test_names_that_are_no_names(name: str) -> None:
    asked = given().when(opening("1", name), by=MANAGER)
    asked.refused("bad-clerk")
    assert isinstance(asked.outcome, Invalid)
    given().when(taking_over("1", name), by=MANAGER).refused("bad-clerk")


def test_nobody_opens_for_somebody_else() -> None:
    asked = given().when(opening("1", "li"), by=clerk("wang"))
    asked.refused("not-yourself", clerk="li")
    assert isinstance(asked.outcome, NotAllowed)
    given(staffed("1", "li")).when(taking_over("1", "chen"), by=clerk("wang")).refused("not-yourself")


@pytest.mark.parametrize(
    "command",
    [
        opening("x"), taking_over("x"), c.PauseCounter(counter="x"), c.CloseCounter(counter="x"),
        c.ChangeCounter(counter="x"),
    ],
)  # fmt: skip
def test_a_counter_that_does_not_exist(command: object) -> None:
    asked = given().when(command)
    asked.refused("unknown-counter", counter="x")
    assert isinstance(asked.outcome, NotFound)


# ------------------------------------------------------------------ taking over


def test_a_manager_takes_over_and_the_ticket_stays() -> None:
    hall = (
        given(staffed("1", "li"), taken("t1"), called(), 1)
        .when(taking_over(), by=MANAGER)
        .then(c.CounterTakenOver(counter="1", clerk="wang", from_clerk="li"))
    )
    assert (hall.counter("1").clerk, hall.counter("1").ticket) == ("wang", "t1")
    assert (hall.hall.clerks["li"].counter, hall.hall.clerks["wang"].counter) == (None, "1")
    hall.when(started(), by=clerk("li")).refused("not-your-counter")
    hall.when(started(), by=clerk("wang")).does(v.ServiceStarted)


def test_a_clerk_takes_over_when_the_lease_has_lapsed() -> None:
    hall = given(staffed("1", "li"))
    hall.when(taking_over(), at=clock(9.99), by=clerk("wang")).refused("counter-leased", clerk="李娜")
    hall.when(taking_over(), at=clock(10), by=clerk("wang")).does(c.CounterTakenOver)


def test_taking_over_a_closed_counter_opens_it() -> None:
    given().when(taking_over(), by=clerk("wang")).then(c.CounterOpened(counter="1", clerk="wang"))
    given().when(taking_over("1", "new"), by=clerk("new")).does(c.ClerkRecorded, c.CounterOpened)


def test_taking_over_ones_own_counter_changes_nothing() -> None:
    given(staffed("1", "li")).when(taking_over("1", "li"), by=clerk("li")).then()


# ------------------------------------------------------------------ pausing and closing


def test_a_pause_with_its_reason_and_its_end() -> None:
    hall = given(staffed("1", "li"))
    hall.when(c.PauseCounter(counter="1", reason="喝水", minutes=10), by=clerk("li")).then(
        c.CounterPaused(counter="1", reason="喝水", until=clock(10))
    )
    assert (hall.counter("1").state, hall.counter("1").reason) == ("paused", "喝水")
    hall.do(5).when(opening(), by=clerk("li")).then(c.CounterResumed(counter="1"))
    assert (hall.counter("1").state, hall.counter("1").reason, hall.counter("1").until) == ("free", None, None)


def test_a_pause_without_more() -> None:
    hall = given(staffed("1")).when(c.PauseCounter(counter="1")).then(c.CounterPaused(counter="1"))
    assert (hall.counter("1").reason, hall.counter("1").until) == (None, None)


@pytest.mark.parametrize("minutes", [0, 481, -1])
def test_pauses_that_make_no_sense(minutes: int) -> None:
    given(staffed("1")).when(c.PauseCounter(counter="1", minutes=minutes)).refused("bad-minutes", minutes=minutes)


@pytest.mark.parametrize("command", [c.PauseCounter(counter="1"), c.CloseCounter(counter="1")])
def test_not_with_a_ticket_at_the_counter(command: object) -> None:
    given(staffed("1"), taken("t1"), called()).when(command).refused("ticket-open", number="A001")


@pytest.mark.parametrize("command", [c.PauseCounter(counter="1"), c.CloseCounter(counter="1")])
def test_not_at_somebody_elses_counter(command: object) -> None:
    given(staffed("1", "li")).when(command, by=clerk("wang")).refused("not-your-counter")
    given(staffed("1", "li")).when(command, by=MANAGER).does()


def test_a_closed_counter_cannot_be_paused_and_need_not_be_closed() -> None:
    given().when(c.PauseCounter(counter="1")).refused("counter-closed", counter="1")
    given().when(c.CloseCounter(counter="1"), by=clerk("li")).then()


def test_closing() -> None:
    hall = given(staffed("1", "li"), taken("t1"), called(), 1, missed(), 2).when(
        c.CloseCounter(counter="1"), by=clerk("li")
    )
    counter = hall.then(c.CounterClosed(counter="1")).counter("1")
    assert (counter.state, counter.clerk, counter.lease_until, counter.staffed_us) == ("closed", None, 0, 3 * MINUTE)
    assert hall._given.hall.clerks["li"].counter is None


def test_who_was_sent_to_a_counter_that_closes_waits_in_the_queue_again() -> None:
    hall = given(staffed("1"), staffed("4"), taken("t1"), called(), 1, taken("t2"), started())
    hall.do(v.TransferTicket(counter="1", to_counter="4"), c.CloseCounter(counter="4"))
    assert (hall.waiting(), hall.ticket("t1").wanted) == (["t1", "t2"], None)


# ------------------------------------------------------------------ leases


def test_a_lease_ends_without_a_sign_of_life() -> None:
    hall = given(staffed("1", "li"), staffed("2", "wang"))
    hall.when(s.Tick(present=frozenset({"2"})), at=clock(10)).then(
        c.LeaseLapsed(counter="1", clerk="li"), c.LeaseRenewed(counter="2")
    )
    assert (hall.counter("1").lapsed, hall.counter("2").lease_until) == (True, clock(20))
    hall.when(s.Tick()).then()


def test_a_command_at_the_counter_renews_the_lease() -> None:
    hall = given(staffed("1", "li"), taken("t1"), 9, called())
    assert hall.counter("1").lease_until == clock(19)
    hall.do(s.Tick(), 10, s.Tick())
    assert hall.counter("1").lapsed
    hall.do(started())
    assert (hall.counter("1").lapsed, hall.counter("1").lease_until) == (False, clock(29))


def test_calling_when_nobody_waits_is_a_sign_of_life_too() -> None:
    """Once a minute, so that an impatient clerk does not fill the log."""
    hall = given(staffed("1", "li"))
    hall.when(called(), at=clock(0.9)).then()
    hall.when(called(), at=clock(5)).then(c.LeaseRenewed(counter="1"))
    hall.when(called(), at=clock(5.5)).then()


# ------------------------------------------------------------------ what it serves


def test_a_manager_changes_what_a_counter_serves() -> None:
    hall = (
        given()
        .when(c.ChangeCounter(counter="1", serves=("B", "a1", "B"), helps=("A", "B", "A")))
        .then(c.CounterChanged(counter="1", serves=("B", "a1"), helps=("A",)))
    )
    assert hall.counter("1").serves == ("B", "a1")
    hall.when(c.ChangeCounter(counter="1", helps=())).then(c.CounterChanged(counter="1", serves=("B", "a1"), helps=()))


def test_no_change_is_no_event() -> None:
    given().when(c.ChangeCounter(counter="1")).then()
    given().when(c.ChangeCounter(counter="1", serves=("A",))).then()


def test_what_a_counter_cannot_serve() -> None:
    given().when(c.ChangeCounter(counter="1", serves=("x",))).refused("unknown-skill", entry="x")
    given().when(c.ChangeCounter(counter="1", helps=("x",))).refused("unknown-skill", entry="x")
    given().when(c.ChangeCounter(counter="1", serves=())).refused("serves-nothing", counter="1")


# ------------------------------------------------------------------ time at work


def test_staffed_and_serving_time() -> None:
    hall = given(staffed("1"), taken("t1"), 1, called(), 1, started(), 5, held(), 10)
    hall.do(v.ResumeTicket(counter="1", ticket="t1", to="serving"), 2, finished(), 1, c.CloseCounter(counter="1"))
    counter = hall.counter("1")
    assert (counter.serving_us, counter.staffed_us, counter.since) == (7 * MINUTE, 20 * MINUTE, TEN + 20 * MINUTE)


def test_a_refusal_has_its_status() -> None:
    assert (NotFound.status, NotAllowed.status, Conflict.status, Invalid.status) == (404, 403, 409, 422)
