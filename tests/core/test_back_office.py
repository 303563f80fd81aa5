"""Behind the windows: taking, returning, deciding; and at the window with authority."""

from typing import Any, cast

import pytest
from case_hall import FIRST, accept, accepted, case, decide, marks, receive, serving, sleep, stop, take
from factory import MANAGER, clerk, staffed

from queue_server.core import back_office as b
from queue_server.core import case_hall as dispatch
from queue_server.core import owed as o
from queue_server.core import visits as v
from queue_server.core.cases import TRANSITIONS, backlog, move

LEFT = v.FinishService(counter="1")
OU, OUYI, DENG = clerk("ou"), clerk("ouyi"), clerk("deng")


def back(to: Any = "queue", **fields: Any) -> b.ReturnCase:
    return b.ReturnCase(**{"case": FIRST, "to": to, "reason": "sealed"} | fields)


def test_the_department_takes_and_decides() -> None:
    hall = accepted("a1", LEFT)
    hall.when(take(), by=OU).then(b.CaseTaken(case=FIRST, clerk="ou"))
    hall.when(take(), by=OU).then()
    hall.when(decide(), by=OU).then(
        b.CaseDecided(
            case=FIRST, clerk="ou", decision="granted", day="2026-01-05", in_time=True, delivery_due="2026-01-19"
        )
    )  # fmt: skip
    assert (case(hall).state, case(hall).officer) == ("decided", "ou")


def test_only_the_department_itself() -> None:
    hall = accepted("a1", LEFT)
    hall.when(take(), by=DENG).refused("not-your-department", case=FIRST)
    hall.when(take(), by=clerk("stranger")).refused("not-your-department")
    hall.when(take(), by=MANAGER).does(b.CaseTaken)


def test_one_officer_at_a_time_unless_a_manager_says_otherwise() -> None:
    hall = accepted("a1", LEFT).when(take(), by=OU).does()
    hall.when(take(), by=OUYI).refused("case-taken", clerk="欧阳")
    hall.when(decide(), by=OUYI).refused("case-taken", clerk="欧阳")
    hall.when(take(), by=MANAGER).then(b.CaseTaken(case=FIRST, clerk="boss", from_clerk="ou"))
    hall.when(take(), by=OU).refused("case-taken", clerk="boss")
    hall.when(decide(), by=MANAGER).does(b.CaseDecided)


@pytest.mark.parametrize(("to", "state", "department"), [("queue", "accepted", "d"), ("window", "returned", "d")])
def test_back_to_the_queue_or_to_the_window(to: str, state: str, department: str) -> None:
    hall = accepted("a1", LEFT, take())
    hall.when(back(to), by=OU).then(
        b.CaseReturned(case=FIRST, clerk="ou", to=to, department=department, reason="sealed")  # type: ignore[arg-type]
    )
    assert (case(hall).state, case(hall).officer, case(hall).return_reason) == (state, None, "sealed")


def test_to_another_department() -> None:
    hall = accepted("a1", LEFT)
    hall.when(back("department", department="e"), by=OU).does(b.CaseReturned)
    assert ([x.id for x in backlog(hall.hall, "e")], backlog(hall.hall, "d")) == ([FIRST], [])
    hall.when(take(), by=DENG).does(b.CaseTaken)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (back(reason=""), "reason-missing"),
        (back("department"), "unknown-department"),
        (back("department", department="d"), "unknown-department"),
        (back("department", department="x"), "unknown-department"),
    ],
)
def test_what_cannot_be_returned(command: b.ReturnCase, code: str) -> None:
    accepted("a1", LEFT).when(command, by=OU).refused(code)


def test_a_department_begins_with_the_day_that_comes_first() -> None:
    hall = accepted("a1", LEFT)
    assert case(hall).next_due == case(hall).dues.promised, "the promise comes before the law"
    hall.when(stop(), by=OU).does()
    assert case(hall).next_due == case(hall).stops[-1].limit, "while the clock stands, the limit of the step"


def test_the_window_mends_what_was_returned() -> None:
    hall = accepted("a1", back("window"))
    hall.when(decide(), by=OU).refused("case-state", state="case-returned")
    hall.when(b.ForwardCase(counter="1", case=FIRST, note="sealed"), by=clerk("wang")).then(
        b.CaseForwarded(case=FIRST, counter="1", clerk="wang", note="sealed")
    )
    assert case(hall).state == "accepted"


def test_the_nearest_promise_comes_first() -> None:
    hall = serving("c1", accept(marks=()), accept(service="a1"), accept(service="a2", marks=()))
    assert [x.matter.service for x in backlog(hall.hall, "d")] == ["a2", "a1", "c1"]


# ------------------------------------------------------------------ decisions


def test_a_refusal_needs_its_reason() -> None:
    hall = accepted("a1", LEFT, take())
    hall.when(decide(decision="refused")).refused("reason-missing")
    hall.when(decide(decision="refused", reason="sealed")).does(b.CaseDecided)
    assert case(hall).decision_reason == "sealed"


def test_nothing_is_granted_while_a_deferred_paper_is_missing() -> None:
    owing = marks(card="ok", photo="later", pledge="promised")
    hall = accepted("a1", LEFT, take(), marks=owing, promise=True)
    hall.when(decide()).refused("still-owed", case=FIRST, count=1)
    hall.when(decide(decision="refused", reason="sealed")).does(b.CaseDecided)
    hall = accepted("a1", LEFT, take(), o.SettleMaterial(case=FIRST, material="photo"), marks=owing, promise=True)
    hall.when(decide()).does(b.CaseDecided)


def test_late_is_on_record() -> None:
    hall = accepted("a1", LEFT, take())
    sleep(hall, 8)
    assert hall.when(decide()).events[0].in_time is False
    assert accepted("c1", LEFT, take()).when(decide()).events[0].in_time is None, "nothing was promised"


def test_without_paper_the_decision_is_the_end() -> None:
    hall = accepted("a1", LEFT, take()).when(decide(paper=False)).does(b.CaseDecided)
    assert (case(hall).state, case(hall).ending, case(hall).delivery_due) == ("closed", "no_paper", None)
    assert case(hall).closed_day == "2026-01-05"


def test_a_service_that_has_gone_is_decided_all_the_same() -> None:
    hall = accepted("a1", LEFT, take())
    del hall.hall.services["a1"]
    assert hall.when(decide()).events[0].delivery_due is None


# ------------------------------------------------------------------ at the window


def test_an_instant_service_is_decided_at_the_window() -> None:
    hall = serving("a2", accept(marks=()))
    hall.when(decide(counter="1", paper=False), by=clerk("wang")).then(
        b.CaseDecided(
            case=FIRST, counter="1", clerk="wang", decision="granted", day="2026-01-05", at_once=True, paper=False,
            in_time=True,
        )
    )  # fmt: skip


def test_else_only_a_clerk_with_authority() -> None:
    hall = accepted("a1")
    hall.when(decide(counter="1"), by=clerk("wang")).refused("no-authority", case=FIRST)
    hall.do(staffed("2", "li"))
    hall.when(decide(counter="2"), by=clerk("li")).does(b.CaseDecided)
    assert (case(hall).at_once, case(hall).officer) == (True, "li")


def test_what_is_already_in_the_back_office_is_decided_there() -> None:
    accepted("a1", take()).when(decide(counter="1")).refused("case-state", state="case-review")
    serving("a1", receive()).when(take(), by=OU).refused("case-state", state="case-received")
    accepted("a1", stop()).when(decide(counter="1")).refused("case-stopped")


def test_the_table_of_states_is_the_only_way() -> None:
    assert TRANSITIONS["closed"] == frozenset()
    with pytest.raises(AssertionError, match="cannot go from accepted to ready"):
        move(case(accepted()), "ready", 0)


def test_what_nobody_knows_is_a_mistake_of_ours() -> None:
    hall, nothing = accepted().hall, cast(Any, object())
    with pytest.raises(AssertionError):
        dispatch.decide(hall, nothing, nothing)
    with pytest.raises(AssertionError):
        dispatch.evolve(hall, nothing, 0)
