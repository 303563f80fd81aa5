"""The report of a day, a week or a month: a page that prints on A4, and the same tables as CSV and workbook.

The figures are those of ``GET /report`` (``queue_server/web/report.py``).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.calendar import hall_day, sessions
from queue_server.core.hall import Hall
from queue_server.core.refusals import Invalid, NotFound
from queue_server.running import RunningHall
from queue_server.web.access import require, running_of
from queue_server.web.due_words import date_words
from queue_server.web.pages import environment, lang_of, page
from queue_server.web.report import report_of
from queue_server.web.texts import local, refusal_text
from queue_server.web.words import t

from . import report_charts
from .report_files import csv_of, xlsx_of
from .report_tables import Cell, Minutes, Share, cell_text, fraction, missing_of, tables_of

Json = dict[str, Any]
_DAY = dt.timedelta(days=1)
WEEK_DAYS = 7
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Head(NamedTuple):
    """One of the large figures: what it is, how much, and one line more."""

    label: str
    value: str
    unit: str
    note: str


# ------------------------------------------------------------------ which days


def period_of(first: dt.date, last: dt.date) -> str:
    """``day``, ``week``, ``month`` or ``span``: how the report is called."""
    if first == last:
        return "day"
    if first.weekday() == 0 and (last - first).days == WEEK_DAYS - 1:
        return "week"
    return "month" if first.day == 1 and (last + _DAY).day == 1 and (last - first).days < 31 else "span"


def quick_of(today: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """The usual spans, as (name, first, last)."""
    monday, month = today - today.weekday() * _DAY, today.replace(day=1)
    sunday, month_end = monday + (WEEK_DAYS - 1) * _DAY, (month + 31 * _DAY).replace(day=1) - _DAY
    return [
        ("today", today, today), ("yesterday", today - _DAY, today - _DAY), ("week", monday, sunday),
        ("last_week", monday - WEEK_DAYS * _DAY, monday - _DAY), ("month", month, month_end),
        ("last_month", (month - _DAY).replace(day=1), month - _DAY),
    ]  # fmt: skip


def dates_text(lang: str, first: dt.date, last: dt.date) -> str:
    """With the year: a sheet of paper is read years later."""
    one, other = (date_words(day, lang, day.replace(year=day.year - 1, day=1)) for day in (first, last))
    return one if first == last else t(lang, "report.dates", first=one, last=other)


def hours_text(hall: Hall, lang: str, day: dt.date) -> str:
    """The opening hours of one day, as they were meant."""
    spans = sessions(day, hall.setup)
    if not spans:
        return t(lang, "report.shut")

    def clock(instant: int) -> str:
        moment = local(instant, hall.setup.time_zone)
        return f"{moment.hour}:{moment.minute:02d}"

    return t(lang, "report.join").join(f"{clock(begin)}–{clock(end)}" for begin, end in spans)


# ------------------------------------------------------------------ large figures and charts


def heads_of(report: Json, lang: str) -> list[Head]:
    """Twelve figures: six of the visits, six of the cases and their rules."""
    visits, cases, notices = report["visits"], report["cases"], report["notices"]
    minutes = t(lang, "report.unit.minutes")

    def head(name: str, value: Cell, unit: str = "", **note: object) -> Head:
        shown = {key: cell_text(cell) if isinstance(cell, Share | Minutes) else cell for key, cell in note.items()}
        text = cell_text(value)
        if text.endswith("%"):
            text, unit = text[:-1], "%"
        label = t(lang, f"report.head.{name}", minutes=report["target_minutes"])
        return Head(label, text, unit if text != "–" else "", t(lang, f"report.head.{name}.note", **shown))

    wait, service = visits["wait"], visits["service"]
    instant = cases["instant"]
    return [
        _arrived(report, lang),
        head("done", visits["done"], share=Share(instant["instant"], instant["done"])),
        head("wait", Minutes(wait["median"]), minutes, p90=Minutes(wait["p90"]), p95=Minutes(wait["p95"])),
        head("within", Share(visits["within_target"], visits["called"]), count=visits["called"]),
        head("service", Minutes(service["median"]), minutes, p90=Minutes(service["p90"])),
        head("left", Share(visits["no_show"] + visits["given_back"], visits["arrived"]),
             missed=visits["no_show"], given_back=visits["given_back"]),
        head("accepted", cases["accepted"], count=cases["received"]),
        head("decided", cases["decided"], share=Share(cases["at_once"], cases["decided"])),
        head("in_promise", Share(cases["in_promise"], cases["with_promise"]), share=Share(cases["in_law"], cases["with_law"])),
        head("overdue", cases["overdue"], count=cases["open"]),
        head("notices", notices["given"], share=Share(notices["again"], notices["given"])),
        head("first", Share(visits["at_first_contact"], visits["received"]), count=visits["transfers"]),
    ]  # fmt: skip


def _arrived(report: Json, lang: str) -> Head:
    """With the days before beside it; how much more or less is said only of days that are over."""
    arrived, before = report["visits"]["arrived"], report["visits"]["before"]
    note = t(lang, "report.head.arrived.none")
    if before is not None:
        when = t(lang, f"report.head.before.{'day' if report['from'] == report['to'] else 'span'}")
        note = t(lang, "report.head.arrived.count", when=when, count=f"{before['arrived']:,}")
    if before is not None and report["over"]:
        change = arrived - before["arrived"]
        key = "more" if change > 0 else "less" if change else "same"
        share = cell_text(Share(abs(change), before["arrived"]))
        note = t(lang, "report.head.arrived.note", before=note, change=t(lang, f"report.head.{key}", share=share))
    return Head(t(lang, "report.head.arrived"), cell_text(arrived), "", note)


def charts_of(report: Json, lang: str) -> Json | None:
    """Arrivals and waits, by hour of a day or by day; nothing for a span without anybody."""
    rows, single = report["times"], report["from"] == report["to"]
    if not rows:
        return None
    part = "hour" if single else "day"
    slots = _hours(rows) if single else rows
    names = [_slot_name(row["at"], single) for row in slots]
    medians, p90s = ([_minutes(row.get(name)) for row in slots] for name in ("median", "p90"))
    arrived = [row["arrived"] for row in slots]
    return {
        "arrivals": {
            "title": t(lang, f"report.chart.arrivals.{part}"),
            "svg": report_charts.columns(arrived, names, t(lang, "report.chart.arrivals.label", count=sum(arrived))),
        },
        "waits": {
            "title": t(lang, f"report.chart.waits.{part}"),
            "svg": report_charts.lines(
                [(t(lang, "report.median"), medians), (t(lang, "report.p90"), p90s)], names,
                t(lang, "report.chart.waits.label"),
            ),
        },
        "rows": [
            (name, row["arrived"], cell_text(Minutes(row.get("median"))), cell_text(Minutes(row.get("p90"))))
            for name, row in zip(names, slots, strict=True)
        ],
    }  # fmt: skip


def _hours(rows: list[Json]) -> list[Json]:
    """The hours from the first to the last arrival, those without anybody too."""
    by_hour = {int(row["at"][11:13]): row for row in rows}
    return [by_hour.get(hour, {"at": f"T{hour:02d}", "arrived": 0}) for hour in range(min(by_hour), max(by_hour) + 1)]


def _slot_name(at: str, single: bool) -> str:
    return str(int(at.partition("T")[2][:2])) if single else f"{int(at[5:7])}-{int(at[8:10])}"


def _minutes(seconds: int | None) -> float | None:
    return None if seconds is None else seconds / 60


# ------------------------------------------------------------------ the page and the files


async def report_page(request: Request) -> Response:
    """``/h/{hall}/report?from=&to=``: dates that are none are refused on the page itself."""
    running = running_of(request)
    actor = await require(request, "manager")
    lang, asked = lang_of(request), request.query_params
    refused: Invalid | None = None
    try:
        report = await report_of(running, asked.get("from"), asked.get("to"))
    except Invalid as error:
        refused, report = error, await report_of(running, None, None)
    first, last = (dt.date.fromisoformat(report[name]) for name in ("from", "to"))
    hall, today = running.state, hall_day(running.now(), running.state.setup)
    return page(
        request, "report.html", 422 if refused else 200, actor=actor, report=report, heads=heads_of(report, lang),
        charts=charts_of(report, lang), tables=tables_of(report, lang), missing=missing_of(report, lang),
        period=period_of(first, last), dates=dates_text(lang, first, last),
        hours=hours_text(hall, lang, first) if first == last else None, running=first <= today <= last,
        quick=[(name, _query(one, other), (one, other) == (first, last)) for name, one, other in quick_of(today)],
        span=_query(first, last), today=today.isoformat(),
        refused=refusal_text(lang, refused) if refused else None,
    )  # fmt: skip


def _query(first: dt.date, last: dt.date) -> str:
    return urlencode({"from": first, "to": last})


async def report_csv(request: Request) -> Response:
    """All tables, or one (``table=``) as a plain rectangle."""
    running, report, lang = await _asked(request)
    tables = tables_of(report, lang)
    wanted = request.query_params.get("table")
    if wanted is not None:
        tables = [table for table in tables if table.id == wanted]
        if not tables:
            raise NotFound("not-found")
        return _file(csv_of([], tables), "text/csv; charset=utf-8", f"{_stem(running, report)}-{wanted}.csv")
    body = csv_of(_summary(running, report, lang), tables)
    return _file(body, "text/csv; charset=utf-8", f"{_stem(running, report)}.csv")


async def report_xlsx(request: Request) -> Response:
    running, report, lang = await _asked(request)
    tables = tables_of(report, lang)
    title = t(lang, f"report.title.{_period(report)}")
    body = await asyncio.to_thread(xlsx_of, title, _summary(running, report, lang), tables)
    return _file(body, XLSX, f"{_stem(running, report)}.xlsx")


async def _asked(request: Request) -> tuple[RunningHall, Json, str]:
    running = running_of(request)
    await require(request, "manager")
    asked = request.query_params
    return running, await report_of(running, asked.get("from"), asked.get("to")), lang_of(request)


def _period(report: Json) -> str:
    return period_of(dt.date.fromisoformat(report["from"]), dt.date.fromisoformat(report["to"]))


def _stem(running: RunningHall, report: Json) -> str:
    days = [report["from"]] if report["from"] == report["to"] else [report["from"], report["to"]]
    return "-".join(["report", running.id, *days])


def _summary(running: RunningHall, report: Json, lang: str) -> list[tuple[Cell, ...]]:
    """What stands above the tables in a file: which hall, which days, of which events, and the large figures."""
    name = running.state.setup.name[lang]
    rows: list[tuple[Cell, ...]] = [
        (f"{name} {t(lang, f'report.title.{_period(report)}')}",),
        (t(lang, "report.date"), t(lang, "report.dates", first=report["from"], last=report["to"])),
        (t(lang, "report.made"), report["made"][:19].replace("T", " ")),
    ]
    if report["log"]:
        rows.append((t(lang, "report.source", **report["log"]),))
    return [*rows, (), *((head.label, f"{head.value}{head.unit}", head.note) for head in heads_of(report, lang))]


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)


environment().filters |= {"cell": cell_text, "fraction": fraction}

routes: list[BaseRoute] = [
    Route("/h/{hall}/report", report_page),
    Route("/h/{hall}/report.csv", report_csv),
    Route("/h/{hall}/report.xlsx", report_xlsx),
]
