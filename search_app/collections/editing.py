"""What the forms of a collection's own page do. Nothing that somebody typed is lost, and nobody's work is undone.

A form says which version it was made from. Where the collection has changed since, it is still carried out if what *it*
changes has not (``seen``, a digest of the texts that the form showed): two people may write notes to two passages at
once. Else the page shows both texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from flask import Response, make_response, redirect, render_template, request

from indexer.errors import ParameterError, StaleError
from search_app.access import current_backend, current_database
from search_app.collections import service
from search_app.collections.blueprint import collection_pages
from search_app.collections.models import MAX_NOTE, MAX_TITLE, Changed, Collection, SavedItem
from search_app.collections.notices import Kind, Notice, leave_notice
from search_app.collections.opening import may_edit
from search_app.params import url_with

_TRIES = 8
"""Attempts at a change that others keep coming before: each of them takes milliseconds."""
_TO = ("up", "down", "top", "bottom")


def seen_of(*texts: str) -> str:
    """Return a digest of what a form shows, by which it is told whether that is still so.

    >>> seen_of("备注", "入学 转学") == seen_of("备注", "入学", "转学")
    False
    """
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def tags_of(text: str) -> list[str]:
    """Read tags as people part them: by spaces, commas or 、.

    >>> tags_of("入学，随迁子女、 2017年")
    ['入学', '随迁子女', '2017年']
    """
    for sign in "，,、;；#＃":
        text = text.replace(sign, " ")
    return text.split()


def seen_of_item(item: SavedItem) -> str:
    """Return the digest of what a form about an item shows."""
    return seen_of(item.note, " ".join(item.tags))


def seen_of_collection(found: Collection) -> str:
    """Return the digest of what a form about a collection shows."""
    return seen_of(found.title, found.note)


@collection_pages.post("/<address>/edit")
def edit(address: str) -> Response:
    """Change title and note."""
    may_edit(address)
    title, note = request.form.get("title", ""), request.form.get("note", "")
    found = service.read(current_database(), address)
    if _stale(found.version, seen_of_collection(found)):
        both = (("标题", "title", found.title, title, MAX_TITLE), ("说明", "note", found.note, note, MAX_NOTE))
        return _conflict(found, seen_of_collection(found), both)
    _change(found, seen_of_collection, lambda at: service.edit(current_database(), address, at, title=title, note=note))
    return _back(address, "edited")


@collection_pages.post("/<address>/items/<item>/edit")
def edit_item(address: str, item: str) -> Response:
    """Change note and tags of an item."""
    may_edit(address)
    note, tags = request.form.get("note", ""), request.form.get("tags", "")
    found, there = _item(address, item)
    if _stale(found.version, seen_of_item(there)):
        both = (
            ("备注", "note", there.note, note, MAX_NOTE),
            ("标签", "tags", " ".join(there.tags), tags, 2000),
        )
        return _conflict(found, seen_of_item(there), both, there)
    _change(
        found,
        lambda now: _seen_now(now, item),
        lambda at: service.edit_item(current_database(), address, item, at, note=note, tags=tags_of(tags)),
    )
    return _back(address, "edited", item)


@collection_pages.post("/<address>/items/<item>/delete")
def delete_item(address: str, item: str) -> Response:
    """Delete an item, unless its note was written on meanwhile."""
    may_edit(address)
    found, there = _item(address, item)
    if _stale(found.version, seen_of_item(there)):
        return _conflict(found, seen_of_item(there), (), there)
    _change(
        found,
        lambda now: _seen_now(now, item),
        lambda at: service.delete_item(current_database(), address, item, at),
    )
    return _back(address, "removed", item)


@collection_pages.post("/<address>/items/<item>/restore")
def restore_item(address: str, item: str) -> Response:
    """Bring a deleted item back to where it stood."""
    service.restore_item(current_database(), address, item, None)
    return _back(address, "restored", item)


@collection_pages.post("/<address>/items/<item>/move")
def move_item(address: str, item: str) -> Response:
    """Put an item one place up or down, or first or last, of the order as it is by now."""
    may_edit(address)
    to = request.form.get("to", "")
    if to not in _TO:
        raise ParameterError(f"参数 to 可以是 {'、'.join(_TO)}，不能是“{to[:40]}”。")

    def moved(at: int | None) -> Changed:
        order = [each.id for each in service.read(current_database(), address).items]
        if item not in order:  # says that there is none such
            return service.edit_item(current_database(), address, item, at, position=1)
        here = order.index(item)
        place = {"up": max(0, here - 1), "down": min(len(order) - 1, here + 1), "top": 0, "bottom": len(order) - 1}[to]
        return service.edit_item(current_database(), address, item, at, position=place + 1)

    _change(service.read(current_database(), address), lambda _: "", moved)
    return _back(address, None, item)


@collection_pages.post("/<address>/items/<item>/seen")
def mark_seen(address: str, item: str) -> Response:
    """Note that what a saved search finds now has been looked at; not what came after the page was shown."""
    if request.form.get("build") != current_backend().corpus().build:
        return _back(address, "newer", item)
    service.mark_seen(current_database(), current_backend(), address, item, None)
    return _back(address, "seen", item)


@collection_pages.post("/<address>/delete")
def delete(address: str) -> Response:
    """Delete the collection; its page offers to bring it back."""
    service.delete_collection(current_database(), address, None)
    return redirect_to(f"/c/{may_edit(address).edit}")


@collection_pages.post("/<address>/restore")
def restore(address: str) -> Response:
    """Bring the collection back."""
    service.restore_collection(current_database(), address, None)
    return _back(address, "back")


def redirect_to(where: str) -> Response:
    """Lead on after a form, so that reloading sends nothing again."""
    return make_response(redirect(where, 303))


def _item(address: str, item: str) -> tuple[Collection, SavedItem]:
    """Read a collection and one of its items at one moment. Raises ``UnknownIdError``."""
    found = service.read(current_database(), address)
    there = next((each for each in found.items if each.id == item), None)
    return found, there if there is not None else service.read_item(current_database(), address, item)


def _seen_now(found: Collection, item: str) -> str:
    """Return the digest of an item as it is in a collection, nothing of one that is not there any more."""
    return next((seen_of_item(each) for each in found.items if each.id == item), "")


def _stale(version: int, seen: str) -> bool:
    """Whether what a form was made from is not what there is now; a form that does not say cannot be trusted."""
    said = request.form.get("version", "")
    return said != str(version) and request.form.get("seen") != seen


def _change(found: Collection, seen: Callable[[Collection], str], change: Callable[[int | None], Changed]) -> Changed:
    """Carry a change out on what was looked at: where others were quicker, look again whether it concerns them."""
    looked_at, database = seen(found), current_database()
    for _ in range(_TRIES):
        try:
            return change(found.version)
        except StaleError:
            found = service.read(database, found.address.edit or "")
            if seen(found) != looked_at:
                raise
    return change(found.version)


def _conflict(
    found: Collection, seen: str, both: Sequence[tuple[str, str, str, str, int]], item: SavedItem | None = None
) -> Response:
    """Show what somebody else wrote beside what was typed, for the reader to choose."""
    page = render_template(
        "collection_conflict.html",
        found=found,
        item=item,
        seen=seen,
        both=[(label, name, now, typed, most, now != typed) for label, name, now, typed, most in both],
        action=request.path,
    )
    return make_response(page, StaleError.status)


def _back(address: str, kind: Kind | None, item: str = "") -> Response:
    given = may_edit(address)
    here = {name: request.form.get(name) or None for name in ("tag", "page")}
    gone = kind in ("removed", "back")
    response = redirect_to(url_with(f"/c/{given.edit}", (), **here) + (f"#i-{item}" if item and not gone else ""))
    return leave_notice(response, Notice(kind, given.read, item)) if kind is not None else response
