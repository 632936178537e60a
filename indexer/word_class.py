"""Which words name things and which say what is done, and how: the parts of speech of jieba's dictionary.

Apart from ``lexicon.py``, as nothing here decides what an index holds: a change here asks nobody to index again.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Class = Literal["name", "place", "deed", "manner"]

_LETTERS: dict[bytes, Class] = {
    **dict.fromkeys((b"v", b"vd", b"vi", b"vg", b"vq"), "deed"),
    **dict.fromkeys((b"ns",), "place"),
    **dict.fromkeys((b"i", b"l", b"d", b"a", b"ad", b"an", b"z", b"t", b"m", b"r", b"c", b"p", b"nr"), "manner"),
}
"""The letters of ICTCLAS that jieba has: verbs; places; idioms, set phrases, adverbs, adjectives, times, pronouns and
what holds a sentence together. ``nr``, names of persons, are few in these texts: what has it is 高水平 and 清正廉洁."""
_LINE = re.compile(rb"^(\S+) \d+ (%s)\r?$" % b"|".join(_LETTERS), re.MULTILINE)


def word_class(word: str) -> Class:
    """Say what a word does: a ``name`` of things is any noun, and any word that the dictionary does not know.

    >>> [word_class(word) for word in ("学位", "控辍保学", "武汉", "迈出", "尽心竭力")]
    ['name', 'name', 'place', 'deed', 'manner']
    """
    return _classes().get(word, "name")


@cache
def _classes() -> dict[str, Class]:
    """Return the words that are no nouns; reading takes a fifth of a second, once in a process that compares."""
    spec = find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("jieba is not installed; its dictionary is needed")
    lines = (Path(spec.submodule_search_locations[0]) / "dict.txt").read_bytes()
    return {word.decode(): _LETTERS[letters] for word, letters in _LINE.findall(lines)}
