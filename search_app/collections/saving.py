"""``POST /c/save`` and what follows it: one click saves, and says where, with the ways to undo it and to choose."""

from __future__ import annotations

from flask import Response, jsonify, make_response, redirect, request

from indexer.errors import ForbiddenError, ParameterError, UnknownIdError
from search_app.access import current_backend, current_database
from search_app.collections import service
from search_app.collections.addresses import Address
from search_app.collections.blueprint import collection_pages
from search_app.collections.clock import day, now
from search_app.collections.cookie import Shelf, keep_shelf, read_shelf, remember
from search_app.collections.evidence import read_comparison, read_passage, read_search
from search_app.collections.forms import back_url, token
from search_app.collections.listing import listed
from search_app.collections.models import Changed, SavedComparison, SavedPassage
from search_app.collections.notices import Notice, editable, leave_notice, notice_html
from search_app.collections.personal import TOKEN_MARK

_KINDS = ("paragraph", "search", "comparison")


@collection_pages.post("/save")
def save() -> Response:
    """Save a paragraph, a search or a comparison into the collection used last, or into one made for it.

    The one field that says what to save is that of the button: a paragraph's id or an address, and behind a space the
    part of the page to come back to.
    """
    kind = next((each for each in _KINDS if request.form.get(each)), None)
    if kind is None:
        raise ParameterError("没有说要收藏什么。请回到原来的页面，点“收藏”。")
    what, _, anchor = request.form[kind].partition(" ")
    _check(kind, what)
    address, shelf = _destination(read_shelf())
    changed = _saved(address, kind, what)
    assert changed.item is not None
    notice = Notice("saved" if changed.created else "there", address.read, changed.item.id)
    return _done(notice, shelf, anchor)


@collection_pages.post("/undo")
def undo() -> Response:
    """Take back what was just saved, or bring back what was just removed; both can be undone again."""
    address, item = _named("collection"), request.form.get("item", "")
    if request.form.get("what") == "restore":
        service.restore_item(current_database(), address.edit or address.read, item, None)
        kind = Notice("restored", address.read, item)
    else:
        service.delete_item(current_database(), address.edit or address.read, item, None)
        kind = Notice("removed", address.read, item)
    return _done(kind, None)


@collection_pages.post("/move")
def move() -> Response:
    """Put what was just saved into another collection of this browser, or a new one, which is then saved into."""
    source, item = _named("collection"), request.form.get("item", "")
    database, shelf = current_database(), read_shelf()
    content = service.read_item(database, source.edit or source.read, item)
    if request.form.get("into") == "new":
        destination = service.create(database, request.form.get("title", "") or _title()).address
    else:
        destination = _named("into")
    if isinstance(content.content, SavedPassage):
        kind, what = "paragraph", content.content.paragraph
    else:
        kind = "comparison" if isinstance(content.content, SavedComparison) else "search"
        what = content.content.url
    changed = _saved(destination, kind, what, content.note or None, content.tags or None)
    assert changed.item is not None
    if destination.read != source.read:
        service.delete_item(database, source.edit or source.read, item, None)
    return _done(Notice("moved", destination.read, changed.item.id), shelf.with_first(destination))


def _check(kind: str, what: str) -> None:
    """Raise what is wrong with a thing before a collection is made for it."""
    if kind == "paragraph":
        read_passage(current_backend(), what)
    elif kind == "search":
        read_search(what)
    else:
        read_comparison(current_backend(), what)


def _saved(
    address: Address, kind: str, what: str, note: str | None = None, tags: tuple[str, ...] | None = None
) -> Changed:
    keep = {"paragraph": service.save_passage, "search": service.save_search, "comparison": service.save_comparison}
    return keep[kind](current_database(), current_backend(), address.edit or address.read, what, note=note, tags=tags)


def _destination(shelf: Shelf) -> tuple[Address, Shelf]:
    """Return the collection to save into and the shelf with it in front; made if this browser has none that lives."""
    there = editable(listed(current_database(), shelf.editable()))
    address = there[0].address if there else service.create(current_database(), _title()).address
    return address, shelf.with_first(address)


def _title() -> str:
    """Name a collection that nobody named by its day, as a clock in China has it.

    >>> _title()[:4]
    '我的收藏'
    """
    return f"我的收藏 {day(now())}"


def _named(field: str) -> Address:
    """Return the collection that a form names by its address to read, of those of this browser."""
    found = read_shelf().find(request.form.get(field, ""))
    if found is None:
        raise UnknownIdError("这个浏览器的收藏里没有它：可能已在另一个窗口里移出。")
    if not found.may_edit:
        raise ForbiddenError("这个浏览器只有它的只读地址，不能修改。")
    return found


def _done(notice: Notice, shelf: Shelf | None, anchor: str = "") -> Response:
    """Go back to where the reader was, and say there what was done; a script is given what to say instead."""
    own = f"/c/go/{notice.read}"
    back = back_url(request.form.get("back"), own)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        if shelf is not None:
            keep_shelf(shelf)
        said = notice_html(notice, back).replace(TOKEN_MARK, token())
        answer = jsonify(notice=said, kind=notice.kind)
    else:
        there = back.partition("#")[0] + (f"#{anchor}" if back != own and anchor.replace("-", "").isalnum() else "")
        answer = leave_notice(make_response(redirect(there, 303)), notice)
    return remember(answer, shelf) if shelf is not None else answer
