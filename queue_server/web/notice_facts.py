"""One one-time notice (一次性告知单) as plain data, in words: for the API, the paper and the visitor's phone.

A notice of the last days comes from the state, an older one as its row in the table ``notices``. Basis, conditions, fee and
terms are those of today's catalogue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from queue_server.core.catalogue import Name, ServiceId
from queue_server.core.one_time import Told, ToldItem
from queue_server.views import iso

from .due_words import Dues, date_words, term_words
from .hours_text import hours_text
from .texts import clerk_name, counter_label, window_text
from .words import t

if TYPE_CHECKING:
    from queue_server.core.hall import Hall


def notice_facts(hall: Hall, notice: Told | Mapping[str, Any], lang: str, now: int) -> dict[str, Any]:
    """``notice``: as the hall remembers it, or its row with the JSON columns read (see ``Reader.notice``)."""
    told = notice if isinstance(notice, Told) else told_of(notice)
    dues = Dues(hall, lang, now)
    service = hall.services.get(told.service)
    materials = {item.material: item.name[lang] for item in told.items}
    return {
        "id": told.id,
        "day": told.day,
        "day_text": date_words(told.day, lang, dues.today),
        "at": iso(told.at, hall),
        "service": {"id": told.service, "name": _service_name(hall, notice, told.service)[lang]},
        "repeat": told.repeat,
        "fresh": [materials.get(material, material) for material in told.fresh],
        "items": [_item(item, lang, dues) for item in told.items],
        "basis": _text(service.basis if service else None, lang),
        "conditions": _text(service.conditions if service else None, lang),
        "fee": _text(service.fee if service else None, lang),
        "terms": {
            "promised": term_words(lang, service.promised) if service else None,
            "statutory": term_words(lang, service.statutory) if service else None,
        },
        "ticket": told.ticket,
        "number": _number(hall, notice, told),
        "case": told.case,
        "counter": counter_label(hall, told.counter),
        "clerk": clerk_name(hall, told.clerk),
        "previous": told.previous,
        "place": _place(hall, told, lang),
        "hours": hours_text(lang, service.hours if service and service.hours else hall.setup.hours),
        "phone": hall.setup.phone,
        "hotline": hall.setup.hotline,
    }


def told_of(row: Mapping[str, Any]) -> Told:
    """An old notice from its row."""
    return Told(
        id=row["notice"], day=row["day"], at=row["at"], service=ServiceId(row["service"]), matter=row["matter"],
        repeat=row["repeat"], items=msgspec.convert(row["items"], tuple[ToldItem, ...]), ticket=row["ticket"],
        case=row["case_id"], counter=row["counter"], clerk=row["clerk"], fresh=tuple(row["fresh"]),
        previous=row["previous"],
    )  # fmt: skip


def _item(item: ToldItem, lang: str, dues: Dues) -> dict[str, Any]:
    known = True
    if item.later_due is not None:
        years = range(dues.today.year, dt.date.fromisoformat(item.later_due).year + 1)
        known = set(years) <= set(dues.hall.setup.calendar.years)
    return {
        "material": item.material,
        "name": item.name[lang],
        "form": item.form,
        "form_text": t(lang, f"case.form.{item.form}"),
        "copies": item.copies,
        "standard": _text(item.standard, lang),
        "issuer": _text(item.issuer, lang),
        "where": _text(item.where, lang),
        "promise": item.promise,
        "later_due": item.later_due,
        "later_due_text": dues.text(item.later_due, known) if item.later_due is not None else None,
    }


def _text(name: Name | None, lang: str) -> str | None:
    return None if name is None else name[lang]


def _service_name(hall: Hall, notice: Told | Mapping[str, Any], service: ServiceId) -> Name:
    if not isinstance(notice, Told):
        return msgspec.convert(notice["service_name"], Name)
    found = hall.services.get(service)
    return found.name if found is not None else Name(zh=service, en=service)


def _number(hall: Hall, notice: Told | Mapping[str, Any], told: Told) -> str | None:
    """The number of the visit's ticket, or of the one the case came in with."""
    if not isinstance(notice, Told):
        number: str | None = notice.get("number")
        return number
    ticket = hall.tickets.get(told.ticket) if told.ticket is not None else None
    if ticket is not None:
        return ticket.number
    case = hall.cases.get(told.case) if told.case is not None else None
    return case.matter.number if case is not None else None


def _place(hall: Hall, told: Told, lang: str) -> str:
    """Where to bring it: the hall, and the window that told it."""
    counter = hall.counters.get(told.counter) if told.counter is not None else None
    if counter is None:
        return hall.setup.name[lang]
    return t(lang, "case.place", hall=hall.setup.name[lang], counter=window_text(lang, counter.label))
