"""Citations of documents and paragraphs: a page to copy from, and JSON; made when asked, for the day stands in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from indexer.citation import Cited, csl_json, key_of, work_of
from indexer.citation_styles import COMMON, GB, render, style_names, style_of
from indexer.models import Document, Paragraph
from indexer.references import bibtex, csl_items, ris
from search_app.access import current_backend
from search_app.base_url import absolute
from search_app.export.excerpt import inferred_names
from search_app.present import document_json

citations = Blueprint("citations", __name__)

Json = dict[str, Any]
_CITED = ("title", "issuer", "published")
"""Fields of a document that a citation prints."""


@citations.get("/api/v1/paragraphs/<paragraph_id>/citation")
def paragraph_citation(paragraph_id: str) -> Response:
    """Cite a paragraph. Raises ``UnknownIdError``, and ``ParameterError`` for an unknown style."""
    return _fresh(jsonify(citation_json(*_paragraph(paragraph_id), request.args.get("style"))))


@citations.get("/api/v1/documents/<document_id>/citation")
def document_citation(document_id: str) -> Response:
    """Cite a document. Raises ``UnknownIdError``, and ``ParameterError`` for an unknown style."""
    return _fresh(jsonify(citation_json(*_document(document_id), request.args.get("style"))))


@citations.get("/api/v1/styles")
def styles() -> Response:
    """List the styles that a citation can be asked for in: the common ones with what they are called, and all."""
    common = [{"name": name, "label": label} for name, label in COMMON]
    return jsonify(default=GB, common=common, names=list(style_names()))


@citations.get("/p/<paragraph_id>/cite")
def paragraph_page(paragraph_id: str) -> Response:
    """Show a paragraph's citation, to be copied."""
    return _page(*_paragraph(paragraph_id))


@citations.get("/d/<document_id>/cite")
def document_page(document_id: str) -> Response:
    """Show a document's citation, to be copied."""
    return _page(*_document(document_id))


def citation_json(whole: Document, cited: Cited, style: str | None = None) -> Json:
    """Present a citation: in one style, as a quotation ready to paste, and for reference managers.

    ``inferred`` names what was concluded rather than read, and should be looked at before it is printed.
    """
    rendered = render(cited, style_of(style))
    return {
        "id": cited.id,
        "style": rendered.style,
        "citation": rendered.entry,
        "in_text": rendered.in_text or None,
        "locator": cited.locator or None,
        "url": cited.url,
        "source_url": whole.metadata.source_url,
        "accessed": cited.accessed,
        "quotation": quotation(cited, rendered.entry) if cited.text else None,
        "inferred": inferred_names([name for name in whole.metadata.inferred if name in _CITED]),
        "key": key_of(cited),
        "csl": csl_json(cited),
        "bibtex": bibtex([cited]),
        "ris": ris([cited]),
    }


def quotation(cited: Cited, entry: str) -> str:
    """Put a quotation, its citation, where it stands, and its permalink together, to be pasted.

    The text is as published, its own marks of quotation too; where it has such marks, others stand around it.

    >>> from indexer.citation import Work
    >>> cited = Cited(Work("d", "2017年工作要点"), "p", "https://example.org/p/p", "2026-11-22", (), 3, "落实“双减”。")
    >>> print(quotation(cited, "2017年工作要点[EB/OL]."))
    「落实“双减”。」
    2017年工作要点[EB/OL]. 第3段.
    https://example.org/p/p
    """
    own = any(mark in cited.text for mark in "“”")
    opening, closing = "「」" if own or cited.work.script == "Hant" else "“”"
    located = f"{entry} {cited.locator}." if cited.locator else entry
    lines = [f"{opening}{cited.text.strip()}{closing}", located]
    return "\n".join([*lines, *([cited.url] if cited.url not in entry else [])])


def _paragraph(paragraph_id: str) -> tuple[Document, Cited]:
    whole, found = current_backend().paragraph(paragraph_id)
    return whole, cited_paragraph(whole, found)


def _document(document_id: str) -> tuple[Document, Cited]:
    whole = current_backend().document(document_id)
    return whole, cited_document(whole)


def cited_paragraph(whole: Document, found: Paragraph) -> Cited:
    """Say what a citation of a paragraph cites, today."""
    return Cited(
        work_of(whole.id, whole.metadata),
        found.id,
        absolute(f"/p/{found.id}"),
        date.today().isoformat(),
        found.section,
        found.ordinal,
        found.text,
    )


def cited_document(whole: Document) -> Cited:
    """Say what a citation of a document cites, today."""
    address = absolute(f"/d/{whole.id}")
    return Cited(work_of(whole.id, whole.metadata), whole.id, address, date.today().isoformat())


def _page(whole: Document, cited: Cited) -> Response:
    style = style_of(request.args.get("style"))
    path = f"/p/{cited.id}" if cited.text else f"/d/{cited.id}"
    shown = render_template(
        "cite.html",
        found=citation_json(whole, cited, style),
        csl=csl_items([cited]),
        document=document_json(whole.id, whole.source.path, whole.metadata),
        path=path,
        style=style,
        common=COMMON,
        named=dict(COMMON).get(style),
    )
    return _fresh(make_response(shown))


def _fresh(response: Response) -> Response:
    """Keep the day of citing from being kept."""
    response.cache_control.no_store = True
    return response
