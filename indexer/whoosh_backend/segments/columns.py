"""Arrays by paragraph of one segment: its document, and what tells paragraphs that say the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from indexer.resemblance import SKETCH, fingerprint, skeleton, sketches
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.segments.texts import Mask


class ColumnsWriter:
    """Gathers the columns of documents, paragraph by paragraph, and writes them as the ``.columns`` of a segment."""

    def __init__(self) -> None:
        self._documents = 0
        self._owners = array("i")
        self._fingerprints = array("Q")
        self._sketches = bytearray()
        self._letters = array("i")

    def add(self, texts: Iterable[str]) -> None:
        """Append a document: the folded texts of its paragraphs."""
        skeletons = list(map(skeleton, texts))
        self._owners.extend([self._documents] * len(skeletons))
        self._fingerprints.extend(map(fingerprint, skeletons))
        self._sketches += sketches(skeletons).tobytes()
        self._letters.extend(map(len, skeletons))
        self._documents += 1

    def write(self, path: Path) -> None:
        """Write all of it; raises ``FileExistsError``."""
        with ArrayWriter(path) as writer:
            writer.add("documents", np.array(self._owners, np.int32))
            writer.add("fingerprints", np.array(self._fingerprints, np.uint64))
            writer.add("sketches", np.frombuffer(self._sketches, np.uint8).reshape(-1, SKETCH))
            writer.add("letters", np.array(self._letters, np.int32))


class SegmentColumns:
    """The columns of one segment, mapped; shapes ``(paragraphs,)`` and ``(paragraphs, SKETCH)``.

    >>> import tempfile
    >>> path, writer = Path(tempfile.mkdtemp()) / "columns", ColumnsWriter()
    >>> writer.add(["1.做好招生工作。", "2.做好招生工作。"])
    >>> writer.add(["落实控辍保学责任。"])
    >>> writer.write(path)
    >>> columns = SegmentColumns(path)
    >>> columns.documents.tolist(), bool(columns.fingerprints[0] == columns.fingerprints[1]), columns.sketches.shape
    ([0, 0, 1], True, (3, 32))
    """

    def __init__(self, path: Path) -> None:
        file = ArrayFile(path)
        self.documents = file["documents"]
        self.fingerprints = file["fingerprints"]
        self.sketches = file["sketches"]
        self.letters = file["letters"]
        """How many letters each paragraph has, without punctuation, figures and its number."""


def merge_columns(parts: Sequence[tuple[SegmentColumns, int, Mask | None]], path: Path) -> None:
    """Write the columns of several segments as one, in the order given.

    Of each part: its columns, how many documents it has, and which of them stay (``None``: all).
    """
    owners, fingerprints, sketches = [np.empty(0, np.int32)], [np.empty(0, np.uint64)], [np.empty((0, SKETCH), "u1")]
    letters = [np.empty(0, np.int32)]
    base = 0
    for columns, documents, alive in parts:
        numbers = np.arange(documents) if alive is None else np.cumsum(alive) - 1
        kept = slice(None) if alive is None else alive[columns.documents]
        owners.append((numbers[columns.documents[kept]] + base).astype(np.int32))
        fingerprints.append(columns.fingerprints[kept])
        sketches.append(columns.sketches[kept])
        letters.append(columns.letters[kept])
        base += documents if alive is None else int(np.count_nonzero(alive))
    with ArrayWriter(path) as writer:
        writer.add("documents", np.concatenate(owners))
        writer.add("fingerprints", np.concatenate(fingerprints))
        writer.add("sketches", np.concatenate(sketches))
        writer.add("letters", np.concatenate(letters))
