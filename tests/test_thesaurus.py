"""What the words of a query are expanded to, and that no file that a person edits can stop a search."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import thesaurus
from indexer.analysis import terms, tokenize
from indexer.fold import fold_characters
from indexer.thesaurus import IN_ALL, MOST, digest, expansions, load, parse_thesaurus, problems

CASES = json.loads((Path(__file__).parent / "cases" / "thesaurus.json").read_text("utf-8"))
ENTRIES = load().entries
EVERY_TERM = sorted({term for entry in ENTRIES for term in (*entry.sources, *entry.targets)})


def expand(text: str, own: Path | None = None) -> tuple[thesaurus.Expansion, ...]:
    return expansions(terms(fold_characters(text)), own)


@pytest.fixture(autouse=True)
def _no_file_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(thesaurus.OWN, raising=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["typed"])
def test_a_query_is_expanded_as_the_case_says(case: dict[str, object]) -> None:
    found = {expansion.target: expansion for expansion in expand(str(case["typed"]))}
    targets = set(found)
    assert set(case.get("to", ())) <= targets  # type: ignore[call-overload]
    assert targets.isdisjoint(case.get("not", ()))  # type: ignore[arg-type]
    for target in case.get("converted", ()):  # type: ignore[attr-defined]
        assert found[target].scope == "converted"
    if case.get("only"):
        assert not targets


def test_every_line_of_our_own_file_can_be_used() -> None:
    assert problems() == ()
    assert len(ENTRIES) >= 350


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_keeps_the_rules_of_the_file(entry: thesaurus.Entry) -> None:
    assert entry.why
    low, high = (0.8, 0.95) if entry.kind == "equal" else (0.3, 0.6)
    assert low <= entry.weight <= high
    for term in (*entry.sources, *entry.targets):
        assert term == fold_characters(term)
        assert terms(term)
    # A line is worth having only if it finds something that was not found without it.
    assert any(expansions(terms(source)) for source in entry.sources)


def test_no_line_repeats_another_of_its_kind() -> None:
    pairs: dict[tuple[str, str, str], str] = {}
    for entry in ENTRIES:
        for source in entry.sources:
            for target in entry.targets:
                if source != target:
                    first = pairs.setdefault((source, target, entry.kind), entry.id)
                    assert first == entry.id, (source, target)


def test_a_term_is_not_swapped_for_one_that_the_typed_words_find_anyway() -> None:
    assert "进城务工人员随迁子女" not in {found.target for found in expand("随迁子女")}
    assert "随迁子女" in {found.target for found in expand("进城务工人员随迁子女")}


def test_the_longest_run_of_words_wins() -> None:
    assert {found.source for found in expand("农民工子女入学")} == {"农民工子女", "入学"}


def test_an_expansion_is_not_expanded_again() -> None:
    assert all(found.source in "打工子弟" for found in expand("打工子弟"))


def test_stop_words_inside_a_run_do_not_hide_it() -> None:
    assert {found.target for found in expand("教育的信息化")} == {found.target for found in expand("教育信息化")}
    assert {found.source for found in expand("教育的信息化")} == {"教育信息化"}


@given(st.lists(st.sampled_from(EVERY_TERM), min_size=1, max_size=8))
def test_whatever_is_typed_the_expansions_keep_their_promises(typed: list[str]) -> None:
    tokens = terms("".join(typed))
    found = expansions(tokens)
    assert len(found) <= IN_ALL
    assert all(count <= MOST for count in Counter(each.start for each in found).values())
    assert len({(each.start, each.id) for each in found}) == len(found)
    for each in found:
        assert 0 <= each.start < each.end <= len(tokens)
        assert 0 < each.weight < 1
        assert re.fullmatch(r"[a-z0-9-]+\.[a-z2-7]{4}", each.id)
        assert each.words
        assert all(each.words)
    spans = sorted({(each.start, each.end) for each in found})
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(st.text(max_size=60))
def test_any_text_can_be_expanded(text: str) -> None:
    expand(text)


@given(st.text(alphabet="ab高考国小|>-\t 0.9equalrtd#\n", max_size=200))
def test_any_file_is_read_or_its_lines_reported(text: str) -> None:
    entries, wrong = parse_thesaurus(text, "own.tsv")
    assert all(problem.line and not problem.fatal for problem in wrong)
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(entries) + len(wrong) == len(lines)


def test_a_name_belongs_to_one_target_of_an_entry() -> None:
    for entry in ENTRIES:
        names = {thesaurus._short_name(target) for target in entry.targets}
        assert len(names) == len(entry.targets), entry.id


def test_a_file_of_ones_own_adds_replaces_and_switches_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.tsv"
    own.write_text(
        "\ufeff# 我的词\n"
        "xiaxiang\tequal\t0.8\t-\t蝦鄉研學|研学旅行\t本地叫法\n"
        "tw-xiaoxue\tequal\t0\t-\t小学|国小\t不要\n",
        "utf-8",
    )
    assert problems(own) == ()
    assert [found.target for found in expand("虾乡研学", own)] == ["研学旅行"]
    assert expand("小学") != ()
    assert expand("小学", own) == ()
    assert digest(own) != digest()
    monkeypatch.setenv(thesaurus.OWN, str(own))
    assert digest() == digest(own)
    assert expand("小学") == ()
    own.write_text("tw-xiaoxue\tequal\t0.8\t-\t小学|完小\t本地叫法，比原来的长\n", "utf-8")
    assert [found.target for found in expand("小学")] == ["完小"]


def test_bad_lines_are_reported_with_their_numbers_and_the_others_used(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text(
        "good\tequal\t0.8\t-\t甲班|乙班\t好的\n"
        "two columns\n"
        "Bad Id\tequal\t0.8\t-\t甲|乙\t\n"
        "good\tequal\t0.8\t-\t丙|丁\t编号重复\n"
        "kind\tsame\t0.8\t-\t甲|乙\t\n"
        "weight\tequal\t1.0\t-\t甲|乙\t\n"
        "nan\tequal\tnan\t-\t甲|乙\t\n"
        "scope\tequal\t0.8\tall\t甲|乙\t\n"
        "one\tequal\t0.8\t-\t甲\t\n"
        "twice\tequal\t0.8\t-\t甲|甲\t\n"
        "empty\tequal\t0.8\t-\t甲|。\t\n"
        "arrows\tequal\t0.8\t-\t甲>乙>丙\t\n",
        "utf-8",
    )
    assert [problem.line for problem in problems(own)] == list(range(2, 13))
    assert all(problem.path == str(own) and not problem.fatal for problem in problems(own))
    assert [found.target for found in expand("甲班", own)] == ["乙班"]


def test_a_missing_or_unreadable_file_is_reported_and_ours_is_used(tmp_path: Path) -> None:
    bad = tmp_path / "gbk.tsv"
    bad.write_bytes("国小".encode("gbk"))
    for own in (tmp_path / "missing.tsv", tmp_path, bad):
        (problem,) = problems(own)
        assert problem.path == str(own)
        assert expand("小学", own) == expand("小学")


def test_loading_is_quick() -> None:
    terms("义务教育")
    times = []
    for _ in range(3):
        thesaurus._load.cache_clear()
        started = thread_time()
        load()
        times.append(thread_time() - started)
    assert min(times) < 0.3  # about 0.02 s of computing, whatever else runs


def test_every_term_stands_in_a_text_as_the_words_that_it_is_cut_into() -> None:
    for term in EVERY_TERM:
        for part in term.split():
            held = {token.term for token in tokenize(f"一是“{part}”。")}
            assert held.issuperset(terms(part)), part
