"""Folding keeps length, looks at single characters, and repairs only what its neighbours prove."""

import json
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.fold import _in_gb2312, compact, fold, fold_characters, unresolved
from indexer.lookalikes import read_tables

CASES = json.loads((Path(__file__).parent / "cases" / "fold.json").read_text("utf-8"))
SEEDS = Path(__file__).parent.parent / "seeds"

# Text as the pages have it: any character, with look-alikes and common policy words often enough to meet each other.
FRAGMENTS = [
    "教育",
    "工作",
    "学校",
    "全面",
    "推进",
    "控制",
    "10%",
    "小学",
    "2017",
    "年",
    " ",
    "\n",
    "。",
    "囿于",
    "铨选",
    "Φ50",
]
TEXTS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(FRAGMENTS) | st.sampled_from(sorted(read_tables().known)) | st.characters(), max_size=12
    ).map("".join),
)


@pytest.mark.parametrize(("text", "folded"), CASES["characters"])
def test_characters_fold_one_for_one(text, folded):
    assert fold_characters(text) == folded


@pytest.mark.parametrize("case", CASES["seed_002"] + CASES["look_alikes"], ids=lambda case: case["text"])
def test_look_alikes_are_read_as_what_they_stand_for(case):
    outcome = fold(case["text"])
    assert outcome.text == case["folded"]
    assert [[r.start, r.original, r.replacement, r.rule] for r in outcome.repairs] == case["repairs"]


@pytest.mark.parametrize("text", CASES["correct"])
def test_correct_text_stays_as_it_is(text):
    assert fold(text).repairs == ()


def test_the_reposted_document_is_repaired_as_its_sentences_are():
    text = next(SEEDS.glob("002_*")).read_text("utf-8")
    repaired = [repair.original + repair.replacement for repair in fold(text).repairs]
    by_sentence = [pair[1] + pair[2] for case in CASES["seed_002"] for pair in case["repairs"]]
    assert sorted(repaired) == sorted(by_sentence)
    assert len(repaired) == 27
    assert unresolved(text) == ()


@pytest.mark.parametrize("name", ["000", "001", "003", "004"])
def test_documents_without_swapped_characters_have_no_repairs(name):
    assert fold(next(SEEDS.glob(f"{name}_*")).read_text("utf-8")).repairs == ()


def test_censored_words_are_never_filled_in():
    assert fold("加强热爱中国***的教育").text == "加强热爱中国***的教育"


def test_what_cannot_be_proved_is_listed_for_a_person():
    text = "城市哋一"
    assert fold(text).repairs == ()
    assert unresolved(text) == ((2, 3),)


def test_a_common_character_that_lacks_proof_is_listed():
    text = "语言文宇规范化"
    assert fold(text).repairs == ()
    assert unresolved(text) == ((3, 4),)


def test_a_repair_says_where_it_is_in_the_original():
    repair = fold("二、學前三年毛叺园率").repairs[0]
    assert (repair.start, repair.end, repair.original, repair.replacement) == (7, 8, "叺", "入")


def test_a_repair_may_prove_the_next_one():
    assert fold("全市大班额控制茬合悝范围").text == "全市大班额控制在合理范围"


def test_a_long_line_without_punctuation_takes_time_in_proportion():
    assert fold("毛叺园率" * 2000).text == "毛入园率" * 2000


@given(TEXTS)
def test_folding_keeps_length_and_does_nothing_the_second_time(text):
    folded = fold_characters(text)
    assert len(folded) == len(text)
    assert fold_characters(folded) == folded
    outcome = fold(text)
    assert len(outcome.text) == len(text)
    assert fold(outcome.text).text == outcome.text
    assert fold(outcome.text).repairs == ()


@given(st.text(), st.text())
def test_characters_fold_alike_wherever_a_string_is_cut(left, right):
    assert fold_characters(left + right) == fold_characters(left) + fold_characters(right)


@given(TEXTS)
def test_repairs_account_for_every_difference(text):
    outcome = fold(text)
    plain = fold_characters(text)
    differences = [at for at, char in enumerate(outcome.text) if char != plain[at]]
    assert [repair.start for repair in outcome.repairs] == differences
    for repair in outcome.repairs:
        assert repair.end == repair.start + 1
        assert repair.original == text[repair.start]
        assert repair.replacement == outcome.text[repair.start]


@given(TEXTS)
def test_compact_text_knows_where_its_characters_were(text):
    folded = fold_characters(text)
    joined, places = compact(folded)
    assert " " not in joined
    assert [folded[place] for place in places] == list(joined)
    assert folded.count(" ") == len(folded) - len(joined)


@settings(max_examples=50)
@given(st.lists(st.sampled_from(CASES["correct"]), max_size=6))
def test_correct_lines_stay_correct_together(lines):
    assert fold("。\n".join(lines)).repairs == ()


def test_every_code_point_folds_to_one_that_stays():
    everything = "".join(map(chr, range(0x30000)))
    folded = fold_characters(everything)
    assert len(folded) == len(everything)
    assert fold_characters(folded) == folded


def test_the_list_of_variants_holds_only_what_no_standard_has():
    for line in resources.files("indexer.data").joinpath("allographs.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            current, *variants = line.split()
            assert all(fold_characters(variant) == current for variant in variants)
            assert not any(_in_gb2312(variant) for variant in variants)


def test_look_alikes_are_listed_in_folded_form_and_never_as_common_characters():
    known = read_tables().known
    assert [char for char in known if fold_characters(char) != char] == []
    assert [char for char in known if char in set("".join(FRAGMENTS[:8]))] == []
    assert [char for char in known if char in read_tables().kept] == []
