"""Whoosh's queries over arrays against Whoosh's own searcher on the same index: documents, totals, scores, facets."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whoosh import query
from whoosh.query import Query
from whoosh.scoring import BM25F

from indexer.whoosh_backend.array_search import ArraySearcher
from indexer.whoosh_backend.codec.container import ArrayWriter
from indexer.whoosh_backend.codec.contents import write_lock, write_toc
from indexer.whoosh_backend.codec.documents import COLUMNS
from indexer.whoosh_backend.codec.index import open_index
from indexer.whoosh_backend.codec.segment import ArraySegment, new_name
from indexer.whoosh_backend.codec.words_writer import WordsWriter
from tests.oracle import WORDS, Pair, any_query, schema, text

SEVERAL_TERMS = (query.Prefix, query.Wildcard, query.Regex, query.FuzzyTerm, query.TermRange)
MISREAD = (query.Not, query.AndNot, query.AndMaybe, query.Require, query.Otherwise, query.ConstantScoreQuery)
"""What Whoosh's matchers get wrong where they stand inside others: AndNot keeps a first document that it should drop,
Require yields documents of one part alone, and what is skipped to in an inverted matcher may be passed over."""


def parts(wanted: Query) -> Iterator[Query]:
    yield wanted
    for child in wanted.children():
        yield from parts(child)


def scored_alike(wanted: Query) -> bool:
    """Whether Whoosh scores a query in one way; what is for several terms at once depends on the size of a segment."""
    return not any(isinstance(part, (*SEVERAL_TERMS, query.ConstantScoreQuery)) for part in parts(wanted))


def answered(searcher: Any, wanted: Query) -> dict[int, float] | None:
    """Return every hit with its score as Whoosh's searcher gives it; ``None`` where Whoosh itself fails."""
    try:
        found = {hit.docnum: float(hit.score) for hit in searcher.search(wanted, limit=None)}
    except Exception:  # some combinations fail in Whoosh, over any codec
        return None
    return {number: score for number, score in found.items() if not searcher.reader().is_deleted(number)}


def expected(searcher: Any, wanted: Query) -> dict[int, float] | None:
    """Return what Whoosh answers, put together from what it answers to the parts where it misreads the whole."""
    if not any(isinstance(part, MISREAD) for part in parts(wanted)):
        return answered(searcher, wanted)
    boost = wanted.boost if isinstance(wanted, query.And | query.Or) and len(wanted.subqueries) > 1 else 1.0
    children = [child.query if isinstance(child, query.Not) else child for child in wanted.children()]
    found = [expected(searcher, child) for child in children]
    if isinstance(wanted, query.Otherwise | query.DisjunctionMax | query.ConstantScoreQuery) or None in found:
        return None
    held = [each for each in found if each is not None]
    everything = dict.fromkeys(searcher.reader().all_doc_ids(), 1.0)
    negated = [isinstance(child, query.Not) for child in wanted.children()]
    if isinstance(wanted, query.Not):
        return without(everything, held[0])
    held = [without(everything, each) if no else each for each, no in zip(held, negated, strict=True)]
    if isinstance(wanted, query.AndNot):
        return without(held[0], held[1])
    if isinstance(wanted, query.Require):
        return {number: score for number, score in held[0].items() if number in held[1]}
    if isinstance(wanted, query.AndMaybe):
        return {number: score + held[1].get(number, 0.0) for number, score in held[0].items()}
    sums: Counter[int] = Counter()
    for each in held:
        sums.update(each)  # type: ignore[arg-type] - a counter adds any number
    every = isinstance(wanted, query.And)
    return {number: score * boost for number, score in sums.items() if not every or all(number in one for one in held)}


def without(found: dict[int, float], others: dict[int, float]) -> dict[int, float]:
    return {number: score for number, score in found.items() if number not in others}


@pytest.mark.parametrize("seed", range(3))
def test_hits_totals_and_scores_are_those_of_whoosh_on_the_same_index(tmp_path: Path, seed: int) -> None:
    pair, chance = Pair(tmp_path), random.Random(seed)
    compared = scored = 0
    for step, how in enumerate([{"merge": False}, {"merge": False}, {"merge": False}, {"optimize": True}]):
        pair.write(seed * 100 + step, add=40, update=5 * step, delete=4 * step, **how)
        ours = ArraySearcher(tmp_path / "ours")
        with (
            open_index(tmp_path / "ours").searcher(weighting=BM25F()) as whoosh,
            pair.indexes[0].searcher(weighting=BM25F()) as stock,
        ):
            for _ in range(150):
                wanted = any_query(chance)
                theirs = expected(whoosh, wanted)
                if theirs is None:
                    continue
                found = ours.search(wanted, limit=1000)
                assert {number for number, _ in found.hits} == set(theirs), wanted
                assert found.total == len(theirs)
                witness = expected(stock, wanted)
                assert witness is None or set(witness) == set(theirs)
                compared += 1
                if scored_alike(wanted):
                    scored += 1
                    assert dict(found.hits) == pytest.approx(theirs, rel=1e-5, abs=1e-6), wanted
                    assert [-score for _, score in found.hits] == sorted(-score for _, score in found.hits)
                    assert ours.search(wanted, limit=10).hits == found.hits[:10]
    assert compared > 250
    assert scored > 80


def term(chance: random.Random) -> Query:
    return query.Term(
        chance.choice(["body", "body", "section"]), chance.choice([*WORDS, "没有"]), boost=chance.choice([1, 2.0])
    )


def policy_query(chance: random.Random, depth: int = 2) -> Query:
    """Return a query of the kinds that a reader asks."""
    if depth == 0 or chance.random() < 0.3:
        phrase = query.Phrase("body", chance.choices(WORDS[:9], k=chance.choice([2, 2, 3, 4])))
        return chance.choice([term(chance), term(chance), phrase, query.Prefix("body", chance.choice("教义督9"))])

    def part() -> Query:
        return policy_query(chance, depth - 1)

    return chance.choice(
        [
            query.And([part(), part()], boost=chance.choice([1.0, 0.5])),
            query.Or([part(), part(), part()]),
            query.And([part(), query.Not(part())]),
            query.AndNot(part(), part()),
            query.AndMaybe(part(), part()),
            query.Require(part(), part()),
        ]
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, int]], list[bool]]:
    """Write three segments directly, a fifth of their paragraphs deleted, with a city and a year for each paragraph."""
    folder, chance = tmp_path_factory.mktemp("direct"), random.Random(7)
    columns: list[tuple[int, int]] = []
    alive: list[bool] = []
    with write_lock(folder):
        segments = []
        for size in (500, 200, 40):
            writer = WordsWriter(["id", "body", "section"])
            of_segment: list[tuple[int, int]] = []
            place = (0, 0)
            for number in range(size):
                writer.add("id", [f"{len(segments)}-{number}"], [0])
                for name, longest in (("body", 40), ("section", 6)):
                    terms = text(chance, longest).split()
                    writer.add(name, terms, range(len(terms)))
                writer.next()
                if chance.random() < 0.1:
                    place = (chance.randrange(5), chance.randrange(3))
                of_segment.append(place)
            segment = ArraySegment(new_name(), size)
            writer.write(segment.file(folder, ".words"))
            with ArrayWriter(segment.file(folder, COLUMNS)) as file:
                file.add("city", np.array([city for city, _ in of_segment], np.uint16))
                file.add("year", np.array([year for _, year in of_segment], np.int32))
            gone = np.array([chance.random() < 0.2 for _ in range(size)])
            segments.append(segment.without(folder, gone))
            columns += of_segment
            alive += (~gone).tolist()
        write_toc(folder, schema(), segments)
    return folder, columns, alive


def test_facets_ignore_their_own_filter_and_count_exactly(
    written: tuple[Path, list[tuple[int, int]], list[bool]],
) -> None:
    folder, columns, alive = written
    chance, ours = random.Random(3), ArraySearcher(folder, ["city", "year"])
    found = 0
    with open_index(folder).searcher(weighting=BM25F()) as whoosh:
        for _ in range(600):
            wanted = policy_query(chance)
            filters = {}
            if chance.random() < 0.6:
                filters["city"] = chance.sample(range(7), 2)
            if chance.random() < 0.4:
                filters["year"] = [chance.randrange(4)]
            theirs = expected(whoosh, wanted)
            assert theirs is not None
            assert all(alive[number] for number in theirs)

            def passes(number: int, *names: str, chosen: dict[str, list[int]] = filters) -> bool:
                values = dict(zip(("city", "year"), columns[number], strict=True))
                return all(values[name] in chosen[name] for name in names if name in chosen)

            answer = ours.search(wanted, limit=5000, filters=filters, facets=("city", "year"))
            left = {number: score for number, score in theirs.items() if passes(number, "city", "year")}
            assert {number for number, _ in answer.hits} == set(left), (wanted, filters)
            assert answer.total == len(left)
            if scored_alike(wanted):
                assert dict(answer.hits) == pytest.approx(left, rel=1e-5)
            for at, (facet, other) in enumerate((("city", "year"), ("year", "city"))):
                counts = Counter(columns[number][at] for number in theirs if passes(number, other))
                assert {code: count for code, count in enumerate(answer.facets[facet].tolist()) if count} == counts
            found += answer.total
    assert found > 20_000


def test_an_index_without_paragraphs_answers_nothing(tmp_path: Path) -> None:
    write_toc(tmp_path, schema(), [])
    answer = ArraySearcher(tmp_path, ["city"]).search(query.Term("body", "教育"), facets=["city"])
    assert (answer.hits, answer.total, answer.facets["city"].tolist()) == ((), 0, [])
