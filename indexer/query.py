"""Our own query grammar: text -> Query. Nothing else parses a query.

(The parser is being written; these are the values it makes.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.models import Span

Sort = Literal["relevance", "newest", "oldest"]
Relax = Literal["all", "near", "most", "any"]
NONE = "~none"
"""The value of a filter that asks for documents without one (未注明)."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One leaf of a query: what was typed at ``[start, end)``, folded, and the tokens it was cut into."""

    kind: Literal["word", "phrase", "prefix"]
    text: str
    start: int
    end: int
    tokens: tuple[str, ...] = ()
    field: str | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Every one of ``parts`` must match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of ``parts`` must match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``part`` must not match."""

    part: Node


Node = Clause | And | Or | Not


@dataclass(frozen=True, slots=True)
class Filters:
    """Values of one filter are alternatives, different filters all hold; ``~none`` asks for documents without one."""

    provinces: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    years: tuple[tuple[int, int] | None, ...] = ()
    """Ranges of years, both ends included; ``None`` asks for documents without a year."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was read: the text as typed and its tree (``None`` where nothing was typed)."""

    text: str
    folded: str
    root: Node | None
    filters: Filters = Filters()
    sort: Sort = "relevance"
    relax: Relax | None = None
    page: int = 1
    per_page: int = 10

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the clauses stand in the query text."""
        return tuple((clause.start, clause.end) for clause in leaves(self.root))


def leaves(node: Node | None) -> tuple[Clause, ...]:
    """All clauses of a tree, those under a ``Not`` included, in the order they were typed."""
    if node is None:
        return ()
    if isinstance(node, Clause):
        return (node,)
    if isinstance(node, Not):
        return leaves(node.part)
    return tuple(clause for part in node.parts for clause in leaves(part))
