"""The pages; each reads its parameters, asks the backend and hands values to a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from indexer.errors import QuerySyntaxError, UnknownIdError
from indexer.models import Document, Paragraph
from indexer.query import NONE, Filters, Query, leaves
from search_app.access import current_backend
from search_app.answer import answer, unknown_places
from search_app.base_url import absolute
from search_app.clause import clause_url
from search_app.collections.clock import day
from search_app.compare_links import elsewhere_url, of_paragraph, results_url
from search_app.coverage import coverage_json
from search_app.examples import EXAMPLES, LANGUAGE
from search_app.export import FORMATS
from search_app.facets import shorten, without
from search_app.history.present import follow_link, gone_document_page, gone_page, resolution_json
from search_app.marks import cut, excerpt
from search_app.params import (
    MAX_PAGE,
    marking_parameters,
    query_parameters,
    read_marking,
    read_number,
    read_query,
    read_text,
    search_url,
    url_with,
)
from search_app.place_tree import is_tree, page_tree
from search_app.present import document_json
from search_app.reading import known_fields, lay_out
from search_app.reuse import beside
from search_app.say import say_query
from search_app.scholar import coins, meta_tags
from search_app.siblings import links_to_siblings
from search_app.text_fragment import source_link

pages = Blueprint("pages", __name__)
# What reading calls the regions that are not policy text, for people.
KINDS = {
    "addressee": "抬头",
    "attachment": "附件说明",
    "caption": "图题",
    "contents": "目录",
    "date": "日期",
    "footer": "页脚",
    "markup": "残留代码",
    "metadata": "信息表",
    "navigation": "导航",
    "repeat": "重复的正文",
    "signature": "落款",
    "site": "网站名",
    "title": "标题",
    "transmittal": "印发说明",
}
LISTED = 100
"""Documents on one page of the list: some 40 KB."""
STEP_NAMES = {"near": "相近", "all": "全部都有", "most": "大部分", "any": "任意一个"}
HELD_NAMES = {
    "text": "正文或章节标题",
    "expansion": "换一种说法",
    "document": "所在文档的标题、发文单位、地方或年份",
    "nowhere": "没有",
}
MOST_OPENED = 20
"""Hits whose surroundings an address opens; more than a page shows at once."""
_OF_THE_WORDS = ("q", "page", "relax", "spell")
"""Parameters that were said of the words that stood in the box: other words are searched without them."""
SORT_NAMES = (("relevance", "相关度"), ("newest", "最新"), ("oldest", "最早"))


pages.add_app_template_filter(day)


@pages.app_context_processor
def common() -> dict[str, Any]:
    """Give every template what cutting text takes."""
    return {
        "cut": cut,
        "excerpt": excerpt,
        "shorten": shorten,
        "url_with": url_with,
        "kinds": KINDS,
        "absolute": absolute,
        "coins_of": coins,
    }


@pages.get("/")
def search() -> str:
    """Show the search page: an introduction until something is asked."""
    backend = current_backend()
    query = read_query(request.args)
    if query.fold is None:
        query = replace(query, fold=True)
    asked = bool(query.text) or query.filters != Filters()
    if not asked:
        return render_template(
            "search.html",
            asked=False,
            q="",
            hidden=(),
            corpus=backend.corpus(),
            examples=EXAMPLES,
            found=None,
            canonical="/",
        )
    found = answer(backend, query, explain=True)
    tree = is_tree(found["facets"]["place"])
    return render_template(
        "search.html",
        asked=True,
        q=query.text,
        canonical=search_url(query, page=query.page),
        formats=tuple(FORMATS.values()),
        export_url=f"{url_with('/api/v1/export', _exported(query))}&format=",
        found=found,
        query=query,
        said=say_query(query.root),
        steps=STEP_NAMES,
        held=HELD_NAMES,
        opened=request.args.get("explain") == "1",
        clause_url=clause_url(query),
        compare_url=results_url(_as_used(query, found)),
        elsewhere=partial(elsewhere_url, _as_used(query, found)),
        own_pace=search_url(query, relax=None) if query.relax else None,
        filtered=sum(len(getattr(query.filters, name)) for name in Filters.__dataclass_fields__),
        mark_q=url_with("", marking_parameters(_as_used(query, found))),
        context=_context(request.args.getlist("around")),
        around_url=f"{search_url(query, page=query.page)}&around=",
        unexpanded=search_url(query, expand=False, off=()) if query.expand else None,
        expanded_again=search_url(query, expand=True, off=()) if query.off or not query.expand else None,
        hidden=[pair for pair in query_parameters(query) if pair[0] not in _OF_THE_WORDS],
        chips=_chips(query, tree),
        tree=page_tree(found["facets"]["place"]) if tree else None,
        unit="份文档" if query.group else "段",
        regrouped=search_url(query, group=None if query.group else "document"),
        unfolded=None if query.fold else search_url(query, fold=True),
        sorts=[(name, search_url(query, sort=sort), sort == query.sort) for sort, name in SORT_NAMES],
        pager=_pager(query, found["total"] - (found["folded"]["total"] if found["folded"] else 0)),
        unknown=[] if found["total"] else unknown_places(backend, query.filters),
        cleared=search_url(query, filters=Filters()),
        without={
            name: search_url(query, filters=without(query.filters, name))
            for name in ("place", "city", "year", "issuer")
        },
    )


@pages.get("/d/<document_id>")
def document(document_id: str) -> str | Response:
    """Show a whole document; of one that left the index, what is kept of it."""
    try:
        return _show_document(current_backend().document(document_id), None)
    except UnknownIdError as error:
        return gone_document_page(document_id, error)


@pages.get("/p/<paragraph_id>")
def paragraph(paragraph_id: str) -> str | Response:
    """Show one paragraph in its document: the permalink. One that is not there any more is followed."""
    try:
        whole, target = current_backend().paragraph(paragraph_id)
    except UnknownIdError as error:
        found = follow_link(paragraph_id, error)
        if isinstance(found, dict) or found.document is None or found.paragraph is None:
            return gone_page(found)
        return _show_document(found.document, found.paragraph, resolution_json(found))
    return _show_document(whole, target)


@pages.get("/documents")
def documents() -> str:
    """Show what the corpus holds and lacks."""
    backend = current_backend()
    found = coverage_json(backend.documents(), backend.corpus().build)
    page = read_number("page", request.args.get("page"), default=1, most=MAX_PAGE)
    listed = found["documents"][(page - 1) * LISTED : page * LISTED]
    pages_there_are = -(-found["total"] // LISTED)
    return render_template(
        "documents.html",
        found=found,
        listed=listed,
        page=page,
        pages=pages_there_are,
        place_url=_place_url,
        canonical=url_with("/documents", (), page=str(page) if page > 1 else None),
    )


@pages.get("/help")
def help_page() -> str:
    """Show the query language by example."""
    return render_template("help.html", language=LANGUAGE, canonical="/help")


@pages.get("/healthz")
def healthz() -> Response:
    """Say that the index answers. Raises (503) if it does not."""
    corpus = current_backend().corpus()
    return jsonify(status="ok", build=corpus.build, documents=corpus.documents, paragraphs=corpus.paragraphs)


def _as_used(query: Query, found: dict[str, Any]) -> Query:
    """Return the query whose words the hits hold: as it was corrected, if it was."""
    corrected = found["reading"]["corrected"]
    return replace(query, text=corrected["text"]) if corrected else query


def _context(paragraph_ids: Sequence[str]) -> dict[str, dict[str, Paragraph | None]]:
    """Return what stands before and after paragraphs in their documents, for those that the reader opened."""
    opened: dict[str, dict[str, Paragraph | None]] = {}
    for identity in paragraph_ids[:MOST_OPENED]:
        try:
            whole, target = current_backend().paragraph(identity)
        except UnknownIdError:
            continue
        around = whole.paragraphs
        at = target.ordinal - 1
        opened[identity] = {
            "before": around[at - 1] if at else None,
            "after": around[at + 1] if at + 1 < len(around) else None,
        }
    return opened


def _show_document(whole: Document, target: Paragraph | None, followed: dict[str, Any] | None = None) -> str:
    query = _marking()
    text = read_text(request.args)
    processing = request.args.get("show") == "processing"
    blocks = lay_out(whole, leaves(query.root, negated=False) if query else (), processing)
    here = f"/p/{target.id}" if target else f"/d/{whole.id}"
    kept = marking_parameters(query) if query else [("q", text)]
    known = document_json(whole.id, whole.source.path, whole.metadata)
    return render_template(
        "document.html",
        document=known,
        meta=meta_tags(known, absolute(here)),
        canonical=url_with(here, kept, show="processing" if processing else None),
        converted=whole.metadata.converted,
        known=known_fields(whole),
        blocks=blocks,
        hits=max((block.hit for block in blocks), default=0),
        target=target,
        followed=followed,
        source_link=source_link(whole, target) if target else None,
        reuse=beside(current_backend(), whole, target) if target else None,
        elsewhere=of_paragraph(query, target) if target else None,
        q=text,
        kept=kept,
        processing=processing,
        here=here,
        repairs=sum(len(each.repairs) for each in whole.paragraphs),
        notices=whole.notices,
        years=links_to_siblings(current_backend(), whole.id, whole.metadata),
        paragraphs=len(whole.paragraphs),
        characters=sum(len("".join(each.text.split())) for each in whole.paragraphs),
    )


def _exported(query: Query) -> list[tuple[str, str]]:
    """List the parameters of a query that say which hits it has, and in which order."""
    return [pair for pair in query_parameters(query) if pair[0] not in ("page", "per_page", "group", "fold")]


def _place_url(place: dict[str, Any], year: int | str | None) -> str:
    """Address the paragraphs of exactly one place of the corpus, in one year or in all."""
    if place["district"]:
        where = {"city": place["city"], "district": place["district"]}
    elif place["city"]:
        where = {"city": place["city"], "district": NONE}
    else:
        where = {"city": place["label"] if place["province"] else NONE}
    return url_with("/", (), **where, year=None if year is None else str(year))


def _marking() -> Query | None:
    """Read the words to mark in a document; a query that cannot be read marks nothing and keeps the page."""
    try:
        return read_marking(request.args)
    except QuerySyntaxError:
        return None


def _chips(query: Query, tree: bool) -> list[tuple[str, str]]:
    """List the filters that the facets do not show, each with the address that drops it."""
    named = (("provinces", "省份"), ("districts", "区县"), ("issuers", "发文单位"))
    chips = []
    for field, name in named:
        values: tuple[str, ...] = getattr(query.filters, field)
        for value in values:
            if tree and field != "issuers" and value != NONE:
                continue
            kept = Filters(
                **{
                    other: tuple(v for v in getattr(query.filters, other) if other != field or v != value)
                    for other in ("provinces", "cities", "districts", "issuers", "years")
                }
            )
            chips.append((f"{name} {'未注明' if value == '~none' else value}", search_url(query, filters=kept)))
    return chips


def _pager(query: Query, total: int) -> dict[str, Any]:
    """Say which pages there are around this one."""
    last = max(1, -(-total // query.per_page))
    around = sorted({1, *range(max(1, query.page - 2), min(last, query.page + 2) + 1), last})
    return {
        "last": last,
        "page": query.page,
        "previous": search_url(query, page=min(query.page - 1, last)) if query.page > 1 else None,
        "next": search_url(query, page=query.page + 1) if query.page < last else None,
        "pages": [(page, search_url(query, page=page)) for page in around],
        "beyond": query.page > last,
        "first_url": search_url(query, page=1),
    }
