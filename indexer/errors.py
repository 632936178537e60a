"""Every exception that we raise: each with a status for HTTP, a code for programs and a sentence for a person."""

from __future__ import annotations


class YaodianError(Exception):
    """The base of all errors meant for a person; ``str()`` is the sentence to show."""

    status = 500
    code = "internal"
    exit_status = 1


class QuerySyntaxError(YaodianError):
    """The query cannot be read; ``position`` is the offset of the character where reading stopped."""

    status = 400
    code = "query_syntax"
    exit_status = 2

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class ParameterError(YaodianError):
    """A parameter of a request or a command has a value that it cannot have."""

    status = 400
    code = "parameter"
    exit_status = 2


class UnknownIdError(YaodianError):
    """No document or paragraph has this id in the current build."""

    status = 404
    code = "unknown_id"


class IndexMissingError(YaodianError):
    """There is no index where one was expected: nothing was built yet."""

    status = 503
    code = "index_missing"


class IndexBrokenError(YaodianError):
    """The index cannot be trusted: a file is damaged, missing, or written by another version."""

    status = 503
    code = "index_broken"


class IndexBusyError(YaodianError):
    """Another process is writing this index."""

    status = 503
    code = "index_busy"


class IndexWriteError(YaodianError):
    """The index cannot be written: no space, no permission, no folder; what there was stays."""

    status = 503
    code = "index_write"


class DatabaseError(YaodianError):
    """The database of collections and of the history of ids cannot be used: not reachable, full, damaged, read-only."""

    status = 503
    code = "database"


class DatabaseBusyError(DatabaseError):
    """Another process has been writing the database for longer than we wait."""

    code = "database_busy"


class DatabaseNewerError(DatabaseError):
    """The database was written by a newer version of the program, which knows better what is in it."""

    code = "database_newer"


class ForbiddenError(YaodianError):
    """The address may read this collection and not change it, or the request came from another site."""

    status = 403
    code = "forbidden"


class DeletedError(YaodianError):
    """The collection was deleted, and can still be brought back by who may change it."""

    status = 410
    code = "deleted"


class StaleError(YaodianError):
    """Somebody else changed the collection since it was read: the change would have undone theirs."""

    status = 412
    code = "changed"


class TooLargeError(YaodianError):
    """More than a collection, a note or a request may hold, or than can be compared."""

    status = 413
    code = "too_large"


class VersionRequiredError(YaodianError):
    """A change does not say which version it was made from (``If-Match``)."""

    status = 428
    code = "version_required"


class MediaTypeError(YaodianError):
    """What was sent is not said to be JSON."""

    status = 415
    code = "media_type"


class BackupError(YaodianError):
    """A backup cannot be written, read, trusted, or put where something is already."""

    status = 503
    code = "backup"
