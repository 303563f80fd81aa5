"""What a window takes while a certain clerk sits there: what the window has as its work, and the clerk has learnt (W2).

Skills are queue or service ids, of counters (``serves``, ``helps``) and of clerks. Two skills for a clerk let a hall follow
the load without training everybody in everything; ``only_one`` finds what hangs on one person. A clerk without skills in the
hall file, and one who is not in it, takes whatever the window does. So does one who shares nothing with the window: somebody
has put that clerk there on purpose, and a window that calls nobody helps no one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from .catalogue import ClerkId, QueueId, Service, ServiceId
from .context import Context
from .refusals import Invalid, NotAllowed, NotFound
from .visits import Command, Event

if TYPE_CHECKING:
    from .counters import Counter
    from .state import Hall

SKILLS_MAX = 200


class Work(NamedTuple):
    """Queues and services: one's own, and those one helps with."""

    serves: tuple[str, ...]
    helps: tuple[str, ...]


class Stuck(NamedTuple):
    """People who wait in a queue for one service (none: for its window kind) that nobody at the open windows has learnt."""

    queue: QueueId
    service: ServiceId | None
    waiting: int


class ChangeClerk(Command, frozen=True, kw_only=True):
    """What a clerk can do from now on, complete. A new hall file says it anew."""

    clerk: ClerkId
    skills: tuple[str, ...]


class ClerkChanged(Event, frozen=True, kw_only=True, tag="clerk_changed"):
    clerk: ClerkId
    skills: tuple[str, ...]


# ------------------------------------------------------------------ what can be done where


def work_of(hall: Hall, counter: Counter) -> Work:
    """What this counter takes with the clerk who sits there."""
    clerk = hall.clerks.get(counter.clerk) if counter.clerk is not None else None
    if clerk is None or not clerk.skills or clerk.recorded:
        return Work(counter.serves, counter.helps)
    return Work(_shared(hall, counter.serves, clerk.skills) or counter.serves, _shared(hall, counter.helps, clerk.skills))


def _shared(hall: Hall, entries: tuple[str, ...], skills: tuple[str, ...]) -> tuple[str, ...]:
    """Of these entries, those that the skills cover. A skill in one service of a queue covers that service alone."""
    found: dict[str, None] = {}
    for entry in entries:
        if entry in skills or hall.queue_of.get(entry) in skills:
            found[entry] = None
        else:
            found |= dict.fromkeys(skill for skill in skills if hall.queue_of.get(skill) == entry)
    return tuple(found)


def does(hall: Hall, counter: Counter, service: Service) -> bool:
    """This counter, with the clerk who sits there, takes this service, as its own or to help."""
    work = hall.work(counter)
    return any(entry in (service.id, service.queue) for entry in (*work.serves, *work.helps))


def only_one(hall: Hall) -> dict[str, ClerkId]:
    """Queues that one clerk alone has learnt, and who: nobody can stand in."""
    found: dict[str, list[ClerkId]] = {}
    for clerk in hall.clerks.values():
        for queue in {hall.queue_of.get(skill, skill) for skill in clerk.skills}:
            found.setdefault(queue, []).append(clerk.id)
    return {queue: clerks[0] for queue, clerks in found.items() if len(clerks) == 1 and queue in hall.queues}


def stuck(hall: Hall) -> Iterator[Stuck]:
    """Windows are open for them, but whoever sits there has not learnt it: without a word they would wait for ever."""
    open_ = [counter for counter in hall.counters.values() if counter.state != "closed"]
    kinds = {f"kind:{counter.kind}" for counter in open_}
    windows = {entry for counter in open_ for entry in (*counter.serves, *counter.helps)}
    learnt = {entry for counter in open_ for entries in hall.work(counter) for entry in entries}
    for queue, line in hall.lines.queues.items():
        for part, places in line.parts.items():
            wanted = {queue, part}
            if wanted & windows and not wanted & learnt and part not in kinds:
                yield Stuck(queue, None if part.startswith("kind:") else ServiceId(part), len(places))


# ------------------------------------------------------------------ decide and evolve


def change(hall: Hall, command: ChangeClerk, context: Context) -> list[Event]:
    """Raises NotAllowed ``needs-manager``, NotFound ``unknown-clerk``, Invalid ``unknown-skill`` or ``too-many-skills``."""
    if not context.actor.manages:
        raise NotAllowed("needs-manager")
    clerk = hall.clerks.get(command.clerk)
    if clerk is None:
        raise NotFound("unknown-clerk", clerk=command.clerk[:64])
    skills = tuple(dict.fromkeys(command.skills))
    if len(skills) > SKILLS_MAX:
        raise Invalid("too-many-skills", limit=SKILLS_MAX)
    for skill in skills:
        if skill not in hall.queues and skill not in hall.services:
            raise Invalid("unknown-skill", entry=skill[:64])
    return [] if skills == clerk.skills else [ClerkChanged(clerk=clerk.id, skills=skills)]


def changed(hall: Hall, event: ClerkChanged) -> None:
    clerk = hall.clerks[event.clerk]
    hall.clerks[event.clerk] = msgspec.structs.replace(clerk, skills=event.skills, recorded=False)
    hall.forget_staffing()
