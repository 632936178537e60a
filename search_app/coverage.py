"""What the corpus holds and what it lacks: documents by place and year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from indexer.backend import DocumentSummary
from indexer.places import label
from search_app.present import summary_json

Json = dict[str, Any]


def coverage_json(summaries: Sequence[DocumentSummary], build: str) -> Json:
    """Present the corpus: all documents, and per place the years it has and the years it lacks.

    A gap is a year between the first and the last year of the corpus for which a place has no document; it says
    something about the corpus, not about the place.
    """
    years = sorted({year for summary in summaries for year in summary.metadata.years})
    span = range(years[0], years[-1] + 1) if years else range(0)
    by_place: dict[tuple[str | None, str | None, str | None], list[DocumentSummary]] = defaultdict(list)
    for summary in summaries:
        known = summary.metadata
        by_place[known.province, known.city, known.district].append(summary)
    return {
        "total": len(summaries),
        "paragraphs": sum(summary.paragraphs for summary in summaries),
        "characters": sum(summary.characters for summary in summaries),
        "build": build,
        "years": list(span),
        "places": [_place_json(place, here, span) for place, here in by_place.items()],
        "documents": [summary_json(summary) for summary in summaries],
    }


def _place_json(
    place: tuple[str | None, str | None, str | None], summaries: Sequence[DocumentSummary], span: range
) -> Json:
    province, city, district = place
    counts = {year: sum(year in summary.metadata.years for summary in summaries) for year in span}
    return {
        "province": province,
        "city": city,
        "district": district,
        "label": label(province, city, district),
        "documents": len(summaries),
        "paragraphs": sum(summary.paragraphs for summary in summaries),
        "characters": sum(summary.characters for summary in summaries),
        "years": {str(year): count for year, count in counts.items() if count},
        "gaps": [year for year, count in counts.items() if not count],
        "undated": sum(not summary.metadata.years for summary in summaries),
    }
