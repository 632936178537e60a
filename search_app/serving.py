"""The web application behind waitress: in this process, or in several that share the port and the mapped index."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import waitress

from indexer import lexicon
from indexer.backend import CorpusSize, open_backend
from search_app import create_app
from search_app.collections.database import database_url, open_database

MAX_CONNECTIONS = 800
"""Open connections, idle ones among them: fewer than the 1,024 files that a process usually may open."""
IDLE_SECONDS = 20
"""A connection that says nothing for so long is closed; waitress would wait two minutes."""
MAX_BODY = 1024 * 1024
"""Octets of what a request brings with it; waitress would put a gigabyte on the disk before anybody looks at it."""
_ALLOCATIONS = 20_000
"""Objects more between two looks for garbage: an answer makes some thousand, and next to none of it is cyclic."""
_SOON = 1.0
"""Seconds: a process that lived no longer is replaced only after as many, so that a fault is no busy loop."""
_GRACE = 10.0
"""Seconds that processes have to end before they are killed."""
_ENDING = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger("yaodian")


def serve(index: Path, host: str, port: int, processes: int = 1) -> int:
    """Serve an index until a signal ends it; returns the exit status. Raises what opening the index raises."""
    if processes > 1 and not hasattr(os, "fork"):
        print("yaodian: this system cannot fork; leave --processes out", file=sys.stderr)
        return 2
    backend = open_backend(index)
    corpus = backend.corpus()
    backend.close()
    with closing(open_database(database_url(index))) as database:  # what is wrong is said now, not by each process
        database.exists()
    try:
        sockets = listen(host, port)
    except socket.gaierror:
        print(f"yaodian: cannot listen on {host}:{port}: unknown host; choose another --host", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"yaodian: cannot listen on {host}:{port}: {error.strerror}; choose another --port", file=sys.stderr)
        return 1
    if processes == 1:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        announce(corpus, host, sockets)
        serve_here(index, sockets)
        return 0
    lexicon.cut("教育")  # read once, before the processes part: they share its memory
    announce(corpus, host, sockets)
    keep_running(processes, lambda: serve_here(index, sockets))
    return 0


def listen(host: str, port: int) -> list[socket.socket]:
    """Bind every address of a host; raises ``OSError``, of which ``socket.gaierror`` is one."""
    sockets: list[socket.socket] = []
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        made = socket.socket(family, kind, protocol)
        sockets.append(made)
        try:
            if os.name == "posix":
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # Asked for any port, all addresses of the host take the one that the first was given.
            made.bind((address[0], sockets[0].getsockname()[1] or port, *address[2:]))
            made.listen(1024)
        except OSError:
            for each in sockets:
                each.close()
            raise
    return sockets


def announce(corpus: CorpusSize, host: str, sockets: Sequence[socket.socket]) -> None:
    """Say what is served, and where."""
    print(
        f"要点 · {corpus.documents} documents, {corpus.paragraphs} paragraphs · "
        f"http://{host}:{sockets[0].getsockname()[1]}/ (end with Ctrl-C)",
        file=sys.stderr,
        flush=True,
    )


def serve_here(index: Path, sockets: Sequence[socket.socket]) -> None:
    """Answer requests in this process until a signal ends it."""
    backend = open_backend(index)
    database = open_database(database_url(index))
    server = waitress.create_server(
        create_app(backend, database=database), sockets=sockets, threads=4, connection_limit=MAX_CONNECTIONS,
        channel_timeout=IDLE_SECONDS, cleanup_interval=5, asyncore_use_poll=True, max_request_body_size=MAX_BODY,
    )  # fmt: skip
    # What stays for good (modules, the dictionary, the open build) is not looked through again and again for garbage.
    backend.corpus()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)
    try:
        server.run()
    finally:
        server.close()
        backend.close()
        database.close()


class _Ended(Exception):  # noqa: N818 - nothing went wrong
    """A signal asked us to end."""


def keep_running(processes: int, work: Callable[[], None]) -> None:
    """Run ``work`` in so many processes, each replaced when it dies, until a signal ends them all.

    A process whose parent is gone, killed perhaps, ends by itself: it reads a pipe that only the parent holds open.
    """

    def end(*_: object) -> None:
        raise _Ended

    for number in _ENDING:
        signal.signal(number, end)
    alive, held = os.pipe()
    started: dict[int, float] = {}
    try:
        while True:
            while len(started) < processes:
                _start(started, work, alive, held)
            ended, status = os.wait()
            lived = time.monotonic() - started.pop(ended, 0.0)
            log.error("process %d ended (%s); another is started", ended, os.waitstatus_to_exitcode(status))
            if lived < _SOON:
                time.sleep(_SOON)
    except _Ended:
        pass
    finally:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        _end(started)
        os.close(held)
        os.close(alive)


def _start(started: dict[int, float], work: Callable[[], None], alive: int, held: int) -> None:
    """Fork a process that does the work. Signals wait until it is known, and until it has handlers of its own."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    process = os.fork()
    if process == 0:
        os.close(held)
        _work(work, alive)
    started[process] = time.monotonic()
    log.info("process %d started", process)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _work(work: Callable[[], None], alive: int) -> NoReturn:
    """Do the work of a child and leave without a step into what its parent had still to do."""
    status = 1
    try:
        # A Ctrl-C in the terminal reaches all processes; the parent passes it on in its own way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        threading.Thread(target=_watch, args=(alive,), daemon=True).start()
        work()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        log.exception("a process failed")
    finally:
        os._exit(status)


def _watch(alive: int) -> None:
    """End this process when its parent is gone: asked first, left at once if that is not heard.

    What the handler raises is swallowed where Python runs it inside a finaliser or a library's bare ``except``.
    """
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)


def _end(processes: dict[int, float]) -> None:
    """End processes: asked first, killed if they take too long."""
    for process in processes:
        os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE
    waiting = set(processes)
    while waiting:
        for process in list(waiting):
            if os.waitpid(process, os.WNOHANG)[0]:
                waiting.discard(process)
            elif time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)
