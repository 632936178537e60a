"""Relaxing: what is given up, in steps, when no paragraph holds every word of a query.

``near``: every word, all within a clause or two. ``all``: every word. ``most``: at least ``MOST`` of the words' weight,
a word weighing its idf, so that the rare ones decide. ``any``: at least one. Words are given up before filters, and
what ``-`` or a field excludes stays excluded.
"""

from __future__ import annotations

import numpy as np

from indexer.backend import Relaxed, Step
from indexer.query import NEAR, Relax
from indexer.whoosh_backend.evaluate import Evaluation
from indexer.whoosh_backend.matching import Matcher
from indexer.whoosh_backend.scoring import Mask, Scores

MOST = 0.6
_ORDER: tuple[Relax, ...] = ("near", "all", "most", "any")
_WHY: dict[Relax, str] = {
    "most": "没有一段同时含有全部检索词，以下各段含有其中大部分。",
    "any": "没有一段含有大部分检索词，以下各段至少含有其中一个。",
}
_QUESTION: dict[Relax, str] = {
    "most": "像是一个问题，以下各段含有其中大部分词，含有全部的在前。",
    "any": "像是一个问题，以下各段至少含有其中一个词。",
}
_ASKED: dict[Relax, str] = {
    "near": "只列全部检索词相距不远的段落。",
    "most": "以下各段含有大部分检索词。",
    "any": "以下各段至少含有一个检索词。",
}


def matches(evaluation: Evaluation, matcher: Matcher) -> dict[Relax, Mask]:
    """Return which paragraphs each step finds, the strictest first; ``near`` only where it differs from ``all``."""
    units, allowed = evaluation.units, evaluation.allowed
    if not units:
        return {"all": allowed}
    masks = np.array([unit.mask for unit in units])
    every = np.logical_and.reduce(masks) & allowed
    loose = [part for unit in units for part in (unit.inside or (unit,))]
    if len(loose) == 1:
        return {"all": every}
    weights = np.array([unit.idf for unit in loose])
    held = weights @ np.array([unit.mask for unit in loose])
    steps: dict[Relax, Mask] = {}
    sequences = [unit.sequence for unit in units]
    if all(sequences) and len(units) > 1:
        paragraphs, _ = matcher.near("body", sequences, NEAR)
        steps["near"] = np.zeros(len(allowed), np.bool_)
        steps["near"][paragraphs] = True
        steps["near"] &= every
    steps["all"] = every
    steps["most"] = (every | (held >= MOST * weights.sum())) & allowed
    steps["any"] = (held > 0) & allowed
    return steps


def relaxed(
    steps: dict[Relax, Mask], filtered: Mask, asked: Relax | None, left_out: int = 0, question: bool = False
) -> tuple[Mask, Relaxed | None]:
    """Choose the step that answers: what the reader asked for, else the first from ``all`` on that finds anything.

    ``left_out`` words of a long passage were not looked for, which is said too. A ``question`` in a whole sentence has
    words that no answer repeats: it asks for most of them from the start.
    """
    if asked is not None:
        step = asked if asked in steps else "all"
    else:
        tried = [name for name in _ORDER[2 if question else 1 :] if name in steps]
        step = next((name for name in tried if (steps[name] & filtered).any()), "all")
    why = "" if step == "all" else (_ASKED if asked else _QUESTION if question else _WHY)[step]
    if left_out:
        why = f"检索词太多，有 {left_out} 个常见词没有检索。{why}"
    return steps[step], Relaxed(step, (), why) if why else None


def dropped(evaluation: Evaluation, best: int) -> tuple[str, ...]:
    """Return the words that the best hit does without."""
    return tuple(unit.text for unit in evaluation.units if not unit.mask[best])


def counted(steps: dict[Relax, Mask], filtered: Mask) -> tuple[Step, ...]:
    """Count what each step finds with the filters; one step is no choice."""
    if len(steps) == 1:
        return ()
    return tuple(Step(name, int((steps[name] & filtered).sum())) for name in _ORDER if name in steps)


def coverage(evaluation: Evaluation) -> Scores:
    """Return the share of the words' weight that each paragraph holds: 1 where it holds all.

    Scores are multiplied by it (Lucene's classic *coord* factor, by weight instead of by number), so that a paragraph
    with every word comes before one that repeats a rare one.
    """
    if len(evaluation.units) < 2:
        return np.ones(len(evaluation.allowed))
    weights = np.array([unit.idf for unit in evaluation.units])
    held: Scores = weights @ np.array([unit.mask for unit in evaluation.units])
    inside = [unit for unit in evaluation.units if unit.inside]
    for unit in inside:
        parts = np.array([part.mask for part in unit.inside])
        held = held + unit.idf * parts.mean(axis=0)
    return held / max(float(weights.sum()), 1e-9)


def total_scores(evaluation: Evaluation) -> Scores:
    """Return what all units and the nearness of words give each paragraph, by the share of the words that it holds."""
    scores = evaluation.neighbours.copy()
    for unit in evaluation.units:
        for part in unit.inside or (unit,):
            scores += part.scores * part.mask
    return scores * coverage(evaluation)
