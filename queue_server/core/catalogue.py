"""What a hall is made of, as data: services, materials, packages, zones, queues, counters, classes, hours, rules.

Everything here is frozen and comes from one YAML hall file (see :mod:`queue_server.setup_file`). Names are bilingual.
Durations carry their unit as the last word of the name.
"""

from __future__ import annotations

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
ProcedureKind = Literal["site_visit", "review", "hearing", "test"]


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
    """A paper the visitor brings.

    ``later``: may be handed in afterwards (容缺), within ``later_workdays``. ``promise``: a signed promise replaces it
    (告知承诺). ``held``: the state has it (免交). ``form``: looked at, kept, or kept as a copy; ``copies`` of it.
    """

    id: str
    name: Name
    later: bool = False
    held: bool = False
    note: Name | None = None
    assumed: bool = True
    form: Literal["shown", "kept", "copy"] = "shown"
    copies: int = 1
    standard: Name | None = None  # what it must look like
    issuer: Name | None = None  # who issues it
    where: Name | None = None  # where to get it
    promise: bool = False
    later_workdays: int | None = None  # rules.later_workdays when it says nothing
    held_as: Literal["certificate", "shared", "earlier"] = "shared"  # 电子证照, 数据共享, 以前交过


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


class Hours(Record, frozen=True):
    """Opening hours: per weekday (mon..sun) a list of ``HH:MM-HH:MM`` spans in hall time. ``holiday``: on statutory holidays."""

    mon: tuple[str, ...] = ()
    tue: tuple[str, ...] = ()
    wed: tuple[str, ...] = ()
    thu: tuple[str, ...] = ()
    fri: tuple[str, ...] = ()
    sat: tuple[str, ...] = ()
    sun: tuple[str, ...] = ()
    holiday: tuple[str, ...] = ()


class Procedure(Record, frozen=True):
    """A step that some cases need and that the term does not count (行政许可法 45); it has a limit of its own."""

    kind: ProcedureKind
    limit: Term = Term()
    note: Name | None = None


class Service(Record, frozen=True):
    """What a visitor comes for. Each service is in exactly one queue.

    ``answer``: within this term an application is accepted or the applicant is told in writing what is missing, else it
    counts as accepted (行政许可法 32; on the spot: 不动产登记暂行条例 17). ``delivery``: of the decision (行政许可法 44).
    """

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
    answer: Term = Term(value=5)
    delivery: Term = Term(value=10)
    procedures: tuple[Procedure, ...] = ()
    receipt_at_once: bool = False  # 收件即受理: what is handed in is accepted with a receipt
    courier: bool = False  # the result may be sent
    hours: Hours | None = None  # when they differ from the hall's
    basis: Name | None = None
    conditions: Name | None = None
    fee: Name | None = None
    result: Name | None = None  # what the visitor gets


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
    hours: Hours | None = None  # when they differ from the hall's


class ClerkSetup(Record, frozen=True):
    """A person who serves. The id is what the clerk signs in with.

    ``departments``: whose cases the person handles in the back office. ``decides``: may decide at the window in the name
    of the authority (首席事务代表, 国发〔2022〕5号).
    """

    id: ClerkId
    name: str
    skills: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    decides: bool = False


class Tide(Record, frozen=True):
    """Windows that change with the load: more than ``above`` wait in ``queue``, back when fewer than ``below`` do.

    ``serves``, ``helps`` and ``kind`` are what the counters are in the meantime; ``helps`` and ``kind`` stay as they are
    when nothing is said (潮汐窗口, DOMAIN 2.4).
    """

    id: str
    queue: QueueId
    above: int
    below: int
    counters: tuple[CounterId, ...]
    serves: tuple[str, ...]
    helps: tuple[str, ...] | None = None
    kind: WindowKind | None = None


class FreeService(Record, frozen=True):
    """Something the hall does for nothing and counts: copies, seals, posting (免费复印, 免费刻章, 免费邮寄)."""

    id: str
    name: Name


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


class Rules(Record, frozen=True):
    """The numbers of the hall's rules."""

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
    outside_hours: Literal["refuse", "warn"] = "refuse"  # a ticket for a service outside its own hours
    at_closing: Literal["serve", "expire"] = "serve"  # what becomes of those who still wait
    closing_grace_minutes: int = 0  # after closing, before what waits expires
    later_workdays: int = 5  # to bring a deferred paper
    deferral_overdue: Literal["ask", "withdraw"] = "ask"  # 安阳市政务服务条例 24: the application is withdrawn
    promise_check_workdays: int = 20  # to verify a signed promise
    correction_workdays: int = 10  # to answer when the back office asks back
    case_warn_workdays: int = 3  # working days left when a deadline is warned of
    case_keep_days: int = 7  # closed cases stay at hand; after that they are in the reports
    notice_keep_days: int = 30  # a second one-time notice for the same matter is noticed so long


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
    tides: tuple[Tide, ...] = ()
    free_services: tuple[FreeService, ...] = ()
    time_zone: str = "Asia/Shanghai"
    hotline: str = "12345"
    phone: str | None = None
    sources: dict[str, str] = {}
