"""Digests of the code and tables that decide what a text is read as: what differs must be read again."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources

from indexer import lexicon

_MATCHING = ("analysis.py", "fold.py", "repair.py")
_LIBRARIES = ("OpenCC", "rjieba", "charset-normalizer")


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
    """Digest what texts and queries must agree on, folding and analysis: an index of another digest is refused."""
    root = resources.files("indexer")
    sha = hashlib.sha256(metadata.version("OpenCC").encode())
    for name in _MATCHING:
        sha.update((root / name).read_bytes())
    for file in sorted((root / "data").iterdir(), key=lambda file: file.name):
        if file.name.endswith((".tsv", ".txt")):
            sha.update(file.name.encode() + file.read_bytes())
    return sha.hexdigest()[:16]
