"""What stands before a path where an address leaves the page: in citations, exports and what other programs read."""

from __future__ import annotations

from flask import current_app, request

VARIABLE = "YAODIAN_BASE_URL"
"""The environment variable that says under which address the pages are reached, where a request cannot know it."""
LOCAL = "http://127.0.0.1:8000"
"""Where ``yaodian serve`` listens unless it is told otherwise."""


def cleaned(base: str) -> str:
    """Write a base without the slash at its end.

    >>> cleaned("https://example.org/yaodian/")
    'https://example.org/yaodian'
    """
    return base.strip().rstrip("/")


def base_url() -> str:
    """Return the base of this request: the setting ``BASE_URL``, else the host that was asked."""
    return cleaned(current_app.config.get("BASE_URL") or request.url_root)


def absolute(path: str) -> str:
    """Return the whole address of a path of ours."""
    return base_url() + path
