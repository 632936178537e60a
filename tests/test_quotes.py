"""The file of quotations: over generated texts it finds what a scan of all lines finds, however cut and merged."""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import IndexBrokenError
from indexer.fold import compact, fold_characters
from indexer.models import Paragraph, Repair
from indexer.whoosh_backend.quotations import QuotationIndex, QuotesWriter, SegmentQuotes, merge_quotes
from indexer.whoosh_backend.quotations.shard import Limits, Shard, make_shard
from indexer.wildcard import GAP, is_wildcard

# Few characters, so that strings come again and overlap: one outside the basic plane, one that shares its first half
# with it, a space, a star, an end of a sentence.
ALPHABET = "教育𫍯𫍰 *。"
SMALL = (Limits(lines=3, characters=40, few=1, depth=4), Limits(lines=5, characters=12, few=2, depth=16), Limits())

texts = st.text(ALPHABET, max_size=12)
headings = st.lists(st.sampled_from(["教", "教育", "育 教", "育*", "𫍯教𫍯"]), max_size=3)
Plan = list[tuple[str, list[str], int | None]]
"""Paragraphs of one document: text, headings above, and the place of a repair."""
plans: st.SearchStrategy[list[Plan]] = st.lists(
    st.lists(st.tuples(texts, headings, st.none() | st.integers(0, 11)), min_size=1, max_size=5), max_size=5
)
literals = st.text(ALPHABET.replace(" ", ""), min_size=1, max_size=5) | st.text(ALPHABET[:2], min_size=1, max_size=24)


def paragraphs_of(document: str, plan: Plan) -> Iterator[Paragraph]:
    for ordinal, (text, section, at) in enumerate(plan, 1):
        folded = text
        repairs: tuple[Repair, ...] = ()
        if at is not None and at < len(text) and text[at] not in " *":
            folded = text[:at] + "育" + text[at + 1 :]
            repairs = (Repair(at, at + 1, text[at], "育", "word"),)
        # A heading may have been repaired too: 𫍯 is read as 教.
        read = tuple(heading.replace("𫍯", "教") for heading in section)
        name = f"{document}-{ordinal}"
        yield Paragraph(name, document, ordinal, tuple(section), read, None, ((0, 0),), text, folded, repairs)


def scan(paragraphs: Sequence[Paragraph], literal: str, field: str | None) -> dict[int, int]:
    """Look a literal up the plain way."""

    def count(find: re.Pattern[str], name: str | None) -> Counter[int]:
        found: Counter[int] = Counter()
        for number, paragraph in enumerate(paragraphs):
            lines = []
            if name in (None, "body"):
                lines += sorted(both(paragraph.text, paragraph.folded))
            if name in (None, "section"):
                pairs = zip(paragraph.section, paragraph.section_folded, strict=True)
                lines += sorted(set().union(*(both(*pair) for pair in pairs)))
            found[number] = sum(len(find.findall(line)) for line in lines)
        return +found

    exact = re.compile(re.escape(literal))
    if is_wildcard(literal) and not count(exact, None):
        pieces = re.split(r"(?<!\*)\*(?!\*)", literal)
        gap = rf"[^。;!?]{{0,{GAP}}}?"
        pattern = gap.join(re.escape(piece) for piece in pieces if piece)
        return dict(count(re.compile(pattern), field))
    return dict(count(exact, field))


def both(text: str, folded: str) -> set[str]:
    return {compact(folded)[0], compact(fold_characters(text))[0]}


def written(folder: Path, name: str, paragraphs: Sequence[Paragraph], limits: Limits) -> SegmentQuotes:
    writer = QuotesWriter(limits)
    for paragraph in paragraphs:
        writer.add(paragraph)
    writer.write(folder / name)
    return SegmentQuotes(folder / name)


def found(index: QuotationIndex | SegmentQuotes, literal: str, field: str | None) -> dict[int, int]:
    numbers, counts = index.find(literal, field)
    assert numbers.dtype == counts.dtype == np.int32
    assert (np.diff(numbers) > 0).all()
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


@settings(max_examples=200)
@given(data=st.data())
def test_what_a_scan_finds_is_found_in_one_segment_in_several_and_merged(data: st.DataObject) -> None:
    limits = data.draw(st.sampled_from(SMALL), label="limits")
    segments = data.draw(st.lists(plans, min_size=1, max_size=3), label="segments")
    whole = [
        [paragraph for at, plan in enumerate(plan) for paragraph in paragraphs_of(f"{number}.{at}", plan)]
        for number, plan in enumerate(segments)
    ]
    everything = [paragraph for paragraphs in whole for paragraph in paragraphs]
    masks = [np.array([data.draw(st.integers(0, 3), label="kept") > 0 for _ in part], np.bool_) for part in whole]
    alive = [kept if data.draw(st.booleans(), label="masked") or not kept.all() else None for kept in masks]
    left = [
        paragraph
        for part, kept in zip(whole, masks, strict=True)
        for paragraph, is_kept in zip(part, kept, strict=True)
        if is_kept
    ]
    places = np.flatnonzero(np.concatenate(masks))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        opened = [written(folder, f"{at}", part, limits) for at, part in enumerate(whole)]
        merge_quotes(list(zip(opened, alive, strict=True)), folder / "merged", limits)
        merged = SegmentQuotes(folder / "merged")
        assert merged.count == len(left)
        for literal in data.draw(st.lists(literals, min_size=1, max_size=6), label="literals"):
            for field in (None, "body", "section"):
                expected = scan(left, literal, field)
                assert found(merged, literal, field) == expected
                assert found(QuotationIndex(opened), literal, field) == scan(everything, literal, field)
                in_place = {int(places[number]): count for number, count in expected.items()}
                assert found(QuotationIndex(opened, alive), literal, field) == in_place
                assert found(opened[0], literal, field) == scan(whole[0], literal, field)


@pytest.fixture(scope="module")
def sentences() -> list[Paragraph]:
    """Return 4,000 paragraphs of twenty words, so that whole phrases are common."""
    noise = random.Random(7)
    words = re.findall(
        r"\w+|\S", "义务教育 优质均衡 发展 学校 教师 推进 落实 的 和 提高 质量 全面 加强 培训 管理 2020 2021 , 。"
    )
    plan: Plan = [
        ("".join(noise.choices(words, k=noise.randint(1, 40))), [noise.choice(words)], None) for _ in range(4000)
    ]
    return [paragraph for at in range(0, 4000, 10) for paragraph in paragraphs_of(str(at), plan[at : at + 10])]


def test_common_phrases_and_long_ones_are_found(sentences: list[Paragraph], tmp_path: Path) -> None:
    segment = written(tmp_path, "words", sentences, Limits(lines=1500, few=50))
    noise = random.Random(11)
    lines = [paragraph.folded for paragraph in sentences]
    for length in [*range(1, 21), 40, 80]:
        text = noise.choice([each for each in lines if len(each) >= length])
        start = noise.randint(0, len(text) - length)
        for literal in (text[start : start + length], text[start : start + length][::-1]):
            assert found(segment, literal, None) == scan(sentences, literal, None)
    for literal in ("教*的", "的*和*的", "义务*均衡", "学校*", "2*2", "020*20"):
        assert found(segment, literal, "body") == scan(sentences, literal, "body")
    assert found(segment, "学*", None) == found(segment, "学", None)
    assert found(segment, "教育" * 5000, None) == found(segment, "", None) == found(segment, "教\n育", None) == {}


def test_a_text_without_end_is_found_to_its_end(tmp_path: Path) -> None:
    long = "".join(f"第{number}条" for number in range(30_000))
    segment = written(
        tmp_path, "long", list(paragraphs_of("d", [("教育", [], None), (long, [], None)])), Limits(characters=1000)
    )
    assert (
        found(segment, long, None) == found(segment, long[:10_000], None) == found(segment, "第29999条", None) == {1: 1}
    )
    assert found(segment, "第", None) == {1: 30_000}
    assert found(segment, long[100:10_100].replace("第777条", "第888条"), None) == {}


def test_shards_that_stay_as_they_are_are_copied(
    sentences: list[Paragraph], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(lines=500)
    parts = [written(tmp_path, str(at), sentences[at : at + 2000], limits) for at in (0, 2000)]
    kept = np.ones(2000, np.bool_)
    kept[700:710] = False
    sorted_anew: list[int] = []

    def counted(lines: Sequence[str], *more: Any) -> Shard:
        sorted_anew.append(len(lines))
        return make_shard(lines, *more)

    monkeypatch.setattr("indexer.whoosh_backend.quotations.writer.make_shard", counted)
    merge_quotes([(parts[0], None), (parts[1], kept)], tmp_path / "merged", limits)
    assert sum(sorted_anew) < 1500
    bodies = [len(shard.first) for shard in SegmentQuotes(tmp_path / "merged").shards("body")]
    assert bodies == [500] * 5 + [490, 500, 500]


def test_a_file_that_is_damaged_says_so_or_answers(sentences: list[Paragraph], tmp_path: Path) -> None:
    segment = written(tmp_path, "whole", sentences[:300], Limits())
    octets = (tmp_path / "whole").read_bytes()
    noise = random.Random(3)
    said = 0
    for turn in range(40):
        damaged = bytearray(octets)
        at = noise.randrange(len(damaged))
        damaged[at : at + 2000] = noise.randbytes(len(damaged[at : at + 2000]))
        path = tmp_path / str(turn)
        path.write_bytes(damaged)
        try:
            broken = SegmentQuotes(path)
            for literal in ("教", "教育", "义务教育优质均衡的发展", "学校*质量"):
                numbers, _ = broken.find(literal)
                assert len(numbers) <= segment.count
        except IndexBrokenError as error:
            said += str(path) in str(error)
    assert said
    with pytest.raises(IndexBrokenError):
        SegmentQuotes(tmp_path / "missing")
