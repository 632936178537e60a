"""A sentence of a comparison cut into pieces for a template: what says the topic, what differs, what others say too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from search_app.marks import excerpt

Json = dict[str, Any]

LONGEST = 240
"""Characters of a sentence that a table shows: where stops were lost, a sentence may have a thousand."""


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of a sentence that is shown alike.

    ``op`` says whether the baseline has it too, has it not (``insert``), or alone has it (``delete``); ``marked`` says
    the topic, ``common`` is said by several, ``own`` by nobody else; ``figure`` differs from the baseline, which has
    ``was`` there.
    """

    text: str
    op: str = "equal"
    marked: bool = False
    common: bool = False
    own: bool = False
    figure: bool = False
    was: str | None = None


def spoken(row: Json, *, fade: bool = False, compared: bool = False) -> tuple[Words, ...]:
    """Cut the sentence of a row; the pieces that are not ``delete`` join to the sentence, or to an excerpt of it.

    ``compared`` shows what differs from the baseline, ``fade`` what is common ground and what is said here alone.

    >>> row = {"paragraph": {"text": "1.落实随迁子女就学政策。"}, "sentence": [2, 13], "places": [[4, 8]], "diff": []}
    >>> [(each.text, each.marked) for each in spoken(row)]
    [('落实', False), ('随迁子女', True), ('就学政策。', False)]
    """
    low, high = row["sentence"]
    text: str = row["paragraph"]["text"]
    if compared and row["diff"]:
        return tuple(_compared(row, text, low, fade=fade))
    start, end = excerpt(high - low, [[at - low for at in span] for span in row["places"]], 0, LONGEST)
    before = (Words("…"),) if start else ()
    behind = (Words("…"),) if end < high - low else ()
    return (*before, *_cut(row, text, low + start, low + end, "equal", fade=fade, compared=False), *behind)


def _compared(row: Json, text: str, low: int, *, fade: bool) -> Iterator[Words]:
    at = low
    for change in row["diff"]:
        if change["op"] == "delete":
            yield Words(change["text"], "delete")
            continue
        end = at + len(change["text"])
        yield from _cut(row, text, at, end, change["op"], fade=fade, compared=True)
        at = end


def _cut(row: Json, text: str, low: int, high: int, op: str, *, fade: bool, compared: bool) -> Iterator[Words]:
    common, own = (row["common"], row["own"]) if fade else ((), ())
    figures = row["numbers"] if compared else ()
    spans = [*row["places"], *common, *own, *((each["start"], each["end"]) for each in figures)]
    edges = sorted({low, high, *(edge for span in spans for edge in span if low < edge < high)})
    for start, end in pairwise(edges):
        figure = next((each for each in figures if each["start"] <= start < each["end"]), None)
        yield Words(
            text[start:end],
            op,
            _within(start, row["places"]),
            _within(start, common),
            _within(start, own),
            figure is not None,
            figure["was"] if figure else None,
        )


def _within(at: int, spans: Sequence[Sequence[int]]) -> bool:
    return any(low <= at < high for low, high in spans)
