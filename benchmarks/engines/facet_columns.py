"""City and year of every paragraph as arrays: facets and filters for engines that have none of their own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE, _COLUMNS = "cities.txt", "facets.npz"


class FacetNames:
    """Names of cities and their numbers, in the order they were met; a new name gets the next number."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = list(names)
        self._numbers = {name: number for number, name in enumerate(self._names)}

    @classmethod
    def read(cls, folder: Path) -> FacetNames:
        """Return the names that ``write`` wrote."""
        return cls((folder / FILE).read_text("utf-8").split("\n"))

    def write(self, folder: Path) -> None:
        """Write the names, one a line."""
        (folder / FILE).write_text("\n".join(self._names), "utf-8")

    def number(self, name: str) -> int:
        """Return the number of a name."""
        number = self._numbers.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        return number

    def name(self, number: int) -> str:
        """Return the name of a number."""
        return self._names[number]

    def __len__(self) -> int:
        return len(self._names)


class FacetWriter:
    """Collects the city and year of paragraphs, in order."""

    def __init__(self) -> None:
        self._names = FacetNames()
        self._cities: list[int] = []
        self._years: list[int] = []

    def add(self, city: str, year: int) -> None:
        """Take the next paragraph."""
        self._cities.append(self._names.number(city))
        self._years.append(year)

    def write(self, folder: Path) -> None:
        """Write the arrays and the names of the cities."""
        np.savez(folder / _COLUMNS, cities=np.array(self._cities, np.int32), years=np.array(self._years, np.int32))
        self._names.write(folder)


class FacetColumns:
    """The arrays, read."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / _COLUMNS) as arrays:
            self._cities, self._years = arrays["cities"], arrays["years"]
        self._names = FacetNames.read(folder)
        self._known = len(self._names)
        self.count = len(self._cities)

    def counts(self, matching: NDArray[np.integer]) -> tuple[dict[str, int], dict[int, int]]:
        """Count paragraphs, given by number, by city and by year; values with none are left out."""
        cities = np.bincount(self._cities[matching], minlength=self._known)
        years = np.bincount(self._years[matching])
        return (
            {self._names.name(number): int(cities[number]) for number in np.flatnonzero(cities).tolist()},
            {year: int(years[year]) for year in np.flatnonzero(years).tolist()},
        )

    def mask(self, city: str | None, years: tuple[int, int] | None) -> NDArray[np.bool_] | None:
        """Return the paragraphs that the filters leave, ``None`` if there is no filter."""
        if city is None and years is None:
            return None
        left = np.ones(self.count, np.bool_)
        if city is not None:
            left &= self._cities == self._names.number(city)
        if years is not None:
            left &= (self._years >= years[0]) & (self._years <= years[1])
        return left
