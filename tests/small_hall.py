"""The smallest sensible hall file, to be spoilt by tests, and what is said about it then."""

import pytest

from queue_server.setup_file import SetupError, load_setup

SMALL = """\
id: small
version: "1"
name: {zh: 小站, en: Small station}
time_zone: Asia/Shanghai
hours:
  mon: ["09:00-12:00", "13:30-17:00"]
zones:
  - {id: A, name: {zh: 大厅, en: Hall}, way: {zh: 直走, en: Straight ahead}}
queues:
  - {id: A, letter: A, name: {zh: 办事, en: Services}, zone: A, kinds: [integrated]}
counters:
  - {id: "1", label: "1", kind: integrated, zone: A, serves: [A]}
  - {id: "2", label: "2", kind: domain, zone: A, serves: [S1], helps: [A]}
themes:
  - {id: t, name: {zh: 主题, en: Theme}, icon: home}
departments:
  - {id: d, name: {zh: 部门, en: Department}}
services:
  - id: S1
    name: {zh: 事项一, en: Service one}
    theme: t
    department: d
    queue: A
    promised: {value: 3, unit: workday, source: L1}
    materials:
      - {id: card, name: {zh: 身份证, en: ID card}}
packages:
  - {id: P1, name: {zh: 一件事, en: One thing}, services: [S1]}
classes:
  - {id: elderly, name: {zh: 老人, en: Elderly}, minutes: 10, proof: {zh: 证, en: Card}, reason: {zh: 法, en: Law}}
sources:
  L1: 某法
"""


def spoilt(old: str, new: str) -> str:
    """The small hall with one piece of its text replaced."""
    assert SMALL.count(old) == 1, f"{old!r} stands {SMALL.count(old)} times in the small hall"
    return SMALL.replace(old, new)


def said(text: str) -> list[str]:
    """The sentences with which ``text`` is refused."""
    with pytest.raises(SetupError) as refused:
        load_setup(text)
    return str(refused.value).splitlines()


def line_of(piece: str, text: str = SMALL) -> int:
    return text[: text.index(piece)].count("\n") + 1
