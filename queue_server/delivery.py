"""Proof of delivery: which screens showed a call and which speakers spoke it.

Acks stay in memory by device and delay nothing; ten seconds after each ring one event keeps them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from .core import visits as v
from .core.setup import RecordDelivery
from .runner import Published, Runner, _swallow

KEEP_RINGS = 500  # rings whose acks are still taken; ten seconds of the busiest hall are far fewer
DEVICES_MAX = 64  # named in one event
AFTER_SECONDS = 10.0


class Proof(msgspec.Struct):
    """Acks of one ring."""

    call: str
    count: int
    at: int
    ticket: str
    shown: dict[str, int]
    spoken: dict[str, int]
    phone: bool = False


class Delivery:
    """Collects the acks of one hall."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.watching: Callable[[], int] = lambda: 0
        self._proofs: dict[tuple[str, int], Proof] = {}
        self._latest: dict[str, Proof] = {}
        runner.listen(self._published)

    def _published(self, published: Published) -> None:
        at = self.runner.state.at
        for _, event in published.events:
            if isinstance(event, v.TicketCalled):
                self._expect(Proof(event.call, 1, at, event.ticket, {}, {}))
            elif isinstance(event, v.TicketRecalled):
                self._expect(Proof(event.call, event.count, at, event.ticket, {}, {}))

    def _expect(self, proof: Proof) -> None:
        self._proofs[proof.call, proof.count] = self._latest[proof.call] = proof
        while len(self._proofs) > KEEP_RINGS:
            old = self._proofs.pop(next(iter(self._proofs)))
            if self._latest.get(old.call) is old:  # a recall's proof is newer than the first call's
                del self._latest[old.call]
        asyncio.get_running_loop().call_later(AFTER_SECONDS, self._record, proof)

    def ack(self, device: str, call: str, count: int, how: str) -> str | None:
        """Take an ack; gives the ticket whose desk should be told (first word and first voice only), else None."""
        proof = self._proofs.get((call, count))
        if proof is None or how not in ("shown", "spoken"):
            return None
        acks = proof.shown if how == "shown" else proof.spoken
        first = not acks
        if len(acks) < DEVICES_MAX:
            acks.setdefault(device, self.runner.now())
        return proof.ticket if first else None

    def of(self, call: str) -> dict[str, Any] | None:
        """For the desk: ``shown`` screens of ``watching``, the instants of the first, whether the phone has it."""
        proof = self._latest.get(call)
        if proof is None:
            return None
        return {
            "count": proof.count, "shown": len(proof.shown), "watching": self.watching(),
            "shown_at": min(proof.shown.values(), default=None), "spoken": min(proof.spoken.values(), default=None),
            "phone": proof.phone,
        }  # fmt: skip

    def phone(self, ticket: str, call: str) -> None:
        """The visitor's own phone has the call."""
        if (proof := self._latest.get(call)) is not None and proof.ticket == ticket:
            proof.phone = True

    def _record(self, proof: Proof) -> None:
        command = RecordDelivery(
            call=proof.call, count=proof.count, shown=tuple(sorted(proof.shown)), spoken=tuple(sorted(proof.spoken)),
            watching=self.watching(),
        )  # fmt: skip
        self.runner.submit(command).add_done_callback(_swallow)
