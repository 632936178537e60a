"""What documents say of themselves: title, issuer, place and years, as clauses of a query ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, reduce

import numpy as np

from indexer.analysis import terms_and_positions
from indexer.fold import compact, fold_characters
from indexer.models import Metadata
from indexer.places import Kind, label, normalise
from indexer.query import NONE, Clause, valid_years
from indexer.whoosh_backend.arrays import Mask
from indexer.whoosh_backend.codec.segment_words import SegmentWords

_YEAR_UNITS = ("", "年", "年度", "学年", "学年度")


SAID = ("title", "said", "place")
"""What is kept of the words of documents: of the title, of issuer and places, and which place and years it is of."""


def said_by(metadata: Metadata) -> tuple[Sequence[str], ...]:
    """Return, by the fields of ``SAID``, the words that a document is found by beside those of its paragraphs.

    >>> title, said, place = said_by(Metadata("2018年教育工作要点", "武汉市教育局", "湖北省", "武汉市", years=(2018,)))
    >>> title, "教育局" in said, "武汉" in place, "2018年" in place
    (['2018年', '2018', '教育', '工作', '要点'], True, True, True)
    """
    places = [name for name in (metadata.province, metadata.city, metadata.district) if name]
    said = {term for text in (metadata.issuer or "", *places) for term in _words(fold_characters(text))}
    short = [name[:-1] for name in places if len(name) > 2]
    years = [f"{year}{unit}" for year in metadata.years for unit in _YEAR_UNITS]
    return _words(fold_characters(metadata.title)), sorted(said), list(dict.fromkeys([*places, *short, *years]))


class DocumentFields:
    """The fields of the documents of one build; a mask of theirs is over documents.

    ``words`` are, by segment, the words of its documents in the fields of ``SAID``; nothing is cut when a build opens.
    """

    def __init__(self, known: Sequence[Metadata], words: Sequence[SegmentWords]) -> None:
        self._metadata = known
        self._segments = words
        self._bases = np.cumsum([0, *(segment.count for segment in words)])[:-1].tolist()
        self.converted: Mask = np.array([metadata.converted for metadata in self._metadata], np.bool_)

    def holding(self, term: str) -> Mask:
        """Return the documents that have a term in their title, issuer, place or years."""
        return self._saying(SAID, lambda words, field: [words.find(field, term)])

    def of_place_or_year(self, term: str) -> Mask:
        """Return the documents that are of the place or year that a term names."""
        return self._saying(("place",), lambda words, field: [words.find(field, term)])

    def _saying(self, fields: Iterable[str], find: Callable[[SegmentWords, str], Iterable[int]]) -> Mask:
        """Return the documents that have a term of those found in some fields; -1 is none."""
        mask = np.zeros(len(self._metadata), np.bool_)
        for words, base in zip(self._segments, self._bases, strict=True):
            for field in fields:
                for number in find(words, field):
                    if number >= 0:
                        # A damaged file may name documents that there are not.
                        mask.put(words.postings(field, number).paragraphs + base, True, mode="clip")
        return mask

    @cached_property
    def _titles(self) -> list[str]:
        return [compact(fold_characters(metadata.title))[0] for metadata in self._metadata]

    def matching(self, clause: Clause) -> Mask:
        """Return the documents that match a clause with a field of documents."""
        if clause.field == "title":
            return self._titled(clause)
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

    def _titled(self, clause: Clause) -> Mask:
        if clause.kind == "word":
            masks = (
                self._saying(("title",), lambda words, field, token=token: [words.find(field, token)])  # type: ignore[misc]
                for token in clause.tokens
            )
            return reduce(np.logical_and, masks, np.ones(len(self._metadata), np.bool_))
        if clause.kind == "prefix":
            return self._saying(("title",), lambda words, field: words.beginning(field, clause.text))
        return _mask([clause.text in title for title in self._titles])


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


def _words(folded: str) -> list[str]:
    return terms_and_positions(folded)[0]


def _has_year(years: tuple[int, ...], wanted: str) -> bool:
    if wanted == NONE:
        return not years
    span = valid_years(wanted)
    return span is not None and any(span[0] <= year <= span[1] for year in years)
