"""Facets and filters over arrays: which paragraphs a filter leaves, and how many of each value match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from indexer.backend import DocumentSummary, FacetValue
from indexer.models import Metadata
from indexer.places import label, normalise
from indexer.query import NONE, Filters
from indexer.whoosh_backend.scoring import Mask
from indexer.whoosh_backend.words import Ints

FACETS = ("city", "year")


class FacetColumns:
    """The filterable fields of the documents of a build, and which document each paragraph belongs to."""

    def __init__(self, summaries: Sequence[DocumentSummary], owners: Ints) -> None:
        self.owners = owners
        self._summaries = summaries
        self._cities = [place_key(summary.metadata) for summary in summaries]
        self._years = [summary.metadata.years for summary in summaries]

    def masks(self, filters: Filters) -> dict[str, Mask]:
        """Return, for every filter in use, the paragraphs that it leaves."""
        wanted: dict[str, Callable[[int], bool]] = {}
        if filters.cities:
            cities = {None if city == NONE else normalise("city", city) for city in filters.cities}
            cities.update(filters.cities)
            wanted["city"] = lambda number: self._cities[number] in cities
        if filters.years:
            wanted["year"] = lambda number: _year_matches(self._years[number], filters.years)
        if filters.provinces:
            wanted["province"] = self._equals("province", filters.provinces)
        if filters.districts:
            wanted["district"] = self._equals("district", filters.districts)
        if filters.issuers:
            wanted["issuer"] = self._equals("issuer", filters.issuers)
        return {name: self._mask(test) for name, test in wanted.items()}

    def _equals(self, name: Literal["province", "district", "issuer"], values: Sequence[str]) -> Callable[[int], bool]:
        accepted: set[str | None] = {None if value == NONE else value for value in values}
        if name != "issuer":
            accepted |= {normalise(name, value) for value in values if value != NONE}
        return lambda number: getattr(self._summaries[number].metadata, name) in accepted

    def _mask(self, test: Callable[[int], bool]) -> Mask:
        documents = np.fromiter(map(test, range(len(self._summaries))), np.bool_, len(self._summaries))
        mask: Mask = documents[self.owners] if len(documents) else np.zeros(0, np.bool_)
        return mask

    def facets(self, matching: Mask, masks: dict[str, Mask]) -> tuple[tuple[str, tuple[FacetValue, ...]], ...]:
        """Count matching paragraphs per city and per year, each without its own filter."""
        counted = []
        for name in FACETS:
            mask = matching
            for other, left in masks.items():
                if other != name:
                    mask = mask & left
            per_document = np.bincount(self.owners[mask], minlength=len(self._summaries))
            counts: Counter[str | int | None] = Counter()
            for number in np.flatnonzero(per_document):
                for value in self._values(name, int(number)):
                    counts[value] += int(per_document[number])
            counted.append((name, _ordered(counts)))
        return tuple(counted)

    def _values(self, name: str, number: int) -> Sequence[str | int | None]:
        return [self._cities[number]] if name == "city" else self._years[number] or [None]

    def recency(self) -> tuple[Ints, Ints]:
        """Return, per paragraph, the last plan year and the date of publication as a number, 0 where unknown."""
        years = [max(years, default=0) for years in self._years]
        dates = [int((summary.metadata.published or "0").replace("-", "")) for summary in self._summaries]
        return np.array(years, np.int32)[self.owners], np.array(dates, np.int32)[self.owners]


def place_key(metadata: Metadata) -> str | None:
    """Return what the facet of cities counts a document under: its city, its province as such, or nothing (未注明)."""
    return metadata.city or (label(metadata.province, None, None) if metadata.province else None)


def _year_matches(years: tuple[int, ...], ranges: tuple[tuple[int, int] | None, ...]) -> bool:
    return any(
        not years if wanted is None else any(wanted[0] <= year <= wanted[1] for year in years) for wanted in ranges
    )


def _ordered(counts: Counter[str | int | None]) -> tuple[FacetValue, ...]:
    """Places by count, years ascending, 未注明 last."""

    def key(item: tuple[str | int | None, int]) -> tuple[bool, int, str]:
        value, count = item
        return value is None, (value if isinstance(value, int) else -count), str(value)

    return tuple(FacetValue(value, count) for value, count in sorted(counts.items(), key=key))
