"""What the reader makes of one file, and why: ``yaodian inspect``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from indexer.models import Document, Evidence, Problem
from search_app.present import paragraph_json

Json = dict[str, Any]
_FIELDS = ("title", "issuer", "province", "city", "district", "years", "published", "script", "converted", "source_url")


def inspection_json(document: Document) -> Json:
    """Return everything that was found in a document, as the contract words it; offsets count in the source."""
    metadata: Json = {name: getattr(document.metadata, name) for name in _FIELDS}
    metadata["years"] = list(document.metadata.years)
    metadata["evidence"] = {name: _evidence_json(evidence) for name, evidence in document.metadata.evidence}
    return {
        "path": document.source.path,
        "line": document.source.line,
        "sha256": document.source.sha256,
        "encoding": document.source.encoding,
        "id": document.id,
        "metadata": metadata,
        "boilerplate": [{"start": r.start, "end": r.end, "kind": r.kind} for r in document.boilerplate],
        "front_matter": [{"start": r.start, "end": r.end, "kind": r.kind} for r in document.front_matter],
        "headings": [{"start": h.start, "end": h.end, "level": h.level, "text": h.text} for h in document.headings],
        "paragraphs": [paragraph_json(paragraph) for paragraph in document.paragraphs],
        "problems": [problem_json(problem) for problem in document.notices],
    }


def problem_json(problem: Problem) -> Json:
    """Return a problem as JSON: where, what, and whether the document was left out because of it."""
    return {"path": problem.path, "line": problem.line, "message": problem.message, "fatal": problem.fatal}


def _evidence_json(evidence: Evidence) -> Json:
    return {"rule": evidence.rule, "start": evidence.start, "end": evidence.end, "inferred": evidence.inferred}


def inspection_text(document: Document) -> Iterator[Table | Text | str]:
    """Yield the same for a person: metadata with its evidence, then the text in order, every region by kind."""
    text = document.source.text
    yield Text(
        f"{document.source.path} · {document.source.encoding} · {len(text):,} 字符 · {document.id}", style="bold"
    )
    evidence = dict(document.metadata.evidence)
    table = Table("字段", "值", "依据", "原文", box=None, pad_edge=False)
    for name in _FIELDS:
        value = getattr(document.metadata, name)
        shown = "、".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
        why = evidence.get(name)
        quotation = text[why.start : why.end] if why is not None and why.start is not None else ""
        rule = "" if why is None else why.rule + ("（推断）" if why.inferred else "")
        table.add_row(name, escape(shown or "未注明"), escape(rule), escape(_short(quotation, 40)))
    yield table
    yield ""
    for start, mark, line in sorted(_regions(document)):
        yield Text.assemble((f"{start:>6} ", "dim"), (f"{mark:<12}", "cyan"), " ", line)
    for problem in document.notices:
        yield Text(f"注意：{problem}", style="yellow")


def _regions(document: Document) -> Iterator[tuple[int, str, str]]:
    text = document.source.text
    for region in document.boilerplate:
        yield region.start, f"- {region.kind}", _short(text[region.start : region.end], 60)
    for region in document.front_matter:
        yield region.start, f"* {region.kind}", _short(text[region.start : region.end], 60)
    for heading in document.headings:
        yield heading.start, "#" * heading.level, heading.text
    for paragraph in document.paragraphs:
        repairs = "".join(f" {repair.original}→{repair.replacement}" for repair in paragraph.repairs)
        joined = f" （{len(paragraph.segments)} 段相接）" if len(paragraph.segments) > 1 else ""
        yield paragraph.start, f"¶ {paragraph.ordinal}", _short(paragraph.text, 60) + joined + repairs


def _short(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest // 2]}…{text[-longest // 2 :]}"
