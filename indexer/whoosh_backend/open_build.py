"""One build of an index, open for reading."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from indexer import builds
from indexer.errors import IndexBrokenError
from indexer.versions import matching_digest
from indexer.whoosh_backend.build import COLUMNS, DOCUMENTS, WORDS
from indexer.whoosh_backend.duplicates import LikenessColumns
from indexer.whoosh_backend.evaluate import Evaluator
from indexer.whoosh_backend.fields import DocumentFields
from indexer.whoosh_backend.filters import FacetColumns
from indexer.whoosh_backend.matching import Matcher
from indexer.whoosh_backend.owners import Owners
from indexer.whoosh_backend.quotations import QuotationIndex
from indexer.whoosh_backend.schema import SCHEMA_VERSION
from indexer.whoosh_backend.scoring import Scorer
from indexer.whoosh_backend.store import DocumentStore
from indexer.whoosh_backend.words import FIELDS, Field, WordIndex


class OpenBuild:
    """One build, open: its documents, words, quotations and columns, and what evaluates queries over them."""

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
                lengths: dict[Field, NDArray[np.int32]] = {field: arrays[field] for field in FIELDS}
                self.likeness = LikenessColumns(arrays["fingerprints"], arrays["sketches"])
            held = (len(self.summaries), len(owners), self.words.count)
            if held != (self.stamp.documents, self.stamp.paragraphs, self.stamp.paragraphs):
                raise IndexBrokenError(
                    f"{folder}: holds {held[0]} documents and {held[1]} paragraphs ({held[2]} with words), not the "
                    f"{self.stamp.documents} and {self.stamp.paragraphs} of its stamp; run `yaodian index --rebuild`"
                )
            self.owners = Owners(owners, len(self.summaries))
            self.columns = FacetColumns(self.summaries)
            self.matcher = Matcher(self.words, QuotationIndex(folder))
            fields = DocumentFields(self.summaries)
            self.evaluator = Evaluator(self.matcher, Scorer(lengths), fields, self.owners)
        except IndexBrokenError:
            raise
        except Exception as error:  # Whoosh, numpy, SQLite and msgspec have no common base for a damaged file
            raise IndexBrokenError(
                f"{folder}: cannot be opened ({error}); run `yaodian check`, then `yaodian index --rebuild`"
            ) from error
        self.corpus = self.stamp.corpus(folder.name)

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """Every word with the number of paragraphs that hold it."""
        return MappingProxyType(self.words.vocabulary())

    @cached_property
    def headings(self) -> Mapping[str, int]:
        """Every heading with the number of paragraphs under it."""
        return MappingProxyType(self.store.headings())

    def close(self) -> None:
        """Let go of the files; idempotent."""
        self.words.close()
        self.store.close()
