"""Yaodian itself, whole: the backend that answers the search page, asked in its own query language, typed words only.

It looks into two fields (the text and the headings above it) and finds the words inside words, so its totals are higher
than those of engines that index the text's outer words. Phrases are its exact quotations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from benchmarks.engines.protocol import Answer, QuerySpec, Row, Size, bytes_below
from benchmarks.switches import write_new
from indexer.backend import open_backend
from indexer.builds import current_build
from indexer.identity import document_id, paragraph_ids
from indexer.models import Document, Metadata, Paragraph, SourceText
from indexer.query import Filters, Query, parse_query

_TEXTS = ("documents.db", "quotations.txt", "quotations.npz", ".texts", ".quotes")
"""How the names of those files of a build end that hold what is shown and quoted."""


class EngineOf:
    """An index folder of Yaodian."""

    about = "Yaodian whole: two fields, words inside words, stored paragraphs; what the search page asks for"
    same_words = False
    own_filter_ignored = True
    slow_build = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Write documents whose paragraphs are the rows; cutting them into words is part of it, texts are stored."""
        del store
        write_new(self._folder, documents(rows))

    def open(self) -> None:
        """Open the current build."""
        self._backend = open_backend(self._folder)
        self._backend.corpus()

    def search(self, spec: QuerySpec) -> Answer | None:
        """Parse what was typed and answer it; cities and years ignore their own filter, as on the page."""
        page = self._backend.search(typed(spec))
        facets = dict(page.facets)
        return Answer(
            page.total,
            tuple(hit.paragraph.ordinal for hit in page.hits),
            {str(value.value or ""): value.count for value in facets["city"]},
            {int(value.value or 0): value.count for value in facets["year"]},
        )

    def size(self) -> Size:
        """Return the size of the current build: all but the paragraphs, and the paragraphs with the quotable text."""
        folder = current_build(self._folder)
        texts = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name.endswith(_TEXTS))
        return Size(bytes_below(folder) - texts, texts)

    def close(self) -> None:
        """Let go of files."""
        self._backend.close()


def typed(spec: QuerySpec) -> Query:
    """Read a question as the search page would, with expansions and other spellings off."""
    filters = Filters(
        cities=() if spec.city is None else (spec.city,), years=() if spec.years is None else (spec.years,)
    )
    return parse_query(spec.text, filters=filters, expand=False, spell=False)


def documents(rows: Iterable[Row]) -> Iterator[Document]:
    """Yield a document for every run of rows of one; their text is taken as folded already."""
    for number, group in groupby(rows, key=lambda row: row.document):
        mine = list(group)
        text = "\n".join(row.text for row in mine)
        identity = document_id(text, str(number))
        first = mine[0]
        paragraphs = []
        offset = 0
        names = paragraph_ids(identity, (row.text for row in mine))
        for ordinal, (row, name) in enumerate(zip(mine, names, strict=True), 1):
            section = (row.section,) if row.section else ()
            segments = ((offset, offset + len(row.text)),)
            paragraphs.append(Paragraph(name, identity, ordinal, section, section, None, segments, row.text, row.text))
            offset += len(row.text) + 1
        sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        yield Document(
            id=identity,
            source=SourceText(f"document-{number}.txt", sha256, "utf-8", text),
            metadata=Metadata(
                title=first.text[:40], city=first.city or None, years=(first.year,) if first.year else ()
            ),
            boilerplate=(),
            front_matter=(),
            headings=(),
            paragraphs=tuple(paragraphs),
        )
