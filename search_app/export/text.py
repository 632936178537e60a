"""Quotations as text: Markdown, and JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from indexer.citation import csl_json, key_of
from indexer.models import Span
from search_app.export.excerpt import STATUSES, Excerpt, Heading, citation_of, cited_of
from search_app.sheets import printable

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_OPENING = re.compile(r"^(\s*)([-+=]|\d{1,9}(?=[.)]))", re.MULTILINE)
"""What begins a list, a rule or a heading of Markdown where it stands first in a line."""


def markdown(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    """Write Markdown (CommonMark): each quotation as a block, its matches bold, its citation and link below."""
    blocks = [f"# {escaped(heading.title)}", *(_remark(line) for line in heading.lines)]
    for number, each in enumerate(excerpts, 1):
        title = each.document.get("title") or "（无题名）"
        blocks.append(f"## {number}\\. {escaped(f'{each.place} · {each.years} · {title}')}")
        if each.section or each.ordinal:
            blocks.append(escaped(cited_of(each, heading.accessed).locator))
        quoted = _marked(printable(each.text), each.highlights)
        blocks.append("\n".join(f"> {line}" for line in quoted.split("\n")))
        blocks.append(f"{escaped(citation_of(each, heading))}")
        blocks.append(f"[固定链接]({_target(each.url)})" + _kept(each))
        if each.note:
            blocks.append(f"备注：{escaped(each.note)}")
    return ("\n\n".join(blocks) + "\n").encode("utf-8")


def _remark(line: str) -> str:
    return f"<{_target(line)}>" if line.startswith(("http://", "https://")) else escaped(line)


def _kept(excerpt: Excerpt) -> str:
    """Say, behind its link, what was inferred of a quotation, and what became of one that was saved."""
    said = [
        f"推断：{excerpt.inferred}" if excerpt.inferred else "",
        STATUSES.get(excerpt.status or "", ""),
        f"收藏于 {excerpt.saved_on}" if excerpt.saved_at else "",
        f"标签：{'、'.join(excerpt.tags)}" if excerpt.tags else "",
    ]
    return "".join(f" · {escaped(part)}" for part in said if part)


def escaped(text: str) -> str:
    r"""Write text that Markdown shows as it is.

    >>> escaped("1. *双减* [见附件] <b>"), escaped("- 第一项")
    ('1\\. \\*双减\\* \\[见附件\\] \\<b\\>', '\\- 第一项')
    """
    plain = _SPECIAL.sub(r"\\\1", printable(text).replace("\r\n", "\n").replace("\r", "\n"))
    return _OPENING.sub(_no_list, plain)


def _no_list(match: re.Match[str]) -> str:
    space, begun = match.groups()
    # A number is a list by the dot behind it, which is escaped; spaces that would begin a block of code go.
    return f"{begun}\\" if begun.isdecimal() else f"{space[:3]}\\{begun}"


def _marked(text: str, spans: Sequence[Span]) -> str:
    """Write a text with spans in bold."""
    out = []
    for low, high, marked in _runs(text, spans):
        piece = text[low:high]
        # What stands in a line is no list; and stars next to a mark of punctuation would not be read as bold.
        shown = escaped(piece) if low == 0 or text[low - 1] == "\n" else escaped(f"字{piece}")[1:]
        out.append(f"**{shown}**" if marked and piece[0].isalnum() and piece[-1].isalnum() else shown)
    return "".join(out)


def _runs(text: str, spans: Sequence[Span]) -> list[tuple[int, int, bool]]:
    """Cut a text where marks begin and end; spans that touch are one mark, as the stars of both would run together.

    >>> _runs("流动人口随迁子女入学", [(4, 8), (0, 4)])
    [(0, 8, True), (8, 10, False)]
    """
    runs: list[tuple[int, int, bool]] = []
    for at in range(len(text)):
        marked = any(start <= at < end for start, end in spans)
        if runs and runs[-1][2] == marked:
            runs[-1] = (runs[-1][0], at + 1, marked)
        else:
            runs.append((at, at + 1, marked))
    return runs


def _target(url: str) -> str:
    """Write an address where brackets would end it."""
    return re.sub(r"[()<>\s\\]", lambda match: f"%{ord(match[0]):02X}", printable(url))


def as_json(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    """Write JSON: what the file is, and every quotation with its document, citation and CSL item."""
    found = {
        "title": heading.title,
        "remarks": list(heading.remarks),
        "cut": heading.cut or None,
        "url": heading.url or None,
        "accessed": heading.accessed,
        "style": heading.style,
        "excerpts": [_excerpt_json(each, heading) for each in excerpts],
    }
    return (printable(json.dumps(found, ensure_ascii=False, indent=1)) + "\n").encode("utf-8")


def _excerpt_json(excerpt: Excerpt, heading: Heading) -> dict[str, Any]:
    cited = cited_of(excerpt, heading.accessed)
    found: dict[str, Any] = {
        "id": excerpt.id,
        "url": excerpt.url,
        "document": excerpt.document,
        "section": list(excerpt.section),
        "ordinal": excerpt.ordinal,
        "item": excerpt.item,
        "text": excerpt.text,
        "highlights": [list(span) for span in excerpt.highlights],
        "citation": citation_of(excerpt, heading),
        "key": key_of(cited),
        "csl": csl_json(cited),
    }
    if excerpt.score is not None:
        found["score"] = excerpt.score
    if excerpt.saved_at or excerpt.note or excerpt.tags or excerpt.status:
        kept = {"note": excerpt.note, "tags": list(excerpt.tags), "saved_at": excerpt.saved_at}
        found |= {**kept, "status": excerpt.status}
    return found
