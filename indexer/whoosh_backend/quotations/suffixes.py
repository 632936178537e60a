"""Where a string stands in a text of lines, without reading the text: a suffix tree that stops early.

A *place* is a character of the text together with all that follows it. Places that go on alike stand together in a
*group*, and a group is split by one more character only while it has more than ``FEW`` places: a suffix array (Manber
and Myers 1990, "Suffix arrays: a new method for on-line string searches") sorted only as far as is needed. Of each
place only the number of its line is kept, in 16 bits. The tree has a node for each group: the first level is split by
the first character, the second by the second, from there on only groups that are large.

So either a string is found in the tree to its end, and then the places below are all there are of it; or the tree ends
before the string does, and then a few places (more only where the same ``DEPTH`` characters come again and again) begin
as the string does: those have to be read.

Characters are UTF-16 units here, and each line ends with a line break. UTF-16 can be compared unit by unit: the units
of one character never look like a part of another.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.quotations.strings import Units

LINE_BREAK = 10
LINES = 1 << 16
"""Lines of one text at most: so many can be told apart in 16 bits."""
FEW = 1024
"""Places that are read rather than sorted: 0.3 ms. With 256 the tree takes 0.7 bytes a character and not 0.4."""
DEPTH = 16
"""Characters that places are sorted by at most."""


class Group(NamedTuple):
    """The places ``[low, high)`` that begin with the first ``depth`` characters of a string."""

    low: int
    high: int
    depth: int

    @property
    def size(self) -> int:
        """How many places there are."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class SuffixTree:
    """The nodes of a tree, breadth first, and ``postings``: the line of each place, group by group.

    ``units`` and ``starts``, by node: its character, and where its places begin in ``postings``; they end where those
    of its next sibling begin, or where its parent's end. ``branches`` are the nodes with children, ascending: those of
    ``branches[i]`` are the nodes from ``children[i]`` to ``children[i + 1]``, those of the root all before
    ``children[0]``. Siblings are sorted by their characters.
    """

    units: Units
    starts: NDArray[np.uint32]
    branches: NDArray[np.uint32]
    children: NDArray[np.uint32]
    postings: NDArray[np.uint16]

    def find(self, string: Units) -> Group:
        """Return the places that begin as a string does, as far as the tree goes; none if it stands nowhere.

        >>> from indexer.whoosh_backend.quotations.strings import as_units
        >>> tree = sort_suffixes(as_units("义务教育\\n教育教学\\n"))
        >>> group = tree.find(as_units("教育"))
        >>> group, tree.postings[group.low : group.high].tolist()
        (Group(low=4, high=6, depth=2), [0, 1])
        >>> tree.find(as_units("教育教")).depth, tree.find(as_units("素质教育")).size
        (2, 0)
        """
        low, high = 0, len(self.postings)
        first, last = 0, int(self.children[0])
        for depth, unit in enumerate(string, 1):
            node = first + int(self.units[first:last].searchsorted(unit))
            if node >= last or self.units[node] != unit:
                return Group(low, low, depth)
            if node + 1 < last:
                high = int(self.starts[node + 1])
            low = int(self.starts[node])
            # For a plain int numpy would first copy the whole array into another type.
            branch = int(self.branches.searchsorted(np.uint32(node)))
            if branch == len(self.branches) or self.branches[branch] != node:
                return Group(low, high, depth)
            first, last = int(self.children[branch]), int(self.children[branch + 1])
        return Group(low, high, len(string))


ARRAYS = tuple(field.name for field in fields(SuffixTree))


def sort_suffixes(text: Units, few: int = FEW, depth: int = DEPTH) -> SuffixTree:
    """Sort the places of a text of at most ``LINES`` lines, none empty, each ending with a line break.

    Takes some 0.2 µs and 40 bytes of memory a character.
    """
    bits = len(text).bit_length()
    keys = (text.astype(np.uint64) << np.uint64(16)) | np.append(text[1:], np.uint16(LINE_BREAK))
    places, pairs = _sorted(keys, np.arange(len(text)), bits, text != LINE_BREAK)
    order = places.astype(np.uint32)
    firsts = pairs >> np.uint64(16)
    roots = _heads(firsts)
    starts = _heads(pairs)
    units = [firsts[roots], pairs[starts] & np.uint64(0xFFFF)]
    levels = [roots, starts]
    branches = [np.arange(len(roots))]
    families = [np.bincount(firsts[roots].searchsorted(firsts[starts]), minlength=len(roots))]
    nodes = len(roots)
    slots = np.arange(len(order))  # where the places that are sorted further stand in the order
    ends = len(order)
    for level in range(2, depth):
        sizes = np.diff(starts, append=ends)
        large = (sizes > few) & (units[-1] != LINE_BREAK)
        if not large.any():
            break
        branches.append(nodes + np.flatnonzero(large))
        nodes += len(starts)
        slots = slots[np.repeat(large, sizes)]
        groups = np.repeat(np.arange(len(branches[-1]), dtype=np.uint64), sizes[large])
        places = order[slots]
        places, keys = _sorted((groups << np.uint64(16)) | text[places + level], places, bits)
        order[slots] = places
        starts, ends = _heads(keys), len(slots)
        units.append(keys[starts] & np.uint64(0xFFFF))
        levels.append(slots[starts])
        families.append(np.bincount((keys[starts] >> np.uint64(16)).astype(np.intp), minlength=len(branches[-1])))
    breaks = np.flatnonzero(text == LINE_BREAK)
    lines = np.repeat(np.arange(len(breaks), dtype=np.uint16), np.diff(breaks, prepend=-1))
    return SuffixTree(
        np.concatenate(units).astype(np.uint16),
        np.concatenate(levels).astype(np.uint32),
        np.concatenate(branches).astype(np.uint32),
        np.cumsum(np.concatenate(([len(roots)], *families)), dtype=np.uint32),
        lines[order],
    )


def _sorted(
    keys: NDArray[np.uint64], places: NDArray[Any], bits: int, chosen: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Sort places by key, equal ones by place, and return them with their keys, sorted too.

    Both in one number: sorting those in place is faster than any way to sort by another array.
    """
    keys <<= np.uint64(bits)
    keys |= places.astype(np.uint64)
    if chosen is not None:
        keys = keys[chosen]
    keys.sort()
    places = keys & np.uint64((1 << bits) - 1)
    keys >>= np.uint64(bits)
    return places, keys


def _heads(keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return where each run of equal keys begins."""
    return np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])) if len(keys) else keys)
