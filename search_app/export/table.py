"""Quotations as a table: a row each, the names of the columns first."""

from __future__ import annotations

from collections.abc import Sequence

from search_app.export.excerpt import STATUSES, Excerpt, Heading, citation_of
from search_app.sheets import Cell

_COLUMNS: tuple[tuple[str, int], ...] = (
    ("序号", 6),
    ("省", 10),
    ("市", 10),
    ("区县", 10),
    ("年份", 12),
    ("发文单位", 20),
    ("发布日期", 12),
    ("推断的项", 14),
    ("文档", 34),
    ("章节", 30),
    ("段", 6),
    ("原文", 80),
    ("引文著录", 60),
    ("固定链接", 36),
    ("来源网页", 30),
)
_KEPT: tuple[tuple[str, int], ...] = (("备注", 40), ("标签", 16), ("收藏时间", 20), ("链接状态", 12))
"""Columns of what a reader kept: only where one was kept."""


def as_table(excerpts: Sequence[Excerpt], heading: Heading) -> list[list[Cell]]:
    """Arrange excerpts in rows; where the file was cut, the last row says so, as nothing stands above a table."""
    kept = any(each.saved_at or each.note or each.tags or each.status for each in excerpts)
    columns = [name for name, _ in (*_COLUMNS, *(_KEPT if kept else ()))]
    table: list[list[Cell]] = [list(columns)]
    for number, each in enumerate(excerpts, 1):
        document = each.document
        row: list[Cell] = [
            number,
            *(document.get(level) or "" for level in ("province", "city", "district")),
            "、".join(map(str, document.get("years") or ())),
            document.get("issuer") or "",
            document.get("published") or "",
            each.inferred,
            str(document.get("title") or ""),
            " › ".join(each.section),
            each.ordinal if each.ordinal is not None else "",
            each.text,
            citation_of(each, heading),
            each.url,
            document.get("source_url") or "",
        ]
        if kept:
            row += [each.note, "、".join(each.tags), each.saved_at or "", STATUSES.get(each.status or "", "")]
        table.append(row)
    if heading.cut:
        table.append([heading.cut, *[""] * (len(columns) - 1)])
    return table


def columns_widths() -> dict[str, int]:
    """Say how wide the columns of a sheet are, in characters."""
    return dict((*_COLUMNS, *_KEPT))
