"""The short way of a push: a message is framed once and written to every connection as it is.

The long way makes five calls and a frame for each screen (Starlette's ``send``, two wrappers, uvicorn, websockets).
:class:`PushProtocol` is uvicorn's protocol with one thing more: as the ASGI extension ``youxu.push`` it offers the application a
function that takes a finished frame. Under a server without it, and while a connection is busy or closing, the long way is
taken, so nothing depends on this but speed: ``docs/decisions/0007-frames-made-once.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

EXTENSION = "youxu.push"
Write = Callable[[bytes], bool]


def frame_of(text: str) -> bytes:
    """A text message as a server sends it: whole, unmasked, not compressed."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def write_of(scope: Mapping[str, Any]) -> Write | None:
    """How to write a finished frame to this connection, where the server offers that."""
    found: Write | None = scope.get("extensions", {}).get(EXTENSION, {}).get("write")
    return found


class PushProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101 and not self.conn.extensions:  # an extension would have to change the frame
            self.scope["extensions"][EXTENSION] = {"write": self.write_frame}

    def handle_ping(self) -> None:
        """A peer that pings and never reads gets no pongs: they would heap up here."""
        pongs = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pongs)

    def write_frame(self, frame: bytes) -> bool:
        """Write at once; False when that cannot be: the connection is not open, or its peer does not read."""
        if self.conn.state is not State.OPEN or self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True
