"""What is kept of a paragraph so that it can be found again: alone as evidence, or with its whole document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer.models import Document, Paragraph, Span

CONTEXT = 200
"""Characters of evidence before and behind a quotation; the anchoring looks at the nearest visible ones of them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quotation with what stood around it: the TextQuoteSelector of the W3C Web Annotation Data Model (2017, 4.2.4).

    ``exact`` is the text of the paragraph, ``prefix`` and ``suffix`` what stood before and behind it in the text of
    record. ``ordinal`` counts from 1; 0 where it is not known.
    """

    exact: str
    prefix: str = ""
    suffix: str = ""
    ordinal: int = 0
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a paragraph stood: its id, the headings above it, its segments of the text of record."""

    id: str
    section: tuple[str, ...]
    item: str | None
    segments: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document as it was read once: its text of record, where its paragraphs stood, and its headings and opening.

    ``frame`` are the spans of headings and front matter, which a paragraph may become or have been.
    """

    document: str
    text: str
    frame: tuple[Span, ...]
    passages: tuple[Passage, ...]

    def text_of(self, number: int) -> str:
        """Return the text of a paragraph, numbered from 0."""
        return "".join([self.text[start:end] for start, end in self.passages[number].segments])

    def find(self, paragraph_id: str) -> int:
        """Return the number of a paragraph, -1 if there is none of this id."""
        return next((at for at, passage in enumerate(self.passages) if passage.id == paragraph_id), -1)

    def evidence(self, number: int) -> Evidence:
        """Return a paragraph, numbered from 0, with what stands around it."""
        passage = self.passages[number]
        start, end = passage.segments[0][0], passage.segments[-1][1]
        return Evidence(
            self.text_of(number),
            self.text[max(0, start - CONTEXT) : start],
            self.text[end : end + CONTEXT],
            number + 1,
            passage.section,
        )


def with_passage(snapshot: Snapshot, spans: tuple[Span, ...]) -> tuple[Snapshot, int]:
    """Return a snapshot in which a stretch of its text is a paragraph of its own, and the number of that one.

    The paragraphs that held it end before it and begin again behind it.

    >>> passage = Passage("p", (), None, ((0, 20),))
    >>> snapshot = Snapshot("d", "做好招生工作。落实控辍保学。加强组织领导。", (), (passage,))
    >>> cut, number = with_passage(snapshot, ((7, 14),))
    >>> number, [cut.text_of(at) for at in range(3)]
    (1, ['做好招生工作。', '落实控辍保学。', '加强组织领导'])
    """
    start, end = spans[0][0], spans[-1][1]
    passages = [Passage("", (), None, spans)]
    for passage in snapshot.passages:
        if passage.segments[-1][1] <= start or end <= passage.segments[0][0]:
            passages.append(passage)
            continue
        before = tuple([(low, min(high, start)) for low, high in passage.segments if low < start])
        behind = tuple([(max(low, end), high) for low, high in passage.segments if end < high])
        passages += [replace(passage, id="", segments=segments) for segments in (before, behind) if segments]
    passages.sort(key=lambda passage: passage.segments)
    number = next(at for at, passage in enumerate(passages) if passage.segments == spans)
    return replace(snapshot, passages=tuple(passages)), number


def snapshot_of(document: Document) -> Snapshot:
    """Return a document as a snapshot."""
    return Snapshot(
        document.id,
        document.source.text,
        (
            *((region.start, region.end) for region in document.front_matter),
            *((heading.start, heading.end) for heading in document.headings),
        ),
        tuple([Passage(each.id, each.section, each.item, each.segments) for each in document.paragraphs]),
    )


def evidence_of(document: Document, paragraph: Paragraph) -> Evidence:
    """Return a paragraph with what stands around it in its document.

    >>> from indexer.models import SourceText
    >>> from indexer.reading import read_document
    >>> document = read_document(SourceText("a.txt", "", "utf-8", "1.落实控辍保学责任。\\n2.做好招生工作。\\n"))
    >>> evidence_of(document, document.paragraphs[1]).prefix
    '1.落实控辍保学责任。\\n'
    """
    return snapshot_of(document).evidence(paragraph.ordinal - 1)
