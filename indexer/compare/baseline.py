"""What the others are compared with: a wording, a row, or any paragraph of the corpus; and who is near it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.backend import DocumentSummary, SearchBackend
from indexer.compare.passages import cut_passage
from indexer.compare.places import Places
from indexer.compare.rows import Comparison, Row
from indexer.errors import UnknownIdError
from indexer.models import Paragraph, Span


@dataclass(frozen=True, slots=True)
class Baseline:
    """The sentence that others are compared with, and ``places`` where it says the topic: spans of the paragraph."""

    document: DocumentSummary
    paragraph: Paragraph
    sentence: Span
    places: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The sentence as published."""
        return self.paragraph.text[slice(*self.sentence)]

    @property
    def folded(self) -> str:
        """The sentence as it is compared."""
        return self.paragraph.folded[slice(*self.sentence)]

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the document."""
        return self.document.metadata.years


def find_baseline(backend: SearchBackend, found: Comparison, name: str | None = None) -> Baseline | None:
    """Return the first of the wording of this label, or the paragraph of this id; without a name that of wording A.

    A paragraph need not be the one that its document is shown with, nor need its document be asked: its sentence is the
    one that says most of the topic, the first if none says any. ``None`` if there is nothing of that name.
    """
    at = found.baseline(name)
    if at is not None:
        return _of_row(found.rows[at])
    if name is None:
        return None
    try:
        document, paragraph = backend.paragraph(name)
    except UnknownIdError:
        return None
    summary = next((each for each in backend.documents() if each.id == document.id), None)
    return None if summary is None else _of_paragraph(summary, paragraph, found)


def _of_row(row: Row) -> Baseline:
    return Baseline(row.document, row.paragraph, row.sentence, row.places)


def _of_paragraph(document: DocumentSummary, paragraph: Paragraph, found: Comparison) -> Baseline:
    passage = cut_passage(paragraph)
    here = Places(passage.visible, found.topic, converted=document.metadata.converted)
    weights = [piece.weight for piece in found.topic.pieces]

    def worth(sentence: Span) -> float:
        best: dict[int, float] = {}
        for place in here.within(sentence):
            best[place.piece] = max(place.worth, best.get(place.piece, 0.0))
        return sum(weights[piece] * held for piece, held in best.items())

    sentence = max(passage.sentences, key=worth, default=(0, len(passage.visible)))  # of equal ones the first
    said = sorted({(place.start, place.end) for place in here.within(sentence)})
    return Baseline(document, paragraph, passage.span_in_text(sentence), tuple(map(passage.span_in_text, said)))
