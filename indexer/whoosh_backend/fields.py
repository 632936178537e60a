"""What documents say of themselves: title, issuer, place and years, as clauses of a query ask for them.

Their words are written with a segment, in the same form as those of paragraphs: a number counts documents there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from indexer.analysis import terms_and_positions
from indexer.fold import compact, fold_characters
from indexer.models import Metadata
from indexer.places import Kind, normalise
from indexer.query import NONE, Clause, valid_years
from indexer.whoosh_backend.arrays import Mask, Numbers, common, table_of
from indexer.whoosh_backend.filters import FacetColumns, PlaceNames, place_key
from indexer.whoosh_backend.words import WordIndex

FIELDS = ("title", "metadata", "place_and_year")
"""The words of a title; those of title, issuer, place and years; and the names of place and years alone."""
_YEAR_UNITS = ("", "年", "年度", "学年", "学年度")


def document_words(metadata: Metadata) -> Iterator[tuple[str, list[str]]]:
    """Yield, per field, the words of a document, each once.

    >>> words = dict(document_words(Metadata(title="武汉市教育局2017年工作要点", city="武汉市", years=(2017,))))
    >>> words["place_and_year"]
    ['2017', '2017学年', '2017学年度', '2017年', '2017年度', '武汉', '武汉市']
    """
    title = _words(fold_characters(metadata.title))
    named = _place_and_year(metadata)
    places = [name for name in (metadata.province, metadata.city, metadata.district) if name]
    said = {term for text in (metadata.issuer or "", *places) for term in _words(fold_characters(text))}
    for field, words in zip(FIELDS, (title, title | said | named, named), strict=True):
        yield field, sorted(words)


class DocumentFields:
    """The fields of the documents of one build, deleted ones counted; masks and numbers are of documents."""

    def __init__(self, known: Sequence[Metadata], columns: FacetColumns, words: WordIndex) -> None:
        self._known = known
        self._columns = columns
        self._words = words
        self.converted: Mask = np.array([metadata.converted for metadata in known], np.bool_)

    def holding(self, term: str) -> Numbers:
        """Return the documents that have a term in their title, issuer, place or years."""
        return self._words.postings("metadata", term).paragraphs

    def of_place_or_year(self, term: str) -> Numbers:
        """Return the documents that are of the place or year that a term names."""
        return self._words.postings("place_and_year", term).paragraphs

    def matching(self, clause: Clause) -> Mask:
        """Return the documents that match a clause with a field of documents."""
        if clause.field == "title":
            return self._titled(clause)
        wanted = None if clause.text == NONE else clause.text
        if clause.field == "year":
            return self._columns.of_years(lambda years: _has_year(years, clause.text))
        if clause.field == "issuer":
            return self._columns.of_issuer(lambda name: name == wanted if wanted is None else _names(name, wanted))
        if clause.field == "city":
            return self._columns.of_place(lambda place: _is_of_city(place, wanted))
        kind: Kind = clause.field  # type: ignore[assignment]
        at = 0 if kind == "province" else 2
        full = None if wanted is None else normalise(kind, wanted)
        return self._columns.of_place(lambda place: place[at] == full)

    def _titled(self, clause: Clause) -> Mask:
        count = len(self._known)
        if clause.kind == "word":
            held = [self._words.postings("title", term).paragraphs for term in clause.tokens]
            return table_of(common(held, count), count)
        if clause.kind == "prefix":
            return table_of(self._words.beginning("title", clause.text)[0], count)
        return np.array([clause.text in title for title in self._titles], np.bool_)

    @cached_property
    def _titles(self) -> list[str]:
        return [compact(fold_characters(metadata.title))[0] for metadata in self._known]


def _is_of_city(place: PlaceNames, city: str | None) -> bool:
    """Whether a place is of a city (武汉 means 武汉市), of a province as such (湖北省（省级）), or none (``None``)."""
    key = place_key(place)
    if city is None or key is None:
        return key is None and city is None
    return fold_characters(key) == fold_characters(city) or key == normalise("city", city)


def _names(issuer: str | int | None, wanted: str) -> bool:
    return isinstance(issuer, str) and wanted in fold_characters(issuer)


def _place_and_year(metadata: Metadata) -> frozenset[str]:
    """Return the names of place and years, places with and without their suffix."""
    places = [name for name in (metadata.province, metadata.city, metadata.district) if name]
    short = [name[:-1] for name in places if len(name) > 2]
    return frozenset([*places, *short, *(f"{year}{unit}" for year in metadata.years for unit in _YEAR_UNITS)])


def _words(folded: str) -> frozenset[str]:
    return frozenset(terms_and_positions(folded)[0])


def _has_year(years: tuple[int, ...], wanted: str) -> bool:
    if wanted == NONE:
        return not years
    span = valid_years(wanted)
    return span is not None and any(span[0] <= year <= span[1] for year in years)
