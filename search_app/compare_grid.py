"""The documents of a comparison in the order that a reader chose, a page at a time, and who they are at a glance.

By place they make a grid: places down, in administrative order, years across; a plan of two years stands once, under
its first. In the other orders (year, nearness to the baseline, wording) they make groups of rows, without the silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from indexer.places import administrative_order

Json = dict[str, Any]
Order = Literal["place", "year", "likeness", "wording"]
Kind = Literal["about", "mentions", "silent"]

ORDERS: dict[Order, str] = {"place": "按地方", "year": "按年份", "likeness": "按与基准相近", "wording": "按表述"}
PER_PAGE = 30
"""Places or rows on a page: some 50 KB with sentences of work reports."""
FULL_COLUMNS = 4
"""Years up to which the grid holds the sentences; of more it holds marks, and the sentences stand below it, those of
shared wordings once."""
MANY_PLACES = 12
"""Places from which a grid has a line for each province, and a page the names of those who speak."""
LISTED = 200
"""Places up to which they are listed by name at the top of a page; of more, provinces with their counts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document: its row, ``None`` where it is silent; ``letter`` only where another document has the same wording.

    ``number`` is its own on every page and in every order.
    """

    number: int
    document: Json
    row: Json | None
    letter: str | None

    @property
    def kind(self) -> Kind:
        """Whether it treats the topic, only mentions it, or does neither."""
        return "silent" if self.row is None else self.row["about"]

    @property
    def year(self) -> int | None:
        """Its first year."""
        return min(self.document["years"], default=None)

    @property
    def place(self) -> tuple[str | None, str | None, str | None]:
        """Its province, city and district."""
        return self.document["province"], self.document["city"], self.document["district"]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place and what its documents say."""

    name: str
    province: str | None
    within: bool
    entries: tuple[Entry, ...]

    @property
    def alone(self) -> tuple[Entry, ...]:
        """What is said in words that no other document has."""
        return tuple(entry for entry in self.entries if entry.row is not None and entry.letter is None)

    def of(self, year: int | None) -> tuple[Entry, ...]:
        """Return what is said in the documents whose first year this is."""
        return tuple(entry for entry in self.entries if entry.year == year)

    def goes_on(self, year: int | None) -> int | None:
        """Return the first year of a plan that still runs in this one, where no other document is."""
        running = [entry.year for entry in self.entries if year in entry.document["years"]]
        return None if self.of(year) or year is None else next((each for each in running if each is not None), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Places of a province, or rows of a year or of a wording; ``counts`` are of the whole group, on whatever pages."""

    title: str | None
    counts: Counter[str]
    places: tuple[PlaceRow, ...] = ()
    entries: tuple[Entry, ...] = ()
    wording: Json | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """One page: groups in their order, the years of a grid; ``page_of`` says on which page a number stands."""

    groups: tuple[Group, ...]
    years: tuple[int | None, ...]
    page: int
    pages: int
    page_of: dict[int, int]

    @property
    def page_written(self) -> str | None:
        """The number of this page as an address says it."""
        return str(self.page) if self.page > 1 else None

    @property
    def merged(self) -> bool:
        """Whether one column serves all years: many places, and none with documents of several."""
        rows = [row for group in self.groups for row in group.places]
        several = any(len({entry.year for entry in row.entries}) > 1 for row in rows)
        return len(rows) >= MANY_PLACES and len(self.years) > 1 and not several

    @property
    def full(self) -> bool:
        """Whether the grid holds sentences."""
        return self.merged or len(self.years) <= FULL_COLUMNS


def entries_of(found: Json) -> list[Entry]:
    """List the documents of an answer in administrative order, those of one place by year."""
    shared = {each["label"] for each in found["wordings"] if len(each["members"]) > 1}
    told = [(row["document"], row, row["wording"] if row["wording"] in shared else None) for row in found["rows"]]
    told += [(each["document"], None, None) for each in found["silent"]]
    told.sort(key=lambda each: (_order(each[0]), min(each[0]["years"], default=9999), each[0]["title"]))
    return [Entry(number, *each) for number, each in enumerate(told, 1)]


def arrange(found: Json, entries: Sequence[Entry], order: Order, page: int, per_page: int | None) -> Arranged:
    """Arrange one page; ``per_page`` of ``None`` is everything. A page beyond the last is the last.

    Of more than ``PER_PAGE`` places those that say nothing in any year are left out of the grid. Pages count places in
    the order of places, otherwise rows; of several rows of one wording only the first counts.
    """
    if order == "place":
        return _grid(entries, page, per_page)
    said = [entry for entry in entries if entry.row is not None]
    if order == "wording":
        return _paged(_by_wording(found, said), page, per_page)
    if order == "year":
        said.sort(key=lambda entry: -(entry.year or 0))
        return _paged([_unit(entry, str(entry.year or "年份未注明")) for entry in said], page, per_page)
    said.sort(key=_likeness, reverse=True)
    return _paged([_unit(entry, None) for entry in said], page, per_page)


def at_a_glance(entries: Sequence[Entry], address: Callable[[Entry], str]) -> dict[Kind, list[Json]]:
    """List the places that treat the topic, only mention it, or are silent, by province; each with an address.

    A place that is silent in some years only is listed with these years among the silent.
    """
    found: dict[Kind, list[Json]] = {"about": [], "mentions": [], "silent": []}
    for _, group in groupby(entries, key=lambda entry: entry.place):
        own = list(group)
        kinds = {entry.kind: entry for entry in reversed(own)}
        name = own[0].document["place"]
        for kind in ("about", "mentions"):
            if kind in kinds:
                found[kind].append(_named(own[0], name, address(kinds[kind])))
                break
        silent = [entry for entry in own if entry.kind == "silent"]
        if silent:
            partly = f"（{'、'.join(_years(entry) for entry in silent)}）" if len(silent) < len(own) else ""
            found["silent"].append(_named(own[0], name + partly, silent[0].document["url"]))
    return found


def by_province(named: Iterable[Json]) -> list[tuple[str | None, list[Json]]]:
    """Group names by their province, in the order that they have."""
    return [(province, list(group)) for province, group in groupby(named, key=lambda each: each["province"])]


def _grid(entries: Sequence[Entry], page: int, per_page: int | None) -> Arranged:
    rows: list[PlaceRow] = []
    for place, group in groupby(entries, key=lambda entry: entry.place):
        own = tuple(group)
        city = bool(rows) and place[1] is not None and rows[-1].entries[0].place[:2] == place[:2]
        rows.append(PlaceRow(own[0].document["place"], place[0], city and place[2] is not None, own))
    places = rows
    if len(rows) > PER_PAGE:  # who is silent is named above, and would fill page after page
        rows = [row for row in rows if any(entry.row for entry in row.entries)]
    size = per_page or max(len(rows), 1)
    pages = max(1, -(-len(rows) // size))
    page = min(page, pages)
    page_of = {entry.number: at // size + 1 for at, row in enumerate(rows) for entry in row.entries}
    shown = rows[(page - 1) * size : page * size]
    counts: dict[str | None, Counter[str]] = {}
    for row in places:
        counts.setdefault(row.province, Counter()).update(entry.kind for entry in row.entries)
        counts[row.province]["places"] += 1
    if len(places) < MANY_PLACES:
        groups = [Group(None, Counter(), tuple(shown))]
    else:
        groups = [
            Group(province or "未注明", counts[province], tuple(within))
            for province, within in groupby(shown, key=lambda row: row.province)
        ]
    years = {entry.year for row in shown for entry in row.entries}
    years |= {year for row in shown for entry in row.entries for year in entry.document["years"]}
    return Arranged(tuple(groups), tuple(sorted(years, key=lambda year: year or 9999)), page, pages, page_of)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What a page counts as one: a row, or all rows of a wording."""

    title: str | None
    entries: tuple[Entry, ...]
    wording: Json | None


def _unit(entry: Entry, title: str | None) -> _Unit:
    return _Unit(title, (entry,), None)


def _by_wording(found: Json, said: Sequence[Entry]) -> list[_Unit]:
    units = []
    for wording in found["wordings"]:
        own = tuple(entry for entry in said if entry.letter == wording["label"])
        if own:
            units.append(_Unit(wording["label"], own, wording))
    return units + [_unit(entry, "各有各的说法") for entry in said if entry.letter is None]


def _paged(units: Sequence[_Unit], page: int, per_page: int | None) -> Arranged:
    size = per_page or max(len(units), 1)
    pages = max(1, -(-len(units) // size))
    page = min(page, pages)
    page_of = {entry.number: at // size + 1 for at, unit in enumerate(units) for entry in unit.entries}
    counts = Counter[str | None]()
    for unit in units:
        counts[unit.title] += len(unit.entries)
    groups = []
    for title, group in groupby(units[(page - 1) * size : page * size], key=lambda unit: unit.title):
        own = list(group)
        rows = tuple(entry for unit in own for entry in unit.entries)
        groups.append(Group(title, Counter({"rows": counts[title]}), (), rows, own[0].wording))
    return Arranged(tuple(groups), (), page, pages, page_of)


def _likeness(entry: Entry) -> float:
    return entry.row["likeness"] or 0.0 if entry.row else 0.0


def _order(document: Json) -> tuple[tuple[int, str], ...]:
    return administrative_order(document["province"], document["city"], document["district"])


def _named(entry: Entry, name: str, url: str) -> Json:
    return {"province": entry.place[0], "name": name, "url": url}


def _years(entry: Entry) -> str:
    years = entry.document["years"]
    return "—".join(str(year) for year in ([years[0], years[-1]] if len(years) > 1 else years)) or "年份未注明"
