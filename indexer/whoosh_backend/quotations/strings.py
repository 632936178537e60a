"""Strings in UTF-16 units, found by comparing whole arrays: what is left to be read once the tree has been asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.wildcard import GAP, STOPS, pieces

Units = NDArray[np.uint16]
Places = NDArray[np.intp]

_ONE_BY_ONE = 16
"""Places left that are compared one by one, each with all of a string, rather than all with its next character."""
_LOW_SURROGATES = (0xDC00, 0xE000)
"""The second halves of characters that are two units."""


def as_units(string: str) -> Units:
    """Return a string as UTF-16 units; what is half a character stays one unit.

    >>> as_units("教𫍯").tolist()
    [25945, 55404, 57199]
    """
    return np.frombuffer(string.encode("utf-16-le", "surrogatepass"), "<u2")


def find_apart(text: Units, literal: str, *, stars: bool = False) -> Places:
    """Return where a string stands in a text, ascending, no two of them overlapping.

    With ``stars``, each single star stands for other characters, as ``wildcard.find_wildcard`` has it.

    >>> find_apart(as_units("推进义务教育优质均衡。推进工作。均衡"), "推进*均衡", stars=True).tolist()
    [0]
    >>> find_apart(as_units("20202020"), "2020").tolist()
    [0, 4]
    """
    parts = [as_units(piece) for piece in (pieces(literal) if stars else (literal,))]
    starts = _occurrences(text, parts[-1])
    ends = starts + len(parts[-1])
    if len(parts) > 1:
        breaks = _clause_ends(text)
        halves = np.flatnonzero((text >= _LOW_SURROGATES[0]) & (text < _LOW_SURROGATES[1]))
    # From the last piece to the first: of each piece, the places from which all that follows it can be reached. A star
    # is as short as can be, so it reaches to the nearest of those.
    for part in reversed(parts[:-1]):
        here = _occurrences(text, part)
        behind = here + len(part)
        nearest = starts.searchsorted(behind)
        here, behind, nearest = (each[nearest < len(starts)] for each in (here, behind, nearest))
        there = starts[nearest]
        gap = there - behind - (halves.searchsorted(there) - halves.searchsorted(behind))
        reached = (gap <= GAP) & (breaks[breaks.searchsorted(behind)] >= there)
        starts, ends = here[reached], ends[nearest[reached]]
    return _apart(starts, ends)


def meets_itself(literal: str) -> bool:
    """Whether two copies of a string can overlap: whether it ends as it begins.

    >>> meets_itself("2020"), meets_itself("义务教育"), meets_itself("——")
    (True, False, True)
    """
    return any(literal.startswith(literal[at:]) for at in range(1, len(literal)))


def _occurrences(text: Units, string: Units) -> Places:
    """Return every place where a string begins, also inside a copy of itself."""
    places = np.flatnonzero(text[: max(len(text) - len(string) + 1, 0)] == string[0])
    for step in range(1, len(string)):
        if len(places) <= _ONE_BY_ONE:
            same = [np.array_equal(text[at : at + len(string)], string) for at in places.tolist()]
            return places[np.array(same, np.bool_)]
        places = places[text[places + step] == string[step]]
    return places


def _clause_ends(text: Units) -> Places:
    """Return where the characters stand that no star stands for, and one behind the end."""
    stops = np.zeros(len(text), np.bool_)
    for stop in STOPS:
        stops |= text == ord(stop)
    return np.append(np.flatnonzero(stops), len(text))


def _apart(starts: Places, ends: Places) -> Places:
    """Leave out the spans that begin inside one that stays; ends ascend as starts do."""
    if len(starts) < 2:
        return starts
    # Of those that end together the first stays, if only nothing before it reaches into it: mostly that is all.
    first = np.flatnonzero(np.diff(ends, prepend=-1))
    if (starts[first[1:]] >= ends[first[:-1]]).all():
        return starts[first]
    kept = []
    free = 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if start >= free:
            kept.append(start)
            free = end
    return np.array(kept, np.intp)
