"""The documents of a build over all its segments: read whole by id, paragraph by number, or as summaries.

Documents and paragraphs are numbered through the segments in order, deleted ones counted: those numbers are what all
arrays of a build go by. What is deleted is not found by its id, and listed nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from indexer.backend import DocumentSummary
from indexer.errors import UnknownIdError
from indexer.identity import document_part
from indexer.models import Document, Metadata, Paragraph
from indexer.whoosh_backend.segments.texts import Mask, SegmentTexts

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Part:
    """A segment in its place: its texts, which of its documents are alive (``None``: all), and its first numbers."""

    texts: SegmentTexts
    alive: Mask | None
    first_document: int
    first_paragraph: int


_KEPT = 2048
"""Summaries that stay decoded, some 4 MB: whoever groups by document needs those of all, search after search."""

_KEPT_PARAGRAPHS, _KEPT_LENGTH = 4096, 2000
"""Paragraphs that stay decoded, and the characters of one up to which it does: 11 MB of work reports. A comparison
reads up to three of every document, some of them twice, and topics share paragraphs."""


class Summaries(Sequence[DocumentSummary]):
    """All documents without their text, by number, deleted ones counted; decoded when asked for."""

    def __init__(self, parts: Sequence[Part], count: int) -> None:
        self._parts = parts
        self._count = count
        self._paths: dict[int, list[str]] = {}
        self._kept: dict[int, DocumentSummary] = {}

    def __len__(self) -> int:
        """Count the documents."""
        return self._count

    @overload
    def __getitem__(self, at: int) -> DocumentSummary: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[DocumentSummary]: ...
    def __getitem__(self, at: int | slice) -> DocumentSummary | Sequence[DocumentSummary]:
        """Return one document, or several."""
        if isinstance(at, slice):
            return [self[number] for number in range(self._count)[at]]
        number = range(self._count)[at]
        kept = self._kept.get(number)
        if kept is not None:
            return kept
        place = next(
            place for place in reversed(range(len(self._parts))) if self._parts[place].first_document <= number
        )
        found = self._summary(place, number - self._parts[place].first_document)
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[number] = found
        return found

    def __iter__(self) -> Iterator[DocumentSummary]:
        """Yield every document."""
        for place, part in enumerate(self._parts):
            for number in range(part.texts.documents):
                yield self._summary(place, number)

    def _summary(self, place: int, number: int) -> DocumentSummary:
        texts = self._parts[place].texts
        paths = self._paths.get(place)
        if paths is None:
            paths = self._paths[place] = texts.paths
        path = int(texts.path_numbers[number])
        if not 0 <= path < len(paths):
            raise texts.texts.broken("a document was read from nowhere")
        return texts.summary(number, paths[path])


class DocumentStore:
    """The documents of an open build; may be used from several threads. Damage raises ``IndexBrokenError``."""

    def __init__(self, segments: Iterable[tuple[SegmentTexts, Mask | None]]) -> None:
        self._parts: list[Part] = []
        documents = paragraphs = 0
        for texts, alive in segments:
            self._parts.append(Part(texts, alive, documents, paragraphs))
            documents += texts.documents
            paragraphs += texts.paragraphs
        self.documents, self.count = documents, paragraphs
        self._summaries = Summaries(self._parts, documents)
        self._kept: dict[int, Paragraph] = {}
        self._lock = Lock()

    @property
    def alive(self) -> Mask:
        """Which documents are not deleted, by number."""
        return np.concatenate([np.ones(0, np.bool_), *(_alive(part.texts, part.alive) for part in self._parts)])

    @property
    def firsts(self) -> NDArray[np.int32]:
        """The first paragraph of every document, by number, and the number of paragraphs."""
        firsts = [part.texts.firsts[:-1] + part.first_paragraph for part in self._parts]
        return np.concatenate([*firsts, [self.count]]).astype(np.int32)

    def known(self) -> Iterator[Metadata]:
        """Yield the metadata of every document by number, deleted ones counted, without evidence: fast for all."""
        for part in self._parts:
            yield from part.texts.known()

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return all documents without their text, by number, deleted ones counted; each is decoded when asked for."""
        return self._summaries

    def listed(self) -> list[DocumentSummary]:
        """Return the documents that are not deleted, without their text, by number."""
        return [self._summaries[number] for number in np.flatnonzero(self.alive).tolist()]

    def document(self, document_id: str) -> Document:
        """Return one whole document; raises ``UnknownIdError``."""
        for part in reversed(self._parts):
            number = _find(part, document_id)
            if number >= 0:
                return part.texts.document(number)
        raise _unknown(document_id)

    def place(self, document_id: str) -> tuple[SegmentTexts, int] | None:
        """Return the segment that holds a document and its number there, ``None`` if there is none of this id."""
        for part in reversed(self._parts):
            number = _find(part, document_id)
            if number >= 0:
                return part.texts, number
        return None

    def with_same_characters(self, own: str) -> list[int]:
        """Return the numbers of the paragraphs whose id ends so: they have the same characters."""
        wanted = own.encode("utf-8", "replace")
        found: list[int] = []
        if wanted.endswith(b"\0"):  # of which an array of bytes takes no notice
            return found
        for part in self._parts:
            for number in np.flatnonzero(part.texts.own == wanted).tolist():
                if part.alive is None or part.alive[part.texts.owner(number)]:
                    found.append(number + part.first_paragraph)
        return found

    def document_of(self, paragraph_id: str) -> Document:
        """Return the document of a paragraph; raises ``UnknownIdError``."""
        for part in reversed(self._parts):
            number = _find(part, document_part(paragraph_id))
            if number >= 0 and part.texts.find_paragraph(number, paragraph_id) >= 0:
                return part.texts.document(number)
        raise UnknownIdError(f"没有编号为 {_short(paragraph_id)} 的段落。")

    def number_of(self, paragraph_id: str) -> int:
        """Return the number of a paragraph; raises ``UnknownIdError``."""
        for part in reversed(self._parts):
            document = _find(part, document_part(paragraph_id))
            found = part.texts.find_paragraph(document, paragraph_id) if document >= 0 else -1
            if found >= 0:
                return part.first_paragraph + found
        raise UnknownIdError(f"没有编号为 {_short(paragraph_id)} 的段落。")

    def paragraph_id(self, number: int) -> str:
        """Return the id of a paragraph; raises ``IndexError`` for a number below 0."""
        return self.paragraphs([number])[0].id

    def paragraphs(self, numbers: Iterable[int]) -> list[Paragraph]:
        """Return paragraphs by number, in the order asked for; raises ``IndexError`` for a number below 0."""
        asked = list(map(int, numbers))
        if asked and min(asked) < 0:
            raise IndexError(min(asked))
        found = {number: kept for number in set(asked) if (kept := self._kept.get(number)) is not None}
        rest = set(asked).difference(found)
        for part in reversed(self._parts):
            ours = sorted(number for number in rest if part.first_paragraph <= number)
            rest.difference_update(ours)
            own = [number - part.first_paragraph for number in ours]
            read = dict(zip(ours, part.texts.several(own), strict=True))
            found.update(read)
            self._keep(read)
        return [found[number] for number in asked]

    def _keep(self, read: Mapping[int, Paragraph]) -> None:
        """Keep paragraphs decoded, those that were read last; what would not stay is not kept at all."""
        few = {number: each for number, each in read.items() if len(each.text) <= _KEPT_LENGTH}
        if len(few) > _KEPT_PARAGRAPHS:
            return
        with self._lock:
            self._kept.update(few)
            while len(self._kept) > _KEPT_PARAGRAPHS:
                self._kept.pop(next(iter(self._kept)))

    def all_paragraphs(self) -> Iterator[Paragraph]:
        """Yield every paragraph by number, deleted ones too."""
        for part in self._parts:
            for number in range(part.texts.documents):
                yield from part.texts.paragraphs_of(number)

    def headings_of(self, document_id: str) -> dict[str, int]:
        """Return the headings of one document as published, each with how many paragraphs stand under it.

        Raises ``UnknownIdError``.
        """
        for part in reversed(self._parts):
            number = _find(part, document_id)
            if number >= 0:
                return part.texts.headings_of(number)
        raise _unknown(document_id)

    def close(self) -> None:
        """Let go of the files: the maps go when nothing looks at them any more."""
        self._parts = []
        self._kept = {}


def joined(arrays: Sequence[NDArray[T]]) -> NDArray[T]:
    """Return arrays one after the other: the array itself where there is one, which stays a view of its file."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def numbered_through(arrays: Sequence[NDArray[np.int32]], counts: Sequence[int]) -> NDArray[np.int32]:
    """Join arrays of numbers, of which each segment has so many.

    >>> numbered_through([np.array([0, 1, 1], np.int32), np.array([0, 0], np.int32)], [2, 1]).tolist()
    [0, 1, 1, 2, 2]
    """
    bases = np.cumsum([0, *counts], dtype=np.int32)
    return joined([array + base if base else array for array, base in zip(arrays, bases, strict=False)])


def _alive(texts: SegmentTexts, alive: Mask | None) -> Mask:
    return np.ones(texts.documents, np.bool_) if alive is None else alive


def _find(part: Part, document_id: str) -> int:
    number = part.texts.find(document_id)
    return number if number >= 0 and (part.alive is None or part.alive[number]) else -1


def _unknown(document_id: str) -> UnknownIdError:
    return UnknownIdError(f"没有编号为 {_short(document_id)} 的文档。")


def _short(identity: str) -> str:
    """What is no id of ours may be anything, and of any length."""
    return identity if len(identity) <= 60 else identity[:60] + "…"
