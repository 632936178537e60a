"""The title of a document and who issued it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from indexer.models import Evidence, Region, Segmentation, Span
from indexer.numbering import read_marker
from indexer.organisations import NAME, NATIONAL, ORGAN, is_authority
from indexer.places import find_places

_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])|(?<=\d)\s+(?=\d)")
_WORK = re.compile(
    r"(?:工作|教育)(?:的)?(?:要点|计划|思路|安排|意见|打算|部署|报告|总结)|(?:发展|五年|专项)规划|行动计划|实施方案"
)
_KIND = re.compile(
    "要点|计划|规划|方案|意见|通知|报告|办法|规定|条例|细则|决定|公告|通告|纲要|总结|安排|思路|打算|举措|清单|标准|规程|章程|"
    "制度|措施|建议|部署|指南|通报|批复|决议|讲话|法"
)
_TITLE_LINE = re.compile(
    rf"(?!\s*(?:[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]|\d+[.、．]|第[一二三四五六七八九十]+[章节条]|[*●—·-]))"
    rf"\s*[^。！？；!?;\n]{{2,70}}?(?:{_KIND.pattern})(?:[（(][^()（）\n]{{1,20}}[）)])?[”\"》]?(?=\s|$)"
)
_YEAR = re.compile(r"(?:19|20)\d\d|二[〇○零][〇○零一二三四五六七八九]{2}|十[一二三四五]五")
_RELAYED = re.compile(r"^\s*(?:原标题|转载?|标题|来源|位置|当前位置|您?现?在?的?位置)\s*[:：]")
_TRANSMITTED = re.compile(r"现将(?:经[^《\n]{0,30})?《([^》]{4,80})》")
_ANNOUNCED = re.compile(
    r"我(?:谨)?(?:受[^,，。\n]{2,20}委托[,，]?)?(?:谨)?代表(?P<who>[\u4e00-\u9fff]{2,30}?)[,，]?\s*向[^,，。\n]{2,20}?"
    r"(?:(?P<report>报告)(?:政府|常委会)?(?P<work>工作)|[作做](?:政府|常委会)?(?P<work2>工作)(?P<report2>报告))"
)
_SESSION = re.compile(r"(?:会议|大会|全会)上[)）]?$")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_HEAD = 600
_LINES_READ = 80
_HEAD_LINES = 15
_LONGEST_TITLE = 80

_ISSUER_LABEL = re.compile(
    r"(?:发文单位|发文机关|发文机构|发布机构|发布机关|发布单位|发布部门|制发机关|制定机关|印发单位|印发机关|公开单位|责任部门|信息来源|文章来源|稿件来源|来\s*源)"
    rf"\s*[:：】\]]?\s*({NAME})(?=[\s,，。;；|]|$)",
    re.MULTILINE,
)
_POST = (
    r"(?:(?:党[委组](?:成员|副?书记)|副?书记)、?)?(?:代理?|副)?"
    r"(?:市长|省长|主席|县长|区长|州长|旗长|盟长|局长|主任|厅长|部长|校长|书记)"
)
_SIGNATURE = re.compile(rf"[ \t\u3000]*({NAME})(?:{_POST}[ \t\u3000]+\S[^\n]{{0,10}})?[ \t\u3000]*")
BYLINE = re.compile(
    rf"[ \t\u3000]*({NAME})[ \t\u3000]+(?:19|20)\d\d[-年./]\d{{1,2}}[-月./]\d{{1,2}}(?!\d)[^。；;\n]{{0,60}}"
)
_HOST = re.compile(rf"主\s*办(?:单位)?\s*[:：]\s*({NAME})(?=[\s,，。;；|]|$)", re.MULTILINE)
_NO_NAME = re.compile("关于|印发|转发|全市|全区|全县|全省|工作|学习|贯彻")
BARE_ORGAN = re.compile(rf"(?<![\u4e00-\u9fff])([省市区县州旗盟])({ORGAN})")


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of text that was found, its folded form (as long as the text), and why it is believed."""

    text: str
    folded: str
    evidence: Evidence


def clean(text: str) -> str:
    """Return a title or a name in one line, without the spaces that a layout put between Chinese characters.

    >>> clean("2018 年青浦教育\\n工作要点"), clean("5G AI 教育")
    ('2018年青浦教育工作要点', '5G AI教育')
    """
    return _SPACE.sub("", text.strip())


def _find(text: str, folded: str, span: Span, rule: str, *, inferred: bool = False) -> Found:
    start, end = span
    while start < end and (text[start].isspace() or text[start] in "#*"):
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    # Both lose the same characters, so that a place in one is the place in the other.
    lost = {start + index for space in _SPACE.finditer(text[start:end]) for index in range(*space.span())}
    kept = [index for index in range(start, end) if index not in lost]
    evidence = Evidence(rule, start, end, inferred)
    return Found("".join(text[index] for index in kept), "".join(folded[index] for index in kept), evidence)


def _weigh(folded: str) -> int:
    return (
        (4 if _WORK.search(folded) else 2 if _KIND.search(folded) else 0)
        + (1 if _YEAR.search(folded) else 0)
        - (4 if _RELAYED.search(folded) else 0)
        - (4 if len(folded) > _LONGEST_TITLE else 0)
    )


def _join_title_regions(text: str, folded: str, regions: tuple[Region, ...]) -> Iterator[Span]:
    """Yield the title regions, those put together that are one title broken into lines."""
    span: Span | None = None
    for region in regions:
        if region.kind != "title":
            continue
        if span and not text[span[1] : region.start].strip():
            before, after = clean(folded[span[0] : span[1]]), clean(folded[region.start : region.end])
            broken = not _KIND.search(before[-4:]) and not _RELAYED.search(before)
            if broken or after.startswith(("（", "(", "——", "的通知")):
                span = (span[0], region.end)
                continue
        if span:
            yield span
        span = (region.start, region.end)
    if span:
        yield span


_TORN = re.compile(rf"(?:工作|教育)*(?:{_KIND.pattern})$|关于|印发|的通知")
_FIRST_HALF = re.compile(r"(?![一二三四五六七八九十]+、|[(（])[^。！？；：!?;:,，]{4,40}(?<!\d日)$")


def _extend_up(folded: str, span: Span, segmentation: Segmentation) -> Span:
    """Return the span with the line above it, if it is only the end of a title (工作要点) and that line its start."""
    if not _TORN.match(clean(folded[span[0] : span[1]])):
        return span
    end = len(folded[: span[0]].rstrip())
    start = folded.rfind("\n", 0, end) + 1
    line = clean(folded[start:end])
    regions = segmentation.boilerplate + segmentation.front_matter
    return (start, span[1]) if _FIRST_HALF.match(line) and _outside((start, end), regions) else span


def _outside(span: Span, regions: tuple[Region, ...]) -> bool:
    return not any(region.start < span[1] and span[0] < region.end for region in regions)


def _lines(folded: str, segmentation: Segmentation) -> Iterator[Span]:
    """Yield the lines that may be the title: running text, and what stands above it without a number."""
    first = min((block.segments[0][0] for block in segmentation.blocks), default=len(folded))
    others = tuple(region for region in segmentation.front_matter if region.kind != "title")
    regions = segmentation.boilerplate + others
    sections = tuple(
        Region(heading.start, heading.end, "heading")
        for heading in segmentation.headings
        if heading.start > first or read_marker(folded, heading.start, heading.end)
    )
    seen = 0
    for start, end in _all_lines(folded):
        if _outside((start, end), regions):
            if _outside((start, end), sections):
                yield start, end
            seen += 1
        if seen == _LINES_READ:
            return


def find_title(text: str, folded: str, segmentation: Segmentation) -> Found:
    """Return the title: a title region that names a kind of plan, else such a line, else the first line (inferred).

    Of several the one that says more wins: a plan's kind and its year; of equals the first. A speech without a title is
    called by what it announces (市人民政府工作报告); whom it addresses, sections and signatures are no titles.
    """
    regions = [
        _find(text, folded, _extend_up(folded, span, segmentation), "title")
        for span in _join_title_regions(text, folded, segmentation.front_matter)
    ]
    regions = [found for found in regions if found.text and not _SESSION.search(found.folded)]
    best = max(regions, key=lambda found: _weigh(found.folded), default=None)
    if best and _weigh(best.folded) >= 2:
        return best
    lines = list(_lines(folded, segmentation))
    matches = [match for start, end in lines if (match := _TITLE_LINE.match(folded, start, end))]
    by_line = [_find(text, folded, match.span(), "title line", inferred=True) for match in matches]
    line = max(by_line, key=lambda found: _weigh(found.folded), default=None)
    if line and _weigh(line.folded) >= (4 if best else 2):
        return line
    if best:
        return best
    if match := _TRANSMITTED.search(folded):
        return _find(text, folded, match.span(1), "transmittal")
    if match := _ANNOUNCED.search(folded, 0, _HEAD):
        evidence = Evidence("speech", *match.span(), inferred=True)
        second = "" if match["work"] else "2"
        parts = (match.span("who"), match.span(f"work{second}"), match.span(f"report{second}"))
        original, plain = ("".join(clean(side[a:b]) for a, b in parts) for side in (text, folded))
        return Found(original, plain, evidence)
    for start, end in lines:
        if re.search(r"\w", folded[start : start + _LONGEST_TITLE]):
            sentence = re.compile(r"[^。！？!?]*\w[^。！？!?]*").search(folded, start, min(end, start + _LONGEST_TITLE))
            return _find(text, folded, sentence.span() if sentence else (start, end), "first line", inferred=True)
    return Found("未命名", "未命名", Evidence("no text", inferred=True))


def find_labelled_issuer(text: str, folded: str, segmentation: Segmentation) -> Found | None:
    """Return the issuer that the page's metadata names (发文单位、发布机构), a newspaper as 来源 not counted."""
    regions = [region for region in segmentation.front_matter if region.kind != "title"]
    regions += [region for region in segmentation.boilerplate if region.kind in ("site", "caption", "editor", "footer")]
    spans = sorted((region.start, region.end) for region in regions)
    spans += islice(_all_lines(folded), _HEAD_LINES)
    for start, end in spans:
        for match in _ISSUER_LABEL.finditer(folded, start, end):
            if is_authority(match[1]):
                return _find(text, folded, match.span(1), "metadata table")
    return None


def find_signature(text: str, folded: str, segmentation: Segmentation) -> Found | None:
    """Return the issuer that signed: an authority's name in a line of its own, or before its head's post and name.

    It signs at the end of the text or, with the day, in a line of the page beneath the title.
    """
    spans = [(region.start, region.end) for region in segmentation.front_matter if region.kind == "signature"]
    if not spans:
        tail = [span for span in _all_lines(folded) if _outside(span, segmentation.boilerplate)]
        spans = tail[-4:]
    lines = [span for start, end in spans for span in _all_lines(folded, start, end)]
    for start, end in lines:
        match = _SIGNATURE.fullmatch(folded, start, end)
        if match and is_authority(match[1]):
            return _find(text, folded, match.span(1), "signature")
        # Short names are set wide: 荆 州 市 教 育 局.
        if (name := clean(folded[start:end])) and re.fullmatch(NAME, name) and is_authority(name):
            return _find(text, folded, (start, end), "signature")
    for start, end in islice(_all_lines(folded), _HEAD_LINES):
        if (match := BYLINE.fullmatch(folded, start, end)) and is_authority(match[1]):
            return _find(text, folded, match.span(1), "byline")
    return None


def _all_lines(folded: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    return (match.span() for match in _LINE.finditer(folded, start, len(folded) if end is None else end))


def find_host(text: str, folded: str, segmentation: Segmentation) -> Found | None:
    """Return who runs the site (主办单位), as its footer says: not the issuer, but a hint to the place."""
    for region in segmentation.boilerplate:
        if match := _HOST.search(folded, region.start, region.end):
            return _find(text, folded, match.span(1), "site", inferred=True)
    return None


def find_issuer_in_title(title: Found) -> str | None:
    """Return the authority that a folded title begins with or names: places one after the other, then the organ.

    >>> find_issuer_in_title(Found(*["上海市青浦区教育局2024年工作要点"] * 2, Evidence("title")))
    '上海市青浦区教育局'
    """
    if national := re.match(
        rf"{NATIONAL}(?=关于|印发|发布|工作|等[\u4e00-\u9fff]{{0,2}}部门|[\s\d二“\"《]|$)", title.folded
    ):
        return title.text[: national.end()]
    start = end = -1
    for mention in find_places(title.folded):
        if mention.start != end and title.folded[end : mention.start] != "、":
            start = mention.start
        end = mention.end
        organ = re.compile(ORGAN).match(title.folded, end)
        if organ and mention.name_kind in ("full", "former") and not title.folded[:start].endswith("转发"):
            # What stands before the place is part of the name (新疆生产建设兵团第八师石河子市教育局) if it is a name.
            before = title.folded[:start]
            start = 0 if re.fullmatch(r"[\u4e00-\u9fff]{2,20}", before) and not _NO_NAME.search(before) else start
            return title.text[start : organ.end()]
    return None
