"""The start page's one sentence, and its choice of what to show."""

from board_hall import TEN, call, do, new_hall, on, staff

from displays.start import START, _desks, _main_zone
from queue_server.core import visits as v
from queue_server.core.topics import topics as touched
from queue_server.views import Scene
from queue_server.web.pages import fragment


def view(hall, at=TEN):
    return START.make(hall, None, Scene(tick=at))


def test_the_sentence_counts_who_waits_who_is_served_and_what_is_done():
    hall = new_hall()
    staff(hall, "3", "4")
    call(hall, "t1", "3")
    do(hall, TEN, v.StartService(counter="3"), v.FinishService(counter="3"))
    call(hall, "t2", "4")
    do(hall, TEN, v.StartService(counter="4"), v.TakeTicket(ticket="t3", service="MZ01"))
    shown = view(hall)
    assert (shown["waiting"], shown["serving"], shown["done"]) == (1, 1, 1)
    assert "<b>1</b> 个窗口在办" in fragment("start_live.html", shown, "zh")
    assert "windows are serving" in fragment("start_live.html", shown, "en")


def test_outside_the_hours_it_says_so():
    assert "现在不开放" in fragment("start_live.html", view(new_hall(), on(20)), "zh")
    assert "The windows are on a break" in fragment("start_live.html", view(new_hall(), on(12, 30)), "en")


def test_one_window_of_each_kind_and_the_fullest_zone_that_fits_a_board():
    hall = new_hall()
    assert [counter.id for counter in _desks(hall)] == ["1", "3", "40", "43"]
    assert _main_zone(hall).id == "A"


def test_it_follows_the_hall():
    hall = new_hall()
    do(hall, TEN, v.TakeTicket(ticket="t1", service="MZ01"))
    assert START.topics(hall, None) & touched(hall, v.TicketCancelled(ticket="t1", by="visitor"))
