"""Where words and quotations stand in one open index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.query import NEAR
from indexer.whoosh_backend.arrays import Mask, Numbers, kept
from indexer.whoosh_backend.quotations import QuotationIndex
from indexer.whoosh_backend.word_matching import NOTHING, Found, Sequenced, WordMatcher
from indexer.whoosh_backend.words import FIELDS, Field, WordIndex


class Matcher(WordMatcher):
    """Looks words and quotations up in one open index.

    ``alive`` says which paragraphs are not deleted, ``None`` if none is. Deleted ones are left out here and nowhere
    later: a word that stands only in them must be as unknown to everything that follows as in a fresh build.
    """

    def __init__(self, words: WordIndex, quotations: QuotationIndex, alive: Mask | None = None) -> None:
        super().__init__(words)
        self._quotations = quotations
        self._alive = alive

    def near(self, field: str, parts: Sequence[Sequenced], distance: int = NEAR) -> Found:
        """Return where the parts stand, each a sequence of terms, at most so many words from the first of them."""
        return self._found(super().near(field, parts, distance))

    def beginning(self, field: str, stem: str) -> Found:
        """Return where terms stand that begin with these characters."""
        return self._found(super().beginning(field, stem))

    def quotation(self, literal: str, field: str | None = None) -> Found:
        """Return which paragraphs hold these characters, in their text or a heading above them, or only in one."""
        return self._found(self._quotations.find(literal, field))

    def living(self, paragraphs: Numbers) -> Numbers:
        """Return those of the paragraphs that are not deleted."""
        return paragraphs if self._alive is None else kept(paragraphs, self._alive)

    def _found(self, found: Found) -> Found:
        paragraphs, times = found
        if self._alive is None:
            return found
        alive = np.flatnonzero(self._alive.take(paragraphs, mode="clip"))
        return found if len(alive) == len(paragraphs) else (paragraphs.take(alive), times.take(alive))


__all__ = ["FIELDS", "NOTHING", "Field", "Found", "Matcher", "Sequenced"]
