"""Text and clauses -> the spans that matched, in the original characters; the same for every backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from indexer.analysis import Token, tokenize, units
from indexer.fold import compact, fold_characters
from indexer.models import Span
from indexer.query import Clause


def highlight(text: str, folded: str, clauses: Sequence[Clause]) -> tuple[Span, ...]:
    """Return the spans of ``text`` that the clauses match: sorted, disjoint, spans that touch joined.

    ``folded`` is the text as it is matched, equally long.

    >>> from indexer.query import leaves, parse_query
    >>> text = "落實隨遷子女义务教育就学政策"
    >>> highlight(text, "落实随迁子女义务教育就学政策", leaves(parse_query("随迁子女 “育就”").root))
    ((2, 6), (9, 11))
    """
    if not clauses:
        return ()
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


def quotation_spans(text: str, folded: str, literal: str) -> Iterator[Span]:
    """Yield where a folded string without spaces stands, in the characters as published or as repaired."""
    published = fold_characters(text)
    for variant in {folded, published}:
        visible, offsets = compact(variant)
        found = visible.find(literal)
        while found >= 0:
            yield offsets[found], offsets[found + len(literal) - 1] + 1
            found = visible.find(literal, found + len(literal))


def _words(tokens: Sequence[Token], clause: Clause) -> Iterator[Span]:
    """Yield the words of a clause; a unit of several characters only where they stand together."""
    wanted: set[str] = set()
    for run in units(clause.tokens):
        if len(run) == 1:
            wanted.add(run[0])
        else:
            yield from _runs(tokens, run)
    yield from ((token.start, token.end) for token in tokens if token.term in wanted)


def _runs(tokens: Sequence[Token], run: Sequence[str]) -> Iterator[Span]:
    outer = [token for token in tokens if not token.inner]
    for at in range(len(outer) - len(run) + 1):
        if all(outer[at + step].term == character for step, character in enumerate(run)):
            yield outer[at].start, outer[at + len(run) - 1].end


def _joined(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap, touch, or have nothing but white space between them."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and (start <= joined[-1][1] or not text[joined[-1][1] : start].strip()):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
