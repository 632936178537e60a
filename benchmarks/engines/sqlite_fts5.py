"""SQLite FTS5: a table of words without their text, prefix indexes, and an ordinary table for city and year.

Its tokenizer is told to break at nothing but white space. The counts come from one join, grouped by city and year; the
ten best from a second statement, as FTS5 ranks while it sorts.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.engines.protocol import Answer, QuerySpec, Row, Size

_FILE, _TEXTS = "words.db", "texts.db"
_WORDS = """CREATE VIRTUAL TABLE words USING fts5(
    tokens, content='', detail=full, prefix='1 2',
    tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
)"""
_FACETS = "CREATE TABLE facets (number INTEGER PRIMARY KEY, city TEXT NOT NULL, year INTEGER NOT NULL)"


class EngineOf:
    """A file of SQLite."""

    about = "SQLite FTS5 from the standard library: contentless table with prefix indexes, counts by a join"
    same_words = True
    own_filter_ignored = False
    slow_build = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, rows: Iterable[Row], *, store: bool = False) -> None:
        """Write the words and facets, and the texts into a file beside them."""
        self._folder.mkdir(parents=True)
        texts: list[tuple[int, str]] = []
        connection = sqlite3.connect(self._folder / _FILE)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_WORDS)
        connection.execute(_FACETS)
        for number, row in enumerate(rows):
            connection.execute("INSERT INTO words (rowid, tokens) VALUES (?, ?)", (number, row.tokens))
            connection.execute("INSERT INTO facets VALUES (?, ?, ?)", (number, row.city, row.year))
            if store:
                texts.append((number, row.text))
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        connection.commit()
        connection.execute("VACUUM")
        connection.close()
        if store:
            connection = sqlite3.connect(self._folder / _TEXTS)
            connection.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT NOT NULL)")
            connection.executemany("INSERT INTO texts VALUES (?, ?)", texts)
            connection.commit()
            connection.close()

    def open(self) -> None:
        """Open the file for reading, with its pages mapped into memory."""
        address = f"{(self._folder / _FILE).absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True)
        self._connection.execute("PRAGMA mmap_size = 2147483648")

    def search(self, spec: QuerySpec) -> Answer | None:
        """Ask for the counts and for the ten best."""
        if spec.operator == "quotation":
            return None
        match = _expression(spec)
        where, values = "words MATCH ?", [match]
        if spec.city is not None:
            where, values = where + " AND facets.city = ?", [*values, spec.city]
        if spec.years is not None:
            where, values = where + " AND facets.year BETWEEN ? AND ?", [*values, *map(str, spec.years)]
        joined = f"FROM words CROSS JOIN facets ON facets.number = words.rowid WHERE {where}"
        filtered = spec.city is not None or spec.years is not None
        ranked = f"SELECT words.rowid {joined} ORDER BY bm25(words) LIMIT 10"
        plain = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 10"
        cities: Counter[str] = Counter()
        years: Counter[int] = Counter()
        for city, year, count in self._connection.execute(
            f"SELECT city, year, count(*) {joined} GROUP BY 1, 2", values
        ):
            cities[city] += count
            years[year] += count
        top = self._connection.execute(ranked if filtered else plain, values)
        return Answer(cities.total(), tuple(number for (number,) in top), cities, years)

    def size(self) -> Size:
        """Return the sizes of the two files."""
        texts = self._folder / _TEXTS
        return Size((self._folder / _FILE).stat().st_size, texts.stat().st_size if texts.exists() else None)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _expression(spec: QuerySpec) -> str:
    """Write a question in FTS5's language.

    >>> _expression(QuerySpec("and", ("随迁子女", "入学"), "", excluded=("高中",)))
    '("随迁子女" AND "入学") NOT "高中"'
    """
    quoted = ['"' + term.replace('"', '""') + '"' for term in spec.terms]
    if spec.operator == "prefix":
        return f"{quoted[0]} *"
    if spec.operator == "phrase":
        return " + ".join(quoted)
    joined = f" {spec.operator.upper()} ".join(quoted)
    for term in spec.excluded:
        joined = f'({joined}) NOT "{term}"'
    return joined
