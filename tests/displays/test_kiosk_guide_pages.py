"""The pages of the guidance: large choices, a way back, the consultant on every page in one tap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from board_hall import on
from visitors_hall import KIOSK, Visited, visited

GUIDE = f"{KIOSK}/guide"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Visited]:
    with visited(tmp_path) as client:
        yield client


def choices(page: str) -> list[str]:
    return [address.replace("&amp;", "&") for address in re.findall(r'<li><a class="(?:option|theme)" href="([^"]+)"', page)]


@pytest.mark.parametrize(
    "query",
    ["", "?who=person", "?who=person&page=2", "?who=person&about=social", "?who=event",
     "?who=person&about=household&what=GA01"],
)
def test_every_page_offers_the_consultant_and_few_choices(kiosk: Visited, query: str) -> None:
    page = kiosk.html(f"{GUIDE}{query}")
    assert 'name="kind" value="consultation"' in page and page.count("<h1") == 1 and 'id="back"' in page
    assert len(choices(page)) <= 9


def test_three_taps_to_a_proposal_and_one_more_to_the_ticket(kiosk: Visited) -> None:
    page = kiosk.html(choices(kiosk.html(GUIDE))[0])
    page = kiosk.html(next(one for one in choices(page) if "about=household" in one))
    page = kiosk.html(next(one for one in choices(page) if "what=GA01" in one))
    assert "应该是这一项" in page and "户口簿" in page and "周六 9:00–12:00 也办" in page
    key = re.findall(r'name="key" value="([\w-]+)"', page)[0]
    assert kiosk.take(key, follow=True, service="GA01").status_code == 200


def test_back_leads_to_the_question_that_was_asked_before(kiosk: Visited) -> None:
    def back(query: str) -> str:
        return re.findall(r'class="back" href="([^"]+)"', kiosk.html(f"{GUIDE}{query}"))[0].replace("&amp;", "&")

    assert back("") == KIOSK and back("?who=person") == GUIDE
    assert back("?who=person&about=social&what=SB01") == f"{GUIDE}?who=person&about=social"
    assert back("?who=person&about=disability") == f"{GUIDE}?who=person", "the third question was not asked"


def test_an_event_of_life_leads_to_its_package(kiosk: Visited) -> None:
    page = kiosk.html(f"{GUIDE}?who=event&event=YJ02")
    assert "新生儿出生" in page and 'name="package" value="YJ02"' in page and "按这个顺序最顺" in page
    assert f'class="back" href="{GUIDE}?who=event"' in page and "不是这一项，找人问" in page
    assert "不是这一项" not in kiosk.html(f"{KIOSK}/package/YJ02")


def test_what_stands_under_the_audiences_comes_from_the_catalogue(kiosk: Visited) -> None:
    page = kiosk.text(GUIDE)
    assert "社会保险、医疗保险、不动产登记" in page and "开办企业、工程建设" in page and "企业开办、新生儿出生" in page


def test_nonsense_in_the_address_asks_anew(kiosk: Visited) -> None:
    assert "给谁办？" in kiosk.html(f"{GUIDE}?who=%3Cb%3E&page=abc")


def test_while_nobody_takes_numbers_it_still_guides(tmp_path: Path) -> None:
    with visited(tmp_path, at=on(20)) as kiosk:
        page = kiosk.html(f"{GUIDE}?who=person&about=household&what=GA02")
        assert "出生医学证明" in page and 'name="service"' not in page and f'href="{KIOSK}/search"' in page


def test_the_quick_row_of_the_first_page(kiosk: Visited) -> None:
    page = kiosk.html(KIOSK)
    row = page[page.index('<ul class="quick') :]
    assert [name in row for name in ("搜索事项", "一件事", "领取结果", "办不成事")] == [True] * 4
    assert kiosk.take(kind="fallback", follow=True).status_code == 200
    assert "答" in page and f'href="{GUIDE}"' in page
