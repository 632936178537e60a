"""Every state is an address: equal states have equal addresses, and an address says all of its state."""

from __future__ import annotations

import html
import random
import re
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from indexer.backend import SearchBackend
from indexer.query import Query
from search_app import create_app
from search_app.addresses import FilterAddresses
from search_app.facets import with_values
from search_app.params import query_parameters, read_query, search_url

_OS = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


YEARS = st.one_of(
    st.integers(1990, 2030).map(str),
    st.tuples(st.integers(1990, 2009), st.integers(2010, 2030)).map(lambda span: f"{span[0]}..{span[1]}"),
    st.just("~none"),
)
PLACES = st.sampled_from(
    ["武汉", "武汉市", "重庆市", "湖北", "青浦区", "上海市青浦区", "鼓楼", "~none", "火星市", "a&b=c#d%"]
)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["随迁子女", " 教师 -培训 ", "“教育优质”", "a&b=c#d%20+e", "改革 中考 OR 高考", ""]),
        "province": st.lists(PLACES, max_size=3),
        "city": st.lists(PLACES, max_size=3),
        "district": st.lists(PLACES, max_size=3),
        "issuer": st.lists(st.sampled_from(["武汉市教育局", " 潜江市教育局", "~none"]), max_size=3),
        "year": st.lists(YEARS, max_size=4),
        "sort": st.sampled_from(["", "relevance", "newest", "oldest"]),
        "relax": st.sampled_from(["", "near", "all", "most", "any"]),
        "group": st.sampled_from(["", "document"]),
        "fold": st.sampled_from(["", "off"]),
        "expand": st.sampled_from(["on", "off"]),
        "spell": st.sampled_from(["on", "off"]),
        "off": st.lists(st.sampled_from(["x1", "x2", "x3"]), max_size=3),
        "page": st.sampled_from(["", "1", "2", "007"]),
        "per_page": st.sampled_from(["", "10", "25"]),
    },
)


def pairs_of(parameters: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in parameters.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def read(url: str) -> Query:
    return read_query(MultiDict(parse_qsl(urlsplit(url).query, keep_blank_values=True)))


@given(PARAMETERS, st.randoms())
def test_an_address_says_all_of_its_state_and_equal_states_have_equal_addresses(
    parameters: dict[str, Any], chance: random.Random
) -> None:
    pairs = pairs_of(parameters)
    query = read_query(MultiDict(pairs))
    url = search_url(query, page=query.page)
    assert read(url) == query
    assert search_url(read(url), page=query.page) == url
    chance.shuffle(pairs)
    # Of what is asked once, the first counts: shuffling may only move what can be repeated.
    again = read_query(MultiDict([*pairs, *pairs]))
    assert search_url(again, page=again.page) == url


@given(PARAMETERS, st.sampled_from(["province", "city", "district", "issuer", "year"]))
def test_a_filter_is_added_in_the_order_that_addresses_have(parameters: dict[str, Any], name: str) -> None:
    query = read_query(MultiDict(pairs_of(parameters)))
    value = {"year": "2017", "city": "广州市"}.get(name, "广东省")
    chosen = [each for key, each in query_parameters(query) if key == name]
    if value in chosen:
        return
    if name in ("year", "issuer"):
        added = read(search_url(query) + ("&" if "?" in search_url(query) else "?") + f"{name}={value}")
        assert FilterAddresses(query).adding(name, value) == search_url(added, page=1)
    else:
        filters = with_values(query.filters, name, (*chosen, value))  # type: ignore[arg-type]
        assert FilterAddresses(query).adding(name, value) == search_url(query, filters=filters)


def canonical(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    (found,) = re.findall(r'<link rel="canonical" href="([^"]*)">', answer.text)
    return html.unescape(found)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/", "/"),
        ("/?q=", "/"),
        ("/?per_page=10&year=2018&year=2017&q=教育&sort=relevance&page=1", "/?q=教育&year=2017&year=2018"),
        ("/?city=重庆&city=武汉市&city=武汉&q=教育&explain=1", "/?q=教育&city=武汉市&city=重庆市"),
        ("/?q=教育&page=2&fold=on&relax=", "/?q=教育&page=2"),
        ("/documents?page=1", "/documents"),
        ("/help?x=1", "/help"),
    ],
)
def test_pages_name_the_one_address_of_their_state(client: FlaskClient, url: str, expected: str) -> None:
    assert unquote(canonical(client, url)) == f"http://localhost{expected}"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("q", "随迁子女"), ("city", "重庆"), ("city", "武汉市"), ("page", "1")], "city=武汉市&city=重庆市"),
        (
            [("q", "随迁子女"), ("order", "place"), ("fade", "0"), ("year", "2018"), ("year", "2017")],
            "year=2017&year=2018",
        ),
        ([("q", "随迁子女"), ("order", "year"), ("fade", "1"), ("per_page", "5"), ("page", "")], "order=year"),
        ([("q", "随迁子女"), ("expand", "off"), ("baseline", "A"), ("distinctive", "off")], "expand=off"),
    ],
)
def test_equal_comparisons_have_one_address(client: FlaskClient, pairs: list[tuple[str, str]], expected: str) -> None:
    addresses = {canonical(client, f"/compare?{urlencode(each)}") for each in (pairs, pairs[::-1], [*pairs, *pairs])}
    (address,) = addresses
    assert expected in unquote(address)
    assert canonical(client, address.removeprefix("http://localhost")) == address
    assert not re.search(r"[?&](page=1|order=place|fade=0|per_page=&|page=)(&|$)", address)


def test_a_pasted_clause_and_one_kind_of_its_matches_have_addresses(client: FlaskClient) -> None:
    clause = "落实以居住证为主要依据的随迁子女义务教育就学政策"
    for url in (f"/clause?q={clause}", f"/clause?show=near&q={clause}"):
        address = canonical(client, url)
        assert parse_qs(urlsplit(address).query) == parse_qs(urlsplit(url).query)
        assert canonical(client, address.removeprefix("http://localhost")) == address
    assert canonical(client, "/clause") == "http://localhost/clause"


def test_a_document_and_a_paragraph_name_their_address(client: FlaskClient, backend: SearchBackend) -> None:
    document = backend.document(backend.documents()[0].id)
    for path in (f"/d/{document.id}", f"/p/{document.paragraphs[2].id}"):
        assert canonical(client, path) == f"http://localhost{path}"
        assert canonical(client, f"{path}?show=&expand=on") == f"http://localhost{path}"
        marked = canonical(client, f"{path}?show=processing&q=教育")
        assert unquote(marked) == f"http://localhost{path}?q=教育&show=processing"


def test_the_base_of_addresses_can_be_set(backend: SearchBackend) -> None:
    client = create_app(backend, {"BASE_URL": "https://policy.example.org/yd/"}).test_client()
    assert canonical(client, "/documents") == "https://policy.example.org/yd/documents"
    found = client.get("/api/v1/export?q=随迁子女&format=json").get_json(force=True)["excerpts"]
    assert all(each["url"].startswith("https://policy.example.org/yd/p/") for each in found)


def test_an_answer_that_was_kept_is_not_given_to_another_host(client: FlaskClient) -> None:
    for host in ("one.example.org", "two.example.org"):
        for _ in range(2):
            page = client.get("/?q=均衡", headers={"Host": host}).text
            assert f"http://{host}/?q=" in page
            assert page.count("example.org") == page.count(host)


def test_the_search_describes_itself_to_browsers(client: FlaskClient) -> None:
    assert 'rel="search" type="application/opensearchdescription+xml" href="/opensearch.xml"' in client.get("/").text
    answer = client.get("/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{_OS}OpenSearchDescription"
    assert 0 < len(root.findtext(f"{_OS}ShortName") or "") <= 16
    assert 0 < len(root.findtext(f"{_OS}Description") or "") <= 1024
    assert 0 < len(root.findtext(f"{_OS}LongName") or "") <= 48
    assert len(root.findtext(f"{_OS}Tags") or "") <= 256
    assert root.findtext(f"{_OS}InputEncoding") == "UTF-8"
    urls = {each.get("type"): each.get("template") or "" for each in root.findall(f"{_OS}Url")}
    assert set(urls) == {
        "text/html",
        "application/json",
        "application/x-suggestions+json",
        "application/opensearchdescription+xml",
    }
    for kind, template in urls.items():
        address = template.replace("{searchTerms}", "%E9%9A%8F%E8%BF%81").replace("{startPage?}", "1")
        found = client.get(address)
        assert (found.status_code, found.mimetype) == (200, kind)


def test_suggestions_come_in_the_form_of_opensearch(client: FlaskClient) -> None:
    typed, completions, descriptions, urls = client.get("/suggest.json?q=随迁").get_json(force=True)
    assert typed == "随迁"
    assert "随迁子女" in completions
    assert len(completions) == len(descriptions) == len(urls) > 0
    assert all(url.startswith("http://localhost/?q=") for url in urls)
    assert parse_qs(urlsplit(urls[completions.index("随迁子女")]).query)["q"] == ["随迁子女"]
    assert client.get("/suggest.json?q=").get_json(force=True) == ["", [], [], []]
