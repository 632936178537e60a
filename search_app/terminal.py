"""What the command line prints for a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from indexer.backend import ResultPage, open_backend
from indexer.finding import Corrected
from indexer.highlight import highlight
from indexer.models import Span
from indexer.pipeline import BuildReport
from indexer.places import label
from indexer.query import Query
from search_app.say import repairs_json
from search_app.streams import OutputConsole as Console


def report_table(index: Path, report: BuildReport) -> Table:
    """Return the table that ends an indexing: every document of a small corpus, the counts by place of a large one."""
    backend = open_backend(index)
    documents = backend.documents()
    table = Table(title=_title(report), title_justify="left", title_style="bold", box=None, pad_edge=False)
    if len(documents) <= 40:
        for name in ("文档", "地方", "年份", "段落", "来源"):
            table.add_column(name, justify="right" if name == "段落" else "left", overflow="fold")
        for document in documents:
            known = document.metadata
            years = "、".join(map(str, known.years)) or "未注明"
            table.add_row(
                Text(known.title),
                label(known.province, known.city, known.district),
                years + ("（推断）" if "years" in known.inferred else ""),
                str(document.paragraphs),
                Text(document.path if document.line is None else f"{document.path}:{document.line}"),
            )
    else:
        for name in ("地方", "文档", "段落"):
            table.add_column(name, justify="left" if name == "地方" else "right")
        places: dict[str, list[int]] = {}
        for document in documents:
            known = document.metadata
            counts = places.setdefault(label(known.province, known.city, None), [0, 0])
            counts[0] += 1
            counts[1] += document.paragraphs
        for place, (count, paragraphs) in places.items():
            table.add_row(place, f"{count:,}", f"{paragraphs:,}")
    backend.close()
    return table


def _title(report: BuildReport) -> str:
    corpus = report.corpus
    if corpus is None:
        return ""
    unchanged = report.files - report.files_read
    return (
        f"{corpus.documents:,} documents, {corpus.paragraphs:,} paragraphs from {report.files:,} files "
        f"({report.files_read:,} read, {unchanged:,} unchanged) · build {corpus.build}"
    )


def print_hits(query: Query, page: ResultPage, corrected: Corrected | None = None) -> None:
    """Print a page of hits, what matched in bold."""
    console = Console(soft_wrap=True, highlight=False)
    corpus = page.corpus
    console.print(
        f"{corpus.documents:,} 份文档 {corpus.paragraphs:,} 段中 {page.total_documents:,} 份 {page.total:,} 段 · "
        f"{page.took_ms:.1f} 毫秒"
    )
    if repairs := repairs_json(query):
        said = "、".join(f"“{each['from']}”读作“{each['to']}”" for each in repairs)
        console.print(Text(f"检索词里{said}；要查原字，请加引号。"))
    if corrected is not None:
        console.print(
            Text(f"没有一段写作“{corrected.original}”，已改按“{corrected.replacement}”检索（{corrected.why}）。")
        )
    if page.relaxed is not None:
        dropped = "第一条没有的词：" + "、".join(page.relaxed.dropped) if page.relaxed.dropped else ""
        console.print(Text(page.relaxed.why + dropped))
    first = (query.page - 1) * query.per_page + 1
    for number, hit in enumerate(page.hits, first):
        paragraph, known = hit.paragraph, hit.document.metadata
        years = "、".join(map(str, known.years)) or "未注明"
        console.print()
        console.print(
            Text.assemble(
                (f"{number}. ", "dim"),
                f"{label(known.province, known.city, known.district)} · {years} · {known.title}",
                "".join(f" › {heading}" for heading in paragraph.section),
                style="cyan",
            )
        )
        console.print(_marked(paragraph.text, highlight(paragraph.text, paragraph.folded, page.matched)))
        console.print(f"/p/{paragraph.id}", style="dim")
        if hit.duplicates:
            others = " ".join(f"/p/{other.paragraph.id}" for other in hit.duplicates)
            console.print(f"另有 {len(hit.duplicates)} 段几乎相同：{others}", style="dim")


def print_nothing_found(unknown: Sequence[str], suggestions: Sequence[dict[str, Any]]) -> None:
    """Print why a search may have found nothing: places that no document has, and what would find something."""
    console = Console(soft_wrap=True, highlight=False)
    if unknown:
        console.print(Text(f"语料中没有这个地方：{'、'.join(unknown)}"))
    for each in suggestions:
        console.print(Text(f"可以试试  {each['text']}（{each['why']}，{each['total']:,} 段）"))


def _marked(text: str, spans: Sequence[Span]) -> Text:
    visible = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    marked = Text(visible)
    for start, end in spans:
        marked.stylize("bold reverse", start, end)
    return marked


def print_reading(answer: dict[str, Any]) -> None:
    """Print how a query was read."""
    console = Console(soft_wrap=True, highlight=False)
    reading = answer["reading"]
    console.print(Text(f"检索词    {answer['query']['text']}"))
    console.print(Text(f"折叠为    {reading['folded']}"))
    table = Table("类型", "文字", "位置", "分词", box=None, pad_edge=False)
    for clause in reading["clauses"]:
        table.add_row(
            clause["kind"],
            Text(clause["text"]),
            f"{clause['start']}–{clause['end']}",
            Text(" / ".join(clause["tokens"])),
        )
    console.print(table)
    for word in reading["words"]:
        console.print(Text(f"须有      {word['text']}（{word['total']:,} 段）"))
    for each in reading["expansions"]:
        kind = {"equal": "同义", "related": "相关"}[each["kind"]]
        console.print(
            Text(f"{kind}      {each['from']} → {each['to']}（{each['total']:,} 段，{each['weight']}）{each['why']}")
        )
    for each in reading["steps"]:
        mark = "  ←" if each["selected"] else ""
        console.print(Text(f"范围      {each['step']:<5}{each['total']:>7,} 段{mark}"))
    if reading["relaxed"]:
        console.print(Text(f"放宽      {reading['relaxed']['step']}：{reading['relaxed']['why']}"))
    console.print(f"命中      {answer['total']:,} 段")
