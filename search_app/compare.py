"""The addresses of comparisons as JSON and as files: ``/api/v1/compare``."""

from __future__ import annotations

import io
from typing import Any, cast

from flask import Blueprint, Response, jsonify, request, send_file

from indexer.backend import SearchBackend
from indexer.errors import ParameterError
from search_app.access import current_backend
from search_app.compare_table import MEDIA, Format, written
from search_app.compare_topic import require_topic, topic_json
from search_app.params import Parameters, read_query
from search_app.sides import kinds_of, sides_json

comparisons = Blueprint("comparisons", __name__)

Json = dict[str, Any]


@comparisons.get("/api/v1/compare")
def compare() -> Response:
    """Answer who says what on a topic (``q``), or what became of a document (``left``, ``right``).

    As JSON, or as a table to keep (``format=csv``, ``format=xlsx``).
    """
    form = request.args.get("format") or "json"
    if form not in ("json", *MEDIA):
        raise ParameterError(f"参数 format 是“{form[:40]}”，只能是 json、csv 或 xlsx。")
    if not (request.args.get("left") or request.args.get("right")):
        require_topic(read_query(request.args))
    answer = answer_comparison(current_backend(), request.args)
    if form == "json":
        return jsonify(answer)
    kind = cast(Format, form)
    table = written(answer, kind, request.url_root.rstrip("/"))
    response = send_file(io.BytesIO(table), MEDIA[kind], as_attachment=True, download_name=_file_name(answer, kind))
    response.headers["Cache-Control"] = "no-cache"  # send_file would let it be kept for a year, as the page's own files
    return response


def _file_name(answer: Json, form: Format) -> str:
    """Name a file after its topic, in letters and figures that every system allows in a name."""
    topic = "".join(filter(str.isalnum, answer.get("topic", "")))[:30]
    return f"对比-{topic or '两份文档'}.{form}"


def answer_comparison(backend: SearchBackend, args: Parameters) -> Json:
    """Make the JSON of ``GET /api/v1/compare``.

    Raises ``ParameterError``, ``QuerySyntaxError``, ``UnknownIdError`` and what the backend raises.
    """
    left, right = args.get("left"), args.get("right")
    if left or right:
        if not (left and right):
            raise ParameterError("并排比较要有两份文档：参数 left 和 right 都要是文档的编号。")
        return sides_json(backend, left, right, kinds_of(args))
    told = args.get("distinctive") or None
    if told not in (None, "on", "off"):
        raise ParameterError(f"参数 distinctive 是“{told[:40]}”，只能是 on 或 off。")
    return topic_json(backend, read_query(args), args.get("baseline") or None, told and told == "on")
