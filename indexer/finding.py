"""Searching as a reader is served: as typed, and where that finds nothing whole, as it was probably meant.

A correction is used only where no paragraph holds all that was typed and some hold all of the corrected words; it is
said, and can be undone (``spell=False``). Otherwise it is no more than a suggestion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.backend import ResultPage, SearchBackend
from indexer.errors import QuerySyntaxError
from indexer.query import And, Clause, Node, Or, Query, parse_query
from indexer.spelling import Speller

_TRIED = 3
"""Corrections tried for one query; each costs a search."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A query that was probably meant, with what was replaced in it and why (同音, 形近或错一字 …)."""

    query: Query
    original: str
    replacement: str
    why: str
    total: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: for ``used`` instead of the query, if that is set; ``offered`` would find something too."""

    page: ResultPage
    used: Corrected | None = None
    offered: tuple[Corrected, ...] = ()


def find(backend: SearchBackend, query: Query) -> Finding:
    """Search, and see whether another spelling was meant. Raises what the backend raises."""
    page = backend.search(query)
    if query.root is None or not query.spell or query.relax is not None:
        return Finding(page)
    whole = page.total > 0 and page.relaxed is None
    corrected = [
        replace(each, total=found.total)
        for each in _corrections(backend, query)
        if (found := backend.search(replace(each.query, page=1, per_page=1))).total and found.relaxed is None
    ]
    if whole or not corrected or not query.expand:  # typed words only: nothing else is looked for unasked
        return Finding(page, None, tuple(corrected))
    used, *others = corrected
    return Finding(backend.search(used.query), used, tuple(others))


def _corrections(backend: SearchBackend, query: Query) -> Iterator[Corrected]:
    speller = speller_of(backend, backend.corpus().build)
    tried = 0
    for clause in _asked(query.root):
        for each in speller.corrections(clause.text):
            if tried == _TRIED:
                return
            tried += 1
            at = clause.start + each.start
            text = query.text[:at] + each.replacement + query.text[clause.start + each.end :]
            try:
                other = parse_query(
                    text,
                    filters=query.filters,
                    sort=query.sort,
                    page=query.page,
                    per_page=query.per_page,
                    expand=query.expand,
                    off=query.off,
                )
            except QuerySyntaxError:
                continue
            yield Corrected(replace(other, spell=False), each.original, each.replacement, each.why, 0)


def _asked(node: Node | None) -> Iterator[Clause]:
    """Yield the words that are asked for, whose text stands in the query as it was typed."""
    if isinstance(node, Clause):
        if node.kind == "word" and node.field is None and node.end - node.start == len(node.text):
            yield node
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _asked(part)


@lru_cache(maxsize=2)
def speller_of(backend: SearchBackend, build: str) -> Speller:  # noqa: ARG001 - a new build has other words
    """Return the speller over the words of a build, made once."""
    return Speller(backend.vocabulary(), backend.side_by_side)
