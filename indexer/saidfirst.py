"""Who said a text first, as far as the documents tell: by their years, then by the days they were published on."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.models import Metadata


def year_said(known: Metadata) -> int | None:
    """Return the year of a document's text: the first it plans for, else that of its publication; never guessed.

    A page is often published anew years later, so the plan's own year comes first.

    >>> year_said(Metadata("", years=(2017, 2018), published="2021-03-01"))
    2017
    >>> year_said(Metadata("", published="2016-05-01")), year_said(Metadata(""))
    (2016, None)
    """
    if known.years:
        return min(known.years)
    return int(known.published[:4]) if known.published else None


def said_order(known: Metadata) -> tuple[int, str]:
    """Return what documents are put in order by: the earliest first, what names no year last.

    >>> dated, undated = Metadata("", years=(2017,), published="2017-03-01"), Metadata("", years=(2017,))
    >>> said_order(Metadata("", years=(2016,))) < said_order(dated) < said_order(undated) < said_order(Metadata(""))
    True
    """
    return year_said(known) or 9999, known.published or "9999"


def is_surely_first(first: Metadata, others: Iterable[Metadata]) -> bool:
    """Tell whether no other document, as far as they say, may be as early as the first in order.

    One of a year that is known comes before one of a later year; within a year only days tell, and what names no year
    may be of any.

    >>> first = Metadata("", years=(2016,), published="2016-02-01")
    >>> is_surely_first(first, [Metadata("", years=(2017,))]), is_surely_first(first, [Metadata("", years=(2016,))])
    (True, False)
    >>> is_surely_first(first, [Metadata("", years=(2016,), published="2016-03-01")])
    True
    >>> is_surely_first(first, [Metadata("")])
    False
    """
    year = year_said(first)
    if year is None:
        return False
    for other in others:
        theirs = year_said(other)
        if theirs is None or theirs < year:
            return False
        if theirs == year and not (first.published and other.published and first.published < other.published):
            return False
    return True
