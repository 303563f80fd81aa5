"""The desk: its view in every state, what it hides, what it looks at, and its pages."""

from __future__ import annotations

import json

import pytest
from desk_hall import ADMIN, CLERK, MINUTE, OTHER, SECOND, TEN, do, new_hall, open_counter, take

from counters.desk import DESK, ROWS_MAX
from counters.desk_pages import desk_values, mode_of, zones_of
from counters.keys import KEYS, PAUSE, STATES, pressed
from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.views import Scene
from queue_server.web.pages import fragment
from queue_server.web.words import catalogue

FIELDS = {"hall", "counter", "today", "rules", "ticket", "next", "own", "helping", "held", "missed",
          "onward", "free", "emergencies"}  # fmt: skip


def view(hall: Hall, at: int = TEN, counter: str = "3", lang: str = "zh", **scene):
    return DESK.make(hall, counter, Scene(tick=at, lang=lang, **scene))


@pytest.fixture
def hall() -> Hall:
    hall = new_hall()
    open_counter(hall)
    take(hall, "t1", minutes_ago=9)
    take(hall, "t2", minutes_ago=8, needs=("elderly",))
    return hall


def test_the_view_is_plain_json_in_every_state(hall):
    for commands in ([], [v.CallNext(counter="3")], [v.StartService(counter="3")], [v.FinishService(counter="3")],
                     [c.PauseCounter(counter="3", minutes=5)], [c.CloseCounter(counter="3")]):  # fmt: skip
        do(hall, TEN, *commands)
        shown = view(hall)
        assert set(shown) == FIELDS
        assert json.loads(json.dumps(shown)) == shown


def test_next_is_who_would_be_called_and_why(hall):
    shown = view(hall)["next"]
    assert shown["number"] == "A002"
    assert shown["classes"] == ["60 岁以上"]
    assert "60 岁以上" in shown["why"]
    assert [row["id"] for row in view(hall)["own"]["tickets"]] == ["t2", "t1"]


def test_a_package_lists_its_services_and_the_papers_of_all_of_them_once(hall):
    open_counter(hall, "37", "c36")
    do(hall, TEN, v.TakeTicket(ticket="p1", package="YJ02"), v.CallNext(counter="37"), v.StartService(counter="37"))
    case = view(hall, counter="37")["ticket"]
    assert [item["id"] for item in case["services"]] == ["GA02", "SB09", "YB01", "YB05"]
    names = [item["name"] for item in case["bring"]]
    assert len(names) == len(set(names)) == 9 and "出生医学证明" in names and "病历资料" in names
    assert case["term"] == "承诺 5 个工作日"


def test_who_is_sent_on_to_a_kind_of_window_still_wants_what_they_came_for(hall):
    do(hall, TEN, v.CallNext(counter="3"), v.StartService(counter="3"), v.TransferTicket(counter="3", kind="consultation"))
    open_counter(hall, "1", "c01")
    assert view(hall, counter="1")["next"]["service"] == hall.services["MZ01"].name.zh


def test_a_called_ticket_says_when_it_may_be_called_again_and_given_up(hall):
    do(hall, TEN, v.CallNext(counter="3"))
    call = view(hall)["ticket"]["call"]
    assert call["count"] == 1
    assert call["recall_from"] == "2026-11-24T10:00:30.000+08:00"
    assert call["no_show_from"] is None and call["left"] == 2
    do(hall, TEN + 30 * SECOND, v.Recall(counter="3"))
    do(hall, TEN + 60 * SECOND, v.Recall(counter="3"))
    call = view(hall)["ticket"]["call"]
    assert call["recall_from"] is None
    assert call["no_show_from"] == "2026-11-24T10:01:30.000+08:00"


def test_proof_of_delivery_is_given_as_instants(hall):
    do(hall, TEN, v.CallNext(counter="3"))
    proof = {"shown": 2, "watching": 4, "shown_at": TEN + SECOND, "spoken": None, "phone": True}
    shown = view(hall, delivery=lambda call: proof)["ticket"]["call"]["delivery"]
    assert shown == {
        "shown": 2, "watching": 4, "shown_at": "2026-11-24T10:00:01.000+08:00", "spoken": None, "phone": True,
    }  # fmt: skip


def test_a_blind_hall_hides_what_the_visitor_came_for_until_the_call():
    hall = new_hall(blind=True)
    open_counter(hall)
    take(hall, "t1", needs=("elderly",))
    shown = view(hall)
    assert shown["next"]["number"] == "A001"
    text = json.dumps([shown["next"], shown["own"]], ensure_ascii=False)
    assert "结婚" not in text and "60 岁" not in text
    assert shown["next"]["why"] is None
    do(hall, TEN, v.CallNext(counter="3"))
    assert view(hall)["ticket"]["service"] == "结婚登记"
    do(hall, TEN, v.PutBack(counter="3"))
    assert view(hall)["next"]["service"] == "结婚登记"  # seen once, seen for good


def test_the_story_tells_every_stop_with_its_notes(hall):
    do(hall, TEN, v.CallNext(counter="3"))
    do(hall, TEN + 20 * SECOND, v.StartService(counter="3"))
    do(hall, TEN + MINUTE, v.HoldTicket(counter="3", kind="papers_back", note="sealed"))
    do(hall, TEN + 2 * MINUTE, v.ResumeTicket(counter="3", ticket="t2", to="serving"))
    case = view(hall, TEN + 2 * MINUTE, unseal=lambda text: "缺户口簿" if text else None)["ticket"]
    assert [entry["title"] for entry in case["story"]] == [
        "取号 A002", "3 号窗口叫号", "3 号窗口 王小满 开始办理", "挂起：材料退回，回去补", "3 号窗口 王小满 开始办理",
    ]  # fmt: skip
    assert case["story"][1]["text"] == "叫 1 次，走了 20 秒"
    assert case["story"][3]["text"] == "缺户口簿" == case["said"]
    assert case["first_contact"]["counter"] == "3"


def test_held_and_missed_tickets_of_this_counter_come_first(hall):
    open_counter(hall, "4", "c09")
    for counter, ticket in (("4", "t1"), ("3", "t2")):
        do(hall, TEN, v.CallChosen(counter=counter, ticket=ticket, reason="r"), v.StartService(counter=counter))
        do(hall, TEN, v.HoldTicket(counter=counter, kind="step"))
    assert [row["id"] for row in view(hall)["held"]["tickets"]] == ["t2", "t1"]
    assert [row["id"] for row in view(hall, counter="4")["held"]["tickets"]] == ["t1", "t2"]
    assert view(hall, counter="43")["held"]["count"] == 0


def test_lists_are_short_and_counts_are_whole(hall):
    for number in range(30):
        take(hall, f"n{number}")
        take(hall, f"b{number}", "SB01")
    shown = view(hall)
    assert len(shown["own"]["tickets"]) == ROWS_MAX and shown["own"]["count"] == 32
    assert len(shown["helping"]["tickets"]) == ROWS_MAX and shown["helping"]["count"] == 30


def test_a_ticket_sent_to_this_counter_is_marked(hall):
    open_counter(hall, "15", "c21")
    do(hall, TEN, v.CallNext(counter="3"), v.TransferTicket(counter="3", to_counter="15"))
    row = view(hall, counter="15")["own"]["tickets"][0]
    assert row["number"] == "A002" and row["wanted"]
    assert view(hall, counter="15")["own"]["count"] == 1


def test_the_desk_looks_at_its_counter_and_its_queues(hall):
    assert DESK.topics(hall, "3") == {"hall", "counter:3", "queue:A", "queue:B", "queue:H"}
    with pytest.raises(NotFound):
        DESK.topics(hall, "99")
    with pytest.raises(NotFound):
        view(hall, counter="99")


def test_the_live_pieces_speak_both_languages(hall):
    do(hall, TEN, v.CallNext(counter="3"))
    assert "已叫，等他过来" in fragment("desk_live.html", view(hall), "zh")
    html = fragment("desk_live.html", view(hall, lang="en"), "en")
    assert "Called, on the way" in html and "<button" not in html


def test_whoever_sits_elsewhere_sees_that_the_counter_is_taken(hall):
    shown = view(hall)
    assert mode_of(shown, CLERK) == "free"
    assert mode_of(shown, OTHER) == "other"
    assert mode_of(shown, ADMIN) == "free"


def test_managers_may_seat_somebody_else(hall):
    values = desk_values(hall, view(hall, counter="4"), ADMIN, "zh")
    seated = [person["id"] for person in values["seatable"]]
    assert "c08" not in seated and seated[-1] == "admin"
    assert desk_values(hall, view(hall, counter="4"), OTHER, "zh")["seatable"] == []
    assert [x["label"] for x in values["open_counters"]] == ["3"]


def test_the_choice_of_counters_says_who_sits_where(hall):
    zone = next(zone for zone in zones_of(hall, CLERK, "zh") if zone["id"] == "A")
    third = next(x for x in zone["counters"] if x["id"] == "3")
    assert third["mine"] and third["clerk"] == "王小满" and third["waiting"] == 2


def test_every_state_has_one_next_step_and_no_key_twice():
    for state in STATES:
        works = [key for key in (*KEYS, PAUSE) if state in key.works and key.code]
        assert len({key.code for key in works}) == len(works), state
        assert pressed("enter" if state != "paused" else "asterisk", state) is not None
    assert [pressed("enter", state) for state in ("free", "called", "serving")] == ["next", "start", "finish"]
    assert pressed("minus", "free") is None


def test_both_languages_have_the_same_words():
    for room in ("desk.", "speaker."):
        zh, en = ({key.removesuffix(".one") for key in catalogue(lang) if key.startswith(room)} for lang in ("zh", "en"))
        assert zh == en
