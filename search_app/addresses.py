"""The many addresses of one answer that differ in a filter: what they share is written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.query import Filters, Query
from search_app.params import filter_parameters, query_parameters, written


class FilterAddresses:
    """Writes the addresses of a query with other filters, on page 1, as ``params.search_url`` does.

    Of another page than the search, ``path`` is its path and ``after`` the parameters that follow the filters.

    >>> from indexer.query import Filters, Query
    >>> addresses = FilterAddresses(Query("控辍保学", "控辍保学", None, Filters(cities=("武汉市",)), page=3))
    >>> addresses.adding("year", "2017")
    '/?q=%E6%8E%A7%E8%BE%8D%E4%BF%9D%E5%AD%A6&city=%E6%AD%A6%E6%B1%89%E5%B8%82&year=2017'
    >>> addresses.of(Filters(years=((2017, 2017),)))
    '/?q=%E6%8E%A7%E8%BE%8D%E4%BF%9D%E5%AD%A6&year=2017'
    """

    def __init__(self, query: Query, path: str = "/", after: Sequence[tuple[str, str]] | None = None) -> None:
        unfiltered = query_parameters(replace(query, filters=Filters(), page=1))
        words = bool(query.text)
        self._path = path
        self._before = [written(*pair) for pair in unfiltered[:words]]
        self._after = [written(*pair) for pair in (unfiltered[words:] if after is None else after)]
        self._filters = query.filters
        self._around: dict[str, tuple[str, tuple[str, ...], str]] = {}

    def of(self, filters: Filters) -> str:
        """Return the address of the query with these filters."""
        pairs = [written(name, value) for name, values in filter_parameters(filters) for value in values]
        parameters = "&".join([*self._before, *pairs, *self._after])
        return f"{self._path}?{parameters}" if parameters else self._path

    def adding(self, name: str, value: str) -> str:
        """Return the address of the query with one more value of a filter, in the order that addresses have."""
        if name not in self._around:
            self._around[name] = self._parts(name)
        before, values, after = self._around[name]
        if not values:
            return before + written(name, value) + after
        return before + "&".join([written(name, each) for each in sorted((*values, value))]) + after

    def _parts(self, name: str) -> tuple[str, tuple[str, ...], str]:
        """Return what stands before and after the values of a filter, and those that it has."""
        before, here = self._before[:], True
        after: list[str] = []
        chosen: tuple[str, ...] = ()
        for other, values in filter_parameters(self._filters):
            if other == name:
                chosen, here = values, False
            else:
                (before if here else after).extend([written(other, value) for value in values])
        begun = f"{self._path}?" + "".join([f"{pair}&" for pair in before])
        return begun, chosen, "".join([f"&{pair}" for pair in (*after, *self._after)])
