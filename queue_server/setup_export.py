"""A set-up as the text of a hall file: read again, it is the same set-up."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from .core.catalogue import Setup


class _Dumper(yaml.SafeDumper):
    """Without aliases, which a hall file must not have; lists and short rows in one line, as people write them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def plain(value: Any) -> Any:
    """Records as plain data, without what stands at its default."""
    data = msgspec.to_builtins(value)
    return _lists(data)


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_lists(part) for part in value]
    return value


def to_yaml(setup: Setup) -> str:
    """The whole hall file."""
    return dump(plain(setup))


def dump(data: Any) -> str:
    return yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None, line_break="\n"
    )


def in_one_line(data: Any) -> str:
    """A piece of it for a cell of a table: ``{id: photo, name: {zh: 照片, en: Photograph}}``."""
    text = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000, default_flow_style=True
    )
    return text.strip()
