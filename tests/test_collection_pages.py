"""Collections as a reader meets them: saved with one click, worked on in place, shared to be read, nothing lost."""

from __future__ import annotations

import html
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.backend import SearchBackend
from indexer.query import parse_query
from search_app import create_app
from search_app.collections import service
from search_app.collections.addresses import read_address
from search_app.collections.database import Database, open_database
from search_app.collections.models import MAX_NOTE
from tests.databases import fresh_url

SEARCH = f"/?q={quote('随迁子女')}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with fresh_url(tmp_path) as url, closing(open_database(url, wait=0.5)) as opened:
        yield opened


@pytest.fixture
def app(backend: SearchBackend, database: Database) -> Flask:
    return create_app(backend, database=database)


class Reader:
    """A reader with a browser: keeps cookies, and sends the forms that pages hold."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, url: str) -> TestResponse:
        return self.client.get(url)

    def token(self, url: str = SEARCH) -> str:
        found = re.search(r'name="token" value="([0-9a-f]{40})"', self.get(url).text)
        assert found is not None
        return found[1]

    def post(self, url: str, **fields: str) -> TestResponse:
        return self.client.post(url, data={"token": self.token("/c/"), **fields})

    def save(self, **fields: str) -> TestResponse:
        return self.post("/c/save", **{"back": SEARCH, **fields})

    def address(self) -> str:
        """The address to edit of the collection that is saved into."""
        found = re.search(r'href="/c/(e[a-z2-7]{32})"', self.get("/c/").text)
        assert found is not None
        return found[1]


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


@pytest.fixture(scope="module")
def paragraphs(backend: SearchBackend) -> list[str]:
    return [hit.paragraph.id for hit in backend.search(parse_query("随迁子女")).hits]


def form(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form of a page that goes to an address."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found is not None, action
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', found[1])
    return {name: html.unescape(value) for name, value in pairs}


def notice(page: str) -> str:
    """Return what a page says was just done."""
    found = re.search(r'<section class="notice".*?<p role="status">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


# --- Saving -----------------------------------------------------------------------------------------------------------


def test_one_click_saves_and_leads_back_with_a_way_to_undo(reader: Reader) -> None:
    page = reader.get(SEARCH).text
    value = re.search(r'name="paragraph" value="([^"]+)"', page)
    assert value is not None
    fields = form(page, "/c/save")
    assert fields["back"] == SEARCH
    answer = reader.client.post("/c/save", data={**fields, "paragraph": value[1]})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{SEARCH}#hit-1"
    back = reader.get(SEARCH).text
    assert re.fullmatch(r"已收藏到〈我的收藏 \d{4}-\d\d-\d\d〉", notice(back))
    assert back.count(">已收藏<") == 1
    assert re.search(r"/c/e[a-z2-7]{32}", back) is None, "the address to edit is said on its own pages only"
    again = reader.get(SEARCH).text
    assert notice(again) == "", "said once"
    undone = reader.client.post("/c/undo", data=form(back, "/c/undo"))
    assert undone.headers["Location"] == SEARCH
    page = reader.get(SEARCH).text
    assert notice(page).startswith("已从")
    assert ">已收藏<" not in page
    reader.client.post("/c/undo", data=form(page, "/c/undo"))
    assert reader.get(SEARCH).text.count(">已收藏<") == 1


def test_every_kind_of_page_has_its_buttons(reader: Reader, paragraphs: list[str]) -> None:
    hits = reader.get(SEARCH).text
    assert hits.count('class="save" name="paragraph"') == hits.count('<li class="hit"') > 3
    assert 'name="search" value="/?q=' in hits
    permalink = reader.get(f"/p/{paragraphs[0]}").text
    assert permalink.count('class="save" name="paragraph"') == 1
    rows = reader.get(f"/compare?q={quote('学前教育')}").text
    assert rows.count('class="save" name="paragraph"') >= 4
    assert 'name="comparison" value="/compare?q=' in rows
    left, right = (paragraph[:11] for paragraph in paragraphs[:2])
    sides = reader.get(f"/compare?left={left}&right={right}").text
    assert 'name="comparison" value="/compare?left=' in sides
    assert sides.count('class="save" name="paragraph"') == sides.count('aria-label="打开') > 10


def test_a_search_and_a_comparison_are_saved_by_their_buttons(reader: Reader) -> None:
    url = f"/compare?q={quote('学前教育')}"
    page = reader.get(url).text
    value = re.search(r'name="comparison" value="([^"]+)"', page)
    assert value is not None
    reader.save(comparison=html.unescape(value[1]), back=url)
    reader.save(search=SEARCH + "&page=2")
    shown = reader.get(f"/c/{reader.address()}").text
    assert '对比 <a href="/compare?q=' in shown
    assert f'检索 <a href="{SEARCH}">随迁子女</a>' in shown
    assert "没有新增。" in shown


def test_saving_again_says_so_and_makes_nothing_twice(reader: Reader, paragraphs: list[str]) -> None:
    reader.save(paragraph=f"{paragraphs[0]} hit-1")
    reader.save(paragraph=f"{paragraphs[0]} here", back=f"/p/{paragraphs[0]}")
    assert notice(reader.get(f"/p/{paragraphs[0]}").text).startswith("早已收藏在")
    assert reader.get(f"/c/{reader.address()}").text.count('<li class="saved-item') == 1


def test_another_collection_or_a_new_one_is_chosen_when_saving(reader: Reader, paragraphs: list[str]) -> None:
    reader.save(paragraph=f"{paragraphs[0]} hit-1")
    fields = form(reader.get(SEARCH).text, "/c/move")
    moved = reader.client.post("/c/move", data={**fields, "into": "new", "title": "入学政策"})
    assert moved.headers["Location"] == SEARCH
    page = reader.get(SEARCH).text
    assert notice(page) == "已改存到〈入学政策〉"
    shelf = reader.get("/c/").text
    assert shelf.index("入学政策") < shelf.index("我的收藏")
    assert re.findall(r"(\d+) 项<", shelf) == ["1", "0"]
    reader.save(paragraph=f"{paragraphs[1]} hit-2")
    assert notice(reader.get(SEARCH).text) == "已收藏到〈入学政策〉", "what was chosen stays so"


def test_a_script_is_told_what_to_say(reader: Reader, paragraphs: list[str]) -> None:
    token = reader.token()
    answer = reader.client.post(
        "/c/save",
        data={"token": token, "paragraph": f"{paragraphs[0]} hit-1", "back": SEARCH},
        headers={"Accept": "application/json"},
    )
    said = answer.get_json()
    assert said["kind"] == "saved"
    assert notice(said["notice"]).startswith("已收藏到〈")
    assert form(said["notice"], "/c/undo")["token"] == token
    assert "Location" not in answer.headers
    assert reader.get(SEARCH).text.count(">已收藏<") == 1


def test_what_cannot_be_saved_makes_no_collection(reader: Reader, database: Database) -> None:
    for field, value in (
        ("paragraph", "aaaaaaaaaaabbbbbbbbbbb"),
        ("search", "https://elsewhere.example/x"),
        ("note", ""),
    ):
        assert reader.save(**{field: value}).status_code in (400, 404), field
    assert not database.exists()
    assert "这个浏览器还没有收藏" in reader.get("/c/").text


def test_nobody_is_led_to_another_site(reader: Reader, paragraphs: list[str]) -> None:
    for number, back in enumerate(
        ("//elsewhere.example/", "https://elsewhere.example", "/\\elsewhere.example", "javascript:1")
    ):
        answer = reader.save(paragraph=f"{paragraphs[number % len(paragraphs)]} x", back=back)
        assert re.fullmatch(r"/c/go/r[a-z2-7]{32}", answer.headers["Location"]), back


def test_pages_that_differ_from_reader_to_reader_are_kept_for_nobody(app: Flask, paragraphs: list[str]) -> None:
    one, other = Reader(app), Reader(app)
    one.save(paragraph=f"{paragraphs[0]} hit-1")
    mine = one.get(SEARCH)
    assert ">已收藏<" in mine.text
    assert mine.headers["Cache-Control"] == "no-store"
    theirs = other.get(SEARCH)
    assert "Age" in theirs.headers, "the answer itself is kept"
    assert ">已收藏<" not in theirs.text
    assert notice(theirs.text) == ""
    assert theirs.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in theirs.headers["Vary"]
    assert one.token() != other.token()


def test_a_text_that_looks_like_our_marks_is_left_alone(reader: Reader) -> None:
    from search_app.collections.personal import NOTICE_MARK, TOKEN_MARK

    page = reader.get(SEARCH).text
    assert TOKEN_MARK not in page
    assert NOTICE_MARK not in page


# --- Forms ------------------------------------------------------------------------------------------------------------


def test_a_form_without_its_token_is_refused_and_nothing_typed_is_lost(reader: Reader, paragraphs: list[str]) -> None:
    reader.save(paragraph=f"{paragraphs[0]} hit-1")
    address = reader.address()
    item = service.read(database_of(reader), address).items[0].id
    url = f"/c/{address}/items/{item}/edit"
    for token in ({}, {"token": ""}, {"token": "0" * 40}, {"token": "叺"}):
        answer = reader.client.post(url, data={**token, "note": "写了<很久>的备注", "tags": "入学"})
        assert answer.status_code == 403
        assert "写了&lt;很久&gt;的备注" in answer.text
        assert "不是从本站的页面发出的" in answer.text
    again = {**form(answer.text, url), "note": "写了<很久>的备注", "tags": "入学"}
    fields = form(reader.get(f"/c/{address}").text, url)
    assert reader.client.post(url, data={**fields, **again}).status_code == 303
    assert service.read(database_of(reader), address).items[0].note == "写了<很久>的备注"


def test_the_token_of_another_browser_is_no_token(app: Flask, paragraphs: list[str]) -> None:
    one, other = Reader(app), Reader(app)
    data = {"token": other.token(), "paragraph": paragraphs[0]}
    one.get(SEARCH)
    assert one.client.post("/c/save", data=data).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 303),  # what browsers say on pages that say nothing of where they are
        ({"Origin": "http://localhost"}, 303),
    ],
)
def test_forms_of_other_sites_are_refused(
    reader: Reader, paragraphs: list[str], headers: dict[str, str], status: int
) -> None:
    data = {"token": reader.token(), "paragraph": paragraphs[0], "back": SEARCH}
    assert reader.client.post("/c/save", data=data, headers=headers).status_code == status


def test_a_form_that_is_too_large_is_refused_and_the_longest_note_is_taken(
    reader: Reader, paragraphs: list[str]
) -> None:
    reader.save(paragraph=paragraphs[0])
    address = reader.address()
    item = service.read(database_of(reader), address).items[0].id
    longest = "育" * MAX_NOTE
    url = f"/c/{address}/items/{item}/edit"
    fields = form(reader.get(f"/c/{address}").text, url)
    assert reader.client.post(url, data={**fields, "note": longest, "tags": ""}).status_code == 303
    assert service.read(database_of(reader), address).items[0].note == longest
    assert reader.client.post(url, data={**fields, "note": "育" * 90_000}).status_code == 413


def test_what_was_typed_is_shown_again_whatever_went_wrong(reader: Reader, paragraphs: list[str]) -> None:
    reader.save(paragraph=paragraphs[0])
    address = reader.address()
    item = service.read(database_of(reader), address).items[0].id
    url = f"/c/{address}/items/{item}/edit"
    fields = form(reader.get(f"/c/{address}").text, url)
    many = " ".join(f"标签{number}" for number in range(30))
    answer = reader.client.post(url, data={**fields, "note": "写了很久的备注", "tags": many})
    assert answer.status_code == 413
    assert "标签有 30 个，最多 20 个" in answer.text
    assert "写了很久的备注" in answer.text
    again = {**form(answer.text, url), "note": "写了很久的备注", "tags": "入学"}
    assert reader.client.post(url, data=again).status_code == 303
    assert service.read(database_of(reader), address).items[0].note == "写了很久的备注"
    lost = reader.get(f"/c/e{'a' * 32}")
    assert lost.status_code == 404
    assert "没有这个收藏" in lost.text


def test_a_database_that_fails_loses_no_note(backend: SearchBackend, tmp_path: Path) -> None:
    with closing(open_database(f"sqlite:///{tmp_path / 'collections.db'}", wait=0.05)) as database:
        reader = Reader(create_app(backend, database=database))
        made = service.create(database, "入学")
        url = f"/c/{made.address.edit}/edit"
        fields = form(reader.get(f"/c/{made.address.edit}").text, url)
        with database.writing():  # somebody else writes, for longer than we wait
            answer = reader.client.post(url, data={**fields, "title": "入学", "note": "写了很久的说明"})
        assert answer.status_code == 503
        assert "写了很久的说明" in answer.text
        assert reader.client.post(url, data={**form(answer.text, url), "title": "入学", "note": "x"}).status_code == 303


def test_cookies_say_nothing_to_scripts_and_travel_safely(
    app: Flask, backend: SearchBackend, database: Database, paragraphs: list[str]
) -> None:
    plain = Reader(app).save(paragraph=paragraphs[0]).headers.getlist("Set-Cookie")
    assert all("HttpOnly" in each and "SameSite=Lax" in each and "Secure" not in each for each in plain)
    assert any(each.startswith("yaodian_collections=") for each in plain)
    safe = Reader(create_app(backend, {"BASE_URL": "https://yaodian.example"}, database))
    first = safe.client.get(SEARCH, base_url="https://yaodian.example")
    token = form(first.text, "/c/save")["token"]
    answer = safe.client.post(
        "/c/save", data={"token": token, "paragraph": paragraphs[0]}, base_url="https://yaodian.example"
    )
    for each in [*first.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]:
        assert "Secure" in each


def test_a_cookie_that_somebody_made_up_opens_nothing(app: Flask, reader: Reader, paragraphs: list[str]) -> None:
    reader.save(paragraph=paragraphs[0])
    cookie = reader.client.get_cookie("yaodian_collections")
    assert cookie is not None
    payload = cookie.value.rpartition(".")[0]
    for value in ("x", payload, f"{payload}.{'A' * 43}", f"W10.{cookie.value}", cookie.value + "A"):
        other = Reader(app)
        other.client.set_cookie("yaodian_collections", value)
        assert "这个浏览器还没有收藏" in other.get("/c/").text
        assert other.get(SEARCH).status_code == 200


# --- The page of a collection -----------------------------------------------------------------------------------------


def database_of(reader: Reader) -> Database:
    from search_app.access import current_database

    with reader.client.application.app_context():
        return current_database()


@pytest.fixture
def filled(reader: Reader, paragraphs: list[str]) -> str:
    """A collection of three passages, the first with a note and tags; returns its address to edit."""
    for number, paragraph in enumerate(paragraphs[:3], start=1):
        reader.save(paragraph=f"{paragraph} hit-{number}")
    address = reader.address()
    first = service.read(database_of(reader), address).items[0].id
    service.edit_item(database_of(reader), address, first, None, note="与重庆的说法相比", tags=["入学", "2017年"])
    return address


def order(reader: Reader, address: str) -> list[str]:
    return re.findall(r'<li class="saved-item \w+" id="i-([0-9a-f]+)"', reader.get(f"/c/{address}").text)


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


# --- Editors at once --------------------------------------------------------------------------------------------------


def test_of_two_editors_of_one_note_the_second_sees_both_texts_and_chooses(
    app: Flask, reader: Reader, filled: str
) -> None:
    other = Reader(app)
    item = order(reader, filled)[0]
    url = f"/c/{filled}/items/{item}/edit"
    mine = form(reader.get(f"/c/{filled}").text, url)
    theirs = form(other.get(f"/c/{filled}").text, url)
    other.client.post(url, data={**theirs, "note": "她的备注", "tags": "入学 2017年"})
    answer = reader.client.post(url, data={**mine, "note": "他写了很久的备注", "tags": "入学"})
    assert answer.status_code == 412
    assert "她的备注" in answer.text
    assert "他写了很久的备注" in answer.text
    assert service.read(database_of(reader), filled).items[0].note == "她的备注"
    chosen = form(answer.text, url)
    assert reader.client.post(url, data={**chosen, "note": "合在一起", "tags": "入学"}).status_code == 303
    assert service.read(database_of(reader), filled).items[0].note == "合在一起"


def test_two_editors_of_two_notes_do_not_stand_in_each_others_way(app: Flask, reader: Reader, filled: str) -> None:
    other = Reader(app)
    one, two, _ = order(reader, filled)
    page, others = reader.get(f"/c/{filled}").text, other.get(f"/c/{filled}").text
    for who, shown, item in ((reader, page, one), (other, others, two)):
        url = f"/c/{filled}/items/{item}/edit"
        assert who.client.post(url, data={**form(shown, url), "note": f"备注 {item}", "tags": ""}).status_code == 303
    assert [item.note for item in service.read(database_of(reader), filled).items][:2] == [f"备注 {one}", f"备注 {two}"]


def test_notes_written_at_once_are_all_kept(app: Flask, reader: Reader, filled: str) -> None:
    items = order(reader, filled)
    page = reader.get(f"/c/{filled}").text
    answers: list[int] = []

    def write(item: str) -> None:
        writer = Reader(app)
        url = f"/c/{filled}/items/{item}/edit"
        token = writer.token()
        for number in range(5):
            shown = page if number == 0 else writer.get(f"/c/{filled}").text
            fields = {**form(shown, url), "token": token, "note": f"{item} {number}", "tags": ""}
            answers.append(writer.client.post(url, data=fields).status_code)

    threads = [threading.Thread(target=write, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 15
    assert [item.note for item in service.read(database_of(reader), filled).items] == [f"{item} 4" for item in items]


def test_a_title_is_not_undone_and_a_passage_that_was_annotated_is_not_deleted(reader: Reader, filled: str) -> None:
    page = reader.get(f"/c/{filled}").text
    item = order(reader, filled)[0]
    service.edit(database_of(reader), filled, None, title="别人的标题")
    stale = reader.client.post(
        f"/c/{filled}/edit", data={**form(page, f"/c/{filled}/edit"), "title": "我的", "note": ""}
    )
    assert stale.status_code == 412
    assert "别人的标题" in stale.text
    assert 'value="我的"' in stale.text
    service.edit_item(database_of(reader), filled, item, None, note="别人刚写的")
    url = f"/c/{filled}/items/{item}/delete"
    stale = reader.client.post(url, data=form(page, url))
    assert stale.status_code == 412
    assert "别人刚写的" in stale.text
    assert reader.client.post(url, data=form(stale.text, url)).status_code == 303


def test_a_form_that_does_not_say_what_it_was_made_from_is_not_trusted(reader: Reader, filled: str) -> None:
    item = order(reader, filled)[0]
    assert reader.post(f"/c/{filled}/items/{item}/edit", note="覆盖", tags="").status_code == 412
    assert service.read(database_of(reader), filled).items[0].note == "与重庆的说法相比"


# --- Private ----------------------------------------------------------------------------------------------------------


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


def backend_of(reader: Reader) -> SearchBackend:
    from search_app.access import current_backend

    with reader.client.application.app_context():
        return current_backend()


# --- Files ------------------------------------------------------------------------------------------------------------


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
