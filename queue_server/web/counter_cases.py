"""What a clerk does at a window with papers and applications: the check-list, acceptance, the one-time notice, free services.

Part of the table of acts in :mod:`.api_counters`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from queue_server.core import checklist as k
from queue_server.core import counters as c
from queue_server.core import intake as i
from queue_server.core.cases import Applicant, CaseId
from queue_server.core.catalogue import ServiceId
from queue_server.core.hall import AnyCommand
from queue_server.core.one_time import GiveNotice

from .asked import Asked, marks_of, ticket_of
from .shapes import Body
from .shapes_cases import (
    AcceptBody,
    ApplicantBody,
    DoneOneBody,
    FreeBody,
    MarksBody,
    OneTimeNoticeBody,
    ReceiveBody,
    RejectBody,
    ServicesBody,
)


def _service(service: str | None) -> ServiceId | None:
    return ServiceId(service) if service is not None else None


def _case(case: str | None) -> CaseId | None:
    return CaseId(case) if case is not None else None


def _person(asked: Asked, applicant: ApplicantBody | None) -> str | None:
    return asked.running.person_of(applicant.document) if applicant is not None else None


async def _materials(asked: Asked, body: MarksBody) -> AnyCommand:
    return k.MarkMaterials(counter=asked.counter, marks=marks_of(body.marks), ticket=ticket_of(body.ticket))


async def _services(asked: Asked, body: ServicesBody) -> AnyCommand:
    return k.AssignServices(
        counter=asked.counter, services=tuple(map(ServiceId, body.services)), package=body.package,
        ticket=ticket_of(body.ticket), note=await asked.note(body.note, body.ticket),
    )  # fmt: skip


async def _done(asked: Asked, body: DoneOneBody) -> AnyCommand:
    return k.RecordDone(
        counter=asked.counter, service=_service(body.service), quantity=body.quantity, persons=body.persons,
        ticket=ticket_of(body.ticket),
    )  # fmt: skip


async def _receive(asked: Asked, body: ReceiveBody) -> AnyCommand:
    return i.ReceiveCase(
        counter=asked.counter, ticket=ticket_of(body.ticket), service=_service(body.service), marks=marks_of(body.marks),
        applicant=await asked.applicant(body.applicant, body.ticket) or Applicant(), person=_person(asked, body.applicant),
    )  # fmt: skip


async def _accept(asked: Asked, body: AcceptBody) -> AnyCommand:
    return i.AcceptCase(
        counter=asked.counter, case=_case(body.case), ticket=ticket_of(body.ticket), service=_service(body.service),
        marks=marks_of(body.marks), applicant=await asked.applicant(body.applicant, body.ticket, body.case),
        person=_person(asked, body.applicant), promise=body.promise, delivery=body.delivery,
    )  # fmt: skip


async def _reject(asked: Asked, body: RejectBody) -> AnyCommand:
    return i.RejectCase(
        counter=asked.counter, reason=body.reason, case=_case(body.case), ticket=ticket_of(body.ticket),
        service=_service(body.service), note=await asked.note(body.note, body.ticket, body.case),
        applicant=await asked.applicant(body.applicant, body.ticket, body.case) or Applicant(),
    )  # fmt: skip


async def _one_time_notice(asked: Asked, body: OneTimeNoticeBody) -> AnyCommand:
    return GiveNotice(
        counter=asked.counter, ticket=ticket_of(body.ticket), service=_service(body.service), case=_case(body.case),
        marks=marks_of(body.marks), person=asked.running.person_of(body.document), previous=body.previous,
        note=await asked.note(body.note, body.ticket, body.case),
    )  # fmt: skip


async def _free(asked: Asked, body: FreeBody) -> AnyCommand:
    return c.GiveFree(counter=asked.counter, item=body.item, quantity=body.quantity, ticket=ticket_of(body.ticket))


CASE_ACTS: dict[str, tuple[type[Body], Callable[[Asked, Any], Awaitable[AnyCommand]]]] = {
    "materials": (MarksBody, _materials),
    "services": (ServicesBody, _services),
    "done": (DoneOneBody, _done),
    "receive": (ReceiveBody, _receive),
    "accept": (AcceptBody, _accept),
    "reject": (RejectBody, _reject),
    "one-time-notice": (OneTimeNoticeBody, _one_time_notice),
    "free": (FreeBody, _free),
}
