"""Where tests keep a database: a new file of SQLite, or a new schema-less PostgreSQL database where one is served."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

SERVER = "YAODIAN_TEST_POSTGRESQL"
"""Names the address of a PostgreSQL server that tests may make databases on: `make test-postgresql` sets it."""


def on_postgresql() -> bool:
    """Whether tests run against PostgreSQL."""
    return bool(os.environ.get(SERVER))


@contextmanager
def fresh_url(folder: Path) -> Iterator[str]:
    """Yield the address of a database that holds nothing, and remove it afterwards."""
    if not on_postgresql():
        yield f"sqlite:///{folder}/{secrets.token_hex(4)}.db"
        return
    server = make_url(os.environ[SERVER]).set(drivername="postgresql+pg8000")
    name = f"test_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()
