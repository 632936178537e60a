"""Our codec under Whoosh against Whoosh's own: the same documents, terms, counts, whatever was done to it."""

from __future__ import annotations

import os
import pickle
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whoosh import index, query, scoring
from whoosh.filedb.filestore import RamStorage
from whoosh.writing import CLEAR, BufferedWriter

from indexer.errors import IndexBrokenError, IndexBusyError
from indexer.whoosh_backend.codec import stored
from indexer.whoosh_backend.codec.container import ArrayWriter
from indexer.whoosh_backend.codec.contents import read_toc, write_lock, write_toc
from indexer.whoosh_backend.codec.index import ArrayIndex, create_index, damaged, open_index
from indexer.whoosh_backend.codec.merge import merge_words
from indexer.whoosh_backend.codec.segment import ArraySegment, new_name
from indexer.whoosh_backend.codec.words_writer import WordsWriter
from tests.oracle import WORDS, Pair, any_query, schema, text

FIELDS = ("body", "section", "bag", "marked", "city", "tags", "year", "share", "published", "valid", "id")


def hits(searcher: Any, wanted: query.Query) -> list[str]:
    """Ids of the documents found, sorted; counted from the hits, since Whoosh miscounts NOT over several segments."""
    return sorted(hit["id"] for hit in searcher.search(wanted, limit=None))


def outcome(stock: Any, wanted: query.Query) -> list[str] | None:
    """The ids found over the stock codec, or ``None``: some combinations fail there, asking an ended matcher."""
    try:
        return hits(stock, wanted)
    except (IndexError, NotImplementedError):
        return None


def assert_same_answers(pair: Pair, seed: int, queries: int) -> None:
    chance = random.Random(seed)
    stock, ours = (one.searcher() for one in pair.indexes)
    with stock, ours:
        failed = found = 0
        for _ in range(queries):
            wanted = any_query(chance)
            expected = outcome(stock, wanted)
            if expected is None:
                failed += 1
                continue
            assert hits(ours, wanted) == expected, wanted
            found += len(expected)
        assert failed < queries / 10 + 2
        assert found or not ours.doc_count()


def assert_same_contents(pair: Pair, merged: bool = False) -> None:
    stock, ours = (one.reader() for one in pair.indexes)
    assert ours.doc_count() == stock.doc_count()
    assert ours.doc_count_all() == stock.doc_count_all()
    assert list(ours.all_doc_ids()) == list(stock.all_doc_ids())
    assert list(ours.iter_docs()) == list(stock.iter_docs())
    assert list(ours.all_terms()) == list(stock.all_terms())
    for name in FIELDS:
        assert ours.field_length(name) == sum(ours.doc_field_length(n, name) for n in range(ours.doc_count_all()))
        if not merged:  # stock adds rounded lengths up again when it merges
            assert ours.field_length(name) == stock.field_length(name)
        for (term, mine), (_, other) in zip(ours.iter_field(name, b""), stock.iter_field(name, b""), strict=True):
            assert mine.doc_frequency() == other.doc_frequency()
            assert mine.weight() == pytest.approx(other.weight())
            assert mine.max_weight() == pytest.approx(other.max_weight())
            assert (mine.min_id(), mine.max_id()) == (other.min_id(), other.max_id())
            assert ours.frequency(name, term) == pytest.approx(stock.frequency(name, term))
            assert ours.doc_frequency(name, term) == stock.doc_frequency(name, term)
            assert walked(ours.postings(name, term), name) == walked(stock.postings(name, term), name)
    for number in ours.all_doc_ids():
        assert ours.has_vector(number, "marked") == bool(stock.has_vector(number, "marked"))
        if ours.has_vector(number, "marked"):
            mine, other = (list(one.vector_as("frequency", number, "marked")) for one in (ours, stock))
            assert mine == other
    for name in ("city", "year"):
        assert list(ours.column_reader(name)) == list(stock.column_reader(name))
    ours.close()
    stock.close()


def walked(matcher: Any, name: str) -> list[tuple[Any, ...]]:
    found = []
    while matcher.is_active():
        places = matcher.value_as("positions") if name in ("body", "section", "marked") else None
        spans = [(span.startchar, span.endchar) for span in matcher.spans()] if name == "marked" else None
        value = matcher.value() or b""  # stock says None where nothing is stored
        found.append((matcher.id(), matcher.weight(), value, matcher.value_as("frequency"), places, spans))
        matcher.next()
    return found


def test_whoosh_answers_alike_over_both_codecs(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    for step in range(3):
        pair.write(step, add=20, update=5 * step, delete=3 * step, merge=False)
    assert len(read_toc(tmp_path / "ours")) == 3
    assert_same_contents(pair)
    assert_same_answers(pair, 1, 60)
    assert list(damaged(tmp_path / "ours")) == []
    pair.write(9, add=5, optimize=True)
    assert len(read_toc(tmp_path / "ours")) == 1
    assert_same_contents(pair, merged=True)
    assert_same_answers(pair, 2, 30)
    pair.write(10, add=3, mergetype=CLEAR)
    assert_same_contents(pair)


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_changes_leaves_both_alike(tmp_path: Path, seed: int) -> None:
    chance, pair = random.Random(seed), Pair(tmp_path)
    for step in range(chance.randrange(2, 7)):
        how = chance.choice([{"merge": False}, {"merge": False}, {}, {"optimize": True}])
        pair.write(seed * 100 + step, chance.randrange(12), chance.randrange(6), chance.randrange(6), **how)
        assert_same_answers(pair, seed * 100 + step, 15)


def test_the_best_ten_are_the_first_ten_of_all(tmp_path: Path) -> None:
    """Blocks of postings are skipped by the best score that they could reach; none that belongs among them is lost."""
    chance, ours = random.Random(5), create_index(tmp_path, schema())
    for part in range(2):
        writer = ours.writer()
        for number in range(400):
            writer.add_document(id=f"{part}-{number}", body=text(chance, 30), section=text(chance, 4))
        writer.commit(merge=False)
    for weighting in (scoring.BM25F(), scoring.TF_IDF(), scoring.Frequency()):
        with ours.searcher(weighting=weighting) as searcher:
            for _ in range(20):
                terms = [query.Term("body", word) for word in chance.sample(WORDS, 3)]
                for wanted in (terms[0], query.Or(terms), query.And(terms[:2]), query.AndMaybe(terms[0], terms[1])):
                    scores = [hit.score for hit in searcher.search(wanted, limit=None)]
                    assert [hit.score for hit in searcher.search(wanted, limit=10)] == pytest.approx(scores[:10])


def test_lengths_are_exact_and_count_deleted_documents_until_a_merge(tmp_path: Path) -> None:
    ours = create_index(tmp_path, schema())
    writer = ours.writer()
    for number, length in enumerate([300, 7, 1000]):
        writer.add_document(id=str(number), body=" ".join(["教育"] * length))
    writer.commit()
    ours.delete_by_term("id", "1")
    with ours.reader() as reader:
        assert [reader.doc_field_length(number, "body") for number in range(3)] == [300, 7, 1000]
        assert (reader.field_length("body"), reader.min_field_length("body"), reader.max_field_length("body")) == (
            1307,
            7,
            1000,
        )
        assert reader.doc_frequency("body", "教育") == 3
    ours.optimize()
    with ours.reader() as reader:
        assert reader.field_length("body") == 1300
        assert reader.doc_frequency("body", "教育") == 2


def test_a_document_comes_back_when_its_deletion_is_undone(tmp_path: Path) -> None:
    ours = create_index(tmp_path, schema())
    writer = ours.writer()
    for number in range(9):
        writer.add_document(id=str(number), body="教育")
    writer.commit()
    for delete, left in ((True, 8), (False, 9)):
        writer = ours.writer()
        writer.delete_document(4, delete=delete)
        writer.commit(merge=False)
        with ours.searcher() as searcher:
            assert len(hits(searcher, query.Term("body", "教育"))) == searcher.doc_count() == left


def test_a_buffered_writer_writes_our_segments(tmp_path: Path) -> None:
    ours = create_index(tmp_path, schema())
    writer = BufferedWriter(ours, period=None, limit=4)
    for number in range(10):
        writer.add_document(id=str(number), body="教育 督导")
    writer.update_document(id="3", body="评估")
    with writer.searcher() as searcher:
        assert len(hits(searcher, query.Term("body", "督导"))) == 9
    writer.close()
    assert all(isinstance(segment, ArraySegment) for segment in read_toc(tmp_path))
    with index.open_dir(tmp_path).searcher() as searcher:
        assert len(hits(searcher, query.Term("body", "督导"))) == 9


# Segments written directly.


def written(folder: Path, texts: list[str], prefix: str = "") -> ArraySegment:
    writer = WordsWriter(["id", "body"])
    for number, words in enumerate(texts):
        writer.add("id", [f"{prefix}{number}"], [0])
        terms = words.split()
        writer.add("body", terms, range(len(terms)))
        writer.next()
    segment = ArraySegment(new_name(), len(texts))
    writer.write(segment.file(folder, ".words"))
    return segment


class Numbered:
    """Stored fields as a store of documents answers for them."""

    def __init__(self, path: Path) -> None:
        self._prefix = path.read_text("utf-8")

    def stored_fields(self, number: int) -> dict[str, Any]:
        return {"id": f"{self._prefix}{number}"}


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "_READERS", dict(stored._READERS))
    stored.register(".texts", Numbered)


@pytest.mark.usefixtures("numbered")
def test_segments_written_directly_answer_as_those_that_whoosh_wrote(tmp_path: Path) -> None:
    chance = random.Random(11)
    parts = [[text(chance, 12) for _ in range(40)] for _ in range(3)]
    gone = [np.array([chance.random() < 0.2 for _ in part]) for part in parts]
    direct = tmp_path / "direct"
    direct.mkdir()
    with write_lock(direct):
        segments = []
        for number, part in enumerate(parts):
            segment = written(direct, part, f"{number}-")
            segment.file(direct, ".texts").write_text(f"{number}-", "utf-8")
            segments.append(segment.without(direct, gone[number]) if number else segment)
        write_toc(direct, schema(), segments)
    stock = index.create_in(tmp_path, schema())
    for number, part in enumerate(parts):
        writer = stock.writer()
        for at, words in enumerate(part):
            writer.add_document(id=f"{number}-{at}", body=words)
        writer.commit(merge=False)
    writer = stock.writer()
    for number in (1, 2):
        for at in np.flatnonzero(gone[number]):
            writer.delete_by_term("id", f"{number}-{at}")
    writer.commit(merge=False)
    with index.open_dir(direct).searcher() as ours, stock.searcher() as theirs:
        assert ours.doc_count() == theirs.doc_count() < ours.doc_count_all() == 120
        for _ in range(150):
            wanted = any_query(chance, 2)
            expected = outcome(theirs, wanted)
            assert expected is None or hits(ours, wanted) == expected, wanted
    merged = ArraySegment(new_name(), sum(segment.doc_count() for segment in segments))
    words = [(segment.words(direct), deleted) for segment in segments for deleted in [segment.deleted(direct)]]
    merge_words([(of, None if deleted is None else ~deleted) for of, deleted in words], merged.file(direct, ".words"))
    write_toc(direct, schema(), [merged])
    assert {path.name.split(".")[0] for path in direct.glob("MAIN_*.*")} == {merged.name}
    stock.optimize()
    with index.open_dir(direct).reader() as ours_, stock.reader() as theirs_:
        assert list(ours_.lexicon("body")) == list(theirs_.lexicon("body"))
        for term in ours_.lexicon("body"):
            assert walked(ours_.postings("body", term), "body") == walked(theirs_.postings("body", term), "body")


def test_texts_that_nobody_reads_are_refused_not_taken_for_none(tmp_path: Path) -> None:
    segment = written(tmp_path, ["教育"])
    segment.file(tmp_path, ".texts").write_text("0-", "utf-8")
    write_toc(tmp_path, schema(), [segment])
    if ".texts" not in stored._READERS:
        with index.open_dir(tmp_path).reader() as reader, pytest.raises(IndexBrokenError, match="import the store"):
            reader.stored_fields(0)


def test_an_array_by_paragraph_is_a_column(tmp_path: Path) -> None:
    segment = written(tmp_path, ["教育", "教育", "督导"])
    with ArrayWriter(segment.file(tmp_path, ".columns")) as writer:
        writer.add("year", np.array([2017, 2025, 2020], np.uint16))
    write_toc(tmp_path, schema(), [segment])
    with index.open_dir(tmp_path).reader() as reader:
        assert reader.has_column("year")
        assert not reader.has_column("city")
        assert list(reader.column_reader("year", translate=False)) == [2017, 2025, 2020]
        newest_first = reader.column_reader("year", reverse=True, translate=False)
        assert sorted(range(3), key=newest_first.sort_key) == [1, 2, 0]


# What is written where, and what happens when it is cut off.


def test_a_pickled_segment_is_a_name_and_three_numbers() -> None:
    segment = ArraySegment("MAIN_0a", 7, 2, 3)
    assert segment.__getstate__() == {"name": "MAIN_0a", "count": 7, "generation": 2, "deleted_count": 3}
    again = pickle.loads(pickle.dumps(segment))
    assert again.__getstate__() == segment.__getstate__()
    # Indexes on disk name it: renaming it would make them unreadable.
    assert f"{ArraySegment.__module__}.{ArraySegment.__name__}" == "indexer.whoosh_backend.codec.segment.ArraySegment"


def test_every_change_of_deletions_is_a_new_file(tmp_path: Path) -> None:
    ours = create_index(tmp_path, schema())
    writer = ours.writer()
    for number in range(5):
        writer.add_document(id=str(number), body="教育")
    writer.commit()
    before = ours.reader()
    for number in (1, 3):
        ours.delete_by_term("id", str(number))
    names = [path.name for path in tmp_path.glob("*.deleted")]
    assert names == [read_toc(tmp_path)[0].deleted_file]
    assert names[0].endswith(".2.deleted")
    assert before.doc_count() == 5
    assert list(before.postings("body", "教育").all_ids()) == [0, 1, 2, 3, 4]


def test_whooshs_own_writer_is_refused_rather_than_mixed_in(tmp_path: Path) -> None:
    ours = create_index(tmp_path, schema())
    writer = ours.writer()
    writer.add_document(id="1", body="教育")
    writer.commit()
    foreign = index.open_dir(tmp_path).writer()
    foreign.delete_document(0)
    with pytest.raises(ValueError, match="not written"):
        foreign.commit(merge=False)
    assert index.open_dir(tmp_path).doc_count() == 1


def test_stock_segments_are_named_as_such(tmp_path: Path) -> None:
    stock = index.create_in(tmp_path, schema())
    writer = stock.writer()
    writer.add_document(id="1", body="教育")
    writer.commit()
    with pytest.raises(IndexBrokenError, match="another program"):
        read_toc(tmp_path)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    ours = create_index(tmp_path, schema())
    writer = ours.writer()
    with pytest.raises(IndexBusyError), write_lock(tmp_path):
        pass
    writer.cancel()
    with write_lock(tmp_path), pytest.raises(index.LockError):
        ours.writer()
    ours.writer().cancel()


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    ours = create_index(tmp_path, schema())
    before = sorted(path.name for path in tmp_path.iterdir())
    writer = ours.writer()
    writer.add_document(id="1", body="教育", year=2017)
    writer.cancel()
    assert sorted({path.name for path in tmp_path.iterdir()} - {"MAIN_WRITELOCK"}) == before
    assert ours.doc_count() == 0


def test_several_processes_and_storage_in_memory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one process"):
        create_index(tmp_path, schema()).writer(procs=2)
    with pytest.raises(ValueError, match="no folder"):
        ArrayIndex.create(RamStorage(), schema(), "MAIN").writer()


@pytest.mark.parametrize("extension", [".words", ".stored", ".whoosh_columns", ".vectors", ".1.deleted"])
def test_a_flipped_bit_in_any_file_is_found(tmp_path: Path, extension: str) -> None:
    ours = create_index(tmp_path, schema())
    writer = ours.writer()
    for number in range(9):
        writer.add_document(id=str(number), body="教育", marked="督导", year=2017)
    writer.commit()
    ours.delete_by_term("id", "3")
    assert list(damaged(tmp_path)) == []
    (path,) = tmp_path.glob(f"*{extension}")
    octets = bytearray(path.read_bytes())
    octets[64] ^= 1
    path.write_bytes(octets)
    assert list(damaged(tmp_path)) == [path]


CALLS = ("pwrite", "fsync", "rename", "remove", "unlink", "ftruncate")


def commit_killed_at(folder: Path, step: int) -> bool:
    """Change the index in a process that dies at the given system call; whether it came so far."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    try:
        left = [step]

        def dying(call: Any) -> Any:
            def called(*arguments: Any, **options: Any) -> Any:
                if left[0] == 0:
                    os._exit(9)
                left[0] -= 1
                return call(*arguments, **options)

            return called

        for name in CALLS:
            setattr(os, name, dying(getattr(os, name)))
        change(folder)
    finally:
        os._exit(0)


def change(folder: Path) -> None:
    writer = open_index(folder).writer()
    writer.delete_by_term("id", "2")
    for number in range(5, 9):
        writer.add_document(id=str(number), body="教育 督导", year=2020)
    writer.commit(merge=False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_moment_the_old_state_opens_or_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    ours = create_index(tmp_path / "before", schema())
    writer = ours.writer()
    for number in range(5):
        writer.add_document(id=str(number), body="教育 评估", year=2017)
    writer.commit()
    old, new = list("01234"), list("01345678")
    states = []
    for step in range(200):
        folder = tmp_path / "killed"
        shutil.copytree(tmp_path / "before", folder)
        died = commit_killed_at(folder, step)
        with open_index(folder).searcher() as searcher:
            states.append(hits(searcher, query.Term("body", "教育")))
        assert list(damaged(folder)) == []
        if step % 4 == 0:
            writer = open_index(folder).writer()  # the lock died with its owner
            writer.add_document(id="x", body="双减")
            writer.commit(merge=False)
            named = {segment.name for segment in read_toc(folder)}
            assert {path.name.split(".")[0] for path in folder.glob("MAIN_*.*")} == named
        shutil.rmtree(folder)
        if not died:
            break
    assert states[0] == old
    assert states[-1] == new
    assert len(states) > 20  # calls of the system, each of which was the last one once
    assert all(state in (old, new) for state in states)
