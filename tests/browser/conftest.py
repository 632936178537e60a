"""The real application in a real browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
import waitress

from indexer.backend import SearchBackend
from search_app import create_app

playwright = pytest.importorskip("playwright.sync_api")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def base(backend: SearchBackend) -> Iterator[str]:
    """Serve the five documents on a free port; returns the address."""
    server = waitress.create_server(create_app(backend), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Start Chromium: the one named, the system's, or Playwright's own."""
    path = os.environ.get("YAODIAN_CHROMIUM") or shutil.which("chromium")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()
