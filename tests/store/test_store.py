"""Append, read, refuse, fail: what the one writer promises."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kept_hall import DAY, MORNING, KeptHall, kept, run

from queue_server.core import visits as v
from queue_server.core.setup import Tick
from queue_server.core.visits import ServiceStarted
from queue_server.store import Answer, Batch, SeqConflict, Store, StoreFailed, StoreLocked, StoreTooNew
from queue_server.store.chain import GENESIS

ANSWER = Answer("kiosk-1", "retry-7", "digest-of-the-request", 201, b'{"ticket":{}}', MORNING)


def take(ticket: str) -> Any:
    return v.TakeTicket(ticket=ticket, service="S1")


def writer_of(hall: KeptHall) -> sqlite3.Connection:
    return hall.store._writer.connection


def test_a_new_store_is_empty(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "new" / "halls" / "small")
    assert store.head == (0, GENESIS)
    assert store.load().seq == 0
    assert store.load_answers() == {}
    store.close()


def test_what_was_appended_is_the_state_of_the_next_start(hall: KeptHall) -> None:
    run(hall.busy(60))
    hall.store.close()
    again = KeptHall(hall.directory)
    assert again.bytes == hall.bytes
    assert again.store.head == hall.store.head
    again.store.close()


def test_a_running_store_loads_what_it_has(hall: KeptHall) -> None:
    run(hall.busy(30))
    assert hall.store.load() == hall.hall


def test_an_empty_batch_changes_nothing(hall: KeptHall) -> None:
    before = hall.store.head
    run(hall.do())
    assert hall.store.head == before


def test_a_second_opener_is_refused_and_the_first_goes_on(hall: KeptHall) -> None:
    with pytest.raises(StoreLocked, match="in use by process"):
        Store.open(hall.directory)
    run(hall.do(take("t1")))


def test_a_second_process_is_refused(hall: KeptHall) -> None:
    program = (
        "import sys, pathlib\n"
        "from queue_server.store import Store, StoreLocked\n"
        "try: Store.open(pathlib.Path(sys.argv[1]))\n"
        "except StoreLocked: sys.exit(42)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program, str(hall.directory)], cwd=root, check=False)
    assert done.returncode == 42


def test_a_closed_store_can_be_opened_again(hall: KeptHall) -> None:
    hall.store.close()
    hall.store.close()  # a second time does nothing
    Store.open(hall.directory).close()


def test_a_batch_that_does_not_follow_the_log_is_refused(hall: KeptHall) -> None:
    head = hall.store.head
    event = ServiceStarted(ticket="t1", counter="1", clerk="clerk1")
    for wrong in (head.seq - 1, head.seq + 1):
        with pytest.raises(SeqConflict) as refused:
            run(hall.store.append(Batch(wrong, [(hall.at, event, "system", None)])))
        assert refused.value.reason == "conflict"
    assert hall.store.head == head
    assert run(hall.store.read(head.seq)) == []


def test_a_failed_batch_leaves_nothing_behind(hall: KeptHall) -> None:
    """The whole of it: events, projections, answers; and the next one takes its place."""
    seq, before = hall.hall.seq, hall.store.head
    writer_of(hall).execute("CREATE TEMP TRIGGER t BEFORE INSERT ON answers BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(StoreFailed):
        run(hall.do(take("t1"), answers=(ANSWER,)))
    writer_of(hall).execute("DROP TRIGGER t")
    assert hall.store.head == before
    assert hall.store.load_answers() == {}
    assert run(hall.store.visit("t1")) is None
    hall.hall = hall.store.load()
    assert hall.hall.seq == seq
    run(hall.do(take("t1"), answers=(ANSWER,)))
    assert run(hall.store.visit("t1"))["number"] == "A001"


def test_a_full_disk_is_named_and_survived(hall: KeptHall) -> None:
    pages = writer_of(hall).execute("PRAGMA page_count").fetchone()[0]
    writer_of(hall).execute(f"PRAGMA max_page_count = {pages}")
    before = hall.store.head
    with pytest.raises(StoreFailed) as failed:
        for round_ in range(100):
            before = hall.store.head
            run(hall.do(*(take(f"t{round_}-{i}") for i in range(20))))
    assert failed.value.reason == "full"
    assert hall.store.head == before
    writer_of(hall).execute("PRAGMA max_page_count = 1000000")
    hall.hall = hall.store.load()
    assert hall.hall.seq == before.seq
    run(hall.do(take("after")))
    assert hall.store.load() == hall.hall


def test_a_read_only_disk_is_named_and_survived(hall: KeptHall) -> None:
    writer_of(hall).execute("PRAGMA query_only = 1")
    with pytest.raises(StoreFailed) as failed:
        run(hall.do(take("t1")))
    assert failed.value.reason == "read_only"
    with pytest.raises(StoreFailed):
        run(hall.store.prune_answers(0))
    writer_of(hall).execute("PRAGMA query_only = 0")
    hall.hall = hall.store.load()
    run(hall.do(take("t1")))


def test_a_transaction_left_open_by_a_failure_is_ended_by_the_next(hall: KeptHall) -> None:
    writer_of(hall).execute("BEGIN IMMEDIATE")
    run(hall.do(take("t1")))
    assert hall.store.load() == hall.hall


def test_another_writer_makes_us_busy(hall: KeptHall) -> None:
    other = sqlite3.connect(hall.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writer_of(hall).execute("PRAGMA busy_timeout = 10")
    with pytest.raises(StoreFailed) as failed:
        run(hall.do(take("t1")))
    assert failed.value.reason == "busy"
    other.close()


def test_a_directory_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFailed):
        Store.open(tmp_path / "file" / "halls")


def test_a_file_that_is_no_database_is_a_failure_and_not_locked_after(tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_text("this is not SQLite" * 100)
    for _ in range(2):
        with pytest.raises(StoreFailed):
            Store.open(tmp_path)
    (tmp_path / "hall.db").unlink()
    (tmp_path / "vault.db").write_text("neither is this" * 100)
    with pytest.raises(StoreFailed):
        Store.open(tmp_path)
    (tmp_path / "vault.db").unlink()
    foreign = sqlite3.connect(tmp_path / "vault.db")
    foreign.execute("CREATE TABLE meta (something, else_)")
    foreign.close()
    with pytest.raises(StoreFailed):
        Store.open(tmp_path)


def test_a_database_of_a_newer_program_is_not_opened(hall: KeptHall) -> None:
    hall.store.close()
    connection = sqlite3.connect(hall.database)
    connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreTooNew):
        Store.open(hall.directory)


def test_files_that_vanish_under_a_running_store_are_failures(hall: KeptHall) -> None:
    hall.database.rename(hall.directory / "gone")
    for question in (hall.store.load, hall.store.load_answers):
        with pytest.raises(StoreFailed):
            question()
    (hall.directory / "gone").rename(hall.database)


def test_a_caller_that_gives_up_does_not_stop_the_commit(hall: KeptHall) -> None:
    async def impatient() -> None:
        work = asyncio.create_task(hall.do(take("t1")))
        await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        hall.hall = await asyncio.to_thread(hall.store.load)  # waits for the commit
        assert "t1" in hall.hall.tickets
        await hall.do(take("t2"))

    run(impatient())
    assert hall.store.load() == hall.hall


@pytest.mark.parametrize("change", ["UPDATE log SET actor = 'somebody else'", "DELETE FROM log WHERE seq = 1"])
def test_the_log_can_only_grow(hall: KeptHall, change: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        writer_of(hall).execute(change)


def test_an_answer_is_there_after_a_restart(hall: KeptHall) -> None:
    run(hall.do(take("t1"), answers=(ANSWER,)))
    hall.store.close()
    store = Store.open(hall.directory)
    assert store.load_answers() == {("kiosk-1", "retry-7"): ANSWER}
    assert store.load_answers(since=MORNING + 1) == {}
    store.close()


def test_answers_are_forgotten_when_told_and_their_keys_can_be_used_again(hall: KeptHall) -> None:
    later = ANSWER._replace(at=MORNING + 2 * DAY, body=b"{}")
    run(hall.do(take("t1"), answers=(ANSWER, ANSWER._replace(key="other"))))
    run(hall.do(answers=(later,)))
    run(hall.store.prune_answers(MORNING + DAY))
    assert hall.store.load_answers() == {("kiosk-1", "retry-7"): later}


def test_the_log_is_read_in_pages_as_it_is_stored(hall: KeptHall) -> None:
    async def read() -> None:
        await hall.do(take("t1"), take("t2"))
        first = await hall.store.read(0, 3)
        rest = await hall.store.read(first[-1].seq)
        assert [row.seq for row in first + rest] == list(range(1, hall.hall.seq + 1))
        assert first[0].kind == "setup_imported" and len(first[0].body) < 100
        assert rest[-1].hash == hall.store.head.hash
        assert rest[-1].actor == "system" and rest[-1].key is None and rest[-1].at == hall.at
        assert await hall.store.read(hall.hall.seq) == []
        assert await hall.store.read(0, -1) == []

    run(read())


def test_the_reading_connection_cannot_write(hall: KeptHall) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        run(hall.store.select("DELETE FROM answers"))


def test_a_ticket_of_an_earlier_day_is_read_from_the_projections(tmp_path: Path) -> None:
    hall = kept(tmp_path, lambda hall: hall.do(v.TakeTicket(ticket="t1", service="S2", needs=("elderly",))))

    async def next_day() -> None:
        await hall.do(Tick(), minutes=24 * 60)
        assert "t1" not in hall.hall.tickets
        visit = await hall.store.visit("t1")
        assert visit is not None and await hall.store.visit("t2") is None
        assert (visit["number"], visit["state"], visit["reason"]) == ("B001", "expired", "day_closed:waiting")
        assert (visit["day"], visit["arrival"], visit["ended"]) == ("2026-01-05", MORNING, MORNING + DAY)
        assert visit["service_name"] == {"zh": "事项二", "en": "Service two"} and visit["needs"] == ["elderly"]
        days = await hall.store.select("SELECT day, expired FROM days WHERE closed NOT NULL")
        assert [tuple(row) for row in days] == [("2026-01-05", 1)]

    run(next_day())
    hall.store.close()
