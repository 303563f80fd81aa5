"""The back office's view: whose turn it is, how near the last day, and what this person may do with a case."""

from __future__ import annotations

import pytest
from office_hall import DAY, MANAGER, OFFICER, OTHER, TEN, accept, decided, do, new_hall, scene

from counters import case_panel, office
from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core.context import Actor
from queue_server.core.refusals import NotFound
from queue_server.core.topics import topics as touched
from queue_server.web.pages import fragment


def view(hall, department="civil", at=TEN, lang="zh"):
    return office.make(hall, department, scene(at, lang))


def html(hall, lang="zh", at=TEN):
    return fragment("office_live.html", view(hall, at=at, lang=lang), lang)


def shown_to(hall, case, actor, at=TEN, lang="zh"):
    return case_panel.make(hall, case, actor, scene(at, lang))


def test_a_case_waits_is_taken_stands_still_and_goes_back_to_the_window():
    hall = new_hall()
    case = accept(hall)
    (row,) = view(hall)["cases"]
    assert (row["place"], row["urgency"], row["officer"]) == ("take", "calm", None)
    assert row["promised"]["due"] == "2026-12-01" and row["promised"]["left"] == 5
    do(hall, TEN, b.TakeCase(case=case.id), actor=OFFICER)
    (row,) = view(hall)["cases"]
    assert (row["place"], row["officer"], row["officer_name"]) == ("hand", "b15", hall.clerks["b15"].name)
    do(hall, TEN, p.StopCase(case=case.id, kind="correction"), actor=OFFICER)
    (row,) = view(hall)["cases"]
    assert (row["place"], row["urgency"]) == ("stopped", "stopped")
    assert row["promised"] is None and row["stop"]["limit"]["due"] == "2026-12-08"
    do(hall, TEN, p.ResumeCase(case=case.id), b.ReturnCase(case=case.id, to="window", reason="少签名"), actor=OFFICER)
    (row,) = view(hall)["cases"]
    assert (row["place"], row["return_reason"]) == ("returned", "少签名")
    assert "少签名" in html(hall)


def test_the_nearest_last_day_comes_first_and_counts_say_how_many():
    hall = new_hall()
    late, soon = accept(hall), accept(hall, at=TEN + DAY)
    accept(hall, "MZ05", at=TEN + DAY)  # thirty working days
    at = TEN + 8 * DAY
    found = view(hall, at=at)
    assert [row["id"] for row in found["cases"]][:2] == [late.id, soon.id]
    assert [row["urgency"] for row in found["cases"]] == ["late", "soon", "calm"]
    assert found["counts"] == {
        "all": 3, "take": 3, "hand": 0, "stopped": 0, "returned": 0, "soon": 1, "late": 1,
    }  # fmt: skip
    text = html(hall, at=at)
    assert "超期 1 个工作日" in text and "job-late" in text and "今天到期" in text


def test_names_are_masked_in_the_list():
    hall = new_hall()
    accept(hall)
    text = html(hall)
    assert "张*明" in text and "张小明" not in text and "10000012345" not in text


def test_a_year_nobody_has_announced_is_said():
    hall = new_hall()
    accept(hall, at=TEN + 32 * DAY)  # late in December: the promise ends in January 2027
    (row,) = view(hall, at=TEN + 32 * DAY)["cases"]
    assert not row["promised"]["known"]
    assert "2027 年放假安排还没公布" in html(hall, at=TEN + 32 * DAY)
    assert "Holidays of 2027 not announced yet" in html(hall, "en", at=TEN + 32 * DAY)


def test_the_nearer_day_is_sure_although_the_law_s_reaches_into_such_a_year():
    hall = new_hall()
    accept(hall, "BD02", at=TEN + 8 * DAY)  # one working day promised, thirty by law
    text = fragment("office_live.html", view(hall, "land", at=TEN + 8 * DAY), "zh")
    (row,) = view(hall, "land", at=TEN + 8 * DAY)["cases"]
    assert row["promised"]["known"] and not row["statutory"]["known"]
    assert text.count("放假安排还没公布") == 1 and "2027 年放假安排还没公布" in text


def test_what_is_owed_stands_in_the_line():
    hall = new_hall()
    later = next(one.id for one in hall.services["MZ03"].materials if one.later)
    accept(hall, marks={later.replace("-", "_"): "later"})
    (row,) = view(hall)["cases"]
    assert [one["kind"] for one in row["owed"]] == ["later"]
    assert "容缺：" in html(hall)


def test_an_unknown_department_is_not_found():
    with pytest.raises(NotFound, match="unknown-department"):
        view(new_hall(), "nobody")


def test_an_empty_department_says_what_will_come():
    assert "窗口受理后会出现在这里" in html(new_hall()) and "Nothing to decide now" in html(new_hall(), "en")


def test_it_follows_its_own_department():
    hall = new_hall()
    case = accept(hall)
    assert office.OFFICE.topics(hall, "civil") & touched(hall, b.CaseTaken(case=case.id))
    assert not office.OFFICE.topics(hall, "hrss") & touched(hall, b.CaseTaken(case=case.id)) - {"hall"}


def test_one_s_own_departments_come_first():
    hall = new_hall()
    case = accept(hall)
    do(hall, TEN, b.TakeCase(case=case.id), actor=OFFICER)
    rows = office.departments_of(hall, scene(), "b15")
    assert (rows[0]["id"], rows[0]["own"], rows[0]["mine"], rows[0]["hand"]) == ("civil", True, 1, 1)
    assert not any(row["own"] for row in rows[1:])
    assert office.departments_of(hall, scene(), "nobody")[0]["id"] == hall.setup.departments[0].id


# ------------------------------------------------------------------ one case


def test_who_may_do_what():
    hall = new_hall()
    case = accept(hall)
    assert shown_to(hall, case, OFFICER)["can"] == ["take", "stop", "return", "withdraw"]
    assert shown_to(hall, case, Actor("b01", "clerk"))["can"] == []
    do(hall, TEN, b.TakeCase(case=case.id), actor=OFFICER)
    assert "decide" in shown_to(hall, case, OFFICER)["can"]
    other = shown_to(hall, case, OTHER)
    assert (
        "decide" not in other["can"]
        and "take" not in other["can"]
        and other["facts"]["officer"] == hall.clerks["b15"].name
    )
    assert {"take", "decide", "extend"} <= set(shown_to(hall, case, MANAGER)["can"])


def test_only_who_works_on_it_sees_the_applicant_whole():
    hall = new_hall()
    case = accept(hall)
    stranger, officer = shown_to(hall, case, Actor("b01", "clerk")), shown_to(hall, case, OFFICER)
    assert (stranger["case"]["applicant"]["name"], officer["case"]["applicant"]["name"]) == ("张*明", "张小明")
    assert "10000012345" not in fragment("case_panel.html", stranger, "zh")
    assert "10000012345" in fragment("case_panel.html", officer, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_stage_can_be_drawn(lang):
    hall = new_hall()
    case = accept(hall, marks={"photo": "later"})
    for command in (
        p.StopCase(case=case.id, kind="correction", materials=(case.items[0].material,), note="盖章"),
        p.ResumeCase(case=case.id), p.ExtendCase(case=case.id, days=5, reason="案情复杂"),
        b.ReturnCase(case=case.id, to="window", reason="少签名"), b.ForwardCase(case=case.id, counter="3"),
        b.TakeCase(case=case.id), b.DecideCase(case=case.id, decision="refused", reason="不符合条件"),
    ):  # fmt: skip
        assert case.id in fragment("case_panel.html", shown_to(hall, case, MANAGER, lang=lang), lang)
        do(hall, TEN, command, actor=MANAGER)
    text = fragment("case_panel.html", shown_to(hall, case, MANAGER, lang=lang), lang)
    assert "不符合条件" in text and ("不予" if lang == "zh" else "Refused") in text


def test_the_steps_of_the_catalogue_and_no_others():
    hall = new_hall()
    case = accept(hall, "SB03")
    facts = shown_to(hall, case, MANAGER)["facts"]
    assert [(one["kind"], one["limit"]) for one in facts["procedures"]] == [("review", "20 个工作日")]
    assert shown_to(hall, accept(hall), MANAGER)["facts"]["procedures"] == []


def test_a_decided_case_goes_to_the_issue_window():
    hall = new_hall()
    case = decided(hall)
    assert view(hall)["cases"] == []
    assert shown_to(hall, case, OFFICER)["can"] == ["ready"]
