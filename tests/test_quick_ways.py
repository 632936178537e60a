"""What was made faster says to the letter what the plain way said: addresses, JSON, folding, highlights."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import tokenize, tokens_of
from indexer.backend import FacetValue, PlaceCount
from indexer.fold import fold_characters
from indexer.query import NONE, Filters, Query
from search_app import create_app
from search_app.addresses import FilterAddresses
from search_app.facets import facet_json
from search_app.params import query_parameters, search_url, url_with
from search_app.place_tree import place_tree

WORDS = st.text("教育 &=/?#%+“”'\"<é𠮷~", max_size=6).map(str.strip)
NAMES = st.lists(st.sampled_from(["武汉市", "A&B", "湖北省", NONE, "青浦区"]), unique=True, max_size=3).map(tuple)
YEARS = st.lists(st.sampled_from([(2017, 2017), (2015, 2018), None]), unique=True, max_size=2).map(tuple)
FILTERS = st.builds(Filters, provinces=NAMES, cities=NAMES, districts=NAMES, issuers=NAMES, years=YEARS)
QUERIES = st.builds(
    lambda text, **more: Query(text, text, None, **more),
    WORDS,
    filters=FILTERS,
    sort=st.sampled_from(["relevance", "newest"]),
    relax=st.sampled_from([None, "any"]),
    page=st.sampled_from([1, 3]),
    per_page=st.sampled_from([10, 20]),
    expand=st.booleans(),
    off=st.sampled_from([(), ("a.b/c",)]),
    spell=st.booleans(),
    group=st.sampled_from([None, "document"]),
    fold=st.sampled_from([None, True, False]),
)


def plain_url(query: Query, **changes: Any) -> str:
    parameters = query_parameters(replace(query, page=1, **changes))
    return f"/?{urlencode(parameters, quote_via=quote)}" if parameters else "/"


@given(QUERIES, FILTERS)
def test_an_address_with_other_filters_is_that_of_the_changed_query(query: Query, filters: Filters) -> None:
    addresses = FilterAddresses(query)
    assert addresses.of(filters) == plain_url(query, filters=filters) == search_url(query, filters=filters)
    for name, field in (
        ("province", "provinces"),
        ("city", "cities"),
        ("district", "districts"),
        ("issuer", "issuers"),
    ):
        changes: dict[str, Any] = {field: (*getattr(query.filters, field), "北京市 A/B")}
        assert addresses.adding(name, "北京市 A/B") == plain_url(query, filters=replace(query.filters, **changes))
    later = replace(query.filters, years=(*query.filters.years, (2024, 2024)))
    assert addresses.adding("year", "2024") == plain_url(query, filters=later)


@given(QUERIES)
def test_a_facet_value_that_is_not_selected_adds_itself(query: Query) -> None:
    for each in facet_json(query, "city", [FacetValue(value, 1) for value in ("武汉市", "潜江市", None)]):
        word = each["value"] or NONE
        chosen = query.filters.cities
        after = tuple(name for name in chosen if name != word) if each["selected"] else (*chosen, word)
        assert each["url"] == plain_url(query, filters=replace(query.filters, cities=after))
    if not (query.filters.provinces or query.filters.cities or query.filters.districts):
        tree = place_tree(query, [PlaceCount("湖北省", "武汉市", None, 2)])
        assert tree[0]["url"] == plain_url(query, filters=replace(query.filters, provinces=("湖北省",)))


@given(st.lists(st.tuples(st.text(max_size=4), st.text("教 &=/é", max_size=4)), max_size=4))
def test_parameters_are_quoted_as_by_the_standard_library(pairs: list[tuple[str, str]]) -> None:
    try:
        expected = f"/d/x?{urlencode(pairs, quote_via=quote)}" if pairs else "/d/x"
    except UnicodeEncodeError:
        return
    assert url_with("/d/x", pairs) == expected


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.integers(-(10**9), 10**9).map(lambda number: number / 10_000)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab教"\\\n\x01\x7f\u2028', max_size=3), inner),
    max_leaves=12,
)


@given(VALUES)
def test_json_is_written_as_by_the_standard_library(value: Any) -> None:
    app = create_app("nowhere")
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert app.json.dumps(value) == plain
    with app.app_context():
        assert app.json.response(value).get_data(as_text=True) == plain + "\n"
    assert app.json.loads(plain) == value


@given(st.text(st.characters(exclude_categories=[]), max_size=200), st.text("學Ａ　🀄\ud800\udfff́ﬁ", max_size=100))
def test_many_characters_fold_as_each_does(text: str, odd: str) -> None:
    for each in (text, odd, text + odd * 5, "國" * 100 + odd + text):
        assert fold_characters(each) == "".join(map(fold_characters, each))


@given(
    st.text("推进义务教育 优质均衡,达百分之九十五.95%a\n", max_size=60),
    st.sets(st.sampled_from(["教育", "义务", "95%", "九", "a"])),
)
def test_wanted_tokens_are_those_among_all(folded: str, wanted: set[str]) -> None:
    assert tokens_of(folded, wanted) == [token for token in tokenize(folded) if token.term in wanted]
