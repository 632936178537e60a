"""Text that is used again: ``/reuse``, the clusters of the corpus and one of them, and what a paragraph page says."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from indexer.backend import DocumentSummary, SearchBackend, Spread
from indexer.compare import ClusterPage, HasClusters, origin, similar
from indexer.compare.clusters import Cluster
from indexer.compare.reuse import changes_between
from indexer.errors import ParameterError
from indexer.models import Document, Paragraph
from indexer.places import label
from indexer.query import Query
from indexer.resemblance import figures
from indexer.saidfirst import year_said
from search_app.access import current_backend, current_database
from search_app.answer import unknown_places
from search_app.compare_topic import changes_json
from search_app.history.standing import standing
from search_app.params import Parameters, filter_parameters, read_query, url_with
from search_app.present import document_json, paragraph_json, spread_json

reuse = Blueprint("reuse", __name__)

Json = dict[str, Any]

SHOWN = 5
"""Members that a list of clusters shows of each; one cluster alone shows them page by page."""
BESIDE = 10
"""Copies that the page of a paragraph lists beneath it."""
_WITHIN = ("corpus", "document")


@reuse.get("/api/v1/reuse")
def clusters() -> Response:
    """List the clusters of text that is used again."""
    return jsonify(clusters_json(current_backend(), request.args))


@reuse.get("/api/v1/reuse/<paragraph_id>")
def cluster(paragraph_id: str) -> Response:
    """Tell the cluster of one paragraph, with what each member changed; a link that moved is followed."""
    status, _, paragraph = standing(current_backend(), current_database(), paragraph_id)
    return jsonify({"status": status} | cluster_json(current_backend(), paragraph.id, request.args))


@reuse.get("/api/v1/paragraphs/<paragraph_id>/similar")
def like(paragraph_id: str) -> Response:
    """List the paragraphs that say nearly the same as one, and who said it first; a link that moved is followed."""
    status, _, paragraph = standing(current_backend(), current_database(), paragraph_id)
    return jsonify({"status": status} | similar_json(current_backend(), paragraph.id))


@reuse.get("/reuse")
def page() -> str:
    """Show the clusters of text that is used again."""
    backend = current_backend()
    query = read_query(request.args)
    found = clusters_json(backend, request.args)
    filters = [(name, value) for name, values in filter_parameters(query.filters) for value in values]
    within = found["within"] == "document"
    kept = [*filters, *([("within", "document")] if within else [])]
    places = sorted({_label(each) for each in backend.documents() if _is_listed(each)})
    return render_template(
        "reuse.html",
        found=found,
        within=within,
        filters=filters,
        filtered=["～".join(value.split("..")) for _, value in filters],
        unfiltered_url=url_with("/reuse", (), within="document" if within else None),
        other_url=url_with("/reuse", filters, within=None if within else "document"),
        json_url=url_with("/api/v1/reuse", kept),
        unknown=unknown_places(backend, query.filters),
        places=places,
        pager=_pager("/reuse", kept, query, found["total"]),
    )


@reuse.get("/reuse/<paragraph_id>")
def one(paragraph_id: str) -> str | Redirect:
    """Show the cluster of one paragraph: who said it first, and what the others changed; a link that moved leads on."""
    backend = current_backend()
    _, _, paragraph = standing(backend, current_database(), paragraph_id)
    if paragraph.id != paragraph_id:
        return redirect(url_with(f"/reuse/{paragraph.id}", list(request.args.items(multi=True))))
    query = read_query(request.args)
    found = cluster_json(backend, paragraph_id, request.args)
    total = found["cluster"]["paragraphs"] if found["cluster"] else 0
    return render_template("reuse_cluster.html", found=found, pager=_pager(f"/reuse/{paragraph_id}", [], query, total))


def clusters_json(backend: SearchBackend, args: Parameters) -> Json:
    """Make the JSON of ``GET /api/v1/reuse``; raises ``ParameterError`` and what the backend raises.

    A backend that knows no clusters answers that there are none.
    """
    query = read_query(args)
    within = args.get("within") or "corpus"
    if within not in _WITHIN:
        raise ParameterError(f"参数 within 是“{within[:40]}”，只能是 {' 或 '.join(_WITHIN)}。")
    found = ClusterPage((), 0, 0)
    if isinstance(backend, HasClusters):
        wanted = _wanted(query)
        found = backend.clusters(query.filters, wanted, within=within == "document", shown=SHOWN)
    corpus = backend.corpus()
    return {
        "within": within,
        "page": query.page,
        "per_page": query.per_page,
        "total": found.total,
        "elsewhere": found.elsewhere,
        "clusters": [
            told_json(each) | {"members": [_member_json(document, paragraph) for document, paragraph in each.members]}
            for each in found.clusters
        ],
        "corpus": {"documents": corpus.documents, "paragraphs": corpus.paragraphs, "build": corpus.build},
    }


def cluster_json(backend: SearchBackend, paragraph_id: str, args: Parameters) -> Json:
    """Make the JSON of ``GET /api/v1/reuse/<id>``: members as they were said, each with its diff to the first.

    Raises ``UnknownIdError`` and what the backend raises.
    """
    query = read_query(args)
    document, paragraph = backend.paragraph(paragraph_id)
    found = backend.cluster(paragraph_id, slice(0, 1)) if isinstance(backend, HasClusters) else None
    shown: list[Json] = []
    if found is not None and isinstance(backend, HasClusters):
        (_, first) = found.members[0]
        read = backend.cluster(paragraph_id, _wanted(query))
        for theirs, member in read.members if read else ():
            shown.append(
                _member_json(theirs, member)
                | {
                    "same_figures": figures(first.folded) == figures(member.folded),
                    "diff": [] if member.id == first.id else changes_json(changes_between(first, member)),
                }
            )
    return {
        "document": document_json(document.id, document.source.path, document.metadata),
        "paragraph": paragraph_json(paragraph),
        "page": query.page,
        "per_page": query.per_page,
        "cluster": None if found is None else told_json(found) | {"members": shown},
    }


def told_json(found: Cluster) -> Json:
    """Present a cluster without its members."""
    return spread_json(found.spread) | {
        "letters": found.letters,
        "years": [{"year": year, "documents": count} for year, count in found.years],
        "named": [
            {"province": place[0], "city": place[1], "district": place[2], "label": label(*place), "documents": count}
            for place, count in found.places
        ],
    }


def similar_json(backend: SearchBackend, paragraph_id: str) -> Json:
    """Present the paragraphs that say nearly the same as one, and who said it first. Raises ``UnknownIdError``."""
    document, paragraph = backend.paragraph(paragraph_id)
    found = similar(backend, paragraph_id)
    told = origin(document, paragraph, found)
    first = told.first
    known = document.metadata if first is None else first.document.metadata
    return {
        "document": document_json(document.id, document.source.path, document.metadata),
        "paragraph": paragraph_json(paragraph),
        "documents": told.documents,
        "places": told.places,
        "first": {
            "paragraph": paragraph.id if first is None else first.paragraph.id,
            "year": year_said(known),
            "surely": told.surely,
            "diff": [] if first is None else changes_json(changes_between(first.paragraph, paragraph)),
        },
        "similar": [
            _member_json(each.document, each.paragraph)
            | {"likeness": each.likeness, "same_figures": each.same_figures, "diff": changes_json(each.changes)}
            for each in found
        ],
    }


def beside(backend: SearchBackend, document: Document, paragraph: Paragraph) -> Json | None:
    """Present what the page of a paragraph says of its copies, the first of them said first; ``None`` without any."""
    found = similar(backend, paragraph.id)
    if not found:
        return None
    told = origin(document, paragraph, found)
    first = told.first
    whole: Spread | None = backend.spreads([paragraph.id])[0] if isinstance(backend, HasClusters) else None
    source = paragraph if first is None else first.paragraph
    return {
        "documents": told.documents,
        "places": told.places,
        "own": first is None,
        "surely": told.surely,
        "first": None if first is None else _member_json(first.document, first.paragraph),
        "year": year_said(document.metadata if first is None else first.document.metadata),
        "diff": [] if first is None else changes_json(changes_between(first.paragraph, paragraph)),
        "others": [
            _member_json(each.document, each.paragraph)
            | {
                "same_figures": each.same_figures,
                "own_document": each.document.id == document.id,
                "diff": [] if each.paragraph.id == source.id else changes_json(changes_between(source, each.paragraph)),
            }
            for each in (found[at] for at in told.order[:BESIDE])
        ],
        "rest": len(found) - BESIDE,
        "url": None if whole is None else f"/reuse/{paragraph.id}",
    }


def _member_json(document: DocumentSummary, paragraph: Paragraph) -> Json:
    return {
        "document": document_json(document.id, document.path, document.metadata),
        "paragraph": paragraph_json(paragraph),
        "year": year_said(document.metadata),
    }


def _label(document: DocumentSummary) -> str:
    known = document.metadata
    return label(known.province, known.city, known.district)


def _is_listed(document: DocumentSummary) -> bool:
    """Whether a place is offered in the form: districts are too many, and found by their names."""
    return document.metadata.province is not None and document.metadata.district is None


def _wanted(query: Query) -> slice:
    return slice((query.page - 1) * query.per_page, query.page * query.per_page)


def _pager(path: str, kept: list[tuple[str, str]], query: Query, total: int) -> Json:
    """Say which pages there are around this one."""
    last = max(1, -(-total // query.per_page))
    size = None if query.per_page == 10 else str(query.per_page)

    def address(page: int) -> str:
        return url_with(path, kept, page=None if page == 1 else str(page), per_page=size)

    around = sorted({1, *range(max(1, query.page - 2), min(last, query.page + 2) + 1), last})
    return {
        "last": last,
        "page": query.page,
        "beyond": query.page > last,
        "first_url": address(1),
        "pages": [(page, address(page)) for page in around],
    }
