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
from search_app.sides_page import sides_view

pages = Blueprint("comparison_pages", __name__)

LISTED = 40
"""Wordings that are listed at first: some 60 KB of page with sentences of work reports."""
_SPAN_LIMIT = 12
"""Years that a grid has columns for; of more, the last."""


@pages.get("/compare")
def page() -> str:
    """Show who says what on a topic, or two documents side by side; without either, the forms."""
    backend = current_backend()
    if "left" in request.args or "right" in request.args:
        return render_template("compare_sides.html", **sides_view(backend, request.args))
    documents = [document_json(each.id, each.path, each.metadata) for each in backend.documents()]
    shared = {"documents": documents, "corpus": backend.corpus()}
    if not read_text(request.args):
        return render_template("compare.html", topic="", found=None, **shared)
    known = [each.metadata for each in backend.documents()]
    cities = sorted({(each.province or "", each.city) for each in known if each.city})
    view = _view(backend, answer_comparison(backend, request.args))
    return render_template("compare.html", cities=[city for _, city in cities], **shared, **view)


def _view(backend: SearchBackend, found: Json) -> dict[str, Any]:
    """Put together what the template shows of an answer."""
    query = read_query(request.args)
    filters = [pair for pair in query_parameters(query) if pair[0] in _FILTERS]
    kept = [("q", query.text), *filters]
    baseline = request.args.get("baseline") or None
    fade = request.args.get("fade") == "1"
    order = "wording" if request.args.get("order") == "wording" else None
    marked = {"baseline": baseline, "fade": "1" if fade else None}
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
        "whole_url": url_with("/compare", kept, **marked, order=order, all="1"),
        "treated": sum(row["about"] == "about" for row in found["rows"]),
        "baseline": baseline,
        "fade": fade,
        "fade_url": url_with("/compare", kept, baseline=baseline, fade=None if fade else "1", order=order),
        "base_url": url_with("/compare", kept, fade="1" if fade else None, order=order),
        "files": _files(kept, baseline),
        "contrasts": [
            each | {"name": str(each["year"] or label(each["province"], each["city"], each["district"]))}
            for each in found["distinctive"] or ()
        ],
        "asked_contrasts": request.args.get("distinctive") == "on",
        "contrasts_url": url_with("/compare", kept, **marked, order=order, distinctive="on"),
        "filters": filters,
        "filtered": ["～".join(value.split("..")) for _, value in filters],
        "wordless": not read_topic(query, {}, 1).pieces,  # only exclusions and fields of documents
        "unknown": unknown_places(backend, query.filters),
        "sides_url": url_with("/compare", [("left", ""), *kept]),
        "unfiltered_url": url_with("/compare", [("q", query.text)]),
        "chosen": {value for name, value in filters if name == "city"},
        "order": order,
        "order_urls": [
            (name, url_with("/compare", kept, **marked, order=value), value == order)
            for name, value in (("按地方", None), ("按表述", "wording"))
        ],
        "grid": _grid(found, by_wording=order == "wording"),
    }


def _files(kept: list[tuple[str, str]], baseline: str | None) -> list[tuple[str, str]]:
    """Return the names and addresses of the files that hold what a page shows."""
    return [
        (name, url_with("/api/v1/compare", kept, baseline=baseline, format=form))
        for name, form in (("CSV", "csv"), ("Excel", "xlsx"))
    ]


_FILTERS = ("province", "city", "district", "issuer", "year")


def _grid(found: Json, *, by_wording: bool = False) -> Json:
    """Arrange rows and silent documents by place and year: a cell is what the documents of a place say in a year.

    By wording, places that share one stand together, the most shared first, then those that only mention the topic,
    and those that are silent last; otherwise places are in their own order.
    """
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
    if by_wording:
        rank = {wording["label"]: at for at, wording in enumerate(found["wordings"])}
        places = dict(sorted(places.items(), key=lambda each: _first_wording(each[1], rank)))
    return {"years": [*years, None] if undated else years, "places": places}


def _first_wording(cells: dict[int | None, list[Json]], rank: dict[str, int]) -> tuple[int, int]:
    """Say where a place stands by wording: what it treats, mentions or leaves out, and its most shared wording."""
    kinds = {"about": 0, "mentions": 1}
    told = [(kinds[cell["about"]], rank[cell["label"]]) for each in cells.values() for cell in each if cell["label"]]
    return min(told, default=(2, 0))
