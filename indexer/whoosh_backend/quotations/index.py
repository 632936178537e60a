"""Looking quotations up: one file of shards a segment of the index, and all segments as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexBrokenError
from indexer.whoosh_backend.codec.container import ArrayFile
from indexer.whoosh_backend.quotations.shard import Ints, Shard
from indexer.whoosh_backend.quotations.suffixes import ARRAYS, SuffixTree
from indexer.wildcard import is_wildcard

FIELDS = ("body", "section")

Found = tuple[Ints, Ints]
"""Paragraph numbers, ascending, and how often each holds what was looked for."""

_DENSE = 32
"""Where more than one in so many paragraphs may be found, all are counted: faster than sorting what was found."""


class SegmentQuotes:
    """An open file of lines; nothing of it is read before a question needs it.

    Raises ``IndexBrokenError`` where the file is missing or damaged, also while it is looked into.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._arrays = ArrayFile(path)
        self.count = int(self._arrays["count"][0])
        """Paragraphs."""
        numbers = self._arrays["shards"].tolist()
        self._shards = {
            field: [self._open(field, at) for at in range(n)] for field, n in zip(FIELDS, numbers, strict=True)
        }

    def shards(self, field: str) -> Sequence[Shard]:
        """Return the lines of a field: ``body`` for paragraphs, ``section`` for the headings above them."""
        return self._shards[field]

    def find(self, literal: str, field: str | None = None) -> Found:
        """Return the paragraphs of this segment alone that hold a string; see ``QuotationIndex.find``."""
        return QuotationIndex([self]).find(literal, field)

    def holding(self, literal: str, field: str | None = None, *, stars: bool = False) -> Found:
        """Return the paragraphs that hold these characters; with ``stars``, each single star stands for others."""
        first: list[Ints] = []
        last: list[Ints] = []
        times: list[Ints] = []
        try:
            for shard in (shard for name in FIELDS if field in (None, name) for shard in self._shards[name]):
                lines, counts = shard.find_wildcard(literal) if stars else shard.find(literal)
                if len(lines):
                    first.append(shard.first[lines])
                    last.append(shard.last[lines])
                    times.append(counts.astype(np.int32))
            if not first:
                return _NONE
            return _tally(np.concatenate(first), np.concatenate(last), np.concatenate(times), self.count)
        except (ValueError, IndexError) as error:
            raise IndexBrokenError(
                f"{self._path}: is damaged ({error}); run `yaodian check`, then `yaodian index --rebuild`"
            ) from error

    def _open(self, field: str, number: int) -> Shard:
        def array(name: str) -> NDArray[Any]:
            return self._arrays[name_of(field, number, name)]

        tree = SuffixTree(**{name: array(name) for name in ARRAYS})
        return Shard(array("text"), array("lines"), array("first"), array("last"), tree)


_NONE: Found = (np.empty(0, np.int32), np.empty(0, np.int32))


class QuotationIndex:
    """Several segments as one: their paragraphs are numbered through, in the order given.

    ``alive`` tells, by segment, which of its paragraphs are not deleted, ``None`` if none is: deleted ones are not
    found. Without it they are.
    """

    def __init__(
        self, segments: Sequence[SegmentQuotes], alive: Sequence[NDArray[np.bool_] | None] | None = None
    ) -> None:
        self._segments = segments
        self._alive = alive or [None] * len(segments)
        self._bases = np.cumsum([0, *(segment.count for segment in segments)])[:-1].tolist()

    def find(self, literal: str, field: str | None = None) -> Found:
        """Return the paragraphs that hold a folded string without spaces, ascending, and how often each does.

        ``field`` looks only in texts (``body``) or in the headings above them (``section``). Counted are copies that do
        not overlap, in a paragraph as published and as repaired both. A single star inside stands for a few other
        characters, unless the string stands somewhere with its star.
        """
        if not literal or "\n" in literal:
            return _NONE
        if is_wildcard(literal) and not len(self._holding(literal, None)[0]):
            return self._holding(literal, field, stars=True)
        return self._holding(literal, field)

    def _holding(self, literal: str, field: str | None, *, stars: bool = False) -> Found:
        found: list[Found] = []
        for segment, alive, base in zip(self._segments, self._alive, self._bases, strict=True):
            paragraphs, counts = segment.holding(literal, field, stars=stars)
            if alive is not None:
                kept = alive[paragraphs]
                paragraphs, counts = paragraphs[kept], counts[kept]
            found.append((paragraphs + np.int32(base) if base else paragraphs, counts))
        if len(found) == 1:
            return found[0]
        paragraphs, counts = (np.concatenate([_NONE[at], *(each[at] for each in found)]) for at in (0, 1))
        return paragraphs, counts


def name_of(field: str, number: int, array: str) -> str:
    """Return what an array of a shard is called in the file."""
    return f"{field}/{number}/{array}"


def _tally(first: Ints, last: Ints, times: Ints, count: int) -> Found:
    """Add up, for every paragraph, the lines that are its own; each belongs to those from first to last.

    Raises ``ValueError`` for paragraphs that cannot be.
    """
    if first.min() < 0 or (last <= first).any() or last.max() > count:
        raise ValueError("lines of paragraphs that do not exist")
    sizes = (last - first).astype(np.int64)
    total = int(sizes.sum())
    if total == len(first) and (first[1:] > first[:-1]).all():
        return first, times
    if total * _DENSE > count:
        counts = np.zeros(count + 1, np.int32)
        many = sizes > 1
        if many.any():
            # A heading begins to count at its first paragraph, and no longer does behind its last.
            np.add.at(counts, first[many], times[many])
            np.subtract.at(counts, last[many], times[many])
            np.cumsum(counts, dtype=np.int32, out=counts)
            first, times = first[~many], times[~many]
        np.add.at(counts, first, times)
        paragraphs = np.flatnonzero(counts != 0)  # five times as fast as of the numbers themselves
        return paragraphs.astype(np.int32), counts[paragraphs]
    ends = np.cumsum(sizes)
    each = np.repeat(first - (ends - sizes), sizes) + np.arange(total)
    paragraphs, where = np.unique(each, return_inverse=True)
    return paragraphs.astype(np.int32), np.bincount(where, np.repeat(times, sizes)).astype(np.int32)
