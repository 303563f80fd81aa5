"""Receipts, one-time notices and posters as they are printed: what they say, who may read them, coming back with a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from board_hall import on
from visitors_hall import Visited, readable, visited

from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.intake import AcceptCase
from queue_server.core.materials import Mark
from queue_server.core.one_time import GiveNotice

MARKS = {"id-card": "ok", "household-register": "free", "bank-or-social-card": "ok", "household-register-copy": "later"}


def marks(**changed: str) -> tuple[Mark, ...]:
    found = MARKS | {name.replace("_", "-"): mark for name, mark in changed.items()}
    return tuple(
        Mark(material=name, mark=mark, reason="shared" if mark == "free" else None)  # type: ignore[arg-type]
        for name, mark in found.items()
    )


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Visited]:
    """Someone is served at window 15 for SB04."""
    with visited(tmp_path, role=None) as client:
        client.do(
            c.OpenCounter(counter="15", clerk="wang"), v.TakeTicket(ticket="t1", service="SB04"), v.CallNext(counter="15"),
            v.StartService(counter="15"),
        )  # type: ignore[arg-type]
        yield client


def running(phone: Visited):  # type: ignore[no-untyped-def]
    return phone.app.state.halls["hall"]  # type: ignore[attr-defined]


def receipt(phone: Visited, **more: str) -> str:
    case = phone.hall.tickets["t1"].cases[0]
    address = f"/h/hall/receipt/{case}?key={running(phone).case_key(case)}"
    return address + "".join(f"&{name}={value}" for name, value in more.items())


def notice(phone: Visited) -> str:
    found = phone.hall.tickets["t1"].notices[0]
    return f"/h/hall/one-time-notice/{found}?key={running(phone).notice_key(found)}"


def test_a_receipt_says_number_last_days_papers_and_what_must_follow(phone: Visited) -> None:
    phone.do(AcceptCase(counter="15", marks=marks(), promise=True, delivery="courier"))  # type: ignore[arg-type]
    text = phone.text(receipt(phone))
    case = phone.hall.tickets["t1"].cases[0]
    assert f"受理编号{case}" in text and "城乡居民养老保险待遇申领（SB04）" in text
    assert "承诺办结2026年12月8日 前" in text and "法定期限2026年12月22日 前" in text
    assert "户口簿复印件，2026年12月1日 前" in text and "户口簿免—数据共享" in text
    assert "免费邮寄给您" in text and "还没公布" not in text


def test_the_receipt_speaks_the_language_that_is_asked_for(phone: Visited) -> None:
    phone.do(AcceptCase(counter="15", marks=marks(), promise=True))  # type: ignore[arg-type]
    text = phone.text(receipt(phone, lang="en"))
    assert "Receipt of application" in text and "by 8 December 2026" in text and "collect it at window" in text
    assert not re.search(r"[\u4e00-\u9fff]", text.replace("中文", "")), "an English receipt is English throughout"


def test_a_year_nobody_has_announced_stands_on_the_receipt(tmp_path: Path) -> None:
    with visited(tmp_path, at=on(10, day=30) + 25 * 86_400_000_000, role=None) as client:
        client.do(
            c.OpenCounter(counter="15", clerk="wang"), v.TakeTicket(ticket="t1", service="SB04"), v.CallNext(counter="15"),
            v.StartService(counter="15"), AcceptCase(counter="15", marks=marks(household_register_copy="ok")),
        )  # type: ignore[arg-type]
        assert "2027 年的放假安排还没公布" in client.text(receipt(client))


def test_a_notice_names_all_that_is_missing_and_how_to_bring_it(phone: Visited) -> None:
    phone.do(GiveNotice(counter="15", marks=marks(bank_or_social_card="missing")))  # type: ignore[arg-type]
    text = phone.text(notice(phone))
    assert "还缺下面 2 样，补齐就能受理，没有别的了。" in text
    assert "银行卡或社保卡" in text and "户口簿复印件" in text and "可以在这里办：大厅免费复印" in text
    assert "2026年12月1日 前补上" in text and "“办不成事”窗口" in text
    assert "窗口留存" not in text, "the holder of the key sees one copy"


def test_a_second_notice_apologises_for_what_was_not_told(phone: Visited) -> None:
    phone.do(
        GiveNotice(counter="15", marks=marks(household_register_copy="ok", bank_or_social_card="missing")),
        GiveNotice(counter="15", marks=marks(household_register_copy="missing", bank_or_social_card="missing")),
    )  # type: ignore[arg-type]
    second = phone.hall.tickets["t1"].notices[1]
    text = phone.text(f"/h/hall/one-time-notice/{second}?key={running(phone).notice_key(second)}")
    assert "第 2 次告知" in text and "上次没有告诉您的：户口簿复印件" in text


def test_staff_print_two_copies(phone: Visited, tmp_path: Path) -> None:
    phone.do(GiveNotice(counter="15", marks=marks(bank_or_social_card="missing")))  # type: ignore[arg-type]
    tokens = phone.app.state.tokens  # type: ignore[attr-defined]
    secret = tokens.issue("clerk", "wang", on(10))[1]
    page = phone.get(notice(phone).partition("?")[0], headers={"authorization": f"Bearer {secret}"}).text
    assert page.count('class="sheet sheet-a5"') == 2 and "窗口留存" in page
    assert page.count("<h1") == 1 and "取号</button>" not in page


def test_coming_back_takes_a_number_with_the_head_start_and_only_once(phone: Visited) -> None:
    phone.do(GiveNotice(counter="15", marks=marks(bank_or_social_card="missing")))  # type: ignore[arg-type]
    assert "取号</button>" in phone.html(notice(phone))
    where = notice(phone).replace("?", "/ticket?")
    for _ in range(2):
        answer = phone.post(where, headers={"origin": "http://testserver"}, follow_redirects=False)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/t/")
    waiting = [ticket for ticket in phone.hall.tickets.values() if ticket.state == "waiting"]
    assert [(one.service, one.needs) for one in waiting] == [("SB04", ("returning",))]


def test_neither_a_wrong_key_nor_nobody_reads_a_form(phone: Visited) -> None:
    phone.do(AcceptCase(counter="15", marks=marks(), promise=True))  # type: ignore[arg-type]
    case = phone.hall.tickets["t1"].cases[0]
    ticket_key = running(phone).ticket_key(case)
    for address in (f"/h/hall/receipt/{case}", f"/h/hall/receipt/{case}?key=x", f"/h/hall/receipt/{case}?key={ticket_key}"):
        assert phone.get(address, follow_redirects=False).status_code in (303, 401, 403)
    assert phone.get("/h/hall/receipt/20261124-9999?key=" + running(phone).case_key("20261124-9999")).status_code == 404


@pytest.mark.parametrize("address", ["SB04", "GA01", "window/15", "window/1"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_posters_carry_a_code_and_both_languages(phone: Visited, address: str, lang: str) -> None:
    page = phone.html(f"/h/hall/poster/{address}?lang={lang}")
    assert '<svg' in page and "Scan" in page and "扫码" in page
    wanted = "/h/hall/window/" if address.startswith("window") else "/h/hall/guide/"
    assert wanted in readable(page)


def test_no_poster_for_what_the_hall_does_not_have(phone: Visited) -> None:
    assert phone.get("/h/hall/poster/XX99").status_code == 404
    assert phone.get("/h/hall/poster/window/99").status_code == 404
