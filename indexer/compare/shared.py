"""Phrases that several places share, and what only one of them says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.analysis import STOP_WORDS
from indexer.compare.passages import phrases
from indexer.compare.wordings import Said
from indexer.diff import cut_pieces
from indexer.fold import compact
from indexer.models import Span
from indexer.resemblance import shingles

SHORTEST = 4
"""Characters of a shared phrase: two words of two, less is a word."""
LONGEST = 14
"""Words of a shared phrase; longer runs are shown as several, and as one wording where all is the same."""
COMMON = 3
"""Sentences that must share a phrase before it is common ground that a page may fade."""
OWN = 0.35
"""Share of its shingles up to which a phrase is one place's own: names and verbs recur in what is new too."""
_LEAST_OWN = 6
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class SharedPhrase:
    """A run of words, folded, with the sentences that hold it, ascending."""

    text: str
    members: tuple[int, ...]


def shared_phrases(said: Sequence[Said], most: int = 40) -> tuple[SharedPhrase, ...]:
    """Return the runs of words that at least two sentences share: those of many sentences, and long ones, first.

    A run does not go over a comma or stop and does not begin or end with a stop word; one that only stands inside a
    longer one, in the same sentences, is left out. Time and memory grow with the words times ``LONGEST``.
    """
    runs = [_runs(each.folded) for each in said]
    shared = _shared_pairs(runs)
    holding: dict[tuple[str, ...], set[int]] = {}
    for at, each in enumerate(runs):
        for words in each:
            for low in range(len(words)):
                if words[low] in STOP_WORDS:
                    continue
                for high in range(low + 2, min(low + LONGEST, len(words)) + 1):
                    if words[high - 2 : high] not in shared:
                        break
                    if words[high - 1] not in STOP_WORDS:
                        holding.setdefault(words[low:high], set()).add(at)
    found = {run: members for run, members in holding.items() if len(members) > 1 and len("".join(run)) >= SHORTEST}
    inner = {
        run[low:high]
        for run, members in found.items()
        for low in range(len(run))
        for high in range(low + 2, len(run) + 1)
        if high - low < len(run) and found.get(run[low:high]) == members
    }
    ranked = sorted(
        (run for run in found if run not in inner),
        key=lambda run: (-len(found[run]) * len("".join(run)), run),
    )
    return tuple(SharedPhrase("".join(run), tuple(sorted(found[run]))) for run in ranked[:most])


def _shared_pairs(runs: Sequence[Sequence[tuple[str, ...]]]) -> set[tuple[str, ...]]:
    """Return the pairs of words that at least two sentences hold: what two share, they share every pair of.

    The argument of Apriori (Agrawal and Srikant 1994): most runs end at a pair that is one sentence's own.
    """
    first: dict[tuple[str, ...], int] = {}
    shared: set[tuple[str, ...]] = set()
    for at, each in enumerate(runs):
        for words in each:
            for pair in pairwise(words):
                if first.setdefault(pair, at) != at:
                    shared.add(pair)
    return shared


def common_spans(said: Sequence[Said], phrases_: Sequence[SharedPhrase], least: int = COMMON) -> list[tuple[Span, ...]]:
    """Return, by sentence, the spans of its text that are common ground: phrases that ``least`` sentences share."""
    spans: list[tuple[Span, ...]] = []
    for at, each in enumerate(said):
        visible, offsets = compact(each.folded)
        held: set[int] = set()
        for phrase in phrases_:
            if len(phrase.members) >= least and at in phrase.members:
                found = visible.find(phrase.text)
                while found >= 0:
                    held.update(range(found, found + len(phrase.text)))
                    found = visible.find(phrase.text, found + 1)
        spans.append(tuple((offsets[low], offsets[high - 1] + 1) for low, high in _stretches(held)))
    return spans


def own_spans(said: Sequence[Said]) -> list[tuple[Span, ...]]:
    """Return, by sentence, the phrases (from comma to comma) that no other sentence says in like words."""
    everywhere: dict[str, int] = {}
    held = [shingles(compact(each.folded)[0]) for each in said]
    for each in held:
        for shingle in each:
            everywhere[shingle] = everywhere.get(shingle, 0) + 1
    spans: list[tuple[Span, ...]] = []
    for sentence in said:
        visible, offsets = compact(sentence.folded)
        own = []
        for low, high in phrases(visible, (0, len(visible))):
            runs = shingles(visible[low:high])
            shared = sum(everywhere[run] > 1 for run in runs)
            if high - low >= _LEAST_OWN and shared <= OWN * len(runs):
                own.append((offsets[low], offsets[high - 1] + 1))
        spans.append(tuple(own))
    return spans


def _runs(folded: str) -> list[tuple[str, ...]]:
    """Cut a sentence into runs of words that no sign interrupts."""
    visible = compact(folded)[0]
    runs: list[list[str]] = [[]]
    for start, end in cut_pieces(visible):
        if _WORD.match(visible[start]):
            runs[-1].append(visible[start:end])
        elif runs[-1]:
            runs.append([])
    return [tuple(run) for run in runs if len(run) > 1]


def _stretches(held: set[int]) -> list[Span]:
    found: list[Span] = []
    for at in sorted(held):
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found
