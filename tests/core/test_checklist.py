"""Marks, services and packages at the desk."""

from typing import Any

import pytest
from case_hall import marks, serving
from factory import called, clerk, given, staffed, started, taken

from queue_server.core import checklist as k
from queue_server.core import visits as v
from queue_server.core.visit_services import items_of, next_service, remaining, services_of, untold

A1 = serving().hall.services["a1"]


def mark(**found: Any) -> k.MarkMaterials:
    return k.MarkMaterials(counter="1", marks=marks(**found))


def assign(*services: str, **fields: Any) -> k.AssignServices:
    return k.AssignServices(counter="1", services=services, **fields)


# ------------------------------------------------------------------ marks


def test_marks_stay_with_the_visit() -> None:
    hall = serving()
    hall.when(mark(card="ok", photo="missing")).then(
        k.MaterialsMarked(ticket="t1", counter="1", clerk="wang", marks=marks(card="ok", photo="missing"))
    )
    hall.when(mark(card="ok", photo="later")).then(
        k.MaterialsMarked(ticket="t1", counter="1", clerk="wang", marks=marks(photo="later"))
    )
    hall.when(mark(card="ok")).then()
    assert {item.material.id: item.mark for item in items_of(hall.hall, hall.ticket("t1"))} == {
        "card": "ok", "photo": "later", "pledge": None, "register": "free",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("found", "code"),
    [({"passport": "ok"}, "unknown-material"), ({"card": "later"}, "not-deferrable"), ({"card": "promised"}, "not-promisable")],
)
def test_marks_that_the_catalogue_does_not_allow(found: dict[str, str], code: str) -> None:
    serving().when(mark(**found)).refused(code)


def test_only_the_ticket_that_is_served_here_is_marked() -> None:
    given(staffed("1"), taken("t1"), called()).when(mark(card="ok")).refused("ticket-not-serving")
    serving().when(mark(card="ok"), by=clerk("chen")).refused("not-your-counter")


# ------------------------------------------------------------------ consultation


def test_the_consultant_names_the_service_and_sends_the_ticket_on() -> None:
    hall = serving(None, kind="integrated").do(5)
    assert services_of(hall.hall, hall.ticket("t1")) == []
    hall.when(assign("b1", note="sealed")).then(
        k.ServicesAssigned(
            ticket="t1", counter="1", clerk="wang", services=("b1",), service="b1",
            service_name=hall.hall.services["b1"].name, version="1", note="sealed",
        )
    )  # fmt: skip
    hall.do(k.MarkMaterials(counter="1", marks=marks(card="ok")), v.TransferTicket(counter="1", rest=True))
    ticket = hall.ticket("t1")
    assert (ticket.state, ticket.queue, ticket.service, ticket.first_contact) == ("waiting", "B", "b1", "1")
    assert ticket.arrival == hall.now - 5 * 60_000_000, "nobody queues twice"
    assert ticket.marks["card"].mark == "ok", "and nobody shows a paper twice"


def test_a_package_may_be_named() -> None:
    hall = serving("c1", k.AssignServices(counter="1", package="birth"))
    ticket = hall.ticket("t1")
    assert (ticket.package, ticket.services, ticket.service) == ("birth", ("b1", "a1"), "b1")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (assign(), "one-target"),
        (assign("a1", package="birth"), "one-target"),
        (assign(*(f"s{x}" for x in range(21))), "one-target"),
        (assign("a1", "x"), "unknown-service"),
        (assign(package="x"), "unknown-package"),
    ],
)
def test_what_cannot_be_named(command: k.AssignServices, code: str) -> None:
    serving().when(command).refused(code)


# ------------------------------------------------------------------ several services in one visit


def package() -> Any:
    return given(staffed("4", "chen"), taken("t1", None, package="birth"), called("4"), started("4"))


def test_services_are_done_in_turn_and_the_rest_is_sent_on() -> None:
    hall = package()
    assert remaining(hall.ticket("t1")) == ("b1", "a1")
    hall.when(k.RecordDone(counter="4", quantity=2)).then(
        k.ServiceDone(
            ticket="t1", counter="4", clerk="chen", done=v.Done(service="b1", quantity=2), next="a1",
            next_name=hall.hall.services["a1"].name,
        )
    )  # fmt: skip
    assert remaining(hall.ticket("t1")) == ("a1",)
    hall.do(v.TransferTicket(counter="4", rest=True))
    assert (hall.ticket("t1").queue, hall.ticket("t1").service) == ("A", "a1")
    assert hall.ticket("t1").legs[0].done == (v.Done(service="b1", quantity=2),)
    hall.do(staffed("1", "li"), called(), started(), v.FinishService(counter="1"))
    assert hall.ticket("t1").finished == ("b1", "a1")
    assert hall.ticket("t1").legs[-1].done == (v.Done(service="a1"),)


def test_all_at_one_window() -> None:
    hall = package().do(k.RecordDone(counter="4"), k.RecordDone(counter="4"))
    assert remaining(hall.ticket("t1")) == ()
    hall.when(k.RecordDone(counter="4")).refused("already-done", number="B001")
    hall.when(v.TransferTicket(counter="4", rest=True)).refused("nothing-left", number="B001")
    hall.when(v.FinishService(counter="4")).then(v.ServiceFinished(ticket="t1", counter="4"))


def test_one_service_is_done_before_its_turn() -> None:
    hall = package().when(k.RecordDone(counter="4", service="a1")).does(k.ServiceDone)
    assert (hall.ticket("t1").service, remaining(hall.ticket("t1"))) == ("b1", ("b1",))


def test_what_cannot_be_recorded() -> None:
    hall = package()
    hall.when(k.RecordDone(counter="4", service="x")).refused("unknown-service")
    hall.when(k.RecordDone(counter="4", quantity=0)).refused("bad-quantity")
    serving(None, kind="integrated").when(k.RecordDone(counter="1")).refused("nothing-asked")


def test_the_next_service_is_one_that_this_counter_takes() -> None:
    hall = package().hall
    order = {x: next_service(hall, hall.counters[x], ("b1", "a1", "c1")) for x in "1345"}
    assert {x: found.id for x, found in order.items() if found} == {"1": "a1", "3": "b1", "4": "b1", "5": "c1"}
    assert next_service(hall, hall.counters["5"], ("b1", "a1")).id == "b1"  # type: ignore[union-attr]
    assert next_service(hall, hall.counters["2"], ("b1",)).id == "b1"  # type: ignore[union-attr]
    assert next_service(hall, None, ("gone",)) is None


@pytest.mark.parametrize(
    ("steps", "services"),
    [
        ((), ("b2", "a1")),  # the wrong service was chosen: the right one takes its place
        ((k.RecordDone(counter="4", service="b1"), k.RecordDone(counter="4", service="a1")), ("b1", "a1", "b2")),
    ],
)
def test_a_transfer_to_a_service_that_is_new_to_the_visit(steps: tuple[Any, ...], services: tuple[str, ...]) -> None:
    hall = package().do(*steps, v.TransferTicket(counter="4", service="b2"))
    assert hall.ticket("t1").services == services


def test_a_transfer_to_a_service_of_the_visit_changes_nothing_else() -> None:
    hall = package().do(v.TransferTicket(counter="4", service="a1"))
    assert hall.ticket("t1").services == ("b1", "a1")
    serving().when(v.TransferTicket(counter="1", service="b1", rest=True)).refused("one-target")


# ------------------------------------------------------------------ leaving without a word


def test_who_leaves_with_papers_missing_and_nothing_in_writing_is_on_record() -> None:
    hall = serving("a1", mark(photo="missing"))
    assert untold(hall.hall, hall.ticket("t1")) == ("a1",)
    hall.when(v.FinishService(counter="1", outcome="unserved", cause="papers")).then(
        v.ServiceFinished(ticket="t1", counter="1", outcome="unserved", cause="papers", untold=("a1",))
    )
    assert (hall.hall.measures.unserved, hall.hall.measures.untold) == ({"papers": 1}, ["t1"])


def test_a_cause_belongs_to_what_was_not_served() -> None:
    serving().when(v.FinishService(counter="1", cause="system")).then(
        v.ServiceFinished(ticket="t1", counter="1", done=(v.Done(service="a1"),))
    )
