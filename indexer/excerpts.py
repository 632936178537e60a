"""Pieces cut out of a text of record, with their folded form and the reason they are believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.models import Evidence, Region, Span

_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])|(?<=\d)\s+(?=\d)")
_LINE = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of text that was found, its folded form (as long as the text), and why it is believed."""

    text: str
    folded: str
    evidence: Evidence


def clean(text: str) -> str:
    """Return a title or a name in one line, without the spaces that a layout put between Chinese characters.

    >>> clean("2018 年青浦教育\\n工作要点"), clean("5G AI 教育")
    ('2018年青浦教育工作要点', '5G AI教育')
    """
    return _SPACE.sub("", text.strip())


def excerpt(text: str, folded: str, span: Span, rule: str, *, inferred: bool = False) -> Found:
    """Return what stands in a span of a text and of its folded form, cleaned, with the rule that found it."""
    start, end = span
    while start < end and (text[start].isspace() or text[start] in "#*"):
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    # Both lose the same characters, so that a place in one is the place in the other.
    lost = {start + index for space in _SPACE.finditer(text[start:end]) for index in range(*space.span())}
    kept = [index for index in range(start, end) if index not in lost]
    evidence = Evidence(rule, start, end, inferred)
    return Found("".join(text[index] for index in kept), "".join(folded[index] for index in kept), evidence)


def outside(span: Span, regions: tuple[Region, ...]) -> bool:
    """Tell whether a span touches none of the regions."""
    return not any(region.start < span[1] and span[0] < region.end for region in regions)


def each_line(folded: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the lines of a text that hold something, or of a part of it."""
    return (match.span() for match in _LINE.finditer(folded, start, len(folded) if end is None else end))
