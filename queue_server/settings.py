"""The settings: a table of (name, default, help), read once from the environment as ``YOUXU_<NAME>``.

Rules of the hall (calls, gaps, head starts) are not here: they are in the hall file. ``docs/settings.md`` lists these; a test
fails when it misses one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple


class Setting(NamedTuple):
    name: str
    default: Any
    help: str


SETTINGS = (
    Setting("public_url", "", "Address that QR codes carry, such as http://10.0.0.5:8000; without it the machine's LAN address"),
    Setting("body_bytes_max", 262_144, "Largest request body in bytes; a larger one is refused with 413"),
    Setting("sockets_max", 6_000, "WebSocket connections in all; more get 429, except staff and devices with a token"),
    Setting("sockets_per_address_max", 6_000, "WebSocket connections from one address without a staff or device token"),
    Setting("requests_per_minute_max", 600, "Requests per minute from one address without a staff or device token; more get 429"),
    Setting("queue_max", 10_000, "Commands waiting for the writer; more are refused with 503"),
    Setting("heartbeat_seconds", 10.0, "A screen that got nothing for this long gets its last view again"),
    Setting("feed_interval_seconds", 0.25, "A view is made at most once in this time, except for a new call"),
    Setting("phone_interval_seconds", 1.0, "The same for phones"),
    Setting("tick_seconds", 15.0, "How often figures that need the present time are renewed on screens"),
    Setting("ping_seconds", 20.0, "WebSocket ping interval"),
    Setting("pong_seconds", 40.0, "A screen that answers no ping for this long is closed"),
    Setting("printer", "none", "Where tickets are printed: none, file:/folder, tcp://host:9100 or usb:/dev/usb/lp0"),
    Setting("paper_dots", 576, "Printable width in dots: 576 for 80 mm, 384 or 432 for 58 mm paper"),
    Setting("voice", "auto", "auto: speak when a sound device is connected; off: never"),
    Setting("voice_rate", 140, "Words per minute of the spoken calls; 130-150 suit a hall"),
    Setting("keep_notes_days", 90, "Notes and reasons of a visit are made unreadable this many days after it"),
    Setting("session_hours", 12, "How long a browser stays signed in"),
)  # fmt: skip


class Settings:
    """One attribute per setting."""

    public_url: str
    body_bytes_max: int
    sockets_max: int
    sockets_per_address_max: int
    requests_per_minute_max: int
    queue_max: int
    heartbeat_seconds: float
    feed_interval_seconds: float
    phone_interval_seconds: float
    tick_seconds: float
    ping_seconds: float
    pong_seconds: float
    printer: str
    paper_dots: int
    voice: str
    voice_rate: int
    keep_notes_days: int
    session_hours: int

    def __init__(self, environ: Mapping[str, str] = os.environ, **values: Any) -> None:
        for setting in SETTINGS:
            raw = values.get(setting.name, environ.get(f"YOUXU_{setting.name.upper()}"))
            try:
                value = setting.default if raw is None else type(setting.default)(raw)
            except ValueError:
                raise SettingError(f"YOUXU_{setting.name.upper()} should be a number, not {raw!r}") from None
            setattr(self, setting.name, value)


class SettingError(ValueError):
    """A setting in the environment has no sensible value."""
