"""One small hall for a test; started anew for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_server import Server, make_data, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, make_data(tmp_path)) as found:
        yield found
