"""Where words and quotations stand in one open index."""

from __future__ import annotations

from indexer.whoosh_backend.quotations import QuotationIndex
from indexer.whoosh_backend.word_matching import NOTHING, Found, Sequenced, WordMatcher
from indexer.whoosh_backend.words import FIELDS, Field, WordIndex


class Matcher(WordMatcher):
    """Looks words and quotations up in one open index."""

    def __init__(self, words: WordIndex, quotations: QuotationIndex) -> None:
        super().__init__(words)
        self._quotations = quotations

    def quotation(self, literal: str, field: str | None = None) -> Found:
        """Return which paragraphs hold these characters, in their text or a heading above them, or only in one."""
        return self._quotations.find(literal, field)


__all__ = ["FIELDS", "NOTHING", "Field", "Found", "Matcher", "Sequenced"]
