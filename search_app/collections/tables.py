"""The tables of collections. Instants are UTC in ISO 8601, so that they sort as text and move between databases."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from search_app.collections.database import Base

Instant = String(32)
Digest = String(64)


class SettingRow(Base):
    """Something that belongs to the database itself: the key that signs this browser's collections."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class CollectionRow(Base):
    """One collection. Its two addresses are kept as digests only: who reads the database can open none."""

    __tablename__ = "collection"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    edit_digest: Mapped[str] = mapped_column(Digest, unique=True)
    read_digest: Mapped[str] = mapped_column(Digest, unique=True)
    title: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    """Grows by one with each change, of its items too: what ``ETag`` and ``If-Match`` speak of."""
    created: Mapped[str] = mapped_column(Instant)
    changed: Mapped[str] = mapped_column(Instant)
    deleted: Mapped[str | None] = mapped_column(Instant, index=True)


class SavedItemRow(Base):
    """One thing in a collection: a passage, a search or a comparison; ``content`` is JSON by its kind."""

    __tablename__ = "saved_item"
    __table_args__ = (UniqueConstraint("collection", "id"), UniqueConstraint("collection", "key"))

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    collection: Mapped[int] = mapped_column(ForeignKey("collection.number", ondelete="CASCADE"))
    id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(Digest)
    """The same for the same thing: it is saved once in a collection, however often somebody asks."""
    position: Mapped[int]
    paragraph: Mapped[str | None] = mapped_column(String(64), index=True)
    """The id under which a passage was saved."""
    content: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    """A JSON array of strings."""
    saved: Mapped[str] = mapped_column(Instant)
    deleted: Mapped[str | None] = mapped_column(Instant, index=True)
