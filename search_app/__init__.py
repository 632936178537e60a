"""The faces: pages, JSON, command line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, url_for

from indexer.backend import SearchBackend
from search_app.encoding import FastJSON

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


def create_app(backend: SearchBackend | str | Path, config: Mapping[str, Any] | None = None) -> Flask:
    """Make the web application over an open backend, or over the index at a path or address, opened when first needed.

    An index that is missing or broken is no error here: every page that needs it answers 503 and says what to do.
    ``config`` are Flask's settings.
    """
    from search_app import answers_kept, api, clause, compare, compare_page, errors, reuse, views
    from search_app.access import keep_backend

    app = Flask(__name__)
    app.config.update(SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600)
    app.config.update(config or {})
    app.json = FastJSON(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    keep_backend(app, backend)
    app.register_blueprint(views.pages)
    app.register_blueprint(api.api)
    app.register_blueprint(clause.clauses)
    app.register_blueprint(compare.comparisons)
    app.register_blueprint(compare_page.pages)
    app.register_blueprint(reuse.reuse)
    errors.register(app)
    app.before_request(_require_host)
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
