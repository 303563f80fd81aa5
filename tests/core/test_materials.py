"""The merged list of materials: what is there, what is missing, what may follow."""

import pytest
from case_hall import SETUP, marks

from queue_server.core.materials import Mark, allowed, check_list, lines, verdict

BY_ID = {service.id: service for service in SETUP.services}
A1, B1, B2 = BY_ID["a1"], BY_ID["b1"], BY_ID["b2"]


def found(*services: str, **marked: str) -> dict[str, str | None]:
    items = check_list([BY_ID[x] for x in services], {one.material: one for one in marks(**marked)})
    return {item.material.id: item.mark for item in items}


def test_what_the_state_holds_is_not_asked_for_and_says_why() -> None:
    register = check_list([A1], {})[3]
    assert (register.mark, register.reason) == ("free", "certificate")
    assert found("a1") == {"card": None, "photo": None, "pledge": None, "register": "free"}


def test_a_clerk_may_ask_for_it_all_the_same() -> None:
    assert found("a1", register="ok")["register"] == "ok"


def test_a_package_has_each_material_once() -> None:
    items = check_list([A1, B1, B2], {})
    assert [item.material.id for item in items] == ["card", "photo", "pledge", "register"]
    assert items[0].services == ("a1", "b1", "b2")
    photo = items[1].material
    assert (photo.form, photo.copies) == ("kept", 3), "two for one service and one for the other"
    assert (photo.later, photo.later_workdays) == (False, 2), "one of the services needs it at once"


@pytest.mark.parametrize(
    ("services", "mark", "reads"),
    [
        (("a1",), "later", "later"),
        (("b1",), "later", "missing"),  # b1 needs it at once
        (("a1", "b1"), "later", "missing"),
        (("a1",), "promised", "missing"),
        (("a1",), "free", "free"),
    ],
)
def test_each_service_reads_the_marks_in_its_own_light(services: tuple[str, ...], mark: str, reads: str) -> None:
    assert found(*services, photo=mark)["photo"] == reads


def test_the_verdict() -> None:
    items = check_list([A1], {x.material: x for x in marks(card="missing", photo="later")})
    judged = verdict(items)
    assert (judged.missing, judged.unchecked, judged.later, judged.promised, judged.free) == (
        ("card",), ("pledge",), ("photo",), (), ("register",),
    )  # fmt: skip
    assert not judged.acceptable
    assert not verdict(check_list([A1], {x.material: x for x in marks(card="ok", photo="ok")})).acceptable
    assert verdict(check_list([A1], {x.material: x for x in marks(card="ok", photo="ok", pledge="promised")})).acceptable
    assert verdict(()).acceptable, "a service without papers"


def test_a_receipt_lists_what_was_looked_at() -> None:
    listed = lines(check_list([A1], {"photo": Mark(material="photo", mark="free", reason="earlier")}))
    assert [(x.material, x.mark, x.reason, x.form, x.copies) for x in listed] == [
        ("photo", "free", "earlier", "kept", 2), ("register", "free", "certificate", "shown", 1),
    ]  # fmt: skip


def test_missing_and_free_are_always_allowed() -> None:
    assert all(allowed(B1.materials[1], mark) for mark in ("ok", "missing", "free"))
    assert not allowed(B1.materials[1], "later") and not allowed(B1.materials[1], "promised")
