"""What the terminal asks before an act: one of several, by digit, and a line of text where one is wanted."""

from __future__ import annotations

from typing import Any, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from queue_server.web.words import t


class Option(NamedTuple):
    """``value`` is given back when this one is chosen."""

    title: str
    value: Any
    note: str = ""


class Chosen(NamedTuple):
    """``value`` None: only the text was given."""

    value: Any
    text: str


class Ask(ModalScreen[Chosen | None]):
    """A question. Digits choose, arrows move, Enter takes the marked one, ``.`` goes back.

    With ``field`` there is a line to write in (Tab goes there); Enter in it gives the text: with the marked option, or
    alone when ``text_alone``. ``again``: a key that takes the first option.
    """

    AUTO_FOCUS = ""  # the line to write in must not swallow the digits
    CSS = """
    Ask { align: center middle; }
    #box { width: 80%; max-width: 90; height: auto; max-height: 90%; border: round $primary; padding: 1 2; background: $surface; }
    #options { height: auto; max-height: 20; }
    .option { padding: 0 1; }
    .marked { background: $primary; color: $text; text-style: bold; }
    #hint { color: $text-muted; margin-top: 1; }
    """

    def __init__(
        self, title: str, options: list[Option], lang: str, *, field: str | None = None, text_alone: bool = False,
        again: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._title, self._options, self._lang, self._field = title, options, lang, field
        self._text_alone, self._again = text_alone, again
        self._marked = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._title, markup=False)
            with VerticalScroll(id="options", can_focus=False):
                for number, option in enumerate(self._options, 1):
                    digit = f"{number} " if number < 10 else "  "
                    note = f"  ({option.note})" if option.note else ""
                    yield Static(f"{digit} {option.title}{note}", classes="option", markup=False)
            if self._field is not None:
                yield Input(placeholder=self._field, max_length=300)
            yield Static(t(self._lang, "desk.term.hint"), id="hint", markup=False)

    def on_mount(self) -> None:
        self._mark(0)
        if not self._options:
            self.query_one(Input).focus()

    def _mark(self, index: int) -> None:
        if not self._options:
            return
        self._marked = index % len(self._options)
        for at, line in enumerate(self.query(".option")):
            line.set_class(at == self._marked, "marked")
            if at == self._marked:
                line.scroll_visible()

    def on_key(self, event: events.Key) -> None:
        writing = isinstance(self.focused, Input)
        if event.key == "escape" or (event.key == "full_stop" and not writing):
            event.stop()
            self.dismiss(None)
        elif event.key == self._again:
            event.stop()
            self._take(0)
        elif writing:
            return
        elif event.key in ("up", "down"):
            event.stop()
            self._mark(self._marked + (1 if event.key == "down" else -1))
        elif event.key == "enter" and self._options:
            event.stop()
            self._take(self._marked)
        elif event.key.isdigit() and 0 < int(event.key) <= len(self._options):
            event.stop()
            self._take(int(event.key) - 1)

    def _take(self, index: int) -> None:
        self.dismiss(Chosen(self._options[index].value, self._text()))

    def _text(self) -> str:
        return self.query_one(Input).value.strip() if self._field is not None else ""

    def on_input_submitted(self) -> None:
        if self._text_alone or not self._options:
            if self._text():
                self.dismiss(Chosen(None, self._text()))
        else:
            self._take(self._marked)
