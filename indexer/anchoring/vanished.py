"""What a build takes away: the documents whose paragraphs can no longer be reached by their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from indexer.models import Document


@dataclass(frozen=True, slots=True)
class Vanished:
    """A document, as it was read, of which an id is not in the next build; and what has become of it.

    ``successor`` is the id of the document that its paragraphs are to be looked for in: another one, the same where it
    stays but is read otherwise, ``None`` where it is gone. ``build`` is the last build that had it, made at ``built``
    (UTC, ISO 8601).
    """

    document: Document
    successor: str | None
    build: str
    built: str


History = Callable[[Iterable[Vanished]], None]
"""Takes what is about to vanish, before it does; whatever it raises leaves the index as it was."""
