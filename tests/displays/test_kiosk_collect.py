"""Collecting at the kiosk: a receipt scanned or typed becomes a ticket; whoever typed a number learns nothing of the case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from visitors_hall import KIOSK, Visited, readable, visited

from displays.kiosk_collect import Receipt, read_receipt, typed
from queue_server.core import counters as c
from queue_server.core import intake as i
from queue_server.core import visits as v
from queue_server.core.cases import Applicant
from queue_server.core.materials import Mark

COLLECT = f"{KIOSK}/collect"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Visited]:
    with visited(tmp_path) as client:
        yield client


@pytest.fixture
def case(kiosk: Visited) -> str:
    """An accepted application for a household certificate, of an invented person."""
    marks = tuple(Mark(material=one.id, mark="ok") for one in kiosk.hall.services["GA05"].materials)
    kiosk.do(
        c.OpenCounter(counter="36", clerk="c50"), v.TakeTicket(ticket="t1", service="GA05"), v.CallNext(counter="36"),
        v.StartService(counter="36"), i.AcceptCase(counter="36", marks=marks, applicant=Applicant(name="sealed")),
        v.FinishService(counter="36"),
    )  # fmt: skip
    return str(next(iter(kiosk.hall.cases)))


def collect(kiosk: Visited, receipt: str, key: str = "k1", follow: bool = False):
    return kiosk.post(COLLECT, data={"receipt": receipt, "key": key}, follow_redirects=follow)


def collecting(kiosk: Visited) -> list[v.Ticket]:
    return [ticket for ticket in kiosk.hall.tickets.values() if ticket.kind == "issue"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20261124-0001", Receipt("20261124-0001")),
        (" 202611240001 ", Receipt("20261124-0001")),
        ("https://hall.example/c/20261124-0001?key=s3cret", Receipt("20261124-0001", "s3cret")),
        ("HTTP://HALL/C/20261124-0001", Receipt("20261124-0001")),
        ("A046", None),
        ("2026-0001", None),
        ("", None),
    ],
)
def test_what_a_scanner_types_and_what_a_visitor_types(text: str, found: Receipt | None) -> None:
    assert read_receipt(text) == found


def test_the_keypad_without_script() -> None:
    text = ""
    for key in "202611240001":
        text = typed(text, key)
    assert text == "20261124-0001" == typed(text, "9")
    assert typed("20261124-0", "back") == "20261124" and typed(text, "clear") == ""
    assert typed("https://hall/c/20261124-0001?key=99999999", "x").startswith("20261124-0001")


def test_the_page_has_a_field_a_keypad_and_the_two_ways_without_a_receipt(kiosk: Visited) -> None:
    page = kiosk.html(COLLECT)
    assert "autofocus" in page and page.count('name="press"') == 12 and "没带回执" in page and "想问办到哪一步" in page
    assert 'value="20261124-0"' in kiosk.html(f"{COLLECT}?receipt=20261124&press=0")
    assert f'href="{COLLECT}"' in kiosk.html(KIOSK)


def test_a_typed_number_gives_a_ticket_that_carries_the_case(kiosk: Visited, case: str) -> None:
    page = collect(kiosk, case, follow=True)
    assert page.status_code == 200 and "取件" in page.text and "R 区" in readable(page.text)
    (ticket,) = collecting(kiosk)
    assert ticket.cases == (case,) and ticket.number == "R001" and ticket.channel == "kiosk"
    assert collect(kiosk, case).headers["location"] == str(page.url).replace("http://testserver", "")
    assert len(collecting(kiosk)) == 1, "a second tap is the same ticket"


def test_a_number_alone_tells_nothing(kiosk: Visited, case: str) -> None:
    """The same page whether there is such a case or not, however it stands; and no word of it on the ticket."""
    known, unknown = collect(kiosk, case, "k1", follow=True), collect(kiosk, "20261124-9999", "k2", follow=True)
    pages = [re.sub(r"R00\d|<b>R</b>00\d|\d+", "", readable(page.text)) for page in (known, unknown)]
    assert pages[0] == pages[1]
    for hidden in (case, "居住证", "受理", "sealed"):
        assert hidden not in readable(known.text)
    assert [ticket.cases for ticket in collecting(kiosk)] == [(case,), ()]
    phone = kiosk.html(kiosk.follow(collecting(kiosk)[0].id))
    assert not any(hidden in phone for hidden in (case, "居住证", "受理", "sealed"))


def test_a_wrong_key_is_no_better_than_none(kiosk: Visited, case: str) -> None:
    assert collect(kiosk, f"https://hall/c/{case}?key=wrong").status_code == 303


def test_the_receipt_itself_says_when_it_is_too_early(kiosk: Visited, case: str) -> None:
    running = kiosk.app.state.halls["hall"]  # type: ignore[attr-defined]
    page = collect(kiosk, running.case_url(case))
    assert page.status_code == 409 and "结果还没有好" in page.text and not collecting(kiosk)
    assert running.case_key(case) not in page.text
    kiosk.hall.cases[case].state = "ready"
    assert collect(kiosk, running.case_url(case), "k2").status_code == 303
    assert collecting(kiosk)[0].cases == (case,)


def test_a_closed_case_is_not_carried(kiosk: Visited, case: str) -> None:
    kiosk.hall.cases[case].state = "closed"
    collect(kiosk, case)
    assert collecting(kiosk)[0].cases == ()


def test_nonsense_is_asked_for_again(kiosk: Visited) -> None:
    page = collect(kiosk, "A046")
    assert page.status_code == 422 and "这不是受理编号" in page.text and 'aria-invalid="true"' in page.text
    assert not kiosk.hall.tickets


def test_simply_a_number_for_that_window(kiosk: Visited) -> None:
    assert kiosk.take(kind="issue", follow=True).status_code == 200
    assert collecting(kiosk)[0].cases == ()
    assert kiosk.take("k2", kind="fallback", follow=True).status_code == 200
