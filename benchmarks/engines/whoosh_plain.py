"""Whoosh as its documentation and jieba's show it: ``ChineseAnalyzer``, a query parser, ``groupedby`` for the counts.

Its words are jieba's, not ours, so that its totals differ; and as that analyzer gives characters offsets for positions,
no phrase is ever found.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import jieba
from jieba.analyse import ChineseAnalyzer
from whoosh import index as whoosh_index
from whoosh import query
from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.qparser import QueryParser
from whoosh.sorting import Count, FieldFacet

from benchmarks.engines.protocol import Answer, QuerySpec, Row, Size, bytes_below

_NOWHERE = "~none"


class EngineOf:
    """A Whoosh index as a tutorial makes it."""

    about = "Whoosh 2.7.4 with jieba's ChineseAnalyzer, its query parser and groupedby"
    same_words = False
    own_filter_ignored = False
    slow_build = 100_000

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Index texts, cutting them into words on the way; they are always stored, as the documentation does."""
        del store
        jieba.setLogLevel(logging.WARNING)
        self._folder.mkdir(parents=True)
        schema = Schema(
            text=TEXT(analyzer=ChineseAnalyzer(), stored=True),
            city=ID(stored=True, sortable=True),
            year=NUMERIC(stored=True, sortable=True),
        )
        writer = whoosh_index.create_in(self._folder, schema).writer(limitmb=512)
        for row in rows:
            writer.add_document(text=row.text, city=row.city or _NOWHERE, year=row.year)
        writer.commit(optimize=True)

    def open(self) -> None:
        """Open the index and load jieba's dictionary, which it needs for every query."""
        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()
        index = whoosh_index.open_dir(self._folder, readonly=True)
        self._searcher = index.searcher()
        self._parser = QueryParser("text", index.schema)
        self._groups = {name: FieldFacet(name, maptype=Count) for name in ("city", "year")}

    def search(self, spec: QuerySpec) -> Answer | None:
        """Parse what was typed, search, group."""
        if spec.operator == "quotation":
            return None
        results = self._searcher.search(self._query(spec), limit=10, groupedby=self._groups)
        cities, years = results.groups("city"), results.groups("year")
        return Answer(
            len(results),
            tuple(number for _, number in results.top_n),
            {"" if name == _NOWHERE else name: count for name, count in cities.items()},
            dict(years),
        )

    def _query(self, spec: QuerySpec) -> query.Query:
        if spec.operator == "prefix":
            asked: query.Query = query.Prefix("text", spec.terms[0])
        elif spec.operator == "phrase":
            asked = self._parser.parse(f'"{"".join(spec.terms)}"')
        else:
            joined = f" {spec.operator.upper()} ".join(f'"{term}"' for term in spec.terms)
            asked = self._parser.parse(joined + "".join(f' NOT "{term}"' for term in spec.excluded))
        filters: list[query.Query] = []
        if spec.city is not None:
            filters.append(query.Term("city", spec.city))
        if spec.years is not None:
            filters.append(query.NumericRange("year", *spec.years))
        return query.And([asked, *filters]) if filters else asked

    def size(self) -> Size:
        """Return the size of the folder, stored texts and all."""
        stored = sum(path.stat().st_size for path in self._folder.glob("*.seg"))
        return Size(bytes_below(self._folder), 0 if stored else None)

    def close(self) -> None:
        """Close the index."""
        self._searcher.close()
