"""What is asked of many collections at once, without reading what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from search_app.collections.addresses import Address, digest
from search_app.collections.database import Database
from search_app.collections.tables import CollectionRow, SavedItemRow


@dataclass(frozen=True, slots=True)
class Listed:
    """A collection in a list: ``title`` and the number of its items; ``deleted`` is an instant, or ``None``."""

    address: Address
    title: str
    items: int
    changed: str
    deleted: str | None


def listed(database: Database, addresses: Sequence[Address]) -> tuple[Listed, ...]:
    """Return those of the collections that there are, in the order asked. Raises ``DatabaseError``."""
    if not addresses:
        return ()
    # Counted for these collections only: what all others hold must cost nothing here.
    held = (
        select(func.count())
        .where(SavedItemRow.collection == CollectionRow.number, SavedItemRow.deleted.is_(None))
        .scalar_subquery()
    )
    wanted = [digest(each.read) for each in addresses]
    asked = select(CollectionRow, held).where(CollectionRow.read_digest.in_(wanted))
    with database.reading() as session:
        found = {row.read_digest: (row, items) for row, items in session.execute(asked)}
    return tuple(
        Listed(each, row.title, items, row.changed, row.deleted)
        for each in addresses
        for row, items in [found.get(digest(each.read), (None, 0))]
        if row is not None
    )


def saved_paragraphs(database: Database, addresses: Sequence[Address], asked: Iterable[str]) -> frozenset[str]:
    """Return which of the paragraphs asked about stand in any of the collections. Raises ``DatabaseError``."""
    wanted = list(asked)
    if not addresses or not wanted:
        return frozenset()
    query = (
        select(SavedItemRow.paragraph)
        .join(CollectionRow, CollectionRow.number == SavedItemRow.collection)
        .where(
            CollectionRow.read_digest.in_([digest(each.read) for each in addresses]),
            CollectionRow.deleted.is_(None),
            SavedItemRow.deleted.is_(None),
            SavedItemRow.paragraph.in_(wanted),
        )
    )
    with database.reading() as session:
        return frozenset(each for each in session.scalars(query) if each is not None)
