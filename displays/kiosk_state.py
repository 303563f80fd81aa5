"""What one kiosk remembers about the visitor in front of it: language and reading aids, until the idle reset.

All of it stands in one cookie of the kiosk's own pages, without identity; taking it away is the reset.
"""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from queue_server.web.words import Lang, lang_or_default

COOKIE = "aids"
AIDS = ("large", "contrast", "low", "voice")  # each a button of the reading aids
PAGE_SECONDS, COUNT_SECONDS = 60, 30  # idle before the question, and the answer's time (WCAG 2.2.1: at least 20)
TICKET_SECONDS, NOPRINT_SECONDS = 25, 90  # the ticket stays long enough to take the slip, or to note the number


class Aids(NamedTuple):
    """Language and reading aids in force."""

    lang: Lang = "zh"
    on: frozenset[str] = frozenset()

    @property
    def slower(self) -> int:
        """Whoever needs an aid gets twice the time."""
        return 2 if self.on else 1

    def toggled(self, aid: str) -> Aids:
        if aid == "lang":
            return Aids("zh" if self.lang == "en" else "en", self.on)
        return Aids(self.lang, self.on ^ {aid}) if aid in AIDS else self

    def text(self) -> str:
        return "-".join([self.lang, *(aid for aid in AIDS if aid in self.on)])


def aids_of(request: Request) -> Aids:
    """From the cookie; ``?lang=`` is for links from other pages. The browser's language is the kiosk's, nobody's wish."""
    words = request.cookies.get(COOKIE, "").split("-")
    asked = request.query_params.get("lang")
    return Aids(lang_or_default(asked or words[0]), frozenset(words[1:]) & frozenset(AIDS))


def root_of(request: Request) -> str:
    """The address of this hall's kiosk."""
    return f"/h/{request.path_params['hall']}/kiosk"


def remember(request: Request, response: Response, aids: Aids) -> None:
    response.set_cookie(COOKIE, aids.text(), path=root_of(request), samesite="strict")


def forget(request: Request, response: Response) -> None:
    response.delete_cookie(COOKIE, path=root_of(request))
