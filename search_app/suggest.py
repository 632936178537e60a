"""What a reader may be about to type: words, headings and titles of the corpus, by their characters or their pinyin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from indexer.analysis import STOP_WORDS, terms
from indexer.backend import SearchBackend
from indexer.finding import speller_of
from indexer.fold import compact, fold
from indexer.linelist import Line
from indexer.pinyin import typed_pinyin
from indexer.query import Query
from search_app.params import search_url

Kind = Literal["word", "heading", "title", "pinyin"]
MOST = 20
"""Suggestions that may be asked for; a list is read at a glance."""
_HEADINGS, _TITLES = 3, 2
"""Of a full list, how many are kept for headings and for titles; words need no room that is left over."""
_TAIL = 3
"""Characters of an unfinished last word: words have two on average, and three have been typed of the long ones."""
_TRIED = 24
"""Words tried beside what stands before them, the most frequent first; each costs 20 µs and up."""
_READ = 400_000
"""Postings read to try them, in 10 ms: 24 words behind 人民政府 have 650,000 in 83,000 paragraphs of regulations."""
_SIGNS = '-－"“”「」『』＂|｜*＊'


class Suggestion(NamedTuple):
    """What could be asked: ``total`` paragraphs hold the word, stand under the heading or make up the document.

    ``None`` where the word completes a longer query, whose paragraphs nobody has counted.
    """

    text: str
    kind: Kind
    total: int | None
    url: str


class Suggester:
    """What one build of an index can suggest; may be used from several threads."""

    def __init__(self, backend: SearchBackend) -> None:
        self._backend = backend
        self._words = backend.vocabulary()
        self._speller = speller_of(backend, backend.corpus().build)
        self._headings = backend.heading_lines()
        self._titles = backend.title_lines()

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
        headings = [_heading(line) for line in self._headings.holding(whole, MOST)] if len(whole) > 1 else []
        titles = [_title(line) for line in self._titles.holding(whole, MOST)] if len(whole) > 1 else []
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
        for word in self._words.beginning(folded, MOST):
            if word != folded:
                yield _word(before, word, "word", self._words[word])

    def _beside(self, before: str, folded: str) -> Iterator[Suggestion]:
        """Complete the last characters of a string without spaces by what stands beside the word before: 留守儿童关."""
        for tail in range(min(_TAIL, len(folded) - 2), 0, -1):
            head = folded[:-tail]
            words = terms(head)
            if not words or words[-1] not in self._words or words[-1] in STOP_WORDS:
                continue
            counts = {
                word: self._backend.side_by_side((words[-1], word)) for word in self._tried(words[-1], folded[-tail:])
            }
            for word in sorted(counts, key=lambda word: (-counts[word], word)):
                if counts[word] and head + word != folded:
                    yield _word(before, head + word, "word", counts[word])

    def _tried(self, head: str, stem: str) -> Iterator[str]:
        """Yield the words to try behind another, at least one: fewer where it is so common that each takes long."""
        read = 0
        for word in self._words.beginning(stem, _TRIED):
            if read > _READ:
                return
            yield word
            read += self._words[head] + self._words[word]

    def _sounding(self, before: str, typed: str, text: str) -> Iterator[Suggestion]:
        """Complete pinyin: all of it where nothing else was typed (sui qian), otherwise that of the last word."""
        for kept, part in (("", text), (before, typed)):
            letters = typed_pinyin(part)
            if letters is None or len(letters) < 2:
                continue
            exact = self._speller.from_pinyin(letters)
            further = self._speller.words_from_pinyin(letters, MOST)
            for word in dict.fromkeys((*exact, *further)):
                yield _word(kept, word, "pinyin", self._words.get(word) or self._backend.side_by_side(terms(word)))
            if exact or further:
                return


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


def _word(before: str, word: str, kind: Kind, total: int) -> Suggestion:
    text = before + word
    return Suggestion(text, kind, None if before.strip(_SIGNS) else total, search_url(Query(text, text, None)))


def _heading(line: Line) -> Suggestion:
    quoted = f"“{line.text}”" if not set(line.text) & set("“”") else f"「{line.text}」"
    return Suggestion(line.text, "heading", line.total, search_url(Query(quoted, quoted, None)))


def _title(line: Line) -> Suggestion:
    return Suggestion(line.text, "title", line.total, f"/d/{line.document_id}")
