"""Hours of their own at the kiosk: what it gives tickets for, when; and what it says near closing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from board_hall import MINUTE, SETUP, new_hall, on
from visitors_hall import KIOSK, Visited, readable, visited

from displays import kiosk_view
from displays.kiosk_hours import Look, open_alone, own_hours, ticket_note
from queue_server.core import visits as v
from queue_server.core.calendar import standing
from queue_server.core.hall import Hall
from queue_server.views import Scene

SATURDAY, THURSDAY = 28, 26


@pytest.fixture
def saturday(tmp_path: Path) -> Iterator[Visited]:
    with visited(tmp_path, at=on(10, day=SATURDAY)) as client:
        yield client


def rules(**fields: object) -> Hall:
    hall = new_hall()
    hall.setup = msgspec.structs.replace(SETUP, rules=msgspec.structs.replace(SETUP.rules, **fields))
    return hall.index()


def view(hall: Hall, at: int, lang: str = "zh") -> dict:
    return kiosk_view.make(hall, None, Scene(tick=at, lang=lang))


def test_on_a_saturday_the_first_page_offers_what_is_open_then(saturday: Visited) -> None:
    page = saturday.html(KIOSK)
    assert "现在只办这几项" in page and 'data-page="some"' in page
    assert 'name="service" value="GA01"' in page and 'name="service" value="MZ01"' in page and "lane-consultation" not in page
    assert saturday.take(service="GA01", follow=True).text.count("<b>E</b>001") == 1


def test_others_are_not_offered_and_refused_with_the_time_they_open(saturday: Visited) -> None:
    page = saturday.html(f"{KIOSK}/theme/household")
    assert 'name="service" value="GA01"' in page and 'name="service" value="GA02"' not in page
    assert saturday.take(service="GA02").headers["location"] == KIOSK
    refused = saturday.take("k2", service="SB09", follow=True)
    assert refused.status_code == 409 and "11月30日 星期一 9:00" in refused.text and "现在不办" in refused.text
    assert not saturday.hall.tickets


def test_a_row_says_what_its_hours_are_and_when_it_opens(saturday: Visited, tmp_path: Path) -> None:
    with visited(tmp_path / "tuesday") as kiosk:
        assert "周六 9:00–12:00 也办" in kiosk.text(f"{KIOSK}/theme/household")
        assert "Also open Sat 9:00–12:00" in kiosk.text(f"{KIOSK}/theme/household?lang=en")
    page = saturday.text(f"{KIOSK}/theme/social?open=SB09")
    assert "周四 17:00–20:00 也办，11月30日 星期一 9:00 开始办" in page and "取号，去 B 区等候" not in page
    assert "只在周二、周四 9:00–12:00 办，12月1日 星期二 9:00 开始办" in saturday.text(f"{KIOSK}/theme/legal")


def test_a_thursday_evening(tmp_path: Path) -> None:
    with visited(tmp_path, at=on(18, day=THURSDAY)) as kiosk:
        assert "社会保障卡申领、补换" in kiosk.text(KIOSK) and "居民身份证" not in kiosk.text(KIOSK)
        assert kiosk.take(service="SB09", follow=True).status_code == 200


def test_the_closed_page_lists_the_hours_of_their_own(tmp_path: Path) -> None:
    with visited(tmp_path, at=on(20)) as kiosk:
        page = kiosk.html(KIOSK)
        assert 'data-page="closed"' in page and "周六 9:00–12:00，法定节假日 9:00–12:00 也办" in page
        assert "法律援助" not in page, "private services are not listed"


def test_what_is_open_alone_and_what_has_hours_of_its_own() -> None:
    hall = new_hall()
    services = hall.setup.services
    assert [x.id for x in open_alone(Look(hall, "zh", on(10, day=SATURDAY)), services)] == ["GA01", "MZ01"]
    assert open_alone(Look(hall, "zh", on(10)), services) == []
    assert open_alone(Look(hall, "zh", on(10, day=SATURDAY), always_open=True), services) == []
    listed = dict((text, names) for names, text in own_hours(Look(hall, "en", on(10))))
    assert listed["Also open Thu 17:00–20:00"].startswith("Social security card") and len(listed) == 4


def test_the_hall_may_warn_instead_of_refusing() -> None:
    hall = rules(outside_hours="warn")
    seen, service = Look(hall, "zh", on(10, day=25)), hall.services["SF02"]
    assert seen.takes(service) and ticket_note(seen, service) == "明天 9:00 开始办"
    assert not Look(new_hall(), "zh", on(10, day=25)).takes(service)


def test_tiles_of_a_theme_that_is_shut_and_of_one_that_is_open_at_midday() -> None:
    hall = new_hall()
    only = msgspec.structs.replace(
        hall.setup, services=tuple(x for x in hall.setup.services if x.theme != "legal" or x.id == "SF02")
    )
    hall.setup = only
    hall.index()
    legal = view(hall, on(10, day=25))["groups"]["t_legal"]
    assert (legal["state"], legal["text"]) == ("shut", "今天不办")
    assert view(hall, on(8, 30))["page"] == "home"
    noon = view(hall, on(12, 30))
    assert noon["groups"]["t_fund"]["state"] != "shut" and noon["groups"]["t_civil"]["text"] == "13:30 开始办理"


def test_which_first_page_it_is() -> None:
    hall = new_hall()
    pages = [view(hall, at)["page"] for at in (on(10), on(12, 30), on(20), on(10, day=SATURDAY), on(13, day=SATURDAY))]
    assert pages == ["home", "home", "closed", "some", "closed"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "17:00 下班。现在取号可能要等到下班以后，取了号的今天都会办。"),
        ({"at_closing": "expire", "closing_grace_minutes": 15}, "叫号到 17:15 为止。现在取号，今天可能叫不到，到时号就作废。"),
    ],
)
def test_near_closing_it_says_what_becomes_of_a_ticket(fields: dict, said: str) -> None:
    hall = rules(**fields)
    at = on(16, 30)
    seen = Look(hall, "zh", at)
    long = v.Wait(low=1800, likely=2400, high=3600)
    assert kiosk_view.closing_warning(seen, standing(at, hall.setup), long) == said
    assert kiosk_view.closing_warning(seen, standing(at, hall.setup), v.Wait(low=60, likely=120, high=300)) == ""
    assert kiosk_view.closing_warning(Look(hall, "zh", at - 60 * MINUTE), standing(at - 60 * MINUTE, hall.setup), long) == ""


def test_the_ticket_says_it_too(tmp_path: Path) -> None:
    with visited(tmp_path, at=on(16, 30)) as kiosk:
        page = readable(kiosk.take(service="MZ04", follow=True).text)
        assert "17:00 下班。已经取的号今天都会办。" in page
    assert ticket_note(Look(new_hall(), "zh", on(10)), None) == ""
    assert ticket_note(Look(new_hall(), "zh", on(16, 30), always_open=True), None) == ""
