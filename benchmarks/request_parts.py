"""Where the time of one whole request goes: reading the address, searching, spelling, presenting, JSON, the framework.

Milliseconds of the processor in this process, the median over the questions of a class; every question is asked once
before, as everywhere.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import MultiDict

from benchmarks.engines.protocol import QuerySpec
from benchmarks.measure import percentile
from benchmarks.serving import addresses
from indexer.backend import open_backend
from indexer.finding import find
from search_app import create_app
from search_app.answer import answer
from search_app.params import read_query

PARTS = ("reading", "searching", "spelling", "presenting", "json", "framework")
_T = TypeVar("_T")


def request_parts(
    index: Path, classes: Mapping[str, Sequence[QuerySpec]], times: int = 2
) -> dict[str, dict[str, float]]:
    """Return, by class, the median milliseconds of each part and of the ``whole``."""
    backend = open_backend(index)
    app = create_app(backend)
    client = app.test_client()
    found: dict[str, dict[str, float]] = {}
    for name, specs in classes.items():
        spent: dict[str, list[float]] = defaultdict(list)
        for path in addresses(specs):
            client.get(path)
            for _ in range(times):
                arguments = MultiDict(parse_qsl(urlsplit(path).query))
                query, reading = _timed(lambda arguments=arguments: read_query(arguments))
                _, searching = _timed(lambda query=query: backend.search(query))
                _, finding = _timed(lambda query=query: find(backend, query))
                made, answering = _timed(lambda query=query: answer(backend, query))
                _, encoding = _timed(lambda made=made: app.json.dumps(made))
                _, whole = _timed(lambda path=path: client.get(path))
                spent["reading"].append(reading)
                spent["searching"].append(searching)
                spent["spelling"].append(max(finding - searching, 0.0))
                spent["presenting"].append(max(answering - finding, 0.0))
                spent["json"].append(encoding)
                spent["framework"].append(max(whole - reading - answering - encoding, 0.0))
                spent["whole"].append(whole)
        found[name] = {part: round(percentile(values, 50), 3) for part, values in spent.items()}
    backend.close()
    return found


def _timed(work: Callable[[], _T]) -> tuple[_T, float]:
    started = time.process_time()
    result = work()
    return result, 1000 * (time.process_time() - started)
