"""Who is next at which counter, and the sentence that says why."""

from typing import Any

import pytest
from factory import Given, called, changed, clock, finished, given, held, staffed, started, taken

from queue_server.core import visits as v
from queue_server.core.catalogue import Rules
from queue_server.core.counters import ChangeCounter
from queue_server.core.routing import count_for, order_for


def next_at(hall: Given, counter: str) -> tuple[str, str] | None:
    """The next ticket of this counter and the rule that applied."""
    events: list[Any] = hall.when(called(counter)).events
    return (events[0].ticket, events[0].why.rule) if events else None


def test_the_longest_waiting_first() -> None:
    hall = given(staffed("1"), taken("t1"), 1, taken("t2"))
    assert next_at(hall, "1") == ("t1", "longest")


def test_a_head_start_passes_those_who_came_less_before() -> None:
    hall = given(staffed("1"), taken("t1"), 9, taken("t2", needs=("elderly",)))
    why = hall.when(called()).events[0].why
    assert (why.rule, why.minutes, why.visitor_class) == ("head_start", 10, "elderly")
    assert next_at(given(staffed("1"), taken("t1"), 11, taken("t2", needs=("elderly",))), "1") == ("t1", "longest")


def test_the_class_named_is_the_one_that_gave_the_head_start() -> None:
    hall = given(staffed("1"), taken("t1"), 9, taken("t2", needs=("military", "elderly")))
    assert hall.when(called()).events[0].why.visitor_class == "elderly"


def test_a_head_start_explains_nothing_when_nobody_is_passed() -> None:
    assert next_at(given(staffed("1"), taken("t1", needs=("elderly",)), 1, taken("t2")), "1") == ("t1", "longest")


def test_of_equal_ranks_the_first_to_join() -> None:
    hall = given(staffed("1"), taken("t1"), 10, taken("t2", needs=("elderly",)))
    assert next_at(hall, "1") == ("t1", "longest")


def test_a_counter_for_one_service_passes_the_others_by() -> None:
    hall = given(staffed("3"), taken("t1", "b2"), 1, taken("t2", "b1"))
    assert next_at(hall, "3") == ("t2", "longest")
    assert next_at(hall.do(staffed("4")), "4") == ("t1", "longest")


def test_the_oldest_of_all_it_serves() -> None:
    hall = given(staffed("4"), taken("t1", "c1"), 1, taken("t2", "b1"))
    assert next_at(hall, "4") == ("t1", "longest")


def test_tickets_for_a_window_kind_go_to_windows_of_this_kind() -> None:
    hall = given(staffed("3"), staffed("4"), taken("t1", None, kind="domain"))
    assert next_at(hall, "3") == ("t1", "longest"), "counter 3 is of the kind, though it serves b1 alone"
    assert next_at(hall, "4") == ("t1", "longest")
    hall.do(taken("t2", "b1"))
    assert next_at(hall, "3") == ("t1", "longest"), "the kind's ticket came first"


def test_helping_when_its_own_queue_is_empty() -> None:
    hall = given(staffed("3"), taken("t1"), 1)
    assert next_at(hall, "3") == ("t1", "helping")
    assert next_at(hall.do(taken("t2", "b1")), "3") == ("t2", "longest")


def test_helping_those_who_waited_too_long() -> None:
    hall = given(staffed("3"), taken("t1"), 10, taken("t2", "b1"), 4.9)
    assert next_at(hall, "3") == ("t2", "longest")
    assert next_at(hall.do(0.1), "3") == ("t1", "overdue")
    early = given(staffed("3"), taken("t1", "b1"), 10, taken("t2"), 30)
    assert next_at(early, "3") == ("t1", "longest"), "its own came before"


def test_when_to_help_is_a_rule_of_the_hall() -> None:
    hall = given(staffed("3"), taken("t1"), 1, taken("t2", "b1"), setup=changed(rules=Rules(help_after_minutes=1)))
    assert next_at(hall, "3") == ("t1", "overdue")


def test_who_was_sent_here_is_compared_with_the_own_queue_by_rank() -> None:
    hall = given(staffed("1"), staffed("4"), taken("t1"), 5, taken("t2", "b1"), called(), started())
    hall.do(v.TransferTicket(counter="1", to_counter="4"))
    assert next_at(hall, "4") == ("t1", "wanted")
    late = given(staffed("1"), staffed("4"), taken("t1", "b1"), 5, taken("t2"), called(), started())
    late.do(v.TransferTicket(counter="1", to_counter="4"))
    assert next_at(late, "4") == ("t1", "longest")


def test_back_with_papers() -> None:
    hall = given(staffed("1"), taken("t1"), called(), started(), held(), 1, taken("t2"))
    hall.do(v.ResumeTicket(counter="1", ticket="t1"))
    assert next_at(hall, "1") == ("t1", "returned")


def test_an_empty_counter_finds_nobody() -> None:
    hall = given(staffed("1"), staffed("3"), staffed("5"), taken("t1", "b2"), called("5"))
    assert next_at(hall, "1") is None
    assert next_at(hall, "3") is None


def test_no_walk_in_waits_for_ever() -> None:
    """However many come with a head start, who came that much earlier is called first."""
    hall = given(staffed("1"), taken("walk-in"))
    for minute in range(12):
        hall.do(1, taken(f"p{minute}", needs=("elderly",)))
    order = []
    while not order or order[-1] != "walk-in":
        order.append(hall.when(called()).events[0].ticket)
        hall.do(called(), started(), finished())
    assert order == [*(f"p{minute}" for minute in range(9)), "walk-in"]


# ------------------------------------------------------------------ lists for the desk


def test_the_list_of_a_desk_is_the_order_of_its_calls() -> None:
    hall = given(staffed("4"), taken("t1", "b1"), 1, taken("t2", "c1"), 1, taken("t3", "b2"), 1, taken("t4"))
    hall.do(staffed("1"), called(), started(), v.TransferTicket(counter="1", to_counter="4"))
    counter = hall.counter("4")
    listed = [ticket.id for ticket in order_for(hall.hall, counter, 10)]
    assert listed == ["t1", "t2", "t3", "t4"]
    assert [ticket.id for ticket in order_for(hall.hall, counter, 2)] == ["t1", "t2"]
    called_in_order = []
    while hall.when(called("4")).events:
        called_in_order.append(hall.when(called("4")).events[0].ticket)
        hall.do(called("4"), started("4"), finished("4"))
    assert called_in_order == listed


def test_the_list_holds_those_who_came_for_the_kind_of_window() -> None:
    hall = given(taken("t1", None, kind="domain"), 1, taken("t2", "b1"), 1, taken("t3", "b2"))
    assert [ticket.id for ticket in order_for(hall.hall, hall.counter("3"), 10)] == ["t1", "t2"]
    assert order_for(given().hall, given().counter("3"), 10) == []
    assert [ticket.id for ticket in order_for(given(taken("t1", "b2")).hall, given().counter("3"), 10)] == []


@pytest.mark.parametrize(
    ("entries", "count"), [(("A",), 2), (("a1",), 1), (("A", "b1"), 3), (("b2",), 0), (("C",), 0), (("x",), 0)]
)
def test_how_many_wait(entries: tuple[str, ...], count: int) -> None:
    hall = given(taken("t1", "a1"), taken("t2", "a2"), taken("t3", "b1"))
    assert count_for(hall.hall, entries) == count


def test_how_many_are_ahead() -> None:
    hall = given(taken("t1"), 1, taken("t2"), 1, taken("t3", needs=("elderly",)))
    assert [hall.hall.lines.ahead(hall.ticket(x)) for x in ("t3", "t1", "t2")] == [0, 1, 2]
    assert (hall.hall.lines.waiting("A"), hall.hall.lines.waiting("B")) == (3, 0)
    assert hall.hall.lines.ahead_of_rank("A", clock(1)) == 3
    assert hall.hall.lines.ahead_of_rank("B", clock(1)) == 0


def test_ahead_of_a_ticket_that_was_sent_to_a_counter() -> None:
    hall = given(staffed("1"), staffed("2"), staffed("4"), taken("t1"), 1, taken("t2"), called("1"), called("2"))
    hall.do(v.TransferTicket(counter="1", to_counter="4"), v.TransferTicket(counter="2", to_counter="4"))
    assert [hall.hall.lines.ahead(hall.ticket(x)) for x in ("t1", "t2")] == [0, 1]


def test_what_a_counter_serves_may_change_while_tickets_wait() -> None:
    hall = given(staffed("1"), taken("t1", "b2"), ChangeCounter(counter="1", serves=("b2",)))
    assert next_at(hall, "1") == ("t1", "longest")
