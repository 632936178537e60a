"""Who issued a document: the page's metadata, the title, the signature, and who speaks."""

from __future__ import annotations

import re
from itertools import islice

from indexer.excerpts import Found, clean, each_line, excerpt, outside
from indexer.models import Segmentation
from indexer.organisations import NAME, NATIONAL, ORGAN, is_authority
from indexer.places import find_places

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
BARE_ORGAN = re.compile(rf"(?<![\u4e00-\u9fff])((?:自治)?[省市区县州旗盟])({ORGAN})")

_SPEAKER = re.compile(
    r"我(?:谨)?(?:受[^,，。\n]{2,20}委托[,，]?)?(?:谨)?代表(?P<who>[\u4e00-\u9fff]{2,30}?)[,，]?\s*"
    r"(?:向[^,，。\n]{2,20}?(?:报告(?:政府|常委会)?工作|[作做](?:政府|常委会)?工作报告)|[作做](?:政府|常委会)?工作报告)"
)
_SESSION = re.compile(r"在([\u4e00-\u9fff]{2,20})第[一二三四五六七八九十]+届人民代表大会")
_HEAD = 600
"""Characters in which a speech says for whom it is given; 133 of 143 government reports do."""
_HEAD_LINES = 15


def find_labelled_issuer(text: str, folded: str, segmentation: Segmentation) -> Found | None:
    """Return the issuer that the page's metadata names (发文单位、发布机构), a newspaper as 来源 not counted."""
    regions = [region for region in segmentation.front_matter if region.kind != "title"]
    regions += [region for region in segmentation.boilerplate if region.kind in ("site", "caption", "editor", "footer")]
    spans = sorted((region.start, region.end) for region in regions)
    spans += islice(each_line(folded), _HEAD_LINES)
    for start, end in spans:
        for match in _ISSUER_LABEL.finditer(folded, start, end):
            if is_authority(match[1]):
                return excerpt(text, folded, match.span(1), "metadata table")
    return None


def find_signature(text: str, folded: str, segmentation: Segmentation) -> Found | None:
    """Return the issuer that signed: an authority's name in a line of its own, or before its head's post and name.

    It signs at the end of the text or, with the day, in a line of the page beneath the title.
    """
    spans = [(region.start, region.end) for region in segmentation.front_matter if region.kind == "signature"]
    if not spans:
        tail = [span for span in each_line(folded) if outside(span, segmentation.boilerplate)]
        spans = tail[-4:]
    lines = [span for start, end in spans for span in each_line(folded, start, end)]
    for start, end in lines:
        match = _SIGNATURE.fullmatch(folded, start, end)
        if match and is_authority(match[1]):
            return excerpt(text, folded, match.span(1), "signature")
        # Short names are set wide: 荆 州 市 教 育 局.
        if (name := clean(folded[start:end])) and re.fullmatch(NAME, name) and is_authority(name):
            return excerpt(text, folded, (start, end), "signature")
    for start, end in islice(each_line(folded), _HEAD_LINES):
        if (match := BYLINE.fullmatch(folded, start, end)) and is_authority(match[1]):
            return excerpt(text, folded, match.span(1), "byline")
    return None


def find_host(text: str, folded: str, segmentation: Segmentation) -> Found | None:
    """Return who runs the site (主办单位), as its footer says: not the issuer, but a hint to the place."""
    for region in segmentation.boilerplate:
        if match := _HOST.search(folded, region.start, region.end):
            return excerpt(text, folded, match.span(1), "site", inferred=True)
    return None


def find_speaker(text: str, folded: str) -> Found | None:
    """Return for whom a report is given in a speech: 我代表市人民政府向大会报告工作."""
    match = _SPEAKER.search(folded, 0, _HEAD)
    return excerpt(text, folded, match.span("who"), "speech", inferred=True) if match else None


def find_session(text: str, folded: str, segmentation: Segmentation) -> Found | None:
    """Return whose people's congress a report was given to: not the issuer, but it names the place."""
    for region in segmentation.front_matter:
        if match := _SESSION.search(folded, region.start, region.end):
            return excerpt(text, folded, match.span(1), "session")
    return None


def find_issuer_in_title(title: Found) -> str | None:
    """Return the authority that a folded title begins with or names: places one after the other, then the organ.

    >>> from indexer.models import Evidence
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
