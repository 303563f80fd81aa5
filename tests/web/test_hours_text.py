"""Opening hours in words: weeks in runs, what a service has of its own, special days, closing."""

import datetime

import msgspec
import pytest
from factory import Given, given, taken

from queue_server.core.calendar import standing
from queue_server.core.catalogue import Calendar, Hours
from queue_server.setup_file import default_setup_text, load_setup
from queue_server.web.hours_text import (
    closing_text,
    coming_text,
    hours_text,
    last_call,
    next_text,
    opens_text,
    own_hours_text,
    today_text,
)

SETUP = load_setup(default_setup_text())
MORNING, DAY = ("09:00-12:00",), ("09:00-12:00", "13:30-17:00")
WORKDAYS = Hours(mon=DAY, tue=DAY, wed=DAY, thu=DAY, fri=DAY)
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def on(month: int, day: int, hour: int, minute: int = 0) -> int:
    return int(datetime.datetime(2026, month, day, hour, minute, tzinfo=CHINA).timestamp()) * 1_000_000


def changed(**fields: object) -> Hours:
    return msgspec.structs.replace(WORKDAYS, **fields)


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        (WORKDAYS, ["周一至周五 9:00–12:00、13:30–17:00"], ["Mon to Fri 9:00–12:00, 13:30–17:00"]),
        (Hours(mon=MORNING, tue=MORNING, sat=("10:00-16:00",)), ["周一、周二 9:00–12:00", "周六 10:00–16:00"],
         ["Mon, Tue 9:00–12:00", "Sat 10:00–16:00"]),
        (Hours(tue=MORNING, thu=MORNING), ["周二、周四 9:00–12:00"], ["Tue, Thu 9:00–12:00"]),
        (Hours(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"), ("00:00-24:00",))),
         ["每天 0:00–24:00", "法定节假日 0:00–24:00"], ["Every day 0:00–24:00", "public holidays 0:00–24:00"]),
        (Hours(), [], []),
    ],
)  # fmt: skip
def test_a_week_in_runs(hours: Hours, zh: list[str], en: list[str]) -> None:
    assert (hours_text("zh", hours), hours_text("en", hours)) == (zh, en)


@pytest.mark.parametrize(
    ("own", "zh", "en"),
    [
        (None, "", ""),
        (changed(), "", ""),
        (changed(sat=MORNING), "周六 9:00–12:00 也办", "Also open Sat 9:00–12:00"),
        (changed(thu=("09:00-12:00", "13:30-20:00")), "周四 17:00–20:00 也办", "Also open Thu 17:00–20:00"),
        (changed(mon=("09:00-17:00",)), "周一 12:00–13:30 也办", "Also open Mon 12:00–13:30"),
        (changed(sat=MORNING, holiday=MORNING), "周六 9:00–12:00，法定节假日 9:00–12:00 也办",
         "Also open Sat 9:00–12:00, public holidays 9:00–12:00"),
        (Hours(tue=MORNING, thu=MORNING), "只在周二、周四 9:00–12:00 办", "Only Tue, Thu 9:00–12:00"),
        (Hours(tue=MORNING, sat=MORNING), "办理时间：周二、周六 9:00–12:00", "Hours: Tue, Sat 9:00–12:00"),
    ],
)  # fmt: skip
def test_what_a_service_has_of_its_own(own: Hours | None, zh: str, en: str) -> None:
    assert (own_hours_text("zh", own, WORKDAYS), own_hours_text("en", own, WORKDAYS)) == (zh, en)


def test_the_next_opening_is_as_short_as_it_is_clear() -> None:
    now = on(11, 24, 10)
    assert opens_text("zh", on(11, 24, 13, 30), now, SETUP) == "13:30"
    assert opens_text("zh", on(11, 25, 9), now, SETUP) == "明天 9:00"
    assert opens_text("en", on(11, 28, 9), now, SETUP) == "Sat 28 Nov at 9:00"
    assert opens_text("zh", None, now, SETUP) == ""


def test_until_when_nobody_is_served() -> None:
    def said(now: int, hours: Hours | None = None) -> str:
        return next_text("zh", standing(now, SETUP, hours), now, SETUP)

    assert said(on(11, 24, 10)) == ""
    assert said(on(11, 24, 12, 30)) == "13:30 开始办"
    assert said(on(11, 27, 18), changed(sat=MORNING)) == "明天 9:00 开始办"
    assert said(on(11, 24, 10), Hours()) == "什么时候办，看大厅公告"


@pytest.mark.parametrize(
    ("now", "zh"),
    [
        (on(11, 24, 10), "今天 9:00–12:00、13:30–17:00"),
        (on(11, 24, 18), "今天已经结束"),
        (on(11, 28, 10), "今天不开"),
        (on(10, 1, 10), "今天是法定节假日，不开"),
        (on(10, 10, 10), "今天调休上班，9:00–12:00、13:30–17:00"),
    ],
)
def test_today(now: int, zh: str) -> None:
    assert today_text("zh", SETUP, now) == zh


def test_holidays_with_hours_of_their_own() -> None:
    assert today_text("zh", SETUP, on(10, 1, 8), changed(holiday=MORNING)) == "今天是法定节假日，9:00–12:00 照常开"
    assert coming_text("zh", SETUP, on(9, 28, 10), changed(holiday=MORNING))[0] == "10月1日至10月7日放假，9:00–12:00 照常办"


def test_holidays_ahead() -> None:
    assert coming_text("zh", SETUP, on(11, 24, 10)) == []
    assert coming_text("zh", SETUP, on(10, 5, 10)) == [
        "10月5日至10月7日放假，不开", "10月10日 星期六调休上班，9:00–12:00、13:30–17:00",
    ]  # fmt: skip
    one = msgspec.structs.replace(SETUP, calendar=Calendar(years=(2026,), closed=("2026-11-25",)))
    assert coming_text("en", one, on(11, 24, 10)) == ["Closed Wed 25 Nov, public holiday"]


def test_sessions_until_midnight_and_past_it() -> None:
    late = changed(tue=("18:00-24:00",))
    assert today_text("zh", SETUP, on(11, 24, 10), late) == "今天 18:00–24:00"


def closing(**rules: object) -> Given:
    hall = given(taken("t1"))
    new = msgspec.structs.replace(hall.hall.setup, rules=msgspec.structs.replace(hall.hall.setup.rules, **rules))
    hall.hall.setup = new
    hall.hall.index()
    return hall


def test_closing_says_what_becomes_of_whoever_waits() -> None:
    hall = closing().hall
    five = on(1, 5, 17)
    assert closing_text("zh", hall, five - 61 * 60_000_000) == "" and last_call(hall, five) is None
    assert closing_text("zh", hall, five - 60_000_000) == "17:00 下班。已经取的号今天都会办。"
    assert closing_text("en", hall, five).startswith("Closed, no more numbers today.")


def test_where_tickets_end_at_closing_it_says_when() -> None:
    hall = closing(at_closing="expire", closing_grace_minutes=20).hall
    five, minute = on(1, 5, 17), 60_000_000
    assert last_call(hall, five) == five + 20 * minute and last_call(hall, on(1, 6, 10)) is None
    assert closing_text("zh", hall, five - minute) == "叫号到 17:20 为止，没叫到的号到时作废。"
    assert closing_text("en", hall, five) == "Closed. Numbers already taken are called until 17:20, then they expire."
    assert closing_text("zh", hall, five + 20 * minute) == "今天的号已经作废，下次来请重新取号。"
    assert closing_text("zh", hall, on(1, 6, 10)) == ""


def test_a_service_with_an_evening_closes_later() -> None:
    hall = closing().hall
    evening = Hours(mon=("09:00-20:00",))
    assert closing_text("zh", hall, on(1, 5, 17), evening) == ""
    assert closing_text("zh", hall, on(1, 5, 19, 30), evening).startswith("20:00 下班")
