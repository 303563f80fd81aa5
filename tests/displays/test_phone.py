"""The ticket on a phone: what each state says, and that neither a wrong key nor an old ticket is told apart from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from board_hall import MINUTE, SECOND, TEN, do, new_hall, on, staff
from visitors_hall import Visited, visited

from displays.phone_view import VIEW
from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.core.topics import topics as touched
from queue_server.views import Scene


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Visited]:
    with visited(tmp_path, role=None) as client:
        client.do(v.TakeTicket(ticket="t1", service="SB01"))
        yield client


def waiting(count: int = 1, service: str = "SB01") -> Hall:
    """So many tickets t1, t2 ... wait, one a second."""
    hall = new_hall()
    for at in range(count):
        do(hall, TEN + at * SECOND, v.TakeTicket(ticket=f"t{at + 1}", service=service))  # type: ignore[arg-type]
    return hall


def view(hall: Hall, ticket: str = "t1", lang: str = "zh", at: int = TEN + MINUTE) -> dict[str, Any]:
    return VIEW.make(hall, ticket, Scene(tick=at, lang=lang))


def called(times: int = 1) -> Hall:
    hall = waiting()
    staff(hall, "15")
    do(hall, TEN + 8 * MINUTE, v.CallNext(counter="15"))  # type: ignore[arg-type]
    for extra in range(1, times):
        do(hall, TEN + (8 + extra) * MINUTE, v.Recall(counter="15"))  # type: ignore[arg-type]
    return hall


def test_waiting_says_how_many_where_and_what_to_bring() -> None:
    found = view(waiting(3), "t3")
    assert (found["state"], found["ahead"], found["number"], found["zone"]) == ("waiting", 2, "B003", "B")
    assert found["place"] == {"zone": "B", "head": "请在 B 区等", "line": "15–22 号窗口，正门直走 30 米"}
    assert [row["kind"] for row in found["bring"]] == ["needed", "needed", "later"]
    assert found["title"] == "B003 前面还有 2 人" and found["wait"] is None and found["wait_text"] == ""


def test_the_wait_is_a_range_and_two_clock_times() -> None:
    hall = waiting(12)
    staff(hall, "15")
    for at in range(3):
        now = TEN + (5 + at * 5) * MINUTE
        do(hall, now, v.CallNext(counter="15"), v.StartService(counter="15"), v.FinishService(counter="15"))  # type: ignore[arg-type]
    found = view(hall, "t12", at=TEN + 20 * MINUTE)
    assert found["wait_text"].startswith("约 ") and "–" in found["wait_figure"] and found["wait"]["low"] > 0
    assert found["when"].startswith("大约 10:") and found["ahead_more"] == found["ahead"] == 8


def test_the_next_one_is_told_so() -> None:
    assert view(waiting())["when"] == "下一个就是您" and view(waiting())["ahead_more"] == ""


def test_called_says_the_window_and_its_zone() -> None:
    found = view(called(2))
    assert (
        found["state"] == "called" and found["label"] == "15" and found["calls"] == 2 and found["call"].endswith(".2")
    )
    assert found["title"] == "B001 请到 15 号窗口" and found["place"]["head"] == "B 区"
    assert "还会再叫您 1 次" in found["advice"] and found["call_text"] == "10:09:00 第 2 次叫号"
    assert view(called(2), lang="en")["advice"].startswith("No rush: we will call you once more")


def test_missed_says_the_number_is_still_there_and_where_to_go() -> None:
    hall = called(3)
    do(hall, TEN + 12 * MINUTE, v.MarkNoShow(counter="15"))  # type: ignore[arg-type]
    found = view(hall)
    assert found["state"] == "no_show" and "下下个就叫您" in found["advice"] and found["place"]["head"] == "1–2 号窗口"
    hall.called_by_queue["B"] = 99  # type: ignore[index]
    assert "从队尾" in view(hall)["advice"]


@pytest.mark.parametrize("kind", ["papers_back", "papers_kept", "step"])
def test_held_says_what_to_do(kind: Any) -> None:
    hall = called()
    do(hall, TEN + 9 * MINUTE, v.StartService(counter="15"), v.HoldTicket(counter="15", kind=kind))  # type: ignore[arg-type]
    found = view(hall)
    assert found["state"] == "held" and found["advice"] and found["can_cancel"]


def test_the_steps_carry_their_times() -> None:
    hall = called()
    do(hall, TEN + 9 * MINUTE, v.StartService(counter="15"))  # type: ignore[arg-type]
    do(hall, TEN + 20 * MINUTE, v.FinishService(counter="15"))  # type: ignore[arg-type]
    assert [(step["state"], step["note"]) for step in view(hall)["steps"]] == [
        ("done", "10:00"), ("done", "8 分钟"), ("done", "10:08"), ("done", "10:20"),
    ]  # fmt: skip
    assert [step["state"] for step in view(waiting())["steps"]] == ["done", "now", "next", "next"]


def test_a_private_service_is_not_named() -> None:
    found = view(waiting(service="MZ02"))
    assert found["service"] == "婚姻、民政类事项" and found["bring"] == []


def test_a_lane_and_a_package_have_names() -> None:
    hall = new_hall()
    do(hall, TEN, v.TakeTicket(ticket="t1", kind="consultation"), v.TakeTicket(ticket="t2", package="YJ02"))  # type: ignore[arg-type]
    assert view(hall)["service"] == "咨询" and view(hall, "t2")["service"] == "新生儿出生"
    assert len({row["text"] for row in view(hall, "t2")["bring"]}) == len(view(hall, "t2")["bring"]) > 0


def test_why_others_go_first_names_the_classes_and_the_bound() -> None:
    assert "60 岁以上、残疾人" in view(waiting())["why_ahead"] and "10 分钟" in view(waiting())["why_ahead"]


def test_an_unknown_ticket_has_no_view() -> None:
    for ask in (lambda: view(new_hall(), "nope"), lambda: VIEW.topics(new_hall(), None)):
        with pytest.raises(NotFound):
            ask()


def test_what_touches_the_queue_touches_the_view() -> None:
    hall = waiting(2)
    assert touched(hall, v.TicketCancelled(ticket="t1", by="visitor")) & VIEW.topics(hall, "t2")  # type: ignore[arg-type]
    assert not VIEW.first


# ------------------------------------------------------------------ the page


def test_the_page_of_a_waiting_ticket(phone: Visited) -> None:
    page = phone.text(phone.follow("t1"))
    assert "B001" in page and "下一个就是您" in page and "请带好 2 样材料" in page and "退号" in page
    assert phone.html(phone.follow("t1")).count("<h1") == 1


def test_its_live_part_alone(phone: Visited) -> None:
    part = phone.html(phone.follow("t1", part="1", lang="en"))
    assert "<html" not in part and "Please wait in zone B" in part


def test_called_the_window_is_the_page(phone: Visited) -> None:
    phone.do(c.OpenCounter(counter="15", clerk="甲"), v.CallNext(counter="15"))
    page = phone.html(phone.follow("t1"))
    assert "请到 <b>15</b> 号窗口" in page and 'role="alert"' in page and "map-here" in page


@pytest.mark.parametrize("path", ["/t/t1?key=wrong", "/t/t1", "/t/never-issued?key=wrong"])
def test_a_wrong_key_and_an_unknown_ticket_look_the_same(phone: Visited, path: str) -> None:
    assert "没有找到这张号" in phone.text(path, status=404) and "B001" not in phone.text(path, status=404)


def test_a_ticket_of_another_day_has_expired(phone: Visited) -> None:
    page = phone.text(phone.follow("long-ago"))
    assert "这张号已经过期" in page and "重新取号" in page


def test_giving_it_back_needs_the_key_and_a_second_act(phone: Visited) -> None:
    path = phone.follow("t1")
    assert phone.post("/t/t1/cancel?key=wrong").status_code == 404
    assert "退掉 B001" in phone.text(path)
    answer = phone.post(path.replace("/t/t1", "/t/t1/cancel"))
    assert answer.status_code == 200 and "已退号" in answer.text and phone.hall.tickets["t1"].reason == "visitor"
    assert phone.post(path.replace("/t/t1", "/t/t1/cancel")).status_code == 200, "too late is no error"


def test_size_and_language_are_the_phones_own(phone: Visited) -> None:
    assert 'data-size="large"' in phone.html(phone.follow("t1", size="large"))
    assert 'data-size="large"' in phone.html(phone.follow("t1"))
    assert '<html lang="en"' in phone.html(phone.follow("t1", lang="en"))


def test_a_ticket_taken_in_english_opens_in_english(phone: Visited) -> None:
    phone.do(v.TakeTicket(ticket="t2", service="SB01", lang="en"))
    assert '<html lang="en"' in phone.html(phone.follow("t2"))


def test_nothing_of_the_clerk_is_told(phone: Visited) -> None:
    phone.do(c.OpenCounter(counter="15", clerk="甄试明"), v.CallNext(counter="15"), v.StartService(counter="15"))
    assert "甄试明" not in phone.html(phone.follow("t1"))
    assert on(10) == TEN
