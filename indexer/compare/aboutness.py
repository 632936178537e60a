"""A paragraph and a topic -> whether it treats the topic or only mentions it, and the sentence that says most of it.

A paragraph treats a topic where its title or the heading above names it, or where a sentence is on it: says all of it,
not as one of a row of things (A、B、C等), nor as what something else is of, and with a good part of its words. What is
less is a mention, and so is whatever names the topic: in the words typed, in equal ones, or by a part of what they
stand for. The constants were judged on tests/cases/compare.json; see docs/decisions/comparing.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Literal

from indexer.compare.passages import Passage, phrases
from indexer.compare.places import Place, Places
from indexer.compare.roles import role_of
from indexer.compare.shown import Shown, show
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
_SAID = 0.35
"""How well some piece must be said for a mention: neighbours alone are none, however many a paragraph holds."""
_FULL, _FULL_PARAGRAPH = 30, 80
"""Characters from which a sentence, and a paragraph, says enough to be quoted for a document."""
_NAMED = 0.8
"""Share of a topic that is named in one sentence, title or heading, from which the document is not silent on it."""
_MANY, _SOME = 6, 0.25
"""Pieces from which a topic is a clause, and the share of it from which a title that says nothing else is on it."""
_LOOKS_BACK = re.compile("成绩|回顾|总结|成效")
_PAST = 0.8
"""What the results of the year before count where the same document also plans."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that says something of the topic, and how well it says each piece."""

    depth: int
    text: str
    places: Places
    held: Sequence[float]
    named: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a paragraph says on a topic: ``score`` from 0 to 10, and what of it can be shown.

    ``named``: one of its sentences, its title or a heading above names the topic. ``best`` is the
    sentence that says most, if any does, ``headings`` are those above that say something, from the nearest.
    """

    about: About
    score: float
    named: bool
    passage: Passage
    here: Places
    best: Span | None
    headings: Sequence[Heading]

    def shown(self) -> Shown:
        """Return what is shown of the paragraph."""
        return show(
            self.passage, self.here, self.best, [(each.depth, each.text, each.places) for each in self.headings]
        )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What a sentence is worth for a topic, and how well it says each piece."""

    worth: float
    held: Sequence[float]
    named: bool


class Judge:
    """Weighs what paragraphs say of one topic.

    ``headings_of`` tells of a document how many paragraphs stand under each of its headings.
    """

    def __init__(self, topic: Topic, headings_of: Callable[[str], Mapping[str, int]]) -> None:
        self._topic = topic
        self._headings_of = headings_of
        self._pieces = range(len(topic.pieces))
        self._shares = [piece.weight / (topic.weight or 1.0) for piece in topic.pieces]
        # A clause of many words is said again in part, and in other words.
        self._needed = HELD - 0.04 * min(max(len(topic.pieces) - 4, 0), 7)
        self._read: dict[tuple[str, bool], Places] = {}
        """Headings that were read: the same few stand above many paragraphs."""

    def read(self, passage: Passage, *, converted: bool = False) -> Reading | None:
        """Judge one paragraph, ``None`` where it says nothing; ``converted``: its text was put through a converter."""
        here = Places(passage.visible, self._topic, converted=converted)
        headings = self._headings(passage, converted)
        if not here.starts and not headings:
            return None
        own, heads, named = self._titles(passage, here, headings)
        found = {span: self._sentence(here, span, heads) for span in passage.sentences_at(here.starts)}
        best = max(found, key=lambda span: found[span].worth, default=None)
        body, held = (found[best].worth, found[best].held) if best else (0.0, ())
        others = sum(min(each.worth, 0.5) for each in found.values()) - min(body, 0.5)
        rich = _RICH * min(max(here.related - 1, 0), 4)
        score = _TITLED * own + (_ALONE if own < self._needed else _BESIDE) * body + _OTHERS * min(others, 1.5) + rich
        score *= min(1.0, 0.85 + 0.15 * len(passage.visible) / _FULL_PARAGRAPH)
        if any(_LOOKS_BACK.search(heading) for heading in passage.paragraph.section_folded):
            score *= _PAST
        named = named or any(each.named for each in found.values())
        about: About | None = None
        if self._whole(held, heads, _PART) and (own >= self._needed or score >= TREATED):
            about = "about"
        elif named or (self._whole(held, heads, _HALF) and score >= MENTIONED and max([*held, *heads]) >= _SAID):
            about, score = "mentions", min(max(score, MENTIONED), TREATED)
        if about is None:
            return None
        if not body:  # nothing is on the topic: the sentence that names it, or says most of it
            best = max(found, key=lambda span: (found[span].named, self._sum(found[span].held)), default=None)
        return Reading(about, round(10 * min(score, 1.0), 4), named, passage, here, best, headings)

    def _headings(self, passage: Passage, converted: bool) -> list[Heading]:
        """Return the headings above that say something of the topic, the nearest first."""
        found: list[Heading] = []
        for depth, heading in enumerate(reversed(passage.paragraph.section_folded)):
            key = heading, converted
            places = self._read.get(key)
            if places is None:
                places = self._read[key] = Places(compact(heading)[0], self._topic, converted=converted)
            if places.starts:
                found.append(Heading(depth, heading, places, self._held(places.all), self._is_named(places.all)))
        return found

    def _whole(self, held: Sequence[float], above: Sequence[float], share: float) -> bool:
        """Tell whether no piece that has this share of the weight is missing: 教育质量 is not 高中教育质量."""
        return not any(
            self._shares[piece] >= share and not (held and held[piece]) and not above[piece] for piece in self._pieces
        )

    def _is_named(self, said: Sequence[Place]) -> bool:
        """Tell whether these places name the topic, or so much of it that it is meant."""
        named = {place.piece for place in said if place.named}
        if not named:
            return False
        share = 0.0
        for piece in self._pieces:
            if piece in named:
                share += self._shares[piece]
            elif self._shares[piece] >= _PART:
                return False
        return share >= _NAMED

    def _titles(
        self, passage: Passage, here: Places, headings: Sequence[Heading]
    ) -> tuple[float, Sequence[float], bool]:
        """Return how much of the topic stands above the sentences, how well each piece, and whether it is named there.

        The first is the best of the run-in title and the headings, each for what it tells about this paragraph; the
        others count the title and the last heading.
        """
        heads: Sequence[float] = [0.0] * len(self._shares)
        own, named = 0.0, False
        if passage.title and here.any_within(passage.title):
            said = here.within(passage.title)
            heads, named = self._held(said), self._is_named(said)
            own = self._title(said, passage.title)
        leaf = _LEAF_OF_TITLED if passage.title else _LEAF
        paragraph = passage.paragraph
        for heading in headings:
            crowd = self._headings_of(paragraph.document_id).get(paragraph.section[-1 - heading.depth], 1)
            told = (_ABOVE if heading.depth else leaf) * (min(1.0, (_CROWD / crowd) ** 0.5) if crowd else 1.0)
            own = max(own, told * self._sum(heading.held))
            if heading.depth == 0:
                heads = [max(pair) for pair in zip(heads, heading.held, strict=True)]
                named = named or heading.named
        return own, heads, named

    def _title(self, said: Sequence[Place], span: Span) -> float:
        """Return how much of the topic a title says; one that says nothing else is on a topic of many words."""
        held = self._sum(self._held(said))
        if len(self._shares) < _MANY or held < _SOME:
            return held
        covered = {at for place in said for at in range(place.start, place.end)}
        return max(held, len(covered) / (span[1] - span[0]))

    def _sentence(self, here: Places, span: Span, above: Sequence[float]) -> _Sentence:
        """Judge one sentence; what is said above it counts for less."""
        said = here.within(span)
        each, named = self._held(said), self._is_named(said)
        whole = self._sum([max(pair[0], _ABOVE_SENTENCE * pair[1]) for pair in zip(each, above, strict=True)])
        if whole < self._needed - _SHORT:
            return _Sentence(0.0, each, named)
        best = role = 0.0
        length = on_topic = 0
        leads = False
        for phrase in phrases(here.visible, span):
            length += phrase[1] - phrase[0]
            inside = here.within(phrase)
            if not inside:
                continue
            held = self._sum(self._held(inside))
            best = max(best, held)
            if held >= 0.4 * whole:
                on_topic += phrase[1] - phrase[0]
                leads = leads or phrase[0] == span[0]
                for place in inside:
                    if role < 1.0:
                        role = max(role, role_of(here.visible, phrase, place))
        held = max(best, _SPREAD * whole)
        share = max(on_topic / max(length, 1), _LEADING if leads else 0.0)
        full = min(1.0, 0.75 + 0.25 * length / _FULL)
        worth = held * min(held / self._needed, 1.0) * role * (0.6 + 0.4 * min(1.0, 2 * share)) * full
        return _Sentence(worth, each, named)

    def _held(self, said: Sequence[Place]) -> list[float]:
        """Return how well each piece is said at these places: 0 where it is not."""
        held = [0.0] * len(self._shares)
        for place in said:
            if place.worth > held[place.piece]:
                held[place.piece] = place.worth
        return held

    def _sum(self, held: Sequence[float]) -> float:
        share: float = sum(map(mul, self._shares, held))
        return share
