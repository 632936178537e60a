"""A search as a file: all its hits, each with citation and permalink (``/api/v1/export``, ``yaodian export``)."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request, send_file

from indexer.backend import Hit, SearchBackend
from indexer.citation_styles import style_of
from indexer.finding import find
from indexer.highlight import highlight, highlight_expansions
from indexer.query import Clause, Query
from search_app.access import current_backend
from search_app.base_url import base_url
from search_app.collections.clock import today
from search_app.export import Excerpt, Heading, format_of, write
from search_app.params import filter_parameters, read_query, search_url
from search_app.present import document_json
from search_app.say import say_query

exports = Blueprint("exports", __name__)

_FILTERS = {"province": "省份", "city": "城市", "district": "区县", "issuer": "发文单位", "year": "年份"}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its octets, its media type, and what to call it."""

    octets: bytes
    media: str
    name: str


@exports.get("/api/v1/export")
def export() -> Response:
    """Give all hits of a search as a file. Raises ``ParameterError`` for an unknown format or style."""
    query = read_query(request.args)
    made = export_search(
        current_backend(), query, request.args.get("format") or "json", base_url(), request.args.get("style")
    )
    response = send_file(io.BytesIO(made.octets), made.media, as_attachment=True, download_name=made.name)
    response.headers["Cache-Control"] = "no-store"  # send_file would let it be kept for a year
    return response


def export_search(
    backend: SearchBackend, query: Query, form: str, base: str, style: str | None = None, most: int | None = None
) -> Exported:
    """Search as the page does and write all hits, in its order, ``most`` or what the format holds at most.

    ``base`` stands before the addresses: ``https://example.org``. Raises ``ParameterError``, and what the backend
    raises.
    """
    kind = format_of(form)
    most = min(most or kind.most, kind.most)
    heading = Heading("", today(), style=style_of(style))
    finding = find(backend, replace(query, page=1, per_page=most, group=None, fold=False))
    page, used = finding.page, finding.used
    size = f"{page.corpus.documents} 份文档 {page.corpus.paragraphs} 段"
    remarks = [
        f"{heading.accessed} 检索，{size}中命中 {page.total_documents} 份 {page.total} 段。语料版本 "
        f"{page.corpus.build}。",
        f"理解为：{say_query((used.query if used else query).root)}" if query.root is not None else "",
        _filters(query),
        f"没有一段写作“{used.original}”，按“{used.replacement}”检索。" if used else "",
        page.relaxed.why if page.relaxed and page.total else "",
    ]
    cut = f"共 {page.total} 段，本文件只含前 {most} 段；其余请加筛选后分次导出。" if page.total > most else ""
    heading = replace(
        heading,
        title=f"要点检索：{query.text or '全部段落'}",
        remarks=tuple(remark for remark in remarks if remark),
        url=base + search_url(query, page=1),
        cut=cut,
    )
    excerpts = [excerpt_of_hit(hit, page.matched, base) for hit in page.hits[:most]]
    name = "".join(filter(str.isalnum, query.text))[:30]
    return Exported(write(excerpts, kind.name, heading), kind.media, f"要点-{name or '检索'}.{kind.suffix}")


def excerpt_of_hit(hit: Hit, clauses: tuple[Clause, ...], base: str) -> Excerpt:
    """Take from a hit what is exported; what matched by expansion is marked like what was typed."""
    paragraph, document = hit.paragraph, hit.document
    spans = [
        *highlight(paragraph.text, paragraph.folded, clauses),
        *highlight_expansions(paragraph.text, paragraph.folded, clauses, converted=document.metadata.converted),
    ]
    known: dict[str, Any] = document_json(document.id, document.path, document.metadata)
    return Excerpt(
        paragraph.id,
        known,
        paragraph.text,
        f"{base}/p/{paragraph.id}",
        paragraph.section,
        paragraph.ordinal,
        paragraph.item,
        tuple(sorted({(span[0], span[1]) for span in spans})),
        round(hit.score, 6),
    )


def _filters(query: Query) -> str:
    """Say the filters of a query, nothing if it has none."""
    said = [
        f"{_FILTERS[name]} {'、'.join('未注明' if value == '~none' else value for value in values)}"
        for name, values in filter_parameters(query.filters)
        if values
    ]
    return f"筛选：{'；'.join(said)}" if said else ""
