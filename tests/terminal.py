"""The command line within the process of the tests: what it prints and how it ends, without starting Python again.

What starts and ends a process - pipes, encodings, signals, a closed output - is tested with real ones in
`tests/test_cli.py`.
"""

from __future__ import annotations

import io
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from search_app.cli import main


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `yaodian` with these arguments, as a process of its own would, in a terminal of 120 columns."""
    given = [str(each) for each in arguments]
    out, err = io.BytesIO(), io.BytesIO()
    stdout, stderr = (io.TextIOWrapper(octets, "utf-8", write_through=True) for octets in (out, err))
    with mock.patch.dict(os.environ, {"COLUMNS": "120"}), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            status = main(given)
        except SystemExit as ended:  # argparse: the options are wrong, or help was asked for
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return subprocess.CompletedProcess(given, status, out.getvalue().decode(), err.getvalue().decode())
