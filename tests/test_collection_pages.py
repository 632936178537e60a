"""The page of a collection: to work in, to read, to print and export; private, and never markup."""

from __future__ import annotations

import html
import logging
import re
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from indexer.backend import SearchBackend
from search_app import create_app
from search_app.collections import service
from search_app.collections.addresses import read_address
from search_app.collections.database import Database
from tests.collection_reader import Reader, backend_of, database_of, form, notice, order

pytest_plugins = ["tests.collection_reader"]


def test_the_page_shows_quotations_with_notes_citations_and_status(
    reader: Reader, filled: str, backend: SearchBackend, paragraphs: list[str]
) -> None:
    page = reader.get(f"/c/{filled}").text
    _, first = backend.paragraph(paragraphs[0])
    assert html.escape(first.text, quote=False).replace('"', "&#34;") in page
    assert "与重庆的说法相比" in page
    assert "[EB/OL]" in page
    assert page.count("<b>当前</b>") == 3
    read = read_address(filled).read
    assert f'value="http://localhost/c/{filled}"' in page
    assert f'value="http://localhost/c/{read}"' in page
    assert "谁有这个地址，谁就能修改和删除" in page


def test_the_reading_address_has_no_forms_and_leads_nowhere_back(reader: Reader, filled: str) -> None:
    page = reader.get(f"/c/{read_address(filled).read}").text
    assert "与重庆的说法相比" in page
    assert 'method="post"' not in page
    assert filled not in page
    assert re.search(r"\be[a-z2-7]{32}\b", page) is None
    for action in ("edit", "delete", "restore", "items/0123456789abcdef/edit", "items/0123456789abcdef/delete"):
        assert reader.post(f"/c/{read_address(filled).read}/{action}").status_code == 403, action


def test_notes_and_tags_are_edited_in_place_and_filtered(reader: Reader, filled: str) -> None:
    second = order(reader, filled)[1]
    url = f"/c/{filled}/items/{second}/edit"
    fields = form(reader.get(f"/c/{filled}").text, url)
    answer = reader.client.post(url, data={**fields, "note": "第二处", "tags": "入学，随迁 转学"})
    assert answer.headers["Location"] == f"/c/{filled}#i-{second}"
    page = reader.get(f"/c/{filled}").text
    assert notice(page) == "已保存"
    assert service.read(database_of(reader), filled).items[1].tags == ("入学", "随迁", "转学")
    assert re.findall(r'rel="nofollow">([^<]+) <span class="count">(\d+)', page) == [
        ("入学", "2"),
        ("2017年", "1"),
        ("随迁", "1"),
        ("转学", "1"),
    ]
    tagged = reader.get(f"/c/{filled}?tag={quote('转学')}").text
    assert tagged.count('<li class="saved-item') == 1
    assert 'value="2"' in tagged, "it keeps its number"
    assert "没有标为“没有的”的项" in reader.get(f"/c/{filled}?tag={quote('没有的')}").text


def test_items_are_put_in_another_order_by_buttons(reader: Reader, filled: str) -> None:
    one, two, three = order(reader, filled)
    reader.post(f"/c/{filled}/items/{three}/move", to="up")
    assert order(reader, filled) == [one, three, two]
    reader.post(f"/c/{filled}/items/{one}/move", to="down")
    assert order(reader, filled) == [three, one, two]
    reader.post(f"/c/{filled}/items/{three}/move", to="up")
    assert order(reader, filled) == [three, one, two]
    reader.post(f"/c/{filled}/items/{two}/move", to="top")
    assert order(reader, filled) == [two, three, one]
    assert reader.post(f"/c/{filled}/items/{two}/move", to="sideways").status_code == 400
    assert reader.post(f"/c/{filled}/items/0123456789abcdef/move", to="up").status_code == 404


def test_what_is_deleted_comes_back_to_where_it_was(reader: Reader, filled: str) -> None:
    before = order(reader, filled)
    url = f"/c/{filled}/items/{before[1]}/delete"
    reader.client.post(url, data=form(reader.get(f"/c/{filled}").text, url))
    page = reader.get(f"/c/{filled}").text
    assert notice(page).startswith("已从〈")
    restore = f"/c/{filled}/items/{before[1]}/restore"
    assert page.count(f'action="{restore}"') == 2, "in the notice, and in the list of what was deleted"
    assert order(reader, filled) == [before[0], before[2]]
    reader.client.post(restore, data=form(page, restore))
    assert order(reader, filled) == before


def test_a_collection_is_deleted_and_brought_back(reader: Reader, filled: str) -> None:
    read = read_address(filled).read
    assert reader.post(f"/c/{filled}/delete").headers["Location"] == f"/c/{filled}"
    gone = reader.get(f"/c/{filled}")
    assert gone.status_code == 410
    assert re.search(r"可以恢复到 \d{4}-\d\d-\d\d", gone.text)
    reading = reader.get(f"/c/{read}")
    assert reading.status_code == 410
    assert 'method="post"' not in reading.text
    assert "删除，30 天内可以打开并恢复" in reader.get("/c/").text
    reader.client.post(f"/c/{filled}/restore", data=form(gone.text, f"/c/{filled}/restore"))
    assert reader.get(f"/c/{read}").status_code == 200


def test_title_and_note_of_the_whole_are_edited(reader: Reader, filled: str) -> None:
    fields = form(reader.get(f"/c/{filled}").text, f"/c/{filled}/edit")
    reader.client.post(f"/c/{filled}/edit", data={**fields, "title": "随迁子女入学", "note": "五地\r\n比较"})
    page = reader.get(f"/c/{read_address(filled).read}").text
    assert "<h1>随迁子女入学</h1>" in page
    assert "五地\n比较" in page


def test_this_browser_forgets_a_collection_and_is_told_it_again(app: Flask, reader: Reader, filled: str) -> None:
    read = read_address(filled).read
    reader.post("/c/forget", collection=read)
    assert "这个浏览器还没有收藏" in reader.get("/c/").text
    assert reader.get(f"/c/{filled}").status_code == 200
    other = Reader(app)
    added = other.post("/c/add", address=f"http://localhost/c/{read} ")
    assert added.headers["Location"] == f"/c/{read}"
    assert "只读" in other.get("/c/").text
    other.save(paragraph="")  # nothing is saved into what can only be read
    other.post("/c/add", address=filled.upper())
    assert f"/c/{filled}" in other.get("/c/").text
    for wrong in ("", "e" + "a" * 32, "https://elsewhere.example/"):
        assert other.post("/c/add", address=wrong).status_code == 404


def test_what_can_only_be_read_is_not_saved_into(app: Flask, filled: str, paragraphs: list[str]) -> None:
    other = Reader(app)
    other.post("/c/add", address=read_address(filled).read)
    other.save(paragraph=paragraphs[0])
    shelf = other.get("/c/").text
    assert re.search(r'href="/c/e[a-z2-7]{32}"', shelf)
    assert other.address() != filled


def test_the_page_says_what_became_of_each_passage(tmp_path: Path, database: Database) -> None:
    from indexer.backend import open_backend
    from indexer.pipeline import build
    from search_app.history.recording import recorder

    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    sentences = [
        "落实以居住证为主要依据的随迁子女义务教育就学政策，简化入学流程。",
        "健全控辍保学工作机制，完善学生资助台账和定期报告制度，不让一人失学。",
        "规范校外培训机构办学行为，建立黑白名单并向社会公布。",
        "推进集团化办学，促进优质教育资源在城乡之间均衡配置。",
    ]
    text = "一、招生\n" + "".join(f"{number}. {each}\n" for number, each in enumerate(sentences, start=1))
    plan = folder / "武汉市2017年教育工作要点.txt"
    plan.write_text(f"武汉市2017年教育工作要点\n{text}", "utf-8")
    build([folder], index, history=recorder(database))
    with closing(open_backend(index)) as backend:
        made = service.create(database, "去向")
        address = made.address.edit or ""
        for paragraph in backend.document(backend.documents()[0].id).paragraphs[:4]:
            service.save_passage(database, backend, address, paragraph.id)
    changed = text.replace("定期报告制度", "每月通报制度").replace(
        "3. 规范校外培训机构办学行为，建立黑白名单并向社会公布。\n", ""
    )
    plan.write_text(f"武汉市2017年教育工作要点\n{changed}", "utf-8")
    build([folder], index, history=recorder(database))
    with closing(open_backend(index)) as backend:
        reader = Reader(create_app(backend, database=database))
        page = reader.get(f"/c/{address}").text
    statuses = re.findall(r'<div class="link-status (\w+)">', page)
    assert statuses == ["moved", "changed", "gone", "moved"]
    assert "规范校外培训机构办学行为" in page, "what is gone is still quoted"
    assert re.search(r"<del>[^<]*定期报告[^<]*</del>", page)
    assert re.search(r"<ins>[^<]*每月通报[^<]*</ins>", page)
    assert "语料里没有这一段了" in page


def test_many_items_stand_on_several_pages(reader: Reader, backend: SearchBackend) -> None:
    made = service.create(database_of(reader), "很多")
    every = [paragraph.id for each in backend.documents() for paragraph in backend.document(each.id).paragraphs][:120]
    for each in every:
        service.save_passage(database_of(reader), backend, made.address.edit or "", each)
    first = reader.get(f"/c/{made.address.edit}").text
    assert first.count('<li class="saved-item') == 50
    second = reader.get(f"/c/{made.address.edit}?page=3").text
    assert second.count('<li class="saved-item') == 20
    assert '<ol class="saved-items" start="101">' in second
    assert "没有第 4 页" in reader.get(f"/c/{made.address.edit}?page=4").text
    assert reader.get(f"/c/{made.address.edit}?all=1").text.count('<li class="saved-item') == 120


def test_private_pages_are_kept_by_nobody_and_listed_nowhere(reader: Reader, filled: str) -> None:
    read = read_address(filled).read
    for path in ("/c/", f"/c/{filled}", f"/c/{read}", f"/c/{read}/export?format=csv", "/c/nothing", f"/c/go/{read}"):
        answer = reader.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "noindex" in answer.headers["X-Robots-Tag"], path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        if answer.status_code == 200 and answer.mimetype == "text/html":
            assert '<meta name="robots" content="noindex' in answer.text
    page = reader.get(f"/c/{filled}").text
    assert [link for link in re.findall(r"<a [^>]*https?://[^>]*>", page) if 'rel="noreferrer"' not in link] == []


def test_no_log_has_an_address(reader: Reader, filled: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reader.get(f"/c/{filled}")
    reader.post(f"/c/{filled}/edit", title="x", note="")
    reader.get(f"/c/{filled}/items/none/new")
    assert filled not in caplog.text
    assert read_address(filled).read not in caplog.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "</textarea>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_never_becomes_markup(reader: Reader, filled: str, text: str) -> None:
    database, item = database_of(reader), order(reader, filled)[0]
    service.edit(database, filled, None, title=text, note=text)
    service.edit_item(database, filled, item, None, note=text, tags=[text])
    service.save_search(database, backend_of(reader), filled, f"/?q={quote('“' + text + '”')}")
    pages = [
        reader.get(f"/c/{filled}").text,
        reader.get(f"/c/{read_address(filled).read}").text,
        reader.get("/c/").text,
        reader.post(f"/c/{filled}/items/{item}/edit", note=text + "x", tags=text).text,
        reader.client.post(f"/c/{filled}/items/{item}/edit", data={"note": text, "tags": text}).text,
        reader.get(f"/c/{filled}?tag={quote(text)}").text,
    ]
    for page in pages:
        assert html.escape(text) in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert page.count("<textarea") == page.count("</textarea>")


@pytest.mark.parametrize("form_name", ["csv", "xlsx", "docx", "md", "json", "ris", "bibtex", "csl-json"])
def test_a_collection_is_exported_in_its_order_without_the_address_to_edit(
    reader: Reader, filled: str, form_name: str
) -> None:
    file = reader.get(f"/c/{filled}/export?format={form_name}")
    assert file.status_code == 200
    assert "attachment" in file.headers["Content-Disposition"]
    assert filled.encode() not in file.data
    assert reader.get(f"/c/{read_address(filled).read}/export?format={form_name}").status_code == 200
    assert reader.get(f"/c/{filled}/export?format=exe").status_code == 400


def test_exported_files_have_notes_tags_and_the_passages_of_one_tag(reader: Reader, filled: str) -> None:
    whole = reader.get(f"/c/{filled}/export?format=json").get_json()
    tagged = reader.get(f"/c/{filled}/export?format=json&tag={quote('入学')}").get_json()
    assert "与重庆的说法相比" in str(whole)
    assert len(find_list(whole)) == 3
    assert len(find_list(tagged)) == 1


def find_list(exported: dict[str, Any]) -> list[Any]:
    return next(
        value for value in exported.values() if isinstance(value, list) and value and isinstance(value[0], dict)
    )


def test_a_note_is_no_formula_in_a_spreadsheet(reader: Reader, filled: str) -> None:
    import csv
    import io

    from openpyxl import load_workbook

    item = order(reader, filled)[0]
    for text in ('=HYPERLINK("http://elsewhere.example","x")', "+1", "-1", "@SUM(A1)", "＝1＋1"):
        service.edit_item(database_of(reader), filled, item, None, note=text, tags=[text])
        rows = csv.reader(io.StringIO(reader.get(f"/c/{filled}/export?format=csv").data.decode("utf-8-sig")))
        cells = [cell for row in rows for cell in row]
        assert f"'{text}" in cells
        assert text not in cells
        book = load_workbook(io.BytesIO(reader.get(f"/c/{filled}/export?format=xlsx").data))
        held = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
        assert held
        assert {cell.data_type for cell in held} == {"s"}
