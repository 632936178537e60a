"""One filterable field of the documents of a build as arrays: which value each has, counted and masked at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.arrays import Mask

Value = TypeVar("Value", bound=Hashable)


class Column(Generic[Value]):
    """The distinct values of a field, in the order they were met, and the pairs of documents and values."""

    def __init__(self, documents: Sequence[Sequence[Value]]) -> None:
        """Take, by document number, the values that each document has."""
        numbers: dict[Value, int] = {}
        pairs = [
            (number, numbers.setdefault(value, len(numbers)))
            for number, values in enumerate(documents)
            for value in values
        ]
        self._count = len(documents)
        self._owners, self._values = np.array(pairs, np.int32).reshape(-1, 2).T
        self.values: tuple[Value, ...] = tuple(numbers)

    def count(self, per_document: NDArray[np.int64]) -> list[tuple[Value, int]]:
        """Sum numbers given by document over the documents of each value; values with nothing are left out."""
        counts = np.bincount(self._values, per_document.take(self._owners), len(self.values))
        return [(self.values[at], int(counts[at])) for at in np.flatnonzero(counts)]

    def documents(self, wanted: Callable[[Value], bool]) -> Mask:
        """Return the documents that have a wanted value."""
        accepted = np.fromiter(map(wanted, self.values), np.bool_, len(self.values))
        mask = np.zeros(self._count, np.bool_)
        mask[self._owners[accepted[self._values]]] = True
        return mask
