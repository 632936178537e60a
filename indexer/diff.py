"""Two texts -> what they share and where they differ, as a reader of Chinese wants to see it.

First by words, then by characters inside what is left between equal words. Texts are compared as they are matched
(folded, blanks aside) and shown as they were published.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from indexer.analysis import HAN
from indexer.fold import compact
from indexer.lexicon import cut
from indexer.models import Span

_INSIDE = re.compile(rf"\d+(?:[.,]\d+)*%?|[^\W\d_{HAN}]+|.", re.DOTALL)
_PIECE = re.compile(rf"(?P<han>[{HAN}]+)|\d+(?:[.,]\d+)*%?|[^\W\d_{HAN}]+|.", re.DOTALL)

SHORTEST = 2
"""Equal characters that may stand between two changes; a lone one (的) would only break a change in two."""

_TOGETHER = 2
"""What two neighbours that stay neighbours add to an alignment, in half characters: as much as one more character, so
that of two alignments with equally many characters in common the one in fewer pieces is chosen."""

_UNSET = -(1 << 20)

Block = tuple[int, int, int]
"""Equal characters: where they stand in the left text, where in the right one, how many."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that both texts have, or that only one has: ``insert`` only the right, ``delete`` only the left.

    ``text`` is ``[start, end)`` of the right text for ``equal`` and ``insert``, of the left one for ``delete``.
    """

    op: Literal["equal", "insert", "delete"]
    text: str
    start: int
    end: int


def diff(left: str, left_folded: str, right: str, right_folded: str) -> tuple[Change, ...]:
    """Return what turns ``left`` into ``right``, a ``delete`` before the ``insert`` that stands for it.

    The texts of ``equal`` and ``insert`` join to ``right``; those of ``equal`` and ``delete`` join to ``left``, up to
    folding and blanks. The folded texts are as long as the texts. At most one character of two equal ones stands
    between two changes: shorter runs (``SHORTEST``) are part of the change. Takes time and memory in proportion to the
    product of the numbers of words: for paragraphs, not for whole documents.

    >>> found = diff("确保適齡兒童入學", "确保适龄儿童入学", "确保适龄少年儿童全部入学", "确保适龄少年儿童全部入学")
    >>> [(change.op, change.text) for change in found]
    [('equal', '确保适龄'), ('insert', '少年'), ('equal', '儿童'), ('insert', '全部'), ('equal', '入学')]
    """
    before, before_offsets = compact(left_folded)
    after, after_offsets = compact(right_folded)
    blocks = _readable(_blocks(before, after), before, after)
    changes: list[Change] = []

    def add(op: Literal["equal", "insert", "delete"], start: int, end: int) -> None:
        if start == end:
            return
        offsets = before_offsets if op == "delete" else after_offsets
        low, high = offsets[start], offsets[end - 1] + 1
        if op != "delete":  # blanks of the right text go with what stands before them
            low = low if start else 0
            high = offsets[end] if end < len(after) else len(right)
        changes.append(Change(op, (left if op == "delete" else right)[low:high], low, high))

    at_left = at_right = 0
    for i, j, size in [*blocks, (len(before), len(after), 0)]:
        add("delete", at_left, i)
        add("insert", at_right, j)
        add("equal", j, j + size)
        at_left, at_right = i + size, j + size
    if not after and right:
        changes.append(Change("insert", right, 0, len(right)))
    return tuple(changes)


def cut_pieces(visible: str) -> list[Span]:
    """Cut a folded text without blanks into words, numbers and single signs, that leave nothing out.

    >>> text = "巩固率达95.5%以上。"
    >>> [text[start:end] for start, end in cut_pieces(text)]
    ['巩固率', '达', '95.5%', '以上', '。']
    """
    spans: list[Span] = []
    start = 0
    for words in cut_stretches(visible):
        for word in words:
            end = start + len(word)
            spans.append((start, end))
            start = end
    return spans


@lru_cache(512)
def cut_stretches(visible: str) -> tuple[Sequence[str], ...]:
    """Return the same pieces themselves, those of one stretch of Chinese characters together.

    Kept for a while: a sentence is asked for with each that it is held against, and for the phrases that others share.

    >>> cut_stretches("巩固率达95.5%以上。")
    (['巩固率', '达'], ('95.5%',), ['以上'], ('。',))
    """
    return tuple([cut(match.group()) if match.lastgroup else (match.group(),) for match in _PIECE.finditer(visible)])


def align(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Return which words stand for each other: pairs of indices, both ascending, of equal words.

    Of all such pairings the one with the largest sum, where a pair counts the characters of its word, and one more if
    it is right behind the last pair: the longest common subsequence of Wagner and Fischer 1974 with a reward for
    holding together, one row of the table at a time with numpy. difflib takes the longest common run first and can
    miss most of the rest; libraries that only count scatter equal characters over both texts.

    >>> align(("推进", "教育", "公平"), ("推进", "义务", "教育", "公平"))
    [(0, 0), (1, 2), (2, 3)]
    """
    common = set(left) & set(right)
    if not common:
        return []
    # Words that only one side has cannot be paired, but keep their neighbours apart.
    codes = {word: code for code, word in enumerate(sorted(common))}
    columns = np.array([codes.get(word, -1) for word in right])
    places = {word: columns == code for word, code in codes.items()}
    best = np.zeros((len(left) + 1, len(right) + 1), np.int32)
    paired = np.full((len(left) + 1, len(right) + 1), _UNSET, np.int32)
    for i, word in enumerate(left, 1):
        if word not in codes:
            best[i] = best[i - 1]
            continue
        reached = np.maximum(best[i - 1, :-1], paired[i - 1, :-1] + _TOGETHER) + _weight(word)
        paired[i, 1:] = np.where(places[word], reached, _UNSET)
        best[i] = np.maximum.accumulate(np.maximum(best[i - 1], paired[i]))
    pairs: list[tuple[int, int]] = []
    i, j, together = len(left), len(right), False
    while i and j:
        if not together and best[i, j] == best[i, j - 1]:
            j -= 1
        elif not together and best[i, j] == best[i - 1, j]:
            i -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
            together = bool(paired[i, j] + _TOGETHER >= best[i, j])
    return pairs[::-1]


def _align_middle(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Align what is left of two texts when what both begin and end with is taken off, which most of a clause is."""
    shorter = min(len(left), len(right))
    head = next((at for at in range(shorter) if left[at] != right[at]), shorter)
    tail = next((at for at in range(shorter - head) if left[-1 - at] != right[-1 - at]), shorter - head)
    middle = align(left[head : len(left) - tail], right[head : len(right) - tail])
    return [
        *((at, at) for at in range(head)),
        *((head + i, head + j) for i, j in middle),
        *((len(left) - at, len(right) - at) for at in range(tail, 0, -1)),
    ]


def _weight(word: str) -> int:
    """Weigh a word in half characters; a sign counts less than any character."""
    return 2 * len(word) if word[0].isalnum() else 1


def _blocks(before: str, after: str) -> list[Block]:
    """Pair words, then characters between the words that are paired; blocks ascend and do not touch."""
    left, right = cut_pieces(before), cut_pieces(after)
    pairs = _align_middle([before[a:b] for a, b in left], [after[a:b] for a, b in right])
    blocks: list[Block] = []

    def add(i: int, j: int, size: int) -> None:
        if blocks and (blocks[-1][0] + blocks[-1][2], blocks[-1][1] + blocks[-1][2]) == (i, j):
            i, j, size = blocks[-1][0], blocks[-1][1], blocks[-1][2] + size
            blocks.pop()
        blocks.append((i, j, size))

    at_left = at_right = 0
    words = [(left[i][0], right[j][0], left[i][1] - left[i][0]) for i, j in pairs]
    for i, j, size in [*words, (len(before), len(after), 0)]:
        for a, b, length in _inside(before[at_left:i], after[at_right:j]):
            add(at_left + a, at_right + b, length)
        if size:
            add(i, j, size)
        at_left, at_right = i + size, j + size
    return blocks


def _inside(before: str, after: str) -> list[Block]:
    """Pair the characters of what stands between equal words; numbers and Latin words stay whole.

    A lone character is nothing that a reader wants to see again (推进, 促进), unless most of the word is (毛入园率,
    毛入学率).
    """
    left, right = ([match.span() for match in _INSIDE.finditer(text)] for text in (before, after))
    runs: list[list[Block]] = []
    for i, j in align([before[a:b] for a, b in left], [after[a:b] for a, b in right]) if left and right else ():
        block = (left[i][0], right[j][0], left[i][1] - left[i][0])
        if runs and (runs[-1][-1][0] + runs[-1][-1][2], runs[-1][-1][1] + runs[-1][-1][2]) == block[:2]:
            runs[-1].append(block)
        else:
            runs.append([block])
    sizes = [sum(size for *_, size in run) for run in runs]
    shortest = 1 if 2 * sum(sizes) > max(len(before), len(after)) else SHORTEST
    return [block for run, size in zip(runs, sizes, strict=True) if size >= shortest for block in run]


def _readable(blocks: list[Block], before: str, after: str) -> list[Block]:
    """Give up equal runs too short to help, and move what was put in or left out to where a reader would cut."""
    ends = (len(before), len(after))
    kept = [
        (i, j, size) for i, j, size in blocks if size >= SHORTEST or (i, j) == (0, 0) or (i + size, j + size) == ends
    ]
    at = 0
    while at + 1 < len(kept):
        (i, j, size), (next_i, next_j, next_size) = kept[at], kept[at + 1]
        shift = 0
        if next_i == i + size:
            shift = _best_shift(after, j, j + size, next_j, next_j + next_size)
        elif next_j == j + size:
            shift = _best_shift(before, i, i + size, next_i, next_i + next_size)
        kept[at] = (i, j, size + shift)
        kept[at + 1] = (next_i + shift, next_j + shift, next_size - shift)
        at += 1
    return [block for block in kept if block[2]]


def _best_shift(text: str, low: int, start: int, end: int, high: int) -> int:
    """Say how far to move the gap ``[start, end)`` of ``text``: of all gaps that read alike the one cut most naturally.

    A gap that ends with the comma of its phrase (，提高质量，) is better than one that begins with it; both are better
    than one that cuts a word.
    """
    shifts = [0]
    for step in (-1, 1):
        shift = step
        while low + SHORTEST <= start + shift and end + shift <= high - SHORTEST:
            there = min(shift, shift - step)
            if text[start + there] != text[end + there]:
                break
            shifts.append(shift)
            shift += step
    if len(shifts) == 1:
        return 0
    edges = {edge for span in cut_pieces(text[low:high]) for edge in span}

    def cost(shift: int) -> tuple[int, int]:
        a, b = start + shift, end + shift
        if not text[a - 1].isalnum() and not text[b - 1].isalnum():
            return 0, abs(shift)
        if not text[a].isalnum() and (b == len(text) or not text[b].isalnum()):
            return 1, abs(shift)
        return 4 - (a - low in edges) - (b - low in edges), abs(shift)

    return min(shifts, key=cost)
