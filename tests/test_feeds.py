"""Searches as Atom feeds: valid, in both orders, with ids that stay, and dates that are not guessed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from lxml import etree

from indexer.backend import SearchBackend, open_backend
from indexer.builds import current_build
from indexer.pipeline import build
from indexer.whoosh_backend import entered as entering
from indexer.whoosh_backend.entered import read_entered
from search_app import create_app
from search_app.collections import service
from search_app.collections.database import Database, open_database
from tests.databases import fresh_url

ATOM = "{http://www.w3.org/2005/Atom}"
URL = f"/feed?q={quote('随迁子女')}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with fresh_url(tmp_path) as url, closing(open_database(url, wait=0.5)) as opened:
        yield opened


def check(octets: bytes) -> Any:
    """Hold a feed against what RFC 4287 asks of it; returns what feedparser reads."""
    root = etree.fromstring(octets)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):  # 4.1.1: exactly one
        assert len(root.findall(f"{ATOM}{name}")) == 1, name
    links = [(each.get("rel"), each.get("type")) for each in root.findall(f"{ATOM}link")]
    assert len(links) == len(set(links)), "no two alternates of one type"
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    assert all(each.startswith("urn:uuid:") for each in ids)
    for entry in root.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated"):  # 4.1.2
            assert len(entry.findall(f"{ATOM}{name}")) == 1, name
        assert len(entry.findall(f"{ATOM}content")) == 1
        assert len(entry.findall(f"{ATOM}summary")) <= 1
    for date in root.iter(f"{ATOM}updated", f"{ATOM}published"):  # 3.3: RFC 3339, a zone included
        assert time.strptime((date.text or "")[:19], "%Y-%m-%dT%H:%M:%S")
        assert (date.text or "")[19:].endswith(("Z", "+00:00"))
    read = feedparser.parse(octets)
    assert not read.bozo
    assert read.version == "atom10"
    return read


def test_any_search_is_a_valid_feed_and_its_page_says_where(backend: SearchBackend) -> None:
    client = create_app(backend).test_client()
    answer = client.get(URL)
    assert answer.mimetype == "application/atom+xml"
    read = check(answer.data)
    total = client.get(f"/api/v1/search?q={quote('随迁子女')}").get_json()["total_paragraphs"]
    assert len(read.entries) == total > 3
    assert read.feed.title == "要点检索：随迁子女（按进入语料的时间）"
    assert all("随迁子女" in entry.content[0].value for entry in read.entries[:1])
    assert all(client.get(entry.link.removeprefix("http://localhost")).status_code == 200 for entry in read.entries)
    page = client.get(f"/?q={quote('随迁子女')}&page=2").text
    assert f'<link rel="alternate" type="application/atom+xml" href="{URL}"' in page
    assert client.get("/feed").status_code == 400
    assert client.get(f"{URL}&order=oldest").status_code == 400


def test_a_feed_without_entries_is_valid_too(backend: SearchBackend) -> None:
    assert check(create_app(backend).test_client().get("/feed?q=“没有这样的话”").data).entries == []


def test_titles_that_xml_cannot_hold_are_written_so_that_it_can(backend: SearchBackend) -> None:
    answer = create_app(backend).test_client().get("/feed?q=%22%01%3Cscript%3E%22")
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        check(answer.data)


def plan(folder: Path, name: str, year: int, sentence: str, published: str = "") -> None:
    """Write a document of three paragraphs as a line of JSON."""
    import json

    items = f"1. {sentence}做好本年度义务教育阶段学校招生入学工作。\n2. 落实控辍保学责任，完善台账和报告制度。\n"
    text = f"一、招生\n{items}"
    line = {"title": f"{name}{year}年教育工作要点", "text": text, "city": name, "years": [year]}
    if published:
        line["published"] = published
    (folder / f"{name}{year}.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", "utf-8")
    os.utime(folder / f"{name}{year}.jsonl", (1_700_000_000 + year, 1_700_000_000 + year))


def test_entries_keep_their_id_and_day_and_the_orders_differ(tmp_path: Path, database: Database) -> None:
    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    plan(folder, "武汉市", 2017, "随迁子女就近入学。", "2017-03-01")
    plan(folder, "重庆市", 2019, "随迁子女免试入学。", "2019-02-01")
    build([folder], index)
    first = current_build(index)
    came = read_entered(first)
    assert len(came) == 2
    # The first build was made last year.
    (first / entering.ENTERED).write_bytes(
        (first / entering.ENTERED).read_bytes().replace(came[next(iter(came))].encode(), b"2025-05-05T05:05:05Z")
    )
    plan(folder, "成都市", 2016, "随迁子女积分入学。", "2016-04-01")
    build([folder], index)
    with closing(open_backend(index)) as backend:
        client = create_app(backend, database=database).test_client()
        entered, published = (check(client.get(f"{URL}&order={order}").data) for order in ("entered", "published"))
        assert [entry.title[:8] for entry in entered.entries] == ["成都市 2016", "重庆市 2019", "武汉市 2017"]
        assert [entry.title[:8] for entry in published.entries] == ["重庆市 2019", "武汉市 2017", "成都市 2016"]
        assert [entry.updated[:10] for entry in entered.entries][1:] == ["2025-05-05"] * 2
        assert [entry.published[:10] for entry in published.entries] == ["2019-02-01", "2017-03-01", "2016-04-01"]
        before = {entry.id: entry.link for entry in entered.entries}
    # Another paragraph of a document is corrected: its paragraphs have other permalinks, and are no news.
    path = folder / "武汉市2017.jsonl"
    path.write_text(path.read_text("utf-8").replace("报告制度", "通报制度"), "utf-8")
    build([folder], index, rebuild=True)
    assert sorted(read_entered(current_build(index)).values())[0] == "2025-05-05T05:05:05Z", "a new build remembers"
    with closing(open_backend(index)) as backend:
        after = {
            entry.id: entry.link
            for entry in check(create_app(backend, database=database).test_client().get(URL).data).entries
        }
    assert set(before) == set(after)
    assert len(set(before.values()) & set(after.values())) == 2


def test_a_saved_search_is_a_feed_under_the_address_to_read(backend: SearchBackend, database: Database) -> None:
    client = create_app(backend, database=database).test_client()
    made = service.create(database, "随迁子女")
    edit, read = made.address.edit or "", made.address.read
    item = service.save_search(database, backend, edit, f"/?q={quote('随迁子女')}").item
    assert item is not None
    answer = client.get(f"/c/{read}/items/{item.id}/feed.atom?order=published")
    found = check(answer.data)
    assert found.feed.title == "随迁子女：随迁子女（按发布日期）"
    assert edit.encode() not in answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    led = client.get(f"/c/{edit}/items/{item.id}/feed.atom")
    assert led.headers["Location"] == f"/c/{read}/items/{item.id}/feed.atom"
    assert client.get(f"/c/{read}/items/none/feed.atom").status_code == 404
    passage = service.save_passage(database, backend, edit, next(iter(first_paragraphs(backend)))).item
    assert passage is not None
    assert client.get(f"/c/{read}/items/{passage.id}/feed.atom").status_code == 400


def first_paragraphs(backend: SearchBackend) -> Iterator[str]:
    for each in backend.documents():
        yield backend.document(each.id).paragraphs[0].id


def test_what_is_new_in_a_saved_search_is_listed_until_it_was_seen(tmp_path: Path, database: Database) -> None:
    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    plan(folder, "武汉市", 2017, "随迁子女就近入学。")
    build([folder], index)
    with closing(open_backend(index)) as backend:
        client = create_app(backend, database=database).test_client()
        made = service.create(database, "随迁子女")
        edit = made.address.edit or ""
        item = service.save_search(database, backend, edit, f"/?q={quote('随迁子女')}").item
        assert item is not None
        page = client.get(f"/c/{edit}").text
        assert "没有新增。" in page
        assert "看过了" not in page
        plan(folder, "重庆市", 2019, "随迁子女免试入学。")
        build([folder], index)
        page = client.get(f"/c/{edit}").text
        assert "新增 1 段" in page
        assert "看过：1 段" in page
        assert "现在：2 段" in page
        assert "随迁子女免试入学" in page
        reading = client.get(f"/c/{made.address.read}").text
        assert "新增 1 段" in reading
        assert "看过了" not in reading
        assert "新增 1 段" in client.get(f"/c/{edit}/items/{item.id}/new").text
        import re

        token = re.search(r'name="token" value="([^"]+)"', page)
        shown = re.search(r'name="build" value="([^"]+)"', page)
        assert token is not None
        assert shown is not None
        plan(folder, "成都市", 2016, "随迁子女积分入学。")
        build([folder], index)
        fields = {"token": token[1], "build": shown[1]}
        client.post(f"/c/{edit}/items/{item.id}/seen", data=fields)
        page = client.get(f"/c/{edit}").text
        assert "新增 2 段" in page, "what came after the page was shown is not taken for seen"
        newest = re.search(r'name="build" value="([^"]+)"', page)
        assert newest is not None
        client.post(f"/c/{edit}/items/{item.id}/seen", data={**fields, "build": newest[1]})
        assert "没有新增。" in client.get(f"/c/{edit}").text


def test_a_repeated_sentence_is_one_entry_and_a_place_may_hold_anything(tmp_path: Path) -> None:
    said = "落实随迁子女入学政策，保障平等接受义务教育。"
    known = {"title": "2017年教育工作要点", "city": "武\x01汉\x0b市", "years": [2017]}
    text = f"一、工作\n1.{said}\n2.{said}\n二、保障\n1.{said}\n随迁子女入学。\n随迁子女入学。\n"
    (tmp_path / "a.jsonl").write_text(json.dumps({**known, "text": text}) + "\n", "utf-8")
    build([tmp_path / "a.jsonl"], tmp_path / "index")
    with closing(open_backend(tmp_path / "index")) as opened:
        answer = create_app(opened).test_client().get(URL)
    assert answer.status_code == 200
    read = check(answer.data)
    assert len({entry.id for entry in read.entries}) == len(read.entries) >= 2
    assert "武�汉�市" in read.entries[0].title


def test_what_no_xml_holds_is_left_out_of_a_feed(tmp_path: Path) -> None:
    known = {
        "text": "1.落实控辍保学责任。\n2.做好招生工作。\n",
        "title": "要\x01点",
        "issuer": "某\x02局",
        "city": "某\x03市",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(known) + "\n", "utf-8")
    build([tmp_path / "a.jsonl"], tmp_path / "index")
    with closing(open_backend(tmp_path / "index")) as backend:
        answer = create_app(backend).test_client().get(f"/feed?q={quote('控辍保学')}")
    assert answer.status_code == 200
    assert len(check(answer.data).entries) == 1
