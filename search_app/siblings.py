"""Documents of the same place in other years, with which a document is compared first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from indexer.backend import DocumentSummary, SearchBackend
from indexer.models import Metadata
from search_app.params import url_with


def siblings(backend: SearchBackend, document_id: str, known: Metadata) -> list[DocumentSummary]:
    """List the documents of the same place in other years, the latest first; none for a place that is not stated."""
    place = (known.province, known.city, known.district)
    if place == (None, None, None) or not known.years:
        return []
    found = [
        each
        for each in _listed(backend, backend.corpus().build)
        if each.id != document_id
        and (each.metadata.province, each.metadata.city, each.metadata.district) == place
        and each.metadata.years
        and each.metadata.years != known.years
    ]
    return sorted(found, key=lambda each: (each.metadata.years[-1], each.metadata.title), reverse=True)


@lru_cache(maxsize=2)
def _listed(backend: SearchBackend, build: str) -> Sequence[DocumentSummary]:  # noqa: ARG001 - a new build has others
    return tuple(backend.documents())


def links_to_siblings(backend: SearchBackend, document_id: str, known: Metadata, most: int = 3) -> list[dict[str, str]]:
    """Name the comparisons with the nearest years, earlier ones first; the earlier document stands on the left."""
    year = known.years[-1] if known.years else 0
    near = sorted(siblings(backend, document_id, known), key=lambda each: abs(each.metadata.years[-1] - year))[:most]
    return [
        {
            "years": "、".join(map(str, each.metadata.years)),
            "title": each.metadata.title,
            "url": compared_url(*sorted([(year, document_id), (each.metadata.years[-1], each.id)])),
        }
        for each in sorted(near, key=lambda each: each.metadata.years)
    ]


def compared_url(left: tuple[int, str], right: tuple[int, str]) -> str:
    """Address two documents side by side, each given by its year and id."""
    return url_with("/compare", (), left=left[1], right=right[1])
