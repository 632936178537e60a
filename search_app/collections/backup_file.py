"""The file of a backup: JSON lines, compressed, with a checksum; the same for every database.

First a line that says what it is; then, for each table, a line with its name and columns and a line for each row;
last, how many rows there are and the SHA-256 of all lines before. Octets are written in base 64.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from indexer.errors import BackupError

FORMAT = "yaodian backup"
VERSION = 1
_LONGEST_LINE = 256 * 1024 * 1024
"""A line is one row: a document in the history, at most some 16 MiB of text."""


class Header(msgspec.Struct, frozen=True):
    """The first line: ``revision`` is the step that the tables are at, ``made`` an instant in UTC."""

    format: str
    version: int
    revision: str
    made: str


class Table(msgspec.Struct, frozen=True):
    """The line before the rows of a table."""

    table: str
    columns: tuple[str, ...]


class End(msgspec.Struct, frozen=True):
    """The last line."""

    rows: int
    sha256: str


Row = list[Any]
Line = Table | Row


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read through and is whole; ``rows`` by table."""

    path: Path
    header: Header
    rows: dict[str, int]


def write_backup(path: Path, header: Header, lines: Iterable[Line]) -> int:
    """Write a backup and return how many rows it has; it stands under its name only when it is whole and on disk.

    What stood there before stays until then. Only its owner may read it. Raises ``BackupError``.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with open(new, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                rows = _write_lines(packed, header, lines)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise BackupError(f"{path}: cannot be written ({error.strerror}); no backup was made") from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
    return rows


def _write_lines(file: IO[bytes] | gzip.GzipFile, header: Header, lines: Iterable[Line]) -> int:
    sha, rows = hashlib.sha256(), 0

    def put(value: object) -> None:
        line = msgspec.json.encode(value) + b"\n"
        sha.update(line)
        file.write(line)

    put(header)
    for line in lines:
        rows += not isinstance(line, Table)
        put(line if isinstance(line, Table) else [_written(value) for value in line])
    put(End(rows, sha.hexdigest()))
    return rows


def check_backup(path: Path, known: Callable[[str], bool]) -> Backup:
    """Read a backup through, and return what it holds if all of it is as it was written.

    ``known`` says which steps of the tables this program knows. Raises ``BackupError`` for what is damaged, cut off,
    no backup at all, or of a newer version.
    """
    rows: dict[str, int] = {}
    table = ""
    lines = _lines(path)
    header = _header(path, next(lines, b""), known)
    for line in lines:
        found = _read(path, line)
        if isinstance(found, Table):
            table = found.table
            rows[table] = 0
        else:
            rows[table] = rows.get(table, 0) + 1
    return Backup(path, header, rows)


def read_backup(path: Path) -> Iterator[Line]:
    """Yield the tables and rows of a backup, octets as such. Raises ``BackupError`` like ``check_backup``."""
    lines = _lines(path)
    next(lines, None)
    for line in lines:
        yield _read(path, line)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield all lines but the last one, which is held against them at the end."""
    sha, count, before = hashlib.sha256(), 0, b""
    try:
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as file:
            while line := file.readline(_LONGEST_LINE):
                if before:
                    sha.update(before)
                    count += before.startswith(b"[")
                    yield before
                before = line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupError(f"{path}: is damaged, cut off or no backup ({error}); nothing was changed") from error
    except OSError as error:
        raise BackupError(f"{path}: cannot be read ({error.strerror or error}); nothing was changed") from error
    try:
        end = msgspec.json.decode(before, type=End)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BackupError(f"{path}: is no backup, or is cut off; nothing was changed") from None
    if (end.rows, end.sha256) != (count, sha.hexdigest()):
        raise BackupError(f"{path}: is damaged (another checksum than it says); nothing was changed")


def _header(path: Path, line: bytes, known: Callable[[str], bool]) -> Header:
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        header = None
    if header is None or header.format != FORMAT:
        raise BackupError(f"{path}: is no backup of this program; nothing was changed")
    if header.version > VERSION or not known(header.revision):
        raise BackupError(
            f"{path}: was written by a newer version of this program ({header.revision}); install that version"
        )
    return header


def _read(path: Path, line: bytes) -> Line:
    try:
        if line.startswith(b"{"):
            return msgspec.json.decode(line, type=Table)
        return [_valued(value) for value in msgspec.json.decode(line, type=Row)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, binascii.Error, KeyError, TypeError) as error:
        raise BackupError(f"{path}: has a line that cannot be read ({error}); nothing was changed") from error


def _written(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes | memoryview) else value


def _valued(value: Any) -> Any:
    if isinstance(value, list):
        raise TypeError("a value that is a list")
    return base64.b64decode(value["base64"], validate=True) if isinstance(value, dict) else value
