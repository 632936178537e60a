"""What has become of a saved link, as values: there, moved, changed or gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.anchoring import Evidence
from indexer.diff import Change
from indexer.models import Document, Paragraph, Span
from search_app.history.recording import KeptDocument

Status = Literal["current", "moved", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Saved:
    """A passage as somebody saved it: for a link to one that neither the index nor the history knows."""

    paragraph_id: str
    evidence: Evidence
    title: str
    province: str | None
    city: str | None
    district: str | None
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """A paragraph that holds some of a text now, and the spans of the text of record where it does."""

    paragraph: Paragraph
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What has become of a paragraph.

    ``current`` and ``moved`` show the same characters as ever, in ``paragraph`` of ``document``. ``changed`` has the
    earlier text in ``was``, what differs in ``changes`` and every paragraph that holds it in ``holders``, ``paragraph``
    being the one that holds most; ``same_characters`` says that it was only split or joined. Of what is ``gone`` there
    is ``was``, and ``document`` is the one that stands for its document, if there is one. ``kept`` is the document as
    it was, ``evidence`` what stood around the paragraph there; both are ``None`` for ``current``, and ``kept`` where
    nothing but a saved passage is known.
    """

    status: Status
    paragraph_id: str
    document: Document | None
    paragraph: Paragraph | None
    was: str | None = None
    kept: KeptDocument | None = None
    evidence: Evidence | None = None
    holders: tuple[Holding, ...] = ()
    spans: tuple[Span, ...] = ()
    changes: tuple[Change, ...] = ()
    similarity: float = 1.0
    same_characters: bool = True

    @property
    def moved_to(self) -> str | None:
        """The id of the paragraph now, if it is another."""
        return self.paragraph.id if self.paragraph and self.paragraph.id != self.paragraph_id else None
