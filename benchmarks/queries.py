"""The questions that are asked, by class, chosen from what the paragraphs hold by a seed: nobody picks favourites."""

from __future__ import annotations

import random
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchmarks.engines.protocol import QuerySpec, Row
from indexer.analysis import HAN, STOP_WORDS, terms

SEED = 20171119
PER_CLASS = 20
_KEPT = 4000
"""Paragraphs that phrases, quotations and pairs of words are taken from."""
_WORD = re.compile(rf"[{HAN}]{{2,}}")

CLASSES = {
    "rare": "rare term: 2 paragraphs to 1 in 5,000",
    "common": "common term: 5 to 20 % of paragraphs, or the nearest to it",
    "head": "head term: the most frequent words of two characters or more",
    "and": "two terms, AND",
    "or": "three terms, OR",
    "not": "a term without another",
    "phrase2": "phrase of 2 words",
    "phrase4": "phrase of 4 words",
    "filtered": "term + city + five years",
    "prefix1": "beginning of 1 character",
    "prefix2": "beginning of 2 characters",
    "quotation": "exact quotation, cut anywhere",
}


@dataclass(frozen=True)
class Statistics:
    """What questions are chosen from: words by how many paragraphs hold them, and some of the paragraphs."""

    paragraphs: int
    spread: Counter[str]
    kept: Sequence[Row]

    @cached_property
    def _ordered(self) -> tuple[list[str], list[int]]:
        """The words, the most frequent first, and how many paragraphs do not hold each, ascending."""
        ordered = self.spread.most_common()
        return [word for word, _ in ordered], [self.paragraphs - count for _, count in ordered]

    def between(self, low: float, high: float) -> list[str]:
        """Return the words that so many paragraphs hold, the most frequent first."""
        words, lacking = self._ordered
        return words[bisect_left(lacking, self.paragraphs - high) : bisect_right(lacking, self.paragraphs - low)]

    def first(self, number: int) -> list[str]:
        """Return the most frequent words."""
        return self._ordered[0][:number]


def count_words(rows: Iterable[Row], seed: int = SEED) -> Statistics:
    """Count words that are asked for as they are: Han characters, two or more, that the analyzer cuts as one."""
    chance = random.Random(seed)
    spread: Counter[str] = Counter()
    kept: list[Row] = []
    number = -1
    for number, row in enumerate(rows):
        spread.update(list(dict.fromkeys(row.tokens.split(" "))))  # a set has another order in every process
        if len(kept) < _KEPT:
            kept.append(row)
        elif (at := chance.randint(0, number)) < _KEPT:  # reservoir sampling (Vitter 1985, algorithm R)
            kept[at] = row
    words = {word: count for word, count in spread.items() if _WORD.fullmatch(word) and terms(word) == (word,)}
    return Statistics(number + 1, Counter(words), kept)


def choose(statistics: Statistics, seed: int = SEED, per_class: int = PER_CLASS) -> dict[str, list[QuerySpec]]:
    """Return questions by class, the same for the same paragraphs; a class may have fewer where they hold no more."""
    return {name: _distinct(_MAKERS[name], statistics, random.Random(f"{seed} {name}"), per_class) for name in CLASSES}


_Maker = Callable[[Statistics, random.Random], QuerySpec | None]


def _distinct(make: _Maker, statistics: Statistics, chance: random.Random, wanted: int) -> list[QuerySpec]:
    found: dict[QuerySpec, None] = {}
    for _ in range(wanted * 50):
        spec = make(statistics, chance)
        if spec is not None:
            found[spec] = None
        if len(found) == wanted:
            break
    return list(found)


def _term(word: str) -> QuerySpec:
    return QuerySpec("and", (word,), word)


def _rare(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    words = statistics.between(2, max(4, statistics.paragraphs / 5000))
    return _term(chance.choice(words)) if words else None


def _common_words(statistics: Statistics) -> list[str]:
    words = statistics.between(0.05 * statistics.paragraphs, 0.2 * statistics.paragraphs)
    if len(words) < 8:
        below = [word for word in statistics.first(40) if statistics.spread[word] <= 0.2 * statistics.paragraphs]
        words = below[:20]
    return [word for word in words if word not in STOP_WORDS]


def _common(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    words = _common_words(statistics)
    return _term(chance.choice(words)) if words else None


def _head(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    words = statistics.first(5)
    return _term(chance.choice(words)) if words else None


def _middle(statistics: Statistics, row: Row) -> list[str]:
    """Return the words of a paragraph that 0.5 to 20 % of all hold."""
    low, high = 0.005 * statistics.paragraphs, 0.2 * statistics.paragraphs
    return sorted({word for word in row.tokens.split(" ") if low <= statistics.spread[word] <= high} - STOP_WORDS)


def _and(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    words = _middle(statistics, chance.choice(statistics.kept))
    if len(words) < 2:
        return None
    pair = tuple(chance.sample(words, 2))
    return QuerySpec("and", pair, " AND ".join(pair))


def _or(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    words = statistics.between(0.01 * statistics.paragraphs, 0.2 * statistics.paragraphs)
    if len(words) < 3:
        return None
    three = tuple(chance.sample(words, 3))
    return QuerySpec("or", three, " OR ".join(three))


def _not(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    words = _common_words(statistics)
    if len(words) < 2:
        return None
    wanted, unwanted = chance.sample(words, 2)
    return QuerySpec("and", (wanted,), f"{wanted} -{unwanted}", excluded=(unwanted,))


def _phrase(length: int) -> _Maker:
    def make(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
        row = chance.choice(statistics.kept)
        words = row.tokens.split(" ")
        if len(words) < length:
            return None
        at = chance.randint(0, len(words) - length)
        part = tuple(words[at : at + length])
        whole = "".join(part)
        # Nothing but Han characters that stand together, and are cut alike alone, can be asked of every engine.
        if not all(_WORD.fullmatch(word) for word in part) or whole not in row.text or terms(whole) != part:
            return None
        return QuerySpec("phrase", part, f"“{whole}”")

    return make


def _filtered(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    words = _common_words(statistics)
    row = chance.choice(statistics.kept)
    if not words or not row.city or not row.year:
        return None
    # Around a paragraph that is there: a city and years without any would be answered at once.
    word, first = chance.choice(words), row.year - chance.randint(0, 4)
    return QuerySpec("and", (word,), word, city=row.city, years=(first, first + 4))


def _prefix(length: int) -> _Maker:
    def make(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
        words = statistics.between(0.001 * statistics.paragraphs, statistics.paragraphs)
        if not words:
            return None
        stem = chance.choice(words)[:length]
        return QuerySpec("prefix", (stem,), f"{stem}*")

    return make


def _quotation(statistics: Statistics, chance: random.Random) -> QuerySpec | None:
    row = chance.choice(statistics.kept)
    runs = [run for run in re.findall(rf"[{HAN}]+", row.text) if len(run) >= 6]
    if not runs:
        return None
    run = chance.choice(runs)
    length = chance.randint(4, min(10, len(run)))
    at = chance.randint(0, len(run) - length)
    return QuerySpec("quotation", (run[at : at + length],), f"“{run[at : at + length]}”")


_MAKERS: dict[str, _Maker] = {
    "rare": _rare,
    "common": _common,
    "head": _head,
    "and": _and,
    "or": _or,
    "not": _not,
    "phrase2": _phrase(2),
    "phrase4": _phrase(4),
    "filtered": _filtered,
    "prefix1": _prefix(1),
    "prefix2": _prefix(2),
    "quotation": _quotation,
}
