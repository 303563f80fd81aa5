"""What a request at a counter, or about a case, needs to become a command: who asks, and personal texts sealed."""

from __future__ import annotations

from queue_server.core.cases import Applicant, CaseId
from queue_server.core.catalogue import ClerkId, CounterId, TicketId
from queue_server.core.context import Actor
from queue_server.core.materials import Mark
from queue_server.core.refusals import Invalid, NotFound
from queue_server.running import RunningHall

from .requests import plain
from .shapes import NOTE_MAX, CounterBody
from .shapes_cases import ApplicantBody, MarkBody


def ticket_of(ticket: str | None) -> TicketId | None:
    return TicketId(ticket) if ticket is not None else None


def marks_of(marks: tuple[MarkBody, ...]) -> tuple[Mark, ...]:
    """A reason belongs to what is not asked for."""
    return tuple(
        Mark(material=one.material, mark=one.mark, reason=one.reason if one.mark == "free" else None) for one in marks
    )


async def sealed(running: RunningHall, owner: str | None, text: str | None) -> str | None:
    """A text as ciphertext under the key of the visit ``owner``. Raises Invalid ``note-too-long``."""
    if text is not None and len(text) > NOTE_MAX:
        raise Invalid("note-too-long", limit=NOTE_MAX)
    return await running.seal(owner, plain(text).strip() if text else None)


async def applicant_of(running: RunningHall, owner: str | None, body: ApplicantBody) -> Applicant:
    """Who applies, every text sealed under the key of the visit."""
    texts = {name: getattr(body, name) for name in ("name", "document", "phone", "address", "agent")}
    found = {name: await sealed(running, owner, text) for name, text in texts.items()}
    return Applicant(kind=body.kind, **found)


class Asked:
    """One request at one counter, as the makers of commands need it."""

    def __init__(self, running: RunningHall, counter: CounterId, actor: Actor) -> None:
        self.running, self.counter, self.actor = running, counter, actor

    def clerk(self, body: CounterBody) -> ClerkId:
        """The one named, or the one who asks."""
        return ClerkId(body.clerk if body.clerk is not None else self.actor.id)

    def owner(self, ticket: str | None, case: str | None = None) -> str | None:
        """The visit whose key seals texts: that of the case, else the ticket named, else the one at the counter.

        Raises NotFound ``unknown-ticket``. None for a case that is not there: the core refuses it.
        """
        hall = self.running.state
        if case is not None:
            found = hall.cases.get(CaseId(case))
            return found.matter.ticket if found is not None else None
        counter = hall.counters.get(self.counter)
        owner = ticket or (counter.ticket if counter else None)
        if owner is not None and owner not in hall.tickets:
            raise NotFound("unknown-ticket", ticket=owner[:64])
        return owner

    async def note(self, text: str | None, ticket: str | None, case: str | None = None) -> str | None:
        """A note as ciphertext under the visit's key. Raises Invalid ``note-too-long``."""
        return await sealed(self.running, self.owner(ticket, case) if text else None, text)

    async def applicant(self, body: ApplicantBody | None, ticket: str | None, case: str | None = None) -> Applicant | None:
        """Who applies, sealed under the key of the same visit as a note."""
        return None if body is None else await applicant_of(self.running, self.owner(ticket, case), body)
