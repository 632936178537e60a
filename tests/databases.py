"""Where tests keep a database: a new file of SQLite, or a new schema of PostgreSQL where a server is named."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

SERVER = "YAODIAN_TEST_POSTGRESQL"
"""Names the address of a PostgreSQL server that tests may make users on: `make test-postgresql` sets it."""


def on_postgresql() -> bool:
    """Whether tests run against PostgreSQL."""
    return bool(os.environ.get(SERVER))


@cache
def _server() -> Engine:
    """Return the connection of the one who makes the users; it is asked for its password once a run."""
    return create_engine(make_url(os.environ[SERVER]).set(drivername="postgresql+pg8000"), isolation_level="AUTOCOMMIT")


def _say(*statements: str) -> None:
    with _server().connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@contextmanager
def fresh_url(folder: Path) -> Iterator[str]:
    """Yield the address of a database that holds nothing, and remove it afterwards.

    On PostgreSQL it is a user with a schema of its name, which no other test sees: PostgreSQL looks for a table first
    in the schema that is named like the user. A database of its own costs ten times as much, and more where the disk
    is busy, since PostgreSQL copies a template of 7 MB for each and waits for all writing before it removes one. The
    user may do no more than people's own: nothing passes here because it is done by a superuser.
    """
    name = f"test_{secrets.token_hex(6)}"
    if not on_postgresql():
        yield f"sqlite:///{folder}/{name}.db"
        return
    password = secrets.token_hex(8)
    _say(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'", f"CREATE SCHEMA AUTHORIZATION {name}")
    try:
        address = _server().url.set(drivername="postgresql", username=name, password=password)
        yield address.render_as_string(hide_password=False)
    finally:
        # What a failed test left open would hold what is to be removed.
        _say(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{name}'",
            f"DROP OWNED BY {name}",
            f"DROP ROLE {name}",
        )
