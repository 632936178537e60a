"""Whoosh's queries answered over arrays: the first hits, the exact total and exact facet counts.

What Whoosh's searcher answers, hit for hit and score for score, on the same index, in whole arrays instead of a loop in
Python over each posting. Our own grammar is evaluated on the same primitives by ``evaluate``; this is the engine
without the product: it is held against Whoosh's searcher in the tests and against other engines in ``benchmarks/``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query

from indexer.whoosh_backend.arrays import Numbers, best
from indexer.whoosh_backend.codec.container import ArrayFile
from indexer.whoosh_backend.codec.contents import read_toc
from indexer.whoosh_backend.codec.documents import COLUMNS
from indexer.whoosh_backend.whoosh_queries import QueryEvaluator

Codes = NDArray[np.integer]
"""A value's number per paragraph."""


@dataclass(frozen=True, slots=True)
class Results:
    """The best hits as (paragraph, score), best first; how many match; per facet, how many of each code.

    A facet counts what matches the query and all filters but its own.
    """

    hits: tuple[tuple[int, float], ...]
    total: int
    facets: Mapping[str, NDArray[np.int64]]


class ArraySearcher:
    """Searches an index of our codec; ``columns`` are the facet columns that it reads, codes from 0 by paragraph.

    A searcher sees the index as it was when it was opened. Raises ``IndexBrokenError`` where the index cannot be read.
    """

    def __init__(self, folder: Path, columns: Sequence[str] = (), *, k1: float = 1.2, b: float = 0.75) -> None:
        segments = read_toc(folder)
        self._evaluator = QueryEvaluator(folder, segments, k1=k1, b=b)
        files = [ArrayFile(segment.file(folder, COLUMNS)) for segment in segments] if columns else []
        self._columns = {name: _Column(_joined([file[name] for file in files])) for name in columns}
        deleted = [(segment.deleted(folder), segment.doc_count_all()) for segment in segments]
        self._alive: NDArray[np.bool_] | None = None
        if any(mask is not None for mask, _ in deleted):
            self._alive = ~np.concatenate([np.zeros(count, bool) if mask is None else mask for mask, count in deleted])

    def search(
        self,
        query: Query,
        limit: int = 10,
        filters: Mapping[str, Collection[int]] | None = None,
        facets: Sequence[str] = (),
    ) -> Results:
        """Answer a query of Whoosh's; ``filters`` leave, per column, the paragraphs of one of these codes.

        Ties are in the order of paragraphs. Raises ``KeyError`` for a column that was not opened.
        """
        filters = filters or {}
        matching = self._evaluator.documents(query)
        if self._alive is not None:
            matching = matching.take(np.flatnonzero(self._alive.take(matching)))
        left = matching
        for name, codes in filters.items():
            left = self._columns[name].having(left, codes)
        counts = {}
        for facet in facets:
            of_facet = left
            if facet in filters:
                of_facet = matching
                for name, codes in filters.items():
                    if name != facet:
                        of_facet = self._columns[name].having(of_facet, codes)
            counts[facet] = self._columns[facet].count(of_facet)
        hits: tuple[tuple[int, float], ...] = ()
        if limit > 0 and len(left):
            scores = self._evaluator.scores(query, left)
            chosen = best(scores, limit)
            hits = tuple(zip(left.take(chosen).tolist(), scores.take(chosen).tolist(), strict=True))
        return Results(hits, len(left), counts)


class _Column:
    """The codes of one facet; paragraphs of one document stand together, so that equal codes come in runs."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._most = int(codes.max()) + 1 if len(codes) else 0
        changes = np.ones(len(codes), np.bool_)
        np.not_equal(codes[1:], codes[:-1], out=changes[1:])
        starts = np.flatnonzero(changes)
        self._of_run = codes.take(starts).astype(np.intp)
        self._bounds = np.append(starts, len(codes)).astype(np.int32)

    def having(self, paragraphs: Numbers, codes: Collection[int]) -> Numbers:
        """Return those of the paragraphs that have one of the codes."""
        wanted = np.zeros(self._most, np.bool_)
        wanted[[code for code in codes if 0 <= code < self._most]] = True
        return paragraphs.take(np.flatnonzero(wanted.take(self._codes.take(paragraphs, mode="clip"))))

    def count(self, paragraphs: Numbers) -> NDArray[np.int64]:
        """Return how many of the paragraphs have each code; run by run where there are many of them to a run."""
        if len(paragraphs) < _RUNS * len(self._of_run):
            return np.bincount(self._codes.take(paragraphs, mode="clip"), minlength=self._most)
        in_run = np.diff(np.searchsorted(paragraphs, self._bounds))
        return np.bincount(self._of_run, in_run, self._most).astype(np.int64)


_RUNS = 12
"""Looking up where a run begins costs as much as counting so many paragraphs one by one."""


def _joined(arrays: Sequence[Codes]) -> Codes:
    return arrays[0] if len(arrays) == 1 else np.concatenate([np.empty(0, np.int32), *arrays])
