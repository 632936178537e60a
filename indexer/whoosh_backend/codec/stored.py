"""Stored fields of documents: through whatever reader a file of the segment has, or pickled by the codec itself.

The store of documents keeps its own file (``.texts``) and registers who reads it. What Whoosh's own writer adds is
pickled, as Whoosh does: an index folder is trusted like code.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from indexer.errors import IndexBrokenError
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.codec.segment import ArraySegment
from indexer.whoosh_backend.codec.words_writer import starts

STORED, VECTORS = ".stored", ".vectors"


class StoredFields(Protocol):
    """What answers for the stored fields of one segment."""

    def stored_fields(self, number: int) -> dict[str, Any]:
        """Return the stored fields of a document by its number in the segment."""
        ...


def write_pickled(path: Path, documents: Sequence[dict[str, Any]]) -> None:
    """Write one dictionary per document."""
    octets = [pickle.dumps(document, 5) if document else b"" for document in documents]
    with ArrayWriter(path) as writer:
        writer.add("octets", np.frombuffer(b"".join(octets), np.uint8))
        writer.add("starts", starts(np.fromiter(map(len, octets), np.int64, len(octets))))


class PickledFields:
    """Dictionaries by document, unpickled one at a time.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "MAIN_a.stored"
    >>> write_pickled(path, [{"id": "通知#3"}, {}])
    >>> PickledFields(path).stored_fields(0), PickledFields(path).stored_fields(1)
    ({'id': '通知#3'}, {})
    """

    def __init__(self, path: Path) -> None:
        file = ArrayFile(path)
        self._octets, self._starts = file["octets"].data, file["starts"].data

    def stored_fields(self, number: int) -> dict[str, Any]:
        """Return the dictionary of a document."""
        octets = self._octets[self._starts[number] : self._starts[number + 1]]
        fields: dict[str, Any] = pickle.loads(octets) if octets else {}
        return fields


_READERS: dict[str, Callable[[Path], StoredFields]] = {STORED: PickledFields}
_FOREIGN = ".texts"


def register(extension: str, reader: Callable[[Path], StoredFields]) -> None:
    """Say who reads the stored fields of segments that have a file of this extension; asked before the codec's own."""
    own = _READERS.pop(STORED)
    _READERS[extension] = reader
    _READERS[STORED] = own


def stored_fields_of(segment: ArraySegment, folder: Path) -> StoredFields | None:
    """Return the stored fields of a segment, ``None`` where it has none.

    Raises ``IndexBrokenError`` where there are texts that nobody was registered to read.
    """
    for extension, reader in _READERS.items():
        path = segment.file(folder, extension)
        if path.exists():
            return reader(path)
    path = segment.file(folder, _FOREIGN)
    if path.exists():
        raise IndexBrokenError(f"{path}: import the store of documents first, which registers its reader")
    return None
