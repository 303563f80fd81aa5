"""The documents are true: nothing is missing in their tables, their links lead somewhere, their commands and examples work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect
from served import serve

from queue_server import __main__ as command_line
from queue_server.core.catalogue import Setup
from queue_server.core.hall import AnyEvent
from queue_server.settings import SETTINGS
from queue_server.setup_file import load_setup
from queue_server.store.upcasters import VERSIONS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("README*.md"), *DOCS.rglob("*.md"), *ROOT.glob("deploy/*.md")])


def text_of(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


# ------------------------------------------------------------------ nothing is missing


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_listed_with_its_default(setting: Any) -> None:
    row = next((line for line in text_of("settings.md").splitlines() if f"`YOUXU_{setting.name.upper()}` |" in line), "")
    assert row, "missing in docs/settings.md"
    assert (f"`{setting.default}`" if setting.default != "" else "empty") in row


def test_no_setting_is_listed_that_does_not_exist() -> None:
    known = {f"YOUXU_{setting.name.upper()}" for setting in SETTINGS} | {"YOUXU_TOKEN"}
    named = {name for page in PAGES for name in re.findall(r"YOUXU_[A-Z_]+", page.read_text("utf-8"))}
    assert named - known == set()


@pytest.mark.parametrize("event", get_args(AnyEvent), ids=lambda event: event.__struct_config__.tag)
def test_every_event_is_described_with_its_fields_and_version(event: Any) -> None:
    kind = event.__struct_config__.tag
    sections = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", text_of("events.md"), re.MULTILINE | re.DOTALL))
    assert kind in sections, "missing in docs/events.md"
    fields = [field.name for field in msgspec.structs.fields(event)]
    assert [name for name in fields if f"`{name}`" not in sections[kind]] == []
    version = VERSIONS.get(kind, 1)
    assert version == 1 or f"Version {version}" in sections[kind], f"docs/events.md does not say that it is at version {version}"


def test_no_event_is_described_that_does_not_exist() -> None:
    kinds = {event.__struct_config__.tag for event in get_args(AnyEvent)}
    assert set(re.findall(r"^### `(\w+)`", text_of("events.md"), re.MULTILINE)) == kinds


def records(kind: Any, found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every struct a hall file is made of, with its fields."""
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            found[cls.__name__] = [field.name for field in fields]
            for field in fields:
                records(field.type, found)
        case inspect.VarTupleType(item_type=item):
            records(item, found)
        case inspect.UnionType(types=types):
            for one in types:
                records(one, found)
    return found


@pytest.mark.parametrize(("record", "fields"), list(records(inspect.type_info(Setup), {}).items()))
def test_every_field_of_a_hall_file_is_explained(record: str, fields: list[str]) -> None:
    named = set(re.findall(r"`(\w+)`", re.sub(r"^```.*?^```", "", text_of("hall-file.md"), flags=re.MULTILINE | re.DOTALL)))
    assert [field for field in fields if field not in named] == [], f"fields of {record} missing in docs/hall-file.md"


def test_the_examples_of_the_hall_file_together_are_a_hall() -> None:
    text = "".join(blocks(text_of("hall-file.md"), "yaml"))
    setup = load_setup(text)
    assert setup.id == "riverside"
    used = set(re.findall(r"(\w+):", text))
    fields = {field for names in records(inspect.type_info(Setup), {}).values() for field in names}
    assert fields - used == set(), "fields that no example shows"

@pytest.mark.parametrize("room", ["core", "web"])
def test_every_file_of_the_large_rooms_has_its_place_in_the_architecture(room: str) -> None:
    named = set(re.findall(r"`([\w*]+\.py)`", text_of("architecture.md")))
    files = {path.name for path in (ROOT / "queue_server" / room).glob("*.py")} - {"__init__.py"}
    assert sorted(file for file in files if not any(fnmatch(file, name) for name in named)) == []


# ------------------------------------------------------------------ links and files


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target:
                yield page, target


@pytest.mark.parametrize(("page", "target"), list(links()), ids=lambda value: getattr(value, "name", value))
def test_links_lead_somewhere(page: Path, target: str) -> None:
    assert (page.parent / target).exists()


def named_files() -> Iterator[tuple[str, str]]:
    rooms = "queue_server|displays|counters|static|tests|bench|deploy|docs"
    for page in PAGES:
        for name in re.findall(rf"`((?:{rooms})/[\w./-]*)`", page.read_text("utf-8")):
            yield page.name, name


@pytest.mark.parametrize(("page", "name"), sorted(set(named_files())))
def test_files_that_are_named_exist(page: str, name: str) -> None:
    assert (ROOT / name).exists()


# ------------------------------------------------------------------ commands


def commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for block in blocks(page.read_text("utf-8"), "sh"):
            for found in re.findall(r"queue-server ([^#>|)\n]+)", block):
                yield page.name, found.strip()


@pytest.mark.parametrize(("page", "command"), sorted(set(commands())))
def test_commands_are_understood(page: str, command: str) -> None:
    command_line._parser().parse_args(shlex.split(command))


def test_the_readmes_have_the_same_commands_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    bare = [[re.sub(r"\s*#.*", "", block) for block in blocks(text, "sh")] for text in (english, chinese)]
    assert bare[0] == bare[1]
    assert [len(re.findall(r"^## ", text, re.MULTILINE)) for text in (english, chinese)] == [6, 6]


@pytest.fixture
def described_server(tmp_path: Path) -> Iterator[tuple[str, str]]:
    with serve(tmp_path) as found:
        yield found


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.timeout(60)
def test_the_examples_of_the_api_work(described_server: tuple[str, str]) -> None:
    """Every shell block of docs/api.md, in order, against a running server."""
    address, token = described_server
    script = "set -euo pipefail\n" + "\n".join(blocks(text_of("api.md"), "sh"))
    environment = {**os.environ, "HALL": f"{address}/api/v1/halls/hall", "TOKEN": token}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-500:]
    problem, _ = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index('{"type"') :])
    assert problem == json.loads(blocks(text_of("api.md"), "json")[0])
