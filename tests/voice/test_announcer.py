"""What sounds, scenario by scenario."""

from __future__ import annotations

from queue_server.voice.announcer import Announcer, Outcome, Ring, Say

SECOND = 1_000_000
T0 = 1_790_000_000 * SECOND


def at(seconds: float) -> int:
    return T0 + round(seconds * SECOND)


class Hall:
    """An announcer with listeners in every zone and a speech side that answers at once (or not at all)."""

    def __init__(self, *zones: str, group: str | None = None, voice: bool = True, clip_seconds: float = 4.0) -> None:
        self.announcer = Announcer(dict.fromkeys(zones or ("a",), group))
        self.voice, self.clip_seconds = voice, clip_seconds
        for zone in zones or ("a",):
            self.announcer.set_devices(zone, 1)

    def ring(self, call_id: str, second: float, zone: str = "a", count: int = 1, lang: str = "zh") -> None:
        number = f"A{int(call_id.strip('abcdefghijklmnopqrstuvwxyz') or 0):03}"
        self.announcer.ring(Ring(call_id, count, number, "7", zone, lang), at(second))
        self.settle(second)

    def settle(self, second: float) -> list[str]:
        if self.voice:
            for wanted in self.announcer.wanted():
                url = f"/{wanted.text}"
                self.announcer.clip_ready(wanted.call_id, wanted.count, url, self.clip_seconds, wanted.text)
        return self.announcer.advance(at(second))

    def ack(self, second: float, zone: str = "a") -> None:
        say = self.say(zone)
        assert say, f"nothing sounds in {zone}"
        self.announcer.ack(zone, say.id, say.count, at(second))
        self.settle(second)

    def say(self, zone: str = "a") -> Say | None:
        return self.announcer.current(zone)

    def says(self, zone: str = "a") -> str | None:
        say = self.say(zone)
        return say.id if say else None

    def dropped(self) -> dict[str, str]:
        return {done.call_id: done.reason for done in self.announcer.take_outcomes() if done.what == "dropped"}


def test_a_ring_is_said_with_its_clip() -> None:
    hall = Hall()
    hall.ring("c46", 0)
    text = "请 A046 号，到 7 号窗口办理"
    assert hall.say() == Say(id="c46", count=1, text=text, lang="zh", url=f"/{text}", seconds=4.0, expires=at(6))
    assert hall.announcer.take_outcomes() == [Outcome("c46", 1, "spoken")]


def test_the_next_comes_at_the_ack_in_order() -> None:
    hall = Hall()
    for number in (1, 2, 3):
        hall.ring(f"c{number}", 0)
    assert hall.says() == "c1"
    hall.ack(1)
    assert hall.says() == "c2"


def test_without_an_ack_the_next_comes_two_seconds_after_the_end() -> None:
    hall = Hall()
    hall.ring("c1", 0)
    hall.ring("c2", 0)
    assert hall.announcer.due() == at(6)
    assert hall.settle(5.9) == []
    assert hall.settle(6) == ["a"]
    assert hall.says() == "c2"


def test_foreign_and_late_acks_change_nothing() -> None:
    hall = Hall("a", "b")
    hall.ring("c1", 0)
    for zone, call_id, count in [("a", "c1", 2), ("a", "c0", 1), ("b", "c1", 1), ("nowhere", "c1", 1)]:
        hall.announcer.ack(zone, call_id, count, at(1))
    assert hall.says() == "c1"


def test_a_change_is_told_once() -> None:
    hall = Hall()
    hall.announcer.ring(Ring("c1", 1, "A001", "7", "a", "zh"), at(0))
    hall.announcer.clip_ready("c1", 1, "/x", 4)
    assert hall.announcer.advance(at(0)) == ["a"]
    assert hall.announcer.advance(at(0)) == []


def test_zones_speak_in_parallel() -> None:
    hall = Hall("a", "b")
    hall.ring("c1", 0, "a")
    hall.ring("c2", 0, "b")
    assert (hall.says("a"), hall.says("b")) == ("c1", "c2")


def test_zones_of_a_sound_group_take_turns() -> None:
    hall = Hall("a", "b", group="ground floor")
    for number in (1, 2):
        hall.ring(f"c{number}", 0, "a")
    hall.ring("c3", 0, "b")
    order = []
    for second in (1, 2, 3):
        zone = "a" if hall.says("a") else "b"
        assert not (hall.says("a") and hall.says("b"))
        order.append(hall.says(zone))
        hall.ack(second, zone)
    assert order == ["c1", "c3", "c2"]


def test_a_ring_never_sounds_twice() -> None:
    hall = Hall()
    hall.ring("c1", 0)
    hall.ack(1)
    hall.ring("c1", 2)
    assert hall.says() is None
    hall.ring("c1", 31, count=2)
    assert hall.says() == "c1"


def test_no_listener_no_queue_and_no_clip() -> None:
    hall = Hall()
    hall.announcer.set_devices("a", 0)
    hall.announcer.ring(Ring("c1", 1, "A001", "7", "a", "zh"), at(0))
    assert hall.announcer.wanted() == []
    assert hall.announcer.due() is None
    assert hall.dropped() == {"c1": "no-device"}


def test_losing_the_last_listener_empties_the_zone() -> None:
    hall = Hall()
    hall.ring("c1", 0)
    hall.ring("c2", 0)
    hall.announcer.set_devices("a", 0)
    assert hall.settle(1) == ["a"]
    assert hall.says() is None
    assert hall.dropped() == {"c2": "no-device"}


def test_quiet_stops_what_sounds_and_drops_the_rest() -> None:
    hall = Hall()
    hall.ring("c1", 0)
    hall.ring("c2", 0)
    hall.announcer.set_quiet("a", True)
    hall.ring("c3", 1)
    assert hall.says() is None
    assert hall.dropped() == {"c2": "quiet", "c3": "quiet"}
    hall.announcer.set_quiet("a", False)
    hall.ring("c4", 2)
    assert hall.says() == "c4"


def test_one_quiet_ring_and_one_in_a_zone_nobody_knows() -> None:
    hall = Hall()
    hall.announcer.ring(Ring("c1", 1, "A001", "7", "a", "zh", quiet=True), at(0))
    hall.announcer.ring(Ring("c2", 1, "A002", "7", "attic", "zh"), at(0))
    assert hall.dropped() == {"c1": "quiet", "c2": "unknown-zone"}


def test_a_visitor_who_has_come_is_not_called_any_more() -> None:
    hall = Hall()
    hall.ring("c1", 0)
    hall.ring("c2", 0)
    hall.announcer.withdraw("c1")
    hall.announcer.withdraw("c2")
    hall.settle(1)
    assert hall.says() == "c1", "what has begun is said to its end"
    hall.ack(4)
    assert hall.says() is None
    assert hall.dropped() == {"c2": "withdrawn"}


def test_no_clip_means_chime() -> None:
    hall = Hall(voice=False)
    hall.ring("c1", 0)
    assert hall.says() is None, "a clip is waited for a little"
    hall.announcer.clip_failed("c1", 1)
    hall.settle(0.1)
    say = hall.say()
    assert say and (say.url, say.seconds) == (None, 1.2)


def test_a_clip_that_does_not_come_means_chime_after_three_seconds() -> None:
    hall = Hall(voice=False)
    hall.ring("c1", 0)
    assert hall.announcer.due() == at(3)
    hall.settle(3)
    assert hall.announcer.take_outcomes() == [Outcome("c1", 1, "chimed")]


def test_a_backlog_drops_repeats_first() -> None:
    hall = Hall()
    hall.ring("c1", 0)
    for number in (2, 3, 4):
        hall.ring(f"c{number}", 0)
    hall.ring("r5", 0, count=2)
    assert hall.dropped() == {}
    hall.ring("c6", 0)
    assert hall.dropped() == {"r5": "repeat"}


def test_then_it_is_merged_into_longer_sentences() -> None:
    hall = Hall(clip_seconds=4.5)
    for number in range(1, 7):
        hall.ring(f"c{number}", 0)
    hall.ack(4)
    say = hall.say()
    assert say and say.id == "c2"
    assert say.also == (("c3", 1), ("c4", 1))
    assert say.text == "请 A002 号到 7 号窗口，A003 号到 7 号窗口，A004 号到 7 号窗口"
    assert say.url == f"/{say.text}"
    outcomes = {(done.call_id, done.what) for done in hall.announcer.take_outcomes()}
    assert {("c2", "spoken"), ("c3", "merged"), ("c4", "merged")} <= outcomes


def test_languages_are_not_mixed_in_a_sentence() -> None:
    hall = Hall(clip_seconds=4.5)
    for number in range(1, 9):
        hall.ring(f"c{number}", 0, lang="en" if number % 2 else "zh")
    for second in range(4, 30, 4):
        say = hall.say()
        assert say and say.also == ()
        hall.ack(second)


def test_a_clip_for_a_sentence_that_has_changed_is_not_used() -> None:
    hall = Hall(voice=False)
    hall.ring("c1", 0)
    hall.announcer.clip_ready("c1", 1, "/c1", 4.5)
    hall.settle(0)
    for number in range(2, 8):
        hall.ring(f"c{number}", 0)
    wanted = hall.announcer.wanted()
    assert wanted[0].calls == (("A002", "7"), ("A003", "7"), ("A004", "7"))
    hall.announcer.clip_ready("c2", 1, "/c2 alone", 4.5)
    hall.announcer.clip_failed("c2", 1)
    hall.announcer.withdraw("c3")
    hall.announcer.clip_ready("c2", 1, "/three", 9, wanted[0].text)
    again = hall.announcer.wanted()
    assert again[0].calls == (("A002", "7"), ("A004", "7"))
    hall.announcer.clip_ready("c2", 1, "/two", 7, again[0].text)
    hall.ack(2)
    say = hall.say()
    assert say and (say.url, say.also) == ("/two", (("c4", 1),))


def test_calls_nobody_said_for_45_seconds_share_a_chime() -> None:
    hall = Hall()
    hall.ring("c1", 0)
    for number, second in ((2, 0), (3, 1), (4, 30)):  # and no time for the announcer until the 50th second
        hall.announcer.ring(Ring(f"c{number}", 1, "A001", "7", "a", "zh"), at(second))
    hall.settle(50)
    say = hall.say()
    assert say and (say.id, say.url, say.also) == ("c2", None, (("c3", 1),))
    hall.ack(52)
    say = hall.say()
    assert say and say.id == "c4" and say.url


def test_a_zone_holds_fifty_items_at_most() -> None:
    hall = Hall(voice=False)
    languages = ("zh", "en")  # so that nothing can be merged
    for number in range(1, 60):
        hall.announcer.ring(Ring(f"c{number}", 1, "A001", "7", "a", languages[number % 2]), at(0))
    assert hall.dropped() == {f"c{number}": "full" for number in range(1, 10)}


def test_a_chime_is_not_merged() -> None:
    hall = Hall(voice=False)
    for number in range(1, 25):
        hall.announcer.ring(Ring(f"c{number}", 1, "A001", "7", "a", "zh"), at(0))
        hall.announcer.clip_failed(f"c{number}", 1)
    hall.settle(0)
    hall.ack(1)
    say = hall.say()
    assert say and (say.id, say.url, say.also) == ("c2", None, ())


def test_the_memory_of_rings_is_bounded() -> None:
    hall = Hall()
    hall.announcer.set_quiet("a", True)
    for number in range(5000):
        hall.announcer.ring(Ring(f"c{number}", 1, "A001", "7", "a", "zh"), at(0))
    assert len(hall.announcer.take_outcomes()) == 4096


def test_zones_may_change_while_the_hall_is_open() -> None:
    hall = Hall("a", "b", "c")
    for number, zone in enumerate("abc"):
        hall.ring(f"c{number}", 0, zone)
        hall.ring(f"d{number}", 0, zone)
    hall.announcer.set_zones({"a": "loud", "b": "loud", "new": None})
    hall.settle(1)
    assert sum(hall.says(zone) is not None for zone in "ab") == 1
    assert hall.says("c") is None
    assert hall.dropped() == {"d2": "unknown-zone"}
    hall.announcer.set_devices("new", 1)
    hall.ring("c9", 2, "new")
    assert hall.says("new") == "c9"
