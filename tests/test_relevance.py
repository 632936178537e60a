"""How well answers are ranked must not get worse unnoticed; the figures are of ``make eval``."""

import json
from pathlib import Path

import pytest

from benchmarks import relevance
from benchmarks.pooled import PairRanking, all_paragraphs, pool
from benchmarks.relevance import Figures, Row, engine, gain, means, measure, rows, search
from indexer.backend import SearchBackend

CASES = json.loads(relevance.CASES.read_text("utf-8"))
CITY_CASES = json.loads(relevance.CITY_CASES.read_text("utf-8"))

MEASURED = Figures(ndcg=0.946, recall=0.956, precision=0.945, empty=0, queries=133)
"""The whole engine on the five documents. Raise them when ranking improves, so that the improvement is kept."""
SLACK = 0.01

# What a trap must reach by itself: its mean among 133 others would hide it. nDCG@10 as measured.
TRAPS = {"务工": 1.0, "小学生托管": 1.0, "保育": 1.0, "职教": 0.98, "中考": 1.0, "国学": 0.85}

# Words in which the characters of another word stand side by side.
FALSE_FRIENDS = {
    "务工": ("服务工作", "业务工作"),
    "托管": ("委托管理",),
    "职教": ("在职教师", "专职教师"),
    "中考": ("高中考试",),
    "国学": ("全国学", "国小学"),
}


@pytest.fixture(scope="module")
def measured(backend: SearchBackend) -> list[Row]:
    return rows(engine(backend, CASES), CASES)


@pytest.mark.parametrize("figure", ["ndcg", "recall", "precision"])
def test_no_mean_falls(measured: list[Row], figure: str) -> None:
    assert getattr(means(measured), figure) >= getattr(MEASURED, figure) - SLACK


def test_no_more_queries_stay_empty(measured: list[Row]) -> None:
    figures = means(measured)
    assert figures.queries == MEASURED.queries
    assert figures.empty <= MEASURED.empty


def test_every_trap_among_the_cases_has_a_figure() -> None:
    assert {case["query"] for case in CASES if case["kind"] == "trap"} == set(TRAPS)


@pytest.mark.parametrize("query", TRAPS)
def test_a_trap_is_avoided_as_well_as_before(measured: list[Row], query: str) -> None:
    row = next(row for row in measured if row.case["query"] == query)
    assert row.ndcg >= TRAPS[query] - SLACK


@pytest.mark.parametrize("word", FALSE_FRIENDS)
def test_a_word_is_not_found_where_only_its_characters_meet(backend: SearchBackend, word: str) -> None:
    fooled = set()
    for identity, paragraph in all_paragraphs(backend).items():
        text = "\n".join((paragraph.folded, *paragraph.section_folded))
        without = text
        for friend in FALSE_FRIENDS[word]:
            without = without.replace(friend, "\n")
        if word in text and word not in without:
            fooled.add(identity)
    assert fooled, "no paragraph to be fooled by: the test would pass for any engine"
    assert fooled.isdisjoint(search(backend, word, expand=False))


def test_a_perfect_answer_measures_one_and_an_empty_one_nothing() -> None:
    case = {"query": "双减", "grades": {"a": 2, "b": 1, "c": 0}}
    best, none, turned = (measure(case, found) for found in (["a", "b"], [], ["c", "b", "a"]))
    assert best is not None
    assert none is not None
    assert turned is not None
    assert (best.ndcg, best.recall, best.precision) == (1, 1, 1)
    assert (none.ndcg, none.recall, none.precision) == (0, 0, 0)
    assert turned.ndcg == pytest.approx(gain([0, 1, 2]) / gain([2, 1]))


def test_what_nobody_judged_does_not_count_against_an_answer() -> None:
    case = {"query": "双减", "grades": {"a": 2, "b": 0}, "judged": 2}
    row = measure(case, ["unseen", "a", "b"])
    assert row is not None
    assert row.ndcg == 1
    assert row.judged == pytest.approx(2 / 3)


def test_a_query_with_nothing_to_find_is_left_out() -> None:
    assert measure({"query": "校园欺凌", "grades": {"a": 0}}, ["a"]) is None


def test_the_pooled_cases_say_what_was_judged() -> None:
    assert len(CITY_CASES) >= 45
    assert len({case["query"] for case in CITY_CASES}) == len(CITY_CASES)
    for case in CITY_CASES:
        assert case["judged"] == len(case["grades"]), case["query"]
        assert set(case["grades"].values()) <= {0, 1, 2}
        assert any(case["grades"].values()), case["query"]


def test_a_pool_holds_what_each_of_the_three_rankings_puts_first(backend: SearchBackend) -> None:
    plain = PairRanking(all_paragraphs(backend).values())
    found = pool(backend, plain, "随迁子女入学", 5)
    assert found == sorted(set(found))
    assert set(plain.answer("随迁子女入学", 5)) <= set(found)
    for expand in (True, False):
        assert set(search(backend, "随迁子女入学", expand=expand)[:5]) <= set(found)


def test_the_command_prints_a_line_a_part(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(relevance.ROOT) / "seeds"
    few = [case for case in CASES if case["query"] in ("务工", "职教", "教师 待遇")]
    with relevance.opened(folder) as opened:
        from benchmarks.switches import SWITCHES, print_table

        print_table(opened, few, rows(engine(opened, few), few))
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(SWITCHES) + 3
    assert all(f"without: {switch.name}" in line for switch, line in zip(SWITCHES, printed[2:], strict=False))
