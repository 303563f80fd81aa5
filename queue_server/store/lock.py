"""One process per data directory: an ``flock`` on a file, let go by the kernel also when the process is killed."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from .errors import StoreLocked


class DirectoryLock:
    """Held from creation until :meth:`release`. Children do not inherit it: Python opens files close-on-exec."""

    def __init__(self, directory: Path) -> None:
        path = directory / "lock"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._file, 32).decode("ascii", "replace").strip()
            os.close(self._file)
            raise StoreLocked(f"{directory} is in use by process {holder or 'unknown'}") from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        os.close(self._file)
