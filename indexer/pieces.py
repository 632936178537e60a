"""Lines to pieces: what stands on one line but is more than one thing is cut apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from indexer.frontmatter import find_glued_title
from indexer.lines import Line, squeeze, trim, width
from indexer.numbering import RANKS, Marker, find_inner_markers, read_marker, read_symbol
from indexer.runtogether import FAR_TOO_LONG, find_run_on

_STOP = re.compile(r"[。;!?]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACED = re.compile(r"[^\s。,;:!?()]{2,20}(?=[ \t\u3000\xa0]+\S)")
_SHARPS = re.compile(r"(#{1,6})[ \t\u3000\xa0]*")
_SENTENCE_END = "。;!?"
_LONGEST_LEAD = 30
_CUT_KINDS = frozenset({"part", "chapter", "section", "cn", "pcn", "num"})


@dataclass(slots=True)
class Piece:
    """A stretch of one line that is one thing: source span, its number if it has one, and what it turns out to be."""

    start: int
    end: int
    folded: str
    marker: Marker | None = None
    role: str | None = None
    after_blank: bool = False
    indent: int = 0
    continues: bool = False
    sharps: int = 0
    heading: str | None = None
    """The kind of heading it is, once that is decided."""

    @property
    def words(self) -> str:
        """The folded text behind the number."""
        return self.folded[self.marker.end - self.start :] if self.marker else self.folded


def cut_pieces(text: str, folded: str, lines: Sequence[Line], roles: Sequence[str | None]) -> list[Piece]:
    """Cut lines into pieces: headings glued to text, to each other, to items, and a title glued to prose.

    >>> from indexer.lines import cut_lines
    >>> text = "二、主要任务(一)坚持立德树人 1.完善体系。落实指南。"
    >>> lines = cut_lines(text)
    >>> [piece.folded for piece in cut_pieces(text, text, lines, [None])]
    ['二、主要任务', '(一)坚持立德树人', '1.完善体系。落实指南。']
    """
    pieces: list[Piece] = []
    last: dict[str, int] = {}
    titles = [
        squeeze(folded[line.start : line.end]) for line, role in zip(lines, roles, strict=True) if role == "title"
    ]
    for line, role in zip(lines, roles, strict=True):
        first = len(pieces)
        if role is not None:
            sharps = _SHARPS.match(folded, line.start, line.end) if role == "title" else None
            start = sharps.end() if sharps and sharps.end() < line.end else line.start
            pieces.append(Piece(start, line.end, folded[start : line.end], role=role))
        else:
            begun = dict(last)
            cut = _cut_line(text, folded, line, last, titles)
            if line.end - line.start > FAR_TOO_LONG:
                cut = [part for piece in cut for part in _cut_run_on(text, folded, piece, begun)]
                last |= begun
            pieces.extend(cut)
        pieces[first].after_blank = line.after_blank
        at, indent = line.start, line.indent
        for piece in pieces[first:]:
            indent += width(folded[at : piece.start])
            at, piece.indent = piece.start, indent
        pieces[first].continues = line.continues
    _settle_articles(pieces)
    return pieces


def _settle_articles(pieces: Sequence[Piece]) -> None:
    """Take 第五條 for a mention where articles are numbered 第 1 條, and the other way round."""
    articles = [piece for piece in pieces if piece.marker is not None and piece.marker.kind == "article"]
    digits = [piece for piece in articles if piece.marker and re.search(r"\d", piece.marker.label)]
    if 0 < len(digits) < len(articles):
        chosen = {id(piece) for piece in digits}
        mostly = 2 * len(digits) >= len(articles)
        for piece in articles:
            if (id(piece) in chosen) != mostly:
                piece.marker = None


def _cut_line(text: str, folded: str, line: Line, last: dict[str, int], titles: Sequence[str]) -> list[Piece]:
    start, end = line.start, line.end
    pieces: list[Piece] = []
    sharps = _SHARPS.match(folded, start, end)
    depth = 0
    if sharps and sharps.end() < end:
        depth = len(sharps.group(1))
        start = sharps.end()
    reach = find_glued_title(folded[start:end], titles) if not last and not depth else None
    if reach is not None:
        pieces.append(Piece(start, start + reach, folded[start : start + reach], role="title"))
        start, end = trim(text, start + reach, end)
    marker = read_symbol(text, start) or read_marker(folded, start, end)
    if marker is not None and marker.kind == "bullet" and text[start] not in "-*+":
        # Folding made it of a dash.
        marker = None
    current = Piece(start, end, folded[start:end], marker, sharps=depth)
    if marker is not None:
        last[marker.kind] = marker.value
    if depth:
        return [*pieces, current]
    candidates = find_inner_markers(folded, marker.end if marker else start, end)
    labels = {(candidate.kind, candidate.value) for candidate in candidates}
    for candidate in candidates:
        if candidate.start < current.start + 1 or not _is_cut(folded, current, candidate, last, labels):
            continue
        low, high = trim(text, current.start, candidate.start)
        pieces.extend(_cut_space(text, folded, low, high, current.marker))
        current = Piece(candidate.start, end, folded[candidate.start : end], candidate)
        last[candidate.kind] = candidate.value
    return pieces + _cut_space(text, folded, current.start, end, current.marker)


def _cut_run_on(text: str, folded: str, piece: Piece, last: dict[str, int]) -> list[Piece]:
    """Cut a piece of a line that is far too long where the numbering runs on inside; see ``runtogether``.

    ``last`` has the last number of each kind before the piece, and afterwards the last of all.
    """
    if piece.marker is not None:
        last[piece.marker.kind] = piece.marker.value
    cuts = find_run_on(folded, piece.start, piece.end, last)
    if not cuts:
        return [piece]
    first = Piece(*trim(text, piece.start, cuts[0]), "", piece.marker, sharps=piece.sharps)
    pieces = [replace(first, folded=folded[first.start : first.end])]
    for low, high in pairwise([*cuts, piece.end]):
        start, end = trim(text, low, high)
        marker = read_marker(folded, start, end)
        if marker is not None:
            last[marker.kind] = marker.value
        pieces.extend(_cut_space(text, folded, start, end, marker))
    return pieces


def _is_cut(folded: str, current: Piece, candidate: Marker, last: dict[str, int], labels: set[tuple[str, int]]) -> bool:
    """Tell whether the numbering expects this number here: as a first child of a heading, or as its successor."""
    marker = current.marker
    if candidate.kind not in _CUT_KINDS or (marker is not None and marker.kind == "article"):
        return False
    begin = marker.end if marker else current.start
    # Whether a sentence ended is only asked of what may still be a heading: longer text cannot be one.
    before = folded[begin : min(candidate.start, begin + 90)].rstrip()
    if not before:
        return False
    expected = last.get(candidate.kind, 0) + 1
    stopped = folded[max(begin, candidate.start - 3) : candidate.start].rstrip()[-1:] in _SENTENCE_END
    if stopped:
        if marker is not None and candidate.kind == marker.kind:
            return candidate.value == marker.value + 1
        if marker is None and candidate.kind == "num" and candidate.value > 1:
            # A wrapped line of an item: the next number may stand in its middle.
            return candidate.value == expected
        if candidate.kind in {"cn", "pcn"}:
            deeper = marker is not None and RANKS[candidate.kind] > RANKS[marker.kind]
            if candidate.value == expected and candidate.value > 1 and not deeper:
                return True
            return candidate.kind == "cn" and candidate.value == 1 and ("cn", 2) in labels and marker is None
        return False
    if marker is None or marker.kind not in _CUT_KINDS or RANKS[candidate.kind] <= RANKS[marker.kind]:
        return False
    if candidate.value not in (1, expected) or len(before) > 60 or _STOP.search(before):
        return False
    if before[-1] == ":":
        # 三、实现三个突破:1.…。2.…。
        listed = candidate.value == 1 and (candidate.kind, 2) in labels and marker.kind in {"cn", "pcn"}
        return listed and len(before) <= _LONGEST_LEAD
    if len(_HAN.findall(before)) < 2 or before[-1] in ",、“‘\"'《(第至到和或":
        return False
    return (
        before.count("(") == before.count(")") and before.count("“") == before.count("”") and before.count('"') % 2 == 0
    )


def _cut_space(text: str, folded: str, start: int, end: int, marker: Marker | None) -> list[Piece]:
    """Cut 一、工作路径 从“立德树人”出发…。: a title without punctuation, a space, and sentences."""
    whole = Piece(start, end, folded[start:end], marker)
    if start >= end:
        return []
    if marker is None or marker.kind not in {"cn", "pcn"}:
        return [whole]
    low, _ = trim(text, marker.end, end)
    match = _SPACED.match(folded, low, end)
    if match is None or len(_HAN.findall(match.group())) < 4:
        return [whole]
    rest, _ = trim(text, match.end(), end)
    if end - rest < 20 or "。" not in folded[rest:end]:
        return [whole]
    title = Piece(start, match.end(), folded[start : match.end()], marker, heading=marker.kind)
    return [title, Piece(rest, end, folded[rest:end])]
