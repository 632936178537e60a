"""Our own query grammar: text -> Query. Nothing else parses a query.

    query    := group { [AND] group }            every group must match
    group    := near { OR near }                 OR binds tighter than standing side by side, as on web search pages
    near     := part { NEAR/n part }             the parts at most n words from the first
    part     := [- | NOT] ( ( query ) | [field:] ( quotation | prefix | word ) )
    quotation:= "…" | “…” | 「…」 | 『…』           these characters in this order; one * stands for up to 20 others
    prefix   := characters*                      words that begin so
    word     := anything else up to a space
    field    := 正文 章节 标题 发文 省份 城市 区县 年份, or body section title issuer province city district year

Full-width signs and spaces mean the same as the narrow ones; ``|`` means the same as ``OR``. Whatever cannot be an
operator where it stands is an ordinary character: a quotation mark without its partner, a minus inside a word, brackets
around something without a space ((一), 校（园）长), a colon behind a word that is no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NoReturn, TypeGuard

from indexer.analysis import terms
from indexer.errors import QuerySyntaxError
from indexer.fold import compact, fold, fold_characters
from indexer.pairs import CLOSERS, OPEN, bracket_partners, closing_mark
from indexer.query_tree import (
    NEAR,
    NONE,
    And,
    Clause,
    Field,
    Filters,
    Near,
    Node,
    Not,
    Or,
    Query,
    Relax,
    Sort,
    leaves,
)
from indexer.thesaurus import expansions

__all__ = [
    "FIELDS",
    "MAX_LENGTH",
    "NEAR",
    "NONE",
    "And",
    "Clause",
    "Field",
    "Filters",
    "Near",
    "Node",
    "Not",
    "Or",
    "Query",
    "Relax",
    "Sort",
    "leaves",
    "parse_query",
]

MAX_LENGTH = 10_000
"""Characters that a query may have; a pasted clause has a few hundred."""
MAX_CLAUSES = 200
"""Clauses that a query may have: each costs a look-up, and no reader types as many."""
LONGEST_REPAIRED = 1000
"""Characters of a query in which look-alikes are repaired; what is pasted at greater length is compared as it is."""
LONGEST_TERM = 24
"""Words of a clause beyond which it is a passage that was pasted, and no term of it is expanded."""
MAX_DEPTH = 20
"""Brackets that may stand inside brackets."""
MAX_NEAR = 1000

FIELDS: dict[str, Field] = {
    "正文": "body",
    "章节": "section",
    "标题": "title",
    "发文": "issuer",
    "发文单位": "issuer",
    "省份": "province",
    "省": "province",
    "城市": "city",
    "市": "city",
    "区县": "district",
    "年份": "year",
    "年": "year",
}
FIELDS.update((name, name) for name in ("body", "section", "title", "issuer", "province", "city", "district", "year"))

_SPACE = re.compile(r"\s")
_MINUS = "-－"
_STAR = "*＊"
_OR = ("OR", "ＯＲ")
_BARS = "|｜"
_AND, _NOT = ("AND", "ＡＮＤ", "&&"), ("NOT", "ＮＯＴ")
_NEAR = re.compile(r"(?:NEAR|ＮＥＡＲ)(?:[/／]([0-9０-９]{1,9}))?$")
_FIELD = re.compile(rf"({'|'.join(sorted(FIELDS, key=len, reverse=True))})[:：](?=\S)", re.IGNORECASE)
_YEARS = re.compile(r"([0-9]{4})?(\.\.|…|~)?([0-9]{4})?")


def parse_query(
    text: str,
    *,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    sort: Sort = "relevance",
    relax: Relax | None = None,
    page: int = 1,
    per_page: int = 10,
    expand: bool = True,
    off: tuple[str, ...] = (),
    spell: bool = True,
) -> Query:
    """Read a query as a person typed it; raises ``QuerySyntaxError`` with a position where that cannot be done.

    >>> [(clause.kind, clause.text) for clause in leaves(parse_query("“隨遷子女” 入學 -高中").root)]
    [('phrase', '随迁子女'), ('word', '入学'), ('word', '高中')]
    >>> parse_query("城市:武漢 教师*").root.parts[0].field
    'city'
    """
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(f"检索词太长：最多 {MAX_LENGTH:,} 个字符，这里有 {len(text):,} 个。", MAX_LENGTH)
    folded = fold(text).text if len(text) <= LONGEST_REPAIRED else fold_characters(text)
    root = _Parser(text, folded).query(0, len(text), 0)
    if root is not None and expand:
        root = _expanded(root, frozenset(off))
    return Query(text, folded, root, filters, sort, relax, page, per_page, expand, off, spell)


def _expanded(node: Node, off: frozenset[str]) -> Node:
    """Add to every word that is asked for what else the thesaurus calls it; what is excluded is meant as typed."""
    if isinstance(node, Clause) and node.kind == "word" and node.field in (None, "body", "section"):
        if len(node.tokens) > LONGEST_TERM:
            return node
        known = tuple(expansion for expansion in expansions(node.tokens) if expansion.id not in off)
        return replace(node, expansions=known)
    if isinstance(node, And):
        return replace(node, parts=tuple(_expanded(part, off) for part in _terms_joined(node.parts)))
    if isinstance(node, Or):
        return replace(node, parts=tuple(_expanded(part, off) for part in node.parts))
    return node


def _terms_joined(parts: tuple[Node, ...]) -> Iterator[Node]:
    """Take words a space apart as one clause where the thesaurus knows them as one term: 教师 待遇 is 教师待遇."""
    last: Node | None = None
    for part in parts:
        if _is_plain(last) and _is_plain(part):
            tokens = last.tokens + part.tokens
            across = len(last.tokens)
            if any(each.start < across < each.end for each in expansions(tokens, paraphrased=False)):
                last = Clause("word", f"{last.text} {part.text}", last.start, part.end, tokens)
                continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last


def _is_plain(node: Node | None) -> TypeGuard[Clause]:
    return isinstance(node, Clause) and node.kind == "word" and node.field is None and len(node.tokens) <= LONGEST_TERM


@dataclass(frozen=True, slots=True)
class _Lexeme:
    """A piece of the query: ``inner`` is what it holds without marks, brackets, minus and field."""

    kind: Literal["quotation", "chunk", "group", "or", "and", "not", "near"]
    start: int
    end: int
    inner: tuple[int, int]
    negated: bool = False
    field: Field | None = None


class _Parser:
    def __init__(self, text: str, folded: str) -> None:
        self._text = text
        self._folded = folded
        self._clauses = 0
        self._partners = bracket_partners(text)

    def query(self, start: int, end: int, depth: int) -> Node | None:
        """Read ``text[start:end]``; ``None`` if it asks for nothing."""
        if depth > MAX_DEPTH:
            raise QuerySyntaxError(f"括号套得太深：最多 {MAX_DEPTH} 层。", start)
        groups: list[list[Node]] = []
        operator: _Lexeme | None = None
        negate = False
        for lexeme in self._lexemes(start, end):
            if lexeme.kind in ("or", "and", "near"):
                if not groups or operator is not None or negate:
                    self._refuse(lexeme, "前面")
                operator = lexeme
                continue
            if lexeme.kind == "not":
                negate = not negate
                continue
            node = self._part(lexeme, depth)
            if node is None:
                continue
            if lexeme.negated != negate:
                node = Not(node)
            self._join(groups, operator, node)
            operator, negate = None, False
        if operator is not None:
            self._refuse(operator, "后面")
        parts = tuple(group[0] if len(group) == 1 else Or(tuple(group)) for group in groups)
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else And(parts)

    def _join(self, groups: list[list[Node]], operator: _Lexeme | None, node: Node) -> None:
        if operator is None or operator.kind == "and":
            groups.append([node])
        elif operator.kind == "or":
            groups[-1].append(node)
        else:
            groups[-1][-1] = self._near(operator, groups[-1][-1], node)

    def _near(self, operator: _Lexeme, left: Node, right: Node) -> Node:
        distance = int(_digits(self._text, operator) or NEAR)
        if not 1 <= distance <= MAX_NEAR:
            raise QuerySyntaxError(f"NEAR/ 后面的词数须在 1 到 {MAX_NEAR} 之间。", operator.start)
        parts = left.parts if isinstance(left, Near) else (left,)
        found = tuple(part for part in (*parts, right) if isinstance(part, Clause) and part.kind != "prefix")
        if len(found) < len(parts) + 1 or any(part.field for part in found):
            raise QuerySyntaxError("NEAR 的两边要各有一个词或一段引文，例如：教师 NEAR/5 待遇。", operator.start)
        return Near(found, max(distance, left.distance) if isinstance(left, Near) else distance)

    def _refuse(self, operator: _Lexeme, side: str) -> NoReturn:
        word = self._text[operator.start : operator.end]
        raise QuerySyntaxError(f"{word} 的{side}要有一个词，例如：随迁子女 {word} 留守儿童。", operator.start)

    def _part(self, lexeme: _Lexeme, depth: int) -> Node | None:
        if lexeme.kind == "group":
            return self.query(*lexeme.inner, depth + 1)
        clause = self._field_clause(lexeme) if lexeme.field else self._clause(lexeme)
        if clause is not None:
            self._clauses += 1
            if self._clauses > MAX_CLAUSES:
                raise QuerySyntaxError(f"检索词太多：最多 {MAX_CLAUSES} 个。", lexeme.start)
        return clause

    def _lexemes(self, start: int, end: int) -> Iterator[_Lexeme]:
        position = start
        while position < end:
            if _SPACE.match(self._text, position):
                position += 1
                continue
            lexeme = self._lexeme(position, end)
            yield lexeme
            position = lexeme.end

    def _lexeme(self, start: int, end: int) -> _Lexeme:
        text = self._text
        at = start
        negated = text[at] in _MINUS and at + 1 < end and not _SPACE.match(text, at + 1)
        if negated:
            at += 1
        if text[at] in OPEN and (partner := self._partners.get(at, end)) < end:
            return _Lexeme("group", start, partner + 1, (at + 1, partner), negated)
        field: Field | None = None
        if (named := _FIELD.match(text, at, end)) is not None:
            field = FIELDS[named[1].lower()]
            at = named.end()
        if text[at] in CLOSERS and (close := closing_mark(text, at, end)) is not None:
            return _Lexeme("quotation", start, close + 1, (at + 1, close), negated, field)
        stop = at + 1
        if text[at] in _BARS and not negated and field is None:
            return _Lexeme("or", start, stop, (at, stop))
        while stop < end and not _SPACE.match(text, stop):
            if text[stop] in _BARS or (text[stop] in CLOSERS and closing_mark(text, stop, end) is not None):
                break
            stop += 1
        if not negated and field is None:
            for kind, words in (("or", _OR), ("and", _AND), ("not", _NOT)):
                if text[at:stop] in words:
                    return _Lexeme(kind, start, stop, (at, stop))  # type: ignore[arg-type]
            if _NEAR.match(text[at:stop]):
                return _Lexeme("near", start, stop, (at, stop))
        return _Lexeme("chunk", start, stop, (at, stop), negated, field)

    def _clause(self, lexeme: _Lexeme) -> Clause | None:
        start, end = lexeme.inner
        literal, _ = compact(fold_characters(self._text[start:end]))
        if not literal:
            return None
        here = (lexeme.start, lexeme.end)
        if lexeme.kind == "quotation":
            return Clause("phrase", literal, *here, terms(literal), lexeme.field)
        if self._text[end - 1] in _STAR and end - start > 1 and self._text[end - 2] not in _STAR:
            stem, _ = compact(self._folded[start : end - 1])
            return Clause("prefix", stem, *here, terms(stem), lexeme.field) if stem else None
        words = terms(self._folded[start:end])
        if not words:
            # Signs alone (*** of a censored text, a lone bracket): look for exactly them, but not for a stray minus.
            return None if literal in ("-", "+", "|", "&", "*") else Clause("phrase", literal, *here, (), lexeme.field)
        if len(words) == 1 and len(words[0]) == 1 and not words[0].isascii():
            # One character is too little to be a word: find it wherever it stands.
            return Clause("phrase", words[0], *here, words, lexeme.field)
        return Clause("word", self._folded[start:end].strip(), *here, words, lexeme.field)

    def _field_clause(self, lexeme: _Lexeme) -> Clause | None:
        """Read the value of a field; those of the document are compared whole, so only words of texts are cut."""
        clause = self._clause(lexeme)
        if clause is None or lexeme.field in ("body", "section", "title"):
            return clause
        start, end = lexeme.inner
        value = fold_characters(self._text[start:end]).strip()
        if lexeme.field == "year" and value != NONE and not valid_years(value):
            raise QuerySyntaxError("年份要写成 2017、2017..2024、2017.. 或 ..2024。", start)
        return Clause("phrase", value, clause.start, clause.end, (), lexeme.field)


def valid_years(value: str) -> tuple[int, int] | None:
    """Return the first and last year of ``2017``, ``2017..2024``, ``2017..`` or ``..2024``, ``None`` if it is none.

    >>> valid_years("2017..2024"), valid_years("..2018"), valid_years("去年")
    ((2017, 2024), (0, 2018), None)
    """
    match = _YEARS.fullmatch(value)
    if match is None or not (match[1] or match[3]) or (match[1] and match[3] and not match[2]):
        return None
    first = int(match[1] or 0)
    last = int(match[3] or (9999 if match[2] else first))
    return (first, last) if first <= last else None


def _digits(text: str, operator: _Lexeme) -> str | None:
    match = _NEAR.match(text[operator.inner[0] : operator.inner[1]])
    return match[1] if match else None
