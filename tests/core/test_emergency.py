"""Staff call for help."""

import pytest
from case_hall import sleep
from factory import clerk, given, staffed

from queue_server.core import emergency as e

LI, BOSS = clerk("li"), clerk("boss")


def test_who_where_who_is_coming_and_the_end() -> None:
    hall = given(staffed("3", "li"))
    hall.when(e.CallEmergency(counter="3", kind="medical"), by=LI).then(
        e.EmergencyCalled(emergency="e1", kind="medical", by="li", counter="3", zone="B")
    )
    hall.when(e.CallEmergency(counter="3"), by=LI).then()
    hall.when(e.AnswerEmergency(emergency="e1"), by=BOSS).then(e.EmergencyAnswered(emergency="e1", by="boss"))
    hall.when(e.AnswerEmergency(emergency="e1"), by=BOSS).then()
    hall.when(e.EndEmergency(emergency="e1", note="sealed"), by=LI).then(
        e.EmergencyEnded(emergency="e1", by="li", note="sealed")
    )
    (found,) = hall.hall.emergencies
    assert (found.coming, found.ended, found.ended_by, found.note) == (("boss",), hall.now, "li", "sealed")
    hall.when(e.AnswerEmergency(emergency="e1")).refused("emergency-ended", by="li")
    hall.when(e.EndEmergency(emergency="e2")).refused("unknown-emergency")
    hall.when(e.CallEmergency(counter="3"), by=LI).does(e.EmergencyCalled)


def test_help_that_turns_out_to_be_a_fire_is_another_call() -> None:
    hall = given(staffed("3", "li")).do(e.CallEmergency(counter="3"))
    hall.when(e.CallEmergency(counter="3", kind="fire"), by=LI).does(e.EmergencyCalled)
    hall.when(e.CallEmergency(counter="3", kind="fire"), by=LI).then()
    hall.when(e.CallEmergency(counter="3"), by=LI).then()
    assert [one.kind for one in hall.hall.emergencies] == ["help", "fire"]


def test_from_a_zone_or_a_place_in_words() -> None:
    hall = given().do(e.CallEmergency(zone="A"), e.CallEmergency(place=" 门口 "))
    assert [(x.zone, x.place) for x in hall.hall.emergencies] == [("A", None), (None, "门口")]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (e.CallEmergency(), "no-place"),
        (e.CallEmergency(place=" "), "no-place"),
        (e.CallEmergency(place="x" * 65), "no-place"),
        (e.CallEmergency(place="a\nb"), "no-place"),
        (e.CallEmergency(zone="X"), "unknown-zone"),
        (e.CallEmergency(counter="9"), "unknown-counter"),
    ],
)
def test_nobody_can_come_to_nowhere(command: e.CallEmergency, code: str) -> None:
    given().when(command).refused(code)


def test_over_night_what_is_over_is_forgotten_and_ids_go_on() -> None:
    hall = given(e.CallEmergency(zone="A"), e.CallEmergency(zone="B"), e.EndEmergency(emergency="e1"))
    sleep(hall)
    assert [x.id for x in hall.hall.emergencies] == ["e2"]
    assert hall.when(e.CallEmergency(zone="A")).events[0].emergency == "e3"
