"""The issue window's view: each case in one list, who has come for it, and who may hand it over."""

from __future__ import annotations

import pytest
from office_hall import DAY, ISSUER, MANAGER, PLAIN, TEN, accept, decided, do, marks, new_hall, scene, take

from counters import case_panel, results
from queue_server.core import back_office as b
from queue_server.core import counters as c
from queue_server.core import intake as i
from queue_server.core import results as r
from queue_server.core import visits as v
from queue_server.core.cases import Applicant
from queue_server.core.context import Actor
from queue_server.core.topics import topics as touched
from queue_server.web.pages import fragment


def view(hall, at=TEN, lang="zh"):
    return results.make(hall, None, scene(at, lang))


def where(hall):
    """List -> ids."""
    return {name: [row["id"] for row in found] for name, found in view(hall)["lists"].items() if found}


def html(hall, lang="zh", at=TEN):
    return fragment("results_live.html", view(hall, at, lang), lang)


def issue_window(hall):
    do(hall, TEN, c.OpenCounter(counter="42", clerk=ISSUER.id))


def test_a_result_goes_from_list_to_list():
    hall = new_hall()
    issue_window(hall)
    case = decided(hall)
    assert where(hall) == {"take_in": [case.id]}
    do(hall, TEN, r.ReadyResult(case=case.id, counter="42"), actor=ISSUER)
    assert where(hall) == {"collect": [case.id]}
    do(hall, TEN, r.HandOverResult(case=case.id, counter="42"), actor=ISSUER)
    assert where(hall) == {"closed": [case.id]}
    assert view(hall)["counts"] == {"mend": 0, "take_in": 0, "collect": 0, "send": 0, "sent": 0, "closed": 1}


def test_what_is_couriered_is_sent_and_confirmed():
    hall = new_hall()
    issue_window(hall)
    case = decided(hall, "GA06", delivery="courier")
    do(hall, TEN, r.ReadyResult(case=case.id, counter="42"), actor=ISSUER)
    assert where(hall) == {"send": [case.id]}
    assert "1 号 101" not in html(hall), "the address is masked in the list"
    do(hall, TEN, r.SendResult(case=case.id, company="邮政", number="B1", counter="42"), actor=ISSUER)
    assert where(hall) == {"sent": [case.id]} and "B1" in html(hall)
    do(hall, TEN, r.ConfirmDelivery(case=case.id), actor=ISSUER)
    assert where(hall) == {"closed": [case.id]}


def test_the_windows_see_what_they_have_to_mend():
    hall = new_hall()
    returned = accept(hall)
    do(hall, TEN, b.ReturnCase(case=returned.id, to="window", reason="少签名"), actor=MANAGER)
    take(hall, "t9", "MZ03")
    do(hall, TEN, v.CallNext(counter="3"), v.StartService(counter="3"), i.ReceiveCase(counter="3"))
    assert set(where(hall)["mend"]) == {returned.id, *(set(hall.cases) - {returned.id})}
    text = html(hall)
    assert "少签名" in text and "已收件" in text and "前答复" in text


def test_what_had_no_paper_or_lies_with_a_department_is_in_no_list():
    hall = new_hall()
    accept(hall)
    case = accept(hall)
    do(hall, TEN, b.TakeCase(case=case.id), b.DecideCase(case=case.id, decision="granted", paper=False), actor=MANAGER)
    assert where(hall) == {}


def test_a_delivery_that_is_late_says_so():
    hall = new_hall()
    case = decided(hall)
    (row,) = view(hall, TEN + 20 * DAY)["lists"]["take_in"]
    assert row["id"] == case.id and row["late"] and "超期" in html(hall, at=TEN + 20 * DAY)


def test_who_came_for_which_result():
    hall = new_hall()
    issue_window(hall)
    case = decided(hall)
    do(hall, TEN, r.ReadyResult(case=case.id, counter="42"), actor=ISSUER)
    do(hall, TEN, v.TakeTicket(ticket="r1", kind="issue", case=case.id))
    (row,) = view(hall)["lists"]["collect"]
    assert row["visitor"] == {"id": "r1", "number": "R001", "state": "waiting", "at": None, "counter": None}
    do(hall, TEN, v.CallNext(counter="42"), v.StartService(counter="42"), actor=ISSUER)
    (row,) = view(hall)["lists"]["collect"]
    assert (row["visitor"]["state"], row["visitor"]["at"]) == ("serving", "42")
    assert "job-here" in html(hall) and "R001" in html(hall, "en")
    assert results.RESULTS.topics(hall, None) & touched(hall, v.ServiceStarted(ticket="r1", counter="42", clerk="c58"))
    assert case_panel.make(hall, case, ISSUER, scene())["facts"]["visitor"]["id"] == "r1"


def test_the_issue_window_sees_whom_it_hands_over_to():
    hall = new_hall()
    case = decided(hall)
    assert case_panel.make(hall, case, ISSUER, scene())["case"]["applicant"]["name"] == "张*明"
    issue_window(hall)
    shown = case_panel.make(hall, case, ISSUER, scene())
    assert shown["case"]["applicant"]["name"] == PLAIN["name"]
    assert shown["can"] == [] and "ready" in shown["at_window"]


def test_where_somebody_may_act():
    hall = new_hall()
    assert case_panel.seats(hall, MANAGER) == []
    issue_window(hall)
    accept(hall)
    assert [x.id for x in case_panel.seats(hall, MANAGER)] == ["42", "3"]
    assert [x.id for x in case_panel.seats(hall, ISSUER)] == ["42"]
    assert case_panel.seats(hall, Actor("b15", "clerk")) == []


def test_the_list_of_papers_of_a_case_that_was_only_taken_in():
    hall = new_hall()
    accept(hall)
    take(hall, "t9", "MZ03")
    found = marks("MZ03")[:1]
    do(hall, TEN, v.CallNext(counter="3"), v.StartService(counter="3"), i.ReceiveCase(counter="3", marks=found))
    case = hall.cases[max(hall.cases)]
    shown = case_panel.make(hall, case, MANAGER, scene())
    assert [one["mark"] for one in shown["facts"]["list"]][:2] == ["ok", None]
    assert {"accept", "one-time-notice", "reject"} <= set(shown["at_window"]) and shown["can"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_hall_says_what_will_come(lang):
    text = html(new_hall(), lang)
    assert text.count("work-none") == len(results.LISTS)


def test_an_applicant_nobody_wrote_down():
    hall = new_hall()
    decided(hall, applicant=Applicant())
    assert "没有登记申请人" in html(hall) and "no applicant recorded" in html(hall, "en")
