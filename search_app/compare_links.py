"""The ways into a comparison: from a search, from one of its hits, from a paragraph; with what was asked kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from indexer.compare.passages import cut_passage
from indexer.compare.topic import DOING, read_topic
from indexer.diff import cut_pieces
from indexer.models import Paragraph
from indexer.query import Filters, Query
from search_app.params import filter_parameters, marking_parameters, url_with

Json = dict[str, Any]
PATH = "/compare"

LONGEST = 60
"""Characters of a topic that is taken from a paragraph: of a longer sentence its beginning."""
LONGEST_TOPIC = 1000
"""Characters of a topic: what is longer is a passage, and judging each paragraph by it takes more than a second."""
_NUMBER = re.compile(
    r"\s*(?:第[0-9一二三四五六七八九十百]+[章节条项]|[(（]?[0-9一二三四五六七八九十百]{1,4}[)）、.．,，:：]+|[①-⑳])\s*"
)
_SIGNS = re.compile(r"[^\w%]+")
_GENERAL_WORDS = (
    "主要,重点,任务,目标,总体,要求,指导思想,安排,年,年度,学年,月度,季度,回顾,计划,要点,今年,去年,基本,原则,其他"
)
_GENERAL = frozenset(_GENERAL_WORDS.split(","))
"""Words of headings that say nothing of a matter, besides those that say what is done."""
_SHORT = 4
"""Characters below which a heading names no topic: 十月, of a list of months."""


def results_url(query: Query) -> str | None:
    """Address the comparison of what a search asks, its filters kept; ``None`` if it asks for no words, or too many."""
    if not _has_topic(query):
        return None
    return url_with(PATH, [*marking_parameters(query), *_filters(query.filters)])


def elsewhere_url(query: Query | None, hit: Json) -> str:
    """Address what other places say on the matter of a paragraph, which is the baseline.

    The matter is what ``query`` asks; without words in it, what the paragraph's own title or heading names. Years stay
    chosen, places do not.
    """
    kept = _filters(Filters(years=query.filters.years)) if query else []
    if query is not None and _has_topic(query):
        return url_with(PATH, [*marking_parameters(query), *kept], baseline=hit["id"])
    topic = topic_of(hit["text"], hit["section"], hit.get("run_in_title"))
    return url_with(PATH, [("q", topic), *kept], baseline=hit["id"])


def of_paragraph(query: Query | None, paragraph: Paragraph) -> str:
    """Address what other places say on the matter of a paragraph, as ``elsewhere_url``."""
    passage = cut_passage(paragraph)
    named = passage.span_in_text(passage.title) if passage.title else None
    hit = {"id": paragraph.id, "text": paragraph.text, "section": paragraph.section, "run_in_title": named}
    return elsewhere_url(query and replace(query, filters=Filters()), hit)


def topic_of(text: str, section: Sequence[str], title: Sequence[int] | None) -> str:
    """Name the matter of a paragraph: its run-in title, else the heading above it, else its first sentence.

    Numbers and signs are left out, so that nothing in it is read as an operator.

    >>> topic_of("14.重视弱势群体关爱教育。落实随迁子女就学政策。", ["二、主要工作"], (0, 14))
    '重视弱势群体关爱教育'
    >>> topic_of("落实“双减”政策。", ["四、推进改革", "（二）巩固深化“双减”成果"], None)
    '巩固深化 双减 成果'
    >>> topic_of("召开全市教育工作会。", ["二、2024年重点工作安排"], None)
    '召开全市教育工作会'
    """
    names = [text[slice(*title)]] if title else []
    names += section[-1:]
    for name in names:
        plain = _plain(name)
        if len(plain) >= _SHORT and not _is_general(plain):
            return plain[:LONGEST]
    return _plain(re.split("[。；;]", _NUMBER.sub("", text, count=1), maxsplit=1)[0])[:LONGEST]


def _plain(name: str) -> str:
    number = _NUMBER.match(name)
    return _SIGNS.sub(" ", name[number.end() if number else 0 :]).strip()


def _is_general(name: str) -> bool:
    """Tell whether a heading names no matter: 主要工作, 2024年工作安排."""
    visible = "".join(name.split())
    words = (visible[low:high] for low, high in cut_pieces(visible))
    return all(word in _GENERAL or word in DOING or word[0].isdigit() for word in words)


def _has_topic(query: Query) -> bool:
    return 0 < len(query.text) <= LONGEST_TOPIC and bool(read_topic(query, {}, 1).pieces)


def _filters(filters: Filters) -> list[tuple[str, str]]:
    return [(name, value) for name, values in filter_parameters(filters) for value in values]
