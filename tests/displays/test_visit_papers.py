"""What a visit leaves on the ticket's page: notices, cases, packages, the story; on later days too, and never more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from board_hall import MINUTE, SETUP, TEN, do, new_hall, on, staff
from visitors_hall import Visited, visited

from displays.phone_view import VIEW
from queue_server.app import build
from queue_server.clock import Clock
from queue_server.core import checklist as k
from queue_server.core import counters as c
from queue_server.core import intake as i
from queue_server.core import one_time as o
from queue_server.core import visits as v
from queue_server.core.hall import Hall
from queue_server.core.materials import Mark
from queue_server.settings import Settings
from queue_server.views import Scene


def marks(service: str, **other: Any) -> tuple[Mark, ...]:
    found = next(one for one in SETUP.services if one.id == service)
    named = {name.replace("_", "-"): mark for name, mark in other.items()}
    return tuple(
        Mark(material=one.id, mark=named.get(one.id, "later" if one.later else "ok")) for one in found.materials
    )


def served(service: str = "SB03", counter: str = "15", **wish: Any) -> Hall:
    """Ticket t1 is at a window."""
    hall = new_hall()
    staff(hall, counter)
    do(hall, TEN, v.TakeTicket(ticket="t1", **({"service": service} if not wish else wish)))  # type: ignore[arg-type]
    do(hall, TEN + MINUTE, v.CallNext(counter=counter), v.StartService(counter=counter))  # type: ignore[arg-type]
    return hall


def scene(lang: str = "zh") -> Scene:
    return Scene(
        tick=TEN + 20 * MINUTE, lang=lang, follow_case=lambda case: f"http://hall.test/c/{case}?key=k",
        follow_notice=lambda notice: f"http://hall.test/h/hall/one-time-notice/{notice}?key=n",
    )  # fmt: skip


def papers(hall: Hall, lang: str = "zh") -> dict[str, Any]:
    found: dict[str, Any] = VIEW.make(hall, "t1", scene(lang))["papers"]
    return found


def test_a_notice_says_what_is_missing_and_leads_to_its_page() -> None:
    hall = served()
    before = papers(hall)["stamp"]
    do(hall, TEN + 5 * MINUTE, o.GiveNotice(counter="15", marks=marks("SB03", personnel_file="missing")))  # type: ignore[arg-type]
    found = papers(hall)
    assert found["notices"] == [
        {
            "id": "GZ-20261124-0001", "day_text": "11月24日 星期二", "missing": ["人事档案", "银行卡复印件"],
            "href": "/h/hall/one-time-notice/GZ-20261124-0001?key=n",
        }
    ]  # fmt: skip
    assert found["stamp"] != before
    do(hall, TEN + 6 * MINUTE, v.FinishService(counter="15", outcome="unserved", cause="papers"))  # type: ignore[arg-type]
    view = VIEW.make(hall, "t1", scene())
    assert view["state_text"] == "没有办成" and "告知单" in view["advice"]


def test_a_case_shows_its_date_what_is_owed_and_its_page() -> None:
    hall = served()
    do(hall, TEN + 5 * MINUTE, i.AcceptCase(counter="15", marks=marks("SB03"), promise=True))  # type: ignore[arg-type]
    (case,) = papers(hall)["cases"]
    assert case["href"] == "/c/20261124-0001?key=k" and case["headline"] == "12月15日 星期二 前办好"
    assert [(one["name"], one["due"]) for one in case["owed"]] == [("银行卡复印件", "2026-12-01")]
    assert [step["text"] for step in papers(hall)["story"]] == [
        "取号 B001", "叫到 15 号窗口", "15 号窗口开始办", "受理，编号 20261124-0001",
    ]  # fmt: skip
    assert papers(hall)["first"] == "15 号窗口" and papers(hall, "en")["first"] == "Window 15"


def test_a_private_service_is_neither_named_nor_are_its_papers() -> None:
    hall = served("MZ02", counter="3")
    missing = {one.id.replace("-", "_"): "missing" for one in hall.services["MZ02"].materials[:1]}
    do(hall, TEN + 5 * MINUTE, o.GiveNotice(counter="3", marks=marks("MZ02", **missing)))  # type: ignore[arg-type]
    found = papers(hall)
    assert found["notices"][0]["missing"] == [] and found["notices"][0]["href"] and found["guides"] == []
    assert "低保" not in str(found) and "最低生活" not in str(found)


def test_a_package_says_how_many_are_done_and_where_the_next_is() -> None:
    hall = served(counter="36", package="YJ02")
    found = papers(hall)
    assert found["package"]["text"] == "4 件事，办好 0 件" and "出生登记" in found["package"]["next"]
    assert found["guides"] == [{"name": "新生儿出生", "href": "/h/hall/guide/package/YJ02"}]
    do(hall, TEN + 9 * MINUTE, k.RecordDone(counter="36"), v.TransferTicket(counter="36", rest=True))  # type: ignore[arg-type]
    found = papers(hall)
    assert found["package"]["text"] == "4 件事，办好 1 件"
    assert [one["state"] for one in found["package"]["services"]] == ["done", "now", "next", "next"]
    assert found["package"]["next"] == "接下来：社会保障卡申领、补换，B 区，15–22 号窗口"
    assert "次序按取号时间算" in found["sent_on"] and "36 号窗口" in found["sent_on"]


def test_one_service_is_no_package() -> None:
    assert papers(served())["package"] is None and papers(served())["sent_on"] == ""
    assert papers(served())["guides"][0]["href"] == "/h/hall/guide/SB03"


def test_a_case_of_somebody_else_is_not_shown_on_the_ticket_that_named_it() -> None:
    hall = served()
    do(
        hall,
        TEN + 5 * MINUTE,
        i.AcceptCase(counter="15", marks=marks("SB03"), promise=True),
        v.FinishService(counter="15"),
    )  # type: ignore[arg-type]
    do(hall, TEN + 6 * MINUTE, v.TakeTicket(ticket="t9", kind="issue", case="20261124-0001"))  # type: ignore[arg-type]
    assert VIEW.make(hall, "t9", scene())["papers"]["cases"] == [] and hall.tickets["t9"].cases  # type: ignore[index]


def test_a_case_accepted_in_a_later_visit_is_shown_there() -> None:
    hall = served()
    do(hall, TEN + 2 * MINUTE, i.ReceiveCase(counter="15", marks=marks("SB03")), v.FinishService(counter="15"))  # type: ignore[arg-type]
    do(hall, TEN + 3 * MINUTE, v.TakeTicket(ticket="t2", service="SB03"), v.CallNext(counter="15"))  # type: ignore[arg-type]
    do(hall, TEN + 4 * MINUTE, v.StartService(counter="15"))  # type: ignore[arg-type]
    do(hall, TEN + 5 * MINUTE, i.AcceptCase(counter="15", case="20261124-0001", promise=True))  # type: ignore[arg-type]
    assert [case["id"] for case in VIEW.make(hall, "t2", scene())["papers"]["cases"]] == ["20261124-0001"]


def test_notes_of_staff_are_never_shown() -> None:
    hall = served()
    do(hall, TEN + 5 * MINUTE, v.TransferTicket(counter="15", kind="fallback", note="sealed-note"))  # type: ignore[arg-type]
    assert "sealed-note" not in str(VIEW.make(hall, "t1", scene()))
    assert any("次序留着" in step["text"] for step in papers(hall)["story"])


def test_a_window_with_a_name_is_called_by_it() -> None:
    hall = served()
    do(hall, TEN + 5 * MINUTE, v.FinishService(counter="15"), v.TakeTicket(ticket="t2", service="SB01"))  # type: ignore[arg-type]
    hall.counters["15"].label = "综合服务台"  # type: ignore[index]
    do(hall, TEN + 6 * MINUTE, v.CallNext(counter="15"))  # type: ignore[arg-type]
    assert VIEW.make(hall, "t2", scene())["title"] == "B002 请到综合服务台"


# ------------------------------------------------------------------ the pages


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Visited]:
    with visited(tmp_path, role=None) as client:
        client.do(v.TakeTicket(ticket="t1", service="SB03"), c.OpenCounter(counter="15", clerk="li"))  # type: ignore[arg-type]
        client.do(v.CallNext(counter="15"), v.StartService(counter="15"))  # type: ignore[arg-type]
        yield client


def later(folder: Path, days: int) -> Visited:
    return Visited(build(Settings({}, voice="off"), folder, Clock(0.0, on(10) + days * 24 * 60 * MINUTE)))


def test_the_page_stays_useful_after_the_visit(phone: Visited) -> None:
    phone.do(o.GiveNotice(counter="15", marks=marks("SB03", personnel_file="missing")), v.FinishService(counter="15"))  # type: ignore[arg-type]
    page, text = phone.html(phone.follow("t1")), phone.text(phone.follow("t1"))
    assert "要补的材料" in text and "人事档案" in text and "不用重新排队" in text and "最先接待您的是 15 号窗口" in text
    assert "/h/hall/one-time-notice/GZ-20261124-0001?key=" in page and "/h/hall/guide/SB03" in page


@pytest.mark.parametrize("days", [1, 45])
def test_on_later_days_it_still_shows_what_is_missing_and_the_cases(tmp_path: Path, days: int) -> None:
    with visited(tmp_path, role=None) as phone:
        phone.do(v.TakeTicket(ticket="t1", service="SB03"), c.OpenCounter(counter="15", clerk="li"))  # type: ignore[arg-type]
        phone.do(v.CallNext(counter="15"), v.StartService(counter="15"))  # type: ignore[arg-type]
        phone.do(o.GiveNotice(counter="15", marks=marks("SB03", personnel_file="missing")))  # type: ignore[arg-type]
        phone.do(i.AcceptCase(counter="15", marks=marks("SB03"), promise=True), v.FinishService(counter="15"))  # type: ignore[arg-type]
        path = phone.follow("t1")
    with later(tmp_path, days) as phone:
        assert not phone.hall.tickets
        text, page = phone.text(path), phone.html(path)
    assert "B001 号" in text and "人事档案" in text and "20261124-0001" in text
    assert "/c/20261124-0001?key=" in page and "/h/hall/one-time-notice/GZ-20261124-0001?key=" in page


def test_a_later_day_without_papers_says_so(tmp_path: Path) -> None:
    with visited(tmp_path, role=None) as phone:
        phone.do(v.TakeTicket(ticket="t1", service="SB01"))  # type: ignore[arg-type]
        path = phone.follow("t1")
    with later(tmp_path, 1) as phone:
        assert "没有留下要补的材料" in phone.text(path)
