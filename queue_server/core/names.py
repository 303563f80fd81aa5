"""Finding names by what people type: Chinese, English, pinyin or its initials, from the beginning or from within.

Names are indexed by short grams, each with the ascending positions of the names that hold it. A search takes the rarest
gram of the query, checks the few names behind it and stops when it has enough, so a hundred times more names hardly
cost more time.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial

import msgspec
from pypinyin import lazy_pinyin

from .catalogue import Name

_WORD = re.compile(r"[^\W_]+")
_LAST = chr(0x10FFFF)
_LITERAL = "="  # marks a run that is no Chinese and is kept whole among the initials
_NONE = array("I")
Fits = Callable[[int], bool]  # is the name at a position wanted?

# Kinds of gram. Chinese and initials may be hit anywhere, pinyin and English where a syllable or a word begins.
_START, _CHINESE, _INITIALS, _SPOKEN = "^", "z", "i", "w"
_START_LENGTHS, _CHINESE_LENGTHS, _INITIALS_LENGTHS, _SPOKEN_LENGTHS = (1, 2, 3, 6), (1, 2), (2, 3), (1, 2, 3, 6)


class Entry(msgspec.Struct, frozen=True):
    """Something with a name. ``aliases``: other words for it, found like the name."""

    id: str
    name: Name
    aliases: tuple[str, ...] = ()


class _Texts(msgspec.Struct, frozen=True, gc=False):
    """One name as it is searched. Several readings (name, aliases) stand on lines of their own."""

    chinese: str
    english: str  # words parted by spaces
    spoken: str  # syllables parted by spaces
    initials: str

    def lines(self) -> Iterator[str]:
        for text in (self.chinese, self.english, self.spoken, self.initials):
            yield from text.replace(" ", "").split("\n")


_NOTHING = _Texts("", "", "", "")


def words(text: str) -> list[str]:
    """``text`` without case, width and punctuation, in words. Chinese parted by nothing is one word."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v").replace("'", "")
    return _WORD.findall(folded)


class Query:
    """What somebody typed, made ready to be looked for."""

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = terms
        self.whole = "".join(terms)
        self.ascii = self.whole.isascii() and len(self.whole) > 1
        spelled = (" ?".join(map(re.escape, term)) for term in terms)
        self._spoken = re.compile(r"(?:^|[ \n])" + " ".join(spelled))

    def in_texts(self, texts: _Texts) -> bool:
        """Is it part of the Chinese or the initials, or where a syllable or an English word begins?"""
        if self.whole in texts.chinese:
            return True
        if not self.ascii:
            return False
        return self.whole in texts.initials or any(map(self._spoken.search, (texts.spoken, texts.english)))


class Names:
    """A searchable list of names. Hits are positions in the list, ascending.

    One name is put in or taken out in place; where one was taken out a gap stays, so that positions never move.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._ids = ["".join(words(entry.id)) for entry in entries]
        self._texts = [_texts(entry) for entry in entries]
        self._grams: dict[str, array[int]] = {}
        for at in range(len(entries)):
            for gram in self._grams_of(at):
                self._grams.setdefault(gram, array("I")).append(at)
        starts = sorted((line, at) for at in range(len(entries)) for line in self._lines(at))
        self._sorted = [line for line, _ in starts]
        self._sorted_at = array("I", (at for _, at in starts))

    def put(self, at: int, entry: Entry) -> None:
        """Another name at a position, or a new one at the end."""
        if at == len(self._ids):
            self._ids.append("")
            self._texts.append(_NOTHING)
        else:
            self.drop(at)
        self._ids[at], self._texts[at] = "".join(words(entry.id)), _texts(entry)
        for gram in self._grams_of(at):
            places = self._grams.setdefault(gram, array("I"))
            places.insert(bisect_left(places, at), at)
        for line in self._lines(at):
            place = self._place(line, at)
            self._sorted.insert(place, line)
            self._sorted_at.insert(place, at)

    def drop(self, at: int) -> None:
        """Take the name at a position out; taking out nothing changes nothing."""
        if self._texts[at] is _NOTHING:
            return
        for gram in self._grams_of(at):
            places = self._grams[gram]
            del places[bisect_left(places, at)]
        for line in self._lines(at):
            place = self._place(line, at)
            del self._sorted[place], self._sorted_at[place]
        self._ids[at], self._texts[at] = "", _NOTHING

    def _place(self, line: str, at: int) -> int:
        """Where a line of a name stands in the sorted list, or belongs."""
        low, high = bisect_left(self._sorted, line), bisect_right(self._sorted, line)
        return bisect_left(self._sorted_at, at, low, high)

    def exact(self, query: Query) -> Iterable[int]:
        """Names (or ids) that are the query."""
        low, high = bisect_left(self._sorted, query.whole), bisect_left(self._sorted, query.whole + "\0")
        return sorted(set(self._sorted_at[low:high]))

    def prefixed(self, query: Query, fits: Fits | None = None) -> Iterable[int]:
        """Names that begin with the query; with ``fits`` only those, which is asked before a name is read."""
        start = query.whole
        alike = self._grams.get(_START + start[: _longest(_START_LENGTHS, start)], _NONE)
        if len(start) in _START_LENGTHS:
            return _only(fits, alike)
        low, high = bisect_left(self._sorted, start), bisect_left(self._sorted, start + _LAST)
        if 2 * (high - low) < len(alike):
            return _only(fits, sorted(set(self._sorted_at[low:high])))
        return (at for at in _only(fits, alike) if any(line.startswith(start) for line in self._lines(at)))

    def holding(self, query: Query, fits: Fits | None = None) -> Iterator[int]:
        """Names that hold the query; ``fits`` as above."""
        candidates = self._candidates(query)
        streams = [self._checked(_only(fits, places), None if sure else query) for places, sure in candidates]
        return _once(streams[0] if len(streams) == 1 else heapq.merge(*streams))

    def holds(self, at: int, query: Query) -> bool:
        """Would this name be among the hits of :meth:`prefixed` or :meth:`holding`?"""
        if query.in_texts(self._texts[at]) or self._ids[at].startswith(query.whole):
            return True
        return len(query.whole) == 1 and any(line.startswith(query.whole) for line in self._lines(at))

    def loosely(self, query: Query, looks: int) -> Iterator[int]:
        """Names with the characters of the query in this order and others between, among ``looks`` candidates."""
        rarest, _ = self._rarest(_CHINESE, query.whole, (1,))
        return (at for at in rarest[:looks] if _in_order(query.whole, self._texts[at].chinese))

    def finder(self, query: Query) -> Fits:
        """:meth:`holds` for many positions: most are told by a look into the grams, without reading the name."""
        candidates = self._candidates(query)
        if not query.ascii and len(query.whole) == 2:  # a word of two characters is a gram: nothing else holds it
            return partial(_among, ascending=candidates[0][0])

        def holds(at: int) -> bool:
            found = [sure for places, sure in candidates if _among(at, places)]
            if True in found:
                return True
            if found or len(query.whole) == 1:
                return self.holds(at, query)
            return self._ids[at].startswith(query.whole)

        return holds

    def weight(self, query: Query) -> int:
        """How many names would have to be looked at for the query."""
        return sum(len(candidates) for candidates, _ in self._candidates(query))

    def _checked(self, candidates: Iterable[int], query: Query | None) -> Iterable[int]:
        if query is None:
            return candidates
        return (at for at in candidates if query.in_texts(self._texts[at]))

    def _candidates(self, query: Query) -> list[tuple[array[int], bool]]:
        """Positions among which all hits are, and whether they are hits for sure."""
        found = [self._rarest(_CHINESE, query.whole, _CHINESE_LENGTHS)]
        if query.ascii:
            found.append(self._rarest(_INITIALS, query.whole, _INITIALS_LENGTHS))
            found.append(self._spoken(query.terms))
        return found

    def _spoken(self, terms: Sequence[str]) -> tuple[array[int], bool]:
        """Each term begins a syllable or a word: the rarest such beginning."""
        grams = [term[: _longest(_SPOKEN_LENGTHS, term)] for term in terms]
        rarest = min((self._grams.get(_SPOKEN + gram, _NONE) for gram in grams), key=len)
        return rarest, grams == terms and len(terms) == 1

    def _rarest(self, kind: str, text: str, lengths: tuple[int, ...]) -> tuple[array[int], bool]:
        """The rarest of the longest grams in ``text``."""
        length = _longest(lengths, text)
        grams = [text[at : at + length] for at in range(len(text) - length + 1)] if length else []
        return min((self._grams.get(kind + gram, _NONE) for gram in grams), key=len, default=_NONE), len(grams) == 1

    def _lines(self, at: int) -> Iterator[str]:
        yield self._ids[at]
        yield from self._texts[at].lines()

    def _grams_of(self, at: int) -> set[str]:
        texts = self._texts[at]
        grams = {_START + line[:length] for line in self._lines(at) for length in _START_LENGTHS}
        for line in texts.chinese.split("\n"):
            grams.update(_grams(_CHINESE, line, range(len(line)), _CHINESE_LENGTHS))
        for line in texts.initials.split("\n"):
            grams.update(_grams(_INITIALS, line, range(len(line)), _INITIALS_LENGTHS))
        for line in (*texts.spoken.split("\n"), *texts.english.split("\n")):
            grams.update(_grams(_SPOKEN, line.replace(" ", ""), _starts(line), _SPOKEN_LENGTHS))
        return grams


def _longest(lengths: tuple[int, ...], text: str) -> int:
    """The longest gram of a kind that still fits into ``text``; 0 if none does."""
    return max((length for length in lengths if length <= len(text)), default=0)


def _texts(entry: Entry) -> _Texts:
    readings = (entry.name.zh, *entry.aliases)
    spoken = [_syllables(reading) for reading in readings]
    return _Texts(
        chinese="\n".join("".join(words(reading)) for reading in readings),
        english=" ".join(words(entry.name.en)),
        spoken="\n".join(line.replace(_LITERAL, "") for line in spoken),
        initials="\n".join("".join(map(_initial, line.split(" "))) for line in spoken),
    )


@lru_cache(maxsize=2**17)  # reading a long name takes 0.1 ms, and every change of the catalogue asks for all of them
def _syllables(text: str) -> str:
    """The syllables of ``text`` by the reading of its phrases (重庆: chong qing), other runs marked and whole."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    syllables = lazy_pinyin(folded, errors=lambda run: " ".join(_LITERAL + word for word in words(run)))
    return " ".join(syllable for syllable in syllables if syllable)


def _initial(syllable: str) -> str:
    return syllable[1:] if syllable.startswith(_LITERAL) else syllable[:1]


def _starts(line: str) -> Iterator[int]:
    """Where the words of a spaced line begin once its spaces are gone."""
    at = 0
    for word in line.split(" "):
        yield at
        at += len(word)


def _grams(kind: str, line: str, starts: Iterable[int], lengths: tuple[int, ...]) -> Iterator[str]:
    for start in starts:
        for length in lengths:
            if start + length <= len(line):
                yield kind + line[start : start + length]


def _only(fits: Fits | None, places: Iterable[int]) -> Iterable[int]:
    return places if fits is None else filter(fits, places)


def _among(at: int, ascending: array[int]) -> bool:
    place = bisect_left(ascending, at)
    return place < len(ascending) and ascending[place] == at


def _in_order(signs: str, text: str) -> bool:
    at = 0
    for sign in signs:
        at = text.find(sign, at) + 1
        if not at:
            return False
    return True


def _once(ascending: Iterable[int]) -> Iterator[int]:
    last = -1
    for at in ascending:
        if at != last:
            yield at
        last = at
