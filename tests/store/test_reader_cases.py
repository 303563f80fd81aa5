"""Applications and notices of long ago from the tables; and texts that are needed are not erased."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_hall import FIRST, OK, marks, text
from kept_hall import DAY, KeptHall, run

from queue_server.core import back_office as b
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import intake as i
from queue_server.core import one_time as n
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.cases import Applicant, Case
from queue_server.setup_file import load_setup
from queue_server.store import text_digest
from queue_server.web.case_facts import case_facts, notice_facts
from queue_server.web.past_cases import case_of

NOTICE = "GZ-20260105-0001"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[KeptHall]:
    found = KeptHall(tmp_path / "hall")
    importing = s.ImportSetup(digest=text_digest(text()), text=text(), setup=load_setup(text()))
    visit = (v.TakeTicket(ticket="t1", service="a1"), v.CallNext(counter="1"), v.StartService(counter="1"))
    run(found.do(importing, s.Tick(), c.OpenCounter(counter="1", clerk="wang"), *visit))
    yield found
    found.store.close()


def row(hall: KeptHall, case: str = FIRST) -> dict[str, Any]:
    found: dict[str, Any] | None = run(hall.store.case(case))
    assert found is not None
    return found


def told(hall: KeptHall, case: Case) -> dict[str, Any]:
    """What is said of it; the story apart, of which the tables keep the milestones only."""
    facts = case_facts(hall.hall, case, "zh", hall.at, unseal=lambda text: text)
    return {name: value for name, value in facts.items() if name not in ("steps", "visits", "stops", "warned", "overdue")}


@pytest.mark.parametrize("until", range(7))
def test_a_case_from_its_row_says_the_same(hall: KeptHall, until: int) -> None:
    applicant = Applicant(name="sealed name", phone="sealed phone")
    later = (*marks(card="ok", photo="later"), *marks(pledge="promised"))
    steps = [
        i.AcceptCase(counter="1", marks=later, applicant=applicant, promise=True, delivery="courier"), b.TakeCase(case=FIRST),
        o.SettleMaterial(case=FIRST, material="photo", counter="1"), b.DecideCase(case=FIRST, decision="granted"),
        r.ReadyResult(case=FIRST), r.SendResult(case=FIRST, company="邮政", number="E1"), r.ConfirmDelivery(case=FIRST),
    ]  # fmt: skip
    for step in steps[: until + 1]:
        run(hall.do(step, minutes=1))
    alive = hall.hall.cases[FIRST]
    assert told(hall, case_of(row(hall))) | {"since": None} == told(hall, alive) | {"since": None}
    assert [step.what for step in case_of(row(hall)).steps] == [
        step.what for step in alive.steps if step.what not in ("case_taken", "material_settled")
    ]


def test_a_case_that_came_to_nothing(hall: KeptHall) -> None:
    run(hall.do(i.ReceiveCase(counter="1")))
    run(hall.do(o.WithdrawCase(case=FIRST, counter="1"), minutes=1))
    found = case_of(row(hall))
    assert (found.ending, [step.what for step in found.steps]) == ("withdrawn", ["case_received", "case_withdrawn"])
    assert run(hall.store.case("none")) is None


def test_a_notice_from_its_row_says_the_same(hall: KeptHall) -> None:
    run(hall.do(n.GiveNotice(counter="1", marks=marks(card="missing", photo="missing", pledge="ok"))))
    found = run(hall.store.notice(NOTICE))
    alive = notice_facts(hall.hall, hall.hall.told[NOTICE], "zh", hall.at)
    assert notice_facts(hall.hall, found, "zh", hall.at) == alive and alive["number"] == "A001"
    assert run(hall.store.notice("none")) is None


def test_texts_of_an_open_application_are_kept(hall: KeptHall) -> None:
    """Whatever the age of the visit: they go when it was closed as long ago."""
    vault = hall.store.vault
    sealed, other = vault.seal("t1", "张明"), vault.seal("emergency-e1", "老人摔倒")
    run(hall.do(i.AcceptCase(counter="1", marks=OK), e.CallEmergency(counter="1")))
    run(hall.do(e.EndEmergency(emergency="e1", note=other), minutes=1))
    assert run(hall.store.erase_before(hall.at - DAY)) == 0
    assert run(hall.store.erase_before(hall.at + 1)) == 1, "the call for help is over, the application is not"
    assert (vault.unseal(sealed), vault.unseal(other)) == ("张明", None)
    run(hall.do(o.WithdrawCase(case=FIRST, counter="1"), minutes=1))
    assert run(hall.store.erase_before(hall.at)) == 0
    assert run(hall.store.erase_before(hall.at + 1)) == 1
    assert vault.unseal(sealed) is None
