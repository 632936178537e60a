"""Text of record to its visible lines: where each one stands, and what markup was left in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.models import Region, Span

INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\ufeff"
"""Characters that take no room: they may stand inside a word and must not be part of any segment."""

_BLANK = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_TRIM = _BLANK + INVISIBLE
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]+")
_SQUEEZE = re.compile(f"[{re.escape(_TRIM)}]+")
# Field codes and tags are bounded in length, so that a hostile text cannot make the search quadratic.
_MARKUP = re.compile(
    r'HYPERLINK[ \t]+"[^"\n]{0,500}"(?:[ \t]*\\[a-z](?:[ \t]*"[^"\n]{0,200}")?)*'
    r"|</?(?:p|br|div|span|a|font|strong|b|i|em|td|tr|th|table|tbody|img|li|ul|ol|h[1-6])(?:[ \t][^<>\n]{0,300})?/?>"
    r"|(?<=\])\((?:https?:|mailto:|www\.|[/#.])[^()\s]{0,300}\)"
    r"|&(?:nbsp|ensp|emsp|lt|gt|amp|quot|ldquo|rdquo|mdash|hellip);",
    re.IGNORECASE,
)


_MARKDOWN = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<!\*)(\*\*)(?!\*)(?=\S)[^*\n]{1,200}(?<=\S)(\*\*)(?!\*)")
_QUOTE = re.compile(r"^[ \t]*((?:>[ \t]?){1,5})(?=[^\s>])", re.MULTILINE)
_LINK = re.compile(r"(!?\[)[^\[\]\n]{0,200}(\])\((?:https?:|mailto:|www\.|[/#.])[^()\s]{0,300}\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A visible line, trimmed: source offsets, whether blank lines or an indent stand before it.

    ``continues`` says that it stands on the same published line as the one before it (markup was between them).
    """

    start: int
    end: int
    indent: int
    after_blank: bool
    continues: bool


def squeeze(text: str) -> str:
    """Return the text without any white space or invisible characters.

    >>> squeeze("目\u3000录 ")
    '目录'
    """
    return _SQUEEZE.sub("", text)


def width(text: str) -> int:
    """Return the width of a folded text in half-width columns, a Chinese character being two."""
    return sum(2 if character > "\u2e7f" or character in "“”‘’\"'…—·" else 1 for character in text)


def trim(text: str, start: int, end: int) -> Span:
    """Return the span without the blanks at its ends (equal offsets if nothing is left).

    >>> trim("  一、指导思想\u3000", 0, 9)
    (2, 8)
    """
    part = text[start:end]
    start += len(part) - len(part.lstrip(_TRIM))
    return start, max(start, end - (len(part) - len(part.rstrip(_TRIM))))


def hide_marks(text: str) -> str:
    """Return a text of the same length in which the signs of Markdown are characters that take no room.

    Stars of emphasis and signs of a quotation are hidden only where there are Markdown headings, or where a whole line
    is in stars: two stars may also stand for what was struck out. The brackets of a link are hidden anywhere; its
    address is markup.

    >>> hide_marks("# 要点\\n坚持**立德树人**。").replace("\\u200b", "")
    '# 要点\\n坚持立德树人。'
    """
    spans: list[Span] = []
    markdown = _MARKDOWN.search(text) is not None
    for match in _EMPHASIS.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        whole = before in {"", "\n"} and after in {"", "\n"}
        if markdown or whole:
            spans += [match.span(1), match.span(2)]
    if markdown:
        spans += [match.span(1) for match in _QUOTE.finditer(text)]
    for match in _LINK.finditer(text):
        spans += [match.span(1), match.span(2)]
    if not spans:
        return text
    characters = list(text)
    for start, end in spans:
        characters[start:end] = "\u200b" * (end - start)
    return "".join(characters)


def find_markup(text: str) -> tuple[Region, ...]:
    """Find comments, field codes and tags that an editor or a web page left in the text.

    >>> find_markup("# 国歌法<!-- INFO END -->")
    (Region(start=5, end=22, kind='markup'),)
    """
    comments: list[Span] = []
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        comments.append((start, end + 3))
        start = text.find("<!--", end)
    spans = sorted(comments + [match.span() for match in _MARKUP.finditer(text)])
    found: list[Region] = []
    for start, end in spans:
        if not found or start >= found[-1].end:
            found.append(Region(start, end, "markup"))
    return tuple(found)


def cut_lines(text: str, markup: tuple[Region, ...] = ()) -> tuple[Line, ...]:
    """Cut a text into its visible lines, without the markup.

    >>> text = "一、指导思想\\r\\n\\r\\n  坚持立德树人。"
    >>> [text[line.start : line.end] for line in cut_lines(text)]
    ['一、指导思想', '坚持立德树人。']
    """
    lines: list[Line] = []
    last_end = 0
    blank = False
    next_markup = 0
    for match in _LINE.finditer(text):
        start, end = match.span()
        blank = blank or len(text[last_end:start].replace("\r\n", "\n")) > 1
        continues = False
        at = start
        while at < end:
            while next_markup < len(markup) and markup[next_markup].end <= at:
                next_markup += 1
            region = markup[next_markup] if next_markup < len(markup) else None
            if region is not None and region.start <= at:
                at = min(end, region.end)
                continue
            stop = min(end, region.start) if region is not None else end
            low, high = trim(text, at, stop)
            if low < high:
                lines.append(Line(low, high, low - start, blank, continues))
                continues = True
            at = stop
        last_end = end
        # A line of blanks only is a blank line.
        blank = not continues
    return tuple(lines)
