"""The grammar: how a query is read, as cases, and that no text at all breaks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import QuerySyntaxError
from indexer.query import And, Clause, Node, Not, Or, leaves, parse_query

CASES = json.loads((Path(__file__).parent / "cases" / "queries.json").read_text("utf-8"))


def spelled(node: Node | None) -> Any:
    """Write a tree as the cases do."""
    if node is None:
        return None
    if isinstance(node, Clause):
        return [node.kind, node.text]
    if isinstance(node, Not):
        return ["not", spelled(node.part)]
    return ["or" if isinstance(node, Or) else "and", *map(spelled, node.parts)]


@pytest.mark.parametrize("case", [case for case in CASES if "tree" in case], ids=lambda case: case["query"])
def test_a_query_is_read_as(case: dict[str, Any]) -> None:
    assert spelled(parse_query(case["query"]).root) == case["tree"]


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=lambda case: case["query"][:20])
def test_a_query_that_cannot_be_read_says_where(case: dict[str, Any]) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(case["query"])
    assert caught.value.position == case["error"]


@given(st.text(st.sampled_from(list('教育局“”「」『』"＂-－*＊ 　|OR学%()')), max_size=60))
def test_any_text_is_read_or_refused_with_a_position(text: str) -> None:
    try:
        query = parse_query(text)
    except QuerySyntaxError as error:
        position = error.position
    else:
        position = max((clause.end for clause in leaves(query.root)), default=0)
        assert all(clause.text for clause in leaves(query.root))
        assert all(clause.start < clause.end for clause in leaves(query.root))
    assert 0 <= position <= len(text)


@pytest.mark.parametrize("text", ['"' * 9999, "“" * 9999, "“”" * 4999, '" ' * 4999, "-" * 9999, "*" * 9999, "(" * 9999])
def test_ten_thousand_signs_are_read_in_no_time(text: str) -> None:
    try:
        query = parse_query(text)
    except QuerySyntaxError:
        return
    assert len(leaves(query.root)) <= 200


def test_clauses_point_into_the_query() -> None:
    query = parse_query("随迁子女 -“高中 教育” 教师*")
    assert isinstance(query.root, And)
    assert [query.text[start:end] for start, end in query.spans] == ["随迁子女", "-“高中 教育”", "教师*"]
