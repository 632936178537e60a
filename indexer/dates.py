"""Dates in Chinese texts: days with year, month and day, however they are written, and the Chinese digits of years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from indexer.models import Span

DIGITS = {char: str(value) for value, char in enumerate("〇一二三四五六七八九")} | {
    "○": "0",
    "O": "0",
    "o": "0",
    "零": "0",
    "Ｏ": "0",
}
HAN_YEAR = r"[一二][〇○Oo零Ｏ一二三四五六七八九]{3}"

_WRITTEN = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)\s*(?:年\s*(?P<m>1[0-2]|0?[1-9])\s*月\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*日"
    r"|(?P<s>[-/.])(?P<m2>1[0-2]|0?[1-9])(?P=s)(?P<d2>3[01]|[12]\d|0?[1-9])(?!\d))"
)
_HAN = re.compile(
    rf"(?P<y>{HAN_YEAR})年(?P<m>十[一二]?|[一二三四五六七八九])月(?P<d>[一二三]?十?[一二三四五六七八九十])日"
)


def read_han_number(text: str) -> int:
    """Return the value of a Chinese number below 100.

    >>> read_han_number("三"), read_han_number("十二"), read_han_number("二十"), read_han_number("三十一")
    (3, 12, 20, 31)
    """
    tens, ten, ones = text.rpartition("十")
    return (10 * int(DIGITS.get(tens, "1")) if ten else 0) + int(DIGITS.get(ones, "0"))


def read_han_year(text: str) -> int:
    """Return the year that four Chinese digits write.

    >>> read_han_year("二〇二四")
    2024
    """
    return int("".join(DIGITS[char] for char in text))


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def find_dates(text: str) -> Iterator[tuple[Span, str]]:
    """Yield every full date of a text with its span, as ISO 8601, in the order of the text; impossible days are none.

    >>> [iso for _, iso in find_dates("二〇二四年三月八日,2018-03-05 10:00,2024年3月8日")]
    ['2024-03-08', '2018-03-05', '2024-03-08']
    """
    found: list[tuple[Span, str]] = []
    for match in _WRITTEN.finditer(text):
        month, day = match["m"] or match["m2"], match["d"] or match["d2"]
        iso = _iso(int(match["y"]), int(month), int(day))
        if iso:
            found.append((match.span(), iso))
    for match in _HAN.finditer(text):
        iso = _iso(read_han_year(match["y"]), read_han_number(match["m"]), read_han_number(match["d"]))
        if iso:
            found.append((match.span(), iso))
    yield from sorted(found)


_TIME = re.compile(r"[T\s]*(?:\d{1,2}[:：时]\d{2}(?:[:：分]\d{2}(?:\.\d+)?秒?)?)?\s*(?:Z|[+-]\d\d:?\d\d)?")


def read_date(text: str) -> str | None:
    """Return as ISO 8601 the day that is all of a text, with a time of day or without; None if it is no full date.

    >>> [read_date(text) for text in ("2018-03-02", "2018/3/2 10:00", "2018年3月2日", "二〇一八年三月二日", "20180302")]
    ['2018-03-02', '2018-03-02', '2018-03-02', '2018-03-02', '2018-03-02']
    >>> [read_date(text) for text in ("2018", "2018年3月", "2018-13-45", "3月2日")]
    [None, None, None, None]
    """
    text = text.strip()
    if re.fullmatch(r"(?:19|20)\d{6}", text):
        return _iso(int(text[:4]), int(text[4:6]), int(text[6:]))
    dates = list(find_dates(text))
    if len(dates) != 1:
        return None
    (start, end), iso = dates[0]
    return iso if start == 0 and _TIME.fullmatch(text, end) else None


def read_bare_digits(digits: str) -> str | None:
    """Return the only date that a run of digits can be whose 年, 月 and 日 were lost, or None if there are several.

    A month or a day may have one digit or two, but a single digit is not written with a zero before it.

    >>> read_bare_digits("2017816"), read_bare_digits("2017111"), read_bare_digits("20171231")
    ('2017-08-16', None, '2017-12-31')
    """
    if not re.fullmatch(r"(?:19|20)\d{4,6}", digits):
        return None
    year, rest = int(digits[:4]), digits[4:]
    if len(rest) == 4:
        return _iso(year, int(rest[:2]), int(rest[2:]))
    readings = {
        iso
        for cut in (1, 2)
        if (month := rest[:cut]) and (day := rest[cut:]) and not month.startswith("0") and not day.startswith("0")
        if len(day) <= 2 and (iso := _iso(year, int(month), int(day)))
    }
    return readings.pop() if len(readings) == 1 else None
