"""What stands around a visit in the terminal: naming the service, sending on, notes before the call, ending without success,
free services, calls for help.

Accepting an application and the one-time notice need the check-list and are on the page; here the desk says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from queue_server.web.words import t

from .emergency_rows import KINDS
from .keys import CAUSES
from .terminal_ask import Option

if TYPE_CHECKING:
    from .terminal import DeskTerminal

FOUND_MAX = 9  # as many as there are digits


class Around:
    """Base of the acts of one terminal."""

    def __init__(self, app: DeskTerminal) -> None:
        self.app = app

    # -- helpers

    def _t(self, key: str, **values: object) -> str:
        return t(self.app.lang, key, **values)

    @property
    def _view(self) -> dict[str, Any]:
        assert self.app.view is not None, "keys work only when there is a view"
        return self.app.view

    @property
    def _ticket(self) -> dict[str, Any]:
        ticket: dict[str, Any] = self._view["ticket"] or {"id": None, "number": "", "services": [], "service_id": None}
        return ticket

    def _noted(self, body: dict[str, Any], written: str = "") -> dict[str, Any]:
        note = written or self.app.note
        return {**body, "note": note} if note else body

    async def _services(self, query: str) -> list[Option]:
        answer = await self.app.link.get(f"services?limit={FOUND_MAX}&q={quote(query)}")
        found = answer.body.get("services", [])
        if not found:
            self.app.say(self._t("desk.transfer.none"), no=True)
        return [Option(x["name"][self.app.lang], {"service": x["id"]}, x["id"]) for x in found]

    # -- finding the service, sending on

    async def consult(self) -> None:
        """One more service for this visit, by its name."""
        asked = await self.app.ask(self._t("consult.title"), [], field=self._t("consult.search"))
        found = await self._services(asked.text) if asked else []
        chosen = await self.app.ask(self._t("consult.hits"), found) if found else None
        if chosen is None:
            return
        listed = [one["id"] for one in self._ticket["services"]] or [self._ticket["service_id"]]
        services = dict.fromkeys([*(one for one in listed if one), chosen.value["service"]])
        await self.app.send("services", {"ticket": self._ticket["id"], "services": list(services)}, self._ticket["number"])

    async def send_on(self) -> None:
        onward = self._view["onward"]
        if onward is None:
            self.app.say(self._t("desk.no.onward"), no=True)
            return
        title = self._t("desk.act.send-on.to", where=onward["text"])
        if await self.app.ask(title, [Option(self._t("desk.act.send-on"), True, onward["name"])]):
            await self.app.send("transfer", self._noted({"ticket": self._ticket["id"], "service": onward["service"]}))

    # -- ending

    async def finish(self) -> None:
        """What was not told in writing, and what is not done, is said before the visitor leaves."""
        papers = self._ticket.get("papers") or {}
        body = self._noted({"ticket": self._ticket["id"]})
        if not (papers.get("untold") or papers.get("left")):
            await self.app.send("finish", body)
            return
        key, names = ("untold", papers["untold"]) if papers.get("untold") else ("left", papers["left"])
        options = [Option(self._t("desk.act.finish"), "finish")]
        if key == "untold":
            options.insert(0, Option(self._t("desk.unserved.papers"), "papers", self._t("desk.term.page")))
        else:
            options.insert(0, Option(self._t("desk.term.rest"), "rest"))
        title = self._t(f"desk.leave.{key}", names=self._t("desk.list.comma").join(names), number=self._ticket["number"])
        chosen = await self.app.ask(title, options)
        if chosen is None:
            return
        if chosen.value == "rest":
            await self._rest(body)
            return
        await self.app.send("finish", body | ({"outcome": "unserved", "cause": "papers"} if chosen.value == "papers" else {}))

    async def _rest(self, body: dict[str, Any]) -> None:
        """The service in hand is done; the visitor goes to where the next one is."""
        present = self._ticket["service_id"]
        if present and not any(one["id"] == present and one["done"] for one in self._ticket["papers"]["services"]):
            done = await self.app.link.act("done", {"ticket": self._ticket["id"]})
            if not done.ok:
                self.app.report("done", done)
                return
        await self.app.send("transfer", {**body, "rest": True})

    async def unserved(self) -> None:
        options = [
            Option(self._t(f"desk.unserved.{cause}"), cause, self._t(f"desk.unserved.{cause}.note")) for cause in CAUSES
        ]
        title = self._t("desk.unserved.title", number=self._ticket["number"])
        chosen = await self.app.ask(title, options, field=self._t("desk.unserved.note"))
        if chosen:
            body = {"ticket": self._ticket["id"], "outcome": "unserved", "cause": chosen.value}
            await self.app.send("finish", self._noted(body, chosen.text))

    # -- notes before the call

    async def look(self) -> None:
        """The story of the next visitor, or of the one called. Nobody is called by it."""
        shown = self._view["ticket"] or self._view["next"]
        if shown is None:
            self.app.say(self._t("desk.no.next"), no=True)
            return
        answer = await self.app.link.get(f"tickets/{quote(shown['id'], safe='')}?lang={self.app.lang}")
        if not answer.ok:
            self.app.say(answer.detail or self._t("desk.no.answer"), no=True)
            return
        lines = [f"{shown['number']}  {shown['service'] or ''}", *self._told(answer.body.get("visit", {}))]
        await self.app.ask("\n".join(lines), [Option(self._t("desk.act.cancel"), None)])

    def _told(self, visit: dict[str, Any]) -> list[str]:
        if visit.get("hidden", True):
            return [self._t("look.blind")]
        notes = [f"{x['at'][11:16]} {x['counter']} {x['clerk']}: {x['text']}" for x in visit["notes"]]
        marks = [f"{x['name']} {x['mark_text']}" for x in visit["marks"]]
        stops = [f"{x['at'][11:16]} {x['title']}  {x['text'] or ''}".rstrip() for x in visit["story"]]
        papers = [f"{self._t('look.marks')}: {self._t('common.comma').join(marks)}"] if marks else []
        cases = [f"{self._t('look.case', case=x['id'])} {x['service']} {x['state_text']}" for x in visit["cases"]]
        return [*(notes or [self._t("look.notes.none")]), *papers, *cases, "", *stops]

    # -- for nothing, and in need

    async def free(self) -> None:
        rows = self._view["free"]
        options = [Option(x["name"], x, self._t("free.today", count=x["count"])) for x in rows]
        chosen = await self.app.ask(self._t("free.title"), options, field=self._t("free.quantity")) if options else None
        if chosen is None:
            return
        quantity = int(chosen.text) if chosen.text.isdigit() and chosen.text.isascii() else 1
        answer = await self.app.link.act("free", {"item": chosen.value["id"], "quantity": quantity})
        if answer.ok:
            self.app.say(self._t("desk.did.free", name=chosen.value["name"], count=quantity))
        else:
            self.app.report("free", answer)

    async def emergency(self) -> None:
        """To call, to answer a call, or to end one. The same key again calls at once."""
        options = [Option(self._t(f"emergency.kind.{kind}"), ("call", kind)) for kind in KINDS]
        for row in self._view["emergencies"]:
            options.append(Option(self._t("emergency.answer"), ("answer", row["id"]), row["where"]))
            options.append(Option(self._t("emergency.end"), ("end", row["id"]), row["where"]))
        chosen = await self.app.ask(self._t("emergency.call.title"), options, again="f9")
        if chosen is None:
            return
        act, what = chosen.value
        link = self.app.link
        answer = await (link.call_for_help(what) if act == "call" else link.on_emergency(what, act))
        if answer.ok:
            self.app.say(self._t(f"emergency.did.{act}"))
        else:
            self.app.say(answer.detail or self._t("emergency.failed"), no=True)
