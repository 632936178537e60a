"""Exact quotation: which paragraphs hold these characters, in this order, wherever they stand.

Every paragraph and every heading is one line of folded text without spaces; where a repair was made, a second line has
the characters as published, so that both are found. A quotation is looked for in all of it at once: a scan costs some
10 ms for 100,000 paragraphs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from indexer.errors import IndexBrokenError
from indexer.fold import compact, fold_characters
from indexer.models import Paragraph
from indexer.whoosh_backend.words import Ints
from indexer.wildcard import find_wildcard, is_wildcard

FILES = _TEXT, _OWNERS = "quotations.txt", "quotations.npz"


def write_quotations(folder: Path, paragraphs: Iterable[Paragraph]) -> None:
    """Write the lines of all paragraphs and of the headings above them."""
    owners: list[tuple[int, ...]] = []
    headings: dict[tuple[str, str], list[int]] = defaultdict(list)
    with (folder / _TEXT).open("w", encoding="utf-8", newline="\n") as lines:
        for number, paragraph in enumerate(paragraphs):
            for line in _lines(paragraph.text, paragraph.folded):
                lines.write(line + "\n")
                owners.append((number,))
            for heading, folded in zip(paragraph.section, paragraph.section_folded, strict=True):
                for line in _lines(heading, folded):
                    under = headings[paragraph.document_id, line]
                    if not under or under[-1] != number:
                        under.append(number)
        bodies = len(owners)
        for (_, line), under in headings.items():
            lines.write(line + "\n")
            owners.append(tuple(under))
    ends = np.cumsum([len(under) for under in owners], dtype=np.int64)
    flat = np.array([number for under in owners for number in under], np.int32)
    np.savez(folder / _OWNERS, ends=ends, owners=flat, bodies=np.int64(bodies))


def _lines(text: str, folded: str) -> set[str]:
    return {compact(folded)[0], compact(fold_characters(text))[0]}


class QuotationIndex:
    """An open file of lines."""

    def __init__(self, folder: Path) -> None:
        self._text = "\n" + (folder / _TEXT).read_text("utf-8")
        newlines = [offset for offset, character in enumerate(self._text) if character == "\n"]
        self._starts = np.array(newlines[:-1], np.int64) + 1
        with np.load(folder / _OWNERS) as arrays:
            ends, self._owners, self._bodies = arrays["ends"], arrays["owners"], int(arrays["bodies"])
        if len(ends) != len(self._starts):
            raise IndexBrokenError(f"{folder / _TEXT}: is damaged (other lines than {_OWNERS}); run `yaodian check`")
        self._bounds = np.concatenate(([0], ends))

    def find(self, literal: str, field: str | None = None) -> tuple[Ints, Ints]:
        """Return the paragraphs that hold a folded string without spaces, ascending, and how often each does.

        ``field`` looks only in texts (``body``) or in the headings above them (``section``). A single star inside
        stands for a few other characters, unless the string stands there with its star.
        """
        offsets = list(self._offsets(literal))
        if not offsets and is_wildcard(literal):
            offsets = [start for start, _ in find_wildcard(literal, self._text)]
        lines = np.searchsorted(self._starts, np.array(offsets, np.int64), side="right") - 1
        if field is not None:
            lines = lines[(lines < self._bodies) == (field == "body")]
        found = [self._owners[self._bounds[line] : self._bounds[line + 1]] for line in lines]
        numbers = np.concatenate(found) if found else np.empty(0, np.int32)
        paragraphs, counts = np.unique(numbers, return_counts=True)
        return paragraphs.astype(np.int32), counts.astype(np.int32)

    def _offsets(self, literal: str) -> Iterator[int]:
        offset = self._text.find(literal)
        while offset >= 0:
            yield offset
            offset = self._text.find(literal, offset + len(literal))
