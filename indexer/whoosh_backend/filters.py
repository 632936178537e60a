"""Facets and filters over arrays: which paragraphs a filter leaves, and how many of each value match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backend import FacetValue, PlaceCount
from indexer.models import Metadata
from indexer.places import Kind, label, normalise
from indexer.query import NONE, Filters
from indexer.whoosh_backend.arrays import Mask
from indexer.whoosh_backend.columns import Column

PlaceNames = tuple[str | None, str | None, str | None]
"""Province, city and district of a document."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What matches, counted by value: the flat facets by name, and the places."""

    facets: tuple[tuple[str, tuple[FacetValue, ...]], ...]
    places: tuple[PlaceCount, ...]


class FacetColumns:
    """The filterable fields of the documents of a build; masks and counts are by document."""

    def __init__(self, known: Sequence[Metadata]) -> None:
        self._known = known
        self._places = Column[PlaceNames]([[(known.province, known.city, known.district)] for known in self._known])
        self._cities = Column[str | int | None](
            [[place_key((known.province, known.city, known.district))] for known in self._known]
        )
        self._years = Column[str | int | None]([known.years or (None,) for known in self._known])
        self._spans = Column[tuple[int, ...]]([[known.years] for known in self._known])
        self._issuers = Column[str | int | None]([[known.issuer] for known in self._known])

    def masks(self, filters: Filters) -> dict[str, Mask]:
        """Return, for every filter in use, the documents that it leaves; the levels of a place are one filter."""
        documents: dict[str, Mask] = {}
        if filters.provinces or filters.cities or filters.districts:
            wanted = chosen_places(self._places.values, filters)
            documents["place"] = self._places.documents(wanted.__contains__)
        if filters.years:
            documents["year"] = self._spans.documents(lambda years: _year_matches(years, filters.years))
        if filters.issuers:
            issuers = {None if value == NONE else value for value in filters.issuers}
            documents["issuer"] = self._issuers.documents(issuers.__contains__)
        return documents

    def of_place(self, wanted: Callable[[PlaceNames], bool]) -> Mask:
        """Return the documents of the places that are wanted."""
        return self._places.documents(wanted)

    def of_years(self, wanted: Callable[[tuple[int, ...]], bool]) -> Mask:
        """Return the documents whose years are wanted, all of them together."""
        return self._spans.documents(wanted)

    def of_issuer(self, wanted: Callable[[str | int | None], bool]) -> Mask:
        """Return the documents of the issuers that are wanted."""
        return self._issuers.documents(wanted)

    def count(self, matching: NDArray[np.int64], masks: Mapping[str, Mask], filters: Filters) -> Counts:
        """Count the paragraphs that match, given by document: by city, year, issuer and place, each without its own
        filter.

        Cities are counted under the province and the district that are selected, places under none of them.
        """

        def without(name: str) -> NDArray[np.int64]:
            left = matching
            for other, mask in masks.items():
                if other != name:
                    left = left * mask
            return left

        anywhere = in_any_city = without("place")
        elsewhere = replace(filters, cities=())
        if elsewhere.provinces or elsewhere.districts:
            in_any_city = np.where(
                self._places.documents(chosen_places(self._places.values, elsewhere).__contains__), anywhere, 0
            )
        return Counts(
            (
                ("city", _ordered(self._cities.count(in_any_city))),
                ("year", _ordered(self._years.count(without("year")))),
                ("issuer", _ordered(self._issuers.count(without("issuer")))),
            ),
            tuple(PlaceCount(*place, count) for place, count in self._places.count(anywhere)),
        )

    @cached_property
    def recency(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Per document, the last plan year and the date of publication as a number, 0 where unknown."""
        years = [max(known.years, default=0) for known in self._known]
        dates = [int((known.published or "0").replace("-", "")) for known in self._known]
        return np.array(years, np.int64), np.array(dates, np.int64)


def chosen_places(places: Iterable[PlaceNames], filters: Filters) -> frozenset[PlaceNames]:
    """Return those of the places that the province, city and district filters leave; see ``Filters``.

    A value that is no place of these leaves nothing, unless another value of its level does: a mistyped city is not
    passed over because a province was chosen too.

    >>> places = [("湖北省", "武汉市", None), ("湖北省", "潜江市", None), ("重庆市", "重庆市", None)]
    >>> [place[1] for place in sorted(chosen_places(places, Filters(("湖北省",), ("武汉市",))))]
    ['武汉市']
    >>> [place[1] for place in sorted(chosen_places(places, Filters(("湖北省",), ("重庆市",))))]
    ['武汉市', '潜江市', '重庆市']
    """
    places = list(places)
    chosen: list[frozenset[PlaceNames]] = []
    levels: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("province", filters.provinces),
        ("city", filters.cities),
        ("district", filters.districts),
    )
    for kind, values in levels:
        if not values:
            continue
        extents = [frozenset(filter(_test(kind, value), places)) for value in values]
        if not any(extents):
            return frozenset()
        narrowed: set[int] = set()
        beneath: list[frozenset[PlaceNames]] = []
        for value, extent in zip(values, extents, strict=True):
            # "No district" says something of every place above it, even of those that have no such part.
            around = [at for at, above in enumerate(chosen) if above & extent or (kind == "district" and value == NONE)]
            narrowed.update(around)
            beneath.append(extent.intersection(frozenset().union(*(chosen[at] for at in around))) if around else extent)
        chosen = [above for at, above in enumerate(chosen) if at not in narrowed] + beneath
    return frozenset().union(*chosen)


def _test(kind: Kind, value: str) -> Callable[[PlaceNames], bool]:
    if kind == "city":
        wanted = None if value == NONE else normalise("city", value)
        # A province's own documents are asked for among the cities, by their label.
        return lambda place: place_key(place) in (wanted, None if value == NONE else value)
    at = 0 if kind == "province" else 2
    if value == NONE:
        return lambda place: place[at] is None
    full = normalise(kind, value)
    if kind == "district":
        return lambda place: place[2] is not None and (place[2] in (full, value) or label(*place) == value)
    return lambda place: place[at] in (full, value)


def place_key(place: PlaceNames) -> str | None:
    """Return what the facet of cities counts a place under: its city, its province as such, or nothing (未注明)."""
    province, city, _ = place
    return city or (label(province, None, None) if province else None)


def _year_matches(years: tuple[int, ...], ranges: tuple[tuple[int, int] | None, ...]) -> bool:
    return any(
        not years if wanted is None else any(wanted[0] <= year <= wanted[1] for year in years) for wanted in ranges
    )


def _ordered(counts: Iterable[tuple[str | int | None, int]]) -> tuple[FacetValue, ...]:
    """Places and issuers by count, years ascending, 未注明 last."""

    def key(item: tuple[str | int | None, int]) -> tuple[bool, int, str]:
        value, count = item
        return value is None, (value if isinstance(value, int) else -count), str(value)

    return tuple(FacetValue(value, count) for value, count in sorted(counts, key=key))
