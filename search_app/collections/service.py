"""What can be done with collections, each in one transaction: the pages, the JSON and the command line call these.

``address`` is the id of an address as somebody gave it. ``expected`` is the version that the change was made from:
of two editors who read the same version the second is refused (``StaleError``); ``None`` changes whatever there is.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from indexer.backend import SearchBackend
from indexer.errors import ParameterError
from search_app.collections import rows
from search_app.collections.addresses import digest, new_address, read_address
from search_app.collections.clock import now
from search_app.collections.database import Database
from search_app.collections.evidence import read_comparison, read_passage
from search_app.collections.fields import checked_note, checked_tags, checked_title
from search_app.collections.models import Changed, Collection, Content, SavedItem, SavedSearch, kind_of
from search_app.collections.opening import (
    check_living,
    check_room,
    item_row,
    last_position,
    living_rows,
    may_edit,
    number,
    opened,
    purge,
    row_of,
    touch,
)
from search_app.collections.tables import CollectionRow, SavedItemRow
from search_app.collections.watching import look


def create(database: Database, title: str = "", note: str = "") -> Collection:
    """Make a collection; its address to edit is told now and never again.

    Raises ``ParameterError``, ``TooLargeError``, ``DatabaseError``.
    """
    address, at = new_address(), now()
    assert address.edit is not None
    made = CollectionRow(
        edit_digest=digest(address.edit),
        read_digest=digest(address.read),
        title=checked_title(title),
        note=checked_note(note),
        version=1,
        created=at,
        changed=at,
    )
    with database.writing() as session:
        purge(session, at)
        session.add(made)
        session.flush()
        return rows.collection_of(made, (), address)


def read(database: Database, address: str) -> Collection:
    """Return a collection with its items. Raises ``UnknownIdError``, ``DeletedError``, ``DatabaseError``."""
    given = read_address(address)
    with database.reading() as session:
        found = row_of(session, given)
        check_living(found, given)
        listed = session.scalars(
            select(SavedItemRow)
            .where(SavedItemRow.collection == found.number)
            .order_by(SavedItemRow.position, SavedItemRow.number)
        )
        return rows.collection_of(found, tuple(listed), given)


def read_item(database: Database, address: str, item: str) -> SavedItem:
    """Return one item. Raises ``UnknownIdError``, ``DeletedError``, ``DatabaseError``."""
    given = read_address(address)
    with database.reading() as session:
        found = row_of(session, given)
        check_living(found, given)
        return rows.item_of(item_row(session, found, item))


def edit(
    database: Database, address: str, expected: int | None, *, title: str | None = None, note: str | None = None
) -> Changed:
    """Change the title or the note of a collection; ``None`` leaves it. Raises like every change."""
    with database.writing() as session:
        found = opened(session, address, expected)
        if title is not None:
            found.title = checked_title(title)
        if note is not None:
            found.note = checked_note(note)
        return Changed(touch(found))


def delete_collection(database: Database, address: str, expected: int | None) -> Changed:
    """Delete a collection; ``restore_collection`` brings it back for 30 days. Raises like every change."""
    with database.writing() as session:
        found = opened(session, address, expected)
        found.deleted = now()
        purge(session, found.deleted)
        return Changed(touch(found))


def restore_collection(database: Database, address: str, expected: int | None) -> Changed:
    """Bring a deleted collection back. Raises like every change, but not ``DeletedError``."""
    with database.writing() as session:
        found = opened(session, address, expected, deleted=True)
        found.deleted = None
        return Changed(touch(found))


def save_passage(
    database: Database,
    backend: SearchBackend,
    address: str,
    paragraph: str,
    *,
    note: str | None = None,
    tags: Sequence[str] | None = None,
    expected: int | None = None,
) -> Changed:
    """Save a paragraph as it stands in the index. What is saved already is left as it is, its note too.

    Raises ``UnknownIdError`` for a paragraph or address that there is none of, ``TooLargeError`` for a collection that
    is full, ``ForbiddenError``, ``DeletedError``, ``StaleError``, and what the backend and the database raise.
    """
    may_edit(address)
    return _save(database, address, read_passage(backend, paragraph), note, tags, expected)


def save_search(
    database: Database,
    backend: SearchBackend,
    address: str,
    url: str,
    *,
    note: str | None = None,
    tags: Sequence[str] | None = None,
    expected: int | None = None,
) -> Changed:
    """Save a search by its address, and what it finds now. Raises like ``save_passage``, and ``ParameterError``."""
    may_edit(address)
    return _save(database, address, look(backend, url, now()), note, tags, expected)


def save_comparison(
    database: Database,
    backend: SearchBackend,
    address: str,
    url: str,
    *,
    note: str | None = None,
    tags: Sequence[str] | None = None,
    expected: int | None = None,
) -> Changed:
    """Save a comparison by its address. Raises like ``save_search``."""
    may_edit(address)
    return _save(database, address, read_comparison(backend, url), note, tags, expected)


def edit_item(
    database: Database,
    address: str,
    item: str,
    expected: int | None,
    *,
    note: str | None = None,
    tags: Sequence[str] | None = None,
    position: int | None = None,
) -> Changed:
    """Change note, tags or place (from 1) of an item; ``None`` leaves it. Raises like every change."""
    with database.writing() as session:
        found = opened(session, address, expected)
        row = item_row(session, found, item)
        if note is not None:
            row.note = checked_note(note)
        if tags is not None:
            row.tags = rows.written_tags(checked_tags(tags))
        if position is not None:
            others = [each for each in living_rows(session, found) if each.id != item]
            if not 1 <= position <= len(others) + 1:
                raise ParameterError(f"位置须是 1 到 {len(others) + 1}，不能是 {position}。")
            number([*others[: position - 1], row, *others[position - 1 :]])
        return Changed(touch(found), rows.item_of(row))


def mark_seen(database: Database, backend: SearchBackend, address: str, item: str, expected: int | None) -> Changed:
    """Note that what a saved search finds now has been seen. Raises like every change, and what the backend raises."""
    may_edit(address)
    content = read_item(database, address, item).content
    if not isinstance(content, SavedSearch):
        raise ParameterError("只有检索可以标为“已看过”。")
    seen = look(backend, content.url, now())
    with database.writing() as session:
        found = opened(session, address, expected)
        row = item_row(session, found, item)
        row.content = rows.written(replace(seen, url=content.url))
        return Changed(touch(found), rows.item_of(row))


def reorder(database: Database, address: str, order: Sequence[str], expected: int | None) -> Changed:
    """Put all items in another order; ``order`` names each of them once. Raises like every change."""
    with database.writing() as session:
        found = opened(session, address, expected)
        there = {row.id: row for row in living_rows(session, found)}
        if len(order) != len(there) or set(order) != set(there):
            raise ParameterError(f"顺序里须有全部 {len(there)} 项，每项一次。")
        number([there[each] for each in order])
        return Changed(touch(found))


def delete_item(database: Database, address: str, item: str, expected: int | None) -> Changed:
    """Delete an item; ``restore_item`` brings it back for 30 days. Raises like every change."""
    with database.writing() as session:
        found = opened(session, address, expected)
        row = item_row(session, found, item)
        row.deleted = now()
        purge(session, row.deleted)
        return Changed(touch(found), rows.item_of(row))


def restore_item(database: Database, address: str, item: str, expected: int | None) -> Changed:
    """Bring a deleted item back to where it stood. Raises like every change."""
    with database.writing() as session:
        found = opened(session, address, expected)
        row = item_row(session, found, item, deleted=True)
        check_room(session, found)
        row.deleted = None
        return Changed(touch(found), rows.item_of(row))


def _save(
    database: Database,
    address: str,
    content: Content,
    note: str | None,
    tags: Sequence[str] | None,
    expected: int | None,
) -> Changed:
    written_note = None if note is None else checked_note(note)
    written_tags = None if tags is None else rows.written_tags(checked_tags(tags))
    with database.writing() as session:
        found = opened(session, address, expected)
        key = rows.key_of(content)
        row = session.scalar(
            select(SavedItemRow).where(SavedItemRow.collection == found.number, SavedItemRow.key == key)
        )
        if row is not None and row.deleted is None:
            return Changed(found.version, rows.item_of(row))
        check_room(session, found)
        at, position = now(), last_position(session, found) + 1
        if row is None:
            row = SavedItemRow(collection=found.number, id=secrets.token_hex(8), kind=kind_of(content), key=key)
            row.note, row.tags = "", "[]"
        row.paragraph = rows.paragraph_of(content)
        row.content, row.position, row.saved, row.deleted = rows.written(content), position, at, None
        row.note = row.note if written_note is None else written_note
        row.tags = row.tags if written_tags is None else written_tags
        session.add(row)
        return Changed(touch(found), rows.item_of(row), created=True)
