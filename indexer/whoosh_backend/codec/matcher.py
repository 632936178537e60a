"""One term's postings as Whoosh walks them, over the mapped arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import formats
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.system import pack_uint

from indexer.whoosh_backend.codec.segment_words import FieldWords

_BLOCK = 128
"""Postings of which the best possible score is known together, as many as in Whoosh's own codec."""


class ArrayMatcher(LeafMatcher):  # type: ignore[misc]
    """A matcher of one term that stands in one document at least.

    Qualities are true bounds: the largest weight and the smallest length, both exact, over each block of postings.
    """

    def __init__(
        self, words: FieldWords, number: int, term: tuple[str, bytes], format_: formats.Format, scorer: Any = None
    ) -> None:
        self._words, self._number, self._term = words, number, term
        self.format, self.scorer = format_, scorer
        self._documents = words.documents[words.extent(number)]
        self._all_weights = words.all_weights(number)
        # Python's numbers, at a third of the cost of numpy's.
        self._ids, self._weights = self._documents.data, self._all_weights.data
        self._count = len(self._ids)
        self._at = 0

    def copy(self) -> ArrayMatcher:
        """Return a matcher that stands at the same posting."""
        copied = ArrayMatcher(self._words, self._number, self._term, self.format, self.scorer)
        copied._at = self._at
        return copied

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def is_active(self) -> bool:
        """Whether there is a posting here, rather than the end."""
        return self._at < self._count

    def id(self) -> int:
        """Return the number of the current document; at the end the last one.

        Whoosh's ``AndNotMatcher`` asks after skipping to the end, and means nothing by it.
        """
        number: int = self._ids[self._at if self._at < self._count else -1]
        return number

    def all_ids(self) -> Iterator[int]:
        """Return the numbers of all documents from here on."""
        return iter(self._documents[self._at :].tolist())

    def weight(self) -> float:
        """Return how often the term stands in the current document, times its boost."""
        return float(self._weights[self._at])

    def next(self) -> bool:
        """Go to the next posting; true where that is in another block."""
        if self._at >= self._count:
            raise ReadTooFar
        self._at += 1
        return self._at % _BLOCK == 0 or self._at == self._count

    def skip_to(self, id: int) -> bool:
        """Go to the first document from here on that is not before this one; true where it is in another block."""
        if self._at >= self._count:
            raise ReadTooFar
        before = self._at // _BLOCK
        if self._ids[self._at] < id:
            self._at = bisect_left(self._ids, id, self._at)
        return self._at // _BLOCK != before

    # Values.

    @cached_property
    def _run_starts(self) -> memoryview:
        frequencies = self._words.frequencies[self._words.extent(self._number)]
        return np.concatenate([[0], np.cumsum(frequencies, dtype=np.int64)]).data

    def _positions(self) -> list[int]:
        assert self._words.positions is not None
        base = self._words.position_extent(self._number).start
        low, high = self._run_starts[self._at], self._run_starts[self._at + 1]
        found: list[int] = self._words.positions[base + low : base + high].tolist()
        return found

    def value(self) -> bytes:
        """Return what the format wrote about the current posting."""
        words = self._words
        posting = words.extent(self._number).start + self._at
        if words.values is not None and words.value_starts is not None:
            return words.values[words.value_starts[posting] : words.value_starts[posting + 1]].tobytes()
        if words.positions is not None:
            encoded: bytes = self.format.encode(self._positions())
            return encoded
        if isinstance(self.format, formats.Frequency):
            packed: bytes = pack_uint(int(words.frequencies[posting : posting + 1][0]))
            return packed
        return b""

    def value_as(self, astype: str) -> Any:
        """Return the current posting's value as, for example, ``positions``."""
        if astype == "positions" and self._words.positions is not None:
            return self._positions()
        return self.format.decode_as(astype, self.value())

    def all_items(self) -> Iterator[tuple[int, bytes]]:
        """Yield document and value from here on."""
        while self.is_active():
            yield self.id(), self.value()
            self.next()

    # Qualities.

    @cached_property
    def _block_starts(self) -> NDArray[np.intp]:
        return np.arange(0, self._count, _BLOCK)

    @cached_property
    def _most(self) -> memoryview:
        return np.maximum.reduceat(self._all_weights, self._block_starts).data

    @cached_property
    def _lengths(self) -> NDArray[Any]:
        return self._words.lengths[self._documents]

    @cached_property
    def _shortest(self) -> memoryview:
        return np.minimum.reduceat(self._lengths, self._block_starts).data

    @cached_property
    def _longest(self) -> memoryview:
        return np.maximum.reduceat(self._lengths, self._block_starts).data

    def block_min_id(self) -> int:
        """Return the first document of the current block."""
        first: int = self._ids[self._at // _BLOCK * _BLOCK]
        return first

    def block_max_id(self) -> int:
        """Return the last document of the current block."""
        last: int = self._ids[min((self._at // _BLOCK + 1) * _BLOCK, self._count) - 1]
        return last

    def block_min_length(self) -> int:
        """Return the length of the shortest document of the current block."""
        return int(self._shortest[self._at // _BLOCK])

    def block_max_length(self) -> int:
        """Return the length of the longest document of the current block."""
        return int(self._longest[self._at // _BLOCK])

    def block_max_weight(self) -> float:
        """Return the largest weight in the current block."""
        return float(self._most[self._at // _BLOCK])

    def skip_to_quality(self, minquality: float) -> int:
        """Skip blocks that cannot score better than this, and return how many."""
        quality: Callable[[], float] = self.block_quality
        skipped = 0
        while self.is_active() and quality() <= minquality:
            self._at = min((self._at // _BLOCK + 1) * _BLOCK, self._count)
            skipped += 1
        return skipped
