"""A paragraph -> its run-in title and its sentences, as they are compared: folded, without blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
_STOPS = "。;!?"
_STOP = re.compile(r"[。;!?]+[\"'”」』)]*")
_CLOSED = re.compile(r"[\"'”」』)]*")
_COMMA = re.compile(r"[,:]")


@dataclass(slots=True)
class Passage:
    """A paragraph cut up; spans count in ``visible``, which ``offsets`` lead back to the paragraph's text.

    ``title`` is the run-in title without its number (``None`` if there is none), the sentences begin at ``body``; a
    sentence ends behind its stop.
    """

    paragraph: Paragraph
    visible: str
    offsets: Sequence[int]
    title: Span | None
    body: int

    @property
    def sentences(self) -> tuple[Span, ...]:
        """All sentences behind the title, in order."""
        return tuple(_cut(self.visible, self.body))

    def sentences_at(self, starts: Iterable[int]) -> list[Span]:
        """Return the sentences that these positions, ascending, stand in: of a long paragraph few are looked at."""
        found: list[Span] = []
        end = self.body
        for at in starts:
            if at >= end:
                low = max([self.visible.rfind(stop, end, at) for stop in _STOPS]) + 1
                closed = _CLOSED.match(self.visible, low) if low else None
                stop = _STOP.search(self.visible, at)
                low = closed.end() if closed else end
                end = stop.end() if stop else len(self.visible)
                found.append((low, end))
        return found

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
    body, title = start, None
    first = _STOP.search(visible, start)
    if first is not None and first.end() < len(visible):
        end = first.start()
        named = visible[end] == "。" and 2 <= end - start <= LONGEST_TITLE and (number or "," not in visible[start:end])
        if named and len(visible) - first.end() >= max(LEAST_BODY, _TIMES * (end - start)):
            title, body = (start, end), first.end()
    return Passage(paragraph, visible, offsets, title, body)


def _cut(visible: str, start: int) -> Iterator[Span]:
    for stop in _STOP.finditer(visible, start):
        yield start, stop.end()
        start = stop.end()
    if start < len(visible):
        yield start, len(visible)


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
