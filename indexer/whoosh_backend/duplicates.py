"""Hits that say nearly the same, told from two small columns; texts are read only where a pair looks promising."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.models import Paragraph
from indexer.resemblance import (
    ALIKE,
    FOLDING,
    PROMISING,
    SKETCH,
    Sketch,
    fingerprint,
    likeness,
    shingles,
    skeleton,
    sketch,
)
from indexer.whoosh_backend.arrays import Numbers

WINDOW = 300
"""Ranked paragraphs among which like ones are folded: 30 pages of 10, further than anybody reads."""


@dataclass(frozen=True, slots=True)
class LikenessColumns:
    """Per paragraph, what equal texts share (``fingerprints``) and what like ones share in part (``sketches``)."""

    fingerprints: NDArray[np.uint64]
    sketches: NDArray[np.uint8]


def likeness_columns(texts: Iterable[str]) -> LikenessColumns:
    """Return the columns of folded texts, in their order."""
    fingerprints: list[int] = []
    sketches: list[Sketch] = []
    for text in texts:
        letters = skeleton(text)
        fingerprints.append(fingerprint(letters))
        sketches.append(sketch(letters))
    return LikenessColumns(np.array(fingerprints, np.uint64), np.array(sketches, np.uint8).reshape(-1, SKETCH))


def likely(columns: LikenessColumns, folded: str, least: int) -> Numbers:
    """Return the numbers of the paragraphs that agree in so many numbers of their sketch with a folded text.

    Reads 40 bytes for each paragraph of the corpus.
    """
    letters = skeleton(folded)
    agreeing = np.count_nonzero(columns.sketches == sketch(letters), axis=1)
    alike = (agreeing >= least) & columns.sketches.any(axis=1)
    print_ = fingerprint(letters)
    same = columns.fingerprints == np.uint64(print_) if print_ else np.zeros_like(alike)
    return np.flatnonzero(alike | same).astype(np.int32)


def fold_alike(
    columns: LikenessColumns, ranked: Numbers, read: Callable[[list[int]], Iterable[Paragraph]]
) -> dict[int, list[int]]:
    """Return, by the number of the paragraph that is shown, those that are nearly the same and stand further down.

    Only the first ``WINDOW`` of ``ranked`` are looked at, all of them whichever page is asked for, so that what is
    folded on one page does not come back on another. A paragraph is compared with those that are shown, best first.
    ``read`` gives the paragraphs of the numbers it is handed.
    """
    window = ranked[:WINDOW]
    prints, sketches = columns.fingerprints[window], columns.sketches[window, :FOLDING]
    same = (prints[:, None] == prints) & (prints != 0)
    # Two numbers at a time first, half the work: one of these eight pairs agrees but for twice in a million.
    near = np.zeros_like(same)
    for column in np.ascontiguousarray(sketches).view(np.uint16).T:
        near |= column[:, None] == column
    near &= sketches.any(axis=1)
    firsts, seconds = np.nonzero(np.triu(same | near, 1))
    agreeing = np.count_nonzero(sketches[firsts] == sketches[seconds], axis=1)
    promising = same[firsts, seconds] | (agreeing >= PROMISING)
    pairs = np.stack([firsts[promising], seconds[promising]], axis=1)
    unsure = np.unique(pairs[~same[pairs[:, 0], pairs[:, 1]]]).tolist()
    texts = read([int(window[at]) for at in unsure])
    held = {at: shingles(skeleton(paragraph.folded)) for at, paragraph in zip(unsure, texts, strict=True)}
    above: dict[int, list[int]] = {}
    for first, second in pairs.tolist():
        above.setdefault(second, []).append(first)
    folded: dict[int, list[int]] = {}
    hidden: set[int] = set()
    for second, candidates in sorted(above.items()):
        for first in candidates:
            if first not in hidden and (same[first, second] or likeness(held[first], held[second]) >= ALIKE):
                folded.setdefault(int(window[first]), []).append(int(window[second]))
                hidden.add(second)
                break
    return folded
