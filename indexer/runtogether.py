"""A text that lost its line breaks: one line of thousands of characters, cut where its numbering runs on inside it.

Only lines far too long to be a paragraph are looked at. There 一、 and (一) and 一是 or 第一, begin a paragraph if
they stand behind the end of a sentence and count on by one, and dashes if there are several; in a paragraph of any
usual length they are part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from indexer.models import Span
from indexer.numbering import Marker, read_marker

FAR_TOO_LONG = 3000
"""Characters from which a line is no paragraph. Of 15,000 documents, reports and laws, the longest paragraph has 2,762;
three city reports stand in one line of 13,000 to 16,000."""
LONG = 400
"""Characters from which a part of such a line is cut further: paragraphs mostly have 60 to 400."""
_LEVELS = ("cn", "pcn", "ordinal")
_CANDIDATE = re.compile(
    r"[一二三四五六七八九十]{1,3}\s?、|\(\s?[一二三四五六七八九十]{1,3}\s?\)|[一二三四五六七八九十]{1,2}是"
    r"|第[一二三四五六七八九十]{1,2}[,、]|(?:——|--)(?=[\u4e00-\u9fff])"
)
_ENDED = re.compile(r"(?:[。!?…][”’)》\"']*|:)\s*(?:(?:—|-)\s*\d{1,3}\s*(?:—|-))?\s*$")
"""What stands before a paragraph: the end of a sentence, or a colon; the number of a page may stand between."""
_BEFORE = 20
_DASH = "dash"
_DASHES = 3


def find_run_on(folded: str, start: int, end: int, last: Mapping[str, int]) -> list[int]:
    """Return where paragraphs begin inside a stretch of a line that is far too long, in order.

    ``last`` has the last number of each kind before it: 三、 goes on from 二、.

    >>> text = "一、主要任务。一是促进公平。" + "落实就学政策。" * 60 + "二是提高质量。" + "加强教研工作。" * 60
    >>> [text[at : at + 6] for at in find_run_on(text, 0, len(text), {})]
    ['一是促进公平', '二是提高质量']
    """
    candidates = list(_candidates(folded, start, end))
    return sorted(_cut((start, end), candidates, 0, last))


def _candidates(folded: str, start: int, end: int) -> Iterator[Marker]:
    """Yield the numbers, and the dashes that stand for one, behind the end of a sentence."""
    for match in _CANDIDATE.finditer(folded, start, end):
        before = folded[max(start, match.start() - _BEFORE) : match.start()]
        if match.start() > start and not _ENDED.search(before):
            continue
        if match.group() in {"——", "--"}:
            yield Marker(_DASH, 0, match.group(), *match.span())
        else:
            marker = read_marker(folded, match.start(), end)
            if marker is not None and marker.kind in _LEVELS:
                yield marker


def _cut(span: Span, candidates: Sequence[Marker], level: int, last: Mapping[str, int]) -> Iterator[int]:
    """Yield where a stretch is cut: by the outermost numbers that run in order in it, and its parts by the next."""
    start, end = span
    if end - start <= LONG or level > len(_LEVELS):
        return
    inside = [each for each in candidates if start <= each.start < end]
    if level < len(_LEVELS):
        kind = _LEVELS[level]
        begun = in_order([each for each in inside if each.kind == kind], last.get(kind, 0))
    else:
        begun = [each for each in inside if each.kind == _DASH]
        begun = begun if len(begun) >= _DASHES else []
    cuts = [each.start for each in begun if each.start > start]
    yield from cuts
    for part in pairwise([start, *cuts, end]):
        yield from _cut(part, inside, level + 1, {})


def in_order(numbers: Sequence[Marker], last: int) -> list[Marker]:
    """Return of the numbers of one kind those that count on by one: from ``last`` on, or two and more from one on.

    A count may stand inside another, and may begin anew.

    >>> numbers = [Marker("pcn", value, "", at, at + 3) for at, value in enumerate([1, 2, 9, 3, 1, 2, 5, 1])]
    >>> [number.start for number in in_order(numbers, 0)]
    [0, 1, 3, 4, 5]
    """
    runs: list[list[Marker]] = []
    opened: list[tuple[int, list[Marker]]] = [(last, [])] if last else []
    for number in numbers:
        at = next((at for at in reversed(range(len(opened))) if opened[at][0] + 1 == number.value), None)
        if at is None and number.value != 1:
            continue
        run = [] if at is None else opened[at][1]
        # Of counts that have come equally far the later one goes on: so there are never more than there are values.
        opened = [each for each in opened[:at] if each[0] != number.value] + [(number.value, run)]
        if not run:
            runs.append(run)
        run.append(number)
    counted = [run for run in runs if len(run) > 1 or run[0].value > 1]
    return sorted((number for run in counted for number in run), key=lambda number: number.start)
