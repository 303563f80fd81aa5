"""The one-time notice: complete, in time, and counted when it comes twice."""

from typing import Any

import pytest
from case_hall import FIRST, accept, case, marks, receive, serving, sleep
from factory import called, clerk, staffed, started, taken

from queue_server.core import checklist as k
from queue_server.core import visits as v
from queue_server.core.catalogue import Name, Term
from queue_server.core.one_time import GiveNotice, NoticeGiven, ToldItem, effect

MISSING = marks(card="missing", photo="later", pledge="ok")
NUMBER = "GZ-20260105-0001"


def give(**fields: Any) -> GiveNotice:
    return GiveNotice(**{"counter": "1", "marks": MISSING} | fields)


def again(hall: Any, day: int = 0, **fields: Any) -> Any:
    """The visitor comes back."""
    if day:
        sleep(hall, day)
        hall.do(staffed("1"))
    hall.do(taken("t2"), called(), started())
    return hall.when(give(**fields)).does().last[-1]


def test_everything_that_is_missing_or_may_follow_is_on_it() -> None:
    hall = serving().when(give(note="sealed")).does(k.MaterialsMarked, NoticeGiven)
    notice = hall.last[1]
    assert (notice.notice, notice.day, notice.repeat, notice.fresh) == (NUMBER, "2026-01-05", 1, ())
    assert notice.matter == "a1:ticket:t1"
    assert notice.items == (
        ToldItem(material="card", name=Name(zh="身份证", en="ID card")),
        ToldItem(
            material="photo", name=Name(zh="照片", en="Photo"), form="kept", copies=2,
            where=Name(zh="照相馆", en="Shop"), later_due="2026-01-09",
        ),
    )  # fmt: skip
    assert (notice.basis, notice.terms.promised, notice.clerk) == (Name(zh="某法", en="Some law"), Term(value=5), "wang")
    assert hall.ticket("t1").notices == (NUMBER,)
    assert (hall.hall.measures.notices, hall.hall.measures.notices_again) == (1, 0)
    hall.when(v.FinishService(counter="1", outcome="unserved")).then(
        v.ServiceFinished(ticket="t1", counter="1", outcome="unserved")
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"marks": marks(card="missing")}, "materials-unchecked"),
        ({"marks": marks(card="ok", photo="later", pledge="ok")}, "nothing-missing"),
        ({"service": "a2", "marks": ()}, "nothing-missing"),
        ({"service": "x"}, "unknown-service"),
        ({"previous": "GZ-1"}, "unknown-one-time-notice"),
        ({"counter": None}, "nothing-asked"),
        ({"case": "x"}, "unknown-case"),
    ],
)
def test_what_is_no_notice(fields: dict[str, Any], code: str) -> None:
    serving().when(give(**fields)).refused(code)


def test_no_service_no_notice() -> None:
    serving(None, kind="integrated").when(give(marks=())).refused("nothing-asked")


# ------------------------------------------------------------------ a second one


def test_a_second_notice_in_the_same_visit_is_counted() -> None:
    hall = serving("a1", give())
    hall.when(give(marks=marks(photo="missing"))).does(k.MaterialsMarked, NoticeGiven)
    assert (hall.last[1].repeat, hall.last[1].fresh) == (2, ())
    assert hall.hall.measures.notices_again == 1


def test_who_brings_the_notice_along_is_the_same_matter_and_more_is_the_halls_fault() -> None:
    hall = serving("a1", give(), v.FinishService(counter="1"))
    second = again(hall, 3, previous=NUMBER, marks=marks(card="ok", photo="ok", pledge="missing"))
    assert (second.repeat, second.fresh, second.previous) == (2, ("pledge",), NUMBER)
    assert second.matter == "a1:ticket:t1"


def test_the_same_person_is_the_same_matter() -> None:
    hall = serving("a1", give(person="h1"), v.FinishService(counter="1"))
    assert again(hall, person="h1").repeat == 2
    hall = serving("a1", give(person="h1"), v.FinishService(counter="1"))
    assert again(hall, person="h2").repeat == 1


def test_a_notice_for_another_service_is_another_matter() -> None:
    hall = serving("b1", give(marks=marks(card="missing", photo="ok")), v.FinishService(counter="1"))
    assert again(hall, previous=NUMBER).repeat == 1


def test_a_name_written_down_later_does_not_make_it_another_matter() -> None:
    hall = serving("a1", give(marks=MISSING), give(person="h1"))
    assert [(told.matter, told.repeat) for told in hall.hall.told.values()] == [("a1:ticket:t1", 1), ("a1:h1", 2)]
    hall.do(v.FinishService(counter="1"))
    assert again(hall, person="h1").repeat == 3


def test_what_was_told_before_the_papers_were_taken_belongs_to_the_case() -> None:
    hall = serving("a1", give(), receive())
    assert hall.when(give(case=FIRST, marks=())).events[0].repeat == 2
    hall = serving("a1", receive(marks=MISSING), give(case=FIRST, marks=()))
    assert hall.when(give()).events[-1].repeat == 2, "the visit of the case"


def test_two_persons_in_one_visit_are_two_matters() -> None:
    hall = serving("a1", give(person="h1"), give(person="h2"))
    assert [told.repeat for told in hall.hall.told.values()] == [1, 1]


def test_after_some_weeks_it_is_forgotten() -> None:
    hall = serving("a1", give(person="h1"), v.FinishService(counter="1"))
    sleep(hall, 9)
    assert NUMBER in hall.hall.told
    assert again(hall, 1, person="h1").repeat == 1


# ------------------------------------------------------------------ of papers that were taken


def test_a_notice_answers_an_application_that_lies_with_the_hall() -> None:
    hall = serving("a1", receive(person="h1", marks=marks(card="ok", photo="ok")), v.FinishService(counter="1"))
    sleep(hall, 2)
    hall.when(give(counter=None, case=FIRST, marks=marks(pledge="missing")), by=clerk("deng")).refused("not-your-department")
    hall.when(give(counter=None, case=FIRST, marks=marks(pledge="missing")), by=clerk("ou")).does(NoticeGiven)
    notice = hall.last[0]
    assert (notice.case, notice.ticket, notice.clerk, notice.matter, notice.lang) == (FIRST, None, "ou", "a1:h1", "zh")
    assert (case(hall).state, case(hall).told_day) == ("told", "2026-01-07")
    assert sleep(hall, 4) == [], "it was answered in time: nothing counts as accepted"
    hall.do(staffed("1")).when(accept(case=FIRST, marks=marks(pledge="ok"))).does()
    assert [x.what for x in case(hall).steps] == ["case_received", "notice_given", "case_accepted"]


def test_a_case_told_twice() -> None:
    hall = serving("a1", receive(marks=MISSING), give(case=FIRST, marks=()))
    assert hall.when(give(case=FIRST, marks=())).events[0].repeat == 2
    assert hall.when(give(case=FIRST, marks=())).events[0].matter == f"a1:case:{FIRST}"
    hall.when(give(case=FIRST, marks=()), by=clerk("chen")).refused("not-your-counter")


# ------------------------------------------------------------------ shown before it happens


@pytest.mark.parametrize(
    ("service", "shown"),
    [("a1", ("2026-01-12", False)), ("b1", ("2026-01-05", True)), ("b2", None)],
)
def test_the_desk_is_told_what_silence_would_do(service: str, shown: Any) -> None:
    hall = serving().hall
    found = effect(hall, hall.services[service], hall.at)
    assert (found and (found.due.isoformat(), found.on_the_spot)) == shown


