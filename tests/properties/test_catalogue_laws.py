"""Laws of a catalogue that changes while visitors come and go: the log replays, nobody is stranded, versions only go on."""

from __future__ import annotations

from typing import Any

import msgspec
from factory import TEXT, importing, staffed
from hall_world import MINUTE, World
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from queue_server.core import catalogue_changes as cc
from queue_server.core import visits as v
from queue_server.core.catalogue import Hours, Name, Package
from queue_server.core.refusals import Refused
from queue_server.core.state import Hall
from queue_server.setup_export import to_yaml
from queue_server.setup_file import load_setup

SERVICES = st.sampled_from(["a1", "a2", "b1", "b2", "c1", "n1", "n2"])
FILES = (TEXT, TEXT.replace("甲一", "甲壹"), TEXT.replace('version: "1"', 'version: "2"'))
COUNTERS = st.sampled_from(["1", "2", "3", "4", "5"])


class CatalogueLaws(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.versions = [self.version]
        self.ticket = 0
        for counter in ("1", "4", "5"):
            self.world.ask(staffed(counter))

    @property
    def hall(self) -> Hall:
        return self.world.hall

    @property
    def version(self) -> str:
        return self.world.hall.setup.version

    def ask(self, command: Any) -> None:
        before = self.hall.setup
        found = self.world.ask(command)
        if isinstance(found, Refused) or not found:
            assert self.hall.setup is before or self.hall.setup == before
        else:
            assert self.version not in self.versions, "a version means one thing"
            self.versions.append(self.version)

    @rule(
        service=SERVICES,
        like=SERVICES,
        number=st.integers(0, 3),
        queue=st.sampled_from(["A", "B", "C"]),
        own=st.booleans(),
    )
    def change(self, service: str, like: str, number: int, queue: str, own: bool) -> None:
        if (known := self.hall.services.get(service) or self.hall.services.get(like)) is None:
            return
        hours = Hours(sat=("09:00-12:00",)) if own else None
        new = msgspec.structs.replace(
            known, id=service, name=Name(zh=f"名{number}", en="Name"), queue=queue, hours=hours
        )
        self.ask(cc.ChangeService(service=new, base=self.version))

    @rule(service=SERVICES)
    def remove(self, service: str) -> None:
        self.ask(cc.RemoveService(service=service, base=self.version))

    @rule(services=st.lists(SERVICES, max_size=2, unique=True).map(tuple))
    def package(self, services: tuple[Any, ...]) -> None:
        new = Package(id="p", name=Name(zh="一件事", en="One"), services=services)
        self.ask(cc.ChangePackage(package=new, base=self.version))

    @rule(package=st.sampled_from(["p", "birth"]))
    def remove_package(self, package: str) -> None:
        self.ask(cc.RemovePackage(package=package, base=self.version))

    @rule(text=st.sampled_from(FILES))
    def load(self, text: str) -> None:
        if self.world.hall.digest != importing(text).digest:
            self.ask(importing(text))

    @rule()
    def blind(self) -> None:
        """Whoever saw another version changes nothing."""
        found = self.world.ask(cc.RemoveService(service=next(iter(self.hall.services)), base="of yesterday"))
        assert isinstance(found, Refused) and found.code == "catalogue-changed"

    @rule(service=SERVICES, minutes=st.integers(0, 5))
    def take(self, service: str, minutes: int) -> None:
        self.world.wait(minutes * MINUTE)
        self.ticket += 1
        known = self.hall.services.get(service)
        found = self.world.ask(v.TakeTicket(ticket=f"t{self.ticket}", service=service))
        assert isinstance(found, Refused) == (known is None)
        if known is not None:
            ticket = self.hall.tickets[f"t{self.ticket}"]
            assert (ticket.version, ticket.service_name, ticket.queue) == (self.version, known.name, known.queue)

    @rule(counter=COUNTERS)
    def serve(self, counter: str) -> None:
        for command in (v.CallNext, v.StartService, v.FinishService):
            self.world.ask(command(counter=counter))

    @invariant()
    def laws(self) -> None:
        self.world.check()
        anew = msgspec.json.decode(msgspec.json.encode(self.hall), type=Hall).index()
        assert (anew.services, anew.packages, anew.queue_of, anew.own_hours) == (
            self.hall.services, self.hall.packages, self.hall.queue_of, self.hall.own_hours,
        )  # fmt: skip
        assert list(anew.services) == list(self.hall.services)

    @invariant()
    def what_waits_is_reached_by_somebody(self) -> None:
        reached = {entry for counter in self.hall.counters.values() for entry in counter.serves + counter.helps}
        for ticket in self.hall.tickets.values():
            if ticket.state == "waiting" and ticket.service is not None:
                assert ticket.service in self.hall.services, "what an open ticket needs stays"
                single = ticket.service in reached and self.hall.queue_of[ticket.service] == ticket.queue
                assert ticket.queue in reached or single

    def teardown(self) -> None:
        assert load_setup(to_yaml(self.hall.setup)) == self.hall.setup, "the hall file of a changed hall is a good one"
        assert self.world.replayed().setup == self.hall.setup


TestCatalogueLaws = CatalogueLaws.TestCase
TestCatalogueLaws.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
