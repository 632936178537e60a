"""The table of documents that left the index, in the database of the collections."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from search_app.collections.database import Base


class HistoryRow(Base):
    """A document as it was read once, whose ids are no longer in the index, and which document it has become.

    One row holds all paragraphs of a document: they leave together, and it takes all of them to tell where each went.
    """

    __tablename__ = "history"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    document: Mapped[str] = mapped_column(String(32), index=True)
    paragraphs: Mapped[str] = mapped_column(String(64))
    """A digest of the ids of its paragraphs: a document that is read otherwise has another."""
    successor: Mapped[str | None] = mapped_column(String(32))
    form: Mapped[int]
    """How ``facts`` and ``snapshot`` are written."""
    build: Mapped[str] = mapped_column(String(40))
    """The last build that had it, and when that was made (UTC, ISO 8601)."""
    built: Mapped[str] = mapped_column(String(32))
    path: Mapped[str] = mapped_column(Text)
    line: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64))
    facts: Mapped[str] = mapped_column(Text)
    """The metadata, as JSON."""
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)
    """The text of record and where its paragraphs stood, as JSON, deflated."""
