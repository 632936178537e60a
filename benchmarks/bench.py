"""Measures Yaodian against its peers, side by side in one run: ``make bench``.

The same paragraphs, the same tokens and the same questions for all: the exact total, the ten best by BM25, how many
match by city and by year. Writes ``benchmarks/results.json``, the plot beside it, and the tables in README.md and
docs/performance.md. A run that is limited by ``--engines`` or ``--classes`` only prints, unless ``--results`` says
where to write. docs/performance.md explains the figures, docs/decisions/benchmarks.md why these peers.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.building import built, folder_of, from_files, with_texts, with_tokenising
from benchmarks.corpus_sample import Sample, prepare
from benchmarks.engines import ENGINES, installed, make_engine, version_of
from benchmarks.engines.protocol import Engine, QuerySpec
from benchmarks.machine import describe
from benchmarks.measure import compared, disagreements, measure, shared_top
from benchmarks.processes import seen_by_processes
from benchmarks.queries import CLASSES, choose, count_words
from benchmarks.request_parts import request_parts
from benchmarks.serving import measure_requests

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
WORK = ROOT / "benchmarks" / ".cache"
BESIDE = ROOT.parent / "shared" / "corpus"
SIZES = (10_000, 100_000)
ALL_SIZES = (*SIZES, 1_180_000)
_MOST_FROM_TEXTS = 100_000
"""Paragraphs that are cut into words again to measure building from texts, at most; samples hold their tokens."""
_PER_REQUEST_CLASS = 4
"""Questions of each class that are asked of the server: all classes in turn, as readers ask all kinds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the exit status is 1 where engines over the same words disagree."""
    options = _parser().parse_args(arguments)
    corpus = None if options.generated else options.corpus or (BESIDE if BESIDE.is_dir() else None)
    names = [name for name in installed() if not options.engines or name in options.engines]
    missing = sorted(set(options.engines or ENGINES) - set(names))
    if missing:
        _say(f"not installed, left out: {', '.join(missing)}")
    known: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"sizes": {}}
    sizes = dict(known["sizes"])
    wrong = 0
    for at, size in enumerate(ALL_SIZES if options.all else options.sizes):
        sample = prepare(options.work, size, corpus)
        measured = measure_sample(sample, names, options, first=at == 0 and sample.size <= _MOST_FROM_TEXTS)
        sizes[str(sample.size)] = measured
        wrong += len(measured["disagreements"])
    results = {"sizes": {size: sizes[size] for size in sorted(sizes, key=int)}}
    print(report.as_text(results))
    if options.results or not (options.engines or options.classes):
        report.write(results, options.results or RESULTS, papers=not options.results)
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--sizes", type=_numbers, default=SIZES, metavar="N,N", help="paragraphs (10000,100000)")
    parser.add_argument("--all", action="store_true", help="1,180,000 paragraphs too: an hour or more")
    parser.add_argument("--engines", type=_names(tuple(ENGINES)), metavar="A,B", help=f"of: {', '.join(ENGINES)}")
    parser.add_argument("--classes", type=_names(tuple(CLASSES)), metavar="A,B", help=f"of: {', '.join(CLASSES)}")
    parser.add_argument("--seconds-per-class", type=float, default=1.0, metavar="S", help="of each engine (1)")
    parser.add_argument("--request-seconds", type=float, default=5.0, metavar="S", help="of each number of clients (5)")
    folder = os.environ.get("YAODIAN_CORPUS")
    parser.add_argument(
        "--corpus", type=Path, default=Path(folder) if folder else None, metavar="DIR",
        help="folder of .jsonl.gz (YAODIAN_CORPUS, or ../shared/corpus if it exists, or a generated corpus)",
    )  # fmt: skip
    parser.add_argument("--generated", action="store_true", help="a generated corpus, whatever folder there is")
    parser.add_argument("--work", type=Path, default=WORK, metavar="DIR", help="where indexes are kept between runs")
    parser.add_argument("--results", type=Path, metavar="FILE", help="where to write, not benchmarks/results.json")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",")))


def _names(known: tuple[str, ...]) -> Any:
    def read(text: str) -> tuple[str, ...]:
        wanted = tuple(text.split(","))
        for name in wanted:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return wanted

    return read


def measure_sample(sample: Sample, names: Sequence[str], options: argparse.Namespace, *, first: bool) -> dict[str, Any]:
    """Measure all engines over one sample; what takes long and says little again is measured on the first only."""
    machine = describe()
    engines, left_out = _built(sample, names, options.work)
    _say(f"{sample.size:,} paragraphs: choosing questions")
    questions = choose(count_words(sample.rows()))
    asked = {name: specs for name, specs in questions.items() if not options.classes or name in options.classes}
    opened: dict[str, Engine] = {}
    for name in engines:
        opened[name] = make_engine(name, folder_of(options.work, sample, name) / "index")
        opened[name].open()
    classes, differing, agreed = _ask(opened, asked, options.seconds_per_class)
    for engine in opened.values():
        engine.close()
    opened.clear()
    gc.collect()
    for name, figures in engines.items():
        _say(f"{sample.size:,} paragraphs: {name} in fresh processes")
        index = folder_of(options.work, sample, name) / "index"
        figures["process"] = seen_by_processes(name, index, _of_each_class(asked, 1))
        if first and name in ("tantivy", "sqlite", "whoosh-well"):
            figures["bytes_with_texts"] = with_texts(options.work, sample, name)
            figures["with_tokenising"] = with_tokenising(options.work, sample, name)
    measured: dict[str, Any] = {
        "measured": machine | {"load_after": describe()["load"]},
        "corpus": {"kind": sample.kind, "paragraphs": sample.size, "documents": sample.documents},
        "engines": engines,
        "left_out": left_out,
        "classes": classes,
        "compared": agreed,
        "disagreements": differing,
    }
    if "yaodian" in engines:
        index = folder_of(options.work, sample, "yaodian") / "index"
        _say(f"{sample.size:,} paragraphs: whole requests")
        measured["requests"] = measure_requests(
            index, _of_each_class(asked, _PER_REQUEST_CLASS), options.request_seconds
        )
        few = {name: specs[:_PER_REQUEST_CLASS] for name, specs in asked.items()}
        measured["request_parts"] = request_parts(index, few)
        if first:
            engines["yaodian"]["from_files"] = from_files(options.work, sample)
    return measured


def _built(sample: Sample, names: Sequence[str], work: Path) -> tuple[dict[str, Any], dict[str, str]]:
    engines: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for name in names:
        engine = make_engine(name, work)
        if engine.slow_build is not None and sample.size > engine.slow_build:
            left_out[name] = f"builds too slowly for more than {engine.slow_build:,} paragraphs"
            continue
        _say(f"{sample.size:,} paragraphs: building {name}")
        engines[name] = {"about": engine.about, "version": version_of(name), "build": built(work, sample, name)}
    return engines, left_out


def _ask(
    opened: Mapping[str, Engine], asked: Mapping[str, Sequence[QuerySpec]], seconds: float
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    classes: dict[str, Any] = {}
    differing: list[dict[str, Any]] = []
    agreed = 0
    for kind, specs in asked.items():
        if not specs:
            _say(f"no question of the class {kind} in these paragraphs")
            continue
        _say(f"asking: {CLASSES[kind]}")
        gc.collect()
        measured = measure(opened, specs, seconds)
        here = disagreements(opened, specs, measured)
        agreed += compared(opened, measured)
        differing += [{"class": kind, **each} for each in here]
        for each in here[:3]:
            _say(f"DISAGREEMENT {kind} {each}")
        classes[kind] = {
            "questions": len(specs),
            "median_total": {name: _median_total(answers) for name, answers in measured.answers.items()},
            "times": {name: times.figures() for name, times in measured.times.items()},
            "shared_top": shared_top(opened, measured),
        }
    return classes, differing, agreed


def _median_total(answers: Sequence[Any]) -> int:
    return int(sorted(answer.total for answer in answers)[len(answers) // 2])


def _of_each_class(asked: Mapping[str, Sequence[QuerySpec]], number: int) -> list[QuerySpec]:
    return [spec for specs in asked.values() for spec in specs[:number]]


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
