"""A comparison as scripts read it and as the terminal prints it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from indexer.backend import SearchBackend, open_backend
from indexer.pipeline import build
from indexer.query import parse_query
from search_app import create_app
from search_app.compare_links import results_url
from search_app.compare_table import as_csv, as_xlsx
from tests.terminal import run


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def get(client: FlaskClient, url: str, status: int = 200) -> Any:
    answer = client.get(url)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def ids(client: FlaskClient) -> dict[str, str]:
    return {each["city"] or "": each["id"] for each in get(client, "/api/v1/documents")["documents"]}


def test_a_topic_is_answered_in_the_shape_of_the_contract(client: FlaskClient) -> None:
    found = get(client, "/api/v1/compare?q=控辍保学")
    assert {"topic", "rows", "wordings", "baseline", "shared_phrases", "silent", "coverage"} <= set(found)
    assert found["topic"] == "控辍保学"
    keys = "province city district years document paragraph sentence about score wording diff"
    labels = {each["label"]: each for each in found["wordings"]}
    for row in found["rows"]:
        assert set(keys.split()) <= set(row)
        low, high = row["sentence"]
        text = row["paragraph"]["text"]
        assert 0 <= low < high <= len(text)
        assert row["about"] in ("about", "mentions")
        assert row["paragraph"]["id"] in labels[row["wording"]]["members"]
        if row["diff"]:
            assert "".join(each["text"] for each in row["diff"] if each["op"] != "delete") == text[low:high]
        for spans in ("places", "common", "own"):
            assert all(low <= start < end <= high for start, end in row[spans])
        for number in row["numbers"]:
            assert text[number["start"] : number["end"]] == number["text"]
    assert [each["city"] for each in found["silent"]] == ["上海市"]
    assert set(found["silent"][0]) >= {"city", "years", "document"}
    assert set(labels["A"]) >= {"label", "first", "members"}
    assert set(labels["A"]["first"]) >= {"city", "year"}
    assert found["baseline"] == "A"
    assert {"city", "year", "documents", "characters"} <= set(found["coverage"][0])


def test_another_wording_or_paragraph_can_be_the_baseline(client: FlaskClient) -> None:
    found = get(client, "/api/v1/compare?q=随迁子女")
    row = next(each for each in found["rows"] if each["city"] == "武汉市")
    by_id = get(client, f"/api/v1/compare?q=随迁子女&baseline={row['paragraph']['id']}")
    assert by_id["baseline"] == row["paragraph"]["id"]
    by_label = get(client, f"/api/v1/compare?q=随迁子女&baseline={row['wording']}")
    assert by_label["baseline"] == row["wording"]
    for compared in (by_id, by_label):
        rows = {each["city"]: each for each in compared["rows"]}
        assert rows["武汉市"]["diff"] == []
        assert [each["text"] for each in rows["重庆市"]["diff"] if each["op"] == "equal"]
    assert get(client, "/api/v1/compare?q=随迁子女&baseline=ZZ", 400)["error"]["code"] == "parameter"
    assert {row["likeness"] for row in by_id["rows"] if row["paragraph"]["id"] == by_id["baseline"]} == {1.0}


def test_any_paragraph_can_be_the_baseline_even_of_a_document_that_is_not_asked(client: FlaskClient) -> None:
    shown = {row["paragraph"]["id"] for row in get(client, "/api/v1/compare?q=随迁子女")["rows"]}
    hits = get(client, "/api/v1/search?q=“随迁子女”&city=重庆市")["hits"]
    hit = next(each for each in hits if each["id"] not in shown)
    found = get(client, f"/api/v1/compare?q=随迁子女&city=武汉市&baseline={hit['id']}")
    assert found["baseline"] == hit["id"]
    base = found["baseline_row"]
    assert base["document"]["city"] == "重庆市"
    assert "随迁子女" in base["paragraph"]["text"][slice(*base["sentence"])]
    assert [row["city"] for row in found["rows"]] == ["武汉市"]
    assert found["rows"][0]["likeness"] < 1


def test_a_topic_is_counted_by_place_each_document_once(client: FlaskClient) -> None:
    found = get(client, "/api/v1/compare?q=随迁子女")
    totals = {each["city"]: each for each in found["totals"]}
    assert (totals["武汉市"]["documents"], totals["武汉市"]["about"]) == (1, 1)  # of two years, and one document
    assert sum(each["documents"] for each in found["totals"]) == found["corpus"]["documents"]
    assert totals["武汉市"]["rate"] == round(
        10_000 * totals["武汉市"]["paragraphs"] / totals["武汉市"]["characters"], 3
    )


def test_filters_say_who_is_asked(client: FlaskClient) -> None:
    found = get(client, "/api/v1/compare?q=随迁子女&city=潜江&city=武汉&year=2017..2024")
    assert [each["city"] for each in found["rows"]] == ["武汉市"]
    assert [each["city"] for each in found["silent"]] == ["潜江市"]
    assert {each["year"] for each in found["coverage"]} == {2017, 2018, 2024}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "参数 q 是空的"),
        ("?q=-高中", "“-高中”只有排除、限定或符号"),
        ("?q=城市:武汉&format=csv", "“城市:武汉”只有"),
    ],
)
def test_without_a_topic_nobody_is_called_silent(client: FlaskClient, asked: str, said: str) -> None:
    error = get(client, f"/api/v1/compare{asked}", 400)["error"]
    assert error["code"] == "parameter"
    assert error["message"].startswith(said)


def test_the_terminal_says_in_json_too_that_a_topic_is_missing(index: Path) -> None:
    done = run("compare", "--json", "--index", index, "--", "-高中")
    assert done.returncode == 2
    assert "没有可以对比的主题" in done.stderr
    assert not done.stdout


def test_a_misspelt_topic_is_compared_as_it_was_meant(client: FlaskClient) -> None:
    found = get(client, "/api/v1/compare?q=职业教欲")
    assert found["topic"] == "职业教育"
    assert [found["corrected"][key] for key in ("from", "to", "why")] == ["教欲", "教育", "同音"]
    assert found["rows"] == get(client, "/api/v1/compare?q=职业教育")["rows"]
    assert "已改按“<b>教育</b>”对比" in page(client, "/compare?q=职业教欲")
    as_typed = get(client, found["corrected"]["undo_url"].replace("/compare", "/api/v1/compare"))
    assert (as_typed["corrected"], as_typed["topic"]) == (None, "职业教欲")


def test_a_row_says_where_the_headings_above_it_say_the_topic(client: FlaskClient) -> None:
    rows = get(client, "/api/v1/compare?q=减轻学生课业负担")["rows"]
    said = {
        heading[low:high]
        for row in rows
        for heading, spans in zip(row["paragraph"]["section"], row["section_highlights"], strict=True)
        for low, high in spans
    }
    assert said == {"减轻", "学生过重课业负担"}
    assert "<mark>学生过重课业负担</mark>" in page(client, "/compare?q=减轻学生课业负担")


def test_two_documents_are_answered_by_pairs(client: FlaskClient) -> None:
    known = ids(client)
    found = get(client, f"/api/v1/compare?left={known['潜江市']}&right={known['上海市']}")
    assert {each["kind"] for each in found["pairs"]} == {"reworded", "added", "dropped"}
    assert sum(found["counts"].values()) == len(found["pairs"])
    for pair in found["pairs"]:
        assert set(pair) >= {"left", "right", "kind", "diff"}
        assert (pair["left"] is None) == (pair["kind"] == "added")
        assert (pair["right"] is None) == (pair["kind"] == "dropped")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("left=x", 400, "parameter"), ("left=x&right=y", 404, "unknown_id"), ("q=a&year=abc", 400, "parameter")],
)
def test_what_cannot_be_compared_is_said(client: FlaskClient, query: str, status: int, code: str) -> None:
    error = get(client, f"/api/v1/compare?{query}", status)["error"]
    assert error["code"] == code
    assert error["message"]


def test_paragraphs_like_one_are_listed(client: FlaskClient) -> None:
    hit = get(client, "/api/v1/search?q=“禁毒宣传月”")["hits"][0]
    found = get(client, f"/api/v1/paragraphs/{hit['id']}/similar")
    assert found["paragraph"]["id"] == hit["id"]
    assert all(each["likeness"] >= 0.5 for each in found["similar"])
    assert get(client, "/api/v1/paragraphs/none/similar", 404)["error"]["code"] == "unknown_id"


def test_the_terminal_says_who_treats_a_topic_and_who_is_silent(index: Path) -> None:
    done = run("compare", "随迁子女", "--index", index)
    assert done.returncode == 0
    assert "5 份文档：3 份论及，0 份只是提到，2 份没有说到" in done.stdout
    assert "落实以居住证为主要依据的随迁子女义务教育就学政策。" in done.stdout
    silent = done.stdout.split("没有说到（2 份）")[1]
    assert "潜江市" in silent
    assert "青浦区" in silent
    assert "武汉市" not in silent


def test_the_terminal_answers_in_json_like_the_address(client: FlaskClient, index: Path) -> None:
    done = run("compare", "随迁子女", "--city", "武汉", "--json", "--index", index)
    found, address = json.loads(done.stdout), get(client, "/api/v1/compare?q=随迁子女&city=武汉")
    for each in (found, address):
        del each["took_ms"], each["corpus"]
    assert found == address
    assert done.stderr == ""


def test_a_topic_nobody_has_is_no_failure(index: Path) -> None:
    done = run("compare", "量子计算机", "--index", index)
    assert done.returncode == 0
    assert "5 份没有说到" in done.stdout
    assert run("compare", "“", "OR", "--index", index).returncode == 2


def test_the_terminal_calls_nobody_silent_where_there_is_nothing_to_say(index: Path) -> None:
    for arguments, reason in (
        (("--", "-高中"), "“-高中”只有排除、限定或符号，没有可以对比的主题。"),
        (("职业教育", "--city", "火星市"), "语料中没有火星市的文档。"),
        (("职业教育", "--city", "武汉市", "--year", "1999"), "语料中没有1999的文档。"),
        (("职业教育", "--city", "武汉市", "--year", "2024"), "没有一份文档合于所有限定。"),
    ):
        done = run("compare", "--index", index, *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == reason


def test_what_no_document_has_is_said_in_the_terminal_and_in_json(client: FlaskClient, index: Path) -> None:
    done = run(
        "compare", "随迁子女", "--city", "火星市", "--city", "武汉", "--year", "1999", "--json", "--index", index
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["unknown"] == ["火星市", "1999"]
    assert "语料中没有火星市、1999的文档" in done.stderr
    found = get(client, "/api/v1/compare?q=随迁子女&city=火星市&city=武汉&issuer=火星教育局")
    assert found["unknown"] == ["火星市", "火星教育局"]
    assert set(found["corpus"]) == {"documents", "paragraphs", "build"}
    said = run("compare", "随迁子女", "--city", "火星市", "--city", "武汉", "--index", index).stdout
    assert said.startswith("语料中没有火星市的文档。")
    assert "1 份论及" in said


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.text


def test_the_page_says_who_treats_a_topic_by_place_and_year(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=随迁子女")
    assert "<b>3</b> 份论及" in shown
    assert "<b>2</b> 份没有说到" in shown
    assert re.search(r">潜江市</th>.*?<td data-year=\"2024\"><p class=\"nothing\"[^>]*><a [^>]*>没有说到</a>", shown)
    assert "<mark>随迁子女</mark>" in shown
    assert "<ins>" not in shown  # differences only from a baseline that was chosen


def test_a_baseline_marks_differences_and_common_ground_can_step_back(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=学前教育&baseline=B")
    assert "<ins>" in shown
    assert "这是基准" in shown
    assert 'class="common"' not in page(client, "/compare?q=居住证")
    assert "不淡化共同表述" in page(client, "/compare?q=学前教育&fade=1")


def test_filters_stay_while_comparing(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=随迁子女&city=武汉市&year=2017..2018")
    assert "限于 武汉市、2017～2018" in shown
    assert '<input type="hidden" name="year" value="2017..2018">' in shown
    assert "每一份都说到了" in shown


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("q=-高中", "“-高中”只有排除、限定或符号"),
        ("q=城市:武汉", "“城市:武汉”只有排除、限定或符号"),
        ("q=职业教育&city=火星市", "语料里没有“火星市”的文档"),
        ("q=职业教育&city=武汉市&year=1999", "语料里没有“1999”的文档"),
        ("q=职业教育&city=武汉市&year=2024", "没有一份文档合于所有限定（武汉市、2024）"),
    ],
)
def test_nobody_is_called_silent_where_there_is_no_topic_or_no_document(
    client: FlaskClient, asked: str, reason: str
) -> None:
    shown = page(client, f"/compare?{asked}")
    assert reason in shown
    assert "份没有说到" not in shown
    assert "每一份都说到了" not in shown
    assert "地方与年份</h2>" not in shown


def test_a_topic_nobody_has_is_no_table_of_nothing(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=量子计算机")
    assert "<b>5</b> 份没有说到" in shown
    assert 'class="grid' not in shown


def test_the_page_without_a_topic_offers_both_ways_to_compare(client: FlaskClient) -> None:
    shown = page(client, "/compare")
    assert 'name="q"' in shown
    assert 'href="/compare?left="' in shown
    assert page(client, "/compare?left=").count("<option") == 2 * (1 + 5)
    assert "地方与年份" not in shown


def test_two_documents_are_shown_side_by_side(client: FlaskClient) -> None:
    known = ids(client)
    shown = page(client, f"/compare?left={known['潜江市']}&right={known['上海市']}")
    assert "改写" in shown
    assert "28.加强教育督导工作" in shown
    assert "<del>划线</del>是左边这一句才有的词" in shown
    assert client.get("/compare?left=a&right=b").status_code == 404
    assert client.get("/compare?left=a").status_code == 404
    assert client.get("/api/v1/compare?left=a").status_code == 400


def test_what_a_document_says_is_never_markup(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=<script>alert(1)</script>")
    assert "<script>alert" not in shown


def rows_of(octets: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))


def test_a_comparison_is_downloaded_for_a_spreadsheet(client: FlaskClient) -> None:
    found = get(client, "/api/v1/compare?q=随迁子女")
    answer = client.get("/api/v1/compare?q=随迁子女&format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''%E5%AF%B9%E6%AF%94-" in answer.headers["Content-Disposition"]
    head, *rows = rows_of(answer.data)
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["情况"] for row in told] == ["论及"] * 3 + ["没有说到"] * 2
    assert [row["市"] for row in told] == [each["city"] or "" for each in (*found["rows"], *found["silent"])]
    assert "落实以居住证为主要依据的随迁子女义务教育就学政策。" in [row["句子"] for row in told]
    assert all(row["链接"].startswith("http://localhost/p/") for row in told[:3])
    again = client.get("/api/v1/compare?q=随迁子女&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(again.data))
    sheet = book.active
    assert [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] == [
        head,
        *rows,
    ]
    head, *lines = book["材料"].iter_rows(values_only=True)
    material = [dict(zip(head, line, strict=True)) for line in lines]
    here = next(line for line in material if (line["市"], line["年份"]) == ("武汉市", 2018))
    assert [here[name] for name in ("文档", "论及", "提到", "没有说到")] == [1, 1, 0, 0]
    lacking = [(line["市"], line["年份"]) for line in material if line["文档"] == 0]
    assert lacking == [(each["city"] or "", each["year"]) for each in found["missing"]]
    assert lacking


def test_two_documents_are_downloaded_too(client: FlaskClient) -> None:
    known = ids(client)
    address = f"left={known['潜江市']}&right={known['上海市']}"
    pairs = get(client, f"/api/v1/compare?{address}")["pairs"]
    head, *rows = rows_of(client.get(f"/api/v1/compare?{address}&format=csv").data)
    assert head[0] == "情况"
    assert len(rows) == len(pairs)
    assert {row[0] for row in rows} == {"改写", "右边新增", "右边没有"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5%", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＠x", '=HYPERLINK("http://x","y")']
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert rows_of(as_csv([["a"], [text]]))[1] == ["'" + text]
    cell = openpyxl.load_workbook(io.BytesIO(as_xlsx([["a"], [text]]))).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r") == text


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_damage_is_survived() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx([["a"], ["教" * 40_000], ["\ud800学"], ["\x01学"]]))).active
    assert sheet["A2"].value == "教" * 32_766 + "…"
    assert sheet["A3"].value == "�学"
    assert sheet["A4"].value == "�学"
    assert as_csv([["\ud800学"], ["\x01学"]]).decode("utf-8-sig") == "�学\r\n�学\r\n"


def test_another_format_is_refused_and_the_page_links_to_both(client: FlaskClient) -> None:
    assert get(client, "/api/v1/compare?q=随迁子女&format=pdf", 400)["error"]["code"] == "parameter"
    shown = page(client, "/compare?q=随迁子女&city=武汉市")
    for form in ("csv", "xlsx"):
        assert f"city=%E6%AD%A6%E6%B1%89%E5%B8%82&amp;format={form}" in shown


def test_the_terminal_writes_the_same_table(client: FlaskClient, index: Path) -> None:
    done = run("compare", "随迁子女", "--format", "csv", "--index", index)
    assert done.returncode == 0
    assert done.stdout.startswith("\ufeff省,市,区县")
    ours = [row[:-1] for row in rows_of(done.stdout.encode())]
    theirs = [row[:-1] for row in rows_of(client.get("/api/v1/compare?q=随迁子女&format=csv").data)]
    assert ours == theirs
    assert run("compare", "随迁子女", "--format", "csv", "--json", "--index", index).returncode == 2


def test_distinctive_words_are_told_where_few_are_compared_or_when_asked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = get(client, "/api/v1/compare?q=义务教育")
    texts = {row["paragraph"]["id"]: row["paragraph"]["text"] for row in found["rows"]}
    words = [word for each in found["distinctive"] for word in each["words"]]
    assert words
    for word in words:
        assert word["g2"] >= 15.13
        assert all(texts[line["paragraph"]][line["start"] : line["end"]] == line["word"] for line in word["lines"])
    shown = page(client, "/compare?q=义务教育")
    assert '<details class="fold contrasts"><summary>' in shown
    assert f"<caption><b>{words[0]['word']}</b> " in shown
    line = words[0]["lines"][0]
    word = f'<a href="/p/{line["paragraph"]}#here">{line["word"]}</a>'
    assert f'<td><bdi dir="ltr">{line["left"]}</bdi></td><td>{word}</td><td>{line["right"]}</td></tr>' in shown
    assert get(client, "/api/v1/compare?q=义务教育&distinctive=off")["distinctive"] is None
    monkeypatch.setattr("search_app.compare_topic.FEW", 0)
    assert get(client, "/api/v1/compare?q=义务教育&distinctive=")["distinctive"] is None
    assert get(client, "/api/v1/compare?q=义务教育&distinctive=on")["distinctive"] == found["distinctive"]
    assert 'distinctive=on#contrasts"' in page(client, "/compare?q=义务教育&distinctive=")
    assert '<details class="fold contrasts" open>' in page(client, "/compare?q=义务教育&distinctive=on")
    assert get(client, "/api/v1/compare?q=义务教育&distinctive=1", 400)["error"]["code"] == "parameter"
    assert 'id="distinctive"' in page(client, "/help")


def grid_of(shown: str) -> list[str]:
    return re.findall(r'<tr><th scope="row"(?: class="within")?>([^<]+)</th>', shown.split('id="behind"')[0])


def rows_in(shown: str) -> list[str]:
    """Return the places of the rows, in the order of the page."""
    return re.findall(r'<p class="where"[^>]*>.*?<span class="place">([^<]+)</span>', shown)


def test_places_stand_in_administrative_order_and_a_plan_of_two_years_stands_once(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=控辍保学")
    assert grid_of(shown) == ["上海市青浦区", "武汉市", "潜江市", "重庆市", "未注明"]
    wuhan = shown.split(">武汉市</th>")[1].split("</tr>")[0]
    assert wuhan.count('class="said') == 1
    assert '<td data-year="2018"><span class="quiet goes-on" title="跨年的计划，列在第一年">← 2017</span></td>' in wuhan
    assert "2017—2018" in wuhan
    assert '<td data-year="2024"></td>' in wuhan  # no document of that year


def test_rows_are_sorted_by_year_nearness_or_wording(client: FlaskClient) -> None:
    found = get(client, "/api/v1/compare?q=学前教育&baseline=B")
    first = {row["document"]["place"]: min(row["years"]) for row in found["rows"]}
    by_year = rows_in(page(client, "/compare?q=学前教育&order=year"))
    assert [first[place] for place in by_year] == sorted(first.values(), reverse=True)
    near = {row["document"]["place"]: row["likeness"] for row in found["rows"]}
    by_likeness = page(client, "/compare?q=学前教育&order=likeness&baseline=B")
    assert [near[place] for place in rows_in(by_likeness)] == sorted(near.values(), reverse=True)
    assert by_likeness.index("基准</span>") < by_likeness.index("相近 ")
    assert sorted(rows_in(page(client, "/compare?q=学前教育&order=wording"))) == sorted(near)
    assert client.get("/compare?q=学前教育&order=size").status_code == 400


def test_nearness_names_what_is_near(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=学前教育&order=likeness")
    base = get(client, "/api/v1/compare?q=学前教育")["baseline_row"]
    assert f'基准：<a href="{base["paragraph"]["url"]}#here">' in shown
    (plain,) = re.findall(r'<a href="([^"]+)#rows">不标差异', shown)
    assert 'class="baseline"' not in page(client, plain.replace("&amp;", "&"))


def test_the_first_to_say_it_is_told_only_where_the_years_tell(many: FlaskClient) -> None:
    shared = [
        each for each in get(many, "/api/v1/compare?q=随迁子女&year=2015")["wordings"] if len(each["members"]) > 1
    ]
    assert shared
    assert not any(each["first"]["surely"] for each in shared)
    shown = page(many, "/compare?q=随迁子女&year=2015")
    assert shown.count("年份最早的之一：2015") == len(shared)
    assert "最早见于" not in shown
    later = get(many, "/api/v1/compare?q=随迁子女&city=北京市")["wordings"][0]["first"]
    assert (later["city"], later["surely"]) == ("北京市", True)


def test_a_passage_is_no_topic(client: FlaskClient) -> None:
    longest = "职业教育改革" * 166
    assert get(client, f"/api/v1/compare?q={longest}")["rows"]
    error = get(client, f"/api/v1/compare?q={longest}再多一些字", 400)["error"]
    assert "最多 1000 字" in error["message"]
    assert results_url(parse_query(longest))
    assert results_url(parse_query(f"{longest}再多一些字")) is None


def test_the_silent_stand_first_and_the_page_links_to_them(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=随迁子女")
    assert '<a href="#silent"><b>2</b> 份没有说到</a>' in shown
    silent = shown.split('id="silent"')[1].split("</dl>")[0]
    assert "青浦区" in silent
    assert "潜江市" in silent
    assert "武汉市" not in silent
    assert shown.index('id="silent"') < shown.index('id="rows"') < shown.index('id="phrases"')


def test_facets_filter_a_comparison_and_keep_how_it_is_shown(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=随迁子女&order=year&fade=1&expand=off")
    facets = shown.split("<aside")[1].split("</aside>")[0]
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/compare[^"]+)"', facets)]
    assert len(links) == 7 + 4  # places and years
    for link in links:
        assert "order=year&fade=1" in link
        answer = page(client, link)
        assert "限于 " in answer
    hubei = next(link for link in links if "province=" in link)
    assert page(client, hubei).count('class="said ') == 1  # 武汉; 潜江 is silent
    counts = [int(count) for count in re.findall(r'class="count">(\d+)<span class="unseen"> 份', facets)]
    assert sum(counts[-4:]) == 6  # by year: five documents, one of two years


def test_filters_go_to_the_search_and_back(client: FlaskClient) -> None:
    shown = page(client, "/compare?q=随迁子女&city=武汉市&year=2017..2018&order=year")
    search = re.search(r'<a href="(/\?q=[^"]+)">检索“随迁子女”', shown)
    assert search
    assert "city=%E6%AD%A6%E6%B1%89%E5%B8%82&amp;year=2017..2018" in search[1]
    both = page(client, "/compare?q=随迁子女&city=武汉市&city=重庆市")
    assert grid_of(both) == ["武汉市", "重庆市"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Fifteen cities of three provinces, two of them over six years; half say the same but for a number."""
    folder = tmp_path_factory.mktemp("many")
    cities = [("北京市", "北京市"), *(("河北省", f"{name}市") for name in ("石家庄", "唐山", "秦皇岛", "邯郸", "邢台"))]
    cities += [
        ("江苏省", f"{name}市") for name in ("南京", "无锡", "徐州", "常州", "苏州", "南通", "连云港", "淮安", "盐城")
    ]
    lines = []
    for at, (province, city) in enumerate(cities):
        for year in range(2015, 2021) if at < 2 else (2015 + at % 2,):
            same = f"落实以居住证为主要依据的随迁子女义务教育就学政策，确保三年巩固率达{90 + at % 5}%以上。"
            own = f"保障随迁子女平等接受教育，{city}新增学位{at + 1}00个，统筹安排{city}第{at + 1}中学建设。"
            said = "大力发展职业教育，推进产教融合。" if at % 7 == 3 else same if (at + year) % 2 else own
            text = f"一、主要工作\n1.促进教育公平。{said}继续推进学校标准化建设。\n2.加强德育。培育文明校园。\n"
            lines.append(
                {"id": f"{city}{year}", "title": f"{city}教育局{year}年工作要点", "province": province, "city": city,
                 "years": [year], "text": text}
            )  # fmt: skip
    (folder / "plans.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    build([folder / "plans.jsonl"], folder / "index")
    backend = open_backend(folder / "index")
    return create_app(backend).test_client()


def test_many_places_are_listed_by_province_a_page_at_a_time(many: FlaskClient) -> None:
    found = get(many, "/api/v1/compare?q=随迁子女&year=2015..2016")
    shown = page(many, "/compare?q=随迁子女&year=2015..2016&per_page=12")
    assert grid_of(shown)[:3] == ["北京市", "石家庄市", "唐山市"]
    assert len(grid_of(shown)) == 12
    assert re.search(r'<th colspan="\d" scope="rowgroup">河北省 <span class="quiet">5 地：论及 \d 份', shown)
    second = page(many, "/compare?q=随迁子女&year=2015..2016&per_page=12&page=2")
    assert grid_of(shown) + grid_of(second) == list(dict.fromkeys(each["city"] for each in found["totals"]))
    glance = shown.split('id="glance"')[1].split("</dl>")[0]
    for city in (each["city"] for each in found["totals"]):
        assert glance.count(f">{city}") >= 1
    there = re.search(r'href="(/compare[^"]*page=2)#(r\d+)">盐城市', glance)
    assert there
    assert f'id="{there[2]}"' in page(many, there[1].replace("&amp;", "&"))
    assert len(grid_of(page(many, "/compare?q=随迁子女&year=2015..2016&per_page=12&all=1"))) == 15


def test_places_that_say_nothing_do_not_fill_page_after_page(
    many: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_app.compare_grid.PER_PAGE", 5)
    found = get(many, "/api/v1/compare?q=随迁子女&year=2015..2016")
    speaking = list(dict.fromkeys(row["city"] for row in found["rows"]))
    assert len(speaking) < len(found["totals"])
    shown = page(many, "/compare?q=随迁子女&year=2015..2016")
    assert grid_of(shown) == speaking
    wholly = {each["city"] for each in found["silent"]} - set(speaking)
    silent = shown.split('id="silent"')[1].split("</dd>")[0]
    assert wholly
    assert all(f">{city}</a>" in silent for city in wholly)


def test_who_speaks_stands_before_the_silent_where_nearly_all_are(many: FlaskClient) -> None:
    shown = page(many, "/compare?q=职业教育&year=2015..2016")
    assert shown.index("<dt>只是提到") < shown.index("<dt>没有说到")
    shown = page(many, "/compare?q=随迁子女&year=2015..2016")
    assert shown.index("<dt>没有说到") < shown.index("<dt>论及")


def test_only_a_wording_that_is_shared_has_a_letter_and_its_numbers_are_told(many: FlaskClient) -> None:
    found = get(many, "/api/v1/compare?q=随迁子女")
    shared = [each for each in found["wordings"] if len(each["members"]) > 1]
    shown = page(many, "/compare?q=随迁子女&all=1")
    assert sorted(set(re.findall(r'id="w-([A-Z]+)"', shown))) == sorted(each["label"] for each in shared)
    assert set(re.findall(r'aria-label="[^"]*，表述 ([A-Z]+)"', shown)) == {each["label"] for each in shared}
    card = shown.split('id="w-A"')[1].split("</article>")[0]
    first = shared[0]["first"]
    assert f"{'最早见于 ' if first['surely'] else '年份最早的之一：'}{first['year']} {first['city']}" in card
    assert "数字不同" in card
    assert len(re.findall(r'<span class="quiet">9\d%</span>', card)) == len(shared[0]["members"])


def test_a_grid_of_many_years_holds_marks_that_lead_to_the_sentences(many: FlaskClient) -> None:
    shown = page(many, "/compare?q=随迁子女")
    assert 'class="grid full"' not in shown
    marks = re.findall(r'<a class="sign (?:about|mentions)" id="r\d+" href="#([^"]+)"', shown)
    assert len(marks) == len(get(many, "/api/v1/compare?q=随迁子女")["rows"])
    assert all(f'id="{mark}"' in shown for mark in marks)


def test_numbers_that_differ_from_the_baseline_stand_out(many: FlaskClient) -> None:
    found = get(many, "/api/v1/compare?q=随迁子女&baseline=A")
    differing = [number for row in found["rows"] for number in row["numbers"]]
    shown = page(many, "/compare?q=随迁子女&baseline=A&order=likeness&all=1").split('id="rows"')[1]
    marked = re.findall(r'<b class="figure" title="([^"]+)">([^<]+)</b>', shown)
    assert sorted(marked) == sorted(
        (f"基准是 {each['was']}" if each["was"] else "基准没有这个数字", each["text"]) for each in differing
    )
    assert any(title.startswith("基准是 9") for title, _ in marked)
    assert 'class="figure" title' not in page(many, "/compare?q=随迁子女&order=year")


def test_what_stands_behind_a_comparison_is_counted_with_its_denominators(
    client: FlaskClient, many: FlaskClient
) -> None:
    behind = page(client, "/compare?q=随迁子女").split('id="behind"')[1]
    totals = {each["city"]: each for each in get(client, "/api/v1/compare?q=随迁子女")["totals"]}
    wuhan = totals["武汉市"]
    assert (
        f'<th scope="row">武汉市</th><td class="years">2017、2018</td><td class="years">2015、2016、2019—2024</td>'
        f"<td>1</td><td>1/1</td><td>0/1</td><td>0/1</td><td>{wuhan['paragraphs']}</td>"
        f"<td>{wuhan['characters']:,}</td><td>{wuhan['rate']:.2f}</td>"
    ) in behind
    assert "<td>3/5</td><td>0/5</td><td>2/5</td>" in behind.split("<tfoot>")[1]
    assert "共缺" not in page(many, "/compare?q=随迁子女")


def test_a_phrase_says_who_uses_it_and_fading_leaves_what_one_says_alone(
    client: FlaskClient, many: FlaskClient
) -> None:
    shown = page(client, "/compare?q=学前教育")
    phrases = shown.split('id="phrases"')[1].split("</ul>")[0]
    assert "第三期学前教育行动计划</a>" in phrases
    assert re.findall(r'<a href="#r\d+">([^<]+)</a>', phrases) == ["武汉市", "重庆市"]
    own = shown.split('id="own"')[1].split("</ul>")[0]
    assert "指导督促各区编制本级行动计划" in own
    faded = page(many, "/compare?q=随迁子女&fade=1&order=year")
    assert 'class="common"' in faded
    assert 'class="own"' in faded
    assert 'class="common">义务教育' not in page(many, "/compare?q=随迁子女&order=year")


def test_the_help_says_how_to_compare_and_its_example_runs(client: FlaskClient) -> None:
    shown = page(client, "/help")
    assert 'href="/clause"' in shown
    assert "“论及”是以它为内容" in shown
    example = re.search(r'href="(/compare\?q=[^"]+)"', shown)
    assert example
    assert "<b>3</b> 份论及" in page(client, example[1])
