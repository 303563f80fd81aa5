"""The manager's catalogue: the list, the form of one service, and what it was before."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from factory import SETUP
from small_server import Server, make_data, serving

from counters import catalogue
from queue_server.core.catalogue import Hours, Material, Name, Service, Term
from queue_server.setup_export import plain

A1 = SETUP.services[0]
PHOTO = Material(id="m", name=Name(zh="照片", en="Photo"), later=True, held=True)
RICH = msgspec.structs.replace(
    A1, promised=Term(value=3, unit="day", assumed=True), statutory=Term(value=20, source="L1"),
    hours=Hours(sat=("09:00-12:00",)), materials=(PHOTO,), courier=True,
)  # fmt: skip
RICH_WITHOUT_SOURCE = msgspec.structs.replace(RICH, statutory=Term(value=20))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, make_data(tmp_path)) as found:
        yield found


def page(server: Server, path: str = "", by: str | None = "manager", lang: str = "zh") -> Any:
    glue = "&" if "?" in path else "?"
    return server.client.get(
        f"/h/small/catalogue{path}{glue}lang={lang}", headers=server.bearer(by), follow_redirects=False
    )


def put(server: Server, service: Service, version: str) -> str:
    answer = server.ask("PUT", f"/services/{service.id}", json={"version": version, "service": plain(service)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["version"])


# ------------------------------------------------------------------ what the form is made of


def test_a_service_is_laid_out_for_its_form() -> None:
    facts = catalogue.facts(RICH)
    assert msgspec.json.decode(facts["record"], type=Service) == RICH
    assert facts["terms"]["promised"] == {"value": 3, "unit": "day", "basis": "assumed"}
    assert facts["terms"]["statutory"]["basis"] == "source:L1"
    assert facts["terms"]["answer"] == {"value": 5, "unit": "workday", "basis": ""}
    assert facts["hours"]["sat"] == "09:00-12:00" and facts["hours"]["mon"] == ""
    assert facts["materials"][0]["tags"] == ["later", "held"]
    assert catalogue.facts(A1)["hours"] is None


def test_a_new_service_begins_where_the_hall_has_something() -> None:
    new = catalogue.blank(SETUP)
    assert (new.theme, new.department, new.queue, new.id) == ("t", "d", "A", "")


# ------------------------------------------------------------------ pages


def test_the_overview_lists_and_counts_what_there_is(server: Server) -> None:
    text = page(server).text
    assert text.count("/h/small/catalogue/service/") == 5
    assert [int(count) for count in re.findall(r"<dd>(\d+)</dd>", text)] == [5, 1, 1, 1]
    assert "第 1 版" in text and "导入了文件" in text
    for kind in ("yaml", "csv", "xlsx"):
        assert f'href="/api/v1/halls/small/catalogue.{kind}"' in text


@pytest.mark.parametrize(("q", "found"), [("jy", ["a1"]), ("second", ["a2", "b2"]), ("b1", ["b1"]), ("zzz", [])])
def test_the_list_finds_by_name_initials_and_id(server: Server, q: str, found: list[str]) -> None:
    text = page(server, f"/list?q={q}&chosen=a2").text
    assert re.findall(r"/catalogue/service/(\w+)", text) == found
    assert ('aria-current="page"' in text) == ("a2" in found)
    assert ("没有找到" in text) == (found == [])


def test_a_long_list_says_that_there_is_more(server: Server, monkeypatch: Any) -> None:
    monkeypatch.setattr(catalogue, "LISTED_MAX", 2)
    text = page(server, lang="en").text
    assert "The first 2" in text and text.count("/h/small/catalogue/service/") == 2


def test_one_service_stands_in_a_form_with_what_it_was(server: Server) -> None:
    put(server, RICH_WITHOUT_SOURCE, "1")
    text = page(server, "/service/a1").text
    record = json.loads(html.unescape(re.search(r'<form class="form"[^>]*data-record="([^"]*)"', text)[1]))  # type: ignore[index]
    assert record["materials"][0]["id"] == "m" and record["courier"] is True
    for name in ("name.zh", "theme", "queue", "promised.value", "courier", "hours.sat", "fee.en"):
        assert f'name="{name}"' in text, name
    earlier = re.search(r'data-restore data-record="([^"]*)"', text)
    assert earlier and json.loads(html.unescape(earlier[1])) == plain(A1)
    assert "结果可以寄" in text and "现在" in text


def test_a_service_that_was_taken_out_can_be_brought_back(server: Server) -> None:
    server.ask("DELETE", "/services/b2?version=1")
    text = page(server, "/service/b2").text
    assert "data-restore" in text and "data-remove>" not in text and 'data-there=""' in text
    assert page(server, "/service/nothing").status_code == 404


def test_a_new_service_asks_for_its_id(server: Server) -> None:
    text = page(server, "/new", lang="en").text
    assert 'name="id"' in text and "A new service" in text and "Earlier versions" not in text


@pytest.mark.parametrize("path", ["", "/list", "/new", "/service/a1"])
def test_it_is_for_managers(server: Server, path: str) -> None:
    assert page(server, path, "clerk").status_code == 403
    assert page(server, path, None).status_code == 303
    assert page(server, path, "admin").status_code == 200
