"""The terms of a segment as Whoosh reads and writes them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import formats
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound

from indexer.whoosh_backend.codec.container import ArrayWriter
from indexer.whoosh_backend.codec.matcher import ArrayMatcher
from indexer.whoosh_backend.codec.octets import write_octets
from indexer.whoosh_backend.codec.segment import WORDS, ArraySegment
from indexer.whoosh_backend.codec.segment_words import FieldWords, SegmentWords
from indexer.whoosh_backend.codec.unwritten import UnwrittenDocuments
from indexer.whoosh_backend.codec.words_writer import narrow, starts, write_count, write_terms

Item = tuple[tuple[str, bytes], "ArrayTermInfo"]


class ArrayTermInfo(TermInfo):  # type: ignore[misc]
    """What is known of a term in a segment; what is not in a table is counted only when asked for."""

    def __init__(self, words: FieldWords, number: int) -> None:
        self._words, self._number = words, number
        self._extent = words.extent(number)
        # Whoosh shifts these two by name where a term stands in one of several segments only.
        self._minid = int(words.documents[self._extent.start])
        self._maxid = int(words.documents[self._extent.stop - 1])

    def weight(self) -> float:
        """Return how often the term stands in the segment."""
        if self._words.weights is not None:
            return float(self._words.weights[self._extent].sum(dtype=np.float64))
        places = self._words.position_extent(self._number)
        return float(places.stop - places.start)

    def doc_frequency(self) -> int:
        """Return how many documents hold it."""
        return int(self._extent.stop - self._extent.start)

    def min_length(self) -> int:
        """Return the length of the shortest document that holds it."""
        return int(self._words.lengths[self._words.documents[self._extent]].min())

    def max_length(self) -> int:
        """Return the length of the longest document that holds it."""
        return int(self._words.lengths[self._words.documents[self._extent]].max())

    def max_weight(self) -> float:
        """Return the largest weight that it has in a document."""
        return float(self._words.all_weights(self._number).max())

    def min_id(self) -> int:
        """Return the first document that holds it."""
        return self._minid

    def max_id(self) -> int:
        """Return the last document that holds it."""
        return self._maxid


class ArrayCursor(base.FieldCursor):  # type: ignore[misc]
    """Walks the terms of one field in order."""

    def __init__(self, words: FieldWords | None, field: Any) -> None:
        self._words, self._field = words, field
        self._at = 0

    def first(self) -> Any:
        """Go to the first term and return it."""
        self._at = 0
        return self.text()

    def find(self, string: Any) -> Any:
        """Go to the first term that is not before this one and return it."""
        if self._words is not None:
            octets = string if isinstance(string, bytes) else self._field.to_bytes(string)
            self._at = self._words.at_least(octets)
        return self.text()

    def next(self) -> Any:
        """Go to the next term and return it."""
        self._at += 1
        return self.text()

    def text(self) -> Any:
        """Return the current term, ``None`` at the end."""
        if self._words is None or self._at >= self._words.count:
            return None
        return self._field.from_bytes(self._words.term(self._at))

    def term_info(self) -> ArrayTermInfo | None:
        """Return what is known of the current term."""
        return ArrayTermInfo(self._words, self._at) if self._words is not None and self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether there is a term here, rather than the end."""
        return self._words is not None and self._at < self._words.count


class ArrayTermsReader(base.TermsReader):  # type: ignore[misc]
    """The terms of a segment; they are bytes, fields ascend by name."""

    def __init__(self, words: SegmentWords) -> None:
        self._words = words
        self._fields = tuple(sorted(words.fields))

    def _number(self, field: str, term: bytes) -> int:
        return self._words.field(field).find(term) if field in self._fields else -1

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._number(*term) >= 0

    def indexed_field_names(self) -> tuple[str, ...]:
        """Return the names of the fields that have terms."""
        return tuple(field for field in self._fields if self._words.field(field).count)

    def cursor(self, fieldname: str, fieldobj: Any) -> ArrayCursor:
        """Return a cursor at the first term of a field."""
        return ArrayCursor(self._words.field(fieldname) if fieldname in self._fields else None, fieldobj)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[Item]:
        """Yield all terms from this one on, those of later fields too, with what is known of them."""
        for field in self._fields:
            if field >= fieldname:
                words = self._words.field(field)
                for number in range(words.at_least(prefix) if field == fieldname else 0, words.count):
                    yield (field, words.term(number)), ArrayTermInfo(words, number)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield all terms from this one on, those of later fields too."""
        return (term for term, _ in self.items_from(fieldname, prefix))

    def items(self) -> Iterator[Item]:
        """Yield all terms with what is known of them."""
        return self.items_from("", b"")

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms."""
        return self.terms_from("", b"")

    def term_info(self, fieldname: str, text: bytes) -> ArrayTermInfo:
        """Return what is known of a term; raises ``TermNotFound``."""
        number = self._number(fieldname, text)
        if number < 0:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return ArrayTermInfo(self._words.field(fieldname), number)

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return how often a term stands in the segment, 0 if nowhere."""
        number = self._number(fieldname, text)
        return ArrayTermInfo(self._words.field(fieldname), number).weight() if number >= 0 else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many documents hold a term, deleted ones counted, 0 if none."""
        number = self._number(fieldname, text)
        return ArrayTermInfo(self._words.field(fieldname), number).doc_frequency() if number >= 0 else 0

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        """Return a matcher of a term; raises ``TermNotFound``."""
        number = self._number(fieldname, text)
        if number < 0:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return ArrayMatcher(self._words.field(fieldname), number, (fieldname, text), format_, scorer)

    def close(self) -> None:
        """Let go of the words; the map goes with the last array that shows it."""


class _FieldPostings:
    """What Whoosh's writer says about one field, in order of terms and documents."""

    def __init__(self, format_: formats.Format) -> None:
        self._format = format_
        self._has_positions = type(format_) is formats.Positions
        self._keeps_values = not self._has_positions and type(format_) not in (formats.Existence, formats.Frequency)
        self.terms: list[bytes] = []
        self._spreads, self._sums, self._positions = array("q"), array("q"), array("I")
        self._documents, self._frequencies, self._weights = array("i"), array("I"), array("f")
        self._values: list[bytes] = []

    def start_term(self, term: bytes) -> None:
        self.terms.append(term)
        self._spreads.append(0)
        self._sums.append(0)

    def add(self, document: int, weight: float, value: bytes) -> None:
        if self._has_positions:
            positions = self._format.decode_positions(value)
            self._positions.extend(positions)
            frequency = len(positions)
        else:
            frequency = self._format.decode_frequency(value)
            if self._keeps_values:
                self._values.append(value)
        self._documents.append(document)
        self._frequencies.append(frequency)
        self._weights.append(weight)
        self._spreads[-1] += 1
        self._sums[-1] += frequency

    def write(self, writer: ArrayWriter, field: str) -> None:
        frequencies = np.frombuffer(self._frequencies, np.uint32)
        write_terms(writer, field, self.terms)
        writer.add(f"{field}/starts", starts(np.frombuffer(self._spreads, np.int64)))
        writer.add(f"{field}/documents", np.frombuffer(self._documents, np.int32))
        write_octets(writer, f"{field}/frequencies", frequencies)
        writer.add(f"{field}/position_starts", starts(np.frombuffer(self._sums, np.int64)))
        if self._has_positions:
            write_octets(writer, f"{field}/positions", np.frombuffer(self._positions, np.uint32))
        weights = np.frombuffer(self._weights, np.float32)
        if not np.array_equal(weights, frequencies):
            writer.add(f"{field}/weights", weights)
        if self._keeps_values:
            writer.add(f"{field}/values", np.frombuffer(b"".join(self._values), np.uint8))
            writer.add(f"{field}/value_starts", starts(np.fromiter(map(len, self._values), np.int64)))


class ArrayFieldWriter(base.FieldWriter):  # type: ignore[misc]
    """Takes the sorted postings of Whoosh's writer and writes ``.words`` when it is closed."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self._path, self._segment = segment.file(folder, WORDS), segment
        self._fields: dict[str, _FieldPostings] = {}
        self._current = _FieldPostings(formats.Existence())
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Begin a field."""
        self._current = self._fields[fieldname] = _FieldPostings(fieldobj.format)

    def start_term(self, text: bytes) -> None:
        """Begin a term."""
        self._current.start_term(text)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:  # noqa: ARG002 - known already
        """Add a posting of the current term."""
        self._current.add(docnum, weight, vbytes)

    def finish_term(self) -> None:
        """End a term."""

    def close(self) -> None:
        """Write the words of the segment."""
        documents = self._segment.unwritten or UnwrittenDocuments()
        with ArrayWriter(self._path) as writer:
            write_count(writer, documents.count)
            for field in self._all_fields(documents):
                postings = self._fields.get(field) or _FieldPostings(formats.Existence())
                postings.write(writer, field)
                writer.add(f"{field}/lengths", narrow(documents.lengths(field)))
        self._segment.unwritten = None
        self.is_closed = True

    def _all_fields(self, documents: UnwrittenDocuments) -> Iterable[str]:
        return dict.fromkeys([*self._fields, *documents.fields])
