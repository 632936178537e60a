"""The headings above the current place, and how deep each new one stands."""

from __future__ import annotations

from indexer.lines import squeeze
from indexer.numbering import RANKS, Marker
from indexer.titlelines import is_part_title

_INTRODUCTION = frozenset({"前言", "引言", "序言", "导言", "序"})


class Stack:
    """The headings above the current place, outermost first."""

    def __init__(self) -> None:
        self._open: list[tuple[str, float, int, int]] = []

    @property
    def path(self) -> tuple[int, ...]:
        """Indices of the open headings."""
        return tuple(index for _, _, index, _ in self._open)

    def clear(self) -> None:
        """Forget all headings: a new title begins a new text."""
        self._open.clear()

    def close(self, marker: Marker) -> None:
        """Close the heading that a numbered text follows as the next of its kind: it stands beside it, not below."""
        for depth, (kind, _, _, value) in enumerate(self._open):
            if kind == marker.kind and marker.value == value + 1:
                del self._open[depth:]
                return

    def push(self, kind: str, index: int, words: str, value: int = 0) -> int:
        """Open a heading below the ones it belongs to and return its level, 1 the outermost."""
        if kind == "plain" and is_part_title(words):
            self._open.clear()
        kinds = [open_kind for open_kind, _, _, _ in self._open]
        if kind in kinds:
            del self._open[kinds.index(kind) :]
            rank = self._rank(kind, words)
        else:
            rank = self._rank(kind, words)
            while self._open and self._open[-1][1] > rank:
                self._open.pop()
        self._open.append((kind, rank, index, value))
        return len(self._open)

    def _rank(self, kind: str, words: str) -> float:
        if kind.startswith("sharp"):
            return int(kind[5:]) / 10
        if kind == "plain":
            return 20.0 if self._open or squeeze(words) in _INTRODUCTION else 0.0
        return float(RANKS[kind])
