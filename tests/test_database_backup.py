"""Backup and restoring: all of it or nothing, between SQLite and PostgreSQL, and never over what is there unasked."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from indexer.backend import SearchBackend
from indexer.errors import BackupError, DatabaseError
from indexer.query import parse_query
from search_app.cli import main
from search_app.collections import service
from search_app.collections.backup import back_up, restore
from search_app.collections.database import Base, Database, database_url, open_database, revisions
from search_app.collections.signing import signing_key
from search_app.collections.tables import CollectionRow, SavedItemRow
from search_app.history.tables import HistoryRow
from tests.databases import fresh_url, on_postgresql
from tests.processes import at_once
from tests.test_database import limited


@pytest.fixture
def paragraphs(backend: SearchBackend) -> list[str]:
    return [hit.paragraph.id for hit in backend.search(parse_query("教师", per_page=40)).hits]


@pytest.fixture
def database(tmp_path: Path, backend: SearchBackend, paragraphs: list[str]) -> Iterator[Database]:
    """Give a database with something in every table, odd characters and octets among it."""
    with fresh_url(tmp_path) as url, closing(open_database(url)) as opened:
        address = fill(opened, backend, paragraphs)
        service.delete_item(opened, address, service.read(opened, address).items[1].id, None)
        service.create(opened, "另一个")
        signing_key(opened)
        with opened.writing() as session:
            for at in range(3):
                session.add(
                    HistoryRow(
                        document=f"document{at}", paragraphs="0" * 64, successor=None if at else "after", form=1,
                        build="b", built="2026-01-01T00:00:00Z", path="路径/a.txt", line=at or None, sha256="1" * 64,
                        facts="{}", snapshot=bytes(range(256)) * at,
                    )
                )  # fmt: skip
        yield opened


def fill(database: Database, backend: SearchBackend, paragraphs: list[str], count: int = 5) -> str:
    address = service.create(database, "随迁子女", "𠮷：'引号'\n\\u0041\t").address.edit
    assert address is not None
    for paragraph in paragraphs[:count]:
        service.save_passage(database, backend, address, paragraph, note="见此", tags=["入学"])
    return address


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def lines_of(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """Give a database of the same kind without anything in it."""
    (tmp_path / "other").mkdir()
    with fresh_url(tmp_path / "other") as url, closing(open_database(url)) as opened:
        yield opened


def test_what_was_backed_up_comes_back_and_goes_on(
    database: Database, empty: Database, backend: SearchBackend, paragraphs: list[str], tmp_path: Path
) -> None:
    before = contents(database)
    assert all(before.values())
    rows = back_up(database, tmp_path / "a.backup")
    assert rows == {name: len(found) for name, found in before.items()}
    assert restore(empty, tmp_path / "a.backup") == rows
    assert contents(empty) == before
    # New rows are numbered on after those that came with their numbers.
    service.read(empty, fill(empty, backend, paragraphs))
    with empty.writing() as session:
        session.execute(
            insert(HistoryRow).values(
                document="d", paragraphs="0", form=1, build="b", built="x", path="p", sha256="1", facts="", snapshot=b""
            )
        )


@pytest.mark.parametrize("way", ["to a file of SQLite", "from a file of SQLite"])
def test_it_moves_between_kinds_of_databases(
    database: Database, empty: Database, backend: SearchBackend, paragraphs: list[str], tmp_path: Path, way: str
) -> None:
    """On PostgreSQL these are moves in both ways; on SQLite they only repeat the test before."""
    with ExitStack() as stack:
        file = stack.enter_context(closing(open_database(f"sqlite:///{tmp_path}/third.db")))
        back_up(database, tmp_path / "a.backup")
        restore(file, tmp_path / "a.backup")
        assert contents(file) == contents(database)
        if way.startswith("from"):
            back_up(file, tmp_path / "b.backup")
            restore(empty, tmp_path / "b.backup")
            assert contents(empty) == contents(database)
            service.read(empty, fill(empty, backend, paragraphs))
            first, *rest = lines_of(tmp_path / "a.backup")[:-1]
            assert json.loads(first)["revision"] == revisions()[-1]
            assert rest == lines_of(tmp_path / "b.backup")[1:-1]


def test_nothing_is_overwritten_unasked(database: Database, empty: Database, tmp_path: Path) -> None:
    back_up(empty, tmp_path / "empty.backup")
    before = contents(database)
    with pytest.raises(BackupError, match="--force"):
        restore(database, tmp_path / "empty.backup")
    assert contents(database) == before
    restore(database, tmp_path / "empty.backup", force=True)
    assert not any(contents(database).values())


def test_a_database_that_has_only_its_key_is_nothing_to_lose(
    database: Database, empty: Database, tmp_path: Path
) -> None:
    key = signing_key(database)
    assert signing_key(empty) != key
    back_up(database, tmp_path / "a.backup")
    restore(empty, tmp_path / "a.backup")
    assert signing_key(empty) == key


def test_a_backup_is_one_moment_while_others_write(
    database: Database, empty: Database, backend: SearchBackend, paragraphs: list[str], tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            fill(database, backend, paragraphs, count=4)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for at in range(6):
            back_up(database, tmp_path / f"{at}.backup")
    finally:
        stop.set()
        writer.join()
    for at in range(6):
        restore(empty, tmp_path / f"{at}.backup", force=True)
        with empty.reading() as session:
            for row in session.scalars(select(CollectionRow)):
                items = session.scalars(select(SavedItemRow).where(SavedItemRow.collection == row.number)).all()
                if row.title == "随迁子女" and not any(item.deleted for item in items):
                    assert row.version == 1 + len(items)  # each save of one is one version


def test_a_backup_is_its_owners_and_whole_under_its_name(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    path.write_text("what was there")
    back_up(database, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if "backup" in file.name] == ["a.backup"]
    with pytest.raises(BackupError, match="No such file"):
        back_up(database, tmp_path / "no" / "a.backup")


def test_no_damage_goes_unnoticed(database: Database, empty: Database, tmp_path: Path) -> None:
    whole = tmp_path / "a.backup"
    back_up(database, whole)
    octets = whole.read_bytes()
    damaged = tmp_path / "damaged.backup"
    rng = random.Random(7)
    for at in [0, 1, 3, *rng.sample(range(10, len(octets)), 60), len(octets) - 1]:
        damaged.write_bytes(octets[:at] + bytes([octets[at] ^ 0x10]) + octets[at + 1 :])
        with pytest.raises(BackupError, match=r"nothing was changed|newer version"):
            restore(empty, damaged)
    for length in [0, 1, 9, 20, *rng.sample(range(20, len(octets)), 30), len(octets) - 1]:
        damaged.write_bytes(octets[:length])
        with pytest.raises(BackupError):
            restore(empty, damaged)
    assert not any(contents(empty).values())


def rewritten(path: Path, change: Any) -> Path:
    """Write a backup with its lines changed and a checksum that fits them: what a person might do to one."""
    import hashlib

    lines = [json.loads(line) for line in lines_of(path)[:-1]]
    change(lines)
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    end = {"rows": sum(isinstance(line, list) for line in lines), "sha256": hashlib.sha256(text).hexdigest()}
    other = path.with_name("rewritten.backup")
    other.write_bytes(gzip.compress(text + json.dumps(end).encode() + b"\n"))
    return other


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[0].update(format="another"), "no backup of this program"),
        (lambda lines: lines[0].update(version=99), "newer version"),
        (lambda lines: lines[0].update(revision="9999"), "newer version"),
        (lambda lines: lines[1].update(table="sqlite_master"), "not of its version"),
        (lambda lines: lines[1].update(columns=["no", "such"]), "not of its version"),
        (lambda lines: lines.pop(1), "before its table"),
        (lambda lines: next(line for line in lines if isinstance(line, list)).append(1), "another length"),
        (lambda lines: lines.append([{"other": "x"}]), "cannot be read"),
    ],
)
def test_what_is_not_ours_is_refused(
    database: Database, empty: Database, tmp_path: Path, change: Any, said: str
) -> None:
    back_up(database, tmp_path / "a.backup")
    other = rewritten(tmp_path / "a.backup", change)
    before = contents(database)
    for target in (empty, database):
        with pytest.raises(BackupError, match=said):
            restore(target, other, force=True)
    assert not any(contents(empty).values())
    assert contents(database) == before


def test_rows_that_break_a_rule_leave_what_was_there(database: Database, tmp_path: Path) -> None:
    back_up(database, tmp_path / "a.backup")

    def orphan(lines: list[Any]) -> None:
        at = next(n for n, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == "saved_item")
        lines[at + 1][lines[at]["columns"].index("collection")] = 4711

    before = contents(database)
    with pytest.raises(DatabaseError):
        restore(database, rewritten(tmp_path / "a.backup", orphan), force=True)
    assert contents(database) == before


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    database: Database, empty: Database, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "a.backup")

    def older(lines: list[Any]) -> None:
        """As the first version wrote it: without the tables that came later."""
        lines[0]["revision"] = "0001"
        starts = [n for n, line in enumerate(lines) if isinstance(line, dict)]
        for start, end in reversed(list(zip(starts, [*starts[1:], len(lines)], strict=True))):
            if lines[start].get("table") == "history":
                del lines[start:end]

    restore(empty, rewritten(tmp_path / "a.backup", older))
    assert contents(empty) == contents(database) | {"history": []}
    assert empty.exists()


@pytest.mark.skipif(on_postgresql(), reason="speaks of a file")
def test_a_disk_that_fills_while_restoring_leaves_what_was_there(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        session.execute(
            insert(HistoryRow).values(
                document="large", paragraphs="0", form=1, build="b", built="x", path="p", sha256="1", facts="",
                snapshot=random.Random(1).randbytes(3_000_000),
            )
        )  # fmt: skip
    back_up(database, tmp_path / "a.backup")
    with closing(open_database(f"sqlite:///{tmp_path}/small.db")) as small:
        address = service.create(small, "原有的").address.edit
        assert address is not None
        code = (
            "import sys; from pathlib import Path; from indexer.errors import DatabaseError;"
            "from search_app.collections.backup import restore;"
            "from search_app.collections.database import open_database;"
            "\ntry: restore(open_database(sys.argv[1]), Path(sys.argv[2]), force=True)"
            "\nexcept DatabaseError as error: print(error)"
        )
        done = limited(1_000_000, code, f"sqlite:///{tmp_path}/small.db", str(tmp_path / "a.backup"))
        assert (done.returncode, "nothing was changed" in done.stdout) == (0, True), done.stderr
        assert service.read(small, address).title == "原有的"


def test_the_commands(
    database: Database, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    back_up(database, tmp_path / "a.backup")
    shutil.copytree(index, tmp_path / "index")
    folder = ["--index", str(tmp_path / "index")]
    assert main(["restore", str(tmp_path / "a.backup"), *folder]) == 0
    assert (
        capsys.readouterr().out
        == f"{tmp_path}/index.collections.db: 2 collections, 5 saved items, 3 documents of the history\n"
    )
    assert main(["restore", str(tmp_path / "a.backup"), *folder]) == 1
    assert "--force" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "index")  # the index can go; what people keep stays
    assert main(["backup", str(tmp_path / "b.backup"), *folder]) == 0
    assert main(["restore", "--force", str(tmp_path / "b.backup"), *folder]) == 0
    with closing(open_database(database_url(tmp_path / "index"))) as restored:
        assert contents(restored) == contents(database)
    assert main(["restore", str(tmp_path / "none"), *folder]) == 1
    assert "nothing was changed" in capsys.readouterr().err


def key_alone(url: str) -> str:
    with closing(open_database(url, wait=60)) as database:
        return signing_key(database)


def test_processes_that_ask_for_the_key_at_once_get_one(tmp_path: Path) -> None:
    with fresh_url(tmp_path) as url:
        keys = set(at_once(key_alone, [(url,)] * 3))
    assert len(keys) == 1
    assert len(keys.pop()) == 64
