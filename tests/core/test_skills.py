"""Skills of windows and of clerks: who is called where, and what hangs on one person."""

from __future__ import annotations

import pytest
from factory import MANAGER, Given, called, changed, clerk, staffed, taken

from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.catalogue import ClerkId, ClerkSetup, ServiceId
from queue_server.core.skills import ChangeClerk, ClerkChanged, Work, only_one, stuck, work_of
from queue_server.core.visit_services import next_service


def hall(*steps: object, **skills: tuple[str, ...]) -> Given:
    """The small hall, with these skills for its clerks."""
    clerks = tuple(ClerkSetup(id=ClerkId(name), name=name, skills=has) for name, has in skills.items())
    return Given(steps, setup=changed(clerks=clerks))


def work(found: Given, counter: str) -> Work:
    return work_of(found.hall, found.counter(counter))


def test_a_window_takes_what_both_it_and_its_clerk_can_do() -> None:
    found = hall(staffed("4", "li"), staffed("5", "wang"), li=("B", "A"), wang=("C", "b1"))
    assert work(found, "4") == Work(("B",), ())
    assert work(found, "5") == Work(("C",), ("b1",)), "of queue B only the service that was learnt"


def test_whoever_cannot_do_it_is_not_called_it() -> None:
    found = hall(staffed("4", "li"), taken("t1", "c1"), 1, taken("t2", "b1"), li=("B",))
    found.do(called("4"))
    assert found.counter("4").ticket == "t2", "t1 came first, but c1 is not learnt"
    assert found.hall.staffing("C") == (0, 0), "nobody works for queue C: the load shows it"


def test_the_next_service_of_a_visit_is_one_that_the_clerk_has_learnt() -> None:
    found = hall(staffed("4", "li"), li=("B",))
    following = next_service(found.hall, found.counter("4"), (ServiceId("c1"), ServiceId("b1")))
    assert following is not None and following.id == "b1", "the window does c1 too, but li has not learnt it"


def test_helping_needs_the_skill_too() -> None:
    found = hall(staffed("5", "li"), taken("t1", "a1"), li=("C",))
    found.when(called("5")).then()
    assert found.counter("5").ticket is None


@pytest.mark.parametrize("skills", [(), ("A",)])
def test_no_skills_or_none_in_common_leave_the_window_as_it_is(skills: tuple[str, ...]) -> None:
    found = hall(staffed("4", "li"), li=skills)
    assert work(found, "4") == Work(("B", "c1"), ())


def test_a_clerk_whom_nobody_knew_takes_whatever_the_window_does() -> None:
    found = hall(staffed("1", "new"), c.CloseCounter(counter="1"), staffed("4", "new"), li=("A",))
    assert found.hall.clerks[ClerkId("new")].skills == ("A",)
    assert work(found, "4") == Work(("B", "c1"), ())


def test_who_waits_for_what_nobody_at_the_open_windows_has_learnt_is_stuck() -> None:
    found = hall(staffed("4", "li"), taken("t1", "b1"), 1, taken("t2", "b2"), taken("t3", "c1"), li=("b1",))
    assert list(stuck(found.hall)) == [("B", "b2", 1), ("C", "c1", 1)]
    found.do(staffed("5", "wang"))
    assert list(stuck(found.hall)) == [], "one who helps with B and C is enough"


def test_a_queue_without_an_open_window_is_another_matter() -> None:
    found = hall(staffed("1", "li"), taken("t1", "b1"), taken("t2", None, kind="domain"), li=("A",), wang=())
    assert list(stuck(found.hall)) == []
    found.do(staffed("4", "wang"), c.ChangeCounter(counter="4", kind="integrated"), ChangeClerk(clerk="wang", skills=("c1",)))
    assert list(stuck(found.hall)) == [("B", "b1", 1), ("B", None, 1)]


def test_a_take_over_brings_the_new_clerks_skills() -> None:
    found = hall(staffed("4", "li"), taken("t1", "c1"), li=("B",), wang=("B", "C"))
    found.when(called("4")).then()
    found.do(c.TakeOverCounter(counter="4", clerk=ClerkId("wang")), called("4"))
    assert found.counter("4").ticket == "t1"


def test_a_manager_changes_skills_and_it_counts_at_once() -> None:
    found = hall(staffed("4", "li"), taken("t1", "c1"), li=("B",))
    command = ChangeClerk(clerk=ClerkId("li"), skills=("B", "c1", "B"))
    found.when(command, by=MANAGER).then(ClerkChanged(clerk=ClerkId("li"), skills=("B", "c1")))
    found.do(called("4"))
    assert found.counter("4").ticket == "t1"
    found.when(command, by=MANAGER).then()


def test_what_is_wrong_with_a_change_is_said() -> None:
    found = hall(li=("B",))
    found.when(ChangeClerk(clerk=ClerkId("li"), skills=("A",)), by=clerk("li")).refused("needs-manager")
    found.when(ChangeClerk(clerk=ClerkId("nobody"), skills=("A",)), by=MANAGER).refused("unknown-clerk")
    found.when(ChangeClerk(clerk=ClerkId("li"), skills=("Z",)), by=MANAGER).refused("unknown-skill")
    found.when(ChangeClerk(clerk=ClerkId("li"), skills=tuple(f"x{n}" for n in range(201))), by=MANAGER).refused(
        "too-many-skills"
    )


def test_a_queue_that_hangs_on_one_person_is_found() -> None:
    found = hall(li=("A", "b1"), wang=("A", "C"), chen=("A",))
    assert only_one(found.hall) == {"B": "li", "C": "wang"}


def test_transfers_go_to_a_window_whatever_the_clerks_skills() -> None:
    """A colleague has sent the visitor to this very window: that is a decision, not the rule's."""
    found = hall(staffed("1", "wang"), staffed("4", "li"), taken("t1", "a1"), called("1"), li=("B",), wang=("A",))
    found.do(v.StartService(counter="1"), v.TransferTicket(counter="1", to_counter="4"), called("4"))
    assert found.counter("4").ticket == "t1"
