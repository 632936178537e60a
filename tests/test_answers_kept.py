"""Answers that are kept are the ones that would be given, and never those of another build."""

from __future__ import annotations

import shutil
from pathlib import Path

from indexer.backend import SearchBackend
from indexer.pipeline import build
from search_app import create_app
from search_app.answers_kept import KeptAnswers
from tests.conftest import SEEDS

PATHS = (
    "/api/v1/search?q=随迁子女",
    "/?q=随迁子女&city=武汉市",
    "/compare?q=校园欺凌",
    "/",
    "/api/v1/explain?q=心里健康",
)


def test_a_second_answer_is_the_first_to_the_letter(backend: SearchBackend) -> None:
    client, plain = create_app(backend).test_client(), create_app(backend, {"KEEP_ANSWERS": False}).test_client()
    for each in (client, plain):  # the first page with a form hands out a cookie, once
        each.get("/?q=入学")
    for path in PATHS:
        first, again, anew = client.get(path), client.get(path), plain.get(path)
        assert first.data == again.data
        assert set(first.headers.keys()) == set(anew.headers.keys())
        assert again.headers["Age"] == "0"
        for name in set(anew.headers.keys()) - {"Content-Length"}:
            assert again.headers[name] == anew.headers[name], (path, name)


def test_another_build_is_asked_anew(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    documents = sorted(SEEDS.glob("*.txt"))
    shutil.copy(documents[0], texts)
    build([texts], tmp_path / "index")
    client = create_app(tmp_path / "index").test_client()
    before = [client.get("/api/v1/search?q=教师").get_json()["total"] for _ in range(2)]
    shutil.copy(documents[1], texts)
    build([texts], tmp_path / "index")
    after = [client.get("/api/v1/search?q=教师").get_json()["total"] for _ in range(2)]
    assert before[0] == before[1] < after[0] == after[1]


def test_what_is_wrong_is_not_kept_and_posts_are_none_of_it(backend: SearchBackend) -> None:
    client = create_app(backend).test_client()
    for _ in range(2):
        answer = client.get("/api/v1/search?q=教师 NEAR/0 学校")
        assert answer.status_code == 400
        assert "Age" not in answer.headers
    assert client.post("/api/v1/search?q=教师").status_code == 405


def test_the_least_recently_asked_is_dropped_first() -> None:
    kept = KeptAnswers(most_bytes=10)
    keys = [("build", "thesaurus", "/", bytes([number])) for number in range(4)]
    for key in keys[:3]:
        kept.keep(key, b"....", "text/html")
        kept.get(keys[0])
    assert [kept.get(key) is not None for key in keys] == [True, False, True, False]
    kept.keep(keys[3], b"." * 11, "text/html")
    assert kept.get(keys[3]) is None
    assert kept.get(keys[0]) is not None
