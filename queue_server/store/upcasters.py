"""Versions of event bodies, and how an old body becomes a new one.

A stored event is never rewritten. When the fields of an event change in a way that an old body no longer reads as
what it meant, its version goes up here, a function says how the old body reads now, and a golden file of the new
version is added under ``tests/golden/events``. A new field with a default needs none of this.

    VERSIONS = {"ticket_issued": 2}

    @upcaster("ticket_issued", 1)
    def _(body: Body) -> Body:
        return {**body, "channel": body.get("channel", "kiosk")}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]

VERSIONS: dict[str, int] = {  # by kind; a kind that is not listed is at version 1
    "counter_changed": 2,
    "service_finished": 2,
}
UPCASTERS: dict[tuple[str, int], Upcaster] = {}  # (kind, version) -> to the next version


def upcaster(kind: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Register a function that turns a body of ``version`` into one of the next."""

    def register(function: Upcaster) -> Upcaster:
        assert (kind, version) not in UPCASTERS, f"two upcasters for {kind} version {version}"
        UPCASTERS[kind, version] = function
        return function

    return register


def upcast(
    kind: str,
    version: int,
    body: Body,
    versions: Mapping[str, int] = VERSIONS,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Body:
    """The body as the present version has it."""
    for step in range(version, versions.get(kind, 1)):
        body = upcasters[kind, step](body)
    return body


@upcaster("counter_changed", 1)
def _lasting(body: Body) -> Body:
    """Version 2 adds `kind`, `until`, `cause`, `tide`. Version 1 was always a lasting change by a manager."""
    return {**body, "cause": "manager"}


@upcaster("service_finished", 1)
def _nothing_known(body: Body) -> Body:
    """Version 2 adds `cause` and `untold`. Of version 1 neither is known."""
    return {**body, "untold": []}
