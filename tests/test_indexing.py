"""The search index of a running hall follows the catalogue, in step with what is committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from factory import SETUP, TEXT, importing
from running_hall import Hall, in_loop, running

from queue_server import indexing
from queue_server.core import catalogue_changes as cc
from queue_server.core.catalogue import Name
from queue_server.indexing import LiveIndex
from queue_server.store import StoreFailed

A1 = SETUP.services[0]
NEW = msgspec.structs.replace(A1, name=Name(zh="养犬登记", en="Dogs"))


def change(hall: Hall, service: Any = NEW) -> cc.ChangeService:
    return cc.ChangeService(service=service, base=hall.runner.state.setup.version)


@in_loop
async def test_a_single_change_is_found_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        index = LiveIndex(hall.runner)
        assert index.find("养犬") == []
        await hall.ask(change(hall))
        assert index.find("养犬") == ["a1"] and index.find("甲一") == []
        await hall.ask(cc.RemoveService(service="b2", base="2026-01-05.1"))
        assert index.find("乙二") == []
        assert index.find("") == ["a1", "a2", "b1", "c1"]


@in_loop
async def test_what_was_not_committed_is_not_found(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        index = LiveIndex(hall.runner)
        hall.store.error = StoreFailed("full", "no space")
        with pytest.raises(Exception, match="store-failed"):
            await hall.ask(change(hall))
        hall.store.error = None
        assert index.find("养犬") == [] and index.find("甲一") == ["a1"]


@in_loop
async def test_a_small_hall_file_is_searched_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        index = LiveIndex(hall.runner)
        await hall.ask(importing(TEXT.replace("甲一", "养犬")))
        assert index.find("养犬") == ["a1"]
        await index.built()


@in_loop
async def test_a_large_hall_file_is_indexed_beside_and_the_old_index_answers(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE_MAX", 0)
    async with running(tmp_path) as hall:
        index = LiveIndex(hall.runner)
        fewer = TEXT.replace("甲一", "养犬").replace(
            "  - {id: b2, name: {zh: 乙二, en: Second of B}, theme: t, department: d, queue: B, assumed: [promised]}\n",
            "",
        )
        await hall.ask(importing(fewer))
        assert index.find("乙二") == [] and index.find("") == [
            "a1",
            "a2",
            "b1",
            "c1",
        ]  # gone, though the old index knows it
        await hall.ask(change(hall, msgspec.structs.replace(A1, id="a2", name=Name(zh="收养", en="Adoption"))))
        await hall.ask(cc.RemovePackage(package="birth", base=hall.runner.state.setup.version))
        await index.built()
        assert index.find("养犬") == ["a1"] and index.find("收养") == ["a2"]


@in_loop
async def test_of_two_hall_files_the_last_one_counts(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE_MAX", 0)
    async with running(tmp_path) as hall:
        index = LiveIndex(hall.runner)
        await hall.ask(importing(TEXT.replace("甲一", "养犬")))
        await hall.ask(importing(TEXT.replace("甲一", "养猫")))
        await index.built()
        assert index.find("养猫") == ["a1"] and index.find("养犬") == []
