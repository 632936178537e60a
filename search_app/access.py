"""How a request reaches the backend: opened once, when first needed, and shared by all threads."""

from __future__ import annotations

import threading
from pathlib import Path

from flask import Flask, current_app

from indexer.backend import SearchBackend, open_backend

_KEY = "yaodian"


class Keeper:
    """Owns the open backend of an application; an index that could not be opened is tried again next time."""

    def __init__(self, backend: SearchBackend | str | Path) -> None:
        self._lock = threading.Lock()
        self._index = Path(backend) if isinstance(backend, str | Path) else None
        self._backend = None if isinstance(backend, str | Path) else backend

    def backend(self) -> SearchBackend:
        """Open the backend if it is not open. Raises ``IndexMissingError`` or ``IndexBrokenError``."""
        with self._lock:
            if self._backend is None:
                assert self._index is not None
                self._backend = open_backend(self._index)
            return self._backend


def keep_backend(app: Flask, backend: SearchBackend | str | Path) -> None:
    """Give an application its backend."""
    app.extensions[_KEY] = Keeper(backend)


def current_backend() -> SearchBackend:
    """Return the backend of the application that answers this request."""
    keeper: Keeper = current_app.extensions[_KEY]
    return keeper.backend()
