"""Ways to a printer, named like a URL: ``tcp://host:9100``, ``usb:/dev/usb/lp0``, ``file:/folder``, ``none``.

Each knows how to ask (:meth:`Target.report`) and to send, blocks its thread for a bounded time, and turns every foreign
error into :class:`PrinterTrouble`. ``?cutter=no`` at the end is for printers with a tear bar.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import socket
import struct
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from .printer_status import PrinterReport, ask, read_usb_report

PORT_DEFAULT = 9100
STEP_SECONDS_MAX = 3.0  # to connect, or without a byte taken: slow printers take 3 s a ticket, but never pause so long
CHUNK_BYTES = 4096  # about 7 mm of wide paper
LINGER_SECONDS_MAX = 1.0  # after the last byte: closing earlier makes some printers drop what they hold
SILENCES_MAX = 3  # after so many unanswered questions a printer is not asked any more, until it was away
_LPGETSTATUS = 0x060B


class PrinterTrouble(Exception):
    """The printer did not take a ticket. ``reason``: ``offline``, ``out-of-paper`` or ``cover-open``.

    ``bytes_sent`` tells how much it may hold of it; ``complete`` that it may hold all, so that sending again makes two.
    """

    def __init__(self, reason: str, detail: str = "", *, bytes_sent: int = 0, complete: bool = False) -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.bytes_sent = bytes_sent
        self.complete = complete


class BadTarget(ValueError):
    """A printer address that cannot be understood."""


class Target(Protocol):
    """A printer as the spooler sees it. ``exists`` is false where no printer is wanted."""

    exists: bool
    cutter: bool

    def report(self) -> PrinterReport | None:
        """The printer's state without printing; ``None`` if it cannot tell. Raises :class:`PrinterTrouble`."""

    def send(self, job_id: str, data: bytes) -> PrinterReport | None:
        """Print. Raises :class:`PrinterTrouble`."""


def parse_target(text: str) -> Target:
    """A target from its address. Raises :class:`BadTarget` with a line for the settings page."""
    parts = urlsplit(text.strip())
    cutter = parse_qs(parts.query).get("cutter", ["yes"])[-1] != "no"
    try:
        port = parts.port or PORT_DEFAULT
    except ValueError as error:
        raise BadTarget(f"printer {text!r}: {error}") from error
    match parts.scheme:
        case "" if parts.path in ("", "none"):
            return NoPrinter()
        case "tcp" if parts.hostname:
            return TcpPrinter(parts.hostname, port, cutter=cutter)
        case "usb" if parts.path.startswith("/"):
            return DevicePrinter(Path(parts.path), cutter=cutter)
        case "file" if parts.path.startswith("/"):
            return FolderPrinter(Path(parts.path), cutter=cutter)
    raise BadTarget(f"printer {text!r}: expected tcp://host:9100, usb:/dev/usb/lp0, file:/folder or none")


class NoPrinter:
    """A kiosk that shows numbers and prints none."""

    exists = False
    cutter = False

    def report(self) -> PrinterReport | None:
        return None

    def send(self, job_id: str, data: bytes) -> PrinterReport | None:
        raise PrinterTrouble("offline", "no printer is set up")


class FolderPrinter:
    """One file a ticket, ``<job>.escpos``, complete when it appears: for trials, and servers that watch a folder."""

    exists = True

    def __init__(self, folder: Path, *, cutter: bool = True) -> None:
        self.folder = folder
        self.cutter = cutter

    def report(self) -> PrinterReport | None:
        """Ready where the folder can be written to."""
        ready = self.folder.is_dir() and os.access(self.folder, os.W_OK)
        return PrinterReport() if ready else PrinterReport(trouble="offline")

    def send(self, job_id: str, data: bytes) -> PrinterReport | None:
        unfinished = self.folder / f".{job_id}.part"
        try:
            unfinished.write_bytes(data)
            unfinished.replace(self.folder / f"{job_id}.escpos")
        except OSError as error:
            raise PrinterTrouble("offline", str(error)) from error
        return PrinterReport()


class TcpPrinter:
    """Raw port 9100. A connection a ticket: most printers serve one client at a time."""

    exists = True

    def __init__(self, host: str, port: int = PORT_DEFAULT, *, cutter: bool = True) -> None:
        self.address = (host, port)
        self.cutter = cutter
        self._silences = 0

    def report(self) -> PrinterReport | None:
        with self._connect() as connection:
            return self._ask(connection)

    def send(self, job_id: str, data: bytes) -> PrinterReport | None:
        """Ask, send, ask again: the paper may have ended on the way."""
        with self._connect() as connection:
            report = self._ask(connection)
            if report is not None and report.trouble is not None:
                raise PrinterTrouble(report.trouble)
            self._write(connection, data)
            if report is not None:
                report = self._ask_afterwards(connection, len(data)) or report
            _linger(connection)
            return report

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(self.address, timeout=STEP_SECONDS_MAX)
        except OSError as error:
            self._silences = 0  # whoever comes back may be another printer
            raise PrinterTrouble("offline", str(error)) from error

    def _ask(self, connection: socket.socket) -> PrinterReport | None:
        if self._silences >= SILENCES_MAX:
            return None
        try:
            report = ask(connection)
        except (OSError, EOFError) as error:
            raise PrinterTrouble("offline", str(error)) from error
        self._silences = self._silences + 1 if report is None else 0
        return report

    @staticmethod
    def _ask_afterwards(connection: socket.socket, bytes_sent: int) -> PrinterReport | None:
        """Did it go well? A printer may hang up once it has everything; a broken connection is another matter."""
        try:
            report = ask(connection)
        except EOFError:
            return None
        except OSError as error:
            raise PrinterTrouble("offline", str(error), bytes_sent=bytes_sent, complete=True) from error
        if report is not None and report.trouble is not None:
            raise PrinterTrouble(report.trouble, bytes_sent=bytes_sent, complete=True)
        return report

    @staticmethod
    def _write(connection: socket.socket, data: bytes) -> None:
        for start in range(0, len(data), CHUNK_BYTES):
            try:
                connection.sendall(data[start : start + CHUNK_BYTES])
            except OSError as error:
                raise PrinterTrouble("offline", str(error), bytes_sent=start + 1) from error  # some byte may have gone


class DevicePrinter:
    """A printer's device file. Never waits in the kernel: an unplugged or jammed printer blocks writers for ever."""

    exists = True

    def __init__(self, device: Path, *, cutter: bool = True) -> None:
        self.device = device
        self.cutter = cutter

    def report(self) -> PrinterReport | None:
        handle = self._open()
        try:
            return _usb_report(handle)
        finally:
            os.close(handle)

    def send(self, job_id: str, data: bytes) -> PrinterReport | None:
        handle = self._open()
        try:
            report = _usb_report(handle)
            if report is not None and report.trouble is not None:
                raise PrinterTrouble(report.trouble)
            _write_patiently(handle, data)
            return report
        finally:
            os.close(handle)

    def _open(self) -> int:
        try:
            return os.open(self.device, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            raise PrinterTrouble("offline", str(error)) from error


def _usb_report(handle: int) -> PrinterReport | None:
    try:
        answer = fcntl.ioctl(handle, _LPGETSTATUS, struct.pack("i", 0))
    except OSError:
        return None
    return read_usb_report(struct.unpack("i", answer)[0] & 0xFF)


def _write_patiently(handle: int, data: bytes) -> None:
    """Write as the device takes it. Raises :class:`PrinterTrouble` after 3 s without progress."""
    sent = 0
    while sent < len(data):
        if not select.select([], [handle], [], STEP_SECONDS_MAX)[1]:
            raise PrinterTrouble("offline", "the device takes no more data", bytes_sent=sent)
        try:
            sent += os.write(handle, data[sent : sent + CHUNK_BYTES])
        except OSError as error:
            if error.errno != errno.EAGAIN:
                raise PrinterTrouble("offline", str(error), bytes_sent=sent) from error


def _linger(connection: socket.socket) -> None:
    """Say that this was all, and let the printer hang up; unread answers would reset the connection and lose rows."""
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(LINGER_SECONDS_MAX)
        for _ in range(64):
            if not connection.recv(256):
                return
    except OSError:
        return  # all bytes are with the printer
