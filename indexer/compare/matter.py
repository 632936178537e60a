"""How much of what one document says another says too, phrase by phrase, wherever it says it.

A paragraph of a plan says many things, and another year says them in other paragraphs, split or merged. So it is
phrases that look for their matter in the whole of the other document. A phrase is its words, those that few paragraphs
of the corpus hold weighing more; what a place of the other document says of it is the share of that weight. Constants
were chosen on the reports of provinces; docs/decisions/comparing.md has what was measured.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import STOP_WORDS, inner_words, tokenize
from indexer.compare.passages import Passage, cut_passage, phrases
from indexer.compare.topic import DOING, LEAST_RELATED
from indexer.models import Paragraph, Span
from indexer.thesaurus import expansions
from indexer.word_class import Class, word_class

Table = NDArray[np.float64]

TELLING = 0.5
"""Weight from which words name a matter; a word that one paragraph of the corpus holds weighs 1."""
_ENOUGH = 0.85
"""Weight of a phrase above which more words need not be said elsewhere: long phrases are never said again in full."""
_RARE, _FEW = 4, 0.001
"""Paragraphs of the corpus, and share of it, below which a word is taken for the name of a project, which is another
every year, ..."""
_NAME = 0.5
"""... and what its rarity counts then."""
_CLASS: dict[Class, float] = {"name": 1.0, "place": 0.7, "deed": 0.7, "manner": 0.5}
"""What the rarity of a word counts by what the word does."""
_INSIDE, _IN_PART = 0.8, 0.7
"""What a word counts of which only the words inside are said (违法犯罪: 犯罪), or only pairs of characters."""
_KNOWN = 0.5
"""How far a document must say a word, in other words or in part, to know it."""
_TWO, _PARAGRAPH = 0.95, 0.75
"""What is said by a sentence together with the next, or all over a paragraph, counts of what one sentence says."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands between two commas: ``sentence`` counts through the document, ``span`` is of the paragraph's text."""

    paragraph: int
    sentence: int
    span: Span
    folded: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sayings:
    """A document cut up: its phrases in order, and for each sentence its paragraph and its folded text."""

    phrases: tuple[Phrase, ...]
    sentences: tuple[tuple[int, str], ...]
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Held:
    """What of each phrase of one document another says, as shares of the phrase's weight (0 to 1).

    ``best`` is what the best place says, ``anywhere`` what is said at all, in whatever places; ``by_paragraph`` has a
    row a phrase and a column a paragraph of the other document; ``weight`` is that of the phrase, ``_ENOUGH`` at most;
    ``news`` is the weight of the names of things in it that the other document says nowhere.
    """

    best: Table
    anywhere: Table
    by_paragraph: Table
    weight: Table
    news: Table


def cut_sayings(paragraphs: Sequence[Paragraph]) -> Sayings:
    """Cut the paragraphs of a document into sentences and phrases; run-in titles are sentences too.

    >>> text = "14.重视关爱教育。落实随迁子女就学政策。落实控辍保学责任，确保三年巩固率达95%以上。"
    >>> found = cut_sayings([Paragraph("p", "d", 1, (), (), "14", ((0, len(text)),), text, text.replace("，", ","))])
    >>> [(each.sentence, text[slice(*each.span)]) for each in found.phrases]
    [(0, '重视关爱教育'), (1, '落实随迁子女就学政策。'), (2, '落实控辍保学责任'), (2, '确保三年巩固率达95%以上。')]
    """
    found: list[Phrase] = []
    sentences: list[tuple[int, str]] = []
    for number, paragraph in enumerate(paragraphs):
        passage = cut_passage(paragraph)
        for span in sentences_of(passage):
            for low, high in phrases(passage.visible, span):
                folded = passage.visible[low:high]
                there = passage.span_in_text((low, high))
                found.append(Phrase(number, len(sentences), there, folded, matter_of(folded)))
            sentences.append((number, passage.visible[slice(*span)]))
    return Sayings(tuple(found), tuple(sentences), len(paragraphs))


def sentences_of(passage: Passage) -> tuple[Span, ...]:
    """Return the sentences of a passage, its title the first."""
    return (passage.title, *passage.sentences) if passage.title else passage.sentences


def matter_of(folded: str) -> tuple[str, ...]:
    """Return the words of a text that tell its matter: no numbers, single characters, nor what is done about it.

    >>> matter_of("推进控辍保学,确保三年巩固率达95%以上。")
    ('控辍保学', '三年', '巩固率', '以上')
    """
    return tuple(
        dict.fromkeys(
            token.term
            for token in tokenize(folded)
            if not token.inner
            and len(token.term) > 1
            and not token.term[0].isdigit()
            and token.term not in STOP_WORDS
            and token.term not in DOING
        )
    )


class Weights:
    """What words weigh: the square of their rarity, 0 for one that every paragraph holds to 1 for one that one holds.

    ``vocabulary`` says how many of the ``paragraphs`` of a corpus hold each word. Squared, as one word that few others
    say tells more of a matter than two that half of them say.

    >>> weights = Weights({"工作": 1500, "学位": 30}, 4500)
    >>> round(weights["工作"], 2), round(weights["学位"], 2)
    (0.02, 0.35)
    """

    def __init__(self, vocabulary: Mapping[str, int], paragraphs: int) -> None:
        self._vocabulary, self._paragraphs = vocabulary, max(paragraphs, 2)
        self._known: dict[str, float] = {}

    def __getitem__(self, word: str) -> float:
        weight = self._known.get(word)
        if weight is None:
            held = self._vocabulary.get(word, 0)
            rarity = max(math.log(self._paragraphs / (held + 1)) / math.log(self._paragraphs), 0.02)
            name = held < _RARE and held < _FEW * self._paragraphs
            weight = (rarity * _CLASS[word_class(word)] * (_NAME if name else 1.0)) ** 2
            self._known[word] = weight
        return weight


def hold(ours: Sayings, theirs: Sayings, weights: Weights) -> Held:
    """Say what of each of our phrases they say. Takes time in proportion to our words times their sentences."""
    rows = [(row, word) for row, each in enumerate(ours.phrases) for word in each.words]
    shares = np.array([weights[word] for _, word in rows], np.float64)
    owners = np.array([row for row, _ in rows], np.int64)
    weight: Table = np.bincount(owners, shares, len(ours.phrases)).astype(np.float64)
    if not theirs.sentences or not rows:
        nothing = np.zeros(len(ours.phrases))
        by_paragraph = np.zeros((len(ours.phrases), theirs.paragraphs))
        return Held(nothing, nothing, by_paragraph, np.minimum(weight, _ENOUGH), weight)
    names = np.array([word_class(word) == "name" for _, word in rows])
    full = shares.copy()
    shares /= np.clip(weight, 1e-9, _ENOUGH)[owners]
    terms = {term: at for at, term in enumerate(dict.fromkeys(word for _, word in rows))}
    asked = np.array([terms[word] for _, word in rows])
    starts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))

    def told(said: Table) -> Table:
        """Add up what is said of the words of each phrase."""
        found = np.zeros((len(ours.phrases), said.shape[1]))
        found[owners[starts]] = np.add.reduceat(shares[:, None] * said[asked], starts, axis=0)
        return found

    said = _said(list(terms), [text for _, text in theirs.sentences], weights)
    paragraphs = np.array([paragraph for paragraph, _ in theirs.sentences])
    last = np.append(paragraphs[1:] != paragraphs[:-1], True)
    two = np.where(last, said, np.maximum(said, np.roll(said, -1, axis=1)))
    firsts = np.flatnonzero(np.append(True, last[:-1]))
    whole = np.zeros((len(terms), theirs.paragraphs))
    whole[:, paragraphs[firsts]] = np.maximum.reduceat(said, firsts, axis=1)
    by_paragraph = np.minimum(told(whole), 1.0)
    best = np.maximum.reduce(
        [told(said).max(axis=1), _TWO * told(two).max(axis=1), _PARAGRAPH * by_paragraph.max(axis=1)]
    )
    anywhere = told(said.max(axis=1, keepdims=True))[:, 0]
    unknown = names & (said.max(axis=1) < _KNOWN)[asked]
    news: Table = np.bincount(owners, full * unknown, len(ours.phrases)).astype(np.float64)
    return Held(np.minimum(best, 1.0), np.minimum(anywhere, 1.0), by_paragraph, np.minimum(weight, _ENOUGH), news)


_BETWEEN = "\n"
"""Stands between texts that are searched in one go; no word holds it."""


def _said(terms: Sequence[str], texts: Sequence[str], weights: Weights) -> Table:
    """Return how far each text says each term, in other words too: rows are terms, columns texts."""
    joined = _BETWEEN.join(texts)
    ends = list(accumulate(len(text) + 1 for text in texts))
    known: dict[str, Table] = {}

    def held(word: str) -> Table:
        if word not in known:
            known[word] = found = np.zeros(len(texts))
            at = joined.find(word)
            while at >= 0:
                text = bisect_right(ends, at)
                found[text] = 1.0
                at = joined.find(word, ends[text])
        return known[word]

    return np.stack([_told(term, held, weights) for term in terms])


def _told(term: str, held: Callable[[str], Table], weights: Weights) -> Table:
    """Return how far each text says a term: as it is, in part, or as the thesaurus has it."""
    best: Table = held(term)
    if len(term) > 2:
        inner = [term[low:high] for low, high in inner_words(term)]
        parts = inner or [term[at : at + 2] for at in range(len(term) - 1)]
        shares = np.array([weights[part] if inner else 1.0 for part in parts])
        inside = shares @ np.stack([held(part) for part in parts]) / shares.sum()
        best = np.maximum(best, (_INSIDE if inner else _IN_PART) * inside)
    for each in expansions((term,)):
        if each.kind == "equal" or each.weight >= LEAST_RELATED:
            there = np.minimum.reduce([held("".join(words)) for words in each.words])
            best = np.maximum(best, each.weight * there)
    return best
