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

from collections.abc import Iterator
from itertools import pairwise, product

from indexer import lexicon
from indexer.lookalikes import HAN_CHARACTER, is_current, read_collocations, read_tables
from indexer.misprints import find_misprints
from indexer.neighbours import LONGEST, SURNAMES, Run, boundaries, is_covered, token_at

WORD, GLYPH, COLLOCATION, BETWEEN = "word", "glyph", "collocation", "between"

# Ten characters on either side: the longest covering word that decides has five, and the cut settles within two words.
_REACH = 10

# A listed collocation looks at most this far, 8 characters and a percentage being the longest.
_COLLOCATION = 24

# How frequent in jieba's corpus a word of two, of three, of more characters must be to prove a swap. By the kind of
# likeness: a listed pair, a character that contains the other, one that shares its phonetic; "current" are those whose
# odd character is in everyday use (汕, 枫, 锂: place names and trades happen to make words with everything).
# Chosen by the swaps that clean text suffered; the counts are in docs/decisions/repairs.md. None: never.
_PROOF: dict[str, tuple[int | None, int | None, int | None]] = {
    "known": (10, 1, 1),
    "known current": (300, 1, 1),
    "whole": (100, 3, 1),
    "sibling": (400, 20, 3),
    "whole current": (None, 40, 1),
    "sibling current": (None, None, None),
}


def _runs(folded: str) -> Iterator[Run]:
    tables = read_tables()
    for match in tables.run.finditer(folded):
        if not tables.odd.isdisjoint(match[0]):
            places = tuple(at for at in range(*match.span()) if folded[at] != " ")
            yield Run(match[0].replace(" ", ""), places)


def _odd_places(run: Run) -> Iterator[int]:
    """Yield the places of odd characters in the run that no word covers as they stand."""
    for at, char in enumerate(run.text):
        if char in read_tables().odd:
            low = max(0, at - _REACH)
            if not is_covered(run.text[low : at + _REACH + 1], at - low):
                yield at


def _is_letter(char: str) -> bool:
    return not HAN_CHARACTER.match(char)


def _stands_in_formula(folded: str, place: int) -> bool:
    """Whether a letter (φ, エ, ┅) stands next to what is not Chinese text: Φ50, α+φ, エネ."""
    near = folded[max(0, place - 1) : place] + folded[place + 1 : place + 2]
    return any(
        _is_letter(char) and (char.isalnum() or char in read_tables().known or char in "+=-<>/*^") for char in near
    )


def _is_proved(run: Run, at: int, swaps: dict[int, str], kind: str) -> bool:
    """Whether one word of the best cut covers all swaps (positions in the run) and is strong enough a proof."""
    low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
    window = run.text[low:high]
    before = lexicon.cut(window)
    swapped = "".join(swaps.get(low + offset, char) for offset, char in enumerate(window))
    after = lexicon.cut(swapped)
    start, end = token_at(after, at - low)
    length = end - start
    if length < 2 or not all(start <= place - low < end for place in swaps):
        return False
    ends = boundaries(before)
    if (start not in ends or end not in ends) and (kind == "sibling" or len(after) >= len(before)):
        return False
    word = swapped[start:end]
    current = any(is_current(run.text[at]) for at in swaps)
    needed = _PROOF[f"{kind} current" if current else kind][min(length, 4) - 2]
    if needed is None or lexicon.frequencies().get(word, 0) < needed:
        return False
    if current and kind != "known" and length == 3 and len(ends & set(range(start, end + 1))) < 4:
        return False  # 青年荟: what is left of 青年会 is a word already, so nothing is missing
    if length == 2 and run.gap_within(low + start, low + end) and (current or kind != "known"):
        return False
    follows_surname = start > 0 and window[start - 1] in SURNAMES and start - 1 in ends
    return not (length == 2 and follows_surname)


def _resolve(folded: str, run: Run, at: int) -> tuple[str, str] | None:
    """Return what one odd character stands for and by which rule, ``None`` without proof."""
    tables = read_tables()
    char, place = run.text[at], run.places[at]
    if found := _resolve_by_collocation(folded, char, place):
        return found
    if _is_letter(char) and _stands_in_formula(folded, place):
        return None
    proofs: dict[str, str] = {}
    for kind, table in (("known", tables.known), ("whole", tables.whole), ("sibling", tables.sibling)):
        for meant in table.get(char, ""):
            if meant not in proofs and _is_proved(run, at, {at: meant}, kind):
                proofs[meant] = WORD if kind == "known" else GLYPH
    if len(proofs) == 1:
        return proofs.popitem()
    return None if proofs else _resolve_function_word(run, at)


def _resolve_by_collocation(folded: str, char: str, place: int) -> tuple[str, str] | None:
    tables = read_tables()
    candidates = tables.known.get(char) or tables.whole.get(char, "")
    before = folded[max(0, place - _COLLOCATION) : place].replace(" ", "")
    behind = folded[place + 1 : place + 1 + _COLLOCATION].replace(" ", "")
    found = {
        meant
        for meant, left, right in read_collocations()
        if meant in candidates and left.search(before) and right.match(behind)
    }
    return (found.pop(), COLLOCATION) if len(found) == 1 else None


def _resolve_function_word(run: Run, at: int) -> tuple[str, str] | None:
    """Return what a look-alike of a function word stands for if it joins two whole words: 学校旳发展."""
    char, tables = run.text[at], read_tables()
    if char not in tables.between or len(tables.known[char]) != 1:
        return None
    low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
    tokens = lexicon.cut(run.text[low:high])
    start, end = token_at(tokens, at - low)
    if end - start != 1 or start == 0 or end == high - low:
        return None
    neighbours = (token_at(tokens, start - 1), token_at(tokens, end))
    return (tables.known[char], BETWEEN) if all(stop - begin > 1 for begin, stop in neighbours) else None


def _resolve_pair(folded: str, run: Run, first: int, second: int) -> tuple[str, str] | None:
    """Return what two odd characters of one word stand for (笁莋), ``None`` without proof."""
    tables = read_tables()
    pairs = []
    for at in (first, second):
        char = run.text[at]
        if _is_letter(char) and _stands_in_formula(folded, run.places[at]):
            return None
        # Two everyday characters side by side are a word that the dictionary lacks: 艏艉 is not 首尾.
        pairs.append(tables.known.get(char) or ("" if is_current(char) else tables.whole.get(char, "")))
    proofs = [(one, two) for one, two in product(*pairs) if _is_proved(run, first, {first: one, second: two}, "whole")]
    return proofs[0] if len(proofs) == 1 else None


def _repair_run(folded: str, run: Run) -> dict[int, tuple[str, str]]:
    """Return the repairs that a run allows as it stands, singly and then two by two."""
    odd = list(_odd_places(run))
    repairs = {run.places[at]: found for at in odd if (found := _resolve(folded, run, at))}
    for first, second in pairwise(at for at in odd if run.places[at] not in repairs):
        if run.places[first] in repairs or second - first >= LONGEST:
            continue  # the first was just read together with the one before it
        if pair := _resolve_pair(folded, run, first, second):
            repairs |= {run.places[first]: (pair[0], WORD), run.places[second]: (pair[1], WORD)}
    return repairs


def _apply(folded: str, repairs: dict[int, tuple[str, str]]) -> str:
    characters = list(folded)
    for place, (meant, _) in repairs.items():
        characters[place] = meant
    return "".join(characters)


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
    while found := _find_once(folded):
        repairs |= found
        folded = _apply(folded, found)
    return repairs


def _find_once(folded: str) -> dict[int, tuple[str, str]]:
    if not read_tables().odd.isdisjoint(folded):
        found = {place: swap for run in _runs(folded) for place, swap in _repair_run(folded, run).items()}
        if found:
            return found
    return find_misprints(folded)[0]


def _is_suspect(run: Run, at: int) -> bool:
    """Whether an odd character, read as another, would make a word that is no sufficient proof."""
    tables, char = read_tables(), run.text[at]
    if char in tables.known:
        return True
    if is_current(char):
        return False
    low, high = max(0, at - _REACH), min(len(run.text), at + _REACH + 1)
    window = run.text[low:high]
    words = len(lexicon.cut(window))
    for meant in tables.whole.get(char, "") + tables.sibling.get(char, ""):
        after = lexicon.cut(window[: at - low] + meant + window[at - low + 1 :])
        start, end = token_at(after, at - low)
        if end - start > 1 and len(after) < words:
            return True
    return False


def find_unresolved(folded: str) -> tuple[int, ...]:
    """Return the positions of characters that look swapped but could not be read with certainty, in order.

    Known look-alikes that no word covers, rare characters that would make a word if read as one of like shape, and
    common ones that would complete a long word or a listed phrase but for what stands beside them.

    >>> find_unresolved("城市哋一")
    (2,)
    """
    text = _apply(folded, find_repairs(folded))
    odd = {run.places[at] for run in _runs(text) for at in _odd_places(run) if _is_suspect(run, at)}
    return tuple(sorted(odd.union(find_misprints(text)[1])))
