"""What a citation of a document or of one of its paragraphs says, as CSL-JSON: the values that every style is made of.

Nothing is guessed. The date is the one that the document names as its publication; the years that a plan is for are
none. An author or a date that is not known is left out, and a style says so in its own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from indexer.fold import fold_characters
from indexer.models import Metadata, Script
from indexer.pinyin import syllables

Csl = dict[str, Any]

LANGUAGES: dict[Script, str] = {"Hans": "zh-CN", "Hant": "zh-TW", "mixed": "zh-CN"}
ARCHIVE = "要点（Yaodian）"
_REPORT = re.compile(r"(?:报告|总结)(?:[（(].{1,12}[)）])?$")
"""A document whose title ends so is a report: [R/OL], as GB/T 7714—2015 cites reports of institutions (4.6.2)."""
_SEVERAL = re.compile(r"[、；;]|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_KEY_LETTERS = 24
"""Letters of an author that a key begins with: enough to know it by, and short enough to type."""


@dataclass(frozen=True, slots=True)
class Work:
    """A document as a citation knows it; ``None`` is not stated. ``place`` is what it is about, outermost first."""

    id: str
    title: str
    issuer: str | None = None
    place: tuple[str, ...] = ()
    published: str | None = None
    source_url: str | None = None
    script: Script = "Hans"
    inferred: tuple[str, ...] = ()
    """Names of the fields that were inferred rather than read."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: a document, or one paragraph of it.

    ``url`` is the permalink, absolute; ``accessed`` the day of citing, ``2024-03-08``. ``id`` is the paragraph's, or
    the document's.
    """

    work: Work
    id: str
    url: str
    accessed: str
    section: tuple[str, ...] = ()
    ordinal: int | None = None
    text: str = ""

    @property
    def address(self) -> str:
        """Where to read it: the page that it was taken from where that is known, else the permalink."""
        source = self.work.source_url or ""
        return source if source.startswith(("https://", "http://")) else self.url

    @property
    def locator(self) -> str:
        """Where in the document it stands, in words.

        >>> Cited(Work("d", "2017年工作要点"), "p", "/p/p", "2026-11-22", ("二、主要工作",), 14).locator
        '二、主要工作 › 第14段'
        """
        where = [*self.section, f"第{self.ordinal}段"] if self.ordinal else list(self.section)
        return " › ".join(where)


def work_of(document_id: str, metadata: Metadata) -> Work:
    """Take from what is known about a document what a citation says."""
    levels = (metadata.province, metadata.city, metadata.district)
    return Work(
        document_id,
        metadata.title,
        metadata.issuer,
        tuple(dict.fromkeys(name for name in levels if name)),
        metadata.published,
        metadata.source_url,
        metadata.script,
        metadata.inferred,
    )


def csl_json(cited: Cited) -> Csl:
    """Describe what is cited as an item of CSL-JSON (CSL 1.0.2, ``csl-data.json``).

    ``jurisdiction`` is the place that the document is about; where it was published, no document says.

    >>> work = Work("d", "2018年青浦教育工作要点", place=("上海市", "青浦区"))
    >>> item = csl_json(Cited(work, "p1", "https://example.org/p/p1", "2026-11-22", ("一、指导思想",), 3))
    >>> item["type"], item["URL"], item["jurisdiction"], "issued" in item, "author" in item
    ('webpage', 'https://example.org/p/p1', '上海市青浦区', False, False)
    """
    work = cited.work
    item: Csl = {
        "id": key_of(cited),
        "type": "report" if _REPORT.search(fold_characters(work.title)) else "webpage",
        "title": work.title,
        "author": [{"literal": name} for name in issuers(work.issuer)],
        "issued": date_parts(work.published),
        "accessed": date_parts(cited.accessed),
        "URL": cited.address,
        "language": LANGUAGES[work.script],
        "jurisdiction": "".join(work.place),
        "section": cited.locator,
        "abstract": cited.text,
        "archive": ARCHIVE,
        "archive_location": cited.url,
    }
    return {name: value for name, value in item.items() if value}


def issuers(literal: str | None) -> tuple[str, ...]:
    """Part issuers that published together; a name is never turned round or shortened (GB/T 7714—2015, 8.1.4).

    >>> issuers("教育部、财政部"), issuers("市教育局 市卫健委"), issuers(None)
    (('教育部', '财政部'), ('市教育局', '市卫健委'), ())
    """
    return tuple(name.strip() for name in _SEVERAL.split(literal or "") if name.strip())


def date_parts(day: str | None) -> Csl | None:
    """Write a date, or as much of it as is known, as CSL has it; ``None`` for none and for what is no date.

    >>> date_parts("2017-08-24"), date_parts("2017"), date_parts("去年")
    ({'date-parts': [[2017, 8, 24]]}, {'date-parts': [[2017]]}, None)
    """
    match = _DATE.fullmatch(day or "")
    return {"date-parts": [[int(part) for part in match.groups() if part]]} if match else None


def key_of(cited: Cited) -> str:
    """Make a key for reference managers: who in pinyin, when, and the id that makes it the only one; ASCII.

    >>> work = Work("d", "2017年全市基础教育工作要点", "武汉市教育局", published="2017-08-24")
    >>> key_of(Cited(work, "gbdqnujbtsb", "", "2026-11-22"))
    'wuhanshijiaoyuju2017-gbdqnujbtsb'
    """
    work = cited.work
    named = next(iter(issuers(work.issuer)), "") or "".join(work.place[-1:]) or work.title
    sounds = (syllables(char) for char in fold_characters(named))
    letters = ""
    for sound in sounds:
        if sound and len(letters) + len(sound[0]) <= _KEY_LETTERS:
            letters += sound[0]
    year = (work.published or "")[:4]
    return f"{letters or 'yaodian'}{year if year.isdecimal() else 'nd'}-{re.sub(r'[^A-Za-z0-9]', '', cited.id)}"
