"""The neighbourhood of a character: stretches of Han text without their inner spaces, and how they are cut into words."""

from __future__ import annotations

from dataclasses import dataclass

from indexer import lexicon
from indexer.lookalikes import read_tables

# The longest word that decides about a character.
LONGEST = 5

# Surnames that are seldom a word by themselves: 刘铨国 must not become 刘全国, nor 李中欥 李中日.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范"
    "廖韦贾付邹熊孟秦邱侯尹薛闫段雷黎贺顾毛郝龚邵钱覃戴严莫尤施孔戚喻柏窦葛奚俞柳鲍倪汤滕"
    "殷邬庞詹靳祁翟阎涂柴聂樊欧骆"
)


def token_at(tokens: list[str], at: int) -> tuple[int, int]:
    start = 0
    for token in tokens:
        if at < start + len(token):
            return start, start + len(token)
        start += len(token)
    raise IndexError(at)


def boundaries(tokens: list[str]) -> set[int]:
    ends = [0]
    for token in tokens:
        ends.append(ends[-1] + len(token))
    return set(ends)


def is_covered(window: str, at: int) -> bool:
    """Whether any word of two to five characters in the window covers the character as it stands."""
    return any(
        lexicon.is_word(window[start:end]) or window[start:end] in read_tables().kept
        for start in range(max(0, at - LONGEST + 1), at + 1)
        for end in range(max(at + 1, start + 2), min(len(window), start + LONGEST) + 1)
    )


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of Han characters (and letters that pass for them) with its inner spaces left out."""

    text: str
    places: tuple[int, ...] | range

    def gap_within(self, start: int, end: int) -> bool:
        return self.places[end - 1] - self.places[start] != end - 1 - start
