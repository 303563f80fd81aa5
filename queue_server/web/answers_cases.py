"""What the API answers about applications, one-time notices and calls for help, as types. Part of :mod:`.answers`.

Texts are in the caller's language; days are ISO dates of the hall.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from queue_server.core.cases import CaseState, Decision, Delivery, Ending, StopKind, WatchKind
from queue_server.core.emergency import EmergencyKind
from queue_server.core.materials import FreeReason, MarkKind

Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Day = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date"})]
Form = Literal["shown", "kept", "copy"]
Unit = Literal["workday", "day"]


class Named(msgspec.Struct):
    id: str
    name: str


class FirstContact(msgspec.Struct):
    """The window and the clerk that received the visitor first."""

    counter: str | None
    clerk: str | None


class ApplicantFacts(msgspec.Struct, kw_only=True):
    """Texts are null where they are not told, masked for other staff and for the holder of the receipt."""

    kind: Literal["person", "enterprise"]
    name: str | None
    document: str | None
    phone: str | None
    address: str | None
    agent: str | None


class ItemFacts(msgspec.Struct, kw_only=True):
    """A line of the receipt."""

    material: str
    name: str
    mark: MarkKind
    mark_text: str
    reason: FreeReason | None
    reason_text: str | None
    form: Form
    form_text: str
    copies: int


class DueFacts(msgspec.Struct, kw_only=True):
    """A last day. ``known`` false: a year was counted whose holidays were not announced. ``left``: days of ``unit``,
    negative when it is over, null when nobody waits for it any more."""

    due: Day
    due_text: str
    known: bool
    unit: Unit
    left: int | None
    left_text: str | None


class OwedFacts(DueFacts, kw_only=True):
    """A paper that follows, or a promise that is to be verified."""

    material: str
    name: str
    kind: Literal["later", "promised"]
    kind_text: str
    settled: Instant | None
    how: Literal["brought", "kept", "broken"] | None
    how_text: str | None
    late: bool


class TermTexts(msgspec.Struct):
    promised: str | None
    statutory: str | None


class StopFacts(msgspec.Struct, kw_only=True):
    """The clock stands from ``since`` to ``until``; ``limit`` is the last day of the step itself."""

    kind: StopKind
    kind_text: str
    since: Day
    since_text: str
    until: Day | None
    until_text: str | None
    limit: Day | None
    limit_text: str | None
    left: int | None
    left_text: str | None
    known: bool
    materials: tuple[str, ...]
    note: str | None


class ParcelFacts(msgspec.Struct):
    company: str
    number: str
    sent: Instant


class WatchFacts(msgspec.Struct, kw_only=True):
    """A last day that was warned of, or that is over."""

    what: WatchKind
    material: str | None
    name: str | None
    due: Day
    text: str


class StepFacts(msgspec.Struct, kw_only=True):
    """One line of the case's story; ``what`` is the name of its event."""

    at: Instant
    what: str
    text: str
    counter: str | None
    clerk: str | None


class CaseFacts(msgspec.Struct, kw_only=True):
    """One application. ``can``: the acts its state allows. ``follow_url``: the address in the QR code of its receipt."""

    id: str
    state: CaseState
    state_text: str
    since: Instant
    service: Named
    department: Named
    package: Named | None
    ticket: str | None
    number: str | None
    lang: str
    visits: tuple[str, ...]
    received: Instant
    accepted: Instant | None
    counter: str | None
    clerk: str | None
    first_contact: FirstContact | None
    deemed: bool
    applicant: ApplicantFacts
    items: tuple[ItemFacts, ...]
    owed: tuple[OwedFacts, ...]
    unsettled: int
    answer: DueFacts | None
    promised: DueFacts | None
    statutory: DueFacts | None
    terms: TermTexts
    extended: int
    stop: StopFacts | None
    stops: tuple[StopFacts, ...]
    delivery: Delivery
    delivery_text: str
    delivery_due: DueFacts | None
    parcel: ParcelFacts | None
    decision: Decision | None
    decision_text: str | None
    decision_reason: str | None
    decided: Instant | None
    at_once: bool
    in_time: bool | None
    ending: Ending | None
    ending_text: str | None
    officer: str | None
    return_reason: str | None
    warned: tuple[WatchFacts, ...]
    overdue: tuple[WatchFacts, ...]
    can: tuple[str, ...]
    steps: tuple[StepFacts, ...]
    follow_url: str


class ToldFacts(msgspec.Struct, kw_only=True):
    """One thing that is missing, and what it must look like. ``later_due``: it may follow until this day."""

    material: str
    name: str
    form: Form
    form_text: str
    copies: int
    standard: str | None
    issuer: str | None
    where: str | None
    promise: bool
    later_due: Day | None
    later_due_text: str | None


class OneTimeNoticeFacts(msgspec.Struct, kw_only=True):
    """A one-time notice. ``repeat`` 2 and more: the matter had one before; ``fresh``: what that one did not name."""

    id: str
    day: Day
    day_text: str
    at: Instant
    service: Named
    repeat: int
    fresh: tuple[str, ...]
    items: tuple[ToldFacts, ...]
    basis: str | None
    conditions: str | None
    fee: str | None
    terms: TermTexts
    ticket: str | None
    number: str | None
    case: str | None
    counter: str | None
    clerk: str | None
    previous: str | None
    place: str
    hours: tuple[str, ...]
    phone: str | None
    hotline: str
    follow_url: str


class CaseAnswer(msgspec.Struct):
    case: CaseFacts


class CasesAnswer(msgspec.Struct):
    """``next``: the ``offset`` to go on with; null at the end."""

    cases: tuple[CaseFacts, ...]
    next: int | None


class CaseActAnswer(msgspec.Struct, kw_only=True):
    """The case as the act leaves it, without personal texts; ``notice`` when one was given."""

    case: CaseFacts
    notice: OneTimeNoticeFacts | msgspec.UnsetType = msgspec.UNSET


class OneTimeNoticeAnswer(msgspec.Struct):
    notice: OneTimeNoticeFacts


class EmergencyFacts(msgspec.Struct, kw_only=True):
    """A call for help by staff; ``coming``: who answered it, in order."""

    id: str
    kind: EmergencyKind
    by: str
    at: Instant
    counter: str | None
    zone: str | None
    place: str | None
    coming: tuple[str, ...]
    ended: Instant | None
    ended_by: str | None


class EmergencyAnswer(msgspec.Struct):
    emergency: EmergencyFacts
