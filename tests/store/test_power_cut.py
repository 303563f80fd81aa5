"""What was acknowledged is there after a power cut: the write-ahead log torn at any byte, the process killed at any time."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kept_hall import KeptHall, run

from queue_server.store import Store, verify


def test_a_torn_write_ahead_log_keeps_what_was_acknowledged_before_the_tear(hall: KeptHall, tmp_path: Path) -> None:
    """Each commit flushed the file: what stood in it then must be found, whatever became of the bytes after."""
    wal = hall.directory / "hall.db-wal"
    acknowledged = [(wal.stat().st_size, hall.hall.seq)]
    for step in range(25):
        run(hall.busy(1, seed=step + 1))
        acknowledged.append((wal.stat().st_size, hall.hall.seq))
    assert [size for size, _ in acknowledged] == sorted(size for size, _ in acknowledged), "no checkpoint came between"
    dice = random.Random(7)
    for tear in (dice.randrange(acknowledged[0][0], acknowledged[-1][0]) for _ in range(25)):
        torn = tmp_path / f"torn-{tear}"
        shutil.copytree(hall.directory, torn, ignore=shutil.ignore_patterns("*-shm"), dirs_exist_ok=True)
        with (torn / "hall.db-wal").open("r+b") as file:
            file.truncate(tear)
        store = Store.open(torn)
        state = store.load()
        store.close()
        assert state.seq == max(seq for size, seq in acknowledged if size <= tear)
        assert verify(torn) == []


def test_a_tail_of_noise_is_not_taken_for_a_commit(hall: KeptHall, tmp_path: Path) -> None:
    run(hall.busy(20))
    torn = tmp_path / "noise"
    shutil.copytree(hall.directory, torn, ignore=shutil.ignore_patterns("*-shm"))
    with (torn / "hall.db-wal").open("ab") as file:
        file.write(random.Random(3).randbytes(10_000))
    store = Store.open(torn)
    assert store.load() == hall.hall
    store.close()


PROGRAM = """
import asyncio, pathlib, sys
sys.path.insert(0, sys.argv[2])
from kept_hall import KeptHall
async def main():
    hall = KeptHall(pathlib.Path(sys.argv[1]))
    await hall.begin()
    for step in range(100_000):
        await hall.busy(1, seed=step)
        print(hall.hall.seq, flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged_min", [1, 30, 120])
def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path, acknowledged_min: int) -> None:
    here = Path(__file__).parent
    directory = tmp_path / "hall"
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(directory), str(here.parent)], cwd=here.parents[1], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        last = 0
        for _ in range(acknowledged_min):
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        last = max([last, *(int(line) for line in process.stdout.read().split())])
    store = Store.open(directory)
    state = store.load()
    store.close()
    assert state.seq >= last
    assert verify(directory) == []
