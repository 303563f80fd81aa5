"""The clerk's desk in a terminal (Textual): the same view, the same keys and the same API as the page.

A plain Linux console cannot draw Chinese: use a terminal emulator, kmscon, or ``--lang en`` there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from queue_server.web.texts import window_text
from queue_server.web.words import t

from . import terminal_text as text
from .keys import pressed
from .terminal_acts import Acts
from .terminal_ask import Ask, Chosen, Option
from .terminal_link import Answer, Link

DEAD_SECONDS = 0.8  # the same key twice within this is a slip of the finger
TICK_SECONDS = 1.0


class DeskTerminal(App[None]):
    """One counter."""

    CSS = """
    #alarm { display: none; background: $error; color: $text; text-style: bold; padding: 0 1; }
    #alarm.on { display: block; }
    #bar { height: 1; background: $panel; padding: 0 1; }
    #now { height: auto; min-height: 8; padding: 1 2; border: round $primary; }
    #now.called { border: heavy $warning; }
    #number { text-style: bold; }
    #queue { height: 1fr; }
    #counts { height: 1; color: $text-muted; padding: 0 1; }
    #status { height: 1; padding: 0 1; text-style: bold; }
    #status.no { background: $error; color: $text; }
    #keys { height: auto; background: $panel; padding: 0 1; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("ctrl+q", "quit", "quit")]

    def __init__(self, link: Link, *, clerk: str | None = None, take_over: bool = False) -> None:
        super().__init__()
        self.link = link
        self.lang = link.lang
        self.clerk = clerk
        self.view: dict[str, Any] | None = None
        self.note = ""
        self.busy = False
        self._take_over = take_over
        self._last: tuple[str, float] = ("", -1.0)
        self._acts = Acts(self)

    def compose(self) -> ComposeResult:
        yield Static(id="alarm", markup=False)
        yield Static(id="bar", markup=False)
        with Vertical(id="now"):
            yield Static(t(self.lang, "desk.term.wait", url=self.link.url), id="number", markup=False)
            yield Static(id="facts", markup=False)
        table: DataTable[str] = DataTable(id="queue", cursor_type="none")
        table.can_focus = False  # a focused table swallows Enter
        yield table
        yield Static(id="counts", markup=False)
        yield Static(id="status", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        self.title = window_text(self.lang, self.link.counter)
        heads = [t(self.lang, key) for key in ("desk.term.number", "desk.term.what", "desk.term.waiting")]
        self.query_one(DataTable).add_columns(*heads)
        self.run_worker(self.link.follow(self.show), name="link")
        self.set_interval(TICK_SECONDS, self.tick)
        if self._take_over:
            self.run_worker(self._acts.take_over())

    # -- showing

    @property
    def state(self) -> str:
        return str(self.view["counter"]["state"]) if self.view else "closed"

    def show(self, view: dict[str, Any]) -> None:
        """A new view has come."""
        before = self.view["ticket"]["id"] if self.view and self.view["ticket"] else None
        self.view = view
        if before != (view["ticket"]["id"] if view["ticket"] else None):
            self.note = ""
        self._draw()
        table = self.query_one(DataTable)
        table.clear()
        for row in text.rows(view, self.lang, self.link.now()):
            table.add_row(*row)

    def tick(self) -> None:
        """Spans and countdowns go on between two views; a broken line is named."""
        if not self.link.online and (self.view is not None or self.link.trouble):
            trouble = self.link.trouble
            words = t(self.lang, "desk.term.denied", detail=trouble) if trouble else t(
                self.lang, "desk.term.lost", seconds=self.link.quiet_seconds()
            )  # fmt: skip
            self.say(words, no=True)
        elif self.query_one("#status").has_class("lost"):
            self.say(t(self.lang, "desk.term.connected"))
        self.query_one("#status").set_class(not self.link.online, "lost")
        if self.view is not None:
            self._draw()

    def _draw(self) -> None:
        assert self.view is not None, "drawn only when there is a view"
        now = self.link.now()
        head, lines = text.middle(self.view, self.lang, now)
        self._put("#alarm", "\n".join(text.alarms(self.view, self.lang)))
        self.query_one("#alarm").set_class(bool(self.view["emergencies"]), "on")
        self._put("#bar", text.bar(self.view, self.lang, now))
        self._put("#number", head)
        self._put("#facts", "\n".join(lines))
        self._put("#counts", text.counts(self.view, self.lang))
        self._put("#keys", f"{text.keys(self.state, self.lang)}   Ctrl+Q {t(self.lang, 'desk.term.quit')}")
        self.query_one("#now").set_class(self.state == "called", "called")

    def _put(self, where: str, words: str) -> None:
        self.query_one(where, Static).update(words)

    def say(self, words: str, *, no: bool = False) -> None:
        """What was done, or why not."""
        self._put("#status", words)
        self.query_one("#status").set_class(no, "no")

    # -- pressing

    def on_key(self, event: events.Key) -> None:
        if len(self.screen_stack) > 1 or self.view is None:
            return
        act = "emergency" if event.key == "f9" else pressed(event.key, self.state)
        if act is None:
            return
        event.prevent_default()
        event.stop()
        if self._slip(event.key):
            return
        if not self.link.online:
            self.say(t(self.lang, "desk.no.stale"), no=True)
        elif not self.busy:
            self.run_worker(self._do(self._acts.of(act)))

    def _slip(self, key: str) -> bool:
        at = asyncio.get_running_loop().time()
        slip = self._last[0] == key and at - self._last[1] < DEAD_SECONDS
        if not slip:
            self._last = (key, at)
        return slip

    async def _do(self, act: Callable[[], Awaitable[None]]) -> None:
        """One act at a time."""
        self.busy = True
        try:
            await act()
        finally:
            self.busy = False

    async def ask(self, title: str, options: list[Option], **more: Any) -> Chosen | None:
        return await self.push_screen_wait(Ask(title, options, self.lang, **more))

    async def send(self, name: str, body: dict[str, Any], number: str = "") -> None:
        self.report(name, await self.link.act(name, body), number)

    def report(self, name: str, answer: Answer, number: str = "") -> None:
        """Say how it went."""
        if answer.status == 204:
            self.say(t(self.lang, "desk.did.nobody"))
        elif answer.ok:
            ticket = answer.body.get("ticket") or {}
            self.say(t(self.lang, f"desk.did.{name}", number=ticket.get("number", number)))
        else:
            self.say(answer.detail or t(self.lang, "desk.no.answer"), no=True)
