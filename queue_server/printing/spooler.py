"""A queue in front of each printer, with a thread of its own, so that no printer ever holds up a kiosk.

The caller only puts a slip down. Drawing, sending, asking and waiting happen in the worker; news come back through
``on_change``, called in the worker thread, never under a lock. Ages are measured on the monotonic clock: the transport
does not follow a trial's speed.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Callable

import msgspec

from .escpos_raster import encode, resync
from .fonts import FontMissing
from .jobs import (
    Change,
    JobState,
    JobStatus,
    PrinterStatus,
    SpoolLimits,
    printer_state,
    retry_after,
)
from .paper import TicketSlip
from .printer_status import PrinterReport
from .targets import PrinterTrouble, Target, parse_target
from .ticket_image import draw_ticket

log = logging.getLogger(__name__)
_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class SpoolClock(msgspec.Struct, frozen=True):
    """The two clocks a spooler is given: hall time in microseconds UTC for stamps, monotonic seconds for ages."""

    now: Callable[[], int]
    monotonic: Callable[[], float]


class _Job(msgspec.Struct):
    job_id: str
    slip: TicketSlip
    born: float  # monotonic seconds


class Spooler:
    """One printer's queue. Safe to call from any thread; :meth:`submit` never waits for the printer."""

    def __init__(
        self,
        target: Target | str,
        width_dots: int,
        clock: SpoolClock,
        *,
        on_change: Callable[[Change], None] | None = None,
        limits: SpoolLimits | None = None,
    ) -> None:
        """Starts the worker. Raises :class:`~queue_server.printing.targets.BadTarget` for a bad address."""
        self._target = parse_target(target) if isinstance(target, str) else target
        self._width = width_dots
        self._clock = clock
        self._on_change = on_change
        self._limits = limits or SpoolLimits()
        self._wake = threading.Condition()  # guards all that follows
        self._waiting: deque[_Job] = deque()
        self._jobs: dict[str, JobStatus] = {}
        self._untold: deque[Change] = deque()
        self._stopping = False
        self._hurry = False
        self._damaged = False  # a transfer broke off: the printer may wait for the rest of a raster block
        self._printer = PrinterStatus(state="ok" if self._target.exists else "off", since_us=clock.now())
        self._worker = threading.Thread(target=self._run, name="printer", daemon=True)
        self._worker.start()

    # -- for the caller ----------------------------------------------------------------------------------------------

    def submit(self, job_id: str, slip: TicketSlip) -> None:
        """Queue a ticket. A job that is queued or printed is not taken twice: a reprint has an id of its own."""
        assert _JOB_ID.fullmatch(job_id), f"job ids name files: {job_id!r} is not one"
        with self._wake:
            known = self._jobs.get(job_id)
            if known is not None and known.state in ("queued", "printed"):
                return
            refusal = self._refusal()
            if refusal is not None:
                self._note(job_id, "failed", refusal)
            else:
                self._waiting.append(_Job(job_id, slip, self._clock.monotonic()))
                self._note(job_id, "queued")
            self._wake.notify_all()

    def job(self, job_id: str) -> JobStatus | None:
        """Where a job stands; ``None`` when it was never here or is long finished."""
        with self._wake:
            return self._jobs.get(job_id)

    def printer(self) -> PrinterStatus:
        """How the printer is, as far as is known."""
        with self._wake:
            return self._printer

    def waiting(self) -> int:
        """Jobs not yet finished."""
        with self._wake:
            return len(self._waiting)

    def retry_now(self) -> None:
        """Try at once instead of after the back-off: staff have put paper in."""
        with self._wake:
            self._hurry = True
            self._wake.notify_all()

    def stop(self) -> None:
        """End the worker, at most after the send in progress; what waits has failed as ``stopped``. May be repeated."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if threading.current_thread() is not self._worker:
            self._worker.join(self._limits.stop_seconds_max)

    # -- the worker --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        attempts, quiet = 0, True
        while not self._stopping:
            if quiet:
                self._probe()
            self._tell()
            job = self._next_job()
            if job is None:
                attempts, quiet = 0, self._rest(self._limits.probe_seconds)
                continue
            quiet = False
            attempts = 0 if self._try(job) else attempts + 1
            if attempts:
                self._tell()
                self._rest(retry_after(attempts, self._limits), backing_off=True)
        self._close()

    def _next_job(self) -> _Job | None:
        with self._wake:
            self._expire()
            return self._waiting[0] if self._waiting else None

    def _rest(self, seconds: float, *, backing_off: bool = False) -> bool:
        """Sleep, true when nothing happened. A new ticket, :meth:`retry_now` and :meth:`stop` wake the worker.

        A new ticket also cuts a back-off short: somebody stands there. Visitors are slow enough to be the limit.
        """
        with self._wake:
            hurry, self._hurry = self._hurry, False
            if hurry or self._stopping or self._untold or (self._waiting and not backing_off):
                return False
            woken = self._wake.wait(seconds)
            self._hurry = False
            return not woken

    def _try(self, job: _Job) -> bool:
        """One attempt at one job; false when it shall be tried again. Nothing a job does ends the worker."""
        data, reason = self._draw(job)
        if data is None:
            self._finish(job, "failed", reason)
            return True
        try:
            report = self._target.send(job.job_id, (resync(self._width) if self._damaged else b"") + data)
        except PrinterTrouble as trouble:
            return self._troubled(job, trouble)
        except Exception:
            log.exception("printing job %s", job.job_id)
            return self._troubled(job, PrinterTrouble("offline"))
        self._damaged = False
        self._finish(job, "printed")
        self._heard(report or PrinterReport())
        return True

    def _troubled(self, job: _Job, trouble: PrinterTrouble) -> bool:
        """After a failed attempt: a ticket that the printer holds whole is not sent again."""
        log.info("job %s: %s (%s)", job.job_id, trouble.reason, trouble)
        self._damaged = self._damaged or trouble.bytes_sent > 0
        self._heard(PrinterReport(trouble=trouble.reason))
        if trouble.complete:
            self._finish(job, "failed", trouble.reason)
            return True
        with self._wake:
            if self._jobs[job.job_id].reason != trouble.reason:
                self._note(job.job_id, "queued", trouble.reason)
        return False

    def _draw(self, job: _Job) -> tuple[bytes | None, str | None]:
        """The bytes, or why there are none."""
        try:
            return encode(draw_ticket(job.slip, self._width), cutter=self._target.cutter), None
        except FontMissing:
            log.error("no Chinese font: tickets cannot be drawn")
            return None, "font-missing"
        except Exception:
            log.exception("drawing job %s", job.job_id)
            return None, "cannot-draw"

    def _probe(self) -> None:
        """Ask an idle printer how it is."""
        if not self._target.exists:
            return
        try:
            report = self._target.report()
        except PrinterTrouble as trouble:
            report = PrinterReport(trouble=trouble.reason)
        except Exception:
            log.exception("asking the printer")
            report = PrinterReport(trouble="offline")
        self._heard(report or PrinterReport())

    def _close(self) -> None:
        with self._wake:
            while self._waiting:
                self._note(self._waiting.popleft().job_id, "failed", "stopped")
            self._printer = PrinterStatus(state="off", since_us=self._clock.now())
            self._untold.append(self._printer)
        self._tell()

    # -- the books; all but _tell and _heard are called with the lock held ---------------------------------------------

    def _refusal(self) -> str | None:
        if self._stopping:
            return "stopped"
        if not self._target.exists:
            return "no-printer"
        return "queue-full" if len(self._waiting) >= self._limits.jobs_max else None

    def _expire(self) -> None:
        """Give up jobs whose visitor has left; they are in order of age."""
        limit = self._clock.monotonic() - self._limits.job_age_seconds_max
        while self._waiting and self._waiting[0].born <= limit:
            job_id = self._waiting.popleft().job_id
            self._note(job_id, "expired", self._jobs[job_id].reason)

    def _note(self, job_id: str, state: JobState, reason: str | None = None) -> None:
        status = JobStatus(job_id=job_id, state=state, at_us=self._clock.now(), reason=reason)
        self._jobs.pop(job_id, None)  # to the end: the newest are kept
        self._jobs[job_id] = status
        self._untold.append(status)
        excess = len(self._jobs) - self._limits.kept_max - len(self._waiting)
        for old in [key for key, known in self._jobs.items() if known.state != "queued"][: max(0, excess)]:
            del self._jobs[old]

    def _finish(self, job: _Job, state: JobState, reason: str | None = None) -> None:
        with self._wake:
            if self._waiting and self._waiting[0] is job:
                self._waiting.popleft()
            self._note(job.job_id, state, reason)

    def _heard(self, report: PrinterReport) -> None:
        """Take in what the printer said; only a change is news."""
        state = printer_state(report.trouble)
        cause = report.trouble if report.trouble not in (None, state) else None
        with self._wake:
            old = self._printer
            if (old.state, old.cause, old.paper_low) == (state, cause, report.paper_low):
                return
            since_us = old.since_us if old.state == state else self._clock.now()
            self._printer = PrinterStatus(state=state, since_us=since_us, cause=cause, paper_low=report.paper_low)
            self._untold.append(self._printer)

    def _tell(self) -> None:
        """Pass on the news, outside the lock; a listener that fails harms nobody."""
        while True:
            with self._wake:
                if not self._untold:
                    return
                change = self._untold.popleft()
            try:
                if self._on_change is not None:
                    self._on_change(change)
            except Exception:
                log.exception("on_change")
