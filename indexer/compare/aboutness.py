"""A paragraph and a topic -> whether it treats the topic or only mentions it, and the sentence that says most of it.

A paragraph treats a topic where its title or the heading above names it, or where a sentence is on it: says all of it,
not as one of a row of things (A、B、C等), nor as what something else is of, and with a good part of its words. What is
less is a mention. Which parts count how much was judged on the cases of tests/cases/compare.json; see
docs/decisions/comparing.md.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.analysis import tokenize
from indexer.compare.passages import Passage, phrases
from indexer.compare.topic import Piece, Saying, Topic
from indexer.fold import compact
from indexer.models import Span

About = Literal["about", "mentions"]

HELD = 0.7
"""Share of a topic's weight that a sentence or a title must say to be on it."""
TREATED = 0.5
"""Score from which a paragraph treats a topic."""
MENTIONED = 0.18
"""Score from which a paragraph mentions a topic."""

_APART = 8
"""Characters between the words of one term that still are that term: 安全主题教育, 教师专业发展培训."""
_IN_A_ROW = 3
"""Things from which a row of them is a list, of which each is only mentioned."""
_ROW = 0.45
_PAIR = 0.8
_OF = 0.55
"""What is left of a sentence's worth where the topic is one of a row, one of two, or what something else is of."""
_MODIFIER = re.compile(r"为主|领域|系统(?!化)")
_WORTH: Mapping[str, float] = {"typed": 1.0, "equal": 1.0, "related": 0.6, "neighbour": 0.25}
_LEAF, _ABOVE = 0.95, 0.55
"""What the heading right above a paragraph, and those above it, count of what its own title would."""
_CROWD = 6
"""Paragraphs under one heading from which it says less about each of them."""
_FULL = 30
"""Characters from which a sentence says enough to be quoted for a document."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of a topic is said, and how well (0 to 1)."""

    start: int
    end: int
    worth: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a paragraph says on a topic: ``score`` from 0 to 10, ``sentence`` and ``places`` are spans of its text."""

    about: About | None
    score: float
    sentence: Span
    places: tuple[Span, ...]


def read(
    passage: Passage,
    topic: Topic,
    under: Mapping[str, int],
    *,
    converted: bool = False,
    exact: bool = False,
) -> Reading:
    """Judge one paragraph.

    ``under`` says how many paragraphs stand under a heading, ``converted`` that the document's text came out of a
    phrase converter. With ``exact``, words that only straddle the cuts of others (务工 in 服务工作) do not count; it
    takes as long as cutting the paragraph into words.
    """
    judge = _Judge(topic, converted, exact)
    title = judge.coverage(passage.visible, [passage.title]) if passage.title else 0.0
    own = max(title, _headings(passage, judge, under))
    heads = judge.said_above([passage.visible[slice(*passage.title)]] if passage.title else [], passage)
    found = [judge.sentence(passage.visible, span, heads) for span in passage.sentences]
    best = max(range(len(found)), key=lambda at: found[at].worth, default=0)
    body = found[best].worth if found else 0.0
    others = sum(min(each.worth, 0.5) for at, each in enumerate(found) if at != best)
    score = max(0.72 * own, 0.0) + 0.5 * body * (1.15 if own < HELD else 0.56) + 0.08 * min(others, 2.0)
    about: About | None = None
    if own >= HELD or score >= TREATED:
        about = "about"
    elif score >= MENTIONED:
        about = "mentions"
    if not found:
        sentence = (0, len(passage.visible))
    else:
        sentence = passage.sentences[best]
    places = found[best].places if found else ()
    return Reading(
        about,
        round(10 * min(score, 1.0), 4),
        passage.span_in_text(sentence),
        tuple(passage.span_in_text((place.start, place.end)) for place in places),
    )


@dataclass(frozen=True, slots=True)
class _Sentence:
    worth: float
    places: tuple[Place, ...]


def _headings(passage: Passage, judge: _Judge, under: Mapping[str, int]) -> float:
    best = 0.0
    section = passage.paragraph.section_folded
    for depth, heading in enumerate(reversed(section)):
        visible = compact(heading)[0]
        held = judge.coverage(visible, [(0, len(visible))])
        if held:
            crowd = under.get(passage.paragraph.section[len(section) - 1 - depth], 1)
            thinned = min(1.0, (_CROWD / crowd) ** 0.5) if crowd > _CROWD else 1.0
            best = max(best, held * (_LEAF if depth == 0 else _ABOVE) * thinned)
    return best


class _Judge:
    """Finds the pieces of one topic in folded texts without blanks."""

    def __init__(self, topic: Topic, converted: bool, exact: bool) -> None:
        self._pieces = topic.pieces
        self._weight = topic.weight or 1.0
        self._converted = converted
        self._exact = exact

    def coverage(self, visible: str, spans: Sequence[Span]) -> float:
        """Return which share of the topic is said in these spans together."""
        total = 0.0
        for piece in self._pieces:
            total += piece.weight * max(
                (place.worth for span in spans for place in self.places(visible, span, piece)), default=0.0
            )
        return total / self._weight

    def said_above(self, titles: Iterable[str], passage: Passage) -> list[float]:
        """Return, by piece, how well the title and the heading right above say it."""
        texts = [*titles, *(compact(each)[0] for each in passage.paragraph.section_folded[-1:])]
        return [
            max((place.worth for text in texts for place in self.places(text, (0, len(text)), piece)), default=0.0)
            for piece in self._pieces
        ]

    def sentence(self, visible: str, span: Span, above: Sequence[float]) -> _Sentence:
        """Judge one sentence; what is said above it counts for less."""
        by_piece = [self.places(visible, span, piece) for piece in self._pieces]
        places = tuple(place for found in by_piece for place in found)
        if not places:
            return _Sentence(0.0, ())
        best = 0.0
        cuts = phrases(visible, span)
        length = sum(high - low for low, high in cuts)
        held_whole = self._held(by_piece, span, above)
        on_topic = 0
        role = 0.0
        for phrase in cuts:
            held = self._held(by_piece, phrase, [])
            if not held:
                continue
            inside = [place for place in places if phrase[0] <= place.start < phrase[1]]
            if held >= 0.4 * held_whole:
                on_topic += phrase[1] - phrase[0]
                role = max(role, max(_role(visible, phrase, place) for place in inside))
            best = max(best, held)
        held = max(best, 0.9 * held_whole)
        if held < HELD - 0.2:
            return _Sentence(0.0, places)
        share = on_topic / max(length, 1)
        full = min(1.0, 0.75 + 0.25 * length / _FULL)
        return _Sentence(held * min(held / HELD, 1.0) * role * (0.5 + 0.5 * min(1.0, 2 * share)) * full, places)

    def _held(self, by_piece: Sequence[Sequence[Place]], span: Span, above: Sequence[float]) -> float:
        total = 0.0
        for at, (piece, found) in enumerate(zip(self._pieces, by_piece, strict=True)):
            inside = max((place.worth for place in found if span[0] <= place.start < span[1]), default=0.0)
            total += piece.weight * max(inside, 0.7 * above[at] if above else 0.0)
        return total / self._weight

    def places(self, visible: str, span: Span, piece: Piece) -> list[Place]:
        """Find where a piece is said in a span, and where some of its words are."""
        found: list[Place] = []
        for saying in piece.sayings:
            if saying.converted and not self._converted:
                continue
            found.extend(self._said(visible, span, saying))
        if not any(place.worth >= 1.0 for place in found) and len(piece.words) > 1:
            found.extend(self._in_part(visible, span, piece))
        return found

    def _said(self, visible: str, span: Span, saying: Saying) -> list[Place]:
        worth = _WORTH[saying.kind]
        first, *others = saying.parts
        found: list[Place] = []
        for low in self._find(visible, first, span):
            high = low + len(first)
            start, end = low, high
            for part in others:
                near = (max(span[0], start - _APART - len(part)), min(span[1], end + _APART + len(part)))
                at = min(self._find(visible, part, near), key=lambda at: abs(at - end), default=None)
                if at is None:
                    break
                start, end = min(start, at), max(end, at + len(part))
            else:
                found.append(Place(start, end, worth))
        return found

    def _in_part(self, visible: str, span: Span, piece: Piece) -> list[Place]:
        whole = sum(weight for _, weight in piece.words)
        found: list[Place] = []
        for word, weight in piece.words:
            found.extend(
                Place(low, low + len(word), 0.9 * weight / whole) for low in self._find(visible, word, span)
            )
        return found

    def _find(self, visible: str, word: str, span: Span) -> list[int]:
        found: list[int] = []
        at = visible.find(word, *span)
        while at >= 0:
            if not self._exact or _is_cut(visible, at, at + len(word)):
                found.append(at)
            at = visible.find(word, at + len(word), span[1])
        return found


def _role(visible: str, phrase: Span, place: Place) -> float:
    """Say what part the words at a place have in their phrase: the matter itself, one of a row, what another is of."""
    low, high = phrase
    text = visible[low:high]
    if _MODIFIER.match(visible, place.end) or visible[place.end : place.end + 1] == "为":
        return _OF
    elements = text.count("、") + 1
    if elements == 1:
        return 1.0
    marks = [at for at, char in enumerate(text, low) if char == "、"]
    before = bisect_right(marks, place.start)
    if not before and marks[0] - place.end > 6:  # what the row is about stands before it: 学校体育…开展A、B、C
        return 1.0
    if re.search("[和及与]", visible[marks[-1] : high]):
        elements += 1
    if visible[marks[-1] : high].count("等"):
        elements += 1
    return _ROW if elements >= _IN_A_ROW else _PAIR


def _is_cut(visible: str, start: int, end: int) -> bool:
    """Tell whether words begin and end at both ends of a span of a text."""
    low = max(_before(visible, start), 0)
    high = _behind(visible, end)
    starts, ends = set(), set()
    for token in tokenize(visible[low:high]):
        starts.add(low + token.start)
        ends.add(low + token.end)
    return start in starts and end in ends


def _before(visible: str, at: int) -> int:
    while at and visible[at - 1].isalnum():
        at -= 1
    return at


def _behind(visible: str, at: int) -> int:
    while at < len(visible) and visible[at].isalnum():
        at += 1
    return at
