"""What is saved of a paragraph, a search or a comparison: read from the index by us, never taken from a reader."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from indexer.backend import SearchBackend
from indexer.errors import ParameterError
from indexer.query import Filters, Query
from search_app.collections.models import SavedComparison, SavedDocument, SavedPassage
from search_app.params import filter_parameters, read_query, search_url, url_with

CONTEXT = 200
"""Characters kept before and behind a passage: enough to tell repeated sentences apart."""
_MAX_URL = 4000


def read_passage(backend: SearchBackend, paragraph_id: str) -> SavedPassage:
    """Return a paragraph as it is saved. Raises ``UnknownIdError`` and what the backend raises."""
    document, paragraph = backend.paragraph(paragraph_id)
    text, known = document.source.text, document.metadata
    return SavedPassage(
        paragraph=paragraph.id,
        text=paragraph.text,
        prefix=text[max(0, paragraph.start - CONTEXT) : paragraph.start],
        suffix=text[paragraph.end : paragraph.end + CONTEXT],
        ordinal=paragraph.ordinal,
        section=paragraph.section,
        item=paragraph.item,
        segments=paragraph.segments,
        document=SavedDocument(
            id=document.id,
            title=known.title,
            issuer=known.issuer,
            province=known.province,
            city=known.city,
            district=known.district,
            years=known.years,
            published=known.published,
            script=known.script,
            source_url=known.source_url,
            path=document.source.path,
            sha256=document.source.sha256,
            inferred=known.inferred,
        ),
        build=backend.corpus().build,
    )


def read_search(url: str) -> Query:
    """Read the address of a search page, or of its JSON. Raises ``ParameterError``, ``QuerySyntaxError``.

    >>> read_search("/?q=控辍保学&page=3").text
    '控辍保学'
    """
    query = read_query(_parameters(url, ("/", "", "/api/v1/search"), "检索"))
    if not query.text and query.filters == Filters():
        raise ParameterError("这个地址没有检索词，也没有筛选条件，没有可以保存的检索。")
    return replace(query, page=1, per_page=10)


def canonical_search(query: Query) -> str:
    """Write the address under which a search is saved: how many are shown on which page does not belong to it."""
    return search_url(replace(query, page=1, per_page=10, fold=None))


def read_comparison(backend: SearchBackend, url: str) -> SavedComparison:
    """Read the address of a comparison. Raises ``ParameterError``, ``QuerySyntaxError``, ``UnknownIdError``."""
    args = _parameters(url, ("/compare", "/api/v1/compare"), "比较")
    left, right = args.get("left"), args.get("right")
    if left and right:
        titles = tuple(backend.document(each).metadata.title for each in (left, right))
        return _comparison(url_with("/compare", (), left=left, right=right), None, titles)
    query = read_query(args)
    if not query.text or left or right:
        raise ParameterError("这个地址没有比较的主题，也没有左右两份文档，没有可以保存的比较。")
    kept = [("q", query.text)]
    for name, values in filter_parameters(query.filters):
        kept += [(name, value) for value in values]
    order = "wording" if args.get("order") == "wording" else None
    return _comparison(url_with("/compare", kept, baseline=args.get("baseline") or None, order=order), query.text)


def _comparison(url: str, topic: str | None, titles: tuple[str, ...] = ()) -> SavedComparison:
    check_length(url)
    return SavedComparison(url, topic, titles)


def check_length(url: str) -> None:
    """Raise ``ParameterError`` for an address that is too long to be kept.

    It is counted as it is written, nine octets for each Chinese character: so it can be read again once it is saved.
    """
    if len(url) > _MAX_URL:
        raise ParameterError(f"这个地址有 {len(url)} 个字符（一个汉字算九个），最多 {_MAX_URL} 个。请缩短检索词。")


def _parameters(url: str, paths: tuple[str, ...], name: str) -> MultiDict[str, str]:
    """Take the parameters of an address of ours, with or without its host; the host is never asked for anything."""
    try:
        written = iri_to_uri(url.strip())
        parts = urlsplit(written)
    except ValueError:
        raise ParameterError("这不是一个地址。") from None
    check_length(written)
    if parts.scheme not in ("", "http", "https") or parts.path not in paths:
        raise ParameterError(f"这不是{name}页面的地址。请保存以 {paths[0]}? 开头的地址。")
    try:
        return MultiDict(parse_qsl(parts.query, keep_blank_values=True, errors="strict", max_num_fields=500))
    except (ValueError, UnicodeDecodeError):
        raise ParameterError("地址里的参数不是 UTF-8 编码，或者太多。") from None
