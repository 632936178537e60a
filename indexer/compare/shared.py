"""Phrases that several places share, and what only one of them says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.analysis import STOP_WORDS
from indexer.compare.passages import phrases
from indexer.compare.topic import DOING
from indexer.compare.wordings import Said
from indexer.diff import cut_pieces, cut_stretches
from indexer.fold import compact
from indexer.models import Span
from indexer.resemblance import held_by_several

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
    topic = [tuple(each[low:high] for low, high in cut_pieces(each)) for each in besides]
    found = {
        run: {at for at, *_ in held}
        for run, held in _held_by_several([_runs(each.folded) for each in said])
        if len("".join(run)) >= SHORTEST and run not in topic and _is_whole(run, _beside(run, held))
    }
    told = _worth_telling(found, topic, most)
    return tuple(SharedPhrase("".join(run), tuple(sorted(found[run]))) for run in told)


def _worth_telling(found: Mapping[_Run, set[int]], topic: Sequence[_Run], most: int) -> list[_Run]:
    """Choose so many phrases, those of many sentences and long ones first, so that none only says another one again.

    One that contains a chosen one, or the topic, must add more than what is done (推进, 实施); one inside a longer
    chosen one must stand outside it in at least two sentences and ``_ALONE`` of its own.
    """
    told: list[_Run] = []
    if not most:
        return told
    texts = {run: "".join(run) for run in (*found, *topic)}
    for run in sorted(found, key=lambda run: (-len(found[run]) * len(texts[run]), run)):
        text, members = texts[run], found[run]
        # The texts tell first: to look for words among words takes ten times as long, and most have nothing in common.
        inside = [longer for longer in told if text in texts[longer] and _within(run, longer) is not None]
        if inside:
            alone = len(members.difference(*[found[longer] for longer in inside]))
            if alone < 2 or alone < _ALONE * len(members):
                continue
        if any(
            texts[shorter] in text and (low := _within(shorter, run)) is not None and _only_doing(run, low, shorter)
            for shorter in (*topic, *told)
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
_Held = tuple[int, _Run, int]
"""Where a run stands: the sentence, the words of it that no sign interrupts, and the word at which the run begins."""
_Beside = tuple[list[str | None], list[str | None]]
"""The words before and behind a run, wherever it stands; ``None`` where a sign or a stop word stands."""
_ALONE = 0.25
"""Share of its sentences in which a phrase must stand outside longer shared ones to be told beside them."""
_VARIED = 3
"""Words that must follow a lone character before it ends a phrase: 提 of 提质 is followed by hardly another."""


def _held_by_several(runs: Sequence[Sequence[_Run]]) -> Iterator[tuple[_Run, list[_Held]]]:
    """Yield the runs of up to ``LONGEST`` words that two sentences hold, no stop word at either end, and where.

    Only what two sentences share is made longer, by a word at a time, as what is part of nothing shared is shared by
    none: the argument of Apriori (Agrawal and Srikant 1994).
    """
    pairs: dict[tuple[str, str], list[_Held]] = {}
    for at, each in enumerate(runs):
        for words in each:
            for low, pair in enumerate(pairwise(words)):
                pairs.setdefault(pair, []).append((at, words, low))
    growing: list[tuple[_Run, list[_Held]]] = []
    for pair, held in pairs.items():
        if held[0][0] != held[-1][0] and pair[0] not in STOP_WORDS:  # sentences ascend
            growing.append((pair, held))
            if pair[1] not in STOP_WORDS:
                yield pair, held
    while growing:
        run, held = growing.pop()
        length = len(run)
        longer: dict[str, list[_Held]] = {}
        for place in held:
            _, words, low = place
            if low + length < len(words):
                longer.setdefault(words[low + length], []).append(place)
        for word, those in longer.items():
            if those[0][0] == those[-1][0]:
                continue
            if word not in STOP_WORDS:
                yield (*run, word), those
            if length + 1 < LONGEST:
                growing.append(((*run, word), those))


def _beside(run: _Run, held: Sequence[_Held]) -> _Beside:
    before = [words[low - 1] if low else None for _, words, low in held]
    behind = [words[high] if (high := low + len(run)) < len(words) else None for _, words, low in held]
    return [None if each in STOP_WORDS else each for each in before], [
        None if each in STOP_WORDS else each for each in behind
    ]


def _is_whole(run: _Run, beside: _Beside) -> bool:
    """Tell whether a run ends on both sides where words that belong together end.

    >>> _is_whole(("职业", "教育"), ([None, "推进", "加快"], ["提质", "提质", None]))
    False
    >>> _is_whole(("职业", "教育"), (["推进", "加快"], ["提质", None]))
    True
    """
    for edge, words in zip((run[0], run[-1]), beside, strict=True):
        counts: dict[str, int] = {}
        for word in words:
            if word is not None:
                counts[word] = counts.get(word, 0) + 1
        if 2 * max(counts.values(), default=0) > len(words):
            return False
        if len(edge) == 1 and None not in words and len(counts) < _VARIED:
            return False
    return True


def common_spans(said: Sequence[Said], phrases_: Sequence[SharedPhrase], least: int = COMMON) -> list[tuple[Span, ...]]:
    """Return, by sentence, the spans of its text that are common ground: phrases that ``least`` sentences share."""
    texts = [compact(each.folded) for each in said]
    held: list[set[int]] = [set() for _ in said]
    for phrase in phrases_:
        for at in phrase.members if len(phrase.members) >= least else ():
            found = texts[at][0].find(phrase.text)
            while found >= 0:
                held[at].update(range(found, found + len(phrase.text)))
                found = texts[at][0].find(phrase.text, found + 1)
    return [
        tuple((offsets[low], offsets[high - 1] + 1) for low, high in _stretches(each))
        for each, (_, offsets) in zip(held, texts, strict=True)
    ]


def own_spans(said: Sequence[Said]) -> list[tuple[Span, ...]]:
    """Return, by sentence, the phrases (from comma to comma) that no other sentence says in like words."""
    texts = [compact(each.folded) for each in said]
    runs = [[visible[at : at + 3] for at in range(len(visible) - 2)] for visible, _ in texts]
    shared = held_by_several(map(frozenset, runs))
    spans: list[tuple[Span, ...]] = []
    for (visible, offsets), every in zip(texts, runs, strict=True):
        own = []
        for low, high in phrases(visible, (0, len(visible))):
            if high - low < _LEAST_OWN:  # 同时, shorter than a shingle, is none of the sentence's
                continue
            inside = set(every[low : high - 2])
            if len(inside & shared) <= OWN * len(inside):
                own.append((offsets[low], offsets[high - 1] + 1))
        spans.append(tuple(own))
    return spans


def _runs(folded: str) -> list[_Run]:
    """Cut a sentence into runs of words that no sign interrupts."""
    runs: list[list[str]] = [[]]
    for words in cut_stretches(compact(folded)[0]):
        if "".join(words).isalnum():
            runs[-1] += words
            continue
        for word in words:
            if _WORD.match(word):
                runs[-1].append(word)
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
