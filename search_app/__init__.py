"""The faces: pages, JSON, command line."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, request, url_for

from indexer.backend import SearchBackend
from search_app.base_url import VARIABLE
from search_app.encoding import FastJSON

if TYPE_CHECKING:  # it takes as long to import as all the rest, and `yaodian search` need not wait for it
    from search_app.collections.database import Database

# No inline script or style anywhere, nothing from elsewhere: text that was crawled can never run.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def create_app(
    backend: SearchBackend | str | Path, config: Mapping[str, Any] | None = None, database: Database | None = None
) -> Flask:
    """Make the web application over an open backend, or over the index at a path or address, opened when first needed.

    An index that is missing or broken is no error here: every page that needs it answers 503 and says what to do.
    ``config`` are Flask's settings; ``BASE_URL`` is the address under which readers reach the pages, where it is not
    the host that they ask for. ``database`` is that of the collections: of an index at a path, the one that goes with
    it; of an open backend, none unless it is given. Raises ``DatabaseError`` for a ``DATABASE_URL`` that is none.
    """
    from search_app import (
        answers_kept,
        api,
        citations,
        clause,
        compare,
        compare_page,
        errors,
        exporting,
        opensearch,
        reuse,
        views,
    )
    from search_app.access import keep_backend, keep_database
    from search_app.collections import editing, feeds, forms, pages, personal, privacy, saving  # noqa: F401 - routes
    from search_app.collections.api import collections_api
    from search_app.collections.blueprint import collection_pages
    from search_app.collections.database import database_url, no_database, open_database

    app = Flask(__name__)
    app.config.update(SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600, BASE_URL=os.environ.get(VARIABLE))
    app.config.update(config or {})
    app.json = FastJSON(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    keep_backend(app, backend)
    if database is None:
        database = open_database(database_url(Path(backend))) if isinstance(backend, str | Path) else no_database()
    keep_database(app, database)
    app.register_blueprint(views.pages)
    app.register_blueprint(api.api)
    app.register_blueprint(citations.citations)
    app.register_blueprint(exporting.exports)
    app.register_blueprint(opensearch.opensearch)
    app.register_blueprint(clause.clauses)
    app.register_blueprint(compare.comparisons)
    app.register_blueprint(compare_page.pages)
    app.register_blueprint(reuse.reuse)
    app.register_blueprint(collections_api)
    app.register_blueprint(collection_pages)
    app.register_blueprint(feeds.feeds)
    app.jinja_env.globals.update(feed_url=feeds.feed_url)
    errors.register(app)
    app.before_request(_require_host)
    privacy.register(app)
    forms.register(app)
    personal.register(app)  # before what keeps answers, so that it runs after: what is a reader's own is never kept
    answers_kept.register(app)
    app.after_request(_guard)
    versions = {path.name: _digest(path) for path in (Path(__file__).parent / "static").iterdir() if path.is_file()}

    @app.template_global()
    def static_url(name: str) -> str:
        """Address a static file by what it holds, so that browsers may keep it for a year."""
        return url_for("static", filename=name, v=versions.get(name, ""))

    return app


def _require_host() -> None:
    """Refuse a request whose host can be no host: addresses are made of it."""
    if not request.host:
        abort(400)


def _guard(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
