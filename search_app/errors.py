"""Errors as a person and as a program see them: a page in Chinese, or JSON under ``/api/``; never a traceback."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from indexer.errors import DatabaseError, QuerySyntaxError, YaodianError
from search_app.collections.privacy import without_secrets

log = logging.getLogger("yaodian")

# code -> what it means, and what to do
_SAID = {
    "query_syntax": ("这个检索式读不懂", "请改正标出的地方，再检索一次。"),
    "parameter": ("地址里有一个参数不对", "请改正地址，或回到检索页重新开始。"),
    "query_too_long": ("检索词太长", "请缩短检索词；查找一段原文时，取其中一句即可。"),
    "unknown_id": ("没有这份文档或这个段落", "它可能已从语料中移除，或者地址不完整。请核对链接，或检索其中的原文。"),
    "unknown_collection": ("没有这个收藏，或其中没有这一项", "请核对地址；这个浏览器记住的收藏见“收藏”页。"),
    "not_found": ("没有这个页面", "请核对地址，或回到检索页。"),
    "method_not_allowed": ("这个地址不接受这种请求", "请用 GET 请求访问。"),
    "index_missing": ("还没有索引", "请管理员运行 yaodian index 建立索引，然后刷新本页。"),
    "index_broken": ("索引不可用", "请管理员运行 yaodian check 查明原因，必要时用 yaodian index --rebuild 重建。"),
    "index_busy": ("索引正在更新", "请稍后刷新本页。"),
    "forbidden": ("这个地址不能修改", "请用编辑地址打开收藏，并在本站的页面上操作。"),
    "deleted": ("这个收藏已删除", "有编辑地址的人可以在删除后 30 天内恢复它。"),
    "changed": ("收藏已在别处改动", "没有改动任何内容。请刷新后再改一次。"),
    "too_large": ("内容太多", "请减少内容后再试。"),
    "version_required": ("没有写明版本", "请带 If-Match，写明您看到的版本。"),
    "media_type": ("内容的类型不对", "请带 Content-Type: application/json。"),
    "database": ("收藏暂时不可用", "检索不受影响。请稍后再试；如仍如此，请管理员查看日志。"),
    "database_busy": ("收藏正在被别处修改", "没有改动任何内容。请稍后再试一次。"),
    "database_newer": ("收藏由更新的版本写成", "检索不受影响。请管理员升级程序。"),
    "internal": ("程序出错了", "错误已记入日志。请稍后再试；如仍出错，请把编号告诉管理员。"),
}
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 429: "too_many"}


def register(app: Flask) -> None:
    """Make an application answer every error."""
    app.register_error_handler(YaodianError, known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def known(error: YaodianError) -> Response:
    """Answer an error that is meant for a person."""
    status = error.status if error.status != 500 else 503
    if status == 503:
        log.error("%s %s: %s", request.method, without_secrets(request.path), error, exc_info=error)
    if isinstance(error, DatabaseError):  # where the database is, and under whose name, is for the log only
        return _answer(status, error.code, "，".join(_SAID[error.code]), None)
    position = error.position if isinstance(error, QuerySyntaxError) else None
    return _answer(status, error.code, str(error), position)


def _http(error: HTTPException) -> Response:
    status = error.code or 503
    if 300 <= status < 400:
        return make_response(error.get_response())
    if isinstance(error, SecurityError):  # of a host that is not trusted no address is made, so there is no page
        return Response("400 地址里的主机名不被接受。\n", 400, mimetype="text/plain")
    code = _HTTP_CODES.get(status, "parameter" if status < 500 else "internal")
    title, advice = _SAID.get(code, _SAID["parameter"])
    response = _answer(status, code, f"{title}。{advice}", None)
    if status == 405:
        response.headers["Allow"] = ", ".join(
            sorted(getattr(error, "valid_methods", None) or ("GET", "HEAD", "OPTIONS"))
        )
    return response


def _unknown(error: Exception) -> Response:
    """Answer what nobody expected: 503 as promised, the traceback in the log under a number that the reader gets."""
    number = secrets.token_hex(4)
    log.error("error %s at %s %s", number, request.method, without_secrets(request.full_path), exc_info=error)
    return _answer(503, "internal", f"程序出错了（编号 {number}）。", None)


def _answer(status: int, code: str, message: str, position: int | None) -> Response:
    if request.path.startswith("/api/"):
        found: dict[str, Any] = {"code": code, "message": message}
        if position is not None:
            found["position"] = position
        return make_response(jsonify(error=found), status)
    own = "unknown_collection" if code == "unknown_id" and request.path.startswith("/c/") else code
    title, advice = _SAID.get(own, _SAID["parameter"])
    # As params reads it: positions count in the trimmed text. What is too long to look at is not repeated.
    text = request.args.get("q", "").strip()
    text = text if len(text) <= 200 else ""
    page = render_template(
        "error.html",
        status=status,
        title=title,
        advice=advice,
        message=message if message != f"{title}。{advice}" else "",
        position=position,
        q=text,
    )
    return make_response(page, status)
