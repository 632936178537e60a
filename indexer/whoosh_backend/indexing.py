"""Documents to segments, in this process or in several: each reads, folds, cuts and writes segments of its own."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from indexer.corpus import Indexed, Job, indexed, read
from indexer.errors import IndexWriteError
from indexer.models import Document
from indexer.whoosh_backend.codec.segment import new_name
from indexer.whoosh_backend.segments.segment import SegmentWriter

TOKENS = 6_000_000
"""Words in a segment before it is written: what is gathered until then takes some 400 MB."""
_LARGEST = 2_000_000
"""Characters given to a worker process at a time: some 1.5 million words."""
_SMALLEST = 100_000
"""Characters of the first batches, so that a small corpus too is shared out."""
_WATCHED = 0.2
"""Seconds between looks at whether the parent is there."""
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)

OnDocument = Callable[[Indexed], None]


def index_jobs(folder: Path, jobs: Iterable[Job], workers: int, on_document: OnDocument) -> list[str]:
    """Read and index documents; return the names of the segments that hold them, in their order.

    Raises ``IndexWriteError`` where a worker process is ended from outside.
    """
    if workers == 1:
        return _index_here(folder, jobs, on_document)
    return list(_index_in_processes(folder, jobs, workers, on_document))


def _index_here(folder: Path, jobs: Iterable[Job], on_document: OnDocument) -> list[str]:
    names: list[str] = []
    writer: SegmentWriter | None = None

    def write() -> None:
        nonlocal writer
        if writer is not None:
            names.append(new_name())
            writer.write(folder, names[-1])
            writer = None

    for job in jobs:
        document = read(job)
        writer = writer or SegmentWriter()
        writer.add(document)
        on_document(indexed(job, document))
        if writer.tokens >= TOKENS:
            write()
    write()
    return names


Answer = tuple[list[str], list[Indexed]]


def _index_batch(folder: Path, jobs: list[Job]) -> Answer:
    """Index a batch in a worker process; what is told of its documents goes back with the names of the segments."""
    told: list[Indexed] = []
    return _index_here(folder, jobs, told.append), told


def _index_in_processes(folder: Path, jobs: Iterable[Job], workers: int, on_document: OnDocument) -> Iterator[str]:
    pool = ProcessPoolExecutor(workers, initializer=_begin_worker, initargs=(os.getpid(),))
    running: deque[Future[Answer]] = deque()

    def finished() -> list[str]:
        names, told = running.popleft().result()
        for document in told:
            on_document(document)
        return names

    try:
        for batch in _batches(jobs, workers):
            with _interrupts_held():  # the first calls fork the workers
                running.append(pool.submit(_index_batch, folder, batch))
            if len(running) > workers:  # one waits: more would only take memory
                yield from finished()
        while running:
            yield from finished()
    except BrokenProcessPool as error:
        raise IndexWriteError(
            "a process that reads was ended from outside, for want of memory perhaps; the index stays as it was; "
            "run again with fewer --workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(jobs: Iterable[Job], workers: int) -> Iterator[list[Job]]:
    """Cut jobs into batches of neighbours: small ones first, larger ones the more there turn out to be."""
    batch: list[Job] = []
    held = total = 0
    for job in jobs:
        batch.append(job)
        source = job.item.source if isinstance(job.item, Document) else job.item
        held += len(source.text)
        if held >= min(max(total // (2 * workers), _SMALLEST), _LARGEST):
            yield batch
            total += held
            batch, held = [], 0
    if batch:
        yield batch


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let a Ctrl-C wait: a process that is forked meanwhile inherits that, until it has said what it makes of one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker(parent: int) -> None:
    """End when the parent does: a worker that waits for ever for a killed one would keep the lock of the index."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCHED)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    _leave_signals_to_parent()


def _leave_signals_to_parent() -> None:
    """A Ctrl-C reaches every process of the terminal; the one that was started says so, alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
