"""Citations of documents and paragraphs: a page to copy from, and JSON; made when asked, for the day stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from indexer.citation import Cited, csl_json, key_of, work_of
from indexer.citation_styles import COMMON, GB, render, style_names, style_of
from indexer.errors import ParameterError, UnknownIdError
from indexer.models import Document, Metadata, Paragraph
from indexer.references import bibtex, csl_items, ris
from search_app.access import current_backend, current_database
from search_app.base_url import absolute
from search_app.collections.clock import today
from search_app.export import FORMATS
from search_app.export.excerpt import inferred_names
from search_app.history.resolution import Status
from search_app.history.resolve import resolve, successor_of
from search_app.present import document_json
from search_app.sheets import printable

citations = Blueprint("citations", __name__)

Json = dict[str, Any]
_CITED = ("title", "issuer", "published")
"""Fields of a document that a citation prints."""


@citations.get("/api/v1/paragraphs/<paragraph_id>/citation")
def paragraph_citation(paragraph_id: str) -> Response:
    """Cite a paragraph. Raises ``UnknownIdError``, and ``ParameterError`` for an unknown style or format."""
    return _said(_paragraph(paragraph_id))


@citations.get("/api/v1/documents/<document_id>/citation")
def document_citation(document_id: str) -> Response:
    """Cite a document. Raises ``UnknownIdError``, and ``ParameterError`` for an unknown style or format."""
    return _said(_document(document_id))


@citations.get("/api/v1/styles")
def styles() -> Response:
    """List the styles that a citation can be asked for in: the common ones with what they are called, and all."""
    common = [{"name": name, "label": label} for name, label in COMMON]
    return jsonify(default=GB, common=common, names=list(style_names()))


@citations.get("/p/<paragraph_id>/cite")
def paragraph_page(paragraph_id: str) -> Response:
    """Show a paragraph's citation, to be copied."""
    return _page(_paragraph(paragraph_id))


@citations.get("/d/<document_id>/cite")
def document_page(document_id: str) -> Response:
    """Show a document's citation, to be copied."""
    return _page(_document(document_id))


def citation_json(metadata: Metadata, cited: Cited, style: str | None = None) -> Json:
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
        "source_url": metadata.source_url,
        "accessed": cited.accessed,
        "quotation": quotation(cited, rendered.entry) if cited.text else None,
        "inferred": inferred_names([name for name in metadata.inferred if name in _CITED]),
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
    2017年工作要点[EB/OL].
    位置：第3段
    https://example.org/p/p
    """
    own = any(mark in cited.text for mark in "“”")
    opening, closing = "「」" if own or cited.work.script == "Hant" else "“”"
    lines = [
        f"{opening}{cited.text.strip()}{closing}",
        entry,
        f"位置：{cited.locator}" if cited.locator else "",
        "" if cited.url in entry else cited.url,
    ]
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class _Citable:
    """What is cited, with the document that it is of or was of."""

    document_id: str
    path: str
    metadata: Metadata
    cited: Cited
    status: Status = "current"


def _paragraph(paragraph_id: str) -> _Citable:
    """Find what a link to a paragraph cites: where it stands now, or as it was when the index last had it."""
    try:
        whole, found = current_backend().paragraph(paragraph_id)
    except UnknownIdError:
        return _paragraph_of_old(paragraph_id)
    return _Citable(whole.id, whole.source.path, whole.metadata, cited_paragraph(whole, found))


def _paragraph_of_old(paragraph_id: str) -> _Citable:
    resolved = resolve(current_backend(), current_database(), paragraph_id)
    whole, found, kept, evidence = resolved.document, resolved.paragraph, resolved.kept, resolved.evidence
    if resolved.status == "moved" and whole and found:
        return _Citable(whole.id, whole.source.path, whole.metadata, cited_paragraph(whole, found), "moved")
    if kept is None or evidence is None:
        raise UnknownIdError(f"没有编号为 {paragraph_id[:40]} 的段落。")
    # A quotation of what was changed or taken away since is one of the text as it was, which its link still shows.
    cited = Cited(
        work_of(kept.id, kept.metadata),
        paragraph_id,
        absolute(f"/p/{paragraph_id}"),
        today(),
        evidence.section,
        evidence.ordinal,
        resolved.was or evidence.exact,
    )
    return _Citable(kept.id, kept.path, kept.metadata, cited, resolved.status)


def _document(document_id: str) -> _Citable:
    """Find what a link to a document cites: the document, or as it was when the index last had it."""
    try:
        whole = current_backend().document(document_id)
    except UnknownIdError:
        kept, _ = successor_of(current_backend(), current_database(), document_id)
        address = absolute(f"/d/{kept.id}")
        cited = Cited(work_of(kept.id, kept.metadata), kept.id, address, today())
        return _Citable(kept.id, kept.path, kept.metadata, cited, "gone")
    return _Citable(whole.id, whole.source.path, whole.metadata, cited_document(whole))


_WRITERS = {"bibtex": bibtex, "ris": ris, "csl-json": csl_items}


def _said(found: _Citable) -> Response:
    """Answer a citation in JSON, or as a file that reference managers open."""
    form = request.args.get("format") or "json"
    if form == "json":
        said = citation_json(found.metadata, found.cited, request.args.get("style"))
        return _fresh(jsonify({"status": found.status} | said))
    if form not in _WRITERS:
        raise ParameterError(f"参数 format 可以是 json、{'、'.join(_WRITERS)}，不能是“{form[:40]}”。")
    kind = FORMATS[form]
    response = Response(printable(_WRITERS[form]([found.cited])), mimetype=kind.media)
    name = f"{key_of(found.cited)}.{kind.suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _fresh(response)


def cited_paragraph(whole: Document, found: Paragraph) -> Cited:
    """Say what a citation of a paragraph cites, today."""
    return Cited(
        work_of(whole.id, whole.metadata),
        found.id,
        absolute(f"/p/{found.id}"),
        today(),
        found.section,
        found.ordinal,
        found.text,
    )


def cited_document(whole: Document) -> Cited:
    """Say what a citation of a document cites, today."""
    address = absolute(f"/d/{whole.id}")
    return Cited(work_of(whole.id, whole.metadata), whole.id, address, today())


def _page(found: _Citable) -> Response:
    cited = found.cited
    style = style_of(request.args.get("style"))
    path = f"/p/{cited.id}" if cited.text else f"/d/{cited.id}"
    shown = render_template(
        "cite.html",
        found=citation_json(found.metadata, cited, style),
        csl=csl_items([cited]),
        document=document_json(found.document_id, found.path, found.metadata),
        path=path,
        api=path.replace("/p/", "/api/v1/paragraphs/").replace("/d/", "/api/v1/documents/") + "/citation",
        style=style,
        status=found.status,
        common=COMMON,
        named=dict(COMMON).get(style),
    )
    return _fresh(make_response(shown))


def _fresh(response: Response) -> Response:
    """Keep the day of citing from being kept."""
    response.cache_control.no_store = True
    return response
