"""What a reader may be about to type: words, headings and titles of the corpus, by their characters or their pinyin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import Any, Literal, NamedTuple

from indexer.analysis import HAN, STOP_WORDS, terms
from indexer.backend import SearchBackend
from indexer.finding import speller_of
from indexer.fold import compact, fold
from indexer.numbering import read_marker
from indexer.pinyin import typed_pinyin
from indexer.query import Query
from search_app.params import search_url

Kind = Literal["word", "heading", "title", "pinyin"]
MOST = 20
"""Suggestions that may be asked for; a list is read at a glance."""
_HEADINGS, _TITLES = 3, 2
"""Of a full list, how many are kept for headings and for titles; words need no room that is left over."""
_LONGEST_HEADING = 40
"""Characters of a heading that fits a line and is still typed by nobody; longer ones are sentences."""
_WORD = re.compile(rf"[{HAN}]{{2,12}}|(?=.*[a-z])[a-z0-9+.-]{{2,20}}")
_HAN_PAIR = re.compile(rf"[{HAN}]{{2}}")
_TAIL = 3
"""Characters of an unfinished last word: words have two on average, and three have been typed of the long ones."""
_TRIED = 24
"""Words tried beside what stands before them, the most frequent first; each costs 20 µs and up."""
_SIGNS = '-－"“”「」『』＂|｜*＊'


class Suggestion(NamedTuple):
    """What could be asked: ``total`` paragraphs hold the word, stand under the heading or make up the document.

    ``None`` where the word completes a longer query, whose paragraphs nobody has counted.
    """

    text: str
    kind: Kind
    total: int | None
    url: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A heading or a title: as shown, as matched, and where it leads (a document's id, or nowhere)."""

    text: str
    folded: str
    total: int
    document_id: str | None = None


class Suggester:
    """What one build of an index can suggest; may be used from several threads."""

    def __init__(self, backend: SearchBackend) -> None:
        self._backend = backend
        self._vocabulary = backend.vocabulary()
        self._speller = speller_of(backend, backend.corpus().build)
        self._words = sorted(word for word in self._vocabulary if _WORD.fullmatch(word))
        self._headings = _Lines(_headings(backend))
        self._titles = _Lines(_titles(backend))

    def suggest(self, text: str, limit: int) -> list[Suggestion]:
        """Return at most ``limit`` suggestions for a query as typed so far, the most useful first, none twice.

        Words complete the last word typed and keep what stands before it.
        """
        before, typed = _last_word(text)
        folded = compact(fold(typed).text)[0]
        if not folded or typed[-1] in _SIGNS:
            return []
        words = _whole_words(
            [*self._beginning(before, folded), *self._beside(before, folded), *self._sounding(before, typed, text)]
        )
        # A heading or a title is found by all that was typed.
        whole = compact(fold(text).text)[0]
        headings = [_heading(line) for line in self._headings.holding(whole)] if len(whole) > 1 else []
        titles = [_title(line) for line in self._titles.holding(whole)] if len(whole) > 1 else []
        room = limit - min(len(headings), _HEADINGS) - min(len(titles), _TITLES)
        chosen = words[: max(room, limit // 2)]
        chosen += headings[: max(_HEADINGS, limit - len(chosen) - min(len(titles), _TITLES))]
        chosen += titles
        found: dict[str, Suggestion] = {}
        for each in chosen:
            if each.text != text.strip():
                found.setdefault(each.text, each)
        return list(found.values())[:limit]

    def _beginning(self, before: str, folded: str) -> Iterator[Suggestion]:
        low = bisect_left(self._words, folded)
        high = bisect_left(self._words, folded + "\U0010ffff", low)
        for word in nsmallest(MOST, self._words[low:high], key=self._rank):
            if word != folded:
                yield _word(before, word, "word", self._vocabulary[word])

    def _beside(self, before: str, folded: str) -> Iterator[Suggestion]:
        """Complete the last characters of a string without spaces by what stands beside the word before: 留守儿童关."""
        for tail in range(min(_TAIL, len(folded) - 2), 0, -1):
            head = folded[:-tail]
            words = terms(head)
            if not words or words[-1] not in self._vocabulary or words[-1] in STOP_WORDS:
                continue
            low = bisect_left(self._words, folded[-tail:])
            high = bisect_left(self._words, folded[-tail:] + "\U0010ffff", low)
            counts = {
                word: self._backend.side_by_side((words[-1], word))
                for word in nsmallest(_TRIED, self._words[low:high], key=self._rank)
            }
            for word in sorted(counts, key=lambda word: (-counts[word], word)):
                if counts[word] and head + word != folded:
                    yield _word(before, head + word, "word", counts[word])

    def _sounding(self, before: str, typed: str, text: str) -> Iterator[Suggestion]:
        """Complete pinyin: all of it where nothing else was typed (sui qian), otherwise that of the last word."""
        for kept, part in (("", text), (before, typed)):
            letters = typed_pinyin(part)
            if letters is None or len(letters) < 2:
                continue
            exact = self._speller.from_pinyin(letters)
            further = self._speller.words_from_pinyin(letters, MOST)
            for word in dict.fromkeys((*exact, *further)):
                yield _word(kept, word, "pinyin", self._vocabulary.get(word) or self._backend.side_by_side(terms(word)))
            if exact or further:
                return

    def _rank(self, word: str) -> tuple[int, str]:
        return -self._vocabulary[word], word


class _Lines:
    """Headings or titles as one string, so that a look-up is one search in it."""

    def __init__(self, lines: Iterator[_Line]) -> None:
        self._lines = sorted(lines, key=lambda line: (-line.total, len(line.text), line.text))
        self._text = "\n".join(["", *(line.folded for line in self._lines), ""])
        self._starts = [at for at, char in enumerate(self._text) if char == "\n"]

    def holding(self, folded: str) -> list[_Line]:
        """Return the lines that hold a folded string, those that begin with it first, then those of more paragraphs."""
        begun = list(self._found("\n" + folded))
        return [*begun, *(line for line in self._found(folded) if line not in begun)][:MOST]

    def _found(self, literal: str) -> Iterator[_Line]:
        at, given = self._text.find(literal), 0
        while at >= 0 and given < MOST:
            number = bisect_left(self._starts, at + 1) - 1
            yield self._lines[number]
            given += 1
            at = self._text.find(literal, self._starts[number + 1])


@lru_cache(maxsize=2)
def _suggester(backend: SearchBackend, _build: str) -> Suggester:
    return Suggester(backend)


def suggester(backend: SearchBackend) -> Suggester:
    """Return what the current build suggests; made when first asked for, and again for another build."""
    return _suggester(backend, backend.corpus().build)


def suggestions_json(backend: SearchBackend, text: str, limit: int) -> dict[str, Any]:
    """Answer ``GET /api/v1/suggest``."""
    found = suggester(backend).suggest(text, limit)
    return {"query": text, "suggestions": [each._asdict() for each in found]}


def _whole_words(words: Sequence[Suggestion]) -> list[Suggestion]:
    """Leave out words that stand only inside a longer one: 管理制 where every one of them is a 管理制度.

    The same number of paragraphs says so from three on; one or two may be chance.
    """
    longer = {
        (each.text[:end], each.total) for each in words if (each.total or 0) > 2 for end in range(1, len(each.text))
    }
    return [each for each in words if each.total is None or (each.text, each.total) not in longer]


def _last_word(text: str) -> tuple[str, str]:
    """Split a query into what is finished and the word that is being typed, without its sign.

    >>> _last_word("随迁子女 教"), _last_word("教师 -培"), _last_word("“义务教")
    (('随迁子女 ', '教'), ('教师 -', '培'), ('“', '义务教'))
    """
    at = max((text.rfind(space) for space in " \u3000\t\n"), default=-1) + 1
    while at < len(text) - 1 and text[at] in _SIGNS:
        at += 1
    return text[:at], text[at:]


def _headings(backend: SearchBackend) -> Iterator[_Line]:
    totals: dict[str, int] = {}
    for heading, total in backend.headings().items():
        shown = _unnumbered(heading)
        if len(shown) <= _LONGEST_HEADING and _HAN_PAIR.search(shown):
            totals[shown] = totals.get(shown, 0) + total
    return (_Line(shown, compact(fold(shown).text)[0], total) for shown, total in totals.items())


def _unnumbered(heading: str) -> str:
    """Return a heading without its number and the marks around it.

    >>> _unnumbered("(三)推进城乡一体化"), _unnumbered("一、 指导思想。"), _unnumbered("九年义务教育")
    ('推进城乡一体化', '指导思想', '九年义务教育')
    """
    folded = fold(heading).text
    start = len(folded) - len(folded.lstrip())
    marker = read_marker(folded, start, len(folded))
    return " ".join(heading[marker.end if marker else start :].split()).strip(" .。、:：,，;；")


def _titles(backend: SearchBackend) -> Iterator[_Line]:
    for summary in backend.documents():
        title = summary.metadata.title
        yield _Line(title, compact(fold(title).text)[0], summary.paragraphs, summary.id)


def _word(before: str, word: str, kind: Kind, total: int) -> Suggestion:
    text = before + word
    return Suggestion(text, kind, None if before.strip(_SIGNS) else total, search_url(Query(text, text, None)))


def _heading(line: _Line) -> Suggestion:
    quoted = f"“{line.text}”" if not set(line.text) & set("“”") else f"「{line.text}」"
    return Suggestion(line.text, "heading", line.total, search_url(Query(quoted, quoted, None)))


def _title(line: _Line) -> Suggestion:
    return Suggestion(line.text, "title", line.total, f"/d/{line.document_id}")
