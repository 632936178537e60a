"""From paths to documents: every file under them read once, what has not changed taken from the build before."""

from __future__ import annotations

import signal
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import msgspec

from indexer.builds import is_in_build
from indexer.corpus_csv import Correction, corrected, is_web_address, read_corrections
from indexer.errors import IndexWriteError
from indexer.identity import document_id
from indexer.models import Document, Problem, SourceText
from indexer.reading import given_id, read_document
from indexer.sources import discover, read_sources, shown_path

CORRECTIONS = "corpus.csv"
_BATCH = 64
"""Texts given to each worker process at a time: enough to keep it busy, few enough to stay in memory."""
_RACY_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again within the same time stamp, and is read again."""
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)

OnFile = Callable[[int, int, Path], None]


class SourceRecord(msgspec.Struct, frozen=True):
    """What is remembered of a source file, so that it need not be read again while it stays as it was."""

    path: str
    size: int
    modified_ns: int
    read_ns: int
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class KnownSources:
    """What the build before knew: the record of every file, and the documents of one, by path."""

    records: Mapping[str, SourceRecord]
    documents: Callable[[str], Iterator[Document]]


class CorpusReader:
    """Reads the files under some paths; ``problems`` and ``records`` are whole when ``documents`` is exhausted."""

    def __init__(self, paths: Sequence[Path], known: KnownSources | None, workers: int, on_file: OnFile) -> None:
        self._known = known
        self._workers = workers
        self._on_file = on_file
        found = list(discover(paths))
        self._paths = [item for item in found if isinstance(item, Path) and not is_in_build(item)]
        self.problems: list[Problem] = [item for item in found if isinstance(item, Problem)]
        self.records: list[SourceRecord] = []
        self.files = len(self._paths)
        self.files_read = 0
        self._corrections: list[tuple[Path, Mapping[str, Correction]]] = []
        self._unused: dict[tuple[Path, int], str] = {}
        """Corrections that have met no document yet: folder and line -> path or sha256."""
        for folder in paths:
            corrections, problems = _read_corrections(folder / CORRECTIONS)
            self._corrections.append((folder, corrections))
            for key, correction in corrections.items():
                self._unused.setdefault((folder, correction.line), key)
            self.problems.extend(problems)

    def documents(self) -> Iterator[Document]:
        """Yield every document, corrected by what a person knows; corrections that meet none become problems."""
        yield from map(self._finish, self._read())
        for (folder, line), key in self._unused.items():
            message = f"no document is {key!r}; write its path from {folder.as_posix()}, or its sha256"
            self.problems.append(Problem(str(folder / CORRECTIONS), line, message, fatal=False))

    def _read(self) -> Iterator[Document]:
        jobs = self._jobs()
        if self._workers == 1:
            yield from map(_read, jobs)
            return
        yield from _read_in_processes(jobs, self._workers)

    def _jobs(self) -> Iterator[_Job]:
        occurrences: Counter[str] = Counter()
        for done, path in enumerate(self._paths, 1):
            for item in self._items(path):
                if isinstance(item, Problem):
                    self.problems.append(item)
                    continue
                source = item.source if isinstance(item, Document) else item
                first = document_id(source.text, given_id(source))
                occurrences[first] += 1
                number = occurrences[first]
                if isinstance(item, Document) and item.id != document_id(source.text, given_id(source), number):
                    item = source  # one of several copies of the same text was added or removed before it
                yield item, number
            self._on_file(done, self.files, path)

    def _items(self, path: Path) -> Iterator[SourceText | Document | Problem]:
        """Yield what one file holds, from the build before if the file is as it was then."""
        name = shown_path(path)
        try:
            status = path.stat()
        except OSError as error:
            yield Problem(name, None, f"cannot be read: {error.strerror}")
            return
        known = self._known.records.get(name) if self._known else None
        if (
            known is not None
            and self._known is not None
            and (known.size, known.modified_ns) == (status.st_size, status.st_mtime_ns)
            and known.read_ns - known.modified_ns > _RACY_NS
        ):
            self.records.append(known)
            yield from known.problems
            for document in self._known.documents(name):
                yield replace(document, metadata=document.automatic or document.metadata, automatic=None)
            return
        self.files_read += 1
        read_ns = time.time_ns()
        problems = []
        for item in read_sources(path, name=name):
            if isinstance(item, Problem):
                problems.append(item)
            yield item
        self.records.append(SourceRecord(name, status.st_size, status.st_mtime_ns, read_ns, problems))

    def _finish(self, document: Document) -> Document:
        self.problems.extend(document.notices)
        source = document.source
        found: list[Correction] = []
        for folder, corrections in self._corrections:
            path = Path(source.path)
            relative = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else source.path
            correction = corrections.get(relative) or corrections.get(source.path) or corrections.get(source.sha256)
            if correction is not None:
                self._unused.pop((folder, correction.line), None)
                found.append(correction)
        if not found:
            return document
        return replace(document, metadata=corrected(document.metadata, found[0]), automatic=document.metadata)


_Job = tuple[SourceText | Document, int]


def _read(job: _Job) -> Document:
    source, occurrence = job
    return source if isinstance(source, Document) else _without_bad_address(read_document(source, occurrence))


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


def _read_in_processes(jobs: Iterator[_Job], workers: int) -> Iterator[Document]:
    pool = ProcessPoolExecutor(workers, initializer=_leave_signals_to_parent)
    try:
        while batch := list(islice(jobs, _BATCH * workers)):
            with _interrupts_held():  # the first call forks the workers
                documents = pool.map(_read, batch, chunksize=8)
            yield from documents
    except BrokenProcessPool as error:
        raise IndexWriteError(
            "a process that reads was ended from outside, for want of memory perhaps; the index stays as it was; "
            "run again with fewer --workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let a Ctrl-C wait: a process that is forked meanwhile inherits that, until it has said what it makes of one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_signals_to_parent() -> None:
    """A Ctrl-C reaches every process of the terminal; the one that was started says so, alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)


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
