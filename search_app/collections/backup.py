"""Backup and restoring of everything that cannot be built again: all tables of the database, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Integer, MetaData, func, select, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from indexer.errors import BackupError
from search_app.collections import tables
from search_app.collections.backup_file import (
    FORMAT,
    VERSION,
    Backup,
    Header,
    Line,
    Row,
    Table,
    check_backup,
    read_backup,
    write_backup,
)
from search_app.collections.clock import now
from search_app.collections.database import VERSION_TABLE, Base, Database, migrate, revisions
from search_app.history import tables as history_tables

assert history_tables  # whose tables are backed up too
_BATCH = 200
"""Rows that are read or written at once: of the history, each can be some 100 KB."""


def back_up(database: Database, path: Path) -> dict[str, int]:
    """Write everything into one file, as it is at one moment, whoever writes meanwhile; returns the rows by table.

    Raises ``BackupError``, ``DatabaseError``.
    """
    counted: dict[str, int] = {}
    with database.reading() as session:
        header = Header(FORMAT, VERSION, revisions()[-1], now())
        write_backup(path, header, _lines(session, counted))
    return counted


def restore(database: Database, path: Path, *, force: bool = False) -> dict[str, int]:
    """Put everything in a backup where there is nothing, or with ``force`` in place of what there is: all, or none.

    The backup is read through first, and may be of an older version, or of another kind of database. Returns the rows
    by table. Raises ``BackupError`` for a backup that is not whole or a database that is not empty, ``DatabaseError``.
    """
    found = check_backup(path, lambda revision: revision in revisions())
    with database.writing() as session:
        if not force and (held := _held(session)):
            raise BackupError(
                f"{database.name}: is not empty ({held} rows); --force puts the backup in place of what is there"
            )
        try:
            _replace(session.connection(), found)
        except (IntegrityError, DataError, OverflowError) as error:
            why = str(getattr(error, "orig", error)).splitlines()[0]
            raise BackupError(
                f"{path}: has rows that its tables do not take ({why[:200]}); nothing was changed"
            ) from error
    return found.rows


def _held(session: Session) -> int:
    """Count what people would lose; the database's own settings are none of it."""
    lost = (table for table in Base.metadata.sorted_tables if table.name != tables.SettingRow.__tablename__)
    return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in lost)


def _lines(session: Session, counted: dict[str, int]) -> Iterator[Line]:
    for table in Base.metadata.sorted_tables:
        yield Table(str(table.name), tuple(str(column.name) for column in table.columns))
        counted[table.name] = 0
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
        for row in session.execute(query):
            counted[table.name] += 1
            yield list(row)


def _replace(connection: Connection, found: Backup) -> None:
    """Make the tables anew as they were when the backup was made, fill them, and bring them up to date."""
    Base.metadata.drop_all(connection)
    connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    migrate(connection, found.header.revision)
    known = MetaData()
    known.reflect(connection, only=lambda name, _: name in Base.metadata.tables)
    for table, rows in _batches(found, known):
        connection.execute(table.insert(), rows)
    if connection.dialect.name == "postgresql":
        for table in known.tables.values():
            _count_on(connection, table)
    migrate(connection)


def _batches(found: Backup, known: MetaData) -> Iterator[tuple[SqlTable, list[dict[str, Any]]]]:
    for table, rows in _by_table(found, read_backup(found.path)):
        into = known.tables.get(table.table)
        if into is None or not set(table.columns) <= set(into.columns.keys()):
            raise BackupError(
                f"{found.path}: has a table that is not of its version ({table.table}); nothing was changed"
            )
        batch: list[dict[str, Any]] = []
        for row in rows:
            if len(row) != len(table.columns):
                raise BackupError(f"{found.path}: has a row of another length than its table; nothing was changed")
            batch.append(dict(zip(table.columns, row, strict=True)))
            if len(batch) == _BATCH:
                yield into, batch
                batch = []
        if batch:
            yield into, batch


def _by_table(found: Backup, lines: Iterator[Line]) -> Iterator[tuple[Table, Iterable[Row]]]:
    """Group rows under the line that names their table; each group is to be used up before the next."""
    ahead = next(lines, None)

    def rows() -> Iterator[Row]:
        nonlocal ahead
        while (ahead := next(lines, None)) is not None and not isinstance(ahead, Table):
            yield ahead

    while ahead is not None:
        if not isinstance(ahead, Table):
            raise BackupError(f"{found.path}: has a row before its table; nothing was changed")
        yield ahead, rows()


def _count_on(connection: Connection, table: SqlTable) -> None:
    """Have PostgreSQL number new rows after the ones that came with their numbers."""
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer):
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            )
            last = connection.scalar(select(func.max(column)))
            if sequence is not None and last is not None:
                connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
