"""Sentences that screens, paper and API share: how long, why this one, why not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from queue_server.core.catalogue import ClerkId, CounterId, Name
from queue_server.core.refusals import Refused
from queue_server.core.visits import Wait, Why
from queue_server.labels import label_runs, window_number

from .words import catalogue, known, lang_or_default, t

if TYPE_CHECKING:
    from queue_server.core.hall import Hall

FREE_SECONDS = 60  # a range that ends within a minute: the walk to the window takes as long
SOON_MINUTES = 5  # under this a range says less than "soon"
HOPELESS_SECONDS = 4 * 3600  # over this no figure is honest
LONG_SECONDS = 3600  # a range from here to beyond that says no more than that it may be in vain
COARSE_MINUTES = 20  # from here a range is rounded outwards to five minutes: nobody can promise 23 to 41
COARSE_STEP = 5


class Figure(NamedTuple):
    """A wait as three pieces, for screens that write the figure larger than its unit."""

    before: str
    figure: str
    after: str

    @property
    def short(self) -> str:
        """The figure where a label already says "about": ``8–15``, ``under 5``."""
        return self.figure if "–" in self.figure else f"{self.before} {self.figure}".strip()


def seconds_of(wait: Wait | Mapping[str, int] | None) -> tuple[int, int, int] | None:
    """Low, likely and high of a wait as the core or a view's JSON gives it."""
    if wait is None:
        return None
    if isinstance(wait, Wait):
        return wait.low, wait.likely, wait.high
    return wait["low"], wait["likely"], wait["high"]


def minutes_range(low_seconds: int, high_seconds: int) -> tuple[int, int]:
    """Whole minutes that hold the range: never a narrower one."""
    low, high = low_seconds // 60, -(-high_seconds // 60)
    if low >= COARSE_MINUTES:
        low -= low % COARSE_STEP
    if high > COARSE_MINUTES:
        high += -high % COARSE_STEP
    return low, max(high, low + 1)


def _kind(wait: Wait | Mapping[str, int] | None, ahead: int = 0) -> tuple[str, str]:
    """Which sentence says this wait (``wait.none``, ``.within``, ``.range``, ``.over``, ``.hopeless``), and its figure.

    ``ahead``: how many wait already. "No waiting" is never said beside somebody who waits."""
    seconds = seconds_of(wait)
    if seconds is None:
        return "", ""
    low, likely, high = seconds
    if likely > HOPELESS_SECONDS or (high > HOPELESS_SECONDS and low >= LONG_SECONDS):
        return "wait.hopeless", ""
    if high <= FREE_SECONDS:
        return ("wait.within", str(SOON_MINUTES)) if ahead else ("wait.none", "")
    first, last = minutes_range(low, high)
    if high > HOPELESS_SECONDS:  # hardly anything is known: only that it is not soon
        return ("wait.over", str(first)) if first >= SOON_MINUTES else ("", "")
    if last <= SOON_MINUTES:
        return "wait.within", str(SOON_MINUTES)
    if first < 1:
        return "wait.within", str(last)
    return "wait.range", f"{first}–{last}"


def wait_text(lang: str, wait: Wait | Mapping[str, int] | None, ahead: int = 0) -> str:
    """``约 8–15 分钟``; empty when nothing is known: leave it out then."""
    key, figure = _kind(wait, ahead)
    return t(lang, key, range=figure) if key else ""


def wait_figure(lang: str, wait: Wait | Mapping[str, int] | None, ahead: int = 0) -> Figure | None:
    """The same as pieces: ``("约", "8–15", "分钟")``; a sentence without a figure stands in ``figure`` alone."""
    key, figure = _kind(wait, ahead)
    if not key:
        return None
    if not figure:
        return Figure("", t(lang, f"{key}.short"), "")
    before, _, after = catalogue(lang_or_default(lang))[key].partition("{range}")
    return Figure(before.strip(), figure, after.strip())


def wait_state(wait: Wait | Mapping[str, int] | None, ahead: int = 0) -> str:
    """One word for style sheets: ``free``, ``known``, ``long`` or ``unknown``."""
    key, _ = _kind(wait, ahead)
    return {"": "unknown", "wait.none": "free", "wait.hopeless": "long"}.get(key, "known")


def duration_text(lang: str, seconds: int) -> str:
    """``18 分钟``, ``1 小时 5 分``; under a minute ``不到 1 分钟``."""
    minutes = max(0, seconds) // 60
    if minutes < 1:
        return t(lang, "duration.short")
    if minutes < 60:
        return t(lang, "duration.minutes", count=minutes)
    return t(lang, "duration.hours", hours=minutes // 60, minutes=minutes % 60)


def window_text(lang: str, label: str) -> str:
    """``7 号窗口``; a window that has a name is called by it."""
    return t(lang, "common.window", label=label) if window_number(label) else label


def windows_text(lang: str, labels: list[str]) -> str:
    """``综合服务台、3–5 号窗口``."""
    if not labels:
        return ""
    comma = t(lang, "common.comma")
    names = [label for label in labels if not window_number(label)]
    numbers = [label for label in labels if window_number(label)]
    key = "common.window" if len(numbers) == 1 else "common.windows"
    return comma.join([*names, *([t(lang, key, label=label_runs(numbers, comma))] if numbers else [])])


def clerk_name(hall: Hall, clerk: str | None) -> str | None:
    """The id of a clerk whom the hall does not know says more than nothing; so below."""
    known = hall.clerks.get(ClerkId(clerk)) if clerk is not None else None
    return known.name if known is not None else clerk


def counter_label(hall: Hall, counter: str | None) -> str | None:
    known = hall.counters.get(CounterId(counter)) if counter is not None else None
    return known.label if known is not None else counter


def department_name(hall: Hall, department: str, lang: str) -> str:
    return next((one.name[lang] for one in hall.setup.departments if one.id == department), department)


def why_text(lang: str, why: Why | None, hall: Hall, reason: str | None = None) -> str:
    """Why this ticket was called. ``reason``: the clerk's own words, unsealed by the caller."""
    if why is None:
        return ""
    visitor_class = hall.classes.get(why.visitor_class or "")
    queue = hall.queues.get(why.queue or "")
    return t(
        lang,
        f"why.{why.rule}",
        waited=duration_text(lang, why.waited_seconds),
        minutes=why.minutes,
        visitor_class=visitor_class.name[lang] if visitor_class else t(lang, "why.class"),
        queue=queue.name[lang] if queue else t(lang, "why.queue"),
        reason=reason or t(lang, "why.reason"),
    )


class _Values(dict[str, object]):
    """Values of a refusal: one that is missing must not turn a refusal into a fault."""

    def __missing__(self, key: str) -> str:
        return "…"


def refusal_text(lang: str, refused: Refused, time_zone: str = "Asia/Shanghai") -> tuple[str, str]:
    """Title and detail: the refusal in a few words, and what to do about it.

    A code without words (a test finds it before it ships) is shown as a fault of ours, never as a fault of the caller.
    """
    values = _Values({name: _spelled(lang, name, value, time_zone) for name, value in refused.values.items()})
    code = refused.code if known(lang, f"refused.{refused.code}.title") else "server-error"
    key = f"refused.{code}.detail"
    key = next((f"{key}.{name}" for name in values if known(lang, f"{key}.{name}")), key)
    texts = catalogue(lang_or_default(lang))
    return texts[f"refused.{code}.title"].format_map(values), texts[key].format_map(values)


def _spelled(lang: str, name: str, value: object, time_zone: str) -> object:
    """Values of the core as words: states, kinds, and instants on the hall's clock."""
    if name in ("state", "kind"):
        key = f"state.{value}" if name == "state" else f"common.kind.{value}"
        return t(lang, key) if known(lang, key) else value
    if name == "section":
        return t(lang, f"problem.row.{value}")
    if isinstance(value, Name):
        return value[lang]
    if name == "counter" and isinstance(value, str):
        return window_text(lang, value)
    if name == "opens":
        return moment_text(lang, value, time_zone) if isinstance(value, int) else t(lang, "moment.unknown")
    return value


def local(instant: int, time_zone: str = "Asia/Shanghai") -> datetime.datetime:
    """An instant in microseconds UTC on the hall's wall clock."""
    return datetime.datetime.fromtimestamp(instant / 1_000_000, ZoneInfo(time_zone))


def date_text(lang: str, moment: datetime.datetime | datetime.date) -> str:
    """``11月24日 星期二`` or ``Tue 24 Nov``."""
    weekday = t(lang, f"weekday.{moment.weekday()}")
    month = t(lang, f"month.{moment.month}")
    return t(lang, "date", month=month, day=moment.day, weekday=weekday)


def moment_text(lang: str, instant: int, time_zone: str = "Asia/Shanghai") -> str:
    """An opening with its day: ``11月24日 星期二 9:00``."""
    moment = local(instant, time_zone)
    return f"{date_text(lang, moment)} {moment.hour}:{moment.minute:02d}"
