"""Relaxing: what is given up, in steps, when no paragraph holds every word of a query.

``all``: every word. ``most``: at least ``MOST`` of the words' weight, a word weighing its idf, so that the rare ones
decide. ``any``: at least one. Words are given up before filters, and what ``-`` excludes stays excluded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.backend import Relaxed
from indexer.query import Relax
from indexer.whoosh_backend.evaluate import Unit
from indexer.whoosh_backend.scoring import Mask, Scores

MOST = 0.6
_WHY = {
    "most": "没有一段同时含有全部检索词，以下各段含有其中大部分。",
    "any": "没有一段含有大部分检索词，以下各段至少含有其中一个。",
}


def relaxed(
    units: Sequence[Unit], allowed: Mask, filtered: Mask, asked: Relax | None
) -> tuple[Mask, Scores, Relaxed | None]:
    """Return what matches, its scores, and what had to be given up to find it (or was, because the reader asked).

    ``allowed`` are the paragraphs that no ``-`` excludes, ``filtered`` those that the filters leave as well.
    """
    scores = np.sum([unit.scores * unit.mask for unit in units], axis=0) if units else np.zeros(len(allowed))
    every = np.logical_and.reduce([unit.mask for unit in units]) & allowed if units else allowed
    if not units or asked == "all" or (asked is None and (every & filtered).any()):
        return every, scores, None
    weights = np.array([unit.idf for unit in units])
    held = weights @ np.array([unit.mask for unit in units])
    steps: tuple[tuple[Relax, Mask], ...] = (
        ("most", (held >= MOST * weights.sum()) & allowed),
        ("any", (held > 0) & allowed),
    )
    for step, mask in steps:
        if asked == step or (asked is None and (mask & filtered).any()):
            found = mask & filtered
            dropped = tuple(unit.text for unit in units if not (unit.mask & found).any())
            return mask, scores, Relaxed(step, dropped, _WHY[step])
    return every, scores, None
