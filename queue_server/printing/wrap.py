"""Breaking text into lines by measured width, Chinese and Latin mixed.

Chinese may break between any two characters, but not before closing or after opening punctuation, and better not
inside a common word; Latin breaks at spaces. A word longer than the line is cut, because paper does not scroll.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Measure = Callable[[str], int]

_CLOSING = "，。、；：？！）》」』】〉〕”’…·％"
_OPENING = "（《「『【〈〔“‘"
# Words of service names and notices that look wrong when torn; not a dictionary, and harmless where it errs.
_WORDS_TEXT = (
    "灵活就业 就业 失业 人员 社会保险 社会 保险 养老 医疗 工伤 生育 社保 医保 参保 登记 备案 申报 申领 申请 给付 "
    "核发 许可证 许可 证明 证书 审批 审核 变更 注销 补领 换领 转移 接续 居民 职工 城乡 基本 最低生活保障 补贴 "
    "救助 残疾人 老年人 不动产 公积金 提取 贷款 抵押 房屋 企业 个体工商户 个体 工商 营业执照 营业 经营 食品 卫生 "
    "税务 发票 户口 身份证 居住证 护照 出入境 机动车 驾驶证 工程 建筑 施工 规划 消防 验收 今天 有效 咨询台 咨询 "
    "没有 手机 工作人员 窗口 过号 作废 听叫号 看大屏 说一声 正门 进门 左手边 右手边 直走 左转 右转"
)
_WORDS = sorted(_WORDS_TEXT.split(), key=len, reverse=True)  # the longest match wins
_TOKEN = re.compile("|".join([*_WORDS, r"[!-~\u00a1-\u024f\u2013\u2014]+", r"\s", r"."]))
_BLANKS = re.compile(r"[ \t\r\n]+")  # not the wide Chinese space, which is set on purpose
ELLIPSIS = "…"


def wrap(text: str, width: int, measure: Measure) -> list[str]:
    """The fewest lines no wider than ``width``; at least one line, empty for empty text."""
    lines: list[str] = []
    line, used = "", 0
    for token in _tokens(text):
        size = measure(token)
        if used + size <= width:
            line, used = line + token, used + size
        elif not token.isspace():
            if line.strip():
                lines.append(line)
            *full, line = _cut(token, width, measure)
            lines.extend(full)
            used = measure(line)
    return [part.strip() for part in [*lines, line]]


def balance(text: str, width: int, measure: Measure) -> list[str]:
    """As few lines as :func:`wrap` needs, but of nearly equal width: for centred text."""
    lines = wrap(text, width, measure)
    if len(lines) == 1:
        return lines
    low, high = width // len(lines), width
    while high - low > 2:
        middle = (low + high) // 2
        if len(wrap(text, middle, measure)) == len(lines):
            high = middle
        else:
            low = middle
    return wrap(text, high, measure)


def clip(lines: list[str], lines_max: int, width: int, measure: Measure) -> list[str]:
    """At most ``lines_max`` lines; what is lost is shown by an ellipsis."""
    if len(lines) <= lines_max:
        return lines
    last = lines[lines_max - 1]
    while last and measure(last + ELLIPSIS) > width:
        last = last[:-1]
    return [*lines[: lines_max - 1], last.rstrip(_CLOSING + _OPENING + " ") + ELLIPSIS]


def _tokens(text: str) -> list[str]:
    """Unbreakable pieces: words, Latin runs, single characters with their punctuation, spaces."""
    tokens: list[str] = []
    opened = ""
    for token in _TOKEN.findall(_BLANKS.sub(" ", text)):
        if token in _OPENING:
            opened += token
        elif token in _CLOSING and tokens and not opened and not tokens[-1].isspace():
            tokens[-1] += token
        else:
            tokens.append(opened + token)
            opened = ""
    return [*tokens, opened] if opened else tokens


def _cut(token: str, width: int, measure: Measure) -> list[str]:
    """A piece wider than a line, cut by characters; one character always fits."""
    parts = [""]
    for character in token:
        if parts[-1] and measure(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts
