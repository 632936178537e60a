"""How two words are like each other: by sound, by one character."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from indexer.pinyin import sounds_alike, sounds_near

Why = Literal["同音", "近音", "形近或错一字", "缺字", "多字", "颠倒"]


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
        return "缺字" if typed in without_one(word) else None
    if len(word) == len(typed) - 1 and len(word) > 1:
        inside = (typed[:at] + typed[at + 1 :] for at in range(1, len(typed) - 1))
        doubled = (typed[:at] + typed[at + 1 :] for at in range(1, len(typed)) if typed[at] == typed[at - 1])
        return "多字" if word in {*inside, *doubled} else None
    return None


def without_one(word: str) -> set[str]:
    """Return what is left of a word without one of its characters, each of them in turn.

    >>> sorted(without_one("双减"))
    ['减', '双']
    """
    return {word[:at] + word[at + 1 :] for at in range(len(word))}
