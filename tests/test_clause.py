"""A researcher pastes a clause and sees who says the same, nearly the same, or the same things otherwise."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.backend import SearchBackend
from indexer.clause_search import MAX_CHARACTERS, NEAR, RAREST, search_clause
from indexer.errors import ParameterError
from indexer.fold import compact, fold, fold_characters
from indexer.query import parse_query
from search_app import create_app
from search_app.clause import clause_url, quotation_url

CASES = json.loads((Path(__file__).parent / "cases" / "clauses.json").read_text("utf-8"))
PUBLISHED = CASES[0]["clause"]


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def get(client: FlaskClient, clause: str, status: int = 200, **more: str) -> Any:
    answer = client.get("/api/v1/clause", query_string={"q": clause, **more})
    assert answer.status_code == status, answer.text
    return answer.get_json()


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", fold_characters(text))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_a_clause_finds_its_passage(backend: SearchBackend, case: dict[str, Any]) -> None:
    found = search_clause(backend, case["clause"]).matches
    if case["file"] is None:
        assert found == ()
        return
    first = found[0]
    assert Path(first.hit.document.path).name.startswith(case["file"])
    assert first.kind == case["kind"]
    assert first.hit.paragraph.text[slice(*first.window)] == case["window"]


def test_the_json_has_the_shape_that_scripts_rely_on(client: FlaskClient) -> None:
    found = get(client, CASES[3]["clause"])
    assert {"clause", "rare", "matches", "candidates", "total", "corpus", "took_ms"} == set(found)
    assert found["clause"] == CASES[3]["clause"]
    match = found["matches"][0]
    assert {"kind", "share", "paragraph", "window", "diff"} <= set(match)
    assert match["share"] == round(match["held"] / match["words"], 4) >= NEAR
    low, high = match["window"]
    joined = "".join(part["text"] for part in match["diff"] if part["op"] != "delete")
    assert joined == match["paragraph"]["text"][low:high]
    assert {"id", "url", "document", "section", "text", "segments"} <= set(match["paragraph"])


def test_kinds_come_in_order_and_the_nearest_first(client: FlaskClient) -> None:
    order = {"same": 0, "near": 1, "loose": 2}
    for case in CASES:
        matches = get(client, case["clause"])["matches"]
        kinds = [order[match["kind"]] for match in matches]
        assert kinds == sorted(kinds)
        near = [match["held"] for match in matches if match["kind"] == "near"]
        assert near == sorted(near, reverse=True)


@settings(max_examples=40)
@given(st.data())
def test_every_passage_of_the_corpus_finds_itself(backend: SearchBackend, data: st.DataObject) -> None:
    summary = data.draw(st.sampled_from(list(backend.documents())))
    paragraph = data.draw(st.sampled_from(backend.document(summary.id).paragraphs))
    low = data.draw(st.integers(0, max(0, len(paragraph.text) - 20)))
    clause = paragraph.text[low : low + data.draw(st.integers(20, MAX_CHARACTERS))].strip()
    try:
        found = search_clause(backend, clause)
    except ParameterError:
        return  # numbers and signs only
    same = [match for match in found.matches if match.kind == "same"]
    assert any(letters(clause) == letters(match.hit.paragraph.text[slice(*match.window)]) for match in same)


@settings(max_examples=40)
@given(st.data())
def test_a_diff_joins_to_the_window_and_to_the_clause(backend: SearchBackend, data: st.DataObject) -> None:
    summary = data.draw(st.sampled_from(list(backend.documents())))
    text = data.draw(st.sampled_from(backend.document(summary.id).paragraphs)).text[:200]
    words = list(text)
    generator = random.Random(data.draw(st.integers(0, 9999)))
    for _ in range(data.draw(st.integers(0, len(words) // 3))):
        words[generator.randrange(len(words))] = generator.choice(["的", "教育", "", "，", "\n", "學", "３"])
    clause = "".join(words)
    try:
        found = search_clause(backend, clause)
    except ParameterError:
        return
    folded = fold(clause.strip()).text
    for match in found.matches:
        paragraph, low = match.hit.paragraph, match.window[0]
        window = paragraph.text[slice(*match.window)]
        assert "".join(change.text for change in match.changes if change.op != "delete") == window
        kept = "".join(
            folded[change.start : change.end]
            if change.op == "delete"
            else paragraph.folded[low + change.start : low + change.end]
            for change in match.changes
            if change.op != "insert"
        )
        assert compact(kept)[0] == compact(folded)[0]
        assert 0 <= match.held <= match.words


def test_too_much_and_too_little_are_refused_with_a_sentence(client: FlaskClient) -> None:
    assert f"最多 {MAX_CHARACTERS} 个字，这里有 501 个" in get(client, "学" * 501, 400)["error"]["message"]
    assert "6 个汉字" in get(client, "学前教育a", 400)["error"]["message"]
    assert get(client, "学" * 500 + " \n" * 50)["matches"] == []
    assert get(client, "")["matches"] == []


def test_the_words_looked_for_are_the_rarest_of_the_clause(backend: SearchBackend) -> None:
    paragraphs = backend.document(backend.documents()[0].id).paragraphs
    found = search_clause(backend, "".join(paragraph.text for paragraph in paragraphs[3:7])[:MAX_CHARACTERS])
    assert len(found.rare) == RAREST
    assert "的" not in found.rare


def test_the_page_shows_kinds_with_counts_and_what_differs(client: FlaskClient) -> None:
    page = client.get("/clause", query_string={"q": CASES[3]["clause"]}).text
    counted = re.search(r"相近 <b>(\d+)</b>", page)
    assert counted is not None
    assert int(counted[1]) == len(re.findall(r'<li class="hit" id="near-', page)) > 0
    assert "<ins>落实</ins>" in page
    assert "<del>完善</del>" in page
    assert "武汉市" in page
    assert "2017" in page


def test_the_page_keeps_what_was_pasted_and_says_what_is_wrong(client: FlaskClient) -> None:
    answer = client.get("/clause", query_string={"q": "学前"})
    assert answer.status_code == 400
    assert ">学前</textarea>" in answer.text
    assert 'role="alert"' in answer.text


def test_markup_in_a_clause_is_text(client: FlaskClient) -> None:
    page = client.get("/clause", query_string={"q": "</textarea><script>alert(1)</script>" + PUBLISHED}).text
    assert "<script>alert" not in page
    assert "&lt;/textarea&gt;" in page


def test_one_kind_can_be_asked_for(client: FlaskClient) -> None:
    clause = CASES[6]["clause"]
    assert 'id="near"' in client.get("/clause", query_string={"q": clause}).text
    page = client.get("/clause", query_string={"q": clause, "show": "loose"}).text
    assert 'id="near"' not in page
    assert 'show=near"' in page


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        (PUBLISHED + PUBLISHED, True),
        ("落实以居住证为主要依据的随迁子女\n义务教育就学政策，落实控辍保学责任", True),
        ("随迁子女 就学政策", False),
        ("“落实以居住证为主要依据的随迁子女义务教育就学政策，落实控辍保学责任”", False),
        ("落实以居住证为主要依据的随迁子女义务教育就学政策 OR 落实控辍保学责任", False),
        ("落实以居住证为主要依据的随迁子女义务教育就学政策落实 -控辍保学责任", False),
        ("学" * 501, False),
    ],
)
def test_a_long_query_without_operators_looks_like_a_clause(client: FlaskClient, text: str, looks: bool) -> None:
    assert (clause_url(parse_query(text)) is not None) == looks
    assert ("像是一段条文" in client.get("/", query_string={"q": text}).text) == looks


@settings(max_examples=30)
@given(st.text(max_size=60), st.sampled_from(["", PUBLISHED]))
def test_no_text_whatever_is_answered_by_a_failure(client: FlaskClient, text: str, more: str) -> None:
    for path in ("/clause", "/api/v1/clause"):
        assert client.get(path, query_string={"q": text + more}).status_code in (200, 400)


@given(st.text(st.sampled_from("教育“”「」『』\"' 学*-OR。"), min_size=1))
def test_the_search_for_a_window_is_for_exactly_its_text(text: str) -> None:
    from urllib.parse import unquote

    url = quotation_url(text)
    if url is not None:
        query = parse_query(unquote(url.removeprefix("/?q=")))
        assert query.root is not None
        assert query.root.text == compact(fold_characters(text))[0]  # type: ignore[union-attr]
