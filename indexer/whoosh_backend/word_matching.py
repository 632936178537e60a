"""Where words stand: single terms, terms side by side, terms near each other, beginnings; as arrays.

Positions are looked at only in the paragraphs that hold every term that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.query import NEAR
from indexer.whoosh_backend.arrays import NONE, Numbers, meeting, repeated, starts_of_runs
from indexer.whoosh_backend.codec.segment_words import Postings
from indexer.whoosh_backend.words import WordIndex

Places = NDArray[np.int64]
"""Word places of one field, ascending: the paragraph's number times ``2**_SHIFT`` plus the position."""
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
        if len(parts) == 1:
            return _counted(self._sequence([self._words.postings(field, term) for term in parts[0]], None))
        postings = {term: self._words.postings(field, term) for part in parts for term in part}
        rarest = sorted(range(len(parts)), key=lambda at: min(len(postings[term].paragraphs) for term in parts[at]))
        found: dict[int, Places] = {}
        within: Numbers | None = None
        for at in rarest:
            found[at] = self._sequence([postings[term] for term in parts[at]], within)
            if not len(found[at]):
                return NOTHING
            within = _owners(found[at])
        first = found[0]
        for at in range(1, len(parts)):
            first = first.take(np.flatnonzero(_any_within(first, found[at], distance)))
        return _counted(first)

    def beginning(self, field: str, stem: str) -> Found:
        """Return where terms stand that begin with these characters."""
        return repeated(*self._words.beginning(field, stem), self.count)

    def _sequence(self, postings: Sequence[Postings], within: Numbers | None) -> Places:
        """Return where terms stand one behind the other, the places of the first; only in these paragraphs if given.

        The two rarest are put beside each other first: what is left of them says where the others are looked for.
        """
        order = sorted(range(len(postings)), key=lambda at: len(postings[at].paragraphs))
        starts = self._places(postings[order[0]], within) - order[0]
        for at in order[1:]:
            if not len(starts):
                break
            others = self._places(postings[at], _owners(starts)) - at
            if not len(others):
                return others
            here = np.minimum(np.searchsorted(others, starts), len(others) - 1)
            starts = starts.take(np.flatnonzero(others.take(here) == starts))
        return starts

    def _places(self, postings: Postings, within: Numbers | None) -> Places:
        """Return where a term stands, everywhere or in these paragraphs."""
        paragraphs, positions = postings.paragraphs, postings.positions
        frequencies: NDArray[np.integer] = postings.frequencies
        once = len(positions) == len(paragraphs)
        if within is not None:
            _, at = meeting(within, paragraphs, self.count)
            paragraphs = paragraphs.take(at)
            if once:
                positions = positions.take(at)
            else:
                lengths = frequencies.take(at).astype(np.int64)
                before = np.cumsum(frequencies, dtype=np.int64).take(at) - lengths
                frequencies = lengths
                shift = before - (np.cumsum(lengths) - lengths)
                positions = positions.take(np.arange(int(lengths.sum())) + np.repeat(shift, lengths))
        owners = paragraphs.astype(np.int64) << _SHIFT
        if not once:
            owners = np.repeat(owners, frequencies)
        places: Places = owners + positions.astype(np.int64)
        return places


def _counted(places: Places) -> Found:
    """Return the paragraphs of places, each once, and how many places each has."""
    owners = places >> _SHIFT
    firsts = starts_of_runs(owners)
    times = np.ones(len(firsts), np.int64) if len(firsts) == len(owners) else np.diff(firsts, append=len(owners))
    return owners.take(firsts).astype(np.int32), times


def _owners(places: Places) -> Numbers:
    """Return the paragraphs of places, each once."""
    owners = places >> _SHIFT
    return owners.take(starts_of_runs(owners))


def _any_within(places: Places, others: Places, distance: int) -> NDArray[np.bool_]:
    """Tell for each place whether one of the others is at most so far; paragraphs are too far apart to meet."""
    low = np.searchsorted(others, places - distance, side="left")
    high = np.searchsorted(others, places + distance, side="right")
    return np.asarray(high > low)
