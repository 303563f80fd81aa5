"""What a ticket may do, from arrival to departure, and what it may not."""

import pytest
from factory import (
    MANAGER,
    MINUTE,
    TEN,
    VISITOR,
    called,
    clock,
    finished,
    given,
    held,
    staffed,
    started,
    taken,
)

from queue_server.core import visits as v
from queue_server.core.catalogue import Name
from queue_server.core.counters import PauseCounter
from queue_server.core.refusals import Conflict, Invalid, Refused

AT_COUNTER = (staffed("1", "li"), taken("t1"), called())
SERVING = (*AT_COUNTER, started())


# ------------------------------------------------------------------ taking a ticket


def test_a_ticket_for_a_service() -> None:
    hall = given().when(taken("t1", "a2", lang="en", channel="phone")).then(
        v.TicketIssued(
            ticket="t1", number="A001", queue="A", service="a2", service_name=Name(zh="甲二", en="Second of A"),
            version="1", services=("a2",), channel="phone", lang="en",
        )
    )  # fmt: skip
    ticket = hall.ticket("t1")
    assert (ticket.state, ticket.arrival, ticket.rank, ticket.is_open) == ("waiting", TEN, TEN, True)


def test_a_ticket_for_a_package_waits_for_its_first_service() -> None:
    hall = given().when(v.TakeTicket(ticket="t1", package="birth")).does(v.TicketIssued)
    ticket = hall.ticket("t1")
    assert (ticket.queue, ticket.service, ticket.services, ticket.package) == ("B", "b1", ("b1", "a1"), "birth")


def test_a_ticket_for_a_window_kind() -> None:
    hall = given().when(v.TakeTicket(ticket="t1", kind="fallback")).does(v.TicketIssued)
    assert (hall.ticket("t1").queue, hall.ticket("t1").service, hall.ticket("t1").number) == ("C", None, "C001")


def test_numbers_go_on_per_queue() -> None:
    hall = given(taken("t1"), taken("t2", "b1"), taken("t3", "a2"))
    assert [hall.ticket(x).number for x in ("t1", "t2", "t3")] == ["A001", "B001", "A002"]


def test_numbers_take_more_digits_when_a_day_needs_them() -> None:
    hall = given()
    hall.hall.series["A"] = 999
    assert hall.do(taken("t1")).ticket("t1").number == "A1000"


def test_the_largest_head_start_counts_alone() -> None:
    hall = given(taken("t1", needs=("military", "elderly", "military")))
    assert hall.ticket("t1").head_start == 10 * MINUTE
    assert hall.ticket("t1").rank == TEN - 10 * MINUTE
    assert hall.ticket("t1").needs == ("military", "elderly")


def test_the_event_says_how_many_were_ahead() -> None:
    hall = given(taken("t1"), taken("t2"), taken("t3", "b1"))
    assert hall.when(taken("t4")).events[0].ahead == 2
    assert hall.when(taken("t4", needs=("elderly",))).events[0].ahead == 0


@pytest.mark.parametrize(
    ("command", "code", "kind"),
    [
        (v.TakeTicket(ticket="t2"), "nothing-asked", Invalid),
        (v.TakeTicket(ticket="t2", service="a1", package="birth"), "too-much-asked", Invalid),
        (v.TakeTicket(ticket="t2", service="x"), "unknown-service", Invalid),
        (v.TakeTicket(ticket="t2", package="x"), "unknown-package", Invalid),
        (v.TakeTicket(ticket="t2", kind="issue"), "kind-without-queue", Invalid),
        (v.TakeTicket(ticket="t2", service="a1", needs=("x",)), "unknown-class", Invalid),
        (v.TakeTicket(ticket="t1", service="a1"), "ticket-exists", Conflict),
    ],
)
def test_tickets_that_cannot_be_taken(command: v.TakeTicket, code: str, kind: type[Refused]) -> None:
    asked = given(taken("t1")).when(command)
    asked.refused(code)
    assert isinstance(asked.outcome, kind)


def test_no_tickets_after_closing() -> None:
    given(always_open=False).when(taken("t1"), at=clock(7 * 60)).refused("hall-closed", opens=clock((7 * 24 - 1) * 60))


@pytest.mark.parametrize(("minutes", "taking"), [(-121, False), (-120, True), (130, True), (419, True), (420, False)])
def test_tickets_from_an_hour_before_opening_through_the_break(minutes: int, taking: bool) -> None:
    hall = given(always_open=False)
    hall.now = clock(minutes)
    asked = hall.when(taken("t1"))
    asked.does(v.TicketIssued) if taking else asked.refused("hall-closed")


def test_always_open_ignores_the_hours() -> None:
    given().when(taken("t1"), at=clock(24 * 60)).does(v.TicketIssued)


# ------------------------------------------------------------------ holding


@pytest.mark.parametrize("kind", ["papers_back", "papers_kept", "step"])
def test_holding_and_going_on_here_or_there(kind: v.HoldKind) -> None:
    hall = (
        given(*SERVING, 2)
        .when(v.HoldTicket(counter="1", kind=kind, note="n"))
        .then(v.TicketHeld(ticket="t1", counter="1", kind=kind, note="n"))
    )
    assert (hall.ticket("t1").hold, hall.counter("1").state, hall.counter("1").serving_us) == (kind, "free", 2 * MINUTE)
    hall.do(staffed("2", "wang"), 10).when(v.ResumeTicket(counter="2", ticket="t1", to="serving")).then(
        v.TicketResumed(ticket="t1", counter="2", to="serving", clerk="wang")
    )
    ticket = hall.ticket("t1")
    assert (ticket.state, ticket.counter, ticket.hold, hall.counter("2").ticket) == ("serving", "2", None, "t1")
    hall.do(1, finished("2"))
    assert hall.counter("2").serving_us == MINUTE, "the gap is not the clerk's time"


def test_a_called_visitor_can_be_set_aside() -> None:
    given(*AT_COUNTER).when(held()).does(v.TicketHeld)


def test_back_into_the_queue_with_the_place_kept() -> None:
    hall = given(*SERVING, 1, taken("t2"), held(), 5)
    hall.when(v.ResumeTicket(counter="1", ticket="t1")).then(v.TicketResumed(ticket="t1", counter="1", to="waiting"))
    assert hall.waiting() == ["t1", "t2"]
    assert hall.when(called()).events[0].why.rule == "returned"


def test_what_cannot_be_resumed() -> None:
    hall = given(*SERVING)
    hall.when(v.ResumeTicket(counter="1", ticket="t1")).refused("ticket-not-held", state="serving")
    hall.when(v.ResumeTicket(counter="1", ticket="x")).refused("unknown-ticket")
    hall.do(held(), taken("t2"), called())
    hall.when(v.ResumeTicket(counter="1", ticket="t1", to="serving")).refused("ticket-open")
    hall.do(v.PutBack(counter="1"), PauseCounter(counter="1"))
    hall.when(v.ResumeTicket(counter="1", ticket="t1", to="serving")).refused("counter-paused")
    hall.when(v.ResumeTicket(counter="1", ticket="t1", to="waiting")).does(v.TicketResumed)


# ------------------------------------------------------------------ transferring


def test_to_another_service_the_arrival_is_kept() -> None:
    hall = given(*SERVING, 3, taken("t2", "b1"), 5)
    hall.when(v.TransferTicket(counter="1", service="b1", note="n")).then(
        v.TicketTransferred(
            ticket="t1", counter="1", queue="B", service="b1", service_name=Name(zh="乙一", en="First of B"), note="n"
        )
    )
    ticket = hall.ticket("t1")
    assert (ticket.arrival, ticket.number, ticket.queue, ticket.by_choice) == (TEN, "A001", "B", True)
    assert hall.waiting("B") == ["t1", "t2"], "in front of those who came later (PEERS 3B 5)"
    assert [leg.queue for leg in ticket.legs] == ["A", "B"]


def test_to_a_window_kind() -> None:
    hall = given(*AT_COUNTER).when(v.TransferTicket(counter="1", kind="fallback")).does(v.TicketTransferred)
    assert (hall.ticket("t1").queue, hall.ticket("t1").service, hall.ticket("t1").kind) == ("C", None, "fallback")


def test_to_a_counter_only_that_counter_calls_it() -> None:
    hall = given(*SERVING, staffed("2"), staffed("4", "wang"))
    hall.when(v.TransferTicket(counter="1", to_counter="4")).does(v.TicketTransferred)
    assert hall.waiting() == []
    hall.when(called("2")).then()
    assert hall.when(called("4")).events[0].why.rule == "wanted"


def test_put_back_it_still_waits_for_the_counter_it_was_sent_to() -> None:
    hall = given(*SERVING, staffed("4"), v.TransferTicket(counter="1", to_counter="4"), called("4"))
    hall.do(v.PutBack(counter="4")).when(called("1")).then()
    assert hall.when(called("4")).events[0].why.rule == "wanted"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({}, "one-target"),
        ({"service": "b1", "kind": "domain"}, "one-target"),
        ({"service": "b1", "to_counter": "2"}, "one-target"),
        ({"service": "x"}, "unknown-service"),
        ({"kind": "issue"}, "kind-without-queue"),
        ({"to_counter": "x"}, "unknown-counter"),
        ({"to_counter": "2"}, "counter-closed"),
    ],
)
def test_where_nobody_can_be_sent(target: dict[str, str], code: str) -> None:
    given(*SERVING).when(v.TransferTicket(counter="1", **target)).refused(code)


# ------------------------------------------------------------------ cancelling


@pytest.mark.parametrize("history", [(taken("t1"),), AT_COUNTER, (*SERVING, held())])
def test_a_visitor_may_leave_while_not_being_served(history: tuple[object, ...]) -> None:
    hall = (
        given(*history).when(v.CancelTicket(ticket="t1"), by=VISITOR).then(v.TicketCancelled(ticket="t1", by="visitor"))
    )
    assert (hall.ticket("t1").state, hall.ticket("t1").reason) == ("cancelled", "visitor")
    assert (hall.waiting(), hall.counter("1").ticket) == ([], None)
    hall.when(v.CancelTicket(ticket="t1")).refused("ticket-not-waiting", state="cancelled")


def test_staff_may_cancel_too() -> None:
    given(taken("t1")).when(v.CancelTicket(ticket="t1"), by=MANAGER).then(v.TicketCancelled(ticket="t1", by="staff"))


def test_who_is_being_served_cannot_cancel() -> None:
    given(*SERVING).when(v.CancelTicket(ticket="t1"), by=VISITOR).refused("ticket-not-waiting", state="serving")
    given().when(v.CancelTicket(ticket="x")).refused("unknown-ticket")


# ------------------------------------------------------------------ the table


def test_every_state_has_its_row() -> None:
    states = set(v.TRANSITIONS)
    assert set().union(*v.TRANSITIONS.values()) <= states
    assert set(v.OPEN) == {state for state in states if "expired" in v.TRANSITIONS[state]}


def test_a_step_outside_the_table_is_a_mistake_of_ours() -> None:
    ticket = given(taken("t1")).ticket("t1")
    with pytest.raises(AssertionError, match="cannot go from waiting to done"):
        v.move(ticket, "done", TEN)
    assert ticket.state == "waiting"


def test_a_refusal_in_words_for_the_log() -> None:
    assert str(Conflict("too-early", seconds=3)) == "too-early {'seconds': 3}"
    assert str(Conflict("no-ticket")) == "no-ticket"
