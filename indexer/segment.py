"""Text of record to boilerplate, front matter, headings and paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from indexer.fold import fold_characters
from indexer.joints import join_torn_headings
from indexer.lines import INVISIBLE, cut_lines, find_markup, hide_marks, squeeze, trim, width
from indexer.models import Block, Heading, Region, Segmentation, Span
from indexer.numbering import Marker
from indexer.outline import Traits, ends_sentence, mark_headings, measure
from indexer.pieces import Piece, cut_pieces
from indexer.roles import FRONT, assign_roles
from indexer.sections import Stack

_JOINING = "。,，、;；:：!！?？)）”’》】」』%％…"
_STRAY = "。,、;:!?.，；：！？、 \t\u3000\xa0"
_LONGEST_GAP = 30
_LONG_LINE = 20
_PARTS_READ = 3
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]+")
_STOPPED = re.compile(r"[。;!?](?=.)")


def segment(text: str) -> Segmentation:
    """Cut a text of record into boilerplate, front matter, headings and paragraphs; nothing visible is lost.

    Offsets are source offsets in code points. Headings are no paragraphs: a block names them as its section.
    The rules are those of GB/T 9704-2012 (numbering 一、 (一) 1. (1), title, addressee, signature and date), widened
    to what web pages and converted files make of them. Never raises.

    >>> found = segment("某市教育工作要点\\n一、指导思想\\n坚持立德树人。\\n二、主要任务(一)促进公平 1.落实政策。")
    >>> [heading.text for heading in found.headings]
    ['一、指导思想', '二、主要任务', '(一)促进公平']
    >>> [(block.section, block.item) for block in found.blocks]
    [((0,), None), ((1, 2), '1')]
    """
    markup = find_markup(text)
    text = hide_marks(text)
    folded = fold_characters(text)
    lines = [line for line in cut_lines(text, markup) if _is_visible(text, line.start, line.end)]
    roles = assign_roles([folded[line.start : line.end] for line in lines], [line.indent for line in lines])
    pieces = join_torn_headings(cut_pieces(text, folded, lines, roles))
    traits = measure(pieces)
    mark_headings(pieces, traits)
    return _assemble(text, markup, pieces, traits)


def _is_visible(text: str, start: int, end: int) -> bool:
    return any(unicodedata.category(character)[0] in "LN" for character in text[start:end])


def _assemble(text: str, markup: tuple[Region, ...], pieces: list[Piece], traits: Traits) -> Segmentation:
    regions: list[Region] = []
    headings: list[Heading] = []
    blocks: list[tuple[list[Piece], tuple[int, ...]]] = []
    stack = Stack()
    current: list[Piece] = []
    for index, piece in enumerate(pieces):
        if piece.role is not None:
            regions.append(Region(piece.start, piece.end, piece.role))
            if piece.role not in {"page", "caption"}:
                current = []
            if piece.role in {"title", "attachment"}:
                stack.clear()
        elif piece.heading is not None:
            level = stack.push(piece.heading, len(headings), piece.folded, piece.marker.value if piece.marker else 0)
            headings.append(Heading(piece.start, piece.end, level, _clean(text[piece.start : piece.end])))
            current = []
        elif current and _continues(text, current, piece, pieces, index, traits):
            current.append(piece)
        else:
            current = [piece]
            if piece.marker is not None:
                stack.close(piece.marker)
            blocks.append((current, stack.path))
    built = [
        Block(segments, section, _item(text, parts[0].marker))
        for parts, section in blocks
        if (segments := _segments(text, parts))
    ]
    boilerplate = sorted(
        [region for region in regions if region.kind not in FRONT] + list(markup), key=lambda region: region.start
    )
    front = tuple(region for region in regions if region.kind in FRONT)
    return Segmentation(tuple(boilerplate), front, tuple(headings), tuple(built), tuple(_find_gaps(pieces)))


def _clean(heading: str) -> str:
    lines = (line.strip() for line in _LINE.findall(heading))
    return "".join(character for character in "".join(lines) if character not in INVISIBLE)


def _item(text: str, marker: Marker | None) -> str | None:
    if marker is None or marker.kind in {"ordinal", "bullet"}:
        return None
    return "".join(text[marker.start : marker.end].split()).rstrip(".、．。")


def _continues(text: str, current: list[Piece], piece: Piece, pieces: list[Piece], index: int, traits: Traits) -> bool:
    """Tell whether a piece belongs to the paragraph before it."""
    last, first = current[-1], current[0]
    if piece.continues:
        return True
    article = first.marker is not None and first.marker.kind == "article"
    if traits.law and article:
        return piece.marker is None or piece.marker.kind != "article"
    if piece.marker is not None:
        return False
    if first.marker is not None and len(current) == 1 and not first.words.strip(_STRAY):
        return True
    # Asked of the original: folding does not tell opening from closing quotation marks.
    if text[piece.start] in _JOINING:
        return True
    if first.marker is not None and len(current) == 1 and last.folded[-1] == ":" and len(last.folded) <= 40:
        # A term, a colon, and below it what it means.
        return True
    if not ends_sentence(last.folded):
        return _is_broken(current, piece, pieces[index - 1].role, traits)
    if traits.itemised and first.marker is not None and first.marker.kind == "num":
        return _goes_on(first.marker, pieces, index)
    return False


def _is_broken(current: list[Piece], piece: Piece, between: str | None, traits: Traits) -> bool:
    """Tell whether a line that ends no sentence was broken there; ``between`` is the role of what stands between.

    In lists of short items nobody writes full stops: what follows one of them is not its end.
    """
    last, first = current[-1], current[0]
    if last.folded[-1] in ",、" or _is_open("".join(part.folded for part in current[-_PARTS_READ:])):
        return True
    blank = piece.after_blank and between != "page" and not traits.spaced
    if blank:
        return False
    if traits.wrap and (len(current) > 1 or width(last.folded) + last.indent >= traits.wrap - 8):
        # A line within a wrapped paragraph may be short where a mark that would not break moved on.
        return True
    if first.marker is not None:
        stopped = _STOPPED.search(last.folded) is not None
        return first.marker.kind in traits.finishing or (stopped and len(last.folded) >= _LONG_LINE)
    return traits.punctuated and not piece.after_blank and len(last.folded) >= 20


def _is_open(folded: str) -> bool:
    """Tell whether a bracket or a book title that was opened in a folded text is still open."""
    return any(folded.rfind(opening) > folded.rfind(closing) for opening, closing in ("()", "《》"))


def _goes_on(marker: Marker, pieces: list[Piece], index: int) -> bool:
    """Tell whether the next number of the same kind is the next in order: then what stands between is this item's."""
    for piece in pieces[index + 1 :]:
        if piece.heading is None and piece.marker is not None and piece.marker.kind == marker.kind:
            return piece.marker.value == marker.value + 1
    return False


def _segments(text: str, parts: list[Piece]) -> tuple[Span, ...]:
    """Return the spans of a paragraph, without the stray punctuation between its parts."""
    spans: list[Span] = []
    # A number alone on its line: what stands behind it there is stray, and so is what opens the next line.
    bare = len(parts) > 1 and parts[0].marker is not None and not parts[0].words.strip(_STRAY)
    for number, part in enumerate(parts):
        start, end = part.start, part.end
        if number == 0 and bare and part.marker is not None:
            end = start + len(text[start : part.marker.end].rstrip())
        elif number and (ends_sentence(parts[number - 1].folded) or (bare and number == 1)):
            while start < end and text[start] in _STRAY:
                start += 1
        spans.extend(_visible_spans(text, start, end))
    return tuple(spans)


def _visible_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a span at line breaks, and at characters that take no room, so that no word is broken by them."""
    for line in _LINE.finditer(text, start, end):
        low, stop = trim(text, *line.span())
        for at in range(low, stop):
            if text[at] in INVISIBLE:
                if low < at:
                    yield low, at
                low = at + 1
        if low < stop:
            yield low, stop


def _find_gaps(pieces: list[Piece]) -> Iterator[tuple[int, str]]:
    """Name the places where the numbering of headings or items jumps, and where another document begins."""
    last: dict[str, Marker] = {}
    titles: set[str] = set()
    for piece in pieces:
        marker = piece.marker
        if piece.role == "title":
            title = squeeze(piece.folded)
            if last and titles and not any(title in seen for seen in titles):
                yield piece.start, "A second document begins here: its years and its place may be others."
            titles.add(title)
            last.clear()
        if marker is None or piece.role is not None:
            continue
        before = last.get(marker.kind)
        if before is not None and 1 < marker.value - before.value <= _LONGEST_GAP:
            yield piece.start, f"The numbering jumps from {before.label} to {marker.label}: something may be missing."
        last[marker.kind] = marker
