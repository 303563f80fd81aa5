"""Tickets on paper and calls as sound, over the API; and the demo's clock."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from small_server import Server, make_data, serving


def slip(server: Server, kind: str, query: str = "", by: str | None = "kiosk") -> object:
    ticket = server.take("a1", lang="en")
    return ticket, server.get(f"/tickets/{ticket['id']}/slip.{kind}{query}", by=by)


@pytest.mark.parametrize(("paper", "dots"), [("58", 384), ("58-wide", 432), ("80", 576)])
def test_the_preview_carries_the_code_of_the_ticket(server: Server, paper: str, dots: int) -> None:
    ticket, answer = slip(server, "png", f"?paper={paper}")
    assert answer.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(answer.content))
    assert image.width == dots
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [ticket["follow_url"]]


def test_pdf_and_printer_bytes(server: Server) -> None:
    assert slip(server, "pdf")[1].content.startswith(b"%PDF")
    assert slip(server, "escpos")[1].content.startswith(b"\x1b@")


def test_what_cannot_be_previewed(server: Server) -> None:
    assert slip(server, "gif")[1].status_code == 404
    assert slip(server, "png", "?paper=a4")[1].json()["code"] == "bad-paper"
    assert slip(server, "png", by=None)[1].status_code == 401
    assert slip(server, "png", "?key=wrong", by=None)[1].json()["code"] == "wrong-ticket-key"
    assert server.get("/tickets/nobody/slip.png").json()["code"] == "unknown-ticket"


def test_the_holder_of_the_key_may_look_at_the_paper(server: Server) -> None:
    ticket = server.take()
    assert server.get(f"/tickets/{ticket['id']}/slip.png?key={ticket['key']}", by=None).status_code == 200


def test_without_a_printer_nothing_is_promised(server: Server) -> None:
    ticket = server.take()
    answer = server.post(f"/tickets/{ticket['id']}/print", by="kiosk")
    assert (answer.status_code, answer.json()["job"], answer.json()["state"]) == (202, None, "none")


def test_a_ticket_goes_to_the_printer_and_its_fate_is_told(tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    with serving(tmp_path, make_data(tmp_path), printer=f"file:{paper}") as server:
        ticket = server.take()
        job = server.post(f"/tickets/{ticket['id']}/print", by="kiosk").json()["job"]
        for _ in range(100):
            state = server.get(f"/tickets/{ticket['id']}/print/{job}", by="kiosk").json()["state"]
            if state == "printed":
                break
            time.sleep(0.05)
        assert state == "printed" and [file.name for file in paper.iterdir()] == [f"{job}.escpos"]
        assert server.hall.printer.status() == {"state": "ok", "waiting": 0}


def test_an_unknown_clip_is_not_found(server: Server) -> None:
    assert server.client.get("/voice/small/" + "0" * 64 + ".wav").status_code == 404
    assert server.client.get("/voice/small/..%2f..%2ftokens.db.wav").status_code == 404


def test_a_real_hall_has_no_speed_control(server: Server) -> None:
    assert server.client.post("/demo/speed", data={"speed": "10"}).status_code == 404
