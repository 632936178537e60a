"""The ways into a comparison: each link works, and keeps what was asked."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from indexer.backend import SearchBackend
from search_app import create_app


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.text


def links(shown: str, name: str) -> list[str]:
    return [html.unescape(url) for url in re.findall(rf'<a [^>]*href="([^"]+)"[^>]*>{name}</a>', shown)]


def asked(url: str) -> dict[str, list[str]]:
    assert urlsplit(url).path == "/compare"
    return parse_qs(urlsplit(url).query)


def compared(client: FlaskClient, url: str) -> Any:
    assert page(client, url)
    return client.get(url.replace("/compare", "/api/v1/compare")).get_json()


@pytest.mark.parametrize(
    ("search", "kept"),
    [
        ("q=随迁子女", {"q": ["随迁子女"]}),
        (
            "q=随迁子女&city=武汉&province=湖北&year=2017..2018&issuer=武汉市教育局",
            {
                "q": ["随迁子女"],
                "province": ["湖北省"],
                "city": ["武汉市"],
                "issuer": ["武汉市教育局"],
                "year": ["2017..2018"],
            },
        ),
        ("q=随迁子女&expand=off&sort=newest&page=1&group=document", {"q": ["随迁子女"], "expand": ["off"]}),
        ("q=职业教欲", {"q": ["职业教育"]}),
    ],
)
def test_a_search_leads_to_the_comparison_of_what_it_asks(
    client: FlaskClient, search: str, kept: dict[str, list[str]]
) -> None:
    (url,) = links(page(client, f"/?{search}"), "对比这些结果")
    assert asked(url) == kept
    assert compared(client, url)["rows"]


@pytest.mark.parametrize("search", ["city=武汉市", "q=-高中", "q=城市:武汉", "q=犇猋骉"])
def test_a_search_without_words_or_hits_leads_to_none(client: FlaskClient, search: str) -> None:
    assert links(page(client, f"/?{search}"), "对比这些结果") == []


@pytest.mark.parametrize("group", ["", "&group=document"])
def test_a_hit_leads_to_what_other_places_say_of_the_same(client: FlaskClient, group: str) -> None:
    search = f"q=随迁子女&city=武汉市&year=2017..2018{group}"
    found = client.get(f"/api/v1/search?{search}").get_json()
    hits = found["hits"] or [hit for each in found["groups"] for hit in each["hits"]]
    urls = links(page(client, f"/?{search}"), "其他地方怎么说")
    assert len(urls) == len(hits)
    for url, hit in zip(urls, hits, strict=True):
        assert asked(url) == {"q": ["随迁子女"], "year": ["2017..2018"], "baseline": [hit["id"]]}
        answer = compared(client, url)
        assert answer["baseline"] == hit["id"]
        assert {row["city"] for row in answer["rows"]} >= {"重庆市"}


def test_without_words_a_hit_asks_for_what_its_title_names(client: FlaskClient) -> None:
    urls = links(page(client, "/?city=武汉市&per_page=100"), "其他地方怎么说")
    assert len(urls) > 20
    topics = {asked(url)["q"][0] for url in urls}
    assert "重视弱势群体关爱教育" in topics
    assert not topics & {"主要工作", "月度安排", "指导思想"}
    for url in urls[:12]:
        assert compared(client, url)["baseline"] == asked(url)["baseline"][0]


def test_a_paragraph_leads_there_with_the_words_that_are_marked_or_its_own(client: FlaskClient) -> None:
    hit = client.get("/api/v1/search?q=“弱势群体关爱教育”").get_json()["hits"][0]
    (marked,) = links(page(client, f"/p/{hit['id']}?q=控辍保学&expand=off"), "其他地方怎么说")
    assert asked(marked) == {"q": ["控辍保学"], "expand": ["off"], "baseline": [hit["id"]]}
    (plain,) = links(page(client, f"/p/{hit['id']}"), "其他地方怎么说")
    assert asked(plain) == {"q": ["重视弱势群体关爱教育"], "baseline": [hit["id"]]}
    for url in (marked, plain):
        assert "基准：" in page(client, url)
    assert links(page(client, f"/d/{hit['document']['id']}"), "其他地方怎么说") == []


def test_a_pasted_clause_leads_to_the_comparison_of_its_matter(client: FlaskClient) -> None:
    clause = "落实以居住证为主要依据的随迁子女义务教育就学政策，继续新建10个农村留守儿童关爱服务站。"
    (url,) = links(page(client, f"/clause?q={clause}"), "各地怎么说这件事")
    assert asked(url) == {"q": [clause]}
    assert "武汉市" in {row["city"] for row in compared(client, url)["rows"]}
