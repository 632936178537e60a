"""Whoosh's query classes evaluated over arrays: which documents match, and what those that are asked for score.

Scores are those of Whoosh's ``BM25F``, with document frequencies and lengths that count deleted documents, as Whoosh
counts them. One thing is defined here, because Whoosh's searcher answers it differently from one segment to the next: a
prefix gives each document the query's boost. What is not known here (spans, slop, fuzzy terms, patterns, ranges) is
answered by Whoosh's own matcher, drained into arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as q
from whoosh.scoring import BM25F

from indexer.whoosh_backend.arrays import (
    NONE,
    Numbers,
    Values,
    Weighted,
    at_each,
    common,
    meeting,
    repeated,
    union,
    without,
)
from indexer.whoosh_backend.codec.index import open_index
from indexer.whoosh_backend.codec.segment import ArraySegment
from indexer.whoosh_backend.codec.segment_words import SegmentWords
from indexer.whoosh_backend.word_matching import WordMatcher
from indexer.whoosh_backend.words import WordIndex

_FEW = 8
"""Only the postings of the asked-for documents are scored where these are fewer by this factor."""
_CACHED = 64


class QueryEvaluator:
    """Evaluates Whoosh's queries over the segments of one index."""

    def __init__(self, folder: Path, segments: Sequence[ArraySegment], *, k1: float, b: float) -> None:
        self._folder = folder
        self._words = WordIndex([segment.words(folder) for segment in segments])
        self._fields = frozenset(_scored_fields(folder, [segment.words(folder) for segment in segments]))
        self._matcher = WordMatcher(self._words)
        self.count = self._words.count
        self._k1, self._b = k1, b
        self._norms: dict[str, NDArray[np.float32]] = {}
        self._whoosh: Any = None
        self._drained = lru_cache(_CACHED)(self._drain)

    def documents(self, query: q.Query) -> Numbers:
        """Return the documents that match, deleted ones too, ascending."""
        match query:
            case q.Term():
                return self._matcher.term(query.fieldname, query.text)[0] if self._plain(query) else self._other(query)
            case q.And():
                return self._and(query)
            case q.Or() if not query.minmatch and not query.scale:
                return union([self.documents(each) for each in query.subqueries], self.count)
            case q.Not():
                everything = np.arange(self.count, dtype=np.int32)
                return without(everything, self.documents(query.query), self.count)
            case q.AndNot():
                return without(self.documents(query.a), self.documents(query.b), self.count)
            case q.AndMaybe():
                return self.documents(query.a)
            case q.Require():
                return common([self.documents(query.a), self.documents(query.b)], self.count)
            case q.Phrase() if query.slop == 1 and self._plain(query):
                return self._phrase(query)
            case q.Prefix() if self._plain(query):
                return repeated(*self._words.beginning(query.fieldname, query.text), self.count)[0]
            case q.Every() if query.fieldname is None:
                return np.arange(self.count, dtype=np.int32)
            case q.ConstantScoreQuery():
                return self.documents(query.child)
            case _:
                return self._other(query)

    def scores(self, query: q.Query, documents: Numbers) -> Values:
        """Return what each of some documents scores, all of which match."""
        parts = list(self._parts(query, documents, 1.0))
        if len(parts) == 1 and parts[0][0] is documents and not isinstance(parts[0][1], float):
            return parts[0][1]
        return at_each(documents, parts, self.count)

    def _parts(self, query: q.Query, asked: Numbers, boost: float) -> Iterator[Weighted]:
        """Yield what the parts of a query give documents that all match it; to others, anything."""
        match query:
            case q.Term() if self._plain(query):
                yield self._term(query.fieldname, query.text, asked, boost * query.boost)
            case q.And():
                boost *= _boost(query)
                for each in query.subqueries:
                    if isinstance(each, q.Not):  # every document that is asked for matches it
                        yield asked, boost
                    else:
                        yield from self._parts(each, asked, boost)
            case q.Or() if not query.minmatch and not query.scale:
                for each in query.subqueries:
                    yield from self._parts_if(each, asked, boost * _boost(query))
            case q.Not():
                yield self.documents(query), boost
            case q.AndNot() | q.Require():
                yield from self._parts(query.a, asked, boost)
            case q.AndMaybe():
                yield from self._parts(query.a, asked, boost)
                yield from self._parts_if(query.b, asked, boost)
            case q.Phrase() if query.slop == 1 and self._plain(query):
                for word in query.words:
                    yield self._term(query.fieldname, word, asked, boost * query.boost)
            case q.Prefix() if self._plain(query):
                yield self.documents(query), boost * query.boost
            case q.Every() if query.fieldname is None:
                yield asked, boost * query.boost
            case q.ConstantScoreQuery():
                yield self.documents(query.child), boost * float(query.score)
            case _:
                numbers, values = self._drained(query)
                yield numbers, values * boost

    def _parts_if(self, query: q.Query, asked: Numbers, boost: float) -> Iterator[Weighted]:
        """Yield what a query gives to those of the documents that match it."""
        if isinstance(query, q.Term):
            yield from self._parts(query, asked, boost)
        else:
            within = common([self.documents(query), asked], self.count)
            yield within, at_each(within, list(self._parts(query, within, boost)), self.count)

    def _plain(self, query: Any) -> bool:
        """Whether the terms of a query are text, and of a field of words that are counted and scored."""
        words = getattr(query, "words", None)
        texts = [query.text] if words is None else words
        return query.fieldname in self._fields and all(isinstance(text, str) for text in texts)

    def _and(self, query: q.And) -> Numbers:
        wanted = [each for each in query.subqueries if not isinstance(each, q.Not)]
        unwanted = [each.query for each in query.subqueries if isinstance(each, q.Not)]
        found = np.arange(self.count, dtype=np.int32) if not wanted else NONE
        if wanted:
            found = common([self.documents(each) for each in wanted], self.count)
        for each in unwanted:
            found = without(found, self.documents(each), self.count)
        return found

    def _phrase(self, query: q.Phrase) -> Numbers:
        return self._matcher.side_by_side(query.fieldname, query.words)[0]

    def _term(self, field: str, term: str, asked: Numbers, boost: float) -> Weighted:
        """Score a term by BM25 in those of its documents that are asked for, or in all where that is as cheap."""
        documents, frequencies = self._matcher.term(field, term)
        if not len(documents):
            return NONE, np.empty(0)
        idf = log(self.count / (len(documents) + 1)) + 1.0
        if len(asked) * _FEW < len(documents):
            _, there = meeting(asked, documents, self.count)
            documents = asked if len(there) == len(asked) else documents.take(there)
            frequencies = frequencies.take(there)
        divisor = self._norm(field).take(documents, mode="clip")
        divisor += frequencies
        return documents, np.divide(frequencies, divisor, dtype=np.float32) * np.float32(idf * (self._k1 + 1) * boost)

    def _norm(self, field: str) -> NDArray[np.float32]:
        """Return, per document, what its length in a field adds to the divisor of BM25."""
        norm = self._norms.get(field)
        if norm is None:
            lengths = self._words.lengths(field).astype(np.float32)
            mean = float(lengths.mean(dtype=np.float64)) if len(lengths) else 1.0
            norm = np.asarray(self._k1 * ((1 - self._b) + lengths * (self._b / (mean or 1.0))), np.float32)
            self._norms[field] = norm
        return norm

    def _other(self, query: q.Query) -> Numbers:
        return self._drained(query)[0]

    def _drain(self, query: q.Query) -> tuple[Numbers, Values]:
        """Let Whoosh's own matcher find and score, segment by segment."""
        if self._whoosh is None:
            self._whoosh = open_index(self._folder).searcher(weighting=BM25F(K1=self._k1, B=self._b))
        numbers: list[int] = []
        scores: list[float] = []
        for searcher, first in self._whoosh.leaf_searchers():
            matcher = query.matcher(searcher)
            while matcher.is_active():
                numbers.append(first + matcher.id())
                scores.append(matcher.score())
                matcher.next()
        return np.array(numbers, np.int32), np.array(scores)


def _scored_fields(folder: Path, segments: Sequence[SegmentWords]) -> Iterator[str]:
    """Yield the fields whose words are counted as they stand, not weighted by whoever added them, and scored."""
    schema = open_index(folder).schema
    for name, field in schema.items():
        held = [segment.field(name) for segment in segments if name in segment.fields]
        if field.scorable and held and all(words.weights is None and words.positions is not None for words in held):
            yield name


def _boost(query: q.And | q.Or) -> float:
    """Return the boost of a compound; Whoosh gives none to one that has a single part."""
    return float(query.boost) if len(query.subqueries) > 1 else 1.0
