"""Two documents side by side: which paragraph of one stands for which of the other, and what became of it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from indexer.compare.affinity import Leads, is_address, is_item, is_treated, leads_of, likenesses, named_matter
from indexer.compare.marks import Mark, differing, elsewhere, laid_out, part_beside, unsaid
from indexer.compare.matter import TELLING, Held, Sayings, Table, Weights, cut_sayings, hold
from indexer.compare.wordings import COMPARABLE, NumberDifference, differing_numbers
from indexer.diff import Change, diff
from indexer.models import Document, Paragraph, Span
from indexer.resemblance import figures, likeness, shingles, skeleton

Kind = Literal["same", "reworded", "moved", "added", "dropped"]
Side = Literal["left", "right"]

PAIRED = 0.18
"""Likeness from which two paragraphs are on one matter; docs/decisions/comparing.md has what other values pair."""
CARRIED = 0.5
"""Share of shingles, or likeness, from which a paragraph was carried over, so that it can have moved."""
GONE = 0.7
"""What of a paragraph is said in the best places and what anywhere, added up (0 to 2), below which it is not said."""
SAID = 0.6
"""Share of an item that one paragraph says, from which it is there whatever the titles say."""

_SHORT = 40
"""Characters up to which an item without a title is taken to have one matter."""
_BOTH = 1.0
"""What two paragraphs say of each other (0 to 2) and twice their likeness, from which they are a pair too."""
_UNKNOWN = 0.4
"""Weight of names of things that the other document does not know, as a share of a paragraph's, for it to be gone."""
_LOOSE = 0.3
"""Likeness below which a paragraph that is said nowhere only shares words with another and is no pair."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two paragraphs that stand for each other, or one alone: ``added`` has no ``left``, ``dropped`` no ``right``.

    ``same`` is the same letters and figures in the same order; ``moved`` stands elsewhere in the order, and may be
    reworded too. ``again`` names the side whose paragraph stands in another pair too, as the other document says in
    several paragraphs what it says in one; ``part`` are its sentences that are said here. ``likeness`` (0 to 1) is that
    of words and headings; ``changes`` are empty where the two only share a matter, not a wording. ``numbers`` are those
    of the right text that the left one does not give. The marks are what a reader should see in each.
    """

    kind: Kind
    left: Paragraph | None
    right: Paragraph | None
    likeness: float = 0.0
    changes: tuple[Change, ...] = ()
    numbers: tuple[NumberDifference, ...] = ()
    again: Side | None = None
    part: tuple[Span, ...] = ()
    left_marks: tuple[Mark, ...] = ()
    right_marks: tuple[Mark, ...] = ()


def align(left: Document, right: Document, vocabulary: Mapping[str, int], paragraphs: int) -> tuple[Pair, ...]:
    """Pair the paragraphs of two documents: in the order of the left one, what was added behind what it follows.

    Each paragraph stands for itself in one pair: with the likest of the other side, or with one that stands in another
    pair already (``again``), or alone if the other document says nowhere what it says. ``vocabulary`` says how many of
    the ``paragraphs`` of the corpus hold each word. Takes time and memory in proportion to the product of the lengths:
    two work reports of 20,000 characters take half a second.
    """
    both = _Both(left.paragraphs, right.paragraphs, vocabulary, paragraphs)
    paired = both.paired()
    found = both.settled(paired)
    return tuple(both.pair(each) for each in _in_order(found, len(left.paragraphs), len(right.paragraphs)))


@dataclass(frozen=True, slots=True)
class _Link:
    """Numbers of a left and a right paragraph; ``again`` as in ``Pair``, ``moved`` out of the common order."""

    left: int | None
    right: int | None
    again: Side | None = None
    moved: bool = False


class _Both:
    """Two documents with all that is known of how they hold together."""

    def __init__(
        self,
        ours: Sequence[Paragraph],
        theirs: Sequence[Paragraph],
        vocabulary: Mapping[str, int],
        paragraphs: int,
    ) -> None:
        self._ours, self._theirs = self._sides = ours, theirs
        self._cut = cut_sayings(ours), cut_sayings(theirs)
        self._vocabulary, self._size = vocabulary, paragraphs
        weights = Weights(vocabulary, paragraphs)
        self._held = hold(*self._cut, weights), hold(*self._cut[::-1], weights)
        self._alike = likenesses(ours, theirs)
        self._leads = leads_of(ours), leads_of(theirs)
        self._told = _told(self._cut[0], self._held[0]), _told(self._cut[1], self._held[1])
        self._gone = tuple(
            frozenset(at for at in _gone(cut, held) if not is_address(side[at]))
            for side, cut, held in zip(self._sides, self._cut, self._held, strict=True)
        )
        self._unsaid = unsaid(self._cut[0], self._held[0]), unsaid(self._cut[1], self._held[1])

    def paired(self) -> dict[int, int]:
        """Pair the paragraphs that are likest and say most of each other first, each once; of equals the nearest."""
        together = self._told[0] + self._told[1].T + 2 * self._alike
        rows, columns = np.nonzero((self._alike >= PAIRED) | (together >= _BOTH))
        far = np.abs(rows / max(len(self._ours), 1) - columns / max(len(self._theirs), 1))
        taken: set[int] = set()
        pairs: dict[int, int] = {}
        for at in np.lexsort((far, -np.round(together[rows, columns], 6))).tolist():
            row, column = int(rows[at]), int(columns[at])
            if row in pairs or column in taken:
                continue
            if self._alike[row, column] < _LOOSE and (row in self._gone[0] or column in self._gone[1]):
                continue
            pairs[row] = column
            taken.add(column)
        return pairs | _opening(pairs, *self._leads)

    def settled(self, pairs: dict[int, int]) -> list[_Link]:
        """Say what becomes of every paragraph: paired, alone, or with one that is paired already."""
        kept = _longest_rise([pairs[at] for at in sorted(pairs)])
        links = [_Link(at, to, moved=to not in kept) for at, to in pairs.items()]
        of_right = {to: at for at, to in pairs.items()}
        opened = _lead_pairs(pairs, *self._leads)
        for at in range(len(self._ours)):
            if at not in pairs:
                to = self._other(0, at, self._alike[at], opened.get(at))
                links.append(_Link(at, to, None if to is None else "right"))
        opened = {to: at for at, to in opened.items()}
        for to in range(len(self._theirs)):
            if to not in of_right:
                mine = self._other(1, to, self._alike[:, to], opened.get(to))
                links.append(_Link(mine, to, None if mine is None else "left"))
        return links

    def _other(self, side: int, at: int, alike: Table, opening: int | None) -> int | None:
        """Find the paragraph of the other document that says most of one that is not paired; ``None`` if it is gone."""
        told = self._told[side][at]
        if not told.size or not told.max():  # no word tells a matter (推进“双碳”工作)
            return int(np.argmax(alike)) if alike.size and alike.max() >= PAIRED else opening
        best = int(np.argmax(told + 2 * alike))
        if at in self._gone[side] or not self._is_there(side, at, float(told.max()), float(alike.max()), best):
            return opening
        return best

    def _is_there(self, side: int, at: int, told: float, alike: float, best: int) -> bool:
        """Tell whether a paragraph whose words are said has its matter there too.

        A paragraph may be on many matters, and words that are said in many places are enough. A numbered item with
        a title, or of one line, is on one: it must be alike, or said by one paragraph, or treated with its title as the
        topic.
        """
        paragraph = self._sides[side][at]
        matter = named_matter(paragraph)
        one = is_item(paragraph) and (matter or len(paragraph.text) <= _SHORT)
        if not one or alike >= PAIRED or told >= SAID:
            return True
        if matter is not None:
            return is_treated(matter, self._sides[1 - side], self._vocabulary, self._size)
        return bool(self._told[side][at, best] + 2 * self._alike_of(side, at, best) >= SAID)

    def _alike_of(self, side: int, at: int, other: int) -> float:
        return float(self._alike[(at, other) if side == 0 else (other, at)])

    def pair(self, link: _Link) -> Pair:
        """Make the pair of a link."""
        if link.right is None or link.left is None:
            if link.right is None and link.left is not None:
                return Pair("dropped", self._ours[link.left], None)
            return Pair("added", None, self._theirs[link.right or 0])
        ours, theirs = self._ours[link.left], self._theirs[link.right]
        alike = float(self._alike[link.left, link.right])
        before, after = skeleton(ours.folded), skeleton(theirs.folded)
        share = likeness(shingles(before), shingles(after))
        kind: Kind = "reworded"
        if link.moved and max(share, alike) >= CARRIED:
            kind = "moved"
        elif not link.again and before == after and figures(ours.folded) == figures(theirs.folded):
            kind = "same"
        changes = diff(ours.text, ours.folded, theirs.text, theirs.folded) if share >= COMPARABLE else ()
        marks: tuple[tuple[Mark, ...], tuple[Mark, ...]] = ((), ())
        if before != after or figures(ours.folded) != figures(theirs.folded):
            marks = self._marks(link.left, link.right)
        numbers = differing_numbers(ours.folded, theirs.folded)
        part: tuple[Span, ...] = ()
        if link.again:
            side, at, beside = (0, link.left, link.right) if link.again == "left" else (1, link.right, link.left)
            part = part_beside(self._cut[side], self._held[side], at, beside)
        return Pair(kind, ours, theirs, round(alike, 4), changes, numbers, link.again, part, *marks)

    def _marks(self, left: int, right: int) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
        here, there = differing(self._ours[left], self._theirs[right])
        only = self._unsaid[0].get(left, ()), self._unsaid[1].get(right, ())
        mine = elsewhere(self._cut[0], self._held[0], left, right, only[0])
        other = elsewhere(self._cut[1], self._held[1], right, left, only[1])
        return laid_out([*here, *mine, *only[0]]), laid_out([*there, *other, *only[1]])


def _told(sayings: Sayings, held: Held) -> Table:
    """Return how much of each paragraph each paragraph of the other document says, 0 to 1."""
    told = np.zeros((sayings.paragraphs, held.by_paragraph.shape[1]))
    whole = np.zeros(sayings.paragraphs)
    for at, phrase in enumerate(sayings.phrases):
        told[phrase.paragraph] += held.weight[at] * held.by_paragraph[at]
        whole[phrase.paragraph] += held.weight[at]
    return np.asarray(told / np.where(whole == 0, 1, whole)[:, None])


def _gone(sayings: Sayings, held: Held) -> frozenset[int]:
    """Return the paragraphs of which the other document says too little, and whose names of things it does not know."""
    owners = np.array([phrase.paragraph for phrase in sayings.phrases], np.int64)

    def summed(values: Table) -> Table:
        return np.asarray(np.bincount(owners, values, sayings.paragraphs), np.float64)

    weight, said = summed(held.weight), summed(held.weight * (held.best + held.anywhere))
    known = summed(held.news) < _UNKNOWN * weight
    return frozenset(np.flatnonzero((weight >= TELLING) & (said < GONE * weight) & ~known).tolist())


def _lead_pairs(pairs: Mapping[int, int], ours: Leads, theirs: Leads) -> dict[int, int]:
    """Pair the paragraphs that open sections by where most of the paragraphs behind them are paired."""
    votes: dict[int, Counter[int]] = {}
    for at, to in pairs.items():
        lead, other = ours.get(at), theirs.get(to)
        if lead is not None and other is not None:
            votes.setdefault(lead, Counter())[other] += 1
    return {lead: found.most_common(1)[0][0] for lead, found in votes.items()}


def _opening(pairs: Mapping[int, int], ours: Leads, theirs: Leads) -> dict[int, int]:
    """Pair those that open sections and are not paired yet, on both sides."""
    taken = set(pairs.values())
    found: dict[int, int] = {}
    for at, to in _lead_pairs(pairs, ours, theirs).items():
        if at not in pairs and to not in taken:
            found[at] = to
            taken.add(to)
    return found


def _longest_rise(order: Sequence[int]) -> set[int]:
    """Return the values of a longest ascending subsequence: what kept its order (Fredman 1975, by binary search).

    >>> sorted(_longest_rise([0, 3, 1, 2, 4]))
    [0, 1, 2, 4]
    """
    ends: list[int] = []
    best: list[int] = []
    before: dict[int, int | None] = {}
    for value in order:
        at = bisect_left(ends, value)
        before[value] = best[at - 1] if at else None
        ends[at:], best[at:] = [value, *ends[at + 1 :]], [value, *best[at + 1 :]]
    kept: set[int] = set()
    value_: int | None = best[-1] if best else None
    while value_ is not None:
        kept.add(value_)
        value_ = before[value_]
    return kept


def _in_order(links: Sequence[_Link], lefts: int, rights: int) -> list[_Link]:
    """Put links in the order of the left document; what is only right stands behind the pair that it follows."""
    first = {link.left: link for link in links if link.left is not None and link.again != "left"}
    behind: dict[int | None, list[_Link]] = {}
    mine = {link.right: link for link in links if link.right is not None and link.again != "right"}
    last: int | None = None
    for to in range(rights):
        link = mine[to]
        if link.left is None:
            behind.setdefault(last, []).append(link)
        elif link.again == "left":
            behind.setdefault(link.left, []).append(link)
        else:
            last = link.left
    ordered = list(behind.get(None, ()))
    for at in range(lefts):
        ordered.append(first[at])
        ordered.extend(sorted(behind.get(at, ()), key=lambda link: link.again is None))
    return ordered
