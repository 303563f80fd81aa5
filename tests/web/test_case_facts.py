"""A case and a one-time notice in words: last days with what must be known about them, masks, what may be done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from case_hall import FIRST, accept, accepted, case, decide, marks, receive, resume, serving, sleep, stop, take
from factory import Given

from queue_server.core import back_office as b
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core.cases import TRANSITIONS, Applicant
from queue_server.core.one_time import GiveNotice
from queue_server.web.case_facts import acts, case_facts, date_words, for_holder, mask, notice_facts
from queue_server.web.due_words import Dues, term_words
from queue_server.web.words import LANGS, known

LATER = marks(card="ok", photo="later", pledge="promised")
TEXTS = Applicant(
    name="张小明", document="330302199001011234", phone="13812345678", address="浙江省舟山市定海区一路1号", agent="李华"
)


def facts(hall: Given, lang: str = "zh", **more: Any) -> dict[str, Any]:
    return case_facts(hall.hall, case(hall), lang, hall.now, **more)


# ------------------------------------------------------------------ last days


def test_days_left_are_working_days_of_the_calendar() -> None:
    hall = accepted()
    promised = facts(hall)["promised"]
    assert (promised["due"], promised["due_text"], promised["left"]) == ("2026-01-12", "1月12日 星期一", 5)
    sleep(hall, 5)  # Saturday 10 January
    assert facts(hall)["promised"]["left"] == 1
    sleep(hall, 2)
    assert facts(hall)["promised"]["left_text"] == "今天到期"
    sleep(hall, 3)  # the 14th is a holiday
    late = facts(hall, "en")["promised"]
    assert (late["left"], late["left_text"]) == (-2, "2 working days late")


def test_a_term_in_days_counts_days_and_says_so() -> None:
    hall = serving("b1", accept(marks=marks(card="ok", photo="ok")))
    statutory = facts(hall)["statutory"]
    assert (statutory["due"], statutory["unit"], statutory["left"]) == ("2026-01-15", "day", 10)
    assert statutory["due_text"] == "1月15日 星期四（按自然日算）"
    assert facts(hall, "en")["terms"] == {"promised": None, "statutory": "10 days"}


def test_a_year_nobody_has_announced_is_never_passed_over_in_silence() -> None:
    hall = accepted()
    one = case(hall)
    one.dues = msgspec.structs.replace(one.dues, promised="2027-01-05", known=False)
    promised = facts(hall)["promised"]
    assert (promised["known"], promised["due_text"]) == (
        False, "2027年1月5日 星期二（2027 年放假安排还没公布，日期可能会变）",
    )  # fmt: skip
    assert "2027" in facts(hall, "en")["promised"]["due_text"]
    one.dues = msgspec.structs.replace(one.dues, promised="2026-03-05")
    assert facts(hall)["promised"]["due_text"] == "3月5日 星期四（算的时候 2026 年放假安排还没公布）"


def test_nobody_waits_for_the_last_day_of_what_is_decided() -> None:
    hall = accepted()
    hall.do(take(), decide())
    found = facts(hall)
    assert found["promised"]["left"] is None and found["promised"]["due"] == "2026-01-12"
    assert found["delivery_due"]["left"] == 10
    assert (found["decision_text"], found["in_time"]) == ("准予", True)


def test_a_day_of_rest_after_the_last_day_is_late() -> None:
    hall = accepted()
    hall.now += 7 * 24 * 3_600_000_000
    assert Dues(hall.hall, "zh", hall.now).left("2026-01-11") == -1


@pytest.mark.parametrize(
    ("date", "lang", "today", "text"),
    [
        (dt.date(2026, 10, 9), "zh", None, "10月9日 星期五"),
        ("2026-10-09", "en", None, "Fri 9 Oct"),
        ("2026-10-09", "zh", dt.date(2025, 12, 31), "2026年10月9日 星期五"),
        ("2026-10-09", "en", dt.date(2025, 12, 31), "Fri 9 Oct 2026"),
    ],
)
def test_dates(date: Any, lang: str, today: Any, text: str) -> None:
    assert date_words(date, lang, today) == text


def test_terms() -> None:
    hall = accepted()
    service = hall.hall.services["a1"]
    assert term_words("zh", service.promised) == "5 个工作日"
    assert term_words("zh", service.statutory, 10) == "20 个工作日，延长 10 个工作日"
    assert term_words("en", hall.hall.services["a2"].promised) == "on the spot"
    assert term_words("en", hall.hall.services["c1"].promised) is None


# ------------------------------------------------------------------ what it says


def test_what_is_owed() -> None:
    hall = accepted(marks=LATER, promise=True)
    photo, pledge = facts(hall)["owed"]
    assert (photo["name"], photo["kind"], photo["due"], photo["left"], photo["late"]) == (
        "照片", "later", "2026-01-09", 4, False,
    )  # fmt: skip
    assert (pledge["kind_text"], pledge["left"]) == ("告知承诺，待核实", 8)
    hall.do(o.SettleMaterial(case=FIRST, material="photo"))
    photo = facts(hall, "en")["owed"][0]
    assert (photo["how_text"], photo["left"], photo["late"]) == ("brought", None, False)
    sleep(hall, 20)
    assert facts(hall)["owed"][1]["late"] is True
    hall.do(o.SettleMaterial(case=FIRST, material="pledge", how="kept"))
    assert facts(hall)["owed"][1]["late"] is True, "it was settled after its day"


def test_the_clock_stands() -> None:
    hall = accepted()
    hall.do(stop(materials=("photo",)))
    found = facts(hall)
    assert (found["promised"], found["state_text"]) == (None, "已受理，计时停着")
    assert found["stop"]["kind_text"] == "等申请人补正" and found["stop"]["materials"] == ["照片"]
    assert found["stop"]["limit_text"] == "1月19日 星期一" and found["stop"]["left"] == 10
    hall.do(resume())
    found = facts(hall)
    assert found["stop"] is None and found["stops"][0]["until_text"] == "1月5日 星期一"


def test_warnings_and_alarms_are_said() -> None:
    hall = accepted(marks=LATER, promise=True)
    sleep(hall, 8)
    found = facts(hall)
    assert "照片要在 1月9日 星期五 前补" in [watch["text"] for watch in found["overdue"]]
    assert {watch["what"] for watch in found["warned"]} >= {"promised", "later"}
    assert facts(hall, "en")["overdue"][0]["name"] == "Photo"


def test_the_story_has_words_for_every_step() -> None:
    hall = accepted()
    hall.do(take(), decide(decision="refused", reason="x"), r.ReadyResult(case=FIRST), r.HandOverResult(counter="1", case=FIRST))
    found = facts(hall, "en")
    texts = ["Accepted, with a receipt", "Review began", "Decided: refused", "Result at the issue window", "Result collected"]
    assert [step["text"] for step in found["steps"]] == texts
    assert (found["ending_text"], found["state_text"], found["can"]) == ("Collected", "Collected", [])


def test_who_received_the_visitor_first_stays_on_record() -> None:
    assert facts(accepted())["first_contact"] == {"counter": "1", "clerk": "王强"}


@pytest.mark.parametrize("lang", LANGS)
def test_every_state_and_every_event_of_a_case_has_words(lang: str) -> None:
    from typing import get_args

    from queue_server.core.case_hall import AnyCaseEvent

    keys = [f"case.state.{state}" for state in TRANSITIONS]
    keys += [f"case.step.{event.__struct_config__.tag}" for event in get_args(AnyCaseEvent)]
    assert [key for key in keys if not known(lang, key)] == []


# ------------------------------------------------------------------ what may be done


def test_what_the_state_allows() -> None:
    assert acts(case(serving("a1", receive()))) == ["accept", "one-time-notice", "reject", "withdraw"]
    hall = accepted(delivery="courier", marks=LATER, promise=True)
    assert acts(case(hall)) == ["take", "decide", "stop", "return", "extend", "withdraw", "settle"]
    hall.do(stop())
    assert acts(case(hall)) == ["take", "extend", "withdraw", "resume", "settle"]
    hall.do(resume(), take(), b.ReturnCase(case=FIRST, to="window", reason="x"))
    assert acts(case(hall))[0] == "forward"
    hall.do(b.ForwardCase(counter="1", case=FIRST), o.SettleMaterial(case=FIRST, material="photo"), take(), decide())
    assert acts(case(hall)) == ["ready", "hand-over", "send", "settle"]
    hall.do(r.SendResult(case=FIRST, company="邮政", number="E1"))
    assert facts(hall)["parcel"]["number"] == "E1"
    hall.do(r.ConfirmDelivery(case=FIRST))
    assert acts(case(hall)) == ["settle"], "the promise is still to be verified"


# ------------------------------------------------------------------ personal texts


@pytest.mark.parametrize(
    ("text", "kind", "masked"),
    [
        ("张明", "name", "张*"), ("张小明", "name", "张*明"), ("阿卜杜拉·买买提", "name", "阿***提"),
        ("Li Wei", "name", "L*** W***"),
        ("13812340000", "phone", "138****0000"), ("62345", "phone", "****45"),
        ("330302199001011234", "document", "3303****34"),
        ("E12345", "document", "E****"), ("浙江省舟山市定海区", "address", "浙江省舟山市****"), ("定海", "address", "****"),
        ("", "name", None), (None, "phone", None), ("  ", "address", None),
    ],
)  # fmt: skip
def test_masks(text: Any, kind: Any, masked: Any) -> None:
    assert mask(text, kind) == masked


def test_personal_texts_come_masked_whole_or_not_at_all() -> None:
    hall = accepted(applicant=TEXTS)
    assert set(facts(hall)["applicant"].values()) == {"person", None}, "without the key nothing is told"
    masked = facts(hall, unseal=lambda text: text)["applicant"]
    assert masked == {
        "kind": "person", "name": "张*明", "document": "3303****34", "phone": "138****5678", "address": "浙江省舟山市****",
        "agent": "李*",
    }  # fmt: skip
    assert facts(hall, unseal=lambda text: text, full=True)["applicant"]["document"] == TEXTS.document
    company = accepted(applicant=Applicant(kind="enterprise", name="滨海食品有限公司", document="91330300MA2ABCDE1X"))
    shown = facts(company, unseal=lambda text: text)["applicant"]
    assert (shown["name"], shown["document"]) == ("滨海食品有限公司", "9133****1X")


def test_the_holder_does_not_see_what_is_between_offices() -> None:
    hall = accepted()
    hall.do(take(), b.ReturnCase(case=FIRST, to="queue", reason="x"), take())
    found = facts(hall, unseal=lambda text: text)
    assert found["return_reason"] == "x" and found["officer"] is not None
    held = for_holder(found)
    assert (held["return_reason"], held["officer"], held["can"]) == (None, None, [])
    assert {step["clerk"] for step in held["steps"]} == {None}


# ------------------------------------------------------------------ the one-time notice


def test_a_notice_in_words() -> None:
    hall = serving("a1", GiveNotice(counter="1", marks=marks(card="missing", photo="missing", pledge="ok")))
    told = hall.hall.told["GZ-20260105-0001"]
    found = notice_facts(hall.hall, told, "zh", hall.now)
    assert [item["name"] for item in found["items"]] == ["身份证", "照片"]
    photo = found["items"][1]
    assert (photo["where"], photo["form_text"], photo["copies"], photo["later_due_text"]) == (
        "照相馆", "收原件", 2, "1月9日 星期五",
    )  # fmt: skip
    assert (found["number"], found["repeat"], found["fresh"], found["basis"]) == ("A001", 1, [], "某法")
    assert found["place"] == "小站，1 号窗口" and found["hours"]
    hall.do(GiveNotice(counter="1", marks=marks(card="missing", photo="ok", pledge="missing")))
    again = notice_facts(hall.hall, hall.hall.told["GZ-20260105-0002"], "en", hall.now)
    assert (again["repeat"], again["fresh"]) == (2, ["Pledge"])
