"""The JSON of the contract; every function here is thin."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, request

from indexer.errors import UnknownIdError
from search_app.access import current_backend
from search_app.answer import answer
from search_app.coverage import coverage_json
from search_app.history.present import followed_json, gone_document, resolution_json
from search_app.history.resolution import Resolution
from search_app.openapi import description
from search_app.params import read_number, read_query, read_text
from search_app.present import reading_json, whole_document_json
from search_app.suggest import MOST, suggestions_json

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/search")
def search() -> Response:
    """Answer a search."""
    explain = request.args.get("explain") == "1"
    return jsonify(answer(current_backend(), read_query(request.args), explain=explain))


@api.get("/explain")
def explanation() -> Response:
    """Say how a query is read, without its hits."""
    return jsonify(reading_json(answer(current_backend(), read_query(request.args))))


@api.get("/suggest")
def suggest() -> Response:
    """Suggest what to ask while it is being typed."""
    limit = read_number("limit", request.args.get("limit"), default=8, most=MOST)
    response = jsonify(suggestions_json(current_backend(), read_text(request.args), limit))
    response.cache_control.private = True
    response.cache_control.max_age = 60
    return response


@api.get("/documents")
def documents() -> Response:
    """List what the corpus holds and lacks."""
    backend = current_backend()
    return jsonify(coverage_json(backend.documents(), backend.corpus().build))


@api.get("/documents/<document_id>")
def document(document_id: str) -> Response:
    """Give a whole document; of one that left the index, what is kept of it (410)."""
    try:
        return jsonify(whole_document_json(current_backend().document(document_id)))
    except UnknownIdError as error:
        return make_response(jsonify(gone_document(document_id, error)), 410)


@api.get("/paragraphs/<paragraph_id>")
def paragraph(paragraph_id: str) -> Response:
    """Give one paragraph with what is known about its document; say what has become of one that is not there."""
    try:
        whole, found = current_backend().paragraph(paragraph_id)
    except UnknownIdError as error:
        return followed_json(paragraph_id, error)
    return jsonify(resolution_json(Resolution("current", paragraph_id, whole, found)))


@api.get("/openapi.json")
def openapi() -> Response:
    """Describe this interface."""
    return jsonify(description())
