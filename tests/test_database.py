"""The database beside the index: made with the first write, brought up to date, and plain about what is wrong."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import TextClause, select, text

from indexer.errors import DatabaseBusyError, DatabaseError, DatabaseNewerError
from search_app.cli import main
from search_app.collections import tables
from search_app.collections.database import (
    _MIGRATIONS,
    VERSION_TABLE,
    Base,
    Database,
    database_url,
    migrate,
    no_database,
    open_database,
    revisions,
)
from search_app.collections.database_errors import explained
from search_app.collections.tables import SettingRow
from search_app.history import tables as history_tables
from tests.databases import fresh_url, on_postgresql
from tests.processes import at_once

assert history_tables


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Give an address where there is no table yet: SQLite, or PostgreSQL where DATABASE_URL names one."""
    with fresh_url(tmp_path) as made:
        yield made


def set_value(database: Database, name: str, value: str) -> None:
    with database.writing() as session:
        session.merge(SettingRow(name=name, value=value))


def fail_to_set(database: Database) -> None:
    with database.writing() as session:
        session.merge(SettingRow(name="a", value="2"))
        session.flush()
        raise ZeroDivisionError


def set_while_reading(database: Database) -> None:
    with database.reading() as session:
        session.merge(SettingRow(name="a", value="2"))
        session.flush()


def value_of(database: Database, name: str) -> str | None:
    with database.reading() as session:
        return session.scalar(select(SettingRow.value).where(SettingRow.name == name))


def test_it_stands_beside_the_index_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    assert database_url(Path("index")).database == str(tmp_path / "index.collections.db")
    assert database_url(tmp_path / "a" / ".." / "other").database == str(tmp_path / "other.collections.db")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert database_url(Path()).database == str(tmp_path / "here.collections.db")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@127.0.0.1:1/name")
    assert database_url(Path("index")).drivername == "postgresql+pg8000"


def test_odd_characters_in_the_path_are_only_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = tmp_path / "要点 100%?a#b"
    folder.mkdir()
    with closing(open_database(database_url(folder / "index"))) as database:
        set_value(database, "a", "值")
        assert value_of(database, "a") == "值"
    assert (folder / "index.collections.db").is_file()


def test_reading_makes_nothing_and_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "no.db"
    with closing(open_database(f"sqlite:///{path}")) as database:
        assert value_of(database, "a") is None
        assert not database.exists()
        assert not path.exists()
        set_value(database, "a", "1")
        assert value_of(database, "a") == "1"
        assert database.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_there_is_none_reading_finds_nothing_and_writing_says_so() -> None:
    assert value_of(no_database(), "a") is None
    with pytest.raises(DatabaseError, match="no database"):
        set_value(no_database(), "a", "1")


def test_what_was_written_is_there_for_others_and_an_error_undoes_all(url: str) -> None:
    with closing(open_database(url)) as one, closing(open_database(url)) as other:
        set_value(one, "a", "1")
        assert value_of(other, "a") == "1"
        with pytest.raises(ZeroDivisionError):
            fail_to_set(other)
        assert value_of(one, "a") == "1"


def test_a_reader_sees_one_state_while_another_writes(url: str) -> None:
    with closing(open_database(url)) as one, closing(open_database(url)) as other:
        set_value(one, "a", "1")
        with one.reading() as session:
            before = session.scalar(select(SettingRow.value))
            set_value(other, "a", "2")
            session.expire_all()
            assert session.scalar(select(SettingRow.value)) == before == "1"
        assert value_of(one, "a") == "2"


def test_tables_are_what_the_steps_make(url: str) -> None:
    with closing(open_database(url)) as database:
        set_value(database, "a", "1")
        with database.reading() as session:
            context = MigrationContext.configure(session.connection(), opts={"version_table": VERSION_TABLE})
            assert compare_metadata(context, Base.metadata) == []
            assert context.get_current_revision() == revisions()[-1]


def test_the_steps_are_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    steps = ScriptDirectory.from_config(config)
    assert tuple(reversed([step.revision for step in steps.walk_revisions()])) == revisions()


@pytest.mark.parametrize("first", ["read", "written"])
def test_an_older_database_is_brought_up_to_date_when_first_used(url: str, first: str) -> None:
    with closing(open_database(url)) as database:
        set_value(database, "a", "1")
        with database.writing() as session:
            Base.metadata.drop_all(session.connection())
            session.execute(text(f"DROP TABLE {VERSION_TABLE}"))
            migrate(session.connection(), revisions()[0])
            session.execute(text("INSERT INTO setting (name, value) VALUES ('a', 'as it was')"))
    with closing(open_database(url)) as database:
        if first == "written":
            set_value(database, "b", "2")
        assert value_of(database, "a") == "as it was"
        with database.reading() as session:
            context = MigrationContext.configure(session.connection(), opts={"version_table": VERSION_TABLE})
            assert compare_metadata(context, Base.metadata) == []
            assert context.get_current_revision() == revisions()[-1]


def test_a_newer_database_is_refused_at_once_and_while_running(url: str) -> None:
    with closing(open_database(url)) as running:
        set_value(running, "a", "1")
        with closing(open_database(url)) as other, other.writing() as session:
            session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
        with pytest.raises(DatabaseNewerError, match="newer version"):
            set_value(running, "a", "2")
    with closing(open_database(url)) as fresh, pytest.raises(DatabaseNewerError):
        value_of(fresh, "a")


def test_the_server_does_not_start_on_what_it_cannot_use(
    url: str, index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(open_database(url)) as database:
        set_value(database, "a", "1")
        with database.writing() as session:
            session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for address, said in ((url, "newer version"), ("nonsense", "DATABASE_URL")):
        monkeypatch.setenv("DATABASE_URL", address)
        assert main(["serve", "--port", "0", "--index", str(index)]) == 1
        assert said in capsys.readouterr().err


def test_all_packages_are_installed() -> None:
    """The steps of the tables among them: what is not named in setup.cfg is in no wheel."""
    root = Path(tables.__file__).parents[2]
    packages = {
        ".".join(path.parent.relative_to(root).parts)
        for part in ("indexer", "search_app")
        for path in (root / part).rglob("__init__.py")
    }
    listed = (root / "setup.cfg").read_text("utf-8").split("packages =")[1].split("#")[0].split()
    assert packages == set(listed)


def set_alone(url: str, name: str) -> None:
    with closing(open_database(url, wait=30)) as database:
        set_value(database, name, "1")


def test_processes_that_make_the_tables_at_once_all_succeed(url: str) -> None:
    at_once(set_alone, [(url, f"p{number}") for number in range(4)])
    with closing(open_database(url)) as database, database.reading() as session:
        assert sorted(session.scalars(select(SettingRow.name))) == ["p0", "p1", "p2", "p3"]


def test_threads_write_one_after_the_other(url: str) -> None:
    with closing(open_database(url, wait=60)) as database:
        set_value(database, "n", "0")

        def count() -> None:
            for _ in range(20):
                with database.writing() as session:
                    row = session.get_one(SettingRow, "n", with_for_update=True)
                    row.value = str(int(row.value) + 1)

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert value_of(database, "n") == "80"


def test_a_writer_that_waits_too_long_is_told_so(url: str) -> None:
    with closing(open_database(url)) as holder, closing(open_database(url, wait=0.2)) as other:
        set_value(holder, "a", "1")
        with holder.writing() as session:
            session.get_one(SettingRow, "a", with_for_update=True)
            with pytest.raises(DatabaseBusyError, match="another process is writing"), other.writing() as second:
                second.get_one(SettingRow, "a", with_for_update=True)


def test_a_file_that_is_removed_or_replaced_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(open_database(f"sqlite:///{path}")) as database:
        set_value(database, "a", "1")
        database.close()
        for file in tmp_path.iterdir():
            file.unlink()
        assert value_of(database, "a") is None
        set_value(database, "a", "2")
        assert value_of(database, "a") == "2"
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT value FROM setting").fetchall() == [("2",)]
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    "contents", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000], ids=["other", "broken"]
)
def test_a_file_that_is_no_database_is_said(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(contents)
    with closing(open_database(f"sqlite:///{path}")) as database:
        with pytest.raises(DatabaseError, match="damaged"):
            value_of(database, "a")
        with pytest.raises(DatabaseError, match="damaged"):
            set_value(database, "a", "1")
    assert path.read_bytes() == contents


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with closing(open_database(f"sqlite:///{tmp_path}/no/a.db")) as database:
        assert value_of(database, "a") is None
        with pytest.raises(DatabaseError, match="No such file"):
            set_value(database, "a", "1")


@pytest.mark.parametrize(
    "address", ["mysql://h/x", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql+nothing://h/x", "://", ""]
)
def test_an_address_that_is_none_is_said_without_its_password(address: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database(address)
    assert "DATABASE_URL" in str(caught.value) or "driver" in str(caught.value)


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with (
        closing(open_database("postgresql://someone:s3cret@127.0.0.1:1/name")) as database,
        pytest.raises(DatabaseError, match="cannot be reached") as caught,
    ):
        value_of(database, "a")
    assert "s3cret" not in str(caught.value)


@pytest.mark.skipif(not on_postgresql(), reason="speaks of PostgreSQL: make test-postgresql")
def test_what_postgresql_refuses_is_said(url: str) -> None:
    from sqlalchemy import make_url

    with (
        closing(open_database(make_url(url).set(database="nobody_made_it"))) as database,
        pytest.raises(DatabaseError, match="has no database of this name"),
    ):
        value_of(database, "a")
    with closing(open_database(url)) as database:
        set_value(database, "a", "1")
        with pytest.raises(DatabaseError, match="read-only"):
            set_while_reading(database)


@pytest.mark.skipif(not on_postgresql(), reason="speaks of PostgreSQL: make test-postgresql")
def test_a_connection_that_breaks_before_its_answer_is_replaced(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the network says between a question and its answer is no error of the driver."""
    from pg8000.core import CoreConnection

    once = [ConnectionResetError(104, "Connection reset by peer")]
    answered = CoreConnection.handle_messages

    def broken(*arguments: Any) -> None:
        if once:
            raise once.pop()
        answered(*arguments)

    with closing(open_database(url)) as database:
        set_value(database, "a", "1")
        monkeypatch.setattr(CoreConnection, "handle_messages", broken)
        assert value_of(database, "a") == "1"
        assert not once
        with database.reading() as session:
            assert session.scalar(select(SettingRow.value)) == "1"
            once.append(ConnectionResetError(104, "Connection reset by peer"))
            with pytest.raises(DatabaseError, match="cannot be reached"), explained("name"):
                session.scalar(select(SettingRow.value))
        assert value_of(database, "a") == "1"


@pytest.mark.skipif(not on_postgresql(), reason="speaks of PostgreSQL: make test-postgresql")
def test_a_server_that_was_started_again_is_found_again(url: str) -> None:
    others = "usename = current_user AND pid <> pg_backend_pid()"
    cut = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    with closing(open_database(url)) as database, closing(open_database(url)) as other:
        set_value(database, "a", "1")
        with other.writing() as session:
            session.execute(cut)
        assert value_of(database, "a") == "1"
        with pytest.raises(DatabaseError, match="cannot be reached"):
            cut_while_writing(database, other, cut)
        assert value_of(database, "a") == "1"


def cut_while_writing(database: Database, other: Database, cut: TextClause) -> None:
    with database.writing() as session:
        session.merge(SettingRow(name="a", value="2"))
        session.flush()
        with other.writing() as second:
            second.execute(cut)


def limited(size: int, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code that may write no file larger than ``size`` octets: to a program it looks like a full disk."""
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", limit + code, *arguments], capture_output=True, text=True, env=environment, check=False
    )


def test_a_full_disk_costs_the_change_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(open_database(f"sqlite:///{path}")) as database:
        set_value(database, "a", "1")
    code = (
        "import sys; from tests.test_database import *;"
        "database = open_database(sys.argv[1]);"
        "\ntry: set_value(database, 'b', '长' * 1000000)"
        "\nexcept DatabaseError as error: print(error)"
        "\nset_value(database, 'c', '3'); print(value_of(database, 'c'), value_of(database, 'a'))"
    )
    done = limited(1_000_000, code, f"sqlite:///{path}")
    assert done.returncode == 0, done.stderr
    said, after = done.stdout.splitlines()
    assert "nothing was changed" in said
    assert after == "3 1"
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("SELECT name FROM setting ORDER BY name").fetchall() == [("a",), ("c",)]


def test_a_file_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(open_database(f"sqlite:///{path}")) as database:
        set_value(database, "a", "1")
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("root may write everywhere")
    with closing(open_database(f"sqlite:///{path}")) as database:
        assert value_of(database, "a") == "1"
        with pytest.raises(DatabaseError, match="read-only"):
            set_value(database, "a", "2")


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    with closing(open_database(f"sqlite:///{folder}/a.db")) as database:
        set_value(database, "a", "1")
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("root may write everywhere")
    try:
        for name, said in (("a.db", "read-only|cannot be opened"), ("b.db", "Permission denied")):
            with (
                closing(open_database(f"sqlite:///{folder}/{name}")) as database,
                pytest.raises(DatabaseError, match=said),
            ):
                set_value(database, "a", "2")
        with closing(open_database(f"sqlite:///{folder}/b.db")) as database:
            assert value_of(database, "a") is None
    finally:
        folder.chmod(0o700)
