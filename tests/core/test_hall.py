"""The hall's two functions, its boards, and what can be worked out from it."""

from typing import Any, get_args

import msgspec
import pytest
from factory import Given, called, clock, encoded, finished, given, held, importing, missed, staffed, started, taken

from queue_server.core import visits as v
from queue_server.core.catalogue import Name
from queue_server.core.context import SYSTEM, Actor, Context
from queue_server.core.counters import ChangeCounter, CloseCounter, PauseCounter
from queue_server.core.hall import CALLS_SHOWN, AnyCommand, AnyEvent, Hall, decide, due, evolve
from queue_server.core.setup import Tick


def shown(hall: Given) -> list[tuple[str, str, int]]:
    return [(ring.id, ring.number, ring.count) for ring in hall.hall.rings]


# ------------------------------------------------------------------ the boards


def test_a_call_comes_to_the_front_of_the_boards() -> None:
    hall = given(staffed("1"), staffed("4"), taken("t1"), taken("t2", "b1"), called("1"), called("4"))
    assert shown(hall) == [("c2", "B001", 1), ("c1", "A001", 1)]
    assert [ring.id for ring in hall.hall.zone_rings["A"]] == ["c1"]
    assert [ring.id for ring in hall.hall.zone_rings["B"]] == ["c2"]


def test_a_recall_comes_to_the_front_with_the_same_id_and_a_new_seq() -> None:
    hall = given(staffed("1"), staffed("2"), taken("t1"), taken("t2"), called("1"), called("2"), 1)
    before = hall.hall.rings[1].seq
    hall.do(v.Recall(counter="1"))
    assert shown(hall) == [("c1", "A001", 2), ("c2", "A002", 1)]
    assert hall.hall.rings[0].seq == hall.hall.seq > before


def test_the_last_ten_calls_stay_whatever_became_of_them() -> None:
    hall = given(staffed("1"), *(taken(f"t{x}") for x in range(12)))
    for ends in [finished(), missed(), v.PutBack(counter="1")] * 4:
        hall.do(called(), *([started()] if isinstance(ends, v.FinishService) else []), ends)
    assert len(shown(hall)) == CALLS_SHOWN == 10
    assert shown(hall)[0][0] == "c12"


# ------------------------------------------------------------------ what can be worked out


def test_everything_derived_can_be_worked_out_again() -> None:
    """A checkpoint is the encoded state: read back, it decides alike."""
    hall = given(importing(), staffed("1"), staffed("4"), taken("t1"), taken("t2", needs=("elderly",)), 3)
    hall.do(called(), started(), v.TransferTicket(counter="1", to_counter="4"), taken("t3"), called(), held(), 1)
    again = msgspec.json.decode(encoded(hall.hall), type=Hall).index()
    assert encoded(again) == encoded(hall.hall)
    for command in (called("1"), called("4"), taken("t9"), v.ResumeTicket(counter="1", ticket="t1")):
        context = Context(hall.now, SYSTEM, True)
        assert decide(again, command, context) == decide(hall.hall, command, context)
    assert again.number_for("A") == hall.hall.number_for("A")


def test_who_works_for_a_queue() -> None:
    hall = given(staffed("3"), staffed("4"), staffed("5"))
    assert hall.hall.staffing("B") == (2, 2), "counter 5 only helps"
    hall.do(taken("t1", "b1"), called("3"), PauseCounter(counter="4"))
    assert hall.hall.staffing("B") == (1, 0)
    hall.do(staffed("1"), ChangeCounter(counter="1", serves=("b2",)))
    assert hall.hall.staffing("B") == (2, 1)
    hall.do(CloseCounter(counter="1"))
    assert hall.hall.staffing("B") == (1, 0)


def test_a_name_in_both_languages() -> None:
    assert (Name(zh="甲", en="A")["zh"], Name(zh="甲", en="A")["en"], Name(zh="甲", en="A")["fr"]) == ("甲", "A", "甲")


@pytest.mark.parametrize(("role", "manages"), [("admin", True), ("manager", True), ("system", True), ("clerk", False)])
def test_who_manages(role: Any, manages: bool) -> None:
    assert Actor("x", role).manages is manages


# ------------------------------------------------------------------ completeness


def test_events_and_commands_are_named_once() -> None:
    tags = [event.__struct_config__.tag for event in get_args(AnyEvent)]
    assert len(tags) == len(set(tags)), "two events would be one in the log"
    assert len(get_args(AnyCommand)) == len(set(get_args(AnyCommand)))


def test_an_unknown_command_or_event_is_a_mistake_of_ours() -> None:
    hall = given()
    with pytest.raises(AssertionError):
        decide(hall.hall, object(), Context(clock()))  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        evolve(hall.hall, object(), clock())  # type: ignore[arg-type]


def test_a_tick_leaves_nothing_that_is_due() -> None:
    hall = given(staffed("1"), staffed("2"), 10).do(Tick())
    assert due(hall.hall) > hall.now
