"""The codec: how Whoosh reads and writes segments of arrays. Nothing of Whoosh is changed; all of it is subclassed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage

from indexer.whoosh_backend.codec.documents import ArrayDocumentReader, ArrayDocumentWriter
from indexer.whoosh_backend.codec.segment import ArraySegment, new_name
from indexer.whoosh_backend.codec.terms import ArrayFieldWriter, ArrayTermsReader


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Segments as memory-mapped arrays in a folder; there is nothing to configure."""

    def per_document_writer(self, storage: Any, segment: ArraySegment) -> ArrayDocumentWriter:
        """Return what takes the documents of a new segment."""
        return ArrayDocumentWriter(folder_of(storage), segment)

    def field_writer(self, storage: Any, segment: ArraySegment) -> ArrayFieldWriter:
        """Return what takes the postings of a new segment."""
        return ArrayFieldWriter(folder_of(storage), segment)

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTermsReader:
        """Return the terms of a segment."""
        return ArrayTermsReader(segment.words(folder_of(storage)))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayDocumentReader:
        """Return the documents of a segment."""
        return ArrayDocumentReader(folder_of(storage), segment)

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:  # noqa: ARG002 - every folder is as good
        """Return a new segment without documents."""
        return ArraySegment(new_name(indexname), 0)


def folder_of(storage: Any) -> Path:
    """Return the folder of a storage; raises ``ValueError`` for one in memory, since arrays are mapped from files."""
    if not isinstance(storage, FileStorage):
        raise ValueError(f"{storage!r} is no folder: segments of arrays are mapped from files")
    return Path(storage.folder)
