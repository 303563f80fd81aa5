"""The catalogue in the browser: a name is changed and every screen shows it, mistakes are named, a file is looked at first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SERVICE = "GA08"


@pytest.fixture(autouse=True)
def as_it_was(server: Server) -> Iterator[None]:
    """The services that these tests change are put back: other tests look at them too."""
    before = {one: server.ask("GET", f"/services/{one}")["service"] for one in (SERVICE, "BD01", "SB05")}
    yield
    for one, service in before.items():
        now = server.ask("GET", f"/services/{one}")
        server.ask("PUT", f"/services/{one}", {"version": now["version"], "service": service})


def name_of(server: Server, service: str = SERVICE) -> str:
    return str(server.ask("GET", f"/services/{service}")["service"]["name"]["zh"])


def saved(page: Page) -> None:
    expect(page.locator("[data-said]")).to_contain_text("已保存")


def test_a_change_shows_everywhere_at_once_and_can_be_undone(visit: Visitors, server: Server) -> None:
    before = name_of(server)
    theme = server.ask("GET", f"/services/{SERVICE}")["service"]["theme"]
    kiosk = visit.open(f"/h/hall/kiosk/theme/{theme}", server.token("kiosk", "kiosk-1"), (1080, 1920))
    expect(kiosk.get_by_text(before).first).to_be_visible()
    guide = visit.open(f"/h/hall/guide/{SERVICE}", None, (390, 844))
    expect(guide.get_by_text(before).first).to_be_visible()

    page = visit.open("/h/hall/catalogue", server.token("manager", "boss"), (1366, 768))
    page.fill("#find-q", SERVICE.lower())
    page.locator(f"[data-key={SERVICE}]").click()
    page.fill('[name="name.zh"]', "云上办证")
    expect(page.locator("[data-diff]")).to_contain_text("云上办证")
    expect(page.locator("[data-diff]")).to_contain_text(before)
    expect(page.locator("[data-save-button]")).to_have_text(re.compile(r"保存为第 \d{4}-\d\d-\d\d\.\d+ 版"))
    page.click("[data-save-button]")
    saved(page)
    expect(page.locator("h1")).to_have_text("云上办证")

    kiosk.reload()
    expect(kiosk.get_by_text("云上办证").first).to_be_visible()
    guide.reload()
    expect(guide.get_by_text("云上办证").first).to_be_visible()
    server.ask("POST", "/counters/3/open", {"clerk": "c12"})
    ticket = server.ask("POST", "/tickets", {"service": SERVICE})["ticket"]
    phone = visit.open(f"/t/{ticket['id']}?key={ticket['key']}", None, (390, 844))
    expect(phone.get_by_text("云上办证").first).to_be_visible()
    server.ask("POST", "/counters/3/call", {"ticket": ticket["id"], "reason": "test"})
    desk = visit.open("/h/hall/desk/3", server.token("manager", "boss"), (1440, 900))
    expect(desk.get_by_text("云上办证").first).to_be_visible()

    page.locator("[data-restore]").last.click()
    page.locator("[data-ask-yes]").click()
    expect(page.locator("h1")).to_have_text(before)
    assert name_of(server) == before
    server.ask("POST", "/counters/3/start")
    server.ask("POST", "/counters/3/finish")
    server.ask("POST", "/counters/3/close")


def test_mistakes_are_named_beside_their_fields_and_above(visit: Visitors, server: Server) -> None:
    visit.forgiven = ["422"]
    page = visit.open(f"/h/hall/catalogue/service/{SERVICE}", server.token("manager", "boss"), (1366, 768))
    page.fill('[name="name.en"]', "")
    page.check('[name="hours"][value="own"]')
    page.fill('[name="hours.sat"]', "9-12")
    page.click("[data-save-button]")
    expect(page.locator("[data-errors] h2")).to_have_text("有 2 处要改，还没有保存")
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator('[name="name.en"]')).to_have_attribute("aria-invalid", "true")
    page.locator("[data-errors] a").nth(1).click()
    expect(page.locator('[name="hours.sat"]')).to_be_focused()
    page.fill('[name="hours.sat"]', "09:00-12:00")
    page.fill('[name="name.en"]', "Back again")
    expect(page.locator("[data-errors]")).to_be_hidden()
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    page.evaluate("addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)")


def test_a_paper_is_added_and_somebody_elses_change_is_not_lost(visit: Visitors, server: Server) -> None:
    visit.forgiven = ["409"]
    page = visit.open(f"/h/hall/catalogue/service/{SERVICE}", server.token("manager", "boss"), (1366, 768))
    known = server.ask("GET", "/services/BD01")
    other = known["service"] | {"aliases": ["房子"]}
    server.ask(
        "PUT", "/services/BD01", {"version": known["version"], "service": other}
    )  # another entry: no reason to stop
    page.click("[data-add]")
    paper = page.locator("[data-paper]").last
    paper.locator('[data-name="name.zh"]').fill("结婚证")
    paper.locator('[data-name="name.en"]').fill("Marriage certificate")
    paper.locator('[data-name="later"]').check()
    page.click("[data-save-button]")
    saved(page)
    found = server.ask("GET", f"/services/{SERVICE}")
    assert (
        found["service"]["materials"][-1]["id"] == "marriage-certificate" and found["service"]["materials"][-1]["later"]
    )

    mine = found["service"] | {"courier": True}
    server.ask("PUT", f"/services/{SERVICE}", {"version": found["version"], "service": mine})  # this entry: look first
    page.fill('[name="name.en"]', "Overwritten")
    page.click("[data-save-button]")
    expect(page.locator("[data-errors] h2")).to_contain_text("刚被别人改过")
    assert server.ask("GET", f"/services/{SERVICE}")["service"]["name"]["en"] != "Overwritten"
    page.evaluate("addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)")


def test_a_new_service_takes_nobodys_place(visit: Visitors, server: Server) -> None:
    visit.forgiven = ["404", "422"]
    page = visit.open("/h/hall/catalogue/new", server.token("manager", "boss"), (1366, 768))
    page.fill('[name="name.zh"]', "养犬登记")
    page.fill('[name="name.en"]', "Dogs")
    page.click("[data-save-button]")
    expect(page.locator("[data-errors]")).to_contain_text("不能为空")
    page.fill('[name="id"]', "BD01")
    page.click("[data-save-button]")
    expect(page.locator("[data-errors]")).to_contain_text("BD01 已经用过")
    page.fill('[name="id"]', "NEW1")
    page.click("[data-save-button]")
    saved(page)
    assert name_of(server, "NEW1") == "养犬登记"
    page.locator("[data-remove]").click()
    page.locator("[data-ask-yes]").click()
    saved(page)
    expect(page.locator(".history").first).to_contain_text("去掉了事项")


def test_a_file_is_looked_at_before_it_is_imported(visit: Visitors, server: Server, tmp_path: Path) -> None:
    visit.forgiven = ["422"]
    page = visit.open("/h/hall/catalogue", server.token("manager", "boss"), (1366, 768))
    with page.expect_download() as download:
        page.locator('a[href$="catalogue.csv"]').click()
    raw = Path(download.value.path()).read_bytes()
    before = name_of(server, "SB05")
    table = tmp_path / "services.csv"
    table.write_bytes(raw.replace(before.encode(), "失业金".encode()))
    page.set_input_files('[name="file"]', table)
    page.click("[data-look]")
    expect(page.locator("[data-preview-title]")).to_have_text("新增 0，修改 1，去掉 0")
    expect(page.locator("[data-entries]")).to_contain_text("失业金")
    assert name_of(server, "SB05") == before
    page.click("[data-import-do]")
    saved(page)
    assert name_of(server, "SB05") == "失业金"

    table.write_text("id,queue\nSB05,Q\n")
    page.set_input_files('[name="file"]', table)
    page.click("[data-look]")
    expect(page.locator("[data-errors]")).to_contain_text("表 services，第 2 行，queue 列")
    table.write_bytes(raw)
    page.set_input_files('[name="file"]', table)
    page.click("[data-look]")
    page.click("[data-import-do]")
    saved(page)
    assert name_of(server, "SB05") == before
