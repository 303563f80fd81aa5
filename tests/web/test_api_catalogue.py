"""The catalogue over the API: changed live, with versions; exported, imported; and the same on every screen at once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from small_server import Server

from queue_server.store import verify
from queue_server.web import catalogue_answers as ca
from queue_server.web import catalogue_history
from queue_server.web.api_catalogue import MEDIA, XLSX

FIRST, SECOND = "2026-01-05.1", "2026-01-05.2"


def entry(server: Server, service: str = "a1") -> dict[str, Any]:
    found: dict[str, Any] = server.get(f"/services/{service}", by=None).json()
    return found


def put(server: Server, service: str = "a1", query: str = "", version: str | None = None, **fields: Any) -> Any:
    known = (
        entry(server, service) if service in {one["id"] for one in server.get("/services").json()["services"]} else {}
    )
    body = {
        "version": version or server.get("/catalogue").json()["version"],
        "service": known.get("service", {}) | fields,
    }
    return server.ask("PUT", f"/services/{service}{query}", json=body)


def named(zh: str, en: str = "New") -> dict[str, str]:
    return {"zh": zh, "en": en}


def upload(server: Server, raw: bytes, kind: str = "yaml", query: str = "", **options: Any) -> Any:
    return server.ask(
        "POST", f"/catalogue/import{query}", content=raw, headers={"content-type": MEDIA[kind]}, **options
    )  # type: ignore[index]


# ------------------------------------------------------------------ one service


def test_a_change_is_answered_with_its_version_and_what_it_changed(server: Server) -> None:
    answer = put(server, name=named("养犬登记", "First of A"), promised={"value": 3}, courier=True)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["version"] == FIRST and body["service"]["courier"] is True
    assert [(one["label"], one["old"], one["new"]) for one in body["changes"][0]["fields"]] == [
        ("名称（中文）", "甲一", "养犬登记"), ("承诺时限", "无", "3 个工作日"), ("结果可以寄", "否", "是"),
    ]  # fmt: skip


def test_a_dry_run_says_the_same_and_changes_nothing(server: Server) -> None:
    answer = put(server, query="?dry_run=true&lang=en", fee=named("20 元", "20 yuan"))
    assert answer.json()["version"] == FIRST
    assert [(x["label"], x["old"], x["new"]) for x in answer.json()["changes"][0]["fields"]] == [
        ("Fee", "none", "{zh: 20 元, en: 20 yuan}")
    ]
    assert entry(server)["version"] == "1" and "fee" not in entry(server)["service"]


def test_everybody_sees_it_at_once(server: Server) -> None:
    """Kiosk, desk, phone, print and API are the same catalogue."""
    server.open("1")
    assert (
        put(
            server, name=named("养犬登记", "Dogs"), materials=[{"id": "m", "name": named("犬只照片", "Photo")}]
        ).status_code
        == 200
    )
    ticket = server.take("a1")
    shown = {
        "API": server.get("/services?q=yq", by=None).text,
        "kiosk": server.client.get("/h/small/kiosk/theme/t?lang=zh", headers=server.bearer("kiosk")).text,
        "phone": server.client.get(f"/t/{ticket['id']}?key={ticket['key']}&lang=zh").text,
        "paper": server.client.get("/h/small/poster/a1?lang=zh", headers=server.bearer("manager")).text,
        "guide": server.client.get("/h/small/guide/a1?lang=zh").text,
        "page": server.client.get("/h/small/catalogue?lang=zh", headers=server.bearer("manager")).text,
    }
    server.at("1", "next")
    server.at("1", "start")
    shown["desk"] = server.client.get("/h/small/desk/1?lang=zh", headers=server.bearer("manager")).text
    assert {place for place, text in shown.items() if "养犬登记" not in text} == set()
    assert "犬只照片" in shown["desk"] and "犬只照片" in shown["guide"]


def test_live_screens_get_a_message(server: Server) -> None:
    with server.live("load") as socket:
        before = socket.receive_json()["seq"]
        assert put(server, courier=True).status_code == 200
        message = socket.receive_json()
        while message["seq"] == before:
            message = socket.receive_json()
        assert message["seq"] > before


def test_a_ticket_keeps_what_it_was_taken_under(server: Server) -> None:
    ticket = server.take("a1")
    put(server, name=named("养犬登记"))
    issued = next(x for x in server.get("/log").json()["events"] if x["kind"] == "ticket_issued")
    assert (issued["body"]["version"], issued["body"]["service_name"]["zh"]) == ("1", "甲一")
    assert server.get(f"/tickets/{ticket['id']}").json()["ticket"]["service"] == "a1"


def test_whoever_saw_an_older_version_is_told(server: Server) -> None:
    put(server, courier=True)
    answer = put(server, version="1", courier=False)
    assert (answer.status_code, answer.json()["code"]) == (409, "catalogue-changed")
    assert answer.json()["values"]["version"] == FIRST
    assert server.ask("DELETE", "/services/b2?version=1").json()["code"] == "catalogue-changed"


def test_what_is_wrong_is_named_field_by_field_in_the_callers_language(server: Server) -> None:
    answer = put(server, query="?lang=en", name=named(""), queue="Q", materials=[{"id": "m", "copies": 0}])
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-catalogue")
    problems = answer.json()["values"]["problems"]
    assert {(one["path"], one["code"]) for one in problems} == {
        ("name.zh", "empty-text"), ("queue", "unknown"), ("queue", "service-unreached"), ("materials.0.name", "missing"),
        ("materials.0.copies", "out-of-bounds"),
    }  # fmt: skip
    assert "must not be empty" in {one["text"] for one in problems}
    chinese = put(server, name=named("")).json()["values"]["problems"]
    assert [one["text"] for one in chinese] == ["不能为空"]
    assert entry(server)["version"] == "1"


def test_a_service_is_added_and_taken_out(server: Server) -> None:
    new = {"name": named("养犬登记"), "theme": "t", "department": "d", "queue": "A"}
    assert put(server, "a9", **new).json()["changes"][0]["what"] == "added"
    assert server.take("a9")["service"] == "a9"
    assert server.ask("DELETE", f"/services/a9?version={FIRST}").json()["code"] == "still-needed"
    assert server.ask("DELETE", f"/services/b2?version={FIRST}&dry_run=true").json()["version"] == SECOND
    answer = server.ask("DELETE", f"/services/b2?version={FIRST}")
    assert answer.json()["service"] is None and answer.json()["changes"][0]["what"] == "removed"
    assert server.ask("DELETE", f"/services/b2?version={SECOND}").json()["code"] == "unknown-service"
    assert server.ask("DELETE", f"/services/b1?version={SECOND}").json()["detail"].startswith("窗口“3”")
    assert server.ask("DELETE", "/services/b1").json()["code"] == "version-missing"
    assert server.get("/services/b2").json()["code"] == "unknown-service"


def test_a_repeated_change_gets_the_first_answer(server: Server) -> None:
    body = {"version": "1", "service": entry(server)["service"] | {"courier": True}}
    first, again = (server.ask("PUT", "/services/a1", json=body, headers={"idempotency-key": "k"}) for _ in range(2))
    assert first.json() == again.json() and server.get("/catalogue").json()["version"] == FIRST


def test_packages_are_changed_like_services(server: Server) -> None:
    package = {"name": named("出生", "Birth"), "services": ["a1", "b1"]}
    answer = server.ask("PUT", "/packages/birth", json={"version": "1", "package": package})
    assert [x["label"] for x in answer.json()["changes"][0]["fields"]] == ["事项"]
    bad = server.ask("PUT", "/packages/birth", json={"version": FIRST, "package": {**package, "services": ["zz"]}})
    assert bad.json()["values"]["problems"][0]["code"] == "unknown"
    assert server.ask("DELETE", f"/packages/birth?version={FIRST}").json()["changes"][0]["what"] == "removed"
    assert server.ask("DELETE", f"/packages/birth?version={SECOND}").status_code == 404


@pytest.mark.parametrize("by", ["clerk", "kiosk", "guest", None])
def test_only_managers_change_it(server: Server, by: str | None) -> None:
    asked = [
        server.ask("PUT", "/services/a1", by, json={"version": "1", "service": {}}), server.ask("DELETE", "/services/a1", by),
        server.ask("POST", "/catalogue/import", by), server.get("/catalogue.yaml", by), server.get("/catalogue/versions", by),
        server.get("/services/a1/versions", by), server.ask("PUT", "/packages/p", by, json={"version": "1", "package": {}}),
    ]  # fmt: skip
    assert {answer.status_code for answer in asked} == {401 if by is None else 403}


# ------------------------------------------------------------------ who changed what


def test_the_history_tells_who_when_and_what(server: Server) -> None:
    put(server, courier=True)
    server.ask("DELETE", f"/services/b2?version={FIRST}", by="admin")
    answer = server.get("/catalogue/versions?lang=en").json()
    assert [(x["kind"], x["by"], x["version"], x["id"]) for x in answer["versions"]] == [
        ("service_removed", "root", SECOND, "b2"), ("service_changed", "boss", FIRST, "a1"),
        ("setup_imported", "system", "1", None),
    ]  # fmt: skip
    assert answer["versions"][1]["changes"][0]["fields"] == [
        {"field": "courier", "label": "Result may be sent", "old": "no", "new": "yes"}
    ]
    page = server.get("/catalogue/versions?limit=1").json()
    older = server.get(f"/catalogue/versions?before={page['next']}&limit=5").json()
    assert [x["version"] for x in older["versions"]] == [FIRST, "1"] and older["next"] is None
    summary = server.get("/catalogue", by="clerk").json()
    assert summary["version"] == SECOND and summary["changed"]["by"] == "root" and summary["file"] is False
    assert summary["counts"] == {"services": 4, "packages": 1, "themes": 1, "departments": 1}


def test_a_service_is_restored_as_it_was(server: Server) -> None:
    put(server, name=named("养犬登记"))
    put(server, name=named("养猫登记"))
    found = server.get("/services/a1/versions").json()["versions"]
    assert [one["service"]["name"]["zh"] for one in found] == ["养猫登记", "养犬登记", "甲一"]
    assert put(server, **found[2]["service"]).json()["version"] == "2026-01-05.3"
    assert entry(server)["service"] == found[2]["service"]


def test_the_history_looks_into_hall_files(server: Server) -> None:
    raw = server.get("/catalogue.yaml").content
    upload(server, raw.replace("甲一".encode(), "养犬登记".encode()))
    server.ask("DELETE", f"/services/b2?version={FIRST}")
    catalogue_history._read.cache_clear()
    found = server.get("/services/a1/versions").json()["versions"]
    assert [(one["version"], one["service"]["name"]["zh"]) for one in found] == [(FIRST, "养犬登记"), ("1", "甲一")]
    gone = server.get("/services/b2/versions").json()["versions"]
    assert [(one["version"], one["service"] is None) for one in gone] == [(SECOND, True), ("1", False)]
    assert server.get("/services/zz/versions").json()["versions"] == []


def test_a_clerk_is_named(server: Server) -> None:
    server.secrets["manager"], boss = server.secrets["admin"], server.secrets["manager"]
    assert boss and put(server, courier=True).status_code == 200
    assert server.get("/catalogue/versions").json()["versions"][0]["by_name"] == "root"


def test_answers_are_what_the_description_says(server: Server) -> None:
    put(server, fee=named("免费", "Free"), materials=[{"id": "m", "name": named("照片", "Photo")}])
    raw = server.get("/catalogue.csv").content.replace("甲二".encode(), "养犬登记".encode())
    package = {"name": named("出生", "Birth"), "services": ["a1", "b1"]}
    told: list[tuple[Any, Any]] = [
        (server.get("/catalogue"), ca.CatalogueAnswer), (server.get("/catalogue/versions"), ca.VersionsAnswer),
        (server.get("/services/a1"), ca.ServiceFacts), (server.get("/services/a1/versions"), ca.ServiceVersionsAnswer),
        (put(server, "a1", "?dry_run=true", courier=True), ca.ChangedServiceAnswer),
        (upload(server, raw, "csv"), ca.ImportAnswer),
        (server.ask("PUT", "/packages/birth", json={"version": SECOND, "package": package}), ca.ChangedPackageAnswer),
    ]  # fmt: skip
    for answer, kind in told:
        assert msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(answer.content, type=kind))) is not None
        fields = {field.name for field in msgspec.structs.fields(kind)}
        assert set(answer.json()) == fields, answer.text


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("kind", list(MEDIA))
def test_what_is_exported_can_be_imported(server: Server, kind: str) -> None:
    put(
        server, name=named("=养犬登记"), hours={"sat": ["09:00-12:00"]}, materials=[{"id": "m", "name": named("+照片")}]
    )
    answer = server.get(f"/catalogue.{kind}")
    assert answer.headers["content-type"].startswith(MEDIA[kind])  # type: ignore[index]
    assert f'filename="small-{FIRST}.{kind}"' in answer.headers["content-disposition"]
    before = server.hall.state.setup
    imported = upload(server, answer.content, kind)
    assert imported.json()["counts"] == {"added": 0, "changed": 0, "removed": 0, "moved": 0}, imported.text
    assert server.hall.state.setup.services == before.services and server.hall.state.setup.themes == before.themes


def test_an_import_tells_its_differences_first(server: Server) -> None:
    raw = server.get("/catalogue.csv").content.replace("甲二".encode(), "养犬登记".encode())
    dry = upload(server, raw, "csv", "?dry_run=true").json()
    assert dry["version"] == FIRST and dry["counts"]["changed"] == 1
    assert dry["changes"][0]["fields"][0] == {
        "field": "name.zh",
        "label": "名称（中文）",
        "old": "甲二",
        "new": "养犬登记",
    }
    assert server.get("/catalogue").json()["version"] == "1"
    done = upload(server, raw, "csv").json()
    assert done == dry and server.get("/catalogue").json()["version"] == FIRST
    assert server.get("/services?q=yqdj", by=None).json()["services"][0]["id"] == "a2"


def test_a_hall_file_replaces_everything_at_run_time(server: Server) -> None:
    server.take("a2")
    raw = server.get("/catalogue.yaml").content
    new = raw.replace(b"version: '1'", b"version: 2026-12").replace("小站".encode(), "大站".encode())
    answer = upload(server, new)
    assert answer.json()["version"] == "2026-12", answer.text
    assert answer.json()["changes"][0]["section_text"] == "大厅设置"
    gone = b"\n".join(line for line in new.splitlines() if line)
    assert upload(server, gone.replace(b"- id: a2", b"- id: a8")).json()["code"] == "still-needed"
    assert upload(server, new + b"# anew\n", query="?version=1").json()["code"] == "catalogue-changed"
    assert (
        upload(server, raw.replace(b"id: small", b"id: other", 1)).json()["values"]["problems"][0]["code"]
        == "wrong-hall"
    )


@pytest.mark.parametrize(
    ("kind", "raw", "place"),
    [
        ("yaml", b"id: small\nversion: 1\n", {"line": 2, "code": "not-quoted", "place": "第 2 行：version"}),
        ("yaml", b"\xff", {"code": "not-text-file"}),
        (
            "csv",
            b"id,queue\na1,Q\n",
            {"sheet": "services", "row": 2, "cell": "queue", "place": "表 services，第 2 行，queue 列"},
        ),
        ("csv", b"id\na1\n", {"code": "unknown-either", "place": "窗口“3”"}),
        ("xlsx", b"PK", {"code": "not-xlsx"}),
    ],
)
def test_a_file_with_mistakes_changes_nothing_and_names_them(
    server: Server, kind: str, raw: bytes, place: dict[str, Any]
) -> None:
    answer = upload(server, raw, kind)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-catalogue")
    assert any(place.items() <= problem.items() for problem in answer.json()["values"]["problems"]), answer.text
    assert server.get("/catalogue").json()["version"] == "1"


def test_other_files_and_files_without_end_are_refused(server: Server) -> None:
    assert server.post("/catalogue/import", {"a": 1}).json()["code"] == "unknown-format"
    assert upload(server, b"#" * (8 * 2**20 + 1)).status_code == 413
    assert server.get("/catalogue.pdf").status_code == 404


def test_xlsx_is_what_spreadsheets_call_it() -> None:
    assert XLSX.endswith("spreadsheetml.sheet")


# ------------------------------------------------------------------ on disk


def test_the_log_replays_to_the_same_hall(server: Server) -> None:
    put(server, courier=True)
    server.ask("DELETE", f"/services/b2?version={FIRST}")
    upload(server, server.get("/catalogue.csv").content.replace("甲二".encode(), "养犬登记".encode()), "csv")
    put(server, "a2", fee=named("免费", "Free"))
    hall = server.hall
    assert verify(hall.store.directory) == []
    replayed = hall.store.load()
    assert replayed.setup == hall.state.setup and replayed.revisions == hall.state.revisions
