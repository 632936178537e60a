"""Words as arrays: what is written is read back, and merged segments are those that would have been written at once."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import IndexBrokenError
from indexer.whoosh_backend.codec import merge
from indexer.whoosh_backend.codec.merge import merge_words
from indexer.whoosh_backend.codec.segment_words import SegmentWords
from indexer.whoosh_backend.codec.words_writer import WordsWriter, order

Text = list[tuple[str, int]]
Paragraph = tuple[Text, Text]
WORDS = ["教育", "教师", "义务教育", "义务", "学", "学校", "95.5%", "5g", "𠮷", "的", "双减"]


def tokens() -> st.SearchStrategy[Text]:
    word = st.tuples(st.sampled_from(WORDS), st.integers(0, 2))

    def placed(words: list[tuple[str, int]]) -> Text:
        at, found = 0, []
        for term, step in words:
            at += step
            found.append((term, at))
        return found

    return st.lists(word, max_size=12).map(placed)


PARAGRAPHS = st.lists(st.tuples(tokens(), tokens()), max_size=12)


def write(path: Path, paragraphs: list[Paragraph]) -> SegmentWords:
    writer = WordsWriter(["body", "section"])
    for body, section in paragraphs:
        for field, text in (("body", body), ("section", section)):
            writer.add(field, [term for term, _ in text], [at for _, at in text])
        writer.next()
    writer.write(path)
    return SegmentWords(path)


def naive(paragraphs: list[Paragraph], field: int) -> dict[str, dict[int, list[int]]]:
    found: defaultdict[str, dict[int, list[int]]] = defaultdict(dict)
    for number, paragraph in enumerate(paragraphs):
        for term, at in paragraph[field]:
            found[term].setdefault(number, []).append(at)
    return found


def assert_holds(words: SegmentWords, paragraphs: list[Paragraph]) -> None:
    assert words.count == len(paragraphs)
    for number, field in enumerate(("body", "section")):
        expected = naive(paragraphs, number)
        names = [words.text(field, term) for term in range(words.term_count(field))]
        assert names == sorted(expected)
        assert words.lengths(field).tolist() == [len(paragraph[number]) for paragraph in paragraphs]
        assert words.spreads(field).tolist() == [len(expected[name]) for name in names]
        for term, name in enumerate(names):
            postings = words.postings(field, term)
            assert words.find(field, name) == term
            assert postings.paragraphs.tolist() == list(expected[name])
            assert postings.frequencies.tolist() == [len(places) for places in expected[name].values()]
            assert postings.positions.tolist() == [at for places in expected[name].values() for at in places]
        for stem in ("", "教", "义务", "95", "督", "\U0010ffff"):
            assert [words.text(field, term) for term in words.beginning(field, stem)] == [
                name for name in names if name.startswith(stem)
            ]
        assert words.find(field, "督导") == -1


@settings(max_examples=60, deadline=None)
@given(PARAGRAPHS)
def test_words_are_read_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, paragraphs) -> None:
    assert_holds(write(tmp_path_factory.mktemp("words") / "MAIN_a.words", paragraphs), paragraphs)


@settings(max_examples=60, deadline=None)
@given(st.lists(PARAGRAPHS, min_size=1, max_size=4), st.randoms(use_true_random=False), st.integers(1, 20))
def test_merged_segments_hold_what_stays(
    tmp_path_factory: pytest.TempPathFactory, parts, chance: random.Random, at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    sources, left = [], []
    for number, paragraphs in enumerate(parts):
        stays = np.array([chance.random() < 0.7 for _ in paragraphs], bool)
        sources.append((write(folder / f"{number}.words", paragraphs), None if chance.random() < 0.3 else stays))
        left += [paragraph for paragraph, here in zip(paragraphs, stays, strict=True) if here or sources[-1][1] is None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge, "_POSITIONS_AT_ONCE", at_once)  # many ranges, as a large merge has
        merge_words(sources, folder / "merged.words")
    assert_holds(SegmentWords(folder / "merged.words"), left)


def test_merging_writes_the_very_arrays_of_a_segment_written_at_once(tmp_path: Path) -> None:
    chance = random.Random(7)
    texts = [
        ([(chance.choice(WORDS) + str(chance.randrange(300)), at) for at in range(chance.randrange(40))], [])
        for _ in range(900)
    ]
    parts = [write(tmp_path / f"{start}.words", texts[start : start + 300]) for start in range(0, 900, 300)]
    write(tmp_path / "whole.words", texts)
    merge_words([(part, None) for part in parts], tmp_path / "merged.words")
    whole, merged = (SegmentWords(tmp_path / name)._file for name in ("whole.words", "merged.words"))
    assert set(whole) == set(merged)
    for name in whole:
        assert whole[name].dtype == merged[name].dtype, name
        assert np.array_equal(whole[name], merged[name]), name


def test_positions_and_frequencies_beyond_65535(tmp_path: Path) -> None:
    writer = WordsWriter(["body"])
    writer.add("body", ["的"] * 70_000 + ["教育"], range(70_001))
    writer.next()
    writer.add("body", ["教育"], [0])
    writer.next()
    writer.write(tmp_path / "long.words")
    words = SegmentWords(tmp_path / "long.words")
    assert words.postings("body", words.find("body", "的")).frequencies.tolist() == [70_000]
    assert words.postings("body", words.find("body", "教育")).positions.tolist() == [70_000, 0]
    assert words.lengths("body").tolist() == [70_001, 1]
    merge_words([(words, np.array([True, False])), (words, None)], tmp_path / "merged.words")
    merged = SegmentWords(tmp_path / "merged.words")
    assert merged.postings("body", merged.find("body", "教育")).positions.tolist() == [70_000, 70_000, 0]


def test_more_terms_than_one_digit_sorts(tmp_path: Path) -> None:
    terms = [f"词{number}" for number in range(70_000)]
    random.Random(3).shuffle(terms)
    words = write(tmp_path / "many.words", [([(term, at) for at, term in enumerate(terms)], [])])
    assert words.term_count("body") == 70_000
    assert [words.text("body", number) for number in range(70_000)] == sorted(terms)
    for at in (0, 1, 35_000, 69_999):
        assert words.postings("body", words.find("body", terms[at])).positions.tolist() == [at]


def test_order_leaves_equal_numbers_as_they_stand() -> None:
    keys = np.array([70_000, 3, 70_000, 65_536, 3, 0])
    assert order(keys, 70_000).tolist() == sorted(range(6), key=lambda at: (keys[at], at))


def test_terms_and_positions_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="2 terms stand at 1 positions"):
        WordsWriter(["body"]).add("body", ["教育", "教师"], [0])


def test_an_existing_segment_is_never_overwritten(tmp_path: Path) -> None:
    write(tmp_path / "MAIN_a.words", [([("教育", 0)], [])])
    with pytest.raises(FileExistsError):
        write(tmp_path / "MAIN_a.words", [])


@pytest.mark.parametrize("kept", [0, 5, 0.5, 0.99])
def test_a_segment_cut_short_is_refused(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "MAIN_a.words"
    write(path, [([("教育", 0)], [])] * 50)
    octets = path.read_bytes()
    path.write_bytes(octets[: int(kept if kept >= 1 else kept * len(octets))])
    with pytest.raises(IndexBrokenError):
        SegmentWords(path)


def test_a_flipped_bit_is_found_by_verifying(tmp_path: Path) -> None:
    path = tmp_path / "MAIN_a.words"
    assert write(path, [([("教育", 0)], [])] * 50).is_intact()
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 3] ^= 1
    path.write_bytes(octets)
    assert not SegmentWords(path).is_intact()
