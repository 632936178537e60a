"""The answer to a search: the page of results as the contract has it, and what to try where nothing was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from indexer.backend import SearchBackend
from indexer.errors import QuerySyntaxError
from indexer.finding import Corrected, find
from indexer.places import Kind, label, normalise
from indexer.query import NONE, Filters, Query, parse_query
from search_app.facets import with_values
from search_app.params import search_url
from search_app.present import counted, search_json, signed_leaves

MOST_SUGGESTIONS = 8
"""More than one looks at; each costs a search."""


def answer(backend: SearchBackend, query: Query, *, explain: bool = False) -> dict[str, Any]:
    """Answer a query with the JSON of ``GET /api/v1/search``. Raises what the backend raises."""
    finding = find(backend, query)
    suggestions = [corrected_json(each) for each in finding.offered]
    if not finding.page.total:
        suggestions += suggest(backend, query)
    found = search_json(query, finding.page, suggestions=suggestions, explain=explain)
    if finding.used is not None:
        used = finding.used
        found["reading"]["corrected"] = {
            "from": used.original,
            "to": used.replacement,
            "why": used.why,
            "text": used.query.text,
            "url": search_url(replace(used.query, spell=True)),
            "undo_url": search_url(query, spell=False),
        }
    return found


def corrected_json(corrected: Corrected) -> dict[str, Any]:
    """Present a spelling that would find something, as a suggestion."""
    why = f"“{corrected.original}”或为“{corrected.replacement}”（{corrected.why}）"
    url = search_url(replace(corrected.query, spell=True), page=1)
    return {"text": corrected.query.text, "why": why, "total": corrected.total, "url": url}


def suggest(backend: SearchBackend, query: Query) -> list[dict[str, Any]]:
    """List what would find something instead of ``query``, each with why, its total and its address."""
    suggestions: list[dict[str, Any]] = []
    seen = {search_url(query, page=1)}
    for other, text, why in _alternatives(backend, query):
        url = search_url(other)
        if url in seen:
            continue
        seen.add(url)
        total = counted(other, backend.search(replace(other, per_page=1, fold=False)))
        if total:
            suggestions.append({"text": text, "why": why, "total": total, "url": url})
        if len(seen) > MOST_SUGGESTIONS:
            break
    return suggestions


def unknown_places(backend: SearchBackend, filters: Filters) -> list[str]:
    """List the places that a search is limited to and that no document of the corpus has."""
    known: set[str | None] = {NONE}
    for summary in backend.documents():
        place = summary.metadata
        # A province as a whole is listed among the cities, under its label.
        known |= {place.province, place.city, place.district, label(place.province, place.city, place.district)}
    asked = (*filters.provinces, *filters.cities, *filters.districts)
    return [name for name in asked if name not in known]


def _alternatives(backend: SearchBackend, query: Query) -> Iterator[tuple[Query, str, str]]:
    filters = query.filters
    for elsewhere, name in _same_name_elsewhere(backend, filters):
        yield replace(query, filters=elsewhere, page=1), name, "按这一级地名"
    if filters != Filters():
        said = query.text or "全部段落"
        if filters.years and filters != Filters(years=filters.years):
            yield replace(query, filters=replace(filters, years=()), page=1), said, "不限年份"
            yield replace(query, filters=Filters(years=filters.years), page=1), said, "不限地方"
        yield replace(query, filters=Filters(), page=1), said, "去掉所有筛选"
    clauses = [clause for clause, negated in signed_leaves(query.root) if not negated]
    if any(negated for _, negated in signed_leaves(query.root)) and clauses:
        words = " ".join(query.text[clause.start : clause.end] for clause in clauses)
        yield from _reworded(query, words, filters, "去掉排除的词")
    singly = [query.text[clause.start : clause.end] for clause in clauses]
    if len(clauses) == 1 and len(clauses[0].tokens) > 1:
        singly = list(clauses[0].tokens)
    for kept, why in ((filters, "只查这个词"), (Filters(), "只查这个词，去掉筛选")):
        for word in list(dict.fromkeys(singly))[:MOST_SUGGESTIONS]:
            if word.strip() and word != query.text:
                yield from _reworded(query, word, kept, why)


def _reworded(query: Query, words: str, filters: Filters, why: str) -> Iterator[tuple[Query, str, str]]:
    try:
        other = parse_query(
            words, filters=filters, sort=query.sort, per_page=query.per_page, expand=query.expand, off=query.off
        )
        yield replace(other, group=query.group, fold=query.fold), words, why
    except QuerySyntaxError:  # a word cut out of a query can be an operator by itself
        return


def _same_name_elsewhere(backend: SearchBackend, filters: Filters) -> Iterator[tuple[Filters, str]]:
    """Find the districts and provinces of the corpus that were asked for as a city: 青浦 is a district of 上海市."""
    missing = set(unknown_places(backend, filters)) & set(filters.cities)
    if not missing:
        return
    for summary in backend.documents():
        place = summary.metadata
        kinds: tuple[tuple[Kind, str | None], ...] = (("district", place.district), ("province", place.province))
        for kind, name in kinds:
            asked = {city for city in missing if name and name in _names(kind, city)}
            if name and asked:
                said = label(place.province, place.city, name) if kind == "district" else name
                yield with_values(replace(filters, cities=()), kind, (name,)), said


def _names(kind: Kind, city: str) -> set[str]:
    """Return what a place typed as a city may be called as a place of another kind: 青浦, 青浦区; 昆山, 昆山市."""
    return {city, normalise(kind, city), normalise(kind, city.removesuffix("市"))}
