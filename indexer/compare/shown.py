"""What of a paragraph is shown for a topic: a sentence, and every reason why it was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.compare.passages import Passage
from indexer.compare.places import Place, Places
from indexer.fold import compact
from indexer.models import Span

_SAID = 0.5
"""Worth from which a place is shown as saying the topic; neighbours are, where nothing else is there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The sentence that is shown, and ``places`` where it says the topic, all spans of the paragraph's text.

    Where the topic also stands in the run-in title or in a heading, ``title`` and ``headings`` say where: spans of the
    paragraph's text, and for each heading above it, outermost first, spans of that heading. The title is ``None`` where
    it says nothing of the topic, or is part of what is shown as the sentence.
    """

    sentence: Span
    places: tuple[Span, ...]
    title: Span | None
    title_places: tuple[Span, ...]
    headings: tuple[tuple[Span, ...], ...]


def show(passage: Passage, here: Places, sentence: Span | None, headings: Sequence[tuple[int, str, Places]]) -> Shown:
    """Show this sentence; where there is none, the first one, behind the title if that says the topic.

    ``headings`` are those that say something: how far above the paragraph (0 is the nearest), folded, with places.
    """
    if sentence is None:
        sentence = next(iter(passage.sentences), (0, len(passage.visible)))
    title = passage.title
    if title and not here.any_within(title):
        title = None
    if title and not here.any_within(sentence):
        sentence, title = (title[0], sentence[1]), None
    above: list[tuple[Span, ...]] = [()] * len(passage.paragraph.section)
    for depth, heading, places in headings:
        offsets = compact(heading)[1]
        spans = marks(places, (0, len(places.visible)))
        above[-1 - depth] = tuple((offsets[start], offsets[end - 1] + 1) for start, end in spans)
    return Shown(
        passage.span_in_text(sentence),
        tuple(map(passage.span_in_text, marks(here, sentence))),
        title and passage.span_in_text(title),
        tuple(map(passage.span_in_text, marks(here, title))) if title else (),
        tuple(above),
    )


def marks(here: Places, span: Span) -> tuple[Span, ...]:
    """Return where a span says the topic, in order: what says it well, or where nothing does, whatever says it."""
    said = here.within(span)
    return _spans(each for each in said if each.worth >= _SAID) or _spans(said)


def _spans(places: Iterable[Place]) -> tuple[Span, ...]:
    """Return where places lie, in order; those that lie over each other (生态 and 生态修复) are one."""
    found: list[Span] = []
    for start, end in sorted((place.start, place.end) for place in places):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
