"""Text to folded text of equal length: width, script and case."""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC


@cache
def _table() -> dict[int, str]:
    converter = OpenCC("t2s")
    table: dict[int, str] = {}
    for code in [*range(0x80, 0x3400), *range(0x3400, 0xA000), *range(0xF900, 0xFB00), *range(0xFE30, 0xFFF0)]:
        wide = unicodedata.normalize("NFKC", chr(code))
        character = wide if len(wide) == 1 and not wide.isspace() else chr(code)
        simple = converter.convert(character)
        character = simple if len(simple) == 1 else character
        lower = character.lower()
        character = lower if len(lower) == 1 else character
        if character != chr(code):
            table[code] = character
    for code in range(ord("A"), ord("Z") + 1):
        table[code] = chr(code).lower()
    return table


def fold_characters(text: str) -> str:
    """Fold width, Traditional characters and case, one character for one.

    >>> fold_characters("（一）鞏固“兩基”")
    '(一)巩固“两基”'
    """
    return text.translate(_table())
