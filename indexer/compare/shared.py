"""Phrases that several places share, and what only one of them says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.analysis import STOP_WORDS
from indexer.compare.passages import phrases
from indexer.compare.topic import DOING
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


def shared_phrases(said: Sequence[Said], most: int = 40, besides: Sequence[str] = ()) -> tuple[SharedPhrase, ...]:
    """Return the runs of words that at least two sentences share: those of many sentences, and long ones, first.

    A run does not go over a comma or stop and does not begin or end with a stop word. It is whole: on neither side does
    one and the same word continue it in more than half of its sentences, so that 教育提质, which is a piece of
    职业教育提质培优, is left out (accessor variety: Feng, Chen, Deng and Zheng 2004). What only says again a longer
    phrase, or the topic (``besides``, folded), is left out too. Time and memory grow with the words times ``LONGEST``.
    """
    runs = [_runs(each.folded) for each in said]
    shared = _shared_pairs(runs)
    holding: dict[tuple[str, ...], list[_Held]] = {}
    for at, each in enumerate(runs):
        for words in each:
            for low in range(len(words)):
                if words[low] in STOP_WORDS:
                    continue
                before = _beside(words, low - 1)
                for high in range(low + 2, min(low + LONGEST, len(words)) + 1):
                    if words[high - 2 : high] not in shared:
                        break
                    if words[high - 1] not in STOP_WORDS:
                        holding.setdefault(words[low:high], []).append((at, before, _beside(words, high)))
    found = {
        run: {at for at, *_ in held}
        for run, held in holding.items()
        if len(held) > 1 and len({at for at, *_ in held}) > 1 and _is_whole(run, held)
    }
    topic = [tuple(each[low:high] for low, high in cut_pieces(each)) for each in besides]
    long = {run: members for run, members in found.items() if len("".join(run)) >= SHORTEST and run not in topic}
    told = _worth_telling(long, topic, most)
    return tuple(SharedPhrase("".join(run), tuple(sorted(found[run]))) for run in told)


def _worth_telling(found: Mapping[_Run, set[int]], topic: Sequence[_Run], most: int) -> list[_Run]:
    """Choose so many phrases, those of many sentences and long ones first, so that none only says another one again.

    One that contains a chosen one, or the topic, must add more than what is done (推进, 实施); one inside a longer
    chosen one must stand outside it in at least two sentences and ``_ALONE`` of its own.
    """
    told: list[_Run] = []
    if not most:
        return told
    for run in sorted(found, key=lambda run: (-len(found[run]) * len("".join(run)), run)):
        inside = [longer for longer in told if _within(run, longer) is not None]
        alone = len(found[run] - set[int]().union(*(found[longer] for longer in inside)))
        if inside and (alone < 2 or alone < _ALONE * len(found[run])):
            continue
        if any(
            (low := _within(shorter, run)) is not None and _only_doing(run, low, shorter) for shorter in (*topic, *told)
        ):
            continue
        told.append(run)
        if len(told) == most:  # whether one is told depends on those before it only
            break
    return told


def _within(run: _Run, longer: _Run) -> int | None:
    """Return the word of ``longer`` at which a shorter run begins in it."""
    if len(run) >= len(longer):
        return None
    return next((low for low in range(len(longer) - len(run) + 1) if longer[low : low + len(run)] == run), None)


def _only_doing(run: _Run, low: int, shorter: _Run) -> bool:
    """Tell whether all that a run adds to a shorter one within it is words that say what is done."""
    return DOING.issuperset((*run[:low], *run[low + len(shorter) :]))


_Run = tuple[str, ...]
_Held = tuple[int, str | None, str | None]
"""The sentence that holds a run, and the words before and behind it; ``None`` where a sign or a stop word stands."""
_ALONE = 0.25
"""Share of its sentences in which a phrase must stand outside longer shared ones to be told beside them."""
_VARIED = 3
"""Words that must follow a lone character before it ends a phrase: 提 of 提质 is followed by hardly another."""


def _beside(words: tuple[str, ...], at: int) -> str | None:
    return words[at] if 0 <= at < len(words) and words[at] not in STOP_WORDS else None


def _is_whole(run: tuple[str, ...], held: Sequence[_Held]) -> bool:
    """Tell whether a run ends on both sides where words that belong together end.

    >>> held = [(0, None, "提质"), (1, "推进", "提质"), (2, "加快", None)]
    >>> _is_whole(("职业", "教育"), held), _is_whole(("职业", "教育"), held[1:])
    (False, True)
    """
    for edge, beside in ((run[0], [each[1] for each in held]), (run[-1], [each[2] for each in held])):
        counts = Counter(word for word in beside if word is not None)
        if 2 * max(counts.values(), default=0) > len(held):
            return False
        if len(edge) == 1 and None not in beside and len(counts) < _VARIED:
            return False
    return True


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
            if high - low < _LEAST_OWN:  # 同时, shorter than a shingle, is none of the sentence's
                continue
            runs = shingles(visible[low:high])
            if sum([everywhere[run] > 1 for run in runs]) <= OWN * len(runs):
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
