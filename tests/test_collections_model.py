"""Any sequence of changes leaves a collection as a list in memory would be, for each of its two addresses."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from indexer.backend import SearchBackend
from indexer.errors import DeletedError, StaleError, UnknownIdError
from indexer.query import parse_query
from search_app.collections import service
from search_app.collections.database import open_database
from search_app.collections.models import SavedPassage
from tests.databases import fresh_url

WRITTEN = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=20)


class Collections(RuleBasedStateMachine):
    """One collection, and what it should hold: paragraphs in order with their notes, and the deleted ones."""

    backend: ClassVar[SearchBackend]
    paragraphs: ClassVar[list[str]]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.database = self.stack.enter_context(
            closing(open_database(self.stack.enter_context(fresh_url(folder)), wait=60))
        )

    @initialize()
    def make(self) -> None:
        address = service.create(self.database, "原题").address
        assert address.edit is not None
        self.edit, self.reading, self.version = address.edit, address.read, 1
        self.order: list[str] = []
        self.notes: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.title, self.gone = "原题", False

    def changed(self, version: int) -> None:
        self.version += 1
        assert version == self.version

    @precondition(lambda self: not self.gone)
    @rule(at=st.integers(0, 5), note=WRITTEN)
    def save(self, at: int, note: str) -> None:
        paragraph = self.paragraphs[at]
        done = service.save_passage(self.database, self.backend, self.edit, paragraph, note=note)
        assert done.item is not None
        assert done.created == (paragraph not in self.order)
        if done.created:
            self.version += 1
            self.order.append(paragraph)
            self.notes[paragraph] = note
            self.deleted.discard(paragraph)
        assert done.version == self.version
        assert self.ids.setdefault(paragraph, done.item.id) == done.item.id

    @precondition(lambda self: not self.gone and self.order)
    @rule(data=st.data(), note=WRITTEN)
    def write_note(self, data: st.DataObject, note: str) -> None:
        paragraph = data.draw(st.sampled_from(self.order))
        self.changed(service.edit_item(self.database, self.edit, self.ids[paragraph], self.version, note=note).version)
        self.notes[paragraph] = note

    @precondition(lambda self: not self.gone and self.order)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        paragraph = data.draw(st.sampled_from(self.order))
        position = data.draw(st.integers(1, len(self.order)))
        self.changed(
            service.edit_item(self.database, self.edit, self.ids[paragraph], self.version, position=position).version
        )
        self.order.remove(paragraph)
        self.order.insert(position - 1, paragraph)

    @precondition(lambda self: not self.gone)
    @rule(data=st.data())
    def put_in_order(self, data: st.DataObject) -> None:
        order = data.draw(st.permutations(self.order))
        self.changed(
            service.reorder(self.database, self.edit, [self.ids[each] for each in order], self.version).version
        )
        self.order = order

    @precondition(lambda self: not self.gone and self.order)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        paragraph = data.draw(st.sampled_from(self.order))
        self.changed(service.delete_item(self.database, self.edit, self.ids[paragraph], self.version).version)
        self.order.remove(paragraph)
        self.deleted.add(paragraph)
        with pytest.raises(UnknownIdError):
            service.edit_item(self.database, self.edit, self.ids[paragraph], None, note="无")

    @precondition(lambda self: not self.gone and self.order)
    @rule(data=st.data())
    def delete_and_undo(self, data: st.DataObject) -> None:
        """What is undone at once stands where it stood."""
        paragraph = data.draw(st.sampled_from(self.order))
        self.changed(service.delete_item(self.database, self.edit, self.ids[paragraph], self.version).version)
        self.changed(service.restore_item(self.database, self.edit, self.ids[paragraph], self.version).version)

    @rule(title=WRITTEN)
    def change_or_be_refused(self, title: str) -> None:
        for stale in (self.version - 1, self.version + 1):
            with pytest.raises(StaleError):
                service.edit(self.database, self.edit, stale, title="不会写入")
        if self.gone:
            with pytest.raises(DeletedError):
                service.edit(self.database, self.edit, self.version, title=title)
            return
        self.changed(service.edit(self.database, self.edit, self.version, title=title).version)
        self.title = title

    @rule()
    def delete_or_bring_back_all(self) -> None:
        change = service.restore_collection if self.gone else service.delete_collection
        self.changed(change(self.database, self.edit, self.version).version)
        self.gone = not self.gone

    @invariant()
    def is_as_it_should_be(self) -> None:
        if not hasattr(self, "gone"):
            return
        for address in (self.edit, self.reading):
            if self.gone:
                with pytest.raises(DeletedError):
                    service.read(self.database, address)
                continue
            found = service.read(self.database, address)
            shown = {}
            for item in found.items:
                assert isinstance(item.content, SavedPassage)
                shown[item.content.paragraph] = item.note
            assert list(shown) == self.order
            assert shown == {paragraph: self.notes[paragraph] for paragraph in self.order}
            assert (found.title, found.version) == (self.title, self.version)
            ids = {item.id for item in found.deleted_items}
            assert ids == ({self.ids[each] for each in self.deleted} if address == self.edit else set())

    def teardown(self) -> None:
        self.stack.close()


def test_a_collection_is_what_its_changes_make_of_it(backend: SearchBackend) -> None:
    hits = backend.search(parse_query("教师", per_page=6)).hits

    class OfThisIndex(Collections):
        pass

    OfThisIndex.backend, OfThisIndex.paragraphs = backend, [hit.paragraph.id for hit in hits]
    run_state_machine_as_test(OfThisIndex, settings=settings(max_examples=15, stateful_step_count=20))
