"""What became of saved passages: whether each still stands in the index, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indexer.anchoring import Evidence
from indexer.backend import SearchBackend
from search_app.collections.database import Database
from search_app.collections.models import SavedPassage
from search_app.history.resolve import Resolution, Saved, resolve_all


def links_of(backend: SearchBackend, database: Database, passages: Iterable[SavedPassage]) -> Mapping[str, Resolution]:
    """Return for each saved passage, by the id it was saved under, what became of it; each document is read once.

    Raises what the backend and the database raise.
    """
    found = resolve_all(backend, database, map(link_of, passages))
    return {identity: each for identity, each in found.items() if each is not None}


def link_of(passage: SavedPassage) -> Saved:
    """Return a passage as links are followed: by its id, and where nobody knows that by what was kept of it."""
    known = passage.document
    return Saved(
        passage.paragraph,
        Evidence(passage.text, passage.prefix, passage.suffix, passage.ordinal, passage.section),
        known.title,
        known.province,
        known.city,
        known.district,
        known.years,
    )
