"""``/c/``: this browser's collections. ``/c/<id>``: one of them, to work in or only to read, as its address allows."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, send_file

from indexer.citation_styles import style_of
from indexer.errors import DeletedError, ParameterError, UnknownIdError
from search_app.access import current_backend, current_database
from search_app.base_url import base_url
from search_app.collections import service
from search_app.collections.addresses import Address, read_address
from search_app.collections.blueprint import collection_pages
from search_app.collections.clock import now, today
from search_app.collections.cookie import read_shelf, remember
from search_app.collections.editing import redirect_to, seen_of_collection
from search_app.collections.links import links_of
from search_app.collections.listing import listed
from search_app.collections.models import KEPT_DAYS, Collection, SavedPassage, SavedSearch
from search_app.collections.notices import Notice, leave_notice
from search_app.collections.opening import may_edit
from search_app.collections.present import news_json
from search_app.collections.view import (
    PER_PAGE,
    STATUSES,
    excerpt_of,
    matching,
    said_of,
    shown_items,
    tag_counts,
)
from search_app.collections.watching import news
from search_app.export import FORMATS, Excerpt, Heading, format_of
from search_app.params import MAX_PAGE, read_number, url_with


@collection_pages.get("/")
def mine() -> str:
    """Show the collections of this browser."""
    shelf = read_shelf()
    there = listed(current_database(), shelf.addresses)
    lost = {each.read for each in shelf.addresses} - {each.address.read for each in there}
    editable = [each for each in there if each.address.may_edit and each.deleted is None]
    return render_template(
        "collections.html", there=there, lost=sorted(lost), current=editable[0] if editable else None, days=KEPT_DAYS
    )


@collection_pages.post("/new")
def new() -> Response:
    """Make a collection; from now on it is saved into."""
    made = service.create(current_database(), request.form.get("title", ""))
    return remember(redirect_to(f"/c/{made.address.edit}"), read_shelf().with_first(made.address))


@collection_pages.post("/add")
def add() -> Response:
    """Remember a collection by its address, to edit or to read; the whole address or its last part."""
    address = read_address(request.form.get("address", "").strip().rstrip("/").rpartition("/")[2])
    service.read(current_database(), address.edit or address.read)
    shelf = read_shelf()
    shelf = shelf.with_first(address) if address.may_edit else shelf.with_last(address)
    response = remember(redirect_to(f"/c/{address.edit or address.read}"), shelf)
    return leave_notice(response, Notice("remembered", address.read))


@collection_pages.post("/forget")
def forget() -> Response:
    """Forget a collection on this browser; the collection stays."""
    response = remember(redirect_to("/c/"), read_shelf().without(request.form.get("collection", "")))
    return leave_notice(response, Notice("forgotten"))


@collection_pages.post("/current")
def choose() -> Response:
    """Choose what is saved into from now on."""
    address = _known(request.form.get("collection", ""))
    response = remember(redirect_to("/c/"), read_shelf().with_first(may_edit(address.edit or address.read)))
    return leave_notice(response, Notice("chosen", address.read))


@collection_pages.get("/go/<read>")
def go(read: str) -> Response:
    """Lead to a collection of this browser from pages that do not say its address to edit."""
    address = _known(read)
    return make_response(redirect(f"/c/{address.edit or address.read}", 302))


@collection_pages.get("/<address>")
def page(address: str) -> Response | str:
    """Show a collection."""
    database, backend, given = current_database(), current_backend(), read_address(address)
    g.shown_collection = given
    try:
        found = service.read(database, address)
    except DeletedError as error:
        return _deleted(given, error)
    tag = request.args.get("tag") or None
    number = read_number("page", request.args.get("page"), default=1, most=MAX_PAGE)
    numbered = matching(found, tag)
    whole = request.args.get("all") == "1"
    listed_here = numbered if whole else numbered[(number - 1) * PER_PAGE : number * PER_PAGE]
    base = base_url()
    here = f"/c/{given.edit or given.read}"
    return render_template(
        "collection.html",
        found=found,
        address=given,
        here=here,
        base=base,
        items=shown_items(backend, database, listed_here, base),
        matching=len(numbered),
        tags=tag_counts(found),
        tag=tag,
        page=number,
        pages=1 if whole else -(-len(numbered) // PER_PAGE),
        statuses=STATUSES,
        seen=seen_of_collection(found),
        remembered=read_shelf().find(given.read),
        formats=tuple(FORMATS.values()),
        export_url=f"{url_with(f'{here}/export', (), tag=tag)}{'&' if tag else '?'}format=",
        days=KEPT_DAYS,
    )


@collection_pages.get("/<address>/export")
def export(address: str) -> Response:
    """Give the passages of a collection as a file. Raises ``ParameterError`` for an unknown format or style."""
    kind, style = format_of(request.args.get("format")), style_of(request.args.get("style"))
    found, tag = service.read(current_database(), address), request.args.get("tag") or None
    heading, excerpts = export_of(found, tag, style)
    name = "".join(filter(str.isalnum, found.title))[:30]
    response = send_file(
        io.BytesIO(kind.write(excerpts, heading)),
        kind.media,
        as_attachment=True,
        download_name=f"要点-{name or '收藏'}.{kind.suffix}",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@collection_pages.get("/<address>/items/<item>/new")
def what_is_new(address: str, item: str) -> str:
    """Show what a saved search finds and did not find when it was last looked at."""
    found = service.read(current_database(), address)
    saved = service.read_item(current_database(), address, item)
    if not isinstance(saved.content, SavedSearch):
        raise ParameterError("只有检索才有“新增的结果”。")
    given = found.address
    return render_template(
        "collection_new.html",
        found=found,
        item=saved,
        said=said_of(saved.content.url),
        news=news_json(news(current_backend(), saved.content, now())),
        address=given,
        here=f"/c/{given.edit or given.read}",
    )


def export_of(found: Collection, tag: str | None, style: str) -> tuple[Heading, list[Excerpt]]:
    """Return what a file of a collection says of itself, and its quotations; searches and comparisons are named."""
    items = [item for _, item in matching(found, tag)]
    passages = [item.content for item in items if isinstance(item.content, SavedPassage)]
    links = links_of(current_backend(), current_database(), passages)
    base = base_url()
    others = [
        f"{'检索' if item.kind == 'search' else '对比'}：{said_of(item.content.url)}，{base}{item.content.url}"
        for item in items
        if not isinstance(item.content, SavedPassage)
    ]
    said = f"{today()} 导出，{len(passages)} 段。"
    remarks = [said, f"标签：{tag}" if tag else "", *found.note.split("\n"), *others]
    heading = Heading(
        f"要点收藏：{found.title or '未命名'}",
        today(),
        tuple(remark for remark in remarks if remark),
        f"{base}/c/{found.address.read}",
        style,
    )
    written = (excerpt_of(item, links, base) for item in items)
    return heading, [each for each in written if each is not None]


def _known(read: str) -> Address:
    found = read_shelf().find(read)
    if found is None:
        raise UnknownIdError("这个浏览器的收藏里没有它。请用它的地址打开。")
    return found


def _deleted(given: Address, error: DeletedError) -> Response:
    """Say that a collection was deleted; who may edit it can bring it back here."""
    there = listed(current_database(), [given])
    until: Any = None
    if there and there[0].deleted:
        until = (datetime.fromisoformat(there[0].deleted) + timedelta(days=KEPT_DAYS)).date().isoformat()
    shown = render_template(
        "collection_deleted.html", title=there[0].title if there else "", address=given, message=str(error), until=until
    )
    return make_response(shown, error.status)
