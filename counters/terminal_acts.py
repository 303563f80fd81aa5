"""What each act of the terminal desk asks and sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from queue_server.core.catalogue import WINDOW_KINDS
from queue_server.web.texts import window_text

from .keys import HOLDS, PAUSES, REASONS
from .terminal_around import Around
from .terminal_ask import Option


class Acts(Around):
    """The acts of one terminal."""

    def of(self, act: str) -> Callable[[], Awaitable[None]]:
        """The act behind a name of the key table."""
        found: Callable[[], Awaitable[None]] | None = getattr(self, act.replace("-", "_"), None)
        return found if found is not None else lambda: self._plain(act)

    async def _plain(self, act: str) -> None:
        """recall, start, no-show, put-back: nothing is asked."""
        await self.app.send(act, {"ticket": self._ticket["id"]})

    # -- acts

    async def open(self) -> None:
        await self.app.send("open", {"clerk": self.app.clerk} if self.app.clerk else {})

    async def take_over(self) -> None:
        await self.app.send("take-over", {"clerk": self.app.clerk} if self.app.clerk else {})

    async def go_on(self) -> None:
        assert self.app.view is not None, "keys work only when there is a view"
        await self.app.send("open", {"clerk": self.app.view["counter"]["clerk"]})

    async def next(self) -> None:
        await self.app.send("next", {})

    async def note(self) -> None:
        chosen = await self.app.ask(self._t("desk.note"), [], field=self._t("desk.term.note"))
        if chosen:
            self.app.note = chosen.text

    async def hold(self) -> None:
        options = [Option(self._t(f"desk.hold.pick.{kind}"), kind, self._t(f"desk.hold.pick.{kind}.note")) for kind in HOLDS]
        title = self._t("desk.hold.title", number=self._ticket["number"])
        chosen = await self.app.ask(title, options, field=self._t("desk.hold.note"))
        if chosen:
            await self.app.send("hold", self._noted({"ticket": self._ticket["id"], "kind": chosen.value}, chosen.text))

    async def transfer(self) -> None:
        """To a kind of window or an open counter by digit, or to a service by its name."""
        title = self._t("desk.transfer.title", number=self._ticket["number"])
        options = await self._targets()
        chosen = await self.app.ask(title, options, field=self._t("desk.transfer.search"), text_alone=True)
        if chosen and chosen.value is None:
            found = await self._services(chosen.text)
            chosen = await self.app.ask(title, found) if found else None
        if chosen and chosen.value is not None:
            await self.app.send("transfer", self._noted({"ticket": self._ticket["id"], **chosen.value}))

    async def _targets(self) -> list[Option]:
        answer = await self.app.link.get("counters")
        counters = [x for x in answer.body.get("counters", []) if x["id"] != self.app.link.counter]
        present = {x["kind"] for x in counters}
        kinds = [
            Option(self._t(f"desk.kind.{kind}"), {"kind": kind})
            for kind in WINDOW_KINDS
            if kind in present and kind != "self_service"
        ]
        working = [
            Option(
                self._t("desk.transfer.to", window=window_text(self.app.lang, x["label"])), {"counter": x["id"]},
                self._t(f"desk.kind.{x['kind']}"),
            )
            for x in counters
            if x["state"] != "closed"
        ]  # fmt: skip
        return kinds + working

    async def fallback(self) -> None:
        title = self._t("desk.fallback.title", number=self._ticket["number"])
        options = [Option(self._t("desk.fallback.go"), {"kind": "fallback"})]
        chosen = await self.app.ask(title, options, field=self._t("desk.fallback.note"))
        if chosen:
            await self.app.send("transfer", self._noted({"ticket": self._ticket["id"], **chosen.value}, chosen.text))

    async def call(self) -> None:
        """A chosen ticket, with a reason on record."""
        row = await self._row(self._t("desk.call.title"), "own", "helping")
        if row is None:
            return
        reasons = [Option(self._t(f"desk.call.reason.{n}"), self._t(f"desk.call.reason.{n}")) for n in REASONS]
        title = self._t("desk.call.reason.title", number=row["number"])
        why = await self.app.ask(title, reasons, field=self._t("desk.call.reason.5"), text_alone=True)
        if why:
            await self.app.send("call", {"ticket": row["id"], "reason": why.value or why.text}, row["number"])

    async def resume(self) -> None:
        aside = [row for name in ("held", "missed") for row in self._view[name]["tickets"]]
        row = aside[0] if len(aside) == 1 else await self._row(self._t("desk.resume.title"), "held", "missed")
        if row is None:
            return
        title = self._t("desk.resume.how", number=row["number"])
        if row["state"] == "no_show":
            back = [Option(self._t("desk.resume.reinstate"), "back", self._t("desk.resume.reinstate.note"))]
            if await self.app.ask(title, back):
                self.app.report("reinstate", await self.app.link.reinstate(row["id"]), row["number"])
            return
        ways = [Option(self._t(f"desk.resume.{to}"), to, self._t(f"desk.resume.{to}.note")) for to in ("serving", "waiting")]
        chosen = await self.app.ask(title, ways)
        if chosen:
            await self.app.send("resume", {"ticket": row["id"], "to": chosen.value}, row["number"])

    async def _row(self, title: str, *lists: str) -> dict[str, Any] | None:
        assert self.app.view is not None, "keys work only when there is a view"
        rows = [row for name in lists for row in self.app.view[name]["tickets"]]
        if not rows:
            self.app.say(self._t("desk.no.none" if "held" in lists else "desk.no.nobody"), no=True)
            return None
        options = [Option(f"{row['number']}  {row['service'] or ''}", row, "  ".join(row["classes"])) for row in rows]
        chosen = await self.app.ask(title, options)
        return chosen.value if chosen else None

    async def pause(self) -> None:
        options = []
        for n, minutes in PAUSES:
            note = self._t("desk.pause.minutes", count=minutes) if minutes else self._t("desk.pause.open")
            body = {"reason": self._t(f"desk.pause.{n}")} | ({"minutes": minutes} if minutes else {})
            options.append(Option(self._t(f"desk.pause.{n}"), body, note))
        chosen = await self.app.ask(self._t("desk.pause.title"), options)
        if chosen:
            await self.app.send("pause", chosen.value)

    async def detail(self) -> None:
        """Everything the visitor came for, or nothing. How often: the number in the line."""
        ticket = self._ticket
        services = [x["id"] for x in ticket["services"]] or [ticket["service_id"]]
        options = [
            Option(self._t("desk.detail.go"), {"services": services}),
            Option(self._t("desk.detail.unserved"), None),
        ]
        title = self._t("desk.detail.title", number=ticket["number"])
        chosen = await self.app.ask(title, options, field=self._t("desk.detail.quantity"))
        if chosen and chosen.value is None:
            await self.unserved()
        elif chosen:
            quantity = int(chosen.text) if chosen.text.isdigit() else 1
            done = [{"service": x, "quantity": quantity} for x in services]
            await self.app.send("finish", self._noted({"ticket": ticket["id"], "services": done}))
