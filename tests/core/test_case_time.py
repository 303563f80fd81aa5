"""Last days, stops, warnings, alarms, and what the law makes of silence. January 2026: the 14th is free, the 17th worked."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from case_hall import FIRST, SETUP, accepted, case, decide, marks, receive, resume, serving, sleep, stop, take, text
from factory import importing, staffed
from hypothesis import given as supposing
from hypothesis import strategies as st

from queue_server.core import case_time as t
from queue_server.core import one_time
from queue_server.core import owed as o
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.calendar import add_days
from queue_server.core.case_time import last_day
from queue_server.core.cases import Dues, Stop, Terms
from queue_server.core.catalogue import Term
from queue_server.core.hall import due, empty, evolve

LEFT = v.FinishService(counter="1")


def warned(what: Any, day: str, left: int, **fields: Any) -> t.CaseWarned:
    return t.CaseWarned(case=FIRST, what=what, due=day, left=left, **fields)


def overdue(what: Any, day: str, **fields: Any) -> t.CaseOverdue:
    return t.CaseOverdue(case=FIRST, what=what, due=day, **fields)


# ------------------------------------------------------------------ counting


def stops(*spans: tuple[str, str | None]) -> tuple[Stop, ...]:
    return tuple(Stop(kind="correction", since=f"2026-01-{a}", until=f"2026-01-{b}" if b else None) for a, b in spans)


@pytest.mark.parametrize(
    ("value", "unit", "spans", "ends"),
    [
        (5, "workday", [], "2026-01-12"),
        (5, "workday", [("07", "09")], "2026-01-15"),  # Thursday and Friday are not counted; the 14th is free
        (5, "workday", [("07", "07")], "2026-01-12"),  # over the same day: nothing is lost
        (5, "workday", [("05", "06")], "2026-01-13"),
        (5, "workday", [("10", "11")], "2026-01-12"),  # a weekend counts anyway for nothing
        (5, "workday", [("12", "19")], "2026-01-19"),  # stopped on the last day: it is due when it goes on
        (5, "workday", [("13", "19")], "2026-01-12"),  # it was over before
        (5, "workday", [("06", "07"), ("08", "09")], "2026-01-15"),
        (5, "workday", [("06", None)], None),
        (5, "workday", [("13", None)], "2026-01-12"),
        (5, "day", [("07", "09")], "2026-01-12"),
        (0, "workday", [], "2026-01-05"),
        (None, "workday", [], None),
    ],
)
def test_the_last_day_with_stops(value: int | None, unit: Any, spans: Any, ends: str | None) -> None:
    found = last_day(Term(value=value, unit=unit), "2026-01-05", stops(*spans), SETUP)
    assert (found.date.isoformat() if found else None) == ends


def test_a_stop_in_a_year_nobody_knows_is_told() -> None:
    until = Stop(kind="hearing", since="2026-12-30", until="2027-01-05")
    assert last_day(Term(value=3), "2026-12-29", (until,), SETUP) == (dt.date(2027, 1, 7), False)


days = st.dates(dt.date(2026, 1, 5), dt.date(2026, 4, 30))


@supposing(
    begins=days, value=st.integers(0, 40), unit=st.sampled_from(["workday", "day"]),
    spans=st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=4),
)  # fmt: skip
def test_no_stop_brings_the_last_day_nearer(begins: dt.date, value: int, unit: Any, spans: list[tuple[int, int]]) -> None:
    term, at, taken, before = Term(value=value, unit=unit), begins, [], add_days(begins, Term(value=value, unit=unit), SETUP)
    assert before is not None
    for gap, length in spans:
        since = at + dt.timedelta(days=gap)
        at = since + dt.timedelta(days=length)
        at_once = Stop(kind="test", since=since.isoformat(), until=since.isoformat())
        shorter = last_day(term, begins.isoformat(), [*taken, at_once], SETUP)
        taken.append(Stop(kind="test", since=since.isoformat(), until=at.isoformat()))
        after = last_day(term, begins.isoformat(), taken, SETUP)
        assert after is not None and shorter is not None
        assert after.date >= before.date and after.date >= shorter.date
        before = after


# ------------------------------------------------------------------ warnings and alarms


def test_a_term_is_warned_of_and_then_an_alarm_each_once() -> None:
    hall = accepted("a1", LEFT)
    hall.do(take())
    assert sleep(hall, 1) == []
    assert sleep(hall, 1) == [warned("promised", "2026-01-12", 3)]  # Wednesday 7: 8, 9 and 12 are left
    assert sleep(hall, 5) == []
    assert sleep(hall, 1) == [overdue("promised", "2026-01-12")]
    assert sleep(hall, 7) == []
    assert case(hall).overdue == ("promised::2026-01-12",)
    assert sleep(hall, 20) == [warned("statutory", "2026-02-02", 3), overdue("statutory", "2026-02-02")]


def test_when_nobody_looked_for_days_what_is_over_is_not_warned_of() -> None:
    hall = accepted("a1", LEFT)
    hall.now += 8 * 24 * 3600 * 1_000_000
    hall.do(s.Tick())
    hall.when(s.Tick()).then(overdue("promised", "2026-01-12"))


def test_a_short_term_is_warned_of_on_its_last_day_and_one_of_today_not_at_all() -> None:
    hall = accepted("b2", LEFT, marks=marks(card="ok", photo="later"), promise=True)
    assert sleep(hall, 3) == [
        warned("later", "2026-01-07", 0, material="photo"), overdue("later", "2026-01-07", material="photo"),
    ]  # fmt: skip
    hall = accepted("a2", LEFT)
    assert sleep(hall, 2) == [overdue("promised", "2026-01-05")]


def test_time_waits_for_the_next_day_that_matters() -> None:
    hall = accepted("a1", LEFT)
    assert hall.hall.agenda.first() == (dt.datetime(2026, 1, 6, 20, tzinfo=dt.UTC).timestamp()) * 1_000_000
    hall.do(take(), decide(paper=False))
    assert hall.hall.agenda.first() is None
    assert due(hall.hall) < dt.datetime(2026, 1, 6, tzinfo=dt.UTC).timestamp() * 1_000_000


def test_a_stop_is_watched_instead_of_the_terms() -> None:
    hall = accepted("a1", LEFT, take(), stop("site_visit"))
    assert case(hall).dues == Dues()
    assert sleep(hall, 4) == [warned("site_visit", "2026-01-08", 0), overdue("site_visit", "2026-01-08")]
    hall.do(resume())
    assert case(hall).dues.promised == "2026-01-17", "Friday 9: five days from here, the worked Saturday included"
    hall.do(stop("hearing"))
    assert sleep(hall, 30) == [], "a procedure without a limit"


def test_a_deferred_paper_is_watched_while_the_clock_stands() -> None:
    hall = accepted("a1", LEFT, stop(), marks=marks(card="ok", photo="later", pledge="ok"), promise=True)
    found = sleep(hall, 5)
    assert overdue("later", "2026-01-09", material="photo") in found and len(found) == 2


def test_a_rule_withdraws_what_is_not_complete_in_time() -> None:
    owing = marks(card="ok", photo="later", pledge="ok")
    hall = accepted("a1", LEFT, rules=", deferral_overdue: withdraw", marks=owing, promise=True)
    assert sleep(hall, 5)[-2:] == [
        overdue("later", "2026-01-09", material="photo"), t.CaseWithdrawn(case=FIRST, cause="overdue_material"),
    ]  # fmt: skip
    assert (case(hall).state, case(hall).ending) == ("closed", "withdrawn")


def test_the_delivery_of_a_decision_has_a_day_too() -> None:
    hall = accepted("a1", LEFT, take(), decide())
    assert case(hall).delivery_due == "2026-01-19"
    assert sleep(hall, 15) == [warned("delivery", "2026-01-19", 3), overdue("delivery", "2026-01-19")]


# ------------------------------------------------------------------ silence


def test_who_is_neither_accepted_nor_told_in_time_is_accepted_by_law() -> None:
    hall = serving("a1", receive(), LEFT)
    assert sleep(hall, 4) == [warned("answer", "2026-01-12", 1)], "on Friday, when somebody is there to see it"
    deemed = t.CaseDeemedAccepted(
        case=FIRST, day="2026-01-05", terms=Terms(statutory=Term(value=20), promised=Term(value=5)),
        dues=Dues(statutory="2026-02-02", promised="2026-01-12"), answer_due="2026-01-12",
    )  # fmt: skip
    found = sleep(hall, 4)
    assert found == [deemed, overdue("promised", "2026-01-12")], "the term has run since the papers came"
    assert (case(hall).state, case(hall).deemed, case(hall).started_day) == ("accepted", True, "2026-01-05")


def test_on_the_spot_means_today() -> None:
    hall = serving("b1", receive(), LEFT)
    assert [type(x) for x in sleep(hall, 1)] == [t.CaseDeemedAccepted]
    assert case(hall).dues == Dues(statutory="2026-01-15")


def test_silence_about_a_service_that_has_gone() -> None:
    hall = serving("b1", receive(), LEFT)
    fewer = msgspec.structs.replace(SETUP, services=tuple(x for x in SETUP.services if x.id != "b1"))
    hall.when(s.ImportSetup(digest="x", text="", setup=fewer)).refused("still-needed", number=FIRST)
    evolve(hall.hall, s.SetupImported(digest="x", setup=fewer), hall.now)  # logs of an earlier release may hold it
    sleep(hall, 1)
    assert (case(hall).deemed, case(hall).dues) == (True, Dues())


def test_who_was_told_and_does_not_come_back_is_closed_in_the_end() -> None:
    hall = serving("a1", receive(marks=marks(card="missing", photo="ok", pledge="ok")))
    hall.do(one_time.GiveNotice(counter="1", case=FIRST), LEFT)
    assert sleep(hall, 9) == [warned("completion", "2026-01-14", 3)]
    assert sleep(hall, 1) == [t.CaseWithdrawn(case=FIRST, cause="not_completed")]


# ------------------------------------------------------------------ a new calendar, and forgetting


def test_a_new_calendar_moves_what_was_promised_and_says_so() -> None:
    hall = accepted("a1", LEFT)
    holiday = text().replace('"2026-01-14"]', '"2026-01-08", "2026-01-14"]')
    hall.when(importing(holiday)).does(s.SetupImported, t.CaseDueMoved)
    assert hall.last[1].dues == Dues(statutory="2026-02-03", promised="2026-01-13")
    assert case(hall).dues == hall.last[1].dues
    hall.when(importing(holiday + "# again\n")).does(s.SetupImported)


def test_a_calendar_that_knows_the_year_ends_the_doubt() -> None:
    hall = accepted("a1", LEFT)
    unknown = text().replace("years: [2026]", "years: [2025]")
    hall.do(importing(unknown))
    assert not case(hall).dues.known
    hall.do(importing(text()))
    assert case(hall).dues == Dues(statutory="2026-02-02", promised="2026-01-12", known=True)


def test_a_clock_that_stands_is_counted_when_it_goes_on() -> None:
    hall = accepted("a1", LEFT, stop())
    holiday = text().replace('"2026-01-14"]', '"2026-01-08", "2026-01-14"]')
    hall.when(importing(holiday)).does(s.SetupImported)
    hall.do(resume())
    assert case(hall).dues.promised == "2026-01-13"


def test_the_department_of_an_open_case_must_stay() -> None:
    hall = accepted("a1", LEFT)
    gone = text().replace("department: d\n", "department: e\n").replace("department: d,", "department: e,")
    gone = gone.replace("departments: [d]", "departments: [e]").replace("  - {id: d, name: {zh: 部门, en: Department}}\n", "")
    hall.when(importing(gone)).refused("still-needed", what="d", number=FIRST)
    hall.do(o.WithdrawCase(case=FIRST)).when(importing(gone)).does(s.SetupImported)


def test_closed_cases_leave_the_state_after_some_days_open_ones_never() -> None:
    hall = accepted("a1", LEFT, take(), decide(paper=False))
    sleep(hall, 3)
    assert FIRST in hall.hall.cases
    sleep(hall, 1)
    assert FIRST not in hall.hall.cases
    hall = accepted("a1", LEFT)
    sleep(hall, 60)
    assert case(hall).is_open


@pytest.mark.parametrize(("decision", "kept"), [("granted", True), ("refused", False)])
def test_a_promise_to_be_verified_keeps_a_closed_case(decision: Any, kept: bool) -> None:
    owing = marks(card="ok", photo="ok", pledge="promised")
    hall = accepted("a1", LEFT, marks=owing, promise=True)
    hall.do(take(), decide(decision=decision, reason="sealed", paper=False))
    found = sleep(hall, 20)
    assert (FIRST in hall.hall.cases) == kept
    if kept:
        assert found == [
            warned("promise", "2026-01-16", 3, material="pledge"), overdue("promise", "2026-01-16", material="pledge"),
        ]  # fmt: skip
        hall.do(o.SettleMaterial(case=FIRST, material="pledge", how="kept"))
        sleep(hall, 1)
        assert FIRST not in hall.hall.cases


def test_a_hall_before_its_first_day_has_no_numbers() -> None:
    with pytest.raises(AssertionError, match="before the first day"):
        empty(SETUP).case_number()


def test_staff_is_not_needed_for_time_to_pass() -> None:
    hall = accepted("a1", LEFT)
    sleep(hall, 1)
    assert hall.counter("1").state == "closed"
    hall.do(staffed("1"))
