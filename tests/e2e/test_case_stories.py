"""From question to result, as the people concerned live it: over three weeks with holidays in them, and in one morning.

Set ``YOUXU_PICTURES`` to a folder to get a picture of every step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DEAD_MS = 850  # the same key is dead for 0.8 s
PHONE, DESK, KIOSK = (390, 844), (1366, 768), (1080, 1920)
Day = Callable[[str], None]


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("YOUXU_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=page.viewport_size == {"width": 390, "height": 844})


def sound(page: Page) -> None:
    """Nothing that axe finds, nothing that runs over the side."""
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "overflow"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.wait_for_timeout(DEAD_MS)
        page.keyboard.press(key)


class Weeks(Visitors):
    """A hall whose clock is set on from day to day: the server goes down at night and comes back on the same data."""

    def on(self, moment: str) -> None:
        self.server.stop()
        self.server.options = ("--trial-start", f"{moment}+08:00")
        self.server.start()

    def desk(self, counter: str, clerk: str) -> Page:
        page = self.open(f"/h/hall/desk/{counter}", self.server.token("clerk", clerk), DESK)
        page.locator("[data-act=open]:visible").first.click()
        expect(page.locator("#key-next")).to_be_visible()
        return page


@pytest.fixture
def weeks(browser: Browser, tmp_path: Path) -> Iterator[Weeks]:
    server = Server(tmp_path)
    found = Weeks(browser, server)
    found.forgiven = ["WebSocket", "ERR_CONNECTION"]  # pages stay open while the server is down at night
    try:
        yield found
    finally:
        found.close()
        server.stop()
    assert found.complaints == []


def number_of(kiosk: Page) -> tuple[str, str]:
    """What stands on the slip: the number, and the address behind its code."""
    expect(kiosk.locator(".slip-number")).to_be_visible()
    number = re.sub(r"\s", "", kiosk.locator(".slip-number .number").inner_text())
    feed = kiosk.locator("[data-feed]").get_attribute("data-feed") or ""
    found = re.search(r"live/ticket/([^?]+)\?key=(\w+)", feed)
    assert found, feed
    return number, f"/t/{found[1]}?key={found[2]}"


def test_an_elderly_visitor_from_question_to_result(weeks: Weeks) -> None:
    """Friday 18 September to 9 October 2026: a Sunday that is worked, and the National Day holidays that are not."""
    server = weeks.server

    weeks.on("2026-09-18T09:30:00")
    kiosk = weeks.open("/h/hall/kiosk", server.token("kiosk", "k1"), KIOSK)
    picture(kiosk, "0-kiosk")
    kiosk.get_by_role("button", name="大字").click()
    expect(kiosk.locator("html")).to_have_attribute("data-size", re.compile("large"))
    kiosk.get_by_role("button", name=re.compile("不知道办哪一项")).click()
    number, address = number_of(kiosk)
    assert re.fullmatch(r"X\d{3}", number)
    picture(kiosk, "1-kiosk-consultation-ticket")
    phone = weeks.open(f"{address}&size=large", size=PHONE)
    expect(phone.locator("body")).to_contain_text(number)

    first = weeks.desk("1", "c01")
    press(first, "Enter")
    expect(first.locator("#now")).to_contain_text(number[1:])
    press(first, "Enter")
    expect(first.locator("#consult .tile").first).to_be_visible()
    press(first, "NumpadSubtract")
    first.keyboard.type("城乡居民养老")
    expect(first.locator("#consult-guide h2")).to_have_text("城乡居民养老保险待遇申领")
    picture(first, "2-desk-consultation-guide")
    first.keyboard.press("Enter")
    expect(first.locator("#consult")).to_be_hidden()
    for material in ("id-card", "bank-or-social-card"):
        first.locator(f"tr[data-material={material}] label", has_text="齐").click()
    first.locator("tr[data-material=household-register-copy] label", has_text="缺").click()
    expect(first.locator("body")).to_have_attribute("data-verdict", "missing")
    first.locator("#note").fill("听力不好，请慢慢说")
    picture(first, "3-desk-consultation-papers")
    first.locator("#now").focus()
    press(first, "NumpadMultiply")
    expect(first.locator("#key-next")).to_be_visible()

    expect(phone.locator("body")).to_contain_text("B 区")
    expect(phone.locator("body")).to_contain_text(number)
    picture(phone, "4-phone-sent-on")

    window = weeks.desk("15", "c21")
    expect(window.locator("#now")).to_contain_text("听力不好")
    picture(window, "5-desk-note-before-the-call")
    press(window, "Enter", "Enter")
    expect(window.locator("tr[data-material=household-register-copy]")).to_have_attribute("data-mark", "missing")
    expect(window.locator(".visit-story")).to_contain_text("1 号窗口")
    press(window, "Numpad6")
    expect(window.locator("#ask-notice")).to_contain_text("户口簿复印件")
    window.keyboard.press("Enter")
    expect(window.locator("body")).to_have_attribute("data-verdict", "told")
    sheet = window.locator("iframe#sheet").get_attribute("src") or ""
    paper = weeks.open(sheet.replace("print", "seen"), server.token("clerk", "c21"), (900, 1200))
    expect(paper.locator(".sheet").first).to_contain_text("还缺下面 1 样，补齐就能受理，没有别的了")
    sound(paper)
    picture(paper, "6-paper-one-time-notice")
    expect(phone.locator("#told-title")).to_be_visible()
    picture(phone, "7-phone-one-time-notice")

    window.locator("tr[data-material=household-register-copy] label", has_text="后补").click()
    expect(window.locator("body")).to_have_attribute("data-verdict", "later")
    picture(window, "8-desk-deferred")
    press(window, "Numpad4")
    dialog = window.locator("#ask-accept")
    expect(dialog).to_contain_text("10月9日")
    press(window, "Numpad1")
    dialog.locator("[name=name]").fill("张桂英")
    dialog.locator("[name=phone]").fill("13800000000")
    dialog.locator("label", has_text="邮寄").locator("input").check()
    dialog.locator("[name=address]").fill("滨海区潮汐路 8 号")
    sound(window)
    picture(window, "9-desk-acceptance")
    dialog.locator("[data-submit]").click()
    card = window.locator(".case-card:not(.case-told)")
    expect(card).to_contain_text("容缺后补")
    case = card.locator(".case-number").inner_text()
    sheet = window.locator("iframe#sheet").get_attribute("src") or ""
    paper.goto(server.url + sheet.replace("print", "seen").removeprefix(server.url))
    expect(paper.locator(".sheet")).to_contain_text("2026年10月9日 前")
    expect(paper.locator(".sheet")).to_contain_text("户口簿复印件，2026年9月24日 前")
    expect(paper.locator(".sheet")).to_contain_text("最先接待您的是 1 号窗口")
    sound(paper)
    picture(paper, "10-paper-receipt")
    press(window, "Enter")
    expect(window.locator("#key-next")).to_be_visible()
    phone.get_by_role("link", name=re.compile(f"看办到哪一步 {case}")).click()
    progress = phone.url
    expect(phone.locator(".case")).to_contain_text("已受理")
    expect(phone.locator("body")).to_contain_text("10月9日")
    expect(phone.locator(".case-owed")).to_contain_text("9月24日")
    sound(phone)
    picture(phone, "11-phone-accepted")

    weeks.on("2026-09-20T10:00:00")  # the Sunday that is worked: she brings the paper, in time
    window = weeks.desk("15", "c21")
    window.locator("#key-more").click()
    window.locator(".pick:visible", has_text="查受理号").click()
    window.keyboard.type(f"{progress}\n")
    picture(window, "12-desk-paper-brought")
    window.locator("#ask-found .pick", has_text="补来").click()
    expect(window.locator("#status")).to_contain_text("补来了")
    expect(phone.locator(".case-owed")).to_contain_text("补", timeout=20_000)

    weeks.on("2026-09-29T15:00:00")
    office = weeks.open(f"/h/hall/office/hrss?case={case}", server.token("clerk", "b01"), DESK)
    officer(office, weeks, case)
    expect(office.locator("#case")).to_contain_text("准予")
    picture(office, "14-office-decided")

    weeks.on("2026-10-08T10:00:00")
    server.ask("POST", "/counters/42/open", {"clerk": "c58"})
    issue = weeks.open("/h/hall/results", server.token("clerk", "c58"), DESK)
    issue.locator("#scan").fill(case)
    issue.locator("#scan").press("Enter")
    expect(issue.locator("#case")).to_contain_text(case)
    issue.locator("[data-acts] [data-act='ready']").click()
    issue.locator("[data-acts] [data-act='send']").click()
    shipment = issue.locator("#sheet-send")
    expect(shipment).to_contain_text("滨海区潮汐路 8 号")
    shipment.locator("[name=company]").fill("邮政快递")
    shipment.locator("[name=number]").fill("BH20261008")
    picture(issue, "15-results-courier")
    shipment.locator("[data-go]").click()
    expect(issue.locator("#case")).to_contain_text("BH20261008")
    phone.goto(progress)
    expect(phone.locator(".case-parcel")).to_contain_text("BH20261008")
    sound(phone)
    picture(phone, "16-phone-sent")
    issue.get_by_role("button", name=re.compile("寄送中")).click()
    issue.locator(f"#job-{case}").click()
    issue.locator("[data-acts] [data-act='deliver']").click()
    issue.locator("#sheet-deliver [data-go]").click()
    expect(phone.locator(".case")).to_contain_text("送达", timeout=20_000)
    picture(phone, "17-phone-delivered")

    weeks.on("2026-10-09T09:30:00")  # nothing is lost overnight, and the promise was kept
    found = server.ask("GET", f"/cases/{case}")["case"]
    assert (found["state"], found["ending"], found["in_time"], found["unsettled"]) == ("closed", "delivered", True, 0)
    assert found["first_contact"]["counter"] == "1"
    kinds = [event["kind"] for event in server.ask("GET", "/log?after=0")["events"]]
    once = ("notice_given", "case_accepted", "material_settled", "case_taken", "case_decided", "result_sent")
    assert [kinds.count(kind) for kind in (*once, "result_delivered")] == [1] * 7
    assert "case_overdue" not in kinds


def officer(office: Page, weeks: Weeks, case: str) -> None:
    """The department takes the case and grants it."""
    expect(office.locator("#case")).to_contain_text(case)
    office.locator("[data-acts] [data-act='take']").click()
    expect(office.locator("[data-said]")).to_contain_text("接办")
    sound(office)
    picture(office, "13-office-review")
    office.locator("[data-acts] [data-act='decide']").click()
    sheet = office.locator("#sheet-decide")
    sheet.locator("[value=granted]").check()
    sheet.locator("[data-go]").click()


def test_starting_a_company_is_one_ticket_and_one_list(weeks: Weeks) -> None:
    """企业开办: one ticket, one check-list without duplicates, its services done in turn at two windows."""
    server = weeks.server
    weeks.on("2026-11-24T09:30:00")
    kiosk = weeks.open("/h/hall/kiosk", server.token("kiosk", "k1"), KIOSK)
    kiosk.locator("a[href$='/packages']").click()
    kiosk.get_by_role("link", name=re.compile("企业开办")).click()
    picture(kiosk, "20-kiosk-package")
    kiosk.locator("button.take").first.click()
    number, address = number_of(kiosk)
    phone = weeks.open(address, size=PHONE)

    desk = weeks.desk("31", "c42")
    press(desk, "Enter", "Enter")
    expect(desk.locator(".together-now")).to_be_visible()
    names = desk.locator("tr[data-material]").evaluate_all("rows => rows.map(row => row.dataset.material)")
    assert len(names) == len(set(names)) > 3, "each paper once"
    services = desk.locator(".together li").count()
    assert services >= 3
    press(desk, "Numpad7")
    picture(desk, "21-desk-package-one-list")
    press(desk, "Numpad4")
    dialog = desk.locator("#ask-accept")
    dialog.locator("[name=name]").fill("海燕贸易有限公司")
    dialog.locator("[name=kind][value=enterprise]").check()
    if dialog.locator("[name=promise]").is_visible():
        dialog.locator("[name=promise]").check()
    dialog.locator("[data-submit]").click()
    expect(desk.locator(".case-card")).to_have_count(1)
    press(desk, "Numpad3")
    expect(desk.locator(".together-done")).to_have_count(1)
    expect(phone.locator("#package-title")).to_contain_text("1")
    picture(phone, "22-phone-package-progress")
    press(desk, "Numpad3")
    expect(desk.locator(".together-done")).to_have_count(2)
    picture(desk, "23-desk-package-half")
    press(desk, "Enter")
    expect(desk.locator("#ask-leave")).to_be_visible()
    desk.locator("#ask-leave .pick:visible").first.click()  # the rest where it is done
    expect(desk.locator("#key-next")).to_be_visible()

    waiting = server.ask("GET", f"/tickets/{address.split('/')[2].split('?')[0]}")["ticket"]
    assert (waiting["number"], waiting["state"], len(waiting["finished"])) == (number, "waiting", 2)
    counters = server.ask("GET", "/counters")["counters"]
    other = next(x for x in counters if waiting["queue"] in x["serves"] and x["state"] == "closed")
    second = weeks.desk(other["id"], "anna")
    press(second, "Enter", "Enter")
    expect(second.locator(".together-done")).to_have_count(2)
    for done in range(3, services + 1):
        press(second, "Numpad3")
        expect(second.locator(".together-done")).to_have_count(done)
    picture(second, "24-desk-package-done")
    press(second, "Enter")
    expect(second.locator("#key-next")).to_be_visible()
    expect(phone.locator("#package-title")).to_be_visible()
    picture(phone, "25-phone-package-over")
    finished = server.ask("GET", f"/tickets/{waiting['id']}")["ticket"]
    assert finished["state"] == "done" and len(finished["finished"]) == services
