"""A report of some hall days as plain figures: the answer of ``GET /report``, and what its page and its files are made of.

The rows come from ``store/reports.sql``; this module names what they are about and says which days were asked for. What
each figure means stands in words beside it on the page: ``report.how.*``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec

from queue_server.core.calendar import day_start, hall_day
from queue_server.core.catalogue import Name
from queue_server.core.hall import Hall
from queue_server.core.refusals import Invalid
from queue_server.running import RunningHall
from queue_server.store.reports import Rows, Span
from queue_server.views import iso

from .texts import clerk_name, counter_label

Json = dict[str, Any]
DAYS_MAX = 366
HOUR_US = 3_600_000_000
_DAY = dt.timedelta(days=1)


def span_of(hall: Hall, now: int, first: str | None, last: str | None) -> Span:
    """Without ``first``: today; without ``last``: that day alone. Raises Invalid ``bad-span``."""
    today = hall_day(now, hall.setup)
    try:
        begin = dt.date.fromisoformat(first) if first else today
        end = dt.date.fromisoformat(last) if last else begin
    except ValueError:
        raise Invalid("bad-span", most=DAYS_MAX) from None
    if not begin <= end or begin > today or (end - begin).days >= DAYS_MAX:
        raise Invalid("bad-span", most=DAYS_MAX)
    return Span(
        first=begin.isoformat(), last=end.isoformat(), begin=day_start(begin, hall.setup),
        end=day_start(end + _DAY, hall.setup), passed=min(end + _DAY, today).isoformat(),
        target_seconds=hall.setup.rules.target_wait_minutes * 60,
    )  # fmt: skip


async def report_of(running: RunningHall, first: str | None, last: str | None) -> Json:
    """The figures of these days. Raises Invalid ``bad-span``."""
    await running.settled()
    span = span_of(running.state, running.now(), first, last)
    rows = await running.store.report(span)
    return compose(running.state, span, rows, running.now())


def compose(hall: Hall, span: Span, rows: Rows, now: int) -> Json:
    return _Report(hall, span, rows).made(now)


class _Report:
    """Rows of one span, with the names of today's catalogue."""

    def __init__(self, hall: Hall, span: Span, rows: Rows) -> None:
        self.hall, self.span, self.rows = hall, span, rows
        setup = hall.setup
        self.departments = {one.id: one.name for one in setup.departments}
        self.free = {one.id: one.name for one in setup.free_services}

    def made(self, now: int) -> Json:
        span, whole = self.span, self.rows["span"][0]
        seal = self.rows["seal"]
        return {
            "from": span.first,
            "to": span.last,
            "made": iso(now, self.hall),
            "over": span.passed > span.last,
            "days": self.rows["visits"][0]["days"],
            "target_minutes": span.target_seconds // 60,
            "log": {"first": whole["first_seq"], "last": whole["last_seq"], "hash": seal[0]["hash"]} if seal else None,
            "visits": self._visits(),
            "channels": self._channels(),
            "times": self._times(),
            "queues": self._queues(),
            "counters": self._counters(),
            "services": self._services(),
            "packages": self._packages(),
            "unserved": self.rows["unserved"],
            "expired": self.rows["expired"],
            "notices": self._notices(),
            "cases": self._cases(),
            "stops": self.rows["stops"],
            "deferrals": self.rows["deferrals"],
            "delivery": self.rows["delivery"][0],
            "free": [row | {"name": _name(self.free.get(row["item"]), row["item"])} for row in self.rows["free"]],
            "tides": [self._tide(row) for row in self.rows["tides"]],
            "emergencies": [self._emergency(row) for row in self.rows["emergencies"]],
        }

    # -- visits

    def _part(self, query: str, part: str) -> dict[Any, Json]:
        return {row["name"]: row for row in self.rows[query] if row["part"] == part}

    def _visits(self) -> Json:
        """All visits together. ``wait`` and ``service``: seconds; ``before``: how many came in the days before."""
        waits = self._part("waits", "all").get("")
        times = self._part("servings", "all").get("")
        before = self.rows["before"][0]
        return {
            **{name: value for name, value in self.rows["visits"][0].items() if name != "days"},
            "wait": _times(waits, "median", "p90", "p95"),
            "within_target": waits["within"] if waits else 0,
            "service": _times(times, "median", "p90"),
            "before": before if before["arrived"] else None,
        }

    def _channels(self) -> list[Json]:
        found: dict[str, Json] = {}
        for row in self.rows["channels"]:
            found.setdefault(row["channel"], {"channel": row["channel"], "arrived": 0, "outcomes": {}})
            found[row["channel"]]["arrived"] += row["visits"]
            found[row["channel"]]["outcomes"][row["outcome"]] = row["visits"]
        return sorted(found.values(), key=lambda one: -one["arrived"])

    def _times(self) -> list[Json]:
        """Arrivals and waits by hour of one day, else by day: what the charts are drawn from."""
        single = self.span.first == self.span.last
        part = "hour" if single else "day"
        waits = {str(name): row for name, row in self._part("waits", part).items()}
        found = []
        for name, row in self._part("arrivals", part).items():
            wait = _times(waits.get(str(name)), "median", "p90")
            at = iso(int(name) * HOUR_US, self.hall) if single else name
            found.append({"at": at, "arrived": row["arrived"], "done": row["done"], **wait})
        return found

    def _queues(self) -> list[Json]:
        """In the order of the hall file; those without anybody are left out."""
        waits, times = self._part("waits", "queue"), self._part("servings", "queue")
        found = {row["queue"]: row for row in self.rows["queues"]}
        return [
            self._queue(queue, row, waits.get(queue), times.get(queue)) for queue, row in self._in_order(found, self.hall.queues)
        ]

    def _queue(self, queue: str, row: Json, wait: Json | None, times: Json | None) -> Json:
        known = self.hall.queues.get(queue)
        return {
            **row, "letter": known.letter if known else "", "name": _name(known.name if known else None, queue),
            "called": wait["called"] if wait else 0, "within_target": wait["within"] if wait else 0,
            "wait": _times(wait, "median", "p90"), "service": _times(times, "median", "p90"),
        }  # fmt: skip

    def _counters(self) -> list[Json]:
        return [
            {
                "counter": counter, "label": counter_label(self.hall, counter), "served": row["served"], "done": row["done"],
                "transferred": row["transferred"], "seconds": row["seconds"], "service": _times(row, "median", "p90"),
            }
            for counter, row in self._in_order(self._part("servings", "counter"), self.hall.counters)
        ]  # fmt: skip

    # -- services, packages, notices

    def _service(self, service: str | None, kept: str | None = None) -> Json:
        """As the catalogue names it today, else as it was called then."""
        known = self.hall.services.get(service) if service is not None else None
        name = known.name if known else msgspec.json.decode(kept, type=Name) if kept else None
        return {"service": service, "name": _name(name, service or ""), "handling": known.handling if known else None}

    def _services(self) -> list[Json]:
        """What was dealt with, beside the cases of the same service."""
        cases = self._part("cases", "service")
        done = {row["service"]: row for row in self.rows["done"]}
        none = {"quantity": 0, "visits": 0}
        found = []
        for service in [*done, *(name for name in cases if name not in done)]:
            case = cases.get(service)
            found.append(
                self._service(service, case["service_name"] if case else None)
                | {name: done.get(service, none)[name] for name in none}
                | {name: case[name] if case else 0 for name in ("accepted", "decided", "at_once", "in_promise", "with_promise")}
            )
        return found

    def _packages(self) -> list[Json]:
        return [
            row | {"name": _name(known.name if (known := self.hall.packages.get(row["package"])) else None, row["package"])}
            for row in self.rows["packages"]
        ]

    def _notices(self) -> Json:
        rows = self.rows["notices"]
        return {
            "given": sum(row["given"] for row in rows),
            "again": sum(row["again"] for row in rows),
            "fresh": sum(row["fresh"] for row in rows),
            "services": [
                self._service(row["service"], row["service_name"]) | {name: row[name] for name in ("given", "again", "fresh")}
                for row in rows
            ],
            "materials": [
                self._service(row["service"], row["service_name"])
                | {"material": msgspec.json.decode(row["name"]) if row["name"] else _name(None, row["material"]),
                   "times": row["times"]}
                for row in self.rows["fresh"]
            ],
        }  # fmt: skip

    # -- cases

    def _cases(self) -> Json:
        nothing = dict.fromkeys(CASE_FIGURES, 0)
        whole = self._part("cases", "all").get("", nothing)
        return {
            **{name: whole[name] for name in CASE_FIGURES},
            "ended": self.rows["withdrawals"],
            "instant": self._instant(),
            "departments": [
                {"department": name, "name": _name(self.departments.get(name), name)}
                | {figure: row[figure] for figure in CASE_FIGURES}
                for name, row in self._in_order(self._part("cases", "department"), self.departments)
            ],
        }

    @staticmethod
    def _in_order(found: dict[Any, Json], known: Iterable[str]) -> list[tuple[str, Json]]:
        """As in the hall file; what it does not know any more comes last."""
        order = [name for name in known if name in found]
        return [(name, found[name]) for name in (*order, *sorted(set(found) - set(order)))]

    def _instant(self) -> Json:
        """Matters settled on the spot (即办件), among all that was dealt with at the counters."""
        total = instant = 0
        for row in self.rows["done"]:
            service = self.hall.services.get(row["service"])
            if service is not None:
                total += row["quantity"]
                instant += row["quantity"] if service.handling == "instant" else 0
        return {"done": total, "instant": instant}

    # -- what was changed, and calls for help

    def _tide(self, row: Json) -> Json:
        return {
            "at": iso(row["at"], self.hall), "counter": row["counter"], "label": counter_label(self.hall, row["counter"]),
            "serves": msgspec.json.decode(row["serves"]), "helps": msgspec.json.decode(row["helps"]), "kind": row["kind"],
            "until": iso(row["until"], self.hall), "cause": row["cause"], "tide": row["tide"],
            "by": clerk_name(self.hall, row["actor"]) if row["cause"] == "manager" else None,
        }  # fmt: skip

    def _emergency(self, row: Json) -> Json:
        """``answer_seconds``: until the first one said "I am coming"."""
        answered = row["answered"]
        return {
            "at": iso(row["at"], self.hall), "kind": row["kind"], "by": clerk_name(self.hall, row["by"]),
            "counter": row["counter"], "label": counter_label(self.hall, row["counter"]),
            "zone": row["zone"], "place": row["place"],
            "answered_by": clerk_name(self.hall, row["answered_by"]),
            "answer_seconds": (answered - row["at"]) // 1_000_000 if answered is not None else None,
            "ended": iso(row["ended"], self.hall),
        }  # fmt: skip


CASE_FIGURES = (
    "received", "accepted", "straight", "deemed", "unchecked", "rejected", "withdrawn", "decided", "granted", "refused",
    "at_once", "with_promise", "in_promise", "with_law", "in_law", "extended", "returned", "open", "overdue", "unknown_year",
)  # fmt: skip


def _name(name: Name | None, fallback: str) -> Json:
    return {"zh": name.zh, "en": name.en} if name is not None else {"zh": fallback, "en": fallback}


def _times(row: Json | None, *names: str) -> Json:
    return {name: row[name] if row is not None else None for name in names}
