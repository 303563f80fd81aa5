"""What differs between two set-ups, field by field."""

from typing import Any

import msgspec
from factory import SETUP, changed

from queue_server.core.catalogue import Hours, Material, Name, Rules, Service, Term
from queue_server.setup_diff import Difference, differences, field_changes, package_difference, service_difference

A1 = SETUP.services[0]
CARD = Material(id="card", name=Name(zh="身份证", en="ID card"))


def other(service: Service = A1, **fields: Any) -> Service:
    return msgspec.structs.replace(service, **fields)


def lines(was: Service, now: Service) -> list[tuple[str, Any, Any]]:
    return [(change.field, change.old, change.new) for change in field_changes(was, now)]


def test_alike_is_no_difference() -> None:
    assert differences(SETUP, SETUP) == [] == differences(SETUP, changed(version="9"))
    assert service_difference(A1, A1) == [] == package_difference(None, None)


def test_fields_are_told_with_their_defaults() -> None:
    assert lines(A1, other(courier=True)) == [("courier", False, True)]
    assert lines(A1, other(name=Name(zh="甲", en=A1.name.en))) == [("name.zh", "甲一", "甲")]
    assert lines(A1, other(fee=Name(zh="20 元", en="20 yuan"))) == [("fee", None, {"zh": "20 元", "en": "20 yuan"})]


def test_terms_and_hours_are_read_as_one_thing() -> None:
    (change,) = field_changes(A1, other(promised=Term(value=3)))
    assert change.field == "promised" and change.new["value"] == 3 and change.new["unit"] == "workday"
    (change,) = field_changes(A1, other(hours=Hours(sat=("09:00-12:00",))))
    assert change.field == "hours" and change.old is None and change.new["sat"] == ["09:00-12:00"]


def test_materials_go_by_their_ids() -> None:
    one, two = other(materials=(CARD,)), other(materials=(msgspec.structs.replace(CARD, copies=2),))
    (change,) = field_changes(one, two)
    assert (change.field, change.old, change.new, change.of) == (
        "materials.card.copies",
        1,
        2,
        {"zh": "身份证", "en": "ID card"},
    )
    (added,) = field_changes(A1, one)
    assert added.field == "materials.card" and added.old is None and added.new["id"] == "card"
    (gone,) = field_changes(one, A1)
    assert gone.new is None
    photo = Material(id="photo", name=Name(zh="照片", en="Photo"))
    (turned,) = field_changes(other(materials=(CARD, photo)), other(materials=(photo, CARD)))
    assert turned.field == "materials"


def test_entries_come_go_and_change_places() -> None:
    first, *rest = SETUP.services
    new = other(id="a9")
    found = differences(SETUP, changed(services=(*rest, other(courier=True), new)))
    assert [(one.section, one.id, one.what) for one in found] == [
        ("services", "a1", "changed"), ("services", "a9", "added"), ("services", "", "moved"),
    ]  # fmt: skip
    gone = differences(SETUP, changed(services=tuple(rest)))
    assert gone == [Difference("services", "a1", "removed", first.name)]


def test_what_the_hall_has_once_is_told_as_well() -> None:
    rules = msgspec.structs.replace(Rules(), call_max=2)
    (found,) = differences(SETUP, changed(rules=rules, hotline="12333"))
    assert found.section == "hall"
    assert {change.field: (change.old, change.new) for change in found.fields} == {
        "hotline": ("12345", "12333"), "rules.call_max": (3, 2),
    }  # fmt: skip
    (found,) = differences(
        SETUP, changed(counters=(msgspec.structs.replace(SETUP.counters[0], label="一"), *SETUP.counters[1:]))
    )
    assert found.section == "counters" and found.name == "一"
