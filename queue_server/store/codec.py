"""Events to stored text and back.

The body is the event's JSON without its tag: the tag is the column ``kind``, and one thing is said once. A set-up is
too long for the log: its body holds the digest only, the text stands in table ``blobs``, and :class:`Texts` puts it
back.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, get_args

import msgspec

from queue_server.core.catalogue import Setup
from queue_server.core.hall import AnyEvent
from queue_server.core.setup import SetupImported
from queue_server.setup_file import SetupError, load_setup
from queue_server.setup_tree import read_tree

from .errors import LogDamaged
from .upcasters import VERSIONS, upcast


class Kind(msgspec.Struct, frozen=True):
    """How one class of events is stored. ``skip``: bytes of the tag at the front of its JSON."""

    name: str
    version: int
    skip: int
    decoder: msgspec.json.Decoder[Any]


def _kind(event_type: type[msgspec.Struct]) -> Kind:
    config = event_type.__struct_config__
    name = config.tag
    assert isinstance(name, str), f"{event_type.__name__} has no tag"
    front = len(f'{{"{config.tag_field}":"{name}"')
    return Kind(name, VERSIONS.get(name, 1), front, msgspec.json.Decoder(event_type))


_KINDS: dict[type[Any], Kind] = {event_type: _kind(event_type) for event_type in get_args(AnyEvent)}
KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS.values()}

_encode = msgspec.json.Encoder().encode


def encode(event: AnyEvent) -> tuple[str, int, str]:
    """Kind, version and body of an event."""
    kind = _KINDS[type(event)]
    if type(event) is SetupImported:
        event = SetupImported(digest=event.digest, version=event.version)
    rest = _encode(event)[kind.skip :].decode()
    return kind.name, kind.version, "{" + rest[1:] if rest[0] == "," else "{}"


def decode(name: str, version: int, body: str) -> AnyEvent:
    """The event, upcast to today's version. Raises LogDamaged when this program cannot read it."""
    kind = KINDS.get(name)
    if kind is None or version > kind.version:
        raise LogDamaged(f"{name} version {version} is not known to this program: it was written by a newer one")
    try:
        if version == kind.version:
            return kind.decoder.decode(body)  # type: ignore[no-any-return]
        upcasted = upcast(name, version, msgspec.json.decode(body))
        return kind.decoder.decode(msgspec.json.encode(upcasted))  # type: ignore[no-any-return]
    except (msgspec.MsgspecError, KeyError) as error:
        raise LogDamaged(f"the body of a {name} (version {version}) cannot be read: {error}") from error


def text_digest(text: str) -> str:
    """What names a text in events and in table ``blobs``: the SHA-256 of its UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


class Texts:
    """Puts long texts back into the events that name them. A set-up is parsed once."""

    def __init__(self, find: Callable[[str], str | None]) -> None:
        self._find = find
        self._setups: dict[str, tuple[str, Setup]] = {}

    def fill(self, event: AnyEvent) -> AnyEvent:
        if not isinstance(event, SetupImported):
            return event
        if event.digest not in self._setups:
            text = self._find(event.digest)
            if text is None or text_digest(text) != event.digest:
                raise LogDamaged(f"the text of set-up {event.digest[:12]} is missing or was changed")
            self._setups[event.digest] = text, _setup(text)
        text, setup = self._setups[event.digest]
        return msgspec.structs.replace(event, text=text, setup=setup)


def _setup(text: str) -> Setup:
    """What was valid when it was imported stays readable: rules for hall files that came later do not apply to it."""
    try:
        return load_setup(text)
    except SetupError:
        try:
            return msgspec.convert(read_tree(text).data, Setup)
        except Exception as error:
            raise LogDamaged(f"a set-up cannot be read any more: {error}") from error
