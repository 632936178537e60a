"""The pages below ``/c``: what holds for all of them, and how they refuse a form without losing what was typed."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from indexer.errors import YaodianError
from search_app.collections.forms import FIELD, TokenError, bound_body, check_token
from search_app.errors import known

collection_pages = Blueprint("collection_pages", __name__, url_prefix="/c")
_UNAVAILABLE = "收藏暂时不可用，没有改动任何内容。请稍后再试。"
_NAMES = {"note": "备注", "title": "标题", "tags": "标签", "address": "地址"}
"""The fields of our forms that people fill in."""


@collection_pages.before_request
def check_form() -> None:
    """Take only forms of our own pages, of a bounded size. Raises ``TokenError``."""
    bound_body()
    if request.method == "POST":
        check_token()


@collection_pages.errorhandler(YaodianError)
def refused(error: YaodianError) -> Response:
    """Say why a form was not carried out, with what was typed in a form that can be sent again."""
    if request.method != "POST":
        return known(error)
    fields = [(name, value, _NAMES.get(name)) for name, value in request.form.items(multi=True) if name != FIELD]
    typed = any(label and value.strip() for _, value, label in fields)
    if not typed and not isinstance(error, TokenError):
        return known(error)
    answer = known(error)  # which also writes into the log what is for there
    page = render_template(
        "collection_refused.html",
        message=str(error) if answer.status_code != 503 else _UNAVAILABLE,
        status=answer.status_code,
        ours=isinstance(error, TokenError),
        fields=fields,
        action=request.path,
    )
    return make_response(page, answer.status_code)
