"""One click saves, and says where; pages are kept for nobody whose marks they bear."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from flask import Flask

from search_app.collections.database import Database
from tests.collection_reader import SEARCH, Reader, form, notice

pytest_plugins = ["tests.collection_reader"]


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
    for path in (f"/p/{paragraphs[0]}", f"/d/{paragraphs[0][:11]}"):
        whole = reader.get(path).text
        assert whole.count('class="save" name="paragraph"') == whole.count('data-copy="/p/') > 20
        assert whole.count('/cite"') >= whole.count('data-copy="/p/')
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
