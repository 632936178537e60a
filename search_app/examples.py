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
    Example('"立德树人"', ""),
    Example("集团化办学", ""),
)
LANGUAGE = (
    ("词", (Example("随迁子女", "含有这个词的段落。简体、繁体、异形字都能查到。"),
           Example("留守儿童 心理健康", "几个词用空格隔开：同时含有它们的段落在前。"))),
    ("原文", (Example('"义务教育优质均衡"', "引号里的字一个不差地相连，可以从词的中间断开。"),)),
    ("排除", (Example("教师 -培训", "减号后面的词不能出现。"),)),
    ("任选", (Example("中考 OR 高考", "含有其中一个即可。"),)),
)
