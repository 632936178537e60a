"""What two texts share, and where they differ, as a reader sees it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.diff import SHORTEST, Change, align, cut_pieces, diff
from indexer.fold import compact, fold_characters

CASES = json.loads((Path(__file__).parent / "cases" / "diff.json").read_text("utf-8"))
MARKS = {"equal": "{}", "insert": "[+{}]", "delete": "[-{}]"}
# Few characters, so that texts have much in common; a Traditional form, signs and blanks among them.
TEXTS = st.text(st.sampled_from("教育學学生的义务公平,。、 \n5%a"), max_size=40)


def changes(left: str, right: str) -> tuple[Change, ...]:
    return diff(left, fold_characters(left), right, fold_characters(right))


def visible(text: str) -> str:
    return compact(fold_characters(text))[0]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_a_difference_is_shown_as_a_person_would_mark_it(case: dict[str, str]) -> None:
    found = changes(case["left"], case["right"])
    assert "".join(MARKS[change.op].format(change.text) for change in found) == case["diff"]


@given(TEXTS | st.text(max_size=30), TEXTS | st.text(max_size=30))
def test_nothing_is_lost_or_made_up(left: str, right: str) -> None:
    found = changes(left, right)
    assert "".join(change.text for change in found if change.op != "delete") == right
    assert visible("".join(change.text for change in found if change.op != "insert")) == visible(left)
    for change in found:
        assert change.text == (left if change.op == "delete" else right)[change.start : change.end]
        assert change.text


@given(TEXTS, TEXTS)
def test_changes_stand_apart_and_a_deletion_comes_before_its_insertion(left: str, right: str) -> None:
    operations = [change.op for change in changes(left, right)]
    assert all(pair in (("equal", "insert"), ("equal", "delete"), ("delete", "insert"), ("delete", "equal"),
                        ("insert", "equal")) for pair in pairwise(operations))  # fmt: skip


@given(TEXTS, TEXTS)
def test_no_lone_character_stands_between_changes(left: str, right: str) -> None:
    for change in changes(left, right)[1:-1]:
        assert change.op != "equal" or len(visible(change.text)) >= SHORTEST


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(change.op == "equal" for change in changes(text, text) if visible(change.text))


def score(left: Sequence[str], pairs: Sequence[tuple[int, int]]) -> int:
    together = sum((c, d) == (a + 1, b + 1) for (a, b), (c, d) in pairwise(pairs))
    return sum(len(left[i]) for i, _ in pairs) + together


def best_score(left: Sequence[str], right: Sequence[str]) -> int:
    """Try every pairing, by recursion: what the fast table is held against."""

    @cache
    def best(i: int, j: int, together: bool) -> int:
        if i == len(left) or j == len(right):
            return 0
        skipped = max(best(i + 1, j, False), best(i, j + 1, False))
        if left[i] != right[j]:
            return skipped
        return max(skipped, len(left[i]) + together + best(i + 1, j + 1, True))

    return best(0, 0, False)


WORDS = st.lists(st.sampled_from(["教育", "义务教育", "公平", "推进", "学", "生", "的"]), max_size=14)


@given(WORDS, WORDS)
def test_pairs_are_of_equal_words_in_order(left: list[str], right: list[str]) -> None:
    pairs = align(left, right)
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@given(WORDS, WORDS)
def test_no_alignment_has_more_in_common_and_holds_together_better(left: list[str], right: list[str]) -> None:
    assert score(left, align(left, right)) == best_score(left, right)


@given(st.text())
def test_pieces_leave_nothing_out(text: str) -> None:
    whole = visible(text)
    assert "".join(whole[start:end] for start, end in cut_pieces(whole)) == whole
