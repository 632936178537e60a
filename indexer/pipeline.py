"""The straight line from files to an index that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from indexer.anchoring.vanished import History
from indexer.backend import CorpusSize
from indexer.builds import current_build, damaged, new_build, read_stamp
from indexer.corpus import CorpusReader, Indexed, OnProgress
from indexer.errors import IndexBrokenError, IndexMissingError
from indexer.models import Problem
from indexer.versions import reading_digest
from indexer.whoosh_backend.build import SOURCES, Leaving, known_sources, write_build
from indexer.whoosh_backend.schema import SCHEMA_VERSION
from indexer.whoosh_backend.segments.contents import CONTENTS


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
    on_progress: OnProgress = lambda _: None,
    history: History | None = None,
) -> BuildReport:
    """Make the index hold exactly the documents under ``paths``; files that did not change are not read again.

    The index is replaced when the new one is complete, and not at all if there is no document to put into it. Raises
    ``IndexBusyError`` while another build runs. ``on_progress`` is told of every document that was indexed, ``history``
    of what the index is about to lose; what it raises leaves the index as it was.
    """
    paragraphs = 0

    def on_document(indexed: Indexed) -> None:
        nonlocal paragraphs
        reader.done(indexed)
        paragraphs += indexed.paragraphs
        on_progress(reader.progress(indexed, paragraphs))

    with new_build(index) as folder:
        before = None if rebuild else _reusable(index)
        leaving, broken = _leaving(index, history)
        reader = CorpusReader(paths, None if before is None else known_sources(before))
        corpus = write_build(
            folder,
            reader.items(),
            lambda: msgspec.json.encode(reader.records),
            on_document=on_document,
            before=before,
            workers=workers,
            leaving=leaving,
        )
    lost = leaving.lost if leaving else broken
    return BuildReport(corpus, (*reader.problems, *lost), reader.files, reader.files_read)


def _leaving(index: Path, history: History | None) -> tuple[Leaving | None, tuple[Problem, ...]]:
    """Return the build that is to be replaced, if somebody wants to know what it had, or why it cannot be told."""
    try:
        return (None if history is None else Leaving(current_build(index), history)), ()
    except IndexMissingError:
        return None, ()
    except IndexBrokenError as error:
        message = f"the index before cannot be read ({error}): links to what it had cannot be followed"
        return None, (Problem(str(index), None, message, fatal=False),)


def _reusable(index: Path) -> Path | None:
    """Return the current build, if its documents were read by the same code and written in the same form.

    Its segments are not read through: damage inside them is found by ``yaodian check``.
    """
    try:
        folder = current_build(index)
        stamp = read_stamp(folder)
        if (stamp.reading, stamp.schema) != (reading_digest(), SCHEMA_VERSION):
            return None
        if any(damaged(folder, stamp, (SOURCES, CONTENTS))):
            return None
        known_sources(folder)
    except (IndexMissingError, IndexBrokenError):
        return None
    return folder
