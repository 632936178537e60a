"""How a request reaches the backend and the database: opened once, when first needed, and shared by all threads."""

from __future__ import annotations

import threading
from pathlib import Path

from flask import Flask, current_app

from indexer.backend import SearchBackend, open_backend
from search_app.collections.database import Database

_KEY = "yaodian"
_DATABASE = "yaodian_database"


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


def keep_database(app: Flask, database: Database) -> None:
    """Give an application the database of its collections and of the history of ids."""
    app.extensions[_DATABASE] = database


def current_database() -> Database:
    """Return the database of the application that answers this request; looked at when first read or written."""
    database: Database = current_app.extensions[_DATABASE]
    return database
