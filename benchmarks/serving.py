"""The whole request, over a real server: ``yaodian serve`` on loopback, asked by 1, 4 and 16 clients at once.

Searches are read against ``/healthz``, which goes through the same server and framework and does nothing. Clients and
server share the machine; what the server's processor spends on a request is read from the system and disturbed by
nobody.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.engines.protocol import QuerySpec
from benchmarks.measure import percentile

ROOT = Path(__file__).parent.parent
CLIENTS = (1, 4, 16)
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/")
_START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: int

    def cpu_seconds(self) -> float:
        """Return what the server's processor has spent so far (utime and stime of /proc/PID/stat)."""
        fields = Path(f"/proc/{self.process}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(index: Path) -> Iterator[Server]:
    """Serve an index on a free port of this machine; the server is ended by its process id."""
    command = [sys.executable, "-m", "search_app.cli", "serve", "--index", str(index), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            found = _ADDRESS.search(said)
            if found is None:
                raise RuntimeError(f"the server did not start: {said.strip()}")
            drain = threading.Thread(target=process.stderr.read, daemon=True)
            drain.start()
            yield Server(int(found[1]), process.pid)
        finally:
            process.terminate()


def addresses(specs: Sequence[QuerySpec]) -> list[str]:
    """Return the addresses that ask the questions as a person's browser would, with all defaults."""
    paths = []
    for spec in specs:
        parameters = [("q", spec.text)]
        if spec.city is not None:
            parameters.append(("city", spec.city))
        if spec.years is not None:
            parameters.append(("year", f"{spec.years[0]}..{spec.years[1]}"))
        paths.append("/api/v1/search?" + urlencode(parameters))
    return paths


def measure_requests(index: Path, specs: Sequence[QuerySpec], seconds: float) -> dict[str, Any]:
    """Return percentiles in milliseconds by number of clients, searches and ``/healthz`` in turn."""
    found: dict[str, Any] = {}
    with serving(index) as server:
        paths = addresses(specs)
        for path in ["/healthz", *paths]:  # everything asked once before it is timed
            _get(http.client.HTTPConnection("127.0.0.1", server.port, timeout=_START_SECONDS), path)
        for clients in CLIENTS:
            for name, asked in (
                ("search", _ever_new(paths)),
                ("again", cycle(paths)),
                ("healthz", cycle(["/healthz"])),
            ):
                cpu = server.cpu_seconds()
                times = _load(server.port, asked, clients, seconds)
                spent = server.cpu_seconds() - cpu
                found.setdefault(str(clients), {})[name] = {
                    "p50": round(percentile(times, 50), 2),
                    "p95": round(percentile(times, 95), 2),
                    "requests": len(times),
                    "per_second": round(len(times) / seconds, 1),
                    "server_cpu_ms": round(1000 * spent / len(times), 2),
                }
    return found


def _ever_new(paths: Sequence[str]) -> Iterator[str]:
    """Yield the paths again and again with more and more spaces behind the question: the same to ask, but not to find
    among the answers that were kept."""
    for times in count(1):
        for path in paths:
            question, separator, rest = path.partition("&")
            yield question + "+" * times + separator + rest


def _load(port: int, paths: Iterator[str], clients: int, seconds: float) -> list[float]:
    """Let clients ask one after another, each over its own connection, until the time is up."""
    times: list[float] = []
    failures: list[Exception] = []
    until = time.perf_counter() + seconds

    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_SECONDS)
        try:
            while time.perf_counter() < until:
                with lock:
                    path = next(paths)
                started = time.perf_counter()
                _get(connection, path)
                times.append(1000 * (time.perf_counter() - started))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return times


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path}: status {response.status}")
    return body
