"""Several processes that serve one port: one that dies is replaced, and none outlives what started it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PATIENCE = 60
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


class Served:
    """A running ``yaodian serve --processes 2``."""

    def __init__(self, index: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "search_app.cli", "serve", "--port", "0", "--processes", "2", "--index", str(index)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.address = self.told(r"(http://127\.0\.0\.1:\d+)/")
        self.children = [int(self.told(r"process (\d+) started")) for _ in range(2)]

    def told(self, pattern: str) -> str:
        """Read what it says up to a line with the pattern, and return its group."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"it ended without {pattern}")

    def paragraphs(self) -> int:
        """Ask over a new connection how many paragraphs there are."""
        with urllib.request.urlopen(f"{self.address}/healthz", timeout=PATIENCE) as answer:
            return int(json.load(answer)["paragraphs"])


@pytest.fixture
def served(index: Path) -> Iterator[Served]:
    running = Served(index)
    yield running
    running.process.kill()
    running.process.wait(PATIENCE)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return not state_of(process).startswith("Z")


def state_of(process: int) -> str:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "Z"


def wait_until_gone(processes: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(map(is_alive, processes)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_process_answers_and_one_that_dies_is_replaced(served: Served) -> None:
    assert len({served.process.pid, *served.children}) == 3
    assert served.paragraphs() == 243
    for child in served.children:  # those of the start are all gone at last: what answers has come after them
        os.kill(child, signal.SIGKILL)
        assert int(served.told(r"process (\d+) ended \(-9\)")) == child
        assert int(served.told(r"process (\d+) started")) not in served.children
        assert served.paragraphs() == 243
    wait_until_gone(served.children)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them(served: Served, ending: signal.Signals) -> None:
    served.paragraphs()
    served.process.send_signal(ending)
    assert served.process.wait(PATIENCE) == 0
    wait_until_gone(served.children)


def test_what_is_killed_takes_its_processes_along(served: Served) -> None:
    served.paragraphs()
    served.process.kill()
    wait_until_gone(served.children)
