"""Writing the file of quotations of a segment, and making one of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.fold import compact, fold_characters
from indexer.models import Paragraph
from indexer.whoosh_backend.codec.container import ArrayWriter
from indexer.whoosh_backend.quotations.index import FIELDS, SegmentQuotes, name_of
from indexer.whoosh_backend.quotations.shard import LIMITS, Limits, Shard, make_shard
from indexer.whoosh_backend.quotations.suffixes import ARRAYS


class QuotesWriter:
    """Collects the lines of a segment, paragraph by paragraph: text and headings, folded, without spaces.

    Where a repair was made, a second line has the characters as published, so that both are found. A heading is one
    line for each run of paragraphs of a document beneath it. Finished shards are kept in memory, 4.4 bytes a character.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._fields = {field: _Lines(limits) for field in FIELDS}
        self._finished = {field: list[Shard]() for field in FIELDS}
        self._count = 0
        self._document: str | None = None
        self._section: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._open: dict[str, int] = {}
        """The headings that the last paragraph stands under, each with the first of its run."""

    def add(self, paragraph: Paragraph) -> None:
        """Add the next paragraph; those of a document follow one another."""
        self._stand_under(paragraph)
        # Without a repair the folded text is what each character folds to by itself.
        variants = _variants(paragraph.text, paragraph.folded) if paragraph.repairs else [compact(paragraph.folded)[0]]
        for line in variants:
            self._add("body", line, self._count, self._count + 1)
        self._count += 1

    def write(self, path: Path) -> None:
        """Write the file; nothing can be added afterwards."""
        self._close(())
        with ArrayWriter(path) as arrays:
            file = _File(arrays)
            for field in FIELDS:
                for shard in (*self._finished[field], *self._fields[field].finish()):
                    file.add(field, shard)
            file.finish(self._count)

    def _stand_under(self, paragraph: Paragraph) -> None:
        """Begin and end the runs of headings where the section path changes."""
        section = (paragraph.section, paragraph.section_folded)
        same_document = paragraph.document_id == self._document
        if same_document and section == self._section:
            return
        lines = [line for text, folded in zip(*section, strict=True) for line in _variants(text, folded)]
        self._close(lines if same_document else ())
        for line in lines:
            self._open.setdefault(line, self._count)
        self._document, self._section = paragraph.document_id, section

    def _close(self, kept: Sequence[str]) -> None:
        """End the runs of all headings but these."""
        for line in [line for line in self._open if line not in kept]:
            self._add("section", line, self._open.pop(line), self._count)

    def _add(self, field: str, line: str, first: int, last: int) -> None:
        self._finished[field].extend(self._fields[field].add(line, first, last))


def merge_quotes(
    parts: Sequence[tuple[SegmentQuotes, NDArray[np.bool_] | None]], path: Path, limits: Limits = LIMITS
) -> None:
    """Write the paragraphs of several segments, in the order given, as one; those with ``False`` are left out.

    Shards that stay as they are, and are large enough, are copied; the others are sorted anew, one at a time.
    """
    with ArrayWriter(path) as arrays:
        file = _File(arrays)
        for field in FIELDS:
            lines = _Lines(limits)
            base = 0
            for segment, alive in parts:
                kept = np.ones(segment.count, np.bool_) if alive is None else alive
                numbers = np.concatenate(([0], np.cumsum(kept))) + base
                for shard in segment.shards(field):
                    for merged in _taken_over(shard, kept, numbers, lines):
                        file.add(field, merged)
                base = int(numbers[-1])
            for merged in lines.finish():
                file.add(field, merged)
        file.finish(base if parts else 0)


def _taken_over(shard: Shard, kept: NDArray[np.bool_], numbers: NDArray[np.int64], lines: _Lines) -> Iterable[Shard]:
    """Yield the shards that are complete once the kept lines of another are added, their paragraphs renumbered.

    ``numbers`` are the new numbers of the paragraphs, where one is left out that of the next.
    """
    first, last = numbers[shard.first].tolist(), numbers[shard.last].tolist()
    shift = first[0] - int(shard.first[0])
    if lines.is_large(shard) and kept[shard.first.min() : shard.last.max()].all():
        yield from lines.finish()
        yield shard.moved(shift)
        return
    for number, (begin, end) in enumerate(zip(first, last, strict=True)):
        if begin < end:
            yield from lines.add(shard.line(number), begin, end)


class _Lines:
    """Lines that are not sorted yet; gives them back as a shard when there are enough."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._begin()

    def _begin(self) -> None:
        self._lines: list[str] = []
        self._first: list[int] = []
        self._last: list[int] = []
        self._characters = 0

    def add(self, line: str, first: int, last: int) -> Iterable[Shard]:
        """Add a line of the paragraphs from first to last; yield the lines before it, if it has no room by them."""
        if not line:
            return ()
        full = len(self._lines) == self._limits.lines or self._characters + len(line) >= self._limits.characters
        finished = self.finish() if full else ()
        self._lines.append(line)
        self._first.append(first)
        self._last.append(last)
        self._characters += len(line) + 1
        return finished

    def finish(self) -> Iterable[Shard]:
        """Return what was added as a shard, if there was any, and begin with none."""
        if not self._lines:
            return ()
        shard = make_shard(self._lines, self._first, self._last, self._limits)
        self._begin()
        return (shard,)

    def is_large(self, shard: Shard) -> bool:
        """Whether a shard is worth having by itself: small ones would become more with every merge."""
        return 2 * len(shard.first) > self._limits.lines or 2 * len(shard.text) > self._limits.characters


class _File:
    """Shards on their way into a file of arrays."""

    def __init__(self, arrays: ArrayWriter) -> None:
        self._arrays = arrays
        self._shards = dict.fromkeys(FIELDS, 0)

    def add(self, field: str, shard: Shard) -> None:
        """Write one shard."""
        number = self._shards[field]
        named: dict[str, NDArray[Any]] = {
            "text": shard.text,
            "lines": shard.starts,
            "first": shard.first,
            "last": shard.last,
        }
        named |= {name: getattr(shard.tree, name) for name in ARRAYS}
        for name, array in named.items():
            self._arrays.add(name_of(field, number, name), array)
        self._shards[field] = number + 1

    def finish(self, count: int) -> None:
        """Write how many paragraphs there are, and how many shards."""
        self._arrays.add("count", np.array([count], np.int64))
        self._arrays.add("shards", np.array([self._shards[field] for field in FIELDS], np.int64))


def _variants(text: str, folded: str) -> list[str]:
    """Return a text as it is matched, and as it was published if that is another, folded and without spaces."""
    return list(dict.fromkeys((compact(folded)[0], compact(fold_characters(text))[0])))
