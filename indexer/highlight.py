"""Text and clauses -> the spans that matched, in the original characters; the same for every backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from indexer.analysis import Token, tokenize, units
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
    clauses = [clause for clause in clauses if clause.field in (None, field)]
    tokens = list(tokenize(folded)) if any(clause.kind != "phrase" for clause in clauses) else []
    spans: list[Span] = []
    for clause in clauses:
        if clause.kind == "word":
            spans.extend(_words(tokens, clause))
        else:
            if clause.kind == "prefix":
                spans.extend((token.start, token.end) for token in tokens if token.term.startswith(clause.text))
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
    tokens = list(tokenize(folded))
    spans = [span for expansion in expansions for span in _near(tokens, expansion.words)]
    return _without(_joined(text, spans), highlight(text, folded, clauses, field))


def quotation_spans(text: str, folded: str, literal: str) -> Iterator[Span]:
    """Yield where a folded string without spaces stands, in the characters as published or as repaired."""
    for variant in {folded, fold_characters(text)}:
        visible, offsets = compact(variant)
        found = visible.find(literal)
        if found < 0 and is_wildcard(literal):
            yield from ((offsets[start], offsets[end - 1] + 1) for start, end in find_wildcard(literal, visible))
        while found >= 0:
            yield offsets[found], offsets[found + len(literal) - 1] + 1
            found = visible.find(literal, found + len(literal))


def _words(tokens: Sequence[Token], clause: Clause) -> Iterator[Span]:
    """Yield the words of a clause; a unit of several characters only where they stand together."""
    wanted: set[str] = set()
    for unit in units(clause.tokens):
        if len(unit) == 1:
            wanted.add(unit[0])
        else:
            yield from ((start, end) for start, end, _ in _sequences(tokens, unit))
    yield from ((token.start, token.end) for token in tokens if token.term in wanted)


def _near(tokens: Sequence[Token], parts: Sequence[Sequence[str]]) -> Iterator[Span]:
    """Yield the parts where all of them stand near the first; word positions are at most ``NEAR`` apart."""
    found = [list(_sequences(tokens, part)) for part in parts]
    for start, end, position in found[0]:
        others = [[place for place in places if abs(place[2] - position) <= NEAR] for places in found[1:]]
        if all(others):
            yield start, end
            yield from ((low, high) for places in others for low, high, _ in places)


def _sequences(tokens: Sequence[Token], terms: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and position of terms that stand at successive positions; inner words count as their word."""
    at: dict[tuple[str, int], Token] = {(token.term, token.position): token for token in tokens}
    for token in tokens:
        if token.term == terms[0]:
            run = [at.get((term, token.position + step)) for step, term in enumerate(terms)]
            if all(run):
                yield token.start, max(found.end for found in run if found), token.position


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
