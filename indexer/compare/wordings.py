"""Sentences -> wordings: those that say the same in nearly the same words, and what differs from one to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from indexer.analysis import tokenize
from indexer.diff import Change, diff
from indexer.resemblance import ALIKE, held_by_several, likeness, shingles, skeleton

COMPARABLE = 0.12
"""Share of shingles from which a diff of two sentences helps a reader; below, they share words like 推进 and 教育."""
_LETTERS = 26


class Said(Protocol):
    """A sentence: as published, as it is compared, and the years of its document."""

    @property
    def text(self) -> str:
        """The sentence as published."""

    @property
    def folded(self) -> str:
        """The sentence as it is compared, equally long."""

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the document, none if it states none."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it: ``members`` are indices of the sentences, by year, the first of them the one compared with.

    ``years`` are those of all members, ascending; ``figures_differ`` if members give other figures.
    """

    label: str
    members: tuple[int, ...]
    years: tuple[int, ...]
    figures_differ: bool

    @property
    def first(self) -> int:
        """Index of the sentence that was said first, as far as the corpus knows."""
        return self.members[0]


@dataclass(frozen=True, slots=True)
class NumberDifference:
    """A number at ``[start, end)`` of a sentence that the other one does not give; ``was`` stands there instead."""

    start: int
    end: int
    text: str
    was: str | None


def group_wordings(said: Sequence[Said]) -> tuple[Wording, ...]:
    """Put sentences together that are nearly the same: ``ALIKE`` of their shingles, figures and signs aside.

    A sentence is compared with the first of each wording, by year, not with the others: likeness does not travel in
    chains. The wording with most members is A, of equally large ones the one said first.
    """
    order = sorted(range(len(said)), key=lambda at: (min(said[at].years, default=9999), at))
    held = {at: shingles_of(said[at].folded) for at in order}
    shared = held_by_several(held.values())
    holding: dict[str, list[int]] = {}
    members: dict[int, list[int]] = {}
    for at in order:
        few = _first_of(held[at]) if _may_be_shared(held[at], shared) else []
        likely = dict.fromkeys(first for shingle in few for first in holding.get(shingle, ()))
        alike = {first: likeness(held[at], held[first]) for first in likely}
        first = max(alike, key=lambda first: alike[first], default=None)
        if first is None or alike[first] < ALIKE:
            members[at] = [at]
            for shingle in few:
                holding.setdefault(shingle, []).append(at)
        else:
            members[first].append(at)
    ranked = sorted(members.values(), key=lambda each: -len(each))  # stable: of equally large ones the first said
    return tuple(
        Wording(
            label_of(rank),
            tuple(each),
            tuple(sorted({year for at in each for year in said[at].years})),
            len(each) > 1 and len({tuple(term for *_, term in numbers_in(said[at].folded)) for at in each}) > 1,
        )
        for rank, each in enumerate(ranked)
    )


def _may_be_shared(held: frozenset[str], shared: Collection[str]) -> bool:
    """Tell whether ``ALIKE`` of a sentence's shingles stand in others too; most have too many of their own."""
    return len(held.difference(shared)) <= (1 - ALIKE) * len(held)


def _first_of(held: frozenset[str]) -> list[str]:
    """Return shingles of which two sentences share at least one if they share ``ALIKE`` of all.

    Prefix filtering (Chaudhuri, Ganti and Kaushik 2006): of sets in one order, whoever shares so much shares one of so
    many first ones; the others need not be looked up.
    """
    return sorted(held)[: int((1 - ALIKE) * len(held)) + 1]


def label_of(rank: int) -> str:
    """Name a wording: A to Z, then AA, AB, as columns of a sheet are named.

    >>> [label_of(rank) for rank in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    label = ""
    rank += 1
    while rank:
        rank, letter = divmod(rank - 1, _LETTERS)
        label = chr(ord("A") + letter) + label
    return label


@lru_cache(512)
def shingles_of(folded: str) -> frozenset[str]:
    """Return the shingles of a sentence, figures and signs aside: of each row they are asked for three times."""
    return shingles(skeleton(folded))


def nearness(base: Said, other: Said) -> float:
    """Return how near two sentences are in their words, from 0 to 1: the shingles that they share (Broder 1997)."""
    return likeness(shingles_of(base.folded), shingles_of(other.folded))


def differences(baseline: Said, other: Said) -> tuple[Change, ...]:
    """Return what turns one sentence into another; nothing where they have too little in common to be compared."""
    if nearness(baseline, other) < COMPARABLE:
        return ()
    return diff(baseline.text, baseline.folded, other.text, other.folded)


@lru_cache(256)
def numbers_in(folded: str) -> tuple[tuple[int, int, str], ...]:
    """Return the numbers of a text with their units: where they stand, and their value as it is matched.

    Those of a baseline are asked for with each of its rows.

    >>> numbers_in("确保巩固率达百分之九十五以上,新增10个站点")
    ((6, 12, '95%'), (17, 20, '10个'))
    """
    return tuple(
        (token.start, token.end, token.term)
        for token in tokenize(folded)
        if not token.inner and token.term[0].isdigit() and token.term[0].isascii()
    )


def differing_numbers(baseline: str, other: str) -> tuple[NumberDifference, ...]:
    """Return the numbers of one folded text that another does not give, each with the one that stands for it there.

    Numbers stand for each other if they have one unit, in the order of the texts.

    >>> differing_numbers("三年毛入园率达到82.54%,建成10所", "三年毛入园率达到84%,建成10所")
    (NumberDifference(start=8, end=11, text='84%', was='82.54%'),)
    """
    ours, theirs = numbers_in(baseline), numbers_in(other)
    lacking = Counter(term for *_, term in theirs) - Counter(term for *_, term in ours)
    gone = Counter(term for *_, term in ours) - Counter(term for *_, term in theirs)
    left = [(baseline[start:end], term) for start, end, term in ours if _take(gone, term)]
    found: list[NumberDifference] = []
    for start, end, term in theirs:
        if _take(lacking, term):
            at = next((at for at, (_, was) in enumerate(left) if _unit(was) == _unit(term)), None)
            found.append(NumberDifference(start, end, other[start:end], None if at is None else left.pop(at)[0]))
    return tuple(found)


def _take(counts: Counter[str], term: str) -> bool:
    if not counts[term]:
        return False
    counts[term] -= 1
    return True


def _unit(term: str) -> str:
    return term.lstrip("0123456789.")
