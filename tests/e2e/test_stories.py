"""One visit through every screen, as the people concerned see it."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

HEAR = """
window.heard = [];
const Real = window.Audio;
window.Audio = function (...given) {
  const audio = new Real(...given);
  audio.addEventListener("ended", () => window.heard.push(new URL(audio.src).pathname));
  return audio;
};
"""


def take_at_kiosk(visit: Visitors, server: Server) -> tuple[Page, str, str]:
    """Two taps from home to ticket. Gives the kiosk's page, the number and the address of the phone page."""
    kiosk = visit.open("/h/hall/kiosk", server.token("kiosk", "k1"), (1080, 1920))
    kiosk.get_by_role("link", name=re.compile("社会保险")).click()
    kiosk.locator("button.take[name=service]").first.click()
    expect(kiosk.locator(".slip-number")).to_be_visible()
    number = re.sub(r"\s", "", kiosk.locator(".slip-number .number").inner_text())
    feed = kiosk.locator("[data-feed]").get_attribute("data-feed") or ""
    found = re.search(r"live/ticket/([^?]+)\?key=(\w+)", feed)
    assert found, feed
    ticket, key = found.groups()
    return kiosk, number, f"/t/{ticket}?key={key}"


def sit_down(visit: Visitors, server: Server, counter: str, clerk: str) -> Page:
    desk = visit.open(f"/h/hall/desk/{counter}", server.token("clerk", clerk), (1440, 900))
    desk.locator("[data-act=open]:visible").first.click()
    expect(desk.locator("#key-next")).to_be_visible()
    return desk


def hears(board: Page, clips: int) -> None:
    """Wait until so many spoken clips have been played to their end (the page's policy forbids waiting by script)."""
    for _ in range(300):
        count = board.evaluate("window.heard.filter(path => path.startsWith('/voice/')).length")
        if count >= clips:
            break
        board.wait_for_timeout(100)
    assert count == clips


def test_from_kiosk_to_done(visit: Visitors, server: Server) -> None:
    board = visit.open("about:blank")
    board.context.add_init_script(HEAR)
    cookie = {"name": "youxu", "value": server.token("display", "b1"), "url": server.url}
    board.context.add_cookies([cookie])  # type: ignore[list-item]
    board.goto(f"{server.url}/h/hall/board?sound=1")
    kiosk, number, address = take_at_kiosk(visit, server)
    assert re.fullmatch(r"B\d{3}", number)
    expect(kiosk.locator("h1")).to_contain_text("小票")
    phone = visit.open(address, size=(390, 844))
    expect(phone.locator(".ticket-number")).to_contain_text(number[1:])
    desk = sit_down(visit, server, "15", "li.na")

    desk.keyboard.press("Enter")  # call next
    expect(desk.locator("#now")).to_contain_text(number[1:])
    expect(board.locator(".calling")).to_contain_text(number[1:], timeout=10_000)
    expect(board.locator(".calling")).to_contain_text("15")
    expect(phone.locator(".go h1")).to_contain_text("15")
    hears(board, 1)
    expect(desk.locator("#now")).to_contain_text("已播完")

    desk.wait_for_timeout(900)  # the same key is dead for 0.8 s
    desk.keyboard.press("Enter")  # start
    expect(phone.locator("[aria-current=step]")).to_contain_text("办理")
    desk.wait_for_timeout(900)
    desk.keyboard.press("Enter")  # finish
    expect(desk.locator("#key-next")).to_be_visible()
    expect(phone.locator(".state-done, .state").first).to_contain_text("办")
    hears(board, 1)  # and no more: a call sounds once
    assert any((server.data / "paper").glob("*.escpos")), "the slip went to the printer"


def test_screens_come_back_by_themselves(visit: Visitors, server: Server) -> None:
    """The server is killed and started again: nobody touches a screen, nothing is lost."""
    visit.forgiven = ["WebSocket", "ERR_CONNECTION", "Failed to load resource"]
    board = visit.open("/h/hall/board", server.token("display", "b1"), (1920, 1080))
    desk = sit_down(visit, server, "16", "wang.min")
    _, number, address = take_at_kiosk(visit, server)
    phone = visit.open(address, size=(390, 844))
    expect(phone.locator(".ticket-number")).to_contain_text(number[1:])

    server.stop(signal.SIGKILL)
    expect(board.locator("html[data-stale]")).to_be_attached(timeout=30_000)
    server.start()
    expect(board.locator("html:not([data-stale])")).to_be_attached(timeout=30_000)
    expect(desk.locator("#key-next")).to_be_visible(timeout=30_000)
    desk.wait_for_timeout(1000)
    desk.locator("#key-next").click()
    expect(board.locator(".calling")).to_contain_text(number[1:], timeout=20_000)
    expect(phone.locator(".go h1")).to_contain_text("16", timeout=30_000)
    desk.wait_for_timeout(900)
    desk.locator("#key-start").click()
    desk.wait_for_timeout(900)
    desk.locator("#key-finish").click()
    expect(desk.locator("#key-next")).to_be_visible()


def test_no_show_and_back(visit: Visitors, server: Server) -> None:
    """Missed, back in the queue, and called again: the phone says what to do at each step."""
    desk = sit_down(visit, server, "17", "zhou.jie")
    _, number, address = take_at_kiosk(visit, server)
    phone = visit.open(address, size=(390, 844))
    desk.locator("#key-next").click()
    expect(desk.locator("#now")).to_contain_text(number[1:])
    expect(desk.locator("#key-recall")).to_have_attribute("aria-disabled", "true")
    server.ask("POST", "/counters/17/no-show")
    expect(phone.locator("main")).to_contain_text("号还在")
    ticket = re.search(r"/t/([^?]+)", address).group(1)  # type: ignore[union-attr]
    server.ask("POST", f"/tickets/{ticket}/reinstate")
    expect(phone.locator(".ahead")).to_be_visible()
    desk.wait_for_timeout(900)
    desk.locator("#key-next").click()
    expect(desk.locator("#now")).to_contain_text(number[1:])
    server.ask("POST", "/counters/17/start")
    server.ask("POST", "/counters/17/finish")


def test_giving_a_ticket_back_on_the_phone(visit: Visitors, server: Server) -> None:
    _, number, address = take_at_kiosk(visit, server)
    phone = visit.open(address, size=(390, 844))
    phone.locator(".give-up summary").click()
    phone.locator(".give-up .button-danger").click()
    expect(phone.locator(".ticket-over")).to_contain_text(number[1:])


def test_a_manager_opens_a_window_and_posts_a_notice(visit: Visitors, server: Server) -> None:
    board = visit.open("/h/hall/board", server.token("display", "b1"), (1920, 1080))
    manager = visit.open("/h/hall/manager", server.token("manager", "chief"), (1440, 900))
    manager.get_by_role("button", name=re.compile("发通知")).first.click()
    manager.locator("dialog[open] [name=zh]").fill("3 号取号机正在换纸")
    manager.locator("dialog[open] [name=en]").fill("Kiosk 3 is being refilled")
    manager.locator("dialog[open] .button-primary").click()
    expect(board.locator(".board-foot")).to_contain_text("正在换纸", timeout=15_000)


def test_a_blocked_sound_asks_for_one_tap(visit: Visitors, server: Server) -> None:
    """A browser that plays nothing before a touch: the page says so, and the server knows."""
    refuse = "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
    board = visit.open("about:blank")
    board.context.add_init_script(refuse)
    board.context.add_cookies([{"name": "youxu", "value": server.token("display", "b2"), "url": server.url}])
    board.goto(f"{server.url}/h/hall/board/A?sound=1")
    expect(board.locator("dialog[data-sound-ask]")).to_be_visible()
    board.wait_for_timeout(500)
    assert server.ask("GET", "/load")["devices"]["sound"]["blocked"] == 1
