"""What belongs to one reader stays with that reader: no cache, no search engine, no other site, no log."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Response, request

from indexer.errors import ForbiddenError

API = "/api/v1/collections"
_PRIVATE = re.compile(r"/(?:c|collections|api/v1/collections)(?:/|$)")
_SECRET = re.compile(r"(?<![0-9a-z])[er][a-z2-7]{32}(?![0-9a-z])", re.IGNORECASE)
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
_OURS = ("same-origin", "none")
"""``none``: the reader typed the address or chose a bookmark (https://www.w3.org/TR/fetch-metadata/)."""
_READING = ("GET", "HEAD", "OPTIONS")


def register(app: Flask) -> None:
    """Make an application keep what is private so, errors included."""
    app.before_request(refuse_other_sites)
    app.after_request(_keep_private)


def without_secrets(text: str) -> str:
    """Return a text for the log with the addresses of collections struck out.

    >>> without_secrets("/c/e" + "a" * 32 + "?page=2")
    '/c/…?page=2'
    """
    return _SECRET.sub("…", text)


def refuse_other_sites() -> None:
    """Refuse a change that a page of another site asks for. Raises ``ForbiddenError``.

    A browser says where a request comes from in ``Sec-Fetch-Site``, one that does not know it in ``Origin``. What says
    neither is no browser, and has no authority of a reader that it could misuse.
    """
    if request.method in _READING or not _PRIVATE.match(request.path):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        other = site not in _OURS
    else:
        origin = request.headers.get("Origin")
        # Forms of our own private pages say "null", for these say nothing of where they are (no-referrer); such forms
        # are known by their token.
        unsaid = origin is None or (origin == "null" and request.path.startswith("/c/"))
        other = not unsaid and not _is_ours(origin or "")
    if other:
        raise ForbiddenError("这个请求来自别的网站，没有执行。请在本站的页面上操作。")


def _is_ours(origin: str) -> bool:
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def _keep_private(response: Response) -> Response:
    if _PRIVATE.match(request.path):
        response.headers.update(_HEADERS)
    return response
