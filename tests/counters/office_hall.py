"""The shipped hall with applications in it, for the tests of back office and issue window."""

from __future__ import annotations

from typing import Any

from desk_hall import MINUTE, SETUP, TEN, do, new_hall, open_counter, take

from queue_server.core import back_office as b
from queue_server.core import intake as i
from queue_server.core import visits as v
from queue_server.core.cases import Applicant, Case
from queue_server.core.context import Actor
from queue_server.core.hall import Hall
from queue_server.core.materials import Mark
from queue_server.views import Scene

OFFICER, OTHER, MANAGER = Actor("b15", "clerk"), Actor("b16", "clerk"), Actor("m1", "manager")
ISSUER = Actor("c58", "clerk")
DAY = 24 * 60 * MINUTE
MZ03 = next(service for service in SETUP.services if service.id == "MZ03")  # civil affairs: 5 working days promised
PLAIN = {"name": "张小明", "document": "990000199001010001", "phone": "10000012345", "address": "滨海区潮汐路 1 号 101"}


def marks(service: str, **found: Any) -> tuple[Mark, ...]:
    """Everything in order, unless said otherwise."""
    materials = next(one for one in SETUP.services if one.id == service).materials
    return tuple(
        Mark(material=one.id, mark=found.get(one.id.replace("-", "_"), "ok")) for one in materials if not one.held
    )


def accept(hall: Hall, service: str = "MZ03", at: int = TEN, **fields: Any) -> Case:
    """A visitor of counter 3 whose application is accepted. The clerk there has learnt everything."""
    found = fields.pop("marks", {})
    known = set(hall.cases)
    ticket = f"t{len(known)}"
    if hall.counters["3"].state == "closed":
        open_counter(hall, "3", "c60")
    do(hall, at, v.TakeTicket(ticket=ticket, service=service))
    do(hall, at, v.CallChosen(counter="3", ticket=ticket, reason="x"), v.StartService(counter="3"))
    applicant = fields.pop("applicant", Applicant(**PLAIN))
    do(hall, at, i.AcceptCase(counter="3", marks=marks(service, **found), applicant=applicant, promise=True, **fields))
    do(hall, at, v.FinishService(counter="3"))
    (case,) = set(hall.cases) - known
    return hall.cases[case]


def decided(hall: Hall, service: str = "MZ03", at: int = TEN, **fields: Any) -> Case:
    """The department has said yes, and there is a paper to hand over."""
    case = accept(hall, service, at, **fields)
    do(hall, at, b.TakeCase(case=case.id), b.DecideCase(case=case.id, decision="granted"), actor=MANAGER)
    return case


def scene(at: int = TEN, lang: str = "zh", **more: Any) -> Scene:
    return Scene(tick=at, lang=lang, unseal=lambda text: text, **more)


__all__ = ["DAY", "TEN", "Hall", "accept", "decided", "do", "new_hall", "scene", "take"]
