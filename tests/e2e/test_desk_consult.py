"""The desk with its keys really pressed: how many it takes; from question to the right queue; help, notes, causes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
DEAD_MS = 850  # the same key is dead for 0.8 s
HAND_MS = 200  # nobody is quicker


class Hands:
    """A clerk at a keyboard: counts what is pressed. A word that is typed counts one key for each letter."""

    def __init__(self, page: Page) -> None:
        self.page, self.count, self._last = page, 0, ""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.wait_for_timeout(DEAD_MS if key == self._last else HAND_MS)
            self.page.keyboard.press(key)
            self.count, self._last = self.count + 1, key

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count, self._last = self.count + len(text), ""


def seated(visit: Visitors, server: Server, counter: str, clerk: str, **options: Any) -> Page:
    desk = visit.open(f"/h/hall/desk/{counter}", server.token("clerk", clerk), (1366, 768), **options)
    desk.locator("[data-act=open]:visible").first.click()
    expect(desk.locator("#key-next")).to_be_visible()
    return desk


def begin(desk: Page, hands: Hands) -> None:
    """Call and start: two keys."""
    hands.press("Enter")
    expect(desk.locator("#key-start")).to_be_visible()
    hands.press("NumpadEnter")
    expect(desk.locator("#key-finish")).to_be_visible()


def empty(server: Server, counter: str) -> None:
    """Nobody from another test waits for this window."""
    server.ask("POST", f"/counters/{counter}/open", {})
    while server.ask("POST", f"/counters/{counter}/next"):
        server.ask("POST", f"/counters/{counter}/start")
        server.ask("POST", f"/counters/{counter}/finish")
    server.ask("POST", f"/counters/{counter}/close")


def clear(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "overflow"


def test_a_simple_visit_takes_three_keys(visit: Visitors, server: Server) -> None:
    empty(server, "40")
    server.ask("POST", "/tickets", {"kind": "assisted"})
    desk = seated(visit, server, "40", "c57")
    hands = Hands(desk)
    begin(desk, hands)
    hands.press("Enter")
    expect(desk.locator("#key-next")).to_be_visible()
    assert hands.count == 3
    desk.wait_for_timeout(300)
    desk.locator(".desk-me summary").click()
    desk.locator("[data-act=close]").click()
    desk.locator("#ask-close .pick").click()


def test_an_application_takes_six_keys_and_a_pause_of_it_four(visit: Visitors, server: Server) -> None:
    """Call, start, all in order, accept, print, finish; hold with papers back, and go on when the visitor returns."""
    empty(server, "18")
    server.ask("POST", "/tickets", {"service": "SB01"})
    desk = seated(visit, server, "18", "c24")
    hands = Hands(desk)
    begin(desk, hands)
    hands.count = 0
    hands.press("NumpadDivide", "Numpad1")
    expect(desk.locator("#key-next")).to_be_visible()
    expect(desk.locator("[data-count=held]")).to_have_text("1")
    hands.press("Numpad3", "Numpad1")
    expect(desk.locator("#key-finish")).to_be_visible()
    assert hands.count == 4
    hands.count = 2  # call and start, as above
    hands.press("Numpad7", "Numpad4")
    expect(desk.locator("#ask-accept")).to_be_visible()
    hands.press("NumpadEnter")
    expect(desk.locator("#ask-accept")).to_be_hidden()
    hands.press("Enter")
    expect(desk.locator("#key-next")).to_be_visible()
    assert hands.count == 6
    cases = [event for event in server.ask("GET", "/log?after=0")["events"] if event["kind"] == "case_accepted"]
    assert cases[-1]["body"]["counter"] == "18"
    server.ask("POST", "/counters/18/close")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_question_to_the_right_queue(visit: Visitors, server: Server, scheme: str) -> None:
    """Find the service, read its guide, name it, leave a word, send the same ticket on: the next window reads all of it."""
    empty(server, "1")
    empty(server, "15")
    taken = server.ask("POST", "/tickets", {"kind": "consultation"})["ticket"]
    desk = seated(visit, server, "1", "c01", color_scheme=scheme)
    hands = Hands(desk)
    begin(desk, hands)
    expect(desk.locator("#consult .tile").first).to_be_visible()
    clear(desk)
    hands.count = 0
    hands.press("NumpadSubtract")
    hands.write("syjt")  # 生育津贴
    expect(desk.locator("#consult-guide h2")).to_have_text("生育津贴支付")
    expect(desk.locator(".guide-now")).to_contain_text("B 区")
    clear(desk)
    hands.press("Enter")
    expect(desk.locator("#key-send-on")).to_contain_text("B 区")
    expect(desk.locator("#consult")).to_be_hidden()
    assert hands.count == 6
    desk.locator("#note").fill("病历资料没带，可以先取号")
    desk.locator("#now").focus()
    hands.press("NumpadMultiply")
    expect(desk.locator("#key-next")).to_be_visible()
    sent = server.ask("GET", f"/tickets/{taken['id']}")
    assert sent["ticket"]["queue"] == "B" and sent["ticket"]["arrival"] == taken["arrival"]
    assert [note["text"] for note in sent["visit"]["notes"]] == ["病历资料没带，可以先取号"]

    other = seated(visit, server, "15", "c21", color_scheme=scheme)
    expect(other.locator("#now")).to_contain_text("1 号窗口")
    Hands(other).press("Numpad8")  # a look, nobody is called
    expect(other.locator("#ask-look")).to_contain_text("病历资料没带")
    clear(other)
    other.keyboard.press("Escape")
    assert server.ask("GET", f"/tickets/{taken['id']}")["ticket"]["state"] == "waiting"
    other.wait_for_timeout(DEAD_MS)
    begin(other, Hands(other))

    other.locator(".free-chip").first.click()
    expect(other.locator("[data-free-count=copies]")).not_to_have_text("0")
    hands = Hands(other)
    hands.press("NumpadDecimal")
    other.locator("#ask-more .pick", has_text="没有办成").click()
    expect(other.locator("#ask-unserved")).to_be_visible()
    clear(other)
    hands.press("Numpad4")
    expect(other.locator("#key-next")).to_be_visible()
    log = server.ask("GET", "/log?after=0")["events"]
    ended = [event["body"] for event in log if event["kind"] == "service_finished"][-1]
    assert (ended["ticket"], ended["outcome"], ended["cause"]) == (taken["id"], "unserved", "system")
    for counter in ("1", "15"):
        server.ask("POST", f"/counters/{counter}/close")


def test_help_is_called_with_two_keys_and_seen_on_every_desk(visit: Visitors, server: Server) -> None:
    caller = visit.open("/h/hall/desk/5", server.token("clerk", "c10"), (1366, 768))
    other = visit.open("/h/hall/desk/6", server.token("clerk", "c11"), (1366, 768))
    expect(other.locator("#alarms")).to_be_hidden()
    caller.keyboard.press("F9")
    expect(caller.locator("#ask-emergency")).to_be_visible()
    caller.wait_for_timeout(2_200)
    caller.keyboard.press("Escape")  # once is nothing
    expect(other.locator("#alarms")).to_be_hidden()
    caller.locator("#now").focus()
    caller.keyboard.press("F9")
    caller.wait_for_timeout(200)
    caller.keyboard.press("F9")
    alarm = other.locator("#alarm-live[role=alert]")
    expect(alarm).to_contain_text("5 号窗口")
    expect(alarm).to_contain_text("还没有人答应")
    clear(other)
    other.locator("[data-emergency-act=answer]:visible").click()
    expect(caller.locator("#alarm-live")).to_contain_text("在赶来")
    expect(other.locator("[data-emergency-act=answer]:visible")).to_have_count(0)
    clear(caller)
    caller.locator("[data-emergency-act=end]:visible").click()
    expect(other.locator("#alarms")).to_be_hidden()
    kinds = [event["kind"] for event in server.ask("GET", "/log?after=0")["events"] if event["kind"].startswith("emergency")]
    assert kinds == ["emergency_called", "emergency_answered", "emergency_ended"]


def test_the_consultation_panel_speaks_english(visit: Visitors, server: Server) -> None:
    empty(server, "2")
    server.ask("POST", "/tickets", {"kind": "consultation", "needs": ["elderly"], "lang": "en"})
    desk = seated(visit, server, "2", "c02", locale="en-GB")
    hands = Hands(desk)
    begin(desk, hands)
    hands.press("NumpadSubtract")
    desk.keyboard.type("marriage")
    expect(desk.locator("#consult-guide h2")).to_contain_text(re.compile("marriage", re.IGNORECASE))
    clear(desk)
    desk.keyboard.press("Enter")
    expect(desk.locator("#key-send-on")).to_contain_text("Send to")
    server.ask("POST", "/counters/2/finish")
    server.ask("POST", "/counters/2/close")
