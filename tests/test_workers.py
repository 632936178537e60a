"""The processes that read: a Ctrl-C at any moment of their lives is the business of the one that started them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from indexer.errors import IndexBusyError
from indexer.pipeline import build
from tests.conftest import ROOT, SEEDS

AT_BIRTH = """
import os, signal, sys
from search_app.cli import main
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGINT))
sys.exit(main(sys.argv[1:]))
"""


def test_a_worker_interrupted_as_it_is_born_says_nothing_and_works(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_BIRTH, "index", SEEDS, "--index", tmp_path / "index", "--workers", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert "243" in done.stdout


_KILLED = """
import os, signal, sys
from pathlib import Path
from indexer import pipeline
pipeline.build([Path(sys.argv[1])], Path(sys.argv[2]), workers=2,
               on_progress=lambda _: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_workers_of_a_killed_build_end_and_let_go_of_the_index(tmp_path: Path) -> None:
    """A lock is shared by all processes forked under it: one that waits for ever would keep everybody out."""
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(SEEDS), str(tmp_path / "i")], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while True:
        try:
            report = build([SEEDS], tmp_path / "i")
            break
        except IndexBusyError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert report.corpus is not None
