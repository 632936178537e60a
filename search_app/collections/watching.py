"""What is new in a saved search since it was last looked at."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace

from indexer.backend import Hit, ResultPage, SearchBackend
from indexer.finding import find
from indexer.query import Query
from search_app.collections.evidence import canonical_search, check_length, read_search
from search_app.collections.models import SavedSearch

MOST_SEEN = 1000
"""Paragraphs of a search that are remembered, the newest: 11 KB for each saved search. Beyond, only totals tell."""
_LENGTH = 8
"""Characters of base 64, 48 bits: that one of a thousand marks is mistaken for another has a chance of 1 in 10**11."""


@dataclass(frozen=True, slots=True)
class News:
    """What a saved search finds now and did not find before, in its own order.

    ``gone`` counts what was seen and is found no more. Where either time there were more than ``MOST_SEEN``, the rest
    was not looked at, and ``complete`` is false.
    """

    then: SavedSearch
    now: SavedSearch
    page: ResultPage
    new: tuple[Hit, ...]
    gone: int
    complete: bool


def look(backend: SearchBackend, url: str, at: str) -> SavedSearch:
    """Return a search as it is saved at an instant. Raises ``ParameterError`` and what the backend raises."""
    query = read_search(url)
    check_length(canonical_search(query))  # which may be longer than what was given: 武汉 is written 武汉市
    return _saved(query, _found(backend, query), at)


def news(backend: SearchBackend, saved: SavedSearch, at: str) -> News:
    """Say what is new in a search since it was last looked at. Raises what the backend raises."""
    query = read_search(saved.url)
    page = _found(backend, query)
    now = _saved(query, page, at)
    before, after = set(saved.seen), set(now.seen)
    new = tuple(hit for hit in page.hits if mark(hit) not in before)
    complete = max(saved.total, now.total) <= MOST_SEEN
    return News(saved, now, page, new, len(before - after), complete)


def mark(hit: Hit) -> str:
    """Return what a paragraph is remembered by: its characters, and whose document it is in.

    Not its id: a correction anywhere in a document gives all its paragraphs other ids, and makes only one of them new.
    """
    known = hit.document.metadata
    parts = (known.title, known.issuer, known.province, known.city, known.district, "".join(hit.paragraph.text.split()))
    octets = "\x1f".join(part or "" for part in parts).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hashlib.sha256(octets).digest()).decode("ascii")[:_LENGTH]


def _found(backend: SearchBackend, query: Query) -> ResultPage:
    """Search as the page does, all hits that are remembered at once, the newest documents first."""
    return find(backend, replace(query, sort="newest", per_page=MOST_SEEN, group=None, fold=False)).page


def _saved(query: Query, page: ResultPage, at: str) -> SavedSearch:
    marks = tuple(dict.fromkeys(mark(hit) for hit in page.hits))
    return SavedSearch(canonical_search(query), page.total, page.total_documents, page.corpus.build, at, marks)
