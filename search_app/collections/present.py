"""Collections as JSON: one form for the interface and the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.places import label
from search_app.collections.links import Link
from search_app.collections.models import (
    Changed,
    Collection,
    Content,
    SavedComparison,
    SavedDocument,
    SavedItem,
    SavedPassage,
    SavedSearch,
)
from search_app.collections.watching import News
from search_app.compare_topic import changes_json
from search_app.present import hit_json

Json = dict[str, Any]

MOST_NEW = 100
"""New paragraphs that are listed; ``new_total`` counts them all."""


def collection_json(found: Collection, links: Mapping[str, Link]) -> Json:
    """Present a collection; who may only read is not told the address to edit, nor what was deleted."""
    address = found.address
    shown: Json = {
        "id": address.edit or address.read,
        "may_edit": address.may_edit,
        "url": f"/c/{address.edit or address.read}",
        "read_url": f"/c/{address.read}",
        "title": found.title,
        "note": found.note,
        "version": found.version,
        "created": found.created,
        "changed": found.changed,
        "total": len(found.items),
        "items": [item_json(item, at, links) for at, item in enumerate(found.items, start=1)],
    }
    if address.may_edit:
        shown["deleted_items"] = [item_json(item, None) for item in found.deleted_items]
    return shown


def changed_json(changed: Changed) -> Json:
    """Present what a change left."""
    item = None if changed.item is None else item_json(changed.item, None)
    return {"version": changed.version, "item": item}


def item_json(item: SavedItem, position: int | None, links: Mapping[str, Link] | None = None) -> Json:
    """Present an item: what is saved under the name of its kind, and what became of a passage where that is known."""
    shown: Json = {
        "id": item.id,
        "kind": item.kind,
        "position": position,
        "note": item.note,
        "tags": list(item.tags),
        "saved": item.saved,
        "deleted": item.deleted,
        item.kind: content_json(item.content),
    }
    if links is not None and isinstance(item.content, SavedPassage):
        shown["link"] = link_json(links[item.content.paragraph])
    return shown


def content_json(content: Content) -> Json:
    """Present what is saved."""
    if isinstance(content, SavedPassage):
        return passage_json(content)
    if isinstance(content, SavedSearch):
        return search_json(content)
    return comparison_json(content)


def passage_json(passage: SavedPassage) -> Json:
    """Present a passage as it was when it was saved; ``segments`` are source offsets."""
    return {
        "paragraph": passage.paragraph,
        "url": f"/p/{passage.paragraph}",
        "text": passage.text,
        "prefix": passage.prefix,
        "suffix": passage.suffix,
        "ordinal": passage.ordinal,
        "section": list(passage.section),
        "item": passage.item,
        "start": passage.segments[0][0],
        "end": passage.segments[-1][1],
        "segments": [list(segment) for segment in passage.segments],
        "document": document_json(passage.document),
        "build": passage.build,
    }


def document_json(document: SavedDocument) -> Json:
    """Present a document as it was when a passage of it was saved, in the form of every other document."""
    return {
        "id": document.id,
        "url": f"/d/{document.id}",
        "title": document.title,
        "issuer": document.issuer,
        "province": document.province,
        "city": document.city,
        "district": document.district,
        "place": label(document.province, document.city, document.district),
        "years": list(document.years),
        "published": document.published,
        "script": document.script,
        "source_url": document.source_url,
        "path": document.path,
        "inferred": list(document.inferred),
        "sha256": document.sha256,
    }


def search_json(search: SavedSearch) -> Json:
    """Present a search as it was when it was last looked at."""
    return {
        "url": search.url,
        "total": search.total,
        "total_documents": search.documents,
        "build": search.build,
        "seen": search.seen_at,
    }


def comparison_json(comparison: SavedComparison) -> Json:
    """Present a comparison: ``topic``, or the two ``titles``."""
    return {"url": comparison.url, "topic": comparison.topic, "titles": list(comparison.titles)}


def link_json(link: Link) -> Json:
    """Present what became of a passage; ``diff`` leads from what was saved to ``text``, what stands there today."""
    now = link.paragraph
    return {
        "status": link.status,
        "paragraph": None if now is None else now.id,
        "url": None if now is None else f"/p/{now.id}",
        "text": None if now is None else now.text,
        "same_characters": link.same_characters,
        "similarity": link.similarity,
        "diff": changes_json(link.changes),
    }


def news_json(news: News) -> Json:
    """Present what is new in a saved search; where ``complete`` is false, not all paragraphs were looked at."""
    return {
        "then": search_json(news.then),
        "now": search_json(news.now),
        "new_total": len(news.new),
        "new": [hit_json(hit, news.page.matched) for hit in news.new[:MOST_NEW]],
        "gone": news.gone,
        "complete": news.complete,
    }
