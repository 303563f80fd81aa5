"""A hall that has begun, in the test's own directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kept_hall import KeptHall, kept


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[KeptHall]:
    found = kept(tmp_path / "halls" / "small")
    yield found
    found.store.close()
