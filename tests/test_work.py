"""What a search costs as the corpus grows, in calls instead of milliseconds: a count that every machine agrees on."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.backend import SearchBackend, open_backend
from indexer.finding import find
from indexer.pipeline import build
from indexer.query import parse_query
from search_app import create_app

WORDS = [
    "推进",
    "义务教育",
    "均衡",
    "发展",
    "落实",
    "随迁子女",
    "入学",
    "政策",
    "加强",
    "教师",
    "队伍",
    "建设",
    "规范",
    "办学",
    "行为",
    "完善",
    "学校",
    "管理",
    "制度",
]
QUERIES = (
    "教师",
    "随迁子女 入学",
    "教师 OR 学校 OR 政策",
    "学校 -教师",
    "“规范办学”",
    "教*",
    "教师 NEAR/5 队伍",
    "标题:要点 学校",
)


def write_corpus(folder: Path, documents: int) -> None:
    chance = random.Random(documents)
    folder.mkdir()
    for number in range(documents):
        year = 2010 + number % 10
        lines = [f"{chance.choice(['武汉市', '重庆市', '杭州市'])}教育局{year}年工作要点", "一、主要工作"]
        for item in range(1, 16):
            lines.append(f"{item}.{''.join(chance.choices(WORDS, k=30))}。")
        (folder / f"{number:04}.txt").write_text("\n".join(lines), "utf-8")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SearchBackend, SearchBackend]]:
    """Open two indexes, one of ten times as many documents as the other."""
    backends = []
    for documents in (10, 100):
        folder = tmp_path_factory.mktemp(f"of{documents}")
        write_corpus(folder / "texts", documents)
        build([folder / "texts"], folder / "index")
        backends.append(open_backend(folder / "index"))
    yield backends[0], backends[1]
    for backend in backends:
        backend.close()


def calls(action: Callable[[], Any]) -> int:
    """Count the calls of functions, Python's and C's, that an action makes when it is done for the second time."""
    action()
    count = 0

    def seen(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("text", QUERIES)
def test_a_search_of_ten_times_the_corpus_makes_no_more_calls(
    grown: tuple[SearchBackend, SearchBackend], text: str
) -> None:
    small, large = (calls(lambda backend=backend: backend.search(parse_query(text))) for backend in grown)
    assert large < 2 * small


@pytest.mark.parametrize("path", ["/api/v1/search?q=教师 学校", "/?q=教师 学校", "/api/v1/suggest?q=教"])
def test_neither_does_a_whole_request(grown: tuple[SearchBackend, SearchBackend], path: str) -> None:
    clients = [create_app(backend).test_client() for backend in grown]
    small, large = (calls(lambda client=client: client.get(path)) for client in clients)
    assert large < 2 * small


def test_finding_what_is_there_as_typed_looks_for_no_other_spelling(
    grown: tuple[SearchBackend, SearchBackend],
) -> None:
    _, large = grown
    query = parse_query("随迁子女 入学")
    assert calls(lambda: find(large, query)) < 1.5 * calls(lambda: large.search(query))
