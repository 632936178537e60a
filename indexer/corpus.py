"""From paths to what a build needs: texts that have to be read, and documents that stay as the build before has them.

Here it is decided, in the order of the corpus and by one process, which copy of a text a document is and what a person
knows about it; reading a text into a document (``read``) can then be done anywhere.
"""

from __future__ import annotations

import hashlib
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from indexer.builds import is_in_build
from indexer.corpus_csv import Correction, corrected, is_web_address, read_corrections
from indexer.identity import document_id
from indexer.models import Document, Problem, SourceText
from indexer.reading import given_id, read_document
from indexer.sources import discover, read_sources, shown_path

CORRECTIONS = "corpus.csv"
_RACY_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again within the same time stamp, and is read again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: files and bytes of the corpus done, of how many, the file at hand, and paragraphs indexed."""

    files: int
    of_files: int
    octets: int
    of_octets: int
    path: Path
    paragraphs: int


OnProgress = Callable[[Progress], None]


class DocumentRecord(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a document, so that it need not be looked at again while nothing about it changes."""

    id: str
    first_id: str
    """The id that it has, or would have, as the first of all copies of its text."""
    occurrence: int
    line: int | None
    sha256: str
    correction: str
    """A digest of what a person knew about it, empty if nothing."""
    notices: list[Problem]


class SourceRecord(msgspec.Struct, frozen=True):
    """What is remembered of a source file, so that it need not be read again while it stays as it was."""

    path: str
    size: int
    modified_ns: int
    read_ns: int
    problems: list[Problem]
    documents: list[DocumentRecord]


@dataclass(frozen=True, slots=True)
class KnownSources:
    """What the build before knew: the record of every file by path, and how to get one of its documents by id."""

    records: Mapping[str, SourceRecord]
    document: Callable[[str], Document]


@dataclass(frozen=True, slots=True)
class Job:
    """A document to be read (or taken as it was read before) and indexed.

    ``file`` counts the files of the corpus; ``octets`` is how much of it was behind the document when it was met.
    """

    file: int
    octets: int
    item: SourceText | Document
    first_id: str
    occurrence: int
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is told of a job that is done: where it came from, what is to be remembered, and how many paragraphs."""

    file: int
    octets: int
    record: DocumentRecord
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A document of the build before that stays as it is."""

    id: str


class CorpusReader:
    """Reads the files under some paths; what to make of each document is asked for in the order of the corpus.

    Who reads a job says so by ``done``. ``problems`` and ``records`` are whole when that was said of every job.
    """

    def __init__(self, paths: Sequence[Path], known: KnownSources | None) -> None:
        self._known = known
        found = list(discover(paths))
        self._paths = [item for item in found if isinstance(item, Path) and not is_in_build(item)]
        self._problems: list[Problem] = [item for item in found if isinstance(item, Problem)]
        self._records: list[SourceRecord | Problem] = []
        """One per file, a problem where the system does not even say what kind of file it is."""
        self.files = len(self._paths)
        self._sizes = [_size(path) for path in self._paths]
        self._of_octets = sum(self._sizes)
        self._octets = 0
        """Bytes of the corpus that were looked at so far."""
        self.files_read = 0
        self._corrections: list[tuple[Path, Mapping[str, Correction]]] = []
        self._unused: dict[tuple[Path, int], str] = {}
        """Corrections that have met no document yet: folder and line -> path or sha256."""
        for folder in paths:
            corrections, problems = _read_corrections(folder / CORRECTIONS)
            self._corrections.append((folder, corrections))
            for key, correction in corrections.items():
                self._unused.setdefault((folder, correction.line), key)
            self._problems.extend(problems)

    def items(self) -> Iterator[Job | Kept]:
        """Yield every document of the corpus, in its order."""
        occurrences: Counter[str] = Counter()
        behind = 0
        for file, path in enumerate(self._paths):
            self._octets = behind
            yield from self._items(file, path, behind, occurrences)
            behind += self._sizes[file]

    def documents(self) -> Iterator[Document]:
        """Yield every document, read here and now."""
        for item in self.items():
            if isinstance(item, Kept):
                assert self._known is not None
                yield self._known.document(item.id)
            else:
                document = read(item)
                self.done(indexed(item, document))
                yield document

    def progress(self, indexed: Indexed, paragraphs: int) -> Progress:
        """Return how far a build is that has indexed a document, and so many paragraphs with it."""
        path = self._paths[indexed.file]
        return Progress(indexed.file, self.files, indexed.octets, self._of_octets, path, paragraphs)

    def done(self, indexed: Indexed) -> None:
        """Take note of a document that was read."""
        self._remember(indexed.file, indexed.record)

    def _remember(self, file: int, document: DocumentRecord) -> None:
        of_file = self._records[file]
        assert isinstance(of_file, SourceRecord)
        of_file.documents.append(document)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What a person should see, in the order of the corpus; corrections that met no document come last."""
        found = list(self._problems)
        for record in self._records:
            if isinstance(record, Problem):
                found.append(record)
                continue
            found += record.problems
            for document in sorted(record.documents, key=lambda each: each.line or 0):
                found += document.notices
        for (folder, line), key in self._unused.items():
            message = f"no document is {key!r}; write its path from {folder.as_posix()}, or its sha256"
            found.append(Problem(str(folder / CORRECTIONS), line, message, fatal=False))
        return tuple(found)

    @property
    def records(self) -> list[SourceRecord]:
        """What is to be remembered of every file."""
        return [record for record in self._records if isinstance(record, SourceRecord)]

    def _items(self, file: int, path: Path, behind: int, occurrences: Counter[str]) -> Iterator[Job | Kept]:
        """Yield what one file holds, from the build before if the file is as it was then.

        ``behind`` is how many bytes of the corpus the files before it have.
        """

        def at(octets: int) -> None:
            self._octets = behind + octets

        name = shown_path(path)
        try:
            status = path.stat()
        except OSError as error:
            self._records.append(Problem(name, None, f"cannot be read: {error.strerror}"))
            return
        before = self._known.records.get(name) if self._known else None
        if (
            before is not None
            and (before.size, before.modified_ns) == (status.st_size, status.st_mtime_ns)
            and before.read_ns - before.modified_ns > _RACY_NS
        ):
            self._records.append(msgspec.structs.replace(before, documents=[]))
            for document in before.documents:
                yield self._known_document(file, name, document, occurrences)
            return
        self.files_read += 1
        record = SourceRecord(name, status.st_size, status.st_mtime_ns, time.time_ns(), [], [])
        self._records.append(record)
        known = {(each.line, each.sha256): each for each in before.documents} if before else {}
        for item in read_sources(path, name=name, at=at):
            if isinstance(item, Problem):
                record.problems.append(item)
                continue
            unchanged = known.get((item.line, item.sha256))
            if unchanged is not None:
                yield self._known_document(file, name, unchanged, occurrences)
            else:
                first = document_id(item.text, given_id(item))
                occurrences[first] += 1
                yield Job(file, self._octets, item, first, occurrences[first], self._correction(name, item.sha256))

    def _known_document(self, file: int, path: str, document: DocumentRecord, occurrences: Counter[str]) -> Job | Kept:
        """Keep a document that was read before, unless it is another copy of its text, or described otherwise, now."""
        occurrences[document.first_id] += 1
        occurrence = occurrences[document.first_id]
        correction = self._correction(path, document.sha256)
        if (occurrence, _digest(correction)) == (document.occurrence, document.correction):
            self._remember(file, document)
            return Kept(document.id)
        assert self._known is not None
        stored = self._known.document(document.id)
        if occurrence != document.occurrence:  # one of several copies of the same text was added or removed before it
            return Job(file, self._octets, stored.source, document.first_id, occurrence, correction)
        as_read = replace(stored, metadata=stored.automatic or stored.metadata, automatic=None)
        return Job(file, self._octets, as_read, document.first_id, occurrence, correction)

    def _correction(self, path: str, sha256: str) -> Correction | None:
        """Return what a person knows about a document; of several folders that say something, the first counts."""
        found: list[Correction] = []
        for folder, corrections in self._corrections:
            if not corrections:
                continue
            relative = Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path
            correction = corrections.get(relative) or corrections.get(path) or corrections.get(sha256)
            if correction is not None:
                self._unused.pop((folder, correction.line), None)
                found.append(correction)
        return found[0] if found else None


def read(job: Job) -> Document:
    """Read the document of a job, corrected by what a person knows."""
    if isinstance(job.item, Document):
        document = job.item
    else:
        document = _without_bad_address(read_document(job.item, job.occurrence))
    if job.correction is None:
        return document
    return replace(document, metadata=corrected(document.metadata, job.correction), automatic=document.metadata)


def indexed(job: Job, document: Document) -> Indexed:
    """Return what is to be told of a document that was read."""
    record = DocumentRecord(
        document.id,
        job.first_id,
        job.occurrence,
        document.source.line,
        document.source.sha256,
        _digest(job.correction),
        list(document.notices),
    )
    return Indexed(job.file, job.octets, record, len(document.paragraphs))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # which is said when the file is to be read
        return 0


def _digest(correction: Correction | None) -> str:
    return hashlib.sha256(repr(correction.fields).encode()).hexdigest()[:16] if correction else ""


def _without_bad_address(document: Document) -> Document:
    """Drop a ``source_url`` that came with a text and is no web address: it is given out, and ``javascript:`` runs."""
    metadata, source = document.metadata, document.source
    address = metadata.source_url
    if address is None or is_web_address(address):
        return document
    message = f"source_url {address[:60]!r} is no web address and is left out; write http://... or https://..."
    evidence = tuple(item for item in metadata.evidence if item[0] != "source_url")
    return replace(
        document,
        metadata=replace(metadata, source_url=None, evidence=evidence),
        notices=(*document.notices, Problem(source.path, source.line, message, fatal=False)),
    )


def _read_corrections(path: Path) -> tuple[Mapping[str, Correction], tuple[Problem, ...]]:
    """Read a corpus.csv that is a file; a pipe of that name would be waited for for ever."""
    try:
        mode = path.stat().st_mode
    except OSError:  # none there; a folder that cannot be read was reported when it was searched
        return {}, ()
    if not stat.S_ISREG(mode):
        return {}, (Problem(shown_path(path), None, "is no regular file and was not read", fatal=False),)
    try:
        return read_corrections(path)
    except OSError as error:
        return {}, (Problem(shown_path(path), None, f"cannot be read: {error.strerror}"),)
