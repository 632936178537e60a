"""What ``yaodian compare`` prints for a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rich.text import Text

from indexer.compare import Comparison, Row, differences, differing_numbers, missing
from indexer.compare.coverage import cover
from indexer.models import Metadata
from indexer.places import label
from search_app.streams import OutputConsole as Console

_ABOUT = {"about": "论及", "mentions": "提到"}
_LISTED = 40
"""Silent documents that are listed by name; of more only the places are counted."""


def print_comparison(found: Comparison, unknown: Sequence[str] = ()) -> None:
    """Print who says what: a summary, each wording with its members, then who says nothing.

    Without a topic nobody is called silent. ``unknown`` are the values of filters that no document has. Only a wording
    of two documents or more has a letter; of the others each stands for itself.
    """
    console = Console(soft_wrap=True, highlight=False)
    if not found.topic.pieces:
        console.print(Text(f"“{found.topic.text}”只有排除、限定或符号，没有可以对比的主题。"))
        return
    if not found.documents:
        reason = f"语料中没有{'、'.join(unknown)}的文档。" if unknown else "没有一份文档合于所有限定。"
        console.print(Text(reason))
        return
    if unknown:
        console.print(Text(f"语料中没有{'、'.join(unknown)}的文档。"))
    if found.corrected:
        used = found.corrected
        console.print(Text(f"没有一份写作“{used.original}”，已改按“{used.replacement}”对比（{used.why}）。"))
    treated = sum(row.about == "about" for row in found.rows)
    shared = sum(len(wording.members) > 1 for wording in found.wordings)
    console.print(
        f"{len(found.documents):,} 份文档：{treated:,} 份论及，{len(found.rows) - treated:,} 份只是提到，"
        f"{len(found.silent):,} 份没有说到 · {len(found.wordings):,} 种表述，"
        f"{shared:,} 种不止一份 · {found.took_ms:.1f} 毫秒"
    )
    base = found.baseline()
    for wording in found.wordings:
        first = found.rows[wording.first]
        console.print()
        if len(wording.members) > 1:
            years = "、".join(map(str, wording.years)) or "未注明"
            figures = "，数字不同" if wording.figures_differ else ""
            console.print(Text(f"{wording.label}  {len(wording.members)} 份 · {years}{figures}", style="bold"))
        console.print(_compared(found.rows[base], first) if base is not None else Text(first.text))
        for at in wording.members:
            row = found.rows[at]
            console.print(
                Text(f"  {_ABOUT[row.about]}  {' › '.join((_where(row.document.metadata), *row.paragraph.section))}"),
                style="cyan",
            )
            console.print(Text(f"        /p/{row.paragraph.id}"), style="dim")
    if found.silent:
        console.print()
        console.print(Text(f"没有说到（{len(found.silent):,} 份）", style="bold"))
        for document in found.silent[:_LISTED]:
            console.print(Text(f"  {_where(document.metadata)}"))
        if len(found.silent) > _LISTED:
            console.print(f"  另有 {len(found.silent) - _LISTED:,} 份")
    gaps = missing(cover(found))
    if gaps:
        console.print(f"另有 {len(gaps):,} 处（一个地方的一年）语料没有文档，不算没有说到。")


def _where(known: Metadata) -> str:
    years = "、".join(map(str, known.years)) or "未注明"
    return f"{label(known.province, known.city, known.district)} · {years} · {known.title}"


def _compared(base: Row, row: Row) -> Text:
    """Show a sentence; what the baseline does not say is underlined, numbers that differ are bold."""
    text = Text(_visible(row.text))
    if row is base:
        return text
    at = 0
    changes = differences(base, row)
    for change in changes:
        if change.op != "delete":
            if change.op == "insert":
                text.stylize("underline", at, at + len(change.text))
            at += len(change.text)
    for number in differing_numbers(base.folded, row.folded) if changes else ():
        text.stylize("bold", number.start, number.end)
    return text


def _visible(text: str) -> str:
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
