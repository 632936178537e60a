"""What every engine that is measured must do, and the values that pass between it and the measuring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

Operator = Literal["and", "or", "phrase", "prefix", "quotation"]


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph: its document's number, what that document is filed under, its text and its tokens.

    ``city`` is empty and ``year`` 0 where they are not known. ``tokens`` are joined by single spaces.
    """

    document: int
    city: str
    year: int
    section: str
    text: str
    tokens: str


@dataclass(frozen=True, slots=True)
class QuerySpec:
    """One question: ``terms`` joined by ``operator``, none of ``excluded``, within the filters.

    Of a prefix and a quotation, ``terms`` is the one string; ``text`` is what a person types for all of it.
    """

    operator: Operator
    terms: tuple[str, ...]
    text: str
    excluded: tuple[str, ...] = ()
    city: str | None = None
    years: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The exact total, the numbers of the best ten paragraphs, and how many match by city and by year."""

    total: int
    top: tuple[int, ...]
    cities: Mapping[str, int] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes on disk: what searching and counting need, and the texts to show; ``None`` where no text was stored."""

    words: int
    texts: int | None = None


class Engine(Protocol):
    """One engine over one folder. ``build`` and ``open`` are called once each, in processes that may differ."""

    about: str
    """One line for the reader of a table: what it is and how it is used."""
    same_words: bool
    """Whether it indexes exactly the tokens given, so that its totals and counts must be those of the others."""
    own_filter_ignored: bool
    """Whether a facet counts what all filters but its own leave: the counts of filtered questions then differ."""
    slow_build: int | None
    """Paragraphs beyond which building takes too long to be worth it; ``None`` for any number."""

    def __init__(self, folder: Path) -> None:
        """Take the folder to build into or to open; an engine does nothing yet."""

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Index the rows, numbered from 0 as they come, with their texts if they are to be stored."""

    def open(self) -> None:
        """Open what was built; raises whatever its files make it raise."""

    def search(self, spec: QuerySpec) -> Answer | None:
        """Answer a question; ``None`` if the engine has no way to ask it."""

    def size(self) -> Size:
        """Return what was built takes on disk."""

    def close(self) -> None:
        """Let go of files."""


def bytes_below(folder: Path) -> int:
    """Return the size of all files in a folder and below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
