"""The terminal desk around a visit: notes before the call, naming and sending on, causes, free services, calls for help."""

from __future__ import annotations

from typing import Any

import pytest
from desk_hall import CLERK, TEN, do, new_hall, open_counter, take
from test_terminal import Hand, piloted, press, shown
from textual.widgets import Input

from counters import terminal
from counters.terminal import DeskTerminal
from counters.terminal_link import Answer
from queue_server.core import checklist as k
from queue_server.core import emergency as e
from queue_server.core import visits as v
from queue_server.core.hall import Hall
from queue_server.views import Scene
from queue_server.web.ticket_story import visit_of


class Arm(Hand):
    """A hand that also reaches what stands around the visit."""

    async def act(self, name: str, body: dict[str, Any]) -> Answer:
        done = tuple(v.Done(service=one["service"]) for one in body.get("services", ()) if name == "finish")
        own: dict[str, Any] = {
            "services": lambda: k.AssignServices(counter="3", services=tuple(body["services"])),
            "transfer": lambda: v.TransferTicket(counter="3", service=body.get("service"), rest=body.get("rest", False)),
            "done": lambda: k.RecordDone(counter="3"),
            "finish": lambda: v.FinishService(
                counter="3", outcome=body.get("outcome", "done"), cause=body.get("cause"), done=done or None
            ),
            "free": lambda: None,
        }
        if name not in own:
            return await super().act(name, body)
        self.sent.append((name, body))
        if (command := own[name]()) is not None:
            do(self.hall, self.at, command, actor=CLERK)
        self.show()
        return Answer(200, {"ticket": {"number": ""}})

    async def get(self, path: str) -> Answer:
        if path.startswith("tickets/"):
            ticket = self.hall.tickets[path.removeprefix("tickets/").partition("?")[0]]  # type: ignore[index]
            return Answer(200, {"visit": visit_of(self.hall, ticket, Scene(tick=TEN, unseal=lambda text: text))})
        if path.startswith("services"):
            service = self.hall.services["SB01"]
            return Answer(200, {"services": [{"id": "SB01", "name": {"zh": service.name.zh, "en": service.name.en}}]})
        return await super().get(path)

    async def call_for_help(self, kind: str) -> Answer:
        do(self.hall, self.at, e.CallEmergency(kind=kind, counter="3"), actor=CLERK)  # type: ignore[arg-type]
        self.show()
        return Answer(201, {})

    async def on_emergency(self, emergency: str, act: str) -> Answer:
        command = e.AnswerEmergency(emergency=emergency) if act == "answer" else e.EndEmergency(emergency=emergency)
        do(self.hall, self.at, command, actor=CLERK)
        self.show()
        return Answer(200, {})


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(terminal, "DEAD_SECONDS", 0.0)
    hall = new_hall()
    open_counter(hall)
    take(hall, "t1", minutes_ago=9)
    return hall


def test_notes_are_read_before_the_call(hall):
    do(hall, TEN, v.CallNext(counter="3"), v.StartService(counter="3"))
    do(hall, TEN, v.TransferTicket(counter="3", service="MZ01", note="缺户口簿"))

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "8")
        box = str(app.screen.query("Static").first().render())
        assert "缺户口簿" in box and "3 号窗口" in box
        await press(pilot, "enter")
        assert hall.tickets["t1"].state == "waiting"

    piloted(Arm(hall), story)


def test_a_service_is_added_and_the_rest_is_sent_on(hall):
    link = Arm(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "enter", "enter", "minus")
        app.screen.query_one(Input).value = "社保"
        await press(pilot, "enter", "1")
        assert hall.tickets["t1"].services == ("MZ01", "SB01")
        await press(pilot, "enter")  # something is left: it asks
        assert len(app.screen_stack) == 2
        await press(pilot, "1")
        assert [name for name, _ in link.sent][-2:] == ["done", "transfer"]
        assert hall.tickets["t1"].queue == "B" and hall.tickets["t1"].state == "waiting"

    piloted(link, story)


def test_why_it_could_not_be_done_is_one_digit(hall):
    link = Arm(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "enter", "enter", "7", "4")
        assert link.sent[-1][1] | {"ticket": "t1"} == {"ticket": "t1", "outcome": "unserved", "cause": "system"}
        assert hall.tickets["t1"].reason == "unserved"

    piloted(link, story)


def test_free_services_are_noted_with_how_many(hall):
    link = Arm(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "f", "1")
        assert link.sent[-1] == ("free", {"item": "copies", "quantity": 1})
        await press(pilot, "f", "tab")
        app.screen.query_one(Input).value = "6"
        await press(pilot, "enter")
        assert link.sent[-1] == ("free", {"item": "copies", "quantity": 6})

    piloted(link, story)


def test_help_is_called_with_two_keys_and_answered(hall):
    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "f9", "full_stop")
        assert hall.emergencies == []
        await press(pilot, "f9", "f9")
        assert hall.emergencies[0].kind == "help"
        assert "3 号窗口" in shown(app, "#alarm") and app.query_one("#alarm").has_class("on")
        await press(pilot, "f9", "5")
        assert hall.emergencies[0].coming == ("c08",)
        await press(pilot, "f9", "6")
        assert hall.emergencies[0].ended is not None and not app.query_one("#alarm").has_class("on")

    piloted(Arm(hall), story)


def test_what_was_not_told_in_writing_is_said_before_the_visitor_leaves(hall):
    link = Arm(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "enter", "enter")
        material = hall.services["MZ01"].materials[0].id
        do(hall, TEN, k.MarkMaterials(counter="3", marks=(k.Mark(material=material, mark="missing"),)), actor=CLERK)
        link.show()
        await press(pilot, "enter")
        assert "结婚登记" in str(app.screen.query("Static").first().render())
        await press(pilot, "1")
        assert link.sent[-1][1]["cause"] == "papers"

    piloted(link, story)
