"""Folded text -> tokens with positions and offsets: the one analyzer, the same for texts and for queries.

Han characters are cut by the dictionary; numbers are one token with their unit, by value (``indexer.numbers``); Latin
letters and digits stand together. The dictionary words inside a longer word (教育 in 义务教育) are tokens too, at the
position of the longer word, so that a query of either finds it; a word that only straddles a cut (务工 in 服务工作) is
none.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.lexicon import cut, is_word
from indexer.numbers import Number, arabic_number, chinese_numbers

HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_RUN = re.compile(rf"[{HAN}]+")
_TOKEN = re.compile(rf"(?P<number>\d)|(?P<latin>[^\W_{HAN}]+)|(?P<han>[{HAN}]+)")
_LATIN = re.compile(rf"[^\W_{HAN}]+")
_SPACES = re.compile(r"\s+")

STOP_WORDS = frozenset("的了和与及或等在是对为以把被将从向于之其并而所地得也都就要有让给由")
"""Words that every policy text holds: indexed like all others, but a query of several words does not insist on them."""
_ASKING = (
    "怎样,怎么,怎么办,怎么样,如何,什么,哪些,哪个,哪里,为什么,为何,多少,几个,是否,是不是,有没有,能不能,可不可以,"
    "请问,吗,呢"
)
QUESTION_WORDS = frozenset(_ASKING.split(","))
"""Words of those who ask, which the texts that answer do not repeat: not insisted on either."""
_TALK = "关于,有关,应该,应当,可以,需要,一下,这个,那个,我们,他们,你们,自己"
_TALKING = frozenset(_TALK.split(","))
"""Words around what a sentence is about."""
_NOT_INSISTED_ON = STOP_WORDS | QUESTION_WORDS | _TALKING


def is_question(terms: Sequence[str]) -> bool:
    """Whether these are the words of somebody who asks in a sentence.

    >>> is_question(("怎样", "减轻", "学生", "负担")), is_question(("关于", "加强", "教师", "培训"))
    (True, False)
    """
    return len(terms) > 2 and not QUESTION_WORDS.isdisjoint(terms)


LONGEST_RUN = 8
"""Characters that must stand together at most: names that no dictionary knows are shorter."""


def units(terms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield what a query of these words insists on: each word, stop words left out unless there is nothing else.

    Neighbouring single Han characters, no word of the dictionary (掐尖), are one unit and must stand together.

    >>> list(units(("治理", "掐", "尖", "的", "招生")))
    [('治理',), ('掐', '尖'), ('招生',)]
    """
    run: tuple[str, ...] = ()
    for term in [term for term in terms if term not in _NOT_INSISTED_ON] or terms:
        if len(term) == 1 and not term.isascii() and len(run) < LONGEST_RUN:
            run += (term,)
            continue
        if run:
            yield run
            run = ()
        yield (term,)
    if run:
        yield run


class Token(NamedTuple):
    """A term at a word position; ``[start, end)`` are its characters. ``inner`` words stand inside a longer one."""

    term: str
    position: int
    start: int
    end: int
    inner: bool = False


def tokenize(folded: str) -> Iterator[Token]:
    """Yield the tokens of a folded text, in order; an inner word follows the word that it stands in.

    >>> [token.term for token in tokenize("推进义务教育优质均衡,巩固率达95.5%以上")]
    ['推进', '义务教育', '义务', '教育', '优质', '均衡', '巩固率', '巩固', '达', '95.5%', '95.5', '以上']
    >>> [(token.term, token.start, token.end) for token in tokenize("健全 学 生教育")]
    [('健全', 0, 2), ('学生', 3, 6), ('教育', 6, 8)]
    """
    return iter(_tokens(folded, None))


def tokens_of(folded: str, wanted: Container[str]) -> list[Token]:
    """Return those tokens of a folded text whose term is wanted, in order: half the time of making all of them.

    >>> [(token.term, token.position) for token in tokens_of("推进义务教育优质均衡", {"教育", "均衡"})]
    [('教育', 1), ('均衡', 3)]
    """
    return _tokens(folded, wanted)


_BETWEEN = "\n"
"""Stands between runs of Han characters that are cut in one go; no word holds it, so each is cut as if alone."""


def _tokens(folded: str, wanted: Container[str] | None) -> list[Token]:
    """Return the tokens of a folded text: all of them, or those whose term is wanted."""
    text, offsets = _close_up(folded)
    pieces = list(_pieces(text))
    words = iter(cut(_BETWEEN.join([piece for _, piece, uncut in pieces if uncut])))  # type: ignore[misc]
    tokens: list[Token] = []
    position = 0
    for start, piece, uncut in pieces:
        if isinstance(piece, Number):
            if wanted is None or piece.term in wanted:
                tokens.append(Token(piece.term, position, offsets[start], offsets[piece.end - 1] + 1))
            if piece.digits and (wanted is None or piece.digits in wanted):
                end = offsets[piece.digits_end - 1] + 1
                tokens.append(Token(piece.digits, position, offsets[start], end, True))
            position += 1
            continue
        end = start + len(piece)
        while start < end:
            word = next(words) if uncut else piece
            stop = start + len(word)
            if wanted is None or word in wanted:
                tokens.append(Token(word, position, offsets[start], offsets[stop - 1] + 1))
            if stop - start > 2:
                for low, high in inner_words(word):
                    inner = word[low:high]
                    if wanted is None or inner in wanted:
                        tokens.append(Token(inner, position, offsets[start + low], offsets[start + high - 1] + 1, True))
            start = stop
            position += 1
        if uncut:
            next(words, None)
    return tokens


def _pieces(text: str) -> Iterator[tuple[int, str | Number, bool]]:
    """Yield the numbers and words of a text with their offsets, and the runs of Han characters still to be cut."""
    end = 0
    while (match := _TOKEN.search(text, end)) is not None:
        start, end = match.span()
        if match.lastgroup == "number":
            number = arabic_number(text, start)
            if number is not None:
                yield start, number, False
                end = number.end
            else:  # digits that begin a word: 5g, 110kv
                end = _end_of_latin(text, start)
                yield start, text[start:end], False
        elif match.lastgroup == "latin":
            yield start, match.group(), False
        else:
            at, run = 0, match.group()
            for number in chinese_numbers(run):
                if at < number.start:
                    yield start + at, run[at : number.start], True
                yield start + number.start, number, False
                at = number.end
            if at < len(run):
                yield start + at, run[at:], True


def _end_of_latin(text: str, start: int) -> int:
    match = _LATIN.match(text, start)
    return match.end() if match else start + 1


def terms(folded: str) -> tuple[str, ...]:
    """Return the words of a text without the inner ones: what a query asks for.

    >>> terms("义务教育优质均衡")
    ('义务教育', '优质', '均衡')
    """
    return tuple(token.term for token in tokenize(folded) if not token.inner)


@lru_cache(maxsize=65536)
def inner_words(word: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the dictionary words of two or more characters inside a word, itself excluded.

    >>> inner_words("义务教育"), inner_words("校园")
    (((0, 2), (2, 4)), ())
    """
    if len(word) < 3 or not _HAN_RUN.fullmatch(word):
        return ()
    spans = ((low, high) for low in range(len(word) - 1) for high in range(low + 2, len(word) + 1))
    return tuple((low, high) for low, high in spans if high - low < len(word) and is_word(word[low:high]))


def _close_up(folded: str) -> tuple[str, list[int] | range]:
    """Drop the spaces beside Han characters (converters and PDFs leave them inside words), remembering offsets."""
    parts: list[str] = []
    kept: list[int] = []
    end = 0
    for match in _SPACES.finditer(folded):
        low, high = match.span()
        if (low and _HAN_RUN.match(folded, low - 1)) or _HAN_RUN.match(folded, high):
            parts.append(folded[end:low])
            kept.extend(range(end, low))
            end = high
    if not end:
        return folded, range(len(folded))
    parts.append(folded[end:])
    kept.extend(range(end, len(folded)))
    return "".join(parts), kept
