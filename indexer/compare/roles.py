"""What part some words have in their phrase: the matter itself, one of a row of things, what another thing is of."""

from __future__ import annotations

import re

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
    if any(start < place.start - 1 and place.end + 1 < end for start, end in _spans(_QUOTED, visible, phrase)):
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
    titles = _spans(_TITLE, visible, phrase)
    marks = [
        at
        for at in range(low, high)
        if visible[at] == "、"
        and not place.start <= at < place.end
        and not any(start < at < end and not start < place.start < end for start, end in titles)
    ]
    row, edge = 0, place.start
    for at in reversed([at for at in marks if at < place.start]):
        if edge - at > _NEAR:
            break
        row, edge = row + 1, at
    edge = place.end
    for at in (at for at in marks if at >= place.end):
        if at - edge > _NEAR:
            break
        row, edge = row + 1, at
    return row, edge


def _spans(pattern: re.Pattern[str], visible: str, span: Span) -> list[Span]:
    return [match.span() for match in pattern.finditer(visible, *span)]
