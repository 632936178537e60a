"""What has become of a link, as JSON and as pages: one form for both."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, make_response, render_template

from indexer.errors import UnknownIdError
from indexer.models import Document
from search_app.access import current_backend, current_database
from search_app.history.recording import KeptDocument
from search_app.history.resolution import Resolution
from search_app.history.resolve import resolve, successor_of, twins
from search_app.present import document_json, paragraph_json
from search_app.text_fragment import source_link

Json = dict[str, Any]
HINTS = 5
"""Paragraphs of the same characters that are offered where an id was never seen."""


def resolution_json(found: Resolution) -> Json:
    """Present what has become of a paragraph: ``GET /api/v1/paragraphs/<id>``; what is gone has no ``paragraph``.

    ``kept`` is the paragraph as it was in the index, with its document. Of ``changed``, ``diff`` leads from the earlier
    text to that of all ``parts``; ``same_characters`` says that it was split, or joined with others, and nothing else.
    """
    known: Json = {"status": found.status}
    if found.status == "gone":
        known |= {
            "was": found.was,
            "document": kept_document_json(found.kept) if found.kept else None,
            "successor": _document(found.document),
        }
    else:
        assert found.document is not None
        assert found.paragraph is not None
        known |= {
            "document": _document(found.document),
            "paragraph": paragraph_json(found.paragraph),
            "was": found.was,
            "moved_to": found.moved_to,
            "source_link": source_link(found.document, found.paragraph),
        }
    if found.status == "changed":
        known |= {
            "similarity": found.similarity,
            "same_characters": found.same_characters,
            "diff": [{"op": change.op, "text": change.text} for change in found.changes],
            "parts": [
                {
                    "id": each.paragraph.id,
                    "url": f"/p/{each.paragraph.id}",
                    "ordinal": each.paragraph.ordinal,
                    "spans": [list(span) for span in each.spans],
                }
                for each in found.holders
            ],
        }
    if found.kept is not None and found.evidence is not None:
        known["kept"] = {
            "id": found.paragraph_id,
            "document": kept_document_json(found.kept),
            "section": list(found.evidence.section),
            "ordinal": found.evidence.ordinal,
            "text": found.evidence.exact,
            "prefix": found.evidence.prefix,
            "suffix": found.evidence.suffix,
            "build": found.kept.build,
            "built": found.kept.built,
        }
    return known


def kept_document_json(kept: KeptDocument) -> Json:
    """Present a document that left the index, as it was; its address says so."""
    return {**document_json(kept.id, kept.path, kept.metadata), "sha256": kept.sha256}


def gone_document_json(kept: KeptDocument, now: Document | None) -> Json:
    """Present a document that left the index: what it was, its paragraphs, and the document that stands for it."""
    snapshot = kept.snapshot
    return {
        "status": "gone",
        "document": kept_document_json(kept),
        "successor": _document(now),
        "build": kept.build,
        "built": kept.built,
        "paragraphs": [
            {
                "id": passage.id,
                "url": f"/p/{passage.id}",
                "section": list(passage.section),
                "text": snapshot.text_of(number),
            }
            for number, passage in enumerate(snapshot.passages)
        ],
    }


def follow_link(paragraph_id: str, error: UnknownIdError) -> Resolution | Json:
    """Return what has become of a paragraph that is not in the index.

    For an id that was never seen, the JSON of the error with paragraphs of the same characters, if there are any;
    raises the error again if there are none.
    """
    try:
        return resolve(current_backend(), current_database(), paragraph_id)
    except UnknownIdError:
        alike = twins(current_backend(), paragraph_id)
        if not alike:
            raise error from None
    return {
        "error": {
            "code": error.code,
            "message": str(error),
            "same_characters": [
                {
                    "id": paragraph.id,
                    "url": f"/p/{paragraph.id}",
                    "text": paragraph.text,
                    "document": document_json(summary.id, summary.path, summary.metadata),
                }
                for summary, paragraph in alike[:HINTS]
            ],
        }
    }


def followed_json(paragraph_id: str, error: UnknownIdError) -> Response:
    """Answer ``GET /api/v1/paragraphs/<id>`` for a paragraph that is not in the index."""
    found = follow_link(paragraph_id, error)
    if isinstance(found, dict):
        return make_response(jsonify(found), error.status)
    return make_response(jsonify(resolution_json(found)), 410 if found.status == "gone" else 200)


def gone_page(found: Resolution | Json) -> Response:
    """Show what is kept of a paragraph that is gone; of one that was never seen, others of the same characters."""
    if isinstance(found, dict):
        alike = found["error"]["same_characters"]
        return make_response(render_template("gone.html", status=404, alike=alike, gone=None, whole=None), 404)
    shown = resolution_json(found)
    return make_response(render_template("gone.html", status=410, alike=(), gone=shown, whole=None), 410)


def gone_document(document_id: str, error: UnknownIdError) -> Json:
    """Return the JSON of a document that left the index; raises the error again for one that was never in it."""
    try:
        return gone_document_json(*successor_of(current_backend(), current_database(), document_id))
    except UnknownIdError:
        raise error from None


def gone_document_page(document_id: str, error: UnknownIdError) -> Response:
    """Show a document that left the index, with links that say what has become of each paragraph."""
    whole = gone_document(document_id, error)
    return make_response(render_template("gone.html", status=410, alike=(), gone=None, whole=whole), 410)


def _document(document: Document | None) -> Json | None:
    return document_json(document.id, document.source.path, document.metadata) if document else None
