"""The filters of a comparison: places and years with the number of documents, each a link that switches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from indexer.backend import FacetValue, PlaceCount, SearchBackend
from indexer.compare.rows import asked_documents
from indexer.query import Filters, Query
from search_app.addresses import FilterAddresses
from search_app.facets import facet_json, without
from search_app.place_tree import page_tree, place_tree

Json = dict[str, Any]
PATH = "/compare"


def document_filters(backend: SearchBackend, query: Query, kept: Sequence[tuple[str, str]]) -> Json:
    """Count documents by place whatever places are selected, and by year whatever years are.

    ``kept`` are the parameters of a comparison besides words and filters. A document of two years counts in both.
    Raises what the backend raises.
    """
    addresses = FilterAddresses(query, PATH, kept)
    filters = query.filters
    anywhere = replace(query, filters=without(filters, "place"))
    any_time = replace(query, filters=without(filters, "year"))
    places = Counter(
        (known.province, known.city, known.district)
        for known in (each.metadata for each in asked_documents(backend, anywhere))
    )
    years = Counter(year for each in asked_documents(backend, any_time) for year in each.metadata.years or (None,))
    in_order = sorted(years, key=lambda year: (year is None, year or 0))
    tree = place_tree(query, [PlaceCount(*place, count) for place, count in places.items()], addresses)
    return {
        "tree": page_tree(tree),
        "years": facet_json(query, "year", [FacetValue(year, years[year]) for year in in_order], addresses),
        "selected": filters != Filters(),
        "any_place": bool(filters.provinces or filters.cities or filters.districts),
        "without_place": addresses.of(anywhere.filters),
        "without_year": addresses.of(any_time.filters),
        "without_any": addresses.of(Filters()),
    }
