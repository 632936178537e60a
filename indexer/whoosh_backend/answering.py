"""A query answered over one open build: what matches, how many, in which order; then the page that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

import numpy as np

from indexer.backend import DocumentSummary, Group, Hit, Relaxed, ResultPage, ScorePart, Step, Word
from indexer.query import Query, leaves
from indexer.whoosh_backend.arrays import Mask, Numbers, at_each, meeting
from indexer.whoosh_backend.duplicates import fold_alike
from indexer.whoosh_backend.evaluate import Evaluation, Unit
from indexer.whoosh_backend.filters import Counts
from indexer.whoosh_backend.listing import needed, page_of, page_of_paragraphs
from indexer.whoosh_backend.open_build import OpenBuild
from indexer.whoosh_backend.ranking import DocumentHits, Matching, first_documents, first_paragraphs, recency_ranks
from indexer.whoosh_backend.relax import counted, coverage, dropped, matches, offered, relaxed, total_scores


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query finds, in numbers of paragraphs: those listed, or the documents they are grouped by."""

    evaluation: Evaluation
    listed: Sequence[Sequence[int]]
    """Each paragraph of the page with those that stand beneath it."""
    groups: Sequence[DocumentHits]
    total: int
    total_documents: int
    folded: int
    counts: Counts
    relaxed: Relaxed | None
    steps: tuple[Step, ...]

    @property
    def shown(self) -> list[int]:
        """Every paragraph of the page."""
        grouped = (group.paragraphs for group in self.groups)
        return [number for numbers in (*grouped, *self.listed) for number in numbers]


def answer(build: OpenBuild, query: Query) -> Answer:
    """Evaluate a query, count what matches, and put as much of it in order as the page shows."""
    masks = build.columns.masks(query.filters) | build.deleted
    filtered: Mask | None = reduce(np.logical_and, masks.values()) if masks else None
    evaluation = build.evaluator.evaluate(query.root, exact=not query.expand)
    steps = matches(evaluation, build.matcher)
    totals = counted(steps, evaluation, filtered)
    matching, given_up = relaxed(steps, totals, query.relax, evaluation.left_out, evaluation.question)
    by_document = build.owners.counts(matching)
    paragraphs = build.owners.within(matching, filtered)
    share = coverage(evaluation, paragraphs)
    found = Matching(paragraphs, total_scores(evaluation, paragraphs, share))
    ranks = recency_ranks(*build.columns.recency, query.sort)
    groups: Sequence[DocumentHits] = ()
    listed: Sequence[Sequence[int]] = ()
    alike: dict[int, list[int]] = {}
    if query.group == "document":
        groups = first_documents(found, build.owners, ranks, page_of(query), query.per_group)
        best = [group.paragraphs[0] for group in first_documents(found, build.owners, ranks, slice(1), 1)]
    else:
        ranked = first_paragraphs(found, build.owners, ranks, needed(query))
        best = ranked[:1].tolist()
        if query.fold:
            alike = fold_alike(build.likeness, ranked, build.store.paragraphs)
        listed = page_of_paragraphs(query, ranked, alike)
    if given_up is not None and best:
        given_up = replace(given_up, dropped=dropped(evaluation, best[0]))
    of_filtered = by_document if filtered is None else by_document * filtered
    return Answer(
        evaluation=evaluation,
        listed=listed,
        groups=groups,
        total=len(paragraphs),
        total_documents=int(np.count_nonzero(of_filtered)),
        folded=sum(map(len, alike.values())),
        counts=build.columns.count(by_document, masks, query.filters),
        relaxed=given_up,
        steps=offered(totals),
    )


def result_page(build: OpenBuild, query: Query, found: Answer, took_ms: float) -> ResultPage:
    """Read the paragraphs of an answer and put the page together."""
    hits = _hits(build, found)
    units = [unit for unit in found.evaluation.units if unit.text]
    return ResultPage(
        hits=tuple(
            replace(hits[number], duplicates=tuple(hits[other] for other in others)) if others else hits[number]
            for number, *others in found.listed
        ),
        groups=tuple(
            Group(_document(build, group, hits), group.total, tuple(hits[number] for number in group.paragraphs))
            for group in found.groups
        ),
        folded=found.folded,
        total=found.total,
        total_documents=found.total_documents,
        facets=found.counts.facets,
        places=found.counts.places,
        corpus=build.corpus,
        took_ms=round(took_ms, 3),
        matched=leaves(query.root, negated=False),
        relaxed=found.relaxed,
        expanded=tuple(found.evaluation.expanded),
        steps=found.steps,
        words=tuple(Word(unit.text, len(unit.own)) for unit in units),
    )


def _document(build: OpenBuild, group: DocumentHits, hits: Mapping[int, Hit]) -> DocumentSummary:
    return hits[group.paragraphs[0]].document if group.paragraphs else build.summaries[group.document]


def _hits(build: OpenBuild, found: Answer) -> dict[int, Hit]:
    """Return the hits of a page by number, with the parts of their scores."""
    shown, evaluation = found.shown, found.evaluation
    numbers = np.unique(np.array(shown, np.int32))
    share = coverage(evaluation, numbers)
    scores = total_scores(evaluation, numbers, share)
    parts = [_parts(unit, numbers, share, evaluation.count) for unit in evaluation.units if unit.text]
    at = {number: place for place, number in enumerate(numbers.tolist())}
    owners = build.owners.of(numbers).tolist()
    summaries = {owner: build.summaries[owner] for owner in set(owners)}  # each is decoded when it is asked for
    return {
        number: Hit(
            paragraph,
            summaries[owners[at[number]]],
            round(float(scores[at[number]]), 4),
            tuple(each[at[number]] for each in parts),
            reuse=spread,
        )
        for number, paragraph, spread in zip(
            shown, build.store.paragraphs(shown), build.reuse.spreads(shown), strict=True
        )
    }


def _parts(unit: Unit, numbers: np.ndarray, share: np.ndarray, count: int) -> list[ScorePart]:
    """Return what one unit gave each of some paragraphs."""
    scores = at_each(numbers, [(unit.paragraphs, unit.scores)], count) * share
    idf = round(unit.idf, 4)
    return [
        ScorePart(unit.text, round(score, 4), idf, where)
        for score, where in zip(scores.tolist(), _held(unit, numbers, count), strict=True)
    ]


_Where = Literal["text", "expansion", "document", "nowhere"]


def _held(unit: Unit, numbers: Numbers, count: int) -> list[_Where]:
    """Say where each of some paragraphs holds a unit."""
    found: list[_Where] = ["nowhere"] * len(numbers)
    names: Sequence[tuple[Numbers, _Where]] = (
        (unit.paragraphs, "document"),
        (unit.own, "expansion"),
        (unit.typed, "text"),
    )
    for paragraphs, name in names:  # what says more comes later
        for at in meeting(numbers, paragraphs, count)[0].tolist():
            found[at] = name
    return found
