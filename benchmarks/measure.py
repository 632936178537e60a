"""Asking every engine the same questions in turn, and what the times come to.

Round robin: every question goes to each engine before the next one is asked, in an order that rotates, so that
whatever else the machine does disturbs all alike. Times are told twice: on the wall, and of the processor for this
process, which on an idle machine is the same and on a busy one says what the work costs.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.engines.protocol import Answer, Engine, QuerySpec

LEAST = 5
"""Answers that are timed at least, however slow."""


@dataclass(slots=True)
class Times:
    """Milliseconds of every timed answer of one engine to one class, and of the very first to each question."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float | int]:
        """Return median, 95th percentile and mean; ``first_`` is the first time that a question was asked."""
        return {
            "p50": _rounded(percentile(self.cpu, 50)),
            "p95": _rounded(percentile(self.cpu, 95)),
            "mean": _rounded(sum(self.cpu) / len(self.cpu)),
            "wall_p50": _rounded(percentile(self.wall, 50)),
            "wall_p95": _rounded(percentile(self.wall, 95)),
            "wall_mean": _rounded(sum(self.wall) / len(self.wall)),
            "first_p50": _rounded(percentile(self.first, 50)),
            "answers": len(self.cpu),
        }


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile by the nearest rank, which is one of the values.

    >>> percentile([4.0, 1.0, 3.0, 2.0], 50), percentile([4.0, 1.0, 3.0, 2.0], 95)
    (2.0, 4.0)
    """
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * share // 100) - 1)]


def _rounded(milliseconds: float) -> float:
    """Keep three figures, more would be noise.

    >>> _rounded(0.123456), _rounded(1234.56)
    (0.123, 1230.0)
    """
    return float(f"{milliseconds:.3g}")


@dataclass(slots=True)
class Measured:
    """One class of questions: the times by engine, and the first answers by engine, in the order of the questions."""

    times: dict[str, Times]
    answers: dict[str, list[Answer]]


def measure(engines: Mapping[str, Engine], specs: Sequence[QuerySpec], seconds: float) -> Measured:
    """Ask all engines a class of questions until each has used its seconds of processor time.

    An engine that cannot ask them is left out of the times. The first answer to each question warms the engine up and
    is timed apart; a slow engine warms up on fewer questions, and is timed on those.
    """
    times: dict[str, Times] = {}
    answers: dict[str, list[Answer]] = {}
    unable: set[str] = set()
    for spec in specs:
        for name in [name for name in engines if name not in unable]:
            mine = times.setdefault(name, Times())
            if len(mine.first) >= LEAST and sum(mine.first) > 1000 * seconds:
                continue
            answer, _, cpu = _timed(engines[name], spec)
            if answer is None:
                unable.add(name)
                del times[name]
                continue
            answers.setdefault(name, []).append(answer)
            mine.first.append(cpu)
    going = list(times)
    turn = 0
    while going:
        for name in rotated(going, turn):
            _, wall, cpu = _timed(engines[name], specs[turn % len(answers[name])])
            times[name].wall.append(wall)
            times[name].cpu.append(cpu)
        turn += 1
        going = [name for name in going if turn < LEAST or sum(times[name].cpu) < 1000 * seconds]
    return Measured(times, answers)


def rotated(names: list[str], turn: int) -> list[str]:
    """Return the names beginning with another one each turn.

    >>> rotated(["tantivy", "sqlite", "bm25s"], 4)
    ['sqlite', 'bm25s', 'tantivy']
    """
    at = turn % len(names)
    return names[at:] + names[:at]


def _timed(engine: Engine, spec: QuerySpec) -> tuple[Answer | None, float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    answer = engine.search(spec)
    after_wall, after_cpu = time.perf_counter(), time.process_time()
    return answer, 1000 * (after_wall - wall), 1000 * (after_cpu - cpu)


def disagreements(
    engines: Mapping[str, Engine], specs: Sequence[QuerySpec], measured: Measured
) -> list[dict[str, Any]]:
    """List where engines over the same words differ in totals or counts, against the first of them.

    An engine with more words (``same_words`` is false) is not compared: it is another question to it.
    """
    same = [name for name in measured.answers if engines[name].same_words]
    found = []
    for reference, *others in [same] if len(same) > 1 else []:
        for name in others:
            pairs = zip(specs, measured.answers[reference], measured.answers[name], strict=False)
            for spec, expected, answer in pairs:
                filtered = spec.city is not None or spec.years is not None
                whole = filtered and (engines[name].own_filter_ignored or engines[reference].own_filter_ignored)
                aspects = ("total",) if whole else ("total", "cities", "years")
                differs = [what for what in aspects if getattr(expected, what) != getattr(answer, what)]
                if differs:
                    found.append(
                        {
                            "query": spec.text,
                            "city": spec.city,
                            "years": spec.years,
                            "engines": [reference, name],
                            "differ": differs,
                            "totals": [expected.total, answer.total],
                        }
                    )
    return found


def compared(engines: Mapping[str, Engine], measured: Measured) -> int:
    """Return how many answers were held against those of the first engine."""
    same = [name for name in measured.answers if engines[name].same_words]
    return sum(min(len(measured.answers[name]), len(measured.answers[same[0]])) for name in same[1:])


def shared_top(engines: Mapping[str, Engine], measured: Measured) -> dict[str, float]:
    """Return the share of the first engine's ten best that each other one over the same words has too.

    Formulas of BM25 differ, in how exact lengths are and what a beginning counts, so this is told and not demanded.
    """
    same = [name for name in measured.answers if engines[name].same_words]
    shares: dict[str, float] = {}
    for name in same[1:]:
        pairs = list(zip(measured.answers[same[0]], measured.answers[name], strict=False))
        each = [len({*a.top} & {*b.top}) / len(a.top) for a, b in pairs if a.top]
        if each:
            shares[name] = round(sum(each) / len(each), 2)
    return shares
