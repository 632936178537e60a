"""How like two paragraphs of two documents are, which open sections, and whether the matter of an item is treated."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from indexer.analysis import STOP_WORDS, tokenize
from indexer.compare.aboutness import Judge
from indexer.compare.matter import Table
from indexer.compare.passages import cut_passage
from indexer.compare.topic import DOING, read_topic
from indexer.models import Paragraph
from indexer.query import parse_query

Leads = Mapping[int, int]
"""The number of a paragraph -> that of the one that opens its section with some general words, if any does."""

_TITLE = 0.4
"""What the titles of two paragraphs count in their likeness; their words the rest."""
_CROWD = 6
"""Paragraphs under one heading above which it says nothing of any one of them."""
_ADDRESS, _SPEECH = re.compile("我们|各位代表|同志们"), 250
"""Words of those who speak to an assembly, and characters up to which a paragraph with them is only that."""
_OPENS = re.compile(r"\s*(?:[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、是])")
"""How the first paragraph of a section begins whose heading runs into it: （六）坚持民生为大。"""


def likenesses(ours: Sequence[Paragraph], theirs: Sequence[Paragraph]) -> Table:
    """Return the cosine of every two paragraphs' words and headings; words that fewer paragraphs hold weigh more."""
    bodies = [_words(each.folded) for each in (*ours, *theirs)]
    heads = [_matter(_words(title)) for side in (ours, theirs) for title in _titles(side)]
    spread = Counter(word for bag in bodies for word in bag)
    weights = {word: math.log(len(bodies) / held) + 0.1 for word, held in spread.items()}
    body, head = (_cosines(bags, len(ours), weights) for bags in (bodies, heads))
    titled = np.array([bool(bag) for bag in heads], dtype=bool)
    both = titled[: len(ours), None] & titled[len(ours) :]
    return np.asarray(np.where(both, (1 - _TITLE) * body + _TITLE * head, body))


def leads_of(paragraphs: Sequence[Paragraph]) -> Leads:
    """Say which paragraph opens the section of each: the first under a heading, or one that begins with its number.

    An item opens nothing but itself.

    >>> texts = ("(一)扩大内需。两句总的话。", "促进消费。", "扩大投资。", "(二)强化创新。")
    >>> dict(leads_of([Paragraph(t, "d", 1, (), (), None, ((0, len(t)),), t, t) for t in texts]))
    {0: 0, 1: 0, 2: 0, 3: 3}
    """
    leads: dict[int, int] = {}
    lead: int | None = None
    for at, paragraph in enumerate(paragraphs):
        if not at or paragraph.section != paragraphs[at - 1].section or _OPENS.match(paragraph.folded):
            lead = None if is_item(paragraph) else at
        if lead is not None:
            leads[at] = lead
    return leads


def is_item(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph is numbered in figures; what is numbered (一) is often a whole section."""
    return (paragraph.item or "").isdecimal()


def named_matter(paragraph: Paragraph) -> str | None:
    """Return the title of an item, which names its one matter; ``None`` of any other paragraph.

    >>> text = "14.推进特殊教育优质融合发展。落实行动计划。建立健全残疾儿童招生入学联动工作机制,确保应入尽入。"
    >>> named_matter(Paragraph("p", "d", 1, (), (), "14", ((0, len(text)),), text, text))
    '推进特殊教育优质融合发展'
    """
    passage = cut_passage(paragraph)
    return passage.visible[slice(*passage.title)] if passage.title and is_item(paragraph) else None


def is_address(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph speaks to its hearers (我们, 各位代表) rather than of a matter of its own.

    >>> text = "创新制胜未来。我们要坚持科技自立自强,让科技创新成为最靓丽的风景。"
    >>> is_address(Paragraph("p", "d", 1, (), (), None, ((0, len(text)),), text, text))
    True
    """
    return bool(_ADDRESS.search(paragraph.folded)) and len(paragraph.text) <= _SPEECH and not named_matter(paragraph)


def is_treated(matter: str, paragraphs: Sequence[Paragraph], vocabulary: Mapping[str, int], size: int) -> bool:
    """Tell whether a paragraph treats a matter, as ``/compare`` judges a topic; ``size`` is that of the corpus."""
    under = Counter(heading for each in paragraphs for heading in each.section)
    judge = Judge(read_topic(parse_query(matter), vocabulary, size), lambda _: under)
    readings = (judge.read(cut_passage(each)) for each in paragraphs)
    return any(reading is not None and reading.about == "about" for reading in readings)


def _titles(paragraphs: Sequence[Paragraph]) -> list[str]:
    """Return what names the matter of each paragraph: its run-in title, else the heading above it and few others."""
    under = Counter(each.section for each in paragraphs)
    titles: list[str] = []
    for paragraph in paragraphs:
        passage = cut_passage(paragraph)
        if passage.title:
            titles.append(passage.visible[slice(*passage.title)])
        else:
            told = paragraph.section_folded and under[paragraph.section] <= _CROWD
            titles.append(paragraph.section_folded[-1] if told else "")
    return titles


def _cosines(bags: Sequence[Counter[str]], split: int, weights: Mapping[str, float]) -> Table:
    columns = {word: at for at, word in enumerate(dict.fromkeys(word for bag in bags for word in bag))}
    table = np.zeros((len(bags), len(columns)))
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            # A word that is said again tells less than the first time.
            table[row, columns[word]] = (1 + math.log(count)) * weights.get(word, 1.0)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    table /= np.where(lengths == 0, 1, lengths)
    return np.asarray(table[:split] @ table[split:].T)


def _words(folded: str) -> Counter[str]:
    return Counter(token.term for token in tokenize(folded) if not token.inner and token.term not in STOP_WORDS)


def _matter(bag: Counter[str]) -> Counter[str]:
    """Leave out what titles say is done about a matter (规范…管理), unless that is all they say."""
    return Counter({word: count for word, count in bag.items() if word not in DOING}) or bag
