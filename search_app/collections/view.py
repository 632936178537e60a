"""A collection as its page shows it: each item with what became of it, its citation, and what forms must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from indexer.backend import SearchBackend
from indexer.errors import ParameterError, QuerySyntaxError
from search_app.collections.clock import now, today
from search_app.collections.database import Database
from search_app.collections.editing import seen_of_item
from search_app.collections.links import Link, links_of
from search_app.collections.models import Collection, SavedItem, SavedPassage, SavedSearch
from search_app.collections.present import document_json, item_json, news_json
from search_app.collections.watching import news
from search_app.export import Excerpt, Heading
from search_app.export.excerpt import citation_of

Json = dict[str, Any]

PER_PAGE = 50
"""Items of one page: 3 KB each of quotation, citation and forms; ``all=1`` shows all, to be printed."""
LOOKED_AT = 10
"""Saved searches of one page that are asked again, each a search; the others lead to a page of their own."""
STATUSES = {"current": "当前", "moved": "已移动", "changed": "已改动", "gone": "已不存在"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One item on a page; ``number`` is its place in the collection, from 1."""

    item: SavedItem
    number: int
    json: Json
    citation: str
    seen: str
    news: Json | None
    said: str


def matching(found: Collection, tag: str | None) -> list[tuple[int, SavedItem]]:
    """Return the items that have a tag, or all of them, each with its place."""
    numbered = enumerate(found.items, start=1)
    return [(number, item) for number, item in numbered if tag is None or tag in item.tags]


def tag_counts(found: Collection) -> list[tuple[str, int]]:
    """Return the tags of a collection with the number of their items, in the order they first come in.

    >>> from search_app.collections.models import SavedComparison
    >>> def tagged(*tags):
    ...     return SavedItem("", SavedComparison("/compare?q=入学", "入学"), "", tags, "")
    >>> from search_app.collections.addresses import new_address
    >>> tag_counts(Collection(new_address(), "", "", 1, "", "", (tagged("入学"), tagged("转学", "入学"))))
    [('入学', 2), ('转学', 1)]
    """
    return list(Counter(tag for item in found.items for tag in item.tags).items())


def shown_items(
    backend: SearchBackend, database: Database, numbered: Sequence[tuple[int, SavedItem]], base: str
) -> list[Shown]:
    """Put together what a page shows of items. Raises what the backend and the database raise."""
    links = links_of(backend, database, [i.content for _, i in numbered if isinstance(i.content, SavedPassage)])
    heading = Heading("", today())
    shown, asked = [], 0
    for number, item in numbered:
        found = None
        if isinstance(item.content, SavedSearch) and asked < LOOKED_AT:
            asked += 1
            found = _news(backend, item.content)
        excerpt = excerpt_of(item, links, base)
        citation = citation_of(excerpt, heading) if excerpt is not None else ""
        said = "" if isinstance(item.content, SavedPassage) else said_of(item.content.url)
        json = item_json(item, number, links)
        shown.append(Shown(item, number, json, citation, seen_of_item(item), found, said))
    return shown


def _news(backend: SearchBackend, saved: SavedSearch) -> Json | None:
    """Return what is new in a search; ``None`` for one that this program does not read any more, an older one did.

    It is shown as it was saved: a collection stays readable whatever became of one of its addresses.
    """
    try:
        return news_json(news(backend, saved, now()))
    except (ParameterError, QuerySyntaxError):
        return None


def excerpt_of(item: SavedItem, links: Mapping[str, Link], base: str) -> Excerpt | None:
    """Take from an item what is cited and exported: the quotation as it was saved; ``None`` for what is no passage."""
    passage = item.content
    if not isinstance(passage, SavedPassage):
        return None
    link = links.get(passage.paragraph)
    return Excerpt(
        passage.paragraph,
        document_json(passage.document),
        passage.text,
        f"{base}/p/{passage.paragraph}",
        passage.section,
        passage.ordinal,
        passage.item,
        note=item.note,
        tags=item.tags,
        saved_at=item.saved,
        status=link.status if link is not None else None,
    )


def said_of(url: str) -> str:
    """Say what a saved address asks for: its words, then its filters.

    >>> said_of("/?q=%E9%9A%8F%E8%BF%81%E5%AD%90%E5%A5%B3&city=%E6%AD%A6%E6%B1%89%E5%B8%82&year=2017..2019")
    '随迁子女 · 武汉市 · 2017～2019'
    """
    known = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    words = [value for name, value in known if name == "q"]
    kept = [value for name, value in known if name in ("province", "city", "district", "issuer", "year")]
    limits = ["未注明" if value == "~none" else value.replace("..", "～") for value in kept]
    return " · ".join([*words, *limits]) or "全部段落"
