"""The laws of cases over long weeks thrown by seeded dice: every kind of event happens, and often."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, get_args

import pytest
from case_hall import text
from factory import encoded, importing
from hall_world import MINUTE
from test_case_laws import ACTS, SERVICES, CaseLaws

from queue_server.core import case_hall
from queue_server.core import checklist as k
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import one_time as n
from queue_server.core import setup as s
from queue_server.core import visits as v

OF_APPLICATIONS: set[Any] = {
    *get_args(case_hall.AnyCaseEvent), n.NoticeGiven, k.MaterialsMarked, k.ServicesAssigned, k.ServiceDone, c.FreeGiven,
    e.EmergencyCalled, e.EmergencyAnswered, e.EmergencyEnded, s.HallClosed, v.TicketExpired,
}  # fmt: skip
OFTEN = 3  # of each kind of event, over all seeds
MORE = (
    "free_services:\n  - {id: copies, name: {zh: 复印, en: Copies}}\n"
    "tides:\n  - {id: rush, queue: B, above: 1, below: 1, counters: [\"1\"], serves: [A, B, C], helps: []}\n"
)
FILES = [text(rules) + MORE for rules in (", at_closing: expire", ", deferral_overdue: withdraw, at_closing: expire")]
FILES.append(FILES[0].replace('"2026-01-14"]', '"2026-01-14", "2026-01-20", "2026-02-02"]'))


def step(hall: CaseLaws, dice: random.Random) -> None:
    pick, ticket = dice.randrange(4_096), f"w{hall.world.hall.seq}"
    choices: list[tuple[int, Any]] = [
        (6, lambda: hall.apply(dice.choice(SERVICES), dice.choice(["accept all", "accept all", "receive", "tell"]), pick)),
        (8, lambda: hall.office([(dice.randrange(4_096), dice.randrange(4_096)) for _ in range(5)], 0)),
        (6, lambda: hall.work([(dice.choice(sorted(ACTS)), pick, "system") for _ in range(4)])),
        (3, lambda: hall.pass_days(dice.choice([1, 2, 9]))),
        (2, lambda: hall.ask(v.TakeTicket(ticket=ticket, service="b1"))),
        (1, lambda: hall.new_file(dice.choice(FILES))),
        (1, lambda: hall.ask(c.GiveFree(counter="1", item="copies"))),
        (1, lambda: hall.ask(e.CallEmergency(zone="A"))),
        (1, lambda: hall.ask(e.AnswerEmergency(emergency=f"e{hall.world.hall.emergency_total}"))),
        (1, lambda: hall.ask(e.EndEmergency(emergency=f"e{hall.world.hall.emergency_total}"))),
    ]
    weights, acts = zip(*choices, strict=True)
    dice.choices(acts, weights)[0]()


def long_weeks(seed: int, steps: int) -> CaseLaws:
    hall, dice = CaseLaws(), random.Random(seed)
    hall.world.closes = True
    hall.ask(importing(FILES[0]))
    hall.opening()
    for _ in range(steps):
        step(hall, dice)
        hall.world.wait(dice.randrange(30) * MINUTE)
        hall.laws_hold()
    hall.teardown()
    return hall


@pytest.mark.timeout(180)
def test_laws_hold_over_long_weeks() -> None:
    happened: Counter[type] = Counter()
    tides: Counter[str] = Counter()
    for seed in range(12):
        for _, event in long_weeks(seed, steps=200).world.log:
            happened[type(event)] += 1
            if isinstance(event, c.CounterChanged):
                tides[event.cause] += 1
    assert {kind.__name__: happened[kind] for kind in OF_APPLICATIONS if happened[kind] < OFTEN} == {}
    assert min(tides["load"], tides["return"]) >= OFTEN


def test_the_same_dice_give_the_same_bytes() -> None:
    first, again = (long_weeks(99, steps=30).world for _ in range(2))
    assert first.log == again.log
    assert encoded(first.hall) == encoded(again.hall)
