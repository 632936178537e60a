"""Strings as UTF-16 units, and where they stand in what is left to be read once the tree has been asked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.wildcard import pattern

Units = NDArray[np.uint16]

_SURROGATE, _LOW_SURROGATE = np.uint16(0xFC00), np.uint16(0xDC00)
"""The bits that tell the second half of a character of two units."""


def as_units(string: str) -> Units:
    """Return a string as UTF-16 units; what is half a character stays one unit.

    >>> as_units("教𫍯").tolist()
    [25945, 55404, 57199]
    """
    return np.frombuffer(string.encode("utf-16-le", "surrogatepass"), "<u2")


def find_apart(text: Units, literal: str, *, stars: bool = False) -> NDArray[np.intp]:
    """Return where a string begins in a text, ascending, no two copies overlapping.

    With ``stars``, each single star stands for other characters, as ``wildcard.pattern`` has it.

    >>> find_apart(as_units("20202020"), "2020").tolist()
    [0, 4]
    >>> find_apart(as_units("推𫍯推进义务教育优质均衡。推进工作。均衡"), "推进*均衡", stars=True).tolist()
    [3]
    """
    characters = str(text.view(np.uint8).data, "utf-16-le", "surrogatepass")
    if stars:
        found = [match.start() for match in pattern(literal).finditer(characters)]
    else:
        found = list(_copies(literal, characters))
    offsets = np.array(found, np.intp)
    if len(characters) == len(text):
        return offsets
    return np.flatnonzero((text & _SURROGATE) != _LOW_SURROGATE)[offsets]


def meets_itself(literal: str) -> bool:
    """Whether two copies of a string can overlap: whether it ends as it begins.

    >>> meets_itself("2020"), meets_itself("义务教育"), meets_itself("——")
    (True, False, True)
    """
    return any(literal.startswith(literal[at:]) for at in range(1, len(literal)))


def _copies(literal: str, characters: str) -> Iterator[int]:
    offset = characters.find(literal)
    while offset >= 0:
        yield offset
        offset = characters.find(literal, offset + len(literal))
