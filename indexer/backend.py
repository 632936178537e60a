"""What a search engine must do for us, and the page of results that it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from indexer.linelist import LineList
from indexer.models import Document, Metadata, Paragraph, Problem
from indexer.query import Clause, Query, Relax
from indexer.thesaurus import Expansion
from indexer.wordlist import WordList


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text: what a hit, a list or a facet needs to say about it."""

    id: str
    path: str
    line: int | None
    metadata: Metadata
    paragraphs: int
    characters: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One paragraph that matched, with its score; higher is better.

    ``duplicates`` are hits further down that say nearly the same and are shown with this one in place of their own.
    """

    paragraph: Paragraph
    document: DocumentSummary
    score: float
    parts: tuple[ScorePart, ...] = ()
    """The parts of the score; what is left of it is for words that stand together as they do in the query."""
    duplicates: tuple[Hit, ...] = ()
    reuse: Spread | None = None
    """Where else its text is used, if other documents have it too."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a text is spread: the paragraphs of a cluster counted, and the document that says it first.

    ``first_surely`` is false where another may be as early: of the same year, or without one. ``places`` counts those
    that documents name. ``cluster`` is the id of the paragraph that the others are copies of.
    """

    cluster: str
    paragraphs: int
    documents: int
    places: int
    first: DocumentSummary
    first_surely: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One document with the number of its paragraphs that match and the best of them, best first."""

    document: DocumentSummary
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with the number of matching paragraphs; ``None`` is 未注明."""

    value: str | int | None
    count: int


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How many matching paragraphs are of documents of exactly this place; all three ``None`` is 未注明."""

    province: str | None
    city: str | None
    district: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What was given up because no paragraph holds every word: the step taken, what the best hit lacks."""

    step: Relax
    dropped: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of relaxation and how many paragraphs it finds, filters applied."""

    step: Relax
    total: int


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of the query that had to be there, and how many paragraphs of the corpus hold it."""

    text: str
    total: int


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one unit of the query gave a hit: ``held`` says where the paragraph has it."""

    text: str
    score: float
    idf: float
    held: Literal["text", "expansion", "document", "nowhere"]


@dataclass(frozen=True, slots=True)
class Expanded:
    """An expansion that was looked for, and how many paragraphs of the corpus hold it."""

    expansion: Expansion
    total: int


@dataclass(frozen=True, slots=True)
class CorpusSize:
    """How large the corpus is that a count was made over, and which build answered."""

    documents: int
    paragraphs: int
    build: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of hits with exact totals, and facets that ignore their own selection.

    ``facets`` maps a facet's name (``city``, ``year``, ``issuer``) to its values, most frequent first, years
    ascending, 未注明 last; ``places`` counts by place, whatever places are selected. ``total`` counts paragraphs. A
    query that groups by document is answered by ``groups`` and no hits; of any other, ``folded`` hits stand beneath
    others. ``matched`` are the clauses that hits were asked to hold, for highlighting (``relaxed.dropped`` removed,
    negated ones too).
    """

    hits: tuple[Hit, ...]
    total: int
    total_documents: int
    facets: tuple[tuple[str, tuple[FacetValue, ...]], ...]
    corpus: CorpusSize
    took_ms: float
    matched: tuple[Clause, ...] = ()
    relaxed: Relaxed | None = None
    expanded: tuple[Expanded, ...] = ()
    places: tuple[PlaceCount, ...] = ()
    groups: tuple[Group, ...] = ()
    folded: int = 0
    steps: tuple[Step, ...] = ()
    words: tuple[Word, ...] = ()


class SearchBackend(Protocol):
    """An index of paragraphs, and the documents they come from. Reading methods may be called from several threads."""

    def __hash__(self) -> int:
        """A backend is itself and no other: what is made of one build is kept by it."""

    def search(self, query: Query) -> ResultPage:
        """Answer a query. Raises ``IndexMissingError`` or ``IndexBrokenError``."""

    def document(self, document_id: str) -> Document:
        """One whole document. Raises ``UnknownIdError``."""

    def paragraph(self, paragraph_id: str) -> tuple[Document, Paragraph]:
        """One paragraph with its document. Raises ``UnknownIdError``."""

    def documents(self) -> Sequence[DocumentSummary]:
        """All documents, sorted by place, year and title."""

    def corpus(self) -> CorpusSize:
        """How large the corpus is, and the name of the build."""

    def vocabulary(self) -> WordList:
        """Every word of the index with the number of paragraphs that hold it, in their text or the headings above."""

    def headings_of(self, document_id: str) -> Mapping[str, int]:
        """The headings of one document as published, with the number of paragraphs under each."""

    def heading_lines(self) -> LineList:
        """The headings worth suggesting, without their numbers, each with the number of paragraphs under it."""

    def title_lines(self) -> LineList:
        """The titles of documents, each with its number of paragraphs."""

    def side_by_side(self, words: Sequence[str]) -> int:
        """How many paragraphs hold these words next to each other, in this order."""

    def check(self) -> tuple[Problem, ...]:
        """What is wrong with the index, nothing if it can be trusted."""

    def close(self) -> None:
        """Let go of files; idempotent."""


def open_backend(index: Path) -> SearchBackend:
    """Return the search engine over an index folder; files are opened with the first question asked."""
    from indexer.whoosh_backend.backend import WhooshBackend  # the engine is chosen here and nowhere else

    return WhooshBackend(index)
