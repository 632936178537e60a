"""An index whose writer writes segments of arrays, through all that Whoosh offers: adding, updating, deleting, merging.

A build writes its segments directly (``WordsWriter``, ``merge_words``, ``write_toc``), which is far faster; this
is the way for any other schema, and what the direct way is checked against.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.writing import SegmentWriter

from indexer.whoosh_backend.codec.container import ArrayFile
from indexer.whoosh_backend.codec.contents import commit, read_toc
from indexer.whoosh_backend.codec.documents import WHOOSH_COLUMNS
from indexer.whoosh_backend.codec.segment import INDEX_NAME, WORDS
from indexer.whoosh_backend.codec.stored import STORED, VECTORS
from indexer.whoosh_backend.codec.whoosh_codec import ArrayCodec, folder_of


class ArraySegmentWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, with our codec, and a commit that survives a crash."""

    def __init__(self, index: ArrayIndex, **options: Any) -> None:
        options["codec"] = ArrayCodec()
        super().__init__(index, **options)
        for segment in self.segments:
            segment.deleted(folder_of(self.storage))

    def _commit_toc(self, segments: list[Any]) -> None:
        folder = folder_of(self.storage)
        for segment in segments:
            segment.save(folder)
        commit(folder, whoosh_index.TOC(self.schema, segments, self.generation), self.indexname)

    def cancel(self) -> None:
        """Drop what was added; the index stays as it was."""
        self._check_state()
        self._close_segment()
        for path in folder_of(self.storage).glob(f"{self.newsegment.name}.*"):
            path.unlink()
        self._finish()


class ArrayIndex(whoosh_index.FileIndex):  # type: ignore[misc]
    """An index in a folder, of segments of arrays."""

    def writer(self, procs: int = 1, **options: Any) -> ArraySegmentWriter:
        """Return a writer; raises Whoosh's ``LockError`` while another is open.

        ``procs`` must be 1: Whoosh's writer of several processes writes segments of its own codec.
        """
        if procs != 1:
            raise ValueError("one process writes through Whoosh; several write segments directly and register them")
        return ArraySegmentWriter(self, **options)


def create_index(folder: Path, schema: Schema, name: str = INDEX_NAME) -> ArrayIndex:
    """Return a new index in a folder that exists."""
    index: ArrayIndex = ArrayIndex.create(FileStorage(str(folder)), schema, name)
    return index


def open_index(folder: Path, name: str = INDEX_NAME) -> ArrayIndex:
    """Return the index in a folder; raises Whoosh's ``EmptyIndexError`` where there is none."""
    return ArrayIndex(FileStorage(str(folder)), indexname=name)


def damaged(folder: Path) -> Iterator[Path]:
    """Yield the files of the codec that are not as they were written; reads all of them.

    Raises ``IndexBrokenError`` where the table of contents cannot be read, or a file not even opened.
    """
    for segment in read_toc(folder):
        optional = [segment.file(folder, extension) for extension in (STORED, VECTORS, WHOOSH_COLUMNS)]
        paths = [segment.file(folder, WORDS), *(path for path in optional if path.exists())]
        if segment.deleted_file is not None:
            paths.append(folder / segment.deleted_file)
        yield from (path for path in paths if not ArrayFile(path).is_intact())
