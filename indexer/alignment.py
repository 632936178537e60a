"""How much of two texts stands in both in the same order: what tells a reworked copy from a text that shares a part."""

from __future__ import annotations


def common_subsequence(ours: str, theirs: str) -> int:
    """Return the length of the longest common subsequence of two texts.

    Bits for all characters of ``ours`` at once (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"): as many
    additions of long numbers as ``theirs`` has characters, 20 µs for a hundred against a hundred.

    >>> common_subsequence("落实控辍保学责任", "全面落实控辍保学工作责任")
    8
    >>> common_subsequence("教育", "医疗")
    0
    """
    places: dict[str, int] = {}
    for at, character in enumerate(ours):
        places[character] = places.get(character, 0) | 1 << at
    every = (1 << len(ours)) - 1
    unmatched = every
    for character in theirs:
        place = places.get(character)
        if place:
            held = unmatched & place
            unmatched = ((unmatched + held) | (unmatched - held)) & every
    return len(ours) - unmatched.bit_count()


def alignment(ours: str, theirs: str) -> float:
    """Return the share of characters of both texts that stand in both in the same order, from 0 to 1.

    That is ``2 L / (m + n)``, L the length of the longest common subsequence of texts of m and n characters.

    >>> alignment("落实控辍保学责任", "落实控辍保学的责任。") == 2 * 8 / (8 + 10)
    True
    >>> alignment("", "")
    0.0
    """
    return 2 * common_subsequence(ours, theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0
