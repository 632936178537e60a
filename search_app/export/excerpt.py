"""What is exported, whatever it comes from: a search or a collection. The one value that all writers of files take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from indexer.citation import Cited, Work
from indexer.citation_styles import GB, render
from indexer.models import Span
from search_app.collections.clock import day

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quotation with where it stands, and what a reader said of it.

    ``document`` is a document as JSON has it (``present.document_json``), or as much of it as was saved: ``title`` at
    least. ``url`` is the permalink, absolute. ``highlights`` count in ``text``. ``saved_at`` is a time in ISO 8601,
    ``status`` what became of the link (``current``, ``moved``, ``changed``, ``gone``).
    """

    id: str
    document: Json
    text: str
    url: str
    section: tuple[str, ...] = ()
    ordinal: int | None = None
    item: str | None = None
    highlights: tuple[Span, ...] = ()
    score: float | None = None
    note: str = ""
    tags: tuple[str, ...] = ()
    saved_at: str | None = None
    status: str | None = None

    @property
    def saved_on(self) -> str:
        """The day on which it was saved, by a clock in China; nothing if it was not."""
        return day(self.saved_at) if self.saved_at else ""

    @property
    def place(self) -> str:
        """The place as a page says it."""
        levels = [self.document.get(name) for name in ("province", "city", "district")]
        return self.document.get("place") or "".join(dict.fromkeys(name for name in levels if name)) or "未注明"

    @property
    def years(self) -> str:
        """The years that the document is for."""
        return "、".join(map(str, self.document.get("years") or ())) or "未注明"

    @property
    def inferred(self) -> str:
        """What was inferred rather than read, in words; nothing if nothing was."""
        return "、".join(inferred_names(self.document.get("inferred") or ()))


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file says of itself: a title, remarks a line each, and the day on which it was made.

    ``style`` is the style of its citations; ``url`` the address of what was exported, absolute. ``cut`` says that there
    is more than the file holds, in a sentence.
    """

    title: str
    accessed: str
    remarks: tuple[str, ...] = ()
    url: str = ""
    style: str = GB
    cut: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All that is to be said before the quotations."""
        return tuple(line for line in (*self.remarks, self.cut, self.url) if line)


_NAMES = {
    "title": "标题",
    "issuer": "发文单位",
    "province": "地方",
    "city": "地方",
    "district": "地方",
    "years": "年份",
    "published": "发布日期",
}
STATUSES = {"current": "原文未改", "moved": "原文未改，地址已换", "changed": "原文已改", "gone": "原文已移除"}


def inferred_names(fields: Sequence[str]) -> list[str]:
    """Name fields of a document for people, none twice.

    >>> inferred_names(("province", "city", "issuer"))
    ['地方', '发文单位']
    """
    return list(dict.fromkeys(_NAMES[name] for name in fields if name in _NAMES))


def work_of_json(document: Json) -> Work:
    """Take from a document's JSON what a citation says."""
    levels = (document.get("province"), document.get("city"), document.get("district"))
    script = document.get("script")
    return Work(
        str(document.get("id") or ""),
        str(document.get("title") or "（无题名）"),
        document.get("issuer"),
        tuple(dict.fromkeys(name for name in levels if name)),
        document.get("published"),
        document.get("source_url"),
        script if script in ("Hans", "Hant", "mixed") else "Hans",
        tuple(document.get("inferred") or ()),
    )


def cited_of(excerpt: Excerpt, accessed: str) -> Cited:
    """Say what an excerpt cites: read on the day of the file, or, where the text is not there any more, when kept.

    >>> gone = Excerpt("p", {"title": "2017年工作要点"}, "落实", "/p/p", saved_at="2025-03-01T08:00:00Z", status="gone")
    >>> cited_of(gone, "2026-11-22").accessed
    '2025-03-01'
    """
    work = work_of_json(excerpt.document)
    lost = excerpt.status in ("changed", "gone") and excerpt.saved_at
    read_on = excerpt.saved_on if lost else accessed
    return Cited(work, excerpt.id, excerpt.url, read_on, excerpt.section, excerpt.ordinal, excerpt.text)


def citation_of(excerpt: Excerpt, heading: Heading) -> str:
    """Write the citation of an excerpt in the style of its file."""
    return render(cited_of(excerpt, heading.accessed), heading.style).entry


def all_cited(excerpts: Sequence[Excerpt], accessed: str) -> list[Cited]:
    """Say what excerpts cite, one by one."""
    return [cited_of(each, accessed) for each in excerpts]
