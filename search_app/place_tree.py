"""The facet of places as a tree: provinces, their cities, their districts, each a link that switches it on or off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from indexer.backend import PlaceCount
from indexer.places import UNNAMED, complete, find_places, label
from indexer.query import NONE, Filters, Query
from search_app.addresses import FilterAddresses
from search_app.facets import shorten

Json = dict[str, Any]
NodeKind = Literal["province", "own", "city", "district", "none"]
"""``own``: the documents of a province as a whole; ``none``: those that name no place."""

MOST_NODES = 80
"""Places on a page before those of provinces that are not selected are left to a click; each weighs some 350 bytes."""


@dataclass(slots=True)
class _Node:
    """A place of the tree: the filter and the values that select it, and the places within it by name."""

    kind: NodeKind
    name: str
    filter: Literal["provinces", "cities", "districts"]
    values: tuple[str, ...]
    """What selects the place, as an address says it; the first is what its link writes."""
    count: int = 0
    within: dict[tuple[NodeKind, str], _Node] = field(default_factory=dict)

    def everything(self) -> Iterator[_Node]:
        """Yield the node and all that is within it."""
        yield self
        for node in self.within.values():
            yield from node.everything()


def place_tree(query: Query, counts: Sequence[PlaceCount], addresses: FilterAddresses | None = None) -> list[Json]:
    """Present places as a tree with their counts, whether each is selected, and the address that toggles it.

    A municipality is one place, not a province that holds a city. What a province issued as a whole stands within it
    as 湖北省（省级）; 未注明 is last. A value is what the parameter of its level takes: 上海市青浦区 where the label is
    青浦区. A place that is selected and has no paragraphs is kept, with the count 0. ``addresses`` are those of another
    page than the search.
    """
    root = _Node("none", "", "cities", ())
    for place in counts:
        _add(root, _path(place.province, place.city, place.district), place.count)
    filters = query.filters
    if filters.provinces or filters.cities or filters.districts:
        known = {value for node in root.everything() for value in (*node.values, node.name)}
        for path in _selected_paths(filters, known):
            _add(root, path, 0)
    return _present(filters, root, (), addresses or FilterAddresses(query))


def page_tree(tree: Sequence[Json]) -> list[Json]:
    """Prepare a tree for a page: which branches stand open, and those that are listed only once they are selected.

    A branch is open if something in it is selected, or the whole tree is short; ``folded`` counts the places left out.
    """
    many = _size(tree)

    def prepared(node: Json) -> Json:
        chosen = node["selected"] or any(map(_chosen, node["children"]))
        listed = chosen or many <= MOST_NODES
        shown, rest = shorten([prepared(child) for child in node["children"]] if listed else [], key="chosen")
        return {
            **node,
            "chosen": chosen,
            "open": chosen or many <= 14,
            "shown": shown,
            "rest": rest,
            "folded": 0 if listed else _size(node["children"]),
        }

    return [prepared(node) for node in tree]


def is_tree(tree: Sequence[Json]) -> bool:
    """Tell whether a tree says more than a flat list of cities: several provinces, or any district."""
    tops = [node for node in tree if node["kind"] in ("province", "own") or node["kind"] == "city"]
    return len(tops) > 1 or any(node["kind"] == "district" for node in _flat(tree))


def _flat(nodes: Iterable[Json]) -> Iterator[Json]:
    for node in nodes:
        yield node
        yield from _flat(node["children"])


def _size(nodes: Iterable[Json]) -> int:
    return sum(1 for _ in _flat(nodes))


def _chosen(node: Json) -> bool:
    return any(each["selected"] for each in _flat([node]))


def _path(province: str | None, city: str | None, district: str | None) -> list[_Node]:
    """Return the fresh nodes from the outermost place to this one."""
    path: list[_Node] = []
    if province and province != city:
        path.append(_Node("province", province, "provinces", (province,)))
        if not city and not district:
            own = label(province, None, None)
            path.append(_Node("own", own, "cities", (own,)))
    if city:
        path.append(_Node("city", city, "cities", (city,)))
    elif not province:
        path.append(_Node("none", UNNAMED, "cities", (NONE,)))
    if district:
        # With its city, for 鼓楼区 is in four; by its own name alone a saved address may ask for it too.
        path.append(_Node("district", district, "districts", (label(province, city, district), district)))
    return path


def _add(root: _Node, path: Sequence[_Node], count: int) -> None:
    here = root
    for node in path:
        here = here.within.setdefault((node.kind, node.name), node)
        here.count += count


def _selected_paths(filters: Filters, known: set[str]) -> Iterator[list[_Node]]:
    """Yield where the selected places that no counted document has belong, as far as the gazetteer knows."""
    for value in filters.provinces:
        if value not in known and value != NONE:
            yield [_Node("province", value, "provinces", (value,))]
    for value in filters.cities:
        if value not in known:
            place = complete(None, value, None)
            province = value.partition("（")[0]
            if value == label(province, None, None):
                yield _path(province, None, None)
            else:
                yield _path(place.province if place else None, None if value == NONE else value, None)
    for value in filters.districts:
        if value not in known and value != NONE:
            named = [mention.places[0].name for mention in find_places(value)]
            place = complete(None, named[0] if len(named) > 1 else None, named[-1]) if named else None
            if place is not None and place.district:
                yield _path(place.province, place.city, place.district)
            else:
                yield [_Node("district", value, "districts", (value,))]


def _present(filters: Filters, parent: _Node, above: tuple[_Node, ...], addresses: FilterAddresses) -> list[Json]:
    shown = []
    anything = bool(filters.provinces or filters.cities or filters.districts)
    for node in sorted(parent.within.values(), key=_order):
        selected = anything and _is_selected(filters, node)
        if not selected and _is_its_own(node):
            # Nothing but the province's own documents: one line says it.
            node = next(iter(node.within.values()))
            selected = anything and _is_selected(filters, node)
        shown.append(
            {
                "value": None if node.kind == "none" else node.values[0],
                "label": node.name,
                "kind": node.kind,
                "count": node.count,
                "selected": selected,
                # Where no place is selected, none has to be switched off.
                "url": addresses.of(_toggled(filters, node, above, selected))
                if anything
                else addresses.adding(_PARAMETERS[node.filter], node.values[0]),
                "children": _present(filters, node, (*above, node), addresses) if node.within else [],
            }
        )
    return shown


_PARAMETERS = {"provinces": "province", "cities": "city", "districts": "district"}


def _is_selected(filters: Filters, node: _Node) -> bool:
    chosen: tuple[str, ...] = getattr(filters, node.filter)
    return any(value in chosen for value in node.values)


def _is_its_own(node: _Node) -> bool:
    """Tell whether a province has no documents but those of the province as a whole."""
    return list(node.within) == [("own", label(node.name, None, None))]


def _order(node: _Node) -> tuple[bool, bool, int, str]:
    return node.kind == "none", node.kind != "own", -node.count, node.name


def _toggled(filters: Filters, node: _Node, above: Sequence[_Node], selected: bool) -> Filters:
    """Switch a place on, what it is part of and what is part of it off; or switch it off."""
    going = [node] if selected else [*above, *node.everything()]
    dropped = {(each.filter, value) for each in going for value in each.values}
    # "No district" would narrow whatever is chosen next.
    dropped.add(("districts", NONE))
    changes: dict[str, tuple[str, ...]] = {
        name: tuple(value for value in getattr(filters, name) if (name, value) not in dropped)
        for name in ("provinces", "cities", "districts")
    }
    if not selected:
        changes[node.filter] += node.values[:1]
    return replace(filters, **changes)  # type: ignore[arg-type]
