"""The order of what matches: by score, or by year and date and then by score; ties in the order of the corpus.

Only as many as are looked at are put in order; picking the first few of a million costs a scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.query import Sort
from indexer.whoosh_backend.arrays import Numbers, Values, best
from indexer.whoosh_backend.owners import Owners


@dataclass(frozen=True, slots=True)
class Matching:
    """The paragraphs that match, ascending, with their scores."""

    paragraphs: Numbers
    scores: Values


@dataclass(frozen=True, slots=True)
class DocumentHits:
    """One document among those that match: how many of its paragraphs do, and the best of them, best first."""

    document: int
    total: int
    paragraphs: tuple[int, ...]


def recency_ranks(years: NDArray[np.int64], dates: NDArray[np.int64], sort: Sort) -> NDArray[np.int64] | None:
    """Return the place of each document when sorted by year and then date, the same for equal ones; unknown (0) last.

    ``None`` where the order is by relevance.

    >>> recency_ranks(np.array([2017, 0, 2024]), np.array([20170824, 0, 20240101]), "newest").tolist()
    [1, 2, 0]
    """
    if sort == "relevance":
        return None
    unknown = np.iinfo(np.int64).max
    sign = -1 if sort == "newest" else 1
    keys = [np.where(column == 0, unknown, sign * column) for column in (dates, years)]
    order = np.lexsort(keys)
    changes = np.zeros(len(order), np.int64)
    for key in keys:
        ordered = key.take(order)
        changes[1:] |= ordered[1:] != ordered[:-1]
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.cumsum(changes)
    return ranks


def first_paragraphs(matching: Matching, owners: Owners, ranks: NDArray[np.int64] | None, most: int) -> Numbers:
    """Return the first ``most`` paragraphs in order; ``ranks`` are those of the documents, ``None`` for relevance."""
    numbers, scores = matching.paragraphs, matching.scores
    if ranks is None:
        return numbers.take(best(scores, most))
    theirs = ranks.take(owners.of(numbers))
    reached = np.cumsum(np.bincount(theirs)) if len(theirs) else np.empty(0, np.int64)
    if len(theirs) <= most:
        chosen = np.arange(len(theirs))
    else:
        last = int(np.searchsorted(reached, most))
        before = np.flatnonzero(theirs < last)
        at_last = np.flatnonzero(theirs == last)
        chosen = np.concatenate([before, np.sort(at_last.take(best(scores.take(at_last), most - len(before))))])
        chosen.sort()
    order = np.lexsort([-scores.take(chosen), theirs.take(chosen)])
    return numbers.take(chosen.take(order))


def first_documents(
    matching: Matching, owners: Owners, ranks: NDArray[np.int64] | None, wanted: slice, hits: int
) -> Sequence[DocumentHits]:
    """Return the documents at some places of the order, that of their best paragraphs, each with its ``hits`` best.

    >>> owners = Owners(np.array([0, 0, 0, 1, 1, 1, 2, 2], np.int32), 3)
    >>> matching = Matching(np.array([3, 6, 7]), np.array([2.0, 1.0, 3.0]))
    >>> [(each.document, each.total, each.paragraphs) for each in first_documents(matching, owners, None, slice(9), 3)]
    [(2, 2, (7, 6)), (1, 1, (3,))]
    """
    numbers, scores = matching.paragraphs, matching.scores
    if not len(numbers):
        return ()
    totals = owners.counts(numbers)
    documents = np.flatnonzero(totals)
    totals = totals.take(documents)
    starts = np.cumsum(totals) - totals
    keys = [-np.maximum.reduceat(scores, starts)]
    if ranks is not None:
        keys.append(ranks.take(documents))
    listed = np.lexsort(keys)[wanted]
    sizes = totals.take(listed)
    firsts = np.cumsum(sizes) - sizes
    # All paragraphs of these documents at once, best first within each: one by one, each takes six calls of numpy.
    own = np.repeat(starts.take(listed) - firsts, sizes) + np.arange(int(sizes.sum()))
    order = own.take(np.lexsort([-scores.take(own), np.repeat(np.arange(len(listed)), sizes)]))
    told = np.minimum(sizes, max(hits, 0))
    ends = np.cumsum(told)
    ranked = numbers.take(order.take(np.repeat(firsts - (ends - told), told) + np.arange(int(told.sum())))).tolist()
    return [
        DocumentHits(document, total, tuple(ranked[end - count : end]))
        for document, total, count, end in zip(
            documents.take(listed).tolist(), sizes.tolist(), told.tolist(), ends.tolist(), strict=True
        )
    ]
