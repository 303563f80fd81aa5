"""What an event touches: whoever looks at it must be told."""

from typing import Any

import pytest
from case_hall import FIRST, accept, accepted, marks, receive, serving, sleep, take
from factory import Given, called, given, held, importing, missed, staffed, started, taken

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.back_office import ReturnCase
from queue_server.core.catalogue import Name
from queue_server.core.emergency import CallEmergency
from queue_server.core.hall import evolve
from queue_server.core.one_time import GiveNotice
from queue_server.core.topics import topics

SERVING = (staffed("1"), taken("t1"), called(), started())
COUNTER = {"counter:1", "zone:A", "counters"}
TICKET = {"ticket:t1", "queue:A", "queues"}
CALLS = {"calls", "calls:A"}


def touched(hall: Given, command: Any) -> set[str]:
    found: set[str] = set()
    for event in hall.when(command).events:
        evolve(hall.hall, event, hall.now)
        found |= topics(hall.hall, event)
    return found


@pytest.mark.parametrize(
    ("history", "command", "expected"),
    [
        ((), taken("t1"), TICKET),
        ((staffed("1"), taken("t1")), called(), TICKET | COUNTER | CALLS),
        ((staffed("1"), taken("t1"), called(), 1), v.Recall(counter="1"), TICKET | COUNTER | CALLS),
        ((staffed("1"), taken("t1"), called()), started(), TICKET | COUNTER),
        ((staffed("1"), taken("t1"), called()), missed(), TICKET | COUNTER),
        ((staffed("1"), taken("t1"), called()), v.PutBack(counter="1"), TICKET | COUNTER),
        (SERVING, v.FinishService(counter="1"), TICKET | COUNTER),
        (SERVING, held(), TICKET | COUNTER),
        ((*SERVING, held()), v.ResumeTicket(counter="1", ticket="t1"), TICKET | COUNTER),
        ((staffed("1"), taken("t1"), called(), missed()), v.ReinstateTicket(ticket="t1"), TICKET),
        ((taken("t1"),), v.CancelTicket(ticket="t1"), TICKET),
    ],
)
def test_steps_of_a_ticket(history: tuple[Any, ...], command: Any, expected: set[str]) -> None:
    assert touched(given(*history), command) == expected


def test_a_transfer_touches_both_queues() -> None:
    assert touched(given(*SERVING), v.TransferTicket(counter="1", service="b1")) == TICKET | COUNTER | {"queue:B"}


def test_a_transfer_to_a_counter_touches_that_counter() -> None:
    hall = given(*SERVING, staffed("4"))
    assert touched(hall, v.TransferTicket(counter="1", to_counter="4")) == TICKET | COUNTER | {"counter:4"}
    assert touched(hall, v.CancelTicket(ticket="t1")) == TICKET | {"counter:4"}, "it stood on the list of counter 4"


@pytest.mark.parametrize("history", [(staffed("1"), taken("t1"), called()), (*SERVING, held())])
def test_a_visitor_who_leaves_frees_the_counter(history: tuple[Any, ...]) -> None:
    """The sign over the window and the clerk's desk must not go on showing the number."""
    assert touched(given(*history), v.CancelTicket(ticket="t1")) == TICKET | COUNTER


@pytest.mark.parametrize(
    ("history", "command"),
    [
        ((), staffed("1")),
        ((staffed("1"),), c.PauseCounter(counter="1")),
        ((staffed("1"), c.PauseCounter(counter="1")), staffed("1")),
        ((staffed("1"),), c.CloseCounter(counter="1")),
        ((), c.ChangeCounter(counter="1", serves=("B",))),
    ],
)
def test_waits_depend_on_who_works(history: tuple[Any, ...], command: Any) -> None:
    assert touched(given(*history), command) - {"hall"} == COUNTER | {"queues"}


def test_a_lease_touches_its_counter_alone() -> None:
    assert touched(given(staffed("1"), 10), s.Tick()) == COUNTER
    assert touched(given(staffed("1"), 10), s.Tick(present=frozenset({"1"}))) == COUNTER
    assert touched(given(staffed("1")), c.TakeOverCounter(counter="1", clerk="wang")) == COUNTER


@pytest.mark.parametrize(
    "command",
    [importing(), s.PostNotice(notice="n", text=Name(zh="x", en="x")), s.Tick(jumped_seconds=900)],
)
def test_things_of_the_hall(command: Any) -> None:
    assert touched(given(), command) == {"hall"}


def test_proof_of_delivery_is_seen_on_no_screen() -> None:
    assert touched(given(), s.RecordDelivery(call="c1", count=1)) == set()


def test_a_new_day_is_a_thing_of_the_hall() -> None:
    assert touched(given(18 * 60), s.Tick()) == {"hall"}


# ------------------------------------------------------------------ cases, notices, calls for help

CASE = {"cases", f"case:{FIRST}", "department:d"}


def test_a_case_touches_its_department_its_visit_and_its_window() -> None:
    assert touched(serving(), accept()) == CASE | COUNTER | TICKET | {"ticket:t1"}
    assert touched(accepted("a1", v.FinishService(counter="1")), take()) == CASE | {"ticket:t1"}


def test_the_visit_of_another_day_is_nobodys_business() -> None:
    hall = accepted("a1", v.FinishService(counter="1"))
    sleep(hall)
    assert touched(hall, take()) == CASE


def test_a_case_that_goes_to_another_department_touches_both() -> None:
    hall = serving().do(accept(), take())
    moved = touched(hall, ReturnCase(case=FIRST, to="department", department="e", reason="sealed"))
    assert {"department:d", "department:e"} <= moved


def test_a_notice_touches_the_visit_or_the_case() -> None:
    told = GiveNotice(counter="1", marks=marks(card="missing", photo="ok", pledge="ok"))
    assert touched(serving(), told) == {"cases"} | COUNTER | TICKET
    taken_in = serving("a1", receive(marks=marks(card="missing", photo="ok", pledge="ok")), v.FinishService(counter="1"))
    assert touched(taken_in, GiveNotice(case=FIRST)) == CASE | {"ticket:t1"}


def test_a_call_for_help_reaches_everybody_of_the_staff() -> None:
    assert touched(given(), CallEmergency(zone="A")) == {"hall", "emergency"}
