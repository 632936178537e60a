"""Read look-alike characters as what they stand for, where the neighbours prove it.

Pages are protected against copying by swapping characters for others of like shape (毛叺园率, 高Φ阶段, 督导笁作). The
same characters are correct elsewhere (囿于, 铨选, 换茬, Φ50), so a table of pairs proves nothing. A character is read
as another only if

1. it is *odd*: rare in current text, and known as a look-alike (``lookalikes.tsv``) or of the shape of a common one
   (``components.tsv``, made by ``tools/make_components.py``);
2. no dictionary word covers it as it stands;
3. with the other character in its place the best cut of the neighbourhood has a word there, and either breaks no word
   of the cut as it was or needs fewer words in all (φ等于 is not 中等于, but 党建工莋 is 党建工作, though 建工 is one);
4. exactly one other character does so.

What remains is left alone and listed by :func:`find_unresolved`. All functions here take folded text (one code point
for each of the original) and answer with positions in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise, product

from indexer import lexicon

WORD, GLYPH, COLLOCATION, BETWEEN = "word", "glyph", "collocation", "between"

# Ten characters on either side: the longest covering word that decides has five, and the cut settles within two words.
_REACH = 10
_LONGEST = 5

# How frequent in jieba's corpus a word of two, of three, of more characters must be to prove a swap. By the kind of
# likeness: a listed pair, a character that contains the other, one that shares its phonetic; "current" are those whose
# odd character is in everyday use (汕, 枫, 锂: place names and trades happen to make words with everything).
# Chosen by the swaps that clean text suffered; the counts are in docs/decisions/repairs.md. None: never.
_PROOF: dict[str, tuple[int | None, int | None, int | None]] = {
    "known": (10, 1, 1),
    "known current": (300, 1, 1),
    "whole": (40, 3, 1),
    "sibling": (400, 20, 3),
    "whole current": (None, None, 1),
    "sibling current": (None, None, None),
}

# Surnames that seldom begin a clause as a word: 李铨年度 must not become 李全年度.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范"
    "廖韦贾付邹熊孟秦邱侯尹薛闫段雷黎贺顾毛郝龚邵钱覃戴严莫"
)

_HAN = "〇\u3400-\u9fff\U00020000-\U000323af"


@dataclass(frozen=True, slots=True)
class _Tables:
    """Odd characters and what each may stand for, by kind of likeness."""

    known: dict[str, str]
    whole: dict[str, str]
    sibling: dict[str, str]
    between: frozenset[str]
    odd: frozenset[str]
    run: re.Pattern[str]


def _rows(name: str) -> Iterator[list[str]]:
    for line in resources.files("indexer.data").joinpath(name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def _tables() -> _Tables:
    known: dict[str, str] = {}
    between: set[str] = set()
    never: set[str] = set()
    for meant, alikes, *flag in _rows("lookalikes.tsv"):
        if meant == "=":
            never.update(alikes.split())
            continue
        for alike in alikes.split():
            known[alike] = known.get(alike, "") + meant
            if flag:
                between.add(alike)
    whole: dict[str, str] = {}
    sibling: dict[str, str] = {}
    for alike, contained, related in _rows("components.tsv"):
        if alike not in known and alike not in never:
            whole[alike], sibling[alike] = contained, related
    odd = frozenset(known) | whole.keys()
    letters = "".join(char for char in known if not re.match(f"[{_HAN}]", char))
    run = re.compile(f"[{_HAN}{re.escape(letters)}]+(?: [{_HAN}{re.escape(letters)}]+)*")
    return _Tables(known, whole, sibling, frozenset(between), odd, run)


@cache
def _collocations() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (meant, re.compile(f"(?:{before})$"), re.compile(behind)) for meant, before, behind in _rows("collocations.tsv")
    )


@cache
def is_current(char: str) -> bool:
    """Whether a character is in everyday use: in GB 2312, or in the first level of Big5 for texts from Traditional.

    >>> is_current("枫"), is_current("吋"), is_current("姩")
    (True, True, False)
    """
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        code = int.from_bytes(char.encode("big5", "ignore"))
        return 0xA440 <= code <= 0xC67E
    return "\u4e00" <= char <= "\u9fff"


def _token_at(tokens: list[str], at: int) -> tuple[int, int]:
    start = 0
    for token in tokens:
        if at < start + len(token):
            return start, start + len(token)
        start += len(token)
    raise IndexError(at)


def _boundaries(tokens: list[str]) -> set[int]:
    ends = [0]
    for token in tokens:
        ends.append(ends[-1] + len(token))
    return set(ends)


def _is_covered(window: str, at: int) -> bool:
    """Whether any word of two to five characters in the window covers the character as it stands."""
    return any(
        lexicon.is_word(window[start:end])
        for start in range(max(0, at - _LONGEST + 1), at + 1)
        for end in range(max(at + 1, start + 2), min(len(window), start + _LONGEST) + 1)
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of Han characters (and letters that pass for them) with its inner spaces left out."""

    text: str
    places: tuple[int, ...]

    def gap_within(self, start: int, end: int) -> bool:
        return self.places[end - 1] - self.places[start] != end - 1 - start


def _runs(folded: str) -> Iterator[_Run]:
    tables = _tables()
    for match in tables.run.finditer(folded):
        if not tables.odd.isdisjoint(match[0]):
            places = tuple(at for at in range(*match.span()) if folded[at] != " ")
            yield _Run(match[0].replace(" ", ""), places)


def _is_letter(char: str) -> bool:
    return not re.match(f"[{_HAN}]", char)


def _stands_in_formula(folded: str, place: int) -> bool:
    """Whether a letter (φ, エ, ┅) stands next to what is not Chinese text: Φ50, α+φ, エネ."""
    near = folded[max(0, place - 1) : place] + folded[place + 1 : place + 2]
    return any(_is_letter(char) and (char.isalnum() or char in _tables().known or char in "+=-<>/*^") for char in near)


def _proof(run: _Run, at: int, swaps: dict[int, str], kind: str) -> int:
    """Return the length of the word that proves the swaps (positions in the run), 0 if nothing does."""
    low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
    window = run.text[low:high]
    before = lexicon.cut(window)
    swapped = "".join(swaps.get(low + offset, char) for offset, char in enumerate(window))
    after = lexicon.cut(swapped)
    start, end = _token_at(after, at - low)
    length = end - start
    if length < 2 or not all(start <= place - low < end for place in swaps):
        return 0
    ends = _boundaries(before)
    if (start not in ends or end not in ends) and (kind == "sibling" or len(after) >= len(before)):
        return 0
    word = swapped[start:end]
    needed = _PROOF[f"{kind} current" if any(is_current(run.text[at]) for at in swaps) else kind][min(length, 4) - 2]
    if needed is None or lexicon.frequencies().get(word, 0) < needed:
        return 0
    if length == 2 and run.gap_within(low + start, low + end):
        return 0
    is_name = start == at - low and start > 0 and window[start - 1] in _SURNAMES and start - 1 in ends
    if length == 2 and is_name:
        return 0
    return length


def _resolve(folded: str, run: _Run, at: int) -> tuple[str, str] | None:
    """Return what one odd character stands for and by which rule, ``None`` without proof."""
    tables = _tables()
    char, place = run.text[at], run.places[at]
    if _is_letter(char) and _stands_in_formula(folded, place):
        return None
    low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
    if _is_covered(run.text[low:high], at - low):
        return None
    proofs: dict[str, tuple[int, str]] = {}
    for kind, table in (("known", tables.known), ("whole", tables.whole), ("sibling", tables.sibling)):
        for meant in table.get(char, ""):
            if meant not in proofs and (length := _proof(run, at, {at: meant}, kind)):
                proofs[meant] = (length, kind)
    if proofs:
        for kind in ("known", "whole", "sibling"):
            best = [meant for meant, (_, of) in proofs.items() if of == kind]
            if best:
                meant = best[0]
                longer = any(length > proofs[meant][0] for length, _ in proofs.values())
                return (meant, WORD if kind == "known" else GLYPH) if len(best) == 1 and not longer else None
    return _resolve_function_word(folded, run, at)


def _resolve_function_word(folded: str, run: _Run, at: int) -> tuple[str, str] | None:
    tables = _tables()
    char, place = run.text[at], run.places[at]
    before = folded[max(0, place - 24) : place].replace(" ", "")
    behind = folded[place + 1 : place + 25].replace(" ", "")
    candidates = tables.known.get(char) or tables.whole.get(char, "")
    found = {
        meant
        for meant, left, right in _collocations()
        if meant in candidates and left.search(before) and right.match(behind)
    }
    if len(found) == 1:
        return found.pop(), COLLOCATION
    if char in tables.between and not found:
        low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
        tokens = lexicon.cut(run.text[low:high])
        start, end = _token_at(tokens, at - low)
        if (start, end) == (at - low, at - low + 1) and start > 1 and end < high - low - 1:
            left = _token_at(tokens, start - 1)
            right = _token_at(tokens, end)
            if left[1] - left[0] > 1 and right[1] - right[0] > 1 and len(tables.known[char]) == 1:
                return tables.known[char], BETWEEN
    return None


def _resolve_pair(folded: str, run: _Run, first: int, second: int) -> tuple[str, str] | None:
    """Return what two odd characters of one word stand for (笁莋), ``None`` without proof."""
    tables = _tables()
    pairs = []
    for at in (first, second):
        char = run.text[at]
        if _is_letter(char) and _stands_in_formula(folded, run.places[at]):
            return None
        low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
        if _is_covered(run.text[low:high], at - low):
            return None
        pairs.append(dict.fromkeys(tables.known.get(char, "") + tables.whole.get(char, "")))
    proofs = [(one, two) for one, two in product(*pairs) if _proof(run, first, {first: one, second: two}, "whole")]
    return proofs[0] if len(proofs) == 1 else None


def _repair_run(folded: str, run: _Run) -> dict[int, tuple[str, str]]:
    odd = [at for at, char in enumerate(run.text) if char in _tables().odd]
    for at in odd:
        if found := _resolve(folded, run, at):
            return {run.places[at]: found}
    for first, second in pairwise(odd):
        if second - first < _LONGEST and (pair := _resolve_pair(folded, run, first, second)):
            return {run.places[first]: (pair[0], WORD), run.places[second]: (pair[1], WORD)}
    return {}


def find_repairs(folded: str) -> dict[int, tuple[str, str]]:
    """Return the positions of look-alikes in a folded text, each with the character it stands for and the rule.

    Done again until nothing more is found, since a repaired character may prove the next one (and folding the result
    finds nothing new).

    >>> find_repairs("政治核惢作用")
    {3: ('心', 'word')}
    >>> find_repairs("不囿于成见，张铨年满六十，轮作换茬，直径φ50")
    {}
    """
    repairs: dict[int, tuple[str, str]] = {}
    if _tables().odd.isdisjoint(folded):
        return repairs
    for run in _runs(folded):
        text = run
        while found := _repair_run(folded, text):
            repairs.update(found)
            characters = list(text.text)
            for place, (meant, _) in found.items():
                characters[text.places.index(place)] = meant
            text = _Run("".join(characters), text.places)
    return repairs


def find_unresolved(folded: str) -> tuple[int, ...]:
    """Return the positions of known look-alikes that no word covers and that could not be repaired.

    >>> find_unresolved("哋一笁程")
    (0,)
    """
    tables = _tables()
    repairs = find_repairs(folded)
    text = "".join(repairs[at][0] if at in repairs else char for at, char in enumerate(folded)) if repairs else folded
    return tuple(
        run.places[at]
        for run in _runs(text)
        for at, char in enumerate(run.text)
        if char in tables.known and not _is_covered(run.text[max(0, at - _REACH) : at + _REACH + 1], min(at, _REACH))
    )
