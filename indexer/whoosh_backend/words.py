"""The words of an index as arrays: Whoosh's postings drained once per term, the paragraphs' lengths, the term list."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index

from indexer.errors import IndexBrokenError
from indexer.models import Paragraph
from indexer.whoosh_backend.schema import schema

Field = Literal["body", "section"]
FIELDS: tuple[Field, ...] = ("body", "section")

Ints = NDArray[np.int32]
_CACHED_POSTINGS = 5_000_000
"""Positions kept in memory at most, 4 bytes each."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term stands: paragraph numbers ascending, how often in each, and its word positions, flat."""

    paragraphs: Ints
    frequencies: Ints
    positions: Ints


_NONE = Postings(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32))


def write_words(folder: Path, paragraphs: Iterable[Paragraph]) -> int:
    """Write the words of paragraphs as one Whoosh segment, in the order given, and return how many there were."""
    folder.mkdir(parents=True)
    index = whoosh_index.create_in(folder, schema())
    writer = index.writer(limitmb=512)
    count = 0
    try:
        for paragraph in paragraphs:
            count += 1
            writer.add_document(
                id=paragraph.id, body=paragraph.folded, section=" \n".join(paragraph.section_folded) or None
            )
    except BaseException:
        writer.cancel()
        raise
    writer.commit(optimize=True)
    index.close()
    return count


class WordIndex:
    """An open Whoosh index; paragraph numbers are Whoosh's document numbers, in the order they were written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = whoosh_index.open_dir(folder, readonly=True)
        self._reader = self._index.reader()
        self.count: int = self._reader.doc_count_all()
        self._lock = Lock()
        self._cache: OrderedDict[tuple[Field, str], Postings] = OrderedDict()
        self._cached = 0

    def close(self) -> None:
        """Let go of the files; idempotent."""
        if not self._reader.is_closed:
            self._reader.close()
            self._index.close()

    def postings(self, field: Field, term: str) -> Postings:
        """Return where a term stands in a field; empty arrays if nowhere."""
        key = (field, term)
        with self._reading():
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
                return found
            found = self._drain(field, term)
            self._cache[key] = found
            self._cached += len(found.positions)
            while self._cached > _CACHED_POSTINGS and len(self._cache) > 1:
                self._cached -= len(self._cache.popitem(last=False)[1].positions)
            return found

    def spread(self, term: str) -> int:
        """Return how many paragraphs hold a term in their text, without reading where."""
        with self._reading():
            return int(self._reader.doc_frequency("body", term))

    def beginning(self, field: Field, stem: str) -> tuple[Ints, Ints]:
        """Return the paragraphs of the terms of a field that begin so, term by term, and how often."""
        with self._reading():
            terms = [term.decode("utf-8") for term in self._reader.expand_prefix(field, stem)]
        found = [self.postings(field, term) for term in terms] or [_NONE]
        return np.concatenate([each.paragraphs for each in found]), np.concatenate([each.frequencies for each in found])

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Read alone; Whoosh has no error of its own for damage, what its decoders stumble over can be anything."""
        with self._lock:
            try:
                yield
            except Exception as error:
                raise IndexBrokenError(
                    f"{self._folder}: is damaged ({error!r}); run `yaodian check`, then `yaodian index --rebuild`"
                ) from error

    def vocabulary(self) -> dict[str, int]:
        """Return every term with the number of paragraphs that hold it, in their text or in the headings above.

        Counts are those of the field that has more: a paragraph that holds a term in both is not counted twice.
        """
        counts: dict[str, int] = {}
        with self._reading():
            for field in FIELDS:
                for term, info in self._reader.iter_field(field):
                    word = term.decode("utf-8")
                    counts[word] = max(counts.get(word, 0), info.doc_frequency())
        return counts

    def _drain(self, field: Field, term: str) -> Postings:
        if (field, term) not in self._reader:
            return _NONE
        matcher = self._reader.postings(field, term)
        paragraphs: list[int] = []
        frequencies: list[int] = []
        positions: list[int] = []
        while matcher.is_active():
            here = matcher.value_as("positions")
            paragraphs.append(matcher.id())
            frequencies.append(len(here))
            positions.extend(here)
            matcher.next()
        if paragraphs and not 0 <= min(paragraphs) <= max(paragraphs) < self.count:
            raise ValueError(f"{term!r} stands in paragraphs that do not exist")
        return Postings(np.array(paragraphs, np.int32), np.array(frequencies, np.int32), np.array(positions, np.int32))
