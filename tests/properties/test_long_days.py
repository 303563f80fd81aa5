"""The same laws on long days thrown by seeded dice: every kind of event happens, and often."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, get_args

import pytest
from factory import encoded
from hall_world import MINUTE
from test_hall_laws import ACTS, FILES, SKILLS, HallLaws
from test_long_weeks import OF_APPLICATIONS

from queue_server.core import setup as s
from queue_server.core.hall import AnyEvent

SERVICES = ["a1", "a1", "a2", "b1", "b2", "c1"]
NEEDS: list[tuple[str, ...]] = [(), (), ("elderly",), ("military",), ("military", "elderly")]
WHOSE = ["manager"] * 4 + ["own"] * 4 + ["stranger"]
GAPS = [0, 1, 20, 31, 60, 150]
OFTEN = 3  # of each kind of event, over all seeds


def step(hall: HallLaws, dice: random.Random) -> None:
    pick, gap = dice.randrange(1_000), dice.choice(GAPS)
    wish: dict[str, Any] = {"service": dice.choice(SERVICES)} if dice.random() < 0.9 else {"kind": "domain"}
    choices: list[tuple[int, Any]] = [
        (6, lambda: hall.arrive([(wish, dice.choice(NEEDS), gap)])),
        (24, lambda: hall.work([(dice.choice(sorted(ACTS)), pick, gap, dice.choice(WHOSE))])),
        (2, lambda: hall.serve(1, gap, dice.randint(1, 3))),
        (2, lambda: hall.away_and_back(pick, gap, dice.choice(["waiting", "serving"]))),
        (3, lambda: hall.sit_down(pick, dice.choice(["li", "wang", "chen", "zhao", "newcomer"]), dice.random() < 0.3)),
        (1, lambda: hall.leave(pick, staff=False)),
        (1, lambda: hall.manage(pick, dice.sample(SKILLS, 4), dice.choice(FILES), 30, dice.choice(["change", "file"]))),
        (1, lambda: hall.manage(pick, SKILLS, FILES[0], dice.randint(1, 90), "notice")),
        (1, lambda: hall.learn(pick, dice.sample(SKILLS, dice.randrange(4)))),
        (1, lambda: hall.edit(pick)),
        (1, lambda: hall.time_passes(dice.randrange(20), dice.choice([0, 0, 0, 400, -4_000]))),
    ]
    weights, acts = zip(*choices, strict=True)
    dice.choices(acts, weights)[0]()


def long_days(seed: int, days: int, steps: int) -> HallLaws:
    hall, dice = HallLaws(), random.Random(seed)
    for _ in range(days):
        hall.opening()
        for _ in range(steps):
            step(hall, dice)
            hall.laws_hold()
        hall.world.wait(dice.randrange(60) * MINUTE)
        hall.night(dice.choice([0, 0, 1]))
        hall.laws_hold()
    hall.teardown()
    return hall


@pytest.mark.timeout(120)
def test_laws_hold_on_long_days() -> None:
    happened: Counter[type] = Counter()
    for seed in range(20):
        happened.update(type(event) for _, event in long_days(seed, days=2, steps=200).world.log)
    elsewhere = OF_APPLICATIONS | {s.CallDelivered}  # in test_long_weeks; said by the feed, not by the hall
    expected = set(get_args(AnyEvent)) - elsewhere
    assert {kind.__name__: happened[kind] for kind in expected if happened[kind] < OFTEN} == {}


def test_the_same_dice_give_the_same_bytes() -> None:
    first, again = (long_days(99, days=1, steps=60).world for _ in range(2))
    assert first.log == again.log
    assert encoded(first.hall) == encoded(again.hall)
