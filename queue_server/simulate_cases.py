"""Applications of people who do not exist: windows accept them, departments work on them, results go out. With :mod:`.simulate`.

At the windows dice are thrown. Behind them everything follows from the number of the case, so that looking often or seldom
comes to the same, and a case that a real person takes in the demo is simply left to that person. Most promises are kept; some
are kept late, some papers do not come, some letters wait for somebody to fetch them.
"""

from __future__ import annotations

import datetime as dt
import random
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from .core import back_office as b
from .core import case_stops as p
from .core import intake as i
from .core import owed as o
from .core import results as r
from .core.calendar import day_start, hall_day, sessions
from .core.cases import RUNNING, Applicant, Case
from .core.catalogue import ClerkId, CounterId, Service, TicketId
from .core.context import Actor
from .core.hall import AnyCommand, Hall
from .core.materials import Mark, MarkKind
from .core.one_time import GiveNotice
from .core.visits import MINUTE, SECOND, Ticket

if TYPE_CHECKING:
    from .core.counters import Counter

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
LOOK_SECONDS = 30  # of hall time between two looks at the open cases
OPENS, AT_ONCE = 0.3, 0.06  # visits that open a case: of promised services, and of instant ones
MISSING, LATER, PROMISED, COURIER = 0.14, 0.25, 0.5, 0.4
BROUGHT, KEPT = 0.88, 0.96  # deferred papers in time; promises of applicants found true
ASKED_BACK, STEP, RETURNED, REFUSED = 0.09, 0.5, 0.05, 0.04
IN_TIME, CLOSE_CALL = 0.86, 0.95  # of the decisions: with time to spare; on the last days; the rest comes too late
TERM_DAYS = 14  # what a case without any term takes

SURNAMES = "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元"
GIVEN = ("望舒", "扶摇", "听雪", "朝露", "晚照", "疏影", "微澜", "长风")
FIRMS = ("晨星餐饮", "北苑物流", "青禾食品", "远帆科技", "拾光书店", "云栖家政")
ROADS = ("潮汐路", "灯塔街", "望海路", "帆影巷")
COMPANY = "邮政寄递"
REASONS = {
    "return": "申请表第 2 页没有签名，请窗口请申请人补签。",
    "refuse": "经核查，不符合规定的条件，可以在条件具备后再申请。",
    "stop": "请一次补齐所列材料，到任一窗口或寄来都可以。",
}
PEOPLE = 60

Act = tuple[AnyCommand, Actor]
Seal = Callable[[str, str], str]


class Next(NamedTuple):
    """What somebody does with a case, and when at the earliest."""

    at: int
    command: AnyCommand
    actor: Actor


def plain(owner: str, text: str) -> str:
    """Where nothing is kept, nothing needs to be sealed."""
    return text


class CaseWork:
    """The people with their applications, and the departments. ``seal`` keeps their names as the hall keeps names."""

    def __init__(self, seed: int, seal: Seal = plain) -> None:
        self.dice = random.Random(seed)
        self.people = [_person(number, seal) for number in range(PEOPLE)]
        self.firms = [_firm(number, seal) for number in range(len(FIRMS))]
        self.reasons = {name: seal("office", text) for name, text in REASONS.items()}
        self._looked = 0
        self._plans: dict[str, tuple[int, int]] = {}  # case -> steps it had then, instant
        self._asked: set[TicketId] = set()
        self._day: str | None = None

    # -- at the window

    def at_window(self, hall: Hall, counter: Counter, ticket: Ticket) -> AnyCommand | None:
        """What the clerk does with the application before the visit ends; asked until there is nothing more."""
        if ticket.kind == "issue":
            return self._collected(hall, counter, ticket)
        service = hall.services.get(ticket.service or "")
        if service is None:
            return None
        if ticket.id in self._asked:
            return self._at_once(hall, counter, ticket, service)
        if self._day != hall.day:
            self._day, self._asked = hall.day, set()
        self._asked.add(ticket.id)
        if self.dice.random() >= (OPENS if service.handling == "promised" else AT_ONCE):
            return None
        return self.application(counter.id, ticket, service)

    def application(self, counter: CounterId, ticket: Ticket, service: Service) -> AnyCommand:
        """Accepted with a receipt, or told in writing what is missing."""
        marks = self._marks(service)
        if any(mark.mark == "missing" for mark in marks):
            return GiveNotice(counter=counter, ticket=ticket.id, service=service.id, marks=marks)
        courier = service.courier and self.dice.random() < COURIER
        people = self.firms if service.applicant == "enterprise" else self.people
        return i.AcceptCase(
            counter=counter, ticket=ticket.id, service=service.id, marks=marks, promise=True,
            applicant=self.dice.choice(people), delivery="courier" if courier else "window",
        )  # fmt: skip

    def _marks(self, service: Service) -> tuple[Mark, ...]:
        asked = [one for one in service.materials if not one.held]
        kinds: dict[str, MarkKind] = {one.id: "ok" for one in asked}
        for one in asked:
            roll = self.dice.random()
            if one.later and roll < LATER:
                kinds[one.id] = "later"
            elif one.promise and roll < PROMISED:
                kinds[one.id] = "promised"
        if asked and service.handling == "promised" and self.dice.random() < MISSING:
            for one in self.dice.sample(asked, k=min(len(asked), self.dice.choice((1, 1, 2)))):
                kinds[one.id] = "missing"
        return tuple(Mark(material=material, mark=kind) for material, kind in kinds.items())

    def to_collect(self, hall: Hall) -> str | None:
        """A result that nobody has come for yet, for a visitor of the issue window."""
        coming = {case for ticket in hall.tickets.values() if ticket.kind == "issue" for case in ticket.cases}
        ready = [
            x.id for x in hall.cases.values() if x.state == "ready" and x.delivery == "window" and x.id not in coming
        ]
        return self.dice.choice(ready) if ready else None

    def _collected(self, hall: Hall, counter: Counter, ticket: Ticket) -> AnyCommand | None:
        for id_ in ticket.cases:
            case = hall.cases.get(id_)  # type: ignore[call-overload]
            if case is not None and case.state == "ready":
                return r.HandOverResult(case=case.id, counter=counter.id, by="ticket", ticket=ticket.id)
        return None

    def _at_once(self, hall: Hall, counter: Counter, ticket: Ticket, service: Service) -> AnyCommand | None:
        """Instant services are decided where they were accepted (即办件)."""
        for id_ in ticket.cases:
            case = hall.cases.get(id_)  # type: ignore[call-overload]
            if case is not None and case.state == "accepted" and service.handling == "instant":
                return b.DecideCase(case=case.id, decision="granted", paper=False, counter=counter.id)
        return None

    # -- behind the windows

    def step(self, hall: Hall, now: int, mine: Mapping[CounterId, ClerkId]) -> Iterator[Act]:
        """What is done with the cases by ``now``. ``mine``: counters at which our clerks sit. Run each before the next."""
        if now < self._looked + LOOK_SECONDS * SECOND or hall.standing(now).state != "open":
            return
        self._looked = now
        for case in list(hall.cases.values()):
            if not case.is_open and not case.unsettled:
                self._plans.pop(case.id, None)
                continue
            seen, at = self._plans.get(case.id, (-1, 0))
            if seen != len(case.steps):
                seen, at = len(case.steps), self._plan(hall, case, mine)
                self._plans[case.id] = (seen, at)
            if now >= at:
                self._plans[case.id] = (seen, now + HOUR)  # refused, or nobody is there: looked at again
                found = self._next(hall, case, mine)
                if found is not None:
                    yield found.command, found.actor

    def _plan(self, hall: Hall, case: Case, mine: Mapping[CounterId, ClerkId]) -> int:
        found = self._next(hall, case, mine)
        return _in_hours(hall, found.at, _dice(case, "hour")) if found is not None else hall.at + HOUR

    def _next(self, hall: Hall, case: Case, mine: Mapping[CounterId, ClerkId]) -> Next | None:
        """The next thing that happens to this case, unless a person has it in hand."""
        officer = _officer(hall, case)
        if officer is None:
            return None
        found = [*self._settling(hall, case, officer)]
        if case.state in RUNNING:
            found += self._running(hall, case, officer, mine)
        elif case.state in ("decided", "ready", "sent"):
            found += self._result(hall, case, mine)
        return min(found, key=lambda one: one.at, default=None)

    def _settling(self, hall: Hall, case: Case, officer: Actor) -> Iterator[Next]:
        """Deferred papers come, mostly in time; promises are looked into."""
        assert case.started_day is not None or not case.unsettled, "only what is accepted is owed"
        for one in case.unsettled:
            begin, end = _day(hall, case.started_day or ""), _day(hall, one.due) + DAY
            share, early = _dice(case, one.material), _dice(case, f"when {one.material}")
            if one.kind == "promised":
                if not case.is_moot and share < KEPT:
                    how = "kept" if share < 0.9 else "broken"
                    settle = o.SettleMaterial(case=case.id, material=one.material, how=how)  # type: ignore[arg-type]
                    yield Next(begin + int((0.15 + 0.8 * early) * (end - begin)), settle, officer)
            elif case.state in RUNNING:
                brought = o.SettleMaterial(case=case.id, material=one.material, how="brought")
                if share < BROUGHT:
                    yield Next(begin + int((0.2 + 0.7 * early) * (end - begin)), brought, officer)
                elif share < (1 + BROUGHT) / 2:
                    yield Next(end + 2 * DAY, brought, officer)
                else:
                    yield Next(end + 4 * DAY, o.WithdrawCase(case=case.id, cause="overdue_material"), officer)

    def _running(self, hall: Hall, case: Case, officer: Actor, mine: Mapping[CounterId, ClerkId]) -> Iterator[Next]:
        begin, span = _term(hall, case)
        if case.state == "returned":
            counter = next((x for x in (case.counter, *mine) if x in mine), None)
            if counter is not None:
                at = case.since + int((0.5 + 8 * _dice(case, "mended")) * HOUR)
                yield Next(at, b.ForwardCase(case=case.id, counter=counter), Actor(mine[counter], "clerk"))
        elif case.stop is not None:
            since = _day(hall, case.stop.since)
            end = _day(hall, case.stop.limit) if case.stop.limit else since + 5 * DAY
            share = _dice(case, f"stop {len(case.stops)}")
            at = since + int((0.25 + 0.7 * share) * (end - since)) if share < 0.93 else end + 2 * DAY
            yield Next(max(at, since + DAY), p.ResumeCase(case=case.id), officer)
        elif case.state == "accepted":
            at = max(case.since, begin) + int((0.02 + 0.25 * _dice(case, "taken")) * span)
            yield Next(at, b.TakeCase(case=case.id), officer)
        else:
            aside = self._aside(hall, case)
            if aside is not None:
                yield Next(case.since + int(_dice(case, "aside") * 0.3 * span), aside, officer)
            elif not any(one.kind == "later" for one in case.unsettled):
                refused = _dice(case, "decision") < REFUSED
                service = hall.services.get(case.matter.service)
                decide = b.DecideCase(
                    case=case.id, decision="refused" if refused else "granted",
                    reason=self.reasons["refuse"] if refused else None,
                    paper=refused or _dice(case, "paper") < 0.6 or (service is not None and service.result is not None),
                )  # fmt: skip
                yield Next(begin + int(_pace(case) * span), decide, officer)

    def _aside(self, hall: Hall, case: Case) -> AnyCommand | None:
        """What some cases need before they are decided, once each."""
        share = _dice(case, "way")
        done = {step.what for step in case.steps}
        service = hall.services.get(case.matter.service)
        if "case_stopped" not in done:
            if service is not None and service.procedures and share < STEP:
                return p.StopCase(case=case.id, kind=service.procedures[0].kind)
            if share > 1 - ASKED_BACK and case.items:
                asked = [line.material for line in case.items if line.mark == "ok"][-1:]
                return p.StopCase(case=case.id, kind="correction", materials=tuple(asked), note=self.reasons["stop"])
        if "case_returned" not in done and STEP < share < STEP + RETURNED:
            return b.ReturnCase(case=case.id, to="window", reason=self.reasons["return"])
        return None

    def _result(self, hall: Hall, case: Case, mine: Mapping[CounterId, ClerkId]) -> Iterator[Next]:
        counter = next((x for x in mine if hall.counters[x].kind == "issue"), None)
        if counter is None:
            return
        clerk = Actor(mine[counter], "clerk")
        share = _dice(case, case.state)
        if case.state == "decided":
            yield Next(case.since + int((0.5 + 26 * share) * HOUR), r.ReadyResult(case=case.id, counter=counter), clerk)
        elif case.state == "sent":
            yield Next(case.since + int((20 + 40 * share) * HOUR), r.ConfirmDelivery(case=case.id), clerk)
        elif case.delivery == "courier":
            number = f"BH{zlib.crc32(case.id.encode()):010d}CN"
            send = r.SendResult(case=case.id, company=COMPANY, number=number, counter=counter)
            yield Next(case.since + int((1 + 28 * share) * HOUR), send, clerk)
        elif share < 0.93:  # some never come
            yield Next(
                case.since + int((1 + 140 * share * share) * HOUR),
                r.HandOverResult(case=case.id, counter=counter),
                clerk,
            )


# ------------------------------------------------------------------ who, and how fast


def _dice(case: Case, salt: str) -> float:
    """From 0 up to 1, the same for the same case each time it is asked."""
    return zlib.crc32(f"{case.id} {salt}".encode()) / 2**32


def _officer(hall: Hall, case: Case) -> Actor | None:
    """Who has it; else somebody of the department, those who sit at no window first. None: a person of flesh and blood."""
    known = {clerk.id for clerk in hall.setup.clerks}
    if case.officer is not None:
        return Actor(case.officer, "clerk") if case.officer in known else None
    here = [x for x in hall.setup.clerks if case.matter.department in x.departments]
    behind = [x for x in here if not x.skills] or here
    if not behind:
        return Actor("simulator", "system")
    return Actor(behind[int(_dice(case, "officer") * len(behind))].id, "clerk")


def _term(hall: Hall, case: Case) -> tuple[int, int]:
    """When work on it began, and how long there is."""
    begin = case.accepted or case.received
    due = min((one for one in (case.dues.promised, case.dues.statutory) if one is not None), default=None)
    end = _day(hall, due) + 12 * HOUR if due is not None else begin + TERM_DAYS * DAY
    return begin, max(end - begin, 2 * HOUR)


def _pace(case: Case) -> float:
    """When it is decided, as a share of what there is."""
    share, more = _dice(case, "pace"), _dice(case, "more")
    if share < IN_TIME:
        return 0.3 + 0.5 * more
    return 0.85 + 0.12 * more if share < CLOSE_CALL else 1.1 + 0.5 * more


def _day(hall: Hall, day: str) -> int:
    return day_start(dt.date.fromisoformat(day), hall.setup)


def _in_hours(hall: Hall, at: int, share: float) -> int:
    """The same, if people are at work then; else some time in the next session, not all at its first minute."""
    day = hall_day(at, hall.setup)
    for _ in range(60):
        for begin, end in sessions(day, hall.setup):
            if begin <= at < end:
                return at
            if at < begin:
                return begin + int(share * (end - begin))
        day += dt.timedelta(days=1)
    return at


# ------------------------------------------------------------------ invented people


def _person(number: int, seal: Seal) -> Applicant:
    """Area code 99 of the document is given to nobody, and so is the phone's."""
    owner = f"person-{number}"
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number * 5 % len(GIVEN)]
    birthday = f"{1950 + number * 7 % 55}{number % 12 + 1:02d}{number % 28 + 1:02d}"
    return Applicant(
        name=seal(owner, name), document=seal(owner, f"990000{birthday}{number:03d}X"),
        phone=seal(owner, f"100000{number * 137 % 100_000:05d}"),
        address=seal(owner, f"滨海区{ROADS[number % len(ROADS)]} {number + 1} 号 {number % 6 + 1} 单元 {number % 9 + 1}02"),
    )  # fmt: skip


def _firm(number: int, seal: Seal) -> Applicant:
    owner = f"firm-{number}"
    return Applicant(
        kind="enterprise", name=seal(owner, f"滨海{FIRMS[number]}有限公司"), document=seal(owner, f"9199000000000{number:04d}X"),
        phone=seal(owner, f"1000009{number:04d}"), agent=seal(owner, SURNAMES[number] + GIVEN[number]),
        address=seal(owner, f"滨海区{ROADS[number % len(ROADS)]} {100 + number} 号"),
    )  # fmt: skip
