"""How a change finds what it changes, keeps others from changing it meanwhile, and counts itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from indexer.errors import DeletedError, ForbiddenError, StaleError, TooLargeError, UnknownIdError
from search_app.collections.addresses import Address, digest, read_address, unknown
from search_app.collections.clock import day, days_before, now
from search_app.collections.models import KEPT_DAYS, MAX_ITEMS
from search_app.collections.tables import CollectionRow, SavedItemRow


def may_edit(address: str) -> Address:
    """Read an address that must allow changes. Raises ``UnknownIdError``, ``ForbiddenError``."""
    given = read_address(address)
    if not given.may_edit:
        raise ForbiddenError("这是只读地址，不能修改。请用编辑地址打开收藏。")
    return given


def opened(session: Session, address: str, expected: int | None, *, deleted: bool = False) -> CollectionRow:
    """Return a collection that is to be changed; nobody else changes it until the session ends."""
    given = may_edit(address)
    found = row_of(session, given, lock=True)
    if expected is not None and found.version != expected:
        raise StaleError(f"收藏已在别处改动（现在是第 {found.version} 版，您看到的是第 {expected} 版）。请刷新后再改。")
    if not deleted:
        check_living(found, given)
    return found


def row_of(session: Session, address: Address, *, lock: bool = False) -> CollectionRow:
    """Find a collection by either of its addresses; locked, nobody else changes it until the session ends."""
    if address.edit is not None:
        query = select(CollectionRow).where(CollectionRow.edit_digest == digest(address.edit))
    else:
        query = select(CollectionRow).where(CollectionRow.read_digest == digest(address.read))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise unknown()
    return found


def check_living(found: CollectionRow, address: Address) -> None:
    """Raise ``DeletedError`` for a collection that was deleted."""
    if found.deleted is not None:
        how = f"在 {KEPT_DAYS} 天内可用编辑地址恢复。" if address.may_edit else ""
        raise DeletedError(f"这个收藏已于 {day(found.deleted)} 删除。{how}")


def item_row(session: Session, found: CollectionRow, item: str, *, deleted: bool = False) -> SavedItemRow:
    """Find an item of a collection; raises ``UnknownIdError``, of a deleted one too unless those are asked for."""
    row = session.scalar(select(SavedItemRow).where(SavedItemRow.collection == found.number, SavedItemRow.id == item))
    if row is None or (row.deleted is not None and not deleted):
        raise UnknownIdError("收藏里没有这一项，它可能已被删除。")
    return row


def living_rows(session: Session, found: CollectionRow) -> list[SavedItemRow]:
    """Return the items of a collection in their order, deleted ones left out."""
    query = select(SavedItemRow).where(SavedItemRow.collection == found.number, SavedItemRow.deleted.is_(None))
    return list(session.scalars(query.order_by(SavedItemRow.position, SavedItemRow.number)))


def number(ordered: Sequence[SavedItemRow]) -> None:
    """Give rows their places, from 1."""
    for position, row in enumerate(ordered, start=1):
        row.position = position


def last_position(session: Session, found: CollectionRow) -> int:
    """Return the last place of a collection, that of a deleted item too; 0 if there is none."""
    query = select(func.max(SavedItemRow.position)).where(SavedItemRow.collection == found.number)
    return session.scalar(query) or 0


def check_room(session: Session, found: CollectionRow) -> None:
    """Raise ``TooLargeError`` for a collection that can hold no more."""
    query = select(func.count()).where(SavedItemRow.collection == found.number, SavedItemRow.deleted.is_(None))
    if (session.scalar(query) or 0) >= MAX_ITEMS:
        raise TooLargeError(f"一个收藏最多 {MAX_ITEMS} 项，已经满了。请新建一个收藏，或先删去一些。")


def touch(found: CollectionRow) -> int:
    """Count a change of a collection, and return the version that it makes."""
    found.version += 1
    found.changed = now()
    return found.version


def purge(session: Session, at: str) -> None:
    """Remove for good what was deleted long ago."""
    long_ago = days_before(at, KEPT_DAYS)
    session.execute(delete(SavedItemRow).where(SavedItemRow.deleted < long_ago))
    gone = select(CollectionRow.number).where(CollectionRow.deleted < long_ago)
    session.execute(delete(SavedItemRow).where(SavedItemRow.collection.in_(gone)))
    session.execute(delete(CollectionRow).where(CollectionRow.deleted < long_ago))
