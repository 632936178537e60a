"""A comparison as a table for spreadsheets: CSV or XLSX, a row a document; nothing in a cell is ever a formula."""

from __future__ import annotations

from typing import Any, Literal

from search_app.sheets import Cell, as_csv, as_xlsx

Json = dict[str, Any]
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
        [
            "省",
            "市",
            "区县",
            "年份",
            "文档",
            "情况",
            "得分",
            "表述",
            "章节",
            "句子",
            "段落",
            "与基准不同的数字",
            "与基准相近",
            "只有这一份说的",
            "链接",
        ]
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
                "" if row["likeness"] is None else round(100 * row["likeness"]),
                "；".join(text[start:end] for start, end in row["own"]),
                root + paragraph["url"],
            ]
        )
    for each in answer["silent"]:
        document = each["document"]
        table.append([*_where(each), document["title"], ABOUT[None], *[""] * 8, root + document["url"]])
    return table


def material_of(answer: Json) -> list[list[Cell]]:
    """Arrange what stands behind a comparison: a row a place and year, the years without a document too.

    A document of two years is in both; ``rate`` is paragraphs on the topic per 10,000 characters.
    """
    head: list[Cell] = [
        "省",
        "市",
        "区县",
        "年份",
        "文档",
        "论及",
        "提到",
        "没有说到",
        "含主题词的段落",
        "字数",
        "每万字段落",
    ]
    rows: list[tuple[Json, list[Cell]]] = []
    for each in answer["coverage"]:
        silent = each["documents"] - each["about"] - each["mentions"]
        counts: list[Cell] = [each["documents"], each["about"], each["mentions"], silent, each["paragraphs"]]
        rate = "" if each["rate"] is None else each["rate"]
        rows.append((each, [each["year"] or "", *counts, each["characters"], rate]))
    rows += [(each, [each["year"], 0, *[""] * 6]) for each in answer["missing"]]
    return [head, *([each[part] or "" for part in _PLACE] + cells for each, cells in rows)]


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


def written(answer: Json, form: Format, root: str = "") -> bytes:
    """Write a comparison as a file; of a topic, a workbook has a second sheet with what stands behind it."""
    table = table_of(answer, root)
    if form == "csv":
        return as_csv(table)
    return as_xlsx(table, "对比", _WIDTHS, more={} if "pairs" in answer else {"材料": material_of(answer)})
