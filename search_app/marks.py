"""Text cut into pieces for a template: ``<mark>`` is made there, from spans, so that text is always escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.models import Repair, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is shown alike: marked as typed or by expansion, repaired, or ``joined`` to the last."""

    text: str
    marked: bool = False
    expanded: bool = False
    repair: Repair | None = None
    joined: bool = False


def cut(
    text: str,
    spans: Sequence[Sequence[int]],
    low: int = 0,
    high: int | None = None,
    repairs: Sequence[Repair] = (),
    joints: Sequence[int] = (),
    expanded: Sequence[Sequence[int]] = (),
) -> tuple[Piece, ...]:
    """Cut ``text[low:high]`` where a mark, a repair or a joint begins or ends; the pieces join to exactly that text.

    >>> [(piece.text, piece.marked) for piece in cut("落实随迁子女就学政策", [[2, 6]])]
    [('落实', False), ('随迁子女', True), ('就学政策', False)]
    """
    high = len(text) if high is None else min(high, len(text))
    if low >= high:
        return ()
    edges = {low, high}
    for start, end in [*((span[0], span[1]) for span in (*spans, *expanded)), *((r.start, r.end) for r in repairs)]:
        edges |= {edge for edge in (start, end) if low < edge < high}
    edges |= {joint for joint in joints if low < joint < high}
    ordered = sorted(edges)
    return tuple(
        Piece(
            text[start:end],
            any(span[0] <= start < span[1] for span in spans),
            any(span[0] <= start < span[1] for span in expanded),
            next((repair for repair in repairs if repair.start <= start < repair.end), None),
            start in joints,
        )
        for start, end in pairwise(ordered)
    )


def excerpt(length: int, spans: Sequence[Sequence[int]], low: int, most: int = 420) -> Span:
    """Choose the window of a long text that a list shows: all of it if it is short, else around the first mark.

    Paragraphs of real plans have 60 to 400 characters; only what is longer is cut.

    >>> excerpt(300, [[250, 254]], 0), excerpt(2000, [[1000, 1004]], 0)
    ((0, 300), (860, 1280))
    """
    if length - low <= most * 5 // 4:
        return (low, length)
    first = next((span[0] for span in spans if span[0] >= low), low)
    start = low if first < low + most * 3 // 4 else min(first - most // 3, length - most)
    return (start, min(start + most, length))
