"""Who says what on a topic: for each document the paragraph that is about it, or only mentions it, or nothing."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.backend import CorpusSize, DocumentSummary, Group, SearchBackend
from indexer.compare.aboutness import About, Judge, Reading
from indexer.compare.parts import with_parts
from indexer.compare.passages import cut_passage
from indexer.compare.shown import Shown
from indexer.compare.topic import Topic, limits_of, named_by, read_topic
from indexer.compare.wordings import Wording, group_wordings
from indexer.finding import Corrected, find
from indexer.models import Paragraph, Span
from indexer.places import administrative_order
from indexer.query import And, Filters, Query, Relax

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

    The members of ``wordings`` are indices of ``rows``. ``corrected``: the topic as typed is said nowhere, this one is.
    """

    topic: Topic
    rows: tuple[Row, ...]
    silent: tuple[DocumentSummary, ...]
    wordings: tuple[Wording, ...]
    corpus: CorpusSize
    took_ms: float
    corrected: Corrected | None = None

    @property
    def documents(self) -> tuple[DocumentSummary, ...]:
        """All documents that were asked."""
        return (*(row.document for row in self.rows), *self.silent)

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

    Where nobody names the topic and a search would be corrected (``indexer/finding.py``), the corrected topic is
    compared. A query without words finds nothing, and everybody silent.
    """
    started = time.perf_counter()
    corpus = backend.corpus()
    documents = asked_documents(backend, query)
    topic, rows = _told(backend, query, documents)
    used = None
    if topic.pieces and documents and not any(row.named for row in rows.values()):
        used = find(backend, replace(query, group=None, page=1, per_page=1)).used
        if used is not None:
            topic, rows = _told(backend, used.query, documents)
    told = tuple(rows[document.id] for document in documents if document.id in rows)
    return Comparison(
        topic,
        told,
        tuple(document for document in documents if document.id not in rows),
        group_wordings(told),
        corpus,
        round((time.perf_counter() - started) * 1000, 3),
        used,
    )


def _told(backend: SearchBackend, query: Query, documents: Sequence[DocumentSummary]) -> tuple[Topic, dict[str, Row]]:
    """Return the topic of a query and the rows by document.

    One search ranks the paragraphs of each document, and the best ``LOOKED_AT`` of each are read and judged; its order,
    page and grouping are not those of the query. Who says nothing there is looked through for every way to name the
    topic, by characters, before it is called silent.
    """
    query = with_parts(query)
    topic = read_topic(query, backend.vocabulary(), backend.corpus().paragraphs)
    if not topic.pieces or not documents:
        return topic, {}
    judge = Judge(topic, lru_cache(None)(backend.headings_of))
    few = len(topic.pieces) <= WHOLE
    rows = _rows(backend, judge, _grouped(query, "most" if few else "any", len(documents), LOOKED_AT))
    silent = {document.id for document in documents} - rows.keys()
    naming = named_by(topic, query) if silent and few else None
    if naming is not None:
        found = backend.search(_grouped(naming, "all", len(documents), 0)).groups
        if not silent.isdisjoint(group.document.id for group in found):
            rows |= _rows(backend, judge, _grouped(naming, "all", len(documents), LOOKED_AT), silent)
    return topic, rows


def _grouped(query: Query, relax: Relax, documents: int, each: int) -> Query:
    return replace(query, group="document", relax=relax, sort="relevance", page=1, per_page=documents, per_group=each)


def _rows(backend: SearchBackend, judge: Judge, asked: Query, only: Collection[str] | None = None) -> dict[str, Row]:
    """Judge what a search finds, of all documents or of these only."""
    groups = [group for group in backend.search(asked).groups if only is None or group.document.id in only]
    rows = ((group.document.id, _row(group, judge)) for group in groups)
    return {document: row for document, row in rows if row is not None}


def asked_documents(backend: SearchBackend, query: Query) -> list[DocumentSummary]:
    """List the documents that are asked for, whatever they say: by filters, fields of documents and exclusions.

    They are in administrative order (北京, 天津, 河北 and its cities), those of one place by year. Raises what the
    backend raises.
    """
    documents = list(_documents(backend, backend.corpus().build))
    limits = limits_of(query)
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
    """List the documents of a build, read and sorted once."""
    return tuple(sorted(backend.documents(), key=place_and_year))


def place_and_year(document: DocumentSummary) -> tuple[object, ...]:
    """Return what sorts documents: by place as the state lists them, then by first year, 未注明 last."""
    known = document.metadata
    place = administrative_order(known.province, known.city, known.district)
    return (place, min(known.years, default=9999), known.title, document.id)


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
