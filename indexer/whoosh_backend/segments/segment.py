"""One segment of a build with all its files, written, opened and merged."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from indexer.analysis import terms_and_positions
from indexer.models import Document
from indexer.whoosh_backend.codec import stored as whoosh_stored
from indexer.whoosh_backend.codec.merge import merge_words
from indexer.whoosh_backend.codec.segment import WORDS
from indexer.whoosh_backend.codec.segment_words import SegmentWords
from indexer.whoosh_backend.codec.words_writer import WordsWriter
from indexer.whoosh_backend.fields import FIELDS as DOCUMENT_FIELDS
from indexer.whoosh_backend.fields import document_words
from indexer.whoosh_backend.quotations import QuotesWriter, SegmentQuotes, merge_quotes
from indexer.whoosh_backend.segments.columns import ColumnsWriter, SegmentColumns, merge_columns
from indexer.whoosh_backend.segments.suggestions import SegmentSuggestions, write_suggestions
from indexer.whoosh_backend.segments.texts import Mask, SegmentTexts, TextsWriter
from indexer.whoosh_backend.words import FIELDS

TEXTS, COLUMNS, QUOTES, METADATA, SUGGESTIONS = ".texts", ".columns", ".quotes", ".metadata", ".suggestions"
FILES = (WORDS, TEXTS, COLUMNS, QUOTES, METADATA, SUGGESTIONS)
"""How the names of the files of a segment end."""


class SegmentWriter:
    """Gathers documents, read and tokenised once, and writes the files of a segment.

    ``tokens`` and ``documents`` say how much has been gathered.
    """

    def __init__(self) -> None:
        self._words = WordsWriter(FIELDS)
        self._metadata = WordsWriter(DOCUMENT_FIELDS)
        self._texts = TextsWriter()
        self._columns = ColumnsWriter()
        self._quotes = QuotesWriter()
        self.documents = 0

    @property
    def tokens(self) -> int:
        """How many words were added so far."""
        return self._words.tokens

    def add(self, document: Document) -> None:
        """Append a document."""
        self._texts.add(document)
        self._columns.add(paragraph.folded for paragraph in document.paragraphs)
        for paragraph in document.paragraphs:
            self._words.add("body", *terms_and_positions(paragraph.folded))
            if paragraph.section_folded:
                self._words.add("section", *_heading_tokens(" \n".join(paragraph.section_folded)))
            self._words.next()
            self._quotes.add(paragraph)
        for field, words in document_words(document.metadata):
            self._metadata.add(field, words, range(len(words)))
        self._metadata.next()
        self.documents += 1

    def write(self, folder: Path, name: str) -> None:
        """Write the files, whose names begin with that of the segment; the writer can be dropped afterwards."""
        self._words.write(folder / f"{name}{WORDS}")
        self._texts.write(folder / f"{name}{TEXTS}")
        self._columns.write(folder / f"{name}{COLUMNS}")
        self._quotes.write(folder / f"{name}{QUOTES}")
        self._metadata.write(folder / f"{name}{METADATA}")


@lru_cache(1024)
def _heading_tokens(path: str) -> tuple[list[str], list[int]]:
    """Return the tokens of a section path: the paragraphs of a section all stand under the same."""
    return terms_and_positions(path)


class Segment:
    """The files of a segment, open; ``alive`` says which of its documents are not deleted, ``None`` if none is."""

    def __init__(self, folder: Path, name: str, alive: Mask | None = None) -> None:
        self.name = name
        self.alive = alive
        self.words = SegmentWords(folder / f"{name}{WORDS}")
        self.texts = SegmentTexts(folder / f"{name}{TEXTS}")
        self.columns = SegmentColumns(folder / f"{name}{COLUMNS}")
        self.quotes = SegmentQuotes(folder / f"{name}{QUOTES}")
        self.fields = SegmentWords(folder / f"{name}{METADATA}")
        self._suggestions = folder / f"{name}{SUGGESTIONS}"
        documents, paragraphs = self.texts.documents, self.texts.paragraphs
        columns = self.columns.documents, self.columns.sketches, self.columns.letters
        held = {self.words.count, self.quotes.count, *map(len, columns)}
        if held != {paragraphs} or self.fields.count != documents or (alive is not None and len(alive) != documents):
            raise self.texts.texts.broken("the files of the segment do not hold the same paragraphs")

    @cached_property
    def suggestions(self) -> SegmentSuggestions:
        """What is suggested and corrected by; a segment has it from ``complete`` on."""
        return SegmentSuggestions(self._suggestions)

    def complete(self) -> None:
        """Write what is made of the other files, once it is known that the segment stays: merging needs none of it."""
        if not self._suggestions.exists():
            write_suggestions(self.words, self.texts, self._suggestions)

    @property
    def paragraphs_alive(self) -> Mask | None:
        """Which paragraphs are not deleted, ``None`` if none is."""
        return None if self.alive is None else np.repeat(self.alive, np.diff(self.texts.firsts))


def merge_segments(segments: Sequence[Segment], folder: Path, name: str) -> None:
    """Write one segment of the documents of several, in the order given, without those that are deleted."""
    texts = TextsWriter()
    for segment in segments:
        texts.copy(segment.texts, segment.alive)
    texts.write(folder / f"{name}{TEXTS}")
    del texts
    masks = [segment.paragraphs_alive for segment in segments]
    merge_words(list(zip([segment.words for segment in segments], masks, strict=True)), folder / f"{name}{WORDS}")
    columns = [(segment.columns, segment.texts.documents, segment.alive) for segment in segments]
    merge_columns(columns, folder / f"{name}{COLUMNS}")
    merge_quotes(list(zip([segment.quotes for segment in segments], masks, strict=True)), folder / f"{name}{QUOTES}")
    merge_words([(segment.fields, segment.alive) for segment in segments], folder / f"{name}{METADATA}")


class _StoredIds:
    """What Whoosh's own searcher stores of a paragraph: its id."""

    def __init__(self, path: Path) -> None:
        self._texts = SegmentTexts(path)

    def stored_fields(self, number: int) -> dict[str, Any]:
        return {"id": self._texts.paragraph(number).id}


whoosh_stored.register(TEXTS, _StoredIds)
