"""What a segment says of its words, headings and titles to who corrects and who suggests: ``.suggestions``.

It is made of the other files of the segment, once these are written: the words of both fields with their numbers of
paragraphs (``words/…``, see ``indexer/wordlist.py``), headings and titles (``headings/…``, ``titles/…``, see
``indexer/linelist.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from indexer.linelist import Owned, headings_of, line_arrays
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.codec.segment_words import SegmentWords
from indexer.whoosh_backend.segments.texts import SegmentTexts
from indexer.whoosh_backend.words import FIELDS
from indexer.wordlist import word_arrays


def write_suggestions(words: SegmentWords, texts: SegmentTexts, path: Path) -> None:
    """Write the ``.suggestions`` of a segment; deleted documents count."""
    arrays = {
        "words": word_arrays(_counts(words)),
        "headings": line_arrays(headings_of(texts.all_headings())),
        "titles": line_arrays(_titles(texts)),
    }
    with ArrayWriter(path) as writer:
        for kind, theirs in arrays.items():
            for name, array in theirs.items():
                writer.add(f"{kind}/{name}", array)


class SegmentSuggestions:
    """The ``.suggestions`` of a segment, mapped: the arrays of its words, headings and titles."""

    def __init__(self, path: Path) -> None:
        self._file = ArrayFile(path)
        self.words, self.headings, self.titles = map(self._of, ("words/", "headings/", "titles/"))

    def _of(self, prefix: str) -> dict[str, NDArray[Any]]:
        return {name.removeprefix(prefix): self._file[name] for name in self._file if name.startswith(prefix)}


def _counts(words: SegmentWords) -> dict[str, int]:
    """Return every word with the number of paragraphs that hold it in the field that has more of them.

    So a paragraph that holds a word in its text and in a heading above is not counted twice.
    """
    counts: dict[str, int] = {}
    for field in FIELDS:
        for number, spread in enumerate(words.spreads(field).tolist()):
            word = words.text(field, number)
            if spread > counts.get(word, 0):
                counts[word] = spread
    return counts


def _titles(texts: SegmentTexts) -> list[Owned]:
    paragraphs = (texts.firsts[1:] - texts.firsts[:-1]).tolist()
    return [(known.title, [(number, paragraphs[number])]) for number, known in enumerate(texts.known())]
