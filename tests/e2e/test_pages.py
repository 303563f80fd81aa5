"""Every page, in both languages and in every light: no axe violation, no overflow, no console error, nothing personal."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import Server, Visitors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

PAGES = {
    "start": ("/", "admin", (1280, 900)),
    "enter": ("/enter", None, (1280, 800)),
    "kiosk": ("/h/hall/kiosk", "kiosk", (1080, 1920)),
    "kiosk-wide": ("/h/hall/kiosk", "kiosk", (1920, 1080)),
    "kiosk-theme": ("/h/hall/kiosk/theme/social", "kiosk", (1080, 1920)),
    "kiosk-all": ("/h/hall/kiosk/themes", "kiosk", (1080, 1920)),
    "kiosk-departments": ("/h/hall/kiosk/departments", "kiosk", (1080, 1920)),
    "kiosk-packages": ("/h/hall/kiosk/packages", "kiosk", (1080, 1920)),
    "kiosk-package": ("/h/hall/kiosk/package/YJ01", "kiosk", (1080, 1920)),
    "kiosk-package-wide": ("/h/hall/kiosk/package/YJ02", "kiosk", (1920, 1080)),
    "kiosk-search": ("/h/hall/kiosk/search?q=bdc", "kiosk", (1080, 1920)),
    "kiosk-guide": ("/h/hall/kiosk/guide", "kiosk", (1080, 1920)),
    "kiosk-guide-themes": ("/h/hall/kiosk/guide?who=person", "kiosk", (1080, 1920)),
    "kiosk-guide-services": ("/h/hall/kiosk/guide?who=person&about=social", "kiosk", (1920, 1080)),
    "kiosk-proposal": ("/h/hall/kiosk/guide?who=person&about=household&what=GA01", "kiosk", (1080, 1920)),
    "kiosk-collect": ("/h/hall/kiosk/collect", "kiosk", (1080, 1920)),
    "kiosk-collect-wide": ("/h/hall/kiosk/collect", "kiosk", (1920, 1080)),
    "board": ("/h/hall/board", "display", (1920, 1080)),
    "board-portrait": ("/h/hall/board", "display", (1080, 1920)),
    "board-zone": ("/h/hall/board/A", "display", (1920, 1080)),
    "board-4k": ("/h/hall/board", "display", (3840, 2160)),
    "board-small": ("/h/hall/board", "display", (1366, 768)),
    "sign": ("/h/hall/sign/7", "display", (1280, 720)),
    "desks": ("/h/hall/desk", "clerk", (1280, 800)),
    "desk": ("/h/hall/desk/3", "clerk", (1440, 900)),
    "desk-narrow": ("/h/hall/desk/3", "clerk", (1024, 768)),
    "manager": ("/h/hall/manager", "manager", (1440, 900)),
    "manager-list": ("/h/hall/manager?windows=list", "manager", (1366, 768)),
    "catalogue": ("/h/hall/catalogue", "manager", (1366, 768)),
    "catalogue-service": ("/h/hall/catalogue/service/BD01", "manager", (1366, 768)),
    "catalogue-narrow": ("/h/hall/catalogue/new", "manager", (480, 900)),
    "report": ("/h/hall/report", "manager", (1366, 900)),
    "report-narrow": ("/h/hall/report?from=2026-01-01&to=2026-01-31", "manager", (480, 900)),
    "departments": ("/h/hall/office", "clerk", (1280, 800)),
    "office": ("/h/hall/office/civil", "clerk", (1366, 768)),
    "office-narrow": ("/h/hall/office/civil", "clerk", (800, 900)),
    "results": ("/h/hall/results?show=closed", "manager", (1366, 768)),
    "results-wide": ("/h/hall/results?show=mend", "clerk", (1920, 1080)),
    "api": ("/docs/api", None, (1280, 900)),
    "guide": ("/h/hall/guide/SB03", None, (390, 844)),
    "guide-wide": ("/h/hall/guide/SB03", None, (1366, 768)),
    "guide-find": ("/h/hall/guide", None, (390, 844)),
    "guide-found": ("/h/hall/guide?q=shebao", None, (390, 844)),
    "guide-lists": ("/h/hall/guide/deferrals", None, (390, 844)),
    "guide-package": ("/h/hall/guide/package/YJ02", None, (390, 844)),
    "window": ("/h/hall/window/15", None, (390, 844)),
    "missing": ("/h/hall/nothing-here", None, (1280, 800)),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page(visit: Visitors, server: Server, name: str, lang: str) -> None:
    path, role, size = PAGES[name]
    visit.forgiven = ["404"] if name == "missing" else []
    page = visit.open(
        f"{path}{'&' if '?' in path else '?'}lang={lang}", server.token(role, f"{role}-1") if role else None, size,
        locale="en-GB" if lang == "en" else "zh-CN",
    )  # fmt: skip
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
        page.wait_for_timeout(200)
        found = Axe().run(page).response["violations"]
        assert [(light, item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "overflow"
    assert page.evaluate("document.documentElement.lang").startswith(lang) or name.startswith(("board", "sign"))
    assert page.title()


@pytest.mark.parametrize("name", ["kiosk", "desk", "manager"])
def test_large_type(visit: Visitors, server: Server, name: str) -> None:
    path, role, size = PAGES[name]
    page = visit.open(path, server.token(role or "", f"{role}-1"), size)
    page.evaluate("document.documentElement.dataset.size = 'large'")
    page.wait_for_timeout(200)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "overflow"


def test_nothing_personal_on_public_screens(visit: Visitors, server: Server) -> None:
    """Boards and signs never show a service, a class, or who sits at a window."""
    server.ask("POST", "/counters/8/open", {"clerk": "甄试明"})
    server.ask("POST", "/tickets", {"service": "GA05", "needs": ["elderly"]})
    for path in ("/h/hall/board", "/h/hall/board/A", "/h/hall/sign/8"):
        text = visit.open(path, size=(1920, 1080)).locator("body").inner_text()
        assert not re.search("甄试明|居住证|60 岁", text), path
    server.ask("POST", "/counters/8/close")
