"""What the others are compared with: a wording, a row, or any paragraph of the corpus; and who is near it."""

from __future__ import annotations

from indexer.backend import SearchBackend
from indexer.compare.aboutness import read
from indexer.compare.passages import cut_passage
from indexer.compare.rows import Comparison, Row
from indexer.compare.wordings import Said
from indexer.errors import UnknownIdError
from indexer.resemblance import likeness, shingles, skeleton


def baseline_row(backend: SearchBackend, found: Comparison, name: str | None = None) -> Row | None:
    """Return the row of the wording of this label, or of the paragraph of this id; without a name that of wording A.

    A paragraph need not be the one that its document is shown with, nor need its document be asked: what it says on the
    topic is read from it, its first sentence if it says nothing. ``None`` if there is nothing of that name.
    """
    at = found.baseline(name)
    if at is not None or name is None:
        return None if at is None else found.rows[at]
    try:
        document, paragraph = backend.paragraph(name)
    except UnknownIdError:
        return None
    summary = next((each for each in backend.documents() if each.id == document.id), None)
    if summary is None:
        return None
    passage = cut_passage(paragraph)
    reading = read(passage, found.topic, backend.headings(), converted=summary.metadata.converted)
    sentence = reading.sentence
    if sentence[0] == sentence[1]:
        sentence = passage.span_in_text(passage.sentences[0] if passage.sentences else (0, len(passage.visible)))
    return Row(summary, paragraph, reading.about or "mentions", reading.score, sentence, reading.places, 0)


def nearness(base: Said, other: Said) -> float:
    """Return how near two sentences are in their words, from 0 to 1: the shingles that they share (Broder 1997)."""
    return likeness(shingles(skeleton(base.folded)), shingles(skeleton(other.folded)))
