"""Lines that introduce or close a document: title, addressee, transmittal, date, signature, metadata, attachments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.lines import squeeze
from indexer.numbering import read_marker
from indexer.organisations import is_organisation as is_organisation

TYPE_WORD = (
    r"(?:要点|工作计划|行动计划|计划|规划|纲要|实施方案|方案|意见|通知|通告|公告|报告|总结|办法|条例|规定|规则|细则|规程|规范|章程"
    r"|决定|决议|批复|函|安排|清单|措施|制度|法|令|准则|标准|指南|解释|要领|须知|要求|法律|修正案)"
)
_TYPED = re.compile(rf".{{2,}}{TYPE_WORD}(?:\((?:[^()]{{1,30}})\))?$")
_STRICT = re.compile(r".*(?:工作要点|工作计划|工作报告|实施方案|的通知|的意见)$")
_GLUED = re.compile(
    r"(?P<title>[^。,;:!?]{4,60}?(?:要点|计划|方案|意见|通知|报告|办法|条例|规定|规划))[ \t\u3000\xa0]+(?=\S)"
)
_DATE_CORE = (
    r"(?:(?:19|20)\d{2}[年\-./](?:0?[1-9]|1[0-2])[月\-./](?:[0-3]?\d)日?|(?:19|20)\d{2}年(?:0?[1-9]|1[0-2])月"
    r"|[二一][〇零○o0九一二三四五六七八]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
    r"|(?:中华)?民国.{1,6}年.{1,3}月.{1,3}日)"
)
_DATE = re.compile(rf"[(\[]?{_DATE_CORE}(?:\d{{1,2}}[:时]\d{{2}}(?:[:分]\d{{0,2}}秒?)?)?(?:印发|发布|公布)?[)\]]?")
_LOST_DATE = re.compile(r"(?:19|20)\d{2}(?:1[0-2]|0?[1-9])(?:[12]\d|3[01]|0?[1-9])")
_LABEL = re.compile(
    r"(?:发文单位|发文机关|发布机构|发布单位|制发单位|公开单位|公开方式|公开类别|公开时限|索引号|主题分类|主题词|主题|文号|发文字号|文件编号|编号"
    r"|成文日期|发文日期|发布日期|发布时间|发表时间|更新时间|生成日期|公开日期|印发日期|生效日期|施行日期|废止日期|效力状态|有效性|文件效力|时效性"
    r"|信息来源|文章来源|来源|作者|记者|时间|日期|阅读量|阅读次数|阅读|浏览次数|浏览量|点击数|点击量|访问量|责任部门|责任单位|信息类别|信息分类"
    r"|分类|名称|标题|关键词|体裁|内容概述|组配分类|所属主题|服务对象|发稿时间|颁布时间|实施时间)"
)
_METADATA = re.compile(
    rf"[\[【(]?{_LABEL.pattern}[\]】)]?(?:[ \t\u3000\xa0]*[:][ \t\u3000\xa0]*.{{0,60}}|[ \t\u3000\xa0]+\S.{{0,60}})?"
)
_DATED_LABELS = re.compile(
    rf"{_DATE_CORE}(?:\d{{1,2}}[:时]\d{{2}}(?:[:分]\d{{0,2}}秒?)?)?(?:\|)?{_LABEL.pattern}[:].{{1,100}}"
)
_DOCUMENT_NUMBER = re.compile(r".{0,16}[〔\[(【〖](?:19|20)\d{2}[〕\])】〗]第?\d{1,5}号")
_HISTORY = re.compile(
    r"(?:\d{1,3}[.、])?\(?(?:根据)?(?:(?:19|20)\d{2}年\d{1,2}月\d{1,2}日.{0,120}(?:通过|公布|批准|修正|修订|施行|发布|废止|修改|号|令|会上|会议)"
    r"|中华民国.{2,20}年.{1,10}月.{1,10}日).{0,60}"
)
_SESSION = re.compile(rf"[(\-—]*{_DATE_CORE}在.{{4,60}}(?:会议|大会|全会)上?\)?")
_PERSON = re.compile(
    r".{0,24}(?:市长|省长|主席|县长|区长|州长|旗长|局长|主任|书记|校长|厅长|部长)"
    r"[ \t\u3000\xa0]+\S{1,4}(?:[ \t\u3000\xa0·]*\S{1,4})?"
)
_ADDRESSED = re.compile(
    r"各|单位|局|厅|委|代表|委员|同志|学校|处|政府|部门|办公室|中心|大学|学院|中学|小学|幼儿园|老师|家长|领导"
)
_STATEMENT = re.compile(r"[。;!?《》\d]|如下|以下|下列|根据|为了|规定|现将|经过|要求|目标|原则|任务")
_TRANSMITTAL = re.compile(
    r"(?:现|兹)将.{0,120}(?:印发|转发|下发|发给|发布|公布|通知)|现(?:予以?|就)?(?:印发|转发|下发|发布|公布)"
    r"|(?:印发|转发|下发)给你们|请.{0,24}(?:遵照|贯彻|结合实际|认真).{0,16}(?:执行|落实|实施)[。.]?$"
)
_DOING = re.compile(
    r"(?:建设|加强|推进|办好|创建|创办|深化|落实|坚持|完善|健全|提高|提升|促进|打造|发展|成立|召开|开展|做好|抓好|强化|优化|规范|支持|关于|扩大|新建|改建|争创|建立|构建|举办|实施|全面|一个|全市|全县|全区|全省)"
)
_DATED_SIGNATURE = re.compile(
    rf"(?P<office>[^。,;:!?“”《》\d]{{2,30}}?){_DATE_CORE}(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?(?P<labels>\|?{_LABEL.pattern}[:].{{1,100}})?"
)
_ATTACHMENT = re.compile(r"附件?\s?[\d一二三四五六七八九十]{0,2}\s?[:.]?.{0,80}")
_ENTRY = re.compile(
    r"\d{1,2}[.、].{1,60}|(?:附件)?\d{0,2}[:.]?.{1,60}(?:表|单|方案|办法|指南|图|书|册|细则|标准|意见|计划|目录|说明|分工|要求|式样)"
)
_SALUTATION = re.compile(
    r"(?:尊敬的)?各位(?:主任|代表|委员|同志|领导|来宾|老师)(?:[、,]?各?位?(?:代表|委员|同志|领导))?[:!]?"
)
_IMPRINT = re.compile(
    rf"[^。;!?]{{2,30}}(?:局|委|会|府|厅|办公室|部)文件|\(此件.{{2,20}}\)|\(?(?:主动公开|依申请公开|不予公开)\)?"
    rf"|[^。;!?]{{2,40}}(?:局|委|会|府|厅|室|部|科){_DATE_CORE}印发|(?:抄送|抄报|主送|正本|副本|主题词|联系人|校对|共印)[:].{{1,120}}"
)
_PERFORMED = re.compile(r".{0,40}作(?:政府)?工作报告。?")


def is_typed_title(line: str) -> bool:
    """Tell whether a folded, squeezed line ends in the name of a kind of document.

    >>> [is_typed_title(t) for t in ("2017年全市基础教育工作要点", "提高特殊教育普及水平")]
    [True, False]
    """
    return len(line) <= 80 and _TYPED.match(line) is not None and not re.search(r"[。;!?]", line)


def is_work_title(line: str) -> bool:
    """Tell whether a folded, squeezed line can only be the title of a plan, a notice or the like."""
    return 6 <= len(line) <= 60 and _STRICT.match(line) is not None and not re.search(r"[。;,:!?]", line)


def find_glued_title(folded: str, titles: Sequence[str]) -> int | None:
    """Return how far a title reaches that is printed on one line with the opening prose, or None.

    ``titles`` are the squeezed titles seen so far: a glued title must repeat one of them, if there are any.

    >>> find_glued_title("2018 年青浦教育工作要点 2018 年,青浦教育工作要全面贯彻党的十九大精神。", ["青浦教育工作要点"])
    14
    """
    match = _GLUED.match(folded)
    if match is None or len(folded) - match.end() < 20:
        return None
    title = squeeze(match["title"])
    if titles and not any(title in seen or seen in title for seen in titles):
        return None
    return match.end("title")


def is_date(line: str) -> bool:
    """Tell whether a squeezed, folded line is nothing but a date."""
    return _DATE.fullmatch(line) is not None


def is_lost_date(line: str) -> bool:
    """Tell whether a line is a date that lost its 年, 月 and 日.

    >>> is_lost_date("2017816"), is_lost_date("2017")
    (True, False)
    """
    return _LOST_DATE.fullmatch(line) is not None


def is_issuer(line: str) -> bool:
    """Tell whether a squeezed, folded line can only be the name of an office or a school: nothing is done in it.

    >>> is_issuer("襄州区教育局"), is_issuer("建设现代化学校")
    (True, False)
    """
    return (
        is_organisation(line)
        and len(line) >= 4
        and _DOING.match(line) is None
        and read_marker(line, 0, len(line)) is None
    )


def is_document_number(line: str) -> bool:
    """Tell whether a squeezed, folded line is the number of an official document.

    >>> is_document_number("某教字〔2020〕12号")
    True
    """
    return _DOCUMENT_NUMBER.fullmatch(line) is not None


def is_dated_signature(line: str) -> bool:
    """Tell whether a squeezed, folded line is an office and a date, with nothing else.

    >>> is_dated_signature("某市教育局2018-03-12"), is_dated_signature("某市教育局2018年工作要点")
    (True, False)
    """
    match = _DATED_SIGNATURE.fullmatch(line)
    return match is not None and match["labels"] is None and is_issuer(match["office"])


def is_attachment_label(line: str) -> bool:
    """Tell whether a line announces attachments.

    >>> is_attachment_label("附件:1.重点任务分工表"), is_attachment_label("附则")
    (True, False)
    """
    return re.match(r"附\s?件?\s?\d{0,2}\s?(?:[:.]|$)", line) is not None and _ATTACHMENT.fullmatch(line) is not None


def is_bare_attachment_label(line: str) -> bool:
    """Tell whether a squeezed line is nothing but the label of an attachment.

    >>> is_bare_attachment_label("附件1"), is_bare_attachment_label("附件:1.分工表")
    (True, False)
    """
    return re.fullmatch(r"附(?:件|表)\s?[\d一二三四五六七八九十]{0,2}[:]?", line) is not None


def is_attachment_entry(line: str) -> bool:
    """Tell whether a squeezed line is one entry of a list of attachments."""
    return "。" not in line and _ENTRY.fullmatch(line) is not None


def is_salutation(line: str) -> bool:
    """Tell whether a squeezed line addresses the audience of a speech.

    >>> is_salutation("各位代表!")
    True
    """
    return _SALUTATION.fullmatch(line) is not None


def is_imprint(line: str) -> bool:
    """Tell whether a squeezed line is what the printing office adds: letterhead, copies, when it was printed.

    >>> is_imprint("某市教育局办公室2023年2月20日印发")
    True
    """
    return len(line) <= 120 and _IMPRINT.fullmatch(line) is not None


def is_history(line: str) -> bool:
    """Tell whether a line says when and by whom a law was passed, published or changed."""
    squeezed = squeeze(line)
    return len(squeezed) <= 200 and (
        _HISTORY.fullmatch(squeezed) is not None or _SESSION.fullmatch(squeezed) is not None
    )


def is_transmittal(line: str) -> bool:
    """Tell whether a folded line hands the attached document on to those it is addressed to.

    >>> is_transmittal("现将《市教育局2024年工作要点》印发给你们,请认真贯彻执行。")
    True
    """
    return len(line) <= 240 and read_marker(line, 0, len(line)) is None and _TRANSMITTAL.search(line) is not None


def _is_labelled(line: str) -> bool:
    match = _DATED_SIGNATURE.fullmatch(line)
    return match is not None and match["labels"] is not None and is_issuer(match["office"])


def name_front_matter(folded: str) -> str | None:
    """Name the kind of front matter that a folded line at the head of a document is; titles need their neighbours.

    >>> [name_front_matter(t) for t in ("发布日期 2017-08-24 效力状态 有效", "各学区,局直各单位:", "2024年3月8日")]
    ['metadata', 'addressee', 'date']
    """
    line = squeeze(folded)
    if is_date(line):
        return "date"
    if (
        _METADATA.fullmatch(folded)
        or _DOCUMENT_NUMBER.fullmatch(line)
        or is_history(folded)
        or _PERFORMED.fullmatch(line)
        or is_imprint(line)
        or _DATED_LABELS.fullmatch(line)
        or _is_labelled(line)
    ):
        return "metadata"
    if is_dated_signature(line):
        return "signature"
    if is_salutation(line):
        return "addressee"
    if _PERSON.fullmatch(folded) and len(line) <= 40:
        return "signature"
    if is_transmittal(folded):
        return "transmittal"
    if line.endswith(":") and len(line) <= 120 and _ADDRESSED.search(line) and not _STATEMENT.search(line):
        return "addressee"
    return None
