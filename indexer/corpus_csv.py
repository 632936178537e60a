"""``seeds/corpus.csv``: what a person knows about a document, and how it is put above what was read."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indexer.dates import read_date
from indexer.models import Evidence, Metadata, Problem
from indexer.places import complete, is_no_place

COLUMNS = ("path", "sha256", "title", "issuer", "province", "city", "district", "years", "published", "source_url")
NONE = "~none"
RULE = "corpus.csv"
LEVELS = ("province", "city", "district")

Given = tuple[tuple[str, str | tuple[int, ...] | None], ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """One row: the fields that a person filled in; ``None`` says that there is none."""

    line: int
    fields: Given


def read_years(cell: str) -> tuple[int, ...]:
    """Return the years of a cell: ``2017``, ``2017 2018``, ``2017;2018``, ``2017..2018``; ValueError otherwise.

    >>> read_years("2017..2019"), read_years("2017;2018"), read_years("2017、2018")
    ((2017, 2018, 2019), (2017, 2018), (2017, 2018))
    """
    years: set[int] = set()
    for part in re.split(r"[\s;；,，、]+", cell.strip()):
        match = re.fullmatch(r"(\d{4})(?:(?:\.\.|-|—|–)(\d{4}))?年?", part)
        if not match:
            raise ValueError(f"{part!r} is not a year; write 2017, 2017 2018 or 2017..2018")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1900 <= first <= last <= 2100 or last - first > 30:
            raise ValueError(f"{part!r} is not a range of years")
        years.update(range(first, last + 1))
    return tuple(sorted(years))


def is_web_address(text: str) -> bool:
    """Whether a text is an address of the web, and can be given out as one.

    >>> is_web_address("http://jyj.wuhan.gov.cn/工作要点.html"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    return re.match(r"https?://[^\s/]", text, re.IGNORECASE) is not None


def _read_cell(column: str, cell: str) -> str | tuple[int, ...] | None:
    if cell == NONE:
        if column == "title":
            raise ValueError("a document always has a title; leave the cell empty to keep the one that was read")
        return () if column == "years" else None
    if column == "source_url" and not is_web_address(cell):
        raise ValueError(f"{cell[:60]!r} is no web address; write http://... or https://...")
    if column == "years":
        return read_years(cell)
    if column == "published":
        if day := read_date(cell):
            return day
        raise ValueError(f"{cell!r} is not a date; write it as 2017-08-24")
    if column in LEVELS and is_no_place(cell):
        raise ValueError(f"{cell!r} is an organisation, not a place; write it in the column issuer")
    return cell


def read_corrections(path: Path) -> tuple[Mapping[str, Correction], tuple[Problem, ...]]:
    """Return the corrections by path and by sha256, and a problem for every row or cell that cannot be used.

    A missing file or one with only its header has none. Both UTF-8 with and without a byte order mark are read.
    """
    if not path.exists():
        return {}, ()
    corrections: dict[str, Correction] = {}
    problems: list[Problem] = []

    def report(line: int | None, message: str) -> None:
        problems.append(Problem(str(path), line, message, fatal=False))

    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return {}, (Problem(str(path), None, f"not UTF-8 ({error.reason}); save it as UTF-8", fatal=False),)
    reader = csv.DictReader(text.splitlines())
    unknown = [name for name in reader.fieldnames or () if (name or "").strip() not in COLUMNS]
    if unknown:
        report(1, f"unknown column {', '.join(map(repr, unknown))}; the columns are {', '.join(COLUMNS)}")
    for row in reader:
        cells = {(name or "").strip(): value.strip() for name, value in row.items() if isinstance(value, str)}
        if None in row:
            report(reader.line_num, "more cells than columns; quote a cell that holds a comma")
            continue
        keys = [
            cells[name].lower() if name == "sha256" else cells[name] for name in ("path", "sha256") if cells.get(name)
        ]
        if not any(cells.values()):
            continue
        if not keys:
            report(reader.line_num, "neither path nor sha256: the row names no document")
            continue
        fields: list[tuple[str, str | tuple[int, ...] | None]] = []
        for column in COLUMNS[2:]:
            try:
                if cells.get(column):
                    fields.append((column, _read_cell(column, cells[column])))
            except ValueError as error:
                report(reader.line_num, f"{column}: {error}; the other cells of the row count")
        twice = [key for key in keys if key in corrections]
        if twice:
            report(reader.line_num, f"{twice[0]} was corrected in line {corrections[twice[0]].line} already")
            continue
        correction = Correction(reader.line_num, tuple(fields))
        corrections.update(dict.fromkeys(keys, correction))
    return corrections, tuple(problems)


def _place(
    names: Mapping[str, str | tuple[int, ...] | None], rule: str
) -> dict[str, tuple[str | None, Evidence | None]]:
    """Return province, city and district as given, in the gazetteer's spelling and completed upwards, with evidence."""
    province, city, district = (name if isinstance(name := names.get(level), str) else None for level in LEVELS)
    place = complete(province, city, district)
    found: dict[str, tuple[str | None, Evidence | None]] = {}
    for level, name in zip(LEVELS, (province, city, district), strict=True):
        known: str | None = getattr(place, level) if place else None
        if level in names:
            found[level] = ((known or name) if name else None, Evidence(rule))
        else:
            found[level] = (known, Evidence("gazetteer") if known else None)
    return found


def put_above(metadata: Metadata, given: Given, rule: str) -> Metadata:
    """Return the metadata with what was given in the place of what was read, and the evidence to match.

    If any of province, city and district is given, no place that was read stays; what the given names determine above
    themselves (武汉市 is in 湖北省) is added, with the rule ``gazetteer``.
    """
    names = {name: value for name, value in given if name in COLUMNS[2:] and (name, value) != ("title", None)}
    evidence = dict(metadata.evidence) | {name: Evidence(rule) for name in names}
    fields: dict[str, Any] = {name: value for name, value in names.items() if name not in LEVELS}
    if "years" in fields:
        fields["years"] = fields["years"] or ()
    if any(level in names for level in LEVELS):
        for level, (name, why) in _place(names, rule).items():
            fields[level] = name
            evidence.pop(level, None)
            if why:
                evidence[level] = why
    return replace(metadata, **fields, evidence=tuple(evidence.items()))


def corrected(metadata: Metadata, correction: Correction) -> Metadata:
    """Return the metadata with a person's correction put above it; its evidence says ``corpus.csv``.

    >>> metadata = Metadata("2024年工作要点", years=(2024,))
    >>> known = corrected(metadata, Correction(2, (("city", "武汉"),)))
    >>> known.province, known.city, known.years, [rule.rule for _, rule in known.evidence]
    ('湖北省', '武汉市', (2024,), ['gazetteer', 'corpus.csv'])
    """
    return put_above(metadata, correction.fields, RULE)
