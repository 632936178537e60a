"""A saved link -> the paragraph and the status under which its text stands in the index now."""

from __future__ import annotations

from indexer.backend import SearchBackend
from indexer.errors import UnknownIdError
from indexer.models import Document, Paragraph
from search_app.collections.database import Database
from search_app.history.resolution import Status
from search_app.history.resolve import resolve


def standing(backend: SearchBackend, database: Database, paragraph_id: str) -> tuple[Status, Document, Paragraph]:
    """Return where the text of a link stands: for answers about a paragraph that need one that is in the index.

    Of a text that changed it is the paragraph that holds most of it. Raises ``UnknownIdError`` for an id that was never
    seen and for what is gone, which the message tells apart, and what backend and database raise.
    """
    try:
        return ("current", *backend.paragraph(paragraph_id))
    except UnknownIdError:
        found = resolve(backend, database, paragraph_id)
    if found.document is None or found.paragraph is None:
        raise UnknownIdError(f"这一段已不在语料里；/p/{paragraph_id} 有它原来的文字。")
    return found.status, found.document, found.paragraph
