"""Query -> which paragraphs match and how well, over whole arrays.

Scores are BM25F (Robertson, Zaragoza and Taylor 2004, "Simple BM25 extension to multiple weighted fields"): a word's
frequency in the paragraph and, at a lower weight, in its section path are added before they saturate. The idf is
Whoosh's, ln(N / (df + 1)) + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import units
from indexer.query import And, Clause, Node, Not, Or
from indexer.whoosh_backend.quotations import QuotationIndex
from indexer.whoosh_backend.words import FIELDS, Field, Ints, WordIndex

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]

K1 = 1.2
B = 0.75
SECTION_WEIGHT = 0.35
NEXT_TO_EACH_OTHER = 0.6
"""Two words that stand side by side in the query and in the paragraph count that much of their idf more."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a paragraph must hold to satisfy one piece of a query, and how well each paragraph does."""

    text: str
    mask: Mask
    scores: Scores
    idf: float
    clauses: tuple[Clause, ...] = ()


class Evaluator:
    """Evaluates one query against one open index; keeps what it looked up so that relaxing costs no second look-up."""

    def __init__(self, words: WordIndex, quotations: QuotationIndex, lengths: dict[Field, Ints]) -> None:
        self._words = words
        self._quotations = quotations
        self._count = words.count
        self._norms = {
            field: 1.0 - B + B * length / max(float(length.mean()) if len(length) else 1.0, 1e-9)
            for field, length in lengths.items()
        }

    def units(self, node: Node | None) -> tuple[list[Unit], Mask]:
        """Split a query into the units that must all match, and the paragraphs that its ``-`` parts leave."""
        allowed = np.ones(self._count, np.bool_)
        found: list[Unit] = []
        for part in node.parts if isinstance(node, And) else () if node is None else (node,):
            if isinstance(part, Not):
                allowed &= ~self._match(part.part).mask
            elif isinstance(part, Clause) and part.kind == "word":
                found.extend(self._word_units(part))
            else:
                found.append(self._match(part))
        return found, allowed

    def _match(self, node: Node) -> Unit:
        if isinstance(node, Not):
            inner = self._match(node.part)
            return Unit("-" + inner.text, ~inner.mask, np.zeros(self._count), 0.0)
        if isinstance(node, Clause):
            if node.kind == "word":
                return _all_of(node.text, self._word_units(node), (node,))
            return self._quotation(node) if node.kind == "phrase" else self._prefix(node)
        parts = [self._match(part) for part in node.parts]
        text = (" OR " if isinstance(node, Or) else " ").join(part.text for part in parts)
        if isinstance(node, Or):
            mask = np.logical_or.reduce([part.mask for part in parts])
            scores = np.sum([part.scores * part.mask for part in parts], axis=0)
            return Unit(text, mask, scores, max(part.idf for part in parts))
        return _all_of(text, parts, ())

    def _word_units(self, clause: Clause) -> list[Unit]:
        """One unit a word; neighbouring single characters, which the dictionary does not know as a word, as one."""
        found = [
            self._run(unit, clause) if len(unit) > 1 else self._term(unit[0], clause) for unit in units(clause.tokens)
        ]
        self._add_neighbours(found, [term for unit in units(clause.tokens) for term in unit])
        return found

    def _term(self, term: str, clause: Clause) -> Unit:
        return self._weighted(term, [self._frequencies(field, term) for field in FIELDS], clause)

    def _frequencies(self, field: Field, term: str) -> tuple[Ints, Ints]:
        postings = self._words.postings(field, term)
        return postings.paragraphs, postings.frequencies

    def _run(self, characters: tuple[str, ...], clause: Clause) -> Unit:
        found = []
        for field in FIELDS:
            width, keys = self._keys(field, characters[0])
            for step, character in enumerate(characters[1:], 1):
                keys = np.intersect1d(keys, self._keys(field, character)[1] - step, assume_unique=True)
            found.append(np.unique(keys // width, return_counts=True))
        return self._weighted("".join(characters), found, clause)

    def _keys(self, field: Field, term: str) -> tuple[int, NDArray[np.int64]]:
        """Number every place of a field: paragraph times width plus word position."""
        width = 1 << 24
        postings = self._words.postings(field, term)
        return width, np.unique(postings.owners.astype(np.int64) * width + postings.positions)

    def _add_neighbours(self, found: list[Unit], insisted: list[str]) -> None:
        if len(found) < 2:
            return
        for left, right in pairwise(insisted):
            width, keys = self._keys("body", left)
            together = np.intersect1d(keys, self._keys("body", right)[1] - 1, assume_unique=True)
            paragraphs = np.unique(together // width)
            bonus = NEXT_TO_EACH_OTHER * (self._idf(len(paragraphs)))
            found[-1].scores[paragraphs] += bonus

    def _quotation(self, clause: Clause) -> Unit:
        return self._weighted(clause.text, [self._quotations.find(clause.text)], clause)

    def _prefix(self, clause: Clause) -> Unit:
        found = []
        for field in FIELDS:
            frequencies = np.zeros(self._count, np.int32)
            for term in self._words.terms_beginning(field, clause.text):
                paragraphs, times = self._frequencies(field, term)
                frequencies[paragraphs] += times
            paragraphs = np.flatnonzero(frequencies)
            found.append((paragraphs, frequencies[paragraphs]))
        if len(clause.tokens) > 1:
            paragraphs, times = self._quotations.find(clause.text)
            found[0] = (paragraphs, times)
        return self._weighted(clause.text + "*", found, clause)

    def _weighted(self, text: str, found: list[tuple[Ints, Ints]], clause: Clause) -> Unit:
        mask = np.zeros(self._count, np.bool_)
        pseudo = np.zeros(self._count)
        for field, (paragraphs, frequencies) in zip(FIELDS, found, strict=False):
            weight = 1.0 if field == "body" else SECTION_WEIGHT
            mask[paragraphs] = True
            pseudo[paragraphs] += weight * frequencies / self._norms[field][paragraphs]
        idf = self._idf(int(mask.sum()))
        return Unit(text, mask, idf * (K1 + 1) * pseudo / (K1 + pseudo), idf, (clause,))

    def _idf(self, matching: int) -> float:
        return float(np.log(max(self._count, 1) / (matching + 1)) + 1.0)


def _all_of(text: str, parts: list[Unit], clauses: tuple[Clause, ...]) -> Unit:
    mask = np.logical_and.reduce([part.mask for part in parts])
    scores = np.sum([part.scores for part in parts], axis=0)
    return Unit(text, mask, scores, sum(part.idf for part in parts), clauses)
