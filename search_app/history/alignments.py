"""How readings of a document were aligned, remembered: many links of one document are followed one after another."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from indexer.anchoring import Anchor

Alignment = tuple[Anchor, ...]

KEPT = 64
"""Pairs that are remembered. One costs up to some tenths of a second to make and, as spans, tens of kilobytes."""


class Alignments:
    """The pairs of readings that were aligned lately, each named by what never changes: its document and its build."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Alignment] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, pair: Hashable, make: Callable[[], Alignment]) -> Alignment:
        """Return the alignment of a pair, made if it is not remembered; two threads may both make it.

        >>> remembered = Alignments(most=1)
        >>> remembered.get(("旧", "新"), lambda: ())
        ()
        """
        with self._lock:
            if pair in self._kept:
                self._kept.move_to_end(pair)
                return self._kept[pair]
        made = make()
        with self._lock:
            self._kept[pair] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


ALIGNMENTS = Alignments()
"""What this process remembers, whatever index and database it answers from: builds have names of their own."""
