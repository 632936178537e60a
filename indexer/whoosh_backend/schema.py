"""What Whoosh stores about a paragraph: its words with their positions, and those of its section path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Analyzer, Token
from whoosh.fields import STORED, TEXT, Schema

from indexer.analysis import tokenize

SCHEMA_VERSION = 6
"""Raise when an index written before must not be read any more."""


class FoldedTextAnalyzer(Analyzer):  # type: ignore[misc]
    """Our analyzer in Whoosh's shape: positions count words, which phrase and nearness depend on.

    jieba's own ``ChineseAnalyzer`` gives characters offsets as positions, so that no phrase is ever found.
    """

    def __call__(self, value: str, **_: Any) -> Iterator[Token]:
        """Yield the tokens of a folded text; Whoosh reads one mutable token again and again."""
        token = Token(positions=True, chars=False, removestops=False)
        for ours in tokenize(value):
            token.text = token.original = ours.term
            token.pos = ours.position
            token.boost = 1.0
            token.stopped = False
            yield token


def schema() -> Schema:
    """Return the schema: one Whoosh document is one paragraph."""
    return Schema(
        id=STORED,
        body=TEXT(analyzer=FoldedTextAnalyzer(), phrase=True, stored=False),
        section=TEXT(analyzer=FoldedTextAnalyzer(), phrase=True, stored=False),
    )
