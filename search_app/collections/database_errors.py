"""What a database says when it fails, as an error that tells a person what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from indexer.errors import DatabaseBusyError, DatabaseError

_BUSY = "another process is writing it; try again in a moment"
_FULL = "no space is left; nothing was changed. Make room, then try again"
_READ_ONLY = "it is read-only; nothing was changed. See to the permissions of the file and its folder"
_DAMAGED = "it is damaged; move it away and run `yaodian restore` with a backup"
_UNREACHABLE = "it cannot be reached; start the server, or see to DATABASE_URL"
# https://www.sqlite.org/rescode.html: an extended name begins with that of its kind.
_SQLITE = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CANTOPEN": "the file cannot be opened; see to the permissions of the file and its folder",
    "SQLITE_IOERR": "the disk cannot be read or written, or is full; nothing was changed. See to the disk",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html: a class of two characters, or one whole code.
_POSTGRESQL = {
    "08": _UNREACHABLE,
    "57P": _UNREACHABLE,
    "53300": "it has no connection left; try again in a moment",
    "55P03": _BUSY,
    "57014": _BUSY,
    "40": _BUSY,
    "53100": _FULL,
    "53": "the server lacks space or memory; nothing was changed. See to the server",
    "25006": _READ_ONLY,
    "42501": "its user may not do this; grant the rights on the schema",
    "28": "it refuses the user or the password of DATABASE_URL",
    "3D000": "the server has no database of this name; create it (createdb)",
    "XX": _DAMAGED,
}


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Raise what a database says as a ``DatabaseError`` under the name of the database, which holds no password."""
    try:
        yield
    except DBAPIError as error:
        raise _translated(name, error) from error
    except PoolTimeoutError as error:
        raise DatabaseBusyError(f"{name}: all connections are in use; try again in a moment") from error
    except SQLAlchemyError as error:
        raise DatabaseError(f"{name}: the database cannot be used ({type(error).__name__})") from error
    except ConnectionError as error:  # pg8000 does not always say so as an error of its own
        raise DatabaseError(f"{name}: {_UNREACHABLE} ({error.strerror or error})") from error
    except OSError as error:
        raise DatabaseError(f"{name}: {error.strerror or error}; see to the path and its permissions") from error


def is_lost(error: BaseException) -> bool:
    """Whether PostgreSQL ended the connection, or it broke.

    >>> is_lost(ValueError({"C": "57P01", "M": "terminating connection due to administrator command"}))
    True
    >>> is_lost(ConnectionResetError(104, "Connection reset by peer"))
    True
    """
    if isinstance(error, ConnectionError) or type(error).__name__ == "InterfaceError":
        return True
    said = error.args[0] if error.args else None
    code = str(said.get("C", "")) if isinstance(said, dict) else ""
    return code.startswith(("57P", "08"))


def _translated(name: str, error: DBAPIError) -> DatabaseError:
    said = _reason(error.orig)
    if said == _BUSY:
        return DatabaseBusyError(f"{name}: {said}")
    return DatabaseError(f"{name}: {said}")


def _reason(error: Any) -> str:
    kind = getattr(error, "sqlite_errorname", None)
    if kind is not None:
        known = [said for start, said in _SQLITE.items() if kind.startswith(start)]
        return known[0] if known else f"the database cannot be used ({error})"
    said = error.args[0] if getattr(error, "args", None) else None
    if isinstance(said, dict):  # pg8000: the fields of PostgreSQL's message, C the code, M the sentence
        code = str(said.get("C", ""))
        known = [reason for start, reason in _POSTGRESQL.items() if code.startswith(start)]
        return known[0] if known else f"the database cannot be used ({said.get('M')}, {code})"
    return f"{_UNREACHABLE} ({error})"
