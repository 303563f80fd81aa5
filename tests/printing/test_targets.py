import os
import threading
from pathlib import Path

import pytest
from printer_sink import COVER_OPEN, MUTE, OFFLINE, PAPER_LOW, PAPER_OUT, READY, PrinterSink

from queue_server.printing.printer_status import PrinterReport, read_report, read_usb_report
from queue_server.printing.targets import (
    SILENCES_MAX,
    BadTarget,
    DevicePrinter,
    FolderPrinter,
    NoPrinter,
    PrinterTrouble,
    TcpPrinter,
    parse_target,
)

DATA = b"\x1b@" + bytes(range(1, 10)) * 3000


def test_addresses() -> None:
    tcp = parse_target("tcp://10.0.0.9")
    assert isinstance(tcp, TcpPrinter) and tcp.address == ("10.0.0.9", 9100) and tcp.cutter
    named = parse_target("tcp://printer-2.hall:9101?cutter=no")
    assert isinstance(named, TcpPrinter) and named.address == ("printer-2.hall", 9101) and not named.cutter
    usb = parse_target("usb:/dev/usb/lp0")
    assert isinstance(usb, DevicePrinter) and usb.device == Path("/dev/usb/lp0")
    folder = parse_target("file:/srv/tickets")
    assert isinstance(folder, FolderPrinter) and folder.folder == Path("/srv/tickets")
    assert isinstance(parse_target("none"), NoPrinter) and isinstance(parse_target(""), NoPrinter)


@pytest.mark.parametrize("address", ["tcp://", "tcp://host:99999", "usb:lp0", "file:", "http://host", "10.0.0.9:9100"])
def test_a_bad_address_is_refused_with_its_text(address: str) -> None:
    with pytest.raises(BadTarget, match="printer"):
        parse_target(address)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (READY, PrinterReport()),
        (PAPER_LOW, PrinterReport(paper_low=True)),
        (PAPER_OUT, PrinterReport(trouble="out-of-paper")),
        (COVER_OPEN, PrinterReport(trouble="cover-open")),
        (OFFLINE, PrinterReport(trouble="offline")),
    ],
)
def test_answers_are_understood(answers: dict[int, int], expected: PrinterReport) -> None:
    assert read_report(answers[1], answers[2], answers[4]) == expected
    with PrinterSink(answers) as sink:
        assert parse_target(sink.address).report() == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0x18, PrinterReport()),
        (0x38, PrinterReport(trouble="out-of-paper")),
        (0x08, PrinterReport(trouble="offline")),
        (0x10, PrinterReport(trouble="offline")),
        (0x00, None),
    ],
)
def test_usb_status(status: int, expected: PrinterReport | None) -> None:
    assert read_usb_report(status) == expected


def test_tcp_sends_every_byte() -> None:
    with PrinterSink(READY) as sink:
        assert parse_target(sink.address).send("a", DATA) == PrinterReport()
        assert sink.jobs.get(timeout=10) == DATA


@pytest.mark.parametrize("answers", [PAPER_OUT, COVER_OPEN, OFFLINE])
def test_tcp_sends_nothing_to_a_printer_in_trouble(answers: dict[int, int]) -> None:
    with PrinterSink(answers) as sink, pytest.raises(PrinterTrouble) as trouble:
        parse_target(sink.address).send("a", DATA)
    assert trouble.value.bytes_sent == 0 and not trouble.value.complete
    assert sink.jobs.empty()


def test_paper_that_ends_on_the_way_is_noticed_and_not_sent_again() -> None:
    with PrinterSink(READY) as sink:
        sink.answers_after = PAPER_OUT
        with pytest.raises(PrinterTrouble) as trouble:
            parse_target(sink.address).send("a", DATA)
    assert trouble.value.reason == "out-of-paper" and trouble.value.complete


def test_a_mute_printer_prints_and_is_soon_left_in_peace() -> None:
    with PrinterSink(MUTE) as sink:
        printer = parse_target(sink.address)
        for number in range(SILENCES_MAX + 3):
            assert printer.send(str(number), DATA) is None
            assert sink.jobs.get(timeout=10) == DATA
        assert sink.questions == SILENCES_MAX


def test_a_broken_connection_tells_that_bytes_are_out() -> None:
    with PrinterSink(READY) as sink:
        sink.hang_up_after_bytes = 500
        with pytest.raises(PrinterTrouble) as trouble:
            parse_target(sink.address).send("a", DATA)
    assert trouble.value.reason == "offline" and trouble.value.bytes_sent > 0


def test_nobody_at_the_address() -> None:
    with PrinterSink(READY) as sink:
        address = sink.address
    with pytest.raises(PrinterTrouble) as trouble:
        parse_target(address).send("a", DATA)
    assert trouble.value.reason == "offline" and trouble.value.bytes_sent == 0


def test_a_folder_gets_one_whole_file_a_job(tmp_path: Path) -> None:
    printer = parse_target(f"file:{tmp_path}")
    assert printer.report() == PrinterReport()
    printer.send("job-1", DATA)
    printer.send("job-2", DATA[:10])
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "job-1.escpos": DATA,
        "job-2.escpos": DATA[:10],
    }


def test_a_missing_folder_is_an_offline_printer(tmp_path: Path) -> None:
    printer = parse_target(f"file:{tmp_path}/gone")
    assert printer.report() == PrinterReport(trouble="offline")
    with pytest.raises(PrinterTrouble):
        printer.send("job", DATA)


def test_a_device_file_is_written_as_it_takes_the_bytes(tmp_path: Path) -> None:
    """A pipe stands for the device: it takes 64 kB, then makes the writer wait for the reader."""
    device = tmp_path / "lp0"
    os.mkfifo(device)
    received: list[bytes] = []
    opened = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(opened, True)

    def read() -> None:
        with os.fdopen(opened, "rb") as pipe:
            received.append(pipe.read())

    reader = threading.Thread(target=read)
    printer = parse_target(f"usb:{device}")
    handle = os.open(device, os.O_WRONLY)  # keeps the pipe open until everything is written
    reader.start()
    assert printer.send("a", DATA * 4) is None
    os.close(handle)
    reader.join(10)
    assert received == [DATA * 4]


def test_an_unplugged_device_is_offline(tmp_path: Path) -> None:
    for call in (parse_target("usb:/nowhere/lp0").report, lambda: parse_target("usb:/nowhere/lp0").send("a", DATA)):
        with pytest.raises(PrinterTrouble) as trouble:
            call()
        assert trouble.value.reason == "offline"


def test_a_device_that_takes_no_more_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queue_server.printing.targets.STEP_SECONDS_MAX", 0.05)
    device = tmp_path / "lp0"
    os.mkfifo(device)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(PrinterTrouble) as trouble:
        parse_target(f"usb:{device}").send("a", bytes(1_000_000))
    assert 0 < trouble.value.bytes_sent < 1_000_000
    os.close(reader)


def test_no_printer_has_nothing_to_say() -> None:
    assert NoPrinter().report() is None
    with pytest.raises(PrinterTrouble):
        NoPrinter().send("a", DATA)
