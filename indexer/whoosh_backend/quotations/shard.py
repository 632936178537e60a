"""Some thousand lines of folded text with the paragraphs that they belong to: written once, looked into at once.

A quotation file consists of shards: each is sorted by itself, so that writing takes bounded memory and a line has a
number of 16 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.quotations.strings import Units, as_units, find_apart, meets_itself
from indexer.whoosh_backend.quotations.suffixes import DEPTH, FEW, LINE_BREAK, LINES, Group, SuffixTree, sort_suffixes
from indexer.wildcard import pieces

Ints = NDArray[np.int32]

_PROBES = 12
"""Places of a long string at which the tree is asked for the rarest beginning."""
_FEW_ENOUGH = 64
"""Lines that are read before another probe could spare any."""

_ALL = 8
"""Where more than one line in so many has to be read, the text is read as it stands."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a shard becomes, and how far it is sorted; tests use small ones.

    ``characters`` bound the memory that sorting takes, some 160 MB; a longer line has a shard to itself.
    """

    lines: int = LINES
    characters: int = 1 << 22
    few: int = FEW
    depth: int = DEPTH


LIMITS = Limits()


class Held(NamedTuple):
    """Lines that hold something, ascending, and how often each does."""

    lines: NDArray[np.intp]
    counts: NDArray[np.intp]


_NOWHERE = Held(np.empty(0, np.intp), np.empty(0, np.intp))


@dataclass(frozen=True, slots=True)
class Shard:
    """Lines and their tree: ``text`` in UTF-16, a line break after each line; line ``i`` begins at ``starts[i]``.

    It belongs to the paragraphs from ``first[i]`` to ``last[i]``, not included: a paragraph's own line to one, that of
    a heading to all beneath.
    """

    text: Units
    starts: NDArray[np.uint32]
    first: Ints
    last: Ints
    tree: SuffixTree

    def find(self, literal: str) -> Held:
        """Return which lines hold a string, and how often, no two of them overlapping.

        >>> shard = make_shard(["落实控辍保学责任", "控辍保学，控辍保学"], [0, 1], [1, 2])
        >>> [each.tolist() for each in shard.find("控辍保学")]
        [[0, 1], [1, 2]]
        """
        group, whole = self._rarest(as_units(literal))
        if not group.size:
            return _NOWHERE
        held = self._count(group)
        if whole and not (meets_itself(literal) and (held.counts > 1).any()):
            return held
        return self._read(held.lines, literal)

    def find_wildcard(self, literal: str) -> Held:
        """Return which lines hold a string with stars that stand for other characters, and how often."""
        parts = pieces(literal)
        if len(parts) == 1:
            return self.find(parts[0])
        possible = np.ones(len(self.first), np.bool_)
        for part in parts:
            group, _ = self._rarest(as_units(part))
            here = np.zeros(len(self.first), np.bool_)
            here[self._postings(group)] = True
            possible &= here
        return self._read(np.flatnonzero(possible), literal, stars=True)

    def line(self, number: int) -> str:
        """Return one line."""
        low, high = int(self.starts[number]), int(self.starts[number + 1])
        return self.text[low : high - 1].tobytes().decode("utf-16-le", "surrogatepass")

    def _rarest(self, string: Units) -> tuple[Group, bool]:
        """Return places of which every line that holds a string has one, and whether each of them is one of the string.

        The string's first characters may be common ones: then the tree is asked at other characters of it, too.
        """
        best = self.tree.find(string)
        if best.depth == len(string):
            return best, True
        last = len(string) - 2
        for at in range(1, last + 1, -(-last // _PROBES) or 1):
            if best.size <= _FEW_ENOUGH:
                break
            best = min(best, self.tree.find(string[at:]), key=lambda group: group.size)
        return best, False

    def _postings(self, group: Group) -> NDArray[np.uint16]:
        return self.tree.postings[group.low : group.high]

    def _count(self, group: Group) -> Held:
        """Count the places of a group by line."""
        postings = self._postings(group)
        if group.size < len(self.first) // 32:
            found, counts = np.unique(postings, return_counts=True)
            return Held(found.astype(np.intp), counts)
        counts = np.bincount(postings)
        lines = np.flatnonzero(counts != 0)
        return Held(lines, counts[lines])

    def _read(self, lines: NDArray[np.intp], literal: str, *, stars: bool = False) -> Held:
        """Read some lines, ascending: return which of them hold a string, and how often."""
        if _ALL * len(lines) > len(self.first):
            lines = np.arange(len(self.first))
            text, ends = self.text, self.starts[1:]
        else:
            text, ends = self._lines(lines)
        places = find_apart(text, literal, stars=stars)
        if not len(places):
            return _NOWHERE
        counts = np.bincount(ends.searchsorted(places, "right"), minlength=len(lines))
        holding = np.flatnonzero(counts != 0)
        return Held(lines[holding], counts[holding])

    def _lines(self, lines: NDArray[np.intp]) -> tuple[Units, NDArray[np.uint32]]:
        """Return the text of some lines, ascending, with their line breaks, and where each ends in it."""
        starts, behind = self.starts[lines].astype(np.int64), self.starts[lines + 1].astype(np.int64)
        ends = np.cumsum(behind - starts)
        # Each is read once, so together they are no longer than the text; in a damaged file they could be endless.
        if (behind <= starts).any() or (len(ends) and ends[-1] > len(self.text)):
            raise ValueError("lines overlap")
        octets = self.text.view(np.uint8).data
        joined = b"".join(
            [octets[low:high] for low, high in zip((2 * starts).tolist(), (2 * behind).tolist(), strict=True)]
        )
        return np.frombuffer(joined, "<u2"), ends.astype(np.uint32)

    def moved(self, by: int) -> Shard:
        """Return the same lines of paragraphs whose numbers are higher by so many."""
        return replace(self, first=self.first + np.int32(by), last=self.last + np.int32(by))


def make_shard(lines: Sequence[str], first: Sequence[int], last: Sequence[int], limits: Limits = LIMITS) -> Shard:
    """Sort lines, none of them empty or with a line break in it, of the paragraphs from ``first`` to ``last`` each."""
    text = as_units("\n".join((*lines, "")))
    starts = np.concatenate(([0], np.flatnonzero(text == LINE_BREAK) + 1))
    tree = sort_suffixes(text, limits.few, limits.depth)
    return Shard(text, starts.astype(np.uint32), np.array(first, np.int32), np.array(last, np.int32), tree)
