"""Collections: what is saved is the text of the index, and no change of another editor is lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from indexer.backend import SearchBackend, open_backend
from indexer.errors import (
    DeletedError,
    ForbiddenError,
    ParameterError,
    QuerySyntaxError,
    StaleError,
    TooLargeError,
    UnknownIdError,
)
from indexer.pipeline import build
from indexer.query import parse_query
from search_app import create_app
from search_app.collections import addresses, models, opening, service
from search_app.collections.clock import days_before, now
from search_app.collections.database import Database, open_database
from search_app.collections.links import links_of
from search_app.collections.models import SavedComparison, SavedPassage, SavedSearch
from search_app.collections.tables import CollectionRow, SavedItemRow
from search_app.collections.watching import news
from search_app.history.recording import recorder
from tests.databases import fresh_url
from tests.processes import at_once


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with fresh_url(tmp_path) as made:
        yield made


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(open_database(url, wait=60)) as opened:
        yield opened


@pytest.fixture
def address(database: Database) -> str:
    made = service.create(database, "随迁子女", "与各地比较").address.edit
    assert made is not None
    return made


def some_paragraphs(backend: SearchBackend, text: str = "教师", count: int = 5) -> list[str]:
    return [hit.paragraph.id for hit in backend.search(parse_query(text, per_page=count)).hits]


def test_a_passage_is_saved_as_it_stands_in_the_document(
    database: Database, backend: SearchBackend, address: str
) -> None:
    for paragraph in some_paragraphs(backend):
        service.save_passage(database, backend, address, paragraph, note="比较", tags=["教师"])
    found = service.read(database, address)
    assert [item.kind for item in found.items] == ["passage"] * 5
    for item in found.items:
        assert isinstance(item.content, SavedPassage)
        document, paragraph = backend.paragraph(item.content.paragraph)
        record = document.source.text
        assert item.content.text == paragraph.text == "".join(record[a:b] for a, b in item.content.segments)
        start, end = item.content.segments[0][0], item.content.segments[-1][1]
        assert record[:start].endswith(item.content.prefix)
        assert record[end:].startswith(item.content.suffix)
        assert len(item.content.prefix) == min(200, start)
        assert item.content.document.title == document.metadata.title
        assert item.content.document.sha256 == document.source.sha256
        assert item.content.build == backend.corpus().build
        assert (item.note, item.tags) == ("比较", ("教师",))


def test_the_same_passage_is_one_item_however_often_it_is_saved(
    database: Database, backend: SearchBackend, address: str
) -> None:
    (paragraph,) = some_paragraphs(backend, count=1)
    first = service.save_passage(database, backend, address, paragraph, note="一")
    again = service.save_passage(database, backend, address, paragraph, note="二")
    assert (first.created, again.created) == (True, False)
    assert first.item == again.item
    assert first.version == again.version == 2
    assert [item.note for item in service.read(database, address).items] == ["一"]


def test_a_deleted_item_comes_back_by_undo_and_by_saving_again(
    database: Database, backend: SearchBackend, address: str
) -> None:
    one, two = some_paragraphs(backend, count=2)
    item = service.save_passage(database, backend, address, one, note="留着").item
    service.save_passage(database, backend, address, two)
    assert item is not None
    gone = service.delete_item(database, address, item.id, None)
    found = service.read(database, address)
    assert [each.id for each in found.deleted_items] == [item.id]
    assert len(found.items) == 1
    assert service.read(database, found.address.read).deleted_items == ()
    service.restore_item(database, address, item.id, gone.version)
    assert service.read(database, address).items[0].id == item.id
    service.delete_item(database, address, item.id, None)
    again = service.save_passage(database, backend, address, one)
    assert again.created
    assert again.item is not None
    assert (again.item.id, again.item.note) == (item.id, "留着")
    assert [each.id for each in service.read(database, address).items][-1] == item.id


def test_the_reading_address_reads_and_changes_nothing(
    database: Database, backend: SearchBackend, address: str
) -> None:
    (paragraph,) = some_paragraphs(backend, count=1)
    item = service.save_passage(database, backend, address, paragraph).item
    assert item is not None
    reading = service.read(database, address).address.read
    found = service.read(database, reading)
    assert (found.title, found.items, found.address.edit) == ("随迁子女", (item,), None)
    assert address not in repr(found)
    before = service.read(database, address)
    for change in (
        lambda: service.edit(database, reading, None, title="改"),
        lambda: service.delete_collection(database, reading, None),
        lambda: service.restore_collection(database, reading, None),
        lambda: service.save_passage(database, backend, reading, paragraph),
        lambda: service.save_search(database, backend, reading, "/?q=教师"),
        lambda: service.save_comparison(database, backend, reading, "/compare?q=教师"),
        lambda: service.edit_item(database, reading, item.id, None, note="改"),
        lambda: service.mark_seen(database, backend, reading, item.id, None),
        lambda: service.reorder(database, reading, [item.id], None),
        lambda: service.delete_item(database, reading, item.id, None),
        lambda: service.restore_item(database, reading, item.id, None),
    ):
        with pytest.raises(ForbiddenError):
            change()
    assert service.read(database, address) == before


def test_the_database_holds_neither_address(database: Database, address: str, tmp_path: Path) -> None:
    reading = service.read(database, address).address.read
    with database.reading() as session:
        for table in (CollectionRow, SavedItemRow):
            for row in session.scalars(select(table)):
                values = {str(value) for name, value in vars(row).items() if not name.startswith("_")}
                assert not values & {address, reading}
    for file in tmp_path.glob("*.db*"):
        assert address.encode() not in file.read_bytes()
        assert reading.encode() not in file.read_bytes()


def test_addresses_lead_one_way_and_are_never_alike() -> None:
    made = [addresses.new_address() for _ in range(100)]
    assert len({each.edit for each in made} | {each.read for each in made}) == 200
    for each in made:
        assert each.edit is not None
        assert addresses.read_address(each.edit.upper()) == each
        assert addresses.read_address(each.read).edit is None
        # what reads is no beginning, end or other spelling of what edits
        assert each.read[1:] not in addresses._from_edit(each.read.replace("r", "e", 1)).read
    for wrong in ("", "e", "e" + "a" * 31, "x" + "a" * 32, "e" + "1" * 32, "e" + "a" * 33, "../" + "a" * 30):
        with pytest.raises(UnknownIdError):
            addresses.read_address(wrong)


def test_an_unknown_address_is_unknown_and_is_not_repeated(database: Database, address: str) -> None:
    other = addresses.new_address()
    assert other.edit is not None
    for wrong in (other.edit, other.read, "e" + address[1:-1] + ("a" if address[-1] != "a" else "b")):
        with pytest.raises(UnknownIdError) as caught:
            service.read(database, wrong)
        assert wrong not in str(caught.value)
    with pytest.raises(UnknownIdError):
        service.edit(database, other.edit, None, title="无")


def test_of_two_editors_the_second_is_refused_until_it_has_read(database: Database, address: str) -> None:
    version = service.read(database, address).version
    service.edit(database, address, version, title="甲")
    with pytest.raises(StaleError):
        service.edit(database, address, version, title="乙")
    assert service.read(database, address).title == "甲"
    service.edit(database, address, service.read(database, address).version, title="乙")
    assert service.read(database, address).title == "乙"


def test_threads_that_edit_at_once_lose_nothing(database: Database, address: str) -> None:
    refused: list[int] = []

    def append(mark: str) -> None:
        for _ in range(10):
            while True:
                found = service.read(database, address)
                try:
                    service.edit(database, address, found.version, note=found.note + mark)
                    break
                except StaleError:
                    refused.append(1)

    threads = [threading.Thread(target=append, args=(mark,)) for mark in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    note = service.read(database, address).note
    assert [note.count(mark) for mark in "甲乙丙丁"] == [10] * 4
    assert service.read(database, address).version == 41


def save_alone(url: str, index: str, address: str, *paragraphs: str) -> None:
    with closing(open_database(url, wait=60)) as database, closing(open_backend(Path(index))) as backend:
        for each in paragraphs:
            service.save_passage(database, backend, address, each)


def test_processes_that_save_at_once_lose_nothing(
    url: str, database: Database, backend: SearchBackend, index: Path, address: str
) -> None:
    paragraphs = some_paragraphs(backend, count=24)
    assert len(paragraphs) == 24
    # Each paragraph is saved by two of them.
    shares = [paragraphs[:12], paragraphs[6:18], paragraphs[12:], paragraphs[18:] + paragraphs[:6]]
    at_once(save_alone, [(url, str(index), address, *random.sample(share, 12)) for share in shares])
    items = service.read(database, address).items
    assert sorted(item.content.paragraph for item in items if isinstance(item.content, SavedPassage)) == sorted(
        paragraphs
    )
    assert len({item.id for item in items}) == 24
    assert service.read(database, address).version == 25


def test_items_are_moved_and_put_in_order(database: Database, backend: SearchBackend, address: str) -> None:
    for paragraph in some_paragraphs(backend):
        service.save_passage(database, backend, address, paragraph)
    ids = [item.id for item in service.read(database, address).items]

    def order() -> list[str]:
        return [item.id for item in service.read(database, address).items]

    service.reorder(database, address, ids[::-1], None)
    assert order() == ids[::-1]
    service.edit_item(database, address, ids[0], None, position=1)
    assert order() == [ids[0], *ids[:0:-1]]
    service.edit_item(database, address, ids[0], None, position=5)
    assert order() == ids[::-1]
    service.edit_item(database, address, ids[4], None, position=3)
    assert order() == [ids[3], ids[2], ids[4], ids[1], ids[0]]
    for wrong in (ids[:4], [*ids, ids[0]], [*ids[:4], ids[0]], [*ids[:4], "无"], []):
        with pytest.raises(ParameterError):
            service.reorder(database, address, wrong, None)
    for position in (0, 6, -1):
        with pytest.raises(ParameterError):
            service.edit_item(database, address, ids[0], None, position=position)


def test_an_item_brought_back_later_stands_in_one_place(
    database: Database, backend: SearchBackend, address: str
) -> None:
    for paragraph in some_paragraphs(backend, count=3):
        service.save_passage(database, backend, address, paragraph)
    first, second, third = (item.id for item in service.read(database, address).items)
    service.delete_item(database, address, second, None)
    service.edit_item(database, address, third, None, position=1)
    service.restore_item(database, address, second, None)
    for _ in range(3):
        assert [item.id for item in service.read(database, address).items] == [third, first, second]
    service.edit_item(database, address, second, None, position=2)
    assert [item.id for item in service.read(database, address).items] == [third, second, first]


def test_a_deleted_collection_is_gone_until_it_is_brought_back(database: Database, address: str) -> None:
    gone = service.delete_collection(database, address, 1)
    with pytest.raises(DeletedError, match="恢复"):
        service.read(database, address)
    with pytest.raises(DeletedError):
        service.edit(database, address, None, title="改")
    back = service.restore_collection(database, address, gone.version)
    assert service.read(database, address).version == back.version == 3


def test_what_was_deleted_long_ago_is_removed_for_good(
    database: Database, backend: SearchBackend, address: str
) -> None:
    other = service.create(database, "别的").address.edit
    assert other is not None
    one, two, three = some_paragraphs(backend, count=3)
    for paragraph in (one, two, three):
        service.save_passage(database, backend, address, paragraph)
        service.save_passage(database, backend, other, paragraph)
    first, second, _ = service.read(database, address).items
    service.delete_item(database, address, first.id, None)
    service.delete_item(database, address, second.id, None)
    service.delete_collection(database, other, None)
    with database.writing() as session:
        session.execute(update(SavedItemRow).where(SavedItemRow.id == first.id).values(deleted=days_before(now(), 31)))
        session.execute(
            update(CollectionRow).where(CollectionRow.deleted.is_not(None)).values(deleted=days_before(now(), 31))
        )
    service.create(database)
    found = service.read(database, address)
    assert [item.id for item in found.deleted_items] == [second.id]
    with pytest.raises(UnknownIdError):
        service.restore_collection(database, other, None)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SavedItemRow)) == 2


def test_a_search_is_saved_by_its_one_address_and_says_what_is_new(
    database: Database, address: str, tmp_path: Path
) -> None:
    (tmp_path / "texts").mkdir()
    first = tmp_path / "texts" / "a.txt"
    first.write_text("某市教育局2017年工作要点\n一、工作\n1.落实控辍保学责任。\n2.做好教师培训工作。\n", "utf-8")
    index = tmp_path / "index"
    build([tmp_path / "texts"], index)
    with closing(open_backend(index)) as backend:
        item = service.save_search(
            database, backend, address, "http://127.0.0.1:8000/?page=2&q=%E6%8E%A7%E8%BE%8D%E4%BF%9D%E5%AD%A6&explain=1"
        ).item
        assert item is not None
        assert isinstance(item.content, SavedSearch)
        assert (item.content.url, item.content.total) == ("/?q=%E6%8E%A7%E8%BE%8D%E4%BF%9D%E5%AD%A6", 1)
        assert not service.save_search(database, backend, address, "/?q=控辍保学&per_page=50").created
        assert news(backend, item.content, now()).new == ()
        # A correction elsewhere in the document gives its paragraphs other ids, and is no news; another document is.
        first.write_text(first.read_text("utf-8").replace("做好教师", "做好全市教师"), "utf-8")
        second = tmp_path / "texts" / "b.txt"
        second.write_text("某县教育局2018年工作要点\n一、工作\n1.落实控辍保学责任。\n2.控辍保学动态清零。\n", "utf-8")
        build([tmp_path / "texts"], index)
        found = news(backend, item.content, now())
        assert {hit.paragraph.text for hit in found.new} == {"1.落实控辍保学责任。", "2.控辍保学动态清零。"}
        assert {hit.document.metadata.title for hit in found.new} == {"某县教育局2018年工作要点"}
        assert (found.then.total, found.now.total, found.gone, found.complete) == (1, 3, 0, True)
        service.mark_seen(database, backend, address, item.id, None)
        seen = service.read_item(database, address, item.id).content
        assert isinstance(seen, SavedSearch)
        assert (seen.total, news(backend, seen, now()).new) == (3, ())
        first.unlink()
        build([tmp_path / "texts"], index)
        found = news(backend, seen, now())
        assert (found.now.total, found.new, found.gone) == (2, (), 1)


def test_a_comparison_is_saved_by_its_address(database: Database, backend: SearchBackend, address: str) -> None:
    item = service.save_comparison(database, backend, address, "/compare?q=随迁子女&city=武汉&fade=1").item
    assert item is not None
    assert isinstance(item.content, SavedComparison)
    assert item.content.topic == "随迁子女"
    assert "city=%E6%AD%A6%E6%B1%89%E5%B8%82" in item.content.url
    assert "fade" not in item.content.url
    left, right = (each.id for each in backend.documents()[:2])
    both = service.save_comparison(database, backend, address, f"/compare?left={left}&right={right}").item
    assert both is not None
    assert isinstance(both.content, SavedComparison)
    assert both.content.titles == tuple(backend.document(each).metadata.title for each in (left, right))


@pytest.mark.parametrize(
    ("save", "address_of_page"),
    [
        (service.save_search, "/d/abc?q=教师"),
        (service.save_search, "/?page=2"),
        (service.save_search, "javascript:alert(1)//?q=教师"),
        (service.save_search, "file:///?q=教师"),
        (service.save_search, "//[/?q=教师"),
        (service.save_search, "/?q=%ff%fe"),
        (service.save_search, "/?q=教师&" + "city=武汉&" * 600),
        (service.save_search, "/?q=教师 OR"),
        (service.save_comparison, "/?q=教师"),
        (service.save_comparison, "/compare"),
        (service.save_comparison, "/compare?left=abc&q=教师"),
    ],
)
def test_an_address_that_is_none_of_ours_is_refused(
    database: Database, backend: SearchBackend, address: str, save: object, address_of_page: str
) -> None:
    with pytest.raises((ParameterError, QuerySyntaxError)):
        save(database, backend, address, address_of_page)  # type: ignore[operator]
    assert service.read(database, address).items == ()


def test_what_is_too_much_is_refused(
    database: Database, backend: SearchBackend, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TooLargeError):
        service.edit(database, address, None, note="长" * (models.MAX_NOTE + 1))
    with pytest.raises(TooLargeError):
        service.edit(database, address, None, title="长" * (models.MAX_TITLE + 1))
    with pytest.raises(ParameterError, match="U\\+0000"):
        service.edit(database, address, None, note="a\x00b")
    one, two = some_paragraphs(backend, count=2)
    with pytest.raises(TooLargeError):
        service.save_passage(database, backend, address, one, tags=[str(n) for n in range(models.MAX_TAGS + 1)])
    monkeypatch.setattr(opening, "MAX_ITEMS", 1)
    service.save_passage(database, backend, address, one)
    with pytest.raises(TooLargeError, match="满"):
        service.save_passage(database, backend, address, two)
    assert not service.save_passage(database, backend, address, one).created
    found = service.read(database, address)
    assert (found.title, found.note, len(found.items)) == ("随迁子女", "与各地比较", 1)


def test_notes_come_back_as_they_were_written(database: Database, address: str) -> None:
    note = "𠮷與“吉”：<b>不是标记</b>\n\t缩进；'; DROP TABLE collection; -- 100% \\u0041 é e\u0301"
    service.edit(database, address, None, note=note)
    assert service.read(database, address).note == note


def test_links_say_what_still_stands(database: Database, backend: SearchBackend, address: str) -> None:
    for paragraph in some_paragraphs(backend):
        service.save_passage(database, backend, address, paragraph)
    passages = [
        item.content for item in service.read(database, address).items if isinstance(item.content, SavedPassage)
    ]
    found = links_of(backend, database, passages)
    assert {link.status for link in found.values()} == {"current"}
    shown = [found[each.paragraph].paragraph for each in passages]
    assert [each and each.text for each in shown] == [each.text for each in passages]


PLAN = (
    "某市教育局2017年工作要点\n一、工作\n1.落实控辍保学责任，对辍学学生逐一劝返，做到动态清零。\n"
    "2.做好全市教师培训工作，三年内轮训一遍。\n3.加强学校食堂管理，公开饭菜价格。\n"
)
SAFETY = "某县2018年学校安全工作要点\n一、安全\n1.开展校车安全检查。\n2.开展消防演练。\n"


@pytest.mark.parametrize("kept", [True, False], ids=["history", "evidence"])
def test_links_are_followed_when_documents_change(
    database: Database, address: str, tmp_path: Path, *, kept: bool
) -> None:
    """With the history of ids, and without: what was saved is enough to find it in what stands for its document."""
    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    (folder / "a.txt").write_text(PLAN, "utf-8")
    (folder / "b.txt").write_text(SAFETY, "utf-8")
    build([folder], index)
    with closing(open_backend(index)) as backend:
        for document in backend.documents():
            for paragraph in backend.document(document.id).paragraphs:
                service.save_passage(database, backend, address, paragraph.id)
        (folder / "a.txt").write_text(PLAN.replace("三年内轮训", "两年内轮训"), "utf-8")
        (folder / "b.txt").unlink()
        build([folder], index, history=recorder(database) if kept else None)
        passages = [
            each.content for each in service.read(database, address).items if isinstance(each.content, SavedPassage)
        ]
        found = links_of(backend, database, passages)
        status = {each.text[:4]: found[each.paragraph].status for each in passages}
        assert status == {"1.落实": "moved", "2.做好": "changed", "3.加强": "moved", "1.开展": "gone", "2.开展": "gone"}
        client = create_app(backend, database=database).test_client()
        items = client.get(f"/api/v1/collections/{address}").get_json()["items"]
        (changed,) = (item for item in items if item["link"]["status"] == "changed")
        assert "三年内轮训" in changed["passage"]["text"]
        assert "两年内轮训" in changed["link"]["text"]
        assert {"op": "delete", "text": "三年"} in changed["link"]["diff"]
        assert [item["link"]["text"] for item in items if item["link"]["status"] == "gone"] == [None, None]
