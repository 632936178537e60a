"""The measuring itself, on 200 generated paragraphs: what it asks, that engines agree, what it reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bench, report
from benchmarks.building import built, folder_of
from benchmarks.corpus_sample import Sample, generated_texts, paragraphs, prepare
from benchmarks.engines import ENGINES, installed, make_engine
from benchmarks.engines.protocol import Answer, Engine, QuerySpec, Row
from benchmarks.measure import compared, disagreements, measure
from benchmarks.plot import draw
from benchmarks.queries import CLASSES, choose, count_words
from indexer.analysis import terms

SIZE = 200
QUICK = tuple(name for name in installed() if name not in ("yaodian", "whoosh-plain"))
"""What builds in no time; the whole product and jieba's dictionary are loaded in one test each."""


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="session")
def sample(work: Path) -> Sample:
    return prepare(work, SIZE, None, workers=1)


@pytest.fixture(scope="session")
def questions(sample: Sample) -> dict[str, list[QuerySpec]]:
    return choose(count_words(sample.rows()), per_class=3)


def opened(work: Path, sample: Sample, names: tuple[str, ...]) -> dict[str, Engine]:
    engines = {}
    for name in names:
        built(work, sample, name)
        engines[name] = make_engine(name, folder_of(work, sample, name) / "index")
        engines[name].open()
    return engines


def holds(row: Row, spec: QuerySpec) -> bool:
    """Answer a question about one paragraph as its definition says: what every engine must agree with."""
    words = row.tokens.split(" ")
    if spec.operator == "phrase":
        length = len(spec.terms)
        found = any(tuple(words[at : at + length]) == spec.terms for at in range(len(words)))
    elif spec.operator == "prefix":
        found = any(word.startswith(spec.terms[0]) for word in words)
    elif spec.operator == "quotation":
        found = spec.terms[0] in row.text
    else:
        found = (all if spec.operator == "and" else any)(term in words for term in spec.terms)
    return (
        found
        and not any(term in words for term in spec.excluded)
        and spec.city in (None, row.city)
        and (spec.years is None or spec.years[0] <= row.year <= spec.years[1])
    )


def test_a_generated_corpus_is_the_same_every_time_and_has_places_and_years(sample: Sample) -> None:
    rows = list(sample.rows())
    assert len(rows) == sample.size == SIZE
    assert [row.text for row in rows] == [row.text for row in paragraphs(generated_texts(SIZE))][:SIZE]
    assert len({row.city for row in rows}) > 1
    assert all(2005 <= row.year <= 2024 for row in rows)
    assert all(row.tokens == " ".join(terms(row.text)) for row in rows)


def test_a_folder_of_json_lines_is_read_with_the_documents_of_cities_first(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    records = [
        {"title": "教师法", "text": "第一章 总则\n教师享有法律规定的权利，履行义务。\n短行"},
        {"title": "学生资助", "city": "武汉", "year": 2017, "text": "做好家庭经济困难学生资助工作，不让一个学生失学。"},
    ]
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (corpus / "texts.jsonl").write_text(lines, "utf-8")
    rows = list(prepare(tmp_path / "work", 10, corpus, workers=1).rows())
    assert [(row.city, row.year, row.section) for row in rows] == [("武汉市", 2017, ""), ("", 0, "第一章 总则")]
    assert rows[1].text == "教师享有法律规定的权利,履行义务。"
    with pytest.raises(FileNotFoundError, match="--corpus"):
        prepare(tmp_path / "work", 10, tmp_path / "work", workers=1)


def test_every_class_has_questions_and_the_same_ones_every_time(
    sample: Sample, questions: dict[str, list[QuerySpec]]
) -> None:
    assert list(questions) == list(CLASSES)
    script = (
        "import sys; from pathlib import Path; from benchmarks.corpus_sample import prepare; "
        "from benchmarks.queries import choose, count_words; "
        f"print(choose(count_words(prepare(Path(sys.argv[1]), {SIZE}, None).rows()), per_class=3))"
    )
    for seed in ("1", "2"):  # sets are ordered otherwise in every process
        ran = subprocess.run(
            [sys.executable, "-c", script, str(sample.path.parent)], capture_output=True, text=True, check=True,
            cwd=bench.ROOT, env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(bench.ROOT)},
        )  # fmt: skip
        assert ran.stdout.strip() == str(questions)
    rows = list(sample.rows())
    for kind, specs in questions.items():
        assert specs, kind
        if kind not in ("filtered", "not"):
            assert all(any(holds(row, spec) for row in rows) for spec in specs), kind


@pytest.mark.parametrize("name", QUICK)
def test_an_engine_finds_what_the_paragraphs_hold(
    work: Path, sample: Sample, questions: dict[str, list[QuerySpec]], name: str
) -> None:
    engine = opened(work, sample, (name,))[name]
    rows = list(sample.rows())
    asked = 0
    for specs in questions.values():
        for spec in specs:
            answer = engine.search(spec)
            if answer is None:
                continue
            asked += 1
            matching = [number for number, row in enumerate(rows) if holds(row, spec)]
            assert answer.total == len(matching), spec
            assert set(answer.top) <= set(matching), spec
            assert len(answer.top) == min(10, len(matching)), spec
            if engine.own_filter_ignored and spec.city is not None:
                continue
            assert answer.cities == Counter(rows[number].city for number in matching), spec
            assert answer.years == Counter(rows[number].year for number in matching), spec
    assert asked >= 6
    assert engine.size().words > 0
    engine.close()


def test_the_whole_product_answers_every_class_and_finds_no_less(
    work: Path, sample: Sample, questions: dict[str, list[QuerySpec]]
) -> None:
    engine = opened(work, sample, ("yaodian",))["yaodian"]
    rows = list(sample.rows())
    for kind, specs in questions.items():
        for spec in specs:
            answer = engine.search(spec)
            assert answer is not None
            if kind != "not":  # what is excluded stands inside longer words too
                assert answer.total >= sum(holds(row, spec) for row in rows), spec
            if kind == "quotation":
                assert answer.total == sum(holds(row, spec) for row in rows), spec
    engine.close()


def test_a_wrong_answer_is_told(work: Path, sample: Sample, questions: dict[str, list[QuerySpec]]) -> None:
    class Wrong:
        same_words = True
        own_filter_ignored = False

        def search(self, spec: QuerySpec) -> Answer | None:
            answer = right.search(spec)
            return None if answer is None else replace(answer, total=answer.total + 1)

    right = opened(work, sample, ("sqlite",))["sqlite"]
    engines = {"sqlite": right, "wrong": Wrong()}
    specs = questions["common"]
    measured = measure(engines, specs, 0.001)  # type: ignore[arg-type]
    told = disagreements(engines, specs, measured)  # type: ignore[arg-type]
    assert [each["differ"] for each in told] == [["total"]] * len(specs)
    assert compared(engines, measured) == len(specs)  # type: ignore[arg-type]
    right.close()


def test_an_engine_that_cannot_ask_is_left_out_of_the_times(
    work: Path, sample: Sample, questions: dict[str, list[QuerySpec]]
) -> None:
    engines = opened(work, sample, ("sqlite",))
    assert measure(engines, questions["quotation"], 0.001).times == {}
    figures = measure(engines, questions["rare"], 0.001).times["sqlite"].figures()
    assert 0 < figures["p50"] <= figures["p95"]
    assert figures["answers"] >= 5
    engines["sqlite"].close()


def test_the_harness_measures_reports_and_leaves_the_papers_alone(work: Path) -> None:
    results = work / "results.json"
    command = [sys.executable, "-m", "benchmarks.bench", "--sizes", str(SIZE), "--engines", "sqlite,yaodian"]
    command += ["--classes", "rare,phrase2", "--seconds-per-class", "0.001", "--request-seconds", "0.2"]
    command += ["--generated", "--work", str(work), "--results", str(results)]
    papers = [paper.read_text("utf-8") for paper in report.PAPERS]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=bench.ROOT, timeout=240, check=False)
    assert ran.returncode == 0, ran.stderr
    assert papers == [paper.read_text("utf-8") for paper in report.PAPERS]
    measured = json.loads(results.read_text("utf-8"))["sizes"][str(SIZE)]
    assert measured["corpus"]["kind"] == "generated"
    assert set(measured["classes"]) == {"rare", "phrase2"}
    assert set(measured["classes"]["rare"]["times"]) == {"sqlite", "yaodian"}
    assert measured["engines"]["yaodian"]["process"]["bytes"] > 1_000_000
    assert measured["requests"]["16"]["search"]["requests"] > 0
    assert measured["request_parts"]["rare"]["whole"] > 0
    assert str(work) not in json.dumps(measured)
    for name in report.TABLES:
        assert f"## {name}" in ran.stdout


def test_the_figures_that_are_kept_make_the_tables_of_the_papers() -> None:
    results = json.loads(bench.RESULTS.read_text("utf-8"))
    for paper in report.PAPERS:
        text = paper.read_text("utf-8")
        assert "<!-- bench " in text
        assert report.refresh(text, results) == text
    assert report.PLOT.read_text("utf-8") == draw(results)
    for measured in results["sizes"].values():
        assert measured["disagreements"] == []
        assert measured["compared"] > 100
        assert set(measured["engines"]) <= set(ENGINES)


def test_a_mark_that_names_no_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        report.refresh("<!-- bench nothing -->\n<!-- end of bench -->", {"sizes": {}})
