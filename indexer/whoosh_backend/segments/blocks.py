"""Records in compressed blocks: written one after another, read one by one without decoding their neighbours' insides.

A block is a msgpack array of records, each a byte string, deflated by zlib, which notices damage by a checksum of its
own. Blocks stand in three arrays of an ``ArrayFile``: the bytes, where each block starts, and its first record.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from threading import Lock
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexBrokenError
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter

BLOCK = 4096
"""Bytes of records in a block, a dozen paragraphs: one is read in 20 µs. Twice as many save 9 % and cost 34 µs."""
_LEVEL = 6
_CACHED = 1024
"""Blocks of a stream that stay decompressed, and as many bytes as they have at most, 4 MB: paragraphs of one page often
stand close together, and a comparison reads three of every document, most of them again for the next topic."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[bytes]).decode


class BlockWriter:
    """Collects records, compressed as they come; ``write`` puts them into a file."""

    def __init__(self, size: int = BLOCK) -> None:
        self._size = size
        self._open: list[bytes] = []
        self._held = 0
        self._blocks: list[bytes | NDArray[np.uint8]] = []
        self._counts: list[int] = []

    def add(self, record: bytes) -> None:
        """Append one record."""
        self._open.append(record)
        self._held += len(record)
        if self._held >= self._size:
            self._close()

    def copy(self, records: Blocks, alive: NDArray[np.bool_] | None = None) -> None:
        """Append records that were written before: whole blocks as they are, where every record of them is alive."""
        for number, (first, end) in enumerate(records.bounds):
            kept = None if alive is None else alive[first:end]
            whole = (kept is None or bool(kept.all())) and number + 1 < len(records.bounds)
            if whole:
                self._close()
                self._blocks.append(records.compressed(number))
                self._counts.append(end - first)
            elif kept is None or kept.any():  # also the last block of a segment, which is seldom full
                for at, record in enumerate(records.block(number)):
                    if kept is None or kept[at]:
                        self.add(record)

    def write(self, writer: ArrayWriter, name: str) -> None:
        """Write everything as arrays whose names begin with ``name``."""
        self._close()
        sizes = np.fromiter(map(len, self._blocks), np.int64, len(self._blocks))
        starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        writer.add(f"{name}.starts", starts)
        writer.add(f"{name}.firsts", np.concatenate(([0], np.cumsum(self._counts, dtype=np.int64))))
        region = writer.reserve(f"{name}.bytes", np.uint8, int(starts[-1]))
        for start, block in zip(starts.tolist(), self._blocks, strict=False):
            region.write(start, np.frombuffer(block, np.uint8))

    def _close(self) -> None:
        if self._open:
            self._blocks.append(zlib.compress(_encode(self._open), _LEVEL))
            self._counts.append(len(self._open))
            self._open, self._held = [], 0


class Blocks:
    """The records of one name in a file; may be read from several threads. Damage raises ``IndexBrokenError``.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path, records = Path(tempfile.mkdtemp()) / "texts", BlockWriter(size=20)
    >>> for text in ("控辍保学", "随迁子女", "随班就读"):
    ...     records.add(text.encode())
    >>> with ArrayWriter(path) as writer:
    ...     records.write(writer, "paragraphs")
    >>> read = Blocks(ArrayFile(path), "paragraphs", path)
    >>> len(read), read[2].decode()
    (3, '随班就读')
    """

    def __init__(self, file: ArrayFile, name: str, shown: object) -> None:
        self._bytes = file[f"{name}.bytes"]
        self._starts = file[f"{name}.starts"]
        self._firsts = file[f"{name}.firsts"]
        self._shown = shown
        self._lock = Lock()
        self._cache: dict[int, list[bytes]] = {}
        self._cached = 0
        if len(self._starts) != len(self._firsts) or not len(self._firsts):
            raise self.broken("blocks and records do not agree")
        self._count = int(self._firsts[-1])

    def __len__(self) -> int:
        """Count the records."""
        return self._count

    def __getitem__(self, number: int) -> bytes:
        """Return one record."""
        if not 0 <= number < self._count:
            raise self.broken(f"record {number} is missing")
        block = int(self._firsts.searchsorted(number, "right")) - 1
        return self._kept(block)[number - int(self._firsts[block])]

    def several(self, numbers: Sequence[int]) -> list[bytes]:
        """Return records in the order asked for, each block decoded once.

        What would not stay in the cache, blocks of hundreds of records all over a file, does not go through it.
        """
        asked = np.asarray(numbers, np.int64)
        outside = asked[(asked < 0) | (asked >= self._count)]
        if len(outside):
            raise self.broken(f"record {int(outside[0])} is missing")
        blocks = self._firsts.searchsorted(asked, "right") - 1
        within = (asked - self._firsts[blocks]).tolist()
        needed = np.unique(blocks).tolist()
        get = self._kept if len(needed) <= _CACHED else self.block
        read = {block: get(block) for block in needed}
        return [read[block][at] for block, at in zip(blocks.tolist(), within, strict=True)]

    def _kept(self, block: int) -> list[bytes]:
        """Return the records of a block, from the cache or into it."""
        records = self._cache.get(block)
        if records is None:
            records = self.block(block)
            with self._lock:
                if block not in self._cache:
                    self._cache[block] = records
                    self._cached += sum(map(len, records))
                while self._cached > _CACHED * BLOCK and len(self._cache) > 1:
                    self._cached -= sum(map(len, self._cache.pop(next(iter(self._cache)))))
        return records

    def __iter__(self) -> Iterator[bytes]:
        """Yield every record in order."""
        for number in range(len(self._firsts) - 1):
            yield from self.block(number)

    def between(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the records from ``start`` on, up to ``end`` which is left out."""
        if start < end:
            number = max(int(self._firsts.searchsorted(start, "right")) - 1, 0)
            while number + 1 < len(self._firsts) and int(self._firsts[number]) < end:
                first = int(self._firsts[number])
                yield from self.block(number)[max(start - first, 0) : end - first]
                number += 1

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """The first record of every block and the one behind its last."""
        firsts = self._firsts.tolist()
        return list(pairwise(firsts))

    def compressed(self, number: int) -> NDArray[np.uint8]:
        """Return a block as it is written."""
        found: NDArray[np.uint8] = self._bytes[int(self._starts[number]) : int(self._starts[number + 1])]
        return found

    def block(self, number: int) -> list[bytes]:
        """Return the records of a block."""
        try:
            records = _decode(zlib.decompress(self.compressed(number).data))
        except (zlib.error, ValueError) as error:
            raise self.broken(error) from error
        if len(records) != int(self._firsts[number + 1]) - int(self._firsts[number]):
            raise self.broken("a block holds another number of records than it should")
        return records

    def broken(self, reason: Any) -> IndexBrokenError:
        """Return the error that says why a file of records cannot be read."""
        return IndexBrokenError(
            f"{self._shown}: is damaged ({reason}); run `yaodian check`, then `yaodian index --rebuild`"
        )
