"""The clerk's work with papers, by keypad and by pointer: marks, notice, promise, receipt, a package, and who comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def serving(visit: Visitors, server: Server, counter: str, **wanted: str) -> Page:
    """The desk of a counter with this visitor in front of it."""
    visit.forgiven = ["404"]  # the sheet that is printed is another page's test
    states = {x["id"]: x["state"] for x in server.ask("GET", "/counters")["counters"]}
    if states[counter] == "closed":
        server.ask("POST", f"/counters/{counter}/open", {"clerk": f"clerk-{counter}"})
    ticket = server.ask("POST", "/tickets", wanted)["ticket"]["id"]
    server.ask("POST", f"/counters/{counter}/call", {"ticket": ticket, "reason": "test"})
    server.ask("POST", f"/counters/{counter}/start", {"ticket": ticket})
    desk = visit.open(f"/h/hall/desk/{counter}", server.token("manager", "boss"), (1366, 768))
    expect(desk.locator("body")).to_have_attribute("data-verdict", re.compile("."))
    return desk


def state(desk: Page, wanted: str) -> None:
    expect(desk.locator("body")).to_have_attribute("data-verdict", wanted)


def printed(desk: Page, what: str) -> None:
    expect(desk.locator("iframe#sheet")).to_have_attribute("src", re.compile(f"/h/hall/{what}/[^?]+\\?print"))


def test_a_complete_case_is_accepted_with_three_keys(visit: Visitors, server: Server) -> None:
    desk = serving(visit, server, "18", service="SB04")
    state(desk, "unchecked")
    expect(desk.locator("#key-accept")).to_have_attribute("aria-disabled", "true")
    desk.keyboard.press("Numpad7")
    desk.keyboard.press("Numpad4")
    expect(desk.locator("#ask-accept")).to_be_visible()
    expect(desk.locator("#ask-accept .accept-facts")).to_contain_text("10 个工作日")
    desk.keyboard.press("NumpadEnter")
    expect(desk.locator(".case-card")).to_contain_text("已受理")
    printed(desk, "receipt")
    state(desk, "case")
    expect(desk.locator(".visit-story")).to_contain_text("受理，开出受理凭证")
    desk.wait_for_timeout(850)  # the same key is dead for 0.8 s
    desk.keyboard.press("NumpadEnter")
    expect(desk.locator("#key-next")).to_be_visible()


def test_what_is_missing_is_told_once_in_writing(visit: Visitors, server: Server) -> None:
    desk = serving(visit, server, "19", service="SB04")
    desk.keyboard.press("Numpad2")  # the first row
    desk.keyboard.press("Numpad5")
    desk.keyboard.press("Numpad5")  # once more: missing
    expect(desk.locator("tr[data-material=id-card]")).to_have_attribute("data-mark", "missing")
    desk.keyboard.press("Numpad6")
    expect(desk.locator("#status")).to_contain_text("还没看")
    desk.keyboard.press("Numpad7")
    state(desk, "missing")
    expect(desk.locator(".verdict-missing:visible")).to_contain_text("缺 1 样：身份证")
    expect(desk.locator(".verdict-missing:visible")).to_contain_text("算受理")
    desk.keyboard.press("NumpadEnter")  # to leave like this is warned of
    expect(desk.locator("#ask-leave")).to_be_visible()
    expect(desk.locator("#ask-leave")).to_contain_text("还没有书面告知")
    desk.keyboard.press("NumpadDecimal")
    desk.wait_for_timeout(850)
    desk.keyboard.press("Numpad6")
    expect(desk.locator("#ask-notice")).to_be_visible()
    expect(desk.locator("#ask-notice")).to_contain_text("身份证")
    desk.keyboard.press("NumpadEnter")
    state(desk, "told")
    printed(desk, "one-time-notice")
    expect(desk.locator("#key-finish")).to_contain_text("材料不齐")
    desk.wait_for_timeout(850)
    desk.keyboard.press("NumpadEnter")
    expect(desk.locator("#key-next")).to_be_visible()


def test_a_paper_follows_with_the_applicants_promise_and_is_brought_later(visit: Visitors, server: Server) -> None:
    desk = serving(visit, server, "20", service="SB04")
    desk.locator("tr[data-material=household-register-copy] label", has_text="后补").click()
    desk.keyboard.press("Numpad7")
    state(desk, "later")
    desk.keyboard.press("Numpad4")
    dialog = desk.locator("#ask-accept")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("本人承诺")
    desk.keyboard.press("NumpadEnter")
    expect(dialog.locator("[data-error]")).to_contain_text("签字")
    desk.keyboard.press("Numpad1")
    dialog.locator("[name=name]").fill("张晓明")
    dialog.locator("label", has_text="邮寄").locator("input").check()
    dialog.locator("[name=address]").fill("海滨路 1 号")
    dialog.locator("[data-submit]").click()
    card = desk.locator(".case-card")
    expect(card).to_contain_text("容缺后补")
    expect(card).to_contain_text("张晓明")
    number = card.locator(".case-number").inner_text()
    desk.locator("#key-finish").click()
    expect(desk.locator("#key-next")).to_be_visible()

    desk.locator("#key-more").click()  # another day: the visitor is back and shows the receipt to the scanner
    desk.locator(".pick:visible", has_text="查受理号").click()
    desk.keyboard.type(f"{server.url}/c/{number}?key=0123")
    desk.keyboard.press("Enter")
    desk.locator("#ask-found .pick", has_text="补来").click()
    expect(desk.locator("#status")).to_contain_text("补来了")
    assert server.ask("GET", f"/cases/{number}")["case"]["unsettled"] == 0


def test_marks_made_elsewhere_come_in_and_nothing_is_swapped(visit: Visitors, server: Server) -> None:
    desk = serving(visit, server, "21", service="SB04")
    desk.locator("tr[data-material=id-card] label").first.click()
    desk.evaluate("document.querySelector('.checks-table').dataset.same = '1'")
    server.ask("POST", "/counters/21/materials", {"marks": [{"material": "bank-or-social-card", "mark": "missing"}]})
    expect(desk.locator("tr[data-material=bank-or-social-card] input[value=missing]")).to_be_checked()
    expect(desk.locator(".checks-table[data-same]")).to_have_count(1)
    expect(desk.locator("tr[data-material=id-card] input[value=ok]")).to_be_focused()
    server.ask("POST", "/counters/21/finish", {"outcome": "unserved", "cause": "papers"})


def test_a_package_is_done_one_by_one(visit: Visitors, server: Server) -> None:
    desk = serving(visit, server, "37", package="YJ02")
    expect(desk.locator(".together-now")).to_contain_text("出生登记")
    desk.keyboard.press("Numpad7")
    expect(desk.locator("#key-all")).to_have_attribute("aria-disabled", "true")
    desk.keyboard.press("Numpad3")
    expect(desk.locator(".together-done")).to_contain_text("出生登记")
    expect(desk.locator(".together-now")).to_contain_text("社会保障卡")
    desk.keyboard.press("NumpadEnter")
    expect(desk.locator("#ask-leave")).to_be_visible()
    expect(desk.locator("#ask-leave")).to_contain_text("生育津贴")
    desk.keyboard.press("Numpad1")  # the rest where it is done
    expect(desk.locator("#key-next")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_serving_screen_has_no_fault_that_axe_finds(visit: Visitors, server: Server, lang: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    desk = serving(visit, server, "22", service="SB04")
    server.ask("POST", "/counters/22/materials", {"marks": [
        {"material": "id-card", "mark": "missing"}, {"material": "bank-or-social-card", "mark": "free", "reason": "certificate"},
        {"material": "household-register-copy", "mark": "later"},
    ]})  # fmt: skip
    server.ask("POST", "/counters/22/one-time-notice")
    desk.goto(f"{server.url}/h/hall/desk/22?lang={lang}")
    for light in ("light", "dark"):
        desk.emulate_media(color_scheme=light)  # type: ignore[arg-type]
        desk.wait_for_timeout(300)
        found = Axe().run(desk).response["violations"]
        assert [(light, item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []
    assert not desk.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "overflow"
    desk.locator("#key-notice").click()
    found = Axe().run(desk).response["violations"]
    assert [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []
    server.ask("POST", "/counters/22/finish", {"outcome": "unserved", "cause": "papers"})
