"""The key that signs what we hand to a browser and want back unchanged: which collections are this browser's."""

from __future__ import annotations

import os
import secrets

from sqlalchemy import select

from search_app.collections.database import Database
from search_app.collections.tables import SettingRow

_NAME = "signing_key"


def signing_key(database: Database) -> str:
    """Return the key: ``SECRET_KEY`` of the environment, else one that the database keeps, made when first asked for.

    All processes of one database sign alike, after a restart too, and after a backup was restored. Raises
    ``DatabaseError``.
    """
    given = os.environ.get("SECRET_KEY", "")
    if given:
        return given
    with database.reading() as session:
        found = session.scalar(select(SettingRow.value).where(SettingRow.name == _NAME))
    return found or _made(database)


def _made(database: Database) -> str:
    from sqlalchemy.dialects import postgresql, sqlite

    with database.writing() as session:
        # Of two processes that come first, one makes it and both return it.
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        made = insert(SettingRow).values(name=_NAME, value=secrets.token_hex(32)).on_conflict_do_nothing()
        session.execute(made)
        found = session.scalar(select(SettingRow.value).where(SettingRow.name == _NAME))
        assert found is not None
        return found
