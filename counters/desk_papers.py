"""The papers of the visit at the desk: the check-list, what it comes to, what key 4 does next, and the cases of the visit.

What happens if nothing is told in writing is said before it happens (行政许可法 32), and the last days of an application are
shown before it is accepted. All of it is plain data in the language asked for: the page, the terminal and programs read it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from queue_server.core.back_office import has_authority
from queue_server.core.calendar import add_days, count_on, hall_day
from queue_server.core.cases import Case, CaseId
from queue_server.core.catalogue import Material, Name, Service, ServiceId
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.materials import Item, Verdict, allowed, check_list, later_workdays, verdict
from queue_server.core.one_time import Told, effect
from queue_server.core.skills import does
from queue_server.core.visit_services import next_service, remaining, services_of, untold
from queue_server.core.visits import Ticket
from queue_server.views import Scene
from queue_server.web.case_facts import case_facts, notice_facts
from queue_server.web.due_words import Dues, term_words
from queue_server.web.words import t

MARKS = ("ok", "missing", "later", "promised", "free")  # in the order of the keys: what key 5 goes through


class Desk(NamedTuple):
    """One look at one visit."""

    hall: Hall
    ticket: Ticket
    counter: Counter | None
    scene: Scene
    dues: Dues

    @property
    def lang(self) -> str:
        return self.scene.lang

    @property
    def present(self) -> Service | None:
        """The service in hand."""
        return self.hall.services.get(self.ticket.service) if self.ticket.service is not None else None

    @property
    def cases(self) -> list[Case]:
        found = (self.hall.cases.get(CaseId(case)) for case in self.ticket.cases)
        return [case for case in found if case is not None]

    @property
    def case(self) -> Case | None:
        """The application for the service in hand, the newest one."""
        found = [case for case in self.cases if case.matter.service == self.ticket.service]
        return found[-1] if found else None

    @property
    def notices(self) -> list[Told]:
        return [self.hall.told[notice] for notice in self.ticket.notices if notice in self.hall.told]

    def own(self) -> tuple[Item, ...]:
        """The list of the service in hand, which decides what can be accepted."""
        return check_list((self.present,), self.ticket.marks) if self.present is not None else ()


def look(hall: Hall, ticket: Ticket, scene: Scene) -> Desk:
    counter = hall.counters.get(ticket.counter) if ticket.counter is not None else None
    return Desk(hall, ticket, counter, scene, Dues(hall, scene.lang, scene.tick))


def cases_of(hall: Hall, ticket: Ticket, scene: Scene) -> list[dict[str, Any]]:
    """The applications of this visit: names in full, to greet and to compare; document, telephone and address masked, because
    a desk's view goes to every clerk who asks for it.

    ``next``: what can be done with it at this window now; ``url``: what its receipt's QR code carries.
    """
    desk = look(hall, ticket, scene)
    return [
        {
            **_named(case_facts(hall, case, scene.lang, scene.tick, scene.unseal), case, scene),
            "visits": list(case.visits),
            "next": _next_step(desk, case),
            "url": scene.follow_case(case.id),
        }
        for case in desk.cases
    ]


def _named(facts: dict[str, Any], case: Case, scene: Scene) -> dict[str, Any]:
    applicant = case.matter.applicant
    names = {"name": scene.unseal(applicant.name), "agent": scene.unseal(applicant.agent)}
    return facts | {"applicant": facts["applicant"] | names}


def papers_of(hall: Hall, ticket: Ticket, scene: Scene) -> dict[str, Any]:
    """``key`` changes when the list is another one; as long as it stays, only marks and texts have changed."""
    desk = look(hall, ticket, scene)
    services = services_of(hall, ticket)
    items = check_list(services, ticket.marks)
    own = verdict(desk.own())
    said = _verdict(desk, own)
    present = desk.present
    return {
        "key": ":".join([ticket.id, *(service.id for service in services), *(item.material.id for item in items)]),
        "service": {"id": present.id, "name": present.name[scene.lang]} if present else None,
        "services": _services(desk, services),
        "items": [_item(desk, item, services) for item in items],
        "count": _count(desk, items),
        "verdict": said,
        "effect": _effect(desk, present),
        "terms": _terms(desk, present),
        "promise": _promise(desk, own),
        "courier": bool(present and present.courier),
        "at_once": bool(present and present.receipt_at_once),
        "applicant": present.applicant if present else "person",
        "here": present is not None and _is_here(desk, present),
        "next": _next_service(desk),
        "notices": [notice_facts(hall, told, scene.lang, scene.tick) for told in desk.notices],
        "told_before": _told_before(desk),
        "step": _step(desk, said["state"]),
        "ending": "papers" if said["state"] == "told" and len(services) == 1 else None,
        "untold": _names(desk, untold(hall, ticket)),
        "left": _names(desk, _left(ticket)),
    }


# ------------------------------------------------------------------ the list


def _services(desk: Desk, services: list[Service]) -> list[dict[str, Any]]:
    by_service = {case.matter.service: case.id for case in desk.cases}
    return [
        {
            "id": service.id, "name": service.name[desk.lang], "done": service.id in desk.ticket.finished,
            "present": service.id == desk.ticket.service, "case": by_service.get(service.id),
        }
        for service in services
    ]  # fmt: skip


def _item(desk: Desk, item: Item, services: list[Service]) -> dict[str, Any]:
    """``asked_by``: the numbers of the services that ask for it, when there are several; ``own``: the one in hand does."""
    material, lang = item.material, desk.lang
    numbers = [number for number, service in enumerate(services, 1) if service.id in item.services]
    reason = item.reason or (material.held_as if material.held else None)
    return {
        "material": material.id,
        "name": material.name[lang],
        "mark": item.mark,
        "marks": [mark for mark in MARKS if allowed(material, mark)],  # type: ignore[arg-type]
        "held": material.held,
        "reason": reason,
        "reason_text": t(lang, f"case.reason.{reason}") if reason is not None else None,
        "form": material.form,
        "form_text": t(lang, f"case.form.{material.form}"),
        "copies": material.copies,
        **{name: _text(getattr(material, name), lang) for name in ("standard", "issuer", "where", "note")},
        "later_due": _later(desk, material)["due"] if material.later else None,
        "later_due_text": _later(desk, material)["due_text"] if material.later else None,
        "asked_by": numbers if len(services) > 1 else [],
        "asked_names": _names(desk, item.services) if len(services) > 1 else [],
        "own": desk.ticket.service in item.services,
    }


def _text(name: Name | None, lang: str) -> str | None:
    return name[lang] if name is not None else None


def _later(desk: Desk, material: Material) -> dict[str, Any]:
    """The last day to bring a deferred paper, were the application accepted today."""
    setup = desk.hall.setup
    due = count_on(hall_day(desk.scene.tick, setup), later_workdays(material, setup.rules), "workday", setup)
    return desk.dues.facts(due.date.isoformat(), due.known, running=True) or {}


def _count(desk: Desk, items: tuple[Item, ...]) -> str:
    """``5 样：3 样齐，1 样后补，1 样免交``."""
    if not items:
        return ""
    marks = [item.mark for item in items]
    parts = [t(desk.lang, f"desk.count.{mark}", count=marks.count(mark)) for mark in MARKS if mark in marks]
    if None in marks:
        parts.append(t(desk.lang, "desk.count.unchecked", count=marks.count(None)))
    return t(desk.lang, "desk.count", count=len(items), parts=t(desk.lang, "desk.join").join(parts))


def _names(desk: Desk, services: tuple[ServiceId, ...]) -> list[str]:
    return [desk.hall.services[id_].name[desk.lang] for id_ in services if id_ in desk.hall.services]


# ------------------------------------------------------------------ what it comes to


def _state(desk: Desk, found: Verdict) -> str:
    """One word for the line below the list, for the keys and for the style sheet."""
    if desk.case is not None:
        return "case"
    if any(case.state in ("decided", "ready") for case in desk.cases):
        return "collect"
    if desk.present is None:
        at_issue = desk.counter is not None and desk.counter.kind == "issue"
        return "linked" if desk.cases else "issue" if at_issue else "unknown"
    if found.unchecked:
        return "at_once" if desk.present.receipt_at_once and not found.missing else "unchecked"
    if found.missing:
        return "told" if any(told.service == desk.present.id for told in desk.notices) else "missing"
    if found.later or found.promised:
        return "later"
    return "complete" if desk.own() else "bare"


def _verdict(desk: Desk, found: Verdict) -> dict[str, Any]:
    state, lang = _state(desk, found), desk.lang
    materials = {item.material.id: item.material for item in desk.own()}
    names = {
        kind: [materials[id_].name[lang] for id_ in getattr(found, kind)]
        for kind in ("missing", "unchecked", "later", "promised", "free")
    }
    title, text = _words(desk, state, names)
    later = [{"name": materials[id_].name[lang], **_later(desk, materials[id_])} for id_ in found.later]
    return {"state": state, "title": title, "text": text, **names, "later": later}


def _words(desk: Desk, state: str, names: dict[str, list[str]]) -> tuple[str, str]:
    """The verdict as a sentence, and what follows from it."""
    lang, case = desk.lang, desk.case or next(iter(desk.cases), None)
    listed = {kind: t(lang, "desk.list.comma").join(found) for kind, found in names.items()}
    if state in ("case", "linked") and case is not None:
        facts = case_facts(desk.hall, case, lang, desk.scene.tick)
        return t(lang, "desk.verdict.case", state=facts["state_text"], case=case.id), ""
    if state in ("missing", "told"):
        title = t(lang, f"desk.verdict.{state}", count=len(names["missing"]), names=listed["missing"])
        return title, _effect_text(desk) if state == "missing" else t(lang, "desk.verdict.told.next")
    if state == "unchecked" and names["missing"]:
        missing = t(lang, "desk.verdict.missing", count=len(names["missing"]), names=listed["missing"])
        return missing, t(lang, "desk.verdict.unchecked.rest", count=len(names["unchecked"]), names=listed["unchecked"])
    if state == "unchecked":
        return t(lang, "desk.verdict.unchecked", count=len(names["unchecked"])), t(lang, "desk.verdict.unchecked.next")
    if state == "later":
        kinds = [kind for kind in ("later", "promised") if names[kind]]
        parts = [t(lang, f"desk.verdict.{kind}", count=len(names[kind]), names=listed[kind]) for kind in kinds]
        return t(lang, "desk.verdict.acceptable"), t(lang, "desk.list.stop").join(parts)
    return t(lang, f"desk.verdict.{state}"), t(lang, f"desk.verdict.{state}.next")


def _effect(desk: Desk, service: Service | None) -> dict[str, Any] | None:
    """What silence would bring about."""
    found = effect(desk.hall, service, desk.scene.tick) if service is not None else None
    if service is None or found is None:
        return None
    facts = desk.dues.facts(found.due.isoformat(), found.known, running=True, unit=service.answer.unit) or {}
    key = "desk.effect.spot" if found.on_the_spot else "desk.effect.term"
    return {**facts, "on_the_spot": found.on_the_spot, "text": t(desk.lang, key, date=facts["due_text"])}


def _effect_text(desk: Desk) -> str:
    found = _effect(desk, desk.present)
    return found["text"] if found is not None else t(desk.lang, "desk.effect.none")


def _terms(desk: Desk, service: Service | None) -> dict[str, Any]:
    """The terms and their last days, were the application accepted today."""
    if service is None:
        return {"promised": None, "statutory": None}
    setup, shown = desk.hall.setup, {}
    for name, term in (("promised", service.promised), ("statutory", service.statutory)):
        due = add_days(hall_day(desk.scene.tick, setup), term, setup)
        facts = desk.dues.facts(due.date.isoformat(), due.known, running=True, unit=term.unit) if due else None
        shown[name] = {"text": term_words(desk.lang, term), **facts} if facts is not None else None
    return shown


def _promise(desk: Desk, found: Verdict) -> str | None:
    """The sentence the applicant agrees to, when something follows or is promised."""
    materials = {item.material.id: item.material for item in desk.own()}
    lang, parts = desk.lang, []
    for id_ in found.later:
        due = _later(desk, materials[id_])["due_text"]
        parts.append(t(lang, "desk.promise.later", name=materials[id_].name[lang], date=due))
    if found.promised:
        names = t(lang, "desk.list.comma").join(materials[id_].name[lang] for id_ in found.promised)
        parts.append(t(lang, "desk.promise.promised", names=names))
    return t(lang, "desk.promise", parts=t(lang, "desk.list.stop").join(parts)) if parts else None


def _told_before(desk: Desk) -> int:
    """Notices of this visit for the service in hand: one more would be counted against the hall."""
    return sum(told.service == desk.ticket.service for told in desk.notices)


# ------------------------------------------------------------------ what comes next


def _left(ticket: Ticket) -> tuple[ServiceId, ...]:
    """What would stay undone if the visit ended now: finishing records the service in hand."""
    return tuple(service for service in remaining(ticket) if service != ticket.service)


def _next_service(desk: Desk) -> dict[str, Any] | None:
    """The service after the one in hand. ``here``: this window can do it."""
    following = next_service(desk.hall, desk.counter, _left(desk.ticket))
    if following is None:
        return None
    zone = next(one for one in desk.hall.setup.zones if one.id == desk.hall.queues[following.queue].zone)
    here = _is_here(desk, following)
    return {"id": following.id, "name": following.name[desk.lang], "here": here, "zone": zone.name[desk.lang]}


def _is_here(desk: Desk, service: Service) -> bool:
    return desk.counter is not None and does(desk.hall, desk.counter, service)


def _next_step(desk: Desk, case: Case) -> str | None:
    """What the clerk at this window can do with a case that the visitor came for. Authority is the clerk's, not the view's."""
    if case.state in ("received", "told"):
        return "complete"
    if case.stop is not None and case.stop.kind == "correction":
        return "resume"
    if case.state in ("decided", "ready"):
        return "hand-over" if case.delivery == "window" or desk.ticket.id not in case.visits else None
    if case.is_open and any(owed.kind == "later" for owed in case.unsettled) and desk.ticket.id not in case.visits:
        return "settle"
    if case.state == "returned":
        return "forward"
    if case.state == "accepted" and case.stop is None and _may_decide(desk, case):
        return "decide"
    return None


def _may_decide(desk: Desk, case: Case) -> bool:
    clerk = desk.counter.clerk if desk.counter is not None else None
    return has_authority(desk.hall, case, clerk) and not any(owed.kind == "later" for owed in case.unsettled)


def _step(desk: Desk, state: str) -> dict[str, Any] | None:
    """What key 4 does: accept the service in hand, or the next step of a case of this visit."""
    if state in ("later", "complete", "bare"):
        return {"act": "accept", "case": None}
    if state == "at_once":
        return {"act": "receive", "case": None}
    for case in ([desk.case] if desk.case is not None else []) + desk.cases:
        step = _next_step(desk, case)
        if step is not None:
            return {"act": step, "case": case.id}
    return None
