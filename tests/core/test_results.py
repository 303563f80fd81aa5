"""Results handed over or sent; deferred papers brought; applications that end early."""

from typing import Any

import msgspec
import pytest
from case_hall import FIRST, accept, accepted, case, decide, marks, receive, serving, sleep, stop, take, text
from factory import Given, called, clerk, given, staffed, started, taken

from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core import visits as v
from queue_server.core.case_time import CaseWithdrawn
from queue_server.core.cases import Parcel
from queue_server.core.topics import topics
from queue_server.setup_file import load_setup

LEFT = v.FinishService(counter="1")
OU = clerk("ou")
OWING: dict[str, Any] = {"marks": marks(card="ok", photo="later", pledge="promised"), "promise": True}


def settle(material: str = "photo", **fields: Any) -> o.SettleMaterial:
    return o.SettleMaterial(case=FIRST, material=material, **fields)


def send(**fields: Any) -> r.SendResult:
    return r.SendResult(**{"case": FIRST, "company": " EMS ", "number": "12 34"} | fields)


# ------------------------------------------------------------------ results


def test_the_result_is_collected_with_a_ticket() -> None:
    hall = accepted("a1", LEFT, take(), decide())
    hall.when(r.ReadyResult(case=FIRST), by=OU).then(r.ResultReady(case=FIRST, clerk="ou"))
    hall.do(taken("t2", "a2"), called(), started())
    hall.when(r.HandOverResult(counter="1", case=FIRST, by="ticket", ticket="t9")).refused("unknown-ticket")
    hall.when(r.HandOverResult(counter="1", case=FIRST, by="ticket"), by=clerk("wang")).then(
        r.ResultCollected(case=FIRST, counter="1", clerk="wang", by="ticket", ticket="t2")
    )
    assert (case(hall).state, case(hall).ending) == ("closed", "collected")


def test_the_issue_window_takes_it_in_and_hands_it_over_by_code() -> None:
    hall = accepted("a1", LEFT, take(), decide(), staffed("2", "chen"))
    hall.when(r.ReadyResult(case=FIRST, counter="2"), by=clerk("chen")).does(r.ResultReady)
    hall.when(r.HandOverResult(counter="2", case=FIRST), by=clerk("chen")).does(r.ResultCollected)


def test_what_is_decided_at_the_window_is_handed_over_there() -> None:
    hall = accepted("a2", decide(counter="1"))
    hall.when(r.HandOverResult(counter="1", case=FIRST, ticket="nobody")).refused("unknown-ticket")
    hall.when(r.HandOverResult(counter="1", case=FIRST)).does(r.ResultCollected)
    assert case(hall).ending == "collected"


def test_the_result_goes_by_courier_and_arrives() -> None:
    hall = accepted("a1", LEFT, take(), decide(), delivery="courier")
    hall.when(r.ReadyResult(case=FIRST), by=clerk("deng")).refused("not-your-department")
    hall.when(send(), by=OU).then(r.ResultSent(case=FIRST, clerk="ou", company="EMS", number="12 34"))
    assert case(hall).parcel == Parcel(company="EMS", number="12 34", sent=hall.now)
    hall.when(r.ConfirmDelivery(case=FIRST), by=clerk("wang")).then(r.ResultDelivered(case=FIRST, clerk="wang"))
    assert case(hall).ending == "delivered"
    assert [x.what for x in case(hall).steps] == [
        "case_accepted", "case_taken", "case_decided", "result_sent", "result_delivered",
    ]  # fmt: skip


@pytest.mark.parametrize("fields", [{"company": " "}, {"number": ""}, {"company": "x" * 65}, {"number": "1\n2"}])
def test_what_is_no_shipment(fields: dict[str, str]) -> None:
    accepted("a1", take(), decide(), delivery="courier").when(send(**fields)).refused("bad-shipment")


def test_what_was_not_asked_for_is_not_sent() -> None:
    accepted("a1", take(), decide()).when(send()).refused("no-address", case=FIRST)
    accepted("a1", delivery="courier").when(send()).refused("case-state", state="case-accepted")


# ------------------------------------------------------------------ deferred papers and promises


def test_a_deferred_paper_is_brought_to_any_window() -> None:
    hall = accepted("a1", LEFT, staffed("2", "chen"), **OWING)
    hall.when(settle(counter="2"), by=clerk("chen")).then(
        o.MaterialSettled(case=FIRST, counter="2", clerk="chen", material="photo", how="brought", day="2026-01-05")
    )
    assert [(x.material, x.how, x.settled) for x in case(hall).owed] == [("photo", "brought", hall.now), ("pledge", None, None)]
    hall.when(settle()).refused("nothing-owed", material="photo")


def test_late_is_better_than_never_and_on_record() -> None:
    hall = accepted("a1", LEFT, **OWING)
    sleep(hall, 5)
    assert hall.when(settle(), by=OU).events[0].late


@pytest.mark.parametrize("how", ["kept", "broken"])
def test_a_promise_is_verified(how: Any) -> None:
    hall = accepted("a1", LEFT, **OWING).when(settle("pledge", how=how), by=OU).does(o.MaterialSettled)
    assert case(hall).owed[1].how == how


@pytest.mark.parametrize(("material", "how"), [("photo", "kept"), ("pledge", "brought")])
def test_papers_are_brought_and_promises_verified(material: str, how: Any) -> None:
    accepted("a1", **OWING).when(settle(material, how=how)).refused("bad-settlement")


def test_nothing_is_owed_any_more_when_the_application_is_gone() -> None:
    hall = accepted("a1", o.WithdrawCase(case=FIRST), **OWING)
    hall.when(settle()).refused("nothing-owed")


# ------------------------------------------------------------------ ending early


def test_the_applicant_withdraws() -> None:
    hall = serving("a1", receive())
    hall.when(o.WithdrawCase(case=FIRST, counter="1", note="sealed"), by=clerk("wang")).then(
        CaseWithdrawn(case=FIRST, counter="1", clerk="wang", cause="applicant", note="sealed")
    )
    hall.when(o.WithdrawCase(case=FIRST)).refused("case-state", state="case-closed")
    accepted("a1", take(), decide()).when(o.WithdrawCase(case=FIRST)).refused("case-state", state="case-decided")


def test_what_did_not_come_in_time_ends_the_application() -> None:
    hall = accepted("a1", LEFT, **OWING)
    withdraw = o.WithdrawCase(case=FIRST, cause="overdue_material")
    sleep(hall, 4)
    hall.when(withdraw, by=OU).refused("nothing-overdue", case=FIRST)
    sleep(hall, 1)
    hall.when(withdraw, by=OU).then(CaseWithdrawn(case=FIRST, clerk="ou", cause="overdue_material"))


def test_what_was_asked_back_and_did_not_come_ends_the_application() -> None:
    unanswered = o.WithdrawCase(case=FIRST, cause="not_completed")
    serving("a1", receive()).when(unanswered).refused("nothing-overdue", case=FIRST)
    hall = accepted("a1", LEFT, stop())
    sleep(hall, 14)
    hall.when(unanswered, by=OU).refused("nothing-overdue")  # Monday 19: the last day
    sleep(hall)
    hall.when(unanswered, by=OU).then(CaseWithdrawn(case=FIRST, clerk="ou", cause="not_completed"))


# ------------------------------------------------------------------ a ticket to collect with

ISSUE = load_setup(text().replace("kinds: [fallback]", "kinds: [fallback, issue]"))


def collecting(**fields: Any) -> v.TakeTicket:
    return v.TakeTicket(**{"ticket": "t9", "kind": "issue", "case": FIRST} | fields)


def applied() -> Given:
    """An accepted application; the visitor has left."""
    return given(staffed("1", "wang"), taken("t1"), called("1"), started("1"), accept(), LEFT, setup=ISSUE)


def test_a_ticket_is_linked_to_the_result_it_is_for() -> None:
    hall = applied()
    issued = hall.when(collecting()).does(v.TicketIssued).last[0]
    assert (issued.case, issued.service) == (FIRST, None)
    assert hall.ticket("t9").cases == (FIRST,) and case(hall).visits == ("t1", "t9")
    assert f"case:{FIRST}" in topics(hall.hall, issued)
    hall.do(take(), decide(), r.ReadyResult(case=FIRST), called("1"), started("1"))
    hall.when(r.HandOverResult(counter="1", case=FIRST, by="ticket")).does(r.ResultCollected)
    assert case(hall).ending == "collected"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"case": "20260105-0099"}, "unknown-case"),
        ({"kind": "integrated"}, "too-much-asked"),
        ({"service": "a1"}, "too-much-asked"),
    ],
)
def test_tickets_for_results_that_cannot_be(fields: Any, code: str) -> None:
    applied().when(collecting(**fields)).refused(code)


def test_nothing_is_collected_of_what_is_closed() -> None:
    applied().do(o.WithdrawCase(case=FIRST)).when(collecting()).refused("case-state", state="case-closed")


def test_an_ordinary_ticket_says_nothing_of_a_case() -> None:
    assert b"case" not in msgspec.json.encode(applied().when(taken("t9")).events[0])
