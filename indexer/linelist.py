"""The headings and titles of an index, to be found by a part of them: arrays made once for each segment of a build.

==================  =================================================================================================
``folded``          all lines folded, without spaces, in UTF-8, each between two line feeds; those of more paragraphs
                    first, then the shorter ones
``starts``          where the line feed before each stands, and the last
``shown``           the lines as they are shown, joined; ``shown_starts``: where each begins, and the end
``order``           the numbers of the lines in order of what is shown
``owners``          the documents of each line, ``totals``: with how many paragraphs of them, and ``owners_starts``
==================  =================================================================================================

A look-up is one search through ``folded``: a million paragraphs have a few megabytes of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import HAN
from indexer.errors import IndexBrokenError
from indexer.fold import compact, fold
from indexer.numbering import read_marker
from indexer.wordlist import Arrays, Strings, joined

_LONGEST_HEADING = 40
"""Characters of a heading that fits a line and is still typed by nobody; longer ones are sentences."""
_HAN_PAIR = re.compile(rf"[{HAN}]{{2}}")


class Line(NamedTuple):
    """A heading or a title as shown, its number of paragraphs, and a document that has it."""

    text: str
    total: int
    document_id: str


class LinePart(NamedTuple):
    """The lines of one segment: their arrays, which of its documents are alive (``None``: all), and the documents' ids.

    ``identity`` returns the id of a document of the segment by its number.
    """

    arrays: Arrays
    alive: NDArray[np.bool_] | None
    identity: Callable[[int], str]


Owned = tuple[str, Sequence[tuple[int, int]]]
"""A line, and the documents that have it, each with a number of paragraphs."""


def headings_of(documents: Iterable[Mapping[str, int]]) -> list[Owned]:
    """Return the headings of documents worth suggesting, without their numbers, from those as published with counts.

    >>> headings_of([{"一、指导思想": 2, "1.": 1}, {"(一)指导思想。": 3}])
    [('指导思想', [(0, 2), (1, 3)])]
    """
    shown: dict[str, str] = {}
    owners: dict[str, dict[int, int]] = {}
    for number, headings in enumerate(documents):
        for heading, count in headings.items():
            text = shown.get(heading)
            if text is None:
                text = shown[heading] = unnumbered(heading)
            if len(text) <= _LONGEST_HEADING and _HAN_PAIR.search(text):
                counts = owners.setdefault(text, {})
                counts[number] = counts.get(number, 0) + count
    return [(text, list(counts.items())) for text, counts in owners.items()]


def unnumbered(heading: str) -> str:
    """Return a heading without its number and the marks around it.

    >>> unnumbered("(三)推进城乡一体化"), unnumbered("一、 指导思想。"), unnumbered("九年义务教育")
    ('推进城乡一体化', '指导思想', '九年义务教育')
    """
    folded = fold(heading).text
    start = len(folded) - len(folded.lstrip())
    marker = read_marker(folded, start, len(folded))
    return " ".join(heading[marker.end if marker else start :].split()).strip(" .。、:：,，;；")


def line_arrays(lines: Iterable[Owned]) -> dict[str, NDArray[Any]]:
    """Return the arrays of headings or titles with the documents they are of."""
    ranked = sorted(lines, key=lambda line: (-_total(line), len(line[0]), line[0]))
    folded = [compact(fold(text).text)[0].replace("\n", "").encode() for text, _ in ranked]
    owners = [owner for _, owned in ranked for owner in owned]
    return {
        "folded": np.frombuffer(b"\n".join([b"", *folded, b""]), np.uint8),
        "starts": np.cumsum([0, *(len(text) + 1 for text in folded)], dtype=np.int64).astype(np.uint32),
        **joined("shown", [text.encode() for text, _ in ranked]),
        "order": np.array(sorted(range(len(ranked)), key=lambda number: ranked[number][0]), np.uint32),
        "owners": np.array([document for document, _ in owners], np.uint32),
        "totals": np.array([count for _, count in owners], np.uint32),
        "owners_starts": np.cumsum([0, *(len(owned) for _, owned in ranked)], dtype=np.int64).astype(np.uint32),
    }


def _total(line: Owned) -> int:
    return sum(count for _, count in line[1])


class _Lines:
    """The lines of one segment."""

    def __init__(self, part: LinePart) -> None:
        arrays, self._alive, self._identity = part
        self._folded = arrays["folded"]
        self._starts = arrays["starts"].data
        self._shown = Strings(arrays, "shown")
        self._order = arrays["order"].data
        self._owners, self._totals = arrays["owners"], arrays["totals"]
        self._extents = arrays["owners_starts"].data
        count = self._shown.count
        if not (
            len(self._starts) == len(self._extents) == count + 1
            and len(self._order) == count
            and len(self._owners) == len(self._totals) == self._extents[count]
        ):
            raise IndexBrokenError("the headings and titles of the index are damaged; run `yaodian index --rebuild`")

    @cached_property
    def _text(self) -> bytes:
        """The folded lines in memory: mapped arrays cannot be searched."""
        return self._folded.tobytes()

    def holding(self, literal: bytes) -> Iterator[Line]:
        """Yield the lines with a string in them, or a line feed and how they begin, those of more paragraphs first."""
        at = self._text.find(literal)
        while at >= 0:
            # A string that is looked for may begin with the line feed before the line, never with the one behind it.
            number = bisect_right(self._starts, at) - 1
            if number == self._shown.count:
                return
            line = self._line(number)
            if line is not None:
                yield line
            at = self._text.find(literal, self._starts[number + 1])

    def find(self, text: str) -> Line | None:
        """Return the line that is shown so."""
        wanted = text.encode()
        place = bisect_left(self._order, wanted, key=self._shown.__getitem__)
        if place == len(self._order) or self._shown[self._order[place]] != wanted:
            return None
        return self._line(self._order[place])

    def _line(self, number: int) -> Line | None:
        """Return a line as far as its documents are not deleted, ``None`` if all are."""
        extent = slice(self._extents[number], self._extents[number + 1])
        owners, totals = self._owners[extent], self._totals[extent]
        if self._alive is not None:
            kept = self._alive[owners]
            owners, totals = owners[kept], totals[kept]
        if not len(owners):
            return None
        return Line(self._shown[number].decode(), int(totals.sum()), self._identity(int(owners[0])))


class LineList:
    """The headings or the titles of several segments. Damage raises ``IndexBrokenError``.

    ``together`` makes one of lines that are shown alike, as headings are; titles are of one document each.

    >>> lines = line_arrays([("指导思想", [(0, 2), (1, 3)]), ("保障教育经费", [(1, 4)]), ("教育督导", [(0, 1)])])
    >>> headings = LineList([LinePart(lines, None, str), LinePart(line_arrays([("教育督导", [(0, 9)])]), None, str)])
    >>> headings.holding("教育", 9)
    [Line(text='教育督导', total=10, document_id='0'), Line(text='保障教育经费', total=4, document_id='1')]
    """

    def __init__(self, parts: Iterable[LinePart], *, together: bool = True) -> None:
        self._parts = [_Lines(part) for part in parts]
        self._together = together and len(self._parts) > 1

    def holding(self, folded: str, most: int) -> list[Line]:
        """Return lines that hold a folded string without spaces: first those that begin with it, more paragraphs first.

        At most ``most`` are returned, of each segment the first so many considered.
        """
        literal = folded.encode("utf-8", "surrogatepass")
        with _reading():
            begun = self._found(b"\n" + literal, most)
            known = set(begun)
            return [*begun, *(line for line in self._found(literal, most) if line not in known)][:most]

    def _found(self, literal: bytes, most: int) -> list[Line]:
        lines = [line for part in self._parts for line in islice(part.holding(literal), most)]
        if self._together:
            lines = [self._over_all(text) for text in dict.fromkeys(line.text for line in lines)]
        return sorted(lines, key=lambda line: (-line.total, len(line.text), line.text))[:most]

    def _over_all(self, text: str) -> Line:
        lines = [line for part in self._parts if (line := part.find(text)) is not None]
        return lines[0]._replace(total=sum(line.total for line in lines))


@contextmanager
def _reading() -> Iterator[None]:
    """Take what damaged arrays lead to, numbers out of range and octets that are no text, for damage."""
    try:
        yield
    except (IndexError, ValueError, OverflowError) as error:
        raise IndexBrokenError(
            f"the headings of the index are damaged ({error!r}); run `yaodian check`, then `yaodian index --rebuild`"
        ) from error
