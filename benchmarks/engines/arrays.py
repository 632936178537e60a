"""Yaodian's engine without the product: our codec under Whoosh, Whoosh's own query objects, evaluated over arrays.

One field with the tokens given, as the peers have, so that it answers exactly their questions. Each facet ignores its
own filter, as on the page, which the counts of a filtered question are not compared for.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from whoosh.analysis import RegexTokenizer
from whoosh.fields import TEXT, Schema

from benchmarks.engines.facet_columns import FILE, FacetNames
from benchmarks.engines.protocol import Answer, QuerySpec, Row, Size, bytes_below
from benchmarks.engines.whoosh_well import whoosh_query
from indexer.whoosh_backend.array_search import ArraySearcher
from indexer.whoosh_backend.codec.container import ArrayWriter
from indexer.whoosh_backend.codec.contents import write_lock, write_toc
from indexer.whoosh_backend.codec.documents import COLUMNS
from indexer.whoosh_backend.codec.segment import ArraySegment, new_name
from indexer.whoosh_backend.codec.words_writer import WordsWriter


class EngineOf:
    """A Whoosh index of our codec, of one segment."""

    about = "our codec under Whoosh, evaluated over memory-mapped arrays: the engine of Yaodian without the product"
    same_words = True
    own_filter_ignored = True
    slow_build = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Write one segment of words and columns; texts are the product's matter."""
        del store
        self._folder.mkdir(parents=True)
        names = FacetNames()
        cities: list[int] = []
        years: list[int] = []
        with write_lock(self._folder):
            writer = WordsWriter(["words"])
            for row in rows:
                terms = row.tokens.split(" ") if row.tokens else []
                writer.add("words", terms, range(len(terms)))
                writer.next()
                cities.append(names.number(row.city))
                years.append(row.year)
            segment = ArraySegment(new_name(), writer.count)
            writer.write(segment.file(self._folder, ".words"))
            with ArrayWriter(segment.file(self._folder, COLUMNS)) as file:
                file.add("city", np.array(cities, np.uint16))
                file.add("year", np.array(years, np.uint16))
            write_toc(self._folder, Schema(words=TEXT(analyzer=RegexTokenizer(r"\S+"), phrase=True)), [segment])
        names.write(self._folder)

    def open(self) -> None:
        """Map the segment, read the names of the cities."""
        self._searcher = ArraySearcher(self._folder, ("city", "year"))
        self._names = FacetNames.read(self._folder)

    def search(self, spec: QuerySpec) -> Answer | None:
        """Search with filters and facets in one call."""
        if spec.operator == "quotation":
            return None
        filters: dict[str, list[int]] = {}
        if spec.city is not None:
            filters["city"] = [self._names.number(spec.city)]
        if spec.years is not None:
            filters["year"] = list(range(spec.years[0], spec.years[1] + 1))
        found = self._searcher.search(whoosh_query(spec), filters=filters, facets=("city", "year"))
        cities, years = found.facets["city"], found.facets["year"]
        return Answer(
            found.total,
            tuple(number for number, _ in found.hits),
            {self._names.name(code): int(cities[code]) for code in np.flatnonzero(cities).tolist()},
            {code: int(years[code]) for code in np.flatnonzero(years).tolist()},
        )

    def size(self) -> Size:
        """Return the size of the folder."""
        assert (self._folder / FILE).exists()
        return Size(bytes_below(self._folder))

    def close(self) -> None:
        """Nothing is held but maps of files."""
