"""The wait we promise: a range from the queue's own record."""

import pytest
from factory import called, clock, finished, given, staffed, started, taken
from hypothesis import given as supposing
from hypothesis import strategies as st

from queue_server.core.counters import PauseCounter
from queue_server.core.forecast import FACTOR_HIGH, FACTOR_LOW, RECENT, Pace, estimate, learn
from queue_server.core.visits import TransferTicket, Wait


def served(ticket: str, minutes: float, counter: str = "1") -> tuple[object, ...]:
    """A visitor who waits so long and is served at once."""
    return (taken(ticket), minutes, called(counter), started(counter), finished(counter))


def test_a_free_counter_and_nobody_ahead() -> None:
    assert estimate(given(staffed("1")).hall, "A", 0, clock()) == Wait(0, 0, 60)


def test_nothing_is_said_when_nothing_is_known() -> None:
    assert estimate(given().hall, "A", 0, clock()) is None, "nobody works"
    assert estimate(given(staffed("1"), PauseCounter(counter="1")).hall, "A", 0, clock()) is None
    assert estimate(given(staffed("1"), taken("t1"), called()).hall, "B", 3, clock()) is None
    assert estimate(given(staffed("1")).hall, "A", 5, clock()) is None, "nobody was called today"


def test_the_point_is_half_the_queue_and_half_the_age_of_the_first() -> None:
    hall = given(staffed("1"), *served("t1", 4), taken("t2"), called(), taken("t3"), 6)
    wait = estimate(hall.hall, "A", 1, hall.now)
    per_place = (4 * 60 + 0) / 2
    assert wait is not None
    assert wait.likely == int((2 * per_place + 6 * 60) / 2)
    assert (wait.low, wait.high) == (int(wait.likely * FACTOR_LOW), int(wait.likely * FACTOR_HIGH) + 1)


def test_an_old_first_counts_at_most_three_times_the_queue() -> None:
    hall = given(staffed("1"), *served("t1", 4), taken("t2"), called(), taken("t3"), 600)
    wait = estimate(hall.hall, "A", 0, hall.now)
    assert wait is not None
    assert wait.likely == 2 * 120


def test_without_anybody_waiting_the_queue_alone_tells() -> None:
    hall = given(staffed("1"), *served("t1", 4), taken("t2"), called())
    wait = estimate(hall.hall, "A", 0, hall.now)
    assert wait is not None
    assert wait.likely == 120


def test_the_figures_are_renewed_once_a_second() -> None:
    hall = given(staffed("1"), *served("t1", 4), taken("t2"), called(), taken("t3"), 1)
    first = estimate(hall.hall, "A", 1, hall.now)
    assert estimate(hall.hall, "A", 1, hall.now + 900_000) == first
    assert estimate(hall.hall, "A", 1, hall.now + 10_000_000) != first
    assert estimate(hall.hall, "A", 1, hall.now - 1) == estimate(hall.hall, "A", 1, hall.now - 1)


def test_a_ticket_that_waits_is_told_its_own_place() -> None:
    hall = given(staffed("1"), *served("t1", 4), taken("t2"), called(), taken("t3"), taken("t4"))
    assert hall.hall.wait(hall.ticket("t4"), hall.now)[0] == 1
    assert hall.hall.wait(hall.ticket("t2"), hall.now) == (0, None), "it is called"
    hall.do(staffed("2"), TransferTicket(counter="1", to_counter="2"))
    assert hall.hall.wait(hall.ticket("t2"), hall.now) == (0, None), "one counter alone has no record"


def test_only_the_last_calls_count() -> None:
    pace = Pace()
    for waited in range(40):
        learn(pace, waited, 0, None)
    assert (pace.calls, len(pace.recent), pace.recent[0]) == (40, RECENT, (25, 1))
    assert (pace.low, pace.high) == (FACTOR_LOW, FACTOR_HIGH), "nothing was promised"
    learn(pace, 5, 0, Wait(0, 0, 60))
    assert (pace.low, pace.high) == (FACTOR_LOW, FACTOR_HIGH), "'at once' says nothing about the range"


@pytest.mark.parametrize(("waited", "low", "high"), [(10, "down", "down"), (100, "up", "down"), (900, "up", "up")])
def test_the_range_follows_the_record(waited: int, low: str, high: str) -> None:
    pace = Pace()
    learn(pace, waited, 0, Wait(50, 100, 180))
    assert ("up" if pace.low > FACTOR_LOW else "down", "up" if pace.high > FACTOR_HIGH else "down") == (low, high)


@supposing(st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 5_000)), max_size=300))
def test_the_range_stays_sane(record: list[tuple[int, int]]) -> None:
    pace = Pace()
    for waited, likely in record:
        learn(pace, waited, 0, Wait(0, likely, likely))
    assert 0.05 <= pace.low <= 0.95
    assert 1.05 <= pace.high <= 5.0


def test_one_in_ten_falls_out_on_either_side() -> None:
    """A record without any drift: ratios of 1 to 100 per cent above and below, over and over."""
    pace, out = Pace(), [0, 0]
    for step in range(20_000):
        waited = 100 * (1 + step * 37 % 100 / 100) if step % 2 else 100 * (1 - step * 37 % 100 / 200)
        if step > 2_000:
            out[0] += waited / 100 < pace.low
            out[1] += waited / 100 > pace.high
        learn(pace, int(waited), 0, Wait(0, 100, 0))
    assert [0.08 <= share / 18_000 <= 0.12 for share in out] == [True, True]
