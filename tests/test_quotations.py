"""Exact quotation: whatever stands in a paragraph or a heading is found when it is quoted, and lit exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.backend import Hit, SearchBackend
from indexer.fold import compact, fold_characters
from indexer.highlight import highlight
from indexer.models import Paragraph
from indexer.query import parse_query
from tests.conftest import SEEDS

CASES = json.loads((Path(__file__).parent / "cases" / "quotations.json").read_text("utf-8"))


def quoted(text: str) -> str:
    """Quote a string with marks that it does not hold."""
    for opener, closer in ("“”", "「」", "『』", '""'):
        if opener not in text and closer not in text:
            return opener + text + closer
    raise AssertionError(text)


def all_hits(backend: SearchBackend, text: str) -> list[Hit]:
    page = backend.search(parse_query(text, per_page=300))
    assert page.relaxed is None
    return list(page.hits)


@pytest.fixture(scope="module")
def paragraphs(backend: SearchBackend) -> list[Paragraph]:
    return [paragraph for summary in backend.documents() for paragraph in backend.document(summary.id).paragraphs]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_string_copied_out_of_a_paragraph_is_found_and_lit(
    backend: SearchBackend, paragraphs: list[Paragraph], data: st.DataObject
) -> None:
    paragraph = data.draw(st.sampled_from(paragraphs), label="paragraph")
    start = data.draw(st.integers(0, len(paragraph.text) - 2), label="start")
    string = paragraph.text[start : start + data.draw(st.integers(2, 14), label="length")]
    if len(compact(fold_characters(string))[0]) < 2:
        return
    query = quoted(string)
    hits = {hit.paragraph.id: hit for hit in all_hits(backend, query)}
    assert paragraph.id in hits
    spans = highlight(paragraph.text, paragraph.folded, backend.search(parse_query(query)).matched)
    visible = {at for at in range(start, start + len(string)) if compact(fold_characters(paragraph.text[at]))[0]}
    lit = {at for low, high in spans for at in range(low, high)}
    first = fold_characters(paragraph.text).find(fold_characters(string))
    if first == start:  # an earlier, overlapping copy of the string would be lit in its stead
        assert visible <= lit


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']} {case['quote']}")
def test_a_string_that_is_hard_to_find_is_found(backend: SearchBackend, case: dict[str, Any]) -> None:
    documents = {Path(summary.path).name[:3]: summary.id for summary in backend.documents()}
    hits = all_hits(backend, quoted(case["quote"]))
    found = {hit.paragraph.ordinal for hit in hits if hit.document.id == documents[case["file"]]}
    expected = {*case["ordinals"], *case.get("under", [])}
    assert found == expected
    for hit in hits:
        paragraph = hit.paragraph
        wanted = compact(fold_characters(case["quote"]))[0]
        texts = [(paragraph.text, paragraph.folded), *zip(paragraph.section, paragraph.section_folded, strict=True)]
        clauses = parse_query(quoted(case["quote"])).root
        lit = [
            {compact(variant[start:end])[0] for variant in (fold_characters(text), folded)}
            for text, folded in texts
            for start, end in highlight(text, folded, [clauses])  # type: ignore[list-item]
        ]
        assert lit
        assert all(any(wanted in variant for variant in variants) for variants in lit)


def test_no_text_of_record_is_altered(backend: SearchBackend) -> None:
    for summary in backend.documents():
        document = backend.document(summary.id)
        original = (SEEDS / Path(summary.path).name).read_bytes().decode("utf-8")
        assert document.source.text == original
        for paragraph in document.paragraphs:
            assert paragraph.text == "".join(original[start:end] for start, end in paragraph.segments)
            assert len(paragraph.folded) == len(paragraph.text)
