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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from indexer.backend import CorpusSize
from indexer.errors import IndexBrokenError, IndexBusyError, IndexMissingError
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

    Raises ``IndexBusyError`` while another process builds into the same index.
    """
    index.mkdir(parents=True, exist_ok=True)
    with (index / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise IndexBusyError(
                f"{index}: another process is writing this index; wait for it to end, then run again"
            ) from None
        _remove_leftovers(index)
        folder = index / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        folder.mkdir()
        try:
            yield folder
        finally:
            _remove_leftovers(index)


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
    """Remove all builds but the current and the newest finished ones before it."""
    current = current_name(index)
    builds = sorted((path for path in index.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()), reverse=True)
    older = [path for path in builds if (path / STAMP).exists() and path.name != current]
    kept = {current, *(path.name for path in older[: _KEPT - 1] if current is not None)}
    for path in builds:
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def is_in_build(path: Path) -> bool:
    """Whether a file belongs to a build of some index: such are never documents.

    >>> is_in_build(Path("texts/20261121T120000Z-0a1b2c/quotations.txt")), is_in_build(Path("texts/2017/plan.txt"))
    (True, False)
    """
    return any(_NAME.fullmatch(part) for part in path.parts[:-1])


def current_name(index: Path) -> str | None:
    """Return the name of the build that answers, ``None`` if nothing was ever built."""
    try:
        return (index / CURRENT).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def current_build(index: Path) -> Path:
    """Return the folder of the build that answers; raises ``IndexMissingError``, ``IndexBrokenError``."""
    name = current_name(index)
    if name is None:
        raise IndexMissingError(f"{index}: there is no index here; run `yaodian index` to build one")
    folder = index / name
    if not (folder / STAMP).is_file():
        raise IndexBrokenError(f"{folder}: the current build is missing or incomplete; run `yaodian index --rebuild`")
    return folder


def read_stamp(folder: Path) -> Stamp:
    """Read the stamp of a build; raises ``IndexBrokenError``."""
    try:
        return msgspec.json.decode((folder / STAMP).read_bytes(), type=Stamp)
    except (OSError, msgspec.DecodeError) as error:
        raise IndexBrokenError(f"{folder / STAMP}: cannot be read ({error}); run `yaodian index --rebuild`") from error


def digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file in a build but its stamp, by its path within."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != STAMP)
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(folder: Path, stamp: Stamp, names: Iterable[str] | None = None) -> Iterator[Problem]:
    """Yield a problem for every file, or every one of these, that is not as the stamp says."""
    for name in stamp.files if names is None else names:
        path = folder / name
        if not path.is_file():
            yield Problem(str(path), None, "is missing; run `yaodian index --rebuild`")
        elif _sha256(path) != stamp.files.get(name):
            yield Problem(str(path), None, "is damaged (another checksum than stamped); run `yaodian index --rebuild`")
