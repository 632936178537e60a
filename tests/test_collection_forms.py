"""Forms of collections: only our own, and of editors at once none undoes the other; nothing typed is lost."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from indexer.backend import SearchBackend
from search_app import create_app
from search_app.collections import service
from search_app.collections.database import Database, open_database
from search_app.collections.models import MAX_NOTE
from tests.collection_reader import SEARCH, Reader, database_of, form, order

pytest_plugins = ["tests.collection_reader"]


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
