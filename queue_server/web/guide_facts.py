"""What the guide of a service says, piece by piece: the public guide and the consultant's desk show the same.

From the one catalogue; what it does not know is left out.
"""

from __future__ import annotations

from typing import Any

from queue_server.core.catalogue import Material, Package, Rules, Service, Term
from queue_server.core.hall import Hall
from queue_server.core.materials import check_list, later_workdays
from queue_server.core.names import Entry, Names, Query, words

from .due_words import term_words
from .texts import window_text
from .words import t

Values = dict[str, Any]


def promised_text(lang: str, service: Service) -> str:
    """``当场办好``, ``15 个工作日办好``, or nothing where no promise is known."""
    if service.promised.value is None and service.handling == "instant":
        return t(lang, "common.term.instant")
    return promise_words(lang, service.promised)


def promise_words(lang: str, promised: Term) -> str:
    """A promise in words, nothing where none is known."""
    if promised.value is None:
        return ""
    if promised.value == 0:
        return t(lang, "common.term.instant")
    return t(lang, f"common.term.{promised.unit}", count=promised.value)


def facts(lang: str, service: Service) -> list[tuple[str, str]]:
    """Who may, why, how long, what it costs, what comes of it. What the catalogue does not know is left out."""
    rows = [
        ("conditions", service.conditions[lang] if service.conditions else ""),
        ("promised", promised_text(lang, service)),
        ("statutory", term_words(lang, service.statutory) or ""),
        ("answer", _answer(lang, service)),
        ("fee", service.fee[lang] if service.fee else ""),
        ("result", service.result[lang] if service.result else ""),
        ("delivery", _delivery(lang, service)),
        ("basis", service.basis[lang] if service.basis else ""),
    ]
    return [(t(lang, f"guide.fact.{name}"), text) for name, text in rows if text]


def _answer(lang: str, service: Service) -> str:
    """Within this term the hall says yes, or says in writing what is missing."""
    if service.receipt_at_once:
        return t(lang, "guide.answer.at_once")
    days = term_words(lang, service.answer)
    if not days:
        return ""
    return t(lang, "guide.answer.now") if service.answer.value == 0 else t(lang, "guide.answer", days=days)


def _delivery(lang: str, service: Service) -> str:
    """How the result comes to the applicant, and how soon after the decision."""
    way_text = t(lang, "guide.delivery.courier" if service.courier else "guide.delivery.window")
    days = term_words(lang, service.delivery)
    return t(lang, "guide.delivery", way=way_text, days=days) if days and service.delivery.value else way_text


def procedures(lang: str, service: Service) -> list[dict[str, str]]:
    """Steps that some cases need and that the promise does not count."""
    found = []
    for step in service.procedures:
        days = term_words(lang, step.limit)
        limit = t(lang, "guide.procedure.limit", days=days) if days else ""
        found.append(
            {"name": t(lang, f"guide.procedure.{step.kind}"), "note": step.note[lang] if step.note else "", "limit": limit}
        )
    return found


def machines(hall: Hall, service: Service, lang: str) -> list[str]:
    """Machines that do the same without queueing."""
    if not service.self_service:
        return []
    return [
        t(lang, "guide.machine", machine=window_text(lang, counter.label), zone=counter.zone)
        for counter in hall.setup.counters
        if counter.kind == "self_service" and service.id in counter.serves
    ]


def material_row(lang: str, material: Material, rules: Rules) -> Values:
    """One paper: what to hand in, what it must look like, who issues it, and whether it may wait or is not asked for."""
    lines = [
        (t(lang, f"guide.material.{name}"), text[lang])
        for name, text in (("standard", material.standard), ("issuer", material.issuer), ("where", material.where))
        if text is not None
    ]
    if material.note is not None:
        lines.append(("", material.note[lang]))
    kind = "free" if material.held else "later" if material.later else "promise" if material.promise else "needed"
    return {
        "name": material.name[lang],
        "kind": kind,
        "form": "" if material.held else form_text(lang, material),
        "lines": lines,
        "later": later_text(lang, material, rules),
        "promise": t(lang, "guide.material.promise") if material.promise and not material.held else "",
        "free": t(lang, f"guide.material.free.{material.held_as}") if material.held else "",
    }


def package_rows(hall: Hall, package: Package, lang: str) -> list[Values]:
    """The papers of a package, each once. ``for``: the services that ask for it, when not all do."""
    rows = []
    for item in check_list([hall.services[one] for one in package.services], {}):
        asking = [hall.services[one].name[lang] for one in item.services]
        row = material_row(lang, item.material, hall.setup.rules)
        rows.append(row | {"for": asking if len(asking) < len(package.services) else []})
    return rows


def form_text(lang: str, material: Material) -> str:
    """``交复印件 2 份``, ``看原件``."""
    if material.form == "shown":
        return t(lang, "guide.form.shown")
    return t(lang, f"guide.form.{material.form}", count=material.copies)


def later_text(lang: str, material: Material, rules: Rules) -> str:
    if not material.later or material.held:
        return ""
    return t(lang, "guide.material.later", count=later_workdays(material, rules))


# ------------------------------------------------------------------ finding packages


def found_packages(hall: Hall, text: str) -> list[Package]:
    """Packages that a search may mean: by name, pinyin or initials, as services are found."""
    query = Query(words(text))
    if not query.terms:
        return []
    names = _package_names(hall)
    hits = dict.fromkeys([*names.exact(query), *names.prefixed(query), *names.holding(query)])
    return [hall.setup.packages[at] for at in hits]


def _package_names(hall: Hall) -> Names:
    """The packages' index, kept on the hall and made anew when the set-up changes."""
    kept: tuple[object, Names] | None = hall.__dict__.get("package_names")
    if kept is None or kept[0] is not hall.setup:
        entries = [Entry(package.id, package.name) for package in hall.setup.packages]
        kept = hall.__dict__["package_names"] = (hall.setup, Names(entries))
    return kept[1]
