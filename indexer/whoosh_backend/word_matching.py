"""Where words stand: single terms, terms side by side, terms near each other, beginnings; as arrays.

Positions are looked at only in the paragraphs that hold every term that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.query import NEAR
from indexer.whoosh_backend.arrays import NONE, Numbers, common, meeting, repeated
from indexer.whoosh_backend.codec.segment_words import Postings
from indexer.whoosh_backend.words import WordIndex

Places = NDArray[np.int64]
"""Word places of one field in some paragraphs, ascending: the paragraph's number among them times ``2**_SHIFT`` plus
position."""
Found = tuple[Numbers, NDArray[np.integer]]
"""Paragraph numbers, ascending, and how often each holds what was looked for."""

Sequenced = Sequence[str]
"""Terms that stand side by side."""

_SHIFT = 32
"""Bits for a position: more than there are words in a paragraph."""
NOTHING: Found = (NONE, NONE)


class WordMatcher:
    """Looks words up in the fields of one open index."""

    def __init__(self, words: WordIndex) -> None:
        self._words = words
        self.count = words.count

    def term(self, field: str, term: str) -> Found:
        """Return where one term stands."""
        postings = self._words.postings(field, term)
        return postings.paragraphs, postings.frequencies

    def spread(self, term: str) -> int:
        """Return how many paragraphs hold a term in their text."""
        return self._words.spread(term)

    def side_by_side(self, field: str, terms: Sequenced) -> Found:
        """Return where terms stand next to each other in this order."""
        return self.near(field, [terms])

    def near(self, field: str, parts: Sequence[Sequenced], distance: int = NEAR) -> Found:
        """Return where the parts stand, each a sequence of terms, at most so many words from the first of them."""
        if len(parts) == len(parts[0]) == 1:
            return self.term(field, parts[0][0])
        postings = {term: self._words.postings(field, term) for part in parts for term in part}
        together = common([each.paragraphs for each in postings.values()], self.count)
        if not len(together):
            return NOTHING
        places = {term: self._places(each, together) for term, each in postings.items()}
        first, *others = (_sequence([places[term] for term in part]) for part in parts)
        for other in others:
            first = first.take(np.flatnonzero(_any_within(first, other, distance)))
        times = np.bincount(first >> _SHIFT, minlength=len(together))
        holding = np.flatnonzero(times)
        return together.take(holding), times.take(holding)

    def beginning(self, field: str, stem: str) -> Found:
        """Return where terms stand that begin with these characters."""
        return repeated(*self._words.beginning(field, stem), self.count)

    def _places(self, postings: Postings, within: Numbers) -> Places:
        """Return where a term stands in the paragraphs that are given, all of which hold it."""
        ends = np.cumsum(postings.frequencies, dtype=np.int64)
        if len(within) == len(postings.paragraphs):
            owners = np.repeat(np.arange(len(within), dtype=np.int64), postings.frequencies)
            return _placed(owners, postings.positions)
        _, at = meeting(within, postings.paragraphs, self.count)
        lengths = postings.frequencies.take(at).astype(np.int64)
        before = np.cumsum(lengths) - lengths
        shift = np.repeat(ends.take(at) - lengths - before, lengths)
        owners = np.repeat(np.arange(len(within), dtype=np.int64), lengths)
        return _placed(owners, postings.positions.take(np.arange(len(shift)) + shift))


def _placed(owners: NDArray[np.int64], positions: NDArray[np.integer]) -> Places:
    places: Places = (owners << _SHIFT) + positions
    return places


def _sequence(places: Sequence[Places]) -> Places:
    """Return where the terms of a sequence stand one behind the other: the places of the first of them."""
    rarest = min(range(len(places)), key=lambda number: len(places[number]))
    starts = places[rarest] - rarest
    for step, others in enumerate(places):
        if step != rarest and len(starts):
            at = np.minimum(np.searchsorted(others, starts + step), len(others) - 1)
            starts = starts.take(np.flatnonzero(others.take(at) == starts + step))
    return starts


def _any_within(places: Places, others: Places, distance: int) -> NDArray[np.bool_]:
    """Tell for each place whether one of the others is at most so far; paragraphs are too far apart to meet."""
    low = np.searchsorted(others, places - distance, side="left")
    high = np.searchsorted(others, places + distance, side="right")
    return np.asarray(high > low)
