"""Cases and one-time notices wherever they are: of these days in the state, older ones in the projections.

An old case is made anew from its row, so that a receipt's link still answers. Its steps are those that left an instant there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from queue_server.core.cases import Applicant, Case, CaseId, Dues, Matter, Owed, Parcel, Step, Terms
from queue_server.core.catalogue import Name, ServiceId, Term
from queue_server.core.materials import Line

if TYPE_CHECKING:
    from queue_server.core.one_time import Told
    from queue_server.running import RunningHall

STEPS = {  # columns of table cases that hold the instant of a step
    "received": "case_received", "accepted": "case_accepted", "decided": "case_decided", "ready": "result_ready",
    "sent": "result_sent",
}  # fmt: skip
ENDINGS = {
    "collected": "result_collected", "delivered": "result_delivered", "rejected": "case_rejected",
    "withdrawn": "case_withdrawn",
}  # fmt: skip


async def find_case(running: RunningHall, case: str) -> Case | None:
    """Read after ``running.settled()``: the state first, then the tables."""
    found = running.state.cases.get(CaseId(case))
    if found is not None:
        return found
    row = await running.store.case(case)
    return case_of(row) if row is not None else None


async def find_notice(running: RunningHall, notice: str) -> Told | Mapping[str, Any] | None:
    """What :func:`~.notice_facts.notice_facts` takes."""
    return running.state.told.get(notice) or await running.store.notice(notice)


def case_of(row: Mapping[str, Any]) -> Case:
    """A case from its row, with ``owed`` beside it (see ``Reader.case``)."""
    parcel = None
    if row["sent"] is not None:
        parcel = Parcel(company=row["courier"] or "", number=row["shipment"] or "", sent=row["sent"])
    return Case(
        id=CaseId(row["id"]), matter=_matter(row), state=row["state"], since=row["changed"], received=row["received"],
        received_day=row["received_day"], items=msgspec.convert(row["items"], tuple[Line, ...]),
        answer_due=row["answer_due"], accepted=row["accepted"], started_day=row["accepted_day"],
        counter=row["counter"], clerk=row["clerk"], deemed=bool(row["deemed"]), terms=_terms(row),
        dues=Dues(statutory=row["statutory_due"], promised=row["promised_due"], known=bool(row["due_known"])),
        extended=row["extended_days"], owed=tuple(_owed(one) for one in row["owed"]), delivery=row["delivery"],
        officer=row["officer"], decision=row["decision"], decided=row["decided"], at_once=bool(row["at_once"]),
        in_time=None if row["in_time"] is None else bool(row["in_time"]), delivery_due=row["delivery_due"],
        parcel=parcel, ending=row["ending"], steps=_steps(row),
    )  # fmt: skip


def _matter(row: Mapping[str, Any]) -> Matter:
    return Matter(
        service=ServiceId(row["service"]), service_name=msgspec.convert(row["service_name"], Name),
        version=row["catalogue"], department=row["department"], package=row["package"], ticket=row["ticket"],
        number=row["number"], first_contact=row["first_counter"], first_clerk=row["first_clerk"], lang=row["lang"],
        applicant=msgspec.convert(row["applicant"], Applicant), person=row["person"],
    )  # fmt: skip


def _terms(row: Mapping[str, Any]) -> Terms:
    statutory, promised = (
        Term(value=row[f"{which}_value"], unit=row[f"{which}_unit"] or "workday") for which in ("statutory", "promised")
    )
    return Terms(statutory=statutory, promised=promised)


def _owed(row: Mapping[str, Any]) -> Owed:
    return Owed(
        material=row["material"], name=msgspec.convert(row["name"], Name), kind=row["kind"], due=row["due"],
        known=bool(row["due_known"]), settled=row["settled"], how=row["how"],
    )  # fmt: skip


def _steps(row: Mapping[str, Any]) -> list[Step]:
    found = [Step(at=row[column], what=what) for column, what in STEPS.items() if row[column] is not None]
    if row["accepted"] is not None and row["accepted"] == row["received"]:
        found = [step for step in found if step.what != "case_received"]  # one act
    if row["closed"] is not None and row["ending"] in ENDINGS:
        found.append(Step(at=row["closed"], what=ENDINGS[row["ending"]]))
    return sorted(found, key=lambda step: step.at)
