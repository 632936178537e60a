"""A segment as Whoosh's table of contents names it: its name, how many paragraphs, and which file says what is deleted.

The table of contents pickles the path of this class: module and class keep their names for ever, and the state is plain
numbers. Which paragraphs are deleted stands in ``<segment>.<n>.deleted``, a packed bit array that is never rewritten: a
change writes file n + 1 and a table of contents that names it, so that an older table of contents still reads true.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec import base

from indexer.errors import IndexBrokenError
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.codec.segment_words import SegmentWords
from indexer.whoosh_backend.codec.unwritten import UnwrittenDocuments

INDEX_NAME = "MAIN"
WORDS = ".words"


def new_name(index: str = INDEX_NAME) -> str:
    """Return a name for a new segment; Whoosh's own would repeat in processes forked from one another."""
    return f"{index}_{secrets.token_hex(8)}"


class ArraySegment(base.Segment):  # type: ignore[misc]
    """A segment of paragraphs; ``name`` begins the names of all its files.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> segment = ArraySegment("MAIN_0a", 3).without(folder, np.array([False, True, False]))
    >>> segment.deleted_file, segment.doc_count(), segment.deleted(folder).tolist()
    ('MAIN_0a.1.deleted', 2, [False, True, False])
    """

    compound = False

    def __init__(self, name: str, count: int, generation: int = 0, deleted_count: int = 0) -> None:
        self.indexname, _, self.segid = name.rpartition("_")
        self._count = count
        self._generation = generation
        self._deleted_count = deleted_count
        self._clear()

    def _clear(self) -> None:
        self._deleted: NDArray[np.bool_] | None = None
        self._changed = False
        self._words: SegmentWords | None = None
        self.unwritten: UnwrittenDocuments | None = None
        """The documents of a segment that Whoosh's writer is still writing."""

    def __getstate__(self) -> dict[str, Any]:
        if self._changed or self.unwritten is not None:
            raise ValueError(f"{self.name} has changes that are not written; index and writer must be of our codec")
        return {
            "name": self.name,
            "count": self._count,
            "generation": self._generation,
            "deleted_count": self._deleted_count,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    @property
    def name(self) -> str:
        """What the names of all its files begin with."""
        return f"{self.indexname}_{self.segid}"

    @property
    def deleted_file(self) -> str | None:
        """The name of the file that says which paragraphs are deleted, ``None`` where none are."""
        return f"{self.name}.{self._generation}.deleted" if self._generation else None

    def file(self, folder: Path, extension: str) -> Path:
        """Return the path of one of its files; the extension begins with a dot."""
        return folder / f"{self.name}{extension}"

    def words(self, folder: Path) -> SegmentWords:
        """Return its words, mapped once however many readers ask.

        Raises ``FileNotFoundError`` (which makes Whoosh read the table of contents again) and ``IndexBrokenError``.
        """
        if self._words is None:
            path = self.file(folder, WORDS)
            if not path.exists():
                raise FileNotFoundError(path)
            self._words = SegmentWords(path)
        return self._words

    # Deletions.

    def deleted(self, folder: Path) -> NDArray[np.bool_] | None:
        """Return which paragraphs are deleted, shape ``(count,)``, ``None`` where none are.

        Raises ``FileNotFoundError`` (which makes Whoosh read the table of contents again) and ``IndexBrokenError``.
        """
        if self._deleted is None and self.deleted_file is not None:
            path = folder / self.deleted_file
            if not path.exists():
                raise FileNotFoundError(path)
            packed = ArrayFile(path)["deleted"]
            if packed.dtype != np.uint8 or packed.shape != (-(-self._count // 8),):
                raise IndexBrokenError(f"{path}: is of another segment; run `yaodian index --rebuild`")
            self._deleted = np.unpackbits(packed, count=self._count).astype(bool)
        return self._deleted

    def without(self, folder: Path, deleted: NDArray[np.bool_]) -> ArraySegment:
        """Return this segment with these paragraphs deleted, and no others; writes the file that says so."""
        segment = ArraySegment(self.name, self._count, self._generation)
        segment._deleted, segment._changed = deleted.astype(bool), True
        segment._deleted_count = int(np.count_nonzero(deleted))
        segment.save(folder)
        return segment

    def save(self, folder: Path) -> None:
        """Write which paragraphs are deleted, if that has changed."""
        if not self._changed or self._deleted is None:
            return
        self._generation += 1
        with ArrayWriter(folder / f"{self.name}.{self._generation}.deleted") as writer:
            writer.add("deleted", np.packbits(self._deleted))
        self._changed = False

    # What Whoosh asks.

    def codec(self) -> base.Codec:
        """Return the codec that reads this segment."""
        from indexer.whoosh_backend.codec.whoosh_codec import ArrayCodec  # which imports this module

        return ArrayCodec()

    def should_assemble(self) -> bool:
        """Whether to put all files into one: never, they are mapped one by one."""
        return False

    def set_doc_count(self, count: int) -> None:
        """Set the number of paragraphs."""
        self._count = count

    def doc_count_all(self) -> int:
        """Return the number of paragraphs, deleted ones too."""
        return self._count

    def deleted_count(self) -> int:
        """Return the number of deleted paragraphs."""
        return self._deleted_count

    def _known(self) -> NDArray[np.bool_]:
        if self._deleted is None:
            if self._generation:
                raise ValueError(f"{self.name}: open the index with our own open_index to see what is deleted")
            self._deleted = np.zeros(self._count, bool)
        return self._deleted

    def deleted_docs(self) -> Iterable[int]:
        """Return the numbers of the deleted paragraphs, ascending."""
        numbers: list[int] = np.flatnonzero(self._known()).tolist() if self._deleted_count else []
        return numbers

    def is_deleted(self, number: int) -> bool:
        """Whether a paragraph is deleted; Whoosh's NOT asks for the one after the last too, which is not."""
        return bool(self._deleted_count and number < self._count and self._known()[number])

    def delete_document(self, number: int, delete: bool = True) -> None:
        """Delete a paragraph, or bring it back, from the next commit on."""
        deleted = self._known()
        if deleted[number] != delete:
            deleted[number] = delete
            self._deleted_count += 1 if delete else -1
            self._changed = True
