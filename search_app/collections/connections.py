"""Connections to SQLite and PostgreSQL, each set as we need it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError

from indexer.errors import DatabaseError
from search_app.collections.database_errors import is_lost

_CONNECT_SECONDS = 10.0
"""How long a server may take to answer, at least; longer where writers wait longer for each other."""


def read_url(given: str | URL) -> URL:
    """Read the address of a database; raises ``DatabaseError``, which repeats nothing of it: it may hold a password."""
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise DatabaseError("DATABASE_URL is no address; write postgresql://user:password@host:port/name") from None
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+pg8000")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError(
            f"DATABASE_URL: {url.drivername} is not supported; write postgresql://… or sqlite:///path, or leave it out"
        )
    if url.get_backend_name() == "sqlite" and not is_file(url):
        raise DatabaseError("DATABASE_URL: a database in memory is lost; write sqlite:///path")
    return url


def is_file(url: URL) -> bool:
    """Whether an address is that of a file of SQLite."""
    return url.get_backend_name() == "sqlite" and bool(url.database) and url.database != ":memory:"


def make_engine(url: URL, wait: float, name: str) -> Engine:
    """Make the engine, and have every connection set as we need it."""
    try:
        if url.get_backend_name() == "sqlite":
            # What people write is theirs: no message and no log repeats it.
            engine = create_engine(url, hide_parameters=True, connect_args={"timeout": wait})
            event.listen(engine, "connect", _set_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        arguments = {"timeout": max(_CONNECT_SECONDS, 2 * wait)} if url.get_driver_name() == "pg8000" else {}
        engine = create_engine(url, hide_parameters=True, connect_args=arguments)
        event.listen(engine, "connect", lambda raw, _: _set_postgresql(raw, wait))
        event.listen(engine, "checkout", lambda raw, *_: _ask(engine, raw))
        event.listen(engine, "handle_error", _notice_lost)
        return engine
    except ModuleNotFoundError as error:
        raise DatabaseError(f"{name}: needs the package {error.name}; pip install 'yaodian[postgresql]'") from error
    except NoSuchModuleError as error:
        raise DatabaseError(f"{name}: there is no such driver; write postgresql://… or sqlite:///path") from error


def _set_sqlite(raw: Any, _: Any) -> None:
    raw.isolation_level = None  # transactions are begun below, by us, and not by the driver where it sees fit
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    """Begin as a writer from the start: a reader that becomes one could find that another was quicker."""
    if statement := connection.get_execution_options().get("begin", "BEGIN"):
        connection.exec_driver_sql(statement)


def _set_postgresql(raw: Any, wait: float) -> None:
    cursor = raw.cursor()
    cursor.execute(f"SET lock_timeout = {int(wait * 1000)}")
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    raw.commit()


def _ask(engine: Engine, raw: Any) -> None:
    """Ask a connection before it is used whether it still answers; if not, all are replaced.

    SQLAlchemy's own ``pool_pre_ping`` knows the errors of the driver only, and pg8000 lets that of the network through
    where the server ends a connection between our question and its answer.
    """
    try:
        engine.dialect.do_ping(raw)
    except Exception as error:
        if is_lost(error):
            raise InvalidatePoolError from error
        raise


def _notice_lost(context: ExceptionContext) -> None:
    """Have a connection that a restarted server has cut replaced: SQLAlchemy does not know how pg8000 says so."""
    context.is_disconnect = context.is_disconnect or is_lost(context.original_exception)
