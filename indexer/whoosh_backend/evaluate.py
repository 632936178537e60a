"""Query -> the units that paragraphs must hold, each with the paragraphs that do and how well they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

import numpy as np

from indexer.analysis import inner_words, is_question, units
from indexer.backend import Expanded
from indexer.query import And, Clause, Near, Node, Not, Or, leaves
from indexer.thesaurus import Expansion
from indexer.whoosh_backend.arrays import (
    Mask,
    Numbers,
    Values,
    Weighted,
    at_each,
    common,
    greatest,
    summed,
    table_of,
    union,
    without,
)
from indexer.whoosh_backend.fields import DocumentFields
from indexer.whoosh_backend.matching import FIELDS, NOTHING, Found, Matcher, Sequenced
from indexer.whoosh_backend.owners import Owners
from indexer.whoosh_backend.scoring import Scorer

NEXT_TO_EACH_OTHER = 0.6
"""Two words side by side in the query that are so in the paragraph too add this much of their pair's idf."""
MOST_WORDS = 64
"""Words of a query that are looked for: the rarest; a clause of 100 characters has some 50."""
DOCUMENT_SHARE = 0.1
"""A word that only the document's title, issuer, place or years hold counts this much of its idf."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a paragraph must hold to satisfy one piece of a query: the paragraphs that do, and how well each does.

    ``typed`` are those that hold it as typed, in their text or the headings above, ``own`` those that hold it there in
    any words; ``sequence`` its terms, where it is nothing but terms side by side; ``inside`` the units of the words
    inside a word, or a term of the thesaurus, that no paragraph holds in any wording, to fall back on.
    """

    text: str
    paragraphs: Numbers
    scores: Values
    idf: float
    typed: Numbers
    own: Numbers
    sequence: Sequenced = ()
    inside: tuple[Unit, ...] = ()


@dataclass(slots=True)
class Evaluation:
    """A query evaluated: the units that must all match, and what nothing in it excludes.

    ``documents`` are those that may answer, ``None`` all; ``excluded`` are paragraphs that may not. ``expanded`` says
    what each expansion found; ``neighbours`` rewards paragraphs whose words stand together; ``left_out`` counts the
    words of a passage that were not looked for; ``question`` says that it is asked as one.
    """

    count: int
    """Paragraphs of the index."""
    owners: Owners
    units: list[Unit] = field(default_factory=list)
    documents: Mask | None = None
    excluded: list[Numbers] = field(default_factory=list)
    neighbours: list[Weighted] = field(default_factory=list)
    expanded: list[Expanded] = field(default_factory=list)
    left_out: int = 0
    question: bool = False

    def allowed(self, paragraphs: Numbers) -> Numbers:
        """Return those of the paragraphs that nothing in the query excludes."""
        for excluded in self.excluded:
            paragraphs = without(paragraphs, excluded, self.count)
        return self.owners.within(paragraphs, self.documents)

    def restrict(self, documents: Mask) -> None:
        """Let only these of the documents answer."""
        self.documents = documents if self.documents is None else self.documents & documents


class Evaluator:
    """Evaluates queries against one open index."""

    def __init__(self, matcher: Matcher, scorer: Scorer, fields: DocumentFields, owners: Owners) -> None:
        self.matcher = matcher
        self._scorer = scorer
        self._fields = fields
        self._owners = owners
        self._count = scorer.count

    def evaluate(self, root: Node | None, *, exact: bool = False) -> Evaluation:
        """Split a query into units.

        In a query of several units, a word that the paragraph's document has in its title, issuer, place or years is
        there, as long as the paragraph itself holds something of the query; unless it must be ``exact``.
        """
        found = Evaluation(self._count, self._owners)
        root, found.left_out = self._telling(root)
        found.question = any(is_question(clause.tokens) for clause in leaves(root, negated=False))
        for part in root.parts if isinstance(root, And) else () if root is None else (root,):
            if isinstance(part, Not):
                self._exclude(part.part, found)
            elif isinstance(part, Clause) and part.field not in (None, *FIELDS):
                found.restrict(self._fields.matching(part))
            elif isinstance(part, Clause) and part.kind == "word":
                found.units.extend(self._word_units(part, found))
            else:
                found.units.append(self._match(part, found))
        if len(found.units) > 1 and not exact:
            found.units[:] = self._with_documents(found.units)
        return found

    def _telling(self, root: Node | None) -> tuple[Node | None, int]:
        """Keep of a long passage its ``MOST_WORDS`` rarest words, which say where it comes from; the rest cost time."""
        words = [part for part in leaves(root, negated=False) if part.kind == "word"]
        distinct = {unit for word in words for unit in units(word.tokens)}
        if len(distinct) <= MOST_WORDS or not isinstance(root, Clause | And):
            return root, 0
        spread = sorted(distinct, key=lambda unit: (self.matcher.spread(unit[0]) or self._count, unit))
        kept = frozenset(spread[:MOST_WORDS])
        parts = root.parts if isinstance(root, And) else (root,)
        return And(tuple(_only(part, kept) for part in parts)), len(distinct) - MOST_WORDS

    def _exclude(self, node: Node, found: Evaluation) -> None:
        """Take away what holds a node, and for the name of a place or year the documents of it."""
        if isinstance(node, Clause) and node.field not in (None, *FIELDS):
            found.restrict(~self._fields.matching(node))
            return
        found.excluded.append(self._match(node, found).paragraphs)
        if isinstance(node, Clause) and node.kind == "word" and node.field is None and len(node.tokens) == 1:
            of_it = self._fields.of_place_or_year(node.tokens[0])
            if len(of_it):
                found.restrict(~table_of(of_it, self._owners.documents))

    def _with_documents(self, found: list[Unit]) -> Iterator[Unit]:
        """Let a word be held by the document of a paragraph that holds something of the query itself."""
        something: Numbers | None = None
        for unit in found:
            documents = self._fields.holding(unit.text)
            if not len(documents):
                yield unit
                continue
            if something is None:
                something = union([each.paragraphs for each in found], self._count)
            held = self._owners.within(something, table_of(documents, self._owners.documents))
            extra = without(held, unit.paragraphs, self._count)
            parts: list[Weighted] = [(unit.paragraphs, unit.scores), (extra, DOCUMENT_SHARE * unit.idf)]
            paragraphs, scores = summed(parts, self._count)
            yield replace(unit, paragraphs=paragraphs, scores=scores)

    def _match(self, node: Node, found: Evaluation) -> Unit:
        """Evaluate any part of a tree as one unit."""
        if isinstance(node, Not):
            everything = self.matcher.living(np.arange(self._count, dtype=np.int32))
            return self._silent(without(everything, self._match(node.part, found).paragraphs, self._count))
        if isinstance(node, Near):
            return self._near(node)
        if isinstance(node, Clause):
            if node.field not in (None, *FIELDS):
                return self._silent(self.matcher.living(self._owners.paragraphs(self._fields.matching(node))))
            if node.kind == "word":
                return self._all_of(node.text, self._word_units(node, found))
            return self._quotation(node) if node.kind == "phrase" else self._prefix(node)
        parts = [self._match(part, found) for part in node.parts]
        if isinstance(node, Or):
            return self._any_of(" OR ".join(part.text for part in parts), parts)
        return self._all_of("", parts)

    def _silent(self, paragraphs: Numbers) -> Unit:
        """Make a unit of what restricts and does not rank."""
        return Unit("", paragraphs, np.zeros(len(paragraphs)), 0.0, paragraphs, paragraphs)

    def _near(self, node: Near) -> Unit:
        sequences = [part.tokens or (part.text,) for part in node.parts]
        found = [self.matcher.near(each, sequences, node.distance) for each in FIELDS]
        return self._unit(f" NEAR/{node.distance} ".join(part.text for part in node.parts), found)

    def _quotation(self, clause: Clause) -> Unit:
        return self._unit(clause.text, [self.matcher.quotation(clause.text, clause.field)])

    def _prefix(self, clause: Clause) -> Unit:
        found = [self.matcher.beginning(each, clause.text) for each in FIELDS]
        if len(clause.tokens) > 1:
            found[0] = self.matcher.quotation(clause.text, clause.field)
        return self._unit(clause.text + "*", _limited(found, clause))

    def _word_units(self, clause: Clause, evaluation: Evaluation) -> list[Unit]:
        """One unit a word; neighbouring characters that are no word, and what the thesaurus knows more of, as one."""
        found: list[Unit] = []
        insisted = {term for unit in units(clause.tokens) for term in unit}
        for tokens, expansions in _pieces(clause):
            if insisted.isdisjoint(tokens):
                continue
            wanted = units([term for term in tokens if term in insisted])
            typed = [self._typed(unit, clause) for unit in dict.fromkeys(wanted)]
            if expansions:
                whole = typed[0] if len(typed) == 1 else self._all_of("".join(tokens), typed)
                whole = self._expanded(whole, expansions, evaluation)
                if len(typed) > 1 and not len(whole.paragraphs):
                    whole = replace(whole, inside=tuple(typed))
                found.append(whole)
            else:
                found.extend(typed)
        evaluation.neighbours.extend(self._rewards(clause))
        return found

    def _typed(self, terms: tuple[str, ...], clause: Clause) -> Unit:
        found = [self.matcher.side_by_side(each, terms) for each in FIELDS]
        unit = replace(self._unit("".join(terms), _limited(found, clause)), sequence=terms)
        if len(terms) > 1 or len(unit.paragraphs):
            return unit
        return replace(unit, inside=tuple(self._typed((word,), clause) for word in _parts_of(terms[0])))

    def _expanded(self, typed: Unit, expansions: Sequence[Expansion], evaluation: Evaluation) -> Unit:
        """Let other words stand for what was typed, for less than it would count: an idf no higher, times a weight."""
        most = typed.idf if len(typed.paragraphs) else None
        worth: list[Weighted] = [(typed.paragraphs, typed.scores)]
        for expansion in expansions:
            found = [self.matcher.near(each, expansion.words) for each in FIELDS]
            theirs, scores, _ = self._scorer.score(found, most)
            if expansion.scope == "converted":
                chosen = np.flatnonzero(self._fields.converted.take(self._owners.of(theirs)))
                theirs, scores = theirs.take(chosen), scores.take(chosen)
            evaluation.expanded.append(Expanded(expansion, len(theirs)))
            worth.append((theirs, scores * expansion.weight))
        paragraphs, scores = greatest(worth, self._count)
        idf = typed.idf if most is not None else self._scorer.idf(len(paragraphs))
        inside = () if len(paragraphs) else typed.inside
        return replace(typed, paragraphs=paragraphs, scores=scores, idf=idf, own=paragraphs, inside=inside)

    def _rewards(self, clause: Clause) -> Iterator[Weighted]:
        # In the order of the query: in that of a set, which differs by process, sums would differ in their last digits.
        for pair in dict.fromkeys(pairwise([term for unit in units(clause.tokens) for term in unit])):
            paragraphs, _ = self.matcher.side_by_side("body", pair)
            yield paragraphs, NEXT_TO_EACH_OTHER * self._scorer.idf(len(paragraphs))

    def _unit(self, text: str, found: Sequence[Found]) -> Unit:
        paragraphs, scores, idf = self._scorer.score(found)
        return Unit(text, paragraphs, scores, idf, paragraphs, paragraphs)

    def _all_of(self, text: str, parts: Sequence[Unit]) -> Unit:
        paragraphs = common([part.paragraphs for part in parts], self._count)
        typed = common([part.typed for part in parts], self._count)
        scores = at_each(paragraphs, [(part.paragraphs, part.scores) for part in parts], self._count)
        whole = all(part.sequence for part in parts)
        sequence = tuple(term for part in parts for term in part.sequence) if whole else ()
        return Unit(text, paragraphs, scores, sum(part.idf for part in parts), typed, paragraphs, sequence)

    def _any_of(self, text: str, parts: Sequence[Unit]) -> Unit:
        paragraphs, scores = summed([(part.paragraphs, part.scores) for part in parts], self._count)
        typed = union([part.typed for part in parts], self._count)
        return Unit(text, paragraphs, scores, max(part.idf for part in parts), typed, paragraphs)


def _only(node: Node, kept: frozenset[tuple[str, ...]]) -> Node:
    if not isinstance(node, Clause) or node.kind != "word":
        return node
    tokens = tuple(term for unit in units(node.tokens) if unit in kept for term in unit)
    return replace(node, tokens=tokens, expansions=())


def _parts_of(word: str) -> Iterator[str]:
    """Yield the words inside a word, the longest that begin first, one behind the other.

    >>> list(_parts_of("城市规划"))
    ['城市', '规划']
    """
    at = 0
    for low, high in sorted(inner_words(word), key=lambda span: (span[0], -span[1])):
        if low >= at:
            yield word[low:high]
            at = high


def _limited(found: Sequence[Found], clause: Clause) -> list[Found]:
    """Leave only what was found in the field that the clause is limited to."""
    return [each if clause.field in (None, name) else NOTHING for name, each in zip(FIELDS, found, strict=True)]


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
