"""A server that is killed while people save: what it acknowledged is there, whole, and the next one goes on."""

from __future__ import annotations

import http.client
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from indexer.backend import SearchBackend
from indexer.query import parse_query
from search_app.serving import MAX_BODY
from tests.conftest import ROOT
from tests.databases import fresh_url

PATIENCE = 60


class Served:
    """A running ``yaodian serve`` over a database of its own; what it says goes into a file."""

    def __init__(self, index: Path, url: str, log: Path) -> None:
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "search_app.cli", "serve", "--port", "0", "--index", str(index)],
                cwd=ROOT,
                stderr=said,
                env={**os.environ, "DATABASE_URL": url},
            )
        deadline = time.monotonic() + PATIENCE
        found: list[str] = []
        while not found and time.monotonic() < deadline and self.process.poll() is None:
            time.sleep(0.05)
            found = re.findall(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8"))[-1:]
        assert found, log.read_text("utf-8")
        self.address = found[0]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask over a new connection; raises ``OSError`` if the server is gone, or says that it could not."""
        request = urllib.request.Request(
            f"{self.address}/api/v1/collections{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with fresh_url(tmp_path) as made:
        yield made


def save(served: Served, address: str, paragraphs: list[str], acknowledged: list[str]) -> None:
    """Save paragraphs one after the other until the server is gone; note which it acknowledged.

    A writer that others kept waiting too long is told so (503) and goes on: that was not acknowledged.
    """
    for paragraph in paragraphs:
        try:
            served.ask("POST", f"/{address}/items", {"paragraph": paragraph, "note": "见此" * 500})
        except urllib.error.HTTPError as refused:
            if refused.code != 503:
                raise
            continue
        except (OSError, http.client.HTTPException):
            return
        acknowledged.append(paragraph)


def test_what_was_acknowledged_survives_a_kill(index: Path, backend: SearchBackend, url: str, tmp_path: Path) -> None:
    paragraphs = [hit.paragraph.id for hit in backend.search(parse_query("教育", per_page=100)).hits]
    log = tmp_path / "log"
    acknowledged: dict[str, list[str]] = {}
    for turn in range(3):
        log.write_bytes(b"")
        served = Served(index, url, log)
        try:
            for address, saved in acknowledged.items():
                items = served.ask("GET", f"/{address}")["items"]
                there = [item["passage"]["paragraph"] for item in items]
                assert there[: len(saved)] == saved
                # One more may have been saved whose acknowledgement was cut off: whole, or not at all.
                assert len(there) <= len(saved) + 1
            made = [served.ask("POST", "", {"title": f"第{turn}次"})["id"] for _ in range(3)]
            acknowledged |= {address: [] for address in made}
            threads = [
                threading.Thread(target=save, args=(served, address, paragraphs, acknowledged[address]))
                for address in made
            ]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + PATIENCE
            # Which of them comes first is the database's affair: all together have saved enough, and none is done.
            while sum(len(acknowledged[address]) for address in made) < 15 + turn and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            served.process.kill()  # SIGKILL: nothing is closed, nothing is flushed
            served.process.wait(PATIENCE)
        for thread in threads:
            thread.join(PATIENCE)
        assert sum(len(acknowledged[address]) for address in made) >= 15 + turn
        assert all(len(acknowledged[address]) < len(paragraphs) for address in made)
        said = log.read_text("utf-8")
        assert not [address for address in acknowledged if address in said]
    file = make_url(url)
    if file.drivername == "sqlite":
        with closing(sqlite3.connect(str(file.database))) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


def refused_by_its_length(served: Served, length: int) -> int:
    """Announce a body of so many octets and send none of it: who refuses it must do so before it is read."""
    with closing(http.client.HTTPConnection(served.address.removeprefix("http://"), timeout=PATIENCE)) as connection:
        connection.putrequest("POST", "/api/v1/collections")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse().status


def test_two_editors_through_two_servers(index: Path, url: str, tmp_path: Path) -> None:
    """Each adds its mark to the note as often as it can: none of the marks that were acknowledged is lost."""
    served = [Served(index, url, tmp_path / f"log{at}") for at in range(2)]
    try:
        address = served[0].ask("POST", "", {"title": "两人"})["id"]
        assert refused_by_its_length(served[0], MAX_BODY + 1) == 413
        refused = []

        def append(mark: str, server: Served) -> None:
            for _ in range(10):
                while True:
                    found = server.ask("GET", f"/{address}")
                    version = {"If-Match": f'"{found["version"]}"'}
                    try:
                        server.ask("PATCH", f"/{address}", {"note": found["note"] + mark}, **version)
                        break
                    except urllib.error.HTTPError as error:
                        assert error.code == 412  # noqa: PT017 - any other is a failure of the test
                        refused.append(mark)

        threads = [threading.Thread(target=append, args=pair) for pair in zip("甲乙", served, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        note = served[1].ask("GET", f"/{address}")["note"]
        assert (note.count("甲"), note.count("乙"), len(note)) == (10, 10, 20)
    finally:
        for each in served:
            each.process.kill()
            each.process.wait(PATIENCE)
