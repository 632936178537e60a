"""Headings that were broken over two lines, put together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.lines import squeeze
from indexer.numbering import RANKS
from indexer.pieces import Piece

_SENTENCE = re.compile(r"[。;!?]")
_CHAPTERS = frozenset({"part", "chapter", "section"})
_NUMBERED = frozenset({"cn", "pcn"})
_LONGEST = 60
_LONGEST_TAIL = 4
_LONGEST_NAME = 30
_BROKEN = 14


def join_torn_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces, with the second line of a heading that was broken joined to the first.

    A line is such a second line if nothing else can be: below a chapter's number and before an article or a section,
    below a numbered line that ends in a comma and before the next number, or a scrap of one or two words.

    >>> from indexer.lines import cut_lines
    >>> from indexer.pieces import cut_pieces
    >>> text = "(二)推进教育评价\\n改革\\n落实破五唯要求,完善综合素质评价。"
    >>> pieces = cut_pieces(text, text, cut_lines(text), [None] * 3)
    >>> [piece.folded for piece in join_torn_headings(pieces)]
    ['(二)推进教育评价改革', '落实破五唯要求,完善综合素质评价。']
    """
    joined: list[Piece] = []
    for index, piece in enumerate(pieces):
        above = joined[-1] if joined else None
        below = pieces[index + 1] if index + 1 < len(pieces) else None
        if above is not None and _is_second_half(above, piece, below):
            above.end = piece.end
            above.folded += piece.folded
        else:
            joined.append(piece)
    return joined


def _is_second_half(above: Piece, piece: Piece, below: Piece | None) -> bool:
    if above.role is not None or piece.role is not None or above.marker is None or piece.marker is not None:
        return False
    if above.heading is not None or piece.sharps or piece.continues:
        return False
    length = len(above.folded) + len(piece.folded)
    if length > _LONGEST or _SENTENCE.search(above.folded) or _SENTENCE.search(piece.folded):
        return False
    kind = above.marker.kind
    deeper = (
        below is not None
        and below.role is None
        and below.marker is not None
        and (below.marker.kind == "article" or RANKS[below.marker.kind] > RANKS[kind])
    )
    if kind in _CHAPTERS:
        if not squeeze(above.words):
            return deeper and not piece.after_blank and len(piece.folded) <= _LONGEST_NAME
        # A line that was broken is long, and its second half is no longer.
        return deeper and len(above.folded) >= _BROKEN and len(piece.folded) <= len(above.folded) + 2
    if kind not in _NUMBERED or above.sharps or piece.after_blank:
        return False
    if above.folded[-1] in ",、":
        return below is not None and below.role is None and below.marker is not None
    tail = squeeze(piece.folded)
    # A scrap above the next number of the same kind is all the text there is: 略.
    if below is None or below.role is not None or below.continues or (below.marker is not None and not deeper):
        return False
    scrap = re.fullmatch(r"[\u3400-\u9fff]{1,4}", tail) is not None and above.folded[-1] != ":"
    return scrap and len(squeeze(below.folded)) > _LONGEST_TAIL + len(tail)
