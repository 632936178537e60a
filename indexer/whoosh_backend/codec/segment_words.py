"""The words of one segment, read: sorted terms, and per term where it stands, all of it views of a mapped file.

Of every field the file holds, under ``<field>/<name>``:

==================  =================================================================================================
``terms``           the terms in order of their bytes (of UTF-8: in order of characters), joined
``term_starts``     where each begins, and the end
``starts``          which postings belong to each term
``documents``       int32: the paragraph of every posting, ascending within a term
``frequencies``     how often the term stands in it (``octets.py``)
``position_starts`` which positions belong to each term
``positions``       word positions, ascending within a posting (``octets.py``); left out where there are none
``lengths``         how many tokens each paragraph has
==================  =================================================================================================

Document numbers are stored as they are, 4 bytes each, since every query reads them and nothing is faster than not
decoding. A field that Whoosh indexed in another format than positions has ``weights``,
``values`` and ``value_starts`` besides, for Whoosh alone.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexBrokenError
from indexer.whoosh_backend.codec.container import ArrayFile
from indexer.whoosh_backend.codec.octets import Octets, Unsigned

Ints = NDArray[np.int32]
_NONE = np.empty(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term stands: paragraph numbers ascending, how often in each, and its word positions, flat.

    Frequencies and positions are bytes, or uint32 where one is 255 or more: widen before adding.
    """

    paragraphs: Ints
    frequencies: Unsigned
    positions: Unsigned


class FieldWords:
    """One field of a segment, by term number; terms are bytes here, since not all fields of Whoosh are text.

    Raises ``IndexBrokenError`` where the arrays do not belong together.
    """

    def __init__(self, file: ArrayFile, field: str, count: int) -> None:
        def optional(name: str) -> NDArray[Any] | None:
            if f"{field}/{name}" not in file:
                return None
            return file[f"{field}/{name}"]

        self.term_starts = file[f"{field}/term_starts"]
        self.starts = file[f"{field}/starts"]
        self.documents: Ints = file[f"{field}/documents"]
        self.frequencies = Octets(file, f"{field}/frequencies")
        self.position_starts = file[f"{field}/position_starts"]
        self.lengths = file[f"{field}/lengths"]
        self.terms = file[f"{field}/terms"]
        self.positions = Octets(file, f"{field}/positions") if f"{field}/positions" in file else None
        self.weights = optional("weights")
        self.values, self.value_starts = optional("values"), optional("value_starts")
        self.count = len(self.starts) - 1
        if not (
            len(self.term_starts) == len(self.position_starts) == self.count + 1 > 0
            and self.term_starts[-1] == len(self.terms)
            and self.starts[-1] == len(self.documents) == len(self.frequencies)
            and (self.positions is None or self.position_starts[-1] == len(self.positions))
            and len(self.lengths) == count
        ):
            raise ValueError(f"the arrays of {field!r} do not belong together")
        # A memoryview gives Python's own numbers at a third of the cost of numpy's scalars.
        self._octets, self._ends = self.terms.data, self.term_starts.data
        self._starts, self._position_starts = self.starts.data, self.position_starts.data

    def term(self, number: int) -> bytes:
        """Return a term by its number."""
        return bytes(self._octets[self._ends[number] : self._ends[number + 1]])

    def at_least(self, term: bytes) -> int:
        """Return the number of the first term that is not before this one, ``count`` if all are."""
        return bisect_left(range(self.count), term, key=self.term)

    def find(self, term: bytes) -> int:
        """Return the number of a term, or -1."""
        number = self.at_least(term)
        return number if number < self.count and self.term(number) == term else -1

    def beginning(self, stem: bytes) -> range:
        """Return the numbers of the terms that begin so."""
        first = self.at_least(stem)
        return range(
            first, bisect_left(range(self.count), True, first, key=lambda at: self.term(at)[: len(stem)] > stem)
        )

    def extent(self, number: int) -> slice:
        """Return which postings belong to a term."""
        return slice(self._starts[number], self._starts[number + 1])

    def position_extent(self, number: int) -> slice:
        """Return which positions belong to a term; how many there are is how often the term stands in the segment."""
        return slice(self._position_starts[number], self._position_starts[number + 1])

    def all_weights(self, number: int) -> NDArray[Any]:
        """Return the weight of every posting of a term as Whoosh counts it: how often, unless a field was boosted."""
        extent = self.extent(number)
        return self.frequencies[extent] if self.weights is None else self.weights[extent]

    def postings(self, number: int) -> Postings:
        """Return where a term stands, without copying."""
        extent = self.extent(number)
        positions = _NONE if self.positions is None else self.positions[self.position_extent(number)]
        return Postings(self.documents[extent], self.frequencies[extent], positions)

    @cached_property
    def spreads(self) -> Ints:
        """The number of paragraphs that hold each term, deleted ones counted."""
        return np.diff(self.starts).astype(np.int32)


class SegmentWords:
    """The words of one segment, open for reading; paragraph numbers count from 0 within it.

    Raises ``IndexBrokenError`` where the file is missing, cut short or inconsistent.

    >>> import tempfile
    >>> from indexer.whoosh_backend.codec.words_writer import WordsWriter
    >>> writer = WordsWriter(["body"])
    >>> for terms in (["推进", "义务教育", "优质", "均衡"], ["义务教育", "巩固率"], ["义务", "教育", "义务"]):
    ...     writer.add("body", terms, range(len(terms)))
    ...     writer.next()
    >>> path = Path(tempfile.mkdtemp()) / "MAIN_a.words"
    >>> writer.write(path)
    >>> words = SegmentWords(path)
    >>> number = words.find("body", "义务教育")
    >>> words.postings("body", number).paragraphs.tolist(), words.postings("body", number).positions.tolist()
    ([0, 1], [1, 0])
    >>> [words.text("body", number) for number in words.beginning("body", "义务")], words.find("body", "双减")
    (['义务', '义务教育'], -1)
    >>> words.lengths("body").tolist(), words.spreads("body").sum().item()
    ([4, 2, 3], 8)
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = ArrayFile(path)
        suffix = "/term_starts"
        self.fields = tuple(name.removesuffix(suffix) for name in self._file if name.endswith(suffix))
        self.count = int(self._file["count"][0])
        try:
            self._fields = {field: FieldWords(self._file, field, self.count) for field in self.fields}
        except (ValueError, IndexError) as error:
            raise IndexBrokenError(f"{path}: is damaged ({error}); run `yaodian index --rebuild`") from error

    def field(self, field: str) -> FieldWords:
        """Return one field, whose terms are bytes; raises ``KeyError``."""
        return self._fields[field]

    def lengths(self, field: str) -> Unsigned:
        """Return the number of tokens of every paragraph, shape ``(count,)``."""
        return self._fields[field].lengths

    def find(self, field: str, term: str) -> int:
        """Return the number of a term, or -1."""
        return self._fields[field].find(term.encode())

    def beginning(self, field: str, stem: str) -> range:
        """Return the numbers of the terms that begin with these characters."""
        return self._fields[field].beginning(stem.encode())

    def text(self, field: str, number: int) -> str:
        """Return a term by its number."""
        return self._fields[field].term(number).decode()

    def term_count(self, field: str) -> int:
        """Return how many terms a field has."""
        return self._fields[field].count

    def spreads(self, field: str) -> Ints:
        """Return the number of paragraphs that hold each term, by term number, deleted ones counted."""
        return self._fields[field].spreads

    def postings(self, field: str, number: int) -> Postings:
        """Return where a term stands, without copying."""
        return self._fields[field].postings(number)

    def is_intact(self) -> bool:
        """Whether every byte is as it was written; reads the whole file."""
        return self._file.is_intact()
