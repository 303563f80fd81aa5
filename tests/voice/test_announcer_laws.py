"""What holds for the announcer whatever happens, in whatever order."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_server.voice.announcer import WAITING_ITEMS_MAX, Announcer, Ring, Say, Wanted

SECOND = 1_000_000
GROUPS = {"a": "floor", "b": "floor", "c": "floor", "d": None, "e": None}
ZONES = st.sampled_from(sorted(GROUPS))
CALLS = st.integers(0, 80).map(str)
COUNTS = st.integers(1, 3)


class AnnouncerLaws(RuleBasedStateMachine):
    """Random halls; every ring must end exactly once, and a sound group has one voice."""

    @initialize()
    def open(self) -> None:
        self.announcer = Announcer(GROUPS)
        self.now = 1_790_000_000 * SECOND
        self.rung: set[tuple[str, int]] = set()
        self.ended: dict[tuple[str, int], str] = {}
        self.begun: set[tuple[str, int]] = set()
        self.seen: dict[str, Say | None] = {}
        self.wanted: list[Wanted] = []
        for zone in GROUPS:
            self.announcer.set_devices(zone, 1)

    @rule(call=CALLS, count=COUNTS, zone=ZONES, lang=st.sampled_from(["zh", "en"]))
    def ring(self, call: str, count: int, zone: str, lang: str) -> None:
        self.announcer.ring(Ring(call, count, f"A{call:0>3}", "7", zone, lang), self.now)
        self.rung.add((call, count))

    @rule(zone=ZONES, calls=st.lists(CALLS, min_size=5, max_size=40))
    def rush(self, zone: str, calls: list[str]) -> None:
        for call in calls:
            self.ring(call, 1, zone, "zh")

    @rule(seconds=st.floats(0, 60))
    def wait(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)
        self.look()

    @rule(fails=st.booleans(), seconds=st.floats(0.5, 12))
    def speech_answers(self, fails: bool, seconds: float) -> None:
        wanted_now, self.wanted = self.wanted, []
        for wanted in wanted_now:
            if fails:
                self.announcer.clip_failed(wanted.call_id, wanted.count, wanted.text)
            else:
                self.announcer.clip_ready(wanted.call_id, wanted.count, "/clip", seconds, wanted.text)
        self.look()

    @rule(zone=ZONES)
    def ack(self, zone: str) -> None:
        if say := self.announcer.current(zone):
            self.announcer.ack(zone, say.id, say.count, self.now)
            self.look()

    @rule(call=CALLS)
    def withdraw(self, call: str) -> None:
        self.announcer.withdraw(call)

    @rule(zone=ZONES, quiet=st.booleans())
    def quiet(self, zone: str, quiet: bool) -> None:
        self.announcer.set_quiet(zone, quiet)

    @rule(zone=ZONES, devices=st.integers(0, 1))
    def devices(self, zone: str, devices: int) -> None:
        self.announcer.set_devices(zone, devices)

    def look(self) -> None:
        changed = self.announcer.advance(self.now)
        for zone in GROUPS:
            say = self.announcer.current(zone)
            assert zone in changed or say == self.seen.get(zone), "a change must be told"
            if say and say != self.seen.get(zone):
                for ring in ((say.id, say.count), *say.also):
                    assert ring not in self.begun, "a ring sounds once"
                    self.begun.add(ring)
            self.seen[zone] = say
        due = self.announcer.due()
        assert due is None or due > self.now, "after advance there is nothing left to do now"

    @invariant()
    def one_voice_in_a_group(self) -> None:
        if hasattr(self, "announcer"):
            assert sum(self.announcer.current(zone) is not None for zone in "abc") <= 1

    @invariant()
    def every_ring_ends_at_most_once(self) -> None:
        if not hasattr(self, "announcer"):
            return
        for outcome in self.announcer.take_outcomes():
            ring = (outcome.call_id, outcome.count)
            assert ring in self.rung and ring not in self.ended
            assert bool(outcome.reason) == (outcome.what == "dropped")
            self.ended[ring] = outcome.what

    @invariant()
    def bounded(self) -> None:
        if hasattr(self, "announcer"):
            new = self.announcer.wanted()
            assert len(new) <= WAITING_ITEMS_MAX * len(GROUPS)
            self.wanted += new

    def teardown(self) -> None:
        """Left alone, the hall comes to rest, and every ring has ended."""
        if not hasattr(self, "announcer"):
            return
        self.look()
        while (due := self.announcer.due()) is not None:
            self.now = max(self.now, due)
            self.look()
        self.every_ring_ends_at_most_once()
        assert self.ended.keys() == self.rung
        assert {ring for ring, what in self.ended.items() if what != "dropped"} == self.begun


TestAnnouncerLaws = AnnouncerLaws.TestCase
# Slow machines must not fail a law; 1,500 examples of 80 steps were run once when it was written.
TestAnnouncerLaws.settings = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
