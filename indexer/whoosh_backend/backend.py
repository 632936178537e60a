"""The search backend over a Whoosh index: opens the current build, and another when it changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import numpy as np

from indexer import builds
from indexer.backend import CorpusSize, DocumentSummary, ResultPage, Spread
from indexer.compare.clusters import Cluster, ClusterPage
from indexer.errors import IndexBrokenError
from indexer.identity import characters_part
from indexer.linelist import LineList
from indexer.models import Document, Paragraph, Problem
from indexer.query import Filters, Query
from indexer.whoosh_backend.answering import answer, result_page
from indexer.whoosh_backend.build import SOURCES
from indexer.whoosh_backend.duplicates import likely
from indexer.whoosh_backend.open_build import OpenBuild
from indexer.whoosh_backend.reuse.clusters import REUSE
from indexer.whoosh_backend.segments.contents import CONTENTS, WORDS
from indexer.whoosh_backend.words import FIELDS
from indexer.wordlist import WordList


class WhooshBackend:
    """A ``SearchBackend`` over ``index/``; safe to call from several threads."""

    def __init__(self, index: Path) -> None:
        self._index = index
        self._lock = Lock()
        self._open: OpenBuild | None = None

    def _current(self) -> OpenBuild:
        """Return the open build, opening the current one if it changed; readers of the old one keep theirs."""
        name = builds.current_name(self._index)
        with self._lock:
            if self._open is None or self._open.corpus.build != name:
                self._open = OpenBuild(builds.current_build(self._index))
            return self._open

    def search(self, query: Query) -> ResultPage:
        """Answer a query; see ``SearchBackend.search``."""
        build = self._current()
        started = time.perf_counter()
        with self._noticing_damage():
            found = answer(build, query)
            took = (time.perf_counter() - started) * 1000
            return result_page(build, query, found, took)

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
        return sorted(self._current().store.listed(), key=_place_and_year)

    def entered(self) -> Mapping[str, str]:
        """Return when each document came into the index (UTC, ISO 8601), by its id."""
        return self._current().entered

    def corpus(self) -> CorpusSize:
        """Return how large the corpus is."""
        return self._current().corpus

    def vocabulary(self) -> WordList:
        """Return every word of the index with the number of paragraphs that hold it, and by what it is like."""
        return self._current().vocabulary

    def headings_of(self, document_id: str) -> Mapping[str, int]:
        """Return the headings of one document as published, with the number of paragraphs under each."""
        return self._current().store.headings_of(document_id)

    def heading_lines(self) -> LineList:
        """Return the headings worth suggesting, to be found by a part of them."""
        return self._current().heading_lines

    def title_lines(self) -> LineList:
        """Return the titles of documents, to be found by a part of them."""
        return self._current().title_lines

    def side_by_side(self, words: Sequence[str]) -> int:
        """Return how many paragraphs hold these words next to each other, in their text or in a heading above."""
        matcher = self._current().matcher
        with self._noticing_damage():
            return max(len(matcher.side_by_side(field, words)[0]) for field in FIELDS)

    @contextmanager
    def _noticing_damage(self) -> Iterator[None]:
        """Say that the index is damaged where its arrays do not fit together, which is checked nowhere beforehand."""
        try:
            yield
        except (IndexError, ValueError, OverflowError) as error:
            raise IndexBrokenError(
                f"{self._index}: is damaged ({error}); run `yaodian check`, then `yaodian index --rebuild`"
            ) from error

    def likely(self, folded: str, least: int) -> Sequence[tuple[DocumentSummary, Paragraph]]:
        """Return the paragraphs whose sketches agree so far with that of a folded text; see ``compare.HasLikeness``."""
        build = self._current()
        numbers = likely(build.likeness, folded, least)
        numbers = numbers[build.store.alive[build.owners.of(numbers)]]
        owners = build.owners.of(numbers).tolist()
        paragraphs = build.store.paragraphs(numbers.tolist())
        return [(build.summaries[owner], paragraph) for owner, paragraph in zip(owners, paragraphs, strict=True)]

    def clusters(self, filters: Filters, wanted: slice, *, within: bool, shown: int) -> ClusterPage:
        """Return clusters of text that is used again; see ``compare.HasClusters``."""
        build = self._current()
        masks = list(build.columns.masks(filters).values())
        with self._noticing_damage():
            documents = np.logical_and.reduce(masks) if masks else None
            return build.reuse.page(documents, wanted, within=within, shown=shown)

    def cluster(self, paragraph_id: str, wanted: slice) -> Cluster | None:
        """Return the cluster of a paragraph; see ``compare.HasClusters``."""
        build = self._current()
        number = build.store.number_of(paragraph_id)
        with self._noticing_damage():
            return build.reuse.of(number, wanted)

    def spreads(self, paragraph_ids: Sequence[str]) -> Sequence[Spread | None]:
        """Return how far the texts of paragraphs are spread; see ``compare.HasClusters``."""
        build = self._current()
        numbers = [build.store.number_of(each) for each in paragraph_ids]
        with self._noticing_damage():
            return build.reuse.spreads(numbers)

    def with_same_characters(self, paragraph_id: str) -> Sequence[tuple[DocumentSummary, Paragraph]]:
        """Return the paragraphs of the characters that an id stands for; see ``history.resolve.HasTwins``."""
        build = self._current()
        numbers = build.store.with_same_characters(characters_part(paragraph_id))
        owners = build.owners.of(np.array(numbers, np.int32)).tolist()
        paragraphs = build.store.paragraphs(numbers)
        return [(build.summaries[owner], paragraph) for owner, paragraph in zip(owners, paragraphs, strict=True)]

    def check(self) -> tuple[Problem, ...]:
        """Return what is wrong with the index."""
        folder = builds.current_build(self._index)
        stamp = builds.read_stamp(folder)
        try:
            problems = [*_unstamped(folder, stamp), *builds.damaged(folder, stamp)]
        except OSError as error:
            raise IndexBrokenError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error
        if not problems:
            OpenBuild(folder)
        return tuple(problems)

    def close(self) -> None:
        """Let go of the open build."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None


def _unstamped(folder: Path, stamp: builds.Stamp) -> Iterator[Problem]:
    """Yield a problem for every file that a build must have and that its stamp does not know."""
    for name in (CONTENTS, SOURCES, REUSE):
        if name not in stamp.files and not (folder / name).is_file():
            yield Problem(str(folder / name), None, "is missing; run `yaodian index --rebuild`")
    if not any(name.startswith(f"{WORDS}/") for name in stamp.files):
        yield Problem(str(folder / WORDS), None, "is not in the stamp of the build; run `yaodian index --rebuild`")


def _place_and_year(summary: DocumentSummary) -> tuple[object, ...]:
    metadata = summary.metadata
    place = tuple((part is None, part or "") for part in (metadata.province, metadata.city, metadata.district))
    return (*place, min(metadata.years, default=9999), metadata.title, summary.id)
