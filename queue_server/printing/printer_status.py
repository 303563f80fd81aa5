"""What a printer says about itself: the answers to ``DLE EOT n``, and the status byte of a USB port.

Both are asked without printing. Many cheap printers never answer; that is "unknown", not "broken".
"""

from __future__ import annotations

import select
import socket

import msgspec

ANSWER_SECONDS_MAX = 0.5  # printers answer within some milliseconds, also while printing; one wait a ticket at most

ASK_PRINTER = b"\x10\x04\x01"
ASK_OFFLINE_CAUSE = b"\x10\x04\x02"
ASK_PAPER = b"\x10\x04\x04"

_FIXED_BITS, _FIXED_VALUE = 0x93, 0x12  # every answer: bits 1 and 4 set, 0 and 7 clear; anything else is noise
_OFFLINE = 0x08  # of ASK_PRINTER
_COVER_OPEN, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40  # of ASK_OFFLINE_CAUSE
_PAPER_LOW, _PAPER_END = 0x0C, 0x60  # of ASK_PAPER

_LP_SELECTED, _LP_PAPER_OUT, _LP_NO_ERROR = 0x10, 0x20, 0x08  # of the Linux LPGETSTATUS call


class PrinterReport(msgspec.Struct, frozen=True, kw_only=True):
    """A printer's own word. ``trouble`` is ``None`` when it can print, else a reason code of ``targets``."""

    trouble: str | None = None
    paper_low: bool = False


def read_report(printer: int, cause: int, paper: int) -> PrinterReport:
    """The three answers together; paper first, because it is what staff can mend."""
    if paper & _PAPER_END or cause & _PAPER_STOP:
        return PrinterReport(trouble="out-of-paper")
    low = bool(paper & _PAPER_LOW)
    if cause & _COVER_OPEN:
        return PrinterReport(trouble="cover-open", paper_low=low)
    if printer & _OFFLINE or cause & _ERROR:
        return PrinterReport(trouble="offline", paper_low=low)
    return PrinterReport(paper_low=low)


def ask(connection: socket.socket) -> PrinterReport | None:
    """Ask over an open connection; ``None`` when the printer does not answer.

    Raises ``EOFError`` when it hangs up, and ``OSError``.
    """
    before = connection.gettimeout()
    connection.settimeout(ANSWER_SECONDS_MAX)
    try:
        _drop_old_answers(connection)
        answers = []
        for question in (ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_PAPER):
            connection.sendall(question)
            answer = _read_answer(connection)
            if answer is None:
                return None
            answers.append(answer)
        return read_report(*answers)
    finally:
        connection.settimeout(before)


def _drop_old_answers(connection: socket.socket) -> None:
    """Rows of a picture can look like a question, and some printers answer those too."""
    while select.select([connection], [], [], 0)[0]:
        if not connection.recv(256):
            raise EOFError("the printer closed the connection")


def read_usb_report(status: int) -> PrinterReport | None:
    """The byte of ``LPGETSTATUS``. All zero comes from adapters that do not know."""
    if status == 0:
        return None
    if status & _LP_PAPER_OUT:
        return PrinterReport(trouble="out-of-paper")
    if not status & _LP_SELECTED or not status & _LP_NO_ERROR:
        return PrinterReport(trouble="offline")
    return PrinterReport()


def _read_answer(connection: socket.socket) -> int | None:
    """The next well-formed status byte; automatic status messages before it are skipped."""
    for _ in range(16):
        try:
            received = connection.recv(1)
        except TimeoutError:
            return None
        if not received:
            raise EOFError("the printer closed the connection")
        if received[0] & _FIXED_BITS == _FIXED_VALUE:
            return received[0]
    return None
