"""What the API answers, as types: they describe the plain dicts made in :mod:`.shapes` and beside the handlers.

Only the description (:mod:`.openapi`) and the tests use them; a test decodes real answers into them and back. Answers may grow:
clients pass over fields they do not know.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from queue_server.core.catalogue import Name, Service, WindowKind
from queue_server.core.counters import CounterState
from queue_server.core.materials import Mark
from queue_server.core.visits import HoldKind, State, Wait

from .answers_cases import CaseActAnswer as CaseActAnswer
from .answers_cases import CaseAnswer as CaseAnswer
from .answers_cases import CaseFacts, OneTimeNoticeFacts
from .answers_cases import CasesAnswer as CasesAnswer
from .answers_cases import EmergencyAnswer as EmergencyAnswer
from .answers_cases import Instant as Instant
from .answers_cases import OneTimeNoticeAnswer as OneTimeNoticeAnswer

Seconds = int


class TicketAnswer(msgspec.Struct, kw_only=True):
    """One ticket of today. ``key`` and ``follow_url`` are told to its visitor and to the kiosk only, what follows to staff."""

    id: str
    number: str
    state: State
    service: str | None
    kind: WindowKind | None
    package: str | None
    queue: str
    zone: str
    ahead: int
    wait: Wait | None
    arrival: Instant
    counter: str | None
    lang: str
    needs: tuple[str, ...]
    calls: int
    hold: HoldKind | None
    ended: Instant | None
    key: str | UnsetType = UNSET
    follow_url: str | UnsetType = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
    finished: tuple[str, ...] | UnsetType = UNSET
    marks: tuple[Mark, ...] | UnsetType = UNSET
    notices: tuple[str, ...] | UnsetType = UNSET
    cases: tuple[str, ...] | UnsetType = UNSET


class OldTicketAnswer(msgspec.Struct, kw_only=True):
    """A ticket of an earlier day, as the reports have it; more fields follow. Instants are microseconds UTC here."""

    ticket: str
    day: str | None
    number: str
    state: State
    queue: str
    service: str | None
    arrival: int
    ended: int | None


class CallAnswer(msgspec.Struct, kw_only=True):
    """The call a ticket is under, and why this ticket was next, in words."""

    id: str
    count: int
    counter: str | None
    at: Instant
    rule: Literal["longest", "head_start", "returned", "wanted", "helping", "overdue", "chosen"]
    why: str


class TideAnswer(msgspec.Struct):
    """The counter is something else for a while: until an instant, or as long as a rule's load lasts."""

    until: Instant | None
    rule: str | None


class CounterAnswer(msgspec.Struct, kw_only=True):
    """One window. From ``clerk`` on: for staff only."""

    id: str
    label: str
    kind: WindowKind
    zone: str
    state: CounterState
    since: Instant | None
    serves: tuple[str, ...]
    helps: tuple[str, ...]
    clerk: str | None | UnsetType = UNSET
    ticket: str | None | UnsetType = UNSET
    reason: str | None | UnsetType = UNSET
    until: Instant | None | UnsetType = UNSET
    lapsed: bool | UnsetType = UNSET
    tide: TideAnswer | None | UnsetType = UNSET


class ServicesAnswer(msgspec.Struct):
    """``next``: the ``offset`` to go on with; null at the end."""

    services: tuple[Service, ...]
    next: int | None


class CountersAnswer(msgspec.Struct):
    counters: tuple[CounterAnswer, ...]
    next: None


class IssuedAnswer(msgspec.Struct):
    ticket: TicketAnswer


class VisitAnswer(msgspec.Struct, kw_only=True):
    """What colleagues left, for staff: notes, papers looked at, notices, cases, every stop in words. ``hidden``: a blind hall
    shows nothing of it before the first call."""

    hidden: bool
    first_contact: dict[str, Any] | None
    notes: tuple[dict[str, Any], ...]
    marks: tuple[dict[str, Any], ...]
    notices: tuple[dict[str, Any], ...]
    cases: tuple[dict[str, Any], ...]
    story: tuple[dict[str, Any], ...]


class FoundAnswer(msgspec.Struct, kw_only=True):
    """A ticket as it stands; ``call`` while there is one; ``visit`` for staff."""

    ticket: TicketAnswer
    call: CallAnswer | UnsetType = UNSET
    visit: VisitAnswer | UnsetType = UNSET


class OldFoundAnswer(msgspec.Struct, kw_only=True):
    ticket: OldTicketAnswer


class ActAnswer(msgspec.Struct, kw_only=True):
    """What an act at a counter leaves: the counter, the ticket it was about, its call, the case and the notice it made."""

    counter: CounterAnswer
    ticket: TicketAnswer | None
    call: CallAnswer | UnsetType = UNSET
    case: CaseFacts | UnsetType = UNSET
    notice: OneTimeNoticeFacts | UnsetType = UNSET


class ChangedAnswer(msgspec.Struct):
    counter: CounterAnswer


class Takes(msgspec.Struct):
    serves: tuple[str, ...]
    helps: tuple[str, ...]


class ClerkFacts(msgspec.Struct, kw_only=True):
    """``takes``: what is called where the clerk sits now; null when at no window."""

    id: str
    name: str
    skills: tuple[str, ...]
    counter: str | None
    takes: Takes | None


class ClerkAnswer(msgspec.Struct):
    clerk: ClerkFacts


class PrintJobAnswer(msgspec.Struct):
    """``job`` null and ``state`` none: there is no printer."""

    job: str | None
    state: Literal["queued", "printed", "failed", "expired", "none"]
    reason: str | None


class NoticeFacts(msgspec.Struct, kw_only=True):
    id: str
    text: Name
    level: Literal["info", "safety"]
    zone: str | None
    since: Instant
    until: Instant | None


class NoticeAnswer(msgspec.Struct):
    notice: NoticeFacts


class WithdrawnAnswer(msgspec.Struct):
    notice: None


class WaitFacts(msgspec.Struct):
    """A range in seconds: 80 % of tickets are to be called between ``low`` and ``high``."""

    low: Seconds
    likely: Seconds
    high: Seconds


class LongestWait(msgspec.Struct):
    since: Instant
    number: str


class QueueLoad(msgspec.Struct, kw_only=True):
    """One queue now. ``level``: share called within the target today; ``spark``: mean wait per quarter of an hour."""

    id: str
    letter: str
    name: Name
    zone: str
    waiting: int
    longest: LongestWait | None
    late: bool
    wait: WaitFacts | None
    level: float | None
    open: int
    counters: int


class CounterLoad(msgspec.Struct, kw_only=True):
    id: str
    label: str
    kind: WindowKind
    zone: str
    state: CounterState
    since: Instant | None
    clerk: str | None
    number: str | None
    served: int
    lapsed: bool
    tide: dict[str, Any] | None


class Alarm(msgspec.Struct):
    """Something to look at; what else is in it depends on ``code``."""

    code: str


class LoadAnswer(msgspec.Struct, kw_only=True):
    """The live load, the same as the view ``load``; it holds more than is described here."""

    queues: tuple[QueueLoad, ...]
    counters: tuple[CounterLoad, ...]
    longest_wait: LongestWait | None
    service_level: float | None
    alarms: tuple[Alarm, ...]
    emergencies: tuple[dict[str, Any], ...]
    cases: dict[str, Any]
    tides: dict[str, Any]
    skills: dict[str, Any]


class LoggedEvent(msgspec.Struct, kw_only=True):
    """One event as it stands in the log; ``docs/events.md`` lists the kinds and the fields of ``body``."""

    seq: int
    at: Instant
    kind: str
    version: int
    body: dict[str, Any]
    actor: str
    hash: str


class LogAnswer(msgspec.Struct):
    """``next``: what to ask with as ``after`` for more; null at the end."""

    events: tuple[LoggedEvent, ...]
    next: int | None


class ProblemAnswer(msgspec.Struct, kw_only=True):
    """A refusal (RFC 9457). ``type`` and ``code`` are stable; ``title`` and ``detail`` are in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    values: dict[str, Any]


class HealthAnswer(msgspec.Struct):
    status: Literal["ok"]


class ReadyHall(msgspec.Struct):
    """``reason``: why commands are not taken; ``missing``: what falls away at present, by part."""

    ready: bool
    reason: str | None
    missing: dict[str, str]


class ReadyAnswer(msgspec.Struct):
    ready: bool
    halls: dict[str, ReadyHall]
    demo: bool
