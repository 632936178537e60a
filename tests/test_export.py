"""Files of quotations, read back by other people's programs."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Any

import bibtexparser
import docx
import openpyxl
import pytest
import rispy
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.backend import SearchBackend
from indexer.errors import ParameterError
from indexer.query import parse_query
from search_app import create_app
from search_app.cli import EXPORTS
from search_app.export import FORMATS, Excerpt, FileFormat, Heading, write
from search_app.exporting import export_search
from tests.terminal import run

QUERY = "随迁子女"
HEADING = Heading(
    "要点检索：=双减",
    "2026-11-22",
    ("5 份文档 243 段中 2 段",),
    "https://example.org/?q=x",
    cut="共 9 段，只含前 2 段。",
)
DOCUMENT = {
    "id": "d",
    "title": "市教育局2024年工作要点",
    "issuer": "潜江市教育局",
    "province": "湖北省",
    "city": "潜江市",
    "district": None,
    "years": [2024],
    "published": "2024-03-08",
    "source_url": None,
    "inferred": ["issuer"],
}
TEXT = "14.落实*以居住证*为主要依据的随迁子女\x0b义务教育就学政策。\n- 继续开展<b>关爱</b>行动。"
AT = TEXT.index("随迁子女")
KEPT = Excerpt(
    "p1",
    DOCUMENT,
    TEXT,
    "https://example.org/p/p1",
    ("二、主要工作", "(三)推进"),
    14,
    "14",
    ((AT, AT + 2), (AT + 2, AT + 4)),
    note="=HYPERLINK(1)",
    tags=("入学", "随迁"),
    saved_at="2026-11-22T05:00:00Z",
    status="changed",
)
BARE = Excerpt("p2", {"title": "=1+1"}, "＝2", "https://example.org/p/p2")


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def table(octets: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))


def exported(client: FlaskClient, form: str, query: str = f"q={QUERY}") -> bytes:
    answer = client.get(f"/api/v1/export?{query}&format={form}")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.data


@pytest.fixture(scope="module")
def hits(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/search?q={QUERY}&per_page=100").get_json()["hits"]
    assert len(found) > 3
    return found


def test_csv_has_every_hit_with_citation_and_permalink(client: FlaskClient, hits: list[dict[str, Any]]) -> None:
    octets = exported(client, "csv")
    assert octets.startswith(b"\xef\xbb\xbf")
    assert octets.count(b"\r\n") == len(hits) + 1
    head, *rows = table(octets)
    assert [row[head.index("原文")] for row in rows] == [hit["text"] for hit in hits]
    assert [row[head.index("固定链接")] for row in rows] == [f"http://localhost{hit['url']}" for hit in hits]
    for row, hit in zip(rows, hits, strict=True):
        assert hit["document"]["title"] in row[head.index("引文著录")]
        assert "[EB/OL]" in row[head.index("引文著录")]


def test_xlsx_says_what_it_is_and_holds_no_formula(client: FlaskClient, hits: list[dict[str, Any]]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(client, "xlsx")))
    sheet = book["摘录"]
    assert sheet.max_row == len(hits) + 1
    about = "\n".join(str(cell.value) for (cell,) in book["说明"].iter_rows(max_col=1))
    assert QUERY in about
    assert "5 份文档 243 段" in about
    made = openpyxl.load_workbook(io.BytesIO(write([KEPT, BARE], "xlsx", HEADING)))
    cells = [cell for each in made for row in each.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert HEADING.cut in [cell.value for cell in cells]


def test_no_cell_of_csv_is_a_formula() -> None:
    rows = table(write([KEPT, BARE], "csv", HEADING))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))]
    assert "'=HYPERLINK(1)" in cells
    assert "'＝2" in cells
    assert rows[-1][0] == HEADING.cut


def test_word_shows_quotations_marks_sections_citations_and_links() -> None:
    octets = write([KEPT, BARE], "docx", HEADING)
    paper = docx.Document(io.BytesIO(octets))
    said = [paragraph.text for paragraph in paper.paragraphs]
    assert said[0] == "要点检索：=双减"
    assert HEADING.cut in said
    assert "1. 湖北省潜江市 · 2024 · 市教育局2024年工作要点" in said
    assert "二、主要工作 › (三)推进 › 第14段" in said
    assert TEXT.replace("\x0b", "�") in said
    assert "备注：=HYPERLINK(1)" in said
    assert any("收藏于 2026-11-22" in each for each in said)
    assert any("原文已改" in line and "推断：发文单位" in line for line in said)
    runs = [run for paragraph in paper.paragraphs for run in paragraph.runs]
    assert "".join(run.text for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW) == "随迁子女"
    links = [link.address for paragraph in paper.paragraphs for link in paragraph.hyperlinks]
    assert links == ["https://example.org/?q=x", "https://example.org/p/p1", "https://example.org/p/p2"]
    for style in ("Normal", "Heading 1", "Quote"):
        fonts = paper.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in ("SimSun", "SimHei")
    assert paper.core_properties.title == HEADING.title
    assert paper.sections[0].header.paragraphs[0].text == "要点检索：=双减\n5 份文档 243 段中 2 段"


def test_a_search_as_word_says_how_it_was_read_and_over_what(client: FlaskClient, hits: list[dict[str, Any]]) -> None:
    paper = docx.Document(io.BytesIO(exported(client, "docx")))
    said = [paragraph.text for paragraph in paper.paragraphs]
    assert said[0] == f"要点检索：{QUERY}"
    assert any("5 份文档 243 段" in line and f"{len(hits)} 段" in line for line in said)
    quoted = [paragraph.text for paragraph in paper.paragraphs if paragraph.style.name == "Quote"]
    assert quoted == [hit["text"] for hit in hits]
    marked = [run.text for p in paper.paragraphs for run in p.runs if run.font.highlight_color is not None]
    assert QUERY in "".join(marked)


def test_markdown_shows_its_text_and_no_list_link_or_tag_of_it() -> None:
    text = write([KEPT, BARE], "md", HEADING).decode("utf-8")
    assert "> 14\\.落实\\*以居住证\\*为主要依据的**随迁子女**�义务" in text
    assert "\n> \\- 继续开展\\<b\\>关爱\\</b\\>行动。" in text
    assert text.count(f"**{'随迁子女'}**") == 1
    assert "[固定链接](https://example.org/p/p1)" in text
    assert "\\[EB/OL\\]" in text
    assert not re.search(r"(?m)^(?:> )?[-+=*] ", text)
    assert "\x0b" not in text


def test_ris_bibtex_and_csl_have_an_entry_for_each_hit(client: FlaskClient, hits: list[dict[str, Any]]) -> None:
    records = rispy.loads(exported(client, "ris").decode("utf-8"))
    assert [record["abstract"] for record in records] == [" ".join(hit["text"].split()) for hit in hits]
    assert [record["urls"] for record in records] == [[f"http://localhost{hit['url']}"] for hit in hits]
    library = bibtexparser.parse_string(exported(client, "bibtex").decode("utf-8"))
    assert library.failed_blocks == []
    items = json.loads(exported(client, "csl-json"))
    keys = [entry.key for entry in library.entries]
    assert keys == [item["id"] for item in items] == [record["id"] for record in records]
    assert [item["archive_location"] for item in items] == [f"http://localhost{hit['url']}" for hit in hits]


def test_json_holds_what_the_others_show(client: FlaskClient, hits: list[dict[str, Any]]) -> None:
    found = json.loads(exported(client, "json"))
    assert found["title"] == f"要点检索：{QUERY}"
    assert found["cut"] is None
    assert [each["text"] for each in found["excerpts"]] == [hit["text"] for hit in hits]
    for each, hit in zip(found["excerpts"], hits, strict=True):
        assert each["document"] == hit["document"]
        spans = {tuple(span) for span in (*hit["highlights"], *hit["expanded_highlights"])}
        assert {tuple(span) for span in each["highlights"]} == spans
    kept = json.loads(write([KEPT], "json", HEADING))["excerpts"][0]
    assert (kept["note"], kept["tags"], kept["status"]) == ("=HYPERLINK(1)", ["入学", "随迁"], "changed")


def test_filters_order_and_spelling_are_those_of_the_page(client: FlaskClient) -> None:
    for query in ("q=教育&city=武汉市&sort=newest", "q=心里健康", "q=教育&year=2017..2018", "q=立德树人 机器人"):
        expected = client.get(f"/api/v1/search?{query}&per_page=100").get_json()["hits"]
        found = json.loads(exported(client, "json", query))["excerpts"]
        assert [each["id"] for each in found[:100]] == [hit["id"] for hit in expected], query
        assert expected


def test_a_search_that_is_too_large_is_cut_and_says_so(backend: SearchBackend) -> None:
    made = export_search(backend, parse_query("教育"), "json", "https://example.org", most=7)
    found = json.loads(made.octets)
    assert len(found["excerpts"]) == 7
    assert found["cut"] == "共 193 段，本文件只含前 7 段；其余请加筛选后分次导出。"
    assert found["excerpts"][0]["url"].startswith("https://example.org/p/")
    for form in FORMATS:
        assert export_search(backend, parse_query("教育"), form, "https://example.org", most=2).octets
    for form in ("csv", "md", "ris", "bibtex", "csl-json"):
        assert "只含前 2 段" in export_search(backend, parse_query("教育"), form, "", most=2).octets.decode("utf-8-sig")


def test_every_format_says_its_media_type_and_its_charset_once(client: FlaskClient) -> None:
    for form in FORMATS:
        said = client.get(f"/api/v1/export?q={QUERY}&format={form}").headers["Content-Type"]
        assert said.count("charset") == (form in ("csv", "md", "ris", "bibtex")), said


def test_nothing_found_is_a_file_that_says_so(client: FlaskClient) -> None:
    for form in FORMATS:
        exported(client, form, "q=“量子霸权计算机”")
    assert json.loads(exported(client, "json", "q=“量子霸权计算机”"))["excerpts"] == []


@pytest.mark.parametrize(
    ("query", "said"), [("format=pdf", "docx、xlsx"), ("style=chicgo", "chicago"), ("format=json&year=x", "年份")]
)
def test_what_cannot_be_is_refused(client: FlaskClient, query: str, said: str) -> None:
    answer = client.get(f"/api/v1/export?q=教育&{query}")
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]["message"]


def test_another_style_is_used_in_every_citation(client: FlaskClient) -> None:
    found = json.loads(exported(client, "json", f"q={QUERY}&style=apa"))
    assert found["style"] == "apa"
    assert all("n.d." in each["citation"] or "(2" in each["citation"] for each in found["excerpts"])


def test_the_command_writes_the_same_file(client: FlaskClient, index: Any) -> None:
    done = run("export", QUERY, "--format", "csv", "--index", index, "--base-url", "http://localhost/")
    assert done.returncode == 0
    assert table(done.stdout.encode("utf-8")) == table(exported(client, "csv"))
    assert run("export", QUERY, "--format", "pdf", "--index", index).returncode == 2
    wrong = run("export", QUERY, "--format", "csv", "--style", "chicgo", "--index", index)
    assert (wrong.returncode, "chicago" in wrong.stderr) == (2, True)


def test_the_command_and_the_page_offer_the_same_formats(client: FlaskClient) -> None:
    assert tuple(FORMATS) == EXPORTS
    page = client.get(f"/?q={QUERY}").text
    for form in FORMATS:
        assert f"/api/v1/export?q=%E9%9A%8F%E8%BF%81%E5%AD%90%E5%A5%B3&amp;format={form}" in page


def test_an_unknown_format_names_those_that_there_are() -> None:
    with pytest.raises(ParameterError, match="docx"):
        write([KEPT], "pdf", HEADING)


@given(text=st.text(st.characters(exclude_categories=()), max_size=60), note=st.text(max_size=20))
def test_any_text_at_all_can_be_written_in_every_format(text: str, note: str) -> None:
    length = len(text)
    each = Excerpt("p", DOCUMENT, text, "https://example.org/p/p", (text,), 1, None, ((0, length // 2),), note=note)
    for form in FORMATS.values():
        _read_back(form, write([each], form.name, HEADING))


def _read_back(form: FileFormat, octets: bytes) -> None:
    if form.name == "docx":
        assert docx.Document(io.BytesIO(octets)).paragraphs
    elif form.name == "xlsx":
        with zipfile.ZipFile(io.BytesIO(octets)) as file:
            assert file.testzip() is None
        assert openpyxl.load_workbook(io.BytesIO(octets))["摘录"].max_row == 3
    elif form.name in ("json", "csl-json"):
        assert json.loads(octets)
    else:
        assert octets.decode("utf-8")
