"""Whether one text is another used again: by the shingles they share, or, of fewer, by the order of what they share.

One changed character takes three shingles away and brings three, so that a fifth of the characters changed leaves a
third of the shingles: as many as a text shares that is half another. What tells the two apart is that the copy keeps
most of its characters in their order.
"""

from __future__ import annotations

from functools import cached_property

from indexer.alignment import alignment
from indexer.resemblance import likeness, shingles, skeleton

REUSED = 0.5
"""Share of shingles from which a text is another used again, in whatever order: ``benchmarks/reuse.py`` measures it."""
KINDRED = 0.25
"""Share of shingles from which the order is looked at; below, what is shared are the formulas of such texts."""
SHORTLISTED = 6
"""Numbers of two sketches that agree where the texts are worth comparing. Where a fifth of the characters is changed
and a third of the shingles is left fewer do in 2 of 100 cases, where a hundredth is shared as many in 1 of a million
(binomial)."""
ALIGNED = 0.78
"""Share of characters in the same order that makes a copy of what shares fewer shingles than ``REUSED``."""


class Letters:
    """A text as it is compared: its skeleton, and what is computed of it once."""

    def __init__(self, skeleton: str) -> None:
        self.skeleton = skeleton

    @classmethod
    def of(cls, folded: str) -> Letters:
        """Return the letters of a folded text."""
        return cls(skeleton(folded))

    @cached_property
    def shingles(self) -> frozenset[str]:
        """The runs of three characters."""
        return shingles(self.skeleton)


def is_copy(ours: Letters, theirs: Letters, *, share: float = REUSED, aligned: float | None = ALIGNED) -> float:
    """Return the share of shingles of two texts if one is the other used again, else 0; ``aligned=None``: by it alone.

    >>> one = Letters.of("落实以居住证为主要依据的随迁子女义务教育就学政策,确保应入尽入。")
    >>> other = Letters.of("全面落实以居住证为依据的随迁子女接受义务教育的政策,确保应入尽入。")
    >>> round(is_copy(one, other), 2), is_copy(one, other, aligned=None)
    (0.46, 0)
    """
    alike = likeness(ours.shingles, theirs.shingles)
    if alike >= share:
        return alike
    if aligned is None or alike < KINDRED:
        return 0
    one, other = ours.skeleton, theirs.skeleton
    possible = 2 * min(len(one), len(other)) >= aligned * (len(one) + len(other))  # else one is too short for it
    return alike if possible and alignment(one, other) >= aligned else 0
