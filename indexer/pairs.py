"""Pairs of quotation marks and brackets in a query: which one closes which."""

from __future__ import annotations

import re

CLOSERS = {'"': '"', "＂": "＂", "“": "”", "「": "」", "『": "』"}
OPEN, CLOSE = "(（", ")）"
_SPACE = re.compile(r"\s")


def bracket_partners(text: str) -> dict[int, int]:
    """Pair the brackets that group: those that hold a space or a bar, and stand where a part may begin."""
    partners: dict[int, int] = {}
    if not any(bracket in text for bracket in OPEN):
        return partners
    opened: list[int] = []
    gaps = [0]
    for character in text:
        gaps.append(gaps[-1] + (bool(_SPACE.match(character)) or character in "|｜"))
    for offset, character in enumerate(text):
        if character in OPEN:
            opened.append(offset)
        elif character in CLOSE and opened:
            start = opened.pop()
            if gaps[offset] > gaps[start]:
                partners[start] = offset
    return partners


def closing_mark(text: str, opening: int, end: int) -> int | None:
    """Find the partner of a quotation mark: marks of the same kind inside may nest, or stand unpaired in a string
    copied from a text, in which case the last one before a space or the end is the partner.
    """
    opener, closer = text[opening], CLOSERS[text[opening]]
    first = text.find(closer, opening + 1, end)
    if first < 0:
        return None
    closers = text.count(closer, opening + 1, end)
    if opener == closer:
        if closers % 2 == 1:
            return first
    elif closers <= text.count(opener, opening, end):
        depth = 0
        for offset in range(opening, end):
            depth += (text[offset] == opener) - (text[offset] == closer)
            if depth == 0:
                return offset
    partners = [mark.start() for mark in re.finditer(rf"{closer}(?=\s|$)", text[:end]) if mark.start() > opening]
    return partners[-1] if partners else first
