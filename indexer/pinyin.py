"""How Chinese words sound: toneless pinyin, from a table of characters (``data/pinyin.tsv``)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from itertools import islice, product

READINGS = 8
"""Readings that a word is known by at most; each character with two readings doubles them."""

# What speakers of many dialects, and hence those who type by ear, do not tell apart: initials, then finals.
_NEAR_INITIAL = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
_NEAR_FINAL = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    rows = resources.files("indexer.data").joinpath("pinyin.tsv").read_text("utf-8").splitlines()
    fields = [row.split("\t") for row in rows if not row.startswith("#")]
    for column in (1, 2):
        for row in fields:
            for char in row[column]:
                known[char] = (*known.get(char, ()), row[0])
    return known


@cache
def characters_by_sound() -> dict[str, str]:
    """Return the characters that may be read as each blurred syllable (see :func:`blur`).

    >>> "惠" in characters_by_sound()["hui"], "治" in characters_by_sound()["zi"]
    (True, True)
    """
    known: dict[str, str] = {}
    for char, syllables in _table().items():
        for key in dict.fromkeys(map(blur, syllables)):
            known[key] = known.get(key, "") + char
    return known


def syllables(char: str) -> tuple[str, ...]:
    """Return the toneless syllables of a folded character, the usual one first, none if it is not known.

    >>> syllables("校"), syllables("女"), syllables("%")
    (('xiao', 'jiao'), ('nv',), ())
    """
    return _table().get(char, ())


@lru_cache(maxsize=8192)
def readings(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to read a folded word, each as its syllables, at most ``READINGS``; none if a character is odd.

    >>> readings("学校")
    (('xue', 'xiao'), ('xue', 'jiao'))
    """
    each = [syllables(char) for char in word]
    return tuple(islice(product(*each), READINGS)) if all(each) else ()


@cache
def blur(syllable: str) -> str:
    """Return what a syllable and those that sound near it have in common.

    >>> blur("zheng"), blur("zen"), blur("nan"), blur("lang")
    ('zen', 'zen', 'lan', 'lan')
    """
    for one, other in _NEAR_INITIAL:
        if syllable.startswith(one):
            syllable = other + syllable[len(one) :]
            break
    for one, other in _NEAR_FINAL:
        if syllable.endswith(one):
            return syllable[: -len(one)] + other
    return syllable


def sounds_alike(one: str, other: str) -> bool:
    """Whether two folded words can be read alike, tones aside.

    >>> sounds_alike("心里", "心理"), sounds_alike("方控", "防空"), sounds_alike("政策", "整册")
    (True, True, True)
    """
    return len(one) == len(other) and all(
        a == b or set(syllables(a)) & set(syllables(b)) for a, b in zip(one, other, strict=True)
    )


def sounds_near(one: str, other: str) -> bool:
    """Whether two folded words sound alike to a speaker who blurs zh and z, n and l, ang and an and the like.

    >>> sounds_near("留手", "刘守"), sounds_near("免式", "免试"), sounds_near("教师", "教育")
    (True, True, False)
    """
    return len(one) == len(other) and all(
        a == b or set(map(blur, syllables(a))) & set(map(blur, syllables(b))) for a, b in zip(one, other, strict=True)
    )


def typed_pinyin(text: str) -> str | None:
    """Return typed pinyin as plain letters (tones, spaces and apostrophes dropped, ü as v), ``None`` if it is not.

    >>> typed_pinyin("suíqiān zǐnǚ"), typed_pinyin("Xi'an"), typed_pinyin("随迁"), typed_pinyin("pm2.5")
    ('suiqianzinv', 'xian', None, None)
    """
    plain = unicodedata.normalize("NFD", text.strip().lower()).replace("u\u0308", "v").replace("u:", "v")
    letters = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    letters = re.sub(r"[\s'’\-]+", "", letters)
    return letters if re.fullmatch(r"[a-z]+", letters) else None
