"""What of the cases, tide windows, skills and calls for help the manager's page shows, against a small hall."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from case_hall import FIRST, OK, accepted, case, decide, marks, receive, resume, serving, sleep, stop, take, text
from factory import MANAGER, TEXT, Given, called, clock, given, staffed, started, taken

from counters.manager import LOAD
from counters.manager_tides import clerk_skills
from queue_server.core import back_office as b
from queue_server.core import checklist as m
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import intake as i
from queue_server.core import one_time as n
from queue_server.core import results as r
from queue_server.core import setup as s
from queue_server.core import skills as k
from queue_server.core import visits as v
from queue_server.core.topics import topics
from queue_server.setup_file import load_setup
from queue_server.views import Scene
from queue_server.web.pages import fragment

LATER = i.AcceptCase(counter="1", marks=marks(card="ok", photo="later", pledge="promised"), promise=True)
TIDE = 'tides:\n  - {id: rush, queue: B, above: 2, below: 2, counters: ["1", "2"], serves: [B], kind: domain}\n'
RUSH = load_setup(TEXT + TIDE)


def view(hall: Given, at: int | None = None, lang: str = "zh") -> dict[str, Any]:
    made: dict[str, Any] = LOAD.make(hall.hall, None, Scene(tick=at or hall.now, lang=lang))
    return made


def cases(hall: Given) -> dict[str, Any]:
    found: dict[str, Any] = view(hall)["cases"]
    return found


def html(hall: Given, lang: str = "zh") -> str:
    return fragment("manager_live.html", view(hall, lang=lang), lang)


def late(days: int) -> Given:
    """A case of 5 January, promised by the 12th, with a photo that may follow until the 9th, so many days later."""
    hall = serving("a1", LATER, v.FinishService(counter="1"))
    sleep(hall, days)
    return hall


# ------------------------------------------------------------------ last days


def test_a_quiet_hall_shows_nothing_late() -> None:
    hall = accepted()
    assert cases(hall)["departments"] == [] and cases(hall)["open"] == 1
    assert "没有超期和快到期的办件" in html(hall) and "No case is overdue" in html(hall, "en")


def test_what_is_near_is_counted_and_what_is_late_is_named_with_its_way_to_the_office() -> None:
    near = late(3)  # Thursday 8 January
    assert (cases(near)["late"], cases(near)["soon"]) == (0, 2)
    (department,) = cases(near)["departments"]
    assert (department["id"], department["soon"], department["rows"]) == ("d", 2, [])
    assert 'href="office/d"' in html(near)
    over = late(5)  # Saturday 10 January: the photo was to come by the 9th
    found = cases(over)
    assert (found["late"], found["deferrals_late"]) == (1, 1)
    (row,) = found["departments"][0]["rows"]
    assert (row["case"], row["what"], row["urgency"], row["due"]) == (FIRST, "later", "late", "2026-01-09")
    assert "照片" in row["text"] and f'href="office/d?case={FIRST}"' in html(over)
    assert "photo to follow by" in html(over, "en").lower() or "Photo to follow" in html(over, "en")


def test_a_term_that_ends_today_is_said_so() -> None:
    hall = late(7)  # Monday 12 January
    rows = cases(hall)["departments"][0]["rows"]
    assert {row["what"]: row["urgency"] for row in rows}["promised"] == "today"
    assert "今天到期" in html(hall)


def test_what_is_decided_is_late_no_more() -> None:
    hall = accepted("a1", b.TakeCase(case=FIRST))
    sleep(hall, 12)
    assert cases(hall)["late"] == 1
    hall.do(b.DecideCase(case=FIRST, decision="granted"))
    assert cases(hall)["late"] == 0


def test_answers_due_today_are_counted_before_they_count_as_accepted() -> None:
    hall = serving("a1", receive(marks=marks(card="missing")), v.FinishService(counter="1"))
    assert cases(hall)["answers_today"] == 0
    sleep(hall, 7)  # five working days, to the 12th
    assert (cases(hall)["answers_today"], case(hall).state) == (1, "received")
    sleep(hall, 1)
    assert case(hall).deemed and cases(hall)["answers_today"] == 0


def test_results_that_wait_longer_than_the_law_allows() -> None:
    hall = accepted("a1", b.TakeCase(case=FIRST), b.DecideCase(case=FIRST, decision="granted"), r.ReadyResult(case=FIRST))
    sleep(hall, 10)
    assert cases(hall)["waiting_late"] == 0
    sleep(hall, 10)
    assert cases(hall)["waiting_late"] == 1 and 'href="results"' in html(hall)


def test_a_year_nobody_has_announced_is_an_alarm_that_stays() -> None:
    setup = load_setup(text().replace("years: [2026]", "years: [2025]"))
    arrival = (staffed("1", "wang"), taken("t1", "a1"), called("1"), started("1"))
    hall = given(*arrival, i.AcceptCase(counter="1", marks=OK), setup=setup)
    found = view(hall)
    assert [alarm for alarm in found["alarms"] if alarm["code"] == "deadlines"] == [
        {"code": "deadlines", "count": 1, "years": [2026]}
    ]
    assert "跨入 2026 年" in html(hall) and "deadlines in 2026" in html(hall, "en")
    sleep(hall, 1)
    assert "跨入 2026 年" in html(hall)
    hall.do(stop())  # nobody knows the last day while the clock stands, but what was asked back has one too
    assert view(hall)["cases"]["unknown"] == {"count": 1, "years": [2026]}
    hall.do(resume(), take(), decide())
    assert view(hall)["cases"]["unknown"] == {"count": 1, "years": [2026]}, "the result is to be handed over in time"


def test_departments_with_the_most_that_is_late_come_first() -> None:
    hall = accepted("b1", marks=marks(card="ok", photo="ok"))
    hall.do(v.FinishService(counter="1"), taken("t2", "a1"), called("1"), started("1"), i.AcceptCase(counter="1", marks=OK))
    hall.do(v.FinishService(counter="1"))
    sleep(hall, 9)  # a1 was promised by the 12th; b1 has until the 15th by law
    assert [one["id"] for one in cases(hall)["departments"]] == ["d", "e"]


# ------------------------------------------------------------------ told, and not told


def test_second_notices_of_today() -> None:
    first = n.GiveNotice(counter="1", marks=marks(card="missing", photo="ok", pledge="ok"))
    hall = serving("a1", first)
    assert cases(hall)["again"] == []
    hall.do(n.GiveNotice(counter="1", marks=marks(card="ok", photo="missing", pledge="ok")))
    (again,) = cases(hall)["again"]
    assert (again["repeat"], again["number"], again["where"]) == (2, "A001", "1 号窗口")
    assert "第 2 次" in html(hall) and "number 2" in html(hall, "en")
    hall.do(v.FinishService(counter="1"))
    sleep(hall, 1)
    assert cases(hall)["again"] == [] and cases(hall)["again_count"] == 0


def test_who_left_untold_and_why_visitors_went_unserved() -> None:
    told = v.FinishService(counter="1", outcome="unserved", cause="papers")
    hall = serving("a1")
    hall.do(checked(), told)
    (untold,) = cases(hall)["untold"]
    assert (untold["number"], untold["where"], cases(hall)["untold_count"]) == ("A001", "1 号窗口", 1)
    assert cases(hall)["unserved"] == {"papers": 1}
    hall.do(taken("t2", "a2"), called("1"), started("1"), v.FinishService(counter="1", outcome="unserved"))
    assert cases(hall)["unserved"] == {"papers": 1, "unnamed": 1}
    for words in ("没有书面告知", "材料不齐", "没有写原因"):
        assert words in html(hall)


def checked() -> Any:
    return m.MarkMaterials(counter="1", marks=marks(card="missing"))


# ------------------------------------------------------------------ tide windows


def test_a_window_changed_by_hand_says_until_when_and_what_it_returns_to() -> None:
    hall = given(staffed("1"))
    hall.when(c.ChangeCounter(counter="1", serves=("B",), helps=("A",), kind="domain", until=clock(30)), by=MANAGER).does(
        c.CounterChanged
    )
    found = view(hall)
    (row,) = (row for row in found["counters"] if row["id"] == "1")
    assert row["tide"] == {
        "serves": ("A",), "helps": (), "kind": "integrated", "until": "2026-01-05T10:30:00.000+08:00", "rule": None,
    }  # fmt: skip
    assert found["tides"]["turned"] == ["1"] and found["tides"]["by_hand"] == []
    shown = html(hall)
    assert 'data-back="1" data-serves="A" data-helps="" data-kind="integrated"' in shown and "10:30 自动改回" in shown
    hall.when(s.Tick(), at=clock(30)).does()
    assert view(hall)["tides"]["turned"] == [] and view(hall)["tides"]["by_hand"] == ["1"]
    assert "没有临时改办的窗口" in html(hall) and "规则不再动的窗口：1" in html(hall)


def test_rules_say_whether_they_hold() -> None:
    hall = given(staffed("1"), setup=RUSH)
    state = lambda: view(hall)["tides"]["rules"][0]["state"]  # noqa: E731
    assert state() == "over"
    hall.do(*(taken(f"b{x}", "b2") for x in range(2)))
    assert state() == "between"
    hall.do(taken("b3", "b2"))
    assert state() == "holds" and view(hall)["tides"]["rules"][0]["turned"] == []
    hall.do(s.Tick())
    (rule,) = view(hall)["tides"]["rules"]
    assert rule["turned"] == ["1"] and "已改：1" in html(hall) and "by itself when fewer wait" in html(hall, "en")


def test_changes_may_last_until_closing() -> None:
    assert view(given())["tides"]["closes"] == "2026-01-05T17:00:00.000+08:00"
    assert view(given(), at=clock(8 * 60))["tides"]["closes"] is None


# ------------------------------------------------------------------ skills


SKILLED = TEXT.replace("{id: li, name: 李娜}", "{id: li, name: 李娜, skills: [A, B]}").replace(
    "{id: wang, name: 王强}", "{id: wang, name: 王强, skills: [a1]}"
).replace("{id: chen, name: 陈静}", "{id: chen, name: 陈静, skills: [A, B]}").replace(
    "{id: zhao, name: 赵敏}", "{id: zhao, name: 赵敏, skills: [B, C]}"
)  # fmt: skip


def test_a_queue_that_hangs_on_one_person_and_clerks_with_one_skill_are_pointed_out() -> None:
    hall = given(staffed("1", "li"), setup=load_setup(SKILLED))
    found = view(hall)["skills"]
    queues = {one["id"]: one for one in found["queues"]}
    assert (queues["C"]["sole"], queues["C"]["clerks"], queues["A"]["sole"]) == ("赵敏", 1, None)
    assert (queues["A"]["clerks"], queues["A"]["here"], queues["A"]["serves"]) == (3, 1, ["1", "2"])
    assert [one["name"] for one in found["few"]] == ["王强"]
    assert "只有一人会办：赵敏" in html(hall) and "王强" in html(hall) and "One person only" in html(hall, "en")
    hall.do(k.ChangeClerk(clerk="wang", skills=("a1", "C")))
    assert view(hall)["skills"]["few"] == [] and {one["id"]: one for one in view(hall)["skills"]["queues"]}["C"]["sole"] is None


def test_the_table_of_clerks_tells_queues_from_single_services() -> None:
    rows = {row["id"]: row for row in clerk_skills(given(setup=load_setup(SKILLED)).hall)}
    assert (rows["li"]["queues"], rows["li"]["single"]) == (["A", "B"], [])
    assert (rows["wang"]["queues"], rows["wang"]["single"]) == ([], ["a1"])


# ------------------------------------------------------------------ calls for help


def test_calls_for_help_stand_on_top_with_who_is_coming() -> None:
    hall = given(staffed("1"))
    assert 'role="alert"></div>' in html(hall) and view(hall)["emergencies"] == []
    hall.do(e.CallEmergency(kind="medical", counter="1"))
    shown = html(hall)
    assert "有人不舒服" in shown and 'data-answer="e1"' in shown and 'data-end="e1"' in shown
    assert shown.index("有人不舒服") < shown.index('class="stats"')
    hall.when(e.AnswerEmergency(emergency="e1"), by=MANAGER).does(e.EmergencyAnswered)
    assert 'data-coming="boss"' in html(hall)
    hall.do(e.EndEmergency(emergency="e1"))
    assert view(hall)["emergencies"] == []


@pytest.mark.parametrize("event", [e.EmergencyCalled(emergency="e9", kind="help", by="x", zone="A"), None])
def test_it_looks_at_cases_and_emergencies(event: Any) -> None:
    hall = accepted()
    touched = topics(hall.hall, event) if event else topics(hall.hall, b.CaseTaken(case=FIRST, clerk="ou"))
    assert LOAD.topics(hall.hall, None) & touched


def test_the_view_is_plain_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(view(late(8))))
