"""Two paragraphs that stand for each other -> what a reader should see in each: words, figures, what only one says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from indexer.compare.matter import TELLING, Held, Phrase, Sayings, sentences_of
from indexer.compare.passages import cut_passage
from indexer.compare.wordings import differing_numbers
from indexer.diff import diff
from indexer.models import Paragraph, Span
from indexer.resemblance import likeness, shingles, skeleton

UNSAID = 0.2
"""Share of a phrase's weight below which the other document does not say it."""
_NAMED = 0.6
"""Weight of names of things that the other document lacks, as a share: a turn of phrase (不避难、不推责) names none."""
_SHOWN = 0.3
"""Share of shingles from which the words are marked in which two sentences differ; below, nearly all would be."""
_BESIDE = 0.5
"""Share of a sentence that the paragraph beside must say, for the sentence to be shown beside it again."""
_THERE, _MORE = 0.6, 0.2
"""Share of a sentence that another paragraph must say, and how much more than the one beside, to be pointed to."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch ``[start, end)`` of a paragraph's text.

    ``only``: no place of the other document says it; ``elsewhere``: a sentence that paragraph ``other`` of it says,
    not the one beside; ``alone``: of a sentence that no paragraph says as a whole; ``changed``: words that the sentence
    beside does not have; ``number``: a figure that it lacks.
    """

    start: int
    end: int
    kind: Literal["only", "elsewhere", "alone", "changed", "number"]
    other: int | None = None


def unsaid(sayings: Sayings, held: Held) -> dict[int, tuple[Mark, ...]]:
    """Return for each paragraph the runs of phrases that the other document says nowhere, and that tell a matter."""
    found: dict[int, list[Mark]] = {}
    run: list[int] = []

    def close() -> None:
        if run and held.weight[run].sum() >= TELLING and held.news[run].sum() >= _NAMED * held.weight[run].sum():
            first, last = sayings.phrases[run[0]], sayings.phrases[run[-1]]
            found.setdefault(first.paragraph, []).append(Mark(first.span[0], last.span[1], "only"))
        run.clear()

    for at, phrase in enumerate(sayings.phrases):
        if run and sayings.phrases[run[-1]].sentence != phrase.sentence:
            close()
        if held.best[at] < UNSAID:
            run.append(at)
        else:
            close()
    close()
    return {paragraph: tuple(marks) for paragraph, marks in found.items()}


def part_beside(sayings: Sayings, held: Held, paragraph: int, beside: int) -> tuple[Span, ...]:
    """Return the sentences of a paragraph that the one beside it says, or the one that it says most of."""
    told = {
        rows[0]: float(held.weight[rows] @ held.by_paragraph[rows, beside]) / max(float(held.weight[rows].sum()), 1e-9)
        for rows in _by_sentence(sayings, paragraph)
    }
    if not told:
        return ()
    least = min(_BESIDE, max(told.values()))
    return tuple(_whole(sayings.phrases, rows) for rows in _by_sentence(sayings, paragraph) if told[rows[0]] >= least)


def _by_sentence(sayings: Sayings, paragraph: int) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for at, phrase in enumerate(sayings.phrases):
        if phrase.paragraph == paragraph:
            found.setdefault(phrase.sentence, []).append(at)
    return list(found.values())


def elsewhere(sayings: Sayings, held: Held, paragraph: int, beside: int, only: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return the sentences of a paragraph that the one beside it does not say, and where they are said, if anywhere.

    What ``only`` marks is left out of them.
    """
    found: list[Mark] = []
    for rows in _by_sentence(sayings, paragraph):
        weight = held.weight[rows]
        if weight.sum() < TELLING:
            continue
        told = weight @ held.by_paragraph[rows] / weight.sum()
        best = int(np.argmax(told))
        if told[best] >= _THERE and told[best] >= told[beside] + _MORE:
            found.append(Mark(*_whole(sayings.phrases, rows), "elsewhere", best))
        elif told[beside] < _BESIDE:
            free = [at for at in rows if not any(_meet(mark, sayings.phrases[at].span) for mark in only)]
            runs = np.split(free, np.flatnonzero(np.diff(free) > 1) + 1) if free else []
            found.extend(Mark(*_whole(sayings.phrases, run.tolist()), "alone") for run in runs)
    return tuple(found)


def _meet(mark: Mark, span: Span) -> bool:
    return mark.start < span[1] and span[0] < mark.end


def _whole(phrases: Sequence[Phrase], rows: Sequence[int]) -> Span:
    return phrases[rows[0]].span[0], phrases[rows[-1]].span[1]


def differing(ours: Paragraph, theirs: Paragraph) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Pair the sentences of two paragraphs, the likest first, and mark the words and figures in which they differ."""
    left, right = _sentences(ours), _sentences(theirs)
    alike = sorted(
        (
            (-likeness(mine[1], other[1]), at, to)
            for at, mine in enumerate(left)
            for to, other in enumerate(right)
            if mine[1] & other[1]
        ),
    )
    here: list[Mark] = []
    there: list[Mark] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for share, at, to in alike:
        if -share < _SHOWN or at in taken[0] or to in taken[1]:
            continue
        taken[0].add(at)
        taken[1].add(to)
        (low, high), (start, end) = left[at][0], right[to][0]
        mine, other = ours.folded[low:high], theirs.folded[start:end]
        for change in diff(ours.text[low:high], mine, theirs.text[start:end], other):
            if change.op == "delete":
                here.append(Mark(low + change.start, low + change.end, "changed"))
            elif change.op == "insert":
                there.append(Mark(start + change.start, start + change.end, "changed"))
        here.extend(Mark(low + each.start, low + each.end, "number") for each in differing_numbers(other, mine))
        there.extend(Mark(start + each.start, start + each.end, "number") for each in differing_numbers(mine, other))
    return tuple(here), tuple(there)


def _sentences(paragraph: Paragraph) -> list[tuple[Span, frozenset[str]]]:
    passage = cut_passage(paragraph)
    return [
        (passage.span_in_text(span), shingles(skeleton(passage.visible[slice(*span)])))
        for span in sentences_of(passage)
    ]


def laid_out(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Put marks in order, none across another: what no place says goes before what is elsewhere and before words.

    Figures stay inside anything, as they are what a reader looks for.

    >>> laid_out([Mark(4, 6, "changed"), Mark(0, 5, "only"), Mark(2, 3, "number")])
    (Mark(start=0, end=5, kind='only', other=None), Mark(start=2, end=3, kind='number', other=None))
    """
    rank = {"only": 0, "elsewhere": 1, "changed": 2, "alone": 3, "number": 4}
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda each: (rank[each.kind], each.start)):
        if mark.start < mark.end and (
            mark.kind == "number"
            or not any(mark.start < each.end and each.start < mark.end for each in kept if each.kind != "number")
        ):
            kept.append(mark)
    return tuple(sorted(kept, key=lambda each: (each.start, rank[each.kind])))
