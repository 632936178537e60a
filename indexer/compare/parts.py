"""The parts that stand for a topic: who writes 高职院校 says something on 职业教育, without its name.

They are read from ``indexer/data/parts.tsv`` and used only where documents are compared: a search for a topic finds
what the thesaurus holds, as a page of hits is no statement about who is silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources

from indexer.analysis import terms
from indexer.query import And, Clause, Node, Or, Query
from indexer.thesaurus import Expansion

WEIGHT = 0.3
"""What a part counts in the search for candidates: less than what the thesaurus knows."""


def with_parts(query: Query) -> Query:
    """Add to the words that a query asks for the parts that stand for them, unless it is to be read as typed.

    >>> from indexer.query import parse_query
    >>> clause = with_parts(parse_query("学前教育")).root
    >>> [each.target for each in clause.expansions if each.kind == "part"][:2]
    ['幼儿园', '学前普惠']
    """
    if query.root is None or not query.expand:
        return query
    return replace(query, root=_widened(query.root))


def _widened(node: Node) -> Node:
    if isinstance(node, Clause) and node.kind == "word" and node.field in (None, "body", "section"):
        found = [each for span, parts in _runs(node) for each in _expansions(node, span, parts)]
        every = sorted((*node.expansions, *found), key=lambda each: (each.start, -each.end))
        return replace(node, expansions=tuple(every)) if found else node
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(map(_widened, node.parts)))
    return node


def _runs(clause: Clause) -> Iterator[tuple[tuple[int, int], Sequence[str]]]:
    """Yield the runs of tokens that have parts, the longest at each place; none that cuts a term of the thesaurus."""
    terms_known = {(each.start, each.end) for each in clause.expansions}
    at, count = 0, len(clause.tokens)
    while at < count:
        for end in range(count, at, -1):
            parts = _parts().get("".join(clause.tokens[at:end]))
            if parts and all((at, end) == span or span[1] <= at or end <= span[0] for span in terms_known):
                yield (at, end), parts
                at = end - 1
                break
        at += 1


def _expansions(clause: Clause, span: tuple[int, int], parts: Sequence[str]) -> Iterator[Expansion]:
    """Yield an expansion for each part that no other word for the topic is: an equal word says more."""
    equal = {each.target for each in clause.expansions if each.kind == "equal"}
    source = "".join(clause.tokens[slice(*span)])
    for part in parts:
        if part not in equal and part != source:
            words = tuple(tuple(terms(each)) for each in part.split(" "))
            yield Expansion(f"part.{part}", *span, source, part, words, "part", WEIGHT, None, "主题的组成部分")


@cache
def _parts() -> Mapping[str, Sequence[str]]:
    text = resources.files("indexer.data").joinpath("parts.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {topic: tuple(parts.split("|")) for topics, parts in lines for topic in topics.split("|")}
