"""What a window takes while a certain clerk sits there: what the window has as its work, and the clerk has learnt (W2).

Skills are queue or service ids, of counters (``serves``, ``helps``) and of clerks. Two skills for a clerk let a hall follow
the load without training everybody in everything; ``only_one`` finds what hangs on one person. A clerk without skills in the
hall file, and one who is not in it, takes whatever the window does. So does one who shares nothing with the window: somebody
has put that clerk there on purpose, and a window that calls nobody helps no one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from .catalogue import ClerkId
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


def only_one(hall: Hall) -> dict[str, ClerkId]:
    """Queues that one clerk alone has learnt, and who: nobody can stand in."""
    found: dict[str, list[ClerkId]] = {}
    for clerk in hall.clerks.values():
        for queue in {hall.queue_of.get(skill, skill) for skill in clerk.skills}:
            found.setdefault(queue, []).append(clerk.id)
    return {queue: clerks[0] for queue, clerks in found.items() if len(clerks) == 1 and queue in hall.queues}


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
