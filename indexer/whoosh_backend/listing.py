"""Ranked paragraphs cut into pages, those that say the same beneath the best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.query import Query
from indexer.whoosh_backend.arrays import Numbers
from indexer.whoosh_backend.duplicates import WINDOW


def needed(query: Query) -> int:
    """Return how many paragraphs must be in order to show a page: as many more as can be beneath others before it."""
    return query.page * query.per_page + WINDOW


def page_of_paragraphs(query: Query, ranked: Numbers, alike: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Return the paragraphs of a page, each followed by those of ``alike`` that stand beneath it.

    >>> from indexer.query import parse_query
    >>> page_of_paragraphs(parse_query("教育", per_page=2), np.array([7, 3, 9, 5], np.int32), {7: [9]})
    [[7, 9], [3]]
    """
    beneath = [number for others in alike.values() for number in others]
    window = ranked[:WINDOW]
    shown = np.concatenate([window[~np.isin(window, beneath)], ranked[WINDOW:]])[page_of(query)]
    return [[number, *alike.get(number, ())] for number in shown.tolist()]


def page_of(query: Query) -> slice:
    """Return which places of the order a page shows."""
    return slice((query.page - 1) * query.per_page, query.page * query.per_page)
