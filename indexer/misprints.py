"""Read misprints by look-alikes that are common characters themselves: 末成年人, 毛人学率, 防冶, 城乡-体化.

Such a character is right nearly everywhere, so it is read as another only on the strictest evidence:

1. the two are a listed pair (``~`` in ``misprints.tsv``);
2. with the other in its place the best cut has a dictionary word of three or more characters there, or a listed phrase
   (``+``), which begins and ends where words of the cut as it stands begin and end, and needs fewer words in all;
3. as it stands, the character is a word by itself there and no word of two or more covers it. A listed phrase of three
   or more that could mean nothing else (投入力度) may hold such words (人力); they must not reach out of it;
4. what it leaves of the word does not make sense alone: 从北京入校 is not 北京人. Where it does (末 + 成年人), the word
   must be a listed phrase and what stands beyond the character a word too;
5. exactly one reading does so.

All functions take folded text and answer with positions in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

from indexer import lexicon
from indexer.lookalikes import HAN, read_misprints
from indexer.neighbours import SURNAMES, Run, boundaries, is_covered, token_at

WORD, PHRASE, COLLOCATION = "word", "phrase", "collocation"

# A word settles the cut within two words on either side.
_REACH = 10
_LONGEST = 6

# Words of three that are seldom in jieba's corpus prove nothing: many are names.
_PROOF = 20

_RUN = re.compile(f"[{HAN}]+(?: [{HAN}]+)*")
_NUMERALS = "〇一二三四五六七八九十百千万年月日"
_DASH = re.compile(f"(?<=[{HAN}])(?<![{_NUMERALS}])-(?=[{HAN}])(?![{_NUMERALS}])")

# Single words that may follow or precede a listed phrase of which the wrong character is the last or first.
_JOINING = frozenset("和与及或并等将在对的")

# What places, institutions and people are called: 大平镇 is no misprint of 太平镇.
_NAME_ENDS = frozenset(
    "省市县区旗镇乡村里路街巷桥山岭峰沟谷江河湖海港湾岛洲屯寨庄堡店坊桥关井泉坪坝塘坡岗集寺庙宫殿塔氏派族"
)
_MORE_SURNAMES = frozenset("于万方石任江史陶洪文金白高夏邢安常武康温乔龙赖")


def _is_name(word: str) -> bool:
    return len(word) == 3 and (word[-1] in _NAME_ENDS or word[0] in SURNAMES | _MORE_SURNAMES)


def _singles(run: Run) -> Iterator[int]:
    """Yield the places of listed characters that the cut leaves alone."""
    tables = read_misprints()
    at = 0
    for token in lexicon.cut(run.text):
        if len(token) == 1 and token in tables.alike and token not in tables.free:
            yield at
        at += len(token)


class _Place:
    """One place of a run with what stands around it, cut as it is."""

    def __init__(self, run: Run, at: int) -> None:
        self.low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
        self.run, self.window, self.at = run, run.text[self.low : high], at - self.low
        self.before = lexicon.cut(self.window)
        self.ends = boundaries(self.before)

    def read_with(self, meant: str) -> tuple[str, list[str]]:
        swapped = self.window[: self.at] + meant + self.window[self.at + 1 :]
        return swapped, lexicon.cut(swapped)

    def is_torn(self, start: int, end: int) -> bool:
        """Whether spaces stand within, or the cut as it is runs over an end."""
        return start not in self.ends or end not in self.ends or self.run.gap_within(self.low + start, self.low + end)

    def loose(self, start: int, end: int) -> int:
        """Count the single characters between two ends of words."""
        inside = sorted(each for each in self.ends if start <= each <= end)
        return sum(high - low == 1 for low, high in pairwise(inside))

    def is_named(self, start: int) -> bool:
        """Whether two characters may be a given name, or the beginning of a name."""
        return self.window[start] in SURNAMES or (start > 0 and self.window[start - 1] in SURNAMES)

    def is_severed(self, start: int, end: int) -> bool:
        """Whether the character is at an end, often a word by itself, and what is left ends in a word: 工作 + 目."""
        if self.window[self.at] not in read_misprints().free or start < self.at < end - 1:
            return False
        begin, stop = token_at(self.before, self.at - 1 if self.at == end - 1 else self.at + 1)
        return stop - begin > 1

    def is_sheltered(self, start: int, end: int) -> bool:
        """Whether nothing beyond the outer side of the character can make a word or a clause with it."""
        sides = []
        if self.at == end - 1 and end < len(self.window):
            sides.append(token_at(self.before, end))
        if self.at == start and start > 0:
            sides.append(token_at(self.before, start - 1))
        return all(stop - begin > 1 or self.window[begin] in _JOINING for begin, stop in sides)


def _read_by_word(place: _Place, meant: str) -> bool | None:
    """Whether a dictionary word of three or more proves the character; ``None`` if there is one that does not."""
    swapped, after = place.read_with(meant)
    start, end = token_at(after, place.at)
    if end - start < 3 or len(after) >= len(place.before) or place.is_torn(start, end):
        return False
    if is_covered(place.window, place.at) or place.window[start:end] in read_misprints().correct:
        return False
    word = swapped[start:end]
    listed = word in lexicon.domain_words()
    if not listed and (_is_name(word) or (len(word) == 3 and lexicon.frequencies().get(word, 0) < _PROOF)):
        return False
    return True if place.loose(start, end) > 1 and place.is_sheltered(start, end) else None


def _read_by_phrase(place: _Place) -> dict[str, bool | None]:
    """Return what listed phrases read for the character: proved, or ``None`` if a neighbour may be at fault."""
    found: dict[str, bool | None] = {}
    for offset, wrong, meant in read_misprints().phrases.get(place.window[place.at], ()):
        start = place.at - offset
        end = start + len(wrong)
        if start < 0 or place.window[start:end] != wrong or place.is_torn(start, end):
            continue
        if len(wrong) == 2 and (place.loose(start, end) < 2 or is_covered(place.window, place.at)):
            continue
        if place.is_severed(start, end) or (len(wrong) == 2 and place.is_named(start)):
            continue
        found[meant] = found.get(meant) or place.is_sheltered(start, end) or None
    return found


def _resolve(run: Run, at: int, *, alone: bool) -> tuple[dict[str, str], bool]:
    """Return the proved readings of one character, each with its rule, and whether there is reason for doubt."""
    place = _Place(run, at)
    verdicts = {meant: (verdict, PHRASE) for meant, verdict in _read_by_phrase(place).items()}
    if alone:
        for meant in read_misprints().alike.get(run.text[at], ""):
            if meant not in verdicts or not verdicts[meant][0]:
                verdict = _read_by_word(place, meant)
                if verdict is not False:
                    verdicts[meant] = (verdict, WORD)
    return {meant: rule for meant, (verdict, rule) in verdicts.items() if verdict}, bool(verdicts)


def _dashes(folded: str) -> Iterator[int]:
    """Yield the dashes that stand for 一 in a word (城乡-体化) whose rest is none."""
    for match in _DASH.finditer(folded):
        at = match.start()
        left = folded[max(0, at - _REACH) : at]
        right = folded[at + 1 : at + 1 + _REACH]
        left = re.split(f"[^{HAN}]", left)[-1]
        right = re.split(f"[^{HAN}]", right)[0]
        after = lexicon.cut(left + "一" + right)
        start, end = token_at(after, len(left))
        if end - start < 3:
            continue
        rest = [left[start:], right[: end - len(left) - 1]]
        if not any(len(part) > 1 and lexicon.is_word(part) for part in rest):
            yield at


def _read_by_collocation(folded: str) -> Iterator[tuple[int, str]]:
    for meant, printed, before, behind in read_misprints().collocations:
        at = folded.find(printed)
        while at >= 0:
            if behind.match(folded, at + 1) and before.search(folded[max(0, at - _REACH) : at]):
                yield at, meant
            at = folded.find(printed, at + 1)


def find_misprints(folded: str) -> tuple[dict[int, tuple[str, str]], list[int]]:
    """Return the misprints by position, each with what is meant and the rule, and the places that lack proof.

    >>> find_misprints("末成年人保护,加大投人力度")
    ({0: ('未', 'phrase'), 10: ('入', 'phrase')}, [])
    >>> find_misprints("学期末成年人教育,让幼儿圆梦,从北京入校")
    ({}, [])
    """
    found, unsure = _found_before(folded) if len(folded) < _LONG else _find(folded)
    return dict(found), list(unsure)


_LONG = 2000
"""Characters from which a text is looked through anew each time: what is kept stays below a few megabytes."""


@lru_cache(2048)
def _found_before(folded: str) -> tuple[dict[int, tuple[str, str]], list[int]]:
    """Keep the paragraphs of a document: each is looked through when it is folded, and twice more for what is doubtful.

    A third of the time of reading is saved so.
    """
    return _find(folded)


def _find(folded: str) -> tuple[dict[int, tuple[str, str]], list[int]]:
    tables = read_misprints()
    found = dict.fromkeys(_dashes(folded), ("一", WORD)) if "-" in folded else {}
    found |= {at: (meant, COLLOCATION) for at, meant in _read_by_collocation(folded)}
    unsure = []
    for match in _RUN.finditer(folded):
        if len(match[0]) < 2:
            continue
        low = match.start()
        if " " in match[0]:
            places: tuple[int, ...] | range = tuple(at for at in range(*match.span()) if folded[at] != " ")
        else:
            places = range(low, match.end())
        run = Run(match[0].replace(" ", ""), places)
        alone = set(_singles(run))
        hits = {at for at in alone if any(_may_be_word(run.text, at, meant) for meant in tables.alike[run.text[at]])}
        hits |= set(_in_phrases(run.text))
        for at in sorted(hits):
            readings, doubtful = _resolve(run, at, alone=at in alone)
            if len(readings) == 1:
                found[run.places[at]] = readings.popitem()
            elif doubtful:
                unsure.append(run.places[at])
    return found, unsure


def _may_be_word(text: str, at: int, meant: str) -> bool:
    """Whether any word of three or more covers the place when it is read so: quick, and mostly no."""
    left, right = text[max(0, at - _LONGEST + 1) : at], text[at + 1 : at + _LONGEST]
    for before in range(len(left) + 1):
        head = left[len(left) - before :] + meant
        for behind in range(max(0, 2 - before), min(len(right), _LONGEST - 1 - before) + 1):
            if lexicon.is_word(head + right[:behind]):
                return True
    return False


def _in_phrases(text: str) -> Iterator[int]:
    """Yield the places of wrong characters inside listed phrases."""
    pairs = _pairs()
    for at in range(len(text) - 1):
        for place in pairs.get(text[at : at + 2], ()):
            if _begins_phrase(text, at + place):
                yield at + place


@cache
def _pairs() -> dict[str, tuple[int, ...]]:
    """Return the pairs of characters that hold a wrong one in a listed phrase, with where in the pair: most of a text
    has none of them, and needs one look-up a character.
    """
    places: dict[str, set[int]] = {}
    for rows in read_misprints().phrases.values():
        for offset, wrong, _ in rows:
            if offset:
                places.setdefault(wrong[offset - 1 : offset + 1], set()).add(1)
            else:
                places.setdefault(wrong[:2], set()).add(0)
    return {pair: tuple(sorted(where)) for pair, where in places.items()}


def _begins_phrase(text: str, at: int) -> bool:
    return any(
        offset <= at and text[at - offset : at - offset + length] in phrases
        for offset, length, phrases in _phrases_of(text[at])
    )


@cache
def _phrases_of(char: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """Return the listed phrases of a character by where it stands in them and how long they are: a slice is looked up
    a hundred times faster than thousands of phrases are tried.
    """
    grouped: dict[tuple[int, int], set[str]] = {}
    for offset, wrong, _ in read_misprints().phrases[char]:
        grouped.setdefault((offset, len(wrong)), set()).add(wrong)
    return tuple((offset, length, frozenset(phrases)) for (offset, length), phrases in grouped.items())
