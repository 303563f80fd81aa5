"""What all tests share: the flag for the browser tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--e2e", action="store_true", help="run the browser tests (a process of their own)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--e2e"):
        skip = pytest.mark.skip(reason="needs --e2e")
        for item in items:
            if "e2e" in item.keywords:
                item.add_marker(skip)
