"""The numbers that Chinese official documents give their parts, and their order.

The order 一、 (一) 1. (1) is that of GB/T 9704-2012, 7.3.3; 编 章 节 条 that of the Legislation Law, article 61 (2015).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "两": 2}
_CN = "[〇零一二三四五六七八九十百]"

RANKS = {
    "part": 1,
    "chapter": 2,
    "section": 3,
    "cn": 4,
    "pcn": 5,
    "ordinal": 6,
    "num": 7,
    "pnum": 8,
    "circle": 9,
    "letter": 10,
    "year": 11,
    "month": 12,
    "article": 13,
    "bullet": 14,
}
"""How deep each kind of number stands, where a document uses both; 1 is the outermost."""

# Written for folded text: half-width brackets and digits, simplified characters.
_MARKER = re.compile(
    rf"第\s?(?P<part>{_CN}{{1,6}}|\d{{1,3}})\s?(?:编|部分)(?=[\s:]|[^\W\d])"
    rf"|第\s?(?P<chapter>{_CN}{{1,6}}|\d{{1,3}})\s?章(?!程)"
    rf"|第\s?(?P<section>{_CN}{{1,6}}|\d{{1,3}})\s?节(?!课)"
    rf"|第\s?(?P<article>{_CN}{{1,6}}|\d{{1,4}}(?:-\d{{1,3}})?)\s?条(?:\s?之\s?{_CN}{{1,3}})?(?![款项第至、,和及与或例件的规所之])"
    rf"|(?P<cn>{_CN}{{1,4}})\s?(?:、(?!{_CN}{{1,3}}[、产类级])|\.(?!\d))"
    rf"|\(\s?(?P<pcn>{_CN}{{1,4}})\s?\)、?"
    rf"|(?P<ordinal>[一二三四五六七八九十]{{1,2}})是"
    r"|(?P<num>\d{1,3})\s?(?:\.(?!\d)|、)"
    r"|\(\s?(?P<pnum>\d{1,3})\s?\)[.、]?"
    r"|(?P<pnum2>\d{1,2})\)"
    rf"|第(?P<nth>[一二三四五六七八九十]{{1,2}})(?:,|、(?!{_CN}{{1,3}}[、产类级]))"
    r"|(?P<letter>[a-h])[.、](?=\s*[\u4e00-\u9fff])"
    r"|(?P<bullet>[-*+])(?=[ \t]+\S)"
)
_SYMBOLS = (
    ("circle", 0x2460, 20),
    ("pnum", 0x2474, 20),
    ("num", 0x2488, 20),
    ("pcn", 0x3220, 10),
    ("circle", 0x3280, 10),
)
"""Numbers that are one character (①, ⑴, ⒈, ㈠, ㊀): kind, the code point of the first and how many there are."""
_NAMES = {"pnum2": "pnum", "nth": "ordinal"}
_INNER = re.compile(
    rf"第{_CN}{{1,6}}[编章节]"
    rf"|(?<![〇零一二三四五六七八九十百]){_CN}{{1,4}}、|\({_CN}{{1,4}}\)"
    r"|(?<![\d.\w])\d{1,3}(?:\.(?!\d)|、)|(?<=[\u4e00-\u9fff])\d{1,3}\.(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Marker:
    """A number at the head of a line: its kind, value and label, and where in the text it stands."""

    kind: str
    value: int
    label: str
    start: int
    end: int


def read_number(text: str) -> int:
    """Return the value of a Chinese or Arabic number below 1000 (0 if it is none).

    >>> [read_number(n) for n in ("七", "十二", "二十", "一百零三", "14", "二〇", "12-1")]
    [7, 12, 20, 103, 14, 20, 12]
    """
    text = text.split("条")[0].split("-")[0].strip()
    if text.isdigit() and text.isascii():
        return int(text)
    if not any(unit in text for unit in "十百"):
        value = 0
        for character in text:
            value = value * 10 + _DIGITS.get(character, 0)
        return value
    total, digit = 0, 0
    for character in text:
        if character == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif character == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _DIGITS.get(character, 0)
    return total + digit


def read_marker(folded: str, start: int, end: int) -> Marker | None:
    """Read the number that stands at ``start`` in a folded text, if there is one.

    >>> read_marker("(三)推进城乡一体化", 0, 9)
    Marker(kind='pcn', value=3, label='(三)', start=0, end=3)
    >>> read_marker("6.5环境日宣传活动", 0, 10) is None
    True
    """
    match = _MARKER.match(folded, start, end)
    if match is None or match.lastgroup is None:
        return None
    kind = match.lastgroup
    number = match.group(kind)
    # Every bullet is a first one: it continues no numbering.
    value = {"letter": ord(number[0]) - 0x60, "bullet": 1}.get(kind) or read_number(number)
    label = "".join(match.group().rstrip(" .、,\t").split())
    return Marker(_NAMES.get(kind, kind), value, label, match.start(), match.end())


def read_symbol(text: str, start: int) -> Marker | None:
    """Read a number that is one character, in the original: folding makes ① a plain 1.

    >>> read_symbol("㈡推进公平", 0)
    Marker(kind='pcn', value=2, label='㈡', start=0, end=1)
    """
    if start >= len(text):
        return None
    for kind, first, count in _SYMBOLS:
        value = ord(text[start]) - first + 1
        if 1 <= value <= count:
            return Marker(kind, value, text[start], start, start + 1)
    return None


def find_inner_markers(folded: str, start: int, end: int) -> list[Marker]:
    """List what may be numbers inside a line, in order; the caller decides which of them the numbering expects.

    >>> [m.label for m in find_inner_markers("二、主要任务(一)坚持立德树人 1.。", 2, 18)]
    ['(一)', '1']
    """
    found = []
    for match in _INNER.finditer(folded, start, end):
        marker = read_marker(folded, match.start(), end)
        if marker is not None:
            found.append(marker)
    return found
