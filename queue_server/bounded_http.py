"""uvicorn's HTTP protocol with an end to its patience: a request's head has a size, and a request a time to arrive in.

Without it a few hundred connections that never finish their request live for ever, and a head may be as long as it likes.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .clock import monotonic

HEAD_BYTES_MAX = 65_536  # our longest is under 2 kB; browsers with many cookies send 8 kB
REQUEST_SECONDS_MAX = 30.0  # a 256 kB body over the worst line a hall has


class BoundedHttp(HttpToolsProtocol):
    """One connection. The time the server itself takes to answer is not counted."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_bytes: int | None = 0  # of the head that is being read; None while a body is
        self._begun: float | None = monotonic()
        self._watch = self.loop.call_later(REQUEST_SECONDS_MAX, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX + len(data):  # one chunk may hold the end of the head and a body
                self.send_400_response("The request's head is too long.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun = monotonic()

    def on_headers_complete(self) -> None:
        self._head_bytes = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._head_bytes, self._begun = 0, None
        super().on_message_complete()

    def _look(self) -> None:
        """Close a connection whose request takes too long; a WebSocket has left this protocol and is not ours to close."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        if self._begun is not None and monotonic() - self._begun >= REQUEST_SECONDS_MAX:
            self.transport.close()
            return
        self._watch = self.loop.call_later(REQUEST_SECONDS_MAX, self._look)
