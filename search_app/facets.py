"""Facets as links: each value of a facet switches itself on or off and leaves the rest of the search alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from indexer.backend import FacetValue
from indexer.query import NONE, Filters, Query
from search_app.addresses import FilterAddresses
from search_app.params import year_text

UNKNOWN = "未注明"
# Which filter a facet switches; years are ranges and have rules of their own.
_FILTERS = {"province": "provinces", "city": "cities", "district": "districts", "issuer": "issuers"}

YearRange = tuple[int, int] | None


def facet_json(
    query: Query, name: str, values: Sequence[FacetValue], addresses: FilterAddresses | None = None
) -> list[dict[str, Any]]:
    """Present a facet: each value with its count, whether it is selected, and the address that toggles it.

    A value that is selected but has no paragraphs is kept with the count 0, so that it can be switched off.
    ``addresses`` are those of another page than the search.
    """
    listed = [(value.value, value.count) for value in values]
    if name == "year":
        years = [value for value, _ in listed if isinstance(value, int)]
        chosen: list[str | int | None] = [
            None if span is None else span[0] for span in query.filters.years if span is None or span[0] == span[1]
        ]
    else:
        years = []
        chosen = [None if value == NONE else value for value in _selected(query.filters, name)]
    present = {value for value, _ in listed}
    listed += [(value, 0) for value in chosen if value not in present]
    addresses = addresses or FilterAddresses(query)
    # Nearly all values are not selected: their addresses have one parameter more than that of the query.
    selected = {value for value, _ in listed if _is_selected(query.filters, name, value)}
    return [
        {
            "value": value,
            "label": UNKNOWN if value is None else str(value),
            "count": count,
            "selected": value in selected,
            "url": addresses.of(_toggled(query.filters, name, value, years))
            if value in selected
            else addresses.adding(name, _parameter(value)),
        }
        for value, count in listed
    ]


def shorten(
    values: Sequence[dict[str, Any]], most: int = 12, key: str = "selected"
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part the values of a facet into those shown at once and the rest: the first, the last years, all with ``key``.

    >>> shown, rest = shorten([{"value": year, "selected": year == 2001} for year in range(2000, 2025)], most=3)
    >>> [value["value"] for value in shown], len(rest)
    ([2001, 2022, 2023, 2024], 21)
    """
    if len(values) <= most + 2:  # folding away one or two would save nothing
        return list(values), []
    years = any(isinstance(value["value"], int) for value in values)
    first = len(values) - most if years else 0
    shown = [at for at, value in enumerate(values) if first <= at < first + most or value[key]]
    return [values[at] for at in shown], [value for at, value in enumerate(values) if at not in shown]


def without(filters: Filters, name: str) -> Filters:
    """Drop every value of one filter."""
    if name == "place":
        return replace(filters, provinces=(), cities=(), districts=())
    return replace(filters, years=()) if name == "year" else with_values(filters, name, ())


def with_values(filters: Filters, name: str, values: tuple[str, ...]) -> Filters:
    """Set the values of a filter other than the years."""
    changes: dict[str, Any] = {_FILTERS[name]: values}
    return replace(filters, **changes)


def toggle_year(years: tuple[YearRange, ...], value: int | None, known: Sequence[int]) -> tuple[YearRange, ...]:
    """Switch one year on or off; a range that loses a year falls apart into those of its years that are known.

    >>> toggle_year(((2015, 2018),), 2017, [2015, 2017, 2018])
    ((2015, 2015), (2018, 2018))
    >>> toggle_year(((2015, 2015),), 2017, [2015, 2017])
    ((2015, 2015), (2017, 2017))
    """
    if value is None:
        return tuple(span for span in years if span is not None) if None in years else (*years, None)
    if not any(span and span[0] <= value <= span[1] for span in years):
        return (*years, (value, value))
    kept: list[YearRange] = []
    for span in years:
        if span is None or not span[0] <= value <= span[1]:
            kept.append(span)
        else:
            kept += [(year, year) for year in known if span[0] <= year <= span[1] and year != value]
    return tuple(dict.fromkeys(kept))


def _toggled(filters: Filters, name: str, value: str | int | None, known: Sequence[int]) -> Filters:
    if name == "year":
        return replace(filters, years=toggle_year(filters.years, value if isinstance(value, int) else None, known))
    word = NONE if value is None else str(value)
    chosen = _selected(filters, name)
    changed = tuple(other for other in chosen if other != word) if word in chosen else (*chosen, word)
    return with_values(filters, name, changed)


def _parameter(value: str | int | None) -> str:
    """Write a value as its parameter."""
    if value is None:
        return NONE
    return year_text((value, value)) if isinstance(value, int) else value


def _is_selected(filters: Filters, name: str, value: str | int | None) -> bool:
    if name != "year":
        return (NONE if value is None else value) in _selected(filters, name)
    if value is None:
        return None in filters.years
    return any(span and span[0] <= int(value) <= span[1] for span in filters.years)


def _selected(filters: Filters, name: str) -> tuple[str, ...]:
    selected: tuple[str, ...] = getattr(filters, _FILTERS[name])
    return selected
