"""Lists of words, headings and titles over several segments: what one list of all would say, without making it."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import builds
from indexer.backend import open_backend
from indexer.errors import IndexBrokenError
from indexer.likeness import likeness
from indexer.linelist import LineList, LinePart, line_arrays
from indexer.pinyin import readings
from indexer.pipeline import build
from indexer.wordlist import WordList, word_arrays
from search_app.suggest import suggester
from tests.conftest import SEEDS

CHARACTERS = "教育学校心里理控辍保随迁子女义务双减"
WORDS = st.dictionaries(
    st.text(CHARACTERS, min_size=1, max_size=5) | st.sampled_from(["2020", "pm2.5", "教"]), st.integers(1, 9)
)


def over(parts: list[dict[str, int]]) -> tuple[WordList, Counter[str]]:
    """Return lists read as one, and what they hold together."""
    return WordList(map(word_arrays, parts)), sum(map(Counter, parts), Counter())


def most_frequent(counts: Counter[str], words: set[str], most: int) -> list[int]:
    """Return the counts of the most frequent of some words: which of equals are taken is left open."""
    return sorted((counts[word] for word in words), reverse=True)[:most]


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_several_lists_hold_what_all_of_them_hold_together(parts: list[dict[str, int]]) -> None:
    words, counts = over(parts)
    assert dict(words) == counts
    assert len(words) == len(counts)
    assert words.total == counts.total()
    assert "控" * 9 not in words
    assert 3 not in words
    with pytest.raises(KeyError):
        words["控" * 9]


@given(st.lists(WORDS, min_size=1, max_size=4), st.text(CHARACTERS, min_size=1, max_size=5))
def test_words_alike_are_found_as_by_looking_at_every_word(parts: list[dict[str, int]], typed: str) -> None:
    words, counts = over(parts)
    found = dict(words.alike(typed))
    every = {word: why for word in counts if (why := likeness(typed, word)) is not None}
    # One character is like every character of its sound: those are tried by sound, not looked up as words.
    assert {word: why for word, why in every.items() if len(word) > 1}.items() <= found.items() <= every.items()


@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(CHARACTERS), st.integers(1, 5))
def test_the_most_frequent_beginnings_are_those_of_all_lists_together(
    parts: list[dict[str, int]], stem: str, most: int
) -> None:
    words, counts = over(parts)
    found = words.beginning(stem, most)
    every = {word for word in counts if word.startswith(stem) and len(word) > 1}
    assert set(found) <= every
    assert len(set(found)) == len(found)
    assert [counts[word] for word in found] == most_frequent(counts, every, most)
    sound = readings(stem)[0][0]
    spelt = {
        word
        for word in counts
        if len(word) > 1
        for way in readings(word)
        if "".join(way).startswith(sound) or "".join(each[0] for each in way).startswith(sound)
    }
    assert [counts[word] for word in words.spelt_beginning(sound, most)] == most_frequent(counts, spelt, most)


def test_a_word_that_is_nowhere_first_may_be_the_most_frequent_of_all() -> None:
    # 教育 is second in every list and first in their sum, behind more words than are asked for.
    parts = [{f"教{other}": 90 - place for place, other in enumerate("学师员材")} | {"教育": 80}]
    parts += [{f"教{other}": 90 - place for place, other in enumerate("导改职辅")} | {"教育": 80}]
    words, counts = over(parts)
    assert words.beginning("教", 1) == ["教育"]
    assert counts["教育"] == 160


def test_a_line_of_several_segments_is_one_heading_and_as_many_titles() -> None:
    one = line_arrays([("指导思想", [(0, 2), (1, 3)]), ("保障 教育经费", [(1, 4)])])
    other = line_arrays([("指导思想", [(0, 1)]), ("总体思想", [(0, 7)])])
    parts = [LinePart(one, None, "甲{}".format), LinePart(other, None, "乙{}".format)]
    assert [line[:2] for line in LineList(parts).holding("思想", 9)] == [("总体思想", 7), ("指导思想", 6)]
    assert [line[:2] for line in LineList(parts).holding("指导", 9)] == [("指导思想", 6)]
    assert [line[:2] for line in LineList(parts).holding("教育经", 9)] == [("保障 教育经费", 4)]
    assert LineList(parts, together=False).holding("指导", 9) == [("指导思想", 5, "甲0"), ("指导思想", 1, "乙0")]
    assert LineList(parts).holding("思想\n总体", 9) == []


def test_what_only_deleted_documents_have_is_not_suggested() -> None:
    arrays = line_arrays([("指导思想", [(0, 2), (1, 3)]), ("思想政治", [(0, 4)])])
    lines = LineList([LinePart(arrays, np.array([False, True]), str)])
    assert lines.holding("思想", 9) == [("指导思想", 3, "1")]


def test_a_document_that_is_taken_away_takes_its_title_and_headings_along(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for path in SEEDS.glob("*.txt"):
        (texts / path.name).write_bytes(path.read_bytes())
    build([texts], tmp_path / "index")
    backend = open_backend(tmp_path / "index")
    gone = backend.documents()[0]
    typed = gone.metadata.title[:6]
    assert gone.metadata.title in [each.text for each in suggester(backend).suggest(typed, 20)]
    (texts / Path(gone.path).name).unlink()
    build([texts], tmp_path / "index")
    assert gone.metadata.title not in [each.text for each in suggester(backend).suggest(typed, 20)]
    assert all(line.document_id != gone.id for line in backend.title_lines().holding("", 100))


@pytest.mark.parametrize("seed", range(20))
def test_damaged_lists_are_an_error_or_an_answer(tmp_path: Path, seed: int) -> None:
    build([SEEDS], tmp_path / "index")
    path = next(builds.current_build(tmp_path / "index").rglob("*.suggestions"))
    noise = random.Random(seed)
    octets = bytearray(path.read_bytes())
    for _ in range(2000):
        octets[noise.randrange(64, len(octets) - 64)] = noise.randrange(256)
    path.write_bytes(octets)
    backend = open_backend(tmp_path / "index")
    assert backend.check()
    for typed in ("教育", "控缀保学", "jiaoyu", "指导", "留守儿童关"):
        try:
            suggester(backend).suggest(typed, 8)
            backend.vocabulary().alike(typed)
        except IndexBrokenError:
            pass
