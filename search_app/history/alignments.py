"""How readings of a document were aligned, remembered: many links of one document are followed one after another."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from indexer.anchoring import Anchor

Alignment = tuple[Anchor, ...]

MOST = 20_000
"""Anchors that are remembered, one a paragraph: some 40 MB, as one took 1.5 to 1.9 KB in five reports of cities."""


class Alignments:
    """The pairs of readings that were aligned lately, each named by what never changes: its document and its build."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Alignment] = OrderedDict()
        self._anchors = 0
        self._lock = threading.Lock()

    def get(self, pair: Hashable, make: Callable[[], Alignment]) -> Alignment:
        """Return the alignment of a pair, made if it is not remembered; two threads may both make it.

        One of more anchors than are remembered is made each time, and nothing is forgotten for it.

        >>> remembered = Alignments()
        >>> remembered.get(("旧", "新"), lambda: ())
        ()
        """
        with self._lock:
            if pair in self._kept:
                self._kept.move_to_end(pair)
                return self._kept[pair]
        made = make()
        if len(made) > self._most:
            return made
        with self._lock:
            self._anchors += len(made) - len(self._kept.pop(pair, ()))
            self._kept[pair] = made
            while self._anchors > self._most:
                self._anchors -= len(self._kept.popitem(last=False)[1])
        return made


ALIGNMENTS = Alignments()
"""What this process remembers, whatever index and database it answers from: builds have names of their own."""
