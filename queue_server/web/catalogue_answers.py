"""What the calls of the catalogue ask and answer, as types; see :mod:`.answers`."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from queue_server.core.catalogue import Package, Service

from .answers import Instant

What = Literal["added", "removed", "changed", "moved"]


class ServiceBody(msgspec.Struct):
    """``service``: the whole entry as in the hall file, its id may be left out; ``version``: the one it was made from."""

    version: str
    service: dict[str, Any]


class PackageBody(msgspec.Struct):
    version: str
    package: dict[str, Any]


class Differing(msgspec.Struct):
    """One field of an entry: what it was and what it is, in words."""

    field: str
    label: str
    old: str
    new: str


class DifferingEntry(msgspec.Struct):
    section: str
    section_text: str
    id: str
    name: str
    what: What
    what_text: str
    fields: tuple[Differing, ...]


class Counts(msgspec.Struct):
    services: int
    packages: int
    themes: int
    departments: int


class VersionFacts(msgspec.Struct, kw_only=True):
    """One change: who made it and when. ``kind``: the name of its event; ``changes`` of a hall file are not listed."""

    seq: int
    at: Instant
    by: str
    by_name: str
    kind: Literal["setup_imported", "service_changed", "service_removed", "package_changed", "package_removed"]
    version: str
    id: str | None
    name: str | None
    changes: tuple[DifferingEntry, ...]


class CatalogueAnswer(msgspec.Struct, kw_only=True):
    """``file``: nothing was changed since the hall file was loaded; ``changed``: the last change."""

    version: str
    file: bool
    counts: Counts
    changed: VersionFacts | None


class VersionsAnswer(msgspec.Struct):
    """The newest first; ``next``: what to give as ``before`` for older ones, null at the end."""

    versions: tuple[VersionFacts, ...]
    next: int | None


class ServiceFacts(msgspec.Struct):
    version: str
    service: Service


class ServiceVersion(msgspec.Struct, kw_only=True):
    """The service as it was from a change on; null: it was not there."""

    seq: int
    at: Instant
    by: str
    by_name: str
    version: str
    service: Service | None
    changes: tuple[DifferingEntry, ...]


class ServiceVersionsAnswer(msgspec.Struct):
    versions: tuple[ServiceVersion, ...]


class ChangedServiceAnswer(msgspec.Struct, kw_only=True):
    """``version``: of the catalogue with this change; of a dry run, what it would be."""

    version: str
    service: Service | None
    changes: tuple[DifferingEntry, ...]


class ChangedPackageAnswer(msgspec.Struct, kw_only=True):
    version: str
    package: Package | None
    changes: tuple[DifferingEntry, ...]


class ImportCounts(msgspec.Struct):
    added: int
    changed: int
    removed: int
    moved: int


class ImportAnswer(msgspec.Struct, kw_only=True):
    """What an import changes, entry by entry; ``more``: entries that are not listed."""

    version: str
    counts: ImportCounts
    changes: tuple[DifferingEntry, ...]
    more: int
