"""Which words of an index are like what was typed: by sound, by one character, by letters of pinyin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from heapq import nsmallest
from importlib import resources
from typing import Literal

from indexer.analysis import HAN
from indexer.pinyin import blur, readings, sounds_alike, sounds_near

Why = Literal["同音", "近音", "形近或错一字", "缺字", "多字", "颠倒"]

LONGEST = 8
"""Characters of the longest words that are compared: longer ones (names of ministries) are 1 in 1,000."""
_HAN_WORD = re.compile(rf"[{HAN}]{{2,{LONGEST}}}")


@cache
def _shapes() -> Mapping[str, frozenset[str]]:
    """Return the characters that each everyday character may be taken for."""
    rows = resources.files("indexer.data").joinpath("confusables.txt").read_text("utf-8").splitlines()
    rows += resources.files("indexer.data").joinpath("components.tsv").read_text("utf-8").splitlines()
    alike: dict[str, set[str]] = defaultdict(set)
    for group in (row for row in rows if not row.startswith("#")):
        # Of components.tsv the last column: everyday characters that share a phonetic.
        family = group.split("\t")[-1]
        for char in family:
            alike[char].update(family)
    return {char: frozenset(others) for char, others in alike.items()}


def look_alike(one: str, other: str) -> bool:
    """Whether two different characters are easily taken for each other.

    >>> look_alike("治", "冶"), look_alike("师", "帅"), look_alike("师", "长")
    (True, True, False)
    """
    return one != other and other in _shapes().get(one, ())


def likeness(typed: str, word: str) -> Why | None:
    """Say how a word differs from what was typed, ``None`` if it is the same or not like it.

    One wrong character counts from four characters on, of two or three only if it looks like the right one (教共体 is
    not 教联体). A surplus character counts inside a word or doubled, not before or behind it, where it may be a word of
    its own.

    >>> likeness("心里", "心理"), likeness("留手", "留守"), likeness("控缀保学", "控辍保学"), likeness("凌欺", "欺凌")
    ('同音', '同音', '形近或错一字', '颠倒')
    >>> likeness("随子女", "随迁子女"), likeness("留守的儿童", "留守儿童"), likeness("高中部", "高中")
    ('缺字', '多字', None)
    """
    if typed == word:
        return None
    if len(typed) == len(word):
        if sounds_alike(typed, word):
            return "同音"
        if sounds_near(typed, word):
            return "近音"
        differing = [at for at, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]
        if len(differing) == 2 and differing[1] == differing[0] + 1 and sorted(typed) == sorted(word):
            return "颠倒"
        if len(differing) == 1 and (len(word) > 3 or look_alike(typed[differing[0]], word[differing[0]])):
            return "形近或错一字"
        return None
    if len(word) == len(typed) + 1:
        return "缺字" if typed in _without_one(word) else None
    if len(word) == len(typed) - 1 and len(word) > 1:
        inside = (typed[:at] + typed[at + 1 :] for at in range(1, len(typed) - 1))
        doubled = (typed[:at] + typed[at + 1 :] for at in range(1, len(typed)) if typed[at] == typed[at - 1])
        return "多字" if word in {*inside, *doubled} else None
    return None


def _without_one(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


class WordForms:
    """The Han words of an index by what they are like; tables are made when first asked for."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary

    def alike(self, typed: str) -> Iterator[tuple[str, Why]]:
        """Yield the words that differ from ``typed`` as :func:`likeness` says, each once, in no order."""
        found: dict[str, None] = {}
        for reading in readings(typed):
            found.update(dict.fromkeys(self._by_sound.get("".join(map(blur, reading)), ())))
        if len(typed) > 1:
            for variant in _without_one(typed):
                found.update(dict.fromkeys(self._by_gap.get(variant, ())))
                if variant in self._vocabulary:
                    found[variant] = None
        found.update(dict.fromkeys(self._by_gap.get(typed, ())))
        for at in range(len(typed) - 1):
            swapped = typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
            if swapped in self._vocabulary:
                found[swapped] = None
        for word in found:
            why = likeness(typed, word)
            if why is not None:
                yield word, why

    def sounding(self, letters: str) -> list[str]:
        """Return the words whose pinyin is these letters or whose syllables begin with them, most frequent first."""
        return self._ranked([*self._by_letters.get(letters, ()), *self._by_initials.get(letters, ())])

    def spelt(self, letters: str) -> list[str]:
        """Return the words whose pinyin is exactly these letters, most frequent first."""
        return self._ranked(self._by_letters.get(letters, []))

    def beginning(self, letters: str, most: int) -> list[str]:
        """Return at most ``most`` words whose pinyin or whose initials begin with these letters, most frequent first.

        >>> WordForms({"随迁子女": 5, "随班就读": 2, "教育": 90}).beginning("sui", 8)
        ['随迁子女', '随班就读']
        """
        found = {
            word
            for table in (self._letters, self._initials)
            for _, word in table[bisect_left(table, (letters,)) : bisect_left(table, (letters + "{",))]
        }
        return nsmallest(most, found, key=self._rank)

    def _ranked(self, words: list[str]) -> list[str]:
        return sorted(dict.fromkeys(words), key=self._rank)

    def _rank(self, word: str) -> tuple[int, str]:
        return -self._vocabulary[word], word

    @cached_property
    def _words(self) -> list[str]:
        return [word for word in self._vocabulary if _HAN_WORD.fullmatch(word)]

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        return _grouped(
            (key, word) for word in self._words for key in {"".join(map(blur, reading)) for reading in readings(word)}
        )

    @cached_property
    def _by_gap(self) -> dict[str, list[str]]:
        return _grouped((variant, word) for word in self._words for variant in _without_one(word))

    @cached_property
    def _letters(self) -> list[tuple[str, ...]]:
        return sorted((key, word) for word in self._words for key in {"".join(each) for each in readings(word)})

    @cached_property
    def _initials(self) -> list[tuple[str, ...]]:
        return sorted(
            (key, word) for word in self._words for key in {"".join(s[0] for s in each) for each in readings(word)}
        )

    @cached_property
    def _by_letters(self) -> dict[str, list[str]]:
        return _grouped(self._letters)

    @cached_property
    def _by_initials(self) -> dict[str, list[str]]:
        return _grouped(self._initials)


def _grouped(pairs: Iterable[tuple[str, ...]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, word in pairs:
        groups[key].append(word)
    return dict(groups)
