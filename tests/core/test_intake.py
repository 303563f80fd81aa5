"""Papers taken, applications accepted or not, receipts, numbers."""

from typing import Any

import msgspec
import pytest
from case_hall import FIRST, OK, accept, accepted, case, marks, receive, serving, sleep
from factory import called, clerk, staffed, started, taken

from queue_server.core import checklist as k
from queue_server.core import intake as i
from queue_server.core import one_time
from queue_server.core import visits as v
from queue_server.core.cases import Applicant, Dues, Matter, Owed, Terms
from queue_server.core.catalogue import Name, Term
from queue_server.core.catalogue_changes import ChangeService

SOMEBODY = Applicant(name="v1:t1:name", phone="v1:t1:phone")
MATTER = Matter(
    service="a1", service_name=Name(zh="甲一", en="First of A"), version="1", department="d", ticket="t1", number="A001",
    first_contact="1", first_clerk="wang", applicant=SOMEBODY, person="h1",
)  # fmt: skip


# ------------------------------------------------------------------ papers taken


def test_taking_papers_starts_the_term_for_the_answer() -> None:
    hall = serving()
    events = hall.when(receive(applicant=SOMEBODY, person="h1", marks=marks(card="ok"))).events
    assert type(events[0]) is k.MaterialsMarked
    received = events[1]
    assert (received.case, received.matter, received.day) == (FIRST, MATTER, "2026-01-05")
    assert (received.answer_due, received.known) == ("2026-01-12", True), "five working days"
    assert [line.material for line in received.items] == ["card", "register"]


def test_the_day_has_a_series_and_the_visit_knows_its_cases() -> None:
    hall = serving("a1", receive(), receive(service="a2"))
    assert hall.ticket("t1").cases == (FIRST, "20260105-0002")
    assert case(hall).visits == ("t1",)
    sleep(hall)
    hall.do(staffed("1"), taken("t2", "a2"), called(), started(), receive())
    assert hall.ticket("t2").cases == ("20260106-0001",)


def test_one_open_case_for_a_service_in_a_visit() -> None:
    serving("a1", receive()).when(receive()).refused("case-exists", case=FIRST)
    serving("a1", receive(), i.RejectCase(counter="1", case=FIRST, reason="other")).when(receive()).does(i.CaseReceived)


def test_a_service_without_a_term_for_the_answer_is_accepted_as_handed_in() -> None:
    hall = serving("b2").when(receive(marks=marks(card="ok"))).does(k.MaterialsMarked, i.CaseAccepted)
    assert hall.last[1].unchecked
    assert case(hall).state == "accepted"
    hall = serving("b2").when(receive(marks=marks(card="ok", photo="ok"))).does(k.MaterialsMarked, i.CaseAccepted)
    assert not hall.last[1].unchecked


@pytest.mark.parametrize(("found", "code"), [("missing", "materials-missing"), ("later", "promise-missing")])
def test_what_is_accepted_as_handed_in_still_needs_the_papers(found: str, code: str) -> None:
    serving("b2").when(receive(marks=marks(card="ok", photo=found))).refused(code, count=1)


def test_an_unknown_term_for_the_answer_is_none() -> None:
    hall = serving("b2", i.RejectCase(counter="1", reason="elsewhere", note="sealed"))
    assert (case(hall).answer_due, case(hall).state, case(hall).ending) == (None, "closed", "rejected")


# ------------------------------------------------------------------ accepted


def test_acceptance_at_once_is_the_receipt() -> None:
    events = serving().when(accept(applicant=SOMEBODY, person="h1", delivery="courier")).events
    assert type(events[0]) is k.MaterialsMarked
    assert events[1] == i.CaseAccepted(
        case=FIRST, counter="1", clerk="wang", matter=MATTER, day="2026-01-05",
        terms=Terms(statutory=Term(value=20), promised=Term(value=5)),
        dues=Dues(statutory="2026-02-02", promised="2026-01-12"), items=events[1].items, delivery="courier",
    )  # fmt: skip
    assert [(x.material, x.mark) for x in events[1].items] == [
        ("card", "ok"), ("photo", "ok"), ("pledge", "ok"), ("register", "free"),
    ]  # fmt: skip


def test_what_may_follow_needs_a_promise_and_has_a_day() -> None:
    found = marks(card="ok", photo="later", pledge="promised")
    serving().when(accept(marks=found)).refused("promise-missing", count=2)
    hall = accepted(marks=found, promise=True)
    assert case(hall).owed == (
        Owed(material="photo", name=Name(zh="照片", en="Photo"), kind="later", due="2026-01-09"),
        Owed(material="pledge", name=Name(zh="承诺", en="Pledge"), kind="promised", due="2026-01-16"),
    )
    assert case(hall).unsettled == list(case(hall).owed)


def test_a_material_may_have_its_own_time_to_follow() -> None:
    hall = accepted("b2", marks=marks(card="ok", photo="later"), promise=True)
    assert case(hall).owed[0].due == "2026-01-07"


@pytest.mark.parametrize(
    ("command", "code", "values"),
    [
        (accept(marks=marks(card="ok", photo="missing", pledge="ok")), "materials-missing", {"count": 1}),
        (accept(marks=marks(card="ok")), "materials-unchecked", {"count": 2}),
        (accept(marks=marks(passport="ok")), "unknown-material", {}),
        (accept(service="x"), "unknown-service", {}),
        (accept(case="20260105-0009"), "unknown-case", {}),
        (accept(service="a2", marks=(), delivery="courier"), "no-courier", {"service": Name(zh="甲二", en="Second of A")}),
        (accept(ticket="t9"), "unknown-ticket", {}),
    ],
)
def test_what_cannot_be_accepted(command: i.AcceptCase, code: str, values: dict[str, Any]) -> None:
    serving().when(command).refused(code, **values)


def test_a_window_kind_alone_is_no_application() -> None:
    serving(None, kind="integrated").when(receive()).refused("nothing-asked")
    serving().when(accept(), by=clerk("chen")).refused("not-your-counter")


def test_papers_that_were_taken_are_accepted_later_without_the_visitor() -> None:
    hall = serving("a1", receive(marks=marks(card="ok", photo="ok")), v.FinishService(counter="1"))
    sleep(hall, 2)
    hall.do(staffed("1"))
    hall.when(accept(case=FIRST)).refused("materials-unchecked", count=1)
    hall.when(accept(case=FIRST, marks=marks(card="later"))).refused("not-deferrable")
    hall.when(accept(case=FIRST, marks=marks(pledge="ok"))).does(i.CaseAccepted)
    assert (case(hall).started_day, case(hall).received_day) == ("2026-01-07", "2026-01-05")
    assert case(hall).dues == Dues(statutory="2026-02-04", promised="2026-01-15"), "from the day of acceptance"
    assert [step.what for step in case(hall).steps] == ["case_received", "case_accepted"]
    hall.when(accept(case=FIRST)).refused("case-state", state="case-accepted")


def test_papers_are_taken_and_accepted_in_one_visit() -> None:
    hall = serving("a1", receive(), accept(case=FIRST, marks=OK))
    assert (case(hall).visits, hall.ticket("t1").cases) == (("t1",), (FIRST,))


def test_a_second_visit_is_on_record() -> None:
    hall = serving("a1", receive(marks=marks(card="missing", photo="ok", pledge="ok")))
    hall.do(one_time.GiveNotice(counter="1", case=FIRST), v.FinishService(counter="1"), taken("t2"), called(), started())
    hall.do(accept(case=FIRST, marks=marks(card="ok"), applicant=SOMEBODY))
    assert (case(hall).visits, hall.ticket("t2").cases) == (("t1", "t2"), (FIRST,))
    assert case(hall).matter.applicant == SOMEBODY
    assert case(hall).matter.first_contact == "1"


def test_a_service_that_left_the_catalogue_cannot_be_accepted() -> None:
    hall = serving("a1", receive(marks=OK), v.FinishService(counter="1"))
    del hall.hall.services["a1"]
    hall.when(accept(case=FIRST)).refused("unknown-service")


# ------------------------------------------------------------------ not accepted


def test_not_accepted_at_once_is_a_case_with_a_reason() -> None:
    hall = serving().when(i.RejectCase(counter="1", reason="not_needed")).does(i.CaseReceived, i.CaseRejected)
    assert (case(hall).state, case(hall).ending, case(hall).is_open) == ("closed", "rejected", False)
    assert hall.hall.agenda.first() is None


def test_a_paper_of_the_case_that_nobody_asks_for_any_more_does_not_matter() -> None:
    hall = serving("a1", receive(marks=marks(card="missing", photo="ok", pledge="ok")))
    a1 = hall.hall.services["a1"]
    new = msgspec.structs.replace(a1, materials=a1.materials[1:])
    hall.do(ChangeService(service=new, base=hall.hall.setup.version))
    hall.when(accept(case=FIRST, marks=marks(none="ok"))).refused("unknown-material")
    hall.when(accept(case=FIRST, marks=marks(card="ok"))).does(i.CaseAccepted)
    assert "card" not in [line.material for line in case(hall).items]


def test_what_the_catalogue_alone_did_not_ask_for_is_asked_for_when_it_changes() -> None:
    hall = serving("a1", receive(marks=OK))
    a1 = hall.hall.services["a1"]
    papers = tuple(msgspec.structs.replace(one, held=False, held_as=None) for one in a1.materials)
    new = msgspec.structs.replace(a1, materials=papers)
    hall.do(ChangeService(service=new, base=hall.hall.setup.version))
    hall.when(accept(case=FIRST)).refused("materials-unchecked", count=1)
    hall.when(accept(case=FIRST, marks=marks(register="ok"))).does(i.CaseAccepted)


def test_papers_that_were_taken_may_be_refused() -> None:
    hall = serving("a1", receive())
    hall.when(i.RejectCase(counter="1", case=FIRST, reason="elsewhere", note="sealed")).then(
        i.CaseRejected(case=FIRST, counter="1", clerk="wang", reason="elsewhere", note="sealed")
    )
    hall.when(i.RejectCase(counter="1", case=FIRST, reason="other")).refused("case-state", state="case-closed")
