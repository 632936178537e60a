"""How well a comparison tells who treats a topic, who only mentions it and who is silent, over judged topics.

    .venv/bin/python -m benchmarks.compare [--cases FILE] [--verbose]
    .venv/bin/python -m benchmarks.compare --city gov_reports_city.jsonl.gz

A case says of a topic, by document of ``seeds/``, which answers are right (``about``, ``mentions``, ``silent``; several
where people may differ) and how the right paragraphs begin, folded and without blanks; a document that is not named is
silent. The judgements of city reports name a document by its id and a paragraph by its fingerprint
(``indexer.resemblance``), and say whether it treats the topic.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient

from benchmarks.relevance import opened
from indexer.backend import SearchBackend
from indexer.compare import Comparison, Row, matrix
from indexer.fold import compact
from indexer.query import parse_query
from indexer.resemblance import fingerprint, skeleton
from search_app import create_app

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases" / "compare.json"
HELDOUT = ROOT / "tests" / "cases" / "compare_heldout.json"
CITY_CASES = ROOT / "tests" / "cases" / "compare_city.json"
TIMES = 7

Case = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Counts of right answers and of answers, by question."""

    paragraph: int = 0
    paragraphs: int = 0
    silent: int = 0
    silences: int = 0
    about: int = 0
    abouts: int = 0
    mention: int = 0
    mentions: int = 0
    status: int = 0
    statuses: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __str__(self) -> str:
        return " · ".join(
            f"{name} {right}/{total} = {right / max(total, 1):.3f}"
            for name, right, total in (
                ("right paragraph", self.paragraph, self.paragraphs),
                ("silence recognised", self.silent, self.silences),
                ("about is right", self.about, self.abouts),
                ("mention recognised", self.mention, self.mentions),
                ("status", self.status, self.statuses),
            )
        )


def measure(backend: SearchBackend, cases: Sequence[Case], wrong: Callable[[str], None] | None = None) -> Tally:
    """Compare every topic and count; ``wrong`` is told what was answered otherwise than judged."""
    total = Tally()
    for case in cases:
        found = matrix(backend, parse_query(case["topic"]))
        rows: dict[str, Row | None] = {_name(document.path): None for document in found.silent}
        rows |= {_name(row.document.path): row for row in found.rows}
        for name, row in rows.items():
            judged = case["documents"].get(name, {"status": ["silent"], "paragraphs": []})
            tally = _judge(row, judged["status"], judged["paragraphs"])
            total += tally
            if wrong and (tally.paragraph < tally.paragraphs or tally.about < tally.abouts or not tally.status):
                said = f"{row.about} {row.score:.2f} {compact(row.folded)[0][:40]}" if row else "silent"
                wrong(f"{case['topic'][:20]}  {name} is {'|'.join(judged['status'])}, found {said}")
    return total


def _judge(row: Row | None, status: Sequence[str], beginnings: Sequence[str]) -> Tally:
    answer = row.about if row else "silent"
    right = row is not None and compact(row.paragraph.folded)[0].startswith(tuple(beginnings)) and bool(beginnings)
    said = "silent" not in status
    return Tally(
        paragraph=said and right,
        paragraphs=said,
        silent=list(status) == ["silent"] == [answer],
        silences=list(status) == ["silent"],
        about=answer == "about" and "about" in status and right,
        abouts=answer == "about",
        mention=list(status) == ["mentions"] == [answer],
        mentions=list(status) == ["mentions"],
        status=answer in status,
        statuses=1,
    )


def _name(path: str) -> str:
    return Path(path).name[:3]


def precision(found: Comparison, judged: Sequence[Case]) -> tuple[int, int]:
    """Count the judged paragraphs that are said to treat the topic and do, and those said to."""
    rows = {(row.document.id, f"{fingerprint(skeleton(row.paragraph.folded)):016x}"): row for row in found.rows}
    said = [
        each["about"]
        for each in judged
        if (row := rows.get((each["document"], each["paragraph"]))) is not None and row.about == "about"
    ]
    return sum(said), len(said)


def measure_cities(backend: SearchBackend, cases: Sequence[Case]) -> None:
    """Print, by topic, how many documents say what, how many judged ones rightly, and how long it takes.

    Processor time, no answer kept: of the comparison and of a search for the same topic, each alone and as JSON, asked
    again at once. What was read for one topic may still be at hand then; so the JSON is timed in turn too, each topic
    after all the others.
    """
    client = create_app(backend, {"KEEP_ANSWERS": False}).test_client()
    print("| topic | about | mentions | silent | judged right | ms | a search, ms | as JSON, ms | a search | times |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    right = judged = 0
    times: list[float] = []
    for case in cases:
        query = parse_query(case["topic"])
        found = matrix(backend, query)
        counts = precision(found, case["judged"])
        right, judged = right + counts[0], judged + counts[1]
        treated = sum(row.about == "about" for row in found.rows)
        plain = _time(lambda query=query: backend.search(query))  # type: ignore[misc]
        took = _time(lambda query=query: matrix(backend, query))  # type: ignore[misc]
        asked = quote(case["topic"])
        answered = _time(lambda asked=asked: client.get(f"/api/v1/compare?q={asked}"))  # type: ignore[misc]
        searched = _time(lambda asked=asked: client.get(f"/api/v1/search?q={asked}"))  # type: ignore[misc]
        times.append(answered / searched)
        print(
            f"| {case['topic']} | {treated} | {len(found.rows) - treated} | {len(found.silent)} "
            f"| {counts[0]}/{counts[1]} | {took:.1f} | {plain:.1f} | {answered:.1f} | {searched:.1f} "
            f"| {answered / searched:.1f} |"
        )
    print(
        f"\nabout is right {right}/{judged} = {right / max(judged, 1):.3f}; "
        f"the JSON takes {statistics.median(times):.1f} times that of a search (median), at most {max(times):.1f}"
    )
    times = _in_turn(client, [quote(case["topic"]) for case in cases])
    print(f"asked in turn, {statistics.median(times):.1f} times (median), at most {max(times):.1f}")


def _in_turn(client: FlaskClient, topics: Sequence[str]) -> list[float]:
    """Return how many times the processor time of a search a comparison takes, by topic, each after the others."""
    compared: dict[str, list[float]] = {topic: [] for topic in topics}
    searched: dict[str, list[float]] = {topic: [] for topic in topics}
    for _ in range(TIMES):
        for topic in topics:
            for taken, page in ((compared, "compare"), (searched, "search")):
                started = time.process_time()
                client.get(f"/api/v1/{page}?q={topic}")
                taken[topic].append(time.process_time() - started)
    return [statistics.median(compared[topic]) / statistics.median(searched[topic]) for topic in topics]


def _time(ask: Callable[[], object]) -> float:
    """Return milliseconds of processor time, the median of several."""
    ask()
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        ask()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, help="judged topics; tests/cases/compare.json if not given")
    parser.add_argument("--city", type=Path, help="the city reports, or their index: precision and time by topic")
    parser.add_argument("--verbose", action="store_true", help="every answer that is otherwise than judged")
    options = parser.parse_args()
    path: Path = options.cases or (CITY_CASES if options.city else CASES)
    cases = json.loads(path.read_text("utf-8"))
    with opened(options.city or ROOT / "seeds") as backend:
        if options.city:
            measure_cities(backend, cases)
        else:
            print(f"{path.name}: {measure(backend, cases, print if options.verbose else None)}")


if __name__ == "__main__":
    main()
