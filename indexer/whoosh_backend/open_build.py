"""One build of an index, open for reading."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import numpy as np

from indexer import builds
from indexer.errors import IndexBrokenError
from indexer.linelist import LineList, LinePart
from indexer.versions import matching_digest
from indexer.whoosh_backend.arrays import Mask
from indexer.whoosh_backend.duplicates import LikenessColumns
from indexer.whoosh_backend.entered import read_entered
from indexer.whoosh_backend.evaluate import Evaluator
from indexer.whoosh_backend.fields import DocumentFields
from indexer.whoosh_backend.filters import FacetColumns
from indexer.whoosh_backend.matching import Matcher
from indexer.whoosh_backend.owners import Owners
from indexer.whoosh_backend.quotations import QuotationIndex
from indexer.whoosh_backend.reuse.answers import ReuseIndex
from indexer.whoosh_backend.reuse.clusters import REUSE, read_clusters
from indexer.whoosh_backend.schema import SCHEMA_VERSION
from indexer.whoosh_backend.scoring import Scorer
from indexer.whoosh_backend.segments.contents import open_segments
from indexer.whoosh_backend.segments.store import DocumentStore, joined, numbered_through
from indexer.whoosh_backend.words import FIELDS, WordIndex
from indexer.wordlist import WordList


class OpenBuild:
    """One build, open: its documents, words, quotations and columns, and what evaluates queries over them."""

    def __init__(self, folder: Path) -> None:
        self.stamp = builds.read_stamp(folder)
        self._folder = folder
        if (self.stamp.schema, self.stamp.matching) != (SCHEMA_VERSION, matching_digest()):
            raise IndexBrokenError(f"{folder}: was built by another version of Yaodian; run `yaodian index`")
        try:
            segments = open_segments(folder)
            self.store = DocumentStore((segment.texts, segment.alive) for segment in segments)
            self.words = WordIndex([segment.words for segment in segments])
            self.summaries = self.store.summaries()
            owners = numbered_through(
                [segment.columns.documents for segment in segments], [s.texts.documents for s in segments]
            )
            self.likeness = LikenessColumns(
                joined([segment.columns.fingerprints for segment in segments]),
                joined([segment.columns.sketches for segment in segments]),
            )
            alive = self.store.alive
            self.deleted: dict[str, Mask] = {} if alive.all() else {"deleted": alive}
            """A filter over documents that every query has, where any are deleted."""
            suggestions = [(segment, segment.suggestions) for segment in segments]
            self.heading_lines = LineList(
                LinePart(theirs.headings, segment.alive, segment.texts.identity) for segment, theirs in suggestions
            )
            self.title_lines = LineList(
                (LinePart(theirs.titles, segment.alive, segment.texts.identity) for segment, theirs in suggestions),
                together=False,
            )
            living = alive[owners] if self.deleted else None
            paragraphs = self.words.count if living is None else int(np.count_nonzero(living))
            held = (int(alive.sum()), paragraphs, self.words.count)
            if held != (self.stamp.documents, self.stamp.paragraphs, len(owners)):
                raise IndexBrokenError(
                    f"{folder}: holds {held[0]} documents and {held[1]} paragraphs ({held[2]} with words), not the "
                    f"{self.stamp.documents} and {self.stamp.paragraphs} of its stamp; run `yaodian index --rebuild`"
                )
            self.owners = Owners(owners, len(self.summaries))
            known = list(self.store.known())
            self.columns = FacetColumns(known)
            self.matcher = Matcher(self.words, QuotationIndex([segment.quotes for segment in segments]), living)
            self.vocabulary = WordList(
                (theirs.words for _, theirs in suggestions), self._spread if self.deleted else None
            )
            letters = joined([segment.columns.letters for segment in segments])
            clusters = read_clusters(folder / REUSE, len(owners))
            self.reuse = ReuseIndex(clusters, self.owners, known, letters, self.store)
            fields = DocumentFields(known, self.columns, WordIndex([segment.fields for segment in segments]))
            self.evaluator = Evaluator(
                self.matcher,
                Scorer({field: self.words.lengths(field) for field in FIELDS}, living),
                fields,
                self.owners,
            )
        except IndexBrokenError:
            raise
        except Exception as error:  # Whoosh, numpy and msgspec have no common base for a damaged file
            raise IndexBrokenError(
                f"{folder}: cannot be opened ({error}); run `yaodian check`, then `yaodian index --rebuild`"
            ) from error
        self.corpus = self.stamp.corpus(folder.name)

    @cached_property
    def entered(self) -> Mapping[str, str]:
        """When each document came, by its id; read when first asked for. Raises ``IndexBrokenError``."""
        return read_entered(self._folder)

    def _spread(self, word: str) -> int:
        """Return how many paragraphs that are not deleted hold a word, in the field where more do."""
        return max(len(self.matcher.near(field, [(word,)])[0]) for field in FIELDS)

    def close(self) -> None:
        """Let go of the files; idempotent."""
        self.store.close()
