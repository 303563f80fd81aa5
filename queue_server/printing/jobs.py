"""The states of a print job and of a printer, and the limits of waiting for paper: values, no threads.

queued -> printed | failed | expired        queued -> queued (with the reason of the last attempt)
"""

from __future__ import annotations

from typing import Literal

import msgspec

JobState = Literal["queued", "printed", "failed", "expired"]
PrinterState = Literal["ok", "out-of-paper", "offline", "off"]


class JobStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where a job stands since ``at_us`` (hall time, microseconds UTC).

    ``reason``: ``offline``, ``out-of-paper``, ``cover-open`` (why it waits, was given up, or may be torn off half
    printed), ``queue-full``, ``no-printer``, ``font-missing``, ``cannot-draw`` or ``stopped``.
    """

    job_id: str
    state: JobState
    at_us: int
    reason: str | None = None


class PrinterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the printer is since ``since_us``. ``off``: none is set up, or its spooler has stopped.

    ``cause`` refines ``offline`` ("cover-open"); ``paper_low``: the roll is near its end, where the printer can tell.
    """

    state: PrinterState
    since_us: int
    cause: str | None = None
    paper_low: bool = False


Change = JobStatus | PrinterStatus


class SpoolLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how much a printer queue waits."""

    jobs_max: int = 50  # an hour of one kiosk; a longer queue is a dead printer
    job_age_seconds_max: float = 90.0  # a visitor who got no paper has noted the number and left the kiosk
    retry_seconds: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)  # between attempts; the last one repeats
    probe_seconds: float = 15.0  # idle printers are asked so often, so that staff hear of it before a visitor does
    kept_max: int = 500  # finished jobs remembered: the last hours of a kiosk, about 200 kB
    stop_seconds_max: float = 5.0  # a send in progress may end


def retry_after(attempts: int, limits: SpoolLimits) -> float:
    """Seconds to wait after the given number of failed attempts (from 1)."""
    return limits.retry_seconds[min(attempts, len(limits.retry_seconds)) - 1]


def printer_state(trouble: str | None) -> PrinterState:
    """The printer's state for a reason of :class:`~queue_server.printing.targets.PrinterTrouble`."""
    if trouble is None:
        return "ok"
    return "out-of-paper" if trouble == "out-of-paper" else "offline"
