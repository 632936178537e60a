"""Clusters of texts that are copies of one of them: stars, not chains.

Of copies of copies the last may have nothing of the first. So each cluster has a centre, and whatever is in it was
compared with the centre itself (star clustering: Aslam, Pelekhov and Rus 2004). A text with many others like it is a
centre before one with few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.copying import Letters, is_copy
from indexer.whoosh_backend.reuse.candidates import LEAST, Pairs

UNKNOWN = -1
_SHINGLED = 4_000
"""Texts of which the shingles are kept: some 60 MB."""

Verdicts = NDArray[np.int8]
"""By pair: 1 copies of each other, 0 not, ``UNKNOWN`` not compared."""
Read = Callable[[Sequence[int]], Sequence[str]]
"""Gives the skeletons of the texts whose numbers it is handed."""


@dataclass(frozen=True, slots=True)
class Star:
    """A cluster: its centre, and the others, all copies of the centre."""

    centre: int
    others: tuple[int, ...]


def stars(pairs: Pairs, agreeing: NDArray[np.uint8], verdicts: Verdicts, count: int, read: Read) -> list[Star]:
    """Return the clusters of two texts or more among ``count`` texts; each text is in one cluster at most.

    ``pairs`` are those worth comparing, with how many numbers of their sketches agree. Texts are read only for pairs
    without a verdict; those that are found are written into ``verdicts``.
    """
    others, links, starts = _neighbours(pairs, count)
    strength = np.bincount(pairs.ravel(), np.repeat(agreeing - (LEAST - 1.0), 2), count)
    letters = _Letters(read)
    free = np.ones(count, np.bool_)
    found = []
    for centre in np.lexsort([np.arange(count), -strength]).tolist():
        if strength[centre] == 0:
            break
        if not free[centre]:
            continue
        free[centre] = False
        near = slice(starts[centre], starts[centre + 1])
        open_ = free[others[near]]
        theirs, linked = others[near][open_], links[near][open_]
        unknown = np.flatnonzero(verdicts[linked] == UNKNOWN).tolist()
        if unknown:
            ours, *texts = letters.of([centre, *theirs[unknown].tolist()])
            for at, text in zip(unknown, texts, strict=True):
                verdicts[linked[at]] = is_copy(ours, text) > 0
        members = theirs[verdicts[linked] == 1]
        if len(members):
            free[members] = False
            found.append(Star(centre, tuple(sorted(members.tolist()))))
    return found


def _neighbours(pairs: Pairs, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.intp]]:
    """Return, text after text, the others it is paired with and in which pair, and where each text's begin."""
    firsts = np.concatenate([pairs[:, 0], pairs[:, 1]])
    seconds = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.argsort(firsts, kind="stable")
    links = np.tile(np.arange(len(pairs)), 2)
    return seconds[order], links[order], np.searchsorted(firsts[order], np.arange(count + 1))


class _Letters:
    """Texts as they are compared; of some the shingles are kept."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._held: dict[int, Letters] = {}

    def of(self, numbers: Sequence[int]) -> Iterator[Letters]:
        """Return those of some texts, in their order."""
        if len(self._held) > _SHINGLED:
            self._held.clear()
        missing = [number for number in numbers if number not in self._held]
        self._held.update(zip(missing, map(Letters, self._read(missing)), strict=True))
        return map(self._held.__getitem__, numbers)
