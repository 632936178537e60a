"""What a text says about itself: title, issuer, place, years and date, each with the rule that found it.

Nothing is guessed: what a text does not say is ``None``, and what was concluded rather than read is marked inferred.
The path of a file is never read.
"""

from __future__ import annotations

import re
from dataclasses import replace

from indexer.corpus_csv import put_above
from indexer.dates import find_dates, read_bare_digits
from indexer.excerpts import Found
from indexer.fold import fold_characters
from indexer.issuers import (
    BARE_ORGAN,
    BYLINE,
    find_host,
    find_issuer_in_title,
    find_labelled_issuer,
    find_session,
    find_signature,
    find_speaker,
)
from indexer.models import Evidence, Metadata, Segmentation, SourceText
from indexer.placing import Placed, find_place
from indexer.script import detect_conversion, detect_script
from indexer.titles import find_title
from indexer.years import infer_years, read_opening_years, read_title_years

OPENING = 600
"""Characters of running text and headings in which a plan says what year it is for; the five say it within 400."""

GIVEN = "given"


def read_metadata(source: SourceText, segmentation: Segmentation, folded: str) -> Metadata:
    """Return what a document says about itself, with evidence in source offsets; what came with it is put above.

    ``folded`` is the folded text of record, as long as the text. A title that came with the text is read like one in
    the text: it may name the place and the years.
    """
    text = source.text
    folded = _restore_lines(text, folded)
    given = dict(source.given)
    title = find_title(text, folded, segmentation)
    if isinstance(given.get("title"), str):
        own = str(given["title"])
        title = Found(own, fold_characters(own), Evidence(GIVEN))
    body = _blank_page(folded, segmentation)
    evidence: dict[str, Evidence] = {"title": title.evidence}

    labelled = find_labelled_issuer(text, folded, segmentation)
    signature = find_signature(text, folded, segmentation)
    host = find_host(text, folded, segmentation)
    # A first line of running text is only called the title for want of one.
    entitled = title.evidence.rule != "first line"
    speaker = find_speaker(text, folded)
    session = find_session(text, folded, segmentation)
    named = [found for found in (labelled, title if entitled else None, signature, speaker, session, host) if found]
    if isinstance(given.get("issuer"), str):
        issuer_given = str(given["issuer"])
        named.insert(0, Found(issuer_given, fold_characters(issuer_given), Evidence(GIVEN)))
    placed = find_place(named, title, body)
    if placed:
        for level in ("province", "city", "district"):
            if getattr(placed.place, level):
                evidence[level] = placed.evidence

    issuer = _choose_issuer(labelled or signature, title, speaker, placed)
    if issuer:
        evidence["issuer"] = issuer.evidence

    published, evidence_published = _read_published(folded, segmentation)
    if published:
        evidence["published"] = evidence_published

    years, evidence_years = _read_years(title, folded, body, segmentation, published)
    if years:
        evidence["years"] = evidence_years

    script = detect_script(text)
    metadata = Metadata(
        title=title.text,
        issuer=issuer.text if issuer else None,
        province=placed.place.province if placed else None,
        city=placed.place.city if placed else None,
        district=placed.place.district if placed else None,
        years=years,
        published=published,
        script=script,
        converted=detect_conversion(text, script),
        evidence=tuple(evidence.items()),
    )
    return put_above(metadata, source.given, GIVEN)


_LINE_END = re.compile("[\r\n\v\f\x85\u2028\u2029]")


def _restore_lines(text: str, folded: str) -> str:
    """Return the folded text with the line ends of the text, which folding makes spaces; as long as both."""
    pieces, at = [], 0
    for match in _LINE_END.finditer(text):
        pieces += [folded[at : match.start()], "\n"]
        at = match.end()
    return "".join([*pieces, folded[at:]])


def _blank_page(folded: str, segmentation: Segmentation) -> str:
    """Return the folded text with boilerplate and front matter blanked out, so that offsets stay."""
    chars = list(folded)
    for region in (*segmentation.boilerplate, *segmentation.front_matter):
        chars[region.start : region.end] = "\n" * (region.end - region.start)
    return "".join(chars)


def _choose_issuer(signed: Found | None, title: Found, speaker: Found | None, placed: Placed | None) -> Found | None:
    if signed:
        return (_name_in_full(signed, placed) if BARE_ORGAN.fullmatch(signed.folded) else None) or signed
    for found in filter(None, (title, speaker)):
        if name := find_issuer_in_title(found):
            return Found(name, name, found.evidence)
        if full := _name_in_full(found, placed):
            return full
    return None


def _name_in_full(found: Found, placed: Placed | None) -> Found | None:
    """Return the organ without a place that a text names (市教育局) with the place that the document is of."""
    bare = BARE_ORGAN.search(found.folded)
    if bare is None or placed is None or not placed.place.name.endswith(bare[1]):
        return None
    name = placed.place.name + found.text[bare.start(2) : bare.end(2)]
    evidence = replace(found.evidence, rule=f"{found.evidence.rule}, place", inferred=True)
    return Found(name, name, evidence)


_PUBLISHED_LABELS = (
    re.compile(
        r"(?:发布日期|发布时间|发布于|发表时间|公开日期|公布日期|(?<![\u4e00-\u9fff])(?:日期|时间))\s*[:：】\]]?\s*$"
    ),
    re.compile(r"(?:成文日期|发文日期|印发日期|生成日期|形成日期|签发日期)\s*[:：】\]]?\s*$"),
)
_NOT_PUBLISHED = re.compile(r"(?:会议|访问|截止|更新|生效|施行|实施|失效|今天|当前|系统)(?:日期|时间)\s*[:：]?\s*$")
_TIME = re.compile(r"^\s*(?:星期[一二三四五六日]\s*)?(?:\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?[\s)）】\]]*$")
_PAGE_LINE = re.compile(r"\s*\S{0,8}(?:来源|作者|浏览|点击|阅读|访问|字号|字体|打印|编辑|稿源|撰稿|发布者|发布人|人气)")
_BEFORE_DATE = re.compile(r"[\s|【\[(（]*(?:(?:来源|作者)\s*[:：]\s*\S{1,16}\s+)?")
"""A page's line about itself, 2015-03-20 来源: 浏览: 32次, where the date stands without a label."""
_LONGEST_LINE_REST = 40
_HEAD_LINES = 15
_TAIL_LINES = 8


def _read_published(folded: str, segmentation: Segmentation) -> tuple[str | None, Evidence]:
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]*\S[^\n]*", folded)]
    head, tail = lines[:_HEAD_LINES], lines[-_TAIL_LINES:]
    regions = [(region.start, region.end) for region in segmentation.front_matter if region.kind != "title"]
    labels: list[list[tuple[str, Evidence]]] = [[], []]
    alone: list[tuple[str, Evidence]] = []
    for start, end in dict.fromkeys([*head, *regions, *tail]):
        for (a, b), iso in find_dates(folded[start:end]):
            at, to = start + a, start + b
            line_start = folded.rfind("\n", 0, at) + 1
            before = folded[max(line_start, at - 20) : at]
            after = folded[to : to + _LONGEST_LINE_REST].split("\n", 1)[0]
            if _NOT_PUBLISHED.search(before):
                continue
            for rank, label in enumerate(_PUBLISHED_LABELS):
                if label.search(before):
                    labels[rank].append((iso, Evidence("published label", at, to)))
            alone_here = not before.strip(" \t\u3000(（【[") and _TIME.match(after)
            of_page = (start, end) in regions and _BEFORE_DATE.fullmatch(before) and _PAGE_LINE.match(folded, to, end)
            if alone_here or of_page:
                alone.append((iso, Evidence("date line", at, to)))
            elif BYLINE.fullmatch(folded, start, end):
                alone.append((iso, Evidence("byline", at, to)))
    for found in (*labels, alone):
        if found:
            return found[0]
    for start, end in reversed(tail):
        digits = folded[start:end].strip()
        iso_bare = read_bare_digits(digits) if digits.isascii() else None
        if iso_bare:
            at = folded.index(digits, start)
            return iso_bare, Evidence("digits of a date", at, at + len(digits), inferred=True)
    return None, Evidence("none")


_RULES = re.compile("(?:条例|法|办法|规定|细则|规则|章程|标准)(?:[(（][^()（）]*[)）])?$")
"""Kinds of documents that are not for a year; their text names the years of other things."""


def _read_years(
    title: Found, folded: str, body: str, segmentation: Segmentation, published: str | None
) -> tuple[tuple[int, ...], Evidence]:
    entitled = title.evidence.rule != "first line"
    if entitled and (read := read_title_years(title.folded)):
        start, end = title.evidence.start, title.evidence.end
        within = read_title_years(folded[start:end]) if start is not None else None
        if start is not None and within:
            start, end = start + within[1][0], start + within[1][1]
        # 2023学年 says only where its second year begins.
        lone = len(read[0]) == 2 and not re.search(r"\d[^\d]+\d", title.folded[slice(*read[1])])
        return read[0], Evidence("title", start, end, inferred=title.evidence.inferred or lone)
    for region in segmentation.front_matter:
        if region.kind in ("title", "transmittal") and (read := read_title_years(folded[region.start : region.end])):
            start = region.start
            return read[0], Evidence(region.kind, start + read[1][0], start + read[1][1])
    for start, end in _opening_spans(folded, segmentation):
        if read := read_opening_years(folded[start:end]):
            return read[0], Evidence("opening", start + read[1][0], start + read[1][1])
    if _RULES.search(title.folded):
        return (), Evidence("none")
    if read := infer_years(body):
        return read[0], Evidence("years named", *read[1], inferred=True)
    # A plan published late in a year is mostly the next year's; one that says 今年 before that is its own year's.
    if published and 1 <= int(published[5:7]) <= 10 and (match := re.search("今年|本年度", body)):
        return (int(published[:4]),), Evidence("published, 今年", match.start(), match.end(), inferred=True)
    return (), Evidence("none")


def _opening_spans(folded: str, segmentation: Segmentation) -> list[tuple[int, int]]:
    """Return where the opening stands: the headings, and the first blocks, or the first characters."""
    spans = [(heading.start, heading.end) for heading in segmentation.headings]
    left = OPENING
    for block in segmentation.blocks:
        start, end = block.segments[0][0], block.segments[-1][1]
        if left <= 0:
            break
        spans.append((start, min(end, start + left)))
        left -= end - start
    return sorted(spans) if segmentation.blocks else [(0, min(len(folded), 2 * OPENING))]
