"""What a collection holds, as values: saved passages, searches and comparisons, each with its note and tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.models import Span
from search_app.collections.addresses import Address

MAX_ITEMS = 1000
"""Items of one collection: some 3 MB, and a page that still opens within a second."""
MAX_TITLE = 200
MAX_NOTE = 20_000
"""Characters of one note."""
MAX_TAGS = 20
MAX_TAG = 50
KEPT_DAYS = 30
"""Days until what was deleted is removed for good."""

Kind = Literal["passage", "search", "comparison"]


@dataclass(frozen=True, slots=True)
class SavedDocument:
    """What was known about a document when a passage of it was saved; ``sha256`` is that of the file."""

    id: str
    title: str
    issuer: str | None
    province: str | None
    city: str | None
    district: str | None
    years: tuple[int, ...]
    published: str | None
    script: str
    source_url: str | None
    path: str
    sha256: str
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedPassage:
    """The evidence: a paragraph word by word, with what stood around it, and where it stood in which document.

    ``prefix`` and ``suffix`` are up to 200 characters of the text of record before and behind it; ``segments`` count
    in that text; ``ordinal`` counts the paragraphs of the document from 1.
    """

    paragraph: str
    text: str
    prefix: str
    suffix: str
    ordinal: int
    section: tuple[str, ...]
    item: str | None
    segments: tuple[Span, ...]
    document: SavedDocument
    build: str


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search by its address, and what it found when it was last looked at.

    ``seen`` are marks of the paragraphs found (``watching.mark``), of the first ``watching.MOST_SEEN``.
    """

    url: str
    total: int
    documents: int
    build: str
    seen_at: str
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedComparison:
    """A comparison by its address: of a topic, or of two documents, whose titles are kept."""

    url: str
    topic: str | None
    titles: tuple[str, ...] = ()


Content = SavedPassage | SavedSearch | SavedComparison


@dataclass(frozen=True, slots=True)
class SavedItem:
    """One thing in a collection. ``saved`` and ``deleted`` are instants in UTC (ISO 8601)."""

    id: str
    content: Content
    note: str
    tags: tuple[str, ...]
    saved: str
    deleted: str | None = None

    @property
    def kind(self) -> Kind:
        """Which of the three it is."""
        return kind_of(self.content)


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as it was at one moment; ``version`` grows with each change of it or its items.

    ``deleted_items`` can still be brought back, and are told only to who may edit.
    """

    address: Address
    title: str
    note: str
    version: int
    created: str
    changed: str
    items: tuple[SavedItem, ...]
    deleted: str | None = None
    deleted_items: tuple[SavedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change left: the version, the item concerned if there is one, and whether it was not there before."""

    version: int
    item: SavedItem | None = None
    created: bool = False


def kind_of(content: Content) -> Kind:
    """Return the kind of what is saved."""
    if isinstance(content, SavedPassage):
        return "passage"
    return "search" if isinstance(content, SavedSearch) else "comparison"
