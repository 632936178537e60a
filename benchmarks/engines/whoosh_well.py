"""Whoosh used as well as it can be: the tokens given, one segment, nothing stored; counts and filters by arrays.

The ten best come from a search with a limit, for which Whoosh may skip blocks of postings; who matches comes from the
matcher's document numbers without scores, as ``groupedby`` or ``len(results)`` would score everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from whoosh import index as whoosh_index
from whoosh import query
from whoosh.analysis import RegexTokenizer
from whoosh.fields import STORED, TEXT, Schema

from benchmarks.engines.facet_columns import FacetColumns, FacetWriter
from benchmarks.engines.protocol import Answer, QuerySpec, Row, Size, bytes_below


class EngineOf:
    """A Whoosh index of one segment with columns beside it."""

    about = "Whoosh 2.7.4 used well: our tokens, one segment, counts and filters by arrays"
    same_words = True
    own_filter_ignored = False
    slow_build = 200_000

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Index with one process."""
        self._folder.mkdir(parents=True)
        schema = Schema(words=TEXT(analyzer=RegexTokenizer(r"\S+"), phrase=True), text=STORED)
        writer = whoosh_index.create_in(self._folder, schema).writer(limitmb=512)
        facets = FacetWriter()
        for row in rows:
            facets.add(row.city, row.year)
            writer.add_document(words=row.tokens, **({"text": row.text} if store else {}))
        writer.commit(optimize=True)
        facets.write(self._folder)

    def open(self) -> None:
        """Open the index, read the facets."""
        self._searcher = whoosh_index.open_dir(self._folder, readonly=True).searcher()
        self._facets = FacetColumns(self._folder)

    def search(self, spec: QuerySpec) -> Answer | None:
        """Drain who matches, then search for the ten best among them."""
        if spec.operator == "quotation":
            return None
        asked = whoosh_query(spec)
        matching = np.fromiter(self._searcher.docs_for_query(asked), np.int64)
        mask = self._facets.mask(spec.city, spec.years)
        allowed = None
        if mask is not None:
            matching = matching[mask[matching]]
            allowed = set(matching.tolist())
        top = self._searcher.search(asked, limit=10, filter=allowed).top_n if len(matching) else []
        return Answer(len(matching), tuple(number for _, number in top), *self._facets.counts(matching))

    def size(self) -> Size:
        """Return the size of the folder."""
        return Size(bytes_below(self._folder))

    def close(self) -> None:
        """Close the index."""
        self._searcher.close()


def whoosh_query(spec: QuerySpec) -> query.Query:
    """Return a question as Whoosh's query objects over the field ``words``."""
    if spec.operator == "prefix":
        return query.Prefix("words", spec.terms[0])
    if spec.operator == "phrase":
        return query.Phrase("words", list(spec.terms))
    parts = [query.Term("words", term) for term in spec.terms]
    if spec.operator == "or":
        return query.Or(parts)
    parts += [query.Not(query.Term("words", term)) for term in spec.excluded]
    return parts[0] if len(parts) == 1 else query.And(parts)
