"""Who says what on a topic: for each document the paragraph that is about it, or only mentions it, or nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from indexer.backend import DocumentSummary, Hit, SearchBackend
from indexer.compare.aboutness import About, Reading, read
from indexer.compare.passages import cut_passage
from indexer.compare.topic import Topic, read_topic
from indexer.models import Paragraph, Span
from indexer.query import Query

LOOKED_AT = 5
"""Paragraphs of a document that are judged, best ranked first."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one document says on a topic: its best paragraph, and the span of the sentence that says most."""

    document: DocumentSummary
    paragraph: Paragraph
    about: About
    score: float
    sentence: Span
    places: tuple[Span, ...]
    paragraphs: int

    @property
    def text(self) -> str:
        """The sentence as published."""
        return self.paragraph.text[slice(*self.sentence)]

    @property
    def folded(self) -> str:
        """The sentence as it is compared."""
        return self.paragraph.folded[slice(*self.sentence)]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The documents that treat or mention a topic, by place and year, and those that do neither."""

    topic: Topic
    rows: tuple[Row, ...]
    silent: tuple[DocumentSummary, ...]
    took_ms: float


def matrix(backend: SearchBackend, query: Query) -> Matrix:
    """Judge every document that the query's filters allow. Raises what the backend raises."""
    started = time.perf_counter()
    topic = read_topic(query, backend.vocabulary(), backend.corpus().paragraphs)
    documents = backend.documents()
    asked = replace(
        query, group="document", relax="any", sort="relevance", page=1, per_page=max(len(documents), 1),
        per_group=LOOKED_AT,
    )  # fmt: skip
    page = backend.search(asked)
    under = backend.headings()
    rows = {
        group.document.id: row for group in page.groups if (row := _row(group.document, group.hits, topic, under))
    }
    listed = [document for document in documents]
    took = (time.perf_counter() - started) * 1000
    return Matrix(
        topic,
        tuple(rows[document.id] for document in listed if document.id in rows),
        tuple(document for document in listed if document.id not in rows),
        round(took, 3),
    )


def _row(document: DocumentSummary, hits: tuple[Hit, ...], topic: Topic, under: object) -> Row | None:
    converted = document.metadata.converted
    passages = [cut_passage(hit.paragraph) for hit in hits]
    readings = [read(passage, topic, under, converted=converted) for passage in passages]
    order = sorted(range(len(hits)), key=lambda at: (-readings[at].score, at))
    held = [at for at in order if readings[at].about]
    for at in held:
        exact = read(passages[at], topic, under, converted=converted, exact=True)
        if exact.about:
            return Row(document, hits[at].paragraph, exact.about, exact.score, exact.sentence, exact.places, len(held))
    return None
