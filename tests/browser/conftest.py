"""The real application in a real browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import flask
import pytest
import waitress

from indexer.backend import SearchBackend
from search_app import create_app

Open = Callable[..., Any]
"""Opens an address in a page of its own."""

playwright = pytest.importorskip("playwright.sync_api")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


SLOW = float(os.environ.get("YAODIAN_SLOW", "1"))
"""How many times slower than the machine the scripts of a page run: 8 shows which test waits for too little."""


@contextmanager
def serving(app: flask.Flask) -> Iterator[str]:
    """Serve on a port that the system chooses; yields the address."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def base(backend: SearchBackend) -> Iterator[str]:
    """Serve the five documents; returns the address."""
    with serving(create_app(backend)) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Start Chromium: the one named, the system's, or Playwright's own."""
    path = os.environ.get("YAODIAN_CHROMIUM") or shutil.which("chromium")
    with playwright.sync_playwright() as running:
        # The first start after an installation reads some hundred megabytes.
        started = running.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=180_000)
        yield started
        started.close()


@pytest.fixture
def open_page(base: str, browser: Any) -> Iterator[Open]:
    """Open addresses in pages of their own, which remember what went wrong in them, and wait long before they fail."""
    from tests.browser.waiting import PATIENCE

    contexts = []

    def opened(path: str, width: int = 1280, height: int = 800, **settings: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **settings)
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        if SLOW > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda said: page.problems.append(said.text) if "Content Security" in said.text else None)
        page.goto(base + path)  # returns when the page is loaded, its deferred scripts run
        return page

    yield opened
    for context in contexts:
        context.close()


CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = colour => colour.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const back = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    if (!own || !element.getClientRects().length || element.closest('.unseen, [aria-hidden], rp')) continue;
    let fade = 1;
    for (let e = element; e; e = e.parentElement) fade *= Number(getComputedStyle(e).opacity);
    const under = back(element), over = parse(style.color).slice(0, 3).map((v, i) => v * fade + under[i] * (1 - fade));
    const [a, b] = [light(over), light(under)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) poor.push([element.tagName, element.className, ratio.toFixed(2), element.textContent].join(' '));
  }
  return poor;
}"""
"""Lists the texts of a page that stand out too little from what is behind them."""
