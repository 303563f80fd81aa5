"""The papers at the desk: what is offered, what the list comes to, what key 4 does, several services, cases of the visit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from desk_hall import TEN, do, new_hall, open_counter

from counters.desk import DESK
from counters.keys import KEYS
from queue_server.core import back_office as b
from queue_server.core import checklist as k
from queue_server.core import intake as i
from queue_server.core import one_time as n
from queue_server.core import results as r
from queue_server.core import visits as v
from queue_server.core.cases import Applicant
from queue_server.core.hall import Hall
from queue_server.core.materials import Mark
from queue_server.views import Scene
from queue_server.web.pages import fragment

CASE = "20261124-0001"


def seen(hall: Hall, counter: str = "15", lang: str = "zh", **scene: Any) -> dict[str, Any]:
    return DESK.make(hall, counter, Scene(tick=TEN, lang=lang, **scene))["ticket"]


def papers(hall: Hall, counter: str = "15", lang: str = "zh") -> dict[str, Any]:
    return seen(hall, counter, lang)["papers"]


def serve(hall: Hall, ticket: str = "t", *, counter: str = "15", **wanted: Any) -> None:
    do(hall, TEN, v.TakeTicket(ticket=ticket, **wanted), v.CallNext(counter=counter), v.StartService(counter=counter))


def mark(hall: Hall, counter: str = "15", **found: str) -> None:
    marks = tuple(Mark(material=name.replace("_", "-"), mark=one) for name, one in found.items())  # type: ignore[arg-type]
    do(hall, TEN, k.MarkMaterials(counter=counter, marks=marks))


@pytest.fixture
def hall() -> Hall:
    """Window 15 serves SB04: card; register, which the state has; bank card; copy, which may follow."""
    hall = new_hall()
    open_counter(hall, "15", "c21")
    serve(hall, service="SB04")
    return hall


ALL = {"id_card": "ok", "bank_or_social_card": "ok", "household_register_copy": "ok"}


def test_only_what_the_catalogue_allows_is_offered(hall: Hall) -> None:
    offered = {item["material"]: item["marks"] for item in papers(hall)["items"]}
    assert offered["id-card"] == ["ok", "missing", "free"]
    assert offered["household-register-copy"] == ["ok", "missing", "later", "free"]


def test_a_promise_is_offered_where_the_catalogue_says_so() -> None:
    hall = new_hall()
    open_counter(hall, "1", "c01")
    serve(hall, "m", counter="1", kind="consultation")
    assert papers(hall, "1")["verdict"]["state"] == "unknown"
    do(hall, TEN, k.AssignServices(counter="1", services=("SJ01",)))
    items = {item["material"]: item for item in papers(hall, "1")["items"]}
    assert "promised" in items["address-proof"]["marks"]
    mark(
        hall, "1", **{id_.replace("-", "_"): "ok" for id_ in items if id_ != "address-proof"}, address_proof="promised"
    )
    found = papers(hall, "1")
    assert found["verdict"]["state"] == "later" and found["verdict"]["promised"] == ["住所文件"]
    assert "住所文件要证明的事项属实" in found["promise"]


def test_what_the_state_holds_is_set_with_its_reason(hall: Hall) -> None:
    register = papers(hall)["items"][1]
    assert (register["mark"], register["reason_text"], register["issuer"]) == ("free", "数据共享，系统里有", "公安机关")
    assert papers(hall)["count"] == "4 样：1 样不用交，3 样没看"


def test_a_list_that_nobody_has_looked_at_accepts_nothing(hall: Hall) -> None:
    found = papers(hall)
    assert found["verdict"]["state"] == "unchecked" and found["step"] is None
    mark(hall, id_card="missing")
    assert papers(hall)["verdict"]["state"] == "unchecked"
    assert "还没看：银行卡或社保卡、户口簿复印件" in papers(hall)["verdict"]["text"]


def test_what_silence_brings_about_is_said_before_it_happens(hall: Hall) -> None:
    mark(hall, **{**ALL, "id_card": "missing"})
    found = papers(hall)
    assert found["verdict"]["state"] == "missing" and found["verdict"]["missing"] == ["身份证"]
    assert found["effect"]["due"] == "2026-12-01" and "12月1日" in found["verdict"]["text"]
    assert found["untold"] == ["城乡居民养老保险待遇申领"]
    do(hall, TEN, n.GiveNotice(counter="15"))
    found = papers(hall)
    assert found["verdict"]["state"] == "told" and found["untold"] == [] and found["ending"] == "papers"
    assert [notice["repeat"] for notice in found["notices"]] == [1] and found["told_before"] == 1


def test_a_second_notice_says_what_is_new(hall: Hall) -> None:
    mark(hall, **{**ALL, "id_card": "missing"})
    do(hall, TEN, n.GiveNotice(counter="15"))
    mark(hall, bank_or_social_card="missing")
    do(hall, TEN, n.GiveNotice(counter="15"))
    second = papers(hall)["notices"][1]
    assert (second["repeat"], second["fresh"]) == (2, ["银行卡或社保卡"])


def test_what_follows_later_asks_for_the_promise_in_words(hall: Hall) -> None:
    mark(hall, **{**ALL, "household_register_copy": "later"})
    found = papers(hall)
    assert found["verdict"]["state"] == "later" and found["step"] == {"act": "accept", "case": None}
    assert found["verdict"]["later"][0]["due"] == "2026-12-01"
    assert "12月1日" in found["promise"] and "户口簿复印件" in found["promise"]


def test_the_last_days_are_shown_before_it_is_accepted(hall: Hall) -> None:
    mark(hall, **ALL)
    found = papers(hall)
    assert found["verdict"]["state"] == "complete" and found["promise"] is None and found["courier"]
    assert (found["terms"]["promised"]["due"], found["terms"]["statutory"]["due"]) == ("2026-12-08", "2026-12-22")


def test_an_accepted_case_stands_at_the_desk_with_its_dates(hall: Hall) -> None:
    mark(hall, **{**ALL, "household_register_copy": "later"})
    applicant = Applicant(name="sealed")
    do(hall, TEN, i.AcceptCase(counter="15", promise=True, applicant=applicant))
    ticket = seen(hall, unseal=lambda text: text and "张晓明", follow_case=lambda case: f"/c/{case}")
    case = ticket["cases"][0]
    assert (case["id"], case["state"], case["promised"]["due"]) == (CASE, "accepted", "2026-12-08")
    assert case["applicant"]["name"] == "张晓明" and case["url"] == f"/c/{CASE}"
    assert case["next"] is None, "a paper still follows: it cannot be settled on the spot"
    assert ticket["papers"]["verdict"]["state"] == "case"
    assert ticket["papers"]["services"][0]["case"] == CASE
    assert json.loads(json.dumps(ticket)) == ticket


def test_a_clerk_with_authority_settles_it_on_the_spot(hall: Hall) -> None:
    mark(hall, **ALL)
    do(hall, TEN, i.AcceptCase(counter="15"))
    assert papers(hall)["step"] == {"act": "decide", "case": CASE}
    do(hall, TEN, b.DecideCase(case=CASE, decision="granted", counter="15"))
    assert papers(hall)["step"] == {"act": "hand-over", "case": CASE}
    do(hall, TEN, r.HandOverResult(counter="15", case=CASE, by="ticket"))
    assert papers(hall)["step"] is None


def test_the_desk_follows_what_the_back_office_does_with_its_cases(hall: Hall) -> None:
    mark(hall, **ALL)
    do(hall, TEN, i.AcceptCase(counter="15"))
    assert f"case:{CASE}" in DESK.topics(hall, "15")


def test_what_is_accepted_as_handed_in_needs_no_look() -> None:
    hall = new_hall()
    service = next(one for one in hall.services.values() if one.receipt_at_once)
    counter = next(x.id for x in hall.counters.values() if service.queue in x.serves)
    open_counter(hall, counter, "c36")
    serve(hall, counter=counter, service=service.id)
    assert papers(hall, counter)["step"] == {"act": "receive", "case": None}
    do(hall, TEN, i.ReceiveCase(counter=counter))
    assert seen(hall, counter)["cases"][0]["accepted"] is not None


def test_papers_that_were_taken_are_completed_at_the_window(hall: Hall) -> None:
    do(hall, TEN, i.ReceiveCase(counter="15"))
    assert papers(hall)["step"] == {"act": "complete", "case": CASE}


# ------------------------------------------------------------------ several services


def test_a_package_is_one_list_and_is_done_in_turn() -> None:
    hall = new_hall()
    open_counter(hall, "37", "c36")
    serve(hall, "p", counter="37", package="YJ02")
    found = papers(hall, "37")
    assert [one["present"] for one in found["services"]] == [True, False, False, False]
    assert found["items"][0]["asked_by"] == [1] and found["items"][0]["own"]
    assert found["here"] and found["next"]["name"] == found["services"][1]["name"] and not found["next"]["here"]
    assert len(found["left"]) == 3
    do(hall, TEN, k.RecordDone(counter="37"))
    found = papers(hall, "37")
    assert [one["done"] for one in found["services"]] == [True, False, False, False]
    assert found["service"]["id"] == "SB09" and not found["here"] and len(found["left"]) == 2
    assert "出生登记" in str(seen(hall, "37")["story"])


# ------------------------------------------------------------------ somebody who comes back


def collected(ticket: str = "back", counter: str = "42") -> Hall:
    """SB04 accepted with a paper to follow; another day's visitor at the issue window with a collection ticket."""
    hall = new_hall()
    open_counter(hall, "15", "c21")
    open_counter(hall, "42", "c40")
    serve(hall, service="SB04")
    mark(hall, **{**ALL, "household_register_copy": "later"})
    do(hall, TEN, i.AcceptCase(counter="15", promise=True), v.FinishService(counter="15"))
    do(hall, TEN, v.TakeTicket(ticket=ticket, kind="issue"))
    hall.tickets[ticket].cases = (CASE,)
    do(hall, TEN, v.CallNext(counter=counter), v.StartService(counter=counter))
    return hall


def test_a_deferred_paper_may_be_brought_to_any_window() -> None:
    hall = collected()
    assert seen(hall, "42")["cases"][0]["next"] == "settle"
    assert papers(hall, "42")["step"] == {"act": "settle", "case": CASE}
    assert papers(hall, "42")["verdict"]["state"] == "linked"


def test_the_issue_window_has_the_result_ready() -> None:
    hall = collected()
    do(
        hall,
        TEN,
        b.TakeCase(case=CASE),
        b.DecideCase(case=CASE, decision="refused", reason="x"),
        r.ReadyResult(case=CASE),
    )
    found = papers(hall, "42")
    assert found["verdict"]["state"] == "collect" and found["step"] == {"act": "hand-over", "case": CASE}


def test_without_a_case_the_issue_window_asks_for_its_number() -> None:
    hall = new_hall()
    open_counter(hall, "42", "c40")
    serve(hall, "m", counter="42", kind="issue")
    assert papers(hall, "42")["verdict"]["state"] == "issue"


# ------------------------------------------------------------------ the pieces of the page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pieces_render_in_every_stage(hall: Hall, lang: str) -> None:
    def html() -> str:
        scene = Scene(tick=TEN, lang=lang, follow_case=lambda case: f"http://x/c/{case}")
        return fragment("desk_live.html", DESK.make(hall, "15", scene), lang)

    assert 'value="promised"' not in html() and html().count('value="later"') == 1
    assert "data-checks" not in html(), "the list itself is put in place by the page"
    mark(hall, **{**ALL, "id_card": "missing"})
    do(hall, TEN, n.GiveNotice(counter="15"))
    assert 'data-case-act="notice"' in html()
    mark(hall, id_card="free", household_register_copy="later")
    do(hall, TEN, i.AcceptCase(counter="15", promise=True))
    assert 'data-case-act="settle"' in html() and 'class="qr"' in html()
    do(hall, TEN, v.FinishService(counter="15"))
    assert "<table" not in html()


def test_keys_of_the_list_stand_beside_it() -> None:
    assert {key.act: key.cap for key in KEYS if key.place == "list"} == {
        "up": "8",
        "down": "2",
        "mark": "5",
        "all": "7",
    }
    codes = [key.code for key in KEYS if "serving" in key.works and key.code]
    assert len(codes) == len(set(codes))
