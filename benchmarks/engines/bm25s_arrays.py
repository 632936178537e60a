"""bm25s: scores of every term computed beforehand in a sparse matrix; everything beside them by arrays of our own.

It has neither positions nor a list of terms to expand a beginning with: phrases and beginnings are left out. AND and
NOT ask for the scores of each term by itself and look where they are above zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from benchmarks.engines.facet_columns import FILE, FacetColumns, FacetWriter
from benchmarks.engines.protocol import Answer, QuerySpec, Row, Size, bytes_below


class EngineOf:
    """A folder of bm25s."""

    about = "bm25s: a matrix of scores in numpy, mapped into memory; facets, filters, AND, NOT by arrays beside it"
    same_words = True
    own_filter_ignored = False
    slow_build = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Compute the scores; all tokens are in memory meanwhile, as bm25s wants them."""
        del store  # it keeps texts as JSON lines only; nobody would
        facets = FacetWriter()
        tokens = []
        for row in rows:
            facets.add(row.city, row.year)
            tokens.append(row.tokens.split(" ") if row.tokens else [])
        made = bm25s.BM25(method="lucene")
        made.index(tokens, show_progress=False)
        made.save(str(self._folder))
        facets.write(self._folder)

    def open(self) -> None:
        """Map the matrix, read the facets."""
        self._scores = bm25s.BM25.load(str(self._folder), mmap=True)
        self._facets = FacetColumns(self._folder)

    def search(self, spec: QuerySpec) -> Answer | None:
        """Score everything, mask, count, and sort the ten best out."""
        if spec.operator not in ("and", "or"):
            return None
        single = [self._of(term) for term in spec.terms]
        scores = np.sum(single, axis=0) if len(single) > 1 else single[0]
        found = scores > 0
        if spec.operator == "and":
            for each in single:
                found &= each > 0
        for term in spec.excluded:
            found &= self._of(term) <= 0
        mask = self._facets.mask(spec.city, spec.years)
        if mask is not None:
            found &= mask
        matching = np.flatnonzero(found)
        held = scores[matching]
        best = np.argpartition(-held, 9)[:10] if len(held) > 10 else np.arange(len(held))
        top = matching[best[np.argsort(-held[best], kind="stable")]]
        return Answer(len(matching), tuple(top.tolist()), *self._facets.counts(matching))

    def _of(self, term: str) -> NDArray[np.float32]:
        if term not in self._scores.vocab_dict:
            return np.zeros(self._facets.count, np.float32)
        scores: NDArray[np.float32] = self._scores.get_scores([term])
        return scores

    def size(self) -> Size:
        """Return the size of the folder."""
        assert (self._folder / FILE).exists()
        return Size(bytes_below(self._folder))

    def close(self) -> None:
        """Nothing is held but maps of files."""
