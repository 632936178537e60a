"""The JSON of collections as scripts rely on it: addresses, versions, what is refused, and what nobody else sees."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from indexer.backend import SearchBackend
from indexer.query import parse_query
from search_app import create_app
from search_app.collections.api import MAX_BODY
from search_app.collections.database import Database, open_database
from tests.databases import fresh_url

API = "/api/v1/collections"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with fresh_url(tmp_path) as url, closing(open_database(url, wait=0.5)) as opened:
        yield opened


@pytest.fixture
def client(backend: SearchBackend, database: Database) -> FlaskClient:
    return create_app(backend, database=database).test_client()


@pytest.fixture
def made(client: FlaskClient) -> Any:
    answer = client.post(API, json={"title": "随迁子女", "note": "与各地比较"})
    assert answer.status_code == 201
    return answer.get_json()


@pytest.fixture(scope="module")
def paragraph(backend: SearchBackend) -> str:
    return backend.search(parse_query("随迁子女")).hits[0].paragraph.id


def match(version: object) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def test_making_one_tells_both_addresses_once(client: FlaskClient) -> None:
    answer = client.post(API, json={})
    made = answer.get_json()
    assert answer.headers["Location"] == f"{API}/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert made["url"] == f"/c/{made['id']}"
    reading = client.get(f"{API}/{made['read_url'].removeprefix('/c/')}")
    assert reading.headers["ETag"] == '"1"'
    shown = reading.get_json()
    assert made["id"] not in reading.text
    assert (shown["may_edit"], shown["url"], shown["read_url"]) == (False, made["read_url"], made["read_url"])
    assert "deleted_items" not in shown
    assert set(made) - set(shown) == {"deleted_items"}


def test_the_quotation_is_read_by_us_and_a_reader_cannot_supply_it(
    client: FlaskClient, made: Any, paragraph: str
) -> None:
    url = f"{API}/{made['id']}/items"
    for extra in ("text", "quotation", "prefix", "evidence"):
        answer = client.post(url, json={"paragraph": paragraph, extra: "伪造的文字"})
        assert answer.status_code == 400, extra
    answer = client.post(url, json={"paragraph": paragraph, "note": "见此", "tags": ["入学"]})
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"2"'
    item = answer.get_json()["item"]
    truth = client.get(f"/api/v1/paragraphs/{paragraph}").get_json()
    passage = item["passage"]
    for name in ("text", "section", "item", "ordinal", "start", "end", "segments"):
        assert passage[name] == truth["paragraph"][name]
    assert {key: passage["document"][key] for key in truth["document"]} == truth["document"]
    again = client.post(url, json={"paragraph": paragraph, "note": "另一个"})
    assert (again.status_code, again.get_json()["item"], again.headers["ETag"]) == (200, item, '"2"')
    listed = client.get(f"{API}/{made['id']}").get_json()
    (shown,) = listed["items"]
    assert shown["link"] == {
        "status": "current", "paragraph": paragraph, "url": f"/p/{paragraph}", "text": passage["text"],
        "same_characters": True, "similarity": 1.0, "diff": [],
    }  # fmt: skip
    assert (shown["position"], shown["note"], shown["tags"], listed["total"]) == (1, "见此", ["入学"], 1)


def test_searches_and_comparisons_are_saved_by_address(client: FlaskClient, made: Any) -> None:
    url = f"{API}/{made['id']}/items"
    search = client.post(url, json={"search": "/?q=随迁子女&page=2"}).get_json()["item"]
    assert search["search"]["total"] > 0
    news = client.get(f"{url}/{search['id']}/new").get_json()
    assert (news["new_total"], news["new"], news["gone"], news["complete"]) == (0, [], 0, True)
    version = client.get(f"{API}/{made['id']}").headers["ETag"]
    seen = client.patch(f"{url}/{search['id']}", json={"seen": True}, headers={"If-Match": version})
    assert seen.status_code == 200
    comparison = client.post(url, json={"comparison": "/compare?q=随迁子女"}).get_json()["item"]
    assert comparison["comparison"]["topic"] == "随迁子女"
    assert client.get(f"{url}/{comparison['id']}/new").status_code == 400
    assert client.post(url, json={"search": "/?q=a", "comparison": "/compare?q=a"}).status_code == 400
    assert client.post(url, json={"note": "空"}).status_code == 400


def test_a_change_says_which_version_it_was_made_from(client: FlaskClient, made: Any, paragraph: str) -> None:
    url = f"{API}/{made['id']}"
    item = client.post(f"{url}/items", json={"paragraph": paragraph}).get_json()["item"]
    one = f"{url}/items/{item['id']}"
    assert client.patch(url, json={"title": "甲"}).status_code == 428
    assert client.delete(url).status_code == 428
    assert client.patch(one, json={"note": "甲"}).status_code == 428
    assert client.delete(one).status_code == 428
    first = client.patch(url, json={"title": "甲"}, headers=match(2))
    assert (first.status_code, first.headers["ETag"]) == (200, '"3"')
    for change in (
        client.patch(url, json={"title": "乙"}, headers=match(2)),
        client.patch(one, json={"note": "乙"}, headers=match(2)),
        client.patch(url, json={"order": [item["id"]]}, headers=match(2)),
        client.delete(one, headers=match(2)),
        client.delete(url, headers=match(2)),
        client.post(f"{url}/items", json={"search": "/?q=教师"}, headers=match(2)),
        client.patch(url, json={"title": "乙"}, headers={"If-Match": '"nonsense"'}),
    ):
        assert change.status_code == 412
        assert change.get_json()["error"]["code"] == "changed"
    assert client.get(url).get_json()["title"] == "甲"
    assert client.patch(url, json={"title": "丙"}, headers={"If-Match": 'W/"3"'}).status_code == 200
    assert client.patch(url, json={"title": "丁"}, headers={"If-Match": "*"}).status_code == 200


def test_undo(client: FlaskClient, made: Any, paragraph: str) -> None:
    url = f"{API}/{made['id']}"
    item = client.post(f"{url}/items", json={"paragraph": paragraph}).get_json()["item"]
    gone = client.delete(f"{url}/items/{item['id']}", headers=match(2))
    assert gone.get_json()["item"]["deleted"]
    assert [each["id"] for each in client.get(url).get_json()["deleted_items"]] == [item["id"]]
    back = client.patch(f"{url}/items/{item['id']}", json={"deleted": False}, headers=match(3))
    assert back.get_json()["item"]["deleted"] is None
    assert client.delete(url, headers=match(4)).headers["ETag"] == '"5"'
    for address in (url, API + made["read_url"].removeprefix("/c")):
        answer = client.get(address)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (410, "deleted")
    assert client.patch(url, json={"deleted": False}, headers=match(5)).status_code == 200
    assert client.get(url).get_json()["total"] == 1


def test_the_reading_address_changes_nothing(client: FlaskClient, made: Any, paragraph: str) -> None:
    url = f"{API}/{made['id']}"
    item = client.post(f"{url}/items", json={"paragraph": paragraph}).get_json()["item"]
    reading = API + made["read_url"].removeprefix("/c")
    one = f"{reading}/items/{item['id']}"
    for change in (
        client.patch(reading, json={"title": "改"}, headers=match(2)),
        client.delete(reading, headers=match(2)),
        client.post(f"{reading}/items", json={"paragraph": paragraph}),
        client.patch(one, json={"note": "改"}, headers=match(2)),
        client.delete(one, headers={"If-Match": "*"}),
    ):
        assert (change.status_code, change.get_json()["error"]["code"]) == (403, "forbidden")
        assert made["id"] not in change.text
    assert client.get(url).headers["ETag"] == '"2"'


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8001"},
    ],
)
def test_another_site_can_change_nothing(client: FlaskClient, made: Any, headers: dict[str, str]) -> None:
    url = f"{API}/{made['id']}"
    assert client.patch(url, json={"title": "改"}, headers=match(1) | headers).status_code == 403
    assert client.delete(url, headers={"If-Match": "*"} | headers).status_code == 403
    assert client.post(API, json={}, headers=headers).status_code == 403
    # Nor can it read: no header lets it.
    answer = client.get(url, headers=headers)
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
    preflight = client.options(url, headers=headers | {"Access-Control-Request-Method": "DELETE"})
    assert not [name for name, _ in preflight.headers if name.lower().startswith("access-control-")]


def test_our_own_pages_may(client: FlaskClient, made: Any) -> None:
    url = f"{API}/{made['id']}"
    for version, headers in enumerate(
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Origin": "http://localhost"}, {}), start=1
    ):
        assert client.patch(url, json={"title": "改"}, headers=match(version) | headers).status_code == 200


def test_what_a_form_can_send_is_no_json(client: FlaskClient, made: Any) -> None:
    body = json.dumps({"title": "改"})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = client.patch(f"{API}/{made['id']}", data=body, content_type=kind, headers=match(1))
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (415, "media_type")
    good = client.patch(
        f"{API}/{made['id']}", data=body, content_type="application/json; charset=utf-8", headers=match(1)
    )
    assert good.status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"title": 1}', b'{"title": "\xff"}', b'{"other": "x"}', b"{}", b'{"title": null}', b"\x00"],
)
def test_what_cannot_be_read_is_said(client: FlaskClient, made: Any, body: bytes) -> None:
    answer = client.patch(f"{API}/{made['id']}", data=body, content_type="application/json", headers=match(1))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "parameter")


def test_what_belongs_apart_is_not_changed_together(client: FlaskClient, made: Any) -> None:
    for body in ({"order": [], "title": "a"}, {"deleted": True, "note": "a"}):
        assert client.patch(f"{API}/{made['id']}", json=body, headers=match(1)).status_code == 400


def test_too_much_is_refused(client: FlaskClient, made: Any) -> None:
    url = f"{API}/{made['id']}"
    for body, status in ((b'{"note": "' + b"a" * MAX_BODY + b'"}', 413), (b'{"note": "' + b"a" * 30_000 + b'"}', 413)):
        answer = client.patch(url, data=body, content_type="application/json", headers=match(1))
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, "too_large")
    longest = json.dumps({"note": "长" * 20_000})  # each character written as six
    assert client.patch(url, data=longest, content_type="application/json", headers=match(1)).status_code == 200


def test_what_is_private_is_kept_by_nobody(client: FlaskClient, made: Any, paragraph: str) -> None:
    url = f"{API}/{made['id']}"
    for answer in (
        client.get(url),
        client.post(f"{url}/items", json={"paragraph": paragraph}),
        client.patch(url, json={}, headers=match(1)),
        client.get(f"{API}/{'e' + 'a' * 32}"),
        client.get(f"{url}/nothing/here"),
        client.put(url),
        client.get(f"/c/{made['id']}/nothing"),
        client.patch(url, json={"title": "a"}, headers={"Origin": "https://evil.example"}),
    ):
        assert answer.headers["Cache-Control"] == "no-store", answer.request.path
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in client.get(url).headers
    assert "X-Robots-Tag" not in client.get("/").headers
    refused = client.put(url)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "DELETE, GET, HEAD, OPTIONS, PATCH")


def test_no_log_repeats_an_address_or_a_note(
    client: FlaskClient, made: Any, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as session:
        session.execute(text("DROP TABLE saved_item"))
        session.execute(text("ALTER TABLE collection RENAME COLUMN note TO remark"))
    caplog.set_level(logging.DEBUG)
    answer = client.patch(f"{API}/{made['id']}", json={"note": "不足为外人道"}, headers=match(1))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "database")
    assert made["id"] not in answer.text
    assert database.name not in answer.text
    assert database.name in caplog.text
    assert f"PATCH {API}/…" in caplog.text
    assert made["id"] not in caplog.text
    assert made["read_url"].removeprefix("/c/") not in caplog.text
    assert "不足为外人道" not in caplog.text


def test_a_database_that_is_busy_or_newer_is_503(client: FlaskClient, made: Any, database: Database) -> None:
    url = f"{API}/{made['id']}"
    with database.writing() as session:
        session.execute(text("UPDATE collection SET title = 'held' WHERE number = number"))
        answer = client.patch(url, json={"title": "a"}, headers=match(1))
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "database_busy")
    assert client.get(url).get_json()["title"] == "held"
    with database.writing() as session:
        session.execute(text("UPDATE yaodian_version SET version_num = '9999'"))
    answer = client.patch(url, json={"title": "a"}, headers=match(1))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "database_newer")


def test_without_a_database_reading_finds_none_and_writing_is_503(backend: SearchBackend) -> None:
    client = create_app(backend).test_client()
    assert client.get(f"{API}/{'e' + 'a' * 32}").status_code == 404
    assert client.post(API, json={}).status_code == 503


def test_the_description_names_every_request_and_no_other(client: FlaskClient, made: Any, paragraph: str) -> None:
    paths = {path: each for path, each in client.get("/api/v1/openapi.json").get_json()["paths"].items() if API in path}
    item = client.post(f"{API}/{made['id']}/items", json={"search": "/?q=教师"}).get_json()["item"]
    bodies = {
        "/{address}": ("title", "甲"),
        "/items": ("paragraph", paragraph),
        "/{item}": ("note", "乙"),
        API: ("title", "丙"),
    }
    for path, methods in sorted(paths.items(), reverse=True):  # longest first: what is deleted goes last
        url = path.replace("{address}", made["id"]).replace("{item}", item["id"])
        options = {*client.options(url).headers["Allow"].lower().split(", ")} - {"head", "options"}
        assert options == set(methods)
        for method in ("get", "post", "patch", "delete"):
            if method not in methods:
                continue
            described = methods[method]
            body = dict(each for end, each in bodies.items() if path.endswith(end) and "requestBody" in described)
            answer = client.open(url, method=method.upper(), headers={"If-Match": "*"}, json=body or None)
            assert str(answer.status_code) in described["responses"], (method, path, answer.text)
            assert answer.status_code < 300, (method, path, answer.text)
            if "requestBody" in described:
                schema = described["requestBody"]["content"]["application/json"]["schema"]
                assert set(body) <= set(schema["properties"])


@pytest.mark.parametrize("hostile", ["%00", "a%00b", "%ff", "x" * 2000, "'%20or%201=1"])
def test_no_id_that_somebody_makes_up_is_a_failure(client: FlaskClient, made: Any, hostile: str) -> None:
    own, item = f"{API}/{made['id']}", f"{API}/{made['id']}/items/{hostile}"
    assert client.patch(item, json={"note": "x"}, headers={"If-Match": "*"}).status_code == 404
    assert client.delete(item, headers={"If-Match": "*"}).status_code == 404
    pages = (f"/c/{made['id']}/items/{hostile}/new", f"/c/{hostile}", f"/p/{hostile}", f"/d/{hostile}")
    for url in (f"{item}/new", f"/api/v1/paragraphs/{hostile}", f"/api/v1/documents/{hostile}", *pages):
        assert client.get(url).status_code == 404, url
    assert client.get(own).get_json()["version"] == 1
