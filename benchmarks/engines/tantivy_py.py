"""tantivy (Rust) through tantivy-py: one segment, whitespace tokens, fast fields for city and year.

Beginnings are a ``regex_query``, which tantivy does not rank; totals and counts are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from benchmarks.engines.protocol import Answer, QuerySpec, Row, Size, bytes_below

_HEAP = 1_000_000_000
"""Enough for one segment of 1.2 million paragraphs of 60 characters, so that nothing is merged."""
_ALL = 65_000
_NOWHERE = "~none"
_FACETS = {
    "city": {"terms": {"field": "city", "size": _ALL}},
    "year": {"terms": {"field": "year", "size": _ALL}},
}


class EngineOf:
    """A tantivy index."""

    about = "tantivy-py: the Rust engine, called from Python; one search and one aggregation a question"
    same_words = True
    own_filter_ignored = False
    slow_build = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = False

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Index with one thread."""
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace_only", index_option="position")
        builder.add_text_field("city", tokenizer_name="raw", fast=True, index_option="basic")
        builder.add_integer_field("year", fast=True, indexed=True)
        builder.add_unsigned_field("number", fast=True)
        if store:
            builder.add_text_field("text", stored=True, tokenizer_name="raw", index_option="basic")
        self._folder.mkdir(parents=True)
        index = tantivy.Index(builder.build(), path=str(self._folder))
        _register(index)
        writer = index.writer(heap_size=_HEAP, num_threads=1)
        for number, row in enumerate(rows):
            document = tantivy.Document()
            document.add_text("words", row.tokens)
            document.add_text("city", row.city or _NOWHERE)
            document.add_integer("year", row.year)
            document.add_unsigned("number", number)
            if store:
                document.add_text("text", row.text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        """Open the index."""
        index = tantivy.Index.open(str(self._folder))
        _register(index)
        self._schema = index.schema
        self._searcher = index.searcher()

    def search(self, spec: QuerySpec) -> Answer | None:
        """Search, then aggregate: tantivy-py has no call that does both."""
        if spec.operator == "quotation":
            return None
        query = self._filtered(self._query(spec), spec)
        result = self._searcher.search(query, limit=10, count=True)
        counts = self._searcher.aggregate(query, _FACETS)
        addresses = [address for _, address in result.hits]
        return Answer(
            result.count,
            tuple(self._searcher.fast_field_values("number", addresses)) if addresses else (),
            {
                "" if bucket["key"] == _NOWHERE else bucket["key"]: bucket["doc_count"]
                for bucket in counts["city"]["buckets"]
            },
            {int(bucket["key"]): bucket["doc_count"] for bucket in counts["year"]["buckets"]},
        )

    def _query(self, spec: QuerySpec) -> Query:
        if spec.operator == "prefix":
            return Query.regex_query(self._schema, "words", f"{re.escape(spec.terms[0])}.*")
        if spec.operator == "phrase":
            return Query.phrase_query(self._schema, "words", list(spec.terms))
        occur = Occur.Must if spec.operator == "and" else Occur.Should
        parts = [(occur, self._term(term)) for term in spec.terms]
        parts += [(Occur.MustNot, self._term(term)) for term in spec.excluded]
        return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)

    def _filtered(self, query: Query, spec: QuerySpec) -> Query:
        filters = []
        if spec.city is not None:
            filters.append(Query.term_query(self._schema, "city", spec.city, "basic"))
        if spec.years is not None:
            filters.append(Query.range_query(self._schema, "year", tantivy.FieldType.Integer, *spec.years))
        if not filters:
            return query
        silent = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in filters]
        return Query.boolean_query([(Occur.Must, query), *silent])

    def _term(self, term: str) -> Query:
        return Query.term_query(self._schema, "words", term)

    def size(self) -> Size:
        """Return the size of the folder; tantivy keeps texts in files of their own (``.store``)."""
        texts = sum(path.stat().st_size for path in self._folder.glob("*.store"))
        return Size(bytes_below(self._folder) - texts, texts)

    def close(self) -> None:
        """Nothing is held but maps of files."""


def _register(index: tantivy.Index) -> None:
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("whitespace_only", analyzer)
