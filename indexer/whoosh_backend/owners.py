"""Which document each paragraph belongs to: the paragraphs of a document stand together, in the order of documents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.arrays import Mask, Numbers


class Owners:
    """The documents of the paragraphs of an index, in order.

    >>> owners = Owners(np.array([0, 0, 1, 2, 2, 2], np.int32), 3)
    >>> owners.of(np.array([1, 4])).tolist(), owners.counts(np.array([0, 1, 5])).tolist()
    ([0, 2], [2, 0, 1])
    >>> owners.within(np.array([0, 2, 3]), np.array([True, False, True])).tolist()
    [0, 3]
    """

    def __init__(self, owners: NDArray[np.int32], documents: int) -> None:
        self.documents = documents
        self._owners = owners
        self.starts = np.searchsorted(owners, np.arange(documents + 1, dtype=np.int32))
        """The first paragraph of each document, and behind the last one the number of paragraphs."""

    def __len__(self) -> int:
        """Count the paragraphs."""
        return len(self._owners)

    def of(self, paragraphs: Numbers) -> NDArray[np.int32]:
        """Return the document of each paragraph."""
        return self._owners.take(paragraphs, mode="clip")

    def counts(self, paragraphs: Numbers) -> NDArray[np.int64]:
        """Return how many of the paragraphs each document has."""
        if len(paragraphs) < self.documents:
            return np.bincount(self.of(paragraphs), minlength=self.documents)
        return np.diff(np.searchsorted(paragraphs, self.starts))

    def within(self, paragraphs: Numbers, documents: Mask | None) -> Numbers:
        """Return those of the paragraphs whose document a mask over documents has; ``None`` has all."""
        if documents is None:
            return paragraphs
        return paragraphs.take(np.flatnonzero(documents.take(self.of(paragraphs))))

    def paragraphs(self, documents: Mask) -> Numbers:
        """Return all paragraphs of the documents that a mask has."""
        return np.flatnonzero(np.repeat(documents, np.diff(self.starts)))
