"""Folded text -> tokens with positions and offsets: the one analyzer, the same for texts and for queries.

Han characters are cut by the dictionary; numbers are one token with their unit, by value (``indexer.numbers``); Latin
letters and digits stand together. The dictionary words inside a longer word (教育 in 义务教育) are tokens too, at the
position of the longer word, so that a query of either finds it; so are the words that one shortens (中考 in 中高考). A
word that only straddles a cut (务工 in 服务工作) is none.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from indexer.lexicon import coordinations, cut, is_word
from indexer.numbers import Number, arabic_number, chinese_numbers

HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_RUN = re.compile(rf"[{HAN}]+")
_TOKEN = re.compile(rf"(?P<number>\d)|(?P<latin>[^\W_{HAN}]+)|(?P<han>[{HAN}]+)")
_LATIN = re.compile(rf"[^\W_{HAN}]+")
_SPACES = re.compile(r"\s+")

STOP_WORDS = frozenset("的了和与及或等在是对为以把被将从向于之其并而所地得也都就要有让给由")
"""Words that every policy text holds: indexed like all others, but a query of several words does not insist on them."""
_ASKING = (
    "怎样,怎么,怎么办,怎么样,怎么着,如何,咋,咋办,什么,什么样,啥,哪些,哪个,哪里,哪儿,哪,谁,谁来管,为什么,为何,为啥,"
    "多少,多久,多长,多大,几个,几,几岁,是否,是不是,有没有,能不能,可不可以,要不要,会不会,能否,可否,请问,吗,呢"
)
QUESTION_WORDS = frozenset(_ASKING.split(","))
"""Words of those who ask, which the texts that answer do not repeat: not insisted on either."""
_SPEAKING = "了,吧,啊,呀,太,很,真,没,没有,不,不要,不能,不会,不想,想,越来越,时候,我,我家,能,会"
_SPOKEN = frozenset(_SPEAKING.split(","))
"""Words that people say in sentences and nobody strings together as search terms."""
_TALK = (
    "关于,有关,应该,应当,可以,需要,一下,这个,那个,我们,他们,你们,自己,有,里,去,来,到,更,最,人,每个,一个,一些,"
    "情况,问题,办法,目前,现在,做好,搞好"
)
_TALKING = frozenset(_TALK.split(","))
"""Words around what a sentence is about."""
_DOING = (
    "解决,处理,查处,处罚,安排,组织,开展,进行,实施,推进,落实,加强,提高,提升,改善,改进,保证,保障,确保,实现,享受,"
    "参与,参加,送到,负责,规定,要求,做到,得到,培养,使用,提供,采取,选择,准备,设置,开设,孩子,小孩,娃,小朋友,家里"
)
_SAID_IN_QUESTIONS = frozenset(_DOING.split(","))
"""What is done, and for whom: every question to texts on schools says it, and what it is about tells more."""
NOT_INSISTED_ON = STOP_WORDS | QUESTION_WORDS | _TALKING | _SPOKEN


def is_question(terms: Sequence[str]) -> bool:
    """Whether these are the words of somebody who asks, or tells of something, in a sentence.

    >>> is_question(("怎样", "减轻", "学生", "负担")), is_question(("关于", "加强", "教师", "培训"))
    (True, False)
    >>> is_question(("孩子", "视力", "越来越", "差"))
    True
    """
    return len(terms) > 2 and not (QUESTION_WORDS | _SPOKEN).isdisjoint(terms)


LONGEST_RUN = 8
"""Characters that must stand together at most: names that no dictionary knows are shorter."""


def units(terms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield what a query of these words insists on: each word, stop words left out unless there is nothing else.

    Neighbouring single Han characters, no word of the dictionary (掐尖), are one unit and must stand together. A single
    one by itself in a sentence is a verb or a particle (孩子能上什么学校), which the texts put otherwise.

    >>> list(units(("治理", "掐", "尖", "的", "招生")))
    [('治理',), ('掐', '尖'), ('招生',)]
    >>> list(units(("残疾", "孩子", "能", "上", "什么", "学校")))
    [('残疾',), ('学校',)]
    """
    wanted = list(_runs([term for term in terms if term not in NOT_INSISTED_ON]))
    if is_question(terms):
        wanted = [run for run in wanted if run[0] not in _SAID_IN_QUESTIONS] or wanted
        wanted = [run for run in wanted if len(run) > 1 or not _is_lone(run[0])]
    yield from wanted or _runs(terms)


def _runs(terms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    run: tuple[str, ...] = ()
    for term in terms:
        if _is_lone(term) and len(run) < LONGEST_RUN:
            run += (term,)
            continue
        if run:
            yield run
            run = ()
        yield (term,)
    if run:
        yield run


def _is_lone(term: str) -> bool:
    return len(term) == 1 and not term.isascii()


class Token(NamedTuple):
    """A term at a word position; ``[start, end)`` are its characters. ``inner`` words stand inside a longer one."""

    term: str
    position: int
    start: int
    end: int
    inner: bool = False


def tokenize(folded: str) -> Iterator[Token]:
    """Yield the tokens of a folded text, in order; an inner word follows the word that it stands in.

    >>> [(token.term, token.inner) for token in tokenize("中高考改革")]
    [('中高考', False), ('中高', True), ('高考', True), ('中考', True), ('改革', False)]

    >>> [token.term for token in tokenize("推进义务教育优质均衡,巩固率达95.5%以上")]
    ['推进', '义务教育', '义务', '教育', '优质', '均衡', '巩固率', '巩固', '达', '95.5%', '95.5', '以上']
    >>> [(token.term, token.start, token.end) for token in tokenize("巩固率,达到百分之九十五")][-1]
    ('95%', 6, 12)
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
    tokens: list[Token] = []
    for position, (start, word) in enumerate(_words(text)):
        if isinstance(word, Number):
            if wanted is None or word.term in wanted:
                tokens.append(Token(word.term, position, offsets[start], offsets[word.end - 1] + 1))
            if word.digits and (wanted is None or word.digits in wanted):
                tokens.append(Token(word.digits, position, offsets[start], offsets[word.digits_end - 1] + 1, True))
            continue
        end = start + len(word)
        if wanted is None or word in wanted:
            tokens.append(Token(word, position, offsets[start], offsets[end - 1] + 1))
        if end - start > 2:
            for low, high in inner_words(word):
                inner = word[low:high]
                if wanted is None or inner in wanted:
                    tokens.append(Token(inner, position, offsets[start + low], offsets[start + high - 1] + 1, True))
        if word in coordinations():
            for part in _shortened_by(word):
                if wanted is None or part in wanted:
                    tokens.append(Token(part, position, offsets[start], offsets[end - 1] + 1, True))
    return tokens


def _words(text: str) -> Iterator[tuple[int, str | Number]]:
    """Yield the words and numbers of a text without spaces beside Han characters, with their offsets."""
    pieces = list(_pieces(text))
    words = iter(cut(_BETWEEN.join([piece for _, piece, uncut in pieces if uncut])))  # type: ignore[misc]
    for start, piece, uncut in pieces:
        if not uncut:
            yield start, piece
            continue
        end = start + len(piece)  # type: ignore[arg-type]
        while start < end:
            word = next(words)
            yield start, word
            start += len(word)
        next(words, None)


def terms_and_positions(folded: str) -> tuple[list[str], list[int]]:
    """Return the terms of the tokens of a folded text and their word positions: what an index holds of them.

    The same as from ``tokenize``, in half the time, which a build spends mostly on this.

    >>> terms_and_positions("义务教育 优质均衡")
    (['义务教育', '义务', '教育', '优质', '均衡'], [0, 0, 0, 1, 2])
    >>> terms_and_positions("中小幼")
    (['中小幼', '中小', '中学', '小学', '幼儿园'], [0, 0, 0, 0, 0])
    """
    found: list[str] = []
    positions: list[int] = []
    shortening = coordinations()
    for position, (_, word) in enumerate(_words(_close_up(folded)[0])):
        if isinstance(word, Number):
            here = [word.term, word.digits] if word.digits else [word.term]
        elif (inner := inner_words(word)) or word in shortening:
            here = [word, *[word[low:high] for low, high in inner], *_shortened_by(word)]
        else:  # as most are
            found.append(word)
            positions.append(position)
            continue
        found += here
        positions += [position] * len(here)
    return found, positions


def _shortened_by(word: str) -> list[str]:
    """Return the words that a word shortens and that do not stand in it: 中考 for 中高考, where 高考 is anyway."""
    return [part for part in coordinations().get(word, ()) if part not in word]


@lru_cache(maxsize=4096)
def stands_for_itself(beginning: str) -> bool:
    """Whether a token that begins so can only stand where these characters do.

    Not so for digits (百分之九十五 is the term 95%), nor for words that another shortens.

    >>> stands_for_itself("教育"), stands_for_itself("95%"), stands_for_itself("中考")
    (True, False, False)
    """
    shortened = (part for parts in coordinations().values() for part in parts)
    return not (any(map(str.isdigit, beginning)) or any(part.startswith(beginning) for part in shortened))


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
                moved = replace(number, start=start + number.start, end=start + number.end)
                yield moved.start, moved, False
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
