"""The search backend over a Whoosh index: opens the current build, and another when it changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Literal

import numpy as np

from indexer import builds
from indexer.backend import CorpusSize, DocumentSummary, Group, Hit, ResultPage, ScorePart, Word
from indexer.errors import IndexBrokenError
from indexer.models import Document, Paragraph, Problem
from indexer.query import Query, leaves
from indexer.versions import matching_digest
from indexer.whoosh_backend.build import COLUMNS, DOCUMENTS, SOURCES, WORDS
from indexer.whoosh_backend.duplicates import LikenessColumns, fold_alike, likely
from indexer.whoosh_backend.evaluate import Evaluator, Unit
from indexer.whoosh_backend.fields import DocumentFields
from indexer.whoosh_backend.filters import FacetColumns
from indexer.whoosh_backend.listing import page_of_documents, page_of_paragraphs
from indexer.whoosh_backend.matching import Matcher
from indexer.whoosh_backend.quotations import FILES as QUOTATIONS
from indexer.whoosh_backend.quotations import QuotationIndex
from indexer.whoosh_backend.relax import counted, coverage, dropped, matches, relaxed, total_scores
from indexer.whoosh_backend.schema import SCHEMA_VERSION
from indexer.whoosh_backend.scoring import Mask, Scorer, Scores
from indexer.whoosh_backend.store import DocumentStore
from indexer.whoosh_backend.words import FIELDS, Field, Ints, WordIndex


class _Open:
    """One build, open."""

    def __init__(self, folder: Path) -> None:
        self.stamp = builds.read_stamp(folder)
        if (self.stamp.schema, self.stamp.matching) != (SCHEMA_VERSION, matching_digest()):
            raise IndexBrokenError(f"{folder}: was built by another version of Yaodian; run `yaodian index`")
        try:
            self.store = DocumentStore(folder / DOCUMENTS)
            self.words = WordIndex(folder / WORDS)
            self.summaries = self.store.summaries()
            with np.load(folder / COLUMNS) as arrays:
                owners = arrays["documents"]
                lengths: dict[Field, Ints] = {field: arrays[field] for field in FIELDS}
                self.likeness = LikenessColumns(arrays["fingerprints"], arrays["sketches"])
            held = (len(self.summaries), len(owners), self.words.count)
            if held != (self.stamp.documents, self.stamp.paragraphs, self.stamp.paragraphs):
                raise IndexBrokenError(
                    f"{folder}: holds {held[0]} documents and {held[1]} paragraphs ({held[2]} with words), not the "
                    f"{self.stamp.documents} and {self.stamp.paragraphs} of its stamp; run `yaodian index --rebuild`"
                )
            self.columns = FacetColumns(self.summaries, owners)
            self.matcher = Matcher(self.words, QuotationIndex(folder))
            self.evaluator = Evaluator(self.matcher, Scorer(lengths), DocumentFields(self.summaries, owners))
        except IndexBrokenError:
            raise
        except Exception as error:  # Whoosh, numpy, SQLite and msgspec have no common base for a damaged file
            raise IndexBrokenError(
                f"{folder}: cannot be opened ({error}); run `yaodian check`, then `yaodian index --rebuild`"
            ) from error
        self.corpus = self.stamp.corpus(folder.name)

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        return MappingProxyType(self.words.vocabulary())

    @cached_property
    def headings(self) -> Mapping[str, int]:
        return MappingProxyType(self.store.headings())


class WhooshBackend:
    """A ``SearchBackend`` over ``index/``; safe to call from several threads."""

    def __init__(self, index: Path) -> None:
        self._index = index
        self._lock = Lock()
        self._open: _Open | None = None

    def _current(self) -> _Open:
        """Return the open build, opening the current one if it changed; readers of the old one keep theirs."""
        name = builds.current_name(self._index)
        with self._lock:
            if self._open is None or self._open.corpus.build != name:
                self._open = _Open(builds.current_build(self._index))
            return self._open

    def search(self, query: Query) -> ResultPage:
        """Answer a query; see ``SearchBackend.search``."""
        build = self._current()
        started = time.perf_counter()
        masks = build.columns.masks(query.filters)
        evaluation = build.evaluator.evaluate(query.root, exact=not query.expand)
        steps = matches(evaluation, build.matcher)
        filtered = _all(masks, evaluation.allowed)
        mask, given_up = relaxed(steps, filtered, query.relax, evaluation.left_out, evaluation.question)
        scores, share = total_scores(evaluation), coverage(evaluation)
        counts = build.columns.count(mask, masks, query.filters)
        matching = np.flatnonzero(_all(masks, mask))
        order = _ranked(build, query, matching, scores)
        if given_up is not None and len(order):
            given_up = replace(given_up, dropped=dropped(evaluation, int(order[0])))
        groups: list[tuple[int, int, list[int]]] = []
        alike: dict[int, list[int]] = {}
        if query.group == "document":
            groups = page_of_documents(query, order, build.columns.owners)
        elif query.fold:
            alike = fold_alike(build.likeness, order, build.store.paragraphs)
        listed = [] if query.group else page_of_paragraphs(query, order, alike)
        took = (time.perf_counter() - started) * 1000
        shown = [number for numbers in (*(group[2] for group in groups), *listed) for number in numbers]
        hits = {
            number: Hit(
                paragraph,
                build.summaries[build.columns.owners[number]],
                round(float(scores[number]), 4),
                tuple(_part(unit, number, share[number]) for unit in evaluation.units if unit.text),
            )
            for number, paragraph in zip(shown, build.store.paragraphs(shown), strict=True)
        }
        return ResultPage(
            hits=tuple(
                replace(hits[number], duplicates=tuple(hits[other] for other in others)) for number, *others in listed
            ),
            groups=tuple(
                Group(build.summaries[document], total, tuple(hits[number] for number in numbers))
                for document, total, numbers in groups
            ),
            folded=sum(map(len, alike.values())),
            total=len(matching),
            total_documents=int(np.count_nonzero(np.bincount(build.columns.owners[matching]))),
            facets=counts.facets,
            places=counts.places,
            corpus=build.corpus,
            took_ms=round(took, 3),
            matched=leaves(query.root, negated=False),
            relaxed=given_up,
            expanded=tuple(evaluation.expanded),
            steps=counted(steps, filtered),
            words=tuple(Word(unit.text, int(unit.own.sum())) for unit in evaluation.units if unit.text),
        )

    def document(self, document_id: str) -> Document:
        """Return one whole document."""
        return self._current().store.document(document_id)

    def paragraph(self, paragraph_id: str) -> tuple[Document, Paragraph]:
        """Return one paragraph with its document."""
        document = self._current().store.document_of(paragraph_id)
        for paragraph in document.paragraphs:
            if paragraph.id == paragraph_id:
                return document, paragraph
        raise IndexBrokenError(f"{self._index}: a paragraph of {document.id} is missing; run `yaodian check`")

    def documents(self) -> Sequence[DocumentSummary]:
        """Return all documents, sorted by place, year and title; 未注明 last."""
        return sorted(self._current().summaries, key=_place_and_year)

    def corpus(self) -> CorpusSize:
        """Return how large the corpus is."""
        return self._current().corpus

    def vocabulary(self) -> Mapping[str, int]:
        """Return every word of the index with the number of paragraphs that hold it; read once per build."""
        return self._current().vocabulary

    def headings(self) -> Mapping[str, int]:
        """Return every heading as published with the number of paragraphs under it; read once per build."""
        return self._current().headings

    def side_by_side(self, words: Sequence[str]) -> int:
        """Return how many paragraphs hold these words next to each other, in their text or in a heading above."""
        index = self._current().words
        return max(index.side_by_side(field, words) for field in FIELDS)

    def likely(self, folded: str, share: float) -> Sequence[tuple[DocumentSummary, Paragraph]]:
        """Return the paragraphs that may share so much of their text with a folded one; see ``compare.HasLikeness``."""
        build = self._current()
        numbers = likely(build.likeness, folded, share).tolist()
        owners = build.columns.owners[numbers]
        return [
            (build.summaries[owner], paragraph)
            for owner, paragraph in zip(owners, build.store.paragraphs(numbers), strict=True)
        ]

    def check(self) -> tuple[Problem, ...]:
        """Return what is wrong with the index."""
        folder = builds.current_build(self._index)
        stamp = builds.read_stamp(folder)
        try:
            problems = [*_unstamped(folder, stamp), *builds.damaged(folder, stamp)]
        except OSError as error:
            raise IndexBrokenError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error
        if not problems:
            _Open(folder)
        return tuple(problems)

    def close(self) -> None:
        """Let go of the open build."""
        with self._lock:
            if self._open is not None:
                self._open.words.close()
                self._open.store.close()
                self._open = None


def _unstamped(folder: Path, stamp: builds.Stamp) -> Iterator[Problem]:
    """Yield a problem for every file that a build must have and that its stamp does not know."""
    for name in (DOCUMENTS, COLUMNS, SOURCES, *QUOTATIONS):
        if name not in stamp.files and not (folder / name).is_file():
            yield Problem(str(folder / name), None, "is missing; run `yaodian index --rebuild`")
    if not any(name.startswith(f"{WORDS}/") for name in stamp.files):
        yield Problem(str(folder / WORDS), None, "is not in the stamp of the build; run `yaodian index --rebuild`")


def _part(unit: Unit, number: int, share: float) -> ScorePart:
    held: Literal["text", "expansion", "document", "nowhere"] = "nowhere"
    if unit.typed[number]:
        held = "text"
    elif unit.mask[number]:
        held = "expansion" if unit.own[number] else "document"
    score = float(unit.scores[number] * share) if unit.mask[number] else 0.0
    return ScorePart(unit.text, round(score, 4), round(unit.idf, 4), held)


def _all(masks: dict[str, Mask], mask: Mask) -> Mask:
    for other in masks.values():
        mask = mask & other
    return mask


def _ranked(build: _Open, query: Query, matching: np.ndarray, scores: Scores) -> np.ndarray:
    """Order matching paragraphs: by score, or by year and date and then score; ties in the order of the corpus."""
    keys = [matching, -scores[matching]]
    if query.sort != "relevance":
        years, dates = (column[matching].astype(np.int64) for column in build.columns.recency)
        unknown = np.iinfo(np.int64).max
        sign = -1 if query.sort == "newest" else 1
        for column in (dates, years):
            keys.append(np.where(column == 0, unknown, sign * column))
    return matching[np.lexsort(keys)]


def _place_and_year(summary: DocumentSummary) -> tuple[object, ...]:
    metadata = summary.metadata
    place = tuple((part is None, part or "") for part in (metadata.province, metadata.city, metadata.district))
    return (*place, min(metadata.years, default=9999), metadata.title, summary.id)
