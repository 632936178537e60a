"""The pages below ``/c``: what holds for all of them, and how they refuse a form without losing what was typed."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from search_app.collections.forms import FIELD, TokenError, bound_body, check_token

collection_pages = Blueprint("collection_pages", __name__, url_prefix="/c")
_NAMES = {"note": "备注", "title": "标题", "tags": "标签", "address": "地址"}
"""The fields of our forms that people fill in."""


@collection_pages.before_request
def check_form() -> None:
    """Take only forms of our own pages, of a bounded size. Raises ``TokenError``."""
    bound_body()
    if request.method == "POST":
        check_token()


@collection_pages.errorhandler(TokenError)
def refused(error: TokenError) -> Response:
    """Say why a form was refused, with what was typed in a form that can be sent again."""
    fields = [
        (name, value, _NAMES.get(name)) for name, value in request.form.items(multi=True) if name not in (FIELD, "")
    ]
    page = render_template("collection_refused.html", message=str(error), fields=fields, action=request.path)
    return make_response(page, error.status)
