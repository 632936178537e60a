"""The processes that read: a Ctrl-C at any moment of their lives is the business of the one that started them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
