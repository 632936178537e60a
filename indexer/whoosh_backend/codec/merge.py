"""Several segments to one: fields one after the other, terms range by range, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_backend.codec.container import ArrayWriter, Region
from indexer.whoosh_backend.codec.octets import OctetsWriter
from indexer.whoosh_backend.codec.segment_words import FieldWords, Ints, SegmentWords
from indexer.whoosh_backend.codec.words_writer import starts, write_count, write_terms

_POSITIONS_AT_ONCE = 1 << 21
"""About 60 MB while they are sorted; a single term that has more is still merged at once."""
_TERMS_AT_ONCE = 1 << 16
"""So that one pass over digits of 16 bits sorts them."""


@dataclass(frozen=True, slots=True)
class _Source:
    """One field of one part: what it holds, and the new number of each of its paragraphs."""

    words: FieldWords
    base: int
    numbers: Ints | None
    """New numbers by old number, -1 for what is dropped; ``None`` where all stay and are only moved by ``base``."""

    def renumbered(self, documents: Ints) -> Ints:
        """Return new paragraph numbers, -1 for what is dropped."""
        return documents + np.int32(self.base) if self.numbers is None else self.numbers[documents]

    def totals(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return, by term, how many postings stay and how many positions they have."""
        words = self.words
        if self.numbers is None:
            return np.diff(words.starts).astype(np.int64), np.diff(words.position_starts).astype(np.int64)
        spreads, sums = np.zeros(words.count, np.int64), np.zeros(words.count, np.int64)
        for low, high in _ranges(words.starts):
            extent = slice(words.starts[low], words.starts[high])
            stays = self.numbers[words.documents[extent]] >= 0
            bounds = words.starts[low : high + 1].astype(np.int64) - words.starts[low]
            spreads[low:high] = _sums(stays, bounds)
            sums[low:high] = _sums(np.where(stays, words.frequencies[extent], 0), bounds)
        return spreads, sums


def _sums(values: NDArray[Any], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sums of neighbouring stretches, of which some may be empty."""
    upto = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=upto[1:])
    return np.diff(upto[bounds])


def _ranges(ends: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Yield ranges of terms, each of few enough elements to be worked on at once."""
    low, last = 0, len(ends) - 1
    while low < last:
        fitting = int(np.searchsorted(ends, int(ends[low]) + _POSITIONS_AT_ONCE, "right")) - 1
        high = min(max(fitting, low + 1), low + _TERMS_AT_ONCE, last)
        yield low, high
        low = high


def merge_words(parts: Sequence[tuple[SegmentWords, NDArray[np.bool_] | None]], path: Path) -> None:
    """Write the words of several segments as one, their paragraphs in the order given.

    With a part comes which of its paragraphs stay, shape ``(count,)``, or ``None`` if all do. Dropped paragraphs leave
    nothing behind: terms that only they held are gone, as are their counts. Raises ``ValueError`` for a field that
    Whoosh wrote in a format of its own, which only its writer can merge.

    >>> import tempfile
    >>> from indexer.whoosh_backend.codec.words_writer import WordsWriter
    >>> folder, parts = Path(tempfile.mkdtemp()), []
    >>> for number, texts in enumerate(([["双减"], ["义务", "教育"]], [["教育", "督导"]])):
    ...     writer = WordsWriter(["body"])
    ...     for terms in texts:
    ...         writer.add("body", terms, range(len(terms)))
    ...         writer.next()
    ...     writer.write(folder / f"{number}.words")
    ...     parts.append(SegmentWords(folder / f"{number}.words"))
    >>> merge_words([(parts[0], np.array([False, True])), (parts[1], None)], folder / "merged.words")
    >>> merged = SegmentWords(folder / "merged.words")
    >>> [merged.text("body", number) for number in range(merged.term_count("body"))]
    ['义务', '教育', '督导']
    >>> merged.postings("body", merged.find("body", "教育")).paragraphs.tolist()
    [0, 1]
    """
    numbers: list[tuple[int, Ints | None]] = []
    base = 0
    for words, stays in parts:
        if stays is None or stays.all():
            numbers.append((base, None))
            base += words.count
        else:
            numbers.append((base, np.where(stays, np.cumsum(stays) - 1 + base, -1).astype(np.int32)))
            base += int(np.count_nonzero(stays))
    with ArrayWriter(path) as writer:
        write_count(writer, base)
        for field in dict.fromkeys(field for words, _ in parts for field in words.fields):
            _merge_lengths(writer, field, parts)
            _merge_field(
                writer,
                field,
                [
                    _Source(words.field(field), *number)
                    for (words, _), number in zip(parts, numbers, strict=True)
                    if field in words.fields
                ],
            )


def _merge_lengths(
    writer: ArrayWriter, field: str, parts: Sequence[tuple[SegmentWords, NDArray[np.bool_] | None]]
) -> None:
    lengths = [words.lengths(field) if field in words.fields else np.zeros(words.count, np.uint8) for words, _ in parts]
    writer.add(
        f"{field}/lengths",
        np.concatenate([of if stays is None else of[stays] for of, (_, stays) in zip(lengths, parts, strict=True)]),
    )


def _merge_field(writer: ArrayWriter, field: str, sources: Sequence[_Source]) -> None:
    if any(of.words.values is not None or of.words.weights is not None for of in sources):
        raise ValueError(f"{field!r} is in a format of Whoosh's own; let Whoosh's writer merge it")
    if len({of.words.positions is None for of in sources}) > 1:
        raise ValueError(f"{field!r} has positions in some segments only")
    totals = [source.totals() for source in sources]
    terms, numbers = _vocabulary([source.words for source in sources])
    spreads, sums = np.zeros(len(terms), np.int64), np.zeros(len(terms), np.int64)
    for number, (spread, sum_) in zip(numbers, totals, strict=True):
        spreads[number] += spread
        sums[number] += sum_
    held = spreads > 0
    write_terms(writer, field, compress(terms, held.tolist()))
    del terms, totals
    renumbered = (
        np.cumsum(held, dtype=np.int32) - 1
    )  # a term that is gone gets a neighbour's number, and has no postings
    numbers = [renumbered[number] for number in numbers]
    ends, position_ends = starts(spreads[held]), starts(sums[held])
    writer.add(f"{field}/starts", ends)
    writer.add(f"{field}/position_starts", position_ends)
    documents = writer.reserve(f"{field}/documents", np.int32, int(ends[-1]))
    regions = _Regions(documents, OctetsWriter(writer, f"{field}/frequencies", int(ends[-1])))
    if any(source.words.positions is not None for source in sources):
        regions.positions = OctetsWriter(writer, f"{field}/positions", int(position_ends[-1]))
    for low, high in _ranges(position_ends):
        _merge_range(sources, numbers, (low, high), regions, (int(ends[low]), int(position_ends[low])))
    regions.frequencies.close()
    if regions.positions is not None:
        regions.positions.close()


@dataclass(slots=True)
class _Regions:
    """Where the merged arrays of a field are written."""

    documents: Region
    frequencies: OctetsWriter
    positions: OctetsWriter | None = None


def _vocabulary(fields: Sequence[FieldWords]) -> tuple[list[bytes], list[Ints]]:
    """Return the terms of all parts, ascending, and for each part the number there of each of its terms."""
    lists = [[words.term(number) for number in range(words.count)] for words in fields]
    terms = sorted(set().union(*lists))
    number_of = dict(zip(terms, range(len(terms)), strict=True))
    return terms, [np.fromiter(map(number_of.__getitem__, list_), np.int32, len(list_)) for list_ in lists]


def _merge_range(
    sources: Sequence[_Source],
    numbers: Sequence[Ints],
    terms: tuple[int, int],
    regions: _Regions,
    at: tuple[int, int],
) -> None:
    """Merge the postings of neighbouring terms: those of each part stand together, and a stable sort does the rest."""
    owners, documents, frequencies, positions = [], [], [], []
    for source, number in zip(sources, numbers, strict=True):
        words = source.words
        low, high = np.searchsorted(number, terms)
        extent = slice(words.starts[low], words.starts[high])
        owner = np.repeat((number[low:high] - terms[0]).astype(np.uint16), np.diff(words.starts[low : high + 1]))
        document, frequency = source.renumbered(words.documents[extent]), words.frequencies[extent]
        place = None if words.positions is None else words.positions[_between(words.position_starts, low, high)]
        if source.numbers is not None:
            stays = document >= 0
            place = None if place is None else place[np.repeat(stays, frequency)]
            owner, document, frequency = owner[stays], document[stays], frequency[stays]
        owners.append(owner)
        documents.append(document)
        frequencies.append(frequency)
        if place is not None:
            positions.append(place)
    order = np.argsort(np.concatenate(owners), kind="stable")
    regions.documents.write(at[0], np.concatenate(documents)[order])
    counts = np.concatenate(frequencies)
    sorted_ = counts[order].astype(np.int64)
    regions.frequencies.write(at[0], sorted_)
    if regions.positions is not None:
        starts_ = np.cumsum(counts, dtype=np.int64) - counts
        moved = starts_[order] - (np.cumsum(sorted_) - sorted_)
        regions.positions.write(at[1], np.concatenate(positions)[np.repeat(moved, sorted_) + np.arange(sorted_.sum())])


def _between(ends: NDArray[Any], low: int, high: int) -> slice:
    return slice(ends[low], ends[high])
