"""Charts: pure functions from figures to SVG."""

import xml.etree.ElementTree as ET

import pytest

from counters.charts import BOTTOM, LEFT, RIGHT, TOP, Axis, bars, fill, line, runs, scale, spark

AXIS = Axis(slots=4, ticks=((0, "9:00"), (2, "9:30")), now=1.0)


def drawn(markup):
    """The chart as a tree: whatever is not well-formed fails here."""
    return ET.fromstring(str(markup))


def classes(markup):
    return [element.get("class") for element in drawn(markup).iter() if element.get("class")]


@pytest.mark.parametrize(
    ("top", "expected"),
    [(0, (1, 1)), (4, (4, 1)), (7, (8, 2)), (21, (25, 5)), (48, (50, 10)), (230, (250, 50)), (9999, (10000, 2000))],
)
def test_the_scale_is_round_and_holds_what_it_must(top, expected):
    assert scale(top) == expected


def test_bars_stand_on_the_axis_and_empty_slots_stay_empty():
    path = next(element for element in drawn(bars([0, 5, 0, 2], AXIS, "到达")).iter() if element.get("class") == "chart-bars")
    assert path.get("d").count("M") == 2
    assert f"V{BOTTOM:g}" in path.get("d") and f" {TOP:g}h" in path.get("d")


def test_a_day_without_anything_is_drawn_too():
    assert "chart-bars" not in classes(bars([], Axis(slots=0), "到达"))
    assert "chart-line chart-1" not in classes(line([None, None], AXIS, "等候"))


def test_a_line_breaks_where_nothing_is_known():
    found = classes(line([10.0, 12.0, None, 9.0], AXIS, "等候", 15, "目标 15"))
    assert found.count("chart-line chart-1") == 1 and found.count("chart-dot") == 1


def test_the_target_is_always_on_the_chart():
    tree = drawn(line([1.0, 1.0, 1.0, 1.0], AXIS, "等候", 15, "目标 15"))
    label = next(element for element in tree.iter() if element.get("class") == "chart-label chart-ink-target")
    assert label.text == "目标 15" and TOP < float(label.get("y")) < BOTTOM


def test_what_is_said_aloud_is_escaped():
    tree = drawn(bars([1], AXIS, '<b>"1" & 2</b>'))
    assert tree.get("aria-label") == '<b>"1" & 2</b>' and tree.get("role") == "img"


def test_hours_and_the_present_stand_on_the_axis():
    text = str(bars([1, 2, 3, 4], AXIS, "到达"))
    middle = LEFT + (RIGHT - LEFT) * 1.0 / 4
    assert ">9:00<" in text and ">9:30<" in text and f"M{middle:g} 8" in text
    assert "chart-now" not in str(bars([1], Axis(slots=1), "到达"))


def test_a_long_day_does_not_crowd_its_hours():
    ticks = tuple((slot * 4, f"{slot}:00") for slot in range(24))
    assert str(bars([1] * 96, Axis(slots=96, ticks=ticks), "到达")).count(":00<") <= 12


def test_a_spark_stays_in_its_box_and_is_silent():
    tree = drawn(spark([None, 0.0, 50.0, 100.0, None, 20.0], 100.0))
    points = [pair.split(",") for pair in tree.find("polyline").get("points").split()]
    assert all(0 <= float(x) <= 80 and 0 <= float(y) <= 24 for x, y in points)
    assert tree.get("aria-hidden") == "true" and tree.find("circle") is not None
    assert drawn(spark([], 0)).tag == "svg"


@pytest.mark.parametrize(("share", "width"), [(-1, "0"), (0.5, "50"), (2, "100")])
def test_a_bar_is_never_wider_than_its_box(share, width):
    assert drawn(fill(share)).find("rect").get("width") == width


def test_runs_are_the_stretches_without_a_gap():
    assert runs([1.0, None, None, 2.0, 3.0]) == [[(0, 1.0)], [(3, 2.0), (4, 3.0)]]
