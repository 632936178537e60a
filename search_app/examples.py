"""Example queries: on the empty page, and the query language on the help page, each of them a link that runs."""

from __future__ import annotations

from typing import NamedTuple

from indexer.query import Query
from search_app.params import search_url


class Example(NamedTuple):
    """One query and what it does."""

    text: str
    meaning: str

    @property
    def url(self) -> str:
        """The address that runs the example."""
        return search_url(Query(self.text, self.text, None))


EXAMPLES = (
    Example("随迁子女", ""),
    Example("控辍保学", ""),
    Example("教师队伍 培训", ""),
    Example("研学旅行", ""),
    Example("“优质均衡”", ""),
    Example("集团化办学", ""),
)
LANGUAGE = (
    (
        "词",
        (
            Example("随迁子女", "含有这个词的段落。简体、繁体、全角、讹字都能查到，显示的始终是原字。"),
            Example("留守儿童 心理健康", "空格隔开的词都要有。没有这样的段落时会放宽，并在结果上方说明。"),
        ),
    ),
    (
        "原文",
        (
            Example(
                "“义务教育优质均衡”", '引号里的字一个不差、依次相连，可以从词的中间断开。引号 "…"、“…”、「…」都可以。'
            ),
            Example("“教师” “培训”", "几处原文都要有。"),
        ),
    ),
    ("排除", (Example("教师 -培训", "紧贴在词或引号前的减号：不含它的段落。"),)),
    (
        "任选",
        (
            Example("中考 OR 高考", "两边有一个即可。OR 要大写，也可写作 |。"),
            Example("改革 中考 OR 高考", "OR 先于空格：要有“改革”，又要有“中考”或“高考”。"),
        ),
    ),
    ("开头", (Example("教师*", "以这几个字开头的词：教师、教师节、教师资格……"),)),
    (
        "括号与远近",
        (
            Example("(教师 OR 学生) 培训", "括号里有空格或竖线时先读括号里的；(一) 这样的仍是原字。"),
            Example("留守儿童 NEAR/5 关爱", "两个词相距不超过 5 个词，先后不论。"),
            Example("“推进*均衡发展”", "引号里的一个 * 代替不超过 20 个字，不跨句。"),
        ),
    ),
    (
        "指定位置",
        (
            Example("章节:特殊教育", "只查章节标题；还有 正文:、标题:、发文:。"),
            Example("城市:武汉 年份:2017..2018 教师", "只查这里、这几年的文档；还有 省份:、区县:。"),
        ),
    ),
    ("数字", (Example("95%", "按数值查：95%、９５％、百分之九十五是一个数。"),)),
)
