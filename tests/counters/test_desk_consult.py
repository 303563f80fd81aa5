"""Around the papers at the desk: finding, the guide, sending on, notes before the call, free services, help, names of windows."""

from __future__ import annotations

import json

import msgspec
import pytest
from desk_hall import ADMIN, CLERK, MINUTE, SECOND, SETUP, TEN, do, new_hall, open_counter, take
from markupsafe import escape

from counters.desk import DESK
from counters.desk_consult import Look, find_values, package_guide, service_guide, targets
from counters.emergency_rows import emergency_rows
from counters.keys import CAUSES, KEYS, pressed
from queue_server.core import checklist as k
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.hall import Hall
from queue_server.core.refusals import Conflict
from queue_server.core.search import ServiceIndex
from queue_server.core.visits import UnservedCause
from queue_server.views import Scene
from queue_server.web.pages import fragment
from queue_server.web.texts import refusal_text, window_text
from queue_server.web.ticket_story import visit_of

INDEX = ServiceIndex(SETUP.services, SETUP.themes, SETUP.departments)


def view(hall: Hall, counter: str, at: int = TEN, lang: str = "zh", **scene):
    return DESK.make(hall, counter, Scene(tick=at, lang=lang, **scene))


def looked(hall: Hall, counter: str = "1", lang: str = "zh") -> Look:
    ticket = hall.counters[counter].ticket
    return Look(hall, lang, TEN, hall.tickets[ticket] if ticket else None)


@pytest.fixture
def hall() -> Hall:
    """A visitor who does not know the name of the service sits at the consultation window, the first of the morning."""
    hall = new_hall()
    open_counter(hall, "1", "c01")
    open_counter(hall, "15", "c21")
    do(hall, TEN - 20 * MINUTE, v.TakeTicket(ticket="x1", kind="consultation"))
    for number in range(4):
        take(hall, f"b{number}", "SB01", minutes_ago=10)
    take(hall, "early", "SB01", minutes_ago=30)
    do(hall, TEN, v.CallNext(counter="1"), v.StartService(counter="1"))
    return hall


# ------------------------------------------------------------------ finding and the guide


def test_a_service_is_found_by_name_pinyin_initials_and_other_words(hall):
    for q in ("社会保险参保", "shehuibaoxian", "shbxcb"):
        rows = find_values(looked(hall), INDEX.find, q, "")["rows"]
        assert "SB01" in [row["id"] for row in rows], q


def test_every_hit_says_where_how_many_are_ahead_of_this_visitor_and_how_long(hall):
    row = next(row for row in find_values(looked(hall), INDEX.find, "SB01", "")["rows"] if row["id"] == "SB01")
    assert row["zone"] == "B" and row["text"].startswith("B 区，前面 1 人")  # "early" only: the others came later
    free = Look(hall, "zh", TEN)
    assert find_values(free, INDEX.find, "SB01", "")["rows"][0]["text"].startswith("B 区，前面 5 人")


def test_without_a_word_the_themes_stand_there_with_their_waits_and_the_packages_last(hall):
    tiles = find_values(looked(hall), INDEX.find, " ", "")["tiles"]
    assert {tile["id"] for tile in tiles[:-1]} == {one.theme for one in SETUP.services}
    assert all(tile["text"] for tile in tiles) and tiles[-1]["id"] == "packages"
    rows = find_values(looked(hall), INDEX.find, "", "packages")["rows"]
    assert [row["id"] for row in rows] == [one.id for one in SETUP.packages]
    rows = find_values(looked(hall), INDEX.find, "", "social")["rows"]
    assert rows and {hall.services[row["id"]].theme for row in rows} == {"social"}


def test_packages_are_found_with_the_services(hall):
    rows = find_values(looked(hall), INDEX.find, "出生", "")["rows"]
    assert rows[0]["kind"] == "package" and rows[0]["id"] == "YJ02"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_guide_tells_what_is_asked_at_an_enquiry_desk(hall, lang):
    for service in SETUP.services:
        guide = service_guide(looked(hall, lang=lang), service)
        html = fragment("desk_guide.html", guide, lang)
        assert str(escape(service.name[lang])) in html
        assert len(guide["materials"]) == len(service.materials) and guide["hours"] and guide["windows"]
    for package in SETUP.packages:
        guide = package_guide(looked(hall, lang=lang), package)
        assert [one["id"] for one in guide["services"]] == list(package.services)
        names = [row["name"] for row in guide["materials"]]
        assert len(names) == len(set(names)), "each paper once"
        assert fragment("desk_guide.html", guide, lang)


def test_the_pieces_speak_both_languages(hall):
    for lang in ("zh", "en"):
        found = find_values(looked(hall, lang=lang), INDEX.find, "pension", "")
        assert 'role="option"' in fragment("desk_find.html", found, lang)
        assert fragment("desk_find.html", find_values(looked(hall, lang=lang), INDEX.find, "没有这种事", ""), lang)
        assert 'data-theme="' in fragment("desk_find.html", find_values(looked(hall, lang=lang), INDEX.find, "", ""), lang)


# ------------------------------------------------------------------ naming the service and sending on


def test_the_same_ticket_is_named_and_sent_on_with_its_place(hall):
    shown = view(hall, "1")
    assert shown["ticket"]["services"] == [] and shown["onward"] is None
    do(hall, TEN, k.AssignServices(counter="1", services=("SB01",)))
    onward = view(hall, "1")["onward"]
    assert onward["service"] == "SB01" and onward["queue"] == "B" and onward["ahead"] == 1
    assert onward["text"].startswith("B 区，前面 1 人")
    do(hall, TEN + MINUTE, v.TransferTicket(counter="1", service="SB01", note="sealed"))
    ahead, _ = hall.wait(hall.tickets["x1"], TEN + MINUTE)
    assert ahead == 1, "what was told is what happens"
    do(hall, TEN + MINUTE, v.CallNext(counter="15"), v.StartService(counter="15"), v.FinishService(counter="15"))
    shown = view(hall, "15", unseal=lambda text: "带了身份证" if text else None)["next"]
    assert shown["id"] == "x1" and shown["said"] == "带了身份证" and shown["noted"]
    assert shown["first_contact"] == {
        "counter": "1", "window": "1 号窗口", "clerk": "赵立春", "at": "2026-11-24T10:00:00.000+08:00",
    }  # fmt: skip


def test_first_contact_is_seen_at_every_later_stage(hall):
    do(hall, TEN, k.AssignServices(counter="1", services=("SB01",)), v.TransferTicket(counter="1", service="SB01"))
    do(hall, TEN, v.CallChosen(counter="15", ticket="x1", reason="r"))
    assert "首问" in fragment("desk_now.html", view(hall, "15"), "zh")
    do(hall, TEN, v.StartService(counter="15"))
    assert "1 号窗口 赵立春" in fragment("desk_now.html", view(hall, "15"), "zh")


def test_a_window_that_does_it_all_sends_nothing_on_and_one_that_does_part_sends_the_rest(hall):
    open_counter(hall, "3", "c08")
    take(hall, "own", "MZ01")
    do(hall, TEN, v.CallChosen(counter="3", ticket="own", reason="r"), v.StartService(counter="3"))
    assert view(hall, "3")["onward"] is None
    other = _elsewhere(hall)
    do(hall, TEN, k.AssignServices(counter="3", services=("MZ01", other)))
    assert view(hall, "3")["onward"] is None, "first what is done here"
    do(hall, TEN, k.RecordDone(counter="3", service="MZ01"))
    assert view(hall, "3")["onward"]["service"] == other


def _elsewhere(hall: Hall) -> str:
    work = hall.work(hall.counters["3"])
    here = (*work.serves, *work.helps)
    return next(one.id for one in SETUP.services if one.queue not in here and one.id not in here)


def test_where_one_can_be_sent_says_how_many_are_there(hall):
    do(hall, TEN, k.AssignServices(counter="1", services=("SB01",)), v.TransferTicket(counter="1", to_counter="15"))
    found = targets(looked(hall), list(hall.counters.values()))
    assert found["kinds"]["domain"].startswith("B 区") and found["counters"] == {"15": "已有 1 人转过去"}


# ------------------------------------------------------------------ a look before the call


def test_notes_marks_and_stops_are_seen_before_the_number_goes_up(hall):
    do(hall, TEN, k.AssignServices(counter="1", services=("SB01",)))
    material = hall.services["SB01"].materials[0].id
    do(hall, TEN, k.MarkMaterials(counter="1", marks=(k.Mark(material=material, mark="ok"),)))
    do(hall, TEN, v.TransferTicket(counter="1", service="SB01", note="sealed"))
    visit = visit_of(hall, hall.tickets["x1"], Scene(tick=TEN, unseal=lambda text: "话" if text else None))
    assert [(note["counter"], note["clerk"], note["text"]) for note in visit["notes"]] == [("1 号窗口", "赵立春", "话")]
    assert [(row["material"], row["mark_text"]) for row in visit["marks"]] == [(material, "齐")]
    assert [entry["title"] for entry in visit["story"]][-1] == "在社保医保等候"
    assert json.loads(json.dumps(visit)) == visit
    assert hall.tickets["x1"].state == "waiting"


def test_a_blind_hall_shows_nothing_before_the_first_call():
    hall = new_hall(blind=True)
    take(hall, "t1", needs=("elderly",))
    visit = visit_of(hall, hall.tickets["t1"], Scene(tick=TEN))
    assert visit["hidden"] and visit["story"] == [] and visit["notes"] == []


# ------------------------------------------------------------------ free services, ending, help


def test_what_was_given_for_nothing_is_counted(hall):
    do(hall, TEN, c.GiveFree(counter="1", item="copies", quantity=3), c.GiveFree(counter="15", item="copies"))
    free = {row["id"]: row["count"] for row in view(hall, "1")["free"]}
    assert free == {"copies": 4, "seals": 0, "posting": 0}


def test_the_causes_are_those_of_the_core():
    assert set(CAUSES) == set(UnservedCause.__args__)


def test_a_call_for_help_is_on_every_desk_at_once_until_it_is_over(hall):
    do(hall, TEN, e.CallEmergency(kind="medical", counter="1"), actor=CLERK)
    for counter in ("1", "15", "3"):
        (row,) = view(hall, counter)["emergencies"]
        assert (row["kind"], row["where"], row["by_name"]) == ("medical", "1 号窗口，X 区", "王小满")
        assert "hall" in DESK.topics(hall, counter)
    html = fragment("desk_live.html", view(hall, "15"), "zh")
    assert "有人不舒服" in html and "还没有人答应" in html and "<button" not in html
    do(hall, TEN + SECOND, e.AnswerEmergency(emergency="e1"))
    assert [one["name"] for one in view(hall, "3")["emergencies"][0]["coming"]] == [ADMIN.id]
    do(hall, TEN + MINUTE, e.EndEmergency(emergency="e1"))
    assert view(hall, "15")["emergencies"] == []


def test_a_place_in_words_and_a_zone_say_where_too(hall):
    do(hall, TEN, e.CallEmergency(kind="fire", place="东楼梯", zone="B"))
    assert emergency_rows(hall, Scene(tick=TEN))[0]["where"] == "东楼梯，B 区 社保医保"
    assert emergency_rows(hall, Scene(tick=TEN, lang="en"))[0]["where"] == "东楼梯, zone B Social and health insurance"


def test_new_keys_do_not_stand_in_the_way_of_the_old_ones():
    assert [pressed("enter", state) for state in ("free", "called", "serving")] == ["next", "start", "finish"]
    assert pressed("asterisk", "serving") == "send-on" and pressed("asterisk", "paused") == "go-on"
    assert pressed("minus", "serving") == "consult" and pressed("minus", "called") == "no-show"
    assert not [key.act for key in KEYS if "F9" in key.codes], "F9 twice is the call for help"


# ------------------------------------------------------------------ windows with names


def test_a_window_with_a_name_is_called_by_it(hall):
    counters = tuple(msgspec.structs.replace(x, label="综合服务台") if x.id == "1" else x for x in SETUP.counters)
    hall = new_hall()
    setup = msgspec.structs.replace(SETUP, counters=counters)
    do(hall, TEN - 55 * MINUTE, s.ImportSetup(digest="n", text="", setup=setup))
    shown = view(hall, "1")
    assert shown["counter"]["window"] == "综合服务台" and view(hall, "3")["counter"]["window"] == "3 号窗口"
    html = fragment("desk_live.html", shown, "zh")
    assert "综合服务台还没开" in html and "综合服务台 号窗口" not in html
    assert refusal_text("zh", Conflict("counter-closed", counter="综合服务台"))[0] == "综合服务台没有开"
    assert refusal_text("en", Conflict("counter-closed", counter="7"))[0] == "Window 7 is closed"
    assert window_text("en", "Info desk") == "Info desk"
