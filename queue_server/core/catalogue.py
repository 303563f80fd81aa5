"""What a hall is made of, as data: services, materials, packages, zones, queues, counters, classes, hours, rules.

Everything here is frozen and comes from one YAML hall file (see :mod:`queue_server.setup_file`). Names are bilingual.
Durations carry their unit as the last word of the name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NewType

import msgspec

TicketId = NewType("TicketId", str)
CounterId = NewType("CounterId", str)
QueueId = NewType("QueueId", str)
ServiceId = NewType("ServiceId", str)
ClerkId = NewType("ClerkId", str)

WindowKind = Literal[
    "consultation", "integrated", "domain", "assisted", "cross_region", "issue", "fallback", "self_service"
]
WINDOW_KINDS: tuple[WindowKind, ...] = (
    "consultation", "integrated", "domain", "assisted", "cross_region", "issue", "fallback", "self_service",
)  # fmt: skip


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all set-up data."""


class Name(Record, frozen=True):
    """A text in both languages of the hall."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


class Term(Record, frozen=True):
    """A time limit of a service. ``value`` 0 means on the spot, ``None`` not known."""

    value: int | None = None
    unit: Literal["workday", "day"] = "workday"
    source: str | None = None
    assumed: bool = False


class Minutes(Record, frozen=True):
    """Nominal handling time; a cold-start prior only, never shown as a waiting time (DOMAIN 5.1)."""

    value: float
    source: str | None = None
    assumed: bool = False


class Material(Record, frozen=True):
    """A paper the visitor brings. ``later``: may be handed in afterwards (容缺). ``held``: the state has it (免交)."""

    id: str
    name: Name
    later: bool = False
    held: bool = False
    note: Name | None = None
    assumed: bool = True


class Theme(Record, frozen=True):
    """A subject under which visitors look for a service; ``icon`` is a symbol of ``static/icons.svg``."""

    id: str
    name: Name
    icon: str
    aliases: tuple[str, ...] = ()  # other words visitors use; only searched, never shown


class Department(Record, frozen=True):
    """The authority that answers for a service."""

    id: str
    name: Name


class Service(Record, frozen=True):
    """What a visitor comes for. Each service is in exactly one queue."""

    id: ServiceId
    name: Name
    theme: str
    department: str
    queue: QueueId
    handling: Literal["instant", "promised"] = "instant"  # 即办件 / 承诺件
    applicant: Literal["person", "enterprise"] = "person"
    statutory: Term = Term()
    promised: Term = Term()
    minutes: Minutes | None = None
    materials: tuple[Material, ...] = ()
    self_service: bool = False
    private: bool = False  # screens and paper show the theme only
    note: Name | None = None
    aliases: tuple[str, ...] = ()  # other words visitors use (房产证, 低保); only searched, never shown
    assumed: tuple[str, ...] = ()  # fields of this entry that no source backs


def materials_of(services: Iterable[Service]) -> tuple[Material, ...]:
    """The papers of several services together, each once, in the order met.

    A paper that one of them needs on the day is needed, though another would take it later or has it on file.
    """
    found: dict[str, Material] = {}
    for material in (material for service in services for material in service.materials):
        known = found.setdefault(material.name.zh, material)
        if (material.held, material.later) < (known.held, known.later):
            found[material.name.zh] = material
    return tuple(found.values())


class Package(Record, frozen=True):
    """Several services in one visit (一件事一次办). ``services`` in the order they are best done."""

    id: str
    name: Name
    services: tuple[ServiceId, ...]
    extra: tuple[Name, ...] = ()
    promised: Term = Term()
    source: str | None = None
    services_assumed: bool = False


class Place(Record, frozen=True):
    """A rectangle on the hall map, in map units (720 x 380)."""

    x: int
    y: int
    width: int
    height: int


class Zone(Record, frozen=True):
    """A part of the hall with its own seats, screens and sound."""

    id: str
    name: Name
    way: Name  # how to get there from the entrance
    place: Place | None = None
    sound_group: str | None = None  # zones of one group never speak at the same time


class Queue(Record, frozen=True):
    """A group of services with one letter and one number series. ``kinds``: tickets taken for a window kind alone."""

    id: QueueId
    letter: str
    name: Name
    zone: str
    kinds: tuple[WindowKind, ...] = ()


class CounterSetup(Record, frozen=True):
    """A service point. ``serves`` and ``helps`` list queue or service ids: its own work, and where it helps out."""

    id: CounterId
    label: str
    kind: WindowKind
    zone: str
    serves: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    low: bool = False  # low counter, reachable from a wheelchair


class ClerkSetup(Record, frozen=True):
    """A person who serves. The id is what the clerk signs in with."""

    id: ClerkId
    name: str
    skills: tuple[str, ...] = ()


class VisitorClass(Record, frozen=True):
    """Visitors who are called earlier, by a bounded head start, and why."""

    id: str
    name: Name
    minutes: int
    proof: Name
    reason: Name
    at_kiosk: bool = True


class Calendar(Record, frozen=True):
    """Days that differ from the weekly pattern, as ISO dates. ``years``: the years this table is complete for."""

    years: tuple[int, ...] = ()
    closed: tuple[str, ...] = ()  # statutory holidays
    make_up: tuple[str, ...] = ()  # weekend days worked in exchange


class Hours(Record, frozen=True):
    """Opening hours: per weekday (mon..sun) a list of ``HH:MM-HH:MM`` spans in hall time."""

    mon: tuple[str, ...] = ()
    tue: tuple[str, ...] = ()
    wed: tuple[str, ...] = ()
    thu: tuple[str, ...] = ()
    fri: tuple[str, ...] = ()
    sat: tuple[str, ...] = ()
    sun: tuple[str, ...] = ()


class Rules(Record, frozen=True):
    """The numbers of the hall's rules. Defaults are those of DESIGN 4 and 9."""

    call_max: int = 3  # calls in all, the first included
    recall_gap_seconds: int = 30
    return_window_numbers: int = 20  # a no-show may come back while at most this many of its queue were called since
    lease_minutes: int = 10
    help_after_minutes: int = 15  # a counter helps another queue although its own is not empty
    day_turn_hour: int = 4  # the hall day begins at this hour
    early_minutes: int = 60  # tickets are given out from this long before opening
    closing_warn_minutes: int = 60  # "may not be called today" is said from here on when the wait is longer
    target_wait_minutes: int = 15  # the service level: share called within
    busy_wait_minutes: int = 30  # boards say "busy" from here
    blind: bool = False  # desks do not show services and classes before the call (no cherry-picking)


class Setup(Record, frozen=True):
    """One hall, complete."""

    id: str
    version: str
    name: Name
    zones: tuple[Zone, ...]
    queues: tuple[Queue, ...]
    counters: tuple[CounterSetup, ...]
    services: tuple[Service, ...]
    themes: tuple[Theme, ...]
    departments: tuple[Department, ...]
    packages: tuple[Package, ...] = ()
    clerks: tuple[ClerkSetup, ...] = ()
    classes: tuple[VisitorClass, ...] = ()
    hours: Hours = Hours()
    calendar: Calendar = Calendar()
    rules: Rules = Rules()
    time_zone: str = "Asia/Shanghai"
    hotline: str = "12345"
    phone: str | None = None
    sources: dict[str, str] = {}
