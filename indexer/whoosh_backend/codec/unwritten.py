"""How many tokens the documents have that Whoosh's writer is adding: kept until its postings are written too."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray


class UnwrittenDocuments:
    """Lengths by field of the documents of a segment that is being written, in the order added.

    >>> documents = UnwrittenDocuments()
    >>> documents.add_length(2, "body", 7)
    >>> documents.count = 4
    >>> documents.lengths("body").tolist(), documents.lengths("section").tolist()
    ([0, 0, 7, 0], [0, 0, 0, 0])
    """

    def __init__(self) -> None:
        self.count = 0
        self._lengths: dict[str, array[int]] = {}

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of which any document has tokens."""
        return tuple(self._lengths)

    def add_length(self, number: int, field: str, length: int) -> None:
        """Say how many tokens a document has in a field; documents without are 0 long."""
        lengths = self._lengths.setdefault(field, array("i"))
        lengths.extend([0] * (number - len(lengths)))
        lengths.append(length)

    def lengths(self, field: str) -> NDArray[np.int32]:
        """Return the lengths of all documents, shape ``(count,)``."""
        found = np.zeros(self.count, np.int32)
        known = self._lengths.get(field)
        if known:
            found[: len(known)] = known
        return found
