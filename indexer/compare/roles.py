"""What part some words have in their phrase: the matter itself, one of a row of things, what another thing is of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.compare.places import Place
from indexer.compare.topic import DOING
from indexer.models import Span

ROW, PAIR, OF = 0.45, 0.8, 0.55
"""What is left of a sentence's worth where the topic is one of a row, one of two, or what something else is of."""

_NEAR = 14
"""Characters between two marks of one row of things, and from the topic to the row that it is in."""
_JOINED = 6
"""Characters from the topic to an "and" that makes it one of two things."""
_MODIFIER = re.compile(r"为主|领域|系统(?!化)")
_AND = re.compile(r"以及|[和及与或]")
_TITLE = re.compile(r"《[^》]*》|<[^>]*>")
_QUOTED = re.compile(r'"[^"]*"')


def role_of(visible: str, phrase: Span, place: Place) -> float:
    """Say what a sentence is worth with its topic at this place of this phrase: 1, ``PAIR``, ``OF`` or ``ROW``.

    >>> def role(text, word):
    ...     return role_of(text, (0, len(text)), Place(text.index(word), text.index(word) + len(word), 1.0))
    >>> role("落实随迁子女义务教育就学政策", "随迁子女")
    1.0
    >>> role("通过入学联动、随班就读、送教上门、医教结合等方式", "随班就读")
    0.45
    >>> role("抓实国防教育和毒品预防教育工作", "毒品预防"), role("加强民办教育领域党建工作", "民办教育")
    (0.8, 0.55)
    >>> role("加强和改进中小学实验教学", "实验教学")
    1.0
    """
    low, high = phrase
    if _MODIFIER.match(visible, place.end):
        return OF
    if any(start < place.start - 1 and place.end + 1 < end for start, end in _spans(_QUOTED, '"', visible, phrase)):
        return PAIR  # a slogan that has the word: “研学笃行筑梦青浦”
    row, edge = _row(visible, phrase, place)
    if row:
        close = visible[edge : min(high, edge + _NEAR)]
        row += bool(_AND.search(close)) or "等" in close
        return ROW if row >= 2 else PAIR
    before = _AND.search(visible, max(low, place.start - _JOINED), place.start)
    if before and visible[max(low, before.start() - 2) : before.start()] in DOING:
        before = None  # two verbs: 加强和改进
    return PAIR if before or _AND.search(visible, place.end, min(high, place.end + _JOINED)) else 1.0


def _row(visible: str, phrase: Span, place: Place) -> tuple[int, int]:
    """Count the marks of the row that a place is in, outwards from it, and say where the last one is."""
    low, high = phrase
    if visible.find("、", low, high) < 0:
        return 0, place.end
    titles = _spans(_TITLE, "》>", visible, phrase)
    hidden = [span for span in titles if not span[0] < place.start < span[1]]
    row, edge = 0, place.start
    at = visible.rfind("、", low, place.start)
    while at >= 0 and (edge - at <= _NEAR or _within(at, hidden)):
        if not _within(at, hidden):
            row, edge = row + 1, at
        at = visible.rfind("、", low, at)
    edge = place.end
    at = visible.find("、", place.end, high)
    while at >= 0 and (at - edge <= _NEAR or _within(at, hidden)):
        if not _within(at, hidden):
            row, edge = row + 1, at
        at = visible.find("、", at + 1, high)
    return row, edge


def _within(at: int, spans: Sequence[Span]) -> bool:
    return any(start < at < end for start, end in spans)


def _spans(pattern: re.Pattern[str], signs: str, visible: str, span: Span) -> list[Span]:
    """Return where a pattern matches that needs one of these signs."""
    if all(visible.find(sign, *span) < 0 for sign in signs):
        return []
    return [match.span() for match in pattern.finditer(visible, *span)]
