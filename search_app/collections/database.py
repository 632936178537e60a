"""The database that cannot be built again from documents: collections, and the history of ids.

A file of SQLite beside the index, or PostgreSQL where ``DATABASE_URL`` says so. See docs/decisions/collections.md.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, inspect, text
from sqlalchemy.orm import DeclarativeBase, Session

from indexer.errors import DatabaseError, DatabaseNewerError
from search_app.collections.connections import is_file, make_engine, read_url
from search_app.collections.database_errors import explained

VERSION_TABLE = "yaodian_version"
"""Not Alembic's own name, which another program in the same database may use."""
WAIT_SECONDS = 5.0
"""How long a writer waits for another one: a change takes milliseconds."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = re.compile(r"v([0-9]{4})_\w+\.py")
_UPGRADING = 0x79616F6469616E
"""The number of PostgreSQL's lock that one process at a time holds while it makes or changes tables."""


class Base(DeclarativeBase):
    """What every table stands on; constraints are named alike in the tables and in the steps that make them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )


@cache
def revisions() -> tuple[str, ...]:
    """Return the names of the steps that this program knows, in their order; the last is what it needs.

    >>> revisions()[0]
    '0001'
    """
    found = (_REVISION.fullmatch(path.name) for path in (_MIGRATIONS / "versions").iterdir())
    return tuple(sorted(match[1] for match in found if match))


def database_url(index: Path) -> URL:
    """Return the address of the database that goes with an index folder: ``DATABASE_URL``, else a file beside it.

    The folder itself is disposable, so the file stands beside it under its name, and no two indexes share one.
    Raises ``DatabaseError`` for a ``DATABASE_URL`` that is none.

    >>> database_url(Path("/srv/policies/index/")).database
    '/srv/policies/index.collections.db'
    """
    given = os.environ.get("DATABASE_URL", "").strip()
    if given:
        return read_url(given)
    folder = Path(os.path.abspath(index))  # noqa: PTH100 - resolve() would follow a link that is set to another build
    return URL.create("sqlite", database=str(folder.with_name(f"{folder.name}.collections.db")))


def open_database(url: str | URL, *, wait: float = WAIT_SECONDS) -> Database:
    """Return the database at an address; it is looked at when first read or written.

    ``sqlite:///path``, or ``postgresql://user:password@host:port/name``, also as ``postgres://``. ``wait`` is in
    seconds. Raises ``DatabaseError`` where there can be none at this address.
    """
    return Database(read_url(url), wait)


def no_database() -> Database:
    """Return a database that holds nothing and cannot be written: of an application that was given none."""
    return Database(URL.create("sqlite"), 0)


class Database:
    """Owns the connections to one database; may be used from several threads, and by several processes at once.

    Nothing is made before the first write: until then, reading finds a database without a row. What was made by an
    older version is brought up to date when it is first used.
    """

    def __init__(self, url: URL, wait: float) -> None:
        self._url = url
        self._path = Path(url.database) if url.database and is_file(url) else None
        self._nowhere = url.get_backend_name() == "sqlite" and self._path is None
        self.name = str(self._path) if self._path else url.render_as_string(hide_password=True)
        self._lock = threading.Lock()
        self._ready = False
        self._file: tuple[int, int] | None = None
        self._empty: Engine | None = None
        with explained(self.name):
            self._engine = make_engine(url, wait, self.name)
        postgresql = url.get_backend_name() == "postgresql"
        self._reader = self._engine.execution_options(
            **({"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if postgresql else {})
        )
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database, whoever writes meanwhile. Raises ``DatabaseError``."""
        with explained(self.name):
            engine = self._reader if self._prepare(writing=False) else self._without_rows()
            with Session(engine, expire_on_commit=False) as session:
                yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session whose changes are on disk when the block ends, all of them, or none if it raises.

        With SQLite one writer works at a time from its first word; with PostgreSQL lock the rows that are to change.
        Raises ``DatabaseError``, ``DatabaseBusyError`` after waiting, ``DatabaseNewerError``.
        """
        with explained(self.name):
            self._prepare(writing=True)
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                self._known(_stored_revision(session.connection()))
                yield session

    def exists(self) -> bool:
        """Whether anything was ever written here. Raises ``DatabaseError``."""
        with explained(self.name):
            return self._prepare(writing=False)

    def close(self) -> None:
        """Let go of all connections; idempotent, and the database can be used again."""
        self._engine.dispose()
        if self._empty is not None:
            self._empty.dispose()
        self._ready = False

    def _prepare(self, *, writing: bool) -> bool:
        """Make sure that the tables are those of this program; returns whether there are any."""
        if self._nowhere:
            if writing:
                raise DatabaseError("there is no database to write to; name one in DATABASE_URL")
            return False
        with self._lock:
            if self._path is not None and (file := _identity(self._path)) != self._file:
                # Removed, or another put in its place: what we hold open is nobody's any more.
                self._engine.dispose()
                self._file, self._ready = file, False
            if self._ready:
                return True
            found = None
            if self._path is None or self._file is not None:
                with self._reader.connect() as connection:
                    found = _revision(connection)
                self._known(found)
            if found is None and not writing:
                return False
            if found != revisions()[-1]:
                self._upgrade()
            self._ready = True
            return True

    def _known(self, revision: str | None) -> None:
        if revision is not None and revision not in revisions():
            raise DatabaseNewerError(
                f"{self.name}: was written by a newer version of this program ({revision}); install that version"
            )

    def _upgrade(self) -> None:
        """Make or change the tables, in one transaction; another process that does so is waited for."""
        if self._path is not None:
            # Nobody else may read what people collect, nor the key that signs.
            with _alone_in(self._path.parent):
                _make(self._path)
                self._file = _identity(self._path)
                with self._engine.execution_options(begin=None).connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        with self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _UPGRADING})
            migrate(connection)

    def _without_rows(self) -> Engine:
        """Return a database in memory that has all tables and nothing in them."""
        with self._lock:
            if self._empty is None:
                self._empty = create_engine("sqlite://")  # a connection, and so a database, for each thread
            engine = self._empty
        Base.metadata.create_all(engine)
        return engine


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a step, in the transaction of the connection."""
    from alembic import command  # takes as long to import as all the rest, and is seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _revision(connection: Connection) -> str | None:
    """Return the step that the tables of a database are at, ``None`` if there are none of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return _stored_revision(connection)


def _stored_revision(connection: Connection) -> str | None:
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Have one process at a time make a database in a folder; the lock ends with the process, however that ends."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _make(path: Path) -> None:
    """Make an empty file where there is none. What a file that was removed has left beside it is none of its own.

    A process that still has the removed one open keeps its ``-shm`` in use: SQLite would read the new one by it.
    """
    if not path.exists():
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another at the same path; ``None`` if there is none, or nothing in it yet."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
