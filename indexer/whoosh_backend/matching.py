"""Where words stand: single terms, terms side by side, terms near each other, beginnings, quotations; as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.query import NEAR
from indexer.whoosh_backend.quotations import QuotationIndex
from indexer.whoosh_backend.words import FIELDS, Field, Ints, WordIndex

Places = NDArray[np.int64]
"""Word places of one field, ascending: paragraph number times ``_WIDTH`` plus position."""
Found = tuple[NDArray[np.integer], NDArray[np.integer]]
"""Paragraph numbers, ascending, and how often each holds what was looked for."""

Sequenced = Sequence[str]
"""Terms that stand side by side."""

_WIDTH = 1 << 24


class Matcher:
    """Looks things up in one open index."""

    def __init__(self, words: WordIndex, quotations: QuotationIndex) -> None:
        self._words = words
        self._quotations = quotations
        self.count = words.count

    def term(self, field: Field, term: str) -> Found:
        """Return where one term stands."""
        postings = self._words.postings(field, term)
        return postings.paragraphs, postings.frequencies

    def spread(self, term: str) -> int:
        """Return how many paragraphs hold a term in their text."""
        return self._words.spread(term)

    def side_by_side(self, field: Field, terms: Sequenced) -> Found:
        """Return where terms stand next to each other in this order."""
        if len(terms) == 1:
            return self.term(field, terms[0])
        return _counted(self._sequence(field, terms))

    def near(self, field: Field, parts: Sequence[Sequenced], distance: int = NEAR) -> Found:
        """Return where the parts stand, each a sequence of terms, at most so many words from the first of them."""
        first, *others = (self._sequence(field, part) for part in parts)
        for places in others:
            first = first[_any_within(first, places, distance)]
        return _counted(first)

    def beginning(self, field: Field, stem: str) -> Found:
        """Return where terms stand that begin with these characters."""
        frequencies = np.zeros(self.count, np.int32)
        for term in self._words.terms_beginning(field, stem):
            paragraphs, times = self.term(field, term)
            frequencies[paragraphs] += times.astype(np.int32)
        paragraphs = np.flatnonzero(frequencies)
        return paragraphs, frequencies[paragraphs]

    def quotation(self, literal: str, field: str | None = None) -> Found:
        """Return which paragraphs hold these characters, in their text or a heading above them, or only in one."""
        return self._quotations.find(literal, field)

    def _sequence(self, field: Field, terms: Sequence[str]) -> Places:
        places = self._places(field, terms[0])
        for step, term in enumerate(terms[1:], 1):
            places = np.intersect1d(places, self._places(field, term) - step, assume_unique=True)
        return places

    def _places(self, field: Field, term: str) -> Places:
        postings = self._words.postings(field, term)
        return np.unique(postings.owners.astype(np.int64) * _WIDTH + postings.positions)


def _any_within(places: Places, others: Places, distance: int) -> NDArray[np.bool_]:
    """Tell for each place whether one of the others is at most so far; paragraphs are too far apart to meet."""
    low = np.searchsorted(others, places - distance, side="left")
    high = np.searchsorted(others, places + distance, side="right")
    return np.asarray(high > low)


def _counted(places: Places) -> Found:
    paragraphs, times = np.unique(places // _WIDTH, return_counts=True)
    return paragraphs, times


__all__ = ["FIELDS", "Field", "Found", "Ints", "Matcher", "Sequenced"]
