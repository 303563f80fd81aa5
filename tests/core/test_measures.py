"""The day in figures."""

import pytest
from factory import called, given, held, missed, staffed, started, taken

from queue_server.core import visits as v
from queue_server.core.measures import SLOT, QueueDay, percentile, service_level


def test_the_figures_of_a_queue() -> None:
    hall = given(staffed("1"), taken("t1"), 2, taken("t2"), called(), 1, started(), 4, v.FinishService(counter="1"))
    hall.do(called(), missed(), taken("t3"), 1, v.CancelTicket(ticket="t3"))
    day = hall.hall.measures.queues["A"]
    assert (day.arrived, day.done, day.no_show, day.cancelled) == (3, 1, 1, 1)
    assert [seconds for _, seconds in day.waits] == [120, 300]
    assert (day.service_count, day.service_seconds) == (1, 240)


def test_slots_of_a_quarter_of_an_hour() -> None:
    hall = given(staffed("1"), taken("t1"), 14, taken("t2"), called(), 2, taken("t3"))
    first = hall.ticket("t1").arrival // SLOT
    assert hall.hall.measures.arrivals == {first: 2, first + 1: 1}
    assert hall.hall.measures.calls == {first: 1}


def test_only_the_first_call_is_a_wait() -> None:
    hall = given(staffed("1"), taken("t1"), 1, called(), v.PutBack(counter="1"), 5, called())
    assert [seconds for _, seconds in hall.hall.measures.queues["A"].waits] == [60]


def test_a_hold_is_not_service_time() -> None:
    hall = given(staffed("1"), taken("t1"), called(), started(), 3, held(), 30)
    hall.do(v.ResumeTicket(counter="1", ticket="t1", to="serving"), 2, v.FinishService(counter="1"))
    assert hall.hall.measures.queues["A"].service_seconds == 300


def test_a_no_show_who_comes_back_is_none() -> None:
    hall = given(staffed("1"), taken("t1"), called(), missed(), v.ReinstateTicket(ticket="t1"))
    assert hall.hall.measures.queues["A"].no_show == 0


def test_what_was_promised_is_compared_with_what_came() -> None:
    hall = given(staffed("1"), taken("t1"), 1, called(), started())
    day = hall.hall.measures.queues["A"]
    assert hall.ticket("t1").promised == v.Wait(0, 0, 60)
    assert (day.promised, day.in_range, day.error_seconds) == (1, 1, 60)
    late = given(staffed("1"), taken("t1"), 2, called()).hall.measures.queues["A"]
    assert (late.promised, late.in_range, late.error_seconds) == (1, 0, 120)


def test_the_service_level_is_of_those_called() -> None:
    assert service_level(QueueDay(), 60) is None
    assert service_level(QueueDay(waits=[(0, 60), (0, 61), (1, 5), (1, 900)]), 60) == 0.5


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 6), (0.9, 10), (1.0, 10)])
def test_percentiles(share: float, value: int) -> None:
    assert percentile(list(range(10, 0, -1)), share) == value
    assert percentile([], share) is None
