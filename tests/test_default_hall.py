"""The hall that is shipped: complete, consistent, in both languages, and honest about what it assumes."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chinese_calendar.constants as official
import msgspec
import pytest

from queue_server.core.catalogue import WINDOW_KINDS, Name, Setup
from queue_server.core.search import ServiceIndex
from queue_server.setup_file import default_setup_text, load_setup

ICONS = Path(__file__).parent.parent / "static" / "icons.svg"


@pytest.fixture(scope="module")
def hall() -> Setup:
    return load_setup(default_setup_text())


def names(value: Any, where: str = "") -> Iterator[tuple[str, Name]]:
    """Every bilingual text below ``value``."""
    if isinstance(value, Name):
        yield where, value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from names(getattr(value, field), f"{where}.{field}")
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield from names(item, f"{where}[{at}]")


def test_its_name(hall: Setup) -> None:
    assert (hall.id, hall.name) == ("hall", Name(zh="滨海区政务服务中心", en="Binhai Government Service Centre"))


def test_its_size(hall: Setup) -> None:
    assert len(hall.services) == 61
    assert len(hall.packages) == 12
    assert len(hall.themes) == 18
    assert len(hall.counters) == 43
    assert len(hall.clerks) == 80


def test_every_text_stands_in_both_languages(hall: Setup) -> None:
    found = list(names(hall))
    assert len(found) > 400
    for where, name in found:
        assert re.search(r"[\u4e00-\u9fff]", name.zh), f"{where}: no Chinese in {name.zh!r}"
        assert name.en.isascii(), f"{where}: {name.en!r}"
        assert re.search(r"[A-Za-z]{2}", name.en), f"{where}: no English in {name.en!r}"
        assert name.en == name.en.strip() and name.zh == name.zh.strip(), where
        assert name.en[0].isupper() or name.en[0].isdigit(), f"{where}: {name.en!r}"


def test_letters_and_zones_are_those_of_the_signs(hall: Setup) -> None:
    assert [queue.letter for queue in hall.queues] == list("XABCDEHKRN")
    for queue in hall.queues:
        assert queue.id == queue.letter == queue.zone, "one letter leads from the ticket to the window"
    assert [zone.id for zone in hall.zones] == list("XABCDEHKRN")


def test_counters_stand_in_their_zones(hall: Setup) -> None:
    assert [counter.id for counter in hall.counters] == [str(number) for number in range(1, 44)]
    assert all(counter.label == counter.id for counter in hall.counters)
    zones = "".join(counter.zone for counter in hall.counters)
    assert zones == "X" * 2 + "A" * 12 + "B" * 8 + "C" * 8 + "D" * 5 + "E" * 3 + "K" + "H" * 2 + "R" + "N"
    assert [counter.id for counter in hall.counters if counter.low] == ["40", "41"]


def test_every_kind_of_window_is_there_and_takes_visitors(hall: Setup) -> None:
    assert Counter(counter.kind for counter in hall.counters) == {
        "consultation": 2, "integrated": 12, "domain": 23, "self_service": 1,
        "cross_region": 1, "assisted": 2, "issue": 1, "fallback": 1,
    }  # fmt: skip
    taken = {kind: queue for queue in hall.queues for kind in queue.kinds}
    assert set(taken) == set(WINDOW_KINDS)
    for kind, queue in taken.items():
        reach = [one for one in hall.counters if one.kind == kind and queue.id in (*one.serves, *one.helps)]
        assert reach, f"no {kind} counter takes visitors who ask for {kind}"


def test_every_service_is_served_as_own_work_somewhere(hall: Setup) -> None:
    own = {target for counter in hall.counters for target in counter.serves}
    for service in hall.services:
        assert {service.id, service.queue} & own, service.id


def test_every_queue_has_a_counter_and_every_counter_work(hall: Setup) -> None:
    own = {target for counter in hall.counters for target in counter.serves}
    assert {queue.id for queue in hall.queues} <= own
    assert all(counter.serves for counter in hall.counters)


def test_busy_queues_find_help_elsewhere(hall: Setup) -> None:
    for queue in "ABCDHK":
        helpers = [one for one in hall.counters if queue in one.helps]
        assert len(helpers) >= 2, f"only {len(helpers)} counters help {queue}"


def test_self_service_is_offered_at_the_self_service_point(hall: Setup) -> None:
    point = next(counter for counter in hall.counters if counter.kind == "self_service")
    assert set(point.serves) == {service.id for service in hall.services if service.self_service}


def test_every_theme_and_department_has_a_service(hall: Setup) -> None:
    assert {theme.id for theme in hall.themes} == {service.theme for service in hall.services}
    assert {one.id for one in hall.departments} == {service.department for service in hall.services}


def test_what_no_source_backs_is_marked(hall: Setup) -> None:
    for service in hall.services:
        assert {"department", "queue"} <= set(service.assumed), service.id
        assert set(service.assumed) <= set(service.__struct_fields__), service.id
        assert all(material.assumed for material in service.materials), service.id
        for figure in (service.statutory, service.promised, service.minutes):
            assert figure is not None
            assert figure.assumed != (figure.source is not None), f"{service.id}: {figure}"
    for package in hall.packages:
        assert package.promised.assumed != (package.promised.source is not None), package.id
        assert package.services_assumed or package.source, package.id


def test_some_figures_are_those_of_the_law(hall: Setup) -> None:
    by_id = {service.id: service for service in hall.services}
    registration = by_id["BD01"]
    assert (registration.statutory.value, registration.statutory.unit, registration.statutory.source) == (
        30,
        "workday",
        "L1",
    )
    assert (registration.promised.value, registration.promised.source) == (3, "L2")
    injury = by_id["SB08"]
    assert (injury.statutory.value, injury.statutory.unit) == (60, "day")
    assert by_id["SB06"].statutory.value is None
    assert by_id["MZ01"].promised.value == 0
    assert hall.sources["L4"] == "护照法 第6条"


def test_one_material_is_one_thing_everywhere(hall: Setup) -> None:
    texts: dict[str, set[tuple[str, str]]] = {}
    for service in hall.services:
        for material in service.materials:
            texts.setdefault(material.id, set()).add((material.name.zh, material.name.en))
    assert all(len(found) == 1 for found in texts.values()), "a package could not merge its check-lists"


def test_tolerated_and_held_materials_survived(hall: Setup) -> None:
    by_id = {service.id: service for service in hall.services}
    photo = next(one for one in by_id["SB09"].materials if one.id == "photo")
    assert photo.held and photo.later
    statement = next(one for one in by_id["SB01"].materials if one.id == "employment-statement")
    assert statement.later and not statement.held
    assert sum(material.later for service in hall.services for material in service.materials) >= 40


def test_sensitive_matters_stay_off_the_screens(hall: Setup) -> None:
    assert {service.id for service in hall.services if service.private} >= {"MZ02", "CL01"}


def test_head_starts_are_at_most_ten_minutes(hall: Setup) -> None:
    minutes = {one.id: one.minutes for one in hall.classes}
    assert minutes == {
        "elderly": 10, "disabled": 10, "pregnant": 10, "military": 10, "appointment_due": 5, "returning": 10,
    }  # fmt: skip
    assert {one.id for one in hall.classes if not one.at_kiosk} == {"appointment_due", "returning"}


def test_the_calendar_is_the_official_one(hall: Setup) -> None:
    assert hall.calendar.years == (2025, 2026)
    for table, days in ((hall.calendar.closed, official.holidays), (hall.calendar.make_up, official.workdays)):
        assert list(table) == sorted(day.isoformat() for day in days if day.year in hall.calendar.years)
    for day in hall.calendar.make_up:
        assert dt.date.fromisoformat(day).weekday() >= 5, "only a weekend day is worked in exchange"


def test_it_opens_monday_to_friday(hall: Setup) -> None:
    week = [getattr(hall.hours, day) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    assert week == [("09:00-12:00", "13:30-17:00")] * 5 + [()] * 2


def test_zones_do_not_overlap_on_the_map(hall: Setup) -> None:
    places = [(zone.id, zone.place) for zone in hall.zones]
    for at, (one, a) in enumerate(places):
        for other, b in places[at + 1 :]:
            assert a is not None and b is not None
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart, f"{one} and {other}"


def test_clerks_are_told_apart_and_cover_every_queue(hall: Setup) -> None:
    assert len({clerk.name for clerk in hall.clerks}) == len(hall.clerks)
    for queue in hall.queues:
        assert sum(queue.id in clerk.skills for clerk in hall.clerks) >= 2, f"nobody can stand in for {queue.id}"


def test_icons_exist(hall: Setup) -> None:
    if not ICONS.exists():
        pytest.skip("no icons yet")
    symbols = set(re.findall(r'<symbol id="i-([a-z]+)"', ICONS.read_text(encoding="utf-8")))
    assert {theme.icon for theme in hall.themes} <= symbols
    assert len({theme.icon for theme in hall.themes}) == len(hall.themes), "two themes look the same"


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("社保卡", "SB09"), ("shbzk", "SB09"), ("护照", "GA06"), ("passport", "GA06"), ("jiehun", "MZ01"),
        ("低保", "MZ02"), ("营业执照", "SJ01"), ("二手房登记", "BD01"), ("kai fa piao", "SW01"), ("GA09", "GA09"),
    ],
)  # fmt: skip
def test_people_find_what_they_came_for(hall: Setup, q: str, first: str) -> None:
    index = ServiceIndex(hall.services, hall.themes, hall.departments)
    assert index.find(q)[0] == first
