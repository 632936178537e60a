"""The paragraphs of a document as it was -> where they stand in the document as it is: the same, changed, or nowhere.

Better nowhere than wrong: what was measured with planted edits is in docs/decisions/anchoring.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.anchoring.anchors import NOWHERE, Anchor, Kind, Part
from indexer.anchoring.edits import locate, similarity
from indexer.anchoring.snapshot import Evidence, Passage, Snapshot
from indexer.anchoring.stream import Stream
from indexer.models import Span

CONTEXT = 48
"""Visible characters on either side that are compared: two lines of print, a neighbour or two."""
AGREES = 0.5
"""Share of them that must be alike on one side, where the text alone does not say which place is meant. Unrelated
stretches of plans share 0.1 to 0.2."""
TELLING = 30
"""Characters from which a text is its own witness; shorter ones (加强组织领导。) stand in many places."""
PLACED, BRIEF, UNPLACED, ALONE, SURE = 0.5, 0.6, 0.65, 0.7, 0.85
"""Likeness from which a changed text is taken for what it was: where it stands between the same neighbours, the same of
a short text, elsewhere in the document, where nothing is known of its neighbours but a quotation, and of a short text
whose neighbours are all others."""
SHORT = 12
"""Characters below which a changed text must be between its neighbours."""
_MARGIN = 0.08
"""What the best of several places must be likelier than the next, unless its neighbours speak for it."""
_PLACES = 3
"""Places of a document that are looked at for one changed text."""
_MANY = 4096
"""Pairs of equal paragraphs that are all looked at, 64 on either side; of more (the cells of a table, a line each) only
those near each other in order, as every pair costs a tenth of a millisecond."""
_NEAR = 8
_SHARED = 0.8
"""Share of the runs of four characters of the shorter text from which one text is the other made longer or shorter."""


def follow(old: Stream, new: Stream) -> tuple[Anchor, ...]:
    """Return where every paragraph of a document stands in a later state of it, no place taken twice.

    Takes time with the text that changed; a document of 200 paragraphs that all changed takes about a second.
    """
    return _Alignment(old, new, alone=False).anchors()


def anchor(evidence: Evidence, new: Stream) -> Anchor:
    """Return where one quotation stands in a document, of which nothing else is known as it was.

    Asks for more than ``follow``, which knows the neighbours and their copies.
    """
    before, after = len(evidence.prefix), len(evidence.prefix) + len(evidence.exact)
    text = evidence.prefix + evidence.exact + evidence.suffix
    passage = Passage("", evidence.section, None, ((before, after),))
    old = Stream(Snapshot("", text, ((0, before), (after, len(text))), (passage,)))
    return _Alignment(old, new, alone=True).anchors()[0]


@dataclass(frozen=True, slots=True)
class _Candidate:
    rank: float
    similarity: float
    number: int
    low: int
    high: int
    placed: bool


class _Alignment:
    """What was found so far, and which stretches of the new text are taken."""

    def __init__(self, old: Stream, new: Stream, *, alone: bool) -> None:
        self._old, self._new, self._alone = old, new, alone
        self._found: dict[int, Anchor] = {}
        self._at: dict[int, Span] = {}
        self._numbers: list[int] = []
        """What was found, in order."""
        self._taken: list[Span] = []
        self._edited: set[Span] = set()

    def anchors(self) -> tuple[Anchor, ...]:
        """Find everything, what is certain first."""
        self._take_same()
        self._take_regrouped()
        for _ in range(2):  # what was found says where its neighbours stand
            self._take_changed()
        return tuple([self._judged(self._found.get(number, NOWHERE)) for number in range(len(self._old))])

    def _judged(self, found: Anchor) -> Anchor:
        """Call a text whose characters all stand changed where new ones were put into its paragraphs beside it."""
        if found.kind != "regrouped" or all(self._is_known(*self._new.bounds[part.number]) for part in found.parts):
            return found
        low, high = self._new.bounds[found.parts[0].number][0], self._new.bounds[found.parts[-1].number][1]
        known = sum(end - start for start, end in self._at.values() if low <= start and end <= high)
        return replace(found, kind="changed", similarity=known / (high - low))

    def _is_known(self, low: int, high: int) -> bool:
        """Whether all of a stretch are characters of old paragraphs, none of them changed."""
        for start, end in self._taken[max(0, bisect_left(self._taken, (low, low)) - 1) :]:
            if start > low:
                return False
            if end > low:
                if (start, end) in self._edited:
                    return False
                low = end
            if low >= high:
                return True
        return False

    def _missing(self) -> list[int]:
        return [number for number in range(len(self._old)) if number not in self._found and self._old.text(number)]

    # Same characters

    def _take_same(self) -> None:
        repeated: list[tuple[Sequence[int], Sequence[int]]] = []
        for text, ours in self._old.numbers.items():
            theirs = self._new.numbers.get(text, ())
            if len(ours) == len(theirs) == 1 and not self._alone:
                self._take(ours[0], *self._new.bounds[theirs[0]], 1.0)
            elif theirs and text:
                repeated.append((ours, theirs))
        for ours, theirs in repeated:
            self._take_repeated(ours, theirs)

    def _take_repeated(self, ours: Sequence[int], theirs: Sequence[int]) -> None:
        """Tell paragraphs of the same characters apart by what stands around them, then by their order."""
        ranked = []
        for place, number in enumerate(ours):
            for other in self._targets(number, place, len(ours), theirs):
                low, high = self._new.bounds[theirs[other]]
                before, after = self._agreement(number, low, high)
                placed = self._between(number, low, high)
                telling = self._alone and len(theirs) == 1 and high - low >= TELLING
                if placed or max(before, after) >= AGREES or telling:
                    ranked.append((-(before + after + placed), abs(place - other), place, other))
        done_ours: set[int] = set()
        done_theirs: set[int] = set()
        for _, _, place, other in sorted(ranked):
            if place not in done_ours and other not in done_theirs:
                done_ours.add(place)
                done_theirs.add(other)
                self._take(ours[place], *self._new.bounds[theirs[other]], 1.0)
        if len(ours) == len(theirs) and not self._alone:
            left = [theirs[other] for other in range(len(theirs)) if other not in done_theirs]
            for number, target in zip([n for at, n in enumerate(ours) if at not in done_ours], left, strict=True):
                self._take(number, *self._new.bounds[target], 1.0)

    def _targets(self, number: int, place: int, ours: int, theirs: Sequence[int]) -> Iterable[int]:
        """Return which of the equal paragraphs of the new text are looked at for one of the old; all, if not many."""
        if ours * len(theirs) <= _MANY:
            return range(len(theirs))
        begins = [place - _NEAR, len(theirs) - ours + place - _NEAR]  # counted from the first, and from the last
        window = self._window(number)
        if window is not None:
            begins.append(bisect_left(theirs, window[0], key=lambda target: self._new.bounds[target][0]))
        found = {at for begin in begins for at in range(begin, begin + 2 * _NEAR + 1)}
        return sorted(at for at in found if 0 <= at < len(theirs))

    def _take_regrouped(self) -> None:
        for number in self._missing():
            text = self._old.text(number)
            ranked = []
            places = [at for at in self._new.occurrences(text) if not self._overlap(at, at + len(text))]
            if len(places) ** 2 > _MANY:  # what stands everywhere is looked for between its neighbours only
                places = [at for at in places if self._between(number, at, at + len(text))][: 2 * _NEAR]
            for at in places:
                before, after = self._agreement(number, at, at + len(text))
                placed = self._between(number, at, at + len(text))
                telling = len(places) == 1 and len(text) >= TELLING
                # Neighbours alone prove nothing of a few characters, which stand in many paragraphs.
                sure = max(before, after) >= AGREES and (len(text) >= SHORT or min(before, after) >= AGREES)
                if sure or telling or (placed and len(text) >= SHORT):
                    ranked.append((before + after + placed, -at))
            if ranked:
                at = -max(ranked)[1]
                self._take(number, at, at + len(text), 1.0)

    # Changed characters

    def _take_changed(self) -> None:
        candidates = [each for number in self._missing() for each in self._candidates(number)]
        for each in sorted(candidates, key=lambda each: (-each.rank, each.number)):
            if each.number not in self._found and not self._overlap(each.low, each.high):
                self._take(each.number, each.low, each.high, each.similarity)

    def _candidates(self, number: int) -> list[_Candidate]:
        """Return the places where a text may stand with changes, those that are likely enough."""
        low, high = self._old.bounds[number]
        folded = self._old.folded[low:high]
        found: dict[Span, _Candidate] = {}
        for place in self._new.likely(folded, _PLACES):
            slack = 2 * CONTEXT + len(folded) // 3
            start = max(0, place - slack)
            edits, first, last = locate(folded, self._new.folded[start : place + len(folded) + slack])
            if last > first:
                self._consider(found, number, folded, start + first, start + last, edits)
        for target in self._free_between(number):
            start, end = self._new.bounds[target]
            if (start, end) not in found and _shared_runs(folded, self._new.folded[start:end]) >= _SHARED:
                alike = similarity(folded, self._new.folded[start:end])
                found[start, end] = _Candidate(max(alike, PLACED) + 0.1, alike, number, start, end, placed=True)
        ranked = sorted(found.values(), key=lambda each: -each.rank)
        if len(ranked) > 1 and not ranked[0].placed and ranked[0].similarity - ranked[1].similarity < _MARGIN:
            return []
        return ranked

    def _consider(
        self, found: dict[Span, _Candidate], number: int, folded: str, low: int, high: int, edits: int
    ) -> None:
        alike = 1 - edits / max(len(folded), high - low)
        for _, start, end in self._new.holders(low, high):
            whole = self._new.holders(start, start + 1)[0][0]
            bounds = self._new.bounds[whole]
            # A stretch that is most of a paragraph, and the most of it, is that paragraph.
            if 5 * (end - start) >= 4 * max(bounds[1] - bounds[0], high - low):
                (low, high) = bounds
                alike = similarity(folded, self._new.folded[low:high])
                break
        if (low, high) in found or self._overlap(low, high) or not self._new.holders(low, high):
            return
        placed = self._between(number, low, high)
        agreement = max(self._agreement(number, low, high))
        if self._alone:
            enough = alike >= ALONE and agreement >= AGREES
        elif len(folded) < TELLING:
            near = agreement >= AGREES or self._narrow(number, len(folded))
            needed = BRIEF if placed else UNPLACED
            enough = alike >= (needed if near else SURE) and (placed or len(folded) >= SHORT)
        else:
            enough = alike >= (PLACED if placed else UNPLACED)
        if enough:
            found[low, high] = _Candidate(alike + 0.1 * placed, alike, number, low, high, placed)

    def _free_between(self, number: int) -> list[int]:
        """Return the paragraphs that nothing was found in, between the neighbours of a paragraph."""
        window = self._window(number)
        if window is None:
            return []
        held = [target for target, *_ in self._new.holders(*window)]
        free = [target for target in held if not self._overlap(*self._new.bounds[target])]
        return free if len(free) <= 2 * _PLACES else []

    # What is known of places

    def _agreement(self, number: int, low: int, high: int) -> tuple[float, float]:
        """Return how much alike the characters before and behind are, in the old place and in ``[low, high)``."""
        start, end = self._old.bounds[number]
        old, new = self._old.folded, self._new.folded
        return (
            _similarity(old[max(0, start - CONTEXT) : start], new[max(0, low - CONTEXT) : low]),
            _similarity(old[end : end + CONTEXT], new[high : high + CONTEXT]),
        )

    def _window(self, number: int) -> Span | None:
        """Return the stretch between the nearest neighbours that were found, ``None`` if they do not stand in order."""
        if self._alone:
            return None
        known, at = self._numbers, bisect_left(self._numbers, number)
        behind = bisect_right(known, number, at)
        before = self._at[known[at - 1]][1] if at else 0
        window = (before, self._at[known[behind]][0] if behind < len(known) else len(self._new.visible))
        return window if self._at and window[0] < window[1] else None

    def _narrow(self, number: int, length: int) -> bool:
        """Whether there is room for little else between the neighbours of a paragraph."""
        window = self._window(number)
        return window is not None and window[1] - window[0] <= 2 * length

    def _between(self, number: int, low: int, high: int) -> bool:
        window = self._window(number)
        return window is not None and window[0] <= low and high <= window[1]

    def _overlap(self, low: int, high: int) -> bool:
        at = bisect_left(self._taken, (low, low))
        near = self._taken[max(0, at - 1) : at + 1]
        if any(max(low, start) < min(high, end) for start, end in near):
            return True
        return at + 1 < len(self._taken) and self._taken[at + 1][0] < high

    def _take(self, number: int, low: int, high: int, alike: float) -> None:
        held = self._new.holders(low, high)
        parts = tuple([Part(target, self._new.spans(start, end)) for target, start, end in held])
        main = max(held, key=lambda part: (part[2] - part[1], -part[1]))[0] if held else None
        kind: Kind = "changed"
        if self._new.visible[low:high] == self._old.text(number):
            kind = "same" if main is not None and self._new.bounds[main] == (low, high) else "regrouped"
        else:
            self._edited.add((low, high))
        self._found[number] = Anchor(kind, alike, main, parts, self._new.spans(low, high))
        self._at[number] = (low, high)
        insort(self._numbers, number)
        self._taken.insert(bisect_left(self._taken, (low, high)), (low, high))


_similarity = lru_cache(maxsize=1024)(similarity)
"""For what stands around equal paragraphs, which is often equal too."""


def _shared_runs(one: str, other: str) -> float:
    """Return the share of the runs of four characters of the shorter text that the other has; 0 for very short ones."""
    if min(len(one), len(other)) < SHORT or 3 * min(len(one), len(other)) < max(len(one), len(other)):
        return 0.0
    runs = [{text[at : at + 4] for at in range(len(text) - 3)} for text in (one, other)]
    return len(runs[0] & runs[1]) / min(map(len, runs))
