"""What a reader may have meant where the words typed do not stand in the corpus: 控缀保学 for 控辍保学.

A correction replaces one stretch of a clause by what the corpus holds. Two things must agree: the replacement is like
what was typed (same sound, near sound, one character wrong, missing, surplus, two swapped), and the corpus makes it
much likelier, by how often its words stand there and stand side by side. What stands in the corpus as typed is never
corrected; where all that was typed are words, only what sounds the same and stands beside its neighbour replaces one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from indexer.analysis import HAN, STOP_WORDS, Token, tokenize
from indexer.lexicon import frequencies, is_word
from indexer.likeness import Why, look_alike
from indexer.pinyin import blur, characters_by_sound, sounds_alike, syllables, typed_pinyin
from indexer.places import find_places
from indexer.wordlist import LONGEST, WordList

Together = Callable[[Sequence[str]], int]
"""How many paragraphs hold these words side by side."""

# How much likelier (natural logarithm) the corpus must make a correction, by what is wrong and for one, two, more
# characters typed; what was measured is in docs/decisions/spelling.md.
_ENOUGH: dict[Why, tuple[float, float, float]] = {
    "同音": (9.0, 12.6, 6.0),
    "近音": (13.0, 13.0, 8.0),
    "颠倒": (10.0, 10.0, 7.0),
    "形近或错一字": (12.0, 10.0, 12.0),
    "缺字": (11.0, 12.0, 9.0),
    "多字": (20.0, 20.0, 20.0),
}
_CHANGED = 5.0
"""More that each further changed character asks for, and once more where none is left."""
_RIGHT = 4.0
"""More that is asked for to replace a word of the dictionary because of its neighbour alone: 义乌 is not 义务."""
_ELSEWHERE = 0.1
"""How much ordinary Chinese counts beside the corpus: it knows the words that a small corpus happens to lack."""
_LONGEST_RUN = 40
"""Characters of the longest run that is looked at: longer is a pasted sentence, not a slip of the fingers."""
_WEIGHED = 24
"""Candidates weighed by the words beside them, the likeliest by their own frequency; more cost 20 µs each and up."""
_HAN_RUN = re.compile(rf"[{HAN}]{{2,{_LONGEST_RUN}}}")


@dataclass(frozen=True, slots=True)
class Correction:
    """``replacement`` for what was typed at ``[start, end)`` of the folded clause; the higher ``score``, the surer."""

    start: int
    end: int
    original: str
    replacement: str
    why: Why
    score: float


@dataclass(frozen=True, slots=True)
class _Read:
    """A run of Han characters as the corpus reads it: its words, how many paragraphs hold each of them beside the next,
    and the characters that are doubtful.
    """

    text: str
    tokens: tuple[Token, ...]
    pairs: tuple[int, ...]
    doubtful: frozenset[int]


def _never(_: Sequence[str]) -> int:
    return 0


class Speller:
    """Finds corrections in one build of an index; may be used from several threads.

    ``vocabulary`` are the words of the index with their numbers of paragraphs. Without ``together`` nothing is known of
    what stands side by side, so that only what is wrong by itself can be corrected.
    """

    def __init__(self, vocabulary: Mapping[str, int], together: Together = _never) -> None:
        self._vocabulary = WordList.of(vocabulary)
        self._total = self._vocabulary.total + 1
        self._together: Callable[[tuple[str, ...]], int] = lru_cache(maxsize=20_000)(together)

    def corrections(self, clause_text: str) -> tuple[Correction, ...]:
        """Return what may have been meant by a folded clause, best first; nothing where it is right as it stands.

        >>> speller = Speller({"控辍保学": 9, "学生": 400, "心理健康": 120, "心里": 1, "健康": 200, "教育": 900})
        >>> [(each.replacement, each.why) for each in speller.corrections("控缀保学")]
        [('控辍保学', '形近或错一字')]
        >>> [(each.start, each.replacement) for each in speller.corrections("学生心里健康教育")]
        [(2, '心理健康')]
        >>> speller.corrections("教育健康")
        ()
        """
        best: dict[tuple[int, int, str], Correction] = {}
        for match in _HAN_RUN.finditer(clause_text):
            for found in self._in_run(match[0]):
                at = match.start()
                moved = Correction(
                    found.start + at, found.end + at, found.original, found.replacement, found.why, found.score
                )
                best[moved.start, moved.end, moved.replacement] = moved
        return tuple(sorted(best.values(), key=lambda each: (-each.score, each.start, each.replacement)))

    def from_pinyin(self, text: str) -> tuple[str, ...]:
        """Return the words of the index, or two that stand side by side, that typed pinyin or initials may mean.

        >>> speller = Speller({"控辍保学": 9, "学生": 40, "新生": 7, "随迁子女": 5})
        >>> speller.from_pinyin("suíqiān zǐnǚ"), speller.from_pinyin("xs"), speller.from_pinyin("随迁")
        (('随迁子女',), ('学生', '新生'), ())
        """
        letters = typed_pinyin(text)
        if letters is None or len(letters) < 2:
            return ()
        whole = self._vocabulary.sounding(letters)
        return tuple(whole or self._pairs_from_pinyin(letters))

    def words_from_pinyin(self, letters: str, most: int) -> list[str]:
        """Return the words whose pinyin or initials begin with these letters, most frequent first."""
        return self._vocabulary.spelt_beginning(letters, most)

    def _pairs_from_pinyin(self, letters: str) -> list[str]:
        found: dict[str, int] = {}
        for at in range(2, len(letters) - 1):
            for first in self._vocabulary.spelt(letters[:at])[:8]:
                for second in self._vocabulary.spelt(letters[at:])[:8]:
                    count = self._together((first, second))
                    if count:
                        found[first + second] = count
        return sorted(found, key=lambda words: (-found[words], words))

    def _in_run(self, run: str) -> list[Correction]:
        # In the order of what they cost: most runs stand in the corpus, and most others leave nothing to propose. Only
        # how likely a run is takes all of jieba's dictionary, a tenth of a second when it is first read.
        if self._stands(_outer(run)):
            return []
        typed = self._read(run)
        proposals: dict[str, tuple[int, int, str, Why]] = {}
        for start, end, replacement, why in self._proposals(typed):
            other = run[:start] + replacement + run[end:]
            known = proposals.get(other)
            if known is None or known[1] - known[0] < end - start:  # as a word, where it is one
                proposals[other] = (start, end, replacement, why)
        if not proposals:
            return []
        likelihood = self._likelihood(typed.tokens, typed.pairs)
        rough = {other: self._likelihood(_outer(other), ()) for other in proposals}
        asked = {other: _asked(run[start:end], word, why) for other, (start, end, word, why) in proposals.items()}
        likely = sorted(proposals, key=lambda other: asked[other] - rough[other])[:_WEIGHED]
        found = []
        for other in likely:
            start, end, replacement, why = proposals[other]
            read = self._read(other)
            more = self._more(typed, read, (start, end), start + len(replacement))
            if more == math.inf:
                continue
            score = self._likelihood(read.tokens, read.pairs) - likelihood - more - asked[other]
            if score > 0:
                found.append(Correction(start, end, run[start:end], replacement, why, round(score, 3)))
        return found

    # What might be meant

    def _proposals(self, typed: _Read) -> Iterator[tuple[int, int, str, Why]]:
        run, length = typed.text, len(typed.text)
        for start in range(length):
            for end in range(start + 1, min(length, start + LONGEST + 1) + 1):
                if typed.doubtful.intersection(range(start, end)):
                    for word, why in self._vocabulary.alike(run[start:end]):
                        if why != "形近或错一字" or not _is_another_word(typed.tokens, start, word, run):
                            yield start, end, word, why
        for at in sorted(typed.doubtful):
            for syllable in dict.fromkeys(map(blur, syllables(run[at]))):
                for char in characters_by_sound().get(syllable, ""):
                    if char != run[at] and char in self._vocabulary and char not in STOP_WORDS:
                        yield at, at + 1, char, "同音" if sounds_alike(char, run[at]) else "近音"
            for low in (at - 1, at):
                if low >= 0 and low + 1 < length and run[low] != run[low + 1]:
                    yield low, low + 2, run[low + 1] + run[low], "颠倒"
        yield from self._homophones(typed)

    def _homophones(self, typed: _Read) -> Iterator[tuple[int, int, str, Why]]:
        """Propose for right words that never stand side by side what sounds the same: 心里 + 健康.

        Longer words may also have two characters swapped (随迁女子): four characters leave little to chance.
        """
        pairs = typed.pairs
        for first, token in enumerate(typed.tokens):
            for last in range(first, min(len(typed.tokens), first + 4)):
                if all(pairs[max(0, first - 1) : last + 1] if first == last else pairs[first:last]):
                    continue
                start, end = token.start, typed.tokens[last].end
                if end - start < 2 or typed.doubtful.intersection(range(start, end)):
                    continue
                for word, why in self._vocabulary.alike(typed.text[start:end]):
                    if why == "同音" or (why == "颠倒" and len(word) > 3):
                        yield start, end, word, why

    # How likely it is

    def _more(self, typed: _Read, other: _Read, span: tuple[int, int], end: int) -> float:
        """Return how much likelier still the other reading must be, infinitely if it may not replace the typed one."""
        start = span[0]
        touched = [token for token in other.tokens if token.start < end and start < token.end]
        if any(token.term not in self._vocabulary for token in touched):
            return math.inf
        if other.doubtful.intersection(range(start, end)) or len(other.doubtful) > len(typed.doubtful):
            return math.inf
        if typed.doubtful.intersection(range(*span)):
            return 0.0
        if len(touched) == 1 and len(touched[0].term) > 2 and self._vocabulary[touched[0].term] > 1:
            return 0.0
        around = [
            token
            for token in other.tokens
            if token in touched or token.end == touched[0].start or token.start == touched[-1].end
        ]
        beside = any(self._pair(one.term, two.term) > 1 for one, two in pairwise(around))
        return _RIGHT if beside else math.inf

    def _read(self, run: str) -> _Read:
        tokens = _outer(run)
        pairs = tuple(self._pairs(tokens))
        return _Read(run, tokens, pairs, self._doubts(run, tokens, pairs))

    def _stands(self, tokens: Sequence[Token]) -> bool:
        words = tuple(token.term for token in tokens)
        if any(word not in self._vocabulary for word in words):
            return False
        return len(words) == 1 or bool(self._together(words))

    def _doubts(self, run: str, tokens: Sequence[Token], pairs: Sequence[int]) -> frozenset[int]:
        """Find the characters that make no word: unknown ones, and single ones that stand beside neither neighbour.

        A character beside them counts too if its word is none of the corpus: 思正课 is cut into 思 and 正课.
        Full names of places are right whether the corpus has them or not.
        """
        doubtful: set[int] = set()
        lacking: set[int] = set()
        for number, token in enumerate(tokens):
            characters = range(token.start, token.end)
            if token.term in self._vocabulary:
                if (
                    len(token.term) == 1
                    and token.term not in STOP_WORDS
                    and not any(pairs[max(0, number - 1) : number + 1])
                ):
                    doubtful.add(token.start)
            elif len(token.term) > 1 and is_word(token.term):
                lacking.update(characters)
            else:
                doubtful.update(characters)
        doubtful |= {at + step for at in doubtful for step in (-1, 1)} & lacking
        for mention in find_places(run) if doubtful else ():
            if mention.end - mention.start > 2:
                doubtful.difference_update(range(mention.start, mention.end))
        return frozenset(doubtful)

    def _pairs(self, tokens: Sequence[Token]) -> list[int]:
        return [self._pair(one.term, other.term) for one, other in pairwise(tokens)]

    def _pair(self, one: str, other: str) -> int:
        if one not in self._vocabulary or other not in self._vocabulary:
            return 0
        return self._together((one, other))

    def _likelihood(self, tokens: Sequence[Token], pairs: Sequence[int]) -> float:
        """Return the logarithm of a probability: each word by its frequency, and by what stands before it."""
        total = 0.0
        for number, token in enumerate(tokens):
            count = self._vocabulary.get(token.term, 0)
            if count == 0:
                total += math.log(0.02 / self._total + _ELSEWHERE * _everyday(token.term))
                continue
            alone = count / self._total + _ELSEWHERE * _everyday(token.term)
            if number and pairs and pairs[number - 1]:
                before = self._vocabulary[tokens[number - 1].term]
                total += math.log(0.4 * alone + 0.6 * min(1.0, pairs[number - 1] / before))
            else:
                total += math.log(alone if not pairs or not number else 0.4 * alone)
        return total


def _is_another_word(tokens: Sequence[Token], start: int, word: str, run: str) -> bool:
    """Whether all but the changed character is made of words, one stray character at most: 生态链 is not 生态化."""
    end = start + len(word)
    changed = next(at for at in range(start, end) if run[at] != word[at - start])
    if look_alike(run[changed], word[changed - start]):
        return False
    kept = sum(
        token.end - token.start
        for token in tokens
        if start <= token.start and token.end <= end and not token.start <= changed < token.end and len(token.term) > 1
    )
    return kept >= len(word) - 2 > 0 and kept > 0


def _asked(original: str, replacement: str, why: Why) -> float:
    """Return how much likelier a replacement must be than what was typed."""
    asked = _ENOUGH[why][min(len(original), 3) - 1]
    if why in ("同音", "近音"):
        changed = sum(one != other for one, other in zip(original, replacement, strict=True))
        asked += _CHANGED * (changed - 1 + (changed == len(original) > 1))
    return asked


def _everyday(word: str) -> float:
    """Return how large a part of ordinary Chinese a word is, by jieba's dictionary, which counts 60 million."""
    return frequencies().get(word, 0) / 60_101_967


@lru_cache(maxsize=4096)
def _outer(run: str) -> tuple[Token, ...]:
    return tuple(token for token in tokenize(run) if not token.inner)
