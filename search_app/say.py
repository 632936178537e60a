"""A query said back in words, so that a reader sees how it was read."""

from __future__ import annotations

from typing import Any

from indexer.fold import fold_characters
from indexer.query import NONE, And, Clause, Near, Node, Not, Or, Query, leaves

_FIELDS = {
    "body": "正文",
    "section": "章节",
    "title": "标题",
    "issuer": "发文单位",
    "province": "省份",
    "city": "城市",
    "district": "区县",
    "year": "年份",
}


def say_query(node: Node | None, inner: bool = False) -> str:
    """Say a query in words; a run of words that was cut shows where, by ``·``.

    >>> from indexer.query import parse_query
    >>> say_query(parse_query("“立德树人” 中考 OR 高考 -培训").root)
    '“立德树人” 且 （中考 或 高考） 且 不含 培训'
    """
    if node is None:
        return ""
    if isinstance(node, Clause):
        return _say_clause(node)
    if isinstance(node, Not):
        return f"不含 {say_query(node.part, True)}"
    if isinstance(node, Near):
        return f"{'、'.join(_say_clause(part) for part in node.parts)} 相距不超过 {node.distance} 词"
    parts = (say_query(part, True) for part in node.parts)
    if isinstance(node, Or):
        said = " 或 ".join(parts)
        return f"（{said}）" if inner else said
    said = " 且 ".join(parts)
    return f"（{said}）" if inner and isinstance(node, And) else said


def repairs_json(query: Query) -> list[dict[str, Any]]:
    """List the look-alikes and misprints of a query that were read as what they stand for; quotations have none.

    >>> from indexer.query import parse_query
    >>> repairs_json(parse_query("毛叺园率"))
    [{'start': 1, 'end': 2, 'from': '叺', 'to': '入'}]
    """
    plain = fold_characters(query.text)
    return [
        {"start": at, "end": at + 1, "from": query.text[at], "to": query.folded[at]}
        for clause in leaves(query.root)
        if clause.kind != "phrase"
        for at in range(clause.start, clause.end)
        if plain[at] != query.folded[at]
    ]


def _say_clause(clause: Clause) -> str:
    if clause.kind == "phrase":
        said = f"“{clause.text.strip(chr(34) + '“”')}”"
    elif clause.kind == "prefix":
        said = f"{clause.text.rstrip('*＊')}…（开头）"
    else:
        said = "·".join(clause.tokens) or clause.text
    if clause.field in ("body", "section", "title"):
        return f"{_FIELDS[clause.field]}里的 {said}"
    if clause.field is not None:
        return f"{_FIELDS[clause.field]}为 {'未注明' if clause.text == NONE else clause.text}"
    return said
