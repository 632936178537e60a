"""Documents that leave the index -> rows of the history, and back."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from indexer import records
from indexer.anchoring import Snapshot, snapshot_of
from indexer.anchoring.vanished import History, Vanished
from indexer.models import Metadata
from search_app.collections.database import Database
from search_app.history.tables import HistoryRow

_FORM = 1
_AT_ONCE = 200
"""Rows looked up in one statement; SQLite takes 999 parameters in old versions."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document that left the index, as it was read, with the last build that had it; see ``Vanished``."""

    id: str
    path: str
    line: int | None
    sha256: str
    metadata: Metadata
    successor: str | None
    build: str
    built: str
    snapshot: Snapshot


def recorder(database: Database) -> History:
    """Return what ``pipeline.build`` tells of documents that vanish: it keeps them, all or none.

    Raises ``DatabaseError``, and the index stays as it was.
    """

    def record(vanished: Iterable[Vanished]) -> None:
        rows = [_row(each) for each in vanished]  # before writing: telling where they went takes time
        with database.writing() as session:
            for start in range(0, len(rows), _AT_ONCE):
                _replace(session, rows[start : start + _AT_ONCE])

    return record


def kept_documents(database: Database, document_id: str) -> tuple[KeptDocument, ...]:
    """Return what is kept of a document that left the index, what was kept last first. Raises ``DatabaseError``."""
    if "\0" in document_id:  # which PostgreSQL does not take in a text, and no id has
        return ()
    asked = select(HistoryRow).where(HistoryRow.document == document_id).order_by(HistoryRow.number.desc())
    with database.reading() as session:
        return tuple([_kept(row) for row in session.scalars(asked)])


def _replace(session: Session, rows: Sequence[HistoryRow]) -> None:
    """Write rows; one that says the same of the same paragraphs as an older one takes its place."""
    same = {(row.document, row.paragraphs, row.successor) for row in rows}
    asked = select(HistoryRow.number, HistoryRow.document, HistoryRow.paragraphs, HistoryRow.successor).where(
        HistoryRow.document.in_({row.document for row in rows})
    )
    older = [number for number, *key in session.execute(asked) if tuple(key) in same]
    if older:
        session.execute(delete(HistoryRow).where(HistoryRow.number.in_(older)))
    session.add_all(rows)
    session.flush()


def _row(vanished: Vanished) -> HistoryRow:
    document = vanished.document
    ids = "\n".join(paragraph.id for paragraph in document.paragraphs)
    return HistoryRow(
        document=document.id,
        paragraphs=hashlib.sha256(ids.encode()).hexdigest(),
        successor=vanished.successor,
        form=_FORM,
        build=vanished.build,
        built=vanished.built,
        path=document.source.path,
        line=document.source.line,
        sha256=document.source.sha256,
        facts=records.encode(document.metadata).decode(),
        snapshot=zlib.compress(records.encode(snapshot_of(document))),
    )


def _kept(row: HistoryRow) -> KeptDocument:
    return KeptDocument(
        row.document,
        row.path,
        row.line,
        row.sha256,
        records.decode(row.facts.encode(), Metadata),
        row.successor,
        row.build,
        row.built,
        records.decode(zlib.decompress(row.snapshot), Snapshot),
    )
