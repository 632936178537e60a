"""A pasted clause -> the paragraphs that say the same, nearly the same, or the same things in other words.

The backend finds candidates by the clause's rarest words; each is then held against the clause in memory. Everything
is compared folded, punctuation and blanks aside.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from indexer.analysis import HAN, STOP_WORDS
from indexer.backend import CorpusSize, Hit, ResultPage, SearchBackend
from indexer.diff import Change, align, cut_pieces, diff
from indexer.errors import ParameterError
from indexer.fold import compact, fold
from indexer.lexicon import frequencies
from indexer.models import Span
from indexer.query import And, Clause, Query

Kind = Literal["same", "near", "loose"]

MAX_CHARACTERS = 500
MIN_HAN = 6
CANDIDATES = 100
"""Paragraphs that are held against the clause: one page of the backend."""
QUOTING = 20
"""Paragraphs that hold phrases of the clause as they are, held against it too."""
RAREST = 12
"""Words that candidates are found by; docs/decisions/clauses.md has what more and fewer of them find."""
NEAR = 0.6
"""Share of the clause's words, in order, from which a passage is near it."""
LOOSE = 0.5
"""Share of the weight of the rarest words from which a passage in other order or words is still shown."""
_FOREIGN = 0.25
"""What a word that the clause lacks costs a window, in weights of the clause's mean word; docs/decisions/clauses.md has
what other tolls find."""

_UNKNOWN = 3000
"""Frequency in jieba's corpus taken for what its dictionary lacks, numbers above all: plans share their years, so that
2024 shall tell no more than 落实 or 均衡 do."""

_HAN = re.compile(f"[{HAN}]")
_STOPS = frozenset("。;!?,:")
_KEPT = "%‰"
"""Signs that change what is said: 95 and 95% are not the same."""
_SIGNS = re.compile(rf"[^\w{_KEPT}]|_")


@dataclass(frozen=True, slots=True)
class Match:
    """One passage that answers a clause: ``window`` is a span of the text of the hit's paragraph.

    ``held`` of the clause's ``words`` stand in it in the clause's order; ``rare`` are its rarest words, ``shared``
    those of them that the window holds anywhere. ``changes`` lead from the clause to the window.
    """

    kind: Kind
    hit: Hit
    window: Span
    held: int
    words: int
    rare: tuple[str, ...]
    shared: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def share(self) -> float:
        """Share of the clause's words that stand in the window in the same order."""
        return self.held / self.words


@dataclass(frozen=True, slots=True)
class ClauseAnswer:
    """The passages that answer a clause, the best first.

    ``candidates`` of the ``total`` paragraphs that hold one of its ``rare`` words were held against it.
    """

    clause: str
    rare: tuple[str, ...]
    matches: tuple[Match, ...]
    candidates: int
    total: int
    corpus: CorpusSize
    took_ms: float


@dataclass(frozen=True, slots=True)
class Pasted:
    """A clause as it is compared: ``letters`` without any signs, ``weights`` of its distinct words."""

    text: str
    folded: str
    visible: str
    letters: str
    words: tuple[str, ...]
    weights: dict[str, float]
    rare: tuple[str, ...]


def search_clause(backend: SearchBackend, clause: str) -> ClauseAnswer:
    """Find what says the same as a clause, or nearly so: kinds in order, within a kind the largest share first.

    Raises ``ParameterError`` for more than ``MAX_CHARACTERS`` visible characters or fewer than ``MIN_HAN`` Han
    characters, and what the backend raises.
    """
    started = time.perf_counter()
    pasted = read_clause(clause)
    page, candidates = _candidates(backend, pasted)
    found = [(rank, match) for rank, hit in enumerate(candidates) if (match := _match(pasted, hit)) is not None]
    order = {"same": 0, "near": 1, "loose": 2}
    found.sort(key=lambda each: (order[each[1].kind], *_goodness(each[1]), each[0]))
    took = (time.perf_counter() - started) * 1000
    return ClauseAnswer(
        clause,
        pasted.rare,
        tuple(match for _, match in found),
        len(candidates),
        page.total,
        page.corpus,
        round(took, 3),
    )


def _candidates(backend: SearchBackend, pasted: Pasted) -> tuple[ResultPage, tuple[Hit, ...]]:
    """Find the paragraphs with the most rare words, and those that hold most of the clause's phrases as they are.

    The first cannot be all: a paragraph of thousands of characters ranks low by its words, whatever it quotes.
    """
    words = tuple(Clause("word", word, 0, 0, (word,)) for word in pasted.rare)
    phrases = dict.fromkeys(phrase for phrase in _SIGNS.split(pasted.visible) if len(phrase) >= MIN_HAN)
    quotations = tuple(Clause("phrase", phrase, 0, 0) for phrase in phrases)
    first, *more = (
        backend.search(Query(pasted.text, pasted.folded, And(parts), relax="any", per_page=most, expand=False))
        for parts, most in ((words, CANDIDATES), (quotations, QUOTING))
        if parts
    )
    hits = {hit.paragraph.id: hit for page in (first, *more) for hit in page.hits}
    return first, tuple(hits.values())


def _goodness(match: Match) -> tuple[float, ...]:
    """Sort by the words held, then by how little else the window says."""
    first = -len(match.shared) if match.kind == "loose" else -match.held
    return (first, -match.held, match.window[1] - match.window[0])


def read_clause(clause: str) -> Pasted:
    """Read a clause as it was pasted. Raises ``ParameterError`` if it is too long or too short to compare.

    >>> read_clause("落實以居住證為主要\\n依據的隨遷子女就學政策").rare
    ('落实', '居住证', '主要', '依据', '随迁子女', '就学', '政策')
    """
    text = clause.strip()
    folded = fold(text).text
    visible, _ = compact(folded)
    if len(visible) > MAX_CHARACTERS:
        raise ParameterError(f"条文最多 {MAX_CHARACTERS} 个字，这里有 {len(visible)} 个。请取其中一句或几句。")
    if len(_HAN.findall(visible)) < MIN_HAN:
        raise ParameterError(f"条文太短：至少要有 {MIN_HAN} 个汉字。找一个词请用检索框。")
    words = tuple(word for start, end in cut_pieces(visible) if _is_said(word := visible[start:end]))
    weights = {word: _weight(word) for word in words}
    return Pasted(text, folded, visible, _letters(visible)[0], words, weights, _rarest(words, weights))


def _rarest(words: Sequence[str], weights: dict[str, float]) -> tuple[str, ...]:
    """Choose the words that tell most, in the order of the clause; single characters only where there is no word."""
    telling = [word for word in weights if len(word) > 1 and word not in STOP_WORDS] or list(weights)
    chosen = set(sorted(telling, key=lambda word: -weights[word])[:RAREST])
    return tuple(word for word in dict.fromkeys(words) if word in chosen)


@lru_cache(maxsize=1)
def _corpus_size() -> int:
    return frequencies().total


@lru_cache(maxsize=65536)
def _weight(word: str) -> float:
    """Return how much a word tells: the information content of its frequency in jieba's corpus, in nats."""
    return math.log(_corpus_size() / frequencies().get(word, _UNKNOWN))


def _is_said(word: str) -> bool:
    return not _SIGNS.match(word)


def _letters(visible: str) -> tuple[str, list[int]]:
    """Return a text without its signs, and where each character stood."""
    kept = [at for at, char in enumerate(visible) if not _SIGNS.match(char)]
    return "".join([visible[at] for at in kept]), kept


def _match(pasted: Pasted, hit: Hit) -> Match | None:
    """Hold a paragraph against the clause; ``None`` if they have too little in common."""
    paragraph = hit.paragraph
    visible, offsets = compact(paragraph.folded)
    kind: Kind = "same"
    held = len(pasted.words)
    shared = pasted.rare
    window = _same_window(pasted, visible)
    if window is None:
        best = _best_window(pasted, visible) if _can_match(pasted, visible) else None
        if best is None:
            return None
        window, held, words = best
        shared = tuple(word for word in pasted.rare if word in words)
        if held >= NEAR * len(pasted.words):
            kind = "near"
        elif _weigh(pasted, shared) >= LOOSE:
            kind = "loose"
        else:
            return None
    low, high = offsets[window[0]], offsets[window[1] - 1] + 1
    changes = diff(pasted.text, pasted.folded, paragraph.text[low:high], paragraph.folded[low:high])
    return Match(kind, hit, (low, high), held, len(pasted.words), pasted.rare, shared, changes)


def _weigh(pasted: Pasted, shared: Iterable[str]) -> float:
    """Return which share of the weight of the rarest words these have."""
    return sum(pasted.weights[word] for word in shared) / sum(pasted.weights[word] for word in pasted.rare)


def _can_match(pasted: Pasted, visible: str) -> bool:
    """Tell, before a text is cut, whether it holds enough of the clause's words in any order: most texts do not."""
    return _weigh(pasted, (word for word in pasted.rare if word in visible)) >= LOOSE or sum(
        word in visible for word in pasted.words
    ) >= NEAR * len(pasted.words)


def _same_window(pasted: Pasted, visible: str) -> Span | None:
    """Find the clause's letters and digits in a text, with the signs around them that the clause has too."""
    if pasted.letters not in _SIGNS.sub("", visible):
        return None
    letters, places = _letters(visible)
    at = letters.find(pasted.letters)
    low, high = places[at], places[at + len(pasted.letters) - 1] + 1
    first, last = _edges(pasted.visible)
    while low and first and not _is_said(visible[low - 1]):
        low, first = low - 1, first - 1
    while high < len(visible) and last and not _is_said(visible[high]):
        high, last = high + 1, last - 1
    return low, high


def _edges(visible: str) -> tuple[int, int]:
    """Count the signs before the first and behind the last letter."""
    _, places = _letters(visible)
    return places[0], len(visible) - places[-1] - 1


def _best_window(pasted: Pasted, visible: str) -> tuple[Span, int, frozenset[str]] | None:
    """Find the run of phrases that says most of the clause for its length; how many words it holds in order, and which.

    A phrase gains the weights of its words that the clause has, and loses for each other word; the run with the largest
    sum is found in one pass (Kadane; Bentley 1984, "Algorithm design techniques"). Phrases at its ends that only say
    again what the rest says are left out.
    """
    phrases = _phrases(visible)
    toll = _FOREIGN * sum(pasted.weights.values()) / len(pasted.weights)
    best, best_sum, start, running = (0, 0), 0.0, 0, 0.0
    for at, phrase in enumerate(phrases):
        if running <= 0:
            start, running = at, 0.0
        running += sum(pasted.weights.get(word, -toll) for word in phrase.words)
        if running > best_sum:
            best, best_sum = (start, at + 1), running
    if best_sum <= 0:
        return None
    run = _without_repeats(phrases[best[0] : best[1]], pasted, toll)
    words = [word for phrase in run for word in phrase.words]
    low, high = run[0].start, run[-1].end
    if high < len(visible) and not _is_said(pasted.visible[-1]):
        high += 1  # the stop
    return (low, high), len(align(pasted.words, words)), frozenset(words)


def _without_repeats(run: list[_Phrase], pasted: Pasted, toll: float) -> list[_Phrase]:
    """Drop phrases from the ends of a run while what they add of the clause is worth less than their other words."""
    asked = Counter(pasted.words)
    held = Counter(word for phrase in run for word in phrase.words)

    def worth(phrase: _Phrase) -> float:
        own = Counter(phrase.words)
        added = {word: min(asked[word], held[word]) - min(asked[word], held[word] - own[word]) for word in own}
        gained = sum(pasted.weights[word] * count for word, count in added.items() if count)
        return gained - toll * (len(phrase.words) - sum(added.values()))

    run = list(run)
    for end in (-1, 0):
        while len(run) > 1 and worth(run[end]) <= 0:
            held.subtract(run.pop(end).words)
    return run


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What stands from one comma or stop to the next, without them, and its words."""

    start: int
    end: int
    words: tuple[str, ...]


def _phrases(visible: str) -> list[_Phrase]:
    phrases: list[_Phrase] = []
    low = 0
    words: list[str] = []
    for start, end in [*cut_pieces(visible), (len(visible), len(visible))]:
        if start == end or visible[start] in _STOPS:
            if words:
                phrases.append(_Phrase(low, start, tuple(words)))
            low, words = end, []
        elif _is_said(visible[start:end]):
            words.append(visible[start:end])
    return phrases
