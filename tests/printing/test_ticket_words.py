import pytest

from queue_server.printing.ticket_words import WORDS, ahead_fact, say, wait_fact


@pytest.mark.parametrize(
    ("wait", "zh", "en"),
    [
        ((30, 45), "30–45 分", "30–45 min"),
        ((1, 4), "5 分钟内", "under 5 min"),
        ((0, 12), "12 分钟内", "under 12 min"),
        ((8, 8), "8 分钟内", "under 8 min"),
        ((0, 0), "5 分钟内", "under 5 min"),
    ],
)
def test_a_wait_is_a_range_or_a_bound_but_never_one_figure(wait: tuple[int, int], zh: str, en: str) -> None:
    assert wait_fact(wait, "zh").value == zh
    assert wait_fact(wait, "en").value == en


def test_ahead_counts_people() -> None:
    assert [ahead_fact(n, "en").value for n in (0, 1, 2)] == ["0 people", "1 person", "2 people"]
    assert ahead_fact(1, "zh").value == "1 人"


def test_the_tickets_language_leads() -> None:
    assert say("place.zone", "zh", zone="B") == ("请在 B 区等", "Wait in zone B")
    assert say("place.zone", "en", zone="B") == ("Wait in zone B", "请在 B 区等")


def test_every_text_has_both_languages_and_the_same_blanks() -> None:
    for key, name in WORDS.items():
        assert name.zh and name.en, key
        assert [part for part in name.zh if part in "{}"] == [part for part in name.en if part in "{}"], key
