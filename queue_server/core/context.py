"""Who asks, and when: what a decision may know besides the state of the hall."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["admin", "manager", "clerk", "kiosk", "display", "guest", "visitor", "system"]


class Actor(msgspec.Struct, frozen=True):
    """The one who asks. ``id`` stands in the log; for a clerk it is the clerk's id."""

    id: str
    role: Role

    @property
    def manages(self) -> bool:
        return self.role in ("admin", "manager", "system")


SYSTEM = Actor("system", "system")


class Context(msgspec.Struct, frozen=True):
    """``now`` in microseconds UTC, never before the hall's last event. ``always_open``: opening hours are ignored."""

    now: int
    actor: Actor = SYSTEM
    always_open: bool = False
