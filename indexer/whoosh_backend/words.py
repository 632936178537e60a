"""The words of an index as arrays: postings, lengths, terms of all its segments, their paragraphs numbered through."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.codec.segment_words import Postings, SegmentWords
from indexer.wordlist import reading_words

Field = Literal["body", "section"]
FIELDS: tuple[Field, ...] = ("body", "section")

_RECENT = 256
"""Terms whose place in the files is remembered: a query asks for each several times. Nothing is copied for it, but for
a term that has a position or frequency of 255 or more."""
_NONE = Postings(np.empty(0, np.int32), np.empty(0, np.uint8), np.empty(0, np.uint16))


class WordIndex:
    """The words of segments in their order; paragraph numbers are Whoosh's document numbers, deleted ones counted."""

    def __init__(self, segments: Sequence[SegmentWords]) -> None:
        self._segments = segments
        ends = np.cumsum([0, *(segment.count for segment in segments)])
        self._firsts: list[int] = ends[:-1].tolist()
        self.count = int(ends[-1])
        self._recent = lru_cache(_RECENT)(self._views)

    def postings(self, field: str, term: str) -> Postings:
        """Return where a term stands in a field; empty arrays if nowhere. Of a single segment nothing is copied."""
        found = [_moved(postings, first) for first, postings in self._recent(field, term)]
        if len(found) < 2:
            return found[0] if found else _NONE
        return Postings(
            np.concatenate([each.paragraphs for each in found]),
            np.concatenate([each.frequencies for each in found]),
            np.concatenate([each.positions for each in found]),
        )

    def _views(self, field: str, term: str) -> list[tuple[int, Postings]]:
        """Return the postings of a term in each segment that has it, behind the number of its first paragraph."""
        with reading_words():
            numbers = [segment.find(field, term) for segment in self._segments]
            return [
                (first, segment.postings(field, number))
                for first, segment, number in zip(self._firsts, self._segments, numbers, strict=True)
                if number >= 0
            ]

    def spread(self, term: str, field: str = "body") -> int:
        """Return how many paragraphs hold a term in a field, without reading where."""
        with reading_words():
            numbers = [(segment, segment.find(field, term)) for segment in self._segments]
            return sum(int(segment.spreads(field)[number]) for segment, number in numbers if number >= 0)

    def beginning(self, field: str, stem: str) -> tuple[NDArray[np.int32], NDArray[np.integer]]:
        """Return the paragraphs of the terms of a field that begin so, term by term, and how often each has them.

        Terms that begin alike are neighbours, and so are their postings: all of them are one slice.
        """
        paragraphs, frequencies = [_NONE.paragraphs], [_NONE.frequencies]
        with reading_words():
            for first, segment in zip(self._firsts, self._segments, strict=True):
                terms = segment.beginning(field, stem)
                words = segment.field(field)
                extent = slice(int(words.starts[terms.start]), int(words.starts[terms.stop]))
                paragraphs.append(words.documents[extent] + np.int32(first) if first else words.documents[extent])
                frequencies.append(words.frequencies[extent])
        if len(paragraphs) == 2:
            return paragraphs[1], frequencies[1]
        return np.concatenate(paragraphs), np.concatenate(frequencies)

    def lengths(self, field: str) -> NDArray[np.integer]:
        """Return the number of tokens of every paragraph in a field."""
        with reading_words():
            if len(self._segments) == 1:
                return self._segments[0].lengths(field)
            return np.concatenate([np.empty(0, np.uint16), *(segment.lengths(field) for segment in self._segments)])


def _moved(postings: Postings, first: int) -> Postings:
    if not first:
        return postings
    return Postings(postings.paragraphs + np.int32(first), postings.frequencies, postings.positions)
