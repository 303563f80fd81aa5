"""Does a hall file make sense as a hall? Names that lead nowhere, doubles, services that no counter takes.

Works on the plain data and takes nothing for granted, so that these problems come together with those of the shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .setup_shape import near
from .setup_tree import Path, Tree, quote

Row = dict[str, Any]

ID_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, O: they look like 1 and 0

# The sections of a hall file that hold rows.
ROWS = (
    "zones", "queues", "counters", "services", "themes", "departments", "packages", "clerks", "classes", "tides",
    "free_services",
)  # fmt: skip
NEEDED = ("zones", "queues", "counters", "services")

# (section, key) -> the sections in which what it names must stand.
REFERENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("queues", "zone"): ("zones",),
    ("counters", "zone"): ("zones",),
    ("counters", "serves"): ("queues", "services"),
    ("counters", "helps"): ("queues", "services"),
    ("services", "theme"): ("themes",),
    ("services", "department"): ("departments",),
    ("services", "queue"): ("queues",),
    ("packages", "services"): ("services",),
    ("clerks", "skills"): ("queues", "services"),
    ("clerks", "departments"): ("departments",),
    ("tides", "queue"): ("queues",),
    ("tides", "counters"): ("counters",),
    ("tides", "serves"): ("queues", "services"),
    ("tides", "helps"): ("queues", "services"),
}


def check_rules(tree: Tree) -> None:
    """Note everything that a hall could not work with."""
    _check_needed(tree)
    _check_ids(tree)
    for (section, key), targets in REFERENCES.items():
        _check_references(tree, section, key, targets)
    _check_queues(tree)
    _check_counters(tree)
    _check_packages(tree)
    _check_procedures(tree)
    _check_tides(tree)
    _check_reach(tree)


def rows(tree: Tree, section: str) -> Iterator[tuple[Path, Row]]:
    """The rows of a section with their paths, leaving out what has not even the shape of a row."""
    value = tree.data.get(section)
    for at, row in enumerate(value if isinstance(value, list) else []):
        if isinstance(row, dict):
            yield (section, at), row


def texts(value: Any) -> list[str]:
    """The texts of a list, or the one text; other things are the business of the shape."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _ids(tree: Tree, *sections: str) -> set[str]:
    return {text for section in sections for _, row in rows(tree, section) for text in texts(row.get("id"))}


def _check_needed(tree: Tree) -> None:
    for section in NEEDED:
        if section in tree.data and tree.data[section] == []:
            tree.problem((section,), "none", row=section)


def _check_ids(tree: Tree) -> None:
    _check_id(tree, (), tree.data, {})
    for section in ROWS:
        known: dict[str, Path] = {}
        for path, row in rows(tree, section):
            _check_id(tree, path, row, known)
            _check_material_ids(tree, path, row)
    services = _ids(tree, "services")
    for path, row in rows(tree, "queues"):
        for text in services.intersection(texts(row.get("id"))):
            tree.problem((*path, "id"), "also-service", text=quote(text))


def _check_material_ids(tree: Tree, path: Path, row: Row) -> None:
    known: dict[str, Path] = {}
    materials = row.get("materials")
    for at, material in enumerate(materials if isinstance(materials, list) else []):
        if isinstance(material, dict):
            _check_id(tree, (*path, "materials", at), material, known)


def _check_id(tree: Tree, path: Path, row: Row, known: dict[str, Path]) -> None:
    for text in texts(row.get("id")):
        if text and not ID_PATTERN.fullmatch(text):
            tree.problem((*path, "id"), "bad-id", text=quote(text))
        elif text in known:
            _used(tree, (*path, "id"), text, (*known[text], "id"))
        known.setdefault(text, path)


def _check_references(tree: Tree, section: str, key: str, targets: tuple[str, ...]) -> None:
    if not all(isinstance(tree.data.get(target), list) for target in targets):
        return  # the shape says so already, once instead of a hundred times
    known = _ids(tree, *targets)
    kinds = dict(zip(("row", "other"), targets, strict=False))
    code = "unknown-either" if len(targets) > 1 else "unknown"
    for path, row in rows(tree, section):
        value = row.get(key)
        for at, text in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(text, str) and text not in known:
                close = near(tree, text, known)
                tree.problem((*path, key), code, at, text=quote(text), near=close, **kinds)
        _check_twice(tree, (*path, key), value)


def _check_twice(tree: Tree, path: Path, value: Any) -> None:
    seen: set[str] = set()
    for at, text in enumerate(value if isinstance(value, list) else []):
        if isinstance(text, str) and text in seen:
            tree.problem(path, "named-twice", at, text=quote(text))
        seen.update(texts(text))


def _check_queues(tree: Tree) -> None:
    letters: dict[str, Path] = {}
    kinds: dict[str, str] = {}
    for path, row in rows(tree, "queues"):
        for letter in texts(row.get("letter")):
            if len(letter) != 1 or letter not in LETTERS:
                tree.problem((*path, "letter"), "bad-letter", text=quote(letter))
            _check_unique(tree, (*path, "letter"), letter, letters)
        for kind in texts(row.get("kinds")):
            queue = str(row.get("id"))
            if kinds.setdefault(kind, queue) != queue:
                tree.problem((*path, "kinds"), "kind-taken", text=quote(kind), queue=quote(kinds[kind]))
        _check_twice(tree, (*path, "kinds"), row.get("kinds"))


def _check_counters(tree: Tree) -> None:
    labels: dict[str, Path] = {}
    for path, row in rows(tree, "counters"):
        for label in texts(row.get("label")):
            _check_unique(tree, (*path, "label"), label, labels)
        for both in sorted(set(texts(row.get("serves", []))) & set(texts(row.get("helps", [])))):
            tree.problem((*path, "helps"), "in-serves", text=quote(both))


def _check_unique(tree: Tree, path: Path, text: str, known: dict[str, Path]) -> None:
    if text in known:
        _used(tree, path, text, known[text])
    known.setdefault(text, path)


def _used(tree: Tree, path: Path, text: str, first: Path) -> None:
    line = tree.node(first).line
    tree.problem(path, "used" if line else "used-already", text=quote(text), line=line)


def _check_packages(tree: Tree) -> None:
    for path, row in rows(tree, "packages"):
        if row.get("services") == []:
            tree.problem((*path, "services"), "package-empty")


def _check_procedures(tree: Tree) -> None:
    for path, row in rows(tree, "services"):
        kinds: set[str] = set()
        procedures = row.get("procedures")
        for at, procedure in enumerate(procedures if isinstance(procedures, list) else []):
            for kind in texts(procedure.get("kind")) if isinstance(procedure, dict) else ():
                if kind in kinds:
                    tree.problem((*path, "procedures", at, "kind"), "again-here", text=quote(kind))
                kinds.add(kind)


def _check_tides(tree: Tree) -> None:
    """A tide that turns at the same figure would turn with every visitor."""
    for path, row in rows(tree, "tides"):
        above, below = row.get("above"), row.get("below")
        if isinstance(above, int) and isinstance(below, int) and not 0 < below <= above:
            tree.problem((*path, "below"), "bad-below", above=above, value=below)
        for key in ("counters", "serves"):
            if row.get(key) == []:
                tree.problem((*path, key), "tide-empty")
        for both in sorted(set(texts(row.get("serves", []))) & set(texts(row.get("helps") or []))):
            tree.problem((*path, "helps"), "in-serves", text=quote(both))


def _check_reach(tree: Tree) -> None:
    """A ticket that no counter could ever call must not be given out."""
    if not isinstance(tree.data.get("counters"), list):
        return
    reached: set[str] = set()
    for _, row in rows(tree, "counters"):
        reached.update(texts(row.get("serves", [])), texts(row.get("helps", [])))
    for path, row in rows(tree, "services"):
        if not reached.intersection(texts([row.get("id"), row.get("queue")])):
            tree.problem(path, "service-unreached", text=quote(row.get("id")))
    for path, row in rows(tree, "queues"):
        if row.get("kinds") and not reached.intersection(texts(row.get("id"))):
            tree.problem(path, "queue-unreached", text=quote(row.get("id")))
