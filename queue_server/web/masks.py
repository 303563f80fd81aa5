"""Personal texts as they may be seen: enough for the one they belong to, too little for whoever looks over a shoulder."""

from __future__ import annotations

from typing import Literal

MaskKind = Literal["name", "document", "phone", "address", "agent"]
STARS = "****"
DOCUMENT_HEAD, DOCUMENT_TAIL = 4, 2  # the date of birth stands in between
ADDRESS_HEAD = 6  # province and city, as a rule


def mask(text: str | None, kind: MaskKind) -> str | None:
    """``张*明``, ``138****0000``, ``3303****27``, ``浙江省舟山市****``; None stays None."""
    text = (text or "").strip()
    if not text:
        return None
    if kind in ("name", "agent"):
        return _name(text)
    if kind == "phone":
        return f"{text[:3]}{STARS}{text[-4:]}" if len(text) >= 10 else f"{STARS}{text[-2:]}"
    if kind == "document":
        if len(text) <= DOCUMENT_HEAD + DOCUMENT_TAIL:
            return f"{text[:1]}{STARS}"
        return f"{text[:DOCUMENT_HEAD]}{STARS}{text[-DOCUMENT_TAIL:]}"
    return f"{text[:ADDRESS_HEAD]}{STARS}" if len(text) > ADDRESS_HEAD else STARS


def _name(text: str) -> str:
    """Chinese: first and last character, of two the first. In letters: the initials."""
    if text.isascii():
        return " ".join(f"{word[0]}***" for word in text.split())
    if len(text) < 3:
        return f"{text[0]}*"
    return f"{text[0]}{'*' * min(len(text) - 2, 3)}{text[-1]}"
