"""The page ``/compare``: a grid of places and years, the wordings, who is silent; or two documents side by side."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from indexer.backend import SearchBackend
from indexer.compare.topic import read_topic
from indexer.places import label
from search_app.access import current_backend
from search_app.answer import unknown_places
from search_app.compare import Json, answer_comparison
from search_app.params import query_parameters, read_query, read_text, url_with
from search_app.present import document_json

pages = Blueprint("comparison_pages", __name__)

LISTED = 40
"""Wordings that are listed at first: some 60 KB of page with sentences of work reports."""
_SPAN_LIMIT = 12
"""Years that a grid has columns for; of more, the last."""


@pages.get("/compare")
def page() -> str:
    """Show who says what on a topic, or two documents side by side; without either, the forms."""
    backend = current_backend()
    left, right = request.args.get("left"), request.args.get("right")
    documents = [document_json(each.id, each.path, each.metadata) for each in backend.documents()]
    shared = {"documents": documents, "corpus": backend.corpus()}
    if left or right:
        found = answer_comparison(backend, request.args)
        return render_template("compare_sides.html", found=found, left=left, right=right, kinds=KIND_NAMES, **shared)
    if not read_text(request.args):
        return render_template("compare.html", topic="", found=None, **shared)
    return render_template("compare.html", **shared, **_view(backend, answer_comparison(backend, request.args)))


KIND_NAMES = {
    "same": "相同",
    "reworded": "改写",
    "moved": "移动",
    "added": "右边新增",
    "dropped": "右边没有",
}


def _view(backend: SearchBackend, found: Json) -> dict[str, Any]:
    """Put together what the template shows of an answer."""
    query = read_query(request.args)
    filters = [pair for pair in query_parameters(query) if pair[0] in _FILTERS]
    kept = [("q", query.text), *filters]
    baseline = request.args.get("baseline") or None
    fade = request.args.get("fade") == "1"
    by_id = {row["paragraph"]["id"]: row for row in found["rows"]}
    wordings = [{**wording, "rows": [by_id[each] for each in wording["members"]]} for wording in found["wordings"]]
    whole = request.args.get("all") == "1"
    shown = wordings if whole else wordings[:LISTED]
    return {
        "topic": query.text,
        "found": found,
        "wordings": shown,
        "linked": {wording["label"] for wording in shown},
        "rest": len(wordings) - len(shown),
        "whole_url": url_with("/compare", kept, baseline=baseline, fade="1" if fade else None, all="1"),
        "treated": sum(row["about"] == "about" for row in found["rows"]),
        "baseline": baseline,
        "fade": fade,
        "fade_url": url_with("/compare", kept, baseline=baseline, fade=None if fade else "1"),
        "base_url": url_with("/compare", kept, fade="1" if fade else None),
        "filters": filters,
        "filtered": ["～".join(value.split("..")) for _, value in filters],
        "wordless": not read_topic(query, {}, 1).pieces,  # only exclusions and fields of documents
        "unknown": unknown_places(backend, query.filters),
        "unfiltered_url": url_with("/compare", [("q", query.text)]),
        "grid": _grid(found),
    }


_FILTERS = ("province", "city", "district", "issuer", "year")


def _grid(found: Json) -> Json:
    """Arrange rows and silent documents by place and year: a cell is what the documents of a place say in a year."""
    places: dict[str, dict[int | None, list[Json]]] = {
        label(each["province"], each["city"], each["district"]): {} for each in found["coverage"]
    }
    said = [
        (row["document"], {"label": row["wording"], "about": row["about"], "url": row["paragraph"]["url"]})
        for row in found["rows"]
    ]
    said += [
        (each["document"], {"label": None, "about": None, "url": each["document"]["url"]}) for each in found["silent"]
    ]
    for document, cell in said:
        for year in document["years"] or (None,):
            places.setdefault(document["place"], {}).setdefault(year, []).append(cell)
    years = sorted({year for cells in places.values() for year in cells if year is not None})[-_SPAN_LIMIT:]
    undated = any(None in cells for cells in places.values())
    return {"years": [*years, None] if undated else years, "places": places}
