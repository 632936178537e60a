"""Rows of the tables and the values that they stand for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from search_app.collections.addresses import Address
from search_app.collections.models import (
    Collection,
    Content,
    SavedComparison,
    SavedItem,
    SavedPassage,
    SavedSearch,
    kind_of,
)
from search_app.collections.tables import CollectionRow, SavedItemRow

_TYPES: dict[str, type[Content]] = {"passage": SavedPassage, "search": SavedSearch, "comparison": SavedComparison}


def collection_of(row: CollectionRow, items: Sequence[SavedItemRow], address: Address) -> Collection:
    """Return a collection; what was deleted of it is left out for who may only read."""
    return Collection(
        address=address,
        title=row.title,
        note=row.note,
        version=row.version,
        created=row.created,
        changed=row.changed,
        items=tuple(item_of(each) for each in items if each.deleted is None),
        deleted=row.deleted,
        deleted_items=tuple(item_of(each) for each in items if each.deleted is not None) if address.may_edit else (),
    )


def item_of(row: SavedItemRow) -> SavedItem:
    """Return an item."""
    content = msgspec.json.decode(row.content, type=_TYPES[row.kind])
    tags = msgspec.json.decode(row.tags, type=tuple[str, ...])
    return SavedItem(row.id, content, row.note, tags, row.saved, row.deleted)


def written(content: Content) -> str:
    """Write what is saved as it stands in its column."""
    return msgspec.json.encode(content).decode()


def written_tags(tags: Sequence[str]) -> str:
    """Write tags as they stand in their column."""
    return msgspec.json.encode(tags).decode()


def paragraph_of(content: Content) -> str | None:
    """Return the id under which a passage is saved, ``None`` for what is no passage."""
    return content.paragraph if isinstance(content, SavedPassage) else None


def key_of(content: Content) -> str:
    """Return what is the same for the same thing: a paragraph by its id, a search or comparison by its address.

    >>> key_of(SavedComparison("/compare?q=入学", "")) == key_of(SavedComparison("/compare?q=入学", "", ("a",)))
    True
    """
    what = content.paragraph if isinstance(content, SavedPassage) else content.url
    return hashlib.sha256(f"{kind_of(content)}\x1f{what}".encode()).hexdigest()
