"""``/api/v1/collections``: the JSON of collections. Who has an address may do what it allows; cookies count nothing."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
from flask import Blueprint, Response, jsonify, request

from indexer.errors import MediaTypeError, ParameterError, StaleError, VersionRequiredError
from search_app.access import current_backend, current_database
from search_app.collections import service
from search_app.collections.clock import now
from search_app.collections.links import links_of
from search_app.collections.models import Changed, SavedPassage, SavedSearch
from search_app.collections.present import changed_json, collection_json, news_json
from search_app.collections.privacy import API
from search_app.collections.watching import news

MAX_BODY = 128 * 1024
"""Octets of one request: a note of the greatest length takes half of it."""
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')

collections_api = Blueprint("collections_api", __name__, url_prefix=API)


class NewCollection(msgspec.Struct, forbid_unknown_fields=True):
    """What ``POST /collections`` may say."""

    title: str = ""
    note: str = ""


class CollectionChange(msgspec.Struct, forbid_unknown_fields=True):
    """What ``PATCH`` of a collection may say; ``order`` and ``deleted`` each stand alone."""

    title: str | None = None
    note: str | None = None
    order: list[str] | None = None
    deleted: bool | None = None


class NewItem(msgspec.Struct, forbid_unknown_fields=True):
    """What ``POST`` of an item may say: exactly one of the first three. The quotation is read by us."""

    paragraph: str | None = None
    search: str | None = None
    comparison: str | None = None
    note: str | None = None
    tags: list[str] | None = None


class ItemChange(msgspec.Struct, forbid_unknown_fields=True):
    """What ``PATCH`` of an item may say; ``seen`` and ``deleted`` each stand alone."""

    note: str | None = None
    tags: list[str] | None = None
    position: int | None = None
    seen: bool | None = None
    deleted: bool | None = None


_Body = TypeVar("_Body", NewCollection, CollectionChange, NewItem, ItemChange)


@collections_api.before_request
def bound_body() -> None:
    """Read no more than a request may hold, whatever it says of its length."""
    request.max_content_length = MAX_BODY


@collections_api.post("")
def create() -> Response:
    """Make a collection."""
    asked = _body(NewCollection)
    made = service.create(current_database(), asked.title, asked.note)
    response = _versioned(jsonify(collection_json(made, {})), made.version, 201)
    response.headers["Location"] = f"{API}/{made.address.edit}"
    return response


@collections_api.get("/<address>")
def read(address: str) -> Response:
    """Give a collection, its items, and what became of its passages."""
    found = service.read(current_database(), address)
    passages = (item.content for item in found.items if isinstance(item.content, SavedPassage))
    links = links_of(current_backend(), current_database(), passages)
    return _versioned(jsonify(collection_json(found, links)), found.version)


@collections_api.patch("/<address>")
def edit(address: str) -> Response:
    """Change title and note, or the order of the items; or bring a deleted collection back."""
    asked, expected, database = _body(CollectionChange), _expected(), current_database()
    alone = _alone(asked, ("order", "deleted"))
    if alone == "order":
        return _answer(service.reorder(database, address, asked.order or (), expected))
    if alone == "deleted":
        change = service.delete_collection if asked.deleted else service.restore_collection
        return _answer(change(database, address, expected))
    return _answer(service.edit(database, address, expected, title=asked.title, note=asked.note))


@collections_api.delete("/<address>")
def remove(address: str) -> Response:
    """Delete a collection, for good after some weeks."""
    return _answer(service.delete_collection(current_database(), address, _expected()))


@collections_api.post("/<address>/items")
def save(address: str) -> Response:
    """Save a paragraph, a search or a comparison; what is there already is answered with 200."""
    asked = _body(NewItem)
    expected = _expected(required=False)
    arguments = (current_database(), current_backend(), address)
    if [asked.paragraph, asked.search, asked.comparison].count(None) != 2:
        raise ParameterError("请给出 paragraph（段落编号）、search（检索地址）、comparison（比较地址）三者之一。")
    if asked.paragraph is not None:
        changed = service.save_passage(*arguments, asked.paragraph, note=asked.note, tags=asked.tags, expected=expected)
    elif asked.search is not None:
        changed = service.save_search(*arguments, asked.search, note=asked.note, tags=asked.tags, expected=expected)
    else:
        assert asked.comparison is not None
        changed = service.save_comparison(
            *arguments, asked.comparison, note=asked.note, tags=asked.tags, expected=expected
        )
    return _answer(changed)


@collections_api.patch("/<address>/items/<item>")
def edit_item(address: str, item: str) -> Response:
    """Change note, tags or place of an item; note that a search was looked at; or bring a deleted item back."""
    asked, expected, database = _body(ItemChange), _expected(), current_database()
    alone = _alone(asked, ("seen", "deleted"))
    if alone == "deleted":
        change = service.delete_item if asked.deleted else service.restore_item
        return _answer(change(database, address, item, expected))
    if alone == "seen":
        if not asked.seen:
            raise ParameterError("seen 只能是 true。")
        return _answer(service.mark_seen(database, current_backend(), address, item, expected))
    return _answer(
        service.edit_item(database, address, item, expected, note=asked.note, tags=asked.tags, position=asked.position)
    )


@collections_api.delete("/<address>/items/<item>")
def remove_item(address: str, item: str) -> Response:
    """Delete an item, for good after some weeks."""
    return _answer(service.delete_item(current_database(), address, item, _expected()))


@collections_api.get("/<address>/items/<item>/new")
def what_is_new(address: str, item: str) -> Response:
    """Say what a saved search finds that it did not find when it was last looked at."""
    found = service.read_item(current_database(), address, item)
    if not isinstance(found.content, SavedSearch):
        raise ParameterError("只有检索才有“新增的结果”。")
    return jsonify(news_json(news(current_backend(), found.content, now())))


def _answer(changed: Changed) -> Response:
    return _versioned(jsonify(changed_json(changed)), changed.version, 201 if changed.created else 200)


def _versioned(response: Response, version: int, status: int = 200) -> Response:
    """The version as ``ETag``: it names what a change starts from. Nothing is cached that it could validate."""
    response.status_code = status
    response.headers["ETag"] = f'"{version}"'
    return response


def _expected(*, required: bool = True) -> int | None:
    """Read which version a change starts from; ``*`` is whichever there is. Raises ``VersionRequiredError``.

    A weak tag is taken too: servers between us and the reader weaken those of what they compress.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        if required:
            raise VersionRequiredError("修改须带 If-Match，写明您看到的版本（上次回答里的 ETag）；* 表示不论版本。")
        return None
    if given == "*":
        return None
    found = _ETAG.fullmatch(given)
    if found is None:
        raise StaleError("If-Match 里的不是这个收藏的版本。请先读取，再用其 ETag。")
    return int(found[1])


def _body(kind: type[_Body]) -> _Body:
    """Read what was sent, which no form of another site can send. Raises ``MediaTypeError``, ``ParameterError``."""
    if request.mimetype != "application/json":
        raise MediaTypeError("内容须是 JSON，请带 Content-Type: application/json。")
    try:
        return msgspec.json.decode(request.get_data(cache=False), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"内容读不懂：{error}") from None


def _alone(asked: CollectionChange | ItemChange, names: tuple[str, ...]) -> str | None:
    """Return which of these a change says, which must be all that it says. Raises ``ParameterError``."""
    said = [name for name in asked.__struct_fields__ if getattr(asked, name) is not None]
    if not said:
        raise ParameterError(f"没有说要改什么。可以改：{'、'.join(asked.__struct_fields__)}。")
    found = [name for name in said if name in names]
    if found and len(said) > 1:
        raise ParameterError(f"{found[0]} 须单独修改，不能和 {'、'.join(n for n in said if n != found[0])} 一起。")
    return found[0] if found else None
