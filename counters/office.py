"""The back office: what a department has to decide, the nearest promise first (后台分类审批, W3, V5).

The view is the same for everybody who looks at the department; which cases are one's own, the page works out from ``officer``.
"""

from __future__ import annotations

from typing import Any

from queue_server.core.cases import RUNNING, Case, backlog
from queue_server.core.hall import Hall
from queue_server.views import Scene, ViewKind, iso, must_know

from .case_rows import Rows

Json = dict[str, Any]
ROWS_MAX = 200  # a page lists at most so many, the nearest promise first, and says how many there are


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """The work of department ``arg``. Raises NotFound."""
    department = next((one for one in hall.setup.departments if one.id == arg), None)
    must_know(department, "unknown-department", department=arg)
    assert department is not None, "must_know raised"
    rows, cases = Rows(hall, scene), backlog(hall, department.id)
    return {
        "tick": iso(scene.tick, hall),
        "department": {"id": department.id, "name": department.name[scene.lang]},
        "counts": counts(rows, cases),
        "hidden": max(0, len(cases) - ROWS_MAX),
        "cases": [_row(rows, case) for case in cases[:ROWS_MAX]],
    }


def _row(rows: Rows, case: Case) -> Json:
    return {
        **rows.row(case), **rows.due(case), "place": place(case),
        "return_reason": rows.scene.unseal(case.return_reason) if case.officer is None else None,
    }  # fmt: skip


def place(case: Case) -> str:
    """Where it stands in the department: to ``take``, in ``hand``, ``stopped``, or ``returned`` to the window."""
    if case.state == "returned":
        return "returned"
    if case.stop is not None:
        return "stopped"
    return "take" if case.officer is None else "hand"


def counts(rows: Rows, cases: list[Case]) -> Json:
    places = [place(case) for case in cases]
    urgent = [rows.urgency(case) for case in cases]
    return {
        "all": len(cases), **{name: places.count(name) for name in ("take", "hand", "stopped", "returned")},
        "soon": urgent.count("soon"), "late": urgent.count("late"),
    }  # fmt: skip


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    return frozenset({"hall", f"department:{arg}"})


OFFICE = ViewKind(name="office", make=make, topics=topics, template="office_live.html", first=False)


# ------------------------------------------------------------------ choosing a department


def departments_of(hall: Hall, scene: Scene, clerk: str) -> list[Json]:
    """Every department with what it has to do; those this clerk works for come first."""
    known = hall.clerks.get(clerk)  # type: ignore[call-overload]
    own = known.departments if known is not None else ()
    rows = Rows(hall, scene)
    cases: dict[str, list[Case]] = {one.id: [] for one in hall.setup.departments}
    for case in hall.cases.values():
        if case.state in RUNNING:
            cases.setdefault(case.matter.department, []).append(case)
    found = [
        {
            "id": one.id, "name": one.name[scene.lang], "own": one.id in own,
            "mine": sum(case.officer == clerk for case in cases[one.id]),
            **counts(rows, cases[one.id]),
        }
        for one in hall.setup.departments
    ]  # fmt: skip
    return sorted(found, key=lambda row: not row["own"])
