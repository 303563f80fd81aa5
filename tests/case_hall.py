"""A small hall that accepts applications, and its ordinary steps. It opens like the one of :mod:`factory`, in January 2026.

    a1  20 working days by law, 5 promised; card, photo (may follow), pledge (may be promised), register (the state has it)
    a2  settled on the spot, no papers        b1  answer on the spot; card, photo (needed at once)
    b2  accepted as handed in                 c1  no terms known, no papers

Wednesday 14 January is a holiday, Saturday 17 is worked. Counter 1 takes
everything. Officers: ou of department d, deng of e; li may decide at the window.
"""

from __future__ import annotations

from typing import Any

from factory import TEXT, Given, called, given, staffed, started, taken

from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import intake as i
from queue_server.core import setup as s
from queue_server.core.cases import Case
from queue_server.core.hall import due
from queue_server.core.materials import Mark
from queue_server.setup_file import load_setup

CARD = "{id: card, name: {zh: 身份证, en: ID card}}"
SERVICES = f"""\
services:
  - id: a1
    name: {{zh: 甲一, en: First of A}}
    theme: t
    department: d
    queue: A
    handling: promised
    statutory: {{value: 20}}
    promised: {{value: 5}}
    courier: true
    basis: {{zh: 某法, en: Some law}}
    procedures:
      - {{kind: site_visit, limit: {{value: 3}}}}
      - {{kind: hearing}}
    materials:
      - {CARD}
      - {{id: photo, name: {{zh: 照片, en: Photo}}, later: true, form: kept, copies: 2, where: {{zh: 照相馆, en: Shop}}}}
      - {{id: pledge, name: {{zh: 承诺, en: Pledge}}, promise: true}}
      - {{id: register, name: {{zh: 户口簿, en: Register}}, held: true, held_as: certificate}}
  - {{id: a2, name: {{zh: 甲二, en: Second of A}}, theme: t, department: d, queue: A, promised: {{value: 0}}}}
  - id: b1
    name: {{zh: 乙一, en: First of B}}
    theme: t
    department: e
    queue: B
    handling: promised
    answer: {{value: 0}}
    statutory: {{value: 10, unit: day}}
    materials:
      - {CARD}
      - {{id: photo, name: {{zh: 照片, en: Photo}}, form: kept}}
  - id: b2
    name: {{zh: 乙二, en: Second of B}}
    theme: t
    department: d
    queue: B
    receipt_at_once: true
    answer: {{value: null}}
    materials:
      - {CARD}
      - {{id: photo, name: {{zh: 照片, en: Photo}}, later: true, later_workdays: 2}}
  - {{id: c1, name: {{zh: 丙一, en: First of C}}, theme: t, department: d, queue: C}}
"""
RULES = "rules: {later_workdays: 4, case_keep_days: 3, notice_keep_days: 9, promise_check_workdays: 8}\n"


def text(rules: str = "") -> str:
    before, after = TEXT.split("services:\n", 1)
    found = before + SERVICES + "packages:" + after.split("packages:", 1)[1] + RULES.replace("}\n", f"{rules}}}\n")
    found = found.replace("{years: [2026]}", '{years: [2026], closed: ["2026-01-14"], make_up: ["2026-01-17"]}')
    found = found.replace("zone: A, serves: [A]}", "zone: A, serves: [A, B, C]}", 1)
    found = found.replace("  - {id: d, name: {zh: 部门, en: Department}}\n", DEPARTMENTS)
    return found.replace("  - {id: li, name: 李娜}\n", CLERKS)


DEPARTMENTS = """\
  - {id: d, name: {zh: 部门, en: Department}}
  - {id: e, name: {zh: 另一部门, en: Other department}}
"""
CLERKS = """\
  - {id: li, name: 李娜, decides: true}
  - {id: ou, name: 欧阳, departments: [d]}
  - {id: ouyi, name: 欧一, departments: [d]}
  - {id: deng, name: 邓, departments: [e]}
"""
SETUP = load_setup(text())
OK = tuple(Mark(material=x, mark="ok") for x in ("card", "photo", "pledge"))
FIRST = "20260105-0001"


def marks(**found: Any) -> tuple[Mark, ...]:
    return tuple(Mark(material=material, mark=mark) for material, mark in found.items())


def serving(service: str | None = "a1", *steps: Any, rules: str = "", counter: str = "1", **fields: Any) -> Given:
    """Counter 1 serves ticket t1."""
    setup = load_setup(text(rules)) if rules else SETUP
    arrival = (staffed(counter, "wang"), taken("t1", service, **fields), called(counter), started(counter))
    return given(*arrival, *steps, setup=setup)


def receive(**fields: Any) -> i.ReceiveCase:
    return i.ReceiveCase(**{"counter": "1"} | fields)


def accept(**fields: Any) -> i.AcceptCase:
    return i.AcceptCase(**{"counter": "1", "marks": () if "case" in fields else OK} | fields)


def accepted(service: str = "a1", *steps: Any, rules: str = "", **fields: Any) -> Given:
    """An accepted application of ticket t1."""
    if service != "a1":
        fields = {"marks": ()} | fields
    return serving(service, accept(**fields), *steps, rules=rules)


def decide(**fields: Any) -> b.DecideCase:
    return b.DecideCase(**{"case": FIRST, "decision": "granted"} | fields)


def stop(kind: Any = "correction", **fields: Any) -> p.StopCase:
    return p.StopCase(case=FIRST, kind=kind, **fields)


def resume(**fields: Any) -> p.ResumeCase:
    return p.ResumeCase(case=FIRST, **fields)


def take(case: str = FIRST) -> b.TakeCase:
    return b.TakeCase(case=case)


def case(hall: Given, id_: str = FIRST) -> Case:
    return hall.hall.cases[id_]


def sleep(hall: Given, days: int = 1) -> list[Any]:
    """Days pass, each with its turn; what time brought about, without the turns themselves."""
    found: list[Any] = []
    for _ in range(days):
        hall.now += 24 * 60 * 60_000_000
        while due(hall.hall) <= hall.now:
            happened = hall.when(s.Tick()).does().last
            found += [x for x in happened if not isinstance(x, s.DayClosed | s.DayOpened)]
    return found
