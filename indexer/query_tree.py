"""What a query is once it was read: a tree of clauses, the filters, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.models import Span
from indexer.thesaurus import Expansion

Sort = Literal["relevance", "newest", "oldest"]
Relax = Literal["near", "all", "most", "any"]
Field = Literal["body", "section", "title", "issuer", "province", "city", "district", "year"]
NEAR = 10
"""Words that may stand between what is near each other, unless a query says how many: a clause or two. Policy texts
have nine words between commas on average."""
NONE = "~none"
"""The value of a filter that asks for documents without one (未注明)."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One leaf of a query: what was typed at ``[start, end)``, folded, and the tokens it was cut into.

    ``field`` limits it to one field; ``body`` and ``section`` are words of the paragraph, the others of its document.
    """

    kind: Literal["word", "phrase", "prefix"]
    text: str
    start: int
    end: int
    tokens: tuple[str, ...] = ()
    field: Field | None = None
    expansions: tuple[Expansion, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Near:
    """All of ``parts`` must stand at most ``distance`` words from the first of them, in any order."""

    parts: tuple[Clause, ...]
    distance: int


Node = Clause | And | Or | Not | Near


@dataclass(frozen=True, slots=True)
class Filters:
    """Values of one filter are alternatives, different filters all hold; ``~none`` asks for documents without one.

    The three levels of a place are read together: a place narrows the one that it is part of (湖北省 and 武汉市:
    武汉市) and stands beside one that it is not (湖北省 and 重庆市: both). A district may be named with its city,
    南京市鼓楼区.
    """

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
    expand: bool = True
    off: tuple[str, ...] = ()
    """Ids of the expansions that the reader has switched off."""
    spell: bool = True
    """Whether another spelling may be tried where nothing is found as typed."""
    group: Literal["document"] | None = None
    """Documents in place of paragraphs are ranked, each by its best paragraph, and counted by pages."""
    per_group: int = 3
    """Paragraphs of a document that are given where documents are ranked; the document's page marks them all."""
    fold: bool | None = None
    """Paragraphs that say nearly the same are listed once, with the others beneath: where asked for, and on the search
    page unless asked not to (``None`` says neither).
    """

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the clauses stand in the query text."""
        return tuple((clause.start, clause.end) for clause in leaves(self.root))


def leaves(node: Node | None, *, negated: bool = True) -> tuple[Clause, ...]:
    """Return the clauses of a tree, those under a ``Not`` only if asked for, in the order they were typed."""
    if node is None:
        return ()
    if isinstance(node, Clause):
        return (node,)
    if isinstance(node, Not):
        return leaves(node.part) if negated else ()
    return tuple(clause for part in node.parts for clause in leaves(part, negated=negated))
