"""The page of a case: what each state says, what is owed, and that it tells nothing but to the holder of its key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from board_hall import SETUP, on
from visitors_hall import Visited, readable, visited

from displays.case_view import VIEW
from queue_server.app import build
from queue_server.clock import Clock
from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import counters as c
from queue_server.core import intake as i
from queue_server.core import one_time as o
from queue_server.core import owed as w
from queue_server.core import results as r
from queue_server.core import visits as v
from queue_server.core.cases import Applicant
from queue_server.core.materials import Mark
from queue_server.core.refusals import NotFound
from queue_server.core.topics import topics as touched
from queue_server.settings import Settings
from queue_server.views import Scene

CASE = "20261124-0001"
PENSION = next(service for service in SETUP.services if service.id == "SB03")  # one paper may follow


def marks(**other: Any) -> tuple[Mark, ...]:
    named = {name.replace("_", "-"): mark for name, mark in other.items()}
    return tuple(
        Mark(material=one.id, mark=named.get(one.id, "later" if one.later else "ok")) for one in PENSION.materials
    )


class Applied(Visited):
    """A phone whose holder has been at window 15."""

    def accept(self, **fields: Any) -> None:
        self.serve()
        self.do(
            i.AcceptCase(**{"counter": "15", "marks": marks(), "promise": True, "applicant": self.sealed()} | fields)
        )

    def serve(self, ticket: str = "t1", service: str = "SB03") -> None:
        self.do(v.TakeTicket(ticket=ticket, service=service))  # type: ignore[arg-type]
        self.do(c.OpenCounter(counter="15", clerk="li"), v.CallNext(counter="15"), v.StartService(counter="15"))  # type: ignore[arg-type]

    def sealed(self) -> Applicant:
        seal = self.running.store.vault.seal
        return Applicant(
            name=seal("t1", "张晓明"), phone=seal("t1", "13800001234"), address=seal("t1", "某省某市滨海区一路2号")
        )

    @property
    def running(self) -> Any:
        return self.app.state.halls["hall"]  # type: ignore[attr-defined]

    def path(self, case: str = CASE, **more: str) -> str:
        rest = "".join(f"&{name}={value}" for name, value in more.items())
        return f"/c/{case}?key={self.running.case_key(case)}{rest}"

    def page(self, **more: str) -> str:
        return self.text(self.path(**more))

    def view(self, lang: str = "zh") -> dict[str, Any]:
        return VIEW.make(self.hall, CASE, self.running.scene(lang))


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Applied]:
    with visited(tmp_path, role=None) as client:
        client.__class__ = Applied
        assert isinstance(client, Applied)
        yield client


def test_an_accepted_case_says_by_when_and_what_is_owed(phone: Applied) -> None:
    phone.accept()
    page = phone.page()
    assert CASE in page and "12月15日 星期二 前办好" in page and "还剩 15 个工作日" in page
    assert "银行卡复印件" in page and "12月1日 星期二 前补上" in page and "不用重新排队" in page
    assert "最先接待您的是 15 号窗口" in page and "看受理凭证" in page
    view = phone.view()
    assert [step["state"] for step in view["track"]] == ["done", "done", "now", "next", "next"]
    assert view["receipt"].startswith(f"/h/hall/receipt/{CASE}?key=") and view["collect"] == ""


def test_it_reads_in_english_too(phone: Applied) -> None:
    phone.accept()
    assert "Done by Tue 15 Dec" in phone.page(lang="en") and not re.search(
        "[一-鿿]{4}", phone.page(lang="en").split("中文")[0]
    )


def test_personal_texts_are_masked(phone: Applied) -> None:
    phone.accept(delivery="courier")
    page = phone.html(phone.path())
    assert "张*明" in page and "138****1234" in page and "张晓明" not in page and "一路2号" not in page
    assert phone.view()["applicant"]["name"] == "张*明"


def test_a_date_in_a_year_without_a_calendar_is_said_to_be_uncertain(tmp_path: Path) -> None:
    with visited(tmp_path, at=on(10, day=30), role=None) as client:
        client.__class__ = Applied
        assert isinstance(client, Applied)
        client.accept()
        case = next(iter(client.hall.cases.values()))
        case.dues = type(case.dues)(promised="2027-01-12", statutory="2027-01-20", known=False)
        view = VIEW.make(client.hall, case.id, client.running.scene("zh"))
    assert "2027年1月12日" in view["headline"] and "2027 年的放假安排还没公布" in view["note"]


def test_an_overdue_case_says_sorry_and_where_to_complain(phone: Applied) -> None:
    phone.accept()
    case = phone.hall.cases[CASE]
    case.dues = type(case.dues)(promised="2026-11-20", known=True)
    view = phone.view()
    assert view["late"] and "超期" in view["headline"] and "对不起" in view["lead"]


def test_a_stopped_clock_says_why_and_what_to_bring(phone: Applied) -> None:
    phone.accept()
    secret = phone.running.store.vault.seal("t1", "内部备注")
    phone.do(p.StopCase(case=CASE, kind="correction", materials=("personnel-file",), note=secret))  # type: ignore[arg-type]
    page = phone.page()
    assert "等您补正材料" in page and "人事档案" in page and "11月24日 星期二 起暂停" in page and "内部备注" not in page
    assert phone.view()["track"][2]["state"] == "stop" and phone.view()["pill"] == "hold"
    phone.do(p.ResumeCase(case=CASE))  # type: ignore[arg-type]
    assert phone.view()["stop"] is None


def test_what_is_missing_is_told_with_the_notice(phone: Applied) -> None:
    phone.serve()
    phone.do(i.ReceiveCase(counter="15", marks=marks(personnel_file="missing")))  # type: ignore[arg-type]
    assert "前答复您" in phone.page() and phone.view()["receipt"] == ""
    phone.do(o.GiveNotice(case=CASE, counter="15"))  # type: ignore[arg-type]
    found = phone.view()
    assert "还缺材料" in found["headline"] and found["notices"][0]["missing"] == ["人事档案", "银行卡复印件"]
    assert found["notices"][0]["href"].startswith("/h/hall/one-time-notice/GZ-20261124-0001?key=")


def test_a_refusal_gives_its_reason_and_the_remedy(phone: Applied) -> None:
    phone.accept()
    reason = phone.running.store.vault.seal("t1", "出生日期不一致。")
    phone.do(b.TakeCase(case=CASE), b.DecideCase(case=CASE, decision="refused", reason=reason))  # type: ignore[arg-type]
    page = phone.page()
    assert "没有批准" in page and "出生日期不一致" in page and "行政复议" in page


def test_the_stories_of_staff_stay_with_staff(phone: Applied) -> None:
    phone.accept()
    why = phone.running.store.vault.seal("t1", "章不清楚")
    phone.do(b.TakeCase(case=CASE), b.ReturnCase(case=CASE, to="window", reason=why))  # type: ignore[arg-type]
    page = phone.page()
    assert "章不清楚" not in page and "退回" not in " ".join(step["text"] for step in phone.view()["story"])
    assert "需要您做什么" in page


def test_the_courier_and_the_end(phone: Applied) -> None:
    phone.accept(delivery="courier")
    phone.do(w.SettleMaterial(case=CASE, material="bank-card-copy", counter="15"), b.TakeCase(case=CASE))  # type: ignore[arg-type]
    phone.do(b.DecideCase(case=CASE, decision="granted"))  # type: ignore[arg-type]
    assert "做好就寄给您" in phone.page() and phone.view()["where"] is None
    phone.do(r.ReadyResult(case=CASE), r.SendResult(case=CASE, company="邮政快递", number="EX123"))  # type: ignore[arg-type]
    assert "邮政快递" in phone.page() and "EX123" in phone.page()
    phone.do(r.ConfirmDelivery(case=CASE))  # type: ignore[arg-type]
    assert "已经送到" in phone.page() and "已补" in phone.page()


# ------------------------------------------------------------------ a number to collect it


def ready(phone: Applied) -> None:
    phone.accept(marks=marks(bank_card_copy="ok"))
    phone.do(b.TakeCase(case=CASE), b.DecideCase(case=CASE, decision="granted"), r.ReadyResult(case=CASE))  # type: ignore[arg-type]


def test_a_result_that_is_ready_gives_a_number_once(phone: Applied) -> None:
    ready(phone)
    page = phone.html(phone.path())
    form = re.search(r'<form class="collect"[^>]*action="([^"]+)"', page)
    assert form is not None and "42 号窗口" in page
    address = form[1].replace("&amp;", "&")
    first = phone.post(address, follow_redirects=False)
    again = phone.post(address, follow_redirects=False)
    assert first.status_code == 303 and first.headers["location"] == again.headers["location"]
    taken = [ticket for ticket in phone.hall.tickets.values() if ticket.kind == "issue"]
    assert len(taken) == 1 and taken[0].cases == (CASE,) and taken[0].channel == "phone"
    assert taken[0].number in phone.text(first.headers["location"]).replace(" ", "")


def test_the_number_to_collect_shows_no_case(phone: Applied) -> None:
    """Who typed a receipt's number at a kiosk holds such a ticket too, and no key of the case."""
    ready(phone)
    phone.do(v.TakeTicket(ticket="t9", kind="issue", case=CASE))  # type: ignore[arg-type]
    page = phone.html(phone.follow("t9"))
    assert CASE not in page and phone.running.case_key(CASE) not in page and "养老" not in page


def test_another_origin_cannot_take_the_number(phone: Applied) -> None:
    ready(phone)
    answer = phone.post(phone.path().replace("?", "/collect?"), headers={"origin": "http://elsewhere.example"})
    assert answer.status_code == 403


def test_a_case_that_is_not_ready_gives_no_number(phone: Applied) -> None:
    phone.accept()
    answer = phone.post(phone.path().replace("?", "/collect?"), follow_redirects=False)
    assert answer.headers["location"] == phone.path()
    assert not [ticket for ticket in phone.hall.tickets.values() if ticket.kind == "issue"]


# ------------------------------------------------------------------ who may look, and for how long


def test_a_wrong_key_and_an_unknown_case_look_alike(phone: Applied) -> None:
    phone.accept()
    wrong = phone.get(f"/c/{CASE}?key=aaaaaaaaaaaaaaaa")
    unknown = phone.get(f"/c/20261124-0999?key={phone.running.case_key('20261124-0999')}")
    assert wrong.status_code == unknown.status_code == 404 and readable(wrong.text) == readable(unknown.text)


def test_the_view_is_made_anew_when_the_case_moves(phone: Applied) -> None:
    phone.accept()
    assert touched(phone.hall, b.CaseTaken(case=CASE, clerk="li")) & VIEW.topics(phone.hall, CASE)  # type: ignore[arg-type]
    assert not VIEW.first
    with pytest.raises(NotFound):
        VIEW.make(phone.hall, "nope", Scene(tick=on(10)))


def test_a_closed_case_of_long_ago_still_answers(tmp_path: Path) -> None:
    with visited(tmp_path, role=None) as client:
        client.__class__ = Applied
        assert isinstance(client, Applied)
        ready(client)
        client.do(r.HandOverResult(counter="15", case=CASE))  # type: ignore[arg-type]
        path, ticket = client.path(), client.follow("t1")
    app = build(Settings({}, voice="off"), tmp_path, Clock(0.0, on(10) + 20 * 24 * 3600 * 1_000_000))
    with Visited(app) as later:
        assert CASE not in later.hall.cases
        page = later.html(path)
        assert "已经领走" in readable(page) and "data-feed" not in page
        assert CASE in later.html(ticket) and "已领取" in later.text(ticket)
