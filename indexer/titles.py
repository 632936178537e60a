"""The title of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.excerpts import Found, clean, each_line, excerpt, outside
from indexer.issuers import find_speaker
from indexer.models import Evidence, Region, Segmentation, Span
from indexer.numbering import read_marker

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
_SESSION = re.compile(r"(?:会议|大会|全会)上[)）]?$")
_LINES_READ = 80
_LONGEST_TITLE = 80
_LONGEST_SPEECH = 600


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
    return (start, span[1]) if _FIRST_HALF.match(line) and outside((start, end), regions) else span


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
    for start, end in each_line(folded):
        if outside((start, end), regions):
            if outside((start, end), sections):
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
        excerpt(text, folded, _extend_up(folded, span, segmentation), "title")
        for span in _join_title_regions(text, folded, segmentation.front_matter)
    ]
    regions = [found for found in regions if found.text and not _SESSION.search(found.folded)]
    best = max(regions, key=lambda found: _weigh(found.folded), default=None)
    if best and _weigh(best.folded) >= 2:
        return best
    lines = list(_lines(folded, segmentation))
    matches = [match for start, end in lines if (match := _TITLE_LINE.match(folded, start, end))]
    by_line = [excerpt(text, folded, match.span(), "title line", inferred=True) for match in matches]
    line = max(by_line, key=lambda found: _weigh(found.folded), default=None)
    if line and _weigh(line.folded) >= (4 if best else 2):
        return line
    if best:
        return best
    if match := _TRANSMITTED.search(folded):
        return excerpt(text, folded, match.span(1), "transmittal")
    if speaker := find_speaker(text, folded):
        work = "工作報告" if "報告" in text[:_LONGEST_SPEECH] else "工作报告"
        return Found(speaker.text + work, speaker.folded + "工作报告", speaker.evidence)
    for start, end in lines:
        if re.search(r"\w", folded[start : start + _LONGEST_TITLE]):
            sentence = re.compile(r"[^。！？!?]*\w[^。！？!?]*").search(folded, start, min(end, start + _LONGEST_TITLE))
            return excerpt(text, folded, sentence.span() if sentence else (start, end), "first line", inferred=True)
    return Found("未命名", "未命名", Evidence("no text", inferred=True))
