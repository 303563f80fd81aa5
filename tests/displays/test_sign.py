"""The sign over a window, in every state."""

import pytest
from board_hall import SECOND, TEN, call, do, new_hall, notice, on, staff

from displays.sign import SIGN
from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.refusals import NotFound
from queue_server.core.setup import Tick
from queue_server.core.topics import topics as touched
from queue_server.views import Scene
from queue_server.web.pages import fragment


@pytest.fixture
def hall():
    hall = new_hall()
    staff(hall, "1", "3", "4", "6", "40")
    return hall


def view(hall, counter="3", at=TEN, **scene):
    return SIGN.make(hall, counter, Scene(tick=at, **scene))


def html(hall, counter="3", at=TEN):
    return fragment("sign_live.html", view(hall, counter, at), "zh")


def test_called_shows_the_number_and_its_call(hall):
    call(hall, "t1", "3")
    do(hall, TEN + 40 * SECOND, v.Recall(counter="3"))
    shown = view(hall)
    assert (shown["state"], shown["number"], shown["call"]["count"]) == ("called", "A001", 2)
    assert "请到这里" in html(hall) and 'data-call="c1"' in html(hall) and "sign-called" in html(hall)


def test_serving_shows_the_number(hall):
    call(hall, "t1", "3")
    do(hall, TEN, v.StartService(counter="3"))
    assert view(hall)["call"] is None
    assert "办理中" in html(hall) and "<b>A</b>001" in html(hall)


def test_paused_says_until_when_and_where_else(hall):
    do(hall, TEN, c.PauseCounter(counter="3", minutes=40))
    assert view(hall)["elsewhere"] == ["4", "6"]
    assert "暂停，10:40 恢复" in html(hall) and "请到 4、6 号窗口" in html(hall) and "Use 4 or 6" in html(hall)


def test_a_pause_that_lasts_longer_than_said_promises_nothing(hall):
    do(hall, TEN, c.PauseCounter(counter="3", minutes=5))
    assert "10:05" in html(hall) and "10:05" not in html(hall, at=TEN + 360 * SECOND)


def test_paused_without_an_end_promises_none(hall):
    do(hall, TEN, c.PauseCounter(counter="3"))
    assert "暂停服务" in html(hall)


def test_free_says_whether_somebody_waits(hall):
    assert "现在不用排队" in html(hall) and "老人、残疾人可以直接过来" in html(hall, "40")
    do(hall, TEN, v.TakeTicket(ticket="t1", service="MZ01"))
    assert "马上叫号" in html(hall)


def test_closed_in_an_open_hall_sends_to_the_others(hall):
    assert "未开放" in html(hall, "5") and "请到 4、6 号窗口" in html(hall, "5")


def test_closed_outside_hours_says_when_it_opens(hall):
    assert "未开放，13:30 开始" in html(hall, "43", at=on(12, 30))
    assert "未开放，明天 9:00 开始" in html(hall, "43", at=on(18))


def test_closed_without_a_substitute_names_the_enquiries(hall):
    assert "急事请到 1 号咨询窗口" in html(hall, "36")
    assert "咨询窗口" not in html(new_hall(), "36")


def test_a_safety_notice_takes_the_sign(hall):
    call(hall, "t1", "3")
    notice(hall, "n1", "请离开", level="safety", zone="A")
    assert "请离开" in html(hall) and "sign-safety" in html(hall) and "sign-called" not in html(hall)
    assert "请离开" not in html(hall, "1")


def test_no_clerk_and_no_service_stands_on_it(hall):
    call(hall, "t1", "3")
    text = f"{view(hall)}{html(hall)}"
    assert "clerk-3" not in text and "MZ01" not in text


@pytest.mark.parametrize("counter", [None, "", "99"])
def test_a_window_that_is_not_there_is_not_found(hall, counter):
    with pytest.raises(NotFound, match="unknown-counter"):
        view(hall, counter)


def test_it_looks_at_its_own_window_and_at_those_it_names(hall):
    call(hall, "t1", "3")
    own = v.TicketRecalled(ticket="t1", call="c1", counter="3", count=2)
    assert SIGN.topics(hall, "3") & touched(hall, own)
    assert SIGN.topics(hall, "5") & touched(hall, c.CounterClosed(counter="4"))
    assert not SIGN.topics(hall, "36") & touched(hall, c.CounterClosed(counter="15"))


def test_a_counter_for_single_services_is_named_after_its_zone(hall):
    assert view(hall, "30")["name"] == {"zh": "不动产税务", "en": "Property and tax"}


# ------------------------------------------------------------------ tides, and hours of its own


def test_a_window_that_turns_shows_its_new_kind_at_once(hall):
    turned = c.CounterChanged(counter="3", serves=("H",), helps=(), kind="assisted")
    assert SIGN.topics(hall, "3") & touched(hall, turned)
    do(hall, TEN, c.ChangeCounter(counter="3", kind="assisted", serves=("H",), until=TEN + 3600 * SECOND))
    assert view(hall)["name"]["zh"] == "帮办代办" and view(hall)["counter"]["kind"] == "assisted"
    assert "帮办代办" in html(hall) and "老人、残疾人可以直接过来" in html(hall)
    do(hall, TEN + 3600 * SECOND, Tick())
    assert view(hall)["name"]["zh"] == "综合办事"


def test_a_window_that_takes_on_another_queue_says_so(hall):
    do(hall, TEN, c.ChangeCounter(counter="3", serves=("A", "B")))
    assert view(hall)["name"] == {"zh": "综合办事、社保医保", "en": "General services, Social and health insurance"}


def test_closed_shows_the_hours_of_this_window(hall):
    evening = html(hall, "36", at=on(20))
    assert "周六 9:00–12:00" in evening and "Sat 9:00–12:00" in evening
    assert "周六" not in html(hall, "37", at=on(20)) and "周一至周五 9:00–12:00、13:30–17:00" in html(hall, "37", at=on(20))
    assert view(hall, "36", at=on(20), always_open=True)["hours"] == []


def test_a_window_with_hours_of_its_own_opens_by_these(hall):
    assert "未开放，明天 9:00 开始" in html(hall, "36", at=on(20, day=27))
    assert "未开放，11月30日 星期一 9:00 开始" in html(hall, "37", at=on(20, day=27))
