"""Citations: as GB/T 7714—2015 and other styles write them, and as reference managers read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from indexer.backend import SearchBackend
from indexer.citation import Cited, Work, csl_json, key_of, work_of
from indexer.citation_styles import COMMON, UnknownStyleError, render, style_names, style_of
from indexer.references import bibtex, csl_items, ris

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "cases" / "citations.json").read_text("utf-8"))
TODAY = "2026-11-22"
URL = "https://example.org/p/p"
# The properties of an item that csl-data.json knows (CSL 1.0.2), as far as we write any.
CSL_FIELDS = {"id", "type", "title", "author", "issued", "accessed", "URL", "language", "jurisdiction", "section"}
CSL_FIELDS |= {"abstract", "archive", "archive_location"}
HOSTILE = Work(
    "d",
    "50% 的{班级}_A & B #1 $x^2$ ~ \\input{x}",
    "甲、乙 @comment",
    ("上海市",),
    "2017-08-24",
    "https://example.org/a_b%20{c}?x=1&y=2#z",
)


def cited(work: Work, **more: Any) -> Cited:
    known: dict[str, Any] = {"id": "p", "url": URL, "accessed": TODAY, "ordinal": 5}
    return Cited(work, **(known | more))


@pytest.mark.parametrize("case", CASES["cases"], ids=[case["rule"] for case in CASES["cases"]])
def test_a_citation_is_written_by_the_rule(case: dict[str, Any]) -> None:
    work = Work("d", **case["work"])
    found = render(cited(work, accessed=case.get("accessed", TODAY)), case["style"])
    assert found.entry == case["entry"]
    if "in_text" in case:
        assert found.in_text == case["in_text"]


@pytest.mark.parametrize("name", sorted(CASES["seeds"]))
def test_the_five_documents_are_cited(backend: SearchBackend, name: str) -> None:
    summary = next(each for each in backend.documents() if Path(each.path).name.startswith(name))
    assert render(cited(work_of(summary.id, summary.metadata))).entry == CASES["seeds"][name]


def test_the_years_of_a_plan_are_no_date_of_publication(backend: SearchBackend) -> None:
    for summary in backend.documents():
        item = csl_json(cited(work_of(summary.id, summary.metadata)))
        assert ("issued" in item) == (summary.metadata.published is not None)
        for style, _ in COMMON:
            entry = render(cited(work_of(summary.id, summary.metadata)), style).entry
            told = re.sub(r"https?://\S+|accessed|引用", "", entry.replace(summary.metadata.title, ""))
            years = set(re.findall(r"\b(?:19|20)\d\d\b", told)) - {TODAY[:4]}
            assert years <= {(summary.metadata.published or "")[:4]}


def test_a_number_in_the_text_is_left_to_the_list_that_has_it() -> None:
    work = Work("d", "市教育局2024年工作要点", "潜江市教育局", published="2024-03-08")
    for style in ("gb7714-2015-numeric", "ieee", "nature", "vancouver", "ama"):
        found = render(cited(work), style)
        assert found.in_text == ""
        assert found.entry.startswith("潜江市教育局")


def test_every_common_style_names_who_what_and_where() -> None:
    work = Work("d", "市教育局2024年工作要点", "潜江市教育局", published="2024-03-08")
    for style, _ in COMMON:
        entry = render(cited(work), style).entry
        assert entry.count("潜江市教育局") == 1, style
        assert entry.count(work.title) == 1, style
        assert URL in entry, style


@pytest.mark.parametrize(
    ("asked", "offered"),
    [("chicgo", "chicago"), ("gb/t 7714-2015", "gb7714-2015-numeric"), ("gbt7714", "gb7714"), ("国标", "apa")],
)
def test_an_unknown_style_is_refused_with_some_that_are_like_it(asked: str, offered: str) -> None:
    with pytest.raises(UnknownStyleError) as caught:
        style_of(asked)
    assert offered in str(caught.value)


@pytest.mark.parametrize("name", ["../../setup", "/etc/passwd", "apa.csl", "dependent/apa", "a" * 5000])
def test_a_style_is_a_name_and_no_path(name: str) -> None:
    with pytest.raises(UnknownStyleError):
        style_of(name)


def test_styles_by_the_thousand_are_known_by_name() -> None:
    names = style_names()
    assert len(names) == len(set(names)) > 2000
    assert {"apa", "nature", "gb7714", "modern-language-association"} <= set(names)
    assert style_of(" APA ") == "apa"


def test_a_dependent_style_is_that_of_its_parent() -> None:
    work = Work("d", "市教育局2024年工作要点", "潜江市教育局", published="2024-03-08")
    assert render(cited(work), "nature-digest").entry == render(cited(work), "nature").entry


def test_the_item_has_only_fields_of_csl_and_what_is_known() -> None:
    full = csl_json(cited(HOSTILE, section=("一、",), text="落实"))
    assert set(full) == CSL_FIELDS
    assert full["author"] == [{"literal": "甲"}, {"literal": "乙 @comment"}]
    bare = csl_json(Cited(Work("d", "工作要点"), "p", URL, TODAY))
    assert set(bare) == {"id", "type", "title", "accessed", "URL", "language", "archive", "archive_location"}
    assert bare["accessed"] == {"date-parts": [[2026, 11, 22]]}


def test_an_address_that_is_no_web_page_gives_way_to_the_permalink() -> None:
    assert csl_json(cited(Work("d", "工作要点", source_url="javascript:alert(1)")))["URL"] == URL
    assert csl_json(cited(Work("d", "工作要点", source_url="https://x.gov.cn/1")))["URL"] == "https://x.gov.cn/1"


def test_bibtex_is_read_back() -> None:
    works = [HOSTILE, Work("e", "2018年青浦教育工作要点"), Work("f", "2026年政府工作报告", "上海市政府")]
    library = bibtexparser.parse_string(bibtex([cited(each, id=each.id, text="一\n二") for each in works]))
    assert library.failed_blocks == []
    hostile, bare, report = library.entries
    assert (hostile.entry_type, bare.entry_type, report.entry_type) == ("online", "online", "techreport")
    assert hostile["author"] == "{甲} and {乙 @comment}"
    assert (
        hostile["title"]
        == r"50\% 的\{班级\}\_A \& B \#1 \$x\textasciicircum{}2\$ \textasciitilde{} \textbackslash{}input\{x\}"
    )
    assert hostile["url"] == "https://example.org/a_b%20%7Bc%7D?x=1&y=2#z"
    assert (hostile["year"], hostile["date"], hostile["urldate"]) == ("2017", "2017-08-24", TODAY)
    assert hostile["abstract"] == "一 二"
    assert not {"author", "year", "date", "institution"} & set(bare.fields_dict)
    assert report["institution"] == "上海市政府"


def test_ris_is_read_back() -> None:
    works = [HOSTILE, Work("e", "2018年青浦教育工作要点\r\nER  - "), Work("f", "2026年政府工作报告", "上海市政府")]
    records = rispy.loads(ris([cited(each, id=each.id, text="一\n二") for each in works]))
    hostile, bare, report = records
    assert (hostile["type_of_reference"], report["type_of_reference"]) == ("ELEC", "RPRT")
    assert hostile["authors"] == ["甲", "乙 @comment"]
    assert hostile["title"] == HOSTILE.title
    assert (hostile["year"], hostile["date"], hostile["access_date"]) == ("2017", "2017/08/24/", "2026/11/22")
    assert hostile["urls"] == [HOSTILE.source_url]
    assert hostile["abstract"] == "一 二"
    assert bare["title"] == "2018年青浦教育工作要点 ER -"
    assert not {"authors", "year", "date"} & set(bare)


def test_csl_json_is_read_back() -> None:
    (item,) = json.loads(csl_items([cited(HOSTILE)]))
    assert item["title"] == HOSTILE.title
    assert item["issued"] == {"date-parts": [[2017, 8, 24]]}


def test_keys_are_ascii_and_the_only_ones(backend: SearchBackend) -> None:
    keys = []
    for summary in backend.documents():
        work = work_of(summary.id, summary.metadata)
        keys += [key_of(cited(work, id=each.id)) for each in backend.document(summary.id).paragraphs]
    assert len(keys) == len(set(keys)) == 243
    assert all(re.fullmatch(r"[a-z]+(\d{4}|nd)-[a-z0-9]+", key) for key in keys)
    assert any(key.startswith("wuhanshijiaoyuju2017-") for key in keys)


@given(
    title=st.text(st.characters(exclude_categories=()), min_size=1, max_size=40),
    issuer=st.none() | st.text(max_size=20),
    text=st.text(max_size=60),
)
def test_whatever_a_document_holds_is_cited_and_read_back(title: str, issuer: str | None, text: str) -> None:
    work = Work("d", title, issuer)
    found = cited(work, text=text)
    assert URL in render(found).entry
    (record,) = rispy.loads(ris([found]))
    assert record["id"] == key_of(found)
    library = bibtexparser.parse_string(bibtex([found]))
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == [key_of(found)]
    assert json.loads(csl_items([found]))[0]["id"] == key_of(found)
    for written in (ris([found]), bibtex([found]), csl_items([found])):
        written.encode("utf-8")
