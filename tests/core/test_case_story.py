"""From the question to the result, as the rules have it: on the shipped hall, over the National Day of 2026."""

import datetime as dt
from typing import Any

from factory import given, staffed, taken

from queue_server.core import back_office as b
from queue_server.core import case_time as t
from queue_server.core import checklist as k
from queue_server.core import intake as i
from queue_server.core import one_time as n
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.hall import due
from queue_server.core.materials import Mark
from queue_server.core.visit_services import items_of, remaining
from queue_server.setup_file import default_setup_text, load_setup

SETUP = load_setup(default_setup_text())


def on(hall: Any, day: str) -> list[Any]:
    """That day at ten, and what time brought about until then."""
    found: list[Any] = []
    until = int(dt.datetime.fromisoformat(f"{day}T02:00+00:00").timestamp()) * 1_000_000
    while hall.now < until or due(hall.hall) <= hall.now:
        hall.now = max(hall.now, min(until, due(hall.hall)))
        happened = hall.when(s.Tick()).does().last
        found += [x for x in happened if isinstance(x, t.CaseWarned | t.CaseOverdue | t.CaseDeemedAccepted)]
    return found


def marks(**found: Any) -> tuple[Mark, ...]:
    return tuple(Mark(material=material.replace("_", "-"), mark=mark) for material, mark in found.items())


def test_an_elderly_visitor_from_the_question_to_the_courier() -> None:
    hall = given(setup=SETUP)
    on(hall, "2026-09-18")
    # She does not know the service: consultation, and her place is kept.
    hall.do(staffed("1", "c01"), staffed("15", "c21"), taken("t1", None, kind="consultation", needs=("elderly",)), 4)
    hall.do(v.CallNext(counter="1"), v.StartService(counter="1"), k.AssignServices(counter="1", services=("SB04",)))
    listed = {item.material.id: item.mark for item in items_of(hall.hall, hall.ticket("t1"))}
    assert listed["household-register"] == "free", "the state has it"
    hall.do(k.MarkMaterials(counter="1", marks=marks(id_card="ok")), v.TransferTicket(counter="1", rest=True))
    assert (hall.ticket("t1").queue, hall.ticket("t1").arrival) == ("B", hall.now - 4 * 60_000_000)
    # One paper is missing: told once, deferred with a promise, accepted with a date over the holidays.
    hall.do(v.CallNext(counter="15"), v.StartService(counter="15"))
    found = marks(bank_or_social_card="missing", household_register_copy="later")
    hall.when(n.GiveNotice(counter="15", marks=found)).does(k.MaterialsMarked, n.NoticeGiven)
    assert [item.material for item in hall.last[1].items] == ["bank-or-social-card", "household-register-copy"]
    fetched = marks(bank_or_social_card="ok")
    accept = i.AcceptCase(counter="15", marks=fetched, promise=True, delivery="courier")
    hall.when(accept).does(k.MaterialsMarked, i.CaseAccepted)
    receipt = hall.last[1]
    assert (receipt.dues.promised, receipt.dues.statutory, receipt.dues.known) == ("2026-10-09", "2026-10-22", True)
    assert receipt.owed[0].due == "2026-09-24", "Sunday the 20th is worked"
    assert receipt.matter.first_contact == "1"
    number = receipt.case
    hall.do(v.FinishService(counter="15"))
    # The paper comes in time, to any window; the department decides; the courier brings it.
    assert [x.what for x in on(hall, "2026-09-22")] == ["later"]
    hall.do(staffed("15", "c21"), o.SettleMaterial(case=number, material="household-register-copy", counter="15"))
    hall.do(b.TakeCase(case=number))
    assert on(hall, "2026-10-08")[0].what == "promised", "warned before the holidays"
    decided = hall.when(b.DecideCase(case=number, decision="granted")).does(b.CaseDecided).last[0]
    assert decided.in_time
    hall.do(r.SendResult(case=number, company="EMS", number="1"), r.ConfirmDelivery(case=number))
    case = hall.hall.cases[number]
    assert (case.ending, case.matter.first_contact) == ("delivered", "1")
    assert [step.what for step in case.steps] == [
        "case_accepted", "case_warned", "material_settled", "case_taken", "case_warned", "case_decided", "result_sent",
        "result_delivered",
    ]  # fmt: skip


def test_a_company_is_opened_with_one_ticket_and_one_list() -> None:
    hall = given(staffed("12", "c14"), taken("t1", None, package="YJ01"), setup=SETUP)
    hall.do(staffed("31", "c42"), v.CallNext(counter="31"), v.StartService(counter="31"))
    items = items_of(hall.hall, hall.ticket("t1"))
    assert len({item.material.id for item in items}) == len(items)
    assert remaining(hall.ticket("t1")) == ("SJ01", "SB02", "SW01")
    ours = {one.id for service in SETUP.services if service.id == "SJ01" for one in service.materials}
    hall.do(i.AcceptCase(counter="31", marks=tuple(Mark(material=one, mark="ok") for one in sorted(ours))))
    hall.do(b.DecideCase(case=hall.ticket("t1").cases[0], decision="granted", counter="31"))  # 首席事务代表
    hall.do(r.HandOverResult(counter="31", case=hall.ticket("t1").cases[0]), k.RecordDone(counter="31"))
    hall.do(v.TransferTicket(counter="31", rest=True))
    assert (hall.ticket("t1").service, hall.ticket("t1").queue) == ("SB02", "B")
    assert remaining(hall.ticket("t1")) == ("SB02", "SW01")
