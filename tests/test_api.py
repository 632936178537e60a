"""The JSON as scripts and saved links rely on it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from indexer.backend import SearchBackend
from indexer.query import Filters, Query
from search_app import create_app
from search_app.facets import toggle_year
from search_app.marks import cut, excerpt
from search_app.params import query_parameters, read_query, search_url


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def get(client: FlaskClient, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_search_answers_in_the_shape_of_the_contract(client: FlaskClient) -> None:
    found = get(client, "/api/v1/search?q=随迁子女&city=武汉&year=2017&year=2018..2019")
    assert {"query", "reading", "total", "total_documents", "corpus", "took_ms", "facets", "hits"} <= set(found)
    assert found["query"] == {
        "text": "随迁子女", "provinces": [], "cities": ["武汉市"], "districts": [], "issuers": [],
        "years": [2017, "2018..2019"], "sort": "relevance", "expand": True, "off": [],
        "group": None, "fold": False, "page": 1, "per_page": 10,
    }  # fmt: skip
    assert {
        "folded",
        "clauses",
        "expansions",
        "words",
        "relaxed",
        "steps",
        "repairs",
        "corrected",
        "suggestions",
    } == set(found["reading"])
    assert set(found["reading"]["clauses"][0]) == {"kind", "text", "field", "start", "end", "tokens"}
    assert set(found["corpus"]) == {"documents", "paragraphs", "build"}
    assert found["total"] == len(found["hits"]) > 0
    for value in found["facets"]["city"]:
        assert {"value", "label", "count", "selected"} <= set(value)
    hit = found["hits"][0]
    keys = (
        "id url score document section item text start end segments highlights expanded_highlights section_highlights"
    )
    assert set(keys.split()) <= set(hit)
    names = "id title issuer province city district years published script source_url path inferred"
    assert set(names.split()) <= set(hit["document"])


def test_offsets_lead_into_the_text_of_record(client: FlaskClient) -> None:
    for hit in get(client, "/api/v1/search?q=“留守儿童”&per_page=100")["hits"]:
        text = get(client, f"/api/v1/documents/{hit['document']['id']}")["text"]
        assert "".join(text[low:high] for low, high in hit["segments"]) == hit["text"]
        assert (hit["start"], hit["end"]) == (hit["segments"][0][0], hit["segments"][-1][1])
        assert hit["highlights"]
        for low, high in hit["highlights"]:
            assert hit["text"][low:high] in ("留守儿童", "留守兒童")


def test_words_that_must_stand_near_each_other_are_one_clause(client: FlaskClient) -> None:
    text = "留守儿童 NEAR/5 關愛 -(高中 NEAR/3 教师)"
    near, without = get(client, f"/api/v1/search?q={quote(text)}")["reading"]["clauses"]
    assert (near["kind"], near["tokens"], text[near["start"] : near["end"]]) == (
        "near",
        ["留守", "儿童", "关爱"],
        "留守儿童 NEAR/5 關愛",
    )
    assert without["kind"] == "not"


def test_an_expansion_says_itself_and_its_address_switches_it_off(client: FlaskClient) -> None:
    found = get(client, "/api/v1/search?q=随迁子女")
    expansions = found["reading"]["expansions"]
    assert set(expansions[0]) == {"id", "from", "to", "kind", "weight", "why", "total", "off_url"}
    assert any(hit["expanded_highlights"] for hit in found["hits"])
    without = get(client, "/api/v1/search" + expansions[0]["off_url"][1:])
    assert without["query"]["off"] == [expansions[0]["id"]]
    assert expansions[0]["id"] not in [each["id"] for each in without["reading"]["expansions"]]
    typed = get(client, "/api/v1/search?q=随迁子女&expand=off")
    assert typed["reading"]["expansions"] == []
    assert typed["total"] < found["total"]
    assert not any(hit["expanded_highlights"] for hit in typed["hits"])


def test_negated_words_are_said_and_nothing_holds_them(client: FlaskClient) -> None:
    found = get(client, "/api/v1/search?q=教师 -培训")
    assert [clause["kind"] for clause in found["reading"]["clauses"]] == ["word", "not"]


def test_what_a_text_does_not_say_is_null(client: FlaskClient) -> None:
    found = get(client, "/api/v1/search?q=適齡兒童&city=~none")
    document = found["hits"][0]["document"]
    assert (document["province"], document["city"], document["district"]) == (None, None, None)
    assert document["inferred"] == ["years"]
    chosen = [value for value in found["facets"]["city"] if value["selected"]]
    assert [(value["value"], value["label"]) for value in chosen] == [(None, "未注明")]


def test_no_hits_suggest_what_finds_something(client: FlaskClient) -> None:
    found = get(client, "/api/v1/search?q=随迁子女 火箭发射&relax=all")
    assert found["total"] == 0
    for suggestion in found["reading"]["suggestions"]:
        assert get(client, "/api/v1/search" + suggestion["url"][1:])["total"] == suggestion["total"] > 0
    assert found["reading"]["suggestions"]


def test_a_document_and_its_paragraphs(client: FlaskClient, backend: SearchBackend) -> None:
    whole = backend.document(backend.documents()[0].id)
    found = get(client, f"/api/v1/documents/{whole.id}")
    assert found["text"] == whole.source.text
    assert len(found["paragraphs"]) == len(whole.paragraphs)
    for paragraph in found["paragraphs"][:5]:
        one = get(client, f"/api/v1/paragraphs/{paragraph['id']}")
        assert (one["status"], one["was"], one["moved_to"]) == ("current", None, None)
        assert one["paragraph"] == paragraph
        assert one["document"] == found["document"]
        assert len(paragraph["folded"]) == len(paragraph["text"])


def test_the_corpus_adds_up_and_names_its_gaps(client: FlaskClient) -> None:
    found = get(client, "/api/v1/documents")
    assert found["total"] == len(found["documents"]) == sum(place["documents"] for place in found["places"])
    assert found["paragraphs"] == sum(document["paragraphs"] for document in found["documents"])
    for place in found["places"]:
        assert sorted([*map(int, place["years"]), *place["gaps"]]) == found["years"]


def test_health_says_which_build_answers(client: FlaskClient) -> None:
    assert set(get(client, "/healthz")) == {"status", "build", "documents", "paragraphs"}


def test_the_description_is_true(client: FlaskClient, backend: SearchBackend) -> None:
    described = get(client, "/api/v1/openapi.json")
    whole = backend.document(backend.documents()[0].id)
    ids = {"documents": whole.id, "paragraphs": whole.paragraphs[0].id, "reuse": whole.paragraphs[0].id}
    routes = {
        re.sub(r"<[^>]*>", "{}", rule.rule)
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert routes == {re.sub(r"\{[^}]*\}", "{}", path) for path in described["paths"]}
    for path in described["paths"]:
        if "/collections" in path:  # these are called in test_collections_api.py
            continue
        topic = "?q=教育" if path == "/api/v1/compare" else ""  # nothing is compared without one
        get(client, path.replace("{id}", ids.get(path.split("/")[3], "")) + topic)


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ("page=0", 400, "parameter"),
        ("page=-1", 400, "parameter"),
        ("page=99999999999999999999", 400, "parameter"),
        ("page=%C2%B2", 400, "parameter"),
        ("per_page=1000", 400, "parameter"),
        ("year=abc", 400, "parameter"),
        ("year=2024..2017", 400, "parameter"),
        ("sort=x", 400, "parameter"),
        ("relax=x", 400, "parameter"),
        ("expand=x", 400, "parameter"),
        ("group=x", 400, "parameter"),
        ("fold=x", 400, "parameter"),
        ("q=" + "长" * 10_001, 413, "query_too_long"),
    ],
)
def test_parameters_that_cannot_be_are_refused(client: FlaskClient, parameters: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/search?{parameters}")
    assert answer.status_code == status
    assert answer.get_json()["error"]["code"] == code
    assert answer.get_json()["error"]["message"]


@pytest.mark.parametrize("url", ["/api/v1/documents/x", "/api/v1/paragraphs/x", "/api/v1/nothing", "/api/"])
def test_unknown_addresses_answer_404_as_json(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 404
    assert answer.get_json()["error"]["message"]


def test_a_wrong_method_is_405_as_json(client: FlaskClient) -> None:
    assert client.post("/api/v1/search").get_json()["error"]["code"] == "method_not_allowed"


YEARS = st.integers(1950, 2100)
SPANS = st.one_of(st.none(), st.tuples(YEARS, YEARS).map(lambda pair: (min(pair), max(pair))))


@settings(deadline=None)  # the first query loads the dictionary
@given(
    st.sampled_from(["教师", "“立德树人”", "a&b=c?d#e", "随迁 子女 -高中", "%41+"]),
    st.lists(SPANS, unique=True, max_size=4),
    st.lists(st.sampled_from(["武汉市", "~none", "某&市"]), unique=True),
    st.sampled_from(["relevance", "newest", "oldest"]),
    st.integers(1, 10_000),
    st.integers(1, 100),
)
def test_an_address_is_read_as_the_query_it_was_written_from(
    text: str, years: list[Any], cities: list[str], sort: Any, page: int, per_page: int
) -> None:
    from urllib.parse import parse_qsl

    filters = Filters(cities=tuple(cities), years=tuple(years))
    query = Query(text, text, None, filters, sort, None, page, per_page)
    read = read_query(MultiDict(parse_qsl(search_url(query).partition("?")[2])))
    assert query_parameters(read) == query_parameters(query)


@settings(max_examples=50, deadline=None)  # the first question opens the index
@given(st.text(max_size=40), st.text(max_size=8))
def test_no_text_whatever_is_answered_by_a_failure(client: FlaskClient, text: str, place: str) -> None:
    for path in ("/", "/api/v1/search"):
        answer = client.get(path, query_string={"q": text, "city": place})
        assert answer.status_code in (200, 400)


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))), st.integers(0, 40), st.integers(0, 40))
def test_pieces_join_to_exactly_the_text(text: str, spans: list[tuple[int, int]], low: int, high: int) -> None:
    pieces = cut(text, spans, low, high)
    assert "".join(piece.text for piece in pieces) == text[low:high]
    at = low
    for piece in pieces:
        marks = {any(start <= offset < end for start, end in spans) for offset in range(at, at + len(piece.text))}
        assert marks == {piece.marked}
        at += len(piece.text)


@given(st.integers(0, 5000), st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 9))), st.integers(0, 40))
def test_an_excerpt_is_within_the_text_and_shows_the_first_mark(
    length: int, marks: list[tuple[int, int]], low: int
) -> None:
    low = min(low, length)
    spans = sorted((start, start + size) for start, size in marks if start + size <= length)
    start, end = excerpt(length, spans, low)
    assert low <= start <= end <= length
    first = next((span for span in spans if span[0] >= low), None)
    assert first is None or start <= first[0] < end


@given(st.lists(SPANS, max_size=4), st.one_of(st.none(), YEARS))
def test_toggling_a_year_switches_exactly_that_year(years: list[Any], value: int | None) -> None:
    def covers(spans: tuple[Any, ...], year: int | None) -> bool:
        return None in spans if year is None else any(span and span[0] <= year <= span[1] for span in spans)

    known = list(range(1950, 2101))
    toggled = toggle_year(tuple(years), value, known)
    assert covers(toggled, value) != covers(tuple(years), value)
    for other in (None, *known):
        if other != value:
            assert covers(toggled, other) == covers(tuple(years), other)
