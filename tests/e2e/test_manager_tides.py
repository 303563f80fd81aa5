"""The manager turns a window, sees sign and map change, and sees it come back by itself; and answers a call for help."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A hall on a Tuesday morning whose half hour takes twelve seconds."""
    clock = ("--trial-speed", "150", "--trial-start", "2026-11-24T10:00+08:00")
    found = Server(tmp_path_factory.mktemp("quick"), "--always-open", *clock)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def guests(browser: Browser, quick: Server) -> Iterator[Visitors]:
    found = Visitors(browser, quick)
    yield found
    found.close()
    assert found.complaints == []


def test_a_window_turns_for_half_an_hour_and_comes_back_by_itself(guests: Visitors, quick: Server) -> None:
    quick.ask("POST", "/counters/9/open", {"clerk": "c09"})
    manager = guests.open("/h/hall/manager", quick.token("manager", "chief"), (1440, 900))
    sign = guests.open("/h/hall/sign/9", size=(1280, 720))
    expect(sign.locator("body")).to_contain_text("综合")
    manager.locator("#tide-new").click()
    dialog = manager.locator("#dialog-tide")
    dialog.locator("[name=counter]").select_option("9")
    expect(dialog.locator("[data-now]")).to_contain_text("主办 A")
    dialog.locator("[name=kind]").select_option("cross_region")
    dialog.locator("tr[data-queue=K] input[value=serves]").check()
    dialog.locator("tr[data-queue=A] input[value='']").check()
    dialog.locator("input[name=minutes][value='30']").check()
    expect(dialog.locator("[data-preview]")).to_contain_text(re.compile(r"9 号窗口马上改为跨省通办，主办 K.*自动改回"))
    dialog.locator(".button-primary").click()
    expect(dialog).to_be_hidden()
    expect(manager.locator("#tides")).to_contain_text("9 号窗口")
    expect(manager.locator("#counter-9")).to_have_class(re.compile("counter-tide"))
    expect(sign.locator("body")).to_contain_text("跨省通办")
    expect(manager.locator("#tides")).to_contain_text("没有临时改办的窗口", timeout=40_000)
    expect(sign.locator("body")).not_to_contain_text("跨省通办", timeout=10_000)
    facts = next(one for one in quick.ask("GET", "/load")["counters"] if one["id"] == "9")
    assert (facts["kind"], facts["serves"], facts["tide"]) == ("integrated", ["A"], None)
    record = guests.open("/h/hall/report#tides", quick.token("manager", "chief"))
    expect(record.locator("#tides")).to_contain_text("改回：")


def test_it_is_turned_back_at_once_by_hand(guests: Visitors, quick: Server) -> None:
    quick.ask("PATCH", "/counters/10", {"serves": ["C"], "minutes": 600})
    manager = guests.open("/h/hall/manager", quick.token("manager", "chief"), (1366, 768))
    manager.locator("#back-10").click()
    expect(manager.locator("#tides")).to_contain_text("没有临时改办的窗口")
    expect(manager.locator("#tides")).to_contain_text(re.compile(r"规则不再动的窗口：.*10"))


def test_a_call_for_help_is_answered_and_ends_with_a_note(guests: Visitors, quick: Server) -> None:
    manager = guests.open("/h/hall/manager?lang=en", quick.token("manager", "chief"), (1440, 900), locale="en-GB")
    expect(manager.locator(".manager-alarms")).to_be_hidden()
    quick.ask("POST", "/emergencies", {"kind": "security", "counter": "9"})
    alarm = manager.get_by_role("alert").filter(has_text="Window 9")
    expect(alarm).to_be_visible()
    manager.locator("[data-answer]").click()
    expect(alarm).to_contain_text("chief")
    expect(manager.locator("[data-answer]")).to_be_hidden()
    manager.locator("[data-end]").click()
    manager.locator("#over-note").fill("Two visitors were parted; all calm")
    manager.locator("#dialog-over .button-primary").click()
    expect(manager.locator(".manager-alarms")).to_be_hidden()
    record = guests.open("/h/hall/report?lang=en", quick.token("manager", "chief"), locale="en-GB")
    expect(record.locator("#emergencies")).to_contain_text("chief")
    expect(record.locator("body")).not_to_contain_text("parted")


def test_what_a_clerk_has_learnt_is_recorded(guests: Visitors, quick: Server) -> None:
    manager = guests.open("/h/hall/manager", quick.token("manager", "chief"), (1366, 768))
    manager.locator("#skills-all").click()
    dialog = manager.locator("#dialog-skills")
    dialog.locator("[name=clerk]").select_option("c01")
    dialog.locator("input[name=skill][value=K]").check()
    dialog.locator(".button-primary").click()
    expect(dialog.locator("tr[data-clerk=c01] td[data-queue=K] .hidden")).to_have_count(1)
    clerks = {one["id"]: one["skills"] for one in quick.ask("GET", "/load")["clerks"]}
    assert clerks["c01"] == ["X", "K", "N"]
