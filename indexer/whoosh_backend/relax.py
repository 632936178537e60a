"""Relaxing: what is given up, in steps, when no paragraph holds every word of a query.

``near``: every word, all within a clause or two. ``all``: every word. ``most``: at least ``MOST`` of the words' weight,
a word weighing its idf, so that the rare ones decide, and nothing if no paragraph holds it in any wording. ``any``: at
least one. Words are given up before filters, and what ``-`` or a field excludes stays excluded.
"""

from __future__ import annotations

import numpy as np

from indexer.backend import Relaxed, Step
from indexer.query import NEAR, Relax
from indexer.whoosh_backend.arrays import Mask, Numbers, Values, Weighted, at_each, common, summed, union
from indexer.whoosh_backend.evaluate import Evaluation
from indexer.whoosh_backend.matching import Matcher

MOST = 0.6
QUESTION_MOST = 0.25
"""The share of the words' weight that ``most`` asks of a query, and of a question in a sentence, whose words are mostly
not those of the texts: of 81 questions written for the five documents, 0.6, 0.4, 0.3, 0.2 and any word at all found
59, 66, 78, 84 and 88 % of what answers them, with 17, 19, 28, 48 and 75 hits a question."""
_ROUNDING = 1e-6
"""What adding the same weights in another order may change of their sum."""
_ORDER: tuple[Relax, ...] = ("near", "all", "most", "any")
_WHY: dict[Relax, str] = {
    "most": "没有一段同时含有全部检索词，以下各段含有其中大部分。",
    "any": "没有一段含有大部分检索词，以下各段至少含有其中一个。",
}
_QUESTION: dict[Relax, str] = {
    "most": "像是一句话，以下各段含有其中要紧的词，含得多的在前。",
    "any": "像是一句话，以下各段至少含有其中一个词。",
}
_ASKED: dict[Relax, str] = {
    "near": "只列全部检索词相距不远的段落。",
    "most": "以下各段含有大部分检索词。",
    "any": "以下各段至少含有一个检索词。",
}


def matches(evaluation: Evaluation, matcher: Matcher) -> dict[Relax, Numbers]:
    """Return which paragraphs each step finds, the strictest first; ``near`` only where it differs from ``all``."""
    units, count = evaluation.units, evaluation.count
    if not units:
        return {"all": evaluation.allowed(np.arange(count, dtype=np.int32))}
    every = evaluation.allowed(common([unit.paragraphs for unit in units], count))
    loose = [part for unit in units for part in (unit.inside or (unit,))]
    if len(units) == 1 and not units[0].inside:
        return {"all": every}
    steps: dict[Relax, Numbers] = {}
    sequences = [unit.sequence for unit in units]
    if all(sequences) and len(units) > 1:
        near, _ = matcher.near("body", sequences, NEAR)
        steps["near"] = common([near, every], count)
    steps["all"] = every
    something, held = summed([(unit.paragraphs, unit.idf) for unit in loose], count)
    share = QUESTION_MOST if evaluation.question else MOST
    needed = share * sum(unit.idf for unit in loose if len(unit.paragraphs)) * (1 - _ROUNDING)
    most = evaluation.allowed(something.take(np.flatnonzero(held >= needed)))
    steps["most"] = union([most, every], count)
    steps["any"] = evaluation.allowed(something)
    return steps


def relaxed(
    steps: dict[Relax, Numbers],
    totals: dict[Relax, int],
    asked: Relax | None,
    left_out: int = 0,
    question: bool = False,
) -> tuple[Numbers, Relaxed | None]:
    """Choose the step that answers: what the reader asked for, else the first from ``all`` on that finds anything.

    ``totals`` are what the steps find with the filters. ``left_out`` words of a long passage were not looked for,
    which is said too. A ``question`` in a whole sentence has words that no answer repeats: it asks for most of them
    from the start.
    """
    if asked is not None:
        step = asked if asked in steps else "all"
    else:
        tried = [name for name in _ORDER[2 if question else 1 :] if name in steps]
        step = next((name for name in tried if totals[name]), "all")
    why = "" if step == "all" else (_ASKED if asked else _QUESTION if question else _WHY)[step]
    if left_out:
        why = f"检索词太多，有 {left_out} 个常见词没有检索。{why}"
    return steps[step], Relaxed(step, (), why) if why else None


def dropped(evaluation: Evaluation, best: int) -> tuple[str, ...]:
    """Return the words that the best hit does without."""
    return tuple(unit.text for unit in evaluation.units if not holds(unit.paragraphs, best))


def holds(paragraphs: Numbers, number: int) -> bool:
    """Whether a paragraph is among others."""
    at = int(np.searchsorted(paragraphs, number))
    return at < len(paragraphs) and int(paragraphs[at]) == number


def counted(steps: dict[Relax, Numbers], evaluation: Evaluation, filtered: Mask | None) -> dict[Relax, int]:
    """Count what each step finds in the documents that the filters leave; ``None`` leaves all."""
    return {name: len(evaluation.owners.within(found, filtered)) for name, found in steps.items()}


def offered(totals: dict[Relax, int]) -> tuple[Step, ...]:
    """Return the steps with their totals, the strictest first; one step is no choice."""
    if len(totals) == 1:
        return ()
    return tuple(Step(name, totals[name]) for name in _ORDER if name in totals)


def coverage(evaluation: Evaluation, paragraphs: Numbers) -> Values:
    """Return the share of the words' weight that each of the paragraphs holds: 1 where it holds all.

    Scores are multiplied by it (Lucene's classic *coord* factor, by weight instead of by number), so that a paragraph
    with every word comes before one that repeats a rare one.
    """
    if len(evaluation.units) < 2:
        return np.ones(len(paragraphs))
    held: list[Weighted] = [(unit.paragraphs, unit.idf) for unit in evaluation.units]
    held += [(part.paragraphs, unit.idf / len(unit.inside)) for unit in evaluation.units for part in unit.inside]
    weights = sum(unit.idf for unit in evaluation.units)
    return at_each(paragraphs, held, evaluation.count) / max(weights, 1e-9)


def total_scores(evaluation: Evaluation, paragraphs: Numbers, share: Values) -> Values:
    """Return what all units and the nearness of words give each of the paragraphs, by its ``share``."""
    parts = [(part.paragraphs, part.scores) for unit in evaluation.units for part in (unit.inside or (unit,))]
    if len(parts) == 1 and not evaluation.neighbours and len(parts[0][0]) == len(paragraphs):
        return parts[0][1] * share
    return at_each(paragraphs, [*parts, *evaluation.neighbours], evaluation.count) * share
