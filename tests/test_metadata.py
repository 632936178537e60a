"""What a text says about itself: the cases in ``cases/metadata.json``, corrections, and what holds for every text."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.corpus import CorpusReader
from indexer.corpus_csv import Correction, corrected, read_corrections
from indexer.fold import fold_characters
from indexer.metadata import read_metadata
from indexer.models import Metadata, Segmentation, SourceText
from indexer.segment import segment

HERE = Path(__file__).parent
SEEDS = HERE.parent / "seeds"
CASES = json.loads((HERE / "cases" / "metadata.json").read_text("utf-8"))
NOTHING_FOUND = Segmentation((), (), (), ())


def read(text: str, given: dict[str, Any] | None = None, found: Segmentation | None = None) -> Metadata:
    fields = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in (given or {}).items())
    source = SourceText("a.txt", "", "utf-8", text, given=fields)
    return read_metadata(source, segment(text) if found is None else found, fold_characters(text))


def text_of(case: dict[str, Any]) -> str:
    if "file" in case:
        return (SEEDS / case["file"]).read_bytes().decode("utf-8-sig")
    return "\n".join(case["text"])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    metadata = read(text_of(case), case.get("given"))
    expected = {name: tuple(value) if isinstance(value, list) else value for name, value in case["expect"].items()}
    assert {name: getattr(metadata, name) for name in expected} == expected
    assert set(metadata.inferred) & set(expected) == set(case["inferred"])


@pytest.mark.parametrize("case", [case for case in CASES if "file" in case], ids=lambda case: case["file"])
def test_the_five_are_read_rightly_where_segmentation_found_nothing(case: dict[str, Any]) -> None:
    metadata = read(text_of(case), found=NOTHING_FOUND)
    names = ("title", "province", "city", "district", "years", "published")
    expected = {name: tuple(v) if isinstance(v, list) else v for name, v in case["expect"].items() if name in names}
    assert {name: getattr(metadata, name) for name in expected} == expected


def test_evidence_points_at_what_was_read() -> None:
    text = text_of(CASES[0])
    evidence = dict(read(text).evidence)
    assert text[evidence["published"].start : evidence["published"].end] == "2017-08-24"
    assert text[evidence["issuer"].start : evidence["issuer"].end] == "武汉市教育局"
    assert text[evidence["years"].start : evidence["years"].end] == "2017—2018学年度"


WORDS = "武汉市 鼓楼区 昆山 教育局 工作要点 《 》 全市 我区 。 現將 的通知 （ ） 一、 国小 國小 今年 十四五"
LABELS = "发布日期: 发文单位 来源: 主办单位: 2017—2018学年度 2024年 二〇二四年三月八日 2017816 2月30日"
PIECES = [*WORDS.split(), *LABELS.split(), "\n", "\r\n", " "]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=40).map("".join))
@example("*")
@example(" ?0")
def test_any_text_is_read_and_evidence_stays_inside_it(text: str) -> None:
    for found in (segment(text), NOTHING_FOUND):
        metadata = read(text, found=found)
        assert metadata.title
        assert metadata.published is None or date.fromisoformat(metadata.published)
        assert metadata.years == tuple(sorted(set(metadata.years)))
        assert metadata.district is None or metadata.city
        assert metadata.city is None or metadata.province
        for name, evidence in metadata.evidence:
            assert getattr(metadata, name)
            if evidence.start is not None and evidence.end is not None:
                assert 0 <= evidence.start < evidence.end <= len(text)


HEADER = "path,sha256,title,issuer,province,city,district,years,published,source_url\n"


def correct(tmp_path: Path, rows: str, encoding: str = "utf-8") -> Any:
    path = tmp_path / "corpus.csv"
    path.write_bytes((HEADER + rows).encode(encoding))
    return read_corrections(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_correction_is_found_by_path_or_digest_and_wins(tmp_path: Path, encoding: str) -> None:
    corrections, problems = correct(tmp_path, "a.txt,ABC,,青浦区教育局,,,青浦,2017..2018,~none,\n", encoding)
    assert not problems
    assert corrections["a.txt"] is corrections["abc"]
    metadata = corrected(Metadata("要点", years=(2016,), published="2016-01-01", city="武汉市"), corrections["a.txt"])
    assert (metadata.title, metadata.issuer, metadata.years, metadata.published) == (
        "要点",
        "青浦区教育局",
        (2017, 2018),
        None,
    )
    assert (metadata.province, metadata.city, metadata.district) == ("上海市", "上海市", "青浦区")
    assert {name: rule.rule for name, rule in metadata.evidence}["issuer"] == "corpus.csv"
    assert not metadata.inferred


@pytest.mark.parametrize(
    ("cell", "years"),
    [("2017", (2017,)), ("2017 2018", (2017, 2018)), ("2017;2018", (2017, 2018)), ("2017..2019", (2017, 2018, 2019))],
)
def test_years_are_written_as_people_write_them(tmp_path: Path, cell: str, years: tuple[int, ...]) -> None:
    corrections, _ = correct(tmp_path, f"a.txt,,,,,,,{cell},,\n")
    assert corrections["a.txt"] == Correction(2, (("years", years),))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",,标题,,,,,,,\n", "names no document"),
        ("a.txt,,,,,,,二零一七,,\n", "years"),
        ("a.txt,,,,,,,,2017年8月,\n", "published"),
        ("a.txt,,,,,武汉市教育局,,,,\n", "city"),
        ("a.txt,,~none,,,,,,,\n", "title"),
        ("a.txt,,,,,,,,,\na.txt,,x,,,,,,,\n", "line 2 already"),
        ("a.txt,,,,,,,,,,one,more\n", "more cells"),
    ],
)
def test_a_bad_row_is_a_problem_with_its_line_and_no_correction(tmp_path: Path, row: str, says: str) -> None:
    corrections, problems = correct(tmp_path, row)
    assert [says in str(problem) for problem in problems] == [True]
    assert problems[0].line == row.count("\n") + 1
    assert not problems[0].fatal
    assert all(not correction.fields for correction in corrections.values())


def test_a_bad_cell_is_left_out_and_the_others_of_its_row_count(tmp_path: Path) -> None:
    corrections, problems = correct(tmp_path, "a.txt,,,,,武汉,,二零一七,2018-13-45,\nb.txt,,,,,,,,2018/3/2,\n")
    assert corrections["a.txt"].fields == (("city", "武汉"),)
    assert corrections["b.txt"].fields == (("published", "2018-03-02"),)
    assert [(problem.line, problem.message.split(":")[0]) for problem in problems] == [(2, "years"), (2, "published")]


def test_a_correction_that_meets_no_document_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("2020年教育工作要点\n坚持立德树人。", encoding="utf-8")
    digest = "0" * 64
    correct(tmp_path, f"a.txt,,,,,武汉,,,,\nnope.txt,{digest},,,,武汉,,,,\n,{'1' * 64},,,,武汉,,,,\n")
    reader = CorpusReader([tmp_path], None)
    assert [document.metadata.city for document in reader.documents()] == ["武汉市"]
    assert [(problem.line, problem.fatal) for problem in reader.problems] == [(3, False), (4, False)]
    assert "nope.txt" in reader.problems[0].message
    assert "1" * 64 in reader.problems[1].message


def test_a_header_alone_or_no_file_corrects_nothing(tmp_path: Path) -> None:
    assert correct(tmp_path, "") == ({}, ())
    assert read_corrections(tmp_path / "missing.csv") == ({}, ())
