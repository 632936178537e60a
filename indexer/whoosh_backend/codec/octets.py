"""Numbers that are nearly all below 255, in one byte each: the few larger ones stand in a list of exceptions.

A single paragraph of a book's length would otherwise make every position of a segment twice or four times as wide.

===========  ==============================================
``<name>``   a byte each, 255 where the number is larger
``<name>_at``  which elements are exceptions, ascending
``<name>_of``  what they are, uint32
===========  ==============================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.codec.container import ArrayWriter

Unsigned = NDArray[np.unsignedinteger[Any]]
_LARGER = 255


class Octets:
    """An array of numbers, read by slices: bytes as they stand in the file where there is no exception among them.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from indexer.whoosh_backend.codec.container import ArrayFile
    >>> path = Path(tempfile.mkdtemp()) / "numbers"
    >>> with ArrayWriter(path) as writer:
    ...     octets = OctetsWriter(writer, "positions", 5)
    ...     octets.write(0, np.array([1, 254, 255]))
    ...     octets.write(3, np.array([70000, 2]))
    ...     octets.close()
    >>> positions = Octets(ArrayFile(path), "positions")
    >>> positions[1:4].tolist(), positions[3:5].tolist(), positions[0:2].dtype.name
    ([254, 255, 70000], [70000, 2], 'uint8')
    """

    def __init__(self, file: Mapping[str, NDArray[Any]], name: str) -> None:
        self._octets: NDArray[np.uint8] = file[name]
        self._at, self._of = file[f"{name}_at"], file[f"{name}_of"]
        if len(self._at) != len(self._of):
            raise ValueError(f"the exceptions of {name!r} do not belong together")

    def __len__(self) -> int:
        return len(self._octets)

    def __getitem__(self, extent: slice) -> Unsigned:
        octets = self._octets[extent]
        if not len(self._at):
            return octets
        start = int(extent.start)
        low, high = np.searchsorted(self._at, (start, start + len(octets)))
        if low == high:
            return octets
        numbers = octets.astype(np.uint32)
        numbers[self._at[low:high] - start] = self._of[low:high]
        return numbers


class OctetsWriter:
    """Writes numbers, none negative, in ascending pieces; ``close`` writes the exceptions."""

    def __init__(self, writer: ArrayWriter, name: str, length: int) -> None:
        self._writer, self._name = writer, name
        self._region = writer.reserve(name, np.uint8, length)
        self._at: list[NDArray[np.int64]] = []
        self._of: list[NDArray[np.uint32]] = []

    def write(self, at: int, numbers: NDArray[Any]) -> None:
        """Write numbers from element ``at`` on, after those written before."""
        exceptions = np.flatnonzero(numbers >= _LARGER)
        if len(exceptions):
            self._at.append(exceptions + at)
            self._of.append(numbers[exceptions].astype(np.uint32))
            numbers = np.minimum(numbers, _LARGER)
        self._region.write(at, numbers)

    def close(self) -> None:
        """Write which were larger."""
        self._writer.add(f"{self._name}_at", np.concatenate([np.empty(0, np.int64), *self._at]))
        self._writer.add(f"{self._name}_of", np.concatenate([np.empty(0, np.uint32), *self._of]))


def write_octets(writer: ArrayWriter, name: str, numbers: NDArray[Any]) -> None:
    """Write an array of numbers, none negative."""
    octets = OctetsWriter(writer, name, len(numbers))
    octets.write(0, numbers)
    octets.close()
