"""The years that a plan is for: from its title, its opening, or, with care, from the years that its text names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from indexer.dates import HAN_YEAR, read_han_year
from indexer.models import Span

LONGEST_RANGE = 10
_YEAR = r"(?:19[89]|20[0-4])\d"
_DASH = r"\s*年?\s*(?:[-—–－~～至到─―]|--|——)+\s*"
_SCHOOL_YEAR = re.compile(rf"(?<!\d)({_YEAR}){_DASH}({_YEAR}|\d\d)\s*学年度?")
_RANGE = re.compile(rf"(?<!\d)({_YEAR}){_DASH}({_YEAR})(?!\d)\s*年?")
_SINGLE = re.compile(rf"(?<!\d)({_YEAR})\s*(?:年(?!代)|学年|年度)|({HAN_YEAR})\s*年")
_BARE = re.compile(rf"(?<![\d\-/.])({_YEAR})(?![\d\-/.])")
_PERIOD = re.compile(r"[“\"「]?十([一二三四五])五[”\"」]?")
_PERIODS = {"一": 2006, "二": 2011, "三": 2016, "四": 2021, "五": 2026}
_NOT_A_PLANS = re.compile(
    rf"[(（][^()（）]*(?:修订|修正|通过|会议)[^()（）]*[)）]|(?:到|至)\s*{_YEAR}\s*年|{_YEAR}\s*年\s*远景"
)


_PAST = re.compile(r"回顾|总结|成绩|成效|情况|完成|以来|取得|召开|会议")


def _read_candidates(title: str) -> Iterator[tuple[tuple[int, ...], Span]]:
    """Yield the years and ranges of a title; if none has its 年, bare numbers; if there is none, five-year plans."""
    found = False
    for pattern in (_SCHOOL_YEAR, _RANGE):
        for match in pattern.finditer(title):
            first = int(match[1])
            last = int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])
            if first < last < first + LONGEST_RANGE:
                found = True
                yield tuple(range(first, last + 1)), match.span()
    for match in _SINGLE.finditer(title):
        found = True
        first = int(match[1]) if match[1] else read_han_year(match[2])
        # 2023学年 begins in the autumn of 2023 and ends in the summer after.
        yield ((first, first + 1) if "学年" in match[0] else (first,)), match.span()
    for match in () if found else _BARE.finditer(title):
        found = True
        yield (int(match[1]),), match.span()
    for match in () if found else _PERIOD.finditer(title):
        start = _PERIODS[match[1]]
        yield tuple(range(start, start + 5)), match.span()


def read_title_years(title: str) -> tuple[tuple[int, ...], Span] | None:
    """Return the years that a folded title names, and where in it; None if it names none.

    A range of up to 10 years is all its years, a school year both; a five-year plan counts only by its name. Years of
    results (2019年工作总结和…) give way to those of plans; of several plans' the first.

    >>> read_title_years("市教育局基础教育处2017—2018学年度工作要点")
    ((2017, 2018), (9, 21))
    >>> read_title_years("二〇二四年教育工作要点")[0], read_title_years("“十四五”教育发展规划")[0]
    ((2024,), (2021, 2022, 2023, 2024, 2025))
    >>> read_title_years("2019年工作总结和2020年工作计划")[0], read_title_years("2019年工作总结")[0]
    ((2020,), (2019,))
    """
    text = _NOT_A_PLANS.sub(lambda match: "□" * len(match[0]), title)
    found: list[tuple[tuple[int, ...], Span]] = []
    for years, (start, end) in _read_candidates(text):
        if all(end <= low or high <= start for _, (low, high) in found):
            found.append((years, (start, end)))
    found.sort(key=lambda one: one[1])
    ends = [start for _, (start, _) in found[1:]] + [len(text)]
    ahead = [one for one, end in zip(found, ends, strict=False) if not _PAST.search(text, one[1][1], end)]
    return next(iter(ahead or found), None)


_OPENING = re.compile(
    rf"(?<!\d)({_YEAR}|{HAN_YEAR})\s*年?\s*(?:[-—–~～至]+\s*({_YEAR})\s*)?(?:年|学年度?)[,，]?"
    r"[^。；;:：\n]{0,24}?(?:教育|工作|发展)[^。；;\n]{0,12}?"
    r"(?:要点|总体要求|总体思路|工作思路|总体目标|指导思想|基本思路|主要任务|主要目标|重点任务|计划|安排|(?<![重主需必])要(?![求点素闻])|坚持以)"
)


def read_opening_years(opening: str) -> tuple[tuple[int, ...], Span] | None:
    """Return the years whose work the folded opening announces, and where in it; past results do not count.

    >>> read_opening_years("2018 年,青浦教育工作要全面贯彻党的十九大精神")[0]
    (2018,)
    >>> read_opening_years("2023年工作回顾") is None
    True
    """
    for match in _OPENING.finditer(opening):
        if _PAST.search(match[0]):
            continue
        first = int(match[1]) if match[1].isdigit() else read_han_year(match[1])
        last = int(match[2]) if match[2] else first
        if first <= last < first + LONGEST_RANGE:
            return tuple(range(first, last + 1)), match.span()
    return None


_ELSEWHERE = re.compile(
    rf"《[^》]*》|[(（][^()（）]*(?:修订|修正|试行|号|印发|通过)[^()（）]*[)）]|[〔\[【]\s*{_YEAR}\s*[〕\]】]"
    rf"|(?:到|至|自|从|于|截至|截止|力争|争取|实现)\s*{_YEAR}\s*年|{_YEAR}\s*年?\s*(?:底?前|底|末|以来|以前|之前|起|开始|版|级|届|修订|修正)"
    rf"|{_YEAR}{_DASH}{_YEAR}|{_YEAR}\s*年\s*\d+\s*月(?:\s*\d+\s*日)?|{_YEAR}\s*年\s*(?:(?:全市|全区|全县|我市|我区|我县|共|已|新增|工作|全省)"
    r"[^。；]{0,12})?(?:回顾|总结|成绩|完成了?|取得|达到|实现了|提高了?|增加|增长|比)"
)
_CITED = re.compile(r"《[^》]*》|[(（][^()（）]*[)）]")
_MENTION = re.compile(rf"(?<!\d)({_YEAR})\s*(?:年|学年)")


def infer_years(text: str) -> tuple[tuple[int, ...], Span] | None:
    """Return the one year that a folded text names as its own, and where first; None unless it stands out.

    Not counted are titles in 《》, document numbers, targets (力争2020年前), beginnings (2012年以来), days and results.
    A year stands out if it is the only one left, or named at least twice as often as every other, and the next is not
    named at all, not even as a target. On 205 government reports without their titles 97 years are right, none is
    wrong, the others are None.

    >>> infer_years("进一步提高2015年在全市技能竞赛中的成绩。力争2020年前建成。落实《校长标准(2013年)》")[0]
    (2015,)
    """
    bare = _ELSEWHERE.sub(lambda match: "□" * len(match[0]), text)
    counts: Counter[int] = Counter()
    first: dict[int, Span] = {}
    for match in _MENTION.finditer(bare):
        year = int(match[1])
        counts[year] += 1
        first.setdefault(year, match.span())
    if not counts:
        return None
    (year, most), *others = counts.most_common(2)
    # Last year's results and this year's work: the year that is named most is then often the one that is over.
    if re.search(rf"(?<!\d){year + 1}\s*(?:年|学年)", _CITED.sub("", text)) or (
        others and (most < 2 * others[0][1] or year < others[0][0])
    ):
        return None
    return (year,), first[year]
