"""One paragraph -> the paragraphs elsewhere that say it again, nearly word for word.

A backend that keeps what tells like paragraphs (fingerprints and sketches, ``indexer.resemblance``) is asked for them
(``HasLikeness``); of any other, the paragraphs with most of the rarest words are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from indexer.analysis import STOP_WORDS, terms
from indexer.backend import DocumentSummary, SearchBackend
from indexer.copying import ALIGNED, REUSED, SHORTLISTED, Letters, is_copy
from indexer.diff import Change, diff
from indexer.models import Paragraph
from indexer.query import And, Clause, Query
from indexer.resemblance import figures, numbers_shared

_RAREST = 16
_CANDIDATES = 100


@runtime_checkable
class HasLikeness(Protocol):
    """A backend that can tell from small columns which paragraphs are worth comparing with a text."""

    def likely(self, folded: str, least: int) -> Sequence[tuple[DocumentSummary, Paragraph]]:
        """Return the paragraphs that agree in so many numbers of their sketch with a folded text, or in all letters."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """A paragraph that says another again: the share of shingles, and what turns that one into this."""

    document: DocumentSummary
    paragraph: Paragraph
    likeness: float
    same_figures: bool
    changes: tuple[Change, ...]


def similar(
    backend: SearchBackend, paragraph_id: str, share: float = REUSED, aligned: float | None = ALIGNED
) -> tuple[Reuse, ...]:
    """Return the paragraphs that say a paragraph again, the likest first; those of its document too.

    What that takes is said in ``copying.is_copy``.

    Raises ``UnknownIdError``, and what the backend raises.
    """
    _, paragraph = backend.paragraph(paragraph_id)
    ours = Letters(paragraph.folded)
    if not ours.skeleton:
        return ()
    if isinstance(backend, HasLikeness):
        candidates = backend.likely(paragraph.folded, numbers_shared(share) if aligned is None else SHORTLISTED)
    else:
        candidates = _with_rare_words(backend, paragraph)
    found: list[Reuse] = []
    for document, other in candidates:
        if other.id == paragraph.id:
            continue
        alike = is_copy(ours, Letters(other.folded), share=share, aligned=aligned)
        if alike:
            same = figures(paragraph.folded) == figures(other.folded)
            changes = diff(paragraph.text, paragraph.folded, other.text, other.folded)
            found.append(Reuse(document, other, round(alike, 4), same, changes))
    return tuple(sorted(found, key=lambda each: (-each.likeness, each.document.id, each.paragraph.ordinal)))


def _with_rare_words(backend: SearchBackend, paragraph: Paragraph) -> Sequence[tuple[DocumentSummary, Paragraph]]:
    """Find the paragraphs that hold most of the words that the fewest paragraphs hold, itself among them."""
    spread = backend.vocabulary()
    words = dict.fromkeys(word for word in terms(paragraph.folded) if word not in STOP_WORDS)
    # A word of this paragraph alone (held once) finds nothing else.
    telling = sorted((word for word in words if spread.get(word, 0) > 1), key=lambda word: (spread[word], word))
    clauses = tuple(Clause("word", word, 0, 0, (word,)) for word in telling[:_RAREST])
    if not clauses:
        return ()
    text = "".join(telling[:_RAREST])
    query = Query(text, text, And(clauses), relax="any", per_page=_CANDIDATES, expand=False)
    return [(hit.document, hit.paragraph) for hit in backend.search(query).hits]
