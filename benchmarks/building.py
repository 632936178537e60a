"""Building each engine's index once per sample: how fast, how large; kept between runs."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.corpus_sample import Sample, tokenised
from benchmarks.engines import digest_of, make_engine, version_of
from benchmarks.engines.protocol import Row

_FIGURES = "build.json"


@dataclass(slots=True)
class Clock:
    """What went by: on the wall, and on the processors for this process alone."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def clock() -> Iterator[Clock]:
    """Measure what is done inside."""
    read = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    yield read
    read.seconds, read.cpu = time.perf_counter() - wall, time.process_time() - cpu


def folder_of(work: Path, sample: Sample, engine: str) -> Path:
    """Return where an engine's index over a sample is kept; of another version, or used otherwise, elsewhere."""
    return work / sample.path.stem / f"{engine}-{version_of(engine)}-{digest_of(engine)}"


def built(work: Path, sample: Sample, name: str) -> dict[str, Any]:
    """Return the figures of a build, building first what was not built before by the same code."""
    folder = folder_of(work, sample, name)
    figures = folder / _FIGURES
    if figures.exists():
        known: dict[str, Any] = json.loads(figures.read_text("utf-8"))
        return known
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    engine = make_engine(name, folder / "index")
    with clock() as read:
        engine.build(sample.rows())
    size = engine.size()
    made = {
        "seconds": round(read.seconds, 3),
        "cpu_seconds": round(read.cpu, 3),
        "per_second": round(sample.size / read.cpu),
        "bytes_words": size.words,
        "bytes_texts": size.texts,
    }
    figures.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    return made


def with_texts(work: Path, sample: Sample, name: str) -> int:
    """Return how many bytes the texts add to an index that stores them; it is built, measured and removed."""
    folder = work / sample.path.stem / f"{name}-with-texts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        engine = make_engine(name, folder / "index")
        engine.build(sample.rows(), store=True)
        size = engine.size()
        return size.words + (size.texts or 0)
    finally:
        shutil.rmtree(folder)


def with_tokenising(work: Path, sample: Sample, name: str, workers: int = 2) -> dict[str, float]:
    """Build from texts: cut into words by two processes while a third writes."""
    folder = work / sample.path.stem / f"{name}-from-texts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        engine = make_engine(name, folder / "index")
        with clock() as read:
            engine.build(_cut(sample.rows(), workers))
        return {"seconds": round(read.seconds, 3), "per_second": round(sample.size / read.seconds)}
    finally:
        shutil.rmtree(folder)


def _cut(rows: Iterable[Row], workers: int) -> Iterator[Row]:
    held = list(rows)
    for row, tokens in zip(held, tokenised((row.text for row in held), workers), strict=True):
        yield replace(row, tokens=tokens)


def from_files(work: Path, sample: Sample, workers: int = 2) -> dict[str, float]:
    """Index the documents of a sample from JSON lines as ``yaodian index`` does: read, segmented, written."""
    from indexer.pipeline import build

    folder = work / sample.path.stem / "yaodian-from-files"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        source = folder / "documents.jsonl"
        with source.open("w", encoding="utf-8") as lines:
            for number, group in groupby(sample.rows(), key=lambda row: row.document):
                mine = list(group)
                known = {"title": mine[0].text[:40], "city": mine[0].city, "year": mine[0].year or None}
                record = {"id": str(number), **known, "text": "\n".join(row.text for row in mine)}
                lines.write(json.dumps(record, ensure_ascii=False) + "\n")
        with clock() as read:
            report = build([source], folder / "index", workers=workers)
        assert report.corpus is not None
        paragraphs = report.corpus.paragraphs
        return {
            "seconds": round(read.seconds, 3),
            "documents": report.corpus.documents,
            "paragraphs": paragraphs,
            "per_second": round(paragraphs / read.seconds),
        }
    finally:
        shutil.rmtree(folder)
