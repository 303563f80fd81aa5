"""Hours, dates and figures of a hall file."""

import pytest
from small_hall import SMALL, line_of, said, spoilt

from queue_server.setup_file import load_setup

HOURS = '["09:00-12:00", "13:30-17:00"]'


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ('["9:00-25:00"]', '"25:00" is not a time of day'),
        ('["9:60-12:00"]', '"9:60" is not a time of day'),
        ('["24:01-24:02"]', '"24:01" is not a time of day'),
        ('["12:00-09:00"]', '"12:00-09:00" ends before it begins; a span cannot run past midnight'),
        ('["09:00-09:00"]', '"09:00-09:00" ends before it begins; a span cannot run past midnight'),
        ('["nine to five"]', '"nine to five" is not a span of time such as 09:00-12:00'),
        ("[9:00]", '"9:00" is not a span of time such as 09:00-12:00'),
        ('["09:00-12:00", "11:30-17:00"]', '"11:30-17:00" begins before the span above it has ended'),
        ('["13:00-17:00", "09:00-12:00"]', '"09:00-12:00" begins before the span above it has ended'),
        ('["03:00-12:00"]', '"03:00-12:00" begins before the hall day begins (rules.day_turn_hour: 4)'),
    ],
)
def test_impossible_hours(spans: str, sentence: str) -> None:
    assert said(spoilt(HOURS, spans)) == [f"line {line_of(HOURS)}: hours.mon: {sentence}"]


@pytest.mark.parametrize("spans", ["[]", '["9:00-12:00"]', '["00:00-24:00"]', '["09:00-12:00", "12:00-17:00"]'])
def test_possible_hours(spans: str) -> None:
    load_setup(spoilt(HOURS, spans) + "rules: {day_turn_hour: 0}\n")


def test_each_bad_day_is_told() -> None:
    text = spoilt(HOURS, '["x"]\n  tue: ["09:00-12:00", "y"]\n  caturday: []')
    assert [sentence.split(": ")[1] for sentence in said(text)] == ["hours.mon", "hours.tue", "hours.caturday"]


@pytest.mark.parametrize("zone", ["Asia/Peking", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "+08:00"])
def test_bad_time_zones(zone: str) -> None:
    text = spoilt("Asia/Shanghai", f'"{zone}"')
    assert said(text) == [f'line 4: time_zone: "{zone}" is not a time zone such as Asia/Shanghai']


@pytest.mark.parametrize(
    ("calendar", "sentence"),
    [
        ("{closed: [2026-02-30]}", 'calendar.closed: "2026-02-30" is not a date such as 2026-10-01'),
        ("{closed: [20261001]}", 'calendar.closed[0]: must be a text; put it in quotes: "20261001"'),
        ('{closed: ["20261001"]}', 'calendar.closed: "20261001" is not a date such as 2026-10-01'),
        ("{make_up: [2026-1-4]}", 'calendar.make_up: "2026-1-4" is not a date such as 2026-10-01'),
        ("{closed: [2026-10-01], make_up: [2026-10-01]}", "calendar.make_up: 2026-10-01 stands in closed already"),
        ("{closed: [2026-10-01, 2026-10-01]}", "calendar.closed: 2026-10-01 stands in closed already"),
        ("{years: [26]}", "calendar.years: 26 is not a year of this century"),
    ],
)
def test_bad_calendars(calendar: str, sentence: str) -> None:
    assert said(SMALL + f"calendar: {calendar}\n") == [f"line {SMALL.count(chr(10)) + 1}: {sentence}"]


def test_dates_need_no_quotes() -> None:
    setup = load_setup(SMALL + "calendar: {closed: [2026-10-01], years: [2026]}\n")
    assert setup.calendar.closed == ("2026-10-01",)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("call_max: 0", "rules.call_max: must be between 1 and 5, not 0"),
        ("call_max: 6", "rules.call_max: must be between 1 and 5, not 6"),
        ("day_turn_hour: 24", "rules.day_turn_hour: must be between 0 and 12, not 24"),
        ("early_minutes: -1", "rules.early_minutes: must be between 0 and 720, not -1"),
        ("lease_minutes: 0", "rules.lease_minutes: must be between 1 and 1440, not 0"),
    ],
)
def test_rules_have_bounds(rule: str, sentence: str) -> None:
    assert any(line.endswith(sentence) for line in said(SMALL + f"rules: {{{rule}}}\n"))


def test_every_number_of_the_rules_is_bounded() -> None:
    from queue_server.core.catalogue import Rules
    from queue_server.setup_times import RULE_BOUNDS

    numbers = {name for name in Rules.__struct_fields__ if type(getattr(Rules(), name)) is int}
    assert set(RULE_BOUNDS) == numbers
    assert all(low <= getattr(Rules(), name) <= high for name, (low, high) in RULE_BOUNDS.items())


def test_a_head_start_is_bounded() -> None:
    assert said(spoilt("minutes: 10", "minutes: 61"))[0].endswith(
        "classes[0].minutes: must be between 0 and 60, not 61"
    )
    assert said(spoilt("minutes: 10", "minutes: -5"))[0].endswith(
        "classes[0].minutes: must be between 0 and 60, not -5"
    )


def test_terms_and_minutes_are_not_negative() -> None:
    assert "services[0].promised.value" in said(spoilt("value: 3", "value: -3"))[0]
    assert "services[0].minutes.value" in said(spoilt("queue: A\n", "queue: A\n    minutes: {value: 0}\n"))[0]


@pytest.mark.parametrize(
    "place",
    [
        "{x: -1, y: 0, width: 10, height: 10}",
        "{x: 700, y: 0, width: 30, height: 10}",
        "{x: 0, y: 370, width: 30, height: 20}",
        "{x: 0, y: 0, width: 0, height: 20}",
    ],
)
def test_zones_stay_on_the_map(place: str) -> None:
    text = spoilt("en: Straight ahead}", f"en: Straight ahead}}, place: {place}")
    assert any("zones[0].place" in sentence for sentence in said(text))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    materials:\n", '    hours: {mon: ["12:00-09:00"]}\n    materials:\n', "services[0].hours.mon: "),
        ("serves: [S1]", 'hours: {holiday: ["x"]}, serves: [S1]', "counters[1].hours.holiday: "),
        ("    materials:\n", "    answer: {value: -1}\n    materials:\n", "services[0].answer.value: must be between 0"),
        ("    materials:\n", "    delivery: {value: 2, source: L9}\n    materials:\n", "services[0].delivery.source: "),
        ("    materials:\n", "    procedures: [{kind: test, limit: {value: 0}}]\n    materials:\n", "procedures[0].limit"),
        ("en: ID card}}", "en: ID card}, copies: 0}", "materials[0].copies: must be between 1 and 99"),
        ("en: ID card}}", "en: ID card}, later_workdays: 61}", "materials[0].later_workdays: must be between 1 and 60"),
        ("zones:\n", "rules: {case_keep_days: -1}\nzones:\n", "rules.case_keep_days: must be between 0 and 366"),
    ],
)  # fmt: skip
def test_figures_of_cases_and_hours_of_their_own(old: str, new: str, sentence: str) -> None:
    (line,) = said(spoilt(old, new))
    assert sentence in line
