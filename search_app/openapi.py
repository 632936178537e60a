"""The description of the JSON interface in OpenAPI 3.1: short, and true (a test calls every path in it)."""

from __future__ import annotations

from typing import Any

from indexer.query import MAX_LENGTH
from search_app.collections import openapi as collections
from search_app.export import FORMATS
from search_app.params import GROUPS, MAX_PAGE, MAX_PER_PAGE, RELAXES, SORTS
from search_app.sides import ASKED
from search_app.suggest import MOST

Json = dict[str, Any]

_WORDS: Json = {"type": "array", "items": {"type": "string"}}
_YEAR: Json = {"type": "array", "items": {"type": "string", "pattern": r"^([0-9]{4}(\.\.[0-9]{4})?|~none)$"}}


def description() -> Json:
    """Describe every address of the JSON interface."""
    search = [
        _parameter("q", "The query; its language is on /help.", {"type": "string", "maxLength": MAX_LENGTH}),
        _parameter(
            "province",
            "Several values are alternatives; ~none: names no province. A city or district narrows the province that "
            "it is part of and stands beside one that it is not.",
            _WORDS,
        ),
        _parameter("city", "Several values are alternatives; ~none: names no city.", _WORDS),
        _parameter(
            "district",
            "Alone (青浦区) or with its city (上海市青浦区); several values are alternatives; ~none: names none.",
            _WORDS,
        ),
        _parameter("issuer", "Several values are alternatives.", _WORDS),
        _parameter("year", "One year, a range 2017..2024, or ~none; several are alternatives.", _YEAR),
        _parameter("sort", "Unknown years come last.", {"enum": list(SORTS), "default": "relevance"}),
        _parameter("relax", "How much of the query must match.", {"enum": list(RELAXES)}),
        _parameter(
            "group",
            "document: groups of paragraphs by document, documents in the order of their best paragraph, each with its "
            "first three; hits is then empty, and total and per_page count documents.",
            {"enum": list(GROUPS)},
        ),
        _parameter(
            "fold",
            "on: among the first 300 hits, those nearly the same as a better one stand in its duplicates and have no "
            "place of their own; total counts them all the same. Never while grouping.",
            {"enum": ["on", "off"], "default": "off"},
        ),
        _parameter("expand", "off: only the words as typed.", {"enum": ["on", "off"], "default": "on"}),
        _parameter("spell", "off: as spelt, no correction.", {"enum": ["on", "off"], "default": "on"}),
        _parameter("off", "The id of one expansion to switch off; repeatable.", _WORDS),
        _parameter("explain", "1: each hit says what its score is made of.", {"enum": ["1"]}),
        _parameter("page", "From 1.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1}),
        _parameter(
            "per_page", "Hits on a page.", {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": 10}
        ),
    ]
    suggest = [
        search[0],
        _parameter("limit", "Suggestions at most.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 8}),
    ]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Yaodian (要点)",
            "version": "1",
            "description": "Full-text search over Chinese education policy texts, paragraph by paragraph. Offsets are "
            "Unicode code points, half-open; start, end and segments count in the text of record, highlights in text.",
        },
        "paths": {
            "/api/v1/search": _get("Search paragraphs.", search, (400, 413, 503)),
            "/api/v1/explain": _get("How a query is read, and what it finds; no hits.", search, (400, 413, 503)),
            "/api/v1/suggest": _get("What to ask, while it is being typed.", suggest, (400, 413, 503)),
            "/api/v1/documents": _get("What the corpus holds: places, years, gaps, documents.", [], (503,)),
            "/api/v1/documents/{id}": _get(
                "A whole document, with its paragraphs and headings. 410: it left the index; what is kept of it.",
                [_ID],
                (404, 410, 503),
            ),
            "/api/v1/paragraphs/{id}": _get(
                "One paragraph and its document, and whether it is current, moved or changed. 410: gone; its text.",
                [_ID],
                (404, 410, 503),
            ),
            "/api/v1/clause": _get("What says the same as a pasted clause, with a diff.", [_CLAUSE], (400, 413, 503)),
            "/api/v1/compare": _get(
                "Who says what on a topic, or (left, right) two documents side by side.",
                [*search[:6], *_COMPARED],
                (400, 404, 413, 503),
            ),
            "/api/v1/paragraphs/{id}/similar": _get(
                "What says nearly the same as a paragraph, who said it first; an id that moved is followed (status).",
                [_ID],
                (404, 503),
            ),
            "/api/v1/reuse": _get(
                "Text that is used again: clusters of paragraphs that are copies of one, most places first.",
                [*search[1:6], *search[-2:], _WITHIN],
                (400, 413, 503),
            ),
            "/api/v1/reuse/{id}": _get(
                "The cluster of one paragraph, null if it is in none; first said first, with diffs from the first. "
                "An id that moved is followed (status).",
                [_ID, *search[-2:]],
                (400, 404, 413, 503),
            ),
            "/api/v1/export": _get(
                "All hits of a search as a file, each with its citation and permalink: 10,000 or, in docx, 2,000; a "
                "file that was cut says so. page and per_page are not heeded.",
                [*search[:8], *search[10:13], _FILE, _STYLE],
                (400, 413, 503),
            ),
            "/api/v1/paragraphs/{id}/citation": _get(
                "A paragraph's citation, as text, for pasting, and for reference managers.",
                [_ID, _STYLE, _REFERENCE],
                (400, 404, 503),
            ),
            "/api/v1/documents/{id}/citation": _get(
                "A document's citation.", [_ID, _STYLE, _REFERENCE], (400, 404, 503)
            ),
            "/api/v1/styles": _get("The styles that citations can be asked for in.", [], ()),
            "/api/v1/openapi.json": _get("This description.", [], ()),
            **collections.paths(),
        },
        "components": {"schemas": {"Error": _ERROR}},
    }


_ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "position": {"type": "integer", "description": "Offset in q, for code query_syntax."},
            },
        }
    },
}


def _parameter(name: str, meaning: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": meaning, "schema": schema}


_STYLE = _parameter(
    "style",
    "A style of the CSL repository, or a short name; /api/v1/styles lists them.",
    {"type": "string", "default": "gb7714-2015-numeric"},
)
_REFERENCE = _parameter(
    "format",
    "JSON, or a file for reference managers.",
    {"enum": ["json", "bibtex", "ris", "csl-json"], "default": "json"},
)
_FILE = _parameter("format", "The kind of file.", {"enum": list(FORMATS), "default": "json"})
_CLAUSE = _parameter("q", "The clause: 6 Han characters at least, 500 characters at most.", {"type": "string"})


_WITHIN = _parameter(
    "within",
    "document: clusters inside one document; else those of several.",
    {"enum": ["corpus", "document"], "default": "corpus"},
)
_COMPARED = [
    _parameter("baseline", "The label of a wording, or any paragraph's id, that diffs lead from.", {"type": "string"}),
    _parameter("left", "A document's id; with right, and without q.", {"type": "string"}),
    _parameter("right", "A document's id.", {"type": "string"}),
    _parameter(
        "kind",
        "With left and right: pairs of this kind only, repeatable; alone: pairs in which one side says what the other "
        "document says nowhere (marks of kind only).",
        {"enum": list(ASKED)},
    ),
    _parameter(
        "distinctive",
        "Words that each place (of more than 30 places each province) and year uses more than the others; not given: "
        "where there are at most 30 rows.",
        {"enum": ["on", "off"]},
    ),
    _parameter("format", "JSON, or a table to download.", {"enum": ["json", "csv", "xlsx"], "default": "json"}),
]


def _get(summary: str, parameters: list[Json], errors: tuple[int, ...]) -> Json:
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    answers: Json = {"200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
    answers |= {str(status): {"description": "Error", "content": refused} for status in errors}
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers}}
