"""What a clerk can do, and the key that does it: one table for the desk page, the terminal and the help.

The page matches ``KeyboardEvent.code`` (never ``key``: without NumLock the keypad's 3 arrives as ``PageDown``); the
terminal matches the names Textual gives. Enter is always the next step, so a simple visit is Enter, Enter, Enter.
"""

from __future__ import annotations

from typing import Literal

import msgspec

STATES = ("closed", "free", "called", "serving", "paused")


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """``shown``: the states in which the key has its place on the bar; ``works``: those in which it does something."""

    act: str
    icon: str
    cap: str  # what stands on the keypad
    code: str  # KeyboardEvent.code on the keypad
    full: str = ""  # on a keyboard without a keypad
    terminal: tuple[str, ...] = ()
    shown: tuple[str, ...]
    works: tuple[str, ...]
    place: Literal["bar", "list", "more"] = "bar"  # the bar below, beside the check-list, or only in the menu of key "."

    @property
    def main(self) -> bool:
        """The large one, whose word says what the next step is."""
        return self.act in ("open", "next", "start", "finish", "go-on")

    @property
    def codes(self) -> str:
        """For the page: every code that presses this key."""
        enter = " Enter" if self.code == "NumpadEnter" else ""
        return f"{self.code}{enter} {self.full}".strip()


def _step(act: str, icon: str, state: str) -> Key:
    return Key(
        act=act, icon=icon, cap="Enter", code="NumpadEnter", full="F2", terminal=("enter", "f2"),
        shown=(state,), works=(state,),
    )  # fmt: skip


_CASE = ("called", "serving")
_NO_CASE = ("closed", "free", "paused")

KEYS: tuple[Key, ...] = (
    _step("open", "window", "closed"),
    _step("next", "bell", "free"),
    _step("start", "check", "called"),
    _step("finish", "check", "serving"),
    Key(
        act="go-on", icon="arrow", cap="*", code="NumpadMultiply", full="F8", terminal=("asterisk", "f8"),
        shown=("paused",), works=("paused",),
    ),
    Key(act="accept", icon="file", cap="4", code="Numpad4", shown=("serving",), works=("serving",)),
    Key(act="notice", icon="notice", cap="6", code="Numpad6", shown=("serving",), works=("serving",)),
    Key(act="done", icon="arrow", cap="3", code="Numpad3", shown=("serving",), works=("serving",)),
    Key(act="up", icon="arrow", cap="8", code="Numpad8", shown=("serving",), works=("serving",), place="list"),
    Key(act="down", icon="arrow", cap="2", code="Numpad2", shown=("serving",), works=("serving",), place="list"),
    Key(act="mark", icon="check", cap="5", code="Numpad5", shown=("serving",), works=("serving",), place="list"),
    Key(act="all", icon="check", cap="7", code="Numpad7", shown=("serving",), works=("serving",), place="list"),
    Key(
        act="detail", icon="list", cap="5", code="", terminal=("5",), shown=("serving",), works=("serving",),
        place="more",
    ),
    Key(
        act="note", icon="file", cap="1", code="Numpad1", terminal=("1",), shown=("serving",), works=("serving",),
    ),
    Key(
        act="recall", icon="voice", cap="+", code="NumpadAdd", full="F3", terminal=("plus", "f3"),
        shown=(*_NO_CASE, "called"), works=("called",),
    ),
    Key(
        act="no-show", icon="clock", cap="−", code="NumpadSubtract", full="F4", terminal=("minus", "f4"),
        shown=(*_NO_CASE, "called"), works=("called",),
    ),
    Key(
        act="hold", icon="pause", cap="/", code="NumpadDivide", full="F6", terminal=("slash", "f6"),
        shown=STATES, works=_CASE,
    ),
    Key(
        act="transfer", icon="link", cap="0", code="Numpad0", full="F7", terminal=("0", "f7"),
        shown=STATES, works=_CASE,
    ),
    Key(
        act="call", icon="list", cap="7", code="Numpad7", terminal=("7",),
        shown=(*_NO_CASE, "called"), works=("free",),
    ),
    Key(
        act="fallback", icon="chat", cap="9", code="Numpad9", terminal=("9",), shown=("serving",), works=("serving",),
    ),
    Key(
        act="resume", icon="undo", cap="3", code="Numpad3", terminal=("3",), shown=_NO_CASE, works=("free",),
    ),
    Key(
        act="consult", icon="search", cap="−", code="NumpadSubtract", full="F4", terminal=("minus", "f4"),
        shown=("serving",), works=("serving",),
    ),
    Key(
        act="send-on", icon="arrow", cap="*", code="NumpadMultiply", full="F8", terminal=("asterisk", "f8"),
        shown=("serving",), works=("serving",),
    ),
    Key(
        act="look", icon="chat", cap="8", code="Numpad8", terminal=("8",), shown=("free", "paused", "called"),
        works=("free", "paused", "called"),
    ),
    Key(
        act="unserved", icon="stop", cap="7", code="", terminal=("7",), shown=("serving",), works=("serving",), place="more",
    ),
    Key(
        act="free", icon="plus", cap="f", code="", terminal=("f",), shown=("free", *_CASE), works=("free", *_CASE, "paused"),
        place="more",
    ),
    Key(act="more", icon="plus", cap=".", code="NumpadDecimal", shown=("free", "serving"), works=("free", "serving")),
    Key(
        act="put-back", icon="undo", cap=".", code="NumpadDecimal", terminal=("full_stop", "period"),
        shown=("called",), works=("called",),
    ),
)  # fmt: skip
PAUSE = Key(
    act="pause", icon="pause", cap="*", code="NumpadMultiply", full="F8", terminal=("asterisk", "f8"),
    shown=("closed", "free", "called"), works=("free",),
)  # fmt: skip
PAUSES: tuple[tuple[str, int | None], ...] = (("1", 5), ("2", 10), ("3", 45), ("4", 30), ("5", None))  # reason, minutes
REASONS = ("1", "2", "3", "4")  # for choosing a ticket; the fifth is written
HOLDS = ("papers_back", "papers_kept", "step")
CAUSES = ("papers", "elsewhere", "conditions", "system", "left", "other")  # why something could not be done


def pressed(name: str, state: str) -> str | None:
    """The act behind a terminal key in this state of the counter."""
    for key in (*KEYS, PAUSE):
        if name in key.terminal and state in key.works:
            return key.act
    return None
