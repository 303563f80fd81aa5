"""Nothing overlaps, nothing leaves the paper, nothing is too small: asked of the layout, for all slips and widths."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ticket_slips import LARGE, LONG, NO_WAIT, PRIVATE, SLIPS, UNKNOWN_WAIT, slip

from queue_server.core.catalogue import Name
from queue_server.printing.marks import AnyMark, Code, Frame, Layout, Rule, Text
from queue_server.printing.paper import DOTS_PER_MM, MARGIN_DOTS, PAPER_WIDTHS_DOTS, BringItem, TicketSlip
from queue_server.printing.ticket_layout import lay_out

WIDTHS = sorted(PAPER_WIDTHS_DOTS.values())
ALL = pytest.mark.parametrize(("name", "width"), [(name, width) for name in SLIPS for width in WIDTHS])


def texts(layout: Layout) -> list[str]:
    return [mark.text for mark in layout.marks if isinstance(mark, Text)]


def overlap(one: AnyMark, two: AnyMark) -> bool:
    return one.left < two.right and two.left < one.right and one.top < two.bottom and two.top < one.bottom


def inside(frame: Frame, mark: AnyMark) -> bool:
    room = frame.thickness
    return (
        frame.left + room <= mark.left
        and mark.right <= frame.right - room
        and frame.top + room <= mark.top
        and mark.bottom <= frame.bottom - room
    )


def check(layout: Layout) -> None:
    for mark in layout.marks:
        assert MARGIN_DOTS <= mark.left < mark.right <= layout.width - MARGIN_DOTS, mark
        assert MARGIN_DOTS <= mark.top < mark.bottom <= layout.height - 8 * DOTS_PER_MM, mark
    for one, two in combinations(layout.marks, 2):
        framed = (isinstance(one, Frame) and inside(one, two)) or (isinstance(two, Frame) and inside(two, one))
        label_and_value = isinstance(one, Text) and isinstance(two, Text) and 0 < one.bottom - two.top <= 2
        assert framed or label_and_value or not overlap(one, two), (one, two)


@ALL
def test_nothing_overlaps_or_leaves_the_paper(name: str, width: int) -> None:
    check(lay_out(SLIPS[name], width))


@ALL
def test_lines_are_thick_and_letters_large_enough_for_thermal_heads(name: str, width: int) -> None:
    for mark in lay_out(SLIPS[name], width).marks:
        match mark:
            case Text():
                assert mark.size >= 21, mark
            case Rule():
                assert min(mark.right - mark.left, mark.bottom - mark.top) >= 2
            case Frame():
                assert mark.thickness >= 2
            case Code():
                assert mark.scale >= 3


words = st.text(alphabet="社会保险（登记）A B1-–，", max_size=80)
names = st.builds(Name, zh=words, en=st.text(alphabet="ab cd-efG1", max_size=120))
slips = st.builds(
    slip,
    hall=st.builds(Name, zh=words.map(lambda text: text or "厅"), en=words),
    number=st.from_regex(r"[A-HJ-NP-Z][0-9]{3,6}", fullmatch=True),
    service=st.none() | names, zone_letter=st.none() | st.sampled_from("ABK"), zone_name=st.none() | names,
    windows=st.none() | names, way=st.none() | names, ahead=st.none() | st.integers(0, 9999),
    wait_minutes=st.none() | st.tuples(st.integers(0, 300), st.integers(0, 300)),
    bring=st.lists(st.builds(BringItem, text=words, later=st.booleans()), max_size=6).map(tuple),
    url=st.text(alphabet="abcXYZ019/?=", min_size=1, max_size=250), short_code=st.none() | st.just("7Q2M9K"),
    kiosk=st.none() | words, hotline=st.none() | st.just("12345"),
    lang=st.sampled_from(["zh", "en"]), large=st.booleans(),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(slips, st.sampled_from(WIDTHS))
def test_any_slip_fits_its_paper(some: TicketSlip, width: int) -> None:
    check(lay_out(some, width))


@pytest.mark.parametrize("width", WIDTHS)
def test_service_has_two_lines_and_the_list_four(width: int) -> None:
    layout = lay_out(LONG, width)
    bold = [mark for mark in layout.marks if isinstance(mark, Text) and mark.bold]
    number = next(index for index, mark in enumerate(bold) if mark.text == "12345")
    place = next(index for index, mark in enumerate(bold) if mark.text.startswith("请在"))
    assert place - number - 1 == 2
    rules = [mark.top for mark in layout.marks if isinstance(mark, Rule) and mark.dashed]
    listed = [mark for mark in layout.marks if isinstance(mark, Text) and rules[0] < mark.top < rules[1]]
    assert listed[0].text == "请带好" and len(listed) - 1 <= 4
    assert listed[-1].text.startswith("另有")


def test_the_list_says_how_many_are_missing() -> None:
    many = slip(bring=tuple(BringItem(text=f"材料{n}") for n in range(6)))
    assert "另有 3 样，扫码看" in texts(lay_out(many, 576))
    four = slip(bring=tuple(BringItem(text=f"材料{n}") for n in range(4)))
    assert "材料3" in texts(lay_out(four, 576))


def test_what_may_follow_later_says_so() -> None:
    assert "租房合同（可后补）" in texts(lay_out(slip(bring=(BringItem(text="租房合同", later=True),)), 576))


def test_an_unknown_wait_is_left_out() -> None:
    shown = "".join(texts(lay_out(UNKNOWN_WAIT, 384)))
    assert "3 人" in shown and "约等" not in shown


def test_no_waiting_is_said_and_not_counted() -> None:
    shown = texts(lay_out(NO_WAIT, 384))
    assert "现在不用排队" in shown and "0 人" not in shown


def test_a_hopeless_wait_is_a_sentence() -> None:
    shown = texts(lay_out(SLIPS["hopeless"], 576))
    assert "今天可能叫不到" in shown and not any("260" in text for text in shown)


def test_an_assisted_ticket_has_room_for_notes_instead_of_a_list() -> None:
    shown = texts(lay_out(LARGE, 384))
    assert "工作人员填写 Staff notes" in shown and "请带好" not in shown
    size = {mark.text: mark.size for mark in lay_out(LARGE, 576).marks if isinstance(mark, Text)}
    usual = {mark.text: mark.size for mark in lay_out(slip(), 576).marks if isinstance(mark, Text)}
    assert size["请在 H 区等"] > usual["请在 B 区等"]


def test_a_private_ticket_names_the_theme_only() -> None:
    shown = texts(lay_out(PRIVATE, 384))
    assert "社会救助与帮扶" in shown and "请带好" not in shown


def test_an_english_ticket_leads_with_english_and_keeps_the_chinese_service() -> None:
    layout = lay_out(SLIPS["en"], 576)
    size = {mark.text: mark.size for mark in layout.marks if isinstance(mark, Text)}
    assert size["Wait in zone B"] > size["请在 B 区等，15–22 号窗口"]
    assert "灵活就业人员社会保险参保登记" in size


@pytest.mark.parametrize("width", WIDTHS)
def test_the_number_is_by_far_the_largest(width: int) -> None:
    sizes = sorted({mark.size for mark in lay_out(slip(), width).marks if isinstance(mark, Text)})
    assert sizes[-1] >= 3 * sizes[-2]
