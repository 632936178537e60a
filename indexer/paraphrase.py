"""What was typed, read another way: everyday words as policy texts put them, and without what goes without saying.

The thesaurus is asked for these readings where it does not know the words as typed: 老师培训 is looked up as
教师培训, 学校游泳池 as 游泳池, 校车管理 as 校车. The tables are short on purpose: a word belongs here if it may be
swapped or left out in front of, or behind, any term of the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

EVERYDAY: Mapping[str, tuple[str, ...]] = {
    "老师": ("教师",),
    "孩子": ("儿童", "学生", "子女"),
    "小孩": ("儿童", "学生", "子女"),
    "娃": ("儿童", "学生", "子女"),
    "学生": ("儿童",),
    "儿童": ("学生",),
    "农村": ("乡村",),
    "乡村": ("农村",),
}
"""Words of every day, or of another text, and what may stand for them inside a term."""
UNSAID = ("中小学生", "中小学", "学校", "学生", "校园", "教育")
"""Words that texts on schools leave out before what they are about: a 游泳池 there is a school's."""
_BEHIND = "工作,情况,问题,办法,措施,政策,制度,机制,体系,活动,管理,建设,发展,检查,督查,指导,保障,监管,评比,评选,展示"
SAID_BEHIND = tuple(_BEHIND.split(","))
"""Words behind what is meant that say no more than that it is dealt with: better there, but not needed."""


def in_policy_terms(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the characters of a run of words with one of its everyday words as policy texts put it.

    >>> list(in_policy_terms(("老师", "培训"))), list(in_policy_terms(("教师", "培训")))
    (['教师培训'], [])
    """
    for word, others in EVERYDAY.items():
        if word in tokens and len(tokens) > 1:
            for other in others:
                yield "".join(other if token == word else token for token in tokens)


def bare(term: str) -> tuple[str, str]:
    """Return a term without the word that goes without saying before it; else without the one behind it, and that word.

    Two empty strings if it has neither, or if nothing but such a word is left.

    >>> bare("学校游泳池"), bare("校车管理"), bare("学校管理")
    (('游泳池', ''), ('校车', '管理'), ('', ''))
    """
    for word in UNSAID:
        if term.startswith(word) and _says_something(term[len(word) :]):
            return term[len(word) :], ""
    for word in SAID_BEHIND:
        if term.endswith(word) and _says_something(term[: -len(word)]):
            return term[: -len(word)], word
    return "", ""


def _says_something(left: str) -> bool:
    return len(left) > 1 and left not in EVERYDAY and left not in UNSAID and left not in SAID_BEHIND
