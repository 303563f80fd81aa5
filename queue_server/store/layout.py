"""Where things are in a data directory.

    DIR/tokens.db               bearer tokens of all halls
    DIR/halls/{hall}/hall.db    log, answers, blobs, checkpoints, projections
    DIR/halls/{hall}/vault.db   keys of personal data; backed up separately, so that erasure can reach the copies
    DIR/halls/{hall}/lock       held by the one process that serves the hall
"""

from __future__ import annotations

from pathlib import Path

TOKENS = "tokens.db"
HALLS = "halls"
HALL = "hall.db"
VAULT = "vault.db"


def hall_directory(data: Path, hall: str) -> Path:
    return data / HALLS / hall


def hall_names(data: Path) -> list[str]:
    """Halls that have a database here."""
    return sorted(path.parent.name for path in (data / HALLS).glob(f"*/{HALL}"))
