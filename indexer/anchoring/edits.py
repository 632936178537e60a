"""How far two texts are apart in characters, and where in a long text a short one stands with some of them changed.

Edit distance by the bit vectors of Myers 1999, "A fast bit-vector algorithm for approximate string matching based on
dynamic programming", in Hyyrö's form of 2001. Python's integers are the vectors, as long as the pattern.
"""

from __future__ import annotations

from collections.abc import Iterator


def distance(one: str, other: str) -> int:
    """Return how many characters must be put in, left out or replaced to make one text the other (Levenshtein).

    >>> distance("落实控辍保学责任", "落实控缀保学的责任")
    2
    """
    edits = len(one)
    for edits in _distances(one, other, anywhere=False):  # noqa: B007 - the last of them is what is asked for
        pass
    return edits


def similarity(one: str, other: str) -> float:
    """Return the share of the longer text that need not be edited, from 0 to 1; two empty texts are alike.

    >>> similarity("控辍保学", "控缀保学"), similarity("", "")
    (0.75, 1.0)
    """
    return 1 - distance(one, other) / max(len(one), len(other)) if one or other else 1.0


def locate(pattern: str, text: str) -> tuple[int, int, int]:
    """Return where a pattern stands in a text with the fewest edits: ``(edits, start, end)``; of several the first.

    >>> locate("落实控辍保学", "继续落实控缀保学的责任")
    (1, 2, 8)
    """
    least, end = len(pattern), 0
    for at, edits in enumerate(_distances(pattern, text, anywhere=True), 1):
        if edits < least:
            least, end = edits, at
    if least == len(pattern):
        return least, 0, 0
    # The same from behind: the shortest stretch that ends there with as few edits.
    best, start = len(pattern), end
    for at, edits in enumerate(_distances(pattern[::-1], text[:end][::-1], anywhere=False), 1):
        if edits < best:
            best, start = edits, end - at
            if best == least:
                break
    return least, start, end


def _distances(pattern: str, text: str, *, anywhere: bool) -> Iterator[int]:
    """Yield the distance of the pattern to the text up to each character; ``anywhere`` lets it begin anywhere."""
    size = len(pattern)
    if not size:
        yield from ([0] * len(text) if anywhere else range(1, len(text) + 1))
        return
    places: dict[str, int] = {}
    for at, char in enumerate(pattern):
        places[char] = places.get(char, 0) | 1 << at
    full, top, carry = (1 << size) - 1, 1 << (size - 1), 0 if anywhere else 1
    plus, minus, edits = full, 0, size
    for char in text:
        equal = places.get(char, 0)
        vertical = equal | minus
        horizontal = (((equal & plus) + plus) ^ plus) | equal
        up = minus | (full & ~(horizontal | plus))
        down = plus & horizontal
        if up & top:
            edits += 1
        elif down & top:
            edits -= 1
        up = (up << 1 | carry) & full
        down = down << 1 & full
        plus = down | (full & ~(vertical | up))
        minus = up & vertical
        yield edits
