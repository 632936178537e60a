"""Work that several processes do at the same moment."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from typing import Any

from tests.conftest import ROOT

PATIENCE = 200
"""Seconds: no measure of anything, only the end of waiting for what hangs."""


def at_once(work: Callable[..., Any], arguments: Sequence[Sequence[str]]) -> list[Any]:
    """Have a function of a module called at once by as many processes as there are arguments; returns its answers.

    The processes are forked from one that did nothing but import the module: that is done once and not by each, they
    begin within milliseconds of each other, and none of them shares a connection or a thread of the tests with another.
    Raises ``AssertionError`` with what was said if one of them fails. Arguments and answers go through JSON.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.processes", work.__module__, work.__qualname__],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},  # pytest finds modules where others do not
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert isinstance(answers, list)
    return answers


def _main(module: str, name: str) -> None:
    work = getattr(import_module(module), name)
    arguments = json.load(sys.stdin)
    context = multiprocessing.get_context("fork")
    together = context.Barrier(len(arguments))
    # A process that waits for all others takes no second turn: so each turn has a process of its own.
    with ProcessPoolExecutor(len(arguments), context, together.wait, (PATIENCE,)) as processes:
        turns = [processes.submit(work, *each) for each in arguments]
        print(json.dumps([turn.result() for turn in turns]))


if __name__ == "__main__":
    _main(*sys.argv[1:])
