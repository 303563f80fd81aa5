"""Events to stored text and back: what was written years ago must read as what it meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kept_hall import TEXT

from queue_server import setup_file
from queue_server.core.setup import SetupImported
from queue_server.setup_file import SetupError, load_setup
from queue_server.store import LogDamaged, codec, text_digest, upcasters

GOLDEN = Path(__file__).parents[1] / "golden" / "events"
FILES = sorted(GOLDEN.glob("*.json"))


def golden(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def compact(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("kind", sorted(codec.KINDS))
def test_every_kind_has_a_golden_file_of_each_of_its_versions(kind: str) -> None:
    versions = range(1, codec.KINDS[kind].version + 1)
    missing = [f"{kind}.v{version}.json" for version in versions if not (GOLDEN / f"{kind}.v{version}.json").exists()]
    assert not missing, f"add these files to {GOLDEN}"


def test_no_golden_file_is_left_of_a_kind_that_is_gone() -> None:
    """A kind may only go when no log holds it; then its files go in the same change."""
    assert {golden(path)["kind"] for path in FILES} == set(codec.KINDS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_event_reads_as_what_it_meant(path: Path) -> None:
    stored = golden(path)
    event = codec.decode(stored["kind"], stored["version"], compact(stored["body"]))
    now = json.loads(msgspec.json.encode(event))
    assert now.pop("kind_") == stored["kind"]
    assert now == stored["reads_as"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_event_of_today_is_stored_byte_for_byte_as_before(path: Path) -> None:
    stored = golden(path)
    if stored["version"] != codec.KINDS[stored["kind"]].version:
        pytest.skip("an earlier version is read, never written")
    body = compact(stored["body"])
    event = codec.decode(stored["kind"], stored["version"], body)
    assert codec.encode(event) == (stored["kind"], stored["version"], body)


def test_golden_bodies_use_every_field_that_is_stored() -> None:
    """Otherwise a renamed field could pass unseen."""
    for path in FILES:
        stored = golden(path)
        kind = codec.KINDS[stored["kind"]]
        fields = {field.name for field in msgspec.structs.fields(kind.decoder.type)}
        if kind.name == "setup_imported":
            fields -= {"text", "setup"}
        if stored["version"] == kind.version:
            assert set(stored["body"]) == fields, path.name


def test_the_tag_stands_in_the_column_only() -> None:
    _, _, body = codec.encode(codec.decode("lease_renewed", 1, '{"counter":"7"}'))
    assert body == '{"counter":"7"}'


def test_a_set_up_is_stored_by_its_digest_and_read_with_its_text() -> None:
    event = SetupImported(digest=text_digest(TEXT), text=TEXT, setup=load_setup(TEXT))
    kind, version, body = codec.encode(event)
    assert body == f'{{"digest":"{text_digest(TEXT)}"}}'
    texts = codec.Texts({text_digest(TEXT): TEXT}.get)
    assert texts.fill(codec.decode(kind, version, body)) == event


@pytest.mark.parametrize("text", [None, TEXT + "# changed"])
def test_a_set_up_whose_text_is_gone_or_changed_is_noticed(text: str | None) -> None:
    texts = codec.Texts(lambda digest: text)
    with pytest.raises(LogDamaged, match="missing or was changed"):
        texts.fill(SetupImported(digest=text_digest(TEXT)))


def test_a_hall_file_that_was_accepted_stays_readable_when_the_rules_get_stricter(monkeypatch: Any) -> None:
    def stricter(text: str) -> Any:
        raise SetupError([setup_file.Problem(1, 1, "", "today this would be refused")])

    monkeypatch.setattr(codec, "load_setup", stricter)
    texts = codec.Texts(lambda digest: TEXT)
    event = texts.fill(SetupImported(digest=text_digest(TEXT)))
    assert isinstance(event, SetupImported) and event.setup == load_setup(TEXT)


def test_a_set_up_that_cannot_be_read_at_all_is_damage() -> None:
    texts = codec.Texts(lambda digest: "[")
    with pytest.raises(LogDamaged, match="cannot be read"):
        texts.fill(SetupImported(digest=text_digest("[")))


@pytest.mark.parametrize(
    ("kind", "version", "body"),
    [
        ("ticket_vanished", 1, "{}"),
        ("lease_renewed", 2, '{"counter":"7"}'),
        ("lease_renewed", 1, "{}"),
        ("lease_renewed", 1, '{"counter":7}'),
        ("lease_renewed", 1, "not JSON"),
    ],
)
def test_what_cannot_be_read_is_damage(kind: str, version: int, body: str) -> None:
    with pytest.raises(LogDamaged):
        codec.decode(kind, version, body)


def test_an_old_body_takes_every_step_to_the_present() -> None:
    registered: dict[tuple[str, int], upcasters.Upcaster] = {
        ("lease_renewed", 1): lambda body: {"counter_id": body["window"]},
        ("lease_renewed", 2): lambda body: {"counter": body["counter_id"]},
    }
    versions = {"lease_renewed": 3}
    assert upcasters.upcast("lease_renewed", 1, {"window": "7"}, versions, registered) == {"counter": "7"}
    assert upcasters.upcast("lease_renewed", 2, {"counter_id": "7"}, versions, registered) == {"counter": "7"}
    assert upcasters.upcast("lease_renewed", 3, {"counter": "7"}, versions, registered) == {"counter": "7"}


def test_decode_upcasts_and_a_missing_step_is_damage(monkeypatch: Any) -> None:
    kind = msgspec.structs.replace(codec.KINDS["lease_renewed"], version=2)
    monkeypatch.setitem(codec.KINDS, "lease_renewed", kind)
    monkeypatch.setitem(upcasters.VERSIONS, "lease_renewed", 2)
    with pytest.raises(LogDamaged):
        codec.decode("lease_renewed", 1, '{"window":"7"}')
    monkeypatch.setattr(upcasters, "UPCASTERS", upcasters.UPCASTERS)
    monkeypatch.setitem(upcasters.UPCASTERS, ("lease_renewed", 1), lambda body: {"counter": body["window"]})
    assert codec.decode("lease_renewed", 1, '{"window":"7"}') == codec.decode("lease_renewed", 2, '{"counter":"7"}')


def test_every_version_above_one_has_its_steps() -> None:
    steps = {(kind, step) for kind, version in upcasters.VERSIONS.items() for step in range(1, version)}
    assert steps == set(upcasters.UPCASTERS)
    assert set(upcasters.VERSIONS) <= set(codec.KINDS)


def test_an_upcaster_is_registered_for_its_step(monkeypatch: Any) -> None:
    monkeypatch.setitem(upcasters.UPCASTERS, ("lease_renewed", 2), lambda body: body)  # put back after the test
    del upcasters.UPCASTERS["lease_renewed", 2]

    @upcasters.upcaster("lease_renewed", 2)
    def step(body: upcasters.Body) -> upcasters.Body:
        return {**body, "counter": "7"}

    assert upcasters.UPCASTERS["lease_renewed", 2] is step


def test_two_upcasters_for_one_step_are_a_mistake(monkeypatch: Any) -> None:
    monkeypatch.setitem(upcasters.UPCASTERS, ("lease_renewed", 1), lambda body: body)
    with pytest.raises(AssertionError, match="two upcasters"):
        upcasters.upcaster("lease_renewed", 1)(lambda body: body)
