"""A comparison as a table for spreadsheets: CSV or XLSX, a row a document; nothing in a cell is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from xlsxwriter import Workbook

Json = dict[str, Any]
Cell = str | int | float
Format = Literal["csv", "xlsx"]

MEDIA: dict[Format, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ABOUT = {"about": "论及", "mentions": "提到", None: "没有说到"}
KIND_NAMES = {
    "same": "相同",
    "reworded": "改写",
    "moved": "移动",
    "added": "右边新增",
    "dropped": "右边没有",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that Excel, LibreOffice or WPS may take for a formula when it opens a CSV (OWASP, "CSV
Injection")."""
_CELL = 32_767
"""Characters that a cell of a sheet holds (Excel's limit); XlsxWriter drops what is longer."""
_WIDTHS = {"文档": 34, "章节": 24, "句子": 60, "段落": 80, "左边": 60, "右边": 60, "链接": 30}
_WIDTHS |= {"右边没有的话": 40, "左边没有的话": 40}
_PLACE = ("province", "city", "district")


def table_of(answer: Json, root: str = "") -> list[list[Cell]]:
    """Arrange the JSON of a comparison in rows, the names of the columns first.

    Of a topic: the documents that treat or mention it, by place and year, then those that are silent. Of two documents:
    their pairs. ``root`` stands before the addresses: ``https://example.org``.
    """
    return _sides(answer, root) if "pairs" in answer else _topic(answer, root)


def _topic(answer: Json, root: str) -> list[list[Cell]]:
    table: list[list[Cell]] = [
        ["省", "市", "区县", "年份", "文档", "情况", "得分", "表述", "章节", "句子", "段落", "与基准不同的数字", "链接"]
    ]
    for row in answer["rows"]:
        paragraph = row["paragraph"]
        text, (low, high) = paragraph["text"], row["sentence"]
        numbers = (f"{each['text']}（基准 {each['was'] or '无'}）" for each in row["numbers"])
        table.append(
            [
                *_where(row),
                row["document"]["title"],
                ABOUT[row["about"]],
                row["score"],
                row["wording"],
                " › ".join(paragraph["section"]),
                text[low:high],
                text,
                "、".join(numbers),
                root + paragraph["url"],
            ]
        )
    for each in answer["silent"]:
        document = each["document"]
        table.append([*_where(each), document["title"], ABOUT[None], "", "", "", "", "", "", root + document["url"]])
    return table


def _sides(answer: Json, root: str) -> list[list[Cell]]:
    table: list[list[Cell]] = [
        ["情况", "相似度", "左边章节", "左边", "右边章节", "右边", "重出的一边", "右边没有的话", "左边没有的话", "链接"]
    ]
    for pair in answer["pairs"]:
        sides: list[Cell] = []
        for side in (pair["left"], pair["right"]):
            sides += [" › ".join(side["section"]), side["text"]] if side else ["", ""]
        shown = pair["right"] or pair["left"]
        alone: list[Cell] = [_alone(pair, side) for side in ("left", "right")]
        again = {"left": "左边", "right": "右边", None: ""}[pair["again"]]
        table.append([KIND_NAMES[pair["kind"]], pair["likeness"], *sides, again, *alone, root + shown["url"]])
    return table


def _alone(pair: Json, side: str) -> str:
    """Join what only one side says; of a paragraph that stands in several pairs, once."""
    if pair[side] is None or pair["again"] == side:
        return ""
    marks = (mark for mark in pair["marks"][side] if mark["kind"] == "only")
    return " / ".join(pair[side]["text"][mark["start"] : mark["end"]] for mark in marks)


def _where(row: Json) -> list[Cell]:
    return [*(row[part] or "" for part in _PLACE), "、".join(map(str, row["years"]))]


def written(table: Sequence[Sequence[Cell]], form: Format) -> bytes:
    """Write a table as a file."""
    return as_csv(table) if form == "csv" else as_xlsx(table)


def as_csv(table: Iterable[Iterable[Cell]]) -> bytes:
    r"""Write CSV (RFC 4180): UTF-8 with the mark by which Excel knows it, and no cell that begins like a formula.

    >>> as_csv([["武汉市", '=HYPERLINK("x")', -1]]).decode("utf-8-sig")
    '武汉市,"\'=HYPERLINK(""x"")",-1\r\n'
    """
    text = io.StringIO()
    csv.writer(text).writerows([defused(cell) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig", "replace")


def defused(cell: Cell) -> Cell:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; numbers are none.

    >>> defused("-5%"), defused("落实随迁子女就学政策。"), defused(-5)
    ("'-5%", '落实随迁子女就学政策。', -5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_xlsx(table: Sequence[Sequence[Cell]]) -> bytes:
    """Write a sheet with its first row held in place and a filter on it; texts are texts, also where they begin with =.

    A text of more characters than a cell holds is cut, and ends with …
    """
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("对比")
    head, text = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                fitting = cell if len(cell) <= _CELL else cell[: _CELL - 1] + "…"
                # write_string, not write, which makes formulas, links and numbers of texts that look like them.
                sheet.write_string(row, column, _encodable(fitting), text if row else head)
            else:
                sheet.write_number(row, column, cell, text)
    for column, name in enumerate(table[0]):
        sheet.set_column(column, column, _WIDTHS.get(str(name), 12))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table) - 1, 1), len(table[0]) - 1)
    book.close()
    return file.getvalue()


def _encodable(text: str) -> str:
    """Replace what UTF-8 has no bytes for: lone halves of a pair, which damaged files hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
