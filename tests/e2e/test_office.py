"""Back office and issue window in the browser: a case from the department's queue into the applicant's hands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from queue_server.setup_file import default_setup_text, load_setup

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SETUP = load_setup(default_setup_text())
PERSON = {
    "kind": "person", "name": "张小明", "document": "990000199001010001", "phone": "10000012345",
    "address": "滨海区潮汐路 1 号",
}  # fmt: skip


def applies(server: Server, service: str, counter: str, clerk: str, **fields: object) -> str:
    """A visitor applies at a counter that this clerk opens and closes. Gives the case's number."""
    at = f"/counters/{counter}"
    server.ask("POST", f"{at}/open", {"clerk": clerk})
    ticket = server.ask("POST", "/tickets", {"service": service})["ticket"]["id"]
    server.ask("POST", f"{at}/call", {"ticket": ticket, "reason": "test"})
    server.ask("POST", f"{at}/start")
    papers = next(one.materials for one in SETUP.services if one.id == service)
    marks = [{"material": one.id, "mark": "ok"} for one in papers if not one.held]
    body = {"marks": marks, "applicant": PERSON} | fields
    case: str = server.ask("POST", f"{at}/accept", body)["case"]["id"]
    server.ask("POST", f"{at}/finish")
    server.ask("POST", f"{at}/close")
    return case


def works(page: Page, act: str) -> None:
    """Press a button of the open case; it may be there only in a moment."""
    page.locator(f"[data-acts] [data-act='{act}']").click()


def shut(page: Page) -> None:
    """The panel may know of an act before its sheet is gone, and nobody types past an open sheet."""
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_department_takes_asks_back_and_decides(visit: Visitors, server: Server) -> None:
    case = applies(server, "MZ03", "10", "c15")
    page = visit.open("/h/hall/office/civil", server.token("clerk", "b15"), (1366, 768))
    line = page.locator(f"#job-{case}")
    expect(line).to_contain_text("张*明")
    line.click()
    panel = page.locator("#case")
    expect(panel).to_contain_text("张小明")
    expect(page).to_have_url(re.compile(f"case={case}"))
    works(page, "take")
    expect(page.locator("[data-said]")).to_contain_text("接办")
    page.get_by_role("button", name="我在办").click()
    expect(line).to_be_visible()

    works(page, "correction")
    sheet = page.locator("#sheet-correction")
    sheet.locator("[name=material]").first.check()
    sheet.locator("[name=note]").fill("请补盖章页")
    sheet.locator("[data-go]").click()
    expect(panel).to_contain_text("计时停着")
    expect(panel).to_contain_text("请补盖章页")
    expect(line).to_contain_text("补正")

    works(page, "resume")
    page.locator("#sheet-resume [data-go]").click()
    expect(panel).not_to_contain_text("计时停着：")

    works(page, "decide")
    sheet = page.locator("#sheet-decide")
    sheet.locator("[value=refused]").check()
    sheet.locator("[data-go]").click()
    expect(sheet).to_be_visible()  # a refusal needs a reason
    sheet.locator("[value=granted]").check()
    sheet.locator("[data-go]").click()
    expect(panel).to_contain_text("准予")
    expect(line).to_have_count(0)
    assert server.ask("GET", f"/cases/{case}")["case"]["state"] == "decided"


def test_a_colleague_of_another_department_can_only_look(visit: Visitors, server: Server) -> None:
    case = applies(server, "MZ03", "10", "c15")
    page = visit.open(f"/h/hall/office/civil?case={case}", server.token("clerk", "b01"))
    expect(page.locator("#case")).to_contain_text("张*明")
    expect(page.locator("[data-only]")).to_be_visible()
    expect(page.locator("[data-acts] [data-act]:visible")).to_have_count(0)


def test_the_issue_window_takes_in_hands_over_and_sends(visit: Visitors, server: Server) -> None:
    fetched = applies(server, "MZ03", "10", "c15")
    sent = applies(server, "GA06", "36", "c50", delivery="courier")
    for case in (fetched, sent):
        server.ask("POST", f"/cases/{case}/take")
        server.ask("POST", f"/cases/{case}/decide", {"decision": "granted"})
    server.ask("POST", "/counters/42/open", {"clerk": "c58"})
    page = visit.open("/h/hall/results", server.token("clerk", "c58"), (1366, 768))
    scan = page.locator("#scan")
    expect(scan).to_be_focused()
    page.keyboard.type(f"{server.url}/c/{fetched}?key=abcdefgh\n")  # as a scanner does
    panel = page.locator("#case")
    expect(panel).to_contain_text(fetched)
    works(page, "ready")
    expect(page.locator("[data-said]")).to_contain_text("出件窗口")
    works(page, "hand-over")
    sheet = page.locator("#sheet-hand-over")
    expect(sheet).to_contain_text("张小明")
    sheet.locator("[name=seen]").check()
    sheet.locator("[data-go]").click()
    expect(panel).to_contain_text("已领取")
    shut(page)

    scan.fill(sent)
    scan.press("Enter")
    expect(panel).to_contain_text(sent)
    works(page, "ready")
    works(page, "send")
    sheet = page.locator("#sheet-send")
    expect(sheet).to_contain_text("滨海区潮汐路 1 号")
    sheet.locator("[name=company]").fill("邮政")
    sheet.locator("[name=number]").fill("BH0001")
    sheet.locator("[data-go]").click()
    expect(panel).to_contain_text("BH0001")
    page.get_by_role("button", name=re.compile("寄送中")).click()
    expect(page.locator(f"#job-{sent}")).to_be_visible()
    works(page, "deliver")
    page.locator("#sheet-deliver [data-go]").click()
    expect(panel).to_contain_text("已送达")
    shut(page)
    scan.fill("20200101-0001")
    scan.press("Enter")
    expect(page.locator("[data-scan-said]")).to_be_visible()
    visit.complaints[:] = [one for one in visit.complaints if "404" not in one]
    server.ask("POST", "/counters/42/close")


def test_a_returned_case_is_mended_at_a_window(visit: Visitors, server: Server) -> None:
    case = applies(server, "MZ03", "10", "c15")
    server.ask("POST", f"/cases/{case}/return", {"to": "window", "reason": "少一个签名"})
    server.ask("POST", "/counters/10/open", {"clerk": "c15"})
    page = visit.open("/h/hall/results?show=mend", server.token("clerk", "c15"))
    page.locator(f"#job-{case}").click()
    expect(page.locator("#case")).to_contain_text("少一个签名")
    works(page, "forward")
    page.locator("#sheet-forward [data-go]").click()
    expect(page.locator(f"#job-{case}")).to_have_count(0)
    assert server.ask("GET", f"/cases/{case}")["case"]["state"] == "accepted"
    server.ask("POST", "/counters/10/close")


def test_papers_that_were_taken_in_are_checked_and_accepted(visit: Visitors, server: Server) -> None:
    server.ask("POST", "/counters/10/open", {"clerk": "c15"})
    ticket = server.ask("POST", "/tickets", {"service": "MZ03"})["ticket"]["id"]
    server.ask("POST", "/counters/10/call", {"ticket": ticket, "reason": "test"})
    server.ask("POST", "/counters/10/start")
    case = server.ask("POST", "/counters/10/receive", {"applicant": PERSON})["case"]["id"]
    server.ask("POST", "/counters/10/finish")
    page = visit.open(f"/h/hall/results?show=mend&case={case}", server.token("clerk", "c15"))
    works(page, "check")
    sheet = page.locator("#sheet-check")
    accept, notice = sheet.locator("[data-check=accept]"), sheet.locator("[data-check=notice]")
    expect(accept).to_be_disabled()
    for row in sheet.locator("[data-material]").all():
        row.locator("[value=ok]").check()
    expect(notice).to_be_disabled()
    sheet.locator("[data-material] [value=missing]").first.check()
    expect(accept).to_be_disabled()
    sheet.locator("[data-material] [value=ok]").first.check()
    accept.click()
    expect(page.locator("#case")).to_contain_text("等审批")
    server.ask("POST", "/counters/10/close")
