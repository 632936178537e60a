"""The search as a browser's address bar knows it: an OpenSearch description, and suggestions in its form."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from search_app.access import current_backend
from search_app.base_url import base_url
from search_app.params import read_text
from search_app.suggest import suggestions_json

opensearch = Blueprint("opensearch", __name__)

_SUGGESTED = 8


@opensearch.get("/opensearch.xml")
def description() -> Response:
    """Describe the search to browsers (OpenSearch 1.1, draft 6), so that an address bar can use it."""
    response = make_response(render_template("opensearch.xml.html", base=base_url()))
    response.mimetype = "application/opensearchdescription+xml"
    return response


@opensearch.get("/suggest.json")
def suggestions() -> Response:
    """Suggest in the form of OpenSearch Suggestions 1.1: what was typed, completions, descriptions, addresses."""
    typed = read_text(request.args)
    found = suggestions_json(current_backend(), typed, _SUGGESTED)["suggestions"]
    base = base_url()
    said = ["" if each["total"] is None else f"{each['total']} 段" for each in found]
    response = jsonify([typed, [each["text"] for each in found], said, [base + each["url"] for each in found]])
    response.mimetype = "application/x-suggestions+json"
    return response
