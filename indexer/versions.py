"""Digests of the code and tables that decide what a text is read as: what differs must be read again."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources

from indexer import lexicon

_MATCHING = (
    "analysis.py",
    "fold.py",
    "frequencies.py",
    "lexicon.py",
    "lookalikes.py",
    "misprints.py",
    "neighbours.py",
    "numbers.py",
    "repair.py",
)
_MATCHING_TABLES = ("allographs.tsv", "collocations.tsv", "components.tsv", "lookalikes.tsv", "misprints.tsv")
_MATCHING_LIBRARIES = ("OpenCC", "rjieba")
_LIBRARIES = (*_MATCHING_LIBRARIES, "charset-normalizer")


@cache
def reading_digest() -> str:
    """Digest everything that reading depends on: a document read under another digest is read again.

    The whole library counts, not only the modules that read: reading five documents again is cheaper than finding out
    which of them a change touched.
    """
    root = resources.files("indexer")
    files = [file for folder in (root, root / "data") for file in folder.iterdir() if file.is_file()]
    sha = hashlib.sha256(lexicon.digest().encode())
    for library in _LIBRARIES:
        sha.update(metadata.version(library).encode())
    for file in sorted(files, key=lambda file: file.name):
        sha.update(file.name.encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()[:16]


@cache
def matching_digest() -> str:
    """Digest what texts and queries must agree on, folding and cutting: an index of another digest is refused."""
    root = resources.files("indexer")
    sha = hashlib.sha256(lexicon.digest().encode())
    for library in _MATCHING_LIBRARIES:
        sha.update(metadata.version(library).encode())
    for file in [*(root / name for name in _MATCHING), *(root / "data" / name for name in _MATCHING_TABLES)]:
        sha.update(file.name.encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()[:16]
