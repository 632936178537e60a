"""How well the engine ranks, by judged queries: ``make eval``.

nDCG@10 with gains 2^grade - 1 and a log2 discount (Järvelin and Kekäläinen 2002; Burges et al. 2005); precision@10 is
the share of relevant ones among the first ten, or among all there are to find where they are fewer; recall is the share
of relevant paragraphs anywhere in the answer. Means over the queries that have something to find.

The five documents were judged whole. Where a case says how many paragraphs were ``judged``, it was judged from a pool
(``benchmarks.pooled``), and what nobody judged is left out of an answer before it is measured (Sakai 2007,
"Alternatives to bpref"), so that a new ranking is not punished for finding what the old ones did not.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.backend import SearchBackend, open_backend
from indexer.finding import find
from indexer.pipeline import build
from indexer.query import parse_query

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases" / "relevance.json"
CITY_CASES = ROOT / "tests" / "cases" / "relevance_city.json"

Case = Mapping[str, Any]
Answer = Callable[[str], Sequence[str]]
"""A query -> the names of all hits, best first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One judged query, answered. ``judged`` is the share of its first ten hits that somebody judged."""

    case: Case
    found: Sequence[str]
    ndcg: float
    recall: float
    precision: float
    judged: float = 1.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The means over a set of queries."""

    ndcg: float
    recall: float
    precision: float
    empty: int
    queries: int
    judged: float = 1.0

    def __str__(self) -> str:
        pooled = f" · {self.judged:.0%} of the first ten judged" if self.judged < 1 else ""
        return (
            f"nDCG@10 {self.ndcg:.3f} · recall {self.recall:.3f} · precision@10 {self.precision:.3f} · "
            f"{self.empty} empty of {self.queries}{pooled}"
        )


def gain(grades: Sequence[int]) -> float:
    """Return the discounted cumulative gain of the first ten.

    >>> gain([2, 0, 1])
    3.5
    """
    return sum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades[:10], 1))


def judge(grades: Mapping[str, int], found: Sequence[str]) -> tuple[float, float, float]:
    """Return nDCG@10, recall and precision@10 of one answer; ``grades`` has relevant paragraphs only."""
    best = gain(sorted(grades.values(), reverse=True))
    relevant = len(grades)
    hits = [grades.get(name, 0) for name in found]
    first = sum(grade > 0 for grade in hits[:10])
    return gain(hits) / best, sum(grade > 0 for grade in hits) / relevant, first / min(10, relevant)


def measure(case: Case, found: Sequence[str]) -> Row | None:
    """Measure the answer to one case; ``None`` if there is nothing to find."""
    grades: Mapping[str, int] = case["grades"]
    relevant = {name: grade for name, grade in grades.items() if grade}
    if not relevant:
        return None
    if "judged" not in case:
        return Row(case, found, *judge(relevant, found))
    first = found[:10]
    judged = sum(name in grades for name in first) / len(first) if first else 1.0
    return Row(case, found, *judge(relevant, [name for name in found if name in grades]), judged)


def rows(answer: Answer, cases: Sequence[Case]) -> list[Row]:
    """Answer every judged query that has something to find."""
    measured = (measure(case, answer(case["query"])) for case in cases)
    return [row for row in measured if row is not None]


def means(measured: Sequence[Row]) -> Figures:
    """Return the means over answered queries."""
    count = len(measured)
    ndcg, recall, precision, judged = (
        sum(getattr(row, name) for row in measured) / count for name in ("ndcg", "recall", "precision", "judged")
    )
    return Figures(ndcg, recall, precision, sum(not row.found for row in measured), count, judged)


def names_of_paragraphs(backend: SearchBackend) -> dict[str, str]:
    """Name the paragraphs of the five documents as their cases do: first three characters of the file, #, ordinal."""
    names = {}
    for summary in backend.documents():
        for paragraph in backend.document(summary.id).paragraphs:
            names[paragraph.id] = f"{Path(summary.path).name[:3]}#{paragraph.ordinal}"
    return names


def search(backend: SearchBackend, text: str, **how: Any) -> list[str]:
    """Return the ids of all hits, best first; ``how`` goes to ``parse_query``."""
    hits: list[str] = []
    for page in range(1, 100):
        found = find(backend, parse_query(text, page=page, per_page=1000, **how)).page
        hits += [hit.paragraph.id for hit in found.hits]
        if len(hits) >= found.total:
            break
    return hits


def engine(backend: SearchBackend, cases: Sequence[Case], **how: Any) -> Answer:
    """Return what answers queries with the names that the cases use."""
    if any("judged" in case for case in cases):
        return lambda text: search(backend, text, **how)
    names = names_of_paragraphs(backend)
    return lambda text: [names[identity] for identity in search(backend, text, **how)]


def evaluate(backend: SearchBackend, cases: Sequence[Case]) -> Figures:
    """Answer every judged query and return the means."""
    return means(rows(engine(backend, cases), cases))


def print_worst(measured: Sequence[Row]) -> None:
    """Print every query, the worst first, with what was found and what was missed."""
    for row in sorted(measured, key=lambda row: row.ndcg):
        case = row.case
        print(f"{row.ndcg:.2f} {row.recall:.2f} {row.precision:.2f} {case['query']}  [{case['kind']}] ", end="")
        print(f"{len(row.found)} hits")
        if row.ndcg < 0.8:
            missing = [name for name, grade in case["grades"].items() if grade and name not in row.found]
            print(f"       first {list(row.found[:6])}  missing {missing[:8]}")


@contextmanager
def opened(corpus: Path) -> Iterator[SearchBackend]:
    """Index a corpus into a folder that is thrown away, and open it; open it as it is if it is an index."""
    with tempfile.TemporaryDirectory() as folder:
        if not (corpus / "CURRENT").exists():
            build([corpus], Path(folder))
            corpus = Path(folder)
        backend = open_backend(corpus)
        try:
            yield backend
        finally:
            backend.close()


def main() -> None:
    """Print the figures of the engine, and with each of its parts switched off."""
    from benchmarks.switches import print_table

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, help="judged queries; the five documents' or, with --corpus, the cities'")
    parser.add_argument(
        "--corpus", type=Path, help="what the cases were judged on (or its index); the seeds if not given"
    )
    parser.add_argument("--brief", action="store_true", help="only the whole engine")
    parser.add_argument("--verbose", action="store_true", help="only the whole engine, every query, the worst first")
    options = parser.parse_args()
    path: Path = options.cases or (CITY_CASES if options.corpus else CASES)
    cases = json.loads(path.read_text("utf-8"))
    with opened(options.corpus or ROOT / "seeds") as backend:
        measured = rows(engine(backend, cases), cases)
        if options.verbose:
            print_worst(measured)
        print(f"{path.name}: {means(measured)}")
        if not (options.brief or options.verbose):
            print_table(backend, cases, measured)


if __name__ == "__main__":
    main()
