"""Ranked paragraphs cut into pages: one by one with those that say the same beneath, or grouped by document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.query import Query
from indexer.whoosh_backend.duplicates import WINDOW
from indexer.whoosh_backend.words import Ints


def page_of_paragraphs(query: Query, ranked: Ints, alike: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Return the paragraphs of a page, each followed by those of ``alike`` that stand beneath it.

    >>> from indexer.query import parse_query
    >>> page_of_paragraphs(parse_query("教育", per_page=2), np.array([7, 3, 9, 5], np.int32), {7: [9]})
    [[7, 9], [3]]
    """
    beneath = [number for others in alike.values() for number in others]
    window = ranked[:WINDOW]
    shown = np.concatenate([window[~np.isin(window, beneath)], ranked[WINDOW:]])[_slice(query)]
    return [[number, *alike.get(number, ())] for number in shown.tolist()]


def page_of_documents(query: Query, ranked: Ints, owners: Ints) -> list[tuple[int, int, list[int]]]:
    """Return the documents of a page in the order of their best paragraphs: number, how many match, the best of them.

    ``owners`` is the document of every paragraph.

    >>> from indexer.query import parse_query
    >>> page_of_documents(parse_query("教育"), np.array([7, 3, 6]), np.array([0, 0, 0, 1, 1, 1, 2, 2]))
    [(2, 2, [7, 6]), (1, 1, [3])]
    """
    documents = owners[ranked]
    counts = np.bincount(documents)
    best = np.full(len(counts), len(ranked))
    best[documents[::-1]] = np.arange(len(ranked))[::-1]  # written from the last to the first: the first stays
    chosen = np.argsort(best, kind="stable")[: np.count_nonzero(counts)][_slice(query)].tolist()
    by_document = ranked[np.argsort(documents, kind="stable")]
    ends = np.cumsum(counts)
    best_of = (by_document[ends[each] - counts[each] : ends[each]][: query.per_group].tolist() for each in chosen)
    return [(document, int(counts[document]), best) for document, best in zip(chosen, best_of, strict=True)]


def _slice(query: Query) -> slice:
    return slice((query.page - 1) * query.per_page, query.page * query.per_page)
