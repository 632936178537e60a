"""A file of named arrays: written once, then mapped into memory and read without copying.

Layout: ``MAGIC``, the arrays at offsets that are multiples of 64, a directory in JSON, and a trailer with the length of
the directory and the CRC-32 of all that stands before it. All numbers are little-endian.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexBrokenError

MAGIC = b"YDARRAY1"
_TRAILER = struct.Struct("<QI4s")
_END = b"YDND"
_ALIGNED = 64
_CHUNK = 1 << 22


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    """Where one array stands in the file."""

    dtype: str
    shape: tuple[int, ...]
    offset: int


class Region:
    """An array that is being written, in pieces and in any order; what is left out is zero."""

    def __init__(self, descriptor: int, offset: int, dtype: np.dtype[Any], length: int) -> None:
        self._descriptor = descriptor
        self._offset = offset
        self._dtype = dtype
        self._length = length

    def write(self, at: int, values: NDArray[Any]) -> None:
        """Write values from element ``at`` on; they must be representable in the array's type."""
        values = np.ascontiguousarray(values)
        if at < 0 or at + values.size > self._length:
            raise ValueError(f"{values.size} values at {at} do not fit into {self._length}")
        piece = values.astype(self._dtype, copy=False).view(np.uint8).data
        where = self._offset + at * self._dtype.itemsize
        while piece:
            written = os.pwrite(self._descriptor, piece[: 1 << 30], where)
            where += written
            piece = piece[written:]


class ArrayWriter:
    """Writes a file of arrays; used in ``with``, the file is complete at the end of it and removed on an error.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "words"
    >>> with ArrayWriter(path) as writer:
    ...     writer.add("lengths", np.array([3, 1, 4], np.uint16))
    ...     writer.reserve("documents", np.uint32, 2).write(1, np.array([7]))
    >>> file = ArrayFile(path)
    >>> file["lengths"].tolist(), file["documents"].tolist(), file.is_intact()
    ([3, 1, 4], [0, 7], True)
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._directory: dict[str, _Entry] = {}
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        os.pwrite(self._descriptor, MAGIC, 0)
        self._end = len(MAGIC)

    def add(self, name: str, values: NDArray[Any]) -> None:
        """Write one array of any shape whole."""
        self._reserve(name, values.dtype, values.shape).write(0, values.reshape(-1))

    def reserve(self, name: str, dtype: Any, length: int) -> Region:
        """Make room for a flat array of so many elements."""
        return self._reserve(name, np.dtype(dtype), (length,))

    def _reserve(self, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Region:
        if name in self._directory:
            raise ValueError(f"{name!r} is written twice")
        dtype = dtype.newbyteorder("<")
        offset = -(-self._end // _ALIGNED) * _ALIGNED
        length = int(np.prod(shape, dtype=np.int64))
        self._directory[name] = _Entry(dtype.str, tuple(map(int, shape)), offset)
        self._end = offset + length * dtype.itemsize
        os.ftruncate(self._descriptor, self._end)
        return Region(self._descriptor, offset, dtype, length)

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        except BaseException:
            self._path.unlink(missing_ok=True)
            raise
        finally:
            os.close(self._descriptor)
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def _finish(self) -> None:
        directory = msgspec.json.encode(self._directory)
        _write(self._descriptor, directory, self._end)
        length = self._end + len(directory)
        trailer = _TRAILER.pack(len(directory), _checksum(self._descriptor, length), _END)
        _write(self._descriptor, trailer, length)


def _write(descriptor: int, octets: bytes, at: int) -> None:
    rest = memoryview(octets)
    while rest:
        written = os.pwrite(descriptor, rest, at)
        at += written
        rest = rest[written:]


def _checksum(descriptor: int, length: int) -> int:
    sum_ = 0
    for at in range(0, length, _CHUNK):
        sum_ = zlib.crc32(os.pread(descriptor, min(_CHUNK, length - at), at), sum_)
    return sum_


class ArrayFile(Mapping[str, NDArray[Any]]):
    """The arrays of a file by name, read-only and mapped: processes that read the same file share its memory.

    Raises ``IndexBrokenError`` where the file is missing, cut short or of another kind. Damage inside an array is not
    looked for here; ``is_intact`` reads everything.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise IndexBrokenError(f"{path}: is missing; run `yaodian index --rebuild`") from None
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise IndexBrokenError(f"{path}: cannot be read ({error}); run `yaodian index --rebuild`") from error
        self._arrays: dict[str, NDArray[Any]] = {}
        try:
            self._directory = self._read_directory()
        except (ValueError, struct.error, msgspec.DecodeError) as error:
            raise IndexBrokenError(f"{path}: is damaged ({error}); run `yaodian index --rebuild`") from error

    def _read_directory(self) -> dict[str, _Entry]:
        size, end = len(self._map), len(self._map) - _TRAILER.size
        self._crc: int
        length, self._crc, mark = _TRAILER.unpack_from(self._map, end) if end >= 0 else (0, 0, b"")
        if mark != _END or self._map[: len(MAGIC)] != MAGIC or length > end:
            raise ValueError("it is no file of arrays, or cut short")
        self._checked = end
        directory = msgspec.json.decode(self._map[end - length : end], type=dict[str, _Entry])
        for name, entry in directory.items():
            dtype = _plain(entry.dtype)
            if min(entry.shape, default=0) < 0 or entry.offset + _count(entry) * dtype.itemsize > size:
                raise ValueError(f"{name!r} does not fit into the file")
        return directory

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return one array; raises ``IndexBrokenError`` if the file has none of that name."""
        found = self._arrays.get(name)
        if found is None:
            entry = self._directory.get(name)
            if entry is None:
                raise IndexBrokenError(f"{self._path}: holds no {name!r}; run `yaodian index --rebuild`")
            flat = np.frombuffer(self._map, _plain(entry.dtype), _count(entry), entry.offset)
            found = self._arrays[name] = flat.reshape(entry.shape)
        return found

    def __contains__(self, name: object) -> bool:
        """Whether there is an array of that name."""
        return name in self._directory

    def __iter__(self) -> Any:
        """Yield the names, in the order written."""
        return iter(self._directory)

    def __len__(self) -> int:
        """Count the arrays."""
        return len(self._directory)

    def is_intact(self) -> bool:
        """Whether every byte is as it was written; reads the whole file."""
        with self._path.open("rb") as file:
            return _checksum(file.fileno(), self._checked) == self._crc


def _plain(name: str) -> np.dtype[Any]:
    """Return a type of numbers or of strings of one length; nothing that could hold an object."""
    try:
        dtype = np.dtype(name)
    except TypeError as error:
        raise ValueError(f"{name!r} is no type of number") from error
    if dtype.kind not in "buifS":
        raise ValueError(f"{name!r} is no type of number")
    return dtype


def _count(entry: _Entry) -> int:
    return int(np.prod(entry.shape, dtype=np.int64))
