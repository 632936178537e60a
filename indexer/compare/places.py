"""Where a text says the pieces of a topic, and how well: as typed, in other words, or only some of the words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from indexer.analysis import tokenize
from indexer.compare.topic import NAMING, Piece, Saying, Topic
from indexer.lexicon import is_word
from indexer.models import Span
from indexer.wildcard import pattern

_WORTH: Mapping[str, float] = {"typed": 1.0, "equal": 0.92, "part": 0.65, "related": 0.65, "neighbour": 0.3}
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
_STOPS = "。;!?"
_NUMERALS = "双一二三四五六七八九十两"


class Place(NamedTuple):
    """Where a piece is said, and how well (0 to 1).

    ``named``: in the words typed, in equal ones, or by a part of what they stand for, and not spread out. ``piece`` is
    the number of what is said in the topic.
    """

    start: int
    end: int
    worth: float
    named: bool = False
    piece: int = 0


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
        found: list[Place] = []
        for number, piece in enumerate(topic.pieces):
            # Some of the words of a piece tell nothing where the text says all of it elsewhere.
            found += self._said_of(number, piece, converted) or self._parts_of(number, piece)
        found.sort()
        self.all = found
        """The places, in order; of a piece that the text never says whole, those of some of its words."""
        self.starts = [place.start for place in found]

    def any_within(self, span: Span) -> bool:
        """Tell whether anything of the topic is said in a span."""
        at = bisect_left(self.starts, span[0])
        return at < len(self.starts) and self.starts[at] < span[1]

    def within(self, span: Span) -> Sequence[Place]:
        """Return what is said in a span, in order."""
        low = bisect_left(self.starts, span[0])
        return self.all[low : bisect_left(self.starts, span[1], low)]

    def _said_of(self, number: int, piece: Piece, converted: bool) -> list[Place]:
        best: dict[Span, Place] = {}
        for saying in piece.sayings:
            if saying.parts[0] not in self.visible or (saying.converted and not converted):
                continue
            if len(saying.parts) > 1 and not all(part in self.visible for part in saying.parts):
                continue
            said = self._said(number, saying)
            if saying.company:
                said = [place for place in said if self._in_company(place, saying.company)]
            self.related += bool(said) and saying.kind in _RELATED
            for place in said:
                span = (place.start, place.end)
                other = best.get(span)
                if other is not None:
                    place = place._replace(worth=max(place.worth, other.worth), named=place.named or other.named)
                best[span] = place
        return _apart(best.values())

    def _said(self, number: int, saying: Saying) -> list[Place]:
        if saying.way == "quoted":
            spans = (each.span() for each in pattern("*".join(saying.parts)).finditer(self.visible))
            return [Place(*span, _WORTH[saying.kind], True, number) for span in spans]
        first, *others = saying.parts
        if saying.way == "begun":
            found_at = filter(self._is_begun, self._find(first, (0, len(self.visible))))
            return [Place(low, low + len(first), _WORTH[saying.kind], True, number) for low in found_at]
        worth, names = _WORTH[saying.kind], saying.kind in NAMING
        whole = (0, len(self.visible))
        begun = self._find(first, whole, alone=not others)
        if not others:
            return [Place(low, low + len(first), worth, names, number) for low in begun]
        found: list[Place] = []
        for low in begun:
            start, end, worth = low, low + len(first), _WORTH[saying.kind]
            spread = False
            for part in others:
                near = (max(0, start - _TURNED - len(part)), min(whole[1], end + _FAR + len(part)))
                turned = self.visible.rfind("、", near[0], start) + 1  # 安全、校园 are two things of a row
                near = (max(near[0], turned), near[1])
                at = min(self._find(part, near), key=lambda at: abs(at - end), default=None)
                if at is None or _BREAK.search(self.visible, min(at, end), max(at, start)):
                    break
                if at > end + _APART:
                    worth *= _FAR_WORTH
                    spread = self.visible.find("、", end, at) >= 0
                start, end = min(start, at), max(end, at + len(part))
            else:
                # 校园欺凌、食品安全 is not 校园安全; words that the thesaurus puts near each other are meant so.
                named = names and not (spread and saying.kind == "typed")
                found.append(Place(start, end, worth, named, number))
        return found

    def _in_company(self, place: Place, company: Sequence[str]) -> bool:
        """Tell whether one of these words stands in the sentence of a place."""
        low = max(self.visible.rfind(stop, 0, place.start) for stop in _STOPS) + 1
        high = min((at for stop in _STOPS if (at := self.visible.find(stop, place.end)) >= 0), default=None)
        return any(self.visible.find(word, low, high) >= 0 for word in company)

    def _parts_of(self, number: int, piece: Piece) -> list[Place]:
        if len(piece.words) < 2:
            return []
        total = sum(weight for _, weight in piece.words)
        return [
            Place(low, low + len(word), _IN_PART * weight / total, piece=number)
            for word, weight in piece.words
            if word in self.visible
            for low in self._find(word, (0, len(self.visible)))
        ]

    def _find(self, word: str, span: Span, *, alone: bool = False) -> list[int]:
        found: list[int] = []
        low, high = span
        latin, alone = word.isascii(), alone and len(word) <= _STRADDLING
        at = self.visible.find(word, low, high)
        while at >= 0:
            if not (latin and self._is_within_latin(at, at + len(word))) and (
                not alone or self._is_word(at, at + len(word))
            ):
                found.append(at)
            at = self.visible.find(word, at + len(word), high)
        return found

    def _is_word(self, start: int, end: int) -> bool:
        """Tell whether a short word stands at a span by itself: 双减 is only half of 双控双减."""
        numeral = self.visible[start]
        if numeral in _NUMERALS and end - start == 2:
            before, behind = self.visible[max(start - 2, 0) : start], self.visible[end : end + 2]
            if (len(before) == 2 and before[0] == numeral) or behind[:1] == numeral:
                return False
        return self._is_cut(start, end)

    def _is_within_latin(self, start: int, end: int) -> bool:
        """Tell whether a span is part of a longer Latin word or number: ai of CAI."""
        near = (self.visible[start - 1 : start], self.visible[end : end + 1])
        return any(each.isascii() and each.isalnum() for each in near)

    def _is_cut(self, start: int, end: int) -> bool:
        """Tell whether words begin and end at both ends of a span; cut only where a word may stand across one."""
        if not (is_word(self.visible[max(start - 1, 0) : start + 1]) or is_word(self.visible[end - 1 : end + 1])):
            return True
        starts, ends = self._cuts_around(start, end)
        return (start in starts and end in ends) or not self.visible[start:end].isalnum()

    def _is_begun(self, at: int) -> bool:
        """Tell whether a word begins here, one inside a longer one too: 教育 in 义务教育."""
        return at in self._cuts_around(at, at + 1)[0]

    def _cuts_around(self, start: int, end: int) -> tuple[set[int], set[int]]:
        """Return where words begin and end in the run of letters and figures around a span."""
        low, high = start, end
        while low and self.visible[low - 1].isalnum():
            low -= 1
        while high < len(self.visible) and self.visible[high].isalnum():
            high += 1
        if (low, high) not in self._cuts:
            tokens = list(tokenize(self.visible[low:high]))
            self._cuts[low, high] = {low + each.start for each in tokens}, {low + each.end for each in tokens}
        return self._cuts[low, high]


def _apart(places: Collection[Place]) -> list[Place]:
    """Leave of places that lie over each other the one that says the piece best, of equal ones the shortest."""
    if len(places) < 2:
        return list(places)
    kept: list[Place] = []
    for place in sorted(places, key=lambda place: (-place.worth, place.end - place.start, place.start)):
        if all(place.end <= other.start or other.end <= place.start for other in kept):
            kept.append(place)
    return kept
