"""The straight line from files to an index that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from indexer.backend import CorpusSize
from indexer.builds import current_build, damaged, new_build, read_stamp
from indexer.corpus import CorpusReader, KnownSources, OnFile, SourceRecord
from indexer.errors import IndexBrokenError, IndexMissingError
from indexer.models import Problem
from indexer.versions import reading_digest
from indexer.whoosh_backend.build import DOCUMENTS, SOURCES, write_build
from indexer.whoosh_backend.store import DocumentStore


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the corpus as it is now (``None`` if nothing could be read), and what a person should see."""

    corpus: CorpusSize | None
    problems: tuple[Problem, ...]
    files: int
    files_read: int


def build(
    paths: Sequence[Path],
    index: Path,
    *,
    rebuild: bool = False,
    workers: int = 1,
    on_file: OnFile = lambda *_: None,
) -> BuildReport:
    """Make the index hold exactly the documents under ``paths``; files that did not change are not read again.

    The index is replaced when the new one is complete, and not at all if there is no document to put into it. Raises
    ``IndexBusyError`` while another build runs. ``on_file`` is told how many files of how many are done, and which.
    """
    with new_build(index) as folder:
        store = None if rebuild else _reusable(index)
        try:
            known = None
            if store is not None:
                records = msgspec.json.decode((current_build(index) / SOURCES).read_bytes(), type=list[SourceRecord])
                known = KnownSources({record.path: record for record in records}, store.by_path)
            reader = CorpusReader(paths, known, workers, on_file)
            corpus = write_build(folder, reader.documents(), lambda: msgspec.json.encode(reader.records))
        finally:
            if store is not None:
                store.close()
    return BuildReport(corpus, tuple(reader.problems), reader.files, reader.files_read)


def _reusable(index: Path) -> DocumentStore | None:
    """Open the documents of the current build, if they were read by the same code and are as they were written."""
    try:
        folder = current_build(index)
        stamp = read_stamp(folder)
        if stamp.reading != reading_digest() or any(damaged(folder, stamp, (DOCUMENTS, SOURCES))):
            return None
        return DocumentStore(folder / DOCUMENTS)
    except (IndexMissingError, IndexBrokenError):
        return None
