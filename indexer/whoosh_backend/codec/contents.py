"""Whoosh's table of contents over segments of our own: written so that a crash leaves the old one or the new one.

Whoosh never synchronises to disk. Here a table of contents is synchronised before it gets its name, and what it names
before that; then the files that no table of contents names any more are removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage

from indexer.errors import IndexBrokenError, IndexBusyError
from indexer.whoosh_backend.codec.segment import INDEX_NAME, ArraySegment


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Keep other writers out, Whoosh's too: held from the first file of a new segment to the table of contents.

    Another writer's commit would remove files that no table of contents names yet. Raises ``IndexBusyError``.
    """
    lock = FileStorage(str(folder)).lock(f"{INDEX_NAME}_WRITELOCK")
    if not lock.acquire():
        raise IndexBusyError(f"{folder}: another process is writing this index; wait for it to end, then run again")
    try:
        yield
    finally:
        lock.release()


def write_toc(folder: Path, schema: Schema, segments: Sequence[ArraySegment]) -> None:
    """Make these the segments of the index in a folder; ``whoosh.index.open_dir`` reads them from then on.

    Their files must stand in the folder. Files of segments that are not named here are removed.
    """
    for segment in segments:
        segment.save(folder)
    commit(folder, whoosh_index.TOC(schema, list(segments), _latest(folder) + 1), INDEX_NAME)


def read_toc(folder: Path) -> list[ArraySegment]:
    """Return the segments of an index in their order; raises ``IndexBrokenError``."""
    try:
        segments = whoosh_index.TOC.read(FileStorage(str(folder)), INDEX_NAME).segments
    except Exception as error:  # a pickle that is damaged can raise anything
        raise IndexBrokenError(f"{folder}: is damaged ({error!r}); run `yaodian index --rebuild`") from error
    if not all(isinstance(segment, ArraySegment) for segment in segments):
        raise IndexBrokenError(f"{folder}: was written by another program; run `yaodian index --rebuild`")
    return list(segments)


def commit(folder: Path, contents: Any, name: str) -> None:
    """Write a table of contents so that it survives a crash, then remove what nothing names."""
    segments = contents.segments
    prefixes = tuple(f"{segment.segment_id()}." for segment in segments)
    named = [path for path in folder.iterdir() if path.name.startswith(prefixes)] if prefixes else []
    for path in [*named, folder]:
        synchronise(path)
    contents.write(_SynchronisedStorage(str(folder)), name)
    whoosh_index.clean_files(FileStorage(str(folder)), name, contents.generation, segments)
    current = {segment.deleted_file for segment in segments if isinstance(segment, ArraySegment)}
    for path in named:
        if path.suffix == ".deleted" and path.name not in current:
            path.unlink(missing_ok=True)


def synchronise(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _SynchronisedStorage(FileStorage):  # type: ignore[misc]
    """A folder in which a file is on disk before it gets its name."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        folder = Path(self.folder)
        synchronise(folder / oldname)
        super().rename_file(oldname, newname, safe=safe)
        synchronise(folder)


def _latest(folder: Path) -> int:
    return int(whoosh_index.TOC._latest_generation(FileStorage(str(folder)), INDEX_NAME))
