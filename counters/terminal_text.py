"""What the terminal desk says: the view as lines of text. Pure."""

from __future__ import annotations

import datetime
from typing import Any

from queue_server.web.texts import window_text
from queue_server.web.words import t

from .keys import KEYS, PAUSE

View = dict[str, Any]


def bar(view: View, lang: str, now: datetime.datetime | None) -> str:
    """Window, state, who sits there, today's figures."""
    counter, today = view["counter"], view["today"]
    mean = today["mean_seconds"]
    parts = [
        window_text(lang, counter["label"]),
        t(lang, f"desk.kind.{counter['kind']}"),
        f"[{t(lang, 'desk.state.' + counter['state'])}]",
        counter["clerk_name"] or "",
        t(lang, "desk.term.today", served=today["served"], mean=span(mean) if mean is not None else "–"),
        f"{now:%H:%M}" if now else "",
    ]
    return "  ".join(part for part in parts if part)


def alarms(view: View, lang: str) -> list[str]:
    """Who calls for help, where, and who is coming."""
    lines = []
    for row in view["emergencies"]:
        names = t(lang, "emergency.and").join(one["name"] for one in row["coming"])
        coming = t(lang, "emergency.coming", names=names) if names else t(lang, "emergency.nobody")
        since = t(lang, "emergency.since", at=row["since"][11:16])
        lines.append("  ".join([t(lang, f"emergency.kind.{row['kind']}"), row["where"], row["by_name"], since, coming]))
    return lines


def span(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def seconds_to(instant: str | None, now: datetime.datetime | None) -> int:
    """Whole seconds until an instant, 0 when it has passed."""
    if instant is None or now is None:
        return 0
    return max(0, -int((now - datetime.datetime.fromisoformat(instant)).total_seconds() // 1))


def minutes_since(instant: str, now: datetime.datetime | None) -> int:
    if now is None:
        return 0
    return max(0, int((now - datetime.datetime.fromisoformat(instant)).total_seconds()) // 60)


def middle(view: View, lang: str, now: datetime.datetime | None) -> tuple[str, list[str]]:
    """The large line and what stands below it."""
    counter, ticket, coming = view["counter"], view["ticket"], view["next"]
    if counter["state"] == "closed":
        return t(lang, "desk.closed.title", window=window_text(lang, counter["label"])), [t(lang, "desk.closed.note")]
    if ticket is not None:
        head = f"{ticket['number']}  {ticket['service']}"
        return head, _called(ticket, lang, now) if ticket["state"] == "called" else _serving(ticket, lang, now)
    if coming is None:
        return t(lang, "desk.empty"), [t(lang, "desk.empty.note")]
    lines = [t(lang, "desk.next.paused" if counter["state"] == "paused" else "desk.next")]
    if coming["hidden"]:
        return coming["number"], [*lines, t(lang, "desk.hidden.why")]
    lines.append(t(lang, "desk.why") + coming["why"])
    lines += _about(coming, lang)
    return f"{coming['number']}  {coming['service']}", lines


def _about(visitor: View, lang: str) -> list[str]:
    first = visitor["first_contact"]
    lines = [t(lang, "desk.consult.first", window=first["window"], clerk=first["clerk"] or "")] if first else []
    if visitor["classes"]:
        lines.append("  ".join([*visitor["classes"], *visitor["proofs"][:1]]))
    if visitor["said"]:
        lines.append(t(lang, "desk.said") + visitor["said"])
    return lines


def _called(ticket: View, lang: str, now: datetime.datetime | None) -> list[str]:
    call = ticket["call"]
    tries = t(lang, "desk.tries", count=call["count"])
    if call["recall_from"] is not None:
        seconds = seconds_to(call["recall_from"], now)
        key = "desk.tries.wait" if seconds else "desk.tries.now"
        tries += t(lang, key, seconds=seconds, max=call["max"])
    else:
        seconds = seconds_to(call["no_show_from"], now)
        tries += t(lang, "desk.tries.last", seconds=seconds) if seconds else t(lang, "desk.tries.out")
    return [t(lang, "desk.called.label"), tries, _proof(call["delivery"], lang), *_about(ticket, lang)]


def _proof(proof: View | None, lang: str) -> str:
    waiting = t(lang, "desk.proof.waiting")
    shown = t(lang, "desk.proof.shown") if proof and proof["shown"] else waiting
    spoken = t(lang, "desk.proof.spoken") if proof and proof["spoken"] else waiting
    phone = t(lang, "desk.proof.phone.yes" if proof and proof["phone"] else "desk.proof.phone.no")
    names = (t(lang, "desk.proof.screen"), t(lang, "desk.proof.voice"), t(lang, "desk.proof.phone"))
    return "  ".join(f"{name}: {word}" for name, word in zip(names, (shown, spoken, phone), strict=True))


def _serving(ticket: View, lang: str, now: datetime.datetime | None) -> list[str]:
    started = datetime.datetime.fromisoformat(ticket["started"]) if ticket["started"] else None
    elapsed = span(max(0, int((now - started).total_seconds()))) if now and started else ""
    typical = t(lang, "desk.typical", minutes=ticket["typical_minutes"]) if ticket["typical_minutes"] else ""
    bring = t(lang, "desk.join").join(_paper(item, lang) for item in ticket["bring"])
    lines = ["  ".join(part for part in (elapsed, typical, ticket["term"]) if part), *_about(ticket, lang)]
    return [*lines, f"{t(lang, 'desk.bring')}: {bring}"] if bring else lines


def _paper(item: View, lang: str) -> str:
    mark = "desk.bring.held" if item["held"] else "desk.bring.later" if item["later"] else None
    return f"{item['name']} ({t(lang, mark)})" if mark else str(item["name"])


def keys(state: str, lang: str) -> str:
    """The keys that do something now."""
    works = [key for key in (*KEYS, PAUSE) if state in key.works and key.terminal]
    return "   ".join(f"{key.cap} {t(lang, f'desk.act.{key.act}')}" for key in works)


def rows(view: View, lang: str, now: datetime.datetime | None) -> list[tuple[str, str, str]]:
    """The waiting of this counter: number, service with classes, minutes."""
    return [
        (
            row["number"],
            "  ".join([row["service"] or t(lang, "desk.hidden"), *row["classes"]]),
            f"{minutes_since(row['arrival'], now)} {t(lang, 'desk.row.minutes')}",
        )
        for row in view["own"]["tickets"]
    ]


def counts(view: View, lang: str) -> str:
    return t(lang, "desk.term.counts", **{name: view[name]["count"] for name in ("own", "helping", "held", "missed")})
