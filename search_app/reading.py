"""A document laid out to be read: its regions in the order of the text of record, with what was found marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from indexer.highlight import highlight, highlight_expansions
from indexer.models import Document, Evidence, Paragraph
from indexer.query import Clause
from search_app.marks import Piece, cut

# The rules that metadata names, for people; what is not listed is shown as it is.
RULES = {
    "addressee": "抬头",
    "body": "正文",
    "corpus.csv": "人工著录",
    "date line": "日期行",
    "digits of a date": "日期中的数字",
    "first line": "首行",
    "gazetteer": "地名表",
    "given": "随文给出",
    "level": "行文的层级",
    "metadata table": "信息表",
    "no text": "没有正文",
    "none": "没有写明",
    "opening": "开头",
    "place": "地方",
    "published": "发布日期",
    "published label": "发布日期栏",
    "signature": "落款",
    "title": "标题",
    "title line": "标题行",
    "transmittal": "印发说明",
    "years named": "文中提到的年份",
}
Kind = Literal["front", "heading", "paragraph", "boilerplate", "stray"]


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """One region of a document as a page shows it; ``hit`` counts the blocks that hold a mark, from 1."""

    kind: Kind
    start: int
    pieces: tuple[Piece, ...]
    note: str = ""
    level: int = 0
    anchor: str = ""
    paragraph: Paragraph | None = None
    hit: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """One field of a document's metadata with the reason why it has its value."""

    label: str
    value: str
    inferred: bool
    rule: str
    quotation: str


def lay_out(document: Document, clauses: Sequence[Clause], processing: bool) -> tuple[ReadBlock, ...]:
    """Lay a document out in the order of its text; boilerplate, stray characters and repairs only if ``processing``.

    Whatever is shown holds the original characters.
    """
    text = document.source.text
    blocks = [*_headings(document, clauses), *_paragraphs(document, clauses, processing)]
    blocks += [
        ReadBlock("front", region.start, cut(text[region.start : region.end].strip(), ()), region.kind)
        for region in document.front_matter
    ]
    if processing:
        blocks += [
            ReadBlock("boilerplate", region.start, cut(text[region.start : region.end].strip(), ()), region.kind)
            for region in document.boilerplate
        ]
        blocks += [ReadBlock("stray", at, cut(rest, ())) for at, rest in _strays(document)]
    blocks.sort(key=lambda block: block.start)
    return tuple(_numbered(blocks))


def known_fields(document: Document) -> tuple[Known, ...]:
    """List what is known about a document, with its evidence quoted from the text of record."""
    known = document.metadata
    evidence = dict(known.evidence)
    place = [name for name in (known.province, known.city, known.district) if name]
    fields = (
        ("issuer", "发文单位", known.issuer),
        ("city", "地方", " ".join(dict.fromkeys(place)) or None),
        ("years", "年份", "、".join(str(year) for year in known.years) or None),
        ("published", "发布日期", known.published),
    )
    return tuple(_known(document, evidence.get(name), label, value) for name, label, value in fields)


def _known(document: Document, found: Evidence | None, label: str, value: str | None) -> Known:
    quotation = ""
    if found is not None and found.start is not None and found.end is not None:
        quotation = document.source.text[found.start : found.end].strip()
    inferred = found is not None and found.inferred and value is not None
    return Known(label, value or "未注明", inferred, say_rule(found.rule) if found else "", quotation)


def say_rule(rule: str) -> str:
    """Say the rule of an evidence in Chinese, part by part.

    >>> say_rule("title, place"), say_rule("a new rule")
    ('标题、地方', 'a new rule')
    """
    return "、".join(RULES.get(part, part) for part in rule.split(", "))


def _headings(document: Document, clauses: Sequence[Clause]) -> Iterator[ReadBlock]:
    folded = {
        heading: as_matched
        for paragraph in document.paragraphs
        for heading, as_matched in zip(paragraph.section, paragraph.section_folded, strict=True)
    }
    for number, heading in enumerate(document.headings, 1):
        spans = highlight(heading.text, folded.get(heading.text, heading.text), clauses, "section") if clauses else ()
        yield ReadBlock("heading", heading.start, cut(heading.text, spans), level=heading.level, anchor=f"h-{number}")


def _paragraphs(document: Document, clauses: Sequence[Clause], processing: bool) -> Iterator[ReadBlock]:
    for paragraph in document.paragraphs:
        text, folded = paragraph.text, paragraph.folded
        spans = highlight(text, folded, clauses) if clauses else ()
        also = highlight_expansions(text, folded, clauses, converted=document.metadata.converted)
        joints: list[int] = []
        if processing:
            length = 0
            for low, high in paragraph.segments[:-1]:
                length += high - low
                joints.append(length)
        repairs = paragraph.repairs if processing else ()
        pieces = cut(text, spans, repairs=repairs, joints=joints, expanded=also)
        yield ReadBlock("paragraph", paragraph.start, pieces, anchor=f"p-{paragraph.ordinal}", paragraph=paragraph)


def _numbered(blocks: Sequence[ReadBlock]) -> Iterator[ReadBlock]:
    hits = 0
    for block in blocks:
        if any(piece.marked or piece.expanded for piece in block.pieces):
            hits += 1
            yield replace(block, hit=hits)
        else:
            yield block


def _strays(document: Document) -> Iterator[tuple[int, str]]:
    """Find the visible characters that belong to no region: stray punctuation."""
    taken = sorted(
        [(region.start, region.end) for region in (*document.boilerplate, *document.front_matter)]
        + [(heading.start, heading.end) for heading in document.headings]
        + [segment for paragraph in document.paragraphs for segment in paragraph.segments]
    )
    text, at = document.source.text, 0
    for low, high in [*taken, (len(text), len(text))]:
        if at < low and (rest := text[at:low].strip()):
            yield at, rest
        at = max(at, high)
