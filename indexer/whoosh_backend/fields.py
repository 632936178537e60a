"""What documents say of themselves: title, issuer, place and years, as clauses of a query ask for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.analysis import tokenize
from indexer.backend import DocumentSummary
from indexer.fold import compact, fold_characters
from indexer.models import Metadata
from indexer.places import Kind, label, normalise
from indexer.query import NONE, Clause, valid_years
from indexer.whoosh_backend.arrays import Mask

_YEAR_UNITS = ("", "年", "年度", "学年", "学年度")


class DocumentFields:
    """The fields of the documents of one build; a mask of theirs is over documents."""

    def __init__(self, summaries: Sequence[DocumentSummary]) -> None:
        self._metadata = [summary.metadata for summary in summaries]
        self._titles = [fold_characters(metadata.title) for metadata in self._metadata]
        self._title_words = [_words(title) for title in self._titles]
        self._words = [
            words | _said(metadata) for words, metadata in zip(self._title_words, self._metadata, strict=True)
        ]
        self._places_and_years = [_place_and_year(metadata) for metadata in self._metadata]
        self.converted: Mask = np.array([metadata.converted for metadata in self._metadata], np.bool_)

    def holding(self, term: str) -> Mask:
        """Return the documents that have a term in their title, issuer, place or years."""
        return _mask([term in words for words in self._words])

    def of_place_or_year(self, term: str) -> Mask:
        """Return the documents that are of the place or year that a term names."""
        return _mask([term in words for words in self._places_and_years])

    def matching(self, clause: Clause) -> Mask:
        """Return the documents that match a clause with a field of documents."""
        if clause.field == "title":
            return _mask(self._titled(clause))
        if clause.field == "year":
            return _mask([_has_year(metadata.years, clause.text) for metadata in self._metadata])
        if clause.field == "city":
            return _mask([is_of_city(metadata, clause.text) for metadata in self._metadata])
        values = [getattr(metadata, clause.field or "") for metadata in self._metadata]
        if clause.text == NONE:
            return _mask([value is None for value in values])
        if clause.field == "issuer":
            return _mask([value is not None and clause.text in fold_characters(value) for value in values])
        kind: Kind = clause.field  # type: ignore[assignment]
        return _mask([value == normalise(kind, clause.text) for value in values])

    def _titled(self, clause: Clause) -> list[bool]:
        if clause.kind == "word":
            return [words.issuperset(clause.tokens) for words in self._title_words]
        if clause.kind == "prefix":
            return [any(word.startswith(clause.text) for word in words) for words in self._title_words]
        return [clause.text in compact(title)[0] for title in self._titles]


def _mask(documents: Sequence[bool]) -> Mask:
    return np.array(documents, np.bool_)


def place_key(metadata: Metadata) -> str | None:
    """Return what the facet of cities counts a document under: its city, its province as such, or nothing (未注明)."""
    return metadata.city or (label(metadata.province, None, None) if metadata.province else None)


def is_of_city(metadata: Metadata, city: str) -> bool:
    """Whether a document is of a city (武汉 means 武汉市), of a province as such (湖北省（省级）), or ``~none``."""
    key = place_key(metadata)
    if city == NONE:
        return key is None
    return key is not None and (fold_characters(key) == fold_characters(city) or key == normalise("city", city))


def _said(metadata: Metadata) -> frozenset[str]:
    """Return the words of issuer, place and years, places with and without their suffix."""
    places = [name for name in (metadata.province, metadata.city, metadata.district) if name]
    words = {term for text in (metadata.issuer or "", *places) for term in _words(fold_characters(text))}
    return frozenset(words) | _place_and_year(metadata)


def _place_and_year(metadata: Metadata) -> frozenset[str]:
    places = [name for name in (metadata.province, metadata.city, metadata.district) if name]
    short = [name[:-1] for name in places if len(name) > 2]
    return frozenset([*places, *short, *(f"{year}{unit}" for year in metadata.years for unit in _YEAR_UNITS)])


def _words(folded: str) -> frozenset[str]:
    return frozenset(token.term for token in tokenize(folded))


def _has_year(years: tuple[int, ...], wanted: str) -> bool:
    if wanted == NONE:
        return not years
    span = valid_years(wanted)
    return span is not None and any(span[0] <= year <= span[1] for year in years)
