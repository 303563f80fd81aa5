"""The command line: what each command prints, and one clear line with exit code 2 when it cannot be."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from factory import TEXT
from running_hall import in_loop, running

from queue_server import maintenance
from queue_server.__main__ import main
from queue_server.store import Store, Tokens, hall_directory

COMMANDS = ["demo", "serve", "init", "token", "simulate", "backup", "restore", "verify", "export", "forecast"]


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path, hall_file: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", "--data", str(tmp_path / "data"), "--hall", str(hall_file)]) == 0
    capsys.readouterr()
    return tmp_path / "data"


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str], word: str) -> None:
    """Exit code 2, nothing on stdout, and a line that says what is the matter."""
    try:
        code = main(arguments)
    except SystemExit as ended:  # argparse
        code = ended.code  # type: ignore[assignment]
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert word in printed.err
    assert "Traceback" not in printed.err


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"Example: queue-server {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "COMMAND"),
        (["dance"], "dance"),
        (["serve"], "--data"),
        (["serve", "--data", "x", "--port", "0"], "no port"),
        (["serve", "--data", "x", "--port", "http"], "no port"),
        (["serve", "--data", "x", "--trial-speed", "0"], "no speed"),
        (["serve", "--data", "x", "--trial-speed", "fast"], "no speed"),
        (["serve", "--data", "x", "--trial-start", "monday"], "no ISO time"),
        (["serve", "--data", "x", "--trial-start", "2026-01-05T10:00"], "offset"),
        (["token", "--data", "x", "--role", "king"], "king"),
        (["simulate", "--visitors", "-1"], "0 to 100000"),
        (["simulate", "--visitors", "many"], "many"),
        (["simulate", "--hall", "nowhere.yaml"], "cannot read"),
        (["export", "--data", "x", "--what", "secrets"], "secrets"),
    ],
)
def test_bad_arguments(arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused(arguments, capsys, word)


@pytest.mark.parametrize("command", ["verify", "backup", "export", "forecast"])
def test_a_directory_that_is_none(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--to", str(tmp_path / "copy")] if command == "backup" else []
    refused([command, "--data", str(tmp_path / "nothing"), *more], capsys, "is no directory")


# ------------------------------------------------------------------ init


def test_init_and_update(data: Path, hall_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = ["init", "--data", str(data), "--hall", str(hall_file)]
    refused(again, capsys, "--update")
    hall_file.write_text(TEXT.replace("小站", "大站"), "utf-8")
    assert main([*again, "--update"]) == 0
    assert "updated" in capsys.readouterr().out
    store = Store.open(hall_directory(data, "small"))
    assert store.load().setup.name.zh == "大站"
    store.close()


def test_a_bad_hall_file_is_named_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(TEXT.replace("queue: B", "queue: Z"), "utf-8")
    refused(["init", "--data", str(tmp_path / "data"), "--hall", str(bad)], capsys, "line 3")
    bad.write_bytes(b"\xff\xfe\xfd")
    refused(["init", "--data", str(tmp_path / "data"), "--hall", str(bad)], capsys, "UTF-8")
    assert not (tmp_path / "data" / "halls").exists()


@in_loop
async def test_a_hall_that_is_being_served_is_left_alone(tmp_path: Path) -> None:
    async with running(tmp_path / "halls" / "small"):
        hall_file = tmp_path / "small.yaml"
        hall_file.write_text(TEXT.replace("小站", "大站"), "utf-8")
        arguments = ["init", "--data", str(tmp_path), "--hall", str(hall_file), "--update"]
        done = subprocess.run(  # noqa: ASYNC221 - another process it must be
            [sys.executable, "-m", "queue_server", *arguments], capture_output=True, text=True, timeout=30
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "stop the server first" in done.stderr


# ------------------------------------------------------------------ token


@pytest.mark.parametrize("role", ["admin", "manager", "clerk", "kiosk", "display", "guest"])
def test_a_token_and_nothing_else(role: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--data", str(tmp_path / "new"), "--role", role, "--name", "李 娜"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 and len(lines[0]) >= 43 and " " not in lines[0]
    tokens = Tokens(tmp_path / "new" / "tokens.db")
    found = tokens.find(lines[0])
    tokens.close()
    assert found is not None
    assert (found.role, found.name) == (role, "李 娜")


def test_a_name_is_optional_for_every_role(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for role in ("admin", "manager", "clerk", "kiosk", "display", "guest"):
        assert main(["token", "--data", str(data), "--role", role]) == 0
    assert len(set(capsys.readouterr().out.splitlines())) == 6
    refused(["token", "--data", str(data), "--role", "clerk", "--name", "x" * 65], capsys, "64")
    refused(["token", "--data", str(data), "--role", "clerk", "--name", "a\nb"], capsys, "printable")


# ------------------------------------------------------------------ verify, backup, export, forecast


def test_verify(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--data", str(data)]) == 0
    assert capsys.readouterr().out.startswith("ok")
    (data / "halls" / "small" / "hall.db").write_bytes(b"nonsense" * 1_000)
    assert main(["verify", "--data", str(data)]) == 1
    assert capsys.readouterr().out.startswith("small: ")
    (data / "halls").rename(data / "gone")
    refused(["verify", "--data", str(data)], capsys, "holds no hall")


def test_backup_and_restore(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy, again = str(tmp_path / "copy"), str(tmp_path / "again")
    assert main(["backup", "--data", str(data), "--to", copy]) == 0
    refused(["backup", "--data", str(data), "--to", copy], _emptied(capsys), "backup")
    assert main(["restore", "--from", copy, "--data", again]) == 0
    assert main(["verify", "--data", again]) == 0
    refused(["restore", "--from", copy, "--data", again], _emptied(capsys), "restore")


def _emptied(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    capsys.readouterr()
    return capsys


def test_export(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--data", str(data), "--hall-id", "small"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["kind"] for event in events] == ["setup_imported"]
    assert main(["export", "--data", str(data), "--hall-id", "small", "--what", "visits"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("\ufeff"), "so that a spreadsheet reads the Chinese"
    assert "ticket" in next(csv.reader(io.StringIO(out[1:])))
    refused(["export", "--data", str(data), "--hall-id", "other"], capsys, "no hall")


def test_the_catalogue_goes_out_and_comes_back(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--data", str(data), "--hall-id", "small"]
    for form in ("csv", "yaml"):
        assert main(["export", *where, "--what", "catalogue", "--format", form]) == 0
        (tmp_path / f"out.{form}").write_text(capsys.readouterr().out, "utf-8", newline="")
    (tmp_path / "out.xlsx").write_bytes(maintenance.export_catalogue(data, "small", "xlsx"))
    table = tmp_path / "out.csv"
    assert main(["init", *where, "--hall", str(table), "--update"]) == 0
    table.write_bytes(table.read_bytes().replace("甲一".encode(), "养犬".encode()))
    assert main(["init", *where, "--hall", str(table), "--update"]) == 0
    assert main(["verify", "--data", str(data)]) == 0
    capsys.readouterr()
    assert main(["export", *where, "--what", "catalogue"]) == 0
    assert "养犬" in capsys.readouterr().out
    assert main(["init", *where, "--hall", str(tmp_path / "out.xlsx"), "--update"]) == 0
    assert main(["init", "--data", str(data), "--hall", str(tmp_path / "out.yaml"), "--update"]) == 0


def test_a_table_is_no_whole_hall(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "services.csv"
    table.write_text("id,queue\na1,Q\n")
    refused(["init", "--data", str(data), "--hall", str(table)], capsys, "--update")
    where = ["--data", str(data), "--hall-id", "small", "--update"]
    refused(["init", *where, "--hall", str(table)], _emptied(capsys), 'row 2, queue: "Q" is not a queue')
    refused(["init", *where, "--hall", str(tmp_path / "none.csv")], _emptied(capsys), "cannot read")


def test_forecast(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--data", str(data), "--hall-id", "small"]) == 0
    queues = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(queue["queue"], queue["waiting"], queue["wait"]) for queue in queues] == [
        ("A", 0, None), ("B", 0, None), ("C", 0, None),
    ]  # fmt: skip
    refused(["forecast", "--data", str(data)], capsys, "no hall")


def test_simulate(hall_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["simulate", "--hall", str(hall_file), "--visitors", "40", "--seed", "5"]
    assert main(arguments) == 0
    first = capsys.readouterr().out
    assert main(arguments) == 0
    assert capsys.readouterr().out == first, "the same dice"
    assert {"day", "visitors", "states", "wait_seconds"} <= set(json.loads(first))


@pytest.mark.parametrize("value", ["ten", "1e3x", ""])
def test_a_setting_that_makes_no_sense(
    data: Path, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YOUXU_HEARTBEAT_SECONDS", value)
    refused(["serve", "--data", str(data)], capsys, "YOUXU_HEARTBEAT_SECONDS")


def test_a_place_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    refused(["serve", "--data", str(tmp_path / "file" / "data")], capsys, "cannot create")
    refused(["token", "--data", str(tmp_path / "file" / "data"), "--role", "admin"], capsys, "cannot create")
