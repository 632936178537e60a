"""Words as given, token by token, to the sorted arrays of a segment: what a build spends its time on.

Tokens are kept as two flat arrays of numbers (8 bytes a token while adding, about 50 at the end); sorting is numpy's
stable argsort on digits of 16 bits, which is a radix sort and the fastest of those tried.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.codec.container import ArrayWriter
from indexer.whoosh_backend.codec.octets import write_octets

_DIGIT = 16
_SORTED_AT_ONCE = 1 << 16


class _Tokens:
    """The tokens of one field so far, in the order given."""

    def __init__(self) -> None:
        # Looking a new term up numbers it; both steps run in C.
        self.numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.terms, self.positions, self.lengths = array("i"), array("i"), array("i")
        self.current = 0

    def add(self, terms: Sequence[str], positions: Sequence[int]) -> None:
        if len(terms) != len(positions):
            raise ValueError(f"{len(terms)} terms stand at {len(positions)} positions")
        self.terms.extend(map(self.numbers.__getitem__, terms))
        self.positions.extend(positions)
        self.current += len(terms)

    def next(self) -> None:
        self.lengths.append(self.current)
        self.current = 0


class WordsWriter:
    """Gathers the words of paragraphs and writes them as one segment; ``tokens`` says how much memory it takes.

    >>> import tempfile
    >>> from indexer.whoosh_backend.codec.segment_words import SegmentWords
    >>> writer = WordsWriter(["body", "section"])
    >>> writer.add("body", ["减轻", "学生", "负担"], [0, 1, 2])
    >>> writer.add("section", ["双减"], [0])
    >>> writer.next()
    >>> writer.tokens
    4
    >>> path = Path(tempfile.mkdtemp()) / "MAIN_a.words"
    >>> writer.write(path)
    >>> SegmentWords(path).find("section", "双减")
    0
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = {field: _Tokens() for field in fields}
        self.count = 0

    @property
    def tokens(self) -> int:
        """How many tokens were added so far, in all fields: what the memory taken goes by."""
        return sum(len(field.terms) for field in self._fields.values())

    def add(self, field: str, terms: Sequence[str], positions: Sequence[int]) -> None:
        """Add tokens of the current paragraph in one field, their word positions ascending."""
        self._fields[field].add(terms, positions)

    def next(self) -> None:
        """End the current paragraph."""
        for field in self._fields.values():
            field.next()
        self.count += 1

    def write(self, path: Path) -> None:
        """Write all that was added; raises ``FileExistsError``. The writer can be dropped afterwards."""
        with ArrayWriter(path) as writer:
            write_count(writer, self.count)
            for field, tokens in self._fields.items():
                _write_field(writer, field, tokens)


def write_count(writer: ArrayWriter, paragraphs: int) -> None:
    """Write how many paragraphs a segment has; raises ``ValueError`` beyond what a document number can hold."""
    if paragraphs >= 1 << 31:
        raise ValueError(f"{paragraphs} paragraphs are too many for one segment")
    writer.add("count", np.array([paragraphs], np.int64))


def write_terms(writer: ArrayWriter, field: str, terms: Iterable[bytes]) -> None:
    """Write the terms of a field, which must ascend."""
    octets = list(terms)
    writer.add(f"{field}/terms", np.frombuffer(b"".join(octets), np.uint8))
    writer.add(f"{field}/term_starts", starts(np.fromiter(map(len, octets), np.int64, len(octets))))


def starts(counts: NDArray[Any]) -> NDArray[Any]:
    """Return where each of so many begins when they stand one after the other, and the end.

    >>> starts(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    found = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=found[1:])
    return found.astype(start_type(int(found[-1])), copy=False)


def start_type(end: int) -> type[np.integer[Any]]:
    """Return the type of starts; never uint64, which turns into floats beside a signed number."""
    return np.uint32 if end < 1 << 32 else np.int64


def narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Return numbers, none negative, in the narrowest unsigned type that holds them.

    >>> narrow(np.array([7, 255])).dtype.name, narrow(np.array([7, 65536])).dtype.name
    ('uint8', 'uint32')
    """
    most = int(values.max(initial=0))
    return values.astype(np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32)


def order(keys: NDArray[Any], most: int) -> NDArray[np.intp]:
    """Return the order that sorts numbers from 0 to ``most``, equal ones left as they stand."""
    found = np.argsort((keys & (_SORTED_AT_ONCE - 1)).astype(np.uint16), kind="stable")
    if most >= _SORTED_AT_ONCE:
        found = found[np.argsort((keys >> _DIGIT).astype(np.uint16)[found], kind="stable")]
    return found


def _write_field(writer: ArrayWriter, field: str, tokens: _Tokens) -> None:
    vocabulary = sorted(tokens.numbers)  # by code point, which is the order of UTF-8 too
    ranks = np.empty(len(vocabulary), np.int32)
    ranks[np.fromiter(map(tokens.numbers.__getitem__, vocabulary), np.int64, len(vocabulary))] = np.arange(
        len(vocabulary), dtype=np.int32
    )
    write_terms(writer, field, (term.encode() for term in vocabulary))
    terms = ranks[np.frombuffer(tokens.terms, np.int32)]
    lengths = np.frombuffer(tokens.lengths, np.int32)
    sorting = order(terms, len(vocabulary))
    terms = terms[sorting]
    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)[sorting]
    fresh = np.ones(len(terms), bool)
    fresh[1:] = (terms[1:] != terms[:-1]) | (owners[1:] != owners[:-1])
    firsts = np.flatnonzero(fresh)
    writer.add(f"{field}/starts", starts(np.bincount(terms[firsts], minlength=len(vocabulary))))
    writer.add(f"{field}/documents", owners[firsts])
    write_octets(writer, f"{field}/frequencies", np.diff(firsts, append=len(terms)))
    writer.add(f"{field}/position_starts", starts(np.bincount(terms, minlength=len(vocabulary))))
    write_octets(writer, f"{field}/positions", np.frombuffer(tokens.positions, np.int32)[sorting])
    writer.add(f"{field}/lengths", narrow(lengths))
