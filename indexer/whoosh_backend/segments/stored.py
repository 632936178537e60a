"""Documents and paragraphs in the compact form in which they are stored, and back.

Nothing is stored that the rest tells: of a folded text only the characters that folding by character would not give
(repairs; so a store is read by the code that wrote it, which the stamp sees to), of a document's text only what no
paragraph holds. Texts are UTF-16, which zlib makes 11 % smaller than UTF-8 of the same Chinese, and decodes faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from indexer.backend import DocumentSummary
from indexer.fold import fold_characters
from indexer.models import Document, Evidence, Metadata, Paragraph, Repair, Script, Span

T = TypeVar("T")
_TEXT = "utf-16-le"

_Differences = tuple[tuple[int, str], ...]


class _Text(msgspec.Struct, frozen=True, array_like=True):
    """A text with the characters of its folded form that folding by character does not give."""

    characters: bytes
    differing: _Differences


class _Paragraph(msgspec.Struct, frozen=True, array_like=True):
    """A paragraph without its ids, which stand in an array of their own."""

    ordinal: int
    item: str | None
    segments: tuple[Span, ...]
    body: _Text
    section: tuple[_Text, ...]
    repairs: tuple[Repair, ...]


class _Document(msgspec.Struct, frozen=True, array_like=True):
    """A document without paragraphs and text, and the text that no paragraph holds (all of it, where ``whole``)."""

    document: Document
    rest: bytes
    whole: bool


class _Facts(msgspec.Struct, frozen=True, array_like=True):
    """What filters and lists ask of all documents: the metadata without its evidence."""

    title: str
    issuer: str | None
    province: str | None
    city: str | None
    district: str | None
    years: tuple[int, ...]
    published: str | None
    script: Script
    converted: bool
    source_url: str | None


class _Summary(msgspec.Struct, frozen=True, array_like=True):
    """What else a summary says; path and id stand in arrays of their own."""

    line: int | None
    paragraphs: int
    characters: int
    evidence: tuple[tuple[str, Evidence], ...]


class _Headings(msgspec.Struct, frozen=True, array_like=True):
    """The headings of a document with the number of paragraphs under each."""

    counts: dict[str, int]


_encode = msgspec.msgpack.Encoder().encode
_DECODERS: dict[type, msgspec.msgpack.Decoder[Any]] = {
    kind: msgspec.msgpack.Decoder(kind) for kind in (_Paragraph, _Document, _Facts, _Summary, _Headings)
}


def _decode(record: bytes, kind: type[T]) -> T:
    found: T = _DECODERS[kind].decode(record)
    return found


def encode_paragraph(paragraph: Paragraph) -> bytes:
    """Return a paragraph as a record; raises ``ValueError`` where a folded text is not as long as its original."""
    return _encode(
        _Paragraph(
            paragraph.ordinal,
            paragraph.item,
            paragraph.segments,
            _stored(paragraph.text, paragraph.folded),
            tuple(map(_stored, paragraph.section, paragraph.section_folded)),
            paragraph.repairs,
        )
    )


def decode_paragraph(record: bytes, identity: str, document: str) -> Paragraph:
    """Return the paragraph of a record, under its id and that of its document; raises ``msgspec.DecodeError``.

    >>> text = "九年义务教育鞏固率达到95%。"
    >>> stored = Paragraph("ab", "a", 1, ("二、",), ("二、",), None, ((7, 22),), text, "九年义务教育巩固率达到95%。")
    >>> decode_paragraph(encode_paragraph(stored), "ab", "a") == stored
    True
    """
    stored = _decode(record, _Paragraph)
    text, folded = _texts(stored.body)
    section = [_heading(heading) for heading in stored.section]
    return Paragraph(
        identity,
        document,
        stored.ordinal,
        tuple([heading for heading, _ in section]),
        tuple([heading for _, heading in section]),
        stored.item,
        stored.segments,
        text,
        folded,
        stored.repairs,
    )


def _stored(text: str, folded: str) -> _Text:
    plain = fold_characters(text)
    if plain == folded:
        return _Text(text.encode(_TEXT), ())
    pairs = zip(plain, folded, strict=True)
    return _Text(text.encode(_TEXT), tuple([(at, ours) for at, (char, ours) in enumerate(pairs) if char != ours]))


def _texts(stored: _Text) -> tuple[str, str]:
    """Return a text and its folded form."""
    text = stored.characters.decode(_TEXT)
    folded = fold_characters(text)
    if stored.differing:
        characters = list(folded)
        for at, char in stored.differing:
            characters[at] = char
        folded = "".join(characters)
    return text, folded


@lru_cache(4096)
def _heading(stored: _Text) -> tuple[str, str]:
    """Return a heading and its folded form: the same few stand above many paragraphs."""
    return _texts(stored)


def encode_document(document: Document) -> bytes:
    """Return a document without its paragraphs as a record."""
    text = document.source.text
    pieces = _pieces(document.paragraphs)
    rest, at = [], 0
    for start, piece in pieces:
        rest.append(text[at:start])
        at = max(start, at) + len(piece)
    rest.append(text[at:])
    between = "".join(rest)
    whole = _joined(pieces, between) != text  # segments that overlap, as segmentation never leaves them
    empty = replace(document, source=replace(document.source, text=""), paragraphs=())
    return _encode(_Document(empty, (text if whole else between).encode(_TEXT), whole))


def decode_document(record: bytes, paragraphs: tuple[Paragraph, ...]) -> Document:
    """Return the document of a record and its paragraphs; raises ``msgspec.DecodeError``.

    >>> from indexer.models import SourceText
    >>> from indexer.reading import read_document
    >>> text = "2018年工作要点\\n一、招生\\n做好招生工作。\\n完善学籍管理。\\n"
    >>> document = read_document(SourceText("a.txt", "", "utf-8", text))
    >>> decode_document(encode_document(document), document.paragraphs) == document
    True
    """
    stored = _decode(record, _Document)
    rest = stored.rest.decode(_TEXT)
    text = rest if stored.whole else _joined(_pieces(paragraphs), rest)
    document = stored.document
    return replace(document, source=replace(document.source, text=text), paragraphs=paragraphs)


def _pieces(paragraphs: Sequence[Paragraph]) -> list[tuple[int, str]]:
    """Return the segments of all paragraphs, with their source offsets, in the order of the text."""
    found = []
    for paragraph in paragraphs:
        at = 0
        for start, end in paragraph.segments:
            found.append((start, paragraph.text[at : at + end - start]))
            at += end - start
    return sorted(found)


def _joined(pieces: list[tuple[int, str]], rest: str) -> str:
    """Return the text that has these pieces where they say, and the rest between them."""
    joined: list[str] = []
    at = taken = 0
    for start, piece in pieces:
        gap = max(start - at, 0)
        joined += (rest[taken : taken + gap], piece)
        taken += gap
        at += gap + len(piece)
    return "".join([*joined, rest[taken:]])


def summarise(document: Document) -> DocumentSummary:
    """Return a document without its text; ``characters`` counts the visible characters of its paragraphs."""
    return DocumentSummary(
        document.id,
        document.source.path,
        document.source.line,
        document.metadata,
        len(document.paragraphs),
        sum(len("".join(paragraph.text.split())) for paragraph in document.paragraphs),
    )


def encode_facts(metadata: Metadata) -> bytes:
    """Return metadata without its evidence as a record."""
    return _encode(_Facts(*[getattr(metadata, name) for name in _Facts.__struct_fields__]))


def decode_facts(record: bytes) -> Metadata:
    """Return the metadata of a record, without evidence; raises ``msgspec.DecodeError``."""
    facts = _decode(record, _Facts)
    return Metadata(
        facts.title,
        facts.issuer,
        facts.province,
        facts.city,
        facts.district,
        facts.years,
        facts.published,
        facts.script,
        facts.converted,
        facts.source_url,
    )


def encode_summary(summary: DocumentSummary) -> bytes:
    """Return what a summary says beside id, path and the facts of its metadata."""
    return _encode(_Summary(summary.line, summary.paragraphs, summary.characters, summary.metadata.evidence))


def decode_summary(record: bytes, identity: str, path: str, facts: Metadata) -> DocumentSummary:
    """Return the summary that a record completes; raises ``msgspec.DecodeError``."""
    stored = _decode(record, _Summary)
    metadata = replace(facts, evidence=stored.evidence)
    return DocumentSummary(identity, path, stored.line, metadata, stored.paragraphs, stored.characters)


def encode_headings(paragraphs: Sequence[Paragraph]) -> bytes:
    """Return the headings, as published, that paragraphs stand under, each with how many do, as a record."""
    counts: dict[str, int] = {}
    for paragraph in paragraphs:
        for heading in dict.fromkeys(paragraph.section):
            counts[heading] = counts.get(heading, 0) + 1
    return _encode(_Headings(counts))


def decode_headings(record: bytes) -> dict[str, int]:
    """Return the headings of a record with their counts; raises ``msgspec.DecodeError``."""
    return _decode(record, _Headings).counts
