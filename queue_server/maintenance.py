"""What the command line does to a data directory: make a hall, tokens, copies, checks, exports. Each may take its time."""

from __future__ import annotations

import asyncio
import csv
import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any, TextIO

import msgspec

from .clock import wall_us
from .core import forecast as forecasting
from .core.catalogue import Setup
from .core.context import SYSTEM, Context, Role
from .core.hall import Hall, decide, empty
from .core.refusals import Refused
from .core.setup import ImportSetup
from .setup_file import SetupError, default_setup_text, load_setup
from .setup_formats import Format, exported, imported
from .store import Batch, Store, StoreError, StoreLocked, Tokens, Vault, text_digest
from .store import backup as copy_out
from .store import restore as copy_in
from .store import verify as verify_hall
from .store.database import connect_read_only
from .store.layout import HALL, TOKENS, VAULT, hall_directory, hall_names
from .store.replay import load as load_state


class Trouble(Exception):
    """It cannot be done; the text is the line for the user (exit code 2)."""


def read_hall_file(path: Path | None) -> str:
    """The text of a hall file, or of the shipped one."""
    if path is None:
        return default_setup_text()
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise Trouble(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Trouble(f"{path} is not UTF-8 text") from None


def ensure_hall(data: Path, now: int | None = None) -> None:
    """A data directory without halls gets the default one, also after a crash while it was being made.

    ``now``: hall time, so that a trial may begin before today; hall time never goes back behind the first event."""
    names = hall_names(data)
    if not names or any(_is_blank(data, name) for name in names):
        init_hall(data, default_setup_text(), update=bool(names), now=now)


def _is_blank(data: Path, hall: str) -> bool:
    """Whether nothing has happened in this hall yet, not even its set-up."""
    try:
        connection = connect_read_only(hall_directory(data, hall) / HALL)
    except sqlite3.Error:
        return False
    try:
        return connection.execute("SELECT 1 FROM log LIMIT 1").fetchone() is None
    except sqlite3.Error:
        return True
    finally:
        connection.close()


def init_hall(data: Path, text: str, *, update: bool, now: int | None = None) -> tuple[str, bool]:
    """Create a hall, or with ``update`` bring a new file into it. Gives its id, and whether it is new."""
    try:
        setup = load_setup(text)
    except SetupError as error:
        raise Trouble(f"the hall file cannot be used\n{error}") from None
    exists = setup.id in hall_names(data)
    if exists and not update:
        raise Trouble(f"hall {setup.id} exists in {data}; use --update to bring the file into it")
    try:
        asyncio.run(_import(hall_directory(data, setup.id), text, wall_us() if now is None else now))
    except StoreLocked as error:
        raise Trouble(f"{error}; stop the server first") from None
    except StoreError as error:
        raise Trouble(str(error)) from None
    except Refused as error:
        raise Trouble(f"the hall refuses the file: {error}") from None
    return setup.id, not exists


async def _import(directory: Path, text: str, now: int) -> None:
    store = Store.open(directory)
    try:
        setup = load_setup(text)
        hall = store.load()
        state = hall if hall.seq else empty(setup)
        now = max(now, hall.at)
        events = decide(state, ImportSetup(digest=text_digest(text), text=text, setup=setup), Context(now))
        entries = [(now, event, SYSTEM.id, None) for event in events]
        await store.append(Batch(hall.seq, entries))  # type: ignore[arg-type]
    finally:
        store.close()


def must_not_run(directory: Path) -> None:
    """Raises Trouble when a server has this hall open."""
    from .store.lock import DirectoryLock

    try:
        DirectoryLock(directory).release()
    except StoreLocked as error:
        raise Trouble(str(error)) from None
    except OSError as error:
        raise Trouble(f"cannot open {directory}: {error.strerror}") from None


def new_token(data: Path, role: Role, name: str, now: int) -> str:
    if role == "clerk" and not name.strip():
        name = f"clerk-{secrets.token_hex(3)}"  # a clerk needs an id: this one is as good as any
    tokens = Tokens(data / TOKENS)
    try:
        return tokens.issue(role, name, now)[1]
    except (StoreError, ValueError) as error:
        raise Trouble(str(error)) from None
    finally:
        tokens.close()


def backup(data: Path, target: Path, *, with_keys: bool) -> None:
    try:
        copy_out(data, target, wall_us(), with_keys)
    except (StoreError, OSError) as error:
        raise Trouble(str(error)) from None


def restore(source: Path, data: Path) -> None:
    try:
        copy_in(source, data)
    except (StoreError, OSError) as error:
        raise Trouble(str(error)) from None


def verify(data: Path) -> list[str]:
    """Problems of all halls; an empty list when all is well."""
    problems: list[str] = []
    names = hall_names(data)
    if not names:
        raise Trouble(f"{data} holds no hall")
    for name in names:
        try:
            problems += [f"{name}: {problem}" for problem in verify_hall(hall_directory(data, name))]
        except (StoreError, sqlite3.Error, OSError) as error:
            problems.append(f"{name}: {error}")
    return problems


def erase(data: Path, hall: str, ticket: str) -> bool:
    """Make the notes and reasons of one visit unreadable, also beside a running server. The log stays as it is."""
    _must_hold(data, hall)
    vault = Vault.open(hall_directory(data, hall) / VAULT)
    try:
        return vault.erase(ticket)
    except StoreError as error:
        raise Trouble(str(error)) from None
    finally:
        vault.close()


def import_tables(data: Path, hall_id: str, path: Path, now: int | None = None) -> None:
    """Bring the services of a CSV file, or the tables of a workbook, into a hall that exists."""
    setup = _setup_of(data, hall_id)
    try:
        new, text = imported(path.read_bytes(), "csv" if path.suffix.lower() == ".csv" else "xlsx", setup)
    except OSError as error:
        raise Trouble(f"cannot read {path}: {error.strerror}") from None
    except SetupError as error:
        raise Trouble(f"the table cannot be used\n{error}") from None
    if new != setup:
        init_hall(data, text, update=True, now=now)


def export_catalogue(data: Path, hall_id: str, form: Format) -> bytes:
    """The whole hall file as YAML, the services as CSV, or the catalogue as a workbook (xlsx)."""
    return exported(_setup_of(data, hall_id), form)


def _setup_of(data: Path, hall_id: str) -> Setup:
    _must_hold(data, hall_id)
    try:
        return load_state(hall_directory(data, hall_id) / HALL)[0].setup
    except StoreError as error:
        raise Trouble(str(error)) from None


def export(data: Path, hall: str, what: str, out: TextIO) -> None:
    """The log as JSON lines, or the visits as CSV (with a BOM, so that spreadsheets read the Chinese)."""
    _must_hold(data, hall)
    connection = connect_read_only(hall_directory(data, hall) / HALL)
    try:
        if what == "visits":
            _write_csv(connection.execute("SELECT * FROM visits ORDER BY arrival"), out)
            return
        for row in connection.execute("SELECT seq, at, kind, version, body, actor FROM log ORDER BY seq"):
            seq, at, kind, version, body, actor = row
            line = {"seq": seq, "at": at, "kind": kind, "version": version, "body": json.loads(body), "actor": actor}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    finally:
        connection.close()


def _write_csv(rows: sqlite3.Cursor, out: TextIO) -> None:
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([column[0] for column in rows.description])
    for row in rows:
        writer.writerow([_safe(value) for value in row])


def _safe(value: Any) -> Any:
    """A spreadsheet must not run a cell as a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@＝＋－＠\t\r" and value[:1] else value


def forecast(data: Path, hall_id: str) -> str:
    """One JSON line per queue: who waits, what would be promised now, and how today's promises held."""
    _must_hold(data, hall_id)
    hall, _ = load_state(hall_directory(data, hall_id) / HALL)
    return "\n".join(_queue_line(hall, queue.id) for queue in hall.setup.queues)


def _queue_line(hall: Hall, queue: Any) -> str:
    waiting = hall.lines.waiting(queue)
    day = hall.measures.queues.get(queue)
    line = {
        "queue": queue,
        "waiting": waiting,
        "wait": forecasting.estimate(hall, queue, waiting, hall.at),
        "promised": day.promised if day else 0,
        "in_range": day.in_range if day else 0,
        "mean_error_seconds": round(day.error_seconds / day.promised) if day and day.promised else None,
    }
    return msgspec.json.encode(line).decode()


def _must_hold(data: Path, hall: str) -> None:
    if hall not in hall_names(data):
        raise Trouble(f"{data} holds no hall {hall!r}")
