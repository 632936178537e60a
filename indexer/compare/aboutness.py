"""A paragraph and a topic -> whether it treats the topic or only mentions it, and the sentence that says most of it.

A paragraph treats a topic where its title or the heading above names it, or where a sentence is on it: says all of it,
not as one of a row of things (A、B、C等), nor as what something else is of, and with a good part of its words. What is
less is a mention. The constants were judged on tests/cases/compare.json; see docs/decisions/comparing.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.compare.passages import Passage, phrases
from indexer.compare.places import Place, Places
from indexer.compare.roles import role_of
from indexer.compare.topic import Topic
from indexer.fold import compact
from indexer.models import Span

About = Literal["about", "mentions"]

TREATED, MENTIONED = 0.49, 0.225
"""Scores from which a paragraph treats a topic, and mentions it."""
HELD = 0.7
"""Share of a topic's weight that a sentence or a title must say to be on it; less of long topics, see ``_needed``."""
_SHORT = 0.15
"""What a sentence may lack of that and still be worth something."""
_PART, _HALF = 0.2, 0.45
"""Shares of a topic's weight: who leaves out so much in one piece does not treat it, does not even mention it."""
_TITLED, _BESIDE, _ALONE = 0.72, 0.28, 0.58
"""What a title on the topic gives, and the best sentence beside such a title or without one."""
_OTHERS, _RICH = 0.08, 0.05
"""What the other sentences give, and each more related term that the paragraph holds."""
_LEAF, _LEAF_OF_TITLED, _ABOVE = 0.95, 0.75, 0.55
"""What the heading right above a paragraph, and those above it, count of what its own title would; where a paragraph
has a title of its own that says something else, the heading says less about it."""
_CROWD = 6
"""Paragraphs under one heading from which it says less about each of them."""
_ABOVE_SENTENCE, _SPREAD = 0.7, 0.9
"""What a sentence that leaves a piece to its title gets for it, and one that says the topic in several phrases."""
_LEADING = 0.4
"""Share of a sentence that its first phrase counts at least: what follows says how."""
_FULL, _FULL_PARAGRAPH = 30, 80
"""Characters from which a sentence, and a paragraph, says enough to be quoted for a document."""
_SAID = 0.5
"""Worth from which a place is shown as saying the topic; neighbours are, where nothing else is there."""
_MANY, _SOME = 6, 0.25
"""Pieces from which a topic is a clause, and the share of it from which a title that says nothing else is on it."""
_LOOKS_BACK = re.compile("成绩|回顾|总结|成效")
_PAST = 0.8
"""What the results of the year before count where the same document also plans."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a paragraph says on a topic: ``score`` from 0 to 10, ``sentence`` and ``places`` are spans of its text."""

    about: About | None
    score: float
    sentence: Span
    places: tuple[Span, ...]


_NOTHING = Reading(None, 0.0, (0, 0), ())


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What a sentence is worth for a topic, and how well it says each piece."""

    worth: float
    held: Sequence[float]


def read(passage: Passage, topic: Topic, under: Mapping[str, int], *, converted: bool = False) -> Reading:
    """Judge one paragraph.

    ``under`` says how many paragraphs stand under a heading, ``converted`` that the text was put through a converter.
    """
    judge = _Judge(topic, converted)
    here = judge.places(passage.visible)
    headings = [judge.places(compact(each)[0]) for each in passage.paragraph.section_folded]
    if not any(each.any_within((0, len(each.visible))) for each in (here, *headings)):
        return _NOTHING
    own, heads = judge.titles(passage, here, headings, under)
    found = [judge.sentence(here, span, heads) for span in passage.sentences]
    best = max(range(len(found)), key=lambda at: found[at].worth, default=0)
    body, held = (found[best].worth, found[best].held) if found else (0.0, ())
    others = sum(min(each.worth, 0.5) for each in found) - min(body, 0.5)
    rich = _RICH * min(max(here.related - 1, 0), 4)
    score = _TITLED * own + (_ALONE if own < judge.needed else _BESIDE) * body + _OTHERS * min(others, 1.5) + rich
    score *= min(1.0, 0.85 + 0.15 * len(passage.visible) / _FULL_PARAGRAPH)
    if any(_LOOKS_BACK.search(heading) for heading in passage.paragraph.section_folded):
        score *= _PAST
    about: About | None = None
    if judge.whole(held, heads, _PART) and (own >= judge.needed or score >= TREATED):
        about = "about"
    elif judge.whole(held, heads, _HALF) and score >= MENTIONED:
        about, score = "mentions", min(score, TREATED)
    sentence = _sentence_to_show(passage, best, body)
    said = [place for piece in judge.pieces for place in here.within(piece, sentence)]
    places = {(each.start, each.end) for each in said if each.worth >= _SAID} or {(p.start, p.end) for p in said}
    return Reading(
        about,
        round(10 * min(score, 1.0), 4),
        passage.span_in_text(sentence),
        tuple(passage.span_in_text(place) for place in sorted(places)),
    )


def _sentence_to_show(passage: Passage, best: int, worth: float) -> Span:
    """Choose the best sentence; where none says anything, the title of a short paragraph, else the first."""
    if not passage.sentences:
        return 0, len(passage.visible)
    if not worth and passage.title and len(passage.visible) < _FULL_PARAGRAPH:
        return passage.title
    return passage.sentences[best]


class _Judge:
    """Weighs what a text says of one topic."""

    def __init__(self, topic: Topic, converted: bool) -> None:
        self.pieces = range(len(topic.pieces))
        # A clause of many words is said again in part, and in other words.
        self.needed = HELD - 0.04 * min(max(len(topic.pieces) - 4, 0), 7)
        self._topic = topic
        self._shares = [piece.weight / (topic.weight or 1.0) for piece in topic.pieces]
        self._converted = converted

    def places(self, visible: str) -> Places:
        """Find the topic in a text."""
        return Places(visible, self._topic, converted=self._converted)

    def whole(self, held: Sequence[float], above: Sequence[float], share: float) -> bool:
        """Tell whether no piece that has this share of the weight is missing: 教育质量 is not 高中教育质量."""
        return not any(
            self._shares[piece] >= share and not (held and held[piece]) and not above[piece] for piece in self.pieces
        )

    def titles(
        self, passage: Passage, here: Places, headings: Sequence[Places], under: Mapping[str, int]
    ) -> tuple[float, list[float]]:
        """Return how much of the topic stands above the sentences, and how well title and last heading say each piece.

        The first is the best of the run-in title and the headings, each for what it tells about this paragraph.
        """
        heads = [0.0] * len(self._shares)
        own = 0.0
        if passage.title:
            heads = self._held(here, passage.title)
            own = self._title(here, passage.title)
        leaf = _LEAF_OF_TITLED if passage.title else _LEAF
        for depth, heading in enumerate(reversed(headings)):
            span = (0, len(heading.visible))
            if not heading.any_within(span):
                continue
            held = self._held(heading, span)
            crowd = under.get(passage.paragraph.section[-1 - depth], 1)
            told = (leaf if depth == 0 else _ABOVE) * (min(1.0, (_CROWD / crowd) ** 0.5) if crowd else 1.0)
            own = max(own, told * self._sum(held))
            if depth == 0:
                heads = [max(pair) for pair in zip(heads, held, strict=True)]
        return own, heads

    def _title(self, here: Places, span: Span) -> float:
        """Return how much of the topic a title says; one that says nothing else is on a topic of many words."""
        held = self._sum(self._held(here, span))
        if len(self._shares) < _MANY or held < _SOME:
            return held
        places = (place for piece in self.pieces for place in here.within(piece, span))
        said = {at for place in places for at in range(place.start, place.end)}
        return max(held, len(said) / (span[1] - span[0]))

    def sentence(self, here: Places, span: Span, above: Sequence[float]) -> _Sentence:
        """Judge one sentence; what is said above it counts for less."""
        if not here.any_within(span):
            return _Sentence(0.0, ())
        each = self._held(here, span)
        whole = self._sum([max(pair[0], _ABOVE_SENTENCE * pair[1]) for pair in zip(each, above, strict=True)])
        if whole < self.needed - _SHORT:
            return _Sentence(0.0, each)
        best = role = 0.0
        length = on_topic = 0
        leads = False
        for phrase in phrases(here.visible, span):
            length += phrase[1] - phrase[0]
            if not here.any_within(phrase):
                continue
            held = self._sum(self._held(here, phrase))
            best = max(best, held)
            if held >= 0.4 * whole:
                on_topic += phrase[1] - phrase[0]
                leads = leads or phrase[0] == span[0]
                role = max(role, max(role_of(here.visible, phrase, place) for place in self._all(here, phrase)))
        held = max(best, _SPREAD * whole)
        share = max(on_topic / max(length, 1), _LEADING if leads else 0.0)
        full = min(1.0, 0.75 + 0.25 * length / _FULL)
        worth = held * min(held / self.needed, 1.0) * role * (0.6 + 0.4 * min(1.0, 2 * share)) * full
        return _Sentence(worth, each)

    def _all(self, here: Places, span: Span) -> list[Place]:
        return [place for piece in self.pieces for place in here.within(piece, span)]

    def _held(self, here: Places, span: Span) -> list[float]:
        return [max((place.worth for place in here.within(piece, span)), default=0.0) for piece in self.pieces]

    def _sum(self, held: Sequence[float]) -> float:
        return sum(share * each for share, each in zip(self._shares, held, strict=True))
