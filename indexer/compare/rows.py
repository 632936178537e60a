"""Who says what on a topic: for each document the paragraph that is about it, or only mentions it, or nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.backend import CorpusSize, DocumentSummary, Group, SearchBackend
from indexer.compare.aboutness import About, Judge, Reading
from indexer.compare.passages import cut_passage
from indexer.compare.shown import Shown
from indexer.compare.topic import Topic, read_topic
from indexer.compare.wordings import Wording, group_wordings
from indexer.models import Paragraph, Span
from indexer.query import And, Clause, Filters, Node, Not, Query

WHOLE = 4
"""Pieces of a topic up to which a paragraph must hold most of its weight to be judged; a clause is said in parts."""
CERTAIN = 6.0
"""Score from which no further paragraph of a document is judged: its title is on the topic. Up to 9, more paragraphs
are judged and hardly another one is chosen."""
LOOKED_AT = 3
"""Paragraphs of a document that are judged, best ranked first; with 8 the figures are the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one document says on a topic: its best paragraph, and in it the sentence that says most.

    ``shown`` says where that sentence stands and why it was chosen. ``named``: it was found to name the topic, not only
    what is related to it. ``paragraphs`` of the document hold its words, or most of their weight.
    """

    document: DocumentSummary
    paragraph: Paragraph
    about: About
    score: float
    shown: Shown
    named: bool
    paragraphs: int

    @property
    def sentence(self) -> Span:
        """Where the sentence stands in the paragraph's text."""
        return self.shown.sentence

    @property
    def places(self) -> tuple[Span, ...]:
        """Where the sentence says the topic, in the paragraph's text."""
        return self.shown.places

    @property
    def text(self) -> str:
        """The sentence as published."""
        return self.paragraph.text[slice(*self.sentence)]

    @property
    def folded(self) -> str:
        """The sentence as it is compared."""
        return self.paragraph.folded[slice(*self.sentence)]

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the document."""
        return self.document.metadata.years


@dataclass(frozen=True, slots=True)
class Comparison:
    """The documents that treat or mention a topic, by place and year, those that do neither, and the wordings.

    The members of ``wordings`` are indices of ``rows``.
    """

    topic: Topic
    rows: tuple[Row, ...]
    silent: tuple[DocumentSummary, ...]
    wordings: tuple[Wording, ...]
    corpus: CorpusSize
    took_ms: float

    @property
    def documents(self) -> tuple[DocumentSummary, ...]:
        """All documents that were asked."""
        return (*(row.document for row in self.rows), *self.silent)

    def wording_of(self, row: int) -> Wording:
        """Return the wording that a row is a member of."""
        return next(wording for wording in self.wordings if row in wording.members)

    def baseline(self, name: str | None = None) -> int | None:
        """Return the row that others are compared with: the first of wording A, or of the wording of this label.

        The id of a row's paragraph names that row. ``None`` if there is nothing of that name.
        """
        for wording in self.wordings:
            if name in (None, wording.label):
                return wording.first
        return next((at for at, row in enumerate(self.rows) if row.paragraph.id == name), None)


def matrix(backend: SearchBackend, query: Query) -> Comparison:
    """Judge every document that the query's filters allow. Raises what the backend raises.

    One search ranks the paragraphs of each document, and the best ``LOOKED_AT`` of each are read and judged; its order,
    page and grouping are not those of ``query``. A query without words finds nothing, and everybody silent.
    """
    started = time.perf_counter()
    corpus = backend.corpus()
    topic = read_topic(query, backend.vocabulary(), corpus.paragraphs)
    documents = _asked(backend, query)
    rows: dict[str, Row] = {}
    if topic.pieces and documents:
        asked = replace(
            query, group="document", relax="most" if len(topic.pieces) <= WHOLE else "any", sort="relevance", page=1,
            per_page=len(documents), per_group=LOOKED_AT,
        )  # fmt: skip
        judge = Judge(topic, lru_cache(None)(backend.headings_of))
        for group in backend.search(asked).groups:
            row = _row(group, judge)
            if row is not None:
                rows[group.document.id] = row
    told = tuple(rows[document.id] for document in documents if document.id in rows)
    return Comparison(
        topic,
        told,
        tuple(document for document in documents if document.id not in rows),
        group_wordings(told),
        corpus,
        round((time.perf_counter() - started) * 1000, 3),
    )


def _asked(backend: SearchBackend, query: Query) -> list[DocumentSummary]:
    """List the documents that are asked for, whatever they say: by filters, fields of documents and exclusions."""
    documents = list(_documents(backend, backend.corpus().build))
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    limits = tuple(part for part in parts if part is not None and _is_limit(part))
    if query.filters == Filters() and not limits:
        return documents
    every = Query(
        "", "", And(limits) if limits else None, query.filters,
        group="document", per_page=max(len(documents), 1), per_group=0,
    )  # fmt: skip
    allowed = {group.document.id for group in backend.search(every).groups}
    return [document for document in documents if document.id in allowed]


@lru_cache(maxsize=1)
def _documents(backend: SearchBackend, build: str) -> tuple[DocumentSummary, ...]:  # noqa: ARG001 - a new build has others
    """List the documents of a build, read once."""
    return tuple(backend.documents())


def _is_limit(part: Node) -> bool:
    return isinstance(part, Not) or (isinstance(part, Clause) and part.field not in (None, "body", "section"))


def _row(group: Group, judge: Judge) -> Row | None:
    """Choose the paragraph with the best score; of equal ones the better ranked."""
    best: Reading | None = None
    for hit in group.hits:
        reading = judge.read(cut_passage(hit.paragraph), converted=group.document.metadata.converted)
        if reading and (best is None or reading.score > best.score):
            best = reading
            if reading.score >= CERTAIN:
                break
    if best is None:
        return None
    return Row(group.document, best.passage.paragraph, best.about, best.score, best.shown(), best.named, group.total)
