"""Writing a build: documents to SQLite, words to Whoosh, lines for exact quotation, columns for facets, the stamp."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indexer import lexicon, thesaurus
from indexer.analysis import tokenize
from indexer.backend import CorpusSize
from indexer.builds import Stamp, digests, publish
from indexer.models import Document, Paragraph
from indexer.versions import matching_digest, reading_digest
from indexer.whoosh_backend.duplicates import likeness_columns
from indexer.whoosh_backend.quotations import write_quotations
from indexer.whoosh_backend.schema import SCHEMA_VERSION
from indexer.whoosh_backend.store import DocumentStore, write_documents
from indexer.whoosh_backend.words import write_words

DOCUMENTS, WORDS, COLUMNS, SOURCES = "documents.db", "words", "columns.npz", "sources.json"


def write_build(folder: Path, documents: Iterator[Document], sources: Callable[[], bytes]) -> CorpusSize | None:
    """Write documents as a new build and make it current; ``None``, and no change, where there were none.

    ``sources`` is asked, once the documents are written, for the record of the files they came from.
    """
    owners = write_documents(folder / DOCUMENTS, documents)
    store = DocumentStore(folder / DOCUMENTS)
    try:
        count = len(store.summaries())
        if not count:
            return None
        paragraphs = write_words(folder / WORDS, store.all_paragraphs())
        write_quotations(folder, store.all_paragraphs())
        _write_columns(folder / COLUMNS, owners, store.all_paragraphs())
    finally:
        store.close()
    (folder / SOURCES).write_bytes(sources())
    stamp = Stamp(
        schema=SCHEMA_VERSION,
        lexicon=lexicon.digest(),
        thesaurus=thesaurus.digest(),
        matching=matching_digest(),
        reading=reading_digest(),
        documents=count,
        paragraphs=paragraphs,
        built=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        files=digests(folder),
    )
    publish(folder, stamp)
    return stamp.corpus(folder.name)


def _write_columns(path: Path, owners: list[int], paragraphs: Iterator[Paragraph]) -> None:
    """Write, per paragraph, its document's number, how many words it and its section path have, and its likeness."""
    lengths: list[tuple[int, int]] = []

    def texts() -> Iterator[str]:
        for paragraph in paragraphs:
            lengths.append((_words(paragraph.folded), sum(map(_words, paragraph.section_folded))))
            yield paragraph.folded

    alike = likeness_columns(texts())
    body, section = np.array(lengths, np.int32).reshape(-1, 2).T
    np.savez(
        path,
        documents=np.array(owners, np.int32),
        body=body,
        section=section,
        fingerprints=alike.fingerprints,
        sketches=alike.sketches,
    )


def _words(folded: str) -> int:
    return sum(1 for _ in tokenize(folded))
