"""City and year of every paragraph as arrays: facets and filters for engines that have none of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = "facets.npz"


class FacetWriter:
    """Collects the city and year of paragraphs, in order."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._cities: list[int] = []
        self._years: list[int] = []

    def add(self, city: str, year: int) -> None:
        """Take the next paragraph."""
        self._cities.append(self._names.setdefault(city, len(self._names)))
        self._years.append(year)

    def write(self, folder: Path) -> None:
        """Write the arrays and the names of the cities."""
        np.savez(
            folder / FILE,
            cities=np.array(self._cities, np.int32),
            years=np.array(self._years, np.int32),
            names=np.array(list(self._names)),
        )


class FacetColumns:
    """The arrays, read."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / FILE) as arrays:
            self._cities, self._years = arrays["cities"], arrays["years"]
            self._names: list[str] = arrays["names"].tolist()
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self.count = len(self._cities)

    def counts(self, matching: NDArray[np.integer]) -> tuple[dict[str, int], dict[int, int]]:
        """Count paragraphs, given by number, by city and by year; values with none are left out."""
        cities = np.bincount(self._cities[matching], minlength=len(self._names))
        years = np.bincount(self._years[matching])
        return (
            {self._names[number]: int(cities[number]) for number in np.flatnonzero(cities)},
            {int(year): int(years[year]) for year in np.flatnonzero(years)},
        )

    def mask(self, city: str | None, years: tuple[int, int] | None) -> NDArray[np.bool_] | None:
        """Return the paragraphs that the filters leave, ``None`` if there is no filter."""
        if city is None and years is None:
            return None
        left = np.ones(self.count, np.bool_)
        if city is not None:
            left &= self._cities == self._numbers.get(city, -1)
        if years is not None:
            left &= (self._years >= years[0]) & (self._years <= years[1])
        return left
