"""Whether two paragraphs say the same: their words alone, without punctuation, figures and the number that opens them.

Texts are compared by their shingles, the runs of three characters that they hold, and the share of them that they have
in common (Jaccard; Broder 1997, "On the resemblance and containment of documents"). A sketch of a few numbers tells
beforehand which pairs are worth comparing.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.9
"""The share of shingles from which two texts are nearly the same; measured in docs/decisions/near-identical.md."""
SKETCH = 32
"""Numbers in a sketch: with 32 a third of the shingles in common is told from a hundredth, with 16 it is not."""
FOLDING = 16
"""Numbers of a sketch by which hits that say nearly the same are folded: as many as that takes, which is half."""
PROMISING = 10
"""Of the first ``FOLDING`` numbers of a sketch, how many must agree before two texts are compared: fewer do once in
2,000 times where 0.9 of the shingles are shared (binomial), as many where half are shared in 1 of 4.
"""

Sketch = NDArray[np.uint8]

_OPENING = re.compile(
    r"[\s(]*(?:第[0-9一二三四五六七八九十百千零]+[条款项章节]|[0-9一二三四五六七八九十百]+\s*[)、.,:。]|[①-⑳])\s*"
)
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SEEDS = np.random.default_rng(1997).integers(2**64, size=SKETCH, dtype=np.uint64)


def skeleton(folded: str) -> str:
    """Return the letters and characters of a folded text, without the number that opens it.

    >>> skeleton("(三)九年义务教育巩固率达到95.3%。") == skeleton("12.九年义务教育巩固率达到 96%;")
    True
    """
    opening = _OPENING.match(folded)
    return "".join(filter(str.isalpha, folded[opening.end() if opening else 0 :]))


def figures(folded: str) -> list[str]:
    """Return the figures of a folded text, which a skeleton leaves out, without the number that opens it.

    >>> figures("(三)三年毛入园率达到82.54%,新增学位1200个")
    ['82.54', '1200']
    """
    opening = _OPENING.match(folded)
    return _FIGURE.findall(folded, opening.end() if opening else 0)


def shingles(letters: str) -> frozenset[str]:
    """Return the runs of three characters of a skeleton; a shorter one is its own only shingle.

    >>> sorted(shingles("控辍保学"))
    ['控辍保', '辍保学']
    """
    if len(letters) < 3:
        return frozenset([letters] if letters else [])
    return frozenset(map("".join, zip(letters, letters[1:], letters[2:], strict=False)))


def held_by_several(texts: Iterable[frozenset[str]]) -> set[str]:
    """Return the shingles that at least two texts hold.

    >>> sorted(held_by_several(map(shingles, ("控辍保学工作", "控辍保学", "保学"))))
    ['控辍保', '辍保学']
    """
    seen: set[str] = set()
    several: set[str] = set()
    for held in texts:
        several |= seen & held
        seen |= held
    return several


def likeness(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """Return the share of shingles that two texts have in common, from 0 to 1; empty ones are like nothing.

    >>> likeness(shingles("控辍保学"), shingles("控辍保学工作")), likeness(shingles(""), shingles(""))
    (0.5, 0.0)
    """
    both = len(ours & theirs)
    return both / (len(ours) + len(theirs) - both) if both else 0.0


def fingerprint(letters: str) -> int:
    """Return 64 bits that equal skeletons share and others, in practice, do not; 0 for an empty one.

    >>> fingerprint("控辍保学") == fingerprint("控辍保学"), fingerprint("")
    (True, 0)
    """
    return int.from_bytes(hashlib.blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=8).digest()) * bool(
        letters
    )


def sketch(letters: str) -> Sketch:
    """Return ``SKETCH`` numbers, each of which two skeletons share as often as they share a shingle (MinHash).

    Zeros for a skeleton of fewer than three characters.

    >>> sketch("落实控辍保学责任").shape, int(sketch("学").sum())
    ((32,), 0)
    """
    least: Sketch = sketches([letters])[0]
    return least


def numbers_shared(share: float) -> int:
    """Return how many numbers of their sketches agree, or more, where texts share so much of their shingles.

    Three standard deviations below the mean (binomial), so that 1 in 700 has fewer; two at least.

    >>> numbers_shared(0.5), numbers_shared(0.9)
    (8, 24)
    """
    return max(2, math.ceil(SKETCH * share - 3 * math.sqrt(SKETCH * share * (1 - share))))


def sketches(skeletons: Sequence[str]) -> Sketch:
    """Return the sketches of several skeletons, shape ``(len(skeletons), SKETCH)``: a third of the time of one by one.

    >>> bool((sketches(["落实控辍保学", "学", "落实控辍保学责任"])[2] == sketch("落实控辍保学责任")).all())
    True
    """
    found = np.zeros((len(skeletons), SKETCH), np.uint8)
    lengths = np.fromiter(map(len, skeletons), np.int64, len(skeletons))
    points = np.frombuffer("".join(skeletons).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    long = np.flatnonzero(lengths >= 3)
    if len(long):
        # Runs that reach into the next skeleton stand between the end of one stretch and the start of the next.
        runs = mixed(points[:-2] << np.uint64(42) | points[1:-1] << np.uint64(21) | points[2:])
        ends = np.cumsum(lengths)[long]
        stretches = np.stack([ends - lengths[long], ends - 2], axis=1).ravel()
        for column, seed in enumerate(_SEEDS):
            hashes = np.append(mixed(runs ^ seed), np.uint64(0))  # the last stretch may end where the runs do
            found[long, column] = np.minimum.reduceat(hashes, stretches)[::2].astype(np.uint8)
    return found


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread numbers over 64 bits (SplitMix64, Steele, Lea and Flood 2014): code points alone are too much alike."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        numbers = (numbers ^ (numbers >> np.uint64(shift))) * np.uint64(factor)
    return numbers ^ (numbers >> np.uint64(31))
