"""One entry, asked the rules of hall files: every mistake at its place within the entry."""

from typing import Any

import pytest
from factory import SETUP

from queue_server.setup_export import plain
from queue_server.setup_file import SetupError
from queue_server.setup_item import package_of, service_of

A1: dict[str, Any] = plain(SETUP.services[0])


def problems(data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(SetupError) as refused:
        service_of(SETUP, data)
    return [(".".join(map(str, problem.place)), problem.code) for problem in refused.value.problems]


def test_what_is_right_becomes_the_record() -> None:
    assert [service_of(SETUP, plain(one)) for one in SETUP.services] == list(SETUP.services)
    assert [package_of(SETUP, plain(one)) for one in SETUP.packages] == list(SETUP.packages)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"name": {"zh": "", "en": "x"}}, [("name.zh", "empty-text")]),
        ({"name": {"zh": "名"}}, [("name.en", "missing")]),
        ({"queue": "Q"}, [("queue", "unknown"), ("queue", "service-unreached")]),
        ({"theme": None}, [("theme", "empty-text")]),
        ({"handling": "soon"}, [("handling", "not-one-of")]),
        ({"promised": {"value": "x"}}, [("promised.value", "not-whole-but")]),
        ({"promised": {"value": 3, "source": "L9"}}, [("promised.source", "unknown-source")]),
        ({"hours": {"sat": ["9-12"]}}, [("hours.sat.0", "bad-span")]),
        ({"hours": {"sat": ["09:00-25:00"]}}, [("hours.sat.0", "bad-time")]),
        ({"materials": [{"id": "x", "name": {"zh": "甲", "en": "A"}}] * 2}, [("materials.1.id", "used-already")]),
        ({"materials": [{"id": "x y"}]}, [("materials.0.name", "missing"), ("materials.0.id", "bad-id")]),
        ({"courier": "perhaps"}, [("courier", "not-bool")]),
        ({"couriers": True}, [("couriers", "unknown-key")]),
        ({"id": "A"}, []),
    ],
)
def test_every_mistake_is_named_at_its_place(fields: dict[str, Any], found: list[tuple[str, str]]) -> None:
    if not found:  # the id of a queue is found at the queue: the core asks this
        service_of(SETUP, A1 | fields)
    else:
        assert problems(A1 | fields) == found


def test_more_mistakes_than_anyone_wants_to_read_are_counted() -> None:
    with pytest.raises(SetupError) as refused:
        service_of(SETUP, A1 | {"materials": [{"id": "x y"}] * 30})
    assert len(refused.value.problems) == 20 and refused.value.more == 40


def test_a_package_names_services_of_this_hall() -> None:
    for services, code in (([], "package-empty"), (["a1", "nope"], "unknown")):
        with pytest.raises(SetupError) as refused:
            package_of(SETUP, {"id": "p", "name": {"zh": "甲", "en": "A"}, "services": services})
        assert [problem.code for problem in refused.value.problems] == [code]


def test_problems_of_no_file_name_no_line() -> None:
    with pytest.raises(SetupError, match=r'^queue: "Q" is not a queue$'):
        service_of(SETUP, A1 | {"queue": "Q", "id": "b1"})
