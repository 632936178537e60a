"""How well the engine ranks, by judged queries over the five documents: ``make eval``.

nDCG@10 with gains 2^grade - 1 and a log2 discount (Järvelin and Kekäläinen 2002; Burges et al. 2005); precision@10 is
the share of relevant ones among the first ten, or among all there are to find where they are fewer; recall is the share
of relevant paragraphs anywhere in the answer. Means over the queries that have something to find.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.backend import SearchBackend, open_backend
from indexer.finding import find
from indexer.pipeline import build
from indexer.query import parse_query

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases" / "relevance.json"


@dataclass(frozen=True, slots=True)
class Figures:
    """The means over a set of queries."""

    ndcg: float
    recall: float
    precision: float
    empty: int
    queries: int

    def __str__(self) -> str:
        return (
            f"nDCG@10 {self.ndcg:.3f} · recall {self.recall:.3f} · precision@10 {self.precision:.3f} · "
            f"{self.empty} empty of {self.queries}"
        )


def gain(grades: Sequence[int]) -> float:
    """Return the discounted cumulative gain of the first ten."""
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades[:10], 1))


def names_of_paragraphs(backend: SearchBackend) -> dict[str, str]:
    """Name paragraphs as the cases do: the first three characters of the file, # and the ordinal."""
    names = {}
    for summary in backend.documents():
        for paragraph in backend.document(summary.id).paragraphs:
            names[paragraph.id] = f"{Path(summary.path).name[:3]}#{paragraph.ordinal}"
    return names


def answer(backend: SearchBackend, text: str) -> list[str]:
    """Return the ids of all hits, best first."""
    hits: list[str] = []
    for page in range(1, 100):
        found = find(backend, parse_query(text, page=page, per_page=100)).page
        hits += [hit.paragraph.id for hit in found.hits]
        if len(hits) >= found.total:
            break
    return hits


def judge(grades: Mapping[str, int], found: Sequence[str]) -> tuple[float, float, float]:
    """Return nDCG@10, recall and precision@10 of one answer."""
    best = gain(sorted(grades.values(), reverse=True))
    relevant = len(grades)
    hits = [grades.get(name, 0) for name in found]
    first = sum(grade > 0 for grade in hits[:10])
    return gain(hits) / best, sum(grade > 0 for grade in hits) / relevant, first / min(10, relevant)


def evaluate(backend: SearchBackend, cases: Sequence[Mapping[str, object]], verbose: bool = False) -> Figures:
    """Answer every judged query; with ``verbose``, print the worst first."""
    names = names_of_paragraphs(backend)
    rows = []
    for case in cases:
        grades = {name: grade for name, grade in case["grades"].items() if grade}  # type: ignore[attr-defined]
        if not grades:
            continue
        found = [names[identity] for identity in answer(backend, str(case["query"]))]
        rows.append((*judge(grades, found), case, found))
    if verbose:
        for ndcg, recall, precision, case, found in sorted(rows, key=lambda row: row[0]):
            print(f"{ndcg:.2f} {recall:.2f} {precision:.2f} {case['query']}  [{case['kind']}] {len(found)} hits")
            if ndcg < 0.8:
                missing = [name for name in case["grades"] if name not in found]  # type: ignore[attr-defined]
                print(f"       first {found[:6]}  missing {missing[:8]}")
    count = len(rows)
    ndcg, recall, precision = (sum(row[place] for row in rows) / count for place in range(3))
    return Figures(ndcg, recall, precision, sum(not row[4] for row in rows), count)


def main() -> None:
    """Build an index of the seeds and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--verbose", action="store_true", help="every query, the worst first")
    options = parser.parse_args()
    cases = json.loads(options.cases.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        build([ROOT / "seeds"], Path(folder))
        backend = open_backend(Path(folder))
        print(f"{options.cases.name}: {evaluate(backend, cases, options.verbose)}")
        backend.close()


if __name__ == "__main__":
    main()
