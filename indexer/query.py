"""Our own query grammar: text -> Query. Nothing else parses a query.

    query    := group { group }                  every group must match
    group    := part { OR part }                 OR binds tighter than standing side by side, as on web search pages
    part     := [-] ( quotation | prefix | word )
    quotation:= "…" | “…” | 「…」 | 『…』           these characters, in this order, inside it nothing is an operator
    prefix   := characters*                      words that begin so
    word     := anything else up to a space

Full-width signs and spaces mean the same as the narrow ones; ``|`` means the same as ``OR``. Whatever cannot be an
operator where it stands (a quotation mark without its partner, a minus inside a word) is an ordinary character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from indexer.analysis import terms
from indexer.errors import QuerySyntaxError
from indexer.fold import compact, fold, fold_characters
from indexer.models import Span
from indexer.thesaurus import Expansion, expansions

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


Node = Clause | And | Or | Not


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
    group: Literal["document"] | None = None
    """Documents in place of paragraphs are ranked, each by its best paragraph, and counted by pages."""
    fold: bool = True
    """Paragraphs that say nearly the same are shown once, with the others beneath."""

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


MAX_LENGTH = 10_000
"""Characters that a query may have; a pasted clause has a few hundred."""
MAX_CLAUSES = 200
"""Clauses that a query may have: each costs a look-up, and no reader types as many."""

_CLOSERS = {'"': '"', "＂": "＂", "“": "”", "「": "」", "『": "』"}
_SPACE = re.compile(r"\s")
_MINUS = "-－"
_STAR = "*＊"
_OR = ("OR", "ＯＲ", "|", "｜")


def parse_query(
    text: str,
    *,
    filters: Filters = Filters(),
    sort: Sort = "relevance",
    relax: Relax | None = None,
    page: int = 1,
    per_page: int = 10,
    expand: bool = True,
    off: tuple[str, ...] = (),
) -> Query:
    """Read a query as a person typed it; raises ``QuerySyntaxError`` with a position where that cannot be done.

    >>> [(clause.kind, clause.text) for clause in leaves(parse_query("“隨遷子女” 入學 -高中").root)]
    [('phrase', '随迁子女'), ('word', '入学'), ('word', '高中')]
    """
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(f"检索词太长：最多 {MAX_LENGTH:,} 个字符，这里有 {len(text):,} 个。", MAX_LENGTH)
    folded = fold(text).text
    root = _tree(text, folded)
    if root is not None and expand:
        root = _expanded(root, frozenset(off))
    return Query(text, folded, root, filters, sort, relax, page, per_page, expand, off)


def _expanded(node: Node, off: frozenset[str]) -> Node:
    """Add to every word that is asked for what else the thesaurus calls it; what is excluded is meant as typed."""
    if isinstance(node, Clause) and node.kind == "word":
        known = tuple(expansion for expansion in expansions(node.tokens) if expansion.id not in off)
        return replace(node, expansions=known)
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(_expanded(part, off) for part in node.parts))
    return node


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: Literal["quotation", "chunk", "or"]
    start: int
    end: int
    inner: Span
    negated: bool = False


def _tree(text: str, folded: str) -> Node | None:
    groups: list[list[Node]] = []
    pending_or: int | None = None
    clauses = 0
    for lexeme in _lexemes(text):
        if lexeme.kind == "or":
            if not groups or pending_or is not None:
                raise QuerySyntaxError("OR 的前面要有一个词，例如：随迁子女 OR 留守儿童。", lexeme.start)
            pending_or = lexeme.start
            continue
        clause = _clause(text, folded, lexeme)
        if clause is None:
            continue
        clauses += 1
        if clauses > MAX_CLAUSES:
            raise QuerySyntaxError(f"检索词太多：最多 {MAX_CLAUSES} 个。", lexeme.start)
        node: Node = Not(clause) if lexeme.negated else clause
        if pending_or is None:
            groups.append([node])
        else:
            groups[-1].append(node)
            pending_or = None
    if pending_or is not None:
        raise QuerySyntaxError("OR 的后面要有一个词，例如：随迁子女 OR 留守儿童。", pending_or)
    parts = tuple(group[0] if len(group) == 1 else Or(tuple(group)) for group in groups)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(parts)


def _lexemes(text: str) -> Iterator[_Lexeme]:
    position = 0
    while position < len(text):
        if _SPACE.match(text, position):
            position += 1
            continue
        start = position
        negated = text[position] in _MINUS and position + 1 < len(text) and not _SPACE.match(text, position + 1)
        if negated:
            position += 1
        if text[position] in _CLOSERS and (close := _closing(text, position)) is not None:
            yield _Lexeme("quotation", start, close + 1, (position + 1, close), negated)
            position = close + 1
            continue
        end = position + 1
        while end < len(text) and not _SPACE.match(text, end):
            if text[end] in _CLOSERS and _closing(text, end) is not None:
                break
            end += 1
        kind: Literal["or", "chunk"] = "or" if text[position:end] in _OR and not negated else "chunk"
        yield _Lexeme(kind, start, end, (position, end), negated)
        position = end


def _closing(text: str, opening: int) -> int | None:
    """Find the partner of a quotation mark: marks of the same kind inside may nest, or stand unpaired in a string
    copied from a text, in which case the last one before a space or the end is the partner.
    """
    opener, closer = text[opening], _CLOSERS[text[opening]]
    first = text.find(closer, opening + 1)
    if first < 0:
        return None
    closers = text.count(closer, opening + 1)
    if opener == closer:
        if closers % 2 == 1:
            return first
    elif closers <= text.count(opener, opening):
        depth = 0
        for offset in range(opening, len(text)):
            depth += (text[offset] == opener) - (text[offset] == closer)
            if depth == 0:
                return offset
    partners = [mark.start() for mark in re.finditer(rf"{closer}(?=\s|$)", text) if mark.start() > opening]
    return partners[-1] if partners else first


def _clause(text: str, folded: str, lexeme: _Lexeme) -> Clause | None:
    start, end = lexeme.inner
    literal, _ = compact(fold_characters(text[start:end]))
    if not literal:
        return None
    if lexeme.kind == "quotation":
        return Clause("phrase", literal, lexeme.start, lexeme.end, terms(literal))
    if text[end - 1] in _STAR and end - start > 1 and text[end - 2] not in _STAR:
        stem, _ = compact(folded[start : end - 1])
        return Clause("prefix", stem, lexeme.start, lexeme.end, terms(stem)) if stem else None
    words = terms(folded[start:end])
    if not words:
        # Signs alone (*** of a censored text, a lone bracket): look for exactly them, but not for a stray minus.
        return None if literal in ("-", "+", "|") else Clause("phrase", literal, lexeme.start, lexeme.end)
    if len(words) == 1 and len(words[0]) == 1:
        # One character is too little to be a word: find it wherever it stands.
        return Clause("phrase", words[0], lexeme.start, lexeme.end, words)
    return Clause("word", folded[start:end].strip(), lexeme.start, lexeme.end, words)
