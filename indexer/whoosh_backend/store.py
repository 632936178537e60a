"""The documents of a build in one SQLite file: read whole by id, paragraph by number, or as summaries.

Beside them it remembers which source files were read and what was wrong with them, so that the next build need not
read what has not changed.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import msgspec

from indexer.backend import DocumentSummary
from indexer.errors import IndexBrokenError, IndexWriteError, UnknownIdError
from indexer.models import Document, Paragraph
from indexer.records import decode, encode

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
                        summary BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX documents_by_path ON documents (path);
CREATE TABLE paragraphs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL,
                         body BLOB NOT NULL);
CREATE INDEX paragraphs_by_document ON paragraphs (document);
"""


@dataclass(frozen=True, slots=True)
class _Section:
    """What of a paragraph the list of headings needs: decoding the rest would take four times as long."""

    section: tuple[str, ...]


def summarise(document: Document) -> DocumentSummary:
    """Return a document without its text.

    ``characters`` counts the visible characters of its paragraphs.
    """
    return DocumentSummary(
        document.id,
        document.source.path,
        document.source.line,
        document.metadata,
        len(document.paragraphs),
        sum(len("".join(paragraph.text.split())) for paragraph in document.paragraphs),
    )


def write_documents(path: Path, documents: Iterable[Document]) -> list[int]:
    """Write documents and their paragraphs, both numbered from 0 as given; return each paragraph's document number.

    Raises ``IndexWriteError``.
    """
    try:
        return _write_documents(path, documents)
    except sqlite3.Error as error:
        raise IndexWriteError(
            f"{path}: cannot be written ({error}); the index stays as it was; see to space and permissions, "
            "then run again"
        ) from error


def _write_documents(path: Path, documents: Iterable[Document]) -> list[int]:
    owners: list[int] = []
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        for number, document in enumerate(documents):
            connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
                (
                    number,
                    document.id,
                    document.source.path,
                    encode(summarise(document)),
                    encode(replace(document, paragraphs=())),
                ),
            )
            first = len(owners)
            connection.executemany(
                "INSERT INTO paragraphs VALUES (?, ?, ?, ?)",
                (
                    (first + offset, paragraph.id, number, encode(paragraph))
                    for offset, paragraph in enumerate(document.paragraphs)
                ),
            )
            owners.extend([number] * len(document.paragraphs))
        connection.commit()
    finally:
        connection.close()
    return owners


class DocumentStore:
    """An open file of documents; may be used from several threads. Damage raises ``IndexBrokenError``."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexBrokenError(f"{path}: is missing; run `yaodian index --rebuild`")
        self._path = path
        # A path in an address has to be quoted: ? and # may stand in the name of a folder.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._broken(error) from error
        self._lock = Lock()

    def close(self) -> None:
        """Let go of the file; idempotent."""
        self._connection.close()

    def summaries(self) -> list[DocumentSummary]:
        """Return all documents without their text, by number."""
        rows = self._rows("SELECT summary FROM documents ORDER BY number")
        return [self._decode(row[0], DocumentSummary) for row in rows]

    def document(self, document_id: str) -> Document:
        """Return one whole document; raises ``UnknownIdError``."""
        rows = self._rows("SELECT number, body FROM documents WHERE id = ?", document_id)
        if not rows:
            raise UnknownIdError(f"没有编号为 {_short(document_id)} 的文档。")
        return self._whole(*rows[0])

    def document_of(self, paragraph_id: str) -> Document:
        """Return the document of a paragraph; raises ``UnknownIdError``."""
        rows = self._rows(
            "SELECT d.number, d.body FROM documents d JOIN paragraphs p ON p.document = d.number WHERE p.id = ?",
            paragraph_id,
        )
        if not rows:
            raise UnknownIdError(f"没有编号为 {_short(paragraph_id)} 的段落。")
        return self._whole(*rows[0])

    def paragraphs(self, numbers: Iterable[int]) -> list[Paragraph]:
        """Return paragraphs by number, in the order asked for."""
        found = []
        for number in numbers:
            rows = self._rows("SELECT body FROM paragraphs WHERE number = ?", int(number))
            if not rows:
                raise self._broken(f"paragraph {number} is missing")
            found.append(self._decode(rows[0][0], Paragraph))
        return found

    def all_paragraphs(self) -> Iterator[Paragraph]:
        """Yield every paragraph by number."""
        for body in self._bodies("SELECT body FROM paragraphs ORDER BY number"):
            yield self._decode(body, Paragraph)

    def headings(self) -> dict[str, int]:
        """Return the headings that paragraphs stand under, as published, each with how many do."""
        counts: Counter[str] = Counter()
        for body in self._bodies("SELECT body FROM paragraphs"):
            counts.update(set(self._decode(body, _Section).section))
        return counts

    def by_path(self, path: str) -> Iterator[Document]:
        """Yield the documents that were read from one source file, in their order."""
        for number, body in self._rows("SELECT number, body FROM documents WHERE path = ? ORDER BY number", path):
            yield self._whole(number, body)

    def _whole(self, number: int, body: bytes) -> Document:
        rows = self._rows("SELECT body FROM paragraphs WHERE document = ? ORDER BY number", number)
        paragraphs = tuple(self._decode(row[0], Paragraph) for row in rows)
        return replace(self._decode(body, Document), paragraphs=paragraphs)

    def _bodies(self, statement: str) -> Iterator[bytes]:
        """Yield one column without holding all of it."""
        try:
            for (body,) in self._connection.execute(statement):
                yield body
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _rows(self, statement: str, *values: object) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _decode(self, body: bytes, kind: type[T]) -> T:
        try:
            return decode(body, kind)
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:  # TypeError: not even bytes
            raise self._broken(error) from error

    def _broken(self, reason: object) -> IndexBrokenError:
        return IndexBrokenError(
            f"{self._path}: is damaged ({reason}); run `yaodian check`, then `yaodian index --rebuild`"
        )


def _short(identity: str) -> str:
    """What is no id of ours may be anything, and of any length."""
    return identity if len(identity) <= 60 else identity[:60] + "…"
