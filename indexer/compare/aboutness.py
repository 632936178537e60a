"""A paragraph and a topic -> whether it treats the topic or only mentions it, and the sentence that says most of it.

A paragraph treats a topic where its title or the heading above names it, or where a sentence is on it: says all of it,
not as one of a row of things (A、B、C等), nor as what something else is of, and with a good part of its words. What is
less is a mention. Which parts count how much was judged on the cases of tests/cases/compare.json; see
docs/decisions/comparing.md.
"""

from __future__ import annotations

import re
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
"""Share of a topic's weight that a sentence or a title must say to be on it; less of long topics, see ``_needed``."""
TREATED = 0.47
"""Score from which a paragraph treats a topic."""
MENTIONED = 0.225
"""Score from which a paragraph mentions a topic."""

_APART, _TURNED = 4, 2
"""Characters between the words of one term that still are that term, in order (安全主题教育) and turned (培训教师)."""
_FAR = 14
_FAR_WORTH = 0.75
"""Characters between them at which they still may be (残疾儿童少年义务教育招生入学), and what that is worth."""
_NEAR = 14
"""Characters between two marks of one row of things, and from the topic to the row that it is in."""
_JOINED = 6
"""Characters from the topic to an "and" that makes it one of two things."""
_IN_A_ROW = 3
"""Things from which a row of them is a list, of which each is only mentioned."""
_ROW = 0.45
_PAIR = 0.8
_OF = 0.55
"""What is left of a sentence's worth where the topic is one of a row, one of two, or what something else is of."""
_MODIFIER = re.compile(r"为主|领域|系统(?!化)")
_COMMA = re.compile("[,:;。]")
_QUOTED = re.compile('"[^"]*"')
_AND = re.compile(r"以及|[和及与或]")
_TITLES = re.compile(r"《[^》]*》|<[^>]*>")
_WORTH: Mapping[str, float] = {"typed": 1.0, "equal": 0.92, "related": 0.7, "neighbour": 0.3}
_RELATED = ("related", "neighbour")
_IN_PART = 0.6
"""What some of the words of a term are worth of their share: 绿色 of 绿色学校 is another matter (绿色通道)."""
_MANY, _SOME = 6, 0.25
"""Pieces from which a topic is a clause, and the share of it from which a title that says nothing else is on it."""
_LEAF, _LEAF_OF_TITLED, _ABOVE = 0.95, 0.75, 0.55
"""What the heading right above a paragraph, and those above it, count of what its own title would; where a paragraph
has a title of its own that says something else, the heading says less about it."""
_SHORT = 0.15
"""What a sentence may lack of what is needed and still be worth something."""
_PART, _HALF = 0.2, 0.45
"""Shares of a topic's weight: who leaves out so much in one piece does not treat it, does not even mention it."""
_CROWD = 6
"""Paragraphs under one heading from which it says less about each of them."""
_LEADING = 0.4
"""Share of a sentence that its first phrase counts at least: what follows says how."""
_FULL, _FULL_PARAGRAPH = 30, 80
"""Characters from which a sentence, and a paragraph, says enough to be quoted for a document."""
_LOOKS_BACK = re.compile("成绩|回顾|总结|成效")
_PAST = 0.8
"""What the results of the year before count where the same document also plans."""


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
    visible = passage.visible
    title = judge.title(visible, passage.title) if passage.title else 0.0
    own = max(title, _headings(passage, judge, under))
    heads = judge.said_above([visible[slice(*passage.title)]] if passage.title else [], passage)
    found = [judge.sentence(visible, span, heads) for span in passage.sentences]
    best = max(range(len(found)), key=lambda at: found[at].worth, default=0)
    body = found[best].worth if found else 0.0
    others = sum(min(each.worth, 0.5) for at, each in enumerate(found) if at != best)
    full = min(1.0, 0.85 + 0.15 * len(visible) / _FULL_PARAGRAPH)
    past = _PAST if any(_LOOKS_BACK.search(heading) for heading in passage.paragraph.section_folded) else 1.0
    needed = judge.needed
    rich = 0.05 * min(max(judge.neighbours(visible) - 1, 0), 4)
    score = (0.72 * own + (0.58 if own < needed else 0.28) * body + 0.08 * min(others, 1.5) + rich) * full * past
    about: About | None = None
    held = found[best].held if found else []
    if judge.whole(held, heads, _PART) and (own >= needed or score >= TREATED):
        about = "about"
    elif judge.whole(held, heads, _HALF) and score >= MENTIONED:
        about = "mentions"
    sentence = passage.sentences[best] if found else (0, len(visible))
    places = found[best].places if found else ()
    return Reading(
        about,
        round(10 * min(score, 1.0), 4),
        passage.span_in_text(sentence),
        tuple(passage.span_in_text((place.start, place.end)) for place in places),
    )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What a sentence is worth for a topic, where it says its pieces, and how well each of them."""

    worth: float
    places: tuple[Place, ...]
    held: Sequence[float]


def _headings(passage: Passage, judge: _Judge, under: Mapping[str, int]) -> float:
    best = 0.0
    leaf = _LEAF_OF_TITLED if passage.title else _LEAF
    section = passage.paragraph.section_folded
    for depth, heading in enumerate(reversed(section)):
        visible = compact(heading)[0]
        held = judge.coverage(visible, [(0, len(visible))])
        if held:
            crowd = under.get(passage.paragraph.section[len(section) - 1 - depth], 1)
            thinned = min(1.0, (_CROWD / crowd) ** 0.5) if crowd > _CROWD else 1.0
            best = max(best, held * (leaf if depth == 0 else _ABOVE) * thinned)
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

    def title(self, visible: str, span: Span) -> float:
        """Return how much of the topic a title says; one that says nothing else is on a topic of many words."""
        held = self.coverage(visible, [span])
        if len(self._pieces) < _MANY or held < _SOME:
            return held
        said = {
            at
            for piece in self._pieces
            for place in self.places(visible, span, piece)
            for at in range(place.start, place.end)
        }
        return max(held, len(said) / (span[1] - span[0]))

    def said_above(self, titles: Iterable[str], passage: Passage) -> list[float]:
        """Return, by piece, how well the title and the heading right above say it."""
        texts = [*titles, *(compact(each)[0] for each in passage.paragraph.section_folded[-1:])]
        return [
            max((place.worth for text in texts for place in self.places(text, (0, len(text)), piece)), default=0.0)
            for piece in self._pieces
        ]

    def neighbours(self, visible: str) -> int:
        """Count the related terms that a text holds: where there are many, it is on what they have in common."""
        related = (saying for piece in self._pieces for saying in piece.sayings if saying.kind in _RELATED)
        return sum(all(part in visible for part in saying.parts) for saying in related)

    @property
    def needed(self) -> float:
        """The share of the topic that must be said: a clause of many words is said again in part, and in other words."""
        return HELD - 0.04 * min(max(len(self._pieces) - 4, 0), 7)

    def whole(self, held: Sequence[float], above: Sequence[float], share: float) -> bool:
        """Tell whether no piece that has this share of the weight is missing: 教育质量 is not 高中教育质量."""
        return not any(
            piece.weight >= share * self._weight and not (held and held[at]) and not above[at]
            for at, piece in enumerate(self._pieces)
        )

    def sentence(self, visible: str, span: Span, above: Sequence[float]) -> _Sentence:
        """Judge one sentence; what is said above it counts for less."""
        by_piece = [self.places(visible, span, piece) for piece in self._pieces]
        places = tuple(place for found in by_piece for place in found)
        if not places:
            return _Sentence(0.0, (), ())
        nothing = [0.0] * len(by_piece)
        each = [max((place.worth for place in found), default=0.0) for found in by_piece]
        held_whole = self._held(by_piece, span, above)
        best = role = 0.0
        length = on_topic = 0
        leads = False
        for phrase in phrases(visible, span):
            length += phrase[1] - phrase[0]
            held = self._held(by_piece, phrase, nothing)
            if not held:
                continue
            if held >= 0.4 * held_whole:
                on_topic += phrase[1] - phrase[0]
                leads = leads or phrase[0] == span[0]
                inside = (place for place in places if phrase[0] <= place.start < phrase[1])
                role = max(role, max(_role(visible, phrase, place) for place in inside))
            best = max(best, held)
        held = max(best, 0.9 * held_whole)
        if held < self.needed - _SHORT:
            return _Sentence(0.0, places, each)
        share = max(on_topic / max(length, 1), _LEADING if leads else 0.0)
        full = min(1.0, 0.75 + 0.25 * length / _FULL)
        worth = held * min(held / self.needed, 1.0) * role * (0.6 + 0.4 * min(1.0, 2 * share)) * full
        return _Sentence(worth, places, each)

    def _held(self, by_piece: Sequence[Sequence[Place]], span: Span, above: Sequence[float]) -> float:
        total = 0.0
        for piece, found, over in zip(self._pieces, by_piece, above, strict=True):
            inside = max((place.worth for place in found if span[0] <= place.start < span[1]), default=0.0)
            total += piece.weight * max(inside, 0.7 * over)
        return total / self._weight

    def places(self, visible: str, span: Span, piece: Piece) -> list[Place]:
        """Find where a piece is said in a span, and where some of its words are."""
        found: list[Place] = []
        for saying in piece.sayings:
            if saying.converted and not self._converted:
                continue
            found.extend(self._said(visible, span, saying))
        if not found and len(piece.words) > 1:
            found.extend(self._in_part(visible, span, piece))
        return found

    def _said(self, visible: str, span: Span, saying: Saying) -> list[Place]:
        first, *others = saying.parts
        found: list[Place] = []
        for low in self._find(visible, first, span):
            start, end, worth = low, low + len(first), _WORTH[saying.kind]
            for part in others:
                near = (max(span[0], start - _TURNED - len(part)), min(span[1], end + _FAR + len(part)))
                at = min(self._find(visible, part, near), key=lambda at: abs(at - end), default=None)
                if at is None or _COMMA.search(visible, end, at):
                    break
                if at > end + _APART:
                    worth *= _FAR_WORTH
                start, end = min(start, at), max(end, at + len(part))
            else:
                found.append(Place(start, end, worth))
        return found

    def _in_part(self, visible: str, span: Span, piece: Piece) -> list[Place]:
        whole = sum(weight for _, weight in piece.words)
        found: list[Place] = []
        for word, weight in piece.words:
            found.extend(
                Place(low, low + len(word), _IN_PART * weight / whole) for low in self._find(visible, word, span)
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
    if _MODIFIER.match(visible, place.end):
        return _OF
    if any(start < place.start and place.end < end for start, end in _inside(_QUOTED, visible, phrase)):
        return _PAIR  # a slogan that has the word: “研学笃行筑梦青浦”
    titles = [match.span() for match in _TITLES.finditer(visible, low, high)]
    marks = [
        at
        for at in range(low, high)
        if visible[at] == "、"
        and not place.start <= at < place.end
        and not any(start < at < end and not start < place.start < end for start, end in titles)
    ]
    left = [at for at in marks if at < place.start][::-1]
    right = [at for at in marks if at >= place.end]
    row, edge = 0, place.start
    for at in left:
        if edge - at > _NEAR:
            break
        row, edge = row + 1, at
    edge = place.end
    for at in right:
        if at - edge > _NEAR:
            break
        row, edge = row + 1, at
    joined = _AND.search(visible, edge, min(high, edge + _NEAR)) if row else None
    if row and (joined or visible.find("等", edge, min(high, edge + _NEAR)) >= 0):
        row += 1
    if row:
        return _ROW if row + 1 >= _IN_A_ROW else _PAIR
    beside = _AND.search(visible, max(low, place.start - _JOINED), place.start) or _AND.search(
        visible, place.end, min(high, place.end + _JOINED)
    )
    return _PAIR if beside else 1.0


def _inside(pattern: re.Pattern[str], visible: str, span: Span) -> list[Span]:
    """Return what stands between the marks of a pattern, without them."""
    return [(match.start() + 1, match.end() - 1) for match in pattern.finditer(visible, *span)]


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
