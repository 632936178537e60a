"""One paragraph -> the paragraphs elsewhere that say it again, nearly word for word, and who said it first.

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
from indexer.models import Document, Paragraph
from indexer.query import And, Clause, Query
from indexer.resemblance import figures, numbers_shared
from indexer.saidfirst import is_surely_first, said_order

_RAREST = 16
_CANDIDATES = 100


@runtime_checkable
class HasLikeness(Protocol):
    """A backend that can tell from small columns which paragraphs are worth comparing with a text."""

    def likely(self, folded: str, least: int) -> Sequence[tuple[DocumentSummary, Paragraph]]:
        """Return the paragraphs that agree in so many numbers of their sketch with a folded text, or in all letters."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """A paragraph that says another, ``original``, again: the share of shingles, and whether the figures are the same.

    Which of the two was said first is another question.
    """

    document: DocumentSummary
    paragraph: Paragraph
    likeness: float
    same_figures: bool
    original: Paragraph

    @property
    def changes(self) -> tuple[Change, ...]:
        """What turns the original into this; equal and inserted texts join to this paragraph."""
        return changes_between(self.original, self.paragraph)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who said a paragraph first, as far as documents tell, and how widely it was said.

    ``first`` is ``None`` where it is the paragraph itself. ``surely`` is false where another may be as early.
    ``order`` has the places of what was found in the order in which it was said.
    """

    first: Reuse | None
    surely: bool
    documents: int
    places: int
    order: tuple[int, ...]


def similar(
    backend: SearchBackend, paragraph_id: str, share: float = REUSED, aligned: float | None = ALIGNED
) -> tuple[Reuse, ...]:
    """Return the paragraphs that say a paragraph again, the likest first; those of its document too.

    What that takes is said in ``copying.is_copy``. Raises ``UnknownIdError``, and what the backend raises.
    """
    _, paragraph = backend.paragraph(paragraph_id)
    ours = Letters.of(paragraph.folded)
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
        alike = is_copy(ours, Letters.of(other.folded), share=share, aligned=aligned)
        if alike:
            same = figures(paragraph.folded) == figures(other.folded)
            found.append(Reuse(document, other, round(alike, 4), same, paragraph))
    return tuple(sorted(found, key=lambda each: (-each.likeness, each.document.id, each.paragraph.ordinal)))


def origin(document: Document, paragraph: Paragraph, found: Sequence[Reuse]) -> Origin:
    """Tell who said a paragraph first, of its document and those where ``similar`` found it again."""
    places = {_place(document), *(_place(each.document) for each in found)} - {(None, None, None)}
    known = {document.id: document.metadata} | {each.document.id: each.document.metadata for each in found}
    order = sorted(range(len(found)), key=lambda at: _key(found[at].document, found[at].paragraph))
    first = found[order[0]] if order else None
    if first is not None and _key(document, paragraph) < _key(first.document, first.paragraph):
        first = None
    earliest = document.id if first is None else first.document.id
    others = [each for identity, each in known.items() if identity != earliest]
    return Origin(first, is_surely_first(known[earliest], others), len(known), len(places), tuple(order))


def changes_between(before: Paragraph, after: Paragraph) -> tuple[Change, ...]:
    """Return what turns one paragraph into another; equal and inserted texts join to the second."""
    return diff(before.text, before.folded, after.text, after.folded)


def _key(document: Document | DocumentSummary, paragraph: Paragraph) -> tuple[tuple[int, str], str, int]:
    return said_order(document.metadata), document.id, paragraph.ordinal


def _place(document: Document | DocumentSummary) -> tuple[str | None, str | None, str | None]:
    return document.metadata.province, document.metadata.city, document.metadata.district


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
