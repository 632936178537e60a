"""What each place and each year of a comparison says more than the others: words, how surely, and their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from indexer.compare.distinctive import Distinctive, Line, count_words, distinctive, keyword_in_context
from indexer.compare.rows import Row
from indexer.places import resolve

K = TypeVar("K", bound=Hashable)
Place = tuple[str | None, str | None, str | None]

MANY = 30
"""Places above which provinces are contrasted: the one paragraph of a city seldom uses a word three times."""
SPREAD = 2
"""Documents that must use a word before it is that of a group of more: a single long paragraph can make one sure (Gries
2008 on dispersion)."""
WORDS = 8
"""Words of one place or year: the surest, as many as are read at a glance."""
LINES = 3
"""Lines shown of a word."""
WIDTH = 12
"""Characters beside a word in its line."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """The rows of a place (province, city, district) or of a year, and the words that the other rows use less.

    Either ``place`` or ``year`` is ``None``; of a ``whole`` province, the rows of all its places are meant. ``lines``
    are those of each word, in its order.
    """

    place: Place | None
    year: int | None
    whole: bool
    members: tuple[int, ...]
    words: tuple[Distinctive, ...]
    lines: tuple[tuple[Line, ...], ...]


def contrasts(rows: Sequence[Row]) -> tuple[Contrast, ...]:
    """Compare the paragraphs on the topic of each place, then of each year, with those of all other rows.

    Of more than ``MANY`` places those of a province are taken together.

    Paragraphs that only mention the topic are on another one and are left out. The names of places are no words of a
    contrast, nor is what a single document of several uses. A row of two years is in both, and in the rest of neither.
    A place or year that is alone, or has no word of its own (``distinctive.SURE``), is left out. Each paragraph is cut
    into words once, besides those that a line is taken of.
    """
    told = [at for at, row in enumerate(rows) if row.about == "about"]
    counts = {at: count_words([rows[at].paragraph]) for at in told}
    whole = _sum(counts.values())
    found: list[Contrast] = []
    places = _by((_place(rows[at]), at) for at in told)
    together = len(places) > MANY
    if together:
        places = _by(((place[0], None, None), at) for place, members in places.items() for at in members)
    years = _by((year, at) for at in told for year in rows[at].years)
    for place, members in places.items():
        found += _contrast(rows, counts, whole, members, place, None, whole_province=together)
    for year in sorted(years):
        found += _contrast(rows, counts, whole, years[year], None, year)
    return tuple(found)


def _contrast(
    rows: Sequence[Row],
    counts: Mapping[int, Counter[str]],
    whole: Counter[str],
    members: Sequence[int],
    place: Place | None,
    year: int | None,
    *,
    whole_province: bool = False,
) -> list[Contrast]:
    here = _sum(counts[at] for at in members)
    rest = Counter({word: count - here[word] for word, count in whole.items() if count > here[word]})
    # That a place names itself tells nothing.
    names = "".join(part or "" for at in members for part in _place(rows[at]))
    least = SPREAD if len(members) > SPREAD else 1
    words = tuple(
        each
        for each in distinctive(here, rest, 4 * WORDS)
        if each.word not in names
        and not any(named.name == each.word for named in resolve(each.word))
        and sum(each.word in counts[at] for at in members) >= least
    )[:WORDS]
    if not words:
        return []
    texts = [rows[at].paragraph for at in members]
    lines = tuple(keyword_in_context(texts, each.word, WIDTH, LINES) for each in words)
    return [Contrast(place, year, whole_province, tuple(members), words, lines)]


def _place(row: Row) -> Place:
    known = row.document.metadata
    return known.province, known.city, known.district


def _by(pairs: Iterable[tuple[K, int]]) -> dict[K, list[int]]:
    groups: dict[K, list[int]] = {}
    for key, at in pairs:
        groups.setdefault(key, []).append(at)
    return groups


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for each in counts:
        whole.update(each)
    return whole
