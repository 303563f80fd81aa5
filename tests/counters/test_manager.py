"""The manager's view: its figures against the events that made them, its order, its alarms, and its page."""

import json

import msgspec
import pytest
from desk_hall import MINUTE, SECOND, TEN, do, new_hall, take

from counters.manager import LOAD, axis, oldest
from counters.tally import tally_of
from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.catalogue import Name
from queue_server.core.hall import evolve
from queue_server.core.skills import ChangeClerk
from queue_server.core.topics import topics as touched
from queue_server.views import Scene
from queue_server.web.pages import fragment


def view(hall, at=TEN, **scene):
    return LOAD.make(hall, None, Scene(tick=at, **scene))


def html(hall, lang="zh", at=TEN, **scene):
    return fragment("manager_live.html", view(hall, at, **scene), lang)


def row(shown, queue):
    return next(entry for entry in shown["queues"] if entry["id"] == queue)


def window(shown, counter):
    return next(entry for entry in shown["counters"] if entry["id"] == counter)


@pytest.fixture
def hall():
    """Window 3 works; two wait in A, one in B since longer; one was called after 20 minutes and is done."""
    hall = new_hall()
    do(hall, TEN - 50 * MINUTE, c.OpenCounter(counter="3", clerk="c08"))
    take(hall, "t0", minutes_ago=30)
    do(hall, TEN - 10 * MINUTE, v.CallNext(counter="3"), v.StartService(counter="3"))
    do(hall, TEN - 5 * MINUTE, v.FinishService(counter="3"))
    take(hall, "t1", minutes_ago=4)
    take(hall, "t2", minutes_ago=3)
    take(hall, "t3", "SB01", minutes_ago=2)
    return hall


def test_the_view_is_plain_json(hall):
    shown = view(hall)
    assert json.loads(msgspec.json.encode(shown)) == json.loads(json.dumps(shown))


def test_the_totals_agree_with_what_happened(hall):
    shown = view(hall)
    assert shown["totals"]["waiting"] == 3
    assert (shown["totals"]["arrived"], shown["totals"]["done"]) == (4, 1)
    assert shown["totals"]["windows"] | {"total": 43, "open": 1, "free": 1, "closed": 42} == shown["totals"]["windows"]
    assert shown["service_level"] == 0.0  # the one that was called had waited twenty minutes, not fifteen


def test_the_longest_wait_comes_first(hall):
    shown = view(hall)
    assert [entry["id"] for entry in shown["queues"][:2]] == ["A", "B"]
    assert shown["longest_wait"] == row(shown, "A")["longest"] == {
        "since": "2026-11-24T09:56:00.000+08:00", "number": "A002",
    }  # fmt: skip


def test_the_oldest_is_who_came_first_not_who_is_next(hall):
    take(hall, "t4", minutes_ago=1, needs=("elderly",))
    first = oldest(hall, "A")
    assert hall.lines.oldest(hall, "A").id == "t4" and first.id == "t1"
    assert oldest(hall, "N") is None


def test_a_queue_is_late_from_where_the_hall_calls_it_busy(hall):
    assert not row(view(hall), "A")["late"]
    assert row(view(hall, at=TEN + 26 * MINUTE), "A")["late"]


def test_open_windows_of_all_that_serve_it(hall):
    shown = row(view(hall), "A")
    assert (shown["open"], shown["counters"]) == (1, 12)


def test_a_window_says_who_sits_there_and_since_when(hall):
    do(hall, TEN, v.CallNext(counter="3"))
    shown = window(view(hall), "3")
    assert (shown["state"], shown["number"], shown["clerk_name"]) == ("called", "A002", hall.clerks["c08"].name)
    assert shown["since"] == "2026-11-24T10:00:00.000+08:00" and shown["served"] == 1


def test_the_promise_is_measured_on_those_who_were_given_one(hall):
    assert view(new_hall())["totals"]["promise"] == {"in_range": None, "error_seconds": None}
    # t0 found a free window, was told "at once", and was called after twenty minutes
    assert view(hall)["totals"]["promise"] == {"in_range": 0.0, "error_seconds": 1200}


def test_quarters_cover_the_opening_hours(hall):
    slots = view(hall)["slots"]
    assert (slots[0]["at"][11:16], slots[-1]["at"][11:16]) == ("09:00", "16:45")
    assert sum(slot["arrivals"] for slot in slots) == 4
    assert [slot["p90"] for slot in slots if slot["p90"] is not None] == [1200]


def test_the_tally_counts_each_call_once_and_begins_anew_with_the_day(hall):
    first = tally_of(hall)
    assert tally_of(hall) is first and first.called["A"] == 1
    do(hall, TEN, v.CallNext(counter="3"))
    assert tally_of(hall).called["A"] == 2 and tally_of(hall).level("A") == 0.5
    evolve(hall, s.DayClosed(day="2026-11-24"), TEN)
    evolve(hall, s.DayOpened(day="2026-11-25"), TEN)
    assert tally_of(hall) is not first and tally_of(hall).level() is None


def test_the_spark_is_the_mean_wait_of_each_quarter(hall):
    assert row(view(hall), "A")["spark"] == [None] * 6 + [1200.0, None]


def test_a_lapsed_lease_is_an_alarm_that_opens_the_window(hall):
    evolve(hall, s.ClockJumped(seconds=600), TEN)
    evolve(hall, c.LeaseLapsed(counter="3", clerk="c08"), TEN)
    codes = [alarm["code"] for alarm in view(hall)["alarms"]]
    assert codes == ["lease", "clock"]
    text = html(hall)
    assert "没有动静" in text and 'id="alarm-3"' in text and "counter-lapsed" in text


def test_who_waits_for_what_nobody_at_the_open_windows_has_learnt_is_an_alarm() -> None:
    hall = new_hall()
    do(hall, TEN, c.OpenCounter(counter="3", clerk="c08"))
    take(hall, "t1", minutes_ago=0)
    only = next(service for service in hall.services if hall.queue_of[service] == "A" and service != hall.tickets["t1"].service)
    do(hall, TEN, ChangeClerk(clerk="c08", skills=(only,)))
    alarm = view(hall)["alarms"]
    assert [(one["code"], one["queue"], one["count"]) for one in alarm] == [("skills", "A", 1)]
    assert alarm[0]["services"] == [hall.tickets["t1"].service_name.zh]
    assert "开着的窗口没有人会办" in html(hall) and "没有窗口开着" not in html(hall)


def test_devices_and_the_calendar_can_be_alarms(hall):
    devices = {"sound": {"state": "failed", "devices": 2, "blocked": 1}, "printer": {"state": "out-of-paper"}}
    text = html(hall, devices=lambda: devices)
    for words in ("只响提示音", "有 1 块屏", "打印机没纸了"):
        assert words in text
    late = TEN + 400 * 86_400 * SECOND
    assert [alarm["code"] for alarm in view(hall, at=late)["alarms"]] == ["calendar"]


@pytest.mark.parametrize("state", ["ok", "off", "idle", "failed"])
def test_every_state_of_the_devices_has_words(hall, state):
    sound = {"state": state, "devices": 1, "blocked": 0}
    assert html(hall, devices=lambda: {"boards": 3, "sound": sound, "printer": {"state": state}})


def test_a_calm_hall_says_so(hall):
    assert "没有要处理的事" in html(hall) and "Nothing to deal with" in html(hall, "en")


def test_queues_that_wait_too_long_or_have_nobody_want_a_look(hall):
    do(hall, TEN, v.TakeTicket(ticket="t9", service="BD01"))
    assert "没有窗口开着" in html(hall) and "没有要处理的事" not in html(hall)
    late = fragment("manager_live.html", view(hall, at=TEN + 40 * MINUTE), "en")
    assert "2 waiting, the longest" in late and "Nothing to deal with" not in late


def test_notices_can_be_withdrawn(hall):
    do(hall, TEN, s.PostNotice(notice="n1", text=Name(zh="停电", en="Power cut"), zone="B", minutes=30))
    text = html(hall)
    assert "停电" in text and 'data-withdraw="n1"' in text and "到 10:30" in text
    assert "Power cut" in html(hall, "en")


def test_both_pictures_of_the_windows_open_the_same_dialog(hall):
    text = html(hall)
    for counter in hall.counters:
        assert f'id="counter-{counter}"' in text and f'id="row-{counter}"' in text and f'data-counter="{counter}"' in text


def test_what_a_clerk_is_called_is_never_markup(hall):
    do(hall, TEN, c.OpenCounter(counter="4", clerk='<i>"x"</i>'))
    assert "<i>&#34;" not in html(hall) and '<i>"x"' not in html(hall)


def test_charts_have_a_table_beside_them(hall):
    text = html(hall)
    assert text.count('role="img"') == 2 and "每 15 分钟的到达人数和等候 P90" in text


def test_an_empty_day_is_drawn():
    for lang in ("zh", "en"):
        assert html(new_hall(), lang, at=TEN)
        assert html(new_hall(), lang, at=TEN + 4 * 24 * 60 * MINUTE)  # a Saturday: no hours, no slots


def test_the_axis_knows_the_hours_and_the_present(hall):
    shown = view(hall)
    drawn = axis(shown["slots"], shown["tick"])
    assert drawn.ticks[0] == (0, "9:00") and drawn.now == 4.0
    assert axis([], shown["tick"]).slots == 0


def test_it_looks_at_queues_counters_and_the_hall(hall):
    for event in (
        c.CounterClosed(counter="3"), s.NoticeWithdrawn(notice="n"), v.TicketCancelled(ticket="t1", by="visitor"),
    ):  # fmt: skip
        assert LOAD.topics(hall, None) & touched(hall, event)
