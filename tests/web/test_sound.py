"""From a call to a clip that a sound screen has played, with the real voice."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factory import TEN
from small_server import HALL, Server, make_data, serving

from queue_server.clock import Clock

WAIT = 200  # messages looked at before giving up


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The announcer needs time to pass."""
    with serving(tmp_path, make_data(tmp_path), clock=Clock(1.0, TEN), voice="auto") as found:  # type: ignore[arg-type]
        yield found


def say_of(socket: Any, wanted: Any) -> Any:
    """The first ``say`` that is wanted."""
    for _ in range(WAIT):
        say = socket.receive_json()["view"]["say"]
        if wanted(say):
            return say
    raise AssertionError("never said")


def test_a_call_is_said_once_and_its_clip_can_be_fetched(server: Server) -> None:
    zone = server.hall.state.counters["1"].zone
    with server.live(f"board/{zone}", by="display", query="?sound=1&name=hall-left") as screen:
        assert screen.receive_json()["view"]["say"] is None
        server.open("1")
        number = server.take()["number"]
        call = server.at("1", "next").json()["call"]["id"]
        say = say_of(screen, lambda say: say and say["url"])
        assert (say["id"], say["count"], say["lang"]) == (call, 1, "zh") and number in say["text"]
        clip = server.client.get(say["url"])
        assert clip.status_code == 200 and "immutable" in clip.headers["cache-control"]
        with wave.open(io.BytesIO(clip.content)) as file:
            assert abs(file.getnframes() / file.getframerate() - say["seconds"]) < 0.1
        screen.send_json({"ack": call, "count": 1, "how": "spoken"})
        assert say_of(screen, lambda say: say is None) is None
        assert server.hall.delivery.of(call)["spoken"] is not None
        assert server.get("/load").json()["devices"]["sound"] == {"state": "ok", "devices": 1, "blocked": 0}
        screen.send_json({"sound": "blocked"})
        for _ in range(WAIT):
            if server.get("/load").json()["devices"]["sound"]["blocked"]:
                break
        else:
            raise AssertionError("the manager is not told")
    assert server.hall.sound.status()["devices"] == 0


def test_who_came_is_not_called_any_more(server: Server) -> None:
    """A ring that has not begun is dropped when its visitor is being served."""
    server.open("1")
    server.open("2", "clerk2")
    zone = server.hall.state.counters["1"].zone
    with server.live(f"board/{zone}", by="display", query="?sound=1") as screen:
        screen.receive_json()
        for counter in ("1", "2"):
            server.take()
            if server.at(counter, "next").status_code == 204:
                return  # this hall's second counter serves something else
        first = say_of(screen, lambda say: say is not None)
        server.at("2", "start")
        screen.send_json({"ack": first["id"], "count": 1, "how": "spoken"})
        assert say_of(screen, lambda say: say is None or say["id"] != first["id"]) is None


def test_a_stranger_speaks_for_nobody(server: Server) -> None:
    with server.client.websocket_connect(f"{HALL}/live/board?sound=1") as screen:
        screen.receive_json()
        assert server.hall.sound.status()["devices"] == 0
