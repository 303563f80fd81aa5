"""Every word in both languages, every key that a template or a refusal needs, and the sentences about waits."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from markupsafe import Markup

from queue_server.core.refusals import Conflict, Invalid, NotFound, Refused
from queue_server.core.visits import Wait, Why
from queue_server.web import texts
from queue_server.web.words import LANGS, WORDS, catalogue, known, strong, t

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [path for room in ("queue_server/web", "displays", "counters") for path in (ROOT / room).rglob("*.html")]
SOURCES = [path for room in ("queue_server", "displays", "counters") for path in (ROOT / room).rglob("*.py")]
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
CODE = re.compile(r'\b(?:Conflict|Invalid|NotFound|NotAllowed|Unavailable|NotSignedIn|TooMany|BadBody)\(\s*"([a-z-]+)"')
BUILT = {  # codes that are put together: counter-{state}, ticket-not-{state}, and those of bare HTTP statuses
    *(f"counter-{state}" for state in ("closed", "free", "called", "serving", "paused")),
    *(f"ticket-not-{state}" for state in ("called", "serving", "waiting", "held", "missed")),
    "not-signed-in", "wrong-role", "wrong-origin", "unknown-hall", "bad-json", "bad-body", "body-too-large", "key-reused",
    "bad-key", "store-failed", "not-ready", "too-many-requests", "not-found", "method-not-allowed", "server-error",
    "bad-token", "wrong-ticket-key", "bad-limit", "bad-request",
}  # fmt: skip


def codes() -> set[str]:
    """Every code in the source, and those that are put together."""
    return BUILT | {code for path in SOURCES for code in CODE.findall(path.read_text("utf-8"))}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_words() -> None:
    zh, en = ({key.removesuffix(".one") for key in catalogue(lang)} for lang in LANGS)
    assert zh == en


def test_a_text_asks_for_the_same_values_in_both_languages() -> None:
    zh = catalogue("zh")
    wrong = {key for key, text in catalogue("en").items() if not fields(text) <= fields(zh[key.removesuffix(".one")])}
    assert wrong == set()


def test_no_chinese_is_left_in_the_english_of_the_visitors_pages() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    ours = ("kiosk.", "phone.", "refused.", "why.", "wait.", "error.", "enter.", "common.")
    found = {key for key, text in catalogue("en").items() if key.startswith(ours) and han.search(text)}
    assert found == {"common.language", "phone.language"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_key_in_a_template_has_words(path: Path) -> None:
    keys = re.findall(r'\b(?:t|zh|en|strong)\("([a-z0-9_.-]+)"[,)]', path.read_text("utf-8"))
    assert [key for key in keys if not known("zh", key)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_refusal_has_words(lang: str) -> None:
    missing = [code for code in codes() for part in ("title", "detail") if not known(lang, f"refused.{code}.{part}")]
    assert missing == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_rule_of_why_has_words(lang: str) -> None:
    rules = re.findall(r"\w+", Why.__annotations__["rule"].removeprefix("Literal"))
    assert len(rules) == 7
    assert [rule for rule in rules if not known(lang, f"why.{rule}")] == []


def test_one_is_said_differently_where_english_needs_it() -> None:
    assert t("en", "phone.ahead", count=1) == "1 person ahead"
    assert t("en", "phone.ahead", count=2) == "2 people ahead"
    assert t("zh", "phone.ahead", count=1) == "前面还有 1 人"


def test_values_are_escaped_when_the_text_is_markup() -> None:
    assert strong("zh", "phone.go", label="<7>") == Markup("请到 <b>&lt;7&gt;</b> 号窗口")
    assert t("zh", "phone.go", label=Markup("<i>7</i>")) == Markup("请到 <i>7</i> 号窗口")


def test_a_missing_key_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        t("zh", "no.such.key")


@pytest.mark.parametrize(
    ("wait", "zh", "en"),
    [
        (None, "", ""),
        (Wait(0, 0, 60), "现在不用排队", "no waiting now"),
        (Wait(30, 90, 200), "5 分钟内", "under 5 min"),
        (Wait(30, 300, 580), "10 分钟内", "under 10 min"),
        (Wait(480, 600, 900), "约 8–15 分钟", "about 8–15 min"),
        (Wait(1500, 2000, 2650), "约 25–45 分钟", "about 25–45 min"),
        (Wait(9000, 15_000, 20_000), "今天可能叫不到", "may not be called today"),
        (Wait(7800, 12_000, 42_300), "今天可能叫不到", "may not be called today"),
        (Wait(1600, 7_000, 15_000), "25 分钟以上", "over 25 min"),
        (Wait(30, 7_000, 15_000), "", ""),
    ],
)
def test_a_wait_is_a_range_or_a_sentence(wait: Wait | None, zh: str, en: str) -> None:
    assert (texts.wait_text("zh", wait), texts.wait_text("en", wait)) == (zh, en)


def test_no_waiting_is_never_said_beside_somebody_who_waits() -> None:
    short = Wait(0, 0, 60)
    assert texts.wait_text("zh", short, 2) == "5 分钟内" and texts.wait_state(short, 2) == "known"
    assert texts.wait_figure("en", short, 2) == ("under", "5", "min")
    assert texts.wait_text("zh", short) == "现在不用排队" and texts.wait_state(short) == "free"


def test_a_wait_of_a_view_reads_like_one_of_the_core() -> None:
    assert texts.wait_text("zh", {"low": 480, "likely": 600, "high": 900}) == "约 8–15 分钟"
    figure = texts.wait_figure("en", {"low": 30, "likely": 90, "high": 200})
    assert figure is not None and figure.short == "under 5"


@pytest.mark.parametrize("low", range(0, 7200, 97))
@pytest.mark.parametrize("width", [1, 59, 60, 200, 1800])
def test_rounding_never_narrows_the_range(low: int, width: int) -> None:
    first, last = texts.minutes_range(low, low + width)
    assert first * 60 <= low and last * 60 >= low + width and first < last


def test_a_refusal_is_said_with_its_values() -> None:
    opens = 1_795_482_000_000_000  # 2026-11-24 09:00 in Shanghai
    title, detail = texts.refusal_text("zh", Conflict("hall-closed", opens=opens))
    assert (title, detail) == ("现在不取号", "下次开门：11月24日 星期二 9:00。")
    assert "Tue 24 Nov 9:00" in texts.refusal_text("en", Conflict("hall-closed", opens=opens))[1]
    assert "办理中" in texts.refusal_text("zh", Conflict("ticket-not-waiting", number="A001", state="serving"))[1]
    assert "20" in texts.refusal_text("en", Conflict("too-early", number="A001", seconds=20))[1]
    assert "2 more times" in texts.refusal_text("en", Conflict("too-early", number="A001", calls=2))[1]


def test_a_refusal_never_becomes_a_fault() -> None:
    assert texts.refusal_text("zh", Refused("never-heard-of"))[0] == "出了点问题"
    assert "…" in texts.refusal_text("en", NotFound("unknown-counter"))[1]
    assert texts.refusal_text("en", Invalid("kind-without-queue", kind="no-kind"))[0]


def test_no_file_of_words_is_empty() -> None:
    assert all(path.stat().st_size for lang in LANGS for path in (WORDS / lang).glob("*.yaml"))


TOLD_APART = ("case.left.", "refused.")  # the key is worked out, and then told apart by what is counted, or what is known
SHAPE = re.compile(r"[a-z0-9_-]+\.[a-z0-9_.*-]*\*[a-z0-9_.*-]*|\*\.[a-z0-9_.-]+")  # ``desk.act.*``, ``*.short``


def _said() -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys as they stand in code, templates and scripts, and the shapes of those that are put together."""
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    pages = "\n".join(path.read_text("utf-8") for path in (*TEMPLATES, *SCRIPTS))
    built = {
        "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        for node in nodes
        if isinstance(node, ast.JoinedStr)
    }
    built |= {re.sub(r"\$\{[^{}]*\}", "*", found) for found in re.findall(r"`([^`\n]+)`", pages)}
    built |= {f"{start}*" for start in re.findall(r"[\"']([a-z0-9_.-]+)[\"']\s*[~+]", pages)}
    quoted = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    quoted |= set(re.findall(r"[\"']([a-z0-9_.-]+)[\"']", pages))
    shapes = [re.escape(one).replace(r"\*", "[a-z0-9_.-]*") for one in built if SHAPE.fullmatch(one)]
    return quoted, [re.compile(one) for one in shapes]


def test_every_word_is_said_somewhere() -> None:
    """What nobody says any more is taken out, in both languages."""
    quoted, shapes = _said()
    keys = {key.removesuffix(".one") for key in catalogue("zh") if not key.startswith(TOLD_APART)}
    assert sorted(key for key in keys - quoted if not any(shape.fullmatch(key) for shape in shapes)) == []
