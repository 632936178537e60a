"""What differs from reader to reader, put into a page after it was made: pages can be kept, and made once for all.

Templates write marks that nobody else can write; here they become the token of the browser's forms, and the notice of
what was just done. Passages that this browser saved are shown as saved. Such an answer is for this browser alone.
"""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, request
from markupsafe import Markup

from indexer.errors import YaodianError
from search_app.access import current_database
from search_app.collections.cookie import NAME, read_shelf
from search_app.collections.forms import token
from search_app.collections.listing import saved_paragraphs
from search_app.collections.notices import clear_notice, notice_html

_SECRET = secrets.token_hex(12)
TOKEN_MARK = f"token-{_SECRET}"
NOTICE_MARK = Markup(f"<!--notice-{_SECRET}-->")
_TOKEN, _NOTICE = TOKEN_MARK.encode(), NOTICE_MARK.encode()
_BUTTON = re.compile(
    rb'<button type="submit" form="save" class="save" name="paragraph" value="([0-9a-z]+)((?: [\w-]*)?)">'
    + "收藏<".encode()
)


def register(app: Flask) -> None:
    """Make an application fill in what is the reader's. To be registered before what keeps answers: it runs after."""
    app.jinja_env.globals.update(form_token=TOKEN_MARK, notice_mark=NOTICE_MARK)
    app.after_request(_fill_in)


def _fill_in(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed:
        return response
    body = response.get_data()
    if _NOTICE not in body:
        return response
    notice = notice_html()
    body = body.replace(_NOTICE, notice.encode())
    if notice:
        clear_notice(response)
    if _TOKEN in body:
        response.headers["Cache-Control"] = "no-store" if notice else "private, no-cache"
        response.vary.add("Cookie")
        body = _with_saved(body).replace(_TOKEN, token().encode())
    response.set_data(body)
    return response


def _with_saved(body: bytes) -> bytes:
    """Show as saved what this browser has saved; a page is worth showing where that cannot be asked."""
    if NAME not in request.cookies and "shelf" not in g:
        return body
    buttons = {found[1].decode() for found in _BUTTON.finditer(body)}
    if not buttons:
        return body
    try:
        saved = saved_paragraphs(current_database(), read_shelf().addresses, buttons)
    except YaodianError:
        return body

    def shown(found: re.Match[bytes]) -> bytes:
        if found[1].decode() not in saved:
            return found[0]
        return found[0].replace(b'class="save"', b'class="save kept"').replace("收藏<".encode(), "已收藏<".encode())

    return _BUTTON.sub(shown, body)
