"""The hall as a whole: set-ups, the turn of the day, notices, time, proof of delivery."""

from typing import Any

import pytest
from factory import (
    DAY,
    SETUP,
    TEN,
    TEXT,
    called,
    changed,
    clock,
    finished,
    given,
    held,
    importing,
    missed,
    staffed,
    started,
    taken,
)

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.catalogue import Name
from queue_server.core.hall import due, empty, evolve
from queue_server.core.refusals import Conflict

TURN = clock(18 * 60)  # four o'clock the next morning
HELLO = Name(zh="今日较忙", en="Busy today")


def chosen(ticket: str) -> v.CallChosen:
    return v.CallChosen(counter="1", ticket=ticket, reason="sealed")


WITHOUT_COUNTER_5 = TEXT.replace("serves: [B, c1]", "serves: [B, C]").replace(
    '  - {id: "5", label: "5", kind: fallback, zone: B, serves: [C], helps: [A, B]}\n', ""
)


def without(piece: str) -> s.ImportSetup:
    """The hall file without the one line that holds this piece."""
    lines = TEXT.splitlines(keepends=True)
    kept = [line for line in lines if piece not in line]
    assert len(lines) - len(kept) == 1, f"{piece!r} must stand in one line"
    return importing("".join(kept))


# ------------------------------------------------------------------ the turn of the day


def test_the_first_tick_opens_the_day() -> None:
    hall = empty(SETUP)
    assert (hall.day, due(hall)) == (None, 0)
    assert given().hall.day == "2026-01-05"


def test_the_hall_day_turns_at_four() -> None:
    hall = given()
    assert due(hall.hall) == TURN
    hall.when(s.Tick(), at=TURN - 1).then()
    hall.when(s.Tick(), at=TURN).then(s.DayClosed(day="2026-01-05"), s.DayOpened(day="2026-01-06"))
    assert due(hall.hall) == TURN + DAY


def test_what_is_open_expires_and_who_works_goes_home() -> None:
    hall = given(staffed("1"), staffed("2"), staffed("4"), staffed("5"), taken("waits"), taken("called", "b1"))
    hall.do(called("4"), taken("served", "c1"), called("5"), started("5"), taken("sent"), chosen("sent"))
    hall.do(v.TransferTicket(counter="1", to_counter="2"), taken("held"), chosen("held"), held())
    hall.do(c.PauseCounter(counter="1"), taken("gone"), v.CancelTicket(ticket="gone"))
    closing = hall.when(s.Tick(), at=TURN).events[0]
    assert set(closing.expired) == {"waits", "called", "served", "sent", "held"}
    assert closing.closed == ("1", "2", "4", "5")
    evolve(hall.hall, closing, hall.now)
    reasons = {x.id: x.reason for x in hall.hall.tickets.values() if x.state == "expired"}
    assert reasons == {x: f"day_closed:{x}" for x in ("called", "held")} | {
        "waits": "day_closed:waiting",
        "served": "day_closed:serving",
        "sent": "day_closed:waiting",
    }
    assert {counter.state for counter in hall.hall.counters.values()} == {"closed"}
    assert {x.counter for x in hall.hall.clerks.values()} == {None}
    assert (hall.waiting(), list(hall.hall.lines.wanted["2"])) == ([], [])


def test_numbers_restart_and_calls_go_on() -> None:
    hall = given(staffed("1"), taken("t1"), called(), started(), finished(), s.PostNotice(notice="n", text=HELLO))
    hall.do(18 * 60, s.Tick(), 6 * 60, staffed("1"), taken("t2"))
    assert hall.ticket("t2").number == "A001"
    assert hall.when(called()).events[0].call == "c2", "the id of a call is never used again"
    assert (hall.hall.rings, hall.hall.zone_rings, hall.counter("1").served) == ([], {}, 0)
    assert [notice.id for notice in hall.hall.notices] == ["n"], "a notice without end outlives the day"


def test_days_that_nobody_saw_are_passed_over() -> None:
    given().when(s.Tick(), at=TURN + 3 * DAY).then(s.DayClosed(day="2026-01-05"), s.DayOpened(day="2026-01-09"))


def test_a_queue_keeps_its_learned_range_over_night() -> None:
    hall = given(staffed("1"), taken("t1"), 9, called(), started(), finished())
    hall.hall.paces["A"].low = 0.4
    hall.do(18 * 60, s.Tick())
    assert (hall.hall.paces["A"].low, hall.hall.paces["A"].recent) == (0.4, [])


# ------------------------------------------------------------------ the clock


def test_a_jump_of_the_clock_is_an_alarm() -> None:
    hall = given().when(s.Tick(jumped_seconds=-400)).then(s.ClockJumped(seconds=-400))
    assert hall.hall.jumped == s.ClockJumped(seconds=-400)
    hall.do(18 * 60, s.Tick())
    assert hall.hall.jumped is None


def test_a_jump_into_another_day_is_still_an_alarm() -> None:
    hall = (
        given().when(s.Tick(jumped_seconds=2 * 86_400), at=TEN + 2 * DAY).does(s.DayClosed, s.DayOpened, s.ClockJumped)
    )
    assert hall.hall.jumped == s.ClockJumped(seconds=2 * 86_400)
    fresh = given()
    fresh.hall.day = None
    fresh.when(s.Tick(jumped_seconds=400)).does(s.DayOpened, s.ClockJumped)


def test_time_has_something_to_do_at_the_earliest_of_all_ends() -> None:
    hall = given(s.PostNotice(notice="n", text=HELLO, minutes=7), 2, staffed("1"))
    assert due(hall.hall) == clock(7)
    hall.do(5, s.Tick())
    assert due(hall.hall) == clock(12), "the lease of counter 1"
    hall.do(5, s.Tick())
    assert due(hall.hall) == TURN, "a lapsed lease lapses once"


# ------------------------------------------------------------------ notices


def test_a_notice_for_a_zone_and_a_while() -> None:
    hall = (
        given()
        .when(s.PostNotice(notice="n", text=HELLO, level="safety", zone="B", minutes=5))
        .then(s.NoticePosted(notice="n", text=HELLO, level="safety", zone="B", until=clock(5)))
    )
    assert hall.hall.notices == [
        s.Notice(id="n", text=HELLO, level="safety", zone="B", since=TEN, until=clock(5)),
    ]
    hall.when(s.Tick(), at=clock(5) - 1).then()
    hall.when(s.Tick(), at=clock(5)).then(s.NoticeWithdrawn(notice="n", expired=True))
    assert hall.hall.notices == []


def test_a_notice_is_withdrawn_once() -> None:
    hall = given(s.PostNotice(notice="n", text=HELLO), s.PostNotice(notice="m", text=HELLO))
    hall.when(s.WithdrawNotice(notice="n")).then(s.NoticeWithdrawn(notice="n"))
    hall.when(s.WithdrawNotice(notice="n")).refused("unknown-notice")
    assert [notice.id for notice in hall.hall.notices] == ["m"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": Name(zh=" ", en="x")}, "bad-notice"),
        ({"text": Name(zh="x" * 301, en="x")}, "bad-notice"),
        ({"text": Name(zh="x", en="x" * 301)}, "bad-notice"),
        ({"zone": "X"}, "unknown-zone"),
        ({"minutes": 0}, "bad-minutes"),
        ({"minutes": 1441}, "bad-minutes"),
    ],
)
def test_notices_that_cannot_be_posted(fields: dict[str, Any], code: str) -> None:
    given().when(s.PostNotice(**{"notice": "n", "text": HELLO} | fields)).refused(code)


def test_no_more_than_twenty_notices() -> None:
    hall = given(*(s.PostNotice(notice=f"n{x}", text=HELLO) for x in range(20)))
    hall.when(s.PostNotice(notice="n", text=HELLO)).refused("too-many-notices", limit=20)


# ------------------------------------------------------------------ proof of delivery


def test_proof_of_delivery_is_kept_as_it_comes() -> None:
    given().when(s.RecordDelivery(call="c1", count=2, shown=("b",), spoken=("a",), watching=3)).then(
        s.CallDelivered(call="c1", count=2, shown=("b",), spoken=("a",), watching=3)
    )


# ------------------------------------------------------------------ a new set-up


def test_the_same_file_again_changes_nothing() -> None:
    hall = given(importing())
    hall.when(importing()).then()


def test_a_new_file_keeps_who_sits_where() -> None:
    hall = given(staffed("1", "li"), staffed("2", "guest"), taken("t1"), called(), started(), 3)
    hall.do(importing(TEXT.replace("serves: [B, c1]}", "serves: [B]}").replace("李娜", "李娜娜")))
    assert (hall.counter("1").clerk, hall.counter("1").state, hall.counter("1").ticket) == ("li", "serving", "t1")
    assert hall.counter("4").serves == ("B",)
    assert (hall.hall.clerks["li"].name, hall.hall.clerks["li"].counter) == ("李娜娜", "1")
    assert hall.hall.clerks["guest"].counter == "2"
    hall.do(finished())


def test_a_counter_may_go_when_it_is_closed() -> None:
    hall = given(importing(WITHOUT_COUNTER_5))
    assert "5" not in hall.hall.counters
    hall.do(importing())
    assert hall.counter("5").state == "closed"
    given(staffed("5")).when(importing(WITHOUT_COUNTER_5)).refused("counter-open", counter="5")


def test_who_was_sent_to_a_counter_that_goes_waits_in_the_queue_again() -> None:
    """A counter closes before it goes, so nobody can be left behind; the rule holds even for a log that says otherwise."""
    hall = given(staffed("1"), staffed("5"), taken("t1"), called(), started())
    hall.do(v.TransferTicket(counter="1", to_counter="5"))
    fewer = changed(counters=tuple(x for x in SETUP.counters if x.id != "5"))
    evolve(hall.hall, s.SetupImported(digest="x", setup=fewer), hall.now)
    assert hall.waiting() == ["t1"]


@pytest.mark.parametrize(
    "history",
    [
        (taken("t1", "b2"),),
        (staffed("4"), taken("t1", "b2"), called("4"), missed("4")),
        (staffed("4"), taken("t1", "b2"), called("4"), started("4"), held("4")),
    ],
)
def test_what_tickets_need_must_stay(history: tuple[Any, ...]) -> None:
    hall = given(*history)
    asked = hall.when(without("- {id: b2,"))
    asked.refused("still-needed", what="b2", number="B001")
    assert isinstance(asked.outcome, Conflict)


def test_a_service_may_go_once_its_tickets_are_done() -> None:
    hall = given(staffed("4"), taken("t1", "b2"), called("4"), started("4"), finished("4"))
    hall.when(without("- {id: b2,")).does(s.SetupImported)
    given(taken("t1", None, kind="domain")).when(without("- {id: b2,")).does(s.SetupImported)


def test_a_queue_with_tickets_today_stays_and_keeps_its_letter() -> None:
    """Else a number could be given twice in a day."""
    hall = given(staffed("4"), taken("t1", "b2"), called("4"), started("4"), finished("4"))
    swapped = TEXT.replace("letter: B", "letter: X").replace("letter: C", "letter: B")
    hall.when(importing(swapped)).refused("still-needed", number="B001")
    gone = changed(queues=tuple(x for x in SETUP.queues if x.id != "B"))
    hall.when(s.ImportSetup(digest="x", text="", setup=gone)).refused("still-needed", what="B")
    hall.do(18 * 60, s.Tick()).when(importing(swapped)).does(s.SetupImported)


def test_a_letter_may_be_given_up() -> None:
    hall = given(taken("t1", "b2"), importing(TEXT.replace("letter: B", "letter: X")), taken("t2", "b1"))
    assert hall.ticket("t2").number == "X002"


def test_a_set_up_without_its_text_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="the store puts the set-up back"):
        evolve(given().hall, s.SetupImported(digest="x"), TEN)
