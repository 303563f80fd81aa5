"""The text of a hall file as plain data that still knows its lines.

YAML is read without any of its surprises: no aliases (a few lines of them grow to gigabytes), no tags, no key twice,
and dates stay text. What is wrong is collected, not raised, so that one reading names all of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from .setup_words import english

Path = tuple[str | int, ...]

DEPTH_MAX = 12  # a sound hall file nests 6 deep; libyaml itself dies of too many levels

SHOWN_MAX = 60  # characters of a value in a sentence

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_CONSTRUCTOR: Any = yaml.constructor.SafeConstructor()
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_STANDARD + word for word in ("str", "timestamp", "merge", "value", "map", "seq")}


class Problem(msgspec.Struct, frozen=True):
    """One thing to correct, where it stands (line and column count from 1; 0: in no file), in one plain English sentence.

    ``code`` and ``values`` say the same for other languages (``problem.<code>`` in the words), ``place`` is the path as it is.
    """

    line: int
    column: int
    path: str
    message: str
    code: str = ""
    values: dict[str, str] = {}
    place: Path = ()

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.path}: {self.message}" if self.path else where + self.message


class UnreadableError(Exception):
    """The text cannot be read on from here; holds the one problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def spell(path: Path) -> str:
    """``("counters", 3, "serves")`` as a person writes it: ``counters[3].serves``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def quote(value: object) -> str:
    """A value as it is shown in a sentence: cut to a readable length, and harmless to a terminal."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value)[:80])
    return '"' + (text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 3] + "...") + '"'


class Node(msgspec.Struct):
    """A place in the file: ``typed`` is a scalar as it was written, ``parts`` what stands below a key or a position."""

    line: int
    column: int
    typed: str = ""
    parts: dict[str | int, Node] = {}


class Tree:
    """Plain data, where each piece of it stands, and the problems found in it so far."""

    def __init__(self, text: str) -> None:
        self.found: dict[tuple[str, str], Problem] = {}
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.root, self.data = self._document()

    @classmethod
    def of(cls, data: dict[str, Any]) -> Tree:
        """The same of data that stands in no file."""
        tree = cls.__new__(cls)
        tree.found, tree.root, tree.data = {}, _node_of(data), data
        return tree

    def problem(self, path: Path, code: str, *below: int, **values: object) -> None:
        """Note a problem once, at the line of ``path`` (of the item ``below`` in its list), or of what it stands in."""
        node = self.node(path)
        self._note(self.node((*path, *below)), path, code, below if below[0:1] and below[0] in node.parts else (), **values)

    def node(self, path: Path) -> Node:
        node = self.root
        for step in path:
            if step not in node.parts:
                break
            node = node.parts[step]
        return node

    def _note(self, node: Node, path: Path, code: str, below: Path = (), **values: object) -> None:
        found = make_problem(code, (node.line, node.column), path, **values)
        self.found.setdefault((found.path, found.message), msgspec.structs.replace(found, place=(*path, *below)))

    def _document(self) -> tuple[Node, dict[str, Any]]:
        next(self._events)  # the stream begins
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            raise UnreadableError(make_problem("empty-file"))
        event = next(self._events)
        if not isinstance(event, yaml.MappingStartEvent):
            raise _stop(event, "no-keys")
        node, data = self._read(event, ())
        next(self._events)  # the document ends
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            raise _stop(event, "second-document")
        return node, data

    def _read(self, event: Any, path: Path) -> tuple[Node, Any]:
        """The node that ``event`` begins, and its plain data. Consumes all events of it."""
        if len(path) > DEPTH_MAX:
            raise _stop(event, "too-deep")
        node = Node(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            self._note(node, path, "alias")
            return node, None
        if event.tag not in (None, "!") and event.tag not in _PLAIN_TAGS:
            self._note(node, path, "tag", text=quote(event.tag))
        if isinstance(event, yaml.MappingStartEvent):
            return node, self._mapping(node, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return node, self._sequence(node, path)
        node.typed = str(event.value)
        return node, self._scalar(event, node, path)

    def _mapping(self, node: Node, path: Path) -> dict[str, Any]:
        node.parts, data = {}, {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            name = str(key.value) if isinstance(key, yaml.ScalarEvent) else "?"
            place = Node(key.start_mark.line + 1, key.start_mark.column + 1)
            if name == "?":
                self._note(place, path, "key-no-word")
                self._read(key, (*path, name))
            elif name in data:
                self._note(place, (*path, name), "key-twice")
            node.parts[name], data[name] = self._read(next(self._events), (*path, name))
        return data

    def _sequence(self, node: Node, path: Path) -> list[Any]:
        node.parts = {}
        data: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            at = len(data)
            node.parts[at], value = self._read(event, (*path, at))
            data.append(value)
        return data

    def _scalar(self, event: Any, node: Node, path: Path) -> Any:
        text = node.typed
        if event.tag is not None:  # a tag keeps a text a text, or was refused already
            return text
        tag = _RESOLVER.resolve(yaml.ScalarNode, text, event.implicit)
        kind = tag.removeprefix(_STANDARD)
        if kind == "null":
            return None
        if kind not in ("bool", "int", "float") or ":" in text:  # 9:30 is a time here, not YAML's base 60
            return text
        try:
            value = getattr(_CONSTRUCTOR, f"construct_yaml_{kind}")(yaml.ScalarNode(tag, text))
        except (ValueError, KeyError):
            return text
        if isinstance(value, float) and not math.isfinite(value):
            self._note(node, path, "not-finite")
        return value


def make_problem(code: str, where: tuple[int, int] = (1, 1), path: Path = (), **values: object) -> Problem:
    """``where``: line and column."""
    texts = {name: str(value) for name, value in values.items()}
    return Problem(*where, spell(path), english(code, texts), code, texts, path)


def _node_of(value: Any) -> Node:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    parts = {key: _node_of(part) for key, part in pairs}
    return Node(0, 0, "" if isinstance(value, (dict, list)) or value is None else str(value), parts)


def _stop(event: Any, code: str) -> UnreadableError:
    return UnreadableError(make_problem(code, (event.start_mark.line + 1, event.start_mark.column + 1)))


def read_tree(text: str) -> Tree:
    """The data of a hall file; raises :class:`UnreadableError` when the text is no YAML that we take."""
    try:
        return Tree(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = ", ".join(part for part in (error.context, error.problem) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = make_problem("not-yaml", (line, column), reason=words)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if error.position > 0 else 1
        problem = make_problem("control", (line, 1))
    except (yaml.YAMLError, UnicodeError):
        problem = make_problem("not-text-file")
    raise UnreadableError(problem)
