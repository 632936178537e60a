"""A paragraph -> its run-in title and its sentences, as they are compared: folded, without blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.fold import compact
from indexer.models import Paragraph, Span

LONGEST_TITLE = 30
"""Characters that a run-in title may have; a longer first sentence is a sentence."""
LEAST_BODY, _TIMES = 30, 1.5
"""Characters that must follow a run-in title, and how many times its own: two short sentences are two sentences."""

_NUMBER = re.compile(
    r"(?:-{2,}|[(]?(?:[0-9]{1,3}|[一二三四五六七八九十百]{1,4})(?:[)]|[.、,:])|第[一二三四五六七八九十百0-9]{1,4}[条项]"
    r"|[①-⑳])[。]?"
)
_STOP = re.compile(r"[。;!?]+[\"'”」』)]*")
_COMMA = re.compile(r"[,:]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph cut up; spans count in ``visible``, which ``offsets`` lead back to the paragraph's text.

    ``title`` is the run-in title without its number (``None`` if there is none), ``sentences`` is the rest; a sentence
    ends behind its stop.
    """

    paragraph: Paragraph
    visible: str
    offsets: Sequence[int]
    title: Span | None
    sentences: tuple[Span, ...]

    def span_in_text(self, span: Span) -> Span:
        """Translate a span into one of the paragraph's text."""
        return self.offsets[span[0]], self.offsets[span[1] - 1] + 1


def cut_passage(paragraph: Paragraph) -> Passage:
    """Cut a paragraph into run-in title and sentences.

    A title is a first sentence of at most ``LONGEST_TITLE`` characters behind the paragraph's number, or without a
    comma, if enough follows.

    >>> text = "14.重视弱势群体关爱教育。落实随迁子女就学政策。落实控辍保学责任，确保三年巩固率达95%以上。"
    >>> folded = text.replace("，", ",")
    >>> passage = cut_passage(Paragraph("p", "d", 1, (), (), "14", ((0, len(text)),), text, folded))
    >>> text[slice(*passage.title)], [text[slice(*each)] for each in passage.sentences]
    ('重视弱势群体关爱教育', ['落实随迁子女就学政策。', '落实控辍保学责任，确保三年巩固率达95%以上。'])
    """
    visible, offsets = compact(paragraph.folded)
    number = _NUMBER.match(visible)
    start = number.end() if number else 0
    ends = [stop.end() for stop in _STOP.finditer(visible, start)]
    if (ends[-1] if ends else start) < len(visible):
        ends.append(len(visible))
    spans: list[Span] = list(zip([start, *ends], ends, strict=False))
    title: Span | None = None
    if len(spans) > 1:
        low, high = spans[0]
        closing = _STOP.search(visible, low)
        end = closing.start() if closing else high
        named = visible[end] == "。" and 2 <= end - low <= LONGEST_TITLE and (number or "," not in visible[low:end])
        if named and len(visible) - high >= max(LEAST_BODY, _TIMES * (end - low)):
            title = (low, end)
            del spans[0]
    return Passage(paragraph, visible, offsets, title, tuple(spans))


def phrases(visible: str, sentence: Span) -> list[Span]:
    """Cut a sentence at its commas and colons; each phrase without them.

    >>> text = "落实控辍保学责任,确保巩固率达95%以上。"
    >>> [text[slice(*each)] for each in phrases(text, (0, len(text)))]
    ['落实控辍保学责任', '确保巩固率达95%以上。']
    """
    found: list[Span] = []
    at = sentence[0]
    for comma in _COMMA.finditer(visible, *sentence):
        if comma.start() > at:
            found.append((at, comma.start()))
        at = comma.end()
    if at < sentence[1]:
        found.append((at, sentence[1]))
    return found
