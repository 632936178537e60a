"""Names of places in mainland China: provinces, cities, districts and counties, and the zones that are run like them.

The table is ``indexer/data/places.tsv`` (written by ``make_places.py``) with ``places_own.tsv``; where it comes from is
told in ``docs/decisions/gazetteer.md``. Names are looked up folded: Traditional characters as their Simplified ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from indexer.fold import fold_characters
from indexer.organisations import is_organisation

Kind = Literal["province", "city", "district"]
NameKind = Literal["full", "former", "short", "word"]
UNNAMED = "未注明"

POSITIONS = frozenset({"郊区", "城区", "市区", "矿区", "东区", "西区", "新城区", "市中区", "和县", "开发区"})
"""Full names that a text uses as ordinary words (新城区建设), or that arise across words (小学和县...)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A province, a city with its province, or a district with both; a municipality is province and city at once."""

    province: str
    city: str | None = None
    district: str | None = None

    @property
    def name(self) -> str:
        """The place's own full name."""
        return self.district or self.city or self.province

    @property
    def kind(self) -> Kind:
        """The level of the place; a municipality is a city."""
        return "district" if self.district else "city" if self.city else "province"

    def within(self, other: Place) -> bool:
        """Tell whether this place is the other or a part of it.

        >>> Place("上海市", "上海市", "青浦区").within(Place("上海市", "上海市"))
        True
        """
        return (
            self.province == other.province
            and other.city in (None, self.city)
            and other.district in (None, self.district)
        )


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place name in a text: where, what it may mean, and what kind of name it is."""

    start: int
    end: int
    places: tuple[Place, ...]
    name_kind: NameKind


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    places: tuple[Place, ...]
    names: Mapping[str, tuple[tuple[Place, NameKind], ...]]
    longest: Mapping[str, tuple[int, ...]]
    """First two characters of the names -> the lengths that occur, longest first."""


def _read_rows() -> Iterator[tuple[str, ...]]:
    for file in ("places.tsv", "places_own.tsv"):
        for line in resources.files("indexer.data").joinpath(file).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "province\t")):
                yield tuple(line.split("\t"))


@cache
def _gazetteer() -> _Gazetteer:
    names: dict[str, dict[Place, NameKind]] = {}
    places: dict[Place, None] = {}
    for province, city, district, short, word, former in _read_rows():
        place = Place(province, city or None, district or None)
        places[place] = None
        names.setdefault(fold_characters(place.name), {})[place] = "word" if place.name in POSITIONS else "full"
        for name in former.split():
            names.setdefault(fold_characters(name), {}).setdefault(place, "former")
        if short:
            names.setdefault(fold_characters(short), {}).setdefault(place, "word" if word else "short")
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    return _Gazetteer(
        tuple(places),
        {name: tuple(meant.items()) for name, meant in names.items()},
        {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()},
    )


def resolve(name: str) -> tuple[Place, ...]:
    """Return every place that a name may mean, in any script; full names before former before short ones.

    A full name means only the places of that full name: 吉林市 is not 吉林省, but 吉林 may be either.

    >>> [place.name for place in resolve("武漢")], [place.name for place in resolve("吉林")]
    (['武汉市'], ['吉林省', '吉林市'])
    """
    meant = _gazetteer().names.get(fold_characters(name.strip()), ())
    for kinds in (("full",), ("former",), ("short", "word")):
        found = tuple(place for place, kind in meant if kind in kinds)
        if found:
            return found
    return ()


def is_no_place(name: str) -> bool:
    """Tell whether a name that was given for a place is certainly none: an organisation's, as far as names tell.

    >>> is_no_place("武汉市教育局"), is_no_place("武汉"), is_no_place("某某新区")
    (True, False, False)
    """
    return is_organisation(fold_characters(name.strip())) and not resolve(name)


def find_places(folded: str) -> tuple[PlaceMention, ...]:
    """Return the place names in a folded text, leftmost longest, each with every place it may mean.

    >>> [(m.start, m.end, m.places[0].name) for m in find_places("上海市青浦区教育局")]
    [(0, 3, '上海市'), (3, 6, '青浦区')]
    """
    gazetteer = _gazetteer()
    mentions: list[PlaceMention] = []
    at, end = 0, len(folded) - 1
    while at < end:
        for length in gazetteer.longest.get(folded[at : at + 2], ()):
            meant = gazetteer.names.get(folded[at : at + length])
            if meant and at + length <= len(folded):
                kind: NameKind = min((kind for _, kind in meant), key=("full", "former", "short", "word").index)
                places = tuple(place for place, other in meant if other == kind)
                mentions.append(PlaceMention(at, at + length, places, kind))
                at += length
                break
        else:
            at += 1
    return tuple(mentions)


def normalise(kind: Kind, name: str) -> str:
    """Return the full name of the place of that kind that is meant, or the name itself if none or several are.

    >>> normalise("city", "武汉"), normalise("district", "青浦"), normalise("province", "内蒙古")
    ('武汉市', '青浦区', '内蒙古自治区')
    """
    full = {_part(place, kind) for place in resolve(name)}
    if not full - {None}:
        full = {_part(place, kind) for place, _ in _gazetteer().names.get(fold_characters(name.strip()), ())}
    named = {part for part in full if part}
    return named.pop() if len(named) == 1 else name


def _part(place: Place, kind: Kind) -> str | None:
    if kind == "province":
        # 重庆 is asked for as a province too, though it is a city in the table.
        return place.province if place.city in (None, place.province) and not place.district else None
    return getattr(place, kind) if place.kind == kind else None


def normalise_city(name: str) -> str:
    """Return the full name of the city that is meant, or the name itself.

    >>> normalise_city("重慶"), normalise_city("某市")
    ('重庆市', '某市')
    """
    return normalise("city", name)


def complete(province: str | None, city: str | None, district: str | None) -> Place | None:
    """Return the place that the names given determine together, completed upwards, or None if none or several fit.

    >>> complete(None, "武汉", None)
    Place(province='湖北省', city='武汉市', district=None)
    >>> complete(None, None, "鼓楼区") is None
    True
    """
    lowest = next((name for name in (district, city, province) if name), None)
    if lowest is None:
        return None
    kind: Kind = "district" if district else "city" if city else "province"
    known = {"province": normalise("province", province) if province else None}
    known["city"] = normalise("city", city) if city else None
    fitting = [
        place
        for place in (place for place, _ in _gazetteer().names.get(fold_characters(lowest.strip()), ()))
        if (place.kind == kind or (kind == "province" and place.city == place.province))
        and known["province"] in (None, place.province)
        and known["city"] in (None, place.city)
    ]
    return fitting[0] if len(set(fitting)) == 1 else None


def label(province: str | None, city: str | None, district: str | None) -> str:
    """Return a place as the pages name it: its city and district, 湖北省（省级） for a province's own, 未注明 for none.

    >>> label("湖北省", None, None), label("上海市", "上海市", "青浦区"), label(None, None, None)
    ('湖北省（省级）', '上海市青浦区', '未注明')
    """
    if not (province or city or district):
        return UNNAMED
    if not (city or district):
        return f"{province}（{'自治区级' if province and province.endswith('自治区') else '省级'}）"
    return f"{city or ''}{district or ''}"


@lru_cache(4096)
def administrative_order(province: str | None, city: str | None, district: str | None) -> tuple[tuple[int, str], ...]:
    """Return what sorts places as the state lists them: 北京, 天津, 河北 with its cities, each with its districts.

    What a province or city issued as a whole stands before its parts; a name that the gazetteer lacks stands behind its
    neighbours, no place at all last. The order is that of the table (GB/T 2260, by the Ministry of Civil Affairs).

    >>> names = [("湖北省", "武汉市", None), ("上海市", "上海市", "青浦区"), (None, None, None), ("湖北省", None, None)]
    >>> sorted(names, key=lambda name: administrative_order(*name))[:3]
    [('上海市', '上海市', '青浦区'), ('湖北省', None, None), ('湖北省', '武汉市', None)]
    """
    ranks = _ranks()
    if not (province or city or district):
        return ((_BEHIND, ""),)
    found = ranks.get((province, None, None), _BEHIND) if province else _BEHIND
    levels = [(found, province or "")]
    for name, key in ((city, (province, city, None)), (district, (province, city, district))):
        levels.append((-1, "") if name is None else (ranks.get(key, _BEHIND), name))
    return tuple(levels)


_BEHIND = 1_000_000
"""A rank behind all places of the table."""


@cache
def _ranks() -> Mapping[tuple[str | None, str | None, str | None], int]:
    """Number provinces, cities and districts by where the table first names them."""
    ranks: dict[tuple[str | None, str | None, str | None], int] = {}
    for at, place in enumerate(_gazetteer().places):
        for named in (
            (place.province, None, None),
            (place.province, place.city, None),
            (place.province, place.city, place.district),
        ):
            ranks.setdefault(named, at)
    return ranks
