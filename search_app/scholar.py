"""What reference managers and search engines read off a page: COinS, Highwire and Dublin Core."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from indexer.citation import Cited, csl_json, issuers
from search_app.export.excerpt import work_of_json

Json = dict[str, Any]


def coins(document: Json, url: str) -> str:
    """Write the ContextObject in SPAN (COinS) of a document or of a passage of it: ``url`` is its permalink, absolute.

    Keys and encoded values (ANSI/NISO Z39.88-2004, KEV); the Dublin Core format, whose ``rft.type`` Zotero reads.

    >>> coins({"title": "2018年工作要点", "issuer": None}, "https://example.org/p/p")[:72]
    'ctx_ver=Z39.88-2004&rft_val_fmt=info%3Aofi%2Ffmt%3Akev%3Amtx%3Adc&rfr_id'
    """
    cited = Cited(work_of_json(document), "", url, "")
    item = csl_json(cited)
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rfr_id", "info:sid/yaodian"),
        ("rft_id", cited.address),
        ("rft.type", item["type"]),
        ("rft.title", item["title"]),
        *(("rft.creator", name) for name in issuers(cited.work.issuer)),
        ("rft.date", _date(item)),
        ("rft.language", item["language"]),
    ]
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs if value)


def meta_tags(document: Json, url: str) -> list[tuple[str, str]]:
    """List the ``<meta>`` names and values of a page about a document; what is not known has none.

    Highwire Press tags as Google Scholar and Zotero read them, and Dublin Core (DCMI, "Expressing Dublin Core in
    HTML").

    >>> dict(meta_tags({"title": "2018年工作要点", "script": "Hant"}, "/d/d"))["DC.language"]
    'zh-TW'
    """
    cited = Cited(work_of_json(document), "", url, "")
    item = csl_json(cited)
    day = _date(item)
    names = issuers(cited.work.issuer)
    report = item["type"] == "report"
    tags = [
        ("citation_title", item["title"]),
        *(("citation_author", name) for name in names),
        ("citation_publication_date", day.replace("-", "/")),
        ("citation_language", item["language"]),
        ("citation_public_url", cited.address),
        *(("citation_technical_report_institution", name) for name in names if report),
        ("DC.title", item["title"]),
        *(("DC.creator", name) for name in names),
        ("DC.date", day),
        ("DC.language", item["language"]),
        ("DC.identifier", cited.address),
        ("DC.type", "Text"),
        ("DC.coverage", item.get("jurisdiction", "")),
        ("DC.source", url if url != cited.address else ""),
    ]
    return [(name, value) for name, value in tags if value]


def _date(item: Json) -> str:
    """Write a date of CSL in ISO 8601, nothing for none."""
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    return "-".join(f"{part:02}" for part in parts)
