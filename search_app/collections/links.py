"""What became of saved passages: whether each still stands in the index, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.anchoring import Evidence
from indexer.backend import SearchBackend
from indexer.diff import Change
from indexer.models import Paragraph
from search_app.collections.database import Database
from search_app.collections.models import SavedPassage
from search_app.history.resolution import Resolution, Saved, Status
from search_app.history.resolve import resolve_all


@dataclass(frozen=True, slots=True)
class Link:
    """What a collection says of a link: the part of a ``Resolution`` that holds no document.

    The passages of one collection may be of a thousand documents, which take 130 KB each.
    """

    status: Status
    paragraph: Paragraph | None
    same_characters: bool
    similarity: float
    changes: tuple[Change, ...]


def links_of(backend: SearchBackend, database: Database, passages: Iterable[SavedPassage]) -> Mapping[str, Link]:
    """Return for each saved passage, by the id it was saved under, what became of it; each document is read once.

    Raises what the backend and the database raise.
    """
    found = resolve_all(backend, database, map(saved_of, passages))
    return {identity: _link(each) for identity, each in found if each is not None}


def saved_of(passage: SavedPassage) -> Saved:
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


def _link(found: Resolution) -> Link:
    return Link(found.status, found.paragraph, found.same_characters, found.similarity, found.changes)
