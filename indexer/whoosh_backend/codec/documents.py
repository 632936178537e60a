"""What Whoosh reads and writes by document: lengths, deletions, columns, vectors, stored fields."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.codec import base
from whoosh.filedb.structfile import BufferFile, StructFile
from whoosh.matching import ListMatcher

from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.codec.segment import ArraySegment
from indexer.whoosh_backend.codec.stored import STORED, VECTORS, PickledFields, stored_fields_of, write_pickled
from indexer.whoosh_backend.codec.unwritten import UnwrittenDocuments

WHOOSH_COLUMNS = ".whoosh_columns"
"""Columns in the encodings of Whoosh's own column types."""
COLUMNS = ".columns"
"""Columns as plain arrays by paragraph; one that has the name of a field can be read through Whoosh too."""


class ArrayDocumentWriter(base.PerDocWriterWithColumns):  # type: ignore[misc]
    """Takes documents one by one from Whoosh's writer."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self._folder, self._segment = folder, segment
        self._documents = segment.unwritten = UnwrittenDocuments()
        self._stored: list[dict[str, Any]] = []
        self._vectors: list[dict[str, Any]] = []
        self._columns: dict[str, tuple[BytesIO, Any]] = {}
        self._docnum = -1
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        """Begin a document; numbers ascend from 0."""
        if docnum != self._documents.count:
            raise ValueError(f"document {docnum} comes where {self._documents.count} is due")
        self._docnum = docnum
        self._documents.count += 1
        self._stored.append({})
        self._vectors.append({})

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:  # noqa: ARG002
        """Add a stored value, if any, and the number of tokens."""
        if value is not None:
            self._stored[-1][fieldname] = value
        if length:
            self._documents.add_length(self._docnum, fieldname, length)

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Iterable[Any]) -> None:  # noqa: ARG002
        """Add a term vector: text, weight and value of each term."""
        vector = list(items)
        if vector:
            self._vectors[-1][fieldname] = vector

    def _has_column(self, fieldname: str) -> bool:
        return fieldname in self._columns

    def _create_column(self, fieldname: str, column: Any) -> None:
        octets = BytesIO()
        self._columns[fieldname] = octets, column.writer(StructFile(octets))

    def _get_column(self, fieldname: str) -> Any:
        return self._columns[fieldname][1]

    def close(self) -> None:
        """Write what there is to write; the lengths go with the words."""
        if any(self._stored):
            write_pickled(self._segment.file(self._folder, STORED), self._stored)
        if any(self._vectors):
            write_pickled(self._segment.file(self._folder, VECTORS), self._vectors)
        if self._columns:
            with ArrayWriter(self._segment.file(self._folder, WHOOSH_COLUMNS)) as writer:
                for name, (octets, column) in self._columns.items():
                    column.finish(self._documents.count)
                    writer.add(name, np.frombuffer(octets.getvalue(), np.uint8))
        self.is_closed = True


class PlainColumnReader(columns.ColumnReader):  # type: ignore[misc]
    """An array by paragraph as Whoosh reads columns.

    >>> PlainColumnReader(np.array([2, 0, 1], np.uint8))[1]
    0
    """

    def __init__(self, values: Any) -> None:
        self._values = values
        self._sign = 1

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum].item()

    def __iter__(self) -> Any:
        return iter(self._values.tolist())

    def sort_key(self, docnum: int) -> Any:
        """Return what sorts a document."""
        return self[docnum] * self._sign

    def load(self) -> list[Any]:
        """Return all values."""
        return list(self)

    def set_reverse(self) -> None:
        """Sort the other way round."""
        self._sign = -1


class ArrayDocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """The documents of a segment by number."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self._folder, self._segment = folder, segment
        segment.deleted(folder)  # so that the segment answers, and a file that is missing is noticed now
        self._words = None if segment.unwritten is not None else segment.words(folder)
        self._sums: dict[str, tuple[int, int, int]] = {}

    def doc_count(self) -> int:
        """Return the number of documents that are not deleted."""
        return self._segment.doc_count_all() - self._segment.deleted_count()

    def doc_count_all(self) -> int:
        """Return the number of documents."""
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterable[int]:
        """Return the numbers of the deleted documents."""
        return self._segment.deleted_docs()

    def all_doc_ids(self) -> Iterable[int]:
        """Return the numbers of the documents that are not deleted, ascending."""
        deleted = self._segment.deleted(self._folder)
        if deleted is None:
            return iter(range(self.doc_count_all()))
        return iter(np.flatnonzero(~deleted).tolist())

    # Lengths.

    def _lengths(self, field: str) -> Any:
        if self._segment.unwritten is not None:
            return self._segment.unwritten.lengths(field)
        return self._words.lengths(field) if self._words is not None and field in self._words.fields else None

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return how many tokens a document has in a field, exactly."""
        lengths = self._lengths(fieldname)
        return default if lengths is None else int(lengths[docnum])

    def _summed(self, field: str) -> tuple[int, int, int]:
        if field not in self._sums:
            lengths = self._lengths(field)
            some = lengths is not None and len(lengths)
            self._sums[field] = (
                (int(lengths.sum(dtype=np.int64)), int(lengths.min()), int(lengths.max())) if some else (0, 0, 0)
            )
        return self._sums[field]

    def field_length(self, fieldname: str) -> int:
        """Return how many tokens a field has, those of deleted documents counted."""
        return self._summed(fieldname)[0]

    def min_field_length(self, fieldname: str) -> int:
        """Return the length of the shortest document."""
        return self._summed(fieldname)[1]

    def max_field_length(self, fieldname: str) -> int:
        """Return the length of the longest document."""
        return self._summed(fieldname)[2]

    # Columns.

    def _file(self, extension: str) -> ArrayFile | None:
        path = self._segment.file(self._folder, extension)
        return ArrayFile(path) if path.exists() else None

    @cached_property
    def _whoosh_columns(self) -> ArrayFile | None:
        return self._file(WHOOSH_COLUMNS)

    @cached_property
    def _plain_columns(self) -> ArrayFile | None:
        return self._file(COLUMNS)

    def supports_columns(self) -> bool:
        """Whether there can be columns: yes."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether there is a column of this name."""
        return any(file is not None and fieldname in file for file in (self._whoosh_columns, self._plain_columns))

    def list_columns(self) -> list[str]:
        """Return the names of all columns."""
        return [name for file in (self._whoosh_columns, self._plain_columns) if file is not None for name in file]

    def column_reader(self, fieldname: str, column: Any) -> Any:
        """Return a reader of a column that there is."""
        if self._whoosh_columns is not None and fieldname in self._whoosh_columns:
            octets = self._whoosh_columns[fieldname]
            return column.reader(BufferFile(octets.tobytes()), 0, len(octets), self.doc_count_all())
        assert self._plain_columns is not None
        return PlainColumnReader(self._plain_columns[fieldname])

    # Vectors and stored fields.

    @cached_property
    def _vectors(self) -> PickledFields | None:
        path = self._segment.file(self._folder, VECTORS)
        return PickledFields(path) if path.exists() else None

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Whether a document has a term vector."""
        return self._vectors is not None and fieldname in self._vectors.stored_fields(docnum)

    def vector(self, docnum: int, fieldname: str, format_: Any) -> ListMatcher:
        """Return a matcher over the terms of a document."""
        assert self._vectors is not None
        texts, weights, values = zip(*self._vectors.stored_fields(docnum)[fieldname], strict=True)
        return ListMatcher(list(texts), list(weights), list(values), format_)

    @cached_property
    def _stored(self) -> Any:
        return stored_fields_of(self._segment, self._folder)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return the stored fields of a document."""
        fields: dict[str, Any] = {} if self._stored is None else self._stored.stored_fields(docnum)
        return fields
