"""The documents and paragraphs of one segment, as stored: written in order, read by number or by id.

======================  =============================================================================================
``documents.ids``       the id of every document, bytes of one length
``documents.sorted``    the numbers of the documents, by id
``documents.firsts``    the first paragraph of every document, and the number of paragraphs
``documents.paths``     which of the ``paths`` each document was read from
``paths``               the paths, as a JSON list
``paragraphs.ids``      what the id of every paragraph has beyond that of its document
``texts.*``             records in blocks: a paragraph each (``stored.py``)
``bodies.*``            ... what a document has beside its paragraphs
``facts.*``             ... metadata of a document without evidence
``summaries.*``         ... what else a summary of a document says
``headings.*``          ... headings of a document, each with the number of paragraphs under it
======================  =============================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer.backend import DocumentSummary
from indexer.models import Document, Metadata, Paragraph
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.segments import stored
from indexer.whoosh_backend.segments.blocks import Blocks, BlockWriter

_WIDE = 1 << 16
"""Bytes in a block of what is mostly read whole."""

Mask = NDArray[np.bool_]


class TextsWriter:
    """Gathers documents and writes them as the ``.texts`` of a segment; they are compressed as they come."""

    def __init__(self) -> None:
        self._texts = BlockWriter()
        self._bodies = BlockWriter()
        self._facts = BlockWriter(_WIDE)
        self._summaries = BlockWriter()
        self._headings = BlockWriter(_WIDE)
        self._ids: list[bytes] = []
        self._own: list[bytes] = []
        self._counts: list[int] = []
        self._paths: dict[str, int] = {}
        self._path_numbers: list[int] = []

    def add(self, document: Document) -> None:
        """Append a document; raises ``ValueError`` where an id of a paragraph does not begin with the document's."""
        summary = stored.summarise(document)
        self._facts.add(stored.encode_facts(document.metadata))
        self._summaries.add(stored.encode_summary(summary))
        self._bodies.add(stored.encode_document(document))
        self._headings.add(stored.encode_headings(document.paragraphs))
        self._ids.append(document.id.encode())
        self._counts.append(len(document.paragraphs))
        self._path_numbers.append(self._paths.setdefault(document.source.path, len(self._paths)))
        for paragraph in document.paragraphs:
            if not paragraph.id.startswith(document.id):
                raise ValueError(f"{paragraph.id!r} is no id of a paragraph of {document.id!r}")
            self._texts.add(stored.encode_paragraph(paragraph))
            self._own.append(paragraph.id[len(document.id) :].encode())

    def copy(self, texts: SegmentTexts, alive: Mask | None = None) -> None:
        """Append the documents of another segment, or those of them that are alive; nothing is compressed again that
        stays together.
        """
        paragraphs = None if alive is None else np.repeat(alive, np.diff(texts.firsts))
        self._texts.copy(texts.texts, paragraphs)
        for ours, theirs in (
            (self._bodies, texts.bodies),
            (self._facts, texts.facts),
            (self._summaries, texts.summaries),
            (self._headings, texts.headings),
        ):
            ours.copy(theirs, alive)
        documents = slice(None) if alive is None else alive
        self._ids += texts.ids[documents].tolist()
        self._own += texts.own[slice(None) if paragraphs is None else paragraphs].tolist()
        self._counts += np.diff(texts.firsts)[documents].tolist()
        names = texts.paths
        self._path_numbers += [
            self._paths.setdefault(names[number], len(self._paths)) for number in texts.path_numbers[documents].tolist()
        ]

    def write(self, path: Path) -> None:
        """Write all of it; raises ``FileExistsError``."""
        ids = _identities(self._ids)
        with ArrayWriter(path) as writer:
            writer.add("documents.ids", ids)
            writer.add("documents.sorted", np.argsort(ids, kind="stable").astype(np.int32))
            writer.add("documents.firsts", np.concatenate(([0], np.cumsum(self._counts, dtype=np.int32))).astype("i4"))
            writer.add("documents.paths", np.array(self._path_numbers, np.int32))
            writer.add("paths", np.frombuffer(msgspec.json.encode(list(self._paths)), np.uint8))
            writer.add("paragraphs.ids", _identities(self._own))
            self._texts.write(writer, "texts")
            self._bodies.write(writer, "bodies")
            self._facts.write(writer, "facts")
            self._summaries.write(writer, "summaries")
            self._headings.write(writer, "headings")


def _identities(ids: list[bytes]) -> NDArray[np.bytes_]:
    return np.array(ids, f"S{max(map(len, ids), default=1)}")


class SegmentTexts:
    """The documents of one segment, open; may be read from several threads. Damage raises ``IndexBrokenError``.

    Numbers count from 0 within the segment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = ArrayFile(path)
        self.ids = self.file["documents.ids"]
        self.own = self.file["paragraphs.ids"]
        self.firsts = self.file["documents.firsts"]
        self.path_numbers = self.file["documents.paths"]
        self._sorted = self.file["documents.sorted"]
        self.texts = Blocks(self.file, "texts", path)
        self.bodies = Blocks(self.file, "bodies", path)
        self.facts = Blocks(self.file, "facts", path)
        self.summaries = Blocks(self.file, "summaries", path)
        self.headings = Blocks(self.file, "headings", path)
        documents = len(self.ids)
        sizes = {len(self.firsts) - 1, len(self.path_numbers), len(self._sorted), *map(len, self._by_document)}
        if sizes != {documents} or not len(self.own) == len(self.texts) == self.firsts[-1]:
            raise self.texts.broken("documents and paragraphs do not agree")
        self.documents, self.paragraphs = documents, len(self.own)

    @property
    def _by_document(self) -> tuple[Blocks, ...]:
        return self.bodies, self.facts, self.summaries, self.headings

    @property
    def paths(self) -> list[str]:
        """The paths that documents were read from, each once."""
        try:
            return msgspec.json.decode(self.file["paths"].tobytes(), type=list[str])
        except ValueError as error:
            raise self.texts.broken(error) from error

    def find(self, document_id: str) -> int:
        """Return the number of a document, -1 if the segment has none of this id."""
        try:
            wanted = document_id.encode("ascii")
        except UnicodeEncodeError:
            return -1
        # Searched by hand: numpy's own search would copy all ids into their order first.
        low, high = 0, self.documents
        while low < high:
            middle = (low + high) // 2
            if self._id_at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return int(self._sorted[low]) if low < self.documents and self._id_at(low) == wanted else -1

    def _id_at(self, rank: int) -> bytes:
        number = int(self._sorted[rank])
        if not 0 <= number < self.documents:
            raise self.texts.broken("the order of documents is none")
        return bytes(self.ids[number])

    def find_paragraph(self, document: int, paragraph_id: str) -> int:
        """Return the number of a paragraph of a document, -1 if it has none of this id."""
        identity = self.identity(document)
        first, end = self._span(document)
        own = paragraph_id[len(identity) :].encode("utf-8", "replace")
        found = np.flatnonzero(self.own[first:end] == own)
        # An array of bytes takes no notice of zeros at the end.
        return first + int(found[0]) if len(found) and not own.endswith(b"\0") else -1

    def identity(self, document: int) -> str:
        """Return the id of a document."""
        return self._ascii(self.ids[document])

    def _ascii(self, octets: np.bytes_) -> str:
        try:
            return octets.decode("ascii")
        except UnicodeDecodeError as error:
            raise self.texts.broken(error) from error

    def _span(self, document: int) -> tuple[int, int]:
        first, end = int(self.firsts[document]), int(self.firsts[document + 1])
        if not 0 <= first <= end <= self.paragraphs:
            raise self.texts.broken("a document has no paragraphs of its own")
        return first, end

    def owner(self, paragraph: int) -> int:
        """Return the number of the document that a paragraph is of."""
        found = int(self.firsts.searchsorted(paragraph, "right")) - 1
        if not 0 <= found < self.documents:
            raise self.texts.broken(f"paragraph {paragraph} is of no document")
        return found

    def paragraph(self, number: int) -> Paragraph:
        """Return one paragraph."""
        if not 0 <= number < self.paragraphs:
            raise self.texts.broken(f"paragraph {number} is missing")
        return self._paragraph(self.texts[number], number, self.identity(self.owner(number)))

    def several(self, numbers: Sequence[int]) -> list[Paragraph]:
        """Return paragraphs in the order asked for, each compressed block read once."""
        records = self.texts.several(numbers)
        owners = (self.firsts.searchsorted(np.asarray(numbers, self.firsts.dtype), "right") - 1).tolist()
        return [
            self._paragraph(record, number, self.identity(owner))
            for record, number, owner in zip(records, numbers, owners, strict=True)
        ]

    def _paragraph(self, record: bytes, number: int, document: str) -> Paragraph:
        try:
            return stored.decode_paragraph(record, document + self._ascii(self.own[number]), document)
        except (ValueError, IndexError) as error:
            raise self.texts.broken(error) from error

    def paragraphs_of(self, document: int) -> tuple[Paragraph, ...]:
        """Return the paragraphs of a document, in their order."""
        first, end = self._span(document)
        identity = self.identity(document)
        records = enumerate(self.texts.between(first, end), first)
        return tuple([self._paragraph(record, number, identity) for number, record in records])

    def document(self, number: int) -> Document:
        """Return one whole document."""
        paragraphs = self.paragraphs_of(number)
        try:
            return stored.decode_document(self.bodies[number], paragraphs)
        except ValueError as error:
            raise self.bodies.broken(error) from error

    def known(self) -> Iterator[Metadata]:
        """Yield the metadata of every document, without evidence: 15,000 in some 50 ms."""
        try:
            yield from map(stored.decode_facts, self.facts)
        except ValueError as error:
            raise self.facts.broken(error) from error

    def summary(self, number: int, path: str) -> DocumentSummary:
        """Return one document without its text; ``path`` is where it was read from."""
        try:
            facts = stored.decode_facts(self.facts[number])
            return stored.decode_summary(self.summaries[number], self.identity(number), path, facts)
        except ValueError as error:
            raise self.summaries.broken(error) from error

    def headings_of(self, number: int) -> dict[str, int]:
        """Return the headings of one document, as published, with the number of its paragraphs under each."""
        try:
            return stored.decode_headings(self.headings[number])
        except ValueError as error:
            raise self.headings.broken(error) from error

    def all_headings(self) -> Iterator[dict[str, int]]:
        """Yield the headings of every document, as published, with the number of its paragraphs under each."""
        try:
            yield from map(stored.decode_headings, self.headings)
        except ValueError as error:
            raise self.headings.broken(error) from error
