"""Fold text for matching: one code point for one, so that an offset in the folded text is one in the original.

:func:`fold_characters` looks at single characters only, so a string folds alike wherever it is cut. :func:`fold` adds
the guarded repairs of look-alike characters (:mod:`indexer.repair`), the one step that looks at neighbours. Queries and
documents go through the same functions.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import cache
from importlib import resources

import numpy as np
from opencc import OpenCC

from indexer.models import Folded, Repair, Span
from indexer.repair import find_repairs, find_unresolved

# Marks that readers do not tell apart when they search. Both kinds of quotation marks stay two kinds.
_MARKS = {
    '"': "“”„‟「」『』＂〝〞〟﹁﹂﹃﹄«»",
    "'": "‘’‚‛＇′`´",
    "-": "—–―－‐‑‒−﹣─━",
    "<": "〈‹＜﹤",
    ">": "〉›＞﹥",
    "·": "•・‧･∙⋅",
    "〇": "○◯",
    "~": "～〜∼",
}
_MARK = {mark: folded for folded, marks in _MARKS.items() for mark in marks}

# Compatibility forms that mean the same character. Not <circle>, <super>, <fraction> and the like: 完成①85% must not
# become 185%, nor 10² 102. Subscripts do stand for their digit (CO₂, PM₂.₅).
_SAME = ("<wide>", "<narrow>", "<small>", "<vertical>", "<noBreak>", "<font>", "<compat>", "<sub>")

# White space, control and format characters, and the rest that leaves no ink (variation selectors, fillers).
_BLANK_CATEGORIES = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_INKLESS = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
_INKLESS.update(range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))


@cache
def _converter(table: str) -> OpenCC:
    return OpenCC(table)


@cache
def _allographs() -> dict[str, str]:
    """Read the variant characters that OpenCC has no entry for, each with the one that the dictionary uses."""
    lines = resources.files("indexer.data").joinpath("allographs.tsv").read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {variant: simplified for simplified, *variants in rows for variant in variants}


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U000323af" or "\uf900" <= char <= "\ufaff"


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _simplify(char: str) -> str:
    """Return the Simplified form of one Han character: by OpenCC's t2s, then by its regional tables, then by our own.

    A regional form (Taiwan, Hong Kong, Japan) counts only where t2s knows nothing, the character is outside GB 2312 (so
    it is no Simplified character of its own right, as 芸 and 予 are) and the outcome is inside.
    """
    simplified: str = _converter("t2s").convert(char)
    if simplified == char:
        simplified = _allographs().get(char, char)
    if simplified == char and not _in_gb2312(char):
        outcomes = (_converter("t2s").convert(_converter(table).convert(char)) for table in ("tw2t", "hk2t", "jp2t"))
        simplified = next((outcome for outcome in outcomes if outcome != char and _in_gb2312(outcome)), char)
    if len(simplified) != 1 or simplified == char:
        return char
    return _simplify(simplified)  # 戱 becomes 戯, which is itself a Japanese form of 戏


def _fold_character(char: str) -> str:
    if unicodedata.category(char) in _BLANK_CATEGORIES or ord(char) in _INKLESS:
        return " "
    if char in _MARK:
        return _MARK[char]
    decomposition = unicodedata.decomposition(char)
    if decomposition and (decomposition.startswith(_SAME) or " " not in decomposition):
        same = unicodedata.normalize("NFKC", char)
        if len(same) == 1 and same != char:
            return _fold_character(same)
    if _is_han(char):
        return _simplify(char)
    lower = char.lower()
    return lower if len(lower) == 1 else char


class _Table(dict[int, str]):
    """What each code point folds to, worked out when it is first met: a text uses a few thousand of the million."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


_TABLE = _Table()
_FOLDED = np.zeros(sys.maxunicode + 1, "<u4")
"""The same for many characters at once, 0 (what no character folds to) until one is first met."""
_LOOKED_UP_SINGLY = 80
"""Characters up to which ``str.translate`` is quicker than an array, whose 3 us do not grow: 7 against 3.9 at 160."""


def fold_characters(text: str) -> str:
    """Return the text with every character folded by itself: as long as the text, in code points, and never longer.

    Width (NFKC where it gives one character), lower case, Traditional and variant to Simplified (OpenCC's character
    table; its phrase tables look at neighbours and are not used), quotation marks, dashes, angle brackets and middle
    dots to one form each; white space, control and invisible characters to a space.

    >>> fold_characters("ＰＭ２．５　《義務教育法》")
    'pm2.5 《义务教育法》'
    >>> fold_characters("裏裡內敎爲羣“減負”「雙減」")
    '里里内教为群"减负""双减"'
    """
    if len(text) <= _LOOKED_UP_SINGLY:
        return text.translate(_TABLE)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    folded = _FOLDED[codes]
    if not folded.all():
        for code in set(codes[folded == 0].tolist()):
            _FOLDED[code] = ord(_TABLE[code])
        folded = _FOLDED[codes]
    return bytes(folded).decode("utf-32-le", "surrogatepass")


def fold(text: str) -> Folded:
    """Return the text as it is matched: folded characters and repaired look-alikes, as long as the original.

    A look-alike is repaired only where its neighbours prove it (see :mod:`indexer.repair`); spans count in ``text``.

    >>> fold("學前三年毛叺园率")
    Folded(text='学前三年毛入园率', repairs=(Repair(start=5, end=6, original='叺', replacement='入', rule='word'),))
    >>> fold("不囿于成见，铨选教师").repairs
    ()
    """
    folded = fold_characters(text)
    found = find_repairs(folded)
    if not found:
        return Folded(folded)
    characters = list(folded)
    repairs = []
    for at in sorted(found):
        characters[at], rule = found[at]
        repairs.append(Repair(at, at + 1, text[at], characters[at], rule))
    return Folded("".join(characters), tuple(repairs))


def unresolved(text: str) -> tuple[Span, ...]:
    """Return the characters that look swapped but could not be read with certainty: for a person to look at.

    >>> unresolved("城市哋一")
    ((2, 3),)
    """
    return tuple((at, at + 1) for at in find_unresolved(fold_characters(text)))


def compact(folded: str) -> tuple[str, tuple[int, ...] | range]:
    """Return a folded text without its spaces, and for each character that stays its position in ``folded``.

    So inner spaces (落 实, line breaks of a PDF) do not stop a match.

    >>> compact("落实 控辍 保学")
    ('落实控辍保学', (0, 1, 3, 4, 6, 7))
    >>> compact("随迁子女")
    ('随迁子女', range(0, 4))
    """
    if " " not in folded:
        return folded, range(len(folded))
    return folded.replace(" ", ""), tuple(at for at, char in enumerate(folded) if char != " ")
