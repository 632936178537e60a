"""Forms that only our own pages can send: a token in each, made from a cookie that no other site can read.

The token is an HMAC of a random cookie (``SameSite=Lax``, which other sites' forms do not send at all), so pages can
have forms before there is a database with a key in it. ``privacy.refuse_other_sites`` refuses before, by what browsers
say of where a request comes from.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.urls import iri_to_uri

from indexer.errors import ForbiddenError
from search_app.collections.cookie import is_safe

MAX_BODY = 256 * 1024
"""Octets of one form: a note of the greatest length, nine octets for each character as browsers send it."""
FIELD = "token"
_COOKIE = "yaodian_form"
_LABEL = b"yaodian: a form of this browser"
_NONCE = re.compile(r"[A-Za-z0-9_-]{32}")
_MAX_BACK = 4000


class TokenError(ForbiddenError):
    """A form came without the token of this browser: its cookie was removed, or another site sent the form."""

    code = "token"


def register(app: Flask) -> None:
    """Make an application hand out the cookie that tokens are made from, with the first page that has a form."""

    @app.after_request
    def hand_out(response: Response) -> Response:
        nonce = g.pop("form_nonce", None)
        if nonce is not None:
            response.set_cookie(_COOKIE, nonce, httponly=True, secure=is_safe(), samesite="Lax")
        return response


def token() -> str:
    """Return the token that forms of this browser must carry."""
    nonce = _nonce()
    if nonce is None:
        nonce = g.get("form_nonce") or secrets.token_urlsafe(24)
        g.form_nonce = nonce
    return _token(nonce)


def check_token() -> None:
    """See that a form is ours. Raises ``TokenError``."""
    nonce = _nonce()
    given = request.form.get(FIELD, "")
    if nonce is None or not hmac.compare_digest(_token(nonce).encode(), given.encode("utf-8", "replace")):
        raise TokenError("这张表单不是从本站的页面发出的，或者浏览器清除了 Cookie，所以没有执行。")


def bound_body() -> None:
    """Read no more than a form may hold."""
    request.max_content_length = request.max_form_memory_size = MAX_BODY


def back_url(given: str | None, otherwise: str = "/c/") -> str:
    r"""Return where the reader was, if that is a page of ours; never an address of elsewhere.

    >>> back_url("/?q=入学&page=2#hit-3")
    '/?q=%E5%85%A5%E5%AD%A6&page=2#hit-3'
    >>> [back_url(each) for each in ("//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere", None)]
    ['/c/', '/c/', '/c/', '/c/']
    """
    if not given or "\\" in given or len(given) > _MAX_BACK:
        return otherwise
    given = iri_to_uri(given)
    if not re.fullmatch(r"/(?!/)[\x21-\x7e]*", given):
        return otherwise
    parts = urlsplit(given)
    return otherwise if parts.scheme or parts.netloc else given


def _nonce() -> str | None:
    given = request.cookies.get(_COOKIE, "")
    return given if _NONCE.fullmatch(given) else None


def _token(nonce: str) -> str:
    return hmac.new(nonce.encode("ascii"), _LABEL, hashlib.sha256).hexdigest()[:40]
