"""The values that cross module boundaries: frozen, free of dicts and of engine objects.

Offsets are Unicode code points, half-open ``[start, end)``. *Source offsets* count in the text of record, the decoded
text of the original file (a byte order mark not counted, line ends kept as they are).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Span = tuple[int, int]
Script = Literal["Hans", "Hant", "mixed"]


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of record of one document: what is stored, cited and never changed.

    ``given`` holds the metadata that came with the text (a JSON line's other fields), by the names of
    ``seeds/corpus.csv``; ``None`` as a value says that the giver knows there is none.
    """

    path: str
    sha256: str
    encoding: str
    text: str
    line: int | None = None
    given: tuple[tuple[str, str | tuple[int, ...] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read, or that a person should look at; ``fatal`` if the document was not indexed."""

    path: str
    line: int | None
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Repair:
    """One character that a filter had swapped for a look-alike, and what it is read as."""

    start: int
    end: int
    original: str
    replacement: str
    rule: str


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is matched: as long as the original, character by character, with the repairs that were made."""

    text: str
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the text of record that is not policy text: boilerplate or front matter, by kind."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line; ``text`` is as published, line breaks and surrounding space removed; level 1 is the outermost."""

    start: int
    end: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as segmentation finds it: the segments of the text of record that it is the join of."""

    segments: tuple[Span, ...]
    section: tuple[int, ...]
    """Indices into the headings of the document, outermost first."""
    item: str | None


@dataclass(frozen=True, slots=True)
class Segmentation:
    """What segmentation makes of a text: every visible character is in exactly one of the four."""

    boilerplate: tuple[Region, ...]
    front_matter: tuple[Region, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    notices: tuple[tuple[int, str], ...] = ()
    """(source offset, sentence) pairs for a person to look at: a gap in the numbering, for instance."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a metadata field has its value: the rule, and where in the text of record it was read (if anywhere)."""

    rule: str
    start: int | None = None
    end: int | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document; ``None`` (or no years) is 未注明 and never guessed."""

    title: str
    issuer: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    years: tuple[int, ...] = ()
    published: str | None = None
    script: Script = "Hans"
    converted: bool = False
    source_url: str | None = None
    evidence: tuple[tuple[str, Evidence], ...] = ()

    @property
    def inferred(self) -> tuple[str, ...]:
        """Names of the fields whose value was inferred rather than read."""
        return tuple(name for name, evidence in self.evidence if evidence.inferred)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The unit of retrieval. ``text`` is the join of its segments; ``folded`` is as long as ``text``.

    ``repairs`` count in ``text``, not in the text of record.
    """

    id: str
    document_id: str
    ordinal: int
    section: tuple[str, ...]
    section_folded: tuple[str, ...]
    item: str | None
    segments: tuple[Span, ...]
    text: str
    folded: str
    repairs: tuple[Repair, ...] = ()

    @property
    def start(self) -> int:
        """Source offset of the first character."""
        return self.segments[0][0]

    @property
    def end(self) -> int:
        """Source offset behind the last character."""
        return self.segments[-1][1]

    def source_spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Translate a span of ``text`` into spans of the text of record.

        >>> p = Paragraph("p", "d", 1, (), (), None, ((10, 14), (15, 17)), "传统美德主题", "传统美德主题")
        >>> p.source_spans(2, 5)
        ((12, 14), (15, 16))
        """
        spans: list[Span] = []
        offset = 0
        for low, high in self.segments:
            length = high - low
            a, b = max(start, offset), min(end, offset + length)
            if a < b:
                spans.append((low + a - offset, low + b - offset))
            offset += length
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Document:
    """One document, read: its text of record, its metadata and everything that was found in it."""

    id: str
    source: SourceText
    metadata: Metadata
    boilerplate: tuple[Region, ...]
    front_matter: tuple[Region, ...]
    headings: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]
    notices: tuple[Problem, ...] = ()
    automatic: Metadata | None = None
    """What was read before a person's corrections, where there are any."""
