"""Calls, recalls, no-shows and services: what a counter does with its ticket."""

import pytest
from factory import (
    MANAGER,
    MINUTE,
    SECOND,
    TEN,
    called,
    changed,
    clerk,
    clock,
    finished,
    given,
    held,
    missed,
    staffed,
    started,
    taken,
)

from queue_server.core import visits as v
from queue_server.core.catalogue import Rules
from queue_server.core.counters import PauseCounter
from queue_server.core.refusals import NotAllowed, NotFound

AT_COUNTER = (staffed("1", "li"), taken("t1"), called())
SERVING = (*AT_COUNTER, started())


# ------------------------------------------------------------------ calling


def test_calling_the_next() -> None:
    hall = given(staffed("1", "li"), taken("t1"), 3).when(called(), by=clerk("li")).then(
        v.TicketCalled(
            ticket="t1", call="c1", counter="1", clerk="li",
            why=v.Why(rule="longest", waited_seconds=180, queue="A"),
        )
    )  # fmt: skip
    ticket = hall.ticket("t1")
    assert (ticket.state, ticket.counter, ticket.call_count, ticket.first_contact) == ("called", "1", 1, "1")
    assert (hall.counter("1").state, hall.counter("1").ticket) == ("called", "t1")
    assert hall.waiting() == []


def test_nobody_waiting_is_no_refusal() -> None:
    given(staffed("1")).when(called()).then()


def test_one_ticket_per_counter() -> None:
    given(*AT_COUNTER, taken("t2")).when(called()).refused("ticket-open", number="A001")
    given(*SERVING, taken("t2")).when(called()).refused("ticket-open")


def test_a_paused_counter_calls_nobody() -> None:
    hall = given(staffed("1"), taken("t1"))
    hall.do(PauseCounter(counter="1")).when(called()).refused("counter-paused")
    hall.when(v.CallChosen(counter="1", ticket="t1", reason="r")).refused("counter-paused")


def test_a_chosen_ticket_with_its_reason() -> None:
    hall = given(staffed("1", "li"), taken("t1"), taken("t2"), 1)
    hall.when(v.CallChosen(counter="1", ticket="t2", reason="sealed")).then(
        v.TicketCalled(
            ticket="t2", call="c1", counter="1", clerk="li",
            why=v.Why(rule="chosen", waited_seconds=60, queue="A", reason="sealed"),
        )
    )  # fmt: skip
    assert hall.ticket("t2").by_choice


def test_only_a_waiting_ticket_can_be_chosen() -> None:
    hall = given(*AT_COUNTER, staffed("2"))
    hall.when(v.CallChosen(counter="2", ticket="t1", reason="r")).refused("ticket-not-waiting", state="called")
    hall.when(v.CallChosen(counter="2", ticket="x", reason="r")).refused("unknown-ticket")
    hall.when(v.CallChosen(counter="1", ticket="t1", reason="r")).refused("ticket-open")


@pytest.mark.parametrize(
    "command",
    [
        v.CallNext(counter="x"), v.CallChosen(counter="x", ticket="t1", reason="r"), v.Recall(counter="x"),
        v.StartService(counter="x"), v.FinishService(counter="x"), v.MarkNoShow(counter="x"), v.PutBack(counter="x"),
        v.HoldTicket(counter="x", kind="step"), v.ResumeTicket(counter="x", ticket="t1"),
        v.TransferTicket(counter="x", service="a1"),
    ],
)  # fmt: skip
def test_a_counter_must_exist_be_open_and_be_ones_own(command: object) -> None:
    hall = given(staffed("1", "li"), taken("t1"))
    assert isinstance(hall.when(command).outcome, NotFound)
    hall.when(command).refused("unknown-counter", counter="x")
    hall.when(type(command)(**_fields(command) | {"counter": "2"})).refused("counter-closed", counter="2")
    foreign = hall.when(type(command)(**_fields(command) | {"counter": "1"}), by=clerk("wang"))
    foreign.refused("not-your-counter", counter="1")
    assert isinstance(foreign.outcome, NotAllowed)


def _fields(command: object) -> dict[str, object]:
    return {name: getattr(command, name) for name in command.__struct_fields__}  # type: ignore[attr-defined]


# ------------------------------------------------------------------ recalls and no-shows


def test_recalls_at_least_half_a_minute_apart_and_three_calls_in_all() -> None:
    hall = given(*AT_COUNTER)
    hall.when(v.Recall(counter="1"), at=clock(0, 29.5)).refused("too-early", seconds=1)
    hall.when(v.Recall(counter="1"), at=clock(0, 30)).then(
        v.TicketRecalled(ticket="t1", call="c1", counter="1", count=2)
    )
    hall.when(v.Recall(counter="1"), at=clock(0, 45)).refused("too-early", seconds=15)
    hall.when(v.Recall(counter="1", ticket="t1"), at=clock(1)).does(v.TicketRecalled)
    hall.when(v.Recall(counter="1"), at=clock(9)).refused("call-limit", calls=3)
    assert hall.ticket("t1").call_count == 3
    assert hall.ticket("t1").legs[0].calls == 3


def test_a_no_show_after_the_last_call_and_its_gap() -> None:
    hall = given(*AT_COUNTER)
    hall.when(missed(), at=clock(5), by=clerk("li")).refused("too-early", calls=2)
    hall.do(v.Recall(counter="1"), 1, v.Recall(counter="1"))
    hall.when(missed(), by=clerk("li")).refused("too-early", seconds=30)
    hall.when(missed(), at=hall.now + 30 * SECOND, by=clerk("li")).then(v.TicketMissed(ticket="t1", counter="1"))
    assert (hall.ticket("t1").state, hall.counter("1").state) == ("no_show", "free")
    assert hall.ticket("t1").ended == hall.now


def test_a_manager_may_end_the_waiting_early() -> None:
    given(*AT_COUNTER).when(missed(), by=MANAGER).then(v.TicketMissed(ticket="t1", counter="1", early=True))


def test_a_hall_may_be_content_with_one_call() -> None:
    hall = given(*AT_COUNTER, setup=changed(rules=Rules(call_max=1)))
    hall.when(v.Recall(counter="1"), at=clock(5)).refused("call-limit", calls=1)
    hall.when(missed(), by=clerk("li")).does(v.TicketMissed)


def test_back_in_time_a_visitor_is_next_but_one() -> None:
    hall = given(*AT_COUNTER, missed(), taken("t2"), 1, taken("t3"), 5)
    hall.when(v.ReinstateTicket(ticket="t1")).then(v.TicketReinstated(ticket="t1", rank=TEN, in_time=True))
    assert hall.waiting() == ["t2", "t1", "t3"]
    assert (hall.ticket("t1").by_choice, hall.ticket("t1").returned) == (True, True)
    assert hall.ticket("t1").ended is None


def test_back_in_time_in_an_empty_queue() -> None:
    hall = given(*AT_COUNTER, missed(), 2).when(v.ReinstateTicket(ticket="t1")).does()
    assert hall.ticket("t1").rank == TEN


def test_back_too_late_a_visitor_joins_the_end() -> None:
    hall = given(*AT_COUNTER, missed(), setup=changed(rules=Rules(return_window_numbers=1)))
    hall.do(taken("t2"), taken("t3"), taken("t4"), called(), started(), finished(), called(), 5)
    hall.when(v.ReinstateTicket(ticket="t1")).then(v.TicketReinstated(ticket="t1", rank=clock(5), in_time=False))
    assert hall.waiting() == ["t4", "t1"]


def test_only_a_no_show_is_reinstated() -> None:
    hall = given(taken("t1"))
    hall.when(v.ReinstateTicket(ticket="t1")).refused("ticket-not-missed", state="waiting")
    hall.when(v.ReinstateTicket(ticket="x")).refused("unknown-ticket")


# ------------------------------------------------------------------ serving


def test_serving_and_finishing() -> None:
    hall = given(*AT_COUNTER, 1)
    hall.when(started(), by=clerk("li")).then(v.ServiceStarted(ticket="t1", counter="1", clerk="li"))
    hall.do(4).when(finished()).then(v.ServiceFinished(ticket="t1", counter="1", done=(v.Done(service="a1"),)))
    ticket, counter = hall.ticket("t1"), hall.counter("1")
    assert (ticket.state, ticket.reason, counter.state, counter.ticket) == ("done", None, "free", None)
    assert (counter.served, counter.serving_us, hall.hall.clerks["li"].served) == (1, 4 * MINUTE, 1)
    leg = ticket.legs[0]
    assert (leg.called, leg.started, leg.ended, leg.outcome) == (TEN, clock(1), clock(5), "done")


def test_what_was_done_may_be_said() -> None:
    done = (v.Done(service="b1", quantity=2), v.Done(service=None, persons=3))
    hall = (
        given(*SERVING)
        .when(v.FinishService(counter="1", done=done, note="sealed"))
        .then(v.ServiceFinished(ticket="t1", counter="1", done=done, note="sealed"))
    )
    assert (hall.ticket("t1").legs[0].done, hall.ticket("t1").legs[0].note) == (done, "sealed")


def test_a_visitor_may_go_unserved() -> None:
    hall = given(*SERVING).when(v.FinishService(counter="1", outcome="unserved")).does(v.ServiceFinished)
    assert (hall.ticket("t1").reason, hall.ticket("t1").legs[0].done) == ("unserved", ())


@pytest.mark.parametrize(
    ("done", "code"),
    [
        (v.Done(service="x"), "unknown-service"),
        (v.Done(service="a1", quantity=0), "bad-quantity"),
        (v.Done(service="a1", quantity=1000), "bad-quantity"),
        (v.Done(service="a1", persons=0), "bad-quantity"),
        (v.Done(service=None, persons=1000), "bad-quantity"),
    ],
)
def test_what_cannot_have_been_done(done: v.Done, code: str) -> None:
    given(*SERVING).when(v.FinishService(counter="1", done=(done,))).refused(code)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        (AT_COUNTER, finished(), "ticket-not-serving"),
        (SERVING, started(), "ticket-not-called"),
        (SERVING, v.Recall(counter="1"), "ticket-not-called"),
        (SERVING, missed(), "ticket-not-called"),
        (SERVING, v.PutBack(counter="1"), "ticket-not-called"),
        ((staffed("1"),), started(), "no-ticket"),
        ((staffed("1"),), finished(), "no-ticket"),
        ((staffed("1"),), missed(), "no-ticket"),
        ((staffed("1"),), held(), "no-ticket"),
        ((staffed("1"),), v.Recall(counter="1"), "no-ticket"),
        ((staffed("1"),), v.PutBack(counter="1"), "no-ticket"),
        ((staffed("1"),), v.TransferTicket(counter="1", service="b1"), "no-ticket"),
    ],
)
def test_only_in_the_right_state(history: tuple[object, ...], command: object, code: str) -> None:
    given(*history).when(command).refused(code)


@pytest.mark.parametrize(
    "command",
    [
        v.Recall(counter="1", ticket="t2"), v.StartService(counter="1", ticket="t2"),
        v.FinishService(counter="1", ticket="t2"), v.MarkNoShow(counter="1", ticket="t2"),
        v.PutBack(counter="1", ticket="t2"), v.HoldTicket(counter="1", kind="step", ticket="t2"),
        v.TransferTicket(counter="1", ticket="t2", service="b1"),
    ],
)  # fmt: skip
def test_a_ticket_that_is_elsewhere(command: object) -> None:
    """A stale screen at another counter can touch nobody's ticket (PEERS 3B 13)."""
    hall = given(*AT_COUNTER, taken("t2"))
    hall.when(command).refused("ticket-elsewhere", number="A002", counter="1")
    given(*AT_COUNTER).when(command).refused("unknown-ticket")


def test_a_wrong_call_is_put_back_at_its_old_place() -> None:
    hall = (
        given(staffed("1"), taken("t1"), taken("t2"), called())
        .when(v.PutBack(counter="1"))
        .then(v.TicketPutBack(ticket="t1", counter="1"))
    )
    assert hall.waiting() == ["t1", "t2"]
    assert (hall.counter("1").state, hall.ticket("t1").call_count) == ("free", 0)
