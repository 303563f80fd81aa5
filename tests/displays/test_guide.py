"""The service guide: what it says of a service, that it is the same catalogue everywhere, and that everybody may read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from board_hall import SETUP, TEN, do, new_hall, on, staff
from visitors_hall import Visited, visited

from displays import guide_values as values
from displays.counter_guide import VIEW as COUNTER
from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.catalogue import CounterSetup, Hours, Material, Name, Procedure, Service, Term
from queue_server.core.catalogue_changes import ChangeService
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.setup_file import default_setup_text, load_setup
from queue_server.views import Scene

GUIDE = "/h/hall/guide"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Visited]:
    with visited(tmp_path, role=None) as client:
        yield client


def service(wanted: str = "SB03") -> Service:
    return next(one for one in SETUP.services if one.id == wanted)


def name(text: str) -> Name:
    return Name(zh=text, en=text)


# ------------------------------------------------------------------ one service


def test_a_guide_says_what_to_bring_how_long_and_where(reader: Visited) -> None:
    page = reader.text(f"{GUIDE}/SB03")
    for text in (
        "企业职工基本养老保险待遇申领（退休）", "15 个工作日办好", "法定期限20 个工作日", "人事档案", "交原件 1 份", "存档单位",
        "区人才服务中心", "可以后补，5 个工作日内", "专家评审", "养老待遇核定表", "也可以邮寄到家", "15–22 号窗口", "正门直走",
        "没有告知的，算作受理", "目录版本 1", "免费复印",
    ):  # fmt: skip
        assert text in page, text


def test_it_is_whole_in_english(reader: Visited) -> None:
    page = reader.text(f"{GUIDE}/SB03?lang=en")
    assert "What to bring" in page and "Hand in the original" in page and "Expert review" in page
    assert not re.search("[一-鿿]{3}", page)


def test_a_paper_that_the_state_has_is_marked_with_its_reason() -> None:
    held = Material(id="x", name=name("户口簿"), held=True, held_as="certificate", form="copy")
    row = values.material_row("zh", held, 5)
    assert row["free"] == "不用带，有电子证照" and row["form"] == "" and row["later"] == "" and row["kind"] == "free"


def test_copies_standards_and_promises_are_said() -> None:
    paper = Material(
        id="x",
        name=name("照片"),
        form="copy",
        copies=3,
        standard=name("两寸"),
        promise=True,
        later=True,
        later_workdays=2,
    )
    row = values.material_row("zh", paper, 5)
    assert row["form"] == "交复印件 3 份" and ("要求", "两寸") in row["lines"]
    assert row["later"] == "可以后补，2 个工作日内" and row["promise"] == "可以签承诺书代替"
    assert values.material_row("en", paper, 5)["later"] == "May follow, within 2 working days"


def test_what_the_catalogue_does_not_know_is_left_out() -> None:
    bare = Service(
        id="x", name=name("某事"), theme="social", department="hrss", queue="B", answer=Term(), delivery=Term(),  # type: ignore[arg-type]
        handling="promised",
    )  # fmt: skip
    facts = values.service_values(new_hall(), bare, "zh")["facts"]
    assert [label for label, _ in facts] == ["怎么拿"]


def test_everything_the_catalogue_knows_is_said() -> None:
    whole = msgspec.structs.replace(
        service(), conditions=name("年满六十"), basis=name("某法第一条"), fee=name("不收费"), answer=Term(value=0),
        procedures=(Procedure(kind="hearing"),),
    )  # fmt: skip
    found = values.service_values(new_hall(), whole, "zh")
    texts = dict(found["facts"])
    assert texts["谁能办"] == "年满六十" and texts["依据"] == "某法第一条" and texts["收费"] == "不收费"
    assert texts["受理答复"].startswith("当场受理") and found["procedures"][0]["name"] == "听证"


def test_a_private_service_has_its_guide_too(reader: Visited) -> None:
    assert "最低生活保障" in reader.text(f"{GUIDE}/MZ02")


def test_outside_its_hours_it_says_when_it_opens() -> None:
    hall, one = new_hall(), service()
    assert values.wait_values(hall, one, "zh", on(12, 30), False)["next"] == "13:30 开始办"
    assert values.wait_values(hall, one, "zh", on(12, 30), True)["open"]
    saturday = msgspec.structs.replace(one, hours=Hours(sat=("09:00-12:00",)))
    where = values.where_values(hall, saturday, "zh", on(10))
    assert "周六" in where["own"] and where["today"] == "今天不开"


def test_how_many_wait_now() -> None:
    hall = new_hall()
    do(hall, TEN, v.TakeTicket(ticket="t1", service="SB03"), v.TakeTicket(ticket="t2", service="SB01"))  # type: ignore[arg-type]
    assert values.wait_values(hall, service(), "zh", TEN, False)["waiting"] == 2


def test_an_unknown_service_is_not_found(reader: Visited) -> None:
    for path in ("/nope", "/package/nope"):
        assert reader.get(GUIDE + path).status_code == 404
    assert reader.get("/h/nowhere/guide/SB03").status_code == 404


def test_the_page_carries_its_own_code(reader: Visited) -> None:
    page = reader.html(f"{GUIDE}/SB03")
    assert 'class="qr"' in page and "办事指南的二维码" in page


# ------------------------------------------------------------------ finding


@pytest.mark.parametrize("q", ["退休", "tuixiu", "办退休", "SB03"])
def test_a_service_is_found_by_name_pinyin_alias_and_id(reader: Visited, q: str) -> None:
    assert f"{GUIDE}/SB03" in reader.html(f"{GUIDE}?q={q}")


def test_themes_departments_and_packages_lead_to_services(reader: Visited) -> None:
    home = reader.html(GUIDE)
    assert f"{GUIDE}?theme=social" in home and f"{GUIDE}?department=hrss" in home and f"{GUIDE}/package/YJ02" in home
    assert f"{GUIDE}/SB03" in reader.html(f"{GUIDE}?theme=social") and "共 10 项" in reader.text(
        f"{GUIDE}?theme=social"
    )
    assert f"{GUIDE}/SB03" in reader.html(f"{GUIDE}?department=hrss")


def test_nothing_found_is_no_dead_end(reader: Visited) -> None:
    page = reader.html(f"{GUIDE}?q=zzzzzz")
    assert "没有找到“zzzzzz”" in page and f'action="{GUIDE}"' in page


def test_long_lists_have_pages() -> None:
    many = [msgspec.structs.replace(service(), id=f"S{at}") for at in range(45)]
    hall = Hall(setup=msgspec.structs.replace(SETUP, services=tuple(many), packages=(), counters=())).index()
    found = values.find_values(hall, [one.id for one in many], {"q": "养老"}, "zh", 3)
    assert len(found["rows"]) == 5 and found["pager"] == {"page": 3, "pages": 3, "total": 45}


def test_what_is_searched_is_escaped(reader: Visited) -> None:
    assert (
        "<script>"
        not in reader.html(f"{GUIDE}?q=%3Cscript%3Ealert(1)%3C/script%3E").split("<main")[1].split("</main>")[0]
    )


def test_the_link_of_the_other_language_keeps_the_search(reader: Visited) -> None:
    assert "?q=%E7%A4%BE%E4%BF%9D&amp;lang=en" in reader.html(f"{GUIDE}?q=社保")


# ------------------------------------------------------------------ public lists, packages


def test_the_lists_of_what_may_come_later_are_public(reader: Visited) -> None:
    page = reader.text(f"{GUIDE}/deferrals")
    assert "银行卡复印件，5 个工作日内" in page and "婚姻状况承诺书" in page and "到期没补" in page
    assert "下一页" in page and reader.text(f"{GUIDE}/deferrals?page=2") != page


def test_a_package_is_one_list_in_the_order_of_its_services(reader: Visited) -> None:
    page = reader.text(f"{GUIDE}/package/YJ02")
    assert page.index("出生登记E 区") < page.index("社会保障卡申领、补换B 区") < page.index("生育津贴支付B 区")
    package = new_hall().packages["YJ02"]
    rows = values.package_values(new_hall(), package, "zh")["materials"]
    assert len({row["name"] for row in rows}) == len(rows) and rows[0]["for"] == ["出生登记"]


# ------------------------------------------------------------------ one catalogue


def test_kiosk_phone_desk_and_api_say_the_same_after_a_change(tmp_path: Path) -> None:
    """Same source, same words, at once (同源发布)."""
    with visited(tmp_path, role="admin") as client:
        hall = client.hall
        new = msgspec.structs.replace(
            hall.services["SB03"], name=name("退休手续（新）"), promised=Term(value=7),
            materials=(Material(id="only", name=name("唯一的材料"), later=True),),
        )  # fmt: skip
        client.do(ChangeService(service=new, base=hall.setup.version))
        version = client.hall.setup.version
        pages = [
            client.text(f"{GUIDE}/SB03"), client.text(f"{GUIDE}?q=退休手续"), client.text("/h/hall/kiosk/theme/social?open=SB03"),
        ]  # fmt: skip
        found = client.get("/api/v1/halls/hall/services", params={"q": "退休手续"}).json()["services"]
        client.do(v.TakeTicket(ticket="t1", service="SB03"))  # type: ignore[arg-type]
        pages.append(client.text(client.follow("t1")))
        client.do(c.OpenCounter(counter="15", clerk="li"), v.CallNext(counter="15"), v.StartService(counter="15"))  # type: ignore[arg-type]
        pages.append(client.text("/h/hall/desk/15"))
    assert version != "1" and f"目录版本 {version}" in pages[0]
    assert all("退休手续（新）" in page for page in pages) and found[0]["name"]["zh"] == "退休手续（新）"
    assert all("7 个工作日办好" in page for page in pages[:3]) and found[0]["promised"]["value"] == 7
    assert all("唯一的材料" in page for page in (pages[0], *pages[2:]))
    assert [one["id"] for one in found[0]["materials"]] == ["only"]


# ------------------------------------------------------------------ a window


def test_the_code_at_a_window_says_what_it_does_and_whom_it_calls(reader: Visited) -> None:
    reader.do(c.OpenCounter(counter="15", clerk="li"), v.TakeTicket(ticket="t1", service="SB01"))  # type: ignore[arg-type]
    reader.do(v.TakeTicket(ticket="t2", service="SB01"), v.CallNext(counter="15"))  # type: ignore[arg-type]
    page = reader.html("/h/hall/window/15")
    text = reader.text("/h/hall/window/15")
    assert "15 号窗口" in text and "专业窗口" in text and "正在叫" in text and "还有 1 人在等" in text
    assert "li" not in text.split(), "nobody learns here who sits at the window"
    assert f"{GUIDE}/SB01" in page and "/h/hall/board/B" in page and "全部" in text
    assert "Window 15" in reader.text("/h/hall/window/15?lang=en")


def test_a_closed_window_says_where_else() -> None:
    hall = new_hall()
    staff(hall, "16")
    view = COUNTER.make(hall, "15", Scene(tick=TEN))
    assert view["state"] == "closed" and view["number"] is None and view["elsewhere"] == "可以到 16 号窗口"[4:]
    assert COUNTER.topics(hall, "15") >= {"counters", "queue:B"}


def test_a_window_with_a_name_is_called_by_it() -> None:
    setup = load_setup(default_setup_text())
    named = CounterSetup(id="X1", label="综合服务台", kind="consultation", zone="X", serves=("X",))  # type: ignore[arg-type]
    hall = Hall(setup=msgspec.structs.replace(setup, counters=(*setup.counters, named))).index()
    hall.counters["X1"] = c.Counter(id="X1", label="综合服务台", kind="consultation", zone="X", serves=("X",), helps=())  # type: ignore[arg-type,index]
    assert COUNTER.make(hall, "X1", Scene(tick=TEN))["window"] == "综合服务台"


def test_an_unknown_window_is_not_found(reader: Visited) -> None:
    assert reader.get("/h/hall/window/99").status_code == 404
    with pytest.raises(NotFound):
        COUNTER.topics(new_hall(), None)


def test_strangers_are_limited_and_staff_are_not(tmp_path: Path) -> None:
    with visited(tmp_path, role=None, requests_per_minute_max=3) as client:
        assert [client.get(f"{GUIDE}/SB03").status_code for _ in range(4)] == [200, 200, 200, 429]
