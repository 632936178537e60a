"""Quotations as files: one neutral value in (:class:`Excerpt`), the octets of a file out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indexer.errors import ParameterError
from indexer.references import bibtex, csl_items, ris
from search_app.export import text, word
from search_app.export.excerpt import Excerpt, Heading, all_cited
from search_app.export.table import as_table, columns_widths
from search_app.sheets import as_csv, as_xlsx, printable

__all__ = ["FORMATS", "Excerpt", "FileFormat", "Heading", "format_of", "write"]

Writer = Callable[[Sequence[Excerpt], Heading], bytes]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file: its name in an address, the end of its file's name, its media type, its name for people.

    Flask names the charset of ``text/…`` itself; where we did too it was said twice.
    """

    name: str
    suffix: str
    media: str
    label: str
    write: Writer
    most: int = 10_000
    """Quotations that a search writes at most: what a spreadsheet, or a person, can still handle."""


def _csv(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    return as_csv(as_table(excerpts, heading))


def _xlsx(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    remarks = (heading.title, *heading.lines)
    return as_xlsx(as_table(excerpts, heading), "摘录", columns_widths(), remarks)


def _ris(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    return printable(ris(all_cited(excerpts, heading.accessed), heading.cut)).encode("utf-8")


def _bibtex(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    # What stands outside entries is a comment in BibTeX; an @ would begin one.
    said = "".join(f"% {line}\n" for line in (heading.title, *heading.lines)).replace("@", "＠")
    return printable(f"{said}\n{bibtex(all_cited(excerpts, heading.accessed))}").encode("utf-8")


def _csl(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    return csl_items(all_cited(excerpts, heading.accessed), heading.cut).encode("utf-8")


FORMATS = {
    each.name: each
    for each in (
        FileFormat("docx", "docx", word.MEDIA, "Word", word.write, 2_000),  # some four seconds, and a thousand pages
        FileFormat("xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel", _xlsx),
        FileFormat("csv", "csv", "text/csv", "CSV", _csv),
        FileFormat("md", "md", "text/markdown", "Markdown", text.markdown),
        FileFormat("ris", "ris", "application/x-research-info-systems; charset=utf-8", "RIS", _ris),
        FileFormat("bibtex", "bib", "application/x-bibtex; charset=utf-8", "BibTeX", _bibtex),
        FileFormat("csl-json", "csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", _csl),
        FileFormat("json", "json", "application/json", "JSON", text.as_json),
    )
}
"""Every kind of file, in the order in which a page offers them."""


def format_of(name: str | None) -> FileFormat:
    """Return the kind of file that a name asks for. Raises ``ParameterError``."""
    found = FORMATS.get((name or "").strip().lower())
    if found is None:
        raise ParameterError(f"参数 format 可以是 {'、'.join(FORMATS)}，不能是“{(name or '')[:40]}”。")
    return found


def write(excerpts: Sequence[Excerpt], form: str, heading: Heading) -> bytes:
    """Write quotations as a file. Raises ``ParameterError`` for an unknown format or style."""
    return format_of(form).write(excerpts, heading)
