"""JSON lines: one document a line, with what its giver knows of it; the fields are those of ``corpus.csv``."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from indexer.corpus_csv import LEVELS
from indexer.dates import read_date
from indexer.encoding import HAN
from indexer.models import Problem, SourceText
from indexer.places import is_no_place

MAX_LINE_BYTES = 16 * 1024 * 1024
"""The longest JSON line that is read: one document."""
STRINGS = ("id", "title", "issuer", "province", "city", "district", "published", "source_url")


def read_json_lines(
    path: Path, shown: str, at: Callable[[int], None] = lambda _: None
) -> Iterator[SourceText | Problem]:
    """Yield the documents of a file of JSON lines, streamed, and a problem for every line or field of no use.

    ``at`` is told before each line how many bytes of the file, as it lies on the disk, have been read.

    Raises ``OSError`` and ``EOFError`` where the file itself cannot be read.
    """
    empty = True
    with path.open("rb") as file, _lines(file, path) as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            at(file.tell())
            if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                    pass
                empty = False
                yield Problem(shown, number, f"The line is longer than {MAX_LINE_BYTES // 1024**2} MiB; split it.")
                continue
            line = line.rstrip(b"\r\n")
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if line.strip():
                empty = False
                yield from _read_json_line(line, shown, number)
    if empty:
        yield Problem(shown, None, "The file is empty; put one JSON object on each line or remove it.")


def _lines(file: IO[bytes], path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(file, "rb")) if path.name.lower().endswith(".gz") else file


def _read_json_line(line: bytes, shown: str, number: int) -> Iterator[SourceText | Problem]:
    """Yield the document of a line, after it the fields that cannot be used; or only why there is no document."""
    try:
        record = _load_record(line)
        given = _read_given(record)
        years = _read_years(record)
    except ValueError as error:
        yield Problem(shown, number, str(error))
        return
    unusable = {name: _refuse(name, value) for name, value in given}
    kept: list[tuple[str, str | tuple[int, ...] | None]] = [
        (name, _read_value(name, value)) for name, value in given if not unusable[name]
    ]
    if years:
        kept.append(("years", years))
    yield SourceText(shown, hashlib.sha256(line).hexdigest(), "utf-8", str(record["text"]), number, tuple(kept))
    for message in filter(None, unusable.values()):
        yield Problem(shown, number, message, fatal=False)


def _load_record(line: bytes) -> dict[str, object]:
    """Return the object of a JSON line that holds a Chinese text; ValueError says what is wrong."""
    try:
        record = _parse(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("The line is not UTF-8; JSON lines must be: convert the file.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        reason = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "nested too deep"
        raise ValueError(f"The line is not JSON ({reason}); write one JSON object on each line.") from None
    if not isinstance(record, dict):
        raise ValueError('The line is not a JSON object; write {"title": ..., "text": ...}.')
    text = record.get("text")
    if text is None or text == "":
        raise ValueError('The document has no "text"; give it one or remove the line.')
    if not isinstance(text, str):
        raise ValueError('"text" must be a string.')
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise ValueError('"text" holds half a surrogate pair; write the character itself.')
    if not HAN.search(text):
        raise ValueError('The "text" holds no Chinese; check that it is the right document.')
    return record


def _read_given(record: dict[str, object]) -> list[tuple[str, str]]:
    """Return the fields of a line that hold something; ValueError if one is no string."""
    given = []
    for name in STRINGS:
        value = record.get(name)
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            continue
        if not isinstance(value, str):
            raise ValueError(f'"{name}" must be a string.')
        if value.strip():
            given.append((name, value.strip()))
    return given


def _refuse(name: str, value: str) -> str | None:
    """Say why a field cannot be used, or None if it can; the document is read without it."""
    if name == "published" and read_date(value) is None:
        return f'"published": {value!r} is not a date and is left out; write it as 2017-08-24.'
    if name in LEVELS and is_no_place(value):
        return f'"{name}": {value!r} is an organisation, not a place, and is left out; give it as "issuer".'
    return None


def _read_value(name: str, value: str) -> str | None:
    return read_date(value) if name == "published" else value


def _parse(line: str) -> Any:
    """Parse a JSON line whose strings can be stored; raises ``json.JSONDecodeError``."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python refuses to read a number of more than 4300 digits
        raise json.JSONDecodeError("a number of too many digits", line, 0) from None
    for name in STRINGS if isinstance(record, dict) else ():
        if any(0xD800 <= ord(character) <= 0xDFFF for character in str(record.get(name))):
            raise json.JSONDecodeError(f'"{name}" holds half a surrogate pair', line, 0)
    return record


def _read_years(record: dict[str, object]) -> tuple[int, ...]:
    value = record.get("years")
    if value is None:
        value = record.get("year")
    if value is None or value == "":
        return ()
    try:
        years = {_read_year(year) for year in (value if isinstance(value, list) else [value])}
    except ValueError:
        raise ValueError('"years" must be a list of years, or "year" one: 2017.') from None
    return tuple(sorted(years))


def _read_year(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(value)
    year = int(value)
    if not 1000 <= year <= 2999:
        raise ValueError(value)
    return year
