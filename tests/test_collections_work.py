"""What collections cost as the database and the corpus grow: counted in steps and documents, not in milliseconds."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

from indexer.backend import DocumentSummary, SearchBackend, open_backend
from indexer.models import Document
from indexer.pipeline import build
from search_app.collections import service
from search_app.collections.database import Database, open_database
from search_app.collections.evidence import read_passage
from search_app.collections.links import links_of
from search_app.collections.listing import listed
from search_app.collections.models import SavedPassage
from search_app.collections.tables import CollectionRow, SavedItemRow

DOCUMENTS = 12


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(f"sqlite:///{tmp_path / 'collections.db'}")) as opened:
        yield opened


def save_elsewhere(database: Database, items: int) -> None:
    """Fill a collection of somebody else."""
    other = service.create(database).address
    with database.writing() as session:
        number = session.query(CollectionRow.number).order_by(CollectionRow.number.desc()).limit(1).scalar()
        rows = [
            {
                "collection": number,
                "id": secrets.token_hex(8),
                "kind": "search",
                "key": secrets.token_hex(32),
                "position": position,
                "content": "{}",
                "note": "",
                "tags": "[]",
                "saved": "2026-11-22T00:00:00+00:00",
            }
            for position in range(items)
        ]
        session.execute(insert(SavedItemRow), rows)
    assert listed(database, [other])[0].items == items


def steps(database: Database, addresses: Sequence[Any]) -> int:
    """Count the steps, by tens, that SQLite takes for the list of some collections."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    def begin(raw: Any, *_: Any) -> None:
        raw.set_progress_handler(count, 10)

    event.listen(database._engine, "checkout", begin)
    listed(database, addresses)
    event.remove(database._engine, "checkout", begin)
    return counted


def test_the_list_of_this_browser_costs_what_it_holds(database: Database) -> None:
    mine = [service.create(database, "随迁子女").address, service.create(database, "控辍保学").address]
    save_elsewhere(database, 10)
    few = steps(database, mine)
    save_elsewhere(database, 5_000)
    assert few > 0
    assert steps(database, mine) <= 2 * few


class Counting:
    """A backend that counts how often all documents are looked through, and the most that are held at once."""

    def __init__(self, backend: SearchBackend) -> None:
        self._backend = backend
        self.looked_through = self.most_held = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def documents(self) -> Sequence[DocumentSummary]:
        self.looked_through += 1
        return self._backend.documents()

    def document(self, document_id: str) -> Document:
        found = self._backend.document(document_id)
        self.most_held = max(self.most_held, sum(isinstance(each, Document) for each in gc.get_objects()))
        return found


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Counting]:
    (tmp_path / "texts").mkdir()
    for number in range(DOCUMENTS):
        text = (
            f"某市教育局{2010 + number}年工作要点\n一、工作\n1.落实控辍保学责任，劝返{number}人。\n2.做好招生工作。\n"
        )
        (tmp_path / "texts" / f"{number}.txt").write_text(text, "utf-8")
    build([tmp_path / "texts"], tmp_path / "index")
    with closing(open_backend(tmp_path / "index")) as backend:
        yield Counting(backend)


def passages_of(backend: Any) -> list[SavedPassage]:
    """Save a passage of each document."""
    ids = [backend.document(each.id).paragraphs[0].id for each in backend.documents()]
    return [read_passage(backend, each) for each in ids]


@pytest.mark.parametrize("known", [True, False], ids=["by id", "by text"])
def test_links_hold_few_documents_at_once_and_look_through_the_corpus_once(
    counting: Counting, database: Database, *, known: bool
) -> None:
    passages = passages_of(counting)
    assert len(passages) == DOCUMENTS
    if not known:  # ids of another corpus: what is left to look for is the text
        passages = [
            replace(each, paragraph=f"{'abcdefghijkl'[at] * 11}{each.paragraph[11:]}")
            for at, each in enumerate(passages)
        ]
    gc.collect()
    before = sum(isinstance(each, Document) for each in gc.get_objects())
    counting.looked_through = counting.most_held = 0
    found = links_of(counting, database, passages)  # type: ignore[arg-type]
    assert [found[each.paragraph].status for each in passages] == ["current" if known else "moved"] * DOCUMENTS
    assert counting.looked_through == (0 if known else 1)
    assert counting.most_held - before <= 3
