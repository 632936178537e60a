"""Standard input and output as they really are: closed, full, a pipe that nobody reads, an encoding without Chinese."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from typing import IO, Any, cast

from rich.console import Console


def prepare_streams() -> None:
    """Make the standard streams safe to use: a closed one is the null device, no character is ever refused.

    A stream that was closed leaves its number to the next file that is opened, and our messages would be written there.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process lives
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_output() -> None:
    """Let what is still to be written go nowhere, so that the interpreter does not try again as it ends."""
    _send_nowhere(sys.stdout)


def _send_nowhere(stream: IO[str]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def print_json(value: Any, *, indent: int | None = None) -> None:
    """Print JSON in the characters themselves, escaped where the output is not UTF-8."""
    as_it_is = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    print(json.dumps(value, ensure_ascii=not as_it_is, indent=indent))


def write_bytes(octets: bytes) -> None:
    """Write a file to standard output as it is, whatever the encoding of the terminal."""
    sys.stdout.flush()
    sys.stdout.buffer.write(octets)
    sys.stdout.buffer.flush()


class OutputConsole(Console):
    """Results on standard output; raises ``BrokenPipeError`` when their reader has seen enough."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command line what that means; rich would end the process with status 1."""
        raise BrokenPipeError


class _Unwatched:
    """A stream whose reader may go: from then on, what is written to it is lost, and the work goes on."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or not."""
        try:
            return self._stream.write(text)
        except OSError:
            _send_nowhere(self._stream)
            return len(text)

    def flush(self) -> None:
        """Write what was kept back, or not."""
        try:
            self._stream.flush()
        except OSError:
            _send_nowhere(self._stream)


def progress_console() -> Console:
    """Return a console for progress and problems on standard error, which nobody need be reading."""
    return Console(file=cast(IO[str], _Unwatched(sys.stderr)))
