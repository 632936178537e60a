"""Paragraphs are found again in a document that changed, and none is taken for another."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks.anchoring import EDITS, Edited, Traced, outcomes
from indexer.anchoring import Anchor, Stream, align, anchor, follow, snapshot_of
from indexer.anchoring.edits import distance, locate, similarity
from indexer.anchoring.lineage import Candidate, successor
from indexer.models import Document, SourceText
from indexer.reading import read_document

CASES = json.loads((Path(__file__).parent / "cases" / "anchoring.json").read_text("utf-8"))
SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
WRONG = {"wrong", "wrong text"}


def document(text: str, path: str = "plan.txt") -> Document:
    return read_document(SourceText(path, "", "utf-8", text))


def seed(number: int) -> Document:
    return document(SEEDS[number].read_text("utf-8"), SEEDS[number].name)


def edited(old: Document, edit: Edited, rng: random.Random) -> tuple[Document, Traced]:
    letters = "".join(char for char in old.source.text if char.isalnum())
    traced: Traced = list(zip(old.source.text, range(len(old.source.text)), strict=True))
    text = edit.apply(traced, [(each.start, each.end) for each in old.paragraphs], rng, letters)
    return document("".join(char for char, _ in text)), text


def described(new: Document, found: Anchor) -> list[object]:
    if found.main is None:
        return [found.kind]
    return [found.kind, *("".join(new.paragraphs[part.number].text.split()) for part in found.parts)]


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_a_case_is_followed(case: dict[str, list[str] | str | list[list[str]]]) -> None:
    old, new = (document("\n".join(case[name])) for name in ("before", "after"))  # type: ignore[arg-type]
    assert ["".join(each.text.split()) for each in old.paragraphs] == case["paragraphs"]
    found = follow(Stream(snapshot_of(old)), Stream(snapshot_of(new)))
    assert [described(new, each) for each in found] == case["found"]


def test_nothing_changed_is_all_the_same() -> None:
    for number in range(len(SEEDS)):
        old = Stream(snapshot_of(seed(number)))
        found = follow(old, Stream(snapshot_of(seed(number))))
        assert [(each.kind, each.main) for each in found] == [("same", at) for at in range(len(old))]


@pytest.mark.parametrize("edit", EDITS, ids=[edit.name for edit in EDITS])
def test_planted_edits_are_followed_and_none_wrongly(edit: Edited) -> None:
    counts: Counter[str] = Counter()
    for number in range(len(SEEDS)):
        old = seed(number)
        new, text = edited(old, edit, random.Random(f"{edit.name} {number}"))
        counts.update(outcomes(old, new, text, follow(Stream(snapshot_of(old)), Stream(snapshot_of(new)))))
    assert not WRONG & set(counts), counts
    assert counts["missed"] + counts["part"] <= 0.05 * counts.total(), counts


@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, len(SEEDS) - 1), st.lists(st.sampled_from(EDITS), min_size=1, max_size=3), st.integers(0, 10**6))
def test_whatever_is_edited_no_paragraph_is_taken_for_another(number: int, edits: list[Edited], chance: int) -> None:
    old = new = seed(number)
    rng = random.Random(chance)
    text: Traced = list(zip(old.source.text, range(len(old.source.text)), strict=True))
    for edit in edits:
        before = text
        new, step = edited(new, edit, rng)
        text = [(char, before[at][1] if at >= 0 else -1) for char, at in step]
        if not new.paragraphs:
            return
    found = follow(Stream(snapshot_of(old)), Stream(snapshot_of(new)))
    assert not WRONG & set(outcomes(old, new, text, found))
    taken = Counter(at for each in found for low, high in each.spans for at in range(low, high))
    assert max(taken.values(), default=1) == 1
    for each, paragraph in zip(found, old.paragraphs, strict=True):
        shown = "".join(new.source.text[low:high] for low, high in each.spans)
        same = "".join(shown.split()) == "".join(paragraph.text.split())
        assert same or each.kind in ("changed", "none")


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_a_quotation_alone_finds_its_paragraph(number: int) -> None:
    old = seed(number)
    edit = next(edit for edit in EDITS if edit.name == "one paragraph in 4, 10 %")
    new, text = edited(old, edit, random.Random(number))
    stream, saved = Stream(snapshot_of(new)), snapshot_of(old)
    found = [anchor(saved.evidence(at), stream) for at in range(len(saved.passages))]
    counts = Counter(outcomes(old, new, text, found))
    assert not WRONG & set(counts), counts
    assert counts["right"] >= 0.9 * counts.total(), counts


def test_a_quotation_alone_is_not_found_in_another_plan() -> None:
    """Of the five documents none has a paragraph of another, changed or not."""
    streams = [Stream(snapshot_of(seed(number))) for number in range(len(SEEDS))]
    for ours, old in enumerate(streams):
        for theirs, new in enumerate(streams):
            if ours != theirs:
                found = [anchor(old.snapshot.evidence(at), new) for at in range(len(old))]
                assert {each.kind for each in found} == {"none"}


def test_white_space_is_no_change() -> None:
    old = document("1.落实控辍保学责任，做好学生资助工作。\n2.做好招生工作，严格执行招生政策。\n")
    new = document("1. 落实控辍保学责任，做好学生资助工作。\r\n\r\n2.做好招生 工作，严格执行招生政策。\r\n")
    found = follow(Stream(snapshot_of(old)), Stream(snapshot_of(new)))
    assert [each.kind for each in found] == ["same", "same"]
    assert found[1].spans == tuple(new.paragraphs[1].segments)


@given(st.text("一二三四", max_size=12), st.text("一二三四", max_size=12))
def test_distance_is_that_of_levenshtein(one: str, other: str) -> None:
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        last, row[0] = row[0], at
        for column, theirs in enumerate(other, 1):
            last, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, last + (char != theirs))
    assert distance(one, other) == row[-1]


@given(st.text("一二三四", min_size=1, max_size=8), st.text("一二三四", max_size=20))
def test_the_place_with_the_fewest_edits_is_found(pattern: str, text: str) -> None:
    edits, start, end = locate(pattern, text)
    least = min(distance(pattern, text[a:b]) for a in range(len(text) + 1) for b in range(a, len(text) + 1))
    assert edits == least == distance(pattern, text[start:end])


def test_next_years_plan_under_the_same_name_is_no_successor() -> None:
    shared = "深入贯彻落实习近平总书记关于教育的重要论述。\n"
    old = document(
        "武汉市教育局2023年工作要点\n1.建成教联体20个，覆盖学校六十所。\n2.新增幼儿园学位三千个。\n" + shared
    )
    new = document("武汉市教育局2024年工作要点\n1.召开全市教育大会。\n2.实施县中振兴行动，培育特色高中。\n" + shared)
    assert successor(old, [Candidate(new, added=True)]) is None


def test_a_document_with_the_same_paragraphs_from_another_city_is_no_successor() -> None:
    body = "1.落实控辍保学责任，做好学生资助工作。\n2.做好招生工作，严格执行招生政策。\n3.做好安全工作。\n"
    old = document("武汉市教育局2024年工作要点\n" + body, "wuhan.txt")
    new = document("黄石市教育局2024年工作要点\n" + body, "huangshi.txt")
    assert new.metadata.city == "黄石市"
    assert successor(old, [Candidate(new, added=True)]) is None
    assert successor(old, [Candidate(new, added=False)]) is None


def test_a_renamed_and_corrected_document_has_a_successor() -> None:
    body = "武汉市教育局2024年工作要点\n1.落实控辍保学责任，做好学生资助工作。\n2.做好招生工作，严格执行招生政策。\n"
    old = document(body, "a.txt")
    new = document(body.replace("严格", "坚决"), "b.txt")
    assert successor(old, [Candidate(new, added=True)]) == new.id


def test_the_cells_of_a_long_table_cost_as_much_each_as_those_of_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal paragraphs were held against each other, all with all: 400 of them took 44 s."""
    compared = 0

    def counted(one: str, other: str) -> float:
        nonlocal compared
        compared += 1
        return similarity(one, other)

    monkeypatch.setattr(align, "_similarity", counted)

    def cost(rows: int, more: int) -> float:
        nonlocal compared
        compared = 0
        first = "某市教育局2017年工作要点\n一、工作\n1.落实控辍保学责任，动态清零。\n"
        old = document(first + "（一）已经达标。\n" * rows)
        new = document(first.replace("动态", "全部") + "（一）已经达标。\n" * (rows + more))
        found = follow(Stream(snapshot_of(old)), Stream(snapshot_of(new)))
        assert [each.kind for each in found] == ["changed", *["same"] * rows]
        assert len({each.main for each in found}) == rows + 1, "no place is taken twice"
        return compared / rows

    assert cost(400, 3) < 2 * cost(100, 3)
