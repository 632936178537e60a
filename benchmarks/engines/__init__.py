"""The engines that are measured, each in a module of its own and imported only when it is."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import cast

from benchmarks.engines.protocol import Engine

ENGINES = {
    "yaodian": ("product", "yaodian"),
    "arrays": ("arrays", "yaodian"),
    "tantivy": ("tantivy_py", "tantivy"),
    "sqlite": ("sqlite_fts5", None),
    "bm25s": ("bm25s_arrays", "bm25s"),
    "whoosh-well": ("whoosh_well", "Whoosh"),
    "whoosh-plain": ("whoosh_plain", "Whoosh"),
}
"""Name -> the module below this package, and the distribution whose version is told."""


def make_engine(name: str, folder: Path) -> Engine:
    """Return an engine over a folder; raises ``ImportError`` if its package is not installed."""
    module = import_module(f"benchmarks.engines.{ENGINES[name][0]}")
    return cast(Engine, module.EngineOf(folder))


def installed(names: tuple[str, ...] = tuple(ENGINES)) -> tuple[str, ...]:
    """Return those of the engines that can be imported here."""
    found = []
    for name in names:
        try:
            import_module(f"benchmarks.engines.{ENGINES[name][0]}")
        except ImportError:
            continue
        found.append(name)
    return tuple(found)


def version_of(name: str) -> str:
    """Return the version of what is measured; of Yaodian itself, a digest of the code that builds and searches."""
    distribution = ENGINES[name][1]
    if distribution == "yaodian":
        return _own_version()
    if distribution is None:
        import sqlite3

        return sqlite3.sqlite_version
    return version(distribution)


@cache
def digest_of(name: str) -> str:
    """Return a digest of how an engine is used here: an index that was built otherwise is built again."""
    here = Path(__file__).parent
    sha = hashlib.sha256()
    for module in (ENGINES[name][0], "facet_columns"):
        sha.update((here / f"{module}.py").read_bytes())
    return sha.hexdigest()[:8]


@cache
def _own_version() -> str:
    from indexer import whoosh_backend
    from indexer.versions import matching_digest

    sha = hashlib.sha256(matching_digest().encode())
    for path in sorted(Path(whoosh_backend.__file__).parent.rglob("*.py")):
        sha.update(path.read_bytes())
    return sha.hexdigest()[:8]
