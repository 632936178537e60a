"""Text and clauses -> the spans that matched, in the original characters; the same for every backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from indexer.analysis import Token, stands_for_itself, tokenize, tokens_of, units
from indexer.fold import compact, fold_characters
from indexer.models import Span
from indexer.query import NEAR, Clause
from indexer.wildcard import find_wildcard, is_wildcard


def highlight(
    text: str, folded: str, clauses: Sequence[Clause], field: Literal["body", "section"] = "body"
) -> tuple[Span, ...]:
    """Return the spans of ``text`` that match what was typed: sorted, disjoint, spans that touch joined.

    ``folded`` is the text as it is matched, equally long; ``field`` says whether it is a paragraph's text or a heading.

    >>> from indexer.query import leaves, parse_query
    >>> text = "落實隨遷子女义务教育就学政策"
    >>> highlight(text, "落实随迁子女义务教育就学政策", leaves(parse_query("随迁子女 “育就”").root))
    ((2, 6), (9, 11))
    """
    tokens = _Tokens(folded, clauses)
    spans: list[Span] = []
    for clause in clauses:
        if clause.field not in (None, field):
            continue
        if clause.kind == "word":
            spans.extend(_words(tokens, clause))
        else:
            if clause.kind == "prefix":
                spans.extend((token.start, token.end) for token in tokens.beginning(clause.text))
            if clause.kind == "phrase" or len(clause.tokens) > 1:
                spans.extend(quotation_spans(text, folded, clause.text))
    return _joined(text, spans)


def highlight_expansions(
    text: str,
    folded: str,
    clauses: Sequence[Clause],
    field: Literal["body", "section"] = "body",
    *,
    converted: bool = False,
) -> tuple[Span, ...]:
    """Return the spans that match only what the thesaurus added; ``converted`` says what made the document's text."""
    expansions = [
        expansion
        for clause in clauses
        if clause.field in (None, field)
        for expansion in clause.expansions
        if expansion.scope is None or converted
    ]
    if not expansions:
        return ()
    tokens = _Tokens(folded, clauses)
    spans = [span for expansion in expansions for span in _near(tokens, expansion.words)]
    if not spans:
        return ()
    return _without(_joined(text, spans), highlight(text, folded, clauses, field))


def quotation_spans(text: str, folded: str, literal: str) -> Iterator[Span]:
    """Yield where a folded string without spaces stands, in the characters as published or as repaired."""
    for variant in {folded, fold_characters(text)}:
        found = variant.replace(" ", "").find(literal)
        if found < 0 and not is_wildcard(literal):
            continue
        visible, offsets = compact(variant)
        if found < 0:
            yield from ((offsets[start], offsets[end - 1] + 1) for start, end in find_wildcard(literal, visible))
        while found >= 0:
            yield offsets[found], offsets[found + len(literal) - 1] + 1
            found = visible.find(literal, found + len(literal))


@lru_cache(maxsize=2048)
def _by_term(folded: str, wanted: frozenset[str]) -> Mapping[str, Sequence[Token]]:
    """Sort the wanted tokens of a text by term, in order; kept, for what was typed and what was added ask alike."""
    found: dict[str, list[Token]] = {}
    for token in tokens_of(folded, wanted):
        found.setdefault(token.term, []).append(token)
    return found


class _Tokens:
    """The tokens of a folded text that clauses ask for; it is only cut if its characters say that it can hold one."""

    def __init__(self, folded: str, clauses: Sequence[Clause]) -> None:
        self._folded = folded
        self._visible = "".join(folded.split())
        asked = {term for clause in clauses for term in clause.tokens}
        added = {term for clause in clauses for each in clause.expansions for words in each.words for term in words}
        self._wanted = frozenset(filter(self._may_hold, asked | added))

    def of(self, term: str) -> Sequence[Token]:
        """Return the tokens of a term of the clauses, in order."""
        return _by_term(self._folded, self._wanted).get(term, ()) if term in self._wanted else ()

    def beginning(self, stem: str) -> Iterator[Token]:
        """Yield the tokens whose term begins so."""
        if self._may_hold(stem):
            yield from (token for token in tokenize(self._folded) if token.term.startswith(stem))

    def _may_hold(self, characters: str) -> bool:
        """Whether the text can hold a token that begins so."""
        return characters in self._visible or not stands_for_itself(characters)


def _words(tokens: _Tokens, clause: Clause) -> Iterator[Span]:
    """Yield the words of a clause; a unit of several characters only where they stand together."""
    for unit in units(clause.tokens):
        yield from ((start, end) for start, end, _ in _sequences(tokens, unit))


def _near(tokens: _Tokens, parts: Sequence[Sequence[str]]) -> Iterator[Span]:
    """Yield the parts where all of them stand near the first; word positions are at most ``NEAR`` apart."""
    found = [list(_sequences(tokens, part)) for part in parts]
    for start, end, position in found[0]:
        others = [[place for place in places if abs(place[2] - position) <= NEAR] for places in found[1:]]
        if all(others):
            yield start, end
            yield from ((low, high) for places in others for low, high, _ in places)


def _sequences(tokens: _Tokens, terms: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and position of terms that stand at successive positions; inner words count as their word."""
    first = tokens.of(terms[0])
    following = [{token.position: token for token in tokens.of(term)} for term in terms[1:]] if first else []
    if not all(following):
        return
    for token in first:
        run = [places.get(token.position + step) for step, places in enumerate(following, 1)]
        if all(run):
            yield token.start, max([token.end, *(found.end for found in run if found)]), token.position


def _joined(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap, touch, or have nothing but white space between them."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and (start <= joined[-1][1] or not text[joined[-1][1] : start].strip()):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _without(spans: Iterable[Span], taken: Sequence[Span]) -> tuple[Span, ...]:
    """Cut out of spans what others cover already."""
    left: list[Span] = []
    for start, end in spans:
        for low, high in taken:
            if low < end and start < high:
                if start < low:
                    left.append((start, low))
                start = max(start, high)
        if start < end:
            left.append((start, end))
    return tuple(left)
