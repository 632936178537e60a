"""Places as a tree, hits grouped by document, and what says nearly the same shown once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from indexer.backend import PlaceCount, SearchBackend, open_backend
from indexer.fold import fold_characters
from indexer.models import Paragraph
from indexer.pipeline import build
from indexer.places import label
from indexer.query import Filters, Query
from indexer.resemblance import ALIKE, SKETCH, likeness, shingles, skeleton, sketch
from indexer.whoosh_backend.duplicates import WINDOW, fold_alike, likeness_columns
from indexer.whoosh_backend.filters import chosen_places
from search_app import create_app
from search_app.params import read_query
from search_app.place_tree import is_tree, page_tree, place_tree

CASES = Path(__file__).parent / "cases"
PLACES = json.loads((CASES / "places_chosen.json").read_text("utf-8"))
PAIRS = json.loads((CASES / "likeness.json").read_text("utf-8"))

SHARED = "各校要落实控辍保学责任，建立台账，定期走访，做好劝返复学工作，保障适龄儿童少年接受义务教育。"
RATE = "九年义务教育控辍保学巩固率达到{}以上，比上年有所提高，各区县不得低于全市平均水平。"
PLANS: list[dict[str, Any]] = [
    {
        "title": "湖北省教育厅2024年工作要点",
        "province": "湖北省",
        "years": [2024],
        "text": f"一、义务教育\n1.{SHARED}\n",
    },
    {
        "title": "武汉市教育局2023年工作要点",
        "city": "武汉市",
        "issuer": "武汉市教育局",
        "years": [2023],
        "text": f"一、义务教育\n3.{SHARED}\n4.控辍保学动态清零，随迁子女就近入学。\n"
        "5.控辍保学纳入督导。\n6.控辍保学专项检查，全年2次。\n",
    },
    {
        "title": "青浦区教育局2023年工作要点",
        "city": "上海市",
        "district": "青浦区",
        "years": [2023],
        "text": "一、义务教育\n1.推进集团化办学。\n2.开展控辍保学宣传。\n",
    },
    {
        "title": "重庆市教委2022年工作要点",
        "city": "重庆市",
        "issuer": "重庆市教委",
        "years": [2022],
        "text": f"一、义务教育\n（二）{SHARED}\n（三）{RATE.format('95%')}\n",
    },
    {
        "title": "万州区教委2022年工作要点",
        "city": "重庆市",
        "district": "万州区",
        "years": [2022],
        "text": f"一、义务教育\n1.{RATE.format('96.5%')}\n",
    },
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("plans")
    lines = [json.dumps(plan, ensure_ascii=False) for plan in PLANS]
    (folder / "plans.jsonl").write_text("\n".join(lines), "utf-8")
    build([folder / "plans.jsonl"], folder / "index")
    return create_app(open_backend(folder / "index")).test_client()


@pytest.fixture(scope="module")
def seeds_client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def get(client: FlaskClient, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def search(client: FlaskClient, parameters: str) -> Any:
    return get(client, f"/api/v1/search?{parameters}")


def every_node(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from every_node(node["children"])


def outline(nodes: list[dict[str, Any]]) -> list[Any]:
    return [[node["label"], outline(node["children"])] if node["children"] else node["label"] for node in nodes]


@pytest.mark.parametrize("case", PLACES["cases"], ids=lambda case: case["why"])
def test_the_levels_of_a_place_are_one_filter(case: dict[str, Any]) -> None:
    corpus = [tuple(place) for place in PLACES["corpus"]]
    filters = Filters(*(tuple(case.get(kind, ())) for kind in ("province", "city", "district")))
    assert {label(*place) for place in chosen_places(corpus, filters)} == set(case["labels"])


def test_places_are_a_tree_without_doubled_municipalities(client: FlaskClient) -> None:
    found = search(client, "q=控辍保学&fold=off")
    assert outline(found["facets"]["place"]) == [
        ["湖北省", ["湖北省（省级）", "武汉市"]],
        ["重庆市", ["万州区"]],
        ["上海市", ["青浦区"]],
    ]
    kinds = {node["label"]: (node["kind"], node["value"]) for node in every_node(found["facets"]["place"])}
    assert kinds["湖北省（省级）"] == ("own", "湖北省（省级）")
    assert (kinds["重庆市"], kinds["青浦区"]) == (("city", "重庆市"), ("district", "上海市青浦区"))
    assert set(found["facets"]["place"][0]) == {"value", "label", "kind", "count", "selected", "url", "children"}


def test_documents_that_name_no_place_are_last(seeds_client: FlaskClient) -> None:
    tree = search(seeds_client, "q=教育")["facets"]["place"]
    assert (tree[-1]["value"], tree[-1]["label"], tree[-1]["kind"]) == (None, "未注明", "none")


@pytest.mark.parametrize("asked", ["", "&year=2022", "&province=湖北", "&city=重庆", "&district=青浦", "&city=昆山市"])
def test_every_count_of_the_tree_is_what_its_link_finds(client: FlaskClient, asked: str) -> None:
    """Selected or not: the count of a place is what is found with that place alone, other filters kept."""
    kept = asked if asked.startswith("&year") else ""
    for node in every_node(search(client, f"q=控辍保学{asked}")["facets"]["place"]):
        field = {"province": "province", "district": "district"}.get(node["kind"], "city")
        alone = search(client, f"q=控辍保学{kept}&{field}={node['value'] or '~none'}")
        assert alone["total"] == node["count"], node["label"]


def test_a_link_of_the_tree_switches_on_and_off_and_forgets_what_it_contains(client: FlaskClient) -> None:
    def node(url: str, name: str) -> dict[str, Any]:
        tree = search(client, url.partition("?")[2])["facets"]["place"]
        return next(each for each in every_node(tree) if each["label"] == name)

    wuhan = node("/?q=控辍保学", "武汉市")["url"]
    assert node(wuhan, "武汉市")["selected"]
    province = node(wuhan, "湖北省")["url"]
    assert "city=" not in province
    assert node(province, "湖北省")["selected"]
    assert not node(province, "武汉市")["selected"]
    both = node(province, "青浦区")["url"]
    assert search(client, both.partition("?")[2])["total"] == 6
    assert "province=" not in node(both, "武汉市")["url"]
    assert node(both, "青浦区")["url"] == province


def test_a_selected_place_without_hits_can_be_switched_off(client: FlaskClient) -> None:
    found = search(client, "q=集团化办学&city=武汉&district=万州&province=火星")
    selected = {node["label"]: node for node in every_node(found["facets"]["place"]) if node["selected"]}
    assert {name: node["count"] for name, node in selected.items()} == {"武汉市": 0, "万州区": 0, "火星": 0}
    assert outline(found["facets"]["place"])[1:] == [["湖北省", ["武汉市"]], "火星", ["重庆市", ["万州区"]]]
    assert "火星" not in dict(parse_qsl(selected["火星"]["url"].partition("?")[2])).values()


def test_issuers_are_counted_without_their_own_filter(client: FlaskClient) -> None:
    every = search(client, "q=控辍保学")["facets"]["issuer"]
    one = search(client, "q=控辍保学&issuer=重庆市教委")
    assert [(each["value"], each["count"]) for each in one["facets"]["issuer"]] == [
        (each["value"], each["count"]) for each in every
    ]
    assert one["total"] == next(each["count"] for each in every if each["value"] == "重庆市教委")
    assert sum(each["count"] for each in every) == search(client, "q=控辍保学")["total"]


NAMES = st.sampled_from([tuple(place) for place in PLACES["corpus"]])


@given(st.lists(NAMES, unique=True), st.lists(NAMES, max_size=3), st.sampled_from([(), ("火星",), ("~none",)]))
def test_a_tree_adds_up_and_no_place_stands_in_it_twice(
    places: list[Any], chosen: list[Any], strange: tuple[str, ...]
) -> None:
    filters = Filters(
        provinces=tuple({place[0] for place in chosen if place[0]}),
        cities=(*{place[1] for place in chosen if place[1]}, *strange),
        districts=tuple({label(*place) for place in chosen if place[2]}),
    )
    counts = [PlaceCount(*place, number) for number, place in enumerate(places, 1)]
    tree = place_tree(Query("教育", "教育", None, filters), counts)
    assert sum(node["count"] for node in tree) == sum(place.count for place in counts)
    nodes = list(every_node(tree))
    assert len({node["url"] for node in nodes}) == len(nodes)
    for node in nodes:
        assert sum(child["count"] for child in node["children"]) <= node["count"]
        again = read_query(MultiDict(parse_qsl(node["url"].partition("?")[2])))
        after = next(
            (
                each
                for each in every_node(place_tree(again, counts))
                if (each["kind"], each["value"]) == (node["kind"], node["value"])
            ),
            None,
        )
        assert (after is not None and after["selected"]) != node["selected"]
    wanted = {value for values in (filters.provinces, filters.cities, filters.districts) for value in values}
    assert sum(node["selected"] for node in nodes) >= len(
        wanted - {label(*place) for place in PLACES["corpus"]} - {"~none"}
    )


def test_a_long_tree_leaves_what_is_not_selected_to_a_click() -> None:
    counts = [PlaceCount(f"某{n}省", f"某{n}{m}市", None, 1) for n in range(30) for m in range(9)]
    tree = place_tree(Query("教育", "教育", None, Filters(cities=("某33市",))), counts)
    prepared = page_tree(tree)
    assert is_tree(tree)
    opened = [node for node in prepared if node["open"]]
    assert [node["label"] for node in opened] == ["某3省"]
    assert len(opened[0]["shown"]) == 9
    assert {node["folded"] for node in prepared if not node["open"]} == {9}


def test_grouped_hits_are_documents_in_the_order_of_their_best_paragraph(client: FlaskClient) -> None:
    ranked = search(client, "q=控辍保学&fold=off&per_page=100")
    grouped = search(client, "q=控辍保学&group=document")
    assert grouped["hits"] == []
    assert ranked["groups"] is None
    order = list(dict.fromkeys(hit["document"]["id"] for hit in ranked["hits"]))
    assert [group["document"]["id"] for group in grouped["groups"]] == order
    assert grouped["total"] == grouped["total_documents"] == len(order)
    assert grouped["total_paragraphs"] == ranked["total"] == sum(group["total"] for group in grouped["groups"])
    for group in grouped["groups"]:
        own = [hit["id"] for hit in ranked["hits"] if hit["document"]["id"] == group["document"]["id"]]
        assert [hit["id"] for hit in group["hits"]] == own[:3]
        assert group["total"] == len(own)
        assert client.get(group["url"]).status_code == 200


def test_pages_of_groups_hold_every_document_once(client: FlaskClient) -> None:
    seen = []
    for page in range(1, 5):
        seen += [
            group["document"]["id"]
            for group in search(client, f"q=控辍保学&group=document&per_page=2&page={page}")["groups"]
        ]
    assert len(seen) == len(set(seen)) == 5


def test_a_grouped_page_leads_to_the_rest_of_a_document(client: FlaskClient) -> None:
    page = client.get("/?q=控辍保学&group=document").text
    assert "另有 1 段</a>" in page
    assert 'name="group" value="document"' in page
    assert page.count('<li class="group">') == 5


def test_what_says_nearly_the_same_stands_beneath_the_best_of_it(client: FlaskClient) -> None:
    every = search(client, "q=控辍保学&fold=off")
    found = search(client, "q=控辍保学&fold=on")
    assert every["folded"] is None
    assert found["total"] == every["total"] == 9
    assert found["folded"]["total"] == 3
    assert search(client, found["folded"]["off_url"].partition("?")[2])["hits"] == every["hits"]
    listed = [each["id"] for hit in found["hits"] for each in (hit, *hit["duplicates"])]
    assert sorted(listed) == sorted(hit["id"] for hit in every["hits"])
    rank = {hit["id"]: number for number, hit in enumerate(every["hits"])}
    for hit in found["hits"]:
        assert [rank[each["id"]] for each in (hit, *hit["duplicates"])] == sorted(
            rank[each["id"]] for each in (hit, *hit["duplicates"])
        )
    assert {each["same_figures"] for hit in found["hits"] if "九年" in hit["text"] for each in hit["duplicates"]} == {
        False
    }
    assert {each["same_figures"] for hit in found["hits"] if "台账" in hit["text"] for each in hit["duplicates"]} == {
        True
    }


def test_what_was_folded_on_one_page_does_not_come_back_on_another(client: FlaskClient) -> None:
    seen: list[str] = []
    for page in range(1, 10):
        for hit in search(client, f"q=控辍保学&per_page=1&page={page}&fold=on")["hits"]:
            seen += [each["id"] for each in (hit, *hit["duplicates"])]
    assert len(seen) == len(set(seen)) == 9
    last = client.get("/?q=控辍保学&per_page=1&page=6").text
    assert '<span class="off">下一页</span>' in last


def test_a_page_says_what_it_folded_and_links_to_it(client: FlaskClient) -> None:
    page = client.get("/?q=控辍保学").text
    assert "前 300 段中有 3 段与排在前面的几乎相同" in page
    assert "<summary>另有 2 段几乎相同</summary>" in page
    assert page.count("数字不同") == 1
    assert "几乎相同</summary>" not in client.get("/?q=控辍保学&fold=off").text


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case["why"])
def test_pairs_that_are_nearly_the_same_and_pairs_that_are_not(case: dict[str, Any]) -> None:
    one, other = (shingles(skeleton(fold_characters(case[name]))) for name in ("one", "other"))
    assert (likeness(one, other) >= ALIKE) == case["alike"]


def paragraph(number: int, text: str) -> Paragraph:
    return Paragraph(str(number), "d", number, (), (), None, ((0, len(text)),), text, text)


TEXTS = st.lists(
    st.text("控辍保学落实责任教育12。", max_size=30) | st.sampled_from([SHARED, SHARED * 2, SHARED[:-3]]), max_size=12
)


@given(TEXTS, st.randoms(use_true_random=False))
def test_folding_keeps_every_paragraph_and_only_like_ones_together(texts: list[str], random: Any) -> None:
    ranked = list(range(len(texts)))
    random.shuffle(ranked)
    columns = likeness_columns(texts)
    folded = fold_alike(columns, np.array(ranked, np.int32), lambda numbers: [paragraph(n, texts[n]) for n in numbers])
    beneath = [number for others in folded.values() for number in others]
    assert len(beneath) == len(set(beneath))
    assert not set(beneath) & set(folded)
    for shown, others in folded.items():
        assert [shown, *others] == sorted([shown, *others], key=ranked.index)
        for other in others:
            assert likeness(shingles(skeleton(texts[shown])), shingles(skeleton(texts[other]))) >= ALIKE
    kept = [number for number in ranked if number not in beneath]
    for one, other in pairwise(kept):
        letters = skeleton(texts[one])
        assert not letters or letters != skeleton(texts[other])


def test_only_the_first_three_hundred_are_folded() -> None:
    columns = likeness_columns([SHARED] * (WINDOW + 5))
    folded = fold_alike(columns, np.arange(WINDOW + 5, dtype=np.int32), lambda _: [])
    assert folded == {0: list(range(1, WINDOW))}


@given(
    st.text("落实控辍保学责任做好随迁子女入学工作", min_size=60, max_size=200), st.integers(0, 59), st.integers(0, 200)
)
def test_numbers_of_a_sketch_agree_about_as_often_as_shingles_are_shared(text: str, at: int, length: int) -> None:
    """Within five standard deviations, so that chance fails once in a million examples."""
    other = text[:at] + "新" * length + text[at + length :]
    share = likeness(shingles(text), shingles(other))
    agreeing = (sketch(text) == sketch(other)).sum() / SKETCH
    assert abs(agreeing - share) <= 5 * max(share * (1 - share) / SKETCH, 1 / SKETCH**2) ** 0.5 + 1 / SKETCH
