"""From the window to the result, on the visitor's phone: what is missing, how far it is, a number to collect it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

WINDOW = "17"
PAPERS = {
    "id-card": "ok",
    "social-card": "ok",
    "personnel-file": "ok",
    "application-form": "ok",
    "bank-card-copy": "ok",
}


def marks(**other: str) -> list[dict[str, str]]:
    found = PAPERS | {name.replace("_", "-"): mark for name, mark in other.items()}
    return [{"material": material, "mark": mark} for material, mark in found.items()]


def serve(server: Server) -> dict[str, Any]:
    """A visitor who asks for a pension sits at the window."""
    ticket: dict[str, Any] = server.ask("POST", "/tickets", {"service": "SB03"})["ticket"]
    server.ask("POST", f"/counters/{WINDOW}/call", {"ticket": ticket["id"], "reason": "e2e"})
    server.ask("POST", f"/counters/{WINDOW}/start")
    return ticket


def is_well(page: Page) -> None:
    """No axe violation in any light, no overflow, in both sizes of type."""
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
        page.wait_for_timeout(150)
        found = Axe().run(page).response["violations"]
        assert [(light, one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == []
    page.evaluate("document.documentElement.dataset.size = 'xlarge'")
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "overflow"
    page.evaluate("delete document.documentElement.dataset.size")


def test_a_case_on_the_phone(visit: Visitors, server: Server) -> None:
    server.ask("POST", f"/counters/{WINDOW}/open", {"clerk": "li.na"})
    try:
        ticket = serve(server)
        phone = visit.open(ticket["follow_url"], size=(390, 844))
        expect(phone.locator("#told-title")).to_have_count(0)
        server.ask("POST", f"/counters/{WINDOW}/one-time-notice", {"marks": marks(personnel_file="missing")})
        expect(phone.locator("#told-title")).to_be_visible(timeout=10_000)  # it comes by itself
        expect(phone.locator("#live")).to_contain_text("人事档案")
        is_well(phone)

        answer = server.ask("POST", f"/counters/{WINDOW}/accept", {"marks": marks()})
        case = answer["case"]["id"]
        server.ask("POST", f"/counters/{WINDOW}/finish")
        phone.locator("#live a[href^='/c/']").click()
        expect(phone.locator("h2").first).to_contain_text("前办好")
        expect(phone.locator("[aria-current=step]")).to_contain_text("审批")
        is_well(phone)

        phone.locator("#case-story summary").click()
        server.ask("POST", f"/cases/{case}/take")
        server.ask("POST", f"/cases/{case}/decide", {"decision": "granted"})
        server.ask("POST", f"/cases/{case}/ready")
        expect(phone.locator("#collect-button")).to_be_visible(timeout=10_000)
        assert phone.evaluate("document.getElementById('case-story').open"), "what is read stays open"
        is_well(phone)
        phone.locator("#collect-button").click()
        expect(phone).to_have_url(re.compile(r"/t/"))
        expect(phone.locator(".ticket-head")).to_contain_text("取件")
        phone.go_back()
        phone.locator("#collect-button").click()
        expect(phone).to_have_url(re.compile(r"/t/"))
        taken = phone.url.split("/t/")[1].split("?")[0]
        assert server.ask("GET", f"/tickets/{taken}")["ticket"]["state"] == "waiting"
        phone.locator(".give-up summary").click()
        phone.locator(".give-up .button-danger").click()
        expect(phone.locator(".ticket-over")).to_be_visible()
    finally:
        server.ask("POST", f"/counters/{WINDOW}/close")


def test_without_script_the_result_can_be_collected_too(visit: Visitors, server: Server) -> None:
    server.ask("POST", f"/counters/{WINDOW}/open", {"clerk": "li.na"})
    try:
        serve(server)
        answer = server.ask("POST", f"/counters/{WINDOW}/accept", {"marks": marks()})["case"]
        server.ask("POST", f"/counters/{WINDOW}/finish")
        for act, body in (("take", {}), ("decide", {"decision": "granted"}), ("ready", {})):
            server.ask("POST", f"/cases/{answer['id']}/{act}", body)
        phone = visit.open(f"{answer['follow_url']}&lang=en", size=(390, 844), java_script_enabled=False)
        expect(phone.locator("h2").first).to_have_text("Ready to collect")
        phone.locator("#collect-button").click()
        expect(phone).to_have_url(re.compile(r"/t/"))
        phone.locator(".give-up summary").click()
        phone.locator(".give-up .button-danger").click()
        expect(phone.locator(".ticket-over")).to_be_visible()
    finally:
        server.ask("POST", f"/counters/{WINDOW}/close")


def test_a_service_is_found_and_its_guide_taken_along(visit: Visitors, server: Server) -> None:
    phone = visit.open("/h/hall/guide", size=(390, 844))
    phone.locator("#q").fill("tuixiu")
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name=re.compile("企业职工基本养老保险")).first.click()
    expect(phone.locator("h1")).to_contain_text("养老保险待遇申领")
    expect(phone.locator(".papers li")).to_have_count(5)
    phone.get_by_role("link", name="EN").click()
    expect(phone.locator("h1")).to_contain_text("pension claim")
    phone.locator("[data-size-next]").click()
    assert phone.evaluate("document.documentElement.dataset.size") == "large"


def test_the_code_at_a_window_is_live(visit: Visitors, server: Server) -> None:
    phone = visit.open("/h/hall/window/18", size=(390, 844))
    expect(phone.locator("#live")).to_contain_text("没有开")
    server.ask("POST", "/counters/18/open", {"clerk": "li.na"})
    try:
        expect(phone.locator("#live")).to_contain_text("空闲", timeout=10_000)
    finally:
        server.ask("POST", "/counters/18/close")
