"""Numbers with their units, in any writing: 百分之九十五, 95% and ９５％ are one term, so are 3000万元 and 三千万元.

The text is not rewritten: a number is a token whose *term* is its value and unit, and whose characters are its own.
Chinese numerals count as a number behind 百分之, or well-formed and with a unit: 三残, 十四五, 千百年 are words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# A unit is none where it begins an ordinary word: 3年级, 5组织, 2人民.
_UNITS = {
    "年": "级代轮",
    "人": "民才员均口数事大文",
    "家": "长庭校",
    "组": "织建长",
    "项": "目",
    "本": "科地市级校人区",
    "分": "类级析配层为别布享工",
    "支": "持部援付教",
    "条": "件例",
    "级": "别",
    "名": "师校优额单",
    "种": "植",
    "场": "所地馆",
    "期": "间末",
    "批": "准",
    "门": "户",
    "位": "置于",
    "节": "约日",
    "章": "程",
    "次": "要",
}
_PLAIN_UNITS = (
    "个百分点,百分点,平方米,平方公里,公里,公顷,学年度,学年,年度,周岁,小时,分钟,课时,人次,"
    "月,日,号,岁,天,周,个,所,元,套,台,座,间,届,类,册,亩,米,倍,‰,%"
)
_UNIT = "|".join(
    [
        *sorted(_PLAIN_UNITS.split(","), key=len, reverse=True),
        *(f"{unit}(?![{after}])" for unit, after in _UNITS.items()),
    ]
)
_DIGIT = "一二三四五六七八九两"
_SMALL = rf"(?:[{_DIGIT}]千零?)?(?:[{_DIGIT}]百零?)?(?:[{_DIGIT}]?十)?[{_DIGIT}]?"
_SCALED = rf"(?=[{_DIGIT}十]+[十百千万亿]|十[{_DIGIT}]){_SMALL}(?:亿零?{_SMALL})?(?:万零?{_SMALL})?"
_ARABIC = re.compile(
    rf"(?P<value>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<scale>[万亿]*)(?P<unit>{_UNIT})?(?![a-z])"
)
_CHINESE = re.compile(
    rf"百分之(?P<percent>百(?!分)|{_SMALL})(?:点(?P<fraction>[零〇{_DIGIT}]+))?"
    rf"|(?P<year>[零〇{_DIGIT}]{{4}})(?P<years>学年度|学年|年度|年(?![级代轮]))"
    rf"|(?P<value>{_SCALED})(?P<unit>{_UNIT})"
)
_NUMERAL = re.compile(rf"百分之|[十百千万亿]|[零〇{_DIGIT}]{{4}}")
_LONGEST = 18
"""Digits of a number worth reading; longer ones are codes, whose digits are what matters."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number at ``[start, end)``: its term, and the term of its digits alone, ``[start, digits_end)``, if another."""

    start: int
    end: int
    term: str
    digits: str = ""
    digits_end: int = 0


def arabic_number(text: str, start: int) -> Number | None:
    """Read the number that begins with a digit at an offset of a folded text, with its scale and unit.

    >>> [arabic_number(text, 0).term for text in ("95.0%", "3000万元", "1,369人", "2017学年度", "3年级", "0.3亿元")]
    ['95%', '30000000元', '1369人', '2017学年度', '3', '30000000元']
    """
    match = _ARABIC.match(text, start)
    if match is None:
        return None
    written = match["value"].replace(",", "")
    if len(written) > _LONGEST:
        return Number(start, match.end("value"), written)
    digits = written if "." not in written else _plain(Decimal(written))
    scaled = match["scale"] or ""
    value = Decimal(written)
    for scale in scaled:
        value *= 10_000 if scale == "万" else 100_000_000
    term = (_plain(value) if scaled else digits) + (match["unit"] or "")
    return Number(start, match.end(), term, digits if digits != term else "", match.end("value"))


def chinese_numbers(run: str) -> list[Number]:
    """Return the numbers in a run of Han characters, in order.

    >>> [number.term for number in chinese_numbers("巩固率达到百分之九十五点五投入三千二百万元于二〇一七年建成")]
    ['95.5%', '32000000元', '2017年']
    >>> [number.term for number in chinese_numbers("百分之百")]
    ['100%']
    >>> chinese_numbers("三残儿童十四五规划三年级五育融合千百年二三十人数十人")
    []
    """
    if not _NUMERAL.search(run):
        return []
    found = []
    for match in _CHINESE.finditer(run):
        if match["year"]:
            term = "".join(map(str, map(_value, match["year"]))) + match["years"]
        elif match["value"]:
            term = f"{_scaled(match['value'])}{match['unit']}"
        elif match["percent"]:
            fraction = "".join(map(str, map(_value, match["fraction"] or "")))
            whole = 100 if match["percent"] == "百" else _scaled(match["percent"])
            term = _plain(Decimal(f"{whole}.{fraction or 0}")) + "%"
        else:
            continue
        found.append(Number(match.start(), match.end(), term))
    return found


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _value(digit: str) -> int:
    return 0 if digit in "零〇" else 2 if digit == "两" else "一二三四五六七八九".index(digit) + 1


def _scaled(numeral: str) -> int:
    """Read well-formed Chinese numerals.

    >>> [_scaled(numeral) for numeral in ("九十五", "十三", "三千二百万", "一百零五", "两亿三千万", "九")]
    [95, 13, 32000000, 105, 230000000, 9]
    """
    total = section = digit = 0
    for character in numeral:
        if character in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        elif character in "万亿":
            total += (section + digit or 1) * (10_000 if character == "万" else 100_000_000)
            section = digit = 0
        else:
            digit = _value(character)
    return total + section + digit
