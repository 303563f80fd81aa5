"""Asking back, special procedures, extensions."""

from typing import Any

import pytest
from case_hall import FIRST, accepted, case, receive, resume, serving, sleep, stop, take
from factory import MANAGER, clerk, staffed

from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import visits as v
from queue_server.core.cases import Dues, Stop

LEFT = v.FinishService(counter="1")
OU = clerk("ou")


def extend(**fields: Any) -> p.ExtendCase:
    return p.ExtendCase(**{"case": FIRST, "days": 10, "reason": "sealed"} | fields)


def test_asking_back_stops_the_clock_and_names_what_is_missing() -> None:
    hall = accepted("a1", LEFT, take())
    hall.when(stop(materials=("photo",), note="sealed"), by=OU).then(
        p.CaseStopped(
            case=FIRST, clerk="ou",
            stop=Stop(kind="correction", since="2026-01-05", limit="2026-01-19", materials=("photo",), note="sealed"),
        )
    )  # fmt: skip
    assert (case(hall).dues, case(hall).state) == (Dues(), "review")
    assert case(hall).stop is not None


def test_the_answer_may_be_brought_to_any_window() -> None:
    hall = accepted("a1", LEFT, take(), stop(workdays=3))
    assert case(hall).stops[0].limit == "2026-01-08"
    sleep(hall, 2)
    hall.do(staffed("2", "chen"))
    hall.when(resume(counter="2"), by=clerk("chen")).then(
        p.CaseResumed(
            case=FIRST, counter="2", clerk="chen", kind="correction", day="2026-01-07",
            dues=Dues(statutory="2026-02-04", promised="2026-01-15"),
        )
    )  # fmt: skip
    assert (case(hall).stop, case(hall).dues.promised) == (None, "2026-01-15")


def test_a_procedure_of_the_catalogue_has_its_own_limit_and_ends_in_the_office() -> None:
    hall = accepted("a1", LEFT).when(stop("site_visit"), by=OU).does(p.CaseStopped)
    assert case(hall).stops[0].limit == "2026-01-08"
    hall.do(staffed("2", "chen"))
    hall.when(resume(counter="2"), by=clerk("chen")).refused("not-your-department")
    hall.when(resume(), by=OU).does(p.CaseResumed)


def test_a_procedure_without_a_limit() -> None:
    hall = accepted("a1", stop("hearing"))
    assert (case(hall).stops[0].limit, case(hall).stops[0].known) == (None, True)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (stop("review"), "procedure-not-listed"),
        (stop(workdays=0), "bad-workdays"),
        (stop(workdays=61), "bad-workdays"),
        (stop(materials=("passport",)), "unknown-material"),
        (resume(), "case-not-stopped"),
    ],
)
def test_what_cannot_be_stopped(command: Any, code: str) -> None:
    accepted("a1").when(command, by=OU).refused(code)


def test_a_paper_that_nobody_looked_at_can_be_asked_for() -> None:
    hall = serving("b2", receive())
    assert case(hall).items == () and case(hall).state == "accepted"
    hall.when(stop(materials=("card",)), by=OU).does(p.CaseStopped)


def test_a_service_that_has_gone_has_no_procedures() -> None:
    hall = accepted("a1")
    del hall.hall.services["a1"]
    hall.when(stop("site_visit")).refused("procedure-not-listed")


def test_while_the_clock_stands_nothing_else_is_done() -> None:
    hall = accepted("a1", take(), stop())
    hall.when(stop()).refused("case-stopped")
    hall.when(b.ReturnCase(case=FIRST, to="queue", reason="x")).refused("case-stopped")
    hall.when(b.DecideCase(case=FIRST, decision="granted")).refused("case-stopped")
    serving("a1", receive()).when(stop()).refused("case-state")


# ------------------------------------------------------------------ extension


def test_a_term_is_lengthened_once_and_the_promise_is_not() -> None:
    hall = accepted("a1", LEFT)
    hall.when(extend(), by=MANAGER).then(
        p.CaseExtended(
            case=FIRST, clerk="boss", days=10, reason="sealed", dues=Dues(statutory="2026-02-16", promised="2026-01-12")
        )
    )  # fmt: skip
    assert (case(hall).extended, case(hall).dues.statutory) == (10, "2026-02-16")
    hall.when(extend(), by=MANAGER).refused("already-extended", case=FIRST)


def test_a_term_that_is_over_is_not_lengthened() -> None:
    hall = accepted("a1", LEFT)
    sleep(hall, 28)
    assert hall.when(extend(), by=MANAGER).events  # Monday 2 February: the last day
    sleep(hall)
    hall.when(extend(), by=MANAGER).refused("term-over", case=FIRST)


def test_an_extension_while_the_clock_stands() -> None:
    hall = accepted("a1", stop(), extend())
    assert case(hall).dues == Dues()
    hall.do(resume())
    assert case(hall).dues.statutory == "2026-02-16"


def test_a_case_without_a_term_of_law_may_be_extended_for_nothing() -> None:
    assert case(accepted("a2", extend())).dues == Dues(promised="2026-01-05")


@pytest.mark.parametrize(
    ("command", "code"),
    [(extend(days=0), "bad-workdays"), (extend(days=31), "bad-workdays"), (extend(reason=""), "reason-missing")],
)
def test_what_is_no_extension(command: p.ExtendCase, code: str) -> None:
    accepted("a1").when(command, by=MANAGER).refused(code)
    accepted("a1").when(command, by=OU).refused("needs-manager")
