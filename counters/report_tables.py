"""The tables of a report, in words: the page, the CSV and the workbook show the same ones.

A table is a grid with a note on how its columns are counted, or a list of figures each with how it is counted beside it:
no figure without its definition. Words: ``report.fig.*`` and ``report.how.*``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from queue_server.web.texts import window_text
from queue_server.web.words import known, t

Json = dict[str, Any]
SERVICES_MAX = 40  # of the table on the page; more would not be read on paper
SHARP_UNTIL = 10  # below so many per cent one decimal is worth it


class Share(NamedTuple):
    """A part of a whole; nothing to say of an empty whole."""

    part: float
    whole: float

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


class Minutes(NamedTuple):
    """A time in seconds, shown in minutes."""

    seconds: float | None

    @property
    def value(self) -> float | None:
        return None if self.seconds is None else round(self.seconds / 60, 1)


Cell = str | int | float | Share | Minutes | None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """``words``: how many of the first columns are words and not figures; ``wide``: all of them."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    foot: tuple[Cell, ...] | None = None
    words: int = 1
    figures: bool = False  # a list of figures, the last column says how each is counted


def cell_text(cell: Cell) -> str:
    """As it stands on the page and in the CSV."""
    if isinstance(cell, Share):
        if cell.value is None:
            return "–"
        percent = 100 * cell.value
        return f"{percent:.1f}%" if 0 < percent < SHARP_UNTIL else f"{percent:.0f}%"
    if isinstance(cell, Minutes):
        if cell.value is None:
            return "–"
        return "<1" if 0 < cell.value < 1 else f"{cell.value:.0f}"
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def fraction(cell: Cell) -> str:
    """What a share is made of, for a list of figures: ``3/23``."""
    return f"{cell.part:,.0f}/{cell.whole:,.0f}" if isinstance(cell, Share) and cell.whole else ""


def tables_of(report: Json, lang: str) -> list[Table]:
    """All that hold something, in the order of the page."""
    made = _Tables(report, lang)
    found = [
        made.queues(), made.visits(), made.channels(), made.unserved(), made.cases(), made.departments(), made.ended(),
        made.stops(), made.deferrals(), made.notices(), made.notice_services(), made.fresh(), made.packages(),
        made.delivery(), made.free(), made.tides(), made.emergencies(), made.services(), made.counters(),
    ]  # fmt: skip
    return [table for table in found if table.rows]


def missing_of(report: Json, lang: str) -> list[str]:
    """The titles of what did not happen in these days: said, so that nobody looks for it."""
    shown = {table.id for table in tables_of(report, lang)}
    return [t(lang, f"report.{name}") for name in OPTIONAL if name not in shown]


OPTIONAL = (
    "unserved", "stops", "deferrals", "notice_services", "packages", "free", "tides", "emergencies",
)  # fmt: skip


class _Tables:
    """Makes each table; what is said is in the words."""

    def __init__(self, report: Json, lang: str) -> None:
        self.report, self.lang = report, lang
        self.minutes = report["target_minutes"]

    def t(self, key: str, **values: object) -> str:
        return t(self.lang, f"report.{key}", **values)

    def _columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.t(f"col.{name}", minutes=self.minutes) for name in names)

    def _table(self, name: str, columns: tuple[str, ...], rows: Any, **more: Any) -> Table:
        note = self.t(f"note.{name}", minutes=self.minutes) if known(self.lang, f"report.note.{name}") else ""
        return Table(id=name, title=self.t(name), columns=columns, rows=tuple(map(tuple, rows)), note=note, **more)

    def _figures(self, name: str, found: dict[str, Cell]) -> Table:
        rows = [
            (self.t(f"fig.{figure}", minutes=self.minutes), value, self.t(f"how.{figure}", minutes=self.minutes))
            for figure, value in found.items()
        ]
        return self._table(name, self._columns("figure", "value", "how"), rows, figures=True)

    def _word(self, kind: str, name: str) -> str:
        """A word for a value that events name; one that has none is shown as it is."""
        key = f"report.{kind}.{name}"
        return t(self.lang, key) if known(self.lang, key) else name

    # -- visits

    def queues(self) -> Table:
        def row(one: Json) -> tuple[Cell, ...]:
            return (
                f"{one['letter']} {one['name'][self.lang]}".strip(), one["arrived"], one["done"],
                Minutes(one["wait"]["median"]), Minutes(one["wait"]["p90"]), Share(one["within_target"], one["called"]),
                Minutes(one["service"]["median"]), Minutes(one["service"]["p90"]), one["no_show"], one["cancelled"],
                one["transferred"],
            )  # fmt: skip

        visits = self.report["visits"]
        foot = (
            self.t("total"), visits["arrived"], visits["done"], Minutes(visits["wait"]["median"]),
            Minutes(visits["wait"]["p90"]), Share(visits["within_target"], visits["called"]),
            Minutes(visits["service"]["median"]), Minutes(visits["service"]["p90"]), visits["no_show"],
            visits["cancelled"], visits["transferred"],
        )  # fmt: skip
        columns = self._columns(
            "queue", "arrived", "done", "wait_median", "wait_p90", "within", "service_median", "service_p90", "no_show",
            "cancelled", "transferred",
        )  # fmt: skip
        return self._table("queues", columns, map(row, self.report["queues"]), foot=foot)

    def visits(self) -> Table:
        one, instant = self.report["visits"], self.report["cases"]["instant"]
        if not one["arrived"]:
            return self._figures("visits", {})
        return self._figures("visits", {
            "received": one["received"], "first_contact": Share(one["at_first_contact"], one["received"]),
            "one_window": Share(one["one_window"], one["received"]), "transfers": one["transfers"],
            "instant": Share(instant["instant"], instant["done"]),
            "left": Share(one["no_show"] + one["given_back"], one["arrived"]),
            "unserved": one["unserved"], "untold": one["untold"], "expired": one["expired"],
            "expired_closing": one["expired_closing"], "open": one["open"],
        })  # fmt: skip

    def channels(self) -> Table:
        names = ("done", "unserved", "no_show", "cancelled", "expired", "open")
        rows = [
            (self._word("channel", one["channel"]), one["arrived"], *(one["outcomes"].get(name, 0) for name in names))
            for one in self.report["channels"]
        ]
        return self._table("channels", self._columns("channel", "arrived", *names), rows)

    def unserved(self) -> Table:
        whole = sum(one["visits"] for one in self.report["unserved"])
        rows = [
            (self._word("cause", one["cause"]), one["visits"], Share(one["visits"], whole))
            for one in self.report["unserved"]
        ]
        return self._table("unserved", self._columns("cause", "visits", "share"), rows)

    def counters(self) -> Table:
        rows = [
            (window_text(self.lang, one["label"]), one["served"], one["done"], one["transferred"],
             Minutes(one["service"]["median"]), Minutes(one["service"]["p90"]), round(one["seconds"] / 3600, 1))
            for one in self.report["counters"]
        ]  # fmt: skip
        names = ("window", "served", "done", "transferred", "service_median", "service_p90", "hours")
        return self._table("counters", self._columns(*names), rows)

    # -- cases

    def cases(self) -> Table:
        one = self.report["cases"]
        if not any(one[name] for name in ("received", "accepted", "decided", "open", "rejected", "withdrawn")):
            return self._figures("cases", {})
        return self._figures("cases", {
            "case_received": one["received"], "case_accepted": one["accepted"],
            "case_straight": Share(one["straight"], one["accepted"]), "case_deemed": one["deemed"],
            "case_rejected": one["rejected"], "case_withdrawn": one["withdrawn"], "case_decided": one["decided"],
            "case_granted": one["granted"], "case_refused": one["refused"],
            "case_at_once": Share(one["at_once"], one["decided"]),
            "in_promise": Share(one["in_promise"], one["with_promise"]), "in_law": Share(one["in_law"], one["with_law"]),
            "case_extended": one["extended"], "case_returned": one["returned"], "case_open": one["open"],
            "case_overdue": one["overdue"], "unknown_year": one["unknown_year"],
        })  # fmt: skip

    def departments(self) -> Table:
        rows = [
            (one["name"][self.lang], one["received"], one["accepted"], one["decided"],
             Share(one["in_promise"], one["with_promise"]), Share(one["in_law"], one["with_law"]), one["at_once"],
             one["open"], one["overdue"])
            for one in self.report["cases"]["departments"]
        ]  # fmt: skip
        names = ("department", "received", "accepted", "decided", "in_promise", "in_law", "at_once", "pending", "overdue")
        return self._table("departments", self._columns(*names), rows)

    def ended(self) -> Table:
        rows = [
            (self._word("ending", one["ending"]), self._word("cause", one["cause"]), one["cases"])
            for one in self.report["cases"]["ended"]
        ]
        return self._table("ended", self._columns("ending", "cause", "cases"), rows, words=2)

    def stops(self) -> Table:
        names = ("begun", "ended", "days", "late", "standing")
        rows = [(t(self.lang, f"case.stop.{one['kind']}"), *(one[name] for name in names)) for one in self.report["stops"]]
        return self._table("stops", self._columns("step", *names), rows)

    def deferrals(self) -> Table:
        names = ("given", "met", "broken", "late", "pending", "overdue")
        rows = [
            (t(self.lang, f"case.owed.{one['kind']}"), *(one["open" if name == "pending" else name] for name in names))
            for one in self.report["deferrals"]
        ]
        return self._table("deferrals", self._columns("kind", *names), rows)

    # -- notices

    def notices(self) -> Table:
        one = self.report["notices"]
        if not one["given"]:
            return self._figures("notices", {})
        return self._figures("notices", {
            "notices": one["given"], "again": one["again"], "again_share": Share(one["again"], one["given"]),
            "fresh": one["fresh"],
        })  # fmt: skip

    def notice_services(self) -> Table:
        rows = [
            (one["name"][self.lang], one["given"], one["again"], Share(one["again"], one["given"]), one["fresh"])
            for one in self.report["notices"]["services"]
        ]
        return self._table("notice_services", self._columns("service", "notices", "again", "share", "fresh"), rows)

    def fresh(self) -> Table:
        rows = [
            (one["name"][self.lang], one["material"][self.lang], one["times"])
            for one in self.report["notices"]["materials"]
        ]
        return self._table("fresh", self._columns("service", "material", "times"), rows, words=2)

    # -- services, results

    def services(self) -> Table:
        rows = [
            (one["name"][self.lang] or self.t("no_service"),
             self.t(f"handling.{one['handling']}") if one["handling"] else "–",
             one["quantity"], one["visits"], one["accepted"], one["decided"], one["at_once"],
             Share(one["in_promise"], one["with_promise"]))
            for one in self.report["services"]
        ]  # fmt: skip
        names = ("service", "handling", "quantity", "visits", "accepted", "decided", "at_once", "in_promise")
        return self._table("services", self._columns(*names), rows[:SERVICES_MAX], words=2)

    def packages(self) -> Table:
        rows = [
            (one["name"][self.lang], one["visits"], one["finished"], one["finished"] / one["visits"],
             Share(one["complete"], one["visits"]), Share(one["one_window"], one["visits"]))
            for one in self.report["packages"]
        ]  # fmt: skip
        names = ("package", "visits", "finished", "per_visit", "complete", "one_window")
        return self._table("packages", self._columns(*names), rows)

    def delivery(self) -> Table:
        one = self.report["delivery"]
        if not any(one.values()):
            return self._figures("delivery", {})
        return self._figures("delivery", {
            name: one[name]
            for name in ("collected", "delivered", "no_paper", "sent", "courier_days", "courier_days_max", "waiting",
                         "waiting_late")
        })  # fmt: skip

    def free(self) -> Table:
        rows = [(one["name"][self.lang], one["quantity"], one["times"]) for one in self.report["free"]]
        return self._table("free", self._columns("item", "pieces", "times"), rows)

    # -- what was changed, calls for help

    def tides(self) -> Table:
        rows = [
            (self._at(one["at"]), window_text(self.lang, one["label"]), self._what(one), self._at(one["until"]),
             one["by"] or self.t(f"tide.{one['cause']}", rule=one["tide"] or ""))
            for one in self.report["tides"]
        ]  # fmt: skip
        return self._table("tides", self._columns("at", "window", "what", "until", "by"), rows, words=5)

    def _what(self, one: Json) -> str:
        kind = t(self.lang, f"common.kind.{one['kind']}") if one["kind"] else None
        parts = [kind, self.t("tide.serves", what=" ".join(one["serves"]))]
        parts.append(self.t("tide.helps", what=" ".join(one["helps"])) if one["helps"] else None)
        text = self.t("tide.join").join(part for part in parts if part)
        return self.t("tide.back", what=text) if one["cause"] == "return" else text

    def emergencies(self) -> Table:
        rows = [
            (self._at(one["at"]), t(self.lang, f"emergency.kind.{one['kind']}"), self._where(one), one["by"] or "–",
             one["answered_by"] or "–", self._seconds(one["answer_seconds"]), self._at(one["ended"]))
            for one in self.report["emergencies"]
        ]  # fmt: skip
        names = ("at", "what", "where", "called_by", "answered_by", "answer", "ended_at")
        return self._table("emergencies", self._columns(*names), rows, words=7)

    def _where(self, one: Json) -> str:
        parts = [window_text(self.lang, one["label"]) if one["label"] else None, one["place"]]
        return " ".join(part for part in parts if part) or t(self.lang, "common.zone", zone=one["zone"])

    def _seconds(self, seconds: int | None) -> str:
        if seconds is None:
            return self.t("not_answered")
        return self.t("min_sec", minutes=seconds // 60, seconds=seconds % 60) if seconds >= 60 else self.t("sec", count=seconds)

    def _at(self, instant: str | None) -> str:
        """``10:31`` in the report of a day, else with its date."""
        if instant is None:
            return "–"
        same = self.report["from"] == self.report["to"] == instant[:10]
        return instant[11:16] if same else f"{instant[5:10]} {instant[11:16]}"
