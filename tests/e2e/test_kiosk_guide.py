"""At the kiosk: three questions to a ticket, the consultant in one tap, and a receipt typed or scanned, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

PORTRAIT = (1080, 1920)
WORDS = {
    "zh": ("自己或家人", "身份证、户籍", "居住证申领", "取号，去 E 区等候", "都不是，或者说不清", "领取结果", "没带回执"),
    "en": ("Myself or my family", "ID and household", "Residence permit", "Take a number, wait in zone E",
           "None of these, or not sure", "Collect results", "No receipt with you"),
}  # fmt: skip


def kiosk(visit: Visitors, server: Server, lang: str) -> Page:
    return visit.open(f"/h/hall/kiosk?lang={lang}", server.token("kiosk", "kiosk-1"), PORTRAIT)


def taken(page: Page, letter: str) -> str:
    number = page.locator(".slip-number .number")
    expect(number).to_have_text(re.compile(rf"{letter}\d{{3}}"))
    return number.inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_three_questions_to_a_ticket(visit: Visitors, server: Server, lang: str) -> None:
    who, about, what, take, *_ = WORDS[lang]
    page = kiosk(visit, server, lang)
    page.locator("#guide").click()
    for choice in (who, about, what):
        page.get_by_role("link", name=choice).click()
    expect(page.locator("#open-name")).to_contain_text(what)
    page.get_by_role("button", name=take).click()
    taken(page, "E")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_not_sure_is_one_tap_to_the_consultant_and_back_works(visit: Visitors, server: Server, lang: str) -> None:
    who, about, _, _, none, *_ = WORDS[lang]
    page = kiosk(visit, server, lang)
    page.locator("#guide").click()
    page.get_by_role("link", name=who).click()
    page.get_by_role("link", name=about).click()
    page.locator("#back").click()
    expect(page.get_by_role("link", name=about)).to_be_visible()
    page.get_by_role("button", name=none).click()
    taken(page, "X")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_receipt_typed_on_the_screen(visit: Visitors, server: Server, lang: str) -> None:
    page = kiosk(visit, server, lang)
    page.get_by_role("link", name=WORDS[lang][5]).click()
    field = page.locator("#receipt")
    expect(field).to_be_focused()
    for digit in "202611240099":
        page.get_by_role("button", name=digit, exact=True).click()
    expect(field).to_have_value("20261124-0099")
    page.locator(".finder-go").click()
    taken(page, "R")


def test_a_receipt_scanned_while_the_focus_is_elsewhere(visit: Visitors, server: Server) -> None:
    page = kiosk(visit, server, "zh")
    page.goto(f"{server.hall}/kiosk/collect")
    page.locator("#receipt").evaluate("field => field.blur()")
    page.keyboard.type("https://hall.example/c/20261124-0098?key=abc")
    page.keyboard.press("Enter")
    taken(page, "R")


def test_without_a_receipt_one_tap(visit: Visitors, server: Server) -> None:
    page = kiosk(visit, server, "zh")
    page.locator("#collect").click()
    page.get_by_role("button", name=WORDS["zh"][6]).click()
    taken(page, "R")
    expect(page.locator("body")).to_contain_text("取件")
