"""How much of a corpus stands behind a comparison: documents and characters by place and year, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.backend import DocumentSummary
from indexer.compare.rows import Comparison, Row, place_and_year

Place = tuple[str | None, str | None, str | None]

PER = 10_000
"""Characters that rates are given by."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the corpus has of one place (province, city, district) and year, and how much of it is on the topic.

    ``treating`` documents treat the topic, ``mentioning`` only mention it. ``paragraphs`` of those documents hold its
    words, or most of their weight; ``rate`` is their number per 10,000 characters, ``None`` where there are no
    characters. A document of two years counts in both.
    """

    place: Place
    year: int | None
    documents: int
    characters: int
    treating: int
    mentioning: int
    paragraphs: int

    @property
    def rate(self) -> float | None:
        """Paragraphs on the topic per 10,000 characters."""
        return rate(self.paragraphs, self.characters)


@dataclass(frozen=True, slots=True)
class Total:
    """The documents of one place, each counted once, whatever its years; otherwise as ``Coverage``."""

    place: Place
    documents: int
    characters: int
    treating: int
    mentioning: int
    paragraphs: int

    @property
    def rate(self) -> float | None:
        """Paragraphs on the topic per 10,000 characters."""
        return rate(self.paragraphs, self.characters)


def rate(paragraphs: int, characters: int) -> float | None:
    """Return paragraphs per 10,000 characters, ``None`` where there are no characters.

    >>> rate(3, 8123), rate(0, 0)
    (3.693, None)
    """
    return round(PER * paragraphs / characters, 3) if characters else None


def total(comparison: Comparison) -> tuple[Total, ...]:
    """Count the documents of a comparison by place, in administrative order."""
    places: dict[Place, list[DocumentSummary]] = {}
    for document in sorted(comparison.documents, key=place_and_year):
        places.setdefault(_place(document), []).append(document)
    rows = {row.document.id: row for row in comparison.rows}
    return tuple(Total(place, *_counted(documents, rows)) for place, documents in places.items())


def cover(comparison: Comparison) -> tuple[Coverage, ...]:
    """Count the documents of a comparison by place and year, in administrative order, years ascending, unknown last."""
    rows = {row.document.id: row for row in comparison.rows}
    cells: dict[tuple[Place, int | None], list[DocumentSummary]] = {}
    for document in sorted(comparison.documents, key=place_and_year):
        known = document.metadata
        for year in known.years or (None,):
            cells.setdefault((_place(document), year), []).append(document)
    return tuple(Coverage(place, year, *_counted(documents, rows)) for (place, year), documents in cells.items())


def _place(document: DocumentSummary) -> Place:
    known = document.metadata
    return known.province, known.city, known.district


def _counted(documents: Sequence[DocumentSummary], rows: Mapping[str, Row]) -> tuple[int, int, int, int, int]:
    """Return documents, characters, those that treat the topic and mention it, and paragraphs that hold its words."""
    told = [rows[document.id] for document in documents if document.id in rows]
    treating = sum(row.about == "about" for row in told)
    return (
        len(documents),
        sum(document.characters for document in documents),
        treating,
        len(told) - treating,
        sum(row.paragraphs for row in told),
    )


def missing(coverage: Sequence[Coverage]) -> tuple[tuple[Place, int], ...]:
    """List the places and years that the corpus has no document of, between its first and its last year.

    It says something about the corpus, not about the place: silence can only be read where there is a document.
    """
    years = sorted({each.year for each in coverage if each.year is not None})
    if not years:
        return ()
    places = dict.fromkeys(each.place for each in coverage)
    held = {(each.place, each.year) for each in coverage}
    return tuple(
        (place, year) for place in places for year in range(years[0], years[-1] + 1) if (place, year) not in held
    )
