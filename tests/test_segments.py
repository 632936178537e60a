"""Segments: documents come back as they were stored, and a build of many segments answers as a fresh one does."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import builds
from indexer.analysis import terms_and_positions, tokenize
from indexer.backend import ResultPage, SearchBackend, open_backend
from indexer.corpus import Progress
from indexer.errors import IndexBrokenError, IndexWriteError, UnknownIdError
from indexer.fold import fold_characters
from indexer.models import Document, Heading, Metadata, Paragraph, Repair, SourceText
from indexer.pipeline import build
from indexer.query import parse_query
from indexer.reading import read_document
from indexer.sources import read_sources
from indexer.whoosh_backend import indexing
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.segments import contents
from indexer.whoosh_backend.segments.blocks import Blocks, BlockWriter
from indexer.whoosh_backend.segments.contents import open_segments
from indexer.whoosh_backend.segments.store import DocumentStore
from indexer.whoosh_backend.segments.stored import decode_document, decode_paragraph, encode_document, encode_paragraph
from indexer.whoosh_backend.segments.texts import SegmentTexts, TextsWriter
from tests.conftest import SEEDS


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    found = [source for path in sorted(SEEDS.glob("*.txt")) for source in read_sources(path)]
    return [read_document(source) for source in found if isinstance(source, SourceText)]


def stored(documents: list[Document], path: Path) -> SegmentTexts:
    writer = TextsWriter()
    for document in documents:
        writer.add(document)
    writer.write(path)
    return SegmentTexts(path)


def test_documents_come_back_as_they_were(documents: list[Document], tmp_path: Path) -> None:
    texts = stored(documents, tmp_path / "a.texts")
    assert [texts.document(number) for number in range(texts.documents)] == documents
    paragraphs = [paragraph for document in documents for paragraph in document.paragraphs]
    assert [texts.paragraph(number) for number in range(texts.paragraphs)] == paragraphs
    assert any(paragraph.repairs for paragraph in paragraphs)
    for number, document in enumerate(documents):
        assert texts.find(document.id) == number
        assert [texts.find_paragraph(number, paragraph.id) for paragraph in document.paragraphs] == list(
            range(texts.firsts[number], texts.firsts[number + 1])
        )


@pytest.mark.parametrize("wanted", ["", "z" * 11, "0", "教育", "\ud800", "\0", "a" * 200_000])
def test_an_id_that_is_none_is_not_found(documents: list[Document], tmp_path: Path, wanted: str) -> None:
    store = DocumentStore([(stored(documents, tmp_path / "a.texts"), None)])
    known = documents[0].paragraphs[0].id
    for ask in (store.document, store.document_of):
        for identity in (wanted, documents[0].id + (wanted or "0"), known + (wanted or "0")):
            with pytest.raises(UnknownIdError):
                ask(identity)


TEXTS = st.text(alphabet="义务教育控辍保學裏ＡΦ０ \n\r\x00叺𠀀", max_size=30)


@given(st.lists(TEXTS, max_size=6), st.randoms(use_true_random=False))
def test_any_paragraph_comes_back_and_the_text_between_too(texts: list[str], noise: random.Random) -> None:
    source, paragraphs = "", []
    for ordinal, text in enumerate(texts, 1):
        source += noise.choice(["", "\n", "页脚\r\n"])
        folded = "".join(noise.choice([char, "入"]) for char in text)
        segments = ((len(source), len(source) + len(text)),)
        repairs = (Repair(0, 1, "叺", "入", "word"),) if ordinal % 2 else ()
        paragraphs.append(
            Paragraph(f"d{ordinal}", "d", ordinal, ("第一章",), ("第1章",), None, segments, text, folded, repairs)
        )
        source += text
    noise.shuffle(paragraphs)
    document = Document(
        "d",
        SourceText("a", "", "utf-8", source + "完"),
        Metadata("工作要点"),
        (),
        (),
        (Heading(0, 1, 1, "一"),),
        tuple(paragraphs),
    )
    assert [decode_paragraph(encode_paragraph(each), each.id, "d") for each in paragraphs] == paragraphs
    assert decode_document(encode_document(document), document.paragraphs) == document


def test_segments_of_text_that_overlap_cost_room_and_nothing_else() -> None:
    paragraphs = tuple(
        Paragraph(f"d{start}", "d", 1, (), (), None, ((start, start + 3),), "招生工作办法"[start : start + 3], "招生工")
        for start in (0, 1, 3)
    )
    document = Document("d", SourceText("a", "", "utf-8", "招生工作办法"), Metadata("办法"), (), (), (), paragraphs)
    assert decode_document(encode_document(document), paragraphs) == document


@given(
    st.lists(st.lists(st.binary(max_size=12), max_size=30), min_size=1, max_size=4),
    st.integers(1, 60),
    st.randoms(use_true_random=False),
)
def test_records_copied_from_several_files_are_those_that_are_alive(
    parts: list[list[bytes]], size: int, noise: random.Random
) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        merged, expected = BlockWriter(size), list[bytes]()
        for number, records in enumerate(parts):
            writer = BlockWriter(size)
            for record in records:
                writer.add(record)
            path = Path(folder) / str(number)
            with ArrayWriter(path) as file:
                writer.write(file, "r")
            blocks = Blocks(ArrayFile(path), "r", path)
            assert list(blocks) == [blocks[at] for at in range(len(blocks))] == records
            low, high = sorted((noise.randint(0, len(records)), noise.randint(0, len(records))))
            assert list(blocks.between(low, high)) == records[low:high]
            alive = None if noise.random() < 0.3 else np.array([noise.random() < 0.8 for _ in records], np.bool_)
            merged.copy(blocks, alive)
            expected += [record for at, record in enumerate(records) if alive is None or alive[at]]
        path = Path(folder) / "merged"
        with ArrayWriter(path) as file:
            merged.write(file, "r")
        assert list(Blocks(ArrayFile(path), "r", path)) == expected


def test_a_damaged_block_is_said_to_be_damaged(documents: list[Document], tmp_path: Path) -> None:
    path = tmp_path / "a.texts"
    texts = stored(documents, path)
    octets = path.read_bytes()
    block = texts.texts.compressed(0).tobytes()
    path.write_bytes(octets.replace(block, block[:-3] + b"xyz"))
    with pytest.raises(IndexBrokenError, match="rebuild"):
        SegmentTexts(path).paragraph(0)


@given(st.text(alphabet="义务教育控辍保學中高考小幼 \n三残儿童十二95.%-gG５％年、。", max_size=40))
def test_what_is_indexed_is_what_is_highlighted(text: str) -> None:
    for folded in (fold_characters(text), text):
        tokens = list(tokenize(folded))
        assert terms_and_positions(folded) == ([token.term for token in tokens], [token.position for token in tokens])


# Builds of several segments

QUERIES = (
    *("控辍保学", "教师 培训", "“招生工作”", "资助*", "-教师 工作", "title:要点", "year:2018 工作", "国小", "毛入园率"),
    *(
        "教师 NEAR/3 培训",
        "怎样落实教师培训工作",
        "国小 OR -教师",
        "-year:2018",
        "year:2018 OR 国小",
        "义务教育 随迁子女",
    ),
)


def answers(backend: SearchBackend, *, ordered: bool) -> list[object]:
    """Return what a reader sees of some queries; equal scores stand in the order of the corpus, if that is the same."""
    found: list[object] = []
    for text in QUERIES:
        page = backend.search(parse_query(text, per_page=100))
        found.append((text, page.total, page.total_documents, facets(page), sorted(map(str, page.places))))
        found.append((page.words, page.expanded, page.steps, page.relaxed and page.relaxed.step))
        hits = [(hit.paragraph.id, hit.document.id, pytest.approx(hit.score, abs=2e-4)) for hit in page.hits]
        found.append(hits if ordered else sorted(hits, key=lambda hit: hit[0]))
    return found


def facets(page: ResultPage) -> list[str]:
    """Values that count equally stand in the order in which they were met."""
    return sorted(f"{name}={value.value}: {value.count}" for name, values in page.facets for value in values)


def corpus(backend: SearchBackend) -> dict[str, Document]:
    return {summary.id: backend.document(summary.id) for summary in backend.documents()}


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000 + random.randrange(10_000_000)))


def plan(noise: random.Random) -> str:
    words = ["控辍保学", "教师培训", "招生工作", "资助学生", "国小", "義務教育", "毛叺园率", "随迁子女", "落实", "学校"]
    lines = [f"{noise.choice(['武汉市', '青浦区', ''])}{noise.choice([2017, 2018])}年教育工作要点"]
    for number in range(noise.randint(0, 4)):
        lines.append(f"{'一二三四'[number]}、{noise.choice(words)}")
        lines += [f"{at}.{''.join(noise.choices(words, k=5))}。" for at in range(1, noise.randint(1, 5))]
    return "\n".join(lines) + "\n做好教育工作。\n"


def change(folder: Path, noise: random.Random, lines: list[dict[str, object]]) -> None:
    """Do to a folder of documents what people do: add, remove, copy, change, describe."""
    paths = sorted(folder.glob("*.txt"))
    what = noise.choice(["add", "add", "remove", "copy", "change", "describe", "line", "nothing"])
    if what == "add":
        write(folder / f"{noise.randrange(10_000)}.txt", plan(noise))
    elif what == "remove" and len(paths) > 1:
        noise.choice(paths).unlink()
    elif what == "copy" and paths:
        target = folder / f"{noise.randrange(10_000)}.txt"
        shutil.copy2(noise.choice(paths), target)
    elif what == "change" and paths:
        write(noise.choice(paths), plan(noise))
    elif what == "describe" and paths:
        rows = [f"{path.name},{noise.choice(['武汉市', '重庆市'])}" for path in noise.sample(paths, min(3, len(paths)))]
        (folder / "corpus.csv").write_text("\n".join(["path,city", *rows]), "utf-8")
    elif what == "line":
        lines.append({"title": f"{len(lines)}", "text": plan(noise)})
        if noise.random() < 0.3:
            lines.pop(0)
        write(folder / "lines.jsonl", "\n".join(map(json.dumps, lines)))


@pytest.mark.parametrize("seed", range(6))
def test_after_any_updates_a_search_answers_as_a_fresh_build_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    noise = random.Random(seed)
    random.seed(seed)
    monkeypatch.setattr(contents, "MOST", noise.choice([1, 2, 6]))
    folder, index, fresh = tmp_path / "texts", tmp_path / "index", tmp_path / "fresh"
    folder.mkdir()
    lines: list[dict[str, object]] = []
    for number in range(6):
        write(folder / f"a{number}.txt", plan(noise))
    counts = set()
    for _ in range(8):
        change(folder, noise, lines)
        updated = build([folder], index)
        whole = build([folder], fresh, rebuild=True)
        segments = open_segments(builds.current_build(index))
        counts.add(len(segments))
        assert len(segments) <= contents.MOST
        assert [str(problem) for problem in updated.problems] == [str(problem) for problem in whole.problems]
        left, right = open_backend(index), open_backend(fresh)
        assert left.check() == ()
        assert corpus(left) == corpus(right)
        assert left.corpus().paragraphs == right.corpus().paragraphs
        assert suggested(left) == suggested(right)
        ids = [each.id for each in left.documents()]
        assert [left.headings_of(each) for each in ids] == [right.headings_of(each) for each in ids]
        settled = len(segments) == 1 and segments[0].alive is None
        counted, recounted = dict(left.vocabulary()), dict(right.vocabulary())
        assert counted.keys() >= recounted.keys()
        assert all(counted[word] >= recounted[word] for word in recounted)
        assert not settled or counted == recounted
        in_order = settled and list(corpus_order(left)) == list(corpus_order(right))
        assert answers(left, ordered=in_order) == answers(right, ordered=in_order)
        left.close(), right.close()
    assert max(counts) > 1 or contents.MOST == 1


def suggested(backend: SearchBackend) -> tuple[list[tuple[str, int]], list[tuple[str, int, str]]]:
    """Return all headings and titles that may be suggested; deleted documents have none."""
    headings, titles = (lines.holding("", 10_000) for lines in (backend.heading_lines(), backend.title_lines()))
    return sorted((line.text, line.total) for line in headings), sorted(titles)


def corpus_order(backend: SearchBackend) -> Iterator[str]:
    """Yield the ids in the order in which they are stored."""
    yield from (summary.id for summary in backend._current().store.listed())  # type: ignore[attr-defined]


def test_a_word_that_only_a_deleted_document_holds_is_as_unknown_as_ever(tmp_path: Path) -> None:
    """城市规划 is looked for by its parts where no paragraph holds it; one that was removed holds nothing."""
    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    for number in range(9):
        write(
            folder / f"{number}.txt",
            f"2017年教育工作要点\n一、规划\n{number}.城市学校建设要有规划。\n2.做好教育工作。\n",
        )
    write(folder / "x.txt", "2017年教育工作要点\n一、其他\n1.纳入城市规划。\n")
    build([folder], index)
    assert open_backend(index).search(parse_query("城市规划")).total == 1
    (folder / "x.txt").unlink()
    build([folder], index)
    assert open_segments(builds.current_build(index))[0].alive is not None
    page = open_backend(index).search(parse_query("城市规划"))
    assert page.total == 9
    build([folder], tmp_path / "fresh")
    fresh = open_backend(tmp_path / "fresh")
    backend = open_backend(index)
    assert backend.side_by_side(["城市规划"]) == 0
    assert "城市规划" not in backend.vocabulary()
    assert dict(backend.vocabulary()) == dict(fresh.vocabulary())
    assert list(backend.vocabulary().beginning("城", 9)) == list(fresh.vocabulary().beginning("城", 9))


def test_workers_write_the_same_index_as_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = random.Random(1)
    lines = [{"text": plan(noise), "title": f"第{number % 30}号"} for number in range(60)]
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    build([tmp_path / "lines.jsonl", SEEDS], tmp_path / "one")
    monkeypatch.setattr(indexing, "_SMALLEST", 700)
    monkeypatch.setattr(indexing, "TOKENS", 300)  # and each batch is several segments
    build([tmp_path / "lines.jsonl", SEEDS], tmp_path / "two", workers=2)
    one, two = open_backend(tmp_path / "one"), open_backend(tmp_path / "two")
    assert list(corpus_order(one)) == list(corpus_order(two))
    assert answers(one, ordered=True) == answers(two, ordered=True)
    assert suggested(one) == suggested(two)
    assert dict(one.vocabulary()) == dict(two.vocabulary())


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_says_how_far_the_build_is(tmp_path: Path, workers: int) -> None:
    noise = random.Random(3)
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(json.dumps({"text": plan(noise)}) for _ in range(400)), "utf-8")
    told: list[Progress] = []
    report = build([path, SEEDS], tmp_path / "index", workers=workers, on_progress=told.append)
    assert report.corpus is not None
    assert (len(told), told[-1].paragraphs) == (405, report.corpus.paragraphs)
    assert [progress.octets for progress in told] == sorted(progress.octets for progress in told)
    assert 0 < told[200].octets < told[-1].octets < told[-1].of_octets
    assert (told[0].files, told[-1].files, told[-1].of_files) == (0, 5, 6)


def test_an_update_links_what_stays_and_writes_what_is_new(tmp_path: Path) -> None:
    noise = random.Random(2)
    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    for number in range(12):
        write(folder / f"{number}.txt", plan(noise))
    build([folder], index)
    (name,) = [segment.name for segment in open_segments(builds.current_build(index))]
    before = builds.current_build(index)
    write(folder / "3.txt", plan(noise))
    assert build([folder], index).files_read == 1
    after = builds.current_build(index)
    kept, new = open_segments(after)
    assert kept.name == name
    assert kept.alive is not None
    assert (int((~kept.alive).sum()), new.texts.documents) == (1, 1)
    for file in before.glob("words/*.[twcqm]*"):
        if file.name.startswith(name):
            assert file.samefile(after / "words" / file.name)
    stamps = [builds.read_stamp(build).files for build in (before, after)]
    assert stamps[0].items() & stamps[1].items()
    assert open_backend(index).check() == ()


def test_two_documents_of_one_id_are_not_mixed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build([SEEDS], tmp_path / "index")
    before = builds.current_name(tmp_path / "index")
    monkeypatch.setattr("indexer.reading.document_id", lambda *_: "aaaaaaaaaaa")
    with pytest.raises(IndexWriteError, match="aaaaaaaaaaa"):
        build([SEEDS], tmp_path / "index", rebuild=True)
    assert builds.current_name(tmp_path / "index") == before


def test_where_files_cannot_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    for number in range(6):
        write(folder / f"{number}.txt", plan(random.Random(number)))
    build([folder], index)
    monkeypatch.setattr(os, "link", refused)
    (folder / "0.txt").unlink()
    build([folder], index)
    assert open_backend(index).check() == ()
    assert open_backend(index).corpus().documents == 5


def test_whoosh_itself_opens_the_index_and_sees_what_is_deleted(tmp_path: Path) -> None:
    from whoosh import index as whoosh_index
    from whoosh.query import Term

    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    for number in range(10):
        write(folder / f"{number}.txt", f"第{number}号\n落实控辍保学责任，{number}所学校。\n")
    build([folder], index)
    (folder / "4.txt").unlink()
    build([folder], index)
    with whoosh_index.open_dir(builds.current_build(index) / "words", readonly=True).searcher() as searcher:
        found = {hit["id"] for hit in searcher.search(Term("body", "控辍保学"), limit=None)}
    ours = open_backend(index).search(parse_query("控辍保学", per_page=100))
    assert found == {hit.paragraph.id for hit in ours.hits}
    assert len(found) == 9


def test_paragraphs_come_in_the_order_asked_for_over_all_segments(documents: list[Document], tmp_path: Path) -> None:
    store = DocumentStore(
        [(stored(documents[:2], tmp_path / "a"), None), (stored(documents[2:], tmp_path / "b"), None)]
    )
    every = list(store.all_paragraphs())
    asked = np.random.default_rng(7).integers(len(every), size=400).tolist()
    assert store.paragraphs(asked) == [every[number] for number in asked]
    assert store.paragraphs([]) == []
    for wrong in (-1, len(every)):
        with pytest.raises((IndexError, IndexBrokenError)):
            store.paragraphs([0, wrong])


def test_a_block_is_decoded_once_for_all_its_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, records = tmp_path / "r", BlockWriter(size=40)
    for number in range(2000):
        records.add(f"段落{number}".encode())
    with ArrayWriter(path) as writer:
        records.write(writer, "r")
    blocks = Blocks(ArrayFile(path), "r", path)
    decoded: list[int] = []
    block = Blocks.block
    monkeypatch.setattr(Blocks, "block", lambda self, number: decoded.append(number) or block(self, number))
    asked = [*range(0, 2000, 3), *range(1999, 0, -5)]
    assert blocks.several(asked) == [f"段落{number}".encode() for number in asked]
    assert len(decoded) == len(set(decoded)) > 64


def test_summaries_are_a_sequence_of_all_documents(documents: list[Document], tmp_path: Path) -> None:
    first, second = stored(documents[:2], tmp_path / "a"), stored(documents[2:], tmp_path / "b")
    store = DocumentStore([(first, np.array([True, False])), (second, None)])
    summaries = store.summaries()
    assert [summary.id for summary in summaries] == [document.id for document in documents]
    assert [summaries[number] for number in range(len(summaries))] == list(summaries)
    assert summaries[-1].metadata == documents[-1].metadata
    assert [summary.id for summary in summaries[1:3]] == [documents[1].id, documents[2].id]
    assert [summary.id for summary in store.listed()] == [documents[at].id for at in (0, 2, 3, 4)]
    assert list(store.known()) == [replace(document.metadata, evidence=()) for document in documents]
    with pytest.raises(UnknownIdError):
        store.document(documents[1].id)
    with pytest.raises(IndexError):
        summaries[5]
