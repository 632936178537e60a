"""Query -> the units that paragraphs must hold, each with the paragraphs that do and how well they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from indexer.analysis import units
from indexer.backend import Expanded
from indexer.query import And, Clause, Node, Not, Or
from indexer.thesaurus import Expansion
from indexer.whoosh_backend.matching import FIELDS, Ints, Matcher
from indexer.whoosh_backend.scoring import Mask, Scorer, Scores

NEXT_TO_EACH_OTHER = 0.6
"""Two words side by side in the query that are so in the paragraph too add this much of their pair's idf."""
DOCUMENT_SHARE = 0.1
"""A word that only the document's title, place or year holds counts this much of its idf."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a paragraph must hold to satisfy one piece of a query, and how well each paragraph does."""

    text: str
    mask: Mask
    scores: Scores
    idf: float


@dataclass(frozen=True, slots=True)
class Searchable:
    """What an open build is searched through: ``owners`` is the document number of each paragraph, ``document_words``
    what the title, place and years of each document say, ``converted`` the paragraphs that a converter wrote.
    """

    matcher: Matcher
    scorer: Scorer
    owners: Ints
    document_words: Sequence[frozenset[str]]
    converted: Mask


class Evaluator:
    """Evaluates one query; afterwards ``expanded`` says what each of its expansions found."""

    def __init__(self, searchable: Searchable) -> None:
        self._matcher = searchable.matcher
        self._scorer = searchable.scorer
        self._searchable = searchable
        self.expanded: list[Expanded] = []

    def units(self, node: Node | None) -> tuple[list[Unit], Mask]:
        """Split a query into the units that must all match, and the paragraphs that its ``-`` parts leave.

        In a query of several units, a word that the paragraph's document has in its title, place or years is there,
        as long as the paragraph itself holds something of the query.
        """
        allowed = np.ones(self._scorer.count, np.bool_)
        found: list[Unit] = []
        for part in node.parts if isinstance(node, And) else () if node is None else (node,):
            if isinstance(part, Not):
                allowed &= ~self._match(part.part).mask
            elif isinstance(part, Clause) and part.kind == "word":
                found.extend(self._word_units(part))
            else:
                found.append(self._match(part))
        if len(found) > 1:
            something = np.logical_or.reduce([unit.mask for unit in found])
            found = [self._with_document(unit, something) for unit in found]
        return found, allowed

    def _with_document(self, unit: Unit, something: Mask) -> Unit:
        documents = np.array([unit.text in words for words in self._searchable.document_words], np.bool_)
        if not documents.any():
            return unit
        extra = documents[self._searchable.owners] & something & ~unit.mask
        scores = np.where(extra, DOCUMENT_SHARE * unit.idf, unit.scores)
        return replace(unit, mask=unit.mask | extra, scores=scores)

    def _match(self, node: Node) -> Unit:
        if isinstance(node, Not):
            inner = self._match(node.part)
            return Unit("-" + inner.text, ~inner.mask, np.zeros(self._scorer.count), 0.0)
        if isinstance(node, Clause):
            if node.kind == "word":
                return _all_of(node.text, self._word_units(node))
            if node.kind == "phrase":
                return self._unit(node.text, [self._matcher.quotation(node.text)])
            return self._prefix(node)
        parts = [self._match(part) for part in node.parts]
        return _any_of(" OR ".join(part.text for part in parts), parts) if isinstance(node, Or) else _all_of("", parts)

    def _prefix(self, clause: Clause) -> Unit:
        found = [self._matcher.beginning(field, clause.text) for field in FIELDS]
        if len(clause.tokens) > 1:
            found[0] = self._matcher.quotation(clause.text)
        return self._unit(clause.text + "*", found)

    def _word_units(self, clause: Clause) -> list[Unit]:
        """One unit a word; neighbouring characters that are no word, and what the thesaurus knows more of, as one."""
        found: list[Unit] = []
        for tokens, expansions in _pieces(clause):
            typed = [self._typed(unit) for unit in units(tokens)]
            self._reward_neighbours(typed, tokens)
            if expansions:
                whole = typed[0] if len(typed) == 1 else _all_of("".join(tokens), typed)
                found.append(self._expanded(whole, expansions))
            else:
                found.extend(typed)
        if len(found) > 1:
            self._reward_neighbours(found, clause.tokens)
        return found

    def _typed(self, unit: Sequence[str]) -> Unit:
        if len(unit) == 1:
            return self._unit(unit[0], [self._matcher.term(field, unit[0]) for field in FIELDS])
        return self._unit("".join(unit), [self._matcher.side_by_side(field, unit) for field in FIELDS])

    def _expanded(self, typed: Unit, expansions: Sequence[Expansion]) -> Unit:
        """Let other words stand for what was typed, for less than it would count: an idf no higher, times a weight."""
        mask, scores = typed.mask.copy(), typed.scores * typed.mask
        for expansion in expansions:
            found = [self._matcher.near(field, expansion.words) for field in FIELDS]
            most = typed.idf if typed.mask.any() else None
            theirs, worth, _ = self._scorer.score(found, most)
            if expansion.scope == "converted":
                theirs &= self._searchable.converted
            self.expanded.append(Expanded(expansion, int(theirs.sum())))
            np.maximum(scores, worth * expansion.weight, out=scores, where=theirs)
            mask |= theirs
        return Unit(typed.text, mask, scores, typed.idf if typed.mask.any() else self._scorer.idf(int(mask.sum())))

    def _reward_neighbours(self, found: Sequence[Unit], tokens: Sequence[str]) -> None:
        terms = [term for unit in units(tokens) for term in unit]
        if len(found) < 2:
            return
        for pair in pairwise(terms):
            paragraphs, _ = self._matcher.side_by_side("body", pair)
            found[-1].scores[paragraphs] += NEXT_TO_EACH_OTHER * self._scorer.idf(len(paragraphs))

    def _unit(self, text: str, found: Sequence[tuple[np.ndarray, np.ndarray]]) -> Unit:
        return Unit(text, *self._scorer.score(found))


def _pieces(clause: Clause) -> Iterator[tuple[tuple[str, ...], tuple[Expansion, ...]]]:
    """Split the tokens of a clause where the thesaurus knows other words for some of them."""
    at = 0
    for (start, end), expansions in groupby(clause.expansions, key=lambda expansion: (expansion.start, expansion.end)):
        if start < at:
            continue
        if at < start:
            yield clause.tokens[at:start], ()
        yield clause.tokens[start:end], tuple(expansions)
        at = end
    if at < len(clause.tokens):
        yield clause.tokens[at:], ()


def _all_of(text: str, parts: Sequence[Unit]) -> Unit:
    mask = np.logical_and.reduce([part.mask for part in parts])
    return Unit(text, mask, np.sum([part.scores for part in parts], axis=0), sum(part.idf for part in parts))


def _any_of(text: str, parts: Sequence[Unit]) -> Unit:
    mask = np.logical_or.reduce([part.mask for part in parts])
    return Unit(
        text, mask, np.sum([part.scores * part.mask for part in parts], axis=0), max(part.idf for part in parts)
    )
