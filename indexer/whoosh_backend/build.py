"""Writing a build: new documents to segments, those that stay taken over, many segments merged, and the stamp."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer import lexicon, thesaurus
from indexer.anchoring.vanished import History
from indexer.backend import CorpusSize
from indexer.builds import Stamp, digests, publish, read_stamp
from indexer.corpus import Job, Kept, KnownSources, SourceRecord
from indexer.errors import IndexBrokenError, IndexWriteError
from indexer.models import Document, Problem
from indexer.versions import matching_digest, reading_digest
from indexer.whoosh_backend.codec.segment import new_name
from indexer.whoosh_backend.entered import write_entered
from indexer.whoosh_backend.indexing import OnDocument, index_jobs
from indexer.whoosh_backend.reuse.clusters import NOTHING, REUSE, Columns, find_clusters, read_compared, write_clusters
from indexer.whoosh_backend.schema import SCHEMA_VERSION
from indexer.whoosh_backend.segments.contents import (
    WORDS,
    chosen_for_merging,
    keep_segments,
    open_segments,
    write_contents,
)
from indexer.whoosh_backend.segments.departures import Departures
from indexer.whoosh_backend.segments.segment import FILES, Segment, merge_segments
from indexer.whoosh_backend.segments.store import DocumentStore, joined

SOURCES = "sources.json"


class Leaving:
    """The build that a new one takes the place of, and who is told what vanishes with it.

    ``lost`` says what could not be told, since the old build is damaged or of another version.
    """

    def __init__(self, folder: Path, history: History) -> None:
        self.lost: tuple[Problem, ...] = ()
        self._folder = folder
        self._history = history

    def tell(self, segments: list[Segment]) -> None:
        """Tell what the old build has and these segments have not. Raises what the history raises."""
        try:
            stamp = read_stamp(self._folder)
            if stamp.schema != SCHEMA_VERSION:
                raise IndexBrokenError("it has the form of another version")
            departures = Departures(open_segments(self._folder), segments)
        except Exception as error:  # whatever is wrong with the old build, the new one is there to mend it
            self._lose(f"the index before cannot be read ({error})")
            return
        if departures:
            self._history(departures.vanished(self._folder.name, stamp.built))
        if departures.unreadable:
            self._lose(f"{len(departures.unreadable)} documents of the index before are damaged")

    def _lose(self, reason: str) -> None:
        message = f"{reason}: links to paragraphs that it had, and this one has not, cannot be followed"
        self.lost = (Problem(str(self._folder), None, message, fatal=False),)


def write_build(
    folder: Path,
    items: Iterable[Job | Kept],
    sources: Callable[[], bytes],
    *,
    on_document: OnDocument,
    before: Path | None = None,
    workers: int = 1,
    leaving: Leaving | None = None,
) -> CorpusSize | None:
    """Write documents as a new build and make it current; ``None``, and no change, where there were none.

    What is ``Kept`` is taken from the build ``before``. ``sources`` is asked, once the documents are written, for the
    record of the files they came from. ``leaving`` is told what the build that answers has and the new one has not.
    """
    kept: list[str] = []
    words = folder / WORDS
    words.mkdir()
    fresh = index_jobs(words, _jobs(items, kept), workers, on_document)
    segments = keep_segments(before, folder, kept) if before and kept else []
    if sum(_counts(segment)[0] for segment in segments) != len(kept):
        raise IndexBrokenError(f"{before}: lacks documents that it should have; run `yaodian index --rebuild`")
    taken_over = {segment.name for segment in segments}
    if len(fresh) > 1:
        segments.append(_merged(words, [Segment(words, name) for name in fresh]))
    else:
        segments += [Segment(words, name) for name in fresh]
    segments = _settled(words, segments)
    if not segments:
        return None
    _see_that_ids_differ(segments)
    for segment in segments:
        segment.complete()
    documents, paragraphs = (sum(counts) for counts in zip(*map(_counts, segments), strict=True))
    write_contents(folder, segments)
    _write_reuse(folder, segments, before)
    (folder / SOURCES).write_bytes(sources())
    built = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    write_entered(folder, _living_ids(segments), built)
    stamp = Stamp(
        schema=SCHEMA_VERSION,
        lexicon=lexicon.digest(),
        thesaurus=thesaurus.digest(),
        matching=matching_digest(),
        reading=reading_digest(),
        documents=documents,
        paragraphs=paragraphs,
        built=built,
        files=digests(folder, _stamped(before, taken_over)),
    )
    if leaving is not None:  # recorded first: killed between the two, the history knows too much, never too little
        leaving.tell(segments)
    publish(folder, stamp)
    return stamp.corpus(folder.name)


def known_sources(folder: Path) -> KnownSources:
    """Return what a build remembers of the files it was made from; raises ``IndexBrokenError``."""
    try:
        records = msgspec.json.decode((folder / SOURCES).read_bytes(), type=list[SourceRecord])
    except (OSError, ValueError) as error:
        raise IndexBrokenError(
            f"{folder / SOURCES}: cannot be read ({error}); run `yaodian index --rebuild`"
        ) from error
    store = DocumentStore((segment.texts, segment.alive) for segment in open_segments(folder))
    return KnownSources({record.path: record for record in records}, store.document)


def write_documents(folder: Path, documents: Iterable[Document]) -> CorpusSize | None:
    """Write documents that come from no files as a new build; see ``write_build``."""
    jobs = (Job(0, 0, document, document.id, 1, None) for document in documents)
    return write_build(folder, jobs, lambda: b"[]", on_document=lambda _: None)


def _jobs(items: Iterable[Job | Kept], kept: list[str]) -> Iterator[Job]:
    """Yield what has to be indexed, and collect the ids of what has not."""
    for item in items:
        if isinstance(item, Kept):
            kept.append(item.id)
        else:
            yield item


def _settled(words: Path, segments: list[Segment]) -> list[Segment]:
    """Merge what has become too many segments, or too full of deleted documents."""
    held = [(_counts(segment)[1], segment.texts.paragraphs) for segment in segments]
    chosen = chosen_for_merging(held)
    if not chosen:
        return segments
    merged = _merged(words, [segments[number] for number in chosen])
    return [segment for number, segment in enumerate(segments) if number not in chosen] + [merged]


def _merged(words: Path, segments: list[Segment]) -> Segment:
    name = new_name()
    merge_segments(segments, words, name)
    for segment in segments:
        for extension in FILES:
            (words / f"{segment.name}{extension}").unlink(missing_ok=True)  # suggestions are written last
    return Segment(words, name)


def _write_reuse(folder: Path, segments: list[Segment], before: Path | None) -> None:
    """Cluster the paragraphs that are nearly the same, by what the build before compared where there is one."""
    living = [segment.paragraphs_alive for segment in segments]
    columns = Columns(
        fingerprints=joined([segment.columns.fingerprints for segment in segments]),
        sketches=joined([segment.columns.sketches for segment in segments]),
        letters=joined([segment.columns.letters for segment in segments]),
        alive=np.concatenate(
            [
                np.ones(segment.texts.paragraphs, np.bool_) if alive is None else alive
                for segment, alive in zip(segments, living, strict=True)
            ]
        ),
    )
    store = DocumentStore((segment.texts, segment.alive) for segment in segments)
    known = read_compared(before / REUSE) if before else NOTHING
    found = find_clusters(columns, lambda numbers: [each.folded for each in store.paragraphs(numbers)], known)
    write_clusters(folder / REUSE, *found)


def _see_that_ids_differ(segments: list[Segment]) -> None:
    """Fail rather than mix two documents up: see docs/decisions/0003-paragraph-ids.md."""
    ids, counts = np.unique(np.concatenate(_alive(segments)), return_counts=True)
    if counts.max(initial=0) > 1:
        name = ids[counts.argmax()].decode()
        raise IndexWriteError(f"two documents have the id {name}; the index stays as it was; leave one of them out")


def _living_ids(segments: list[Segment]) -> Iterator[str]:
    """Yield the ids of the documents that are not deleted."""
    return (identity.decode() for ids in _alive(segments) for identity in ids.tolist())


def _alive(segments: list[Segment]) -> list[NDArray[np.bytes_]]:
    return [segment.texts.ids[slice(None) if segment.alive is None else segment.alive] for segment in segments]


def _counts(segment: Segment) -> tuple[int, int]:
    """Return how many documents and paragraphs of a segment are not deleted."""
    alive, kept = segment.alive, segment.paragraphs_alive
    if alive is None or kept is None:
        return segment.texts.documents, segment.texts.paragraphs
    return int(alive.sum()), int(kept.sum())


def _stamped(before: Path | None, taken_over: set[str]) -> dict[str, str]:
    """Return the checksums of files of the build before that are files of this one too."""
    if before is None or not taken_over:
        return {}
    names = {f"{WORDS}/{name}{extension}" for name in taken_over for extension in FILES}
    return {name: digest for name, digest in read_stamp(before).files.items() if name in names}
