"""Atom feeds (RFC 4287) of searches: what is new for whoever subscribes, by entry into the corpus or by publication.

An entry is one paragraph. Its id is made of its characters and whose document it is in (``watching.mark``), not of its
permalink: a correction elsewhere in a document gives a paragraph another permalink, and is no news.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable
from urllib.parse import parse_qsl

from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, make_response, redirect, request

from indexer.backend import Hit, SearchBackend
from indexer.errors import ParameterError
from indexer.finding import find
from indexer.places import label
from indexer.query import Filters, Query
from search_app.access import current_backend, current_database
from search_app.base_url import base_url
from search_app.collections import service
from search_app.collections.blueprint import collection_pages
from search_app.collections.evidence import canonical_search, read_search
from search_app.collections.models import SavedSearch
from search_app.collections.view import said_of
from search_app.collections.watching import mark
from search_app.params import read_query, url_with
from search_app.sheets import printable

feeds = Blueprint("feeds", __name__)

ENTRIES = 50
"""Entries of one feed: a day's news of any search that somebody watches."""
MOST_SORTED = 5000
"""Paragraphs among which the newest are chosen: the first of a search, the newest plans first."""
ORDERS = ("entered", "published")
_NAMES = {"entered": "按进入语料的时间", "published": "按发布日期"}
_SHOWN = ("page", "per_page", "sort", "group", "fold")
_LONGEST_TITLE = 60
_MIME_TYPE = "application/atom+xml"


@runtime_checkable
class HasEntered(Protocol):
    """What a backend may offer beyond ``SearchBackend``: when documents came into the index."""

    def entered(self) -> Mapping[str, str]:
        """Return the instant (UTC, ISO 8601) by the id of a document; of one that is not there nothing is known."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One paragraph in a feed: when its document came into the corpus, and when that was published, if it says so."""

    hit: Hit
    entered: datetime
    published: datetime | None


@feeds.get("/feed")
def feed() -> Response:
    """Give any search as a feed; the parameters are those of the search page, and ``order``."""
    order = _order()
    query = replace(read_query(request.args), page=1, per_page=10)
    if not query.text and query.filters == Filters():
        raise ParameterError("这个地址没有检索词，也没有筛选条件，没有可以订阅的检索。")
    url = canonical_search(query)
    name = said_of(url)
    return _answer(current_backend(), query, order, f"要点检索：{name}", url, feed_url(url, order))


@collection_pages.get("/<address>/items/<item>/feed.atom")
def saved_feed(address: str, item: str) -> Response:
    """Give a saved search as a feed, under the address to read: subscriptions are copied from program to program."""
    order = _order()
    found = service.read(current_database(), address)
    saved = service.read_item(current_database(), address, item)
    if not isinstance(saved.content, SavedSearch):
        raise ParameterError("只有检索可以订阅。")
    own = f"/c/{found.address.read}/items/{item}/feed.atom"
    if found.address.may_edit:
        return make_response(redirect(url_with(own, (), order=_if_not_usual(order)), 302))
    title = f"{found.title or '未命名'}：{said_of(saved.content.url)}"
    query = read_search(saved.content.url)
    shown = url_with(own, (), order=_if_not_usual(order))
    return _answer(current_backend(), query, order, title, saved.content.url, shown)


def feed_url(search_url: str, order: str = ORDERS[0]) -> str:
    """Return the address of the feed of a search; which page of it is shown, and how, makes no other feed.

    >>> feed_url("/?q=%E5%85%A5%E5%AD%A6&year=2017&sort=newest&page=2", "published")
    '/feed?q=%E5%85%A5%E5%AD%A6&year=2017&order=published'
    """
    known = parse_qsl(search_url.partition("?")[2], keep_blank_values=True)
    return url_with("/feed", [pair for pair in known if pair[0] not in _SHOWN], order=_if_not_usual(order))


def entries_of(backend: SearchBackend, query: Query, order: str) -> list[Entry]:
    """Return the newest entries of a search, the newest first; of policies without a date, those come last.

    Raises what the backend raises.
    """
    wanted = replace(query, sort="newest", page=1, per_page=MOST_SORTED, group=None, fold=False)
    page = find(backend, wanted).page
    came = backend.entered() if isinstance(backend, HasEntered) else {}
    built = _instant_of_build(page.corpus.build)
    entries = [Entry(hit, _instant(came.get(hit.document.id)) or built, _published(hit)) for hit in page.hits]
    oldest = datetime.min.replace(tzinfo=UTC)
    if order == "published":
        entries.sort(key=lambda each: (each.published or oldest, each.entered), reverse=True)
    else:
        entries.sort(key=lambda each: (each.entered, each.published or oldest), reverse=True)
    once: dict[str, Entry] = {}
    for each in entries:  # a sentence that a document repeats is one entry: two would have the same id
        if once.setdefault(mark(each.hit), each) is each and len(once) == ENTRIES:
            break
    return list(once.values())


def atom(title: str, entries: Sequence[Entry], *, own: str, page: str, base: str, empty: datetime) -> bytes:
    """Write a feed. ``own`` and ``page`` are its address and that of the search; ``empty`` dates no entries."""
    made: Any = FeedGenerator()
    made.id(_urn("feed", base, own))
    made.title(printable(title))
    made.link(href=base + own, rel="self", type=_MIME_TYPE)
    made.link(href=base + page, rel="alternate", type="text/html")
    made.author(name="要点")
    made.language("zh-CN")
    made.updated(max((each.entered for each in entries), default=empty))
    for each in entries:
        _add(made, each, base)
    octets: bytes = made.atom_str(pretty=True)
    return octets


def _add(made: Any, each: Entry, base: str) -> None:
    paragraph, document = each.hit.paragraph, each.hit.document.metadata
    place = label(document.province, document.city, document.district)
    years = "、".join(map(str, document.years)) or "年份未注明"
    text = printable(paragraph.text)
    entry = made.add_entry(order="append")
    entry.id(_urn("entry", mark(each.hit)))
    first = text.strip().split("\n")[0]
    entry.title(printable(f"{place} {years}：{first[:_LONGEST_TITLE]}{'…' if len(first) > _LONGEST_TITLE else ''}"))
    entry.link(href=f"{base}/p/{paragraph.id}#here", rel="alternate", type="text/html")
    entry.updated(each.entered)
    if each.published is not None:
        entry.published(each.published)
    entry.author(name=printable(document.issuer or "发文单位未注明"))
    path = " › ".join([document.title, *paragraph.section])
    entry.summary(printable(path))
    entry.content(text, type="text")
    entry.category([{"term": printable(place)}, *({"term": str(year)} for year in document.years)])


def _answer(backend: SearchBackend, query: Query, order: str, title: str, page: str, own: str) -> Response:
    entries = entries_of(backend, query, order)
    octets = atom(
        f"{title}（{_NAMES[order]}）",
        entries,
        own=own,
        page=page,
        base=base_url(),
        empty=_instant_of_build(backend.corpus().build),
    )
    response = Response(octets, mimetype=_MIME_TYPE)
    response.headers["Content-Type"] = f"{_MIME_TYPE}; charset=utf-8"
    return response


def _order() -> str:
    order = request.args.get("order") or ORDERS[0]
    if order not in ORDERS:
        raise ParameterError(f"参数 order 可以是 {'、'.join(ORDERS)}，不能是“{order[:40]}”。")
    return order


def _if_not_usual(order: str) -> str | None:
    return order if order != ORDERS[0] else None


def _urn(*parts: str) -> str:
    """Name a thing for good (RFC 4122, version 5).

    >>> _urn("entry", "LqpBP0uv") == _urn("entry", "LqpBP0uv"), _urn("feed", "a")[:9]
    (True, 'urn:uuid:')
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, "https://yaodian.invalid/" + "\x1f".join(parts)).urn


def _published(hit: Hit) -> datetime | None:
    known = hit.document.metadata
    return _instant(known.published)


def _instant(written: str | None) -> datetime | None:
    """Read a day or an instant; a day is taken at its begin, in UTC.

    >>> _instant("2017-08-24").isoformat(), _instant("2017") is None
    ('2017-08-24T00:00:00+00:00', True)
    """
    try:
        found = datetime.fromisoformat(written) if written and len(written) >= 10 else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _instant_of_build(build: str) -> datetime:
    """Read when a build was made off its name, which begins with the instant.

    >>> _instant_of_build("20260131T120000Z-1a2b3c").isoformat()
    '2026-01-31T12:00:00+00:00'
    """
    try:
        return datetime.strptime(build[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:  # another backend names its builds otherwise
        return datetime.fromtimestamp(0, UTC)
