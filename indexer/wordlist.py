"""The words of an index with their counts, and by what they are like: sorted arrays, read where they lie.

A list is made once for each segment of a build and mapped from its file; several are read as one. So nothing is copied
or counted when an index is opened, and a change of the corpus costs a list of what changed.

=====================  ==============================================================================================
``words``              all words in order, as UTF-8, joined; ``words_starts``: where each begins, and the end
``counts``             how many paragraphs hold each, at least
``offered``            whether it may be suggested: a Han word, or Latin letters and digits
``sounds``             hashes of blurred readings, ascending, with ``sounds_words``, the number of the word each is of
``gaps``               hashes of what is left of a word without one of its characters, ascending; ``gaps_words``
``letters``            readings as letters, in order, joined; ``letters_starts``, ``letters_words``
``initials``           ... and the first letters of their syllables
=====================  ==============================================================================================

Only Han words of 2 to ``LONGEST`` characters are known by what they are like. A hash (CRC-32 of UTF-8) may be that of
another string: :func:`indexer.likeness.likeness` has the last word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import HAN
from indexer.errors import IndexBrokenError
from indexer.likeness import Why, likeness, without_one
from indexer.pinyin import blur, readings

LONGEST = 8
"""Characters of the longest words that are compared: longer ones (names of ministries) are 1 in 1,000."""
_COMPARED = re.compile(rf"[{HAN}]{{2,{LONGEST}}}")
_OFFERED = re.compile(rf"[{HAN}]{{2,12}}|(?=.*[a-z])[a-z0-9+.-]{{2,20}}")
_REMEMBERED = 1 << 14
"""Counts kept at hand: a misspelt clause asks for some hundreds, many of them more than once."""

Arrays = Mapping[str, NDArray[Any]]
Numbers = NDArray[np.integer[Any]]


def word_arrays(counts: Mapping[str, int]) -> dict[str, NDArray[Any]]:
    """Return the arrays of a list of words with their numbers of paragraphs."""
    words = sorted(counts)  # by code point, which is the order of UTF-8 too
    sounds: list[tuple[int, int]] = []
    gaps: list[tuple[int, int]] = []
    letters: list[tuple[bytes, int]] = []
    initials: list[tuple[bytes, int]] = []
    for number, word in enumerate(words):
        if not _COMPARED.fullmatch(word):
            continue
        gaps += [(_hash(variant), number) for variant in without_one(word)]
        ways = readings(word)
        sounds += [(_hash(key), number) for key in {"".join(map(blur, way)) for way in ways}]
        letters += [(key.encode(), number) for key in {"".join(way) for way in ways}]
        initials += [(key.encode(), number) for key in {"".join([each[0] for each in way]) for way in ways}]
    return {
        **joined("words", [word.encode() for word in words]),
        "counts": np.array([counts[word] for word in words], np.uint32),
        "offered": np.array([_OFFERED.fullmatch(word) is not None for word in words], np.bool_),
        **_hashed("sounds", sounds),
        **_hashed("gaps", gaps),
        **_spelt("letters", letters),
        **_spelt("initials", initials),
    }


def joined(name: str, strings: Sequence[bytes]) -> dict[str, NDArray[Any]]:
    """Return byte strings as two arrays: joined, and where each begins."""
    ends = np.cumsum([0, *map(len, strings)], dtype=np.int64).astype(np.uint32)
    return {name: np.frombuffer(b"".join(strings), np.uint8), f"{name}_starts": ends}


def _hashed(name: str, pairs: list[tuple[int, int]]) -> dict[str, NDArray[Any]]:
    array = np.array(pairs, np.int64).reshape(-1, 2)
    array = array[np.lexsort((array[:, 1], array[:, 0]))].astype(np.uint32)
    return {name: array[:, 0].copy(), f"{name}_words": array[:, 1].copy()}


def _spelt(name: str, pairs: list[tuple[bytes, int]]) -> dict[str, NDArray[Any]]:
    pairs.sort()
    keys = joined(name, [key for key, _ in pairs])
    return {**keys, f"{name}_words": np.array([number for _, number in pairs], np.uint32)}


def _hash(text: str) -> int:
    return crc32(text.encode())


class Strings:
    """Byte strings in order, joined (:func:`joined`): found by binary search."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        octets, ends = arrays[name], arrays[f"{name}_starts"]
        if not len(ends) or ends[-1] != len(octets):
            raise IndexBrokenError(f"the {name} of the index are damaged; run `yaodian index --rebuild`")
        # A memoryview gives Python's own numbers at a third of the cost of numpy's scalars.
        self._octets, self._ends = octets.data, ends.data
        self.count = len(ends) - 1

    def __getitem__(self, number: int) -> bytes:
        """Return a string by its number."""
        return bytes(self._octets[self._ends[number] : self._ends[number + 1]])

    def at_least(self, key: bytes) -> int:
        """Return the number of the first string that is not before this one, ``count`` if all are."""
        return bisect_left(range(self.count), key, key=self.__getitem__)

    def find(self, key: bytes) -> int:
        """Return the number of a string, the first if there are several, or -1."""
        number = self.at_least(key)
        return number if number < self.count and self[number] == key else -1

    def beginning(self, stem: bytes) -> slice:
        """Return the strings that begin so."""
        low = self.at_least(stem)
        after = bisect_left(range(self.count), True, low, key=lambda number: self[number][: len(stem)] > stem)
        return slice(low, after)

    def equal(self, key: bytes) -> slice:
        """Return the strings that are this one."""
        low = self.at_least(key)
        return slice(low, bisect_left(range(self.count), True, low, key=lambda number: self[number] > key))


class _Part:
    """The words of one segment."""

    def __init__(self, arrays: Arrays) -> None:
        self.words = Strings(arrays, "words")
        self.counts: Numbers = arrays["counts"]
        self.offered: NDArray[np.bool_] = arrays["offered"]
        self._hashes = {name: (arrays[name], arrays[f"{name}_words"]) for name in ("sounds", "gaps")}
        self._keys = {name: (Strings(arrays, name), arrays[f"{name}_words"]) for name in ("letters", "initials")}
        pairs = [*self._hashes.values(), *((range(keys.count), words) for keys, words in self._keys.values())]
        if not len(self.counts) == len(self.offered) == self.words.count or any(len(a) != len(b) for a, b in pairs):
            raise IndexBrokenError("the words of the index are damaged; run `yaodian index --rebuild`")

    def count(self, word: bytes) -> int:
        number = self.words.find(word)
        return int(self.counts[number]) if number >= 0 else 0

    def text(self, number: int) -> str:
        return self.words[number].decode()

    def hashed(self, name: str, key: int) -> list[str]:
        hashes, words = self._hashes[name]
        wanted = np.uint32(key)
        extent = slice(hashes.searchsorted(wanted, "left"), hashes.searchsorted(wanted, "right"))
        return [self.text(number) for number in words[extent].tolist()]

    def spelt(self, name: str, letters: bytes) -> Numbers:
        keys, words = self._keys[name]
        found: Numbers = words[keys.equal(letters)]
        return found

    def spelt_beginning(self, letters: bytes) -> Numbers:
        return np.unique(np.concatenate([words[keys.beginning(letters)] for keys, words in self._keys.values()]))

    def beginning(self, stem: bytes) -> Numbers:
        extent = self.words.beginning(stem)
        found: Numbers = np.flatnonzero(self.offered[extent]) + extent.start
        return found

    def by_count(self, numbers: Numbers) -> Numbers:
        """Return words, given in order, the most frequent first, in order where they are as frequent."""
        return numbers[np.argsort(-self.counts[numbers].astype(np.int64), kind="stable")]


class WordList(Mapping[str, int]):
    """Every word with the number of paragraphs that hold it, over the lists of several segments.

    Of what is counted in several fields the field that has more counts, segment by segment: a paragraph that holds a
    word in its text and in a heading is not counted twice. Damaged lists raise ``IndexBrokenError``.

    >>> words = WordList.of({"控辍保学": 9, "学生": 400, "学校": 700, "心理健康": 120, "随迁子女": 30, "2020": 3})
    >>> words["学生"], "学徒" in words, words.total
    (400, False, 1262)
    >>> words.alike("控缀保学"), words.alike("心里健康")
    ([('控辍保学', '形近或错一字')], [('心理健康', '同音')])
    >>> words.beginning("学", 9), words.spelt_beginning("sui", 9), words.sounding("xs")
    (['学校', '学生'], ['随迁子女'], ['学生'])
    """

    def __init__(self, parts: Iterable[Arrays], recount: Callable[[str], int] | None = None) -> None:
        """Take the lists of segments; ``recount`` tells how many paragraphs hold a word, if some were deleted."""
        self._recount = recount
        with reading_words():
            self._parts = [_Part(arrays) for arrays in parts]
            self.total = sum(int(part.counts.sum(dtype=np.int64)) for part in self._parts)
            """The sum of all counts."""
        self._count = lru_cache(maxsize=_REMEMBERED)(self._counted)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> WordList:
        """Return words as a list: as they are if they are one, otherwise one in memory."""
        return counts if isinstance(counts, WordList) else cls([word_arrays(counts)])

    def __getitem__(self, word: str) -> int:
        """Return how many paragraphs hold a word; raises ``KeyError`` where none does."""
        count = self._count(word)
        if not count:
            raise KeyError(word)
        return count

    def __contains__(self, word: object) -> bool:
        """Whether a paragraph holds a word."""
        return isinstance(word, str) and self._count(word) > 0

    def __iter__(self) -> Iterator[str]:
        """Yield all words; those of the first segment in order, then what others have besides."""
        with reading_words():
            for place, part in enumerate(self._parts):
                for number in range(part.words.count):
                    word = part.words[number]
                    if any(earlier.words.find(word) >= 0 for earlier in self._parts[:place]):
                        continue
                    if self._recount is None or self._recount(word.decode()):
                        yield word.decode()

    def __len__(self) -> int:
        """Count the words: reads all of them where there are several segments."""
        return self._parts[0].words.count if len(self._parts) == 1 and not self._recount else sum(1 for _ in self)

    def _counted(self, word: str) -> int:
        octets = word.encode("utf-8", "surrogatepass")
        with reading_words():
            count = sum([part.count(octets) for part in self._parts])
        return self._recount(word) if count and self._recount else count

    def alike(self, typed: str) -> list[tuple[str, Why]]:
        """Return the words that differ from ``typed`` as :func:`indexer.likeness.likeness` says, each once."""
        found: dict[str, None] = {}
        sounds = {_hash("".join(map(blur, way))) for way in readings(typed)}
        variants = without_one(typed) if len(typed) > 1 else set()
        gaps = {_hash(variant) for variant in (typed, *variants)}
        swapped = {
            typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
            for at in range(len(typed) - 1)
            if typed[at] != typed[at + 1]
        }
        with reading_words():
            for part in self._parts:
                for name, keys in (("sounds", sounds), ("gaps", gaps)):
                    for key in keys:
                        found.update(dict.fromkeys(part.hashed(name, key)))
        found.update(dict.fromkeys((*variants, *swapped)))
        like = ((word, likeness(typed, word)) for word in sorted(found) if word in self)
        return [(word, why) for word, why in like if why is not None]

    def sounding(self, letters: str) -> list[str]:
        """Return the words whose pinyin is these letters or whose syllables begin with them, most frequent first."""
        return self._ranked(("letters", "initials"), letters)

    def spelt(self, letters: str) -> list[str]:
        """Return the words whose pinyin is exactly these letters, most frequent first."""
        return self._ranked(("letters",), letters)

    def spelt_beginning(self, letters: str, most: int) -> list[str]:
        """Return at most ``most`` words whose pinyin or whose initials begin with these letters, most frequent first.

        >>> WordList.of({"随迁子女": 5, "随班就读": 2, "教育": 90}).spelt_beginning("sui", 8)
        ['随迁子女', '随班就读']
        """
        with reading_words():
            return self._most_frequent([part.spelt_beginning(letters.encode()) for part in self._parts], most)

    def beginning(self, stem: str, most: int) -> list[str]:
        """Return at most ``most`` words of two characters or more that begin so, most frequent first."""
        octets = stem.encode("utf-8", "surrogatepass")
        with reading_words():
            return self._most_frequent([part.beginning(octets) for part in self._parts], most)

    def rank(self, word: str) -> tuple[int, str]:
        """Return what words are sorted by: the most frequent first."""
        return -self._count(word), word

    def _ranked(self, tables: tuple[str, ...], letters: str) -> list[str]:
        with reading_words():
            words = {
                part.text(number)
                for part in self._parts
                for name in tables
                for number in part.spelt(name, letters.encode()).tolist()
            }
        return sorted((word for word in words if word in self), key=self.rank)

    def _most_frequent(self, numbers: Sequence[Numbers], most: int) -> list[str]:
        """Return the most frequent of words that are given by number for each part.

        Of each part the most frequent are taken until no other can be as frequent in all parts together: the threshold
        algorithm of Fagin, Lotem and Naor, "Optimal aggregation algorithms for middleware" (2003).
        """
        parts = [(part, part.by_count(theirs)) for part, theirs in zip(self._parts, numbers, strict=True)]
        if len(parts) == 1 and not self._recount:
            part, ordered = parts[0]
            return [part.text(number) for number in ordered[:most].tolist()]
        taken = most
        while True:
            words = {part.text(number) for part, ordered in parts for number in ordered[:taken].tolist()}
            ranked = sorted((word for word in words if word in self), key=self.rank)[:most]
            unseen = sum(int(part.counts[ordered[taken]]) for part, ordered in parts if len(ordered) > taken)
            if not unseen or (len(ranked) == most and self[ranked[-1]] >= unseen):
                return ranked
            taken *= 4


@contextmanager
def reading_words() -> Iterator[None]:
    """Take what damaged arrays lead to, numbers out of range and octets that are no text, for damage."""
    try:
        yield
    except (IndexError, ValueError, OverflowError) as error:
        raise IndexBrokenError(
            f"the words of the index are damaged ({error!r}); run `yaodian check`, then `yaodian index --rebuild`"
        ) from error
