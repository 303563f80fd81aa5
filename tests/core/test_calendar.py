"""Open days, sessions and hall days, also across changes of clocks."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.core import calendar
from queue_server.core.catalogue import Calendar, Hours, Name, Rules, Setup, Term

DAY = ("09:00-12:00", "13:30-17:00")
FRIDAY = ("09:00-16:00",)
HOURS = Hours(mon=DAY, tue=DAY, wed=DAY, thu=DAY, fri=FRIDAY)
TABLE = Calendar(years=(2026,), closed=("2026-10-01", "2026-10-02"), make_up=("2026-10-10",))
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia"]


def setup(hours: Hours = HOURS, table: Calendar = TABLE, zone: str = "Asia/Shanghai", **rules: Any) -> Setup:
    return Setup(
        id="h", version="1", name=Name(zh="厅", en="Hall"), zones=(), queues=(), counters=(), services=(), themes=(),
        departments=(), hours=hours, calendar=table, rules=Rules(**rules), time_zone=zone,
    )  # fmt: skip


HALL = setup()


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


# 2026-09-28 is a Monday, 10-01 and 10-02 (Thursday, Friday) are holidays, 10-10 is a worked Saturday.
@pytest.mark.parametrize(
    ("now", "state", "opens", "closes"),
    [
        ("2026-09-28 07:59:59", "closed", "2026-09-28 09:00", "2026-09-28 17:00"),
        ("2026-09-28 08:00", "early", "2026-09-28 09:00", "2026-09-28 17:00"),
        ("2026-09-28 08:59:59.999999", "early", "2026-09-28 09:00", "2026-09-28 17:00"),
        ("2026-09-28 09:00", "open", "2026-09-28 13:30", "2026-09-28 17:00"),
        ("2026-09-28 11:59:59.999999", "open", "2026-09-28 13:30", "2026-09-28 17:00"),
        ("2026-09-28 12:00", "break", "2026-09-28 13:30", "2026-09-28 17:00"),
        ("2026-09-28 13:29:59", "break", "2026-09-28 13:30", "2026-09-28 17:00"),
        ("2026-09-28 13:30", "open", "2026-09-29 09:00", "2026-09-28 17:00"),
        ("2026-09-28 17:00", "closed", "2026-09-29 09:00", "2026-09-28 17:00"),
        ("2026-09-29 03:59", "closed", "2026-09-29 09:00", "2026-09-28 17:00"),
        ("2026-09-29 04:00", "closed", "2026-09-29 09:00", "2026-09-29 17:00"),
        ("2026-09-30 17:00", "closed", "2026-10-05 09:00", "2026-09-30 17:00"),
        ("2026-10-01 10:00", "closed", "2026-10-05 09:00", None),
        ("2026-10-03 10:00", "closed", "2026-10-05 09:00", None),
        ("2026-10-10 10:00", "open", "2026-10-12 09:00", "2026-10-10 16:00"),
        ("2026-10-10 16:00", "closed", "2026-10-12 09:00", "2026-10-10 16:00"),
    ],
)
def test_how_the_hall_stands(now: str, state: str, opens: str, closes: str | None) -> None:
    standing = calendar.standing(at(now), HALL)
    assert standing.state == state
    assert standing.taking == (state != "closed")
    assert standing.opens == at(opens)
    assert standing.closes == (at(closes) if closes else None)
    assert standing.known_year


def test_early_follows_the_rule() -> None:
    assert calendar.standing(at("2026-09-28 08:45"), setup(early_minutes=15)).state == "early"
    assert calendar.standing(at("2026-09-28 08:44"), setup(early_minutes=15)).state == "closed"
    assert calendar.standing(at("2026-09-28 08:59"), setup(early_minutes=0)).state == "closed"


def test_early_is_for_the_first_session_only_and_never_in_the_day_before() -> None:
    hall = setup(Hours(mon=("05:00-06:00",), tue=("05:00-06:00",)), early_minutes=120)
    assert calendar.standing(at("2026-09-29 04:00"), hall).state == "early"
    assert calendar.standing(at("2026-09-29 03:59"), hall).state == "closed", "that ticket would expire at the turn"


def test_sessions_that_touch_have_no_break() -> None:
    hall = setup(Hours(mon=("09:00-12:00", "12:00-17:00")))
    assert calendar.standing(at("2026-09-28 12:00"), hall).state == "open"


def test_sessions_and_open_days() -> None:
    monday = dt.date(2026, 9, 28)
    assert calendar.sessions(monday, HALL) == (
        (at("2026-09-28 09:00"), at("2026-09-28 12:00")),
        (at("2026-09-28 13:30"), at("2026-09-28 17:00")),
    )
    days = [dt.date(2026, 9, 28) + dt.timedelta(days=n) for n in range(14)]
    assert "".join("x" if calendar.is_open_day(day, HALL) else "." for day in days) == "xxx....xxxxxx."


def test_a_worked_saturday_follows_friday() -> None:
    hall = setup(Hours(mon=DAY, fri=FRIDAY, sat=("10:00-11:00",)))
    assert calendar.sessions(dt.date(2026, 10, 10), hall) == ((at("2026-10-10 09:00"), at("2026-10-10 16:00")),)
    assert calendar.sessions(dt.date(2026, 10, 17), hall) == ((at("2026-10-17 10:00"), at("2026-10-17 11:00")),)


def test_a_holiday_wins_over_a_worked_day() -> None:
    hall = setup(table=Calendar(closed=("2026-10-10",), make_up=("2026-10-10",)))
    assert not calendar.is_open_day(dt.date(2026, 10, 10), hall)


def test_a_year_that_nobody_announced_is_said_to_be_unknown() -> None:
    assert calendar.standing(at("2026-12-30 10:00"), HALL).known_year
    assert not calendar.standing(at("2027-01-04 10:00"), HALL).known_year
    assert calendar.standing(at("2027-01-04 10:00"), HALL).state == "open", "the weekly pattern is all there is"
    assert not calendar.standing(at("2026-12-31 17:00"), HALL).known_year, "the next opening lies in an unknown year"
    assert not calendar.standing(at("2025-12-31 10:00"), HALL).known_year


def test_a_hall_without_hours_never_opens() -> None:
    standing = calendar.standing(at("2026-09-28 10:00"), setup(Hours()))
    assert (standing.state, standing.taking, standing.opens, standing.closes) == ("closed", False, None, None)


def test_the_search_for_an_opening_ends_after_a_year_and_a_month() -> None:
    first = dt.date(2026, 9, 28)
    mondays = [first + dt.timedelta(days=7 * n) for n in range(60)]
    shut = setup(Hours(mon=DAY), Calendar(closed=tuple(day.isoformat() for day in mondays)))
    assert calendar.standing(at("2026-09-28 10:00"), shut).opens is None
    late = setup(Hours(mon=DAY), Calendar(closed=tuple(day.isoformat() for day in mondays[:57])))
    assert calendar.standing(at("2026-09-28 10:00"), late).opens == at(f"{mondays[57]} 09:00")


def test_the_hall_day_turns_at_four() -> None:
    assert calendar.hall_day(at("2026-09-29 03:59:59.999999"), HALL) == dt.date(2026, 9, 28)
    assert calendar.hall_day(at("2026-09-29 04:00"), HALL) == dt.date(2026, 9, 29)
    assert calendar.day_start(dt.date(2026, 9, 29), HALL) == at("2026-09-29 04:00")
    assert calendar.hall_day(at("2026-09-29 00:00"), setup(day_turn_hour=0)) == dt.date(2026, 9, 29)


def test_openings_keep_to_the_clock_on_the_wall_when_clocks_change() -> None:
    berlin = setup(Hours(sun=("01:30-05:00",), mon=("09:00-10:00",)), Calendar(), "Europe/Berlin", day_turn_hour=0)
    spring, autumn, monday = dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2026, 3, 30)
    hours = [(end - begin) / 3600e6 for day in (spring, autumn) for begin, end in calendar.sessions(day, berlin)]
    assert hours == [2.5, 4.5], "one hour is lost in spring and gained in autumn"
    assert calendar.sessions(monday, berlin)[0][0] == at("2026-03-30 07:00", "UTC")


def test_a_time_that_the_clocks_skip_is_the_change_itself() -> None:
    berlin = setup(Hours(sun=("02:30-05:00",)), Calendar(), "Europe/Berlin", day_turn_hour=0)
    begin, _ = calendar.sessions(dt.date(2026, 3, 29), berlin)[0]
    assert begin == at("2026-03-29 01:30", "UTC")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 4])
def test_hall_days_follow_each_other_without_gap(zone: str, hour: int) -> None:
    hall = setup(zone=zone, day_turn_hour=hour)
    first = dt.date(2026, 1, 1)
    for number in range(366):
        date = first + dt.timedelta(days=number)
        start = calendar.day_start(date, hall)
        assert calendar.hall_day(start, hall) == date
        assert calendar.hall_day(start - 1, hall) == date - dt.timedelta(days=1)


@given(st.integers(at("2026-01-01 00:00"), at("2027-12-31 00:00")), st.sampled_from(ZONES))
def test_a_standing_agrees_with_the_sessions(now: int, zone: str) -> None:
    hall = setup(zone=zone)
    standing = calendar.standing(now, hall)
    today = calendar.hall_day(now, hall)
    assert calendar.day_start(today, hall) <= now < calendar.day_start(today + dt.timedelta(days=1), hall)
    spans = calendar.sessions(today, hall)
    assert (standing.state == "open") == any(begin <= now < end for begin, end in spans)
    assert standing.opens is not None
    assert standing.opens > now
    later = calendar.standing(standing.opens, hall)
    assert later.state == "open"
    if standing.state in ("early", "break"):
        assert calendar.hall_day(standing.opens, hall) == today


@pytest.mark.parametrize(
    ("text", "span"), [("09:00-12:00", (540, 720)), ("9:05 - 24:00", (545, 1440)), ("0:00-0:01", (0, 1))]
)
def test_spans(text: str, span: tuple[int, int]) -> None:
    assert calendar.parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "9-12", "09:00-24:01", "09:60-10:00", "10:00-09:00", "09:00–12:00", "٠٩:٠٠-١٠:٠٠"]
)
def test_spans_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        calendar.parse_span(text)


# ------------------------------------------------------------------ deadlines

CHINA = Calendar(  # the official calendar of autumn 2026 and of the turn of the year, as far as it is announced
    years=(2026,),
    closed=(
        "2026-09-25", "2026-09-26", "2026-09-27",
        "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07",
    ),
    make_up=("2026-09-20", "2026-10-10"),
)  # fmt: skip
AUTUMN = setup(table=CHINA)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("begins", "value", "unit", "ends", "known"),
    [
        ("2026-11-24", 10, "workday", "2026-12-08", True),  # receipt-a5: the promise of SB04
        ("2026-11-24", 5, "workday", "2026-12-01", True),  # and its deferred paper
        ("2026-09-18", 1, "workday", "2026-09-20", True),  # Friday to a worked Sunday
        ("2026-09-20", 1, "workday", "2026-09-21", True),  # begun on that Sunday
        ("2026-09-24", 1, "workday", "2026-09-28", True),  # Mid-Autumn is not counted
        ("2026-09-29", 3, "workday", "2026-10-09", True),  # National Day is not counted
        ("2026-09-29", 4, "workday", "2026-10-10", True),  # but the worked Saturday is
        ("2026-09-29", 4, "day", "2026-10-03", True),  # a term in days counts all of them
        ("2026-10-03", 1, "workday", "2026-10-08", True),  # begun on a holiday
        ("2026-09-29", 0, "workday", "2026-09-29", True),  # on the spot
        ("2026-12-31", 0, "workday", "2026-12-31", True),
        ("2026-12-30", 1, "workday", "2026-12-31", True),
        ("2026-12-30", 2, "workday", "2027-01-01", False),  # nobody has announced 2027: by the weekly pattern
        ("2026-12-30", 30, "day", "2027-01-29", False),
    ],
)
def test_the_last_day_of_a_term(begins: str, value: int, unit: Any, ends: str, known: bool) -> None:
    term = Term(value=value, unit=unit)
    assert calendar.add_days(day(begins), term, AUTUMN) == calendar.Deadline(day(ends), known)


def test_a_term_nobody_knows_has_no_last_day() -> None:
    assert calendar.add_days(day("2026-09-29"), Term(), AUTUMN) is None


def test_a_hall_that_opens_at_weekends_has_no_more_working_days() -> None:
    weekend = setup(Hours(sat=DAY, sun=DAY), CHINA)
    assert calendar.is_open_day(day("2026-11-28"), weekend) and not calendar.is_working_day(day("2026-11-28"), weekend)
    assert calendar.is_working_day(day("2026-11-30"), weekend)


@pytest.mark.parametrize(
    ("first", "last", "count", "known"),
    [
        ("2026-09-29", "2026-10-10", 4, True),
        ("2026-10-10", "2026-09-29", -4, True),
        ("2026-10-01", "2026-10-07", 0, True),
        ("2026-10-01", "2026-10-01", 0, True),
        ("2026-12-31", "2027-01-04", 2, False),
    ],
)
def test_working_days_between(first: str, last: str, count: int, known: bool) -> None:
    assert calendar.working_days_between(day(first), day(last), AUTUMN) == (count, known)


dates = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@given(begins=dates, value=st.integers(0, 60))
def test_counting_there_and_back(begins: dt.date, value: int) -> None:
    ends, _ = calendar.count_on(begins, value, "workday", AUTUMN)
    assert calendar.working_days_between(begins, ends, AUTUMN).days == value
    warn = calendar.working_days_before(ends, value, AUTUMN)
    assert calendar.working_days_between(warn, ends, AUTUMN).days == value
    assert ends == begins or calendar.is_working_day(ends, AUTUMN)


# ------------------------------------------------------------------ hours of their own


@pytest.mark.parametrize(
    ("now", "state", "opens"),
    [
        ("2026-10-01 10:00", "open", "2026-10-02 09:00"),  # 365: on a holiday
        ("2026-10-03 10:00", "open", "2026-10-10 09:00"),  # on a Saturday
        ("2026-09-28 10:00", "closed", "2026-10-01 09:00"),
    ],
)
def test_a_service_with_hours_of_its_own(now: str, state: str, opens: str) -> None:
    own = Hours(sat=("09:00-12:00",), holiday=("09:00-12:00",))
    table = Calendar(years=(2026,), closed=("2026-10-01", "2026-10-02"))
    standing = calendar.standing(at(now), setup(table=table), own)
    assert (standing.state, standing.opens) == (state, at(opens))


def test_hours_on_holidays_alone_are_hours() -> None:
    assert calendar.standing(at("2026-09-28 10:00"), setup(Hours(holiday=("10:00-11:00",)))).opens == at("2026-10-01 10:00")


def test_the_last_closing_is_that_of_the_longest_service() -> None:
    own = [Hours(mon=("18:00-20:00",))]
    assert calendar.last_closing(day("2026-09-28"), HALL, own) == at("2026-09-28 20:00")
    assert calendar.last_closing(day("2026-09-29"), HALL, own) == at("2026-09-29 17:00")
    assert calendar.last_closing(day("2026-10-03"), HALL, own) is None
