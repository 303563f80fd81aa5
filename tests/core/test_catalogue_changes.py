"""The catalogue changes while the hall runs: versions, what is refused, and what the hall knows right afterwards."""

import msgspec
import pytest
from case_hall import FIRST as CASE
from case_hall import receive, serving
from factory import DAY, SETUP, TEXT, Given, called, changed, finished, given, importing, staffed, started, taken

from queue_server.core import catalogue_changes as cc
from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import skills, topics
from queue_server.core import visits as v
from queue_server.core.catalogue import Hours, Name, Package, Service, Tide
from queue_server.core.hall import evolve
from queue_server.core.state import Hall

FIRST = "2026-01-05.1"
A1 = next(one for one in SETUP.services if one.id == "a1")
BIRTH = SETUP.packages[0]


def renamed(service: Service = A1, zh: str = "新名字", **fields: object) -> Service:
    return msgspec.structs.replace(service, name=Name(zh=zh, en="New"), **fields)


def change(service: Service, base: str = "1") -> cc.ChangeService:
    return cc.ChangeService(service=service, base=base)


def remove(service: str, base: str = "1") -> cc.RemoveService:
    return cc.RemoveService(service=service, base=base)


def derived(hall: Hall) -> object:
    return hall.services, hall.packages, hall.queue_of, hall.own_hours, list(hall.services), list(hall.packages)


def as_if_anew(hall: Given) -> None:
    """What was corrected in place is what would be worked out from the set-up."""
    mine = msgspec.json.decode(msgspec.json.encode(hall.hall), type=Hall).index()
    assert derived(mine) == derived(hall.hall)


# ------------------------------------------------------------------ changing


def test_a_change_is_one_event_with_the_entry_before_and_after_and_a_version() -> None:
    hall = given().when(change(renamed())).then(cc.ServiceChanged(version=FIRST, service=renamed(), was=A1))
    assert hall.hall.setup.version == FIRST and hall.hall.digest == ""
    assert hall.hall.services["a1"].name.zh == "新名字"
    assert [one.id for one in hall.hall.setup.services] == [one.id for one in SETUP.services]
    as_if_anew(hall)


def test_a_new_service_stands_at_the_end_and_can_be_asked_for_at_once() -> None:
    new = renamed(A1, "新事项", id="a9")
    hall = given().when(change(new)).then(cc.ServiceChanged(version=FIRST, service=new))
    as_if_anew(hall)
    assert hall.hall.setup.services[-1] == new
    hall.do(taken("t", "a9"))
    assert hall.ticket("t").version == FIRST and hall.ticket("t").service_name == new.name


def test_a_ticket_keeps_the_name_and_the_version_it_was_taken_under() -> None:
    hall = given(taken("t"))
    hall.when(change(renamed())).does()
    assert (hall.ticket("t").version, hall.ticket("t").service_name) == ("1", A1.name)
    hall.do(staffed("1"), called())
    assert hall.ticket("t").state == "called"


def test_the_same_entry_again_changes_nothing() -> None:
    given().when(change(A1)).then()
    given().when(cc.ChangePackage(package=BIRTH, base="1")).then()


def test_whoever_saw_another_version_is_refused() -> None:
    hall = given()
    hall.when(change(renamed())).does()
    hall.when(change(renamed(zh="又一个"))).refused("catalogue-changed", version=FIRST)
    hall.when(remove("a2")).refused("catalogue-changed")
    hall.when(cc.ChangePackage(package=msgspec.structs.replace(BIRTH, services=("b1",)), base="1")).refused("catalogue-changed")
    hall.when(cc.RemovePackage(package="birth", base="1")).refused("catalogue-changed")
    text = TEXT.replace('version: "1"', 'version: "2"')
    hall.when(msgspec.structs.replace(importing(text), base="1")).refused("catalogue-changed")
    hall.when(msgspec.structs.replace(importing(text), base=FIRST)).does()


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"theme": "x"}, "theme"), ({"department": "x"}, "department"), ({"queue": "x"}, "queue"), ({"id": "A"}, "id")],
)
def test_what_leads_nowhere_is_refused(fields: dict[str, str], path: str) -> None:
    outcome = given().when(change(renamed(**fields))).outcome
    assert outcome.code == "bad-catalogue"
    assert path in {problem["path"] for problem in outcome.values["problems"]}


def test_a_service_that_no_counter_takes_is_refused() -> None:
    alone = changed(counters=tuple(one for one in SETUP.counters if one.id != "5"), version="1")
    hall = given(setup=alone)
    outcome = hall.when(change(renamed(id="c9", queue="C"))).outcome
    assert [problem["code"] for problem in outcome.values["problems"]] == ["service-unreached"]


def test_hours_of_its_own_are_counted() -> None:
    hall = given()
    hall.when(change(renamed(hours=Hours(sat=("09:00-12:00",))))).does()
    assert len(hall.hall.own_hours) == 1
    as_if_anew(hall)
    hall.when(change(A1, FIRST)).does()
    assert not hall.hall.own_hours
    hall.when(change(renamed(hours=Hours(sat=("09:00-12:00",)), id="a7"), "2026-01-05.2")).does()
    hall.when(remove("a7", "2026-01-05.3")).does()
    assert not hall.hall.own_hours


def test_another_queue_is_served_by_whom_it_says() -> None:
    hall = given(staffed("4"), taken("old", "a2"))
    hall.when(change(renamed(queue="B"))).does()
    hall.do(taken("t", "a1"))
    assert hall.waiting("B") == ["t"] and hall.waiting("A") == ["old"]
    hall.do(called("4"))
    assert hall.ticket("t").state == "called"


def test_a_service_stays_in_its_queue_while_somebody_waits_whom_nobody_else_would_call() -> None:
    hall = given(taken("t", "c1"), c.ChangeCounter(counter="5", serves=("A",), helps=("B",)))
    c1 = next(one for one in SETUP.services if one.id == "c1")
    moved = msgspec.structs.replace(c1, queue="A")
    hall.when(change(moved)).refused("still-needed", number="C001")
    hall.do(v.CancelTicket(ticket="t")).when(change(moved)).does()


# ------------------------------------------------------------------ taking out


def test_a_service_is_taken_out() -> None:
    hall = given().when(remove("b2")).then(cc.ServiceRemoved(version=FIRST, was=SETUP.services[3]))
    as_if_anew(hall)
    hall.when(taken("t", "b2")).refused("unknown-service")
    hall.when(remove("b2", FIRST)).refused("unknown-service")


@pytest.mark.parametrize("steps", [(), (staffed("1"), called()), (staffed("1"), called(), started())])
def test_what_an_open_ticket_needs_stays(steps: tuple[object, ...]) -> None:
    hall = given(taken("t", "a2"), *steps)
    hall.when(remove("a2")).refused("still-needed", number="A001", what=SETUP.services[1].name)


def test_what_a_finished_ticket_needed_may_go() -> None:
    given(taken("t", "a2"), staffed("1"), called(), started(), finished()).when(remove("a2")).does()


def test_what_a_package_is_about_stays_until_it_is_done() -> None:
    hall = given(taken("t", None, package="birth"))
    hall.when(cc.RemovePackage(package="birth", base="1")).refused("still-needed", number="B001")
    hall.when(remove("a1")).refused("still-needed")
    hall.do(v.CancelTicket(ticket="t")).when(cc.RemovePackage(package="birth", base="1")).does()
    as_if_anew(hall)
    hall.when(remove("a1", FIRST)).does()
    hall.when(cc.RemovePackage(package="birth", base="2026-01-05.2")).refused("unknown-package")


@pytest.mark.parametrize(
    ("service", "section", "row"),
    [("b1", "counters", "3"), ("c1", "counters", "4"), ("a1", "packages", BIRTH.name)],
)
def test_what_a_row_of_the_set_up_names_stays(service: str, section: str, row: object) -> None:
    given().when(remove(service)).refused("still-listed", section=section, row=row)


def test_what_a_counter_or_a_clerk_has_now_stays() -> None:
    hall = given(c.ChangeCounter(counter="1", serves=("a2",), helps=()))
    hall.when(remove("a2")).refused("still-listed", section="counters", row="1")
    hall = given(skills.ChangeClerk(clerk="li", skills=("a2",)))
    hall.when(remove("a2")).refused("still-listed", section="clerks", row="李娜")


@pytest.mark.parametrize("entries", [{"serves": ("a2",)}, {"serves": ("B",), "helps": ("a2",)}])
def test_what_a_tide_names_stays(entries: dict[str, tuple[str, ...]]) -> None:
    tide = Tide(id="rush", queue="A", above=9, below=3, counters=("1",), **entries)
    given(setup=changed(tides=(tide,), version="1")).when(remove("a2")).refused("still-listed", section="tides", row="rush")
    given(setup=changed(tides=(tide,), version="1")).when(remove("b2")).does()


def test_the_last_service_stays() -> None:
    one = changed(
        services=(A1,), packages=(), version="1",
        counters=tuple(msgspec.structs.replace(x, serves=("A",), helps=()) for x in SETUP.counters),
    )  # fmt: skip
    assert given(setup=one).when(remove("a1")).outcome.code == "bad-catalogue"


def test_what_an_application_that_is_not_accepted_needs_stays() -> None:
    hall = serving("b1", receive(), v.FinishService(counter="1"))
    version = hall.hall.setup.version
    hall.when(remove("b1", version)).refused("still-needed", number=CASE)
    fewer = tuple(one for one in hall.hall.setup.services if one.id != "b1")
    without = msgspec.structs.replace(hall.hall.setup, services=fewer)
    hall.when(s.ImportSetup(digest="x", text="", setup=without)).refused("still-needed", number=CASE)


# ------------------------------------------------------------------ packages


def test_a_package_is_changed_and_added() -> None:
    new = msgspec.structs.replace(BIRTH, services=("a1", "b1"))
    hall = given().when(cc.ChangePackage(package=new, base="1")).then(
        cc.PackageChanged(version=FIRST, package=new, was=BIRTH)
    )  # fmt: skip
    another = Package(id="move", name=Name(zh="搬家", en="Moving"), services=("a2",))
    hall.when(cc.ChangePackage(package=another, base=FIRST)).then(
        cc.PackageChanged(version="2026-01-05.2", package=another)
    )
    as_if_anew(hall)


@pytest.mark.parametrize(("services", "code"), [((), "package-empty"), (("a1", "nope"), "unknown")])
def test_a_package_of_nothing_is_refused(services: tuple[str, ...], code: str) -> None:
    outcome = given().when(cc.ChangePackage(package=msgspec.structs.replace(BIRTH, services=services), base="1")).outcome
    assert [problem["code"] for problem in outcome.values["problems"]] == [code]


# ------------------------------------------------------------------ versions


def test_versions_count_by_day_and_are_never_given_twice() -> None:
    hall = given()
    for number, name in enumerate(("一", "二", "三"), 1):
        hall.when(change(renamed(zh=name), hall.hall.setup.version)).does()
        assert hall.hall.setup.version == f"2026-01-05.{number}"
    hall.do(DAY // 60_000_000, s.Tick(), s.Tick())
    hall.when(change(renamed(zh="四"), "2026-01-05.3")).does()
    assert hall.hall.setup.version == "2026-01-06.1"


def test_a_hall_file_brings_its_own_version_when_it_is_a_new_one() -> None:
    hall = given()
    second = importing(TEXT.replace('version: "1"', 'version: "2"'))
    hall.when(second).does()
    assert hall.hall.setup.version == "2"
    hall.when(importing(TEXT.replace("甲一", "甲壹"))).does()  # "1" again, with other contents
    assert hall.hall.setup.version == FIRST
    hall.when(importing(TEXT.replace('version: "1"', 'version: "2026-01-09.7"'))).does()  # looks like one of ours
    assert hall.hall.setup.version == "2026-01-05.2"


def test_the_file_of_before_undoes_changes_and_is_a_version_of_its_own() -> None:
    hall = given(importing())
    hall.when(change(renamed(), hall.hall.setup.version)).does()
    hall.when(importing()).does(s.SetupImported)
    assert hall.hall.services["a1"] == A1
    assert hall.hall.setup.version == "2026-01-05.3"
    hall.when(importing()).then()  # the same file again changes nothing


def test_a_version_is_of_a_later_day_than_the_last_also_when_the_zone_moves_west() -> None:
    hall = given()
    hall.when(change(renamed())).does()
    hall.hall.revised_day = "2026-01-09"
    hall.when(change(renamed(zh="二"), FIRST)).does()
    assert hall.hall.setup.version == "2026-01-09.2"


# ------------------------------------------------------------------ the rest of the hall


def test_every_screen_is_told() -> None:
    hall = given()
    event = cc.ServiceChanged(version=FIRST, service=renamed(), was=A1)
    evolve(hall.hall, event, hall.now)
    assert topics.topics(hall.hall, event) == {"hall"}


def test_replaying_gives_the_same_hall() -> None:
    events = [
        cc.ServiceChanged(version=FIRST, service=renamed(), was=A1),
        cc.ServiceRemoved(version="2026-01-05.2", was=SETUP.services[3]),
        cc.PackageChanged(version="2026-01-05.3", package=msgspec.structs.replace(BIRTH, services=("b1",)), was=BIRTH),
        cc.PackageRemoved(version="2026-01-05.4", was=BIRTH),
    ]
    one, other = given(), given()
    for event in events:
        evolve(one.hall, event, one.now)
        evolve(other.hall, msgspec.json.decode(msgspec.json.encode(event), type=type(event)), other.now)
    assert msgspec.json.encode(one.hall) == msgspec.json.encode(other.hall)
