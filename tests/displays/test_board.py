"""The boards: the public contract of their view, what stands on them in each state, and what never does."""

import json

import msgspec
import pytest
from board_hall import MINUTE, SECOND, SETUP, TEN, call, do, new_hall, notice, on, staff

from displays.board import BOARD, CELLS_MAX, qr, split
from displays.board_parts import parts_of
from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.refusals import NotFound
from queue_server.core.topics import topics as touched
from queue_server.views import Scene
from queue_server.web.pages import fragment, window_number


def view(hall, arg=None, at=TEN, **scene):
    return BOARD.make(hall, arg, Scene(tick=at, **scene))


def html(hall, arg=None, at=TEN, **scene):
    return fragment("board_live.html", view(hall, arg, at, **scene), "zh")


@pytest.fixture
def hall():
    hall = new_hall()
    staff(hall, "3", "4", "15")
    return hall


# ------------------------------------------------------------------ the contract


def test_a_call_has_the_fields_of_the_contract(hall):
    call(hall, "t1", "3")
    (shown,) = view(hall)["calls"]
    assert {"id", "seq", "number", "counter", "count", "at"} <= shown.keys()
    assert (shown["number"], shown["counter"], shown["count"], shown["zone"]) == ("A001", "3", 1, "A")
    assert shown["at"] == "2026-11-24T10:00:00.000+08:00"


def test_a_recall_moves_to_the_front_with_the_same_id(hall):
    call(hall, "t1", "3")
    call(hall, "t2", "4")
    before = {entry["number"]: entry for entry in view(hall)["calls"]}
    do(hall, TEN + 40 * SECOND, v.Recall(counter="3"))
    first = view(hall, at=TEN + 40 * SECOND)["calls"][0]
    assert first["number"] == "A001" and first["id"] == before["A001"]["id"]
    assert first["count"] == 2 and first["seq"] > before["A002"]["seq"]


def test_the_last_ten_calls_newest_first_whatever_became_of_the_ticket(hall):
    for step in range(12):
        call(hall, f"t{step}", "3", at=TEN + step * MINUTE)
        do(hall, TEN + step * MINUTE, v.StartService(counter="3"), v.FinishService(counter="3"))
    numbers = [entry["number"] for entry in view(hall)["calls"]]
    assert numbers == [f"A{number:03d}" for number in range(12, 2, -1)]


def test_the_view_is_plain_json_and_follows_from_state_and_tick(hall):
    call(hall, "t1", "3")
    do(hall, TEN, v.TakeTicket(ticket="t2", service="MZ01"))
    once, again = view(hall), view(hall)
    assert json.loads(msgspec.json.encode(once)) == once
    assert msgspec.json.encode(once) == msgspec.json.encode(again)
    fresh = new_hall()
    assert view(fresh)["calls"] == []  # what is kept for one hall is not another's


def test_a_queue_says_who_waits_and_how_long(hall):
    for step in range(4):
        do(hall, TEN - 20 * MINUTE, v.TakeTicket(ticket=f"w{step}", service="MZ01"))
    do(hall, TEN - 5 * MINUTE, v.CallNext(counter="3"))
    general = next(queue for queue in view(hall)["queues"] if queue["id"] == "A")
    assert general["waiting"] == 3 and general["name"] == {"zh": "综合办事", "en": "General services"}
    assert general["wait"]["low"] <= general["wait"]["likely"] <= general["wait"]["high"]


def test_the_wait_is_renewed_when_the_queue_moves_and_at_a_tick(hall):
    for step in range(3):
        do(hall, TEN - 20 * MINUTE, v.TakeTicket(ticket=f"w{step}", service="MZ01"))
    do(hall, TEN - 5 * MINUTE, v.CallNext(counter="3"))

    def wait(at):
        return next(queue for queue in view(hall, at=at)["queues"] if queue["id"] == "A")["wait"]

    before = wait(TEN)
    assert wait(TEN + 5 * MINUTE)["likely"] > before["likely"]
    do(hall, TEN, v.TakeTicket(ticket="w9", service="MZ01"))
    assert wait(TEN)["likely"] > before["likely"]


def test_busy_begins_where_the_hall_says(hall):
    for step in range(9):
        do(hall, TEN - 90 * MINUTE, v.TakeTicket(ticket=f"w{step}", service="MZ01"))
    do(hall, TEN - MINUTE, v.CallNext(counter="3"))
    assert next(queue for queue in view(hall)["queues"] if queue["id"] == "A")["busy"]


def test_what_the_zone_says_rides_in_the_view(hall):
    say = {"id": "c1", "count": 1, "text": "请 A001 号", "url": None}
    assert view(hall, "A", say=say)["say"] == say


# ------------------------------------------------------------------ zones and parts


def test_a_zone_shows_its_own_calls_windows_and_queues(hall):
    call(hall, "t1", "3")
    call(hall, "t2", "15", service="SB01")
    shown = view(hall, "B")
    assert [entry["number"] for entry in shown["calls"]] == ["B001"]
    assert [queue["id"] for queue in shown["queues"]] == ["B"]
    assert {cell["id"]: (cell["state"], cell["number"]) for cell in shown["windows"]}["15"] == ("called", "B001")
    assert shown["zone"]["name"]["en"] == "Social and health insurance"


def test_more_than_twelve_windows_make_a_second_board():
    counters = tuple(msgspec.structs.replace(item, zone="A") for item in SETUP.counters)
    hall = new_hall()
    hall.setup = msgspec.structs.replace(SETUP, counters=counters)
    hall.index()
    first, second = view(hall, "A"), view(hall, "A.2")
    assert len(first["windows"]) == CELLS_MAX and first["parts"] == 4
    assert second["part"] == 2 and second["windows"][0]["id"] == counters[CELLS_MAX].id
    assert "2/4" in fragment("board_live.html", second, "zh")


@pytest.mark.parametrize("arg", ["Z", "A.0", "A.2", "A.x", "A.²", "", "."])
def test_a_board_that_is_not_there_is_not_found(hall, arg):
    with pytest.raises(NotFound, match="unknown-zone"):
        view(hall, arg)
    with pytest.raises(NotFound):
        BOARD.topics(hall, arg)


def test_zone_and_part_of_an_argument(hall):
    assert split(hall, None) == (None, 1)
    assert split(hall, "A") == split(hall, "A.1") == ("A", 1)


def test_a_board_looks_at_what_it_shows(hall):
    call(hall, "t1", "3")
    event = v.TicketRecalled(ticket="t1", call="c1", counter="3", count=2)
    for arg in (None, "A"):
        assert BOARD.topics(hall, arg) & touched(hall, event)
    assert not BOARD.topics(hall, "B") & touched(hall, event)
    for arg in (None, "A", "B"):
        assert BOARD.topics(hall, arg) & touched(hall, s.NoticePosted(notice="n", text=SETUP.name))


def test_a_new_set_up_makes_the_parts_anew(hall):
    kept = parts_of(hall)
    assert parts_of(hall) is kept
    hall.setup = msgspec.structs.replace(hall.setup, version="2")
    assert parts_of(hall) is not kept


# ------------------------------------------------------------------ what stands on it


def test_first_the_newest_call_then_the_others(hall):
    call(hall, "t1", "3")
    call(hall, "t2", "4")
    text = html(hall)
    hero = text.index("data-hero")
    assert text.index("<b>A</b>002", hero) < text.index("<b>A</b>001", hero)
    assert "A 区，进门左手边" in text and "Window 4" in text


def test_every_row_can_stand_large(hall):
    """A later call waits in the list until the one before has been read: the page takes the words from here."""
    call(hall, "t1", "3")
    call(hall, "t2", "4")
    text = html(hall)
    assert text.count("<template ") == 2
    assert 'data-ring="c1:1"' in text and 'data-ring="c2:1"' in text


def test_before_opening_it_says_when_and_where():
    hall = new_hall()
    shown = view(hall, at=on(8, 30))
    assert shown["mode"] == "idle" and shown["standing"]["state"] == "early"
    text = fragment("board_live.html", shown, "zh")
    assert "9:00 开始叫号" in text and "We start calling at 9:00" in text and "3–14" in text


def test_in_the_break_it_says_when_calls_go_on(hall):
    call(hall, "t1", "3")
    do(hall, on(12), v.StartService(counter="3"), v.FinishService(counter="3"))
    do(hall, on(12), *[c.PauseCounter(counter=counter) for counter in ("3", "4", "15")])
    assert view(hall, at=on(12, 10))["mode"] == "idle"
    assert "13:30 开始叫号" in html(hall, at=on(12, 10))


def test_after_closing_it_goes_on_until_the_last_clerk_has_left(hall):
    call(hall, "t1", "3", at=on(16, 50))
    assert view(hall, at=on(17, 10))["mode"] == "calls"
    do(hall, on(17, 10), v.StartService(counter="3"), v.FinishService(counter="3"))
    do(hall, on(17, 10), *[c.CloseCounter(counter=counter) for counter in ("3", "4", "15")])
    assert view(hall, at=on(17, 20))["mode"] == "shut"
    assert "明天 9:00 开门" in html(hall, at=on(17, 20))


def test_after_closing_nobody_is_told_how_long_a_new_number_would_wait(hall):
    do(hall, TEN, v.TakeTicket(ticket="t1", service="MZ01"))
    call(hall, "t2", "3")
    assert "分钟内" in html(hall) + html(hall, "A")
    late = html(hall, at=on(17, 30)) + html(hall, "A", at=on(17, 30))
    assert "分钟内" not in late and "现在取号" not in late and "<b>1</b> 人" in late


def test_over_the_weekend_it_names_the_day():
    hall = new_hall()
    text = html(hall, at=on(11, day=28))
    assert "11月30日 星期一 9:00 开门" in text and "Mon 30 Nov" in text


def test_always_open_is_open(hall):
    assert view(hall, at=on(23), always_open=True)["standing"]["state"] == "open"


def test_a_safety_notice_takes_the_board_over(hall):
    call(hall, "t1", "3")
    notice(hall, "n1", "请从最近的出口离开", level="safety")
    for arg in (None, "A"):
        text = html(hall, arg)
        assert "takeover" in text and "请从最近的出口离开" in text and "A</b>001" not in text


def test_notices_stand_at_the_foot_and_only_where_they_belong(hall):
    notice(hall, "n1", "全厅通知")
    notice(hall, "n2", "只在 B 区", zone="B")
    assert "全厅通知" in html(hall) and "只在 B 区" not in html(hall)
    assert "只在 B 区" in html(hall, "B") and "只在 B 区" not in html(hall, "A")


def test_a_notice_is_text_and_never_markup(hall):
    notice(hall, "n1", "<script>alert(1)</script>")
    assert "<script>" not in html(hall)


def test_windows_say_what_they_do(hall):
    call(hall, "t1", "3")
    do(hall, TEN, c.PauseCounter(counter="4", minutes=40))
    cells = {cell["id"]: cell for cell in view(hall, "A")["windows"]}
    assert cells["3"]["state"] == "called" and cells["4"]["until"].startswith("2026-11-24T10:40")
    assert cells["5"]["state"] == "closed"
    assert "暂停，10:40 恢复" in html(hall, "A")


def test_a_pause_that_lasts_longer_than_said_promises_nothing(hall):
    do(hall, TEN, c.PauseCounter(counter="4", minutes=5))
    assert "暂停，10:05 恢复" in html(hall, "A")
    late = view(hall, "A", at=TEN + 6 * MINUTE)
    assert next(cell for cell in late["windows"] if cell["id"] == "4")["until"] is None


def test_short_labels_are_written_as_large_as_numbers() -> None:
    assert [window_number(label) for label in ("7", "1024", "A44", "综合服务台", "Info")] == [True, True, True, False, False]


def test_a_free_window_that_somebody_waits_for_calls_soon(hall):
    do(hall, TEN, v.TakeTicket(ticket="t1", service="MZ01"))
    cells = {cell["id"]: cell["soon"] for cell in view(hall, "A")["windows"]}
    assert cells["3"] and not cells["5"]


def test_nothing_of_the_visitor_stands_on_a_board(hall):
    do(hall, TEN, v.TakeTicket(ticket="secret-id", service="MZ01", needs=("disabled",)), v.CallNext(counter="3"))
    for arg in (None, "A"):
        text = json.dumps(view(hall, arg), ensure_ascii=False) + html(hall, arg)
        for hidden in ("secret-id", "disabled", "残疾", "MZ01", "clerk-3"):
            assert hidden not in text


def test_the_code_opens_the_board_and_is_drawn_in_place():
    drawn = qr("http://192.168.1.20:8000/h/hall/board")
    assert drawn.startswith("<svg") and "style=" not in drawn


# ------------------------------------------------------------------ tides, hours, closing


def test_a_window_that_turns_shows_it_in_its_cell(hall):
    do(hall, TEN, c.ChangeCounter(counter="4", kind="assisted", serves=("H",)), c.ChangeCounter(counter="3", serves=("A", "B")))
    cells = {cell["id"]: cell["turned"] for cell in view(hall, "A")["windows"]}
    assert cells["4"]["how"] == "kind" and cells["4"]["name"]["zh"] == "帮办代办"
    assert cells["3"] == {"how": "also", "name": {"zh": "社保医保", "en": "Social and health insurance"}}
    assert cells["5"] is None and "也办社保医保" in html(hall, "A")
    do(hall, TEN, c.ChangeCounter(counter="3", serves=("B",)), c.ChangeCounter(counter="5", serves=("MZ01",)))
    cells = {cell["id"]: cell["turned"] for cell in view(hall, "A")["windows"]}
    assert cells["3"]["how"] == "now" and cells["5"] is None
    assert BOARD.topics(hall, "A") & touched(hall, c.CounterChanged(counter="4", serves=("A",), helps=()))


def test_the_days_ahead_tell_of_holidays_and_of_days_with_some_services():
    hall = new_hall()
    days = {day["date"]: day for day in view(hall, at=on(20, day=27))["days"]}
    assert days["2026-11-28"]["kind"] == "some" and days["2026-11-28"]["spans"] == ["9:00–12:00"]
    assert days["2026-11-30"]["kind"] == "" and "部分事项" in html(hall, at=on(20, day=27))
    assert "今天不开" in html(hall, at=on(10, day=29)) and "今天已经结束" in html(hall, at=on(20, day=27))


def test_near_closing_the_foot_says_what_becomes_of_tickets(hall):
    assert view(hall)["closing"] is None and view(hall, at=on(16, 30), always_open=True)["closing"] is None
    assert view(hall, at=on(16, 30))["closing"]["zh"] == "17:00 下班。已经取的号今天都会办。"
    assert view(hall, at=on(17, 30))["closing"] is None
    do(hall, on(16), v.TakeTicket(ticket="t1", service="MZ01"))
    assert "已经取的号接着叫" in html(hall, at=on(17, 30))
