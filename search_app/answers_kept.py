"""Answers given lately, kept to be given again: a search is asked again by whoever goes back, filters, or shares it.

An answer is kept under the build that it was made from, the thesaurus in use and the host that was asked, whose address
stands in it, so that another of them never meets an old answer; ``Age`` says for how many seconds it has been kept.
Errors are not kept.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from flask import Flask, Response, g, request

from indexer import thesaurus
from indexer.errors import YaodianError
from search_app.access import current_backend

PATHS = ("/", "/compare", "/api/v1/search", "/api/v1/compare", "/api/v1/explain")
MOST_BYTES = 16 * 1024 * 1024
"""All answers together: some 500 pages."""
_LARGEST = 512 * 1024
_MIME_TYPES = ("application/json", "text/html")

Key = tuple[str, str, str, str, bytes]


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    mimetype: str
    at: float


class KeptAnswers:
    """The answers of one application, the least recently asked dropped first; may be used from several threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = Lock()
        self._answers: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key) -> _Kept | None:
        """Return an answer that was kept."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def keep(self, key: Key, body: bytes, mimetype: str) -> None:
        """Keep an answer, unless it is too large."""
        if len(body) > min(_LARGEST, self._most):
            return
        with self._lock:
            before = self._answers.pop(key, None)
            self._bytes += len(body) - (len(before.body) if before else 0)
            self._answers[key] = _Kept(body, mimetype, time.monotonic())
            while self._bytes > self._most:
                self._bytes -= len(self._answers.popitem(last=False)[1].body)


def register(app: Flask) -> None:
    """Make an application keep its answers, unless its setting ``KEEP_ANSWERS`` is false."""
    kept = KeptAnswers()

    @app.before_request
    def give_again() -> Response | None:
        if request.method != "GET" or request.path not in PATHS or not app.config.get("KEEP_ANSWERS", True):
            return None
        try:
            key = (
                current_backend().corpus().build,
                thesaurus.digest(),
                request.host_url,
                request.path,
                request.query_string,
            )
        except YaodianError:  # said by the page itself
            return None
        found = kept.get(key)
        if found is None:
            g.answer_key = key
            return None
        response = Response(found.body, mimetype=found.mimetype)
        response.headers["Age"] = str(int(time.monotonic() - found.at))
        return response

    @app.after_request
    def keep(response: Response) -> Response:
        key: Key | None = g.pop("answer_key", None)
        plain = response.status_code == 200 and not response.is_streamed and response.mimetype in _MIME_TYPES
        if key is not None and plain and "Content-Disposition" not in response.headers:
            kept.keep(key, response.get_data(), response.mimetype or "")
        return response
