"""Names of authorities, offices and schools: what can issue, sign or receive a document."""

from __future__ import annotations

import re

ORGAN = (
    r"(?:(?:人民)?政府(?:办公厅|办公室|教育督导室)?|教育(?:(?:和|与|、)?(?:体育|科技|科学技术|文化|卫生|旅游|广电|新闻出版)){0,3}(?:局|厅|委员会|工作委员会)"
    r"|教体局|教科体?局|教文体局|教委|教育工委|教育督导委员会|社会事业(?:发展)?局|社会事务局|公共服务局|党工委|管理?委员会|管委会)"
)
"""What follows the name of a place in the name of an authority: 武汉市 + 教育局."""

_SUFFIX = (
    r"(?:局|厅|委|委员会|政府|府|办公室|办公厅|办|党组|党委|总支|支部|部|处|科|督导室|教研室|院|学校|总校|小学|中学|高中|大学|学院"
    r"|幼儿园|学区|中心|常委会|领导小组|指挥部|会)"
)
_ORDINARY = (
    r"(?:[社机体才不都将约班晚例运]会|家长会|座谈会|推进会|现场会|研讨会|展示会|报告会|动员会"
    r"|[内外全干局西东中南北底顶腰]部|[好之到四用益出长短难坏各处深随]处|(?:(?<!教)学|[本专理文工医百全内外儿前])科|[开举创兴主承协合试督催筹]办)"
)
"""Words that end like an office and are none: 服务社会, 西部, 好处, 学科, 举办."""

NAME = rf"[\u4e00-\u9fffA-Za-z0-9〇（）()、·]{{2,38}}?{_SUFFIX}"
"""The name of an organisation as a pattern, as short as it can be; close it with what must follow."""

NATIONAL = (
    r"(?:中共中央(?:办公厅)?、?国务院(?:办公厅)?|中共中央(?:办公厅)?|国务院(?:办公厅|教育督导委员会(?:办公室)?)?"
    r"|(?:中华人民共和国)?(?:教育部|财政部|科技部|科学技术部|公安部|民政部|人力资源社会保障部|国家发展改革委)(?:办公厅|[\u4e00-\u9fff]{2,8}司)?)"
)
"""Authorities of the whole country that issue on education: they name no place."""

_NAME = re.compile(r"(?!\d)[^。,;:!?“”《》\n]{2,40}" + _SUFFIX)
_ORDINARY_END = re.compile(rf".*{_ORDINARY}")
_AUTHORITY = re.compile(rf"{ORGAN}$|教育|政府|委员会|人大常委会")


def is_organisation(line: str) -> bool:
    """Tell whether a squeezed, folded line is the name of an office or a school (or several), by how it ends.

    >>> [is_organisation(name) for name in ("武汉市教育局基础教育处", "教育部", "某区第一小学", "服务社会", "提升学科")]
    [True, True, True, False, False]
    """
    return len(line) <= 40 and _NAME.fullmatch(line) is not None and _ORDINARY_END.fullmatch(line) is None


def is_authority(name: str) -> bool:
    """Tell whether a folded name is of those who issue policy: an education office, a government, a committee.

    >>> is_authority("荆州市教育局"), is_authority("某网站信息中心")
    (True, False)
    """
    return _AUTHORITY.search(name) is not None
