"""Citations for reference managers: BibTeX, RIS and CSL-JSON; one entry for each document or paragraph cited."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from indexer.citation import ARCHIVE, LANGUAGES, Cited, csl_json, issuers, key_of

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_IN_URL = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def bibtex(cited: Sequence[Cited]) -> str:
    r"""Write BibTeX in UTF-8: ``@online`` and ``@techreport``, as biblatex and the gbt7714 styles of LaTeX read them.

    >>> from indexer.citation import Work
    >>> work = Work("d", "“双减”工作要点 50% & 更多", "武汉市教育局", published="2017-08-24")
    >>> print(bibtex([Cited(work, "p", "https://example.org/p/p", "2026-11-22")]))
    @online{wuhanshijiaoyuju2017-p,
      author = {{武汉市教育局}},
      title = {“双减”工作要点 50\% \& 更多},
      year = {2017},
      date = {2017-08-24},
      url = {https://example.org/p/p},
      urldate = {2026-11-22},
      language = {chinese},
      note = {https://example.org/p/p}
    }
    """
    return "\n".join(_bibtex_entry(each) for each in cited)


def _bibtex_entry(cited: Cited) -> str:
    work = cited.work
    item = csl_json(cited)
    report = item["type"] == "report"
    names = [f"{{{_latex(name)}}}" for name in issuers(work.issuer)]
    note = "；".join(_latex(part) for part in (cited.locator,) if part)
    fields = {
        "author": " and ".join(names),
        "title": _latex(work.title),
        "institution": _latex("、".join(issuers(work.issuer))) if report else "",
        "address": _latex("".join(work.place)),
        "year": _latex(work.published[:4]) if work.published and "issued" in item else "",
        "date": _latex(work.published) if work.published and "issued" in item else "",
        "url": _in_url(cited.address),
        "urldate": cited.accessed,
        "language": "chinese",
        "abstract": _latex(cited.text),
        "note": "；".join(part for part in (note, _latex(cited.url)) if part),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{'techreport' if report else 'online'}{{{key_of(cited)},\n" + ",\n".join(lines) + "\n}\n"


def ris(cited: Sequence[Cited], remark: str = "") -> str:
    """Write RIS: one value a line, CR LF line ends, UTF-8; ``ELEC`` for a page of the web, ``RPRT`` for a report.

    RIS has no comments: a ``remark`` on the whole stands in the last record, as a note.

    >>> from indexer.citation import Work
    >>> work = Work("d", "2018年青浦教育工作要点", place=("上海市", "青浦区"))
    >>> for line in ris([Cited(work, "p", "https://example.org/p/p", "2026-11-22", ordinal=3)]).splitlines()[:4]:
    ...     print(line)
    TY  - ELEC
    ID  - qingpuqund-p
    TI  - 2018年青浦教育工作要点
    CY  - 上海市青浦区
    """
    last = len(cited) - 1
    return "".join(_ris_record(each, remark if at == last else "") for at, each in enumerate(cited))


def _ris_record(cited: Cited, remark: str) -> str:
    work = cited.work
    item = csl_json(cited)
    lines = [("TY", "RPRT" if item["type"] == "report" else "ELEC"), ("ID", key_of(cited))]
    lines += [("AU", name) for name in issuers(work.issuer)]
    lines += [("TI", work.title), ("CY", "".join(work.place))]
    if "issued" in item:
        year, month, day = (*item["issued"]["date-parts"][0], None, None)[:3]
        lines += [("PY", str(year)), ("DA", _ris_date(year, month, day))]
    lines += [
        ("LA", LANGUAGES[work.script]),
        ("AB", cited.text),
        ("N1", cited.locator),
        ("N1", remark),
        ("UR", cited.address),
        ("Y2", cited.accessed.replace("-", "/")),
        ("DB", ARCHIVE),
        ("L2", cited.url if cited.url != cited.address else ""),
    ]
    written = [f"{tag}  - {_line(value)}" for tag, value in lines if value]
    return "\r\n".join([*written, "ER  - ", "", ""])


def _ris_date(year: int, month: int | None, day: int | None) -> str:
    return f"{year:04}/{f'{month:02}' if month else ''}/{f'{day:02}' if day else ''}/"


def csl_items(cited: Sequence[Cited], remark: str = "") -> str:
    """Write CSL-JSON: a list of items, as citeproc, Pandoc and Zotero read it; a ``remark`` is a note of the last."""
    items = [csl_json(each) for each in cited]
    if items and remark:
        items[-1]["note"] = remark
    return _UNSEEN.sub("�", json.dumps(items, ensure_ascii=False, indent=1)) + "\n"


def _latex(text: str) -> str:
    r"""Escape what LaTeX takes for a command, and put a value on one line.

    >>> _latex("A&B_{50%}"), _latex("一\n二")
    ('A\\&B\\_\\{50\\%\\}', '一 二')
    """
    return "".join(_LATEX.get(char, char) for char in _line(text))


def _in_url(url: str) -> str:
    """Write an address in a field: as it is, but for braces, which would end the field."""
    return "".join(_IN_URL.get(char, char) for char in _line(url))


def _line(text: str) -> str:
    """Put a value on one line, with what can be no character of a text file shown as �."""
    return re.sub(r"\s+", " ", _UNSEEN.sub("�", text)).strip()
