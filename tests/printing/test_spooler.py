"""The queue before a printer. Waits are for events, never for a time; clocks are moved by hand."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from escpos_decoder import decode
from printer_sink import COVER_OPEN, PAPER_OUT, READY, PrinterSink
from ticket_slips import slip

from queue_server.printing import spooler as spooler_module
from queue_server.printing.fonts import FontMissing
from queue_server.printing.jobs import Change, JobStatus, PrinterStatus, SpoolLimits, retry_after
from queue_server.printing.printer_status import PrinterReport
from queue_server.printing.spooler import SpoolClock, Spooler
from queue_server.printing.targets import BadTarget, PrinterTrouble, Target
from queue_server.printing.ticket_image import draw_ticket

PATIENT = SpoolLimits(probe_seconds=3600, retry_seconds=(3600,))  # acts only when told to
HASTY = SpoolLimits(probe_seconds=0.02, retry_seconds=(0.02,))


class PaperPrinter:
    """A printer of which everything can be set: trouble, report, and a gate that holds a send back."""

    exists = True
    cutter = True

    def __init__(self) -> None:
        self.trouble: PrinterTrouble | Exception | None = None
        self.sent: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def report(self) -> PrinterReport | None:
        return None

    def send(self, job_id: str, data: bytes) -> PrinterReport | None:
        self.entered.set()
        assert self.gate.wait(15)
        if self.trouble is not None:
            raise self.trouble
        self.sent.put((job_id, data))
        return None


@dataclass
class Hall:
    """A spooler under test, its clocks and what it told."""

    told: queue.Queue[Change] = field(default_factory=queue.Queue)
    seconds: float = 1000.0
    spoolers: list[Spooler] = field(default_factory=list)

    def spooler(self, target: Target | str, limits: SpoolLimits = PATIENT, width: int = 384) -> Spooler:
        clock = SpoolClock(now=lambda: int(self.seconds * 1_000_000), monotonic=lambda: self.seconds)
        made = Spooler(target, width, clock, on_change=self.told.put, limits=limits)
        self.spoolers.append(made)
        return made

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        """The first news that is wanted; fails when it does not come."""
        while True:
            change = self.told.get(timeout=15)
            if wanted(change):
                return change

    def job(self, job_id: str, state: str, reason: str | None = None) -> JobStatus:
        wanted = (job_id, state, reason)
        found = self.until(lambda c: isinstance(c, JobStatus) and (c.job_id, c.state, c.reason) == wanted)
        assert isinstance(found, JobStatus)
        return found

    def printer(self, state: str) -> PrinterStatus:
        found = self.until(lambda c: isinstance(c, PrinterStatus) and c.state == state)
        assert isinstance(found, PrinterStatus)
        return found


@pytest.fixture
def hall() -> Iterator[Hall]:
    made = Hall()
    yield made
    for spooler in made.spoolers:
        spooler.stop()


def test_a_ticket_comes_out_as_it_was_previewed(hall: Hall) -> None:
    with PrinterSink(READY) as sink:
        spooler = hall.spooler(sink.address, width=576)
        spooler.submit("t1", slip())
        hall.job("t1", "queued")
        hall.job("t1", "printed")
        assert decode(sink.jobs.get(timeout=10)).image.tobytes() == draw_ticket(slip(), 576).tobytes()
        assert spooler.printer().state == "ok" and spooler.waiting() == 0


def test_tickets_come_out_in_order(hall: Hall) -> None:
    printer = PaperPrinter()
    spooler = hall.spooler(printer)
    for number in range(10):
        spooler.submit(f"t{number}", slip())
    assert [printer.sent.get(timeout=15)[0] for _ in range(10)] == [f"t{number}" for number in range(10)]


def test_a_stuck_printer_never_holds_up_the_caller_and_the_queue_is_bounded(hall: Hall) -> None:
    printer = PaperPrinter()
    printer.gate.clear()
    spooler = hall.spooler(printer)
    spooler.submit("first", slip())
    assert printer.entered.wait(15)
    for number in range(60):  # returns although the worker is held at the gate
        spooler.submit(f"t{number}", slip())
    assert spooler.waiting() == SpoolLimits().jobs_max
    refused = spooler.job("t59")
    assert refused is not None and (refused.state, refused.reason) == ("failed", "queue-full")
    printer.gate.set()
    hall.job("t48", "printed")


def test_a_dead_printer_gets_its_tickets_when_it_comes_up(hall: Hall) -> None:
    with PrinterSink(READY) as sink:
        address, port = sink.address, sink.port
    spooler = hall.spooler(address, HASTY)
    hall.printer("offline")
    spooler.submit("t1", slip())
    spooler.submit("t2", slip())
    hall.job("t1", "queued", "offline")
    hall.seconds += 30
    with PrinterSink(READY, port):
        hall.job("t1", "printed")
        assert spooler.printer() == PrinterStatus(state="ok", since_us=1_030_000_000)
        hall.job("t2", "printed")


def test_out_of_paper_waits_for_paper(hall: Hall) -> None:
    with PrinterSink(PAPER_OUT) as sink:
        spooler = hall.spooler(sink.address, HASTY)
        spooler.submit("t1", slip())
        hall.job("t1", "queued", "out-of-paper")
        assert spooler.printer() == PrinterStatus(state="out-of-paper", since_us=1_000_000_000)
        assert sink.jobs.empty()
        sink.answers = READY
        hall.job("t1", "printed")
        assert spooler.printer().state == "ok"
        sink.jobs.get(timeout=10)
        assert sink.jobs.empty(), "one ticket, not two"


def test_an_idle_printer_is_asked_so_that_staff_know_first(hall: Hall) -> None:
    with PrinterSink(READY) as sink:
        hall.spooler(sink.address, HASTY)
        sink.answers = COVER_OPEN
        assert hall.printer("offline").cause == "cover-open"
        sink.answers = PAPER_OUT
        hall.printer("out-of-paper")
        sink.answers = READY
        hall.printer("ok")


def test_paper_that_ends_within_a_ticket_fails_it_and_does_not_print_it_twice(hall: Hall) -> None:
    with PrinterSink(READY) as sink:
        spooler = hall.spooler(sink.address)
        sink.answers_after = PAPER_OUT
        spooler.submit("t1", slip())
        hall.job("t1", "failed", "out-of-paper")
        assert spooler.printer().state == "out-of-paper"


def test_a_ticket_is_not_printed_for_a_visitor_who_has_left(hall: Hall) -> None:
    printer = PaperPrinter()
    printer.trouble = PrinterTrouble("offline")
    spooler = hall.spooler(printer)
    spooler.submit("old", slip())
    hall.job("old", "queued", "offline")
    hall.seconds += 60
    printer.gate.clear()
    printer.entered.clear()
    spooler.submit("young", slip())
    assert printer.entered.wait(15), "a new ticket wakes the worker, which tries the oldest first"
    hall.seconds += 30
    printer.gate.set()
    spooler.retry_now()
    hall.job("old", "expired", "offline")
    hall.job("young", "queued", "offline")
    printer.trouble = None
    spooler.retry_now()
    hall.job("young", "printed")
    assert printer.sent.get(timeout=1)[0] == "young" and printer.sent.empty()


def test_a_transfer_that_broke_off_is_completed_before_the_next_ticket(hall: Hall) -> None:
    printer = PaperPrinter()
    printer.trouble = PrinterTrouble("offline", bytes_sent=9000)
    spooler = hall.spooler(printer)
    spooler.submit("t1", slip())
    hall.job("t1", "queued", "offline")
    printer.trouble = None
    spooler.retry_now()
    hall.job("t1", "printed")
    first = printer.sent.get(timeout=15)[1]
    assert first.startswith(bytes(384 // 8 * 480)) and decode(first).image.width == 384
    spooler.submit("t2", slip())
    assert printer.sent.get(timeout=15)[1].startswith(b"\x1b@")


def test_the_same_job_is_printed_once_but_a_failed_one_may_be_tried_again(hall: Hall) -> None:
    printer = PaperPrinter()
    printer.trouble = PrinterTrouble("out-of-paper", bytes_sent=1, complete=True)
    spooler = hall.spooler(printer)
    spooler.submit("t1", slip())
    hall.job("t1", "failed", "out-of-paper")
    printer.trouble = None
    spooler.submit("t1", slip())
    hall.job("t1", "printed")
    spooler.submit("t1", slip())
    spooler.submit("t2", slip())
    hall.job("t2", "printed")
    assert [printer.sent.get(timeout=1)[0] for _ in range(2)] == ["t1", "t2"] and printer.sent.empty()


@pytest.mark.parametrize(("error", "reason"), [(FontMissing("none"), "font-missing"), (ValueError(), "cannot-draw")])
def test_a_ticket_that_cannot_be_drawn_fails_and_the_next_one_prints(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    spooler = hall.spooler(PaperPrinter())
    with monkeypatch.context() as patch:
        patch.setattr(spooler_module, "draw_ticket", fail)
        spooler.submit("t1", slip())
        hall.job("t1", "failed", reason)
    spooler.submit("t2", slip())
    hall.job("t2", "printed")


def test_an_unforeseen_error_of_a_printer_is_an_offline_printer(hall: Hall) -> None:
    printer = PaperPrinter()
    printer.trouble = RuntimeError("driver")
    spooler = hall.spooler(printer)
    spooler.submit("t1", slip())
    hall.job("t1", "queued", "offline")
    printer.trouble = None
    spooler.retry_now()
    hall.job("t1", "printed")


def test_no_printer_is_off_and_says_so(hall: Hall) -> None:
    spooler = hall.spooler("none")
    spooler.submit("t1", slip())
    hall.job("t1", "failed", "no-printer")
    assert spooler.printer() == PrinterStatus(state="off", since_us=1_000_000_000)


def test_stopping_ends_the_thread_and_fails_what_waits(hall: Hall) -> None:
    printer = PaperPrinter()
    printer.trouble = PrinterTrouble("offline")
    spooler = hall.spooler(printer)
    spooler.submit("t1", slip())
    hall.job("t1", "queued", "offline")
    spooler.stop()
    hall.job("t1", "failed", "stopped")
    hall.printer("off")
    spooler.submit("t2", slip())
    late = spooler.job("t2")
    assert late is not None and late.reason == "stopped"
    spooler.stop()
    assert not spooler._worker.is_alive()


def test_a_listener_that_fails_harms_nobody() -> None:
    printer = PaperPrinter()
    seen: queue.Queue[Change] = queue.Queue()

    def listen(change: Change) -> None:
        seen.put(change)
        raise RuntimeError("listener")

    spooler = Spooler(printer, 384, SpoolClock(lambda: 0, lambda: 0.0), on_change=listen, limits=PATIENT)
    spooler.submit("t1", slip())
    spooler.submit("t2", slip())
    assert [printer.sent.get(timeout=15)[0] for _ in range(2)] == ["t1", "t2"]
    spooler.stop()
    assert {change.job_id for change in seen.queue if isinstance(change, JobStatus)} == {"t1", "t2"}


def test_only_so_many_finished_jobs_are_remembered(hall: Hall) -> None:
    spooler = hall.spooler(PaperPrinter(), SpoolLimits(kept_max=3, probe_seconds=3600))
    for number in range(6):
        spooler.submit(f"t{number}", slip())
        hall.job(f"t{number}", "printed")
    assert [number for number in range(6) if spooler.job(f"t{number}")] == [3, 4, 5]


def test_back_off_grows_to_a_limit() -> None:
    limits = SpoolLimits()
    assert [retry_after(attempts, limits) for attempts in (1, 2, 3, 4, 5, 99)] == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_job_id_must_be_fit_for_a_file_name(hall: Hall) -> None:
    with pytest.raises(AssertionError, match="job ids"):
        hall.spooler("none").submit("../etc", slip())


def test_a_bad_address_is_refused_at_once() -> None:
    with pytest.raises(BadTarget):
        Spooler("ftp://x", 384, SpoolClock(lambda: 0, lambda: 0.0))
