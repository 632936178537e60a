"""jieba's dictionary and our own word list: what counts as a word, and the cutting of text into words.

This is the only module that imports rjieba or looks into jieba. rjieba (Rust) cuts 20 to 30 times as fast as jieba and
gives the same words (``tests/test_lexicon.py`` holds them against each other). Words are cut without jieba's hidden
Markov model, so that a text is cut alike whatever unknown words stand near.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import rjieba

from indexer.frequencies import Frequencies


@cache
def _segmenter() -> rjieba.Jieba:
    segmenter = rjieba.Jieba()
    for word, frequency in domain_words().items():
        segmenter.add_word(word, frequency, None)
    for word in coordinations():
        if not segmenter.has_word(word):
            segmenter.add_word(word, None, None)
    return segmenter


@cache
def domain_words() -> Mapping[str, int | None]:
    """Return the words of ``indexer/data/words.txt`` with their frequency, ``None`` where jieba shall choose one."""
    words: dict[str, int | None] = {}
    for line in resources.files("indexer.data").joinpath("words.txt").read_text("utf-8").splitlines():
        fields = line.split("#")[0].split()
        if fields:
            words[fields[0]] = int(fields[1]) if len(fields) > 1 else None
    return words


@cache
def coordinations() -> Mapping[str, tuple[str, ...]]:
    """Return the words that shorten several, each with those it stands for.

    >>> coordinations()["中高考"]
    ('中考', '高考')
    """
    words: dict[str, tuple[str, ...]] = {}
    for line in resources.files("indexer.data").joinpath("coordinations.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            word, parts = line.split("\t")
            words[word] = tuple(parts.split("|"))
    return words


def _dictionary_path() -> Path:
    spec = find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("jieba is not installed; its dictionary is needed")
    return Path(spec.submodule_search_locations[0]) / "dict.txt"


@cache
def frequencies() -> Frequencies:
    """Return every dictionary word with its frequency in jieba's corpus; our own words count as 1 where it lacks them.

    Reading takes a tenth of a second: cutting does not need it, only repairs and corrections do.

    >>> frequencies()["教育"] > frequencies()["铨选"] > 0
    True
    """
    return Frequencies(_dictionary_path().read_bytes(), {word: own or 1 for word, own in domain_words().items()})


def is_word(text: str) -> bool:
    """Whether jieba's dictionary or our own list has this word.

    >>> is_word("控辍保学"), is_word("辍保")
    (True, False)
    """
    return bool(_segmenter().has_word(text))


def cut(text: str) -> list[str]:
    """Cut a text into words; joined together they are the text again.

    >>> cut("落实控辍保学责任")
    ['落实', '控辍保学', '责任']
    """
    return list(_segmenter().cut(text, False))


@cache
def digest() -> str:
    """Return a digest of all that decides how text is cut: two indexes with the same digest have the same words."""
    sha = hashlib.sha256(_dictionary_path().read_bytes())
    for name in ("words.txt", "coordinations.tsv"):
        sha.update(resources.files("indexer.data").joinpath(name).read_bytes())
    return sha.hexdigest()[:16]
