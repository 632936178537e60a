"""What a search finds, as people ask for it, over the real index of the five documents."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from indexer.backend import ResultPage, SearchBackend, open_backend
from indexer.errors import QuerySyntaxError
from indexer.finding import find
from indexer.highlight import highlight, highlight_expansions
from indexer.pipeline import build
from indexer.query import Filters, parse_query
from tests.conftest import SEEDS

TYPED = {"expand": False}


def search(backend: SearchBackend, text: str, **options: object) -> ResultPage:
    return backend.search(parse_query(text, per_page=100, **options))  # type: ignore[arg-type]


def ids(page: ResultPage) -> set[str]:
    return {hit.paragraph.id for hit in page.hits}


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> SearchBackend:
    folder = tmp_path_factory.mktemp("numbers")
    texts = [
        "义务教育巩固率达到百分之九十五。",
        "义务教育巩固率达到95%。",
        "义务教育巩固率达到９５．０％。",
        "义务教育巩固率达到百分之九十六。",
        "投入资金3000万元。",
        "投入资金三千万元。",
        "投入资金０．３亿元。",
        "二〇一七年建成十三所学校。",
        "2017年建成13所学校。",
        "三年级学生参加3年行动计划。",
        "城市建设与教育规划同步。",
    ]
    lines = [{"title": f"第{number}份工作要点", "text": text} for number, text in enumerate(texts)]
    (folder / "n.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    build([folder], folder / "index")
    return open_backend(folder / "index")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("95%", 3),
        ("百分之九十五", 3),
        ("９５％", 3),
        ("3000万元", 3),
        ("三千万元", 3),
        ("2017年", 2),
        ("2017", 1),
        ("13所", 2),
        ("十三所 学校", 2),
        ("三年级", 1),
    ],
)
def test_a_number_is_found_in_any_writing_and_lit_as_it_stands(numbers: SearchBackend, query: str, found: int) -> None:
    page = search(numbers, query, **TYPED)
    assert (page.total, page.relaxed) == (found, None)
    for hit in page.hits:
        spans = highlight(hit.paragraph.text, hit.paragraph.folded, page.matched)
        lit = " ".join(hit.paragraph.text[start:end] for start, end in spans)
        assert any(character in lit for character in "0123456789０１２３４５６７８９百千十三〇")


def test_a_word_that_is_nowhere_is_looked_for_by_the_words_inside_it(numbers: SearchBackend) -> None:
    page = search(numbers, "城市规划", **TYPED)
    assert page.relaxed is not None
    assert [hit.paragraph.text for hit in page.hits][:1] == ["城市建设与教育规划同步。"]


@pytest.mark.parametrize(("query", "never"), [("务工", "服务工作"), ("中考", "普通高中考试")])
def test_a_word_is_not_found_across_the_cut_of_two_others(backend: SearchBackend, query: str, never: str) -> None:
    page = search(backend, query, **TYPED)
    assert page.total
    for hit in page.hits:
        for start, _ in highlight(hit.paragraph.text, hit.paragraph.folded, page.matched):
            assert never not in hit.paragraph.folded[max(0, start - 4) : start + 5]
    quoted = search(backend, f"“{query}”")
    assert ids(page) <= ids(quoted)
    assert any(never in hit.paragraph.folded for hit in quoted.hits) or query == "中考"


def test_any_script_finds_the_same(backend: SearchBackend) -> None:
    for simplified, traditional in (("随迁子女", "隨遷子女"), ("学籍管理", "學籍管理"), ("控辍保学", "控輟保學")):
        first, second = search(backend, simplified), search(backend, traditional)
        assert [hit.paragraph.id for hit in first.hits] == [hit.paragraph.id for hit in second.hits]
        assert first.total


def test_every_word_first_and_relaxed_only_when_there_is_nothing(backend: SearchBackend) -> None:
    page = search(backend, "研学旅行 实验区", **TYPED)
    assert page.relaxed is None
    assert page.total
    relaxed = search(backend, "研学旅行 近视防控", **TYPED)
    assert relaxed.relaxed is not None
    assert relaxed.relaxed.dropped
    assert relaxed.total
    assert {step.step for step in relaxed.steps} == {"near", "all", "most", "any"}
    for step in relaxed.steps:
        assert search(backend, "研学旅行 近视防控", relax=step.step, **TYPED).total == step.total


def test_small_words_and_questions_are_not_insisted_on_beside_what_is_expanded(backend: SearchBackend) -> None:
    assert {word.text for word in search(backend, "教师的培训").words}.isdisjoint({"的"})
    assert "怎样" not in {word.text for word in search(backend, "怎样减轻学生作业负担").words}
    page = search(backend, "校车安全怎么管理")
    assert {word.text for word in page.words} == {"校车", "安全", "管理"}
    assert page.relaxed is not None
    assert "一句话" in page.relaxed.why


def test_in_a_sentence_only_what_it_is_about_is_looked_for(backend: SearchBackend) -> None:
    page = search(backend, "孩子在学校被同学欺负了", **TYPED)
    assert {word.text for word in page.words} == {"学校", "同学", "欺负"}
    assert {word.text for word in search(backend, "孩子 欺负", **TYPED).words} == {"孩子", "欺负"}


def test_words_are_given_up_by_the_wording_that_is_found(backend: SearchBackend) -> None:
    """反腐败 is in no paragraph, but other words for it are: those count, not the 腐败 inside it."""
    page = search(backend, "反腐败 研学旅行 体质健康 随迁子女", relax="any")
    texts = [hit.paragraph.folded for hit in page.hits]
    assert any("党风廉政" in text for text in texts)
    assert any("从严治党" in text for text in texts)


def test_a_word_or_term_that_is_nowhere_is_looked_for_by_what_is_in_it(backend: SearchBackend) -> None:
    for query, inside in (("作业量", "作业"), ("师德考核", "师德")):
        page = search(backend, query)
        assert page.total, query
        assert page.relaxed is not None
        assert all(inside in hit.paragraph.folded or "考核" in hit.paragraph.folded for hit in page.hits)


def test_a_word_that_no_paragraph_holds_does_not_count_against_the_others(backend: SearchBackend) -> None:
    with_others = search(backend, "研学旅行 实验区 潜水艇 飞碟 火箭筒", relax="most", **TYPED)
    alone = search(backend, "研学旅行 实验区", relax="most", **TYPED)
    assert ids(with_others) == ids(alone)
    assert alone.total


def test_filters_are_never_given_up(backend: SearchBackend) -> None:
    page = search(backend, "研学旅行 近视防控", filters=Filters(cities=("武汉市",)))
    assert {hit.document.metadata.city for hit in page.hits} == {"武汉市"}


def test_the_place_and_year_of_the_document_count_as_said(backend: SearchBackend) -> None:
    page = search(backend, "2017年 武汉 学区制")
    assert page.relaxed is None
    assert {hit.document.metadata.city for hit in page.hits} == {"武汉市"}
    without = search(backend, "随迁子女 -武汉")
    assert without.total
    assert "武汉市" not in {hit.document.metadata.city for hit in without.hits}


def test_facets_ignore_their_own_selection_and_agree_with_searching(backend: SearchBackend) -> None:
    everything = search(backend, "教师")
    facets = dict(everything.facets)
    for value in facets["city"]:
        city = value.value if isinstance(value.value, str) else "~none"
        page = search(backend, "教师", filters=Filters(cities=(city,)))
        assert page.total == value.count
        assert dict(page.facets)["city"] == facets["city"]
    for value in facets["year"]:
        assert isinstance(value.value, int)
        page = search(backend, "教师", filters=Filters(years=((value.value, value.value),)))
        assert page.total == value.count
        assert dict(page.facets)["year"] == facets["year"]


def test_paging_gives_every_hit_once(backend: SearchBackend) -> None:
    for sort in ("relevance", "newest", "oldest"):
        seen = []
        for page in range(1, 100):
            found = backend.search(parse_query("教育", sort=sort, page=page, per_page=7))  # type: ignore[arg-type]
            if not found.hits:
                break
            seen += [hit.paragraph.id for hit in found.hits]
        assert len(seen) == len(set(seen)) == found.total


def test_sorting_by_year_puts_the_unknown_last(backend: SearchBackend) -> None:
    newest = [max(hit.document.metadata.years, default=0) for hit in search(backend, "教师", sort="newest").hits]
    assert newest == sorted(newest, reverse=True)
    oldest = [max(hit.document.metadata.years, default=9999) for hit in search(backend, "教师", sort="oldest").hits]
    assert oldest == sorted(oldest)


def test_expansions_are_lit_apart_and_switched_off_one_by_one(backend: SearchBackend) -> None:
    page = search(backend, "随迁子女")
    typed = search(backend, "随迁子女", **TYPED)
    assert ids(typed) < ids(page)
    for hit in page.hits:
        converted = hit.document.metadata.converted
        spans = highlight(hit.paragraph.text, hit.paragraph.folded, page.matched)
        also = highlight_expansions(hit.paragraph.text, hit.paragraph.folded, page.matched, converted=converted)
        headings = any("随迁子女" in heading for heading in hit.paragraph.section_folded)
        assert spans or also or headings
        assert bool(spans) or headings or hit.paragraph.id not in ids(typed)
    every = tuple(expanded.expansion.id for expanded in page.expanded)
    assert ids(search(backend, "随迁子女", off=every)) == ids(typed)


def test_typed_words_only_means_that_every_hit_holds_them(backend: SearchBackend) -> None:
    for query in ("武汉 研学", "2017年 教师", "小学 招生"):
        words = query.split()
        page = search(backend, query, **TYPED)
        assert page.relaxed is None
        for hit in page.hits:
            held = hit.paragraph.folded + "".join(hit.paragraph.section_folded)
            assert all(word in held for word in words)
    assert find(backend, parse_query("控缀保学", **TYPED)).used is None  # type: ignore[arg-type]


def test_a_score_is_the_sum_of_its_parts(backend: SearchBackend) -> None:
    for query in ("随迁子女 入学", "武汉 研学旅行 实践", "“教师” 培训"):
        for hit in search(backend, query).hits:
            assert sum(part.score for part in hit.parts) <= hit.score + 0.01
            assert all(part.score > 0 for part in hit.parts if part.held == "text")
            assert all(part.score == 0 for part in hit.parts if part.held == "nowhere")


@settings(max_examples=150)
@given(st.text(st.sampled_from(list("教育随迁子女高中OR NEAR/5-“”()（）*：城市年份:2017.. %")), max_size=40))
def test_any_query_is_answered_or_refused_with_a_position(backend: SearchBackend, text: str) -> None:
    try:
        query = parse_query(text)
    except QuerySyntaxError as error:
        event(f"refused at {error.position}")
        return
    page = backend.search(query)
    assert len(page.hits) == min(page.total, 10)


_NEIGHBOURS = """
import sys
from indexer.query import parse_query
from indexer.whoosh_backend.open_build import OpenBuild
from indexer.builds import current_build
from pathlib import Path
build = OpenBuild(current_build(Path(sys.argv[1])))
print([weight for _, weight in build.evaluator.evaluate(parse_query(sys.argv[2]).root).neighbours])
"""


def test_scores_are_added_in_the_same_order_in_every_process(index: Path) -> None:
    """Sums of floating point numbers differ by their order: hits that score alike would change places."""
    passage = "大力推进城镇义务教育学校建设，完善随迁子女就学保障机制，落实教师培训和家庭经济困难学生资助工作"
    said = {
        subprocess.run(
            [sys.executable, "-c", _NEIGHBOURS, str(index), passage],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in (1, 2)
    }
    assert len(said) == 1
    assert len(json.loads(said.pop())) > 5


def test_a_passage_of_thousands_of_words_is_looked_for_by_its_rarest(backend: SearchBackend) -> None:
    passage = "".join(next(SEEDS.glob("004*")).read_text("utf-8").split()).replace("*", "")[500:5000]
    page = search(backend, passage)
    assert page.relaxed is not None
    assert "没有检索" in page.relaxed.why
    assert page.total
