"""What the faces take from the library, in one place; stand-ins while a part is not there yet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.models import Span
from indexer.query import And, Clause, Filters, Node, Not, Query, Relax, Sort


def parse_query(
    text: str,
    *,
    filters: Filters = Filters(),  # noqa: B008
    sort: Sort = "relevance",
    relax: Relax | None = None,
    page: int = 1,
    per_page: int = 10,
) -> Query:
    """Stand in for the grammar."""
    parts: list[Node] = []
    for m in re.finditer(r'(-?)(?:"([^"]+)"|(\S+))', text):
        body = m[2] or m[3]
        clause: Node = Clause("phrase" if m[2] else "word", body, m.start(), m.end(), (body,))
        parts.append(Not(clause) if m[1] else clause)
    root = None if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))
    return Query(text, text, root, filters, sort, relax, page, per_page)


def highlight(text: str, folded: str, clauses: Sequence[Clause]) -> tuple[Span, ...]:
    """Stand in for highlighting."""
    found = sorted(m.span() for c in clauses for m in re.finditer(re.escape(c.text), folded))
    merged: list[Span] = []
    for low, high in found:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def label(province: str | None, city: str | None, district: str | None) -> str:
    """Stand in for the names of places."""
    if not (province or city or district):
        return "未注明"
    if province and not city and not district:
        return f"{province}（省级）"
    return "".join(dict.fromkeys(n for n in (province, city, district) if n))


def normalise(kind: str, name: str) -> str:
    """Stand in for full names of places."""
    return name + "市" if kind == "city" and not name.endswith("市") else name
