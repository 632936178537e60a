"""A snapshot as one string of visible characters, in which texts are looked for across the bounds of paragraphs."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from indexer.anchoring.snapshot import Snapshot
from indexer.fold import fold_characters
from indexer.models import Span

_BUCKET = 16
"""Characters by which places that a text may stand at are told apart."""


class Stream:
    """Paragraphs, headings and front matter of a document in the order of the text, white space and the rest left out.

    ``visible`` are the characters as published, ``folded`` as they are matched, one for one; ``bounds`` says where each
    paragraph stands in them. Page furniture is left out, so that a page number does not break a text in two.

    >>> from indexer.anchoring.snapshot import Passage
    >>> text = "一、招生\\n做好 招生工作。"
    >>> stream = Stream(Snapshot("d", text, ((0, 4),), (Passage("p", (), None, ((5, 13),)),)))
    >>> stream.visible, stream.bounds, stream.spans(6, 10)
    ('一、招生做好招生工作。', ((4, 11),), ((8, 12),))
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        pieces: list[tuple[tuple[Span, ...], int]] = [((span,), -1) for span in snapshot.frame]
        pieces += [(passage.segments, number) for number, passage in enumerate(snapshot.passages)]
        pieces.sort(key=lambda piece: piece[0][0][0])
        text = snapshot.text
        shown: list[str] = []
        offsets = array("i")
        bounds = [(0, 0)] * len(snapshot.passages)
        for segments, number in pieces:
            low = len(offsets)
            for start, end in segments:
                for at in range(start, end):
                    if not text[at].isspace():
                        shown.append(text[at])
                        offsets.append(at)
            if number >= 0:
                bounds[number] = (low, len(offsets))
        self.visible = "".join(shown)
        self.folded = fold_characters(self.visible)
        self.bounds: tuple[Span, ...] = tuple(bounds)
        self._offsets = offsets

    def __len__(self) -> int:
        """Count the paragraphs."""
        return len(self.bounds)

    def text(self, number: int) -> str:
        """Return the visible characters of a paragraph."""
        low, high = self.bounds[number]
        return self.visible[low:high]

    @cached_property
    def numbers(self) -> Mapping[str, Sequence[int]]:
        """The paragraphs by their visible characters."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number in range(len(self.bounds)):
            found[self.text(number)].append(number)
        return found

    @cached_property
    def _pairs(self) -> Mapping[str, array[int]]:
        """Where every pair of neighbouring folded characters stands."""
        found: defaultdict[str, array[int]] = defaultdict(lambda: array("i"))
        folded = self.folded
        for at in range(len(folded) - 1):
            found[folded[at : at + 2]].append(at)
        return found

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        order = sorted(range(len(self.bounds)), key=lambda number: self.bounds[number])
        return [self.bounds[number][0] for number in order], order

    def occurrences(self, text: str) -> list[int]:
        """Return every place where these visible characters stand, those that overlap too."""
        found: list[int] = []
        at = self.visible.find(text) if text else -1
        while at >= 0:
            found.append(at)
            at = self.visible.find(text, at + 1)
        return found

    def likely(self, folded: str, most: int) -> list[int]:
        """Return where a folded text may begin, most pairs of characters in common first, ``most`` places at most.

        A place may be wrong by some characters, and by as many as were put in or left out before it.
        """
        votes: Counter[int] = Counter()
        pairs = self._pairs
        for at in range(len(folded) - 1):
            for place in pairs.get(folded[at : at + 2], ()):
                votes[(place - at) // _BUCKET] += 1
        found: list[int] = []
        for bucket, _ in sorted(votes.items(), key=lambda item: (-item[1] - votes[item[0] + 1], item[0])):
            if all(abs(bucket - other) > 1 for other in found):
                found.append(bucket)
                if len(found) == most:
                    break
        return [bucket * _BUCKET for bucket in found]

    def holders(self, low: int, high: int) -> list[tuple[int, int, int]]:
        """Return the paragraphs that stand in ``[low, high)``: number, and from where to where of it they do."""
        starts, order = self._starts
        first = max(bisect_right(starts, low) - 1, 0)
        found = []
        for number in order[first : bisect_left(starts, high)]:
            start, end = self.bounds[number]
            if max(low, start) < min(high, end):
                found.append((number, max(low, start), min(high, end)))
        return found

    def spans(self, low: int, high: int) -> tuple[Span, ...]:
        """Return the spans of the text of record that hold ``[low, high)``, white space between taken along."""
        found: list[list[int]] = []
        text = self.snapshot.text
        for at in self._offsets[low:high]:
            if found and (at == found[-1][1] or (at > found[-1][1] and text[found[-1][1] : at].isspace())):
                found[-1][1] = at + 1
            else:
                found.append([at, at + 1])
        return tuple([(start, end) for start, end in found])
