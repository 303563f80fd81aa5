"""The kiosk without a browser: two taps, one ticket for a double tap, nothing private, never a dead end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from board_hall import SETUP, on
from visitors_hall import KIOSK, Visited, visited

from displays.kiosk_pages import paged
from displays.kiosk_state import Aids
from displays.kiosk_ticket import ticket_id
from displays.way import way
from queue_server.core import visits as v
from queue_server.core.catalogue import Name
from queue_server.core.setup import PostNotice


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Visited]:
    with visited(tmp_path) as client:
        yield client


def test_home_shows_eleven_themes_the_way_to_all_and_the_two_lanes(kiosk: Visited) -> None:
    page = kiosk.text(KIOSK)
    assert "您好，要办什么事？" in page and "不用登录" in page
    assert page.count("社会保险") == 1 and "共 18 个主题" in page
    assert "不知道办哪一项" in page and "我需要帮助" in page and "2 号取号机" in page


def test_two_taps_from_home_to_the_ticket(kiosk: Visited) -> None:
    home = kiosk.html(KIOSK)
    theme = kiosk.html(next(iter(re.findall(rf'href="({KIOSK}/theme/social)"', home))))
    key = re.findall(r'name="key" value="([\w-]+)"', theme)[0]
    ticket = kiosk.take(key, follow=True, service="SB01")
    assert ticket.status_code == 200 and "号取好了" in ticket.text and "<b>B</b>001" in ticket.text


def test_a_double_tap_makes_one_ticket_another_service_another_one(kiosk: Visited) -> None:
    first, again = kiosk.take(service="SB01"), kiosk.take(service="SB01")
    assert first.status_code == 303 and first.headers["location"] == again.headers["location"]
    kiosk.take(service="SB03")
    assert sorted(ticket.number for ticket in kiosk.hall.tickets.values()) == ["B001", "B002"]


def test_the_id_of_a_ticket_follows_from_the_form_and_the_wish() -> None:
    assert ticket_id("nonce", "SB01|") == ticket_id("nonce", "SB01|") != ticket_id("other", "SB01|")
    assert re.fullmatch(r"[A-Za-z0-9_-]{12}", ticket_id("nonce", "SB01|"))


def test_the_lanes_take_tickets_without_a_service(kiosk: Visited) -> None:
    for kind, letter in (("consultation", "X"), ("assisted", "H")):
        assert kiosk.take(f"key-{kind}", follow=True, kind=kind).status_code == 200
        assert any(ticket.number == f"{letter}001" for ticket in kiosk.hall.tickets.values())


def test_a_package_is_one_ticket_with_one_list_of_papers(kiosk: Visited) -> None:
    assert "一件事" in kiosk.text(KIOSK)
    listed = kiosk.html(f"{KIOSK}/packages")
    assert f'href="{KIOSK}/package/YJ02"' in listed and "新生儿出生" in listed and "4 件事一起办" in listed
    page = kiosk.text(f"{KIOSK}/package/YJ02")
    assert "4 个事项。5 个工作日办好。带 7 样材料" in page and "出生登记" in page and "生育津贴支付" in page
    assert page.count("户口簿") == 1 and "还包括：" in page and "取号，去 E 区等候" in page
    done = kiosk.take(follow=True, package="YJ02")
    assert "新生儿出生" in done.text
    ticket = next(iter(kiosk.hall.tickets.values()))
    assert (ticket.package, ticket.services) == ("YJ02", ("GA02", "SB09", "YB01", "YB05"))
    assert kiosk.get(f"{KIOSK}/package/nothing").status_code == 404


def test_a_search_finds_packages_and_leads_to_what_to_bring(kiosk: Visited) -> None:
    found = kiosk.html(f"{KIOSK}/search?q=xse")
    assert "新生儿出生" in found and f'formaction="{KIOSK}/package/YJ02"' in found and 'name="package" value="YJ02"' in found
    assert f'formaction="{KIOSK}/theme/social"' in kiosk.html(f"{KIOSK}/search?q=sbk")


def test_before_anything_is_typed_the_search_shows_what_is_asked_for_most(kiosk: Visited) -> None:
    assert "常办的事项" in kiosk.text(f"{KIOSK}/search")
    for number in range(3):
        kiosk.take(f"key-{number}", service="SB09")
    rows = re.findall(r'id="s-(\w+)"', kiosk.html(f"{KIOSK}/search"))
    assert rows[0] == "SB09" and len(rows) == 4
    private = next(service for service in SETUP.services if service.private)
    for number in range(4):
        kiosk.take(f"key-p{number}", service=private.id)
    assert private.id not in kiosk.html(f"{KIOSK}/search")


def test_a_safety_notice_stands_on_the_first_page(kiosk: Visited) -> None:
    kiosk.do(PostNotice(notice="n1", text=Name(zh="请离开大厅", en="Leave the hall"), level="safety"))
    assert "请离开大厅" in kiosk.text(KIOSK) and 'data-state="safety"' in kiosk.html(KIOSK)


def test_classes_are_taken_along_and_only_those_of_the_kiosk_are_offered(kiosk: Visited) -> None:
    page = kiosk.text(f"{KIOSK}/theme/social?open=SB03&needs=elderly")
    assert "60 岁以上" in page and "预约到点" not in page
    kiosk.take(service="SB03", needs=["elderly", "disabled"])
    assert next(iter(kiosk.hall.tickets.values())).needs == ("elderly", "disabled")


def test_one_service_is_open_and_says_what_to_bring(kiosk: Visited) -> None:
    page = kiosk.text(f"{KIOSK}/theme/property?open=BD01")
    assert "请带好" in page and "可以后补" in page and page.count("有这些情况吗？") == 1
    assert 'value="elderly" checked' in kiosk.html(f"{KIOSK}/theme/property?open=BD01&needs=elderly")


def test_services_are_paged_and_the_open_one_decides_the_page(kiosk: Visited) -> None:
    assert "第 1 页，共 2 页" in kiosk.text(f"{KIOSK}/theme/social")
    assert "第 2 页，共 2 页" in kiosk.text(f"{KIOSK}/theme/social?open=SB10")
    assert "第 2 页，共 2 页" in kiosk.text(f"{KIOSK}/theme/social?page=99")


@pytest.mark.parametrize("path", ["themes", "departments", "department/hrss", "search", "search?q=sbk", "theme/fire"])
def test_the_other_ways_to_a_service(kiosk: Visited, path: str) -> None:
    assert kiosk.html(f"{KIOSK}/{path}").count("<h1") == 1


@pytest.mark.parametrize("path", ["theme/nothing", "department/nothing", "nothing/social"])
def test_unknown_groups_are_not_found(kiosk: Visited, path: str) -> None:
    kiosk.html(f"{KIOSK}/{path}", status=404)


@pytest.mark.parametrize("q", ["社保卡", "shebaoka", "sbk", "passport"])
def test_search_by_name_pinyin_and_initials(kiosk: Visited, q: str) -> None:
    assert re.search("找到 [1-9]", kiosk.text(f"{KIOSK}/search?q={q}"))


def test_search_without_script_adds_the_key_pressed(kiosk: Visited) -> None:
    assert 'value="sb"' in kiosk.html(f"{KIOSK}/search?q=s&key=b")
    assert 'value="s"' in kiosk.html(f"{KIOSK}/search?q=sb&key=back")
    assert 'value=""' in kiosk.html(f"{KIOSK}/search?q=sb&key=clear")


def test_nothing_found_leads_to_a_person(kiosk: Visited) -> None:
    part = kiosk.html(f"{KIOSK}/search?part=1&q=qqq%3Cb%3E")
    assert "先去咨询" in part and "<b>” " not in part and "&lt;b&gt;" in part and "<html" not in part


def test_the_ticket_page_says_where_to_wait_and_carries_the_code(kiosk: Visited) -> None:
    page = kiosk.take(follow=True, service="SB01").text
    assert "B 区" in page and "正门直走 30 米" in page and 'class="qr"' in page and "map-here" in page
    assert page.count("<h1") == 1 and "style=" not in page


def test_a_private_service_shows_its_theme_only(kiosk: Visited) -> None:
    page = kiosk.take(follow=True, service="MZ02").text
    name = next(service.name.zh for service in SETUP.services if service.id == "MZ02")
    assert "婚姻、民政" in page and name not in page


def test_a_ticket_can_be_given_back_after_a_question(kiosk: Visited) -> None:
    address = kiosk.take(service="SB01").headers["location"]
    assert "要退掉 B001 吗？" in kiosk.text(f"{address}?give-back=1")
    assert kiosk.post(f"{address}/cancel", follow_redirects=False).headers["location"] == KIOSK
    assert next(iter(kiosk.hall.tickets.values())).state == "cancelled"
    assert kiosk.post(f"{address}/cancel").status_code == 409


def test_a_refusal_is_a_page_with_a_way_on(kiosk: Visited) -> None:
    answer = kiosk.take(follow=True, service="no-such")
    assert answer.status_code == 422 and "没有这个事项" in answer.text and "不知道办哪一项" in answer.text


def test_an_unknown_ticket_leads_home(kiosk: Visited) -> None:
    assert kiosk.get(f"{KIOSK}/ticket/nothing", follow_redirects=False).headers["location"] == KIOSK


def test_language_and_aids_are_kept_until_the_reset(kiosk: Visited) -> None:
    kiosk.post(f"{KIOSK}/aids", data={"aid": "lang", "back": KIOSK})
    kiosk.post(f"{KIOSK}/aids", data={"aid": "large", "back": f"{KIOSK}/themes"})
    page = kiosk.html(f"{KIOSK}/theme/social")
    assert '<html lang="en"' in page and 'data-size="large"' in page and 'data-idle="120"' in page
    kiosk.take(service="SB01")
    assert next(iter(kiosk.hall.tickets.values())).lang == "en"
    kiosk.get(f"{KIOSK}/reset")
    page = kiosk.html(KIOSK)
    assert '<html lang="zh-CN"' in page and "data-size" not in page


def test_the_way_back_from_the_aids_stays_on_the_kiosk(kiosk: Visited) -> None:
    for back in ("https://example.org/", "//example.org", "/h/hall/manager", "/h/hall/kioskx"):
        answer = kiosk.post(f"{KIOSK}/aids", data={"aid": "large", "back": back}, follow_redirects=False)
        assert answer.headers["location"] == KIOSK


def test_aids_toggle() -> None:
    aids = Aids().toggled("large").toggled("lang")
    assert (aids.lang, aids.on, aids.slower, aids.text()) == ("en", {"large"}, 2, "en-large")
    assert aids.toggled("large").toggled("nonsense").text() == "en"


def test_closed_says_when_it_opens_and_what_can_be_done_now(tmp_path: Path) -> None:
    with visited(tmp_path, at=on(20)) as kiosk:
        page = kiosk.text(KIOSK)
        assert "明天 9:00 开门" in page and "看看要带什么" in page and "周一至周五 9:00–12:00" in page
        assert "取号，去" not in kiosk.text(f"{KIOSK}/theme/social") and "请带好" in kiosk.text(f"{KIOSK}/theme/social")
        assert kiosk.take(service="SB01").headers["location"] == KIOSK and not kiosk.hall.tickets


@pytest.mark.parametrize(("at", "opens"), [(on(12, 30), "13:30"), (on(8, 30), "9:00")])
def test_before_opening_and_in_the_break_tickets_are_given_and_the_tiles_say_when(
    tmp_path: Path, at: int, opens: str
) -> None:
    with visited(tmp_path, at=at) as kiosk:
        page = kiosk.text(KIOSK)
        again = "再开" if opens == "13:30" else "开"
        assert f"窗口 {opens} {again}。现在可以先取号。" in page and f"{opens} 开始办理" in page
        assert "号取好了" in kiosk.take(follow=True, service="SB01").text


def test_a_printed_slip_and_one_that_fails(tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    with visited(tmp_path, printer=f"file:{tmp_path / 'paper'}") as kiosk:
        page = kiosk.take(follow=True, service="SB01").text
        assert "请从下面取小票" in page and 'data-leave="25"' in page and "再打一张" in page
    with visited(tmp_path, printer=f"usb:{tmp_path / 'nothing' / 'lp0'}") as kiosk:
        address = kiosk.take("k2", service="SB01").headers["location"]
        paper = address.replace("?", "/paper?")
        while kiosk.get(paper).json()["paper"] == "queued":
            pass
        page = kiosk.html(address)
        assert "打不出小票" in page and 'data-leave="90"' in page


def test_only_kiosks_may(tmp_path: Path) -> None:
    with visited(tmp_path, role=None) as nobody:
        assert nobody.get(KIOSK, follow_redirects=False).headers["location"].startswith("/enter")
        assert nobody.take(service="SB01").status_code == 401


def test_the_live_view_has_a_figure_for_every_place_of_the_pages(kiosk: Visited) -> None:
    kiosk.do(v.TakeTicket(ticket="t1", service="SB01"))
    with kiosk.websocket_connect("/api/v1/halls/hall/live/kiosk?lang=zh") as socket:
        view = socket.receive_json()["view"]
    assert view["queues"]["B"]["waiting"] == 1 and view["taking"] and view["state"] == "open"
    assert {f"t_{theme.id}" for theme in SETUP.themes} <= set(view["groups"])


def test_pages_never_run_over() -> None:
    assert paged(list(range(7)), 9, 3) == ([6], {"page": 3, "pages": 3, "total": 7})
    assert paged([], 1, 3) == ([], {"page": 1, "pages": 1, "total": 0})


@pytest.mark.parametrize("zone", [zone.id for zone in SETUP.zones])
def test_the_way_leads_to_the_zone_and_through_none(zone: str) -> None:
    path = way(SETUP.zones, zone)
    assert path is not None and path.startswith("M360 348")
    points = [tuple(map(int, point.split())) for point in path[1:].split("L")]
    for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
        for step in range(101):
            x, y = x1 + (x2 - x1) * step / 100, y1 + (y2 - y1) * step / 100
            inside = [
                one.id
                for one in SETUP.zones
                if one.place
                and one.place.x < x < one.place.x + one.place.width
                and one.place.y < y < one.place.y + one.place.height
            ]
            assert inside == []
