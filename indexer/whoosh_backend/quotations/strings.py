"""Strings found in UTF-16 units: what is left to be read once the tree has been asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.wildcard import find_wildcard

Units = NDArray[np.uint16]
Places = NDArray[np.intp]

_ONE_BY_ONE = 16
"""Places left that are compared one by one, each with all of a string, rather than all with its next character."""
_SURROGATE, _LOW_SURROGATE = np.uint16(0xFC00), np.uint16(0xDC00)
"""The bits that tell the second half of a character of two units."""


def as_units(string: str) -> Units:
    """Return a string as UTF-16 units; what is half a character stays one unit.

    >>> as_units("教𫍯").tolist()
    [25945, 55404, 57199]
    """
    return np.frombuffer(string.encode("utf-16-le", "surrogatepass"), "<u2")


def find_apart(text: Units, literal: str) -> Places:
    """Return where a string stands in a text, ascending, no two of them overlapping.

    >>> find_apart(as_units("20202020"), "2020").tolist()
    [0, 4]
    """
    string = as_units(literal)
    places = _occurrences(text, string)
    if (np.diff(places) >= len(string)).all():
        return places
    kept = []
    free = 0
    for place in places.tolist():
        if place >= free:
            kept.append(place)
            free = place + len(string)
    return np.array(kept, np.intp)


def find_stars(text: Units, literal: str) -> Places:
    """Return where a string with stars begins in a text, ascending, as ``find_wildcard`` has it.

    >>> find_stars(as_units("推𫍯推进义务教育优质均衡。推进工作。均衡"), "推进*均衡").tolist()
    [3]
    """
    characters = text.tobytes().decode("utf-16-le", "surrogatepass")
    offsets = np.fromiter((start for start, _ in find_wildcard(literal, characters)), np.intp)
    if len(characters) == len(text):
        return offsets
    return np.flatnonzero((text & _SURROGATE) != _LOW_SURROGATE)[offsets]


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
