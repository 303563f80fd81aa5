"""A network printer that keeps what it is sent and answers ``DLE EOT`` as told; on a port of its own."""

from __future__ import annotations

import queue
import socket
import threading
from types import TracebackType

READY = {1: 0x12, 2: 0x12, 4: 0x12}
PAPER_OUT = {1: 0x1A, 2: 0x32, 4: 0x7E}
PAPER_LOW = {1: 0x12, 2: 0x12, 4: 0x1E}
COVER_OPEN = {1: 0x1A, 2: 0x16, 4: 0x12}
OFFLINE = {1: 0x1A, 2: 0x12, 4: 0x12}
MUTE: dict[int, int] = {}


class PrinterSink:
    """``answers`` may be changed at any time; ``jobs`` gets the printed bytes of each connection that sent any."""

    def __init__(self, answers: dict[int, int], port: int = 0) -> None:
        self.answers = answers
        self.answers_after: dict[int, int] | None = None  # once something was printed
        self.hang_up_after_bytes: int | None = None
        self.questions = 0
        self.jobs: queue.Queue[bytes] = queue.Queue()
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def __enter__(self) -> PrinterSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        job = bytearray()
        try:
            while data := connection.recv(65_536):
                question = data[-1] if data[-3:-1] == b"\x10\x04" else None
                job += data if question is None else data[:-3]
                if job and self.answers_after is not None:
                    self.answers = self.answers_after
                if self.hang_up_after_bytes is not None and len(job) >= self.hang_up_after_bytes:
                    self.hang_up_after_bytes = None
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset, not FIN
                    break
                if question is not None:
                    self._answer(connection, question)
        except OSError:
            pass
        if job:
            self.jobs.put(bytes(job))

    def _answer(self, connection: socket.socket, question: int) -> None:
        self.questions += 1
        if question in self.answers:
            connection.sendall(bytes([self.answers[question]]))
