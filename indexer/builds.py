"""Builds in the index folder: each in a folder of its own, with a stamp; ``CURRENT`` names the one that answers.

A build is written beside the others, synchronised to disk, and made current by replacing one small file. Killed at any
moment before that, the old build still answers; what was left half-written is removed by the next build.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from indexer.backend import CorpusSize
from indexer.errors import IndexBrokenError, IndexBusyError, IndexMissingError, IndexWriteError
from indexer.models import Problem

STAMP = "stamp.json"
CURRENT = "CURRENT"
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")
"""Nothing of another name is ever removed: a folder of documents may stand beside the builds (2017/)."""
_KEPT = 2
"""Builds that stay: the current one, and the one before it, which readers may still have open."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a build was made with, and what it holds; a reader refuses what it would read differently."""

    schema: int
    lexicon: str
    thesaurus: str
    matching: str
    reading: str
    documents: int
    paragraphs: int
    built: str
    files: dict[str, str]
    """sha256 of every file of the build, by its path within."""

    def corpus(self, build: str) -> CorpusSize:
        """Return the size of the corpus under the name of the build."""
        return CorpusSize(self.documents, self.paragraphs, build)


@contextmanager
def new_build(index: Path) -> Iterator[Path]:
    """Yield the folder for a new build, alone among writers; what is not published by ``publish`` is removed.

    Raises ``IndexBusyError`` while another process builds into the same index, ``IndexWriteError`` where the system
    does not let us write.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        with (index / ".lock").open("a") as lock:
            _lock(lock, index)
            if (index / CURRENT).is_dir():  # seen before the work rather than after it
                raise IndexWriteError(f"{index / CURRENT}: is a folder, not ours; move it away, then run again")
            _remove_leftovers(index)
            folder = index / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
            folder.mkdir()
            try:
                yield folder
            finally:
                _remove_leftovers(index)
    except FileExistsError:
        raise IndexWriteError(f"{index}: is a file, no folder; choose another --index") from None
    except BrokenPipeError:  # the terminal that is shown the progress, not the index
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        where = f" at {os.fspath(error.filename)!r}" if error.filename and str(error.filename) != str(index) else ""
        raise IndexWriteError(
            f"{index}: the index cannot be written ({reason}{where}) and stays as it was; see to space, permissions "
            "and the path, then run again"
        ) from error


def _lock(file: IO[str], index: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise IndexBusyError(
            f"{index}: another process is writing this index; wait for it to end, then run again"
        ) from None


def publish(folder: Path, stamp: Stamp) -> None:
    """Stamp a finished build, synchronise it to disk, and make it the current one."""
    (folder / STAMP).write_bytes(msgspec.json.format(msgspec.json.encode(stamp), indent=1))
    for path in [folder, *folder.rglob("*")]:
        _synchronise(path)
    pointer = folder.parent / f"{CURRENT}.new"
    pointer.write_text(folder.name + "\n", "utf-8")
    _synchronise(pointer)
    pointer.replace(folder.parent / CURRENT)
    _synchronise(folder.parent)


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_leftovers(index: Path) -> None:
    """Remove all builds but the current and the newest finished ones before it.

    Where none is current, ``CURRENT`` being lost or damaged, every finished build stays: one of them is the last good
    one, and is worth having until a new one is published.
    """
    try:
        current = current_build(index).name
    except (IndexMissingError, IndexBrokenError):
        current = None
    builds = sorted((path for path in index.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()), reverse=True)
    older = [path.name for path in builds if (path / STAMP).exists() and path.name != current]
    kept = {current, *older[: None if current is None else _KEPT - 1]}
    for path in builds:
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def is_in_build(path: Path) -> bool:
    """Whether a file belongs to a build of some index: such are never documents.

    >>> is_in_build(Path("texts/20261121T120000Z-0a1b2c/stamp.json")), is_in_build(Path("texts/2017/plan.txt"))
    (True, False)
    """
    return any(_NAME.fullmatch(part) for part in path.parts[:-1])


def current_name(index: Path) -> str | None:
    """Return the name of the build that answers, ``None`` if nothing was ever built; raises ``IndexBrokenError``."""
    pointer = index / CURRENT
    try:
        with pointer.open("rb") as file:
            name = file.read(100).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise IndexBrokenError(f"{index}: is a file, no index folder; check the path") from None
    except OSError as error:
        raise IndexBrokenError(
            f"{pointer}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    if not _NAME.fullmatch(name):  # never followed out of the index folder
        raise IndexBrokenError(f"{pointer}: names no build; run `yaodian index --rebuild`")
    return name


def current_build(index: Path) -> Path:
    """Return the folder of the build that answers; raises ``IndexMissingError``, ``IndexBrokenError``."""
    name = current_name(index)
    if name is None:
        raise IndexMissingError(f"{index}: there is no index here; run `yaodian index` to build one")
    folder = index / name
    try:
        complete = (folder / STAMP).is_file()
    except OSError as error:
        raise IndexBrokenError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error
    if not complete:
        raise IndexBrokenError(f"{folder}: the current build is missing or incomplete; run `yaodian index --rebuild`")
    return folder


def read_stamp(folder: Path) -> Stamp:
    """Read the stamp of a build; raises ``IndexBrokenError``."""
    try:
        return msgspec.json.decode((folder / STAMP).read_bytes(), type=Stamp)
    except (OSError, ValueError) as error:  # msgspec: DecodeError, and UnicodeDecodeError where the octets are no UTF-8
        raise IndexBrokenError(f"{folder / STAMP}: cannot be read ({error}); run `yaodian index --rebuild`") from error


def digests(folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Return the sha256 of every file in a build but its stamp, by its path within; ``known`` ones are not computed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != STAMP)
    names = [path.relative_to(folder).as_posix() for path in files]
    return {name: known.get(name) or _sha256(path) for name, path in zip(names, files, strict=True)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(folder: Path, stamp: Stamp, names: Iterable[str] | None = None) -> Iterator[Problem]:
    """Yield a problem for every file, or every one of these, that is not as the stamp says or not known to it."""
    if names is None:
        on_disk = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.name != STAMP)
        # A hidden file is a desktop's or an editor's.
        names = sorted({*stamp.files, *(path.as_posix() for path in on_disk if not path.name.startswith("."))})
    for name in names:
        path = folder / name
        if not path.is_file():
            yield Problem(str(path), None, "is missing; run `yaodian index --rebuild`")
        elif name not in stamp.files:
            yield Problem(str(path), None, "is not in the stamp of the build; run `yaodian index --rebuild`")
        elif _sha256(path) != stamp.files.get(name):
            yield Problem(str(path), None, "is damaged (another checksum than stamped); run `yaodian index --rebuild`")
