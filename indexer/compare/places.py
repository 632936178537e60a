"""Where a text says the pieces of a topic, and how well: as typed, in other words, or only some of the words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.analysis import tokenize
from indexer.compare.topic import Piece, Saying, Topic
from indexer.lexicon import is_word
from indexer.models import Span

_WORTH: Mapping[str, float] = {"typed": 1.0, "equal": 0.92, "related": 0.65, "neighbour": 0.3}
"""What the ways to say a piece are worth: equal words a little less than those typed, so that of two sentences the one
in the reader's words is shown."""
_RELATED = ("related", "neighbour")
_IN_PART = 0.6
"""What some of the words of a term are worth of their share: 绿色 of 绿色学校 is another matter (绿色通道)."""
_APART, _TURNED = 4, 2
"""Characters between the words of one term that still are that term, in order (安全主题教育) and turned (培训教师)."""
_FAR = 14
_FAR_WORTH = 0.75
"""Characters between them at which they still may be (残疾儿童少年义务教育招生入学), and what that is worth."""
_STRADDLING = 2
"""Characters of a word up to which it stands across the cuts of others often enough to be worth cutting the text."""
_BREAK = re.compile("[,:;。!?]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece is said, and how well (0 to 1)."""

    start: int
    end: int
    worth: float


class Places:
    """The places of a topic in one folded text without blanks, by piece.

    A short word that stands for a piece alone and only straddles the cuts of others (务工 in 服务工作) is none.
    ``converted`` lets sayings count that only hold for converted documents.
    """

    def __init__(self, visible: str, topic: Topic, *, converted: bool = False) -> None:
        self.visible = visible
        self._cuts: dict[Span, tuple[set[int], set[int]]] = {}
        self.related = 0
        """Related terms that the text holds."""
        # Some of the words of a piece tell nothing where the text says all of it elsewhere.
        self._rows = [_Row(self._said_of(piece, converted) or self._parts_of(piece)) for piece in topic.pieces]
        self._starts = sorted(start for row in self._rows for start in row.starts)

    def any_within(self, span: Span) -> bool:
        """Tell whether anything of the topic is said in a span."""
        at = bisect_left(self._starts, span[0])
        return at < len(self._starts) and self._starts[at] < span[1]

    def within(self, piece: int, span: Span) -> Sequence[Place]:
        """Return where the piece of this number is said in a span, or some of its words if the text never says it."""
        return self._rows[piece].within(span)

    def _said_of(self, piece: Piece, converted: bool) -> list[Place]:
        best: dict[Span, Place] = {}
        for saying in piece.sayings:
            if saying.parts[0] not in self.visible or (saying.converted and not converted):
                continue
            said = self._said(saying)
            self.related += bool(said) and saying.kind in _RELATED
            for place in said:
                span = (place.start, place.end)
                if span not in best or best[span].worth < place.worth:
                    best[span] = place
        return list(best.values())

    def _said(self, saying: Saying) -> list[Place]:
        first, *others = saying.parts
        found: list[Place] = []
        whole = (0, len(self.visible))
        for low in self._find(first, whole, alone=not others):
            start, end, worth = low, low + len(first), _WORTH[saying.kind]
            for part in others:
                near = (max(0, start - _TURNED - len(part)), min(whole[1], end + _FAR + len(part)))
                at = min(self._find(part, near), key=lambda at: abs(at - end), default=None)
                if at is None or _BREAK.search(self.visible, min(at, end), max(at, start)):
                    break
                if at > end + _APART:
                    worth *= _FAR_WORTH
                start, end = min(start, at), max(end, at + len(part))
            else:
                found.append(Place(start, end, worth))
        return found

    def _parts_of(self, piece: Piece) -> list[Place]:
        if len(piece.words) < 2:
            return []
        total = sum(weight for _, weight in piece.words)
        return [
            Place(low, low + len(word), _IN_PART * weight / total)
            for word, weight in piece.words
            if word in self.visible
            for low in self._find(word, (0, len(self.visible)))
        ]

    def _find(self, word: str, span: Span, *, alone: bool = False) -> list[int]:
        found: list[int] = []
        at = self.visible.find(word, *span)
        while at >= 0:
            if not alone or len(word) > _STRADDLING or self._is_cut(at, at + len(word)):
                found.append(at)
            at = self.visible.find(word, at + len(word), span[1])
        return found

    def _is_cut(self, start: int, end: int) -> bool:
        """Tell whether words begin and end at both ends of a span; cut only where a word may stand across one."""
        if not (is_word(self.visible[max(start - 1, 0) : start + 1]) or is_word(self.visible[end - 1 : end + 1])):
            return True
        low, high = start, end
        while low and self.visible[low - 1].isalnum():
            low -= 1
        while high < len(self.visible) and self.visible[high].isalnum():
            high += 1
        if (low, high) not in self._cuts:
            tokens = list(tokenize(self.visible[low:high]))
            self._cuts[low, high] = {low + each.start for each in tokens}, {low + each.end for each in tokens}
        starts, ends = self._cuts[low, high]
        return (start in starts and end in ends) or not self.visible[start:end].isalnum()


class _Row:
    """Places by where they begin."""

    def __init__(self, places: list[Place]) -> None:
        self._places = sorted(places, key=lambda place: place.start)
        self.starts = [place.start for place in self._places]

    def within(self, span: Span) -> Sequence[Place]:
        if not self._places:
            return ()
        low = bisect_left(self.starts, span[0])
        return self._places[low : bisect_left(self.starts, span[1], low)]
