"""Two documents side by side: which paragraph of one stands for which of the other, and what became of it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import STOP_WORDS, tokenize
from indexer.compare.passages import cut_passage
from indexer.compare.topic import DOING
from indexer.compare.wordings import COMPARABLE, NumberDifference, differing_numbers
from indexer.diff import Change, diff
from indexer.models import Document, Paragraph
from indexer.resemblance import figures, likeness, shingles, skeleton

Kind = Literal["same", "reworded", "moved", "added", "dropped"]

PAIRED = 0.18
"""Likeness from which two paragraphs are on one matter; docs/decisions/comparing.md has what other values pair."""
CARRIED = 0.5
"""Share of shingles from which a paragraph was carried over, so that it can have moved."""
_TITLE = 0.4
"""What the titles of two paragraphs count in their likeness; their words the rest."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two paragraphs that stand for each other, or one alone: ``added`` has no ``left``, ``dropped`` no ``right``.

    ``same`` is the same letters and figures in the same order; ``moved`` stands elsewhere in the order, and may be
    reworded too. ``likeness`` (0 to 1) is that of words and headings; ``changes`` are empty where the two only share a
    matter, not a wording. ``numbers`` are those of the right text that the left one does not give.
    """

    kind: Kind
    left: Paragraph | None
    right: Paragraph | None
    likeness: float = 0.0
    changes: tuple[Change, ...] = ()
    numbers: tuple[NumberDifference, ...] = ()


def align(left: Document, right: Document) -> tuple[Pair, ...]:
    """Pair the paragraphs of two documents: in the order of the left one, what was added behind what it follows.

    A paragraph is paired at most once, the likest pairs first. Takes time and memory in proportion to the product of
    the numbers of paragraphs: two plans of a hundred paragraphs take some hundredths of a second.
    """
    ours, theirs = left.paragraphs, right.paragraphs
    alike = _likeness(ours, theirs)
    paired = _pairs(alike)
    order = [paired[at] for at in sorted(paired)]
    kept = _longest_rise(order)
    found: dict[int, Pair] = {
        at: _pair(ours[at], theirs[other], float(alike[at, other]), moved=other not in kept)
        for at, other in paired.items()
    }
    behind = _followed(theirs, {other: at for at, other in paired.items()})
    pairs = [Pair("added", None, theirs[other]) for other in behind.get(None, ())]
    for at, paragraph in enumerate(ours):
        pairs.append(found.get(at) or Pair("dropped", paragraph, None))
        pairs.extend(Pair("added", None, theirs[other]) for other in behind.get(at, ()))
    return tuple(pairs)


def _pair(ours: Paragraph, theirs: Paragraph, alike: float, *, moved: bool) -> Pair:
    before, after = skeleton(ours.folded), skeleton(theirs.folded)
    share = likeness(shingles(before), shingles(after))
    kind: Kind = "reworded"
    if moved and share >= CARRIED:
        kind = "moved"
    elif before == after and figures(ours.folded) == figures(theirs.folded):
        kind = "same"
    changes = diff(ours.text, ours.folded, theirs.text, theirs.folded) if share >= COMPARABLE else ()
    return Pair(kind, ours, theirs, round(alike, 4), changes, differing_numbers(ours.folded, theirs.folded))


def _likeness(ours: Sequence[Paragraph], theirs: Sequence[Paragraph]) -> NDArray[np.float64]:
    """Return the cosine of every two paragraphs' words and headings; words that fewer paragraphs hold weigh more."""
    bodies = [_words(each.folded) for each in (*ours, *theirs)]
    heads = [_matter(_words(_title(each))) for each in (*ours, *theirs)]
    spread = Counter(word for bag in bodies for word in bag)
    weights = {word: math.log(len(bodies) / held) + 0.1 for word, held in spread.items()}
    body, head = (_cosines(bags, len(ours), weights) for bags in (bodies, heads))
    titled = np.array([bool(bag) for bag in heads])
    both = titled[: len(ours), None] & titled[len(ours) :]
    return np.asarray(np.where(both, (1 - _TITLE) * body + _TITLE * head, body))


def _title(paragraph: Paragraph) -> str:
    """Return what names the matter of a paragraph: its run-in title, else the heading above it."""
    passage = cut_passage(paragraph)
    if passage.title:
        return passage.visible[slice(*passage.title)]
    return paragraph.section_folded[-1] if paragraph.section_folded else ""


def _cosines(bags: Sequence[Counter[str]], split: int, weights: dict[str, float]) -> NDArray[np.float64]:
    columns = {word: at for at, word in enumerate(dict.fromkeys(word for bag in bags for word in bag))}
    table = np.zeros((len(bags), len(columns)))
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            # A word that is said again tells less than the first time.
            table[row, columns[word]] = (1 + math.log(count)) * weights.get(word, 1.0)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    table /= np.where(lengths == 0, 1, lengths)
    return np.asarray(table[:split] @ table[split:].T)


def _words(folded: str) -> Counter[str]:
    return Counter(token.term for token in tokenize(folded) if not token.inner and token.term not in STOP_WORDS)


def _matter(bag: Counter[str]) -> Counter[str]:
    """Leave out what titles say is done about a matter (规范…管理), unless that is all they say."""
    return Counter({word: count for word, count in bag.items() if word not in DOING}) or bag


def _pairs(alike: NDArray[np.float64]) -> dict[int, int]:
    """Pair the likest first; of equally like ones those nearest in order."""
    rows, columns = np.nonzero(alike >= PAIRED)
    far = np.abs(rows / max(alike.shape[0], 1) - columns / max(alike.shape[1], 1))
    taken: set[int] = set()
    pairs: dict[int, int] = {}
    for at in np.lexsort((far, -np.round(alike[rows, columns], 6))).tolist():
        row, column = int(rows[at]), int(columns[at])
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return pairs


def _longest_rise(order: Sequence[int]) -> set[int]:
    """Return the values of a longest ascending subsequence: what kept its order (Fredman 1975, by binary search).

    >>> sorted(_longest_rise([0, 3, 1, 2, 4]))
    [0, 1, 2, 4]
    """
    ends: list[int] = []
    best: list[int] = []
    before: dict[int, int | None] = {}
    for value in order:
        at = bisect_left(ends, value)
        before[value] = best[at - 1] if at else None
        ends[at:], best[at:] = [value, *ends[at + 1 :]], [value, *best[at + 1 :]]
    kept: set[int] = set()
    value_: int | None = best[-1] if best else None
    while value_ is not None:
        kept.add(value_)
        value_ = before[value_]
    return kept


def _followed(theirs: Sequence[Paragraph], paired: dict[int, int]) -> dict[int | None, list[int]]:
    """Say behind which left paragraph (``None``: before all) each right one stands that is paired with none."""
    behind: dict[int | None, list[int]] = {}
    last: int | None = None
    for other in range(len(theirs)):
        if other in paired:
            last = paired[other]
        else:
            behind.setdefault(last, []).append(other)
    return behind
