"""Applications of people who do not exist: the same dice leave the same work, and a person's own case is left alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from factory import encoded

from queue_server import maintenance
from queue_server.core import back_office as b
from queue_server.core.calendar import day_start, standing
from queue_server.core.case_time import CaseOverdue, CaseWarned
from queue_server.core.cases import CaseEvent
from queue_server.core.context import Context
from queue_server.core.hall import Hall, decide, empty, evolve
from queue_server.core.setup import ImportSetup
from queue_server.core.visits import MINUTE
from queue_server.serving import _live_through
from queue_server.setup_file import default_setup_text, load_setup
from queue_server.simulate import Simulation, morning
from queue_server.simulate_before import Before, days_before
from queue_server.simulate_cases import CaseWork, plain
from queue_server.store import Store

SETUP = load_setup(default_setup_text())
MONDAY = day_start(dt.date(2026, 11, 23), SETUP)
DAYS = days_before(MONDAY, 12, SETUP)


def lived(seed: int = 7, days: list[dt.date] = DAYS) -> tuple[Hall, CaseWork, list[Any]]:
    """Some days of applications in the shipped hall."""
    hall = empty(SETUP)
    at = day_start(days[0], SETUP) - 1
    for event in decide(hall, ImportSetup(digest="d", text="", setup=SETUP), Context(at)):
        evolve(hall, event, at)
    work = CaseWork(seed)
    before = Before(hall, work, seed)
    for day in days:
        before.day(day)
    return hall, work, before.entries


@pytest.fixture(scope="module")
def weeks() -> tuple[Hall, CaseWork, list[Any]]:
    return lived()


def test_the_days_before_are_open_ones() -> None:
    assert (DAYS[0], DAYS[-1]) == (dt.date(2026, 11, 5), dt.date(2026, 11, 20))
    assert all(day.weekday() < 5 for day in DAYS)


def test_the_same_dice_leave_the_same_work() -> None:
    (first, _, log), (again, _, same) = lived(3, DAYS[:3]), lived(3, DAYS[:3])
    assert encoded(first) == encoded(again) and log == same
    assert lived(4, DAYS[:3])[2] != log


def test_there_is_something_of_everything(weeks: tuple[Hall, CaseWork, list[Any]]) -> None:
    hall, _, entries = weeks
    states = Counter(case.state for case in hall.cases.values())
    assert {"accepted", "review", "ready", "closed"} <= set(states)
    assert len({case.matter.department for case in hall.cases.values()}) >= 12
    kinds = Counter(type(event).__name__ for _, event, _, _ in entries)
    for name in (
        "NoticeGiven",
        "MaterialSettled",
        "CaseStopped",
        "CaseResumed",
        "CaseReturned",
        "CaseForwarded",
        "ResultSent",
    ):
        assert kinds[name], name
    decided = [event for _, event, _, _ in entries if isinstance(event, b.CaseDecided)]
    assert sum(event.in_time is not False for event in decided) >= 0.8 * len(decided)
    assert any(isinstance(event, CaseWarned) for _, event, _, _ in entries)
    assert any(isinstance(event, CaseOverdue) for _, event, _, _ in entries)


def test_people_work_when_the_hall_is_open_and_under_their_own_names(weeks: tuple[Hall, CaseWork, list[Any]]) -> None:
    _, _, entries = weeks
    clerks = {clerk.id for clerk in SETUP.clerks}
    for at, event, _, _ in entries:
        if isinstance(event, CaseEvent) and event.clerk is not None:
            assert event.clerk in clerks and standing(at, SETUP).state == "open", event


def test_a_case_that_a_person_has_taken_is_left_alone(weeks: tuple[Hall, CaseWork, list[Any]]) -> None:
    hall, work, _ = weeks
    case = next(one for one in hall.cases.values() if one.state == "review" and one.stop is None)
    case.officer = "somebody"  # type: ignore[assignment]
    assert work._next(hall, case, {}) is None


def test_the_windows_of_a_morning_accept_and_tell() -> None:
    hall, work, _ = lived(5, DAYS[:1])
    day = day_start(DAYS[1], SETUP)
    known = set(hall.cases)
    people = Simulation(5, 1_500)
    people.cases = work
    nine = 5 * 60 * MINUTE
    entries = morning(hall, people, day + nine - 30 * MINUTE, day + nine + 45 * MINUTE)
    assert set(hall.cases) - known and hall.told
    finished = [event for _, event, _, _ in entries if type(event).__name__ == "ServiceFinished"]
    assert any(event.outcome == "unserved" and event.cause == "papers" for event in finished)


def test_names_are_sealed_in_the_log_of_the_demo(tmp_path: Path) -> None:
    first = day_start(DAYS[-1], SETUP)
    hall_id, _ = maintenance.init_hall(tmp_path, default_setup_text(), update=False, now=first)
    directory = tmp_path / "halls" / hall_id
    _live_through(directory, Simulation(7, 200), DAYS[-1:], MONDAY + 6 * 60 * MINUTE)
    store = Store.open(directory)
    try:
        names = [case.matter.applicant.name for case in store.load().cases.values()]
        assert names and all(name is not None and name.startswith("v1:") for name in names)
        assert all(store.vault.unseal(name) for name in names if name)
    finally:
        store.close()


def test_invented_people_cannot_be_real() -> None:
    work = CaseWork(1, plain)
    assert all(one.document and one.document.startswith("99") and len(one.document) == 18 for one in work.people)
    assert all(
        one.phone and one.phone.startswith("1000") and len(one.phone) == 11 for one in (*work.people, *work.firms)
    )
