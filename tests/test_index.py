"""Building an index as people do: again, with more, with less, interrupted, from mess."""

from __future__ import annotations

import json
import os
import pkgutil
import shutil
import signal
import time
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from indexer import builds
from indexer.backend import SearchBackend, open_backend
from indexer.errors import IndexBrokenError, IndexBusyError, IndexMissingError, UnknownIdError
from indexer.pipeline import build
from indexer.query import parse_query
from tests.conftest import SEEDS


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Return a copy of the five documents, old enough to be trusted not to change within one time stamp."""
    folder = tmp_path / "texts"
    shutil.copytree(SEEDS, folder)
    for path in folder.iterdir():
        make_old(path)
    return folder


def make_old(path: Path) -> None:
    past = time.time() - 3600
    os.utime(path, (past, past))


def ids(backend: SearchBackend) -> dict[str, str]:
    return {
        paragraph.id: paragraph.text
        for summary in backend.documents()
        for paragraph in backend.document(summary.id).paragraphs
    }


def total(index: Path, query: str) -> int:
    return open_backend(index).search(parse_query(query)).total


def test_an_index_that_was_never_built_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="yaodian index"):
        open_backend(tmp_path / "index").corpus()


def test_unchanged_files_are_not_read_again_and_changed_ones_are(seeds: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert build([seeds], index).files_read == 5
    before = ids(open_backend(index))
    again = build([seeds], index)
    assert (again.files, again.files_read) == (5, 0)
    assert ids(open_backend(index)) == before
    changed = next(seeds.glob("003*"))
    changed.write_text(changed.read_text("utf-8").replace("控辍保学", "控辍保学试验词"), "utf-8")
    make_old(changed)
    assert build([seeds], index).files_read == 1
    assert total(index, "“试验词”") == total(index, "“控辍保学试验词”") > 0
    assert build([seeds], index, rebuild=True).files_read == 5


def test_a_note_about_a_file_is_told_again_although_it_is_not_read_again(seeds: Path, tmp_path: Path) -> None:
    (seeds / "empty.txt").write_bytes(b"")
    make_old(seeds / "empty.txt")
    first = build([seeds], tmp_path / "index")
    second = build([seeds], tmp_path / "index")
    assert second.files_read == 0
    assert [str(problem) for problem in first.problems] == [str(problem) for problem in second.problems]
    assert any(problem.fatal and "empty.txt" in problem.path for problem in second.problems)


def test_a_removed_file_is_gone_and_the_others_keep_their_ids(seeds: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build([seeds], index)
    before = ids(open_backend(index))
    next(seeds.glob("000*")).unlink()
    build([seeds], index)
    after = ids(open_backend(index))
    assert len(before) - len(after) == 116
    assert after.items() <= before.items()
    gone = next(iter(before.keys() - after.keys()))
    with pytest.raises(UnknownIdError):
        open_backend(index).paragraph(gone)


def test_ids_survive_other_documents_other_names_and_other_machines(seeds: Path, tmp_path: Path) -> None:
    build([seeds], tmp_path / "index")
    before = ids(open_backend(tmp_path / "index"))
    for number, path in enumerate(sorted(seeds.glob("*.txt"))):
        path.rename(seeds / f"{9 - number}.txt")
    lines = [{"title": f"{year}年工作要点", "text": f"一、工作\n做好{year}年招生工作。"} for year in range(1990, 2020)]
    (seeds / "more.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    build([seeds], tmp_path / "elsewhere")
    after = ids(open_backend(tmp_path / "elsewhere"))
    assert before.items() <= after.items()
    assert len(after) == len(before) + 30


def test_whole_copies_of_a_text_are_documents_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        shutil.copy(next(SEEDS.glob("003*")), folder / name)
        make_old(folder / name)
    index = tmp_path / "index"
    build([folder], index)
    known = ids(open_backend(index))
    assert open_backend(index).corpus().documents == 3
    assert len(known) == 3 * 29
    (folder / "a.txt").unlink()
    build([folder], index)
    assert ids(open_backend(index)).items() <= known.items()


def test_nothing_readable_leaves_the_index_as_it_was(seeds: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build([seeds], index)
    report = build([tmp_path / "nowhere"], index)
    assert report.corpus is None
    assert report.problems
    assert total(index, "随迁子女") > 0
    assert len([path for path in index.iterdir() if path.is_dir()]) == 1


def test_workers_read_the_same(seeds: Path, tmp_path: Path) -> None:
    build([seeds], tmp_path / "one")
    build([seeds], tmp_path / "two", workers=2)
    assert ids(open_backend(tmp_path / "one")) == ids(open_backend(tmp_path / "two"))


def test_readers_follow_to_a_new_build_without_being_reopened(seeds: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build([seeds], index)
    backend = open_backend(index)
    assert backend.corpus().documents == 5
    next(seeds.glob("004*")).unlink()
    build([seeds], index)
    assert backend.corpus().documents == 4
    backend.close()


def test_folders_of_other_names_beside_the_builds_are_never_touched(tmp_path: Path) -> None:
    folder = tmp_path / "2017"
    folder.mkdir()
    shutil.copy(next(SEEDS.glob("000*")), folder / "plan.txt")
    build([tmp_path], tmp_path)
    build([tmp_path], tmp_path, rebuild=True)
    assert (folder / "plan.txt").is_file()
    assert open_backend(tmp_path).corpus().documents == 1


def test_two_writers_do_not_meet(seeds: Path, tmp_path: Path) -> None:
    with builds.new_build(tmp_path / "index"), pytest.raises(IndexBusyError):
        build([seeds], tmp_path / "index")


BUILD = "indexer.whoosh_backend.build"
SEGMENTS = "indexer.whoosh_backend.segments"
STEPS = {
    "before anything is written": (f"{BUILD}.index_jobs", 1),
    "in the middle of the documents": (f"{SEGMENTS}.stored.encode_paragraph", 2),
    "in the middle of the words": (f"{SEGMENTS}.segment.terms_and_positions", 2),
    "before the words are written": (f"{SEGMENTS}.segment.WordsWriter.write", 1),
    "before the texts are written": (f"{SEGMENTS}.segment.TextsWriter.write", 1),
    "before the columns are written": (f"{SEGMENTS}.segment.ColumnsWriter.write", 1),
    "before the quotations are written": (f"{SEGMENTS}.segment.QuotesWriter.write", 1),
    "before the list of segments": (f"{BUILD}.write_contents", 1),
    "before Whoosh's table of contents": (f"{SEGMENTS}.contents.write_toc", 1),
    "before the checksums": (f"{BUILD}.digests", 1),
    "before it is published": (f"{BUILD}.publish", 1),
    "before the pointer is replaced": ("pathlib.Path.replace", 1),
    "before the builds of before are removed": ("indexer.builds.shutil.rmtree", 1),
}


UPDATES = {
    "before segments are taken over": (f"{BUILD}.keep_segments", 1),
    "between the files that are taken over": (f"{SEGMENTS}.contents.link", 2),
    "before segments are merged": (f"{SEGMENTS}.segment.merge_words", 1),
    "before merged segments are removed": ("pathlib.Path.unlink", 1),
    "before it is said what is deleted": ("indexer.whoosh_backend.codec.segment.ArraySegment.without", 1),
    "before the pointer is replaced": ("pathlib.Path.replace", 1),
}


PATIENCE = 300
"""Seconds for a child that builds; a second is usual."""


def killed(texts: Path, index: Path, target: str, call: int, *, rebuild: bool = True) -> bool:
    """Build in a child process that kills itself as it makes the nth call of a function; whether it came so far."""
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)  # a child that hangs is a failure, not a test without end
        try:
            calls = count(1)
            original = pkgutil.resolve_name(target)

            def die(*arguments: Any, **more: Any) -> Any:
                if next(calls) == call:
                    os.kill(os.getpid(), signal.SIGKILL)
                return original(*arguments, **more)

            with mock.patch(target, die):
                build([texts], index, rebuild=rebuild)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """Return a folder of two short documents: what is killed is built many times."""
    folder = tmp_path / "plans"
    folder.mkdir()
    for year in (2018, 2019):
        text = f"{year}年工作要点\n一、招生\n1.做好{year}年招生工作。\n2.落实控辍保学责任。\n"
        (folder / f"{year}.txt").write_text(text, "utf-8")
    return folder


def see_that_all_is_well(plans: Path, index: Path, *, may_be: set[str | None]) -> None:
    """See that a build answers whole, one of these if any are named, and that the next one works and tidies up."""
    assert builds.current_name(index) in may_be or not may_be
    assert total(index, "控辍保学") == 2
    assert open_backend(index).check() == ()
    assert build([plans], index, rebuild=True).corpus is not None
    assert builds.current_name(index) not in may_be
    assert open_backend(index).check() == ()
    assert len([path for path in index.iterdir() if path.is_dir()]) <= 2


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_index_answers(plans: Path, tmp_path: Path, step: str) -> None:
    index = tmp_path / "index"
    for _ in range(2):  # so that there is a build to remove
        build([plans], index, rebuild=True)
    old = builds.current_name(index)
    assert killed(plans, index, *STEPS[step])
    see_that_all_is_well(plans, index, may_be=set() if "removed" in step else {old})


@pytest.mark.parametrize("step", UPDATES)
def test_killed_at_any_step_of_an_update_the_index_answers(
    plans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    index = tmp_path / "index"
    for name in ("a", "b"):
        (plans / f"{name}.txt").write_text(f"{name}\n一、资助\n1.落实控辍保学{name}。\n2.落实资助{name}。\n", "utf-8")
    for path in plans.iterdir():
        make_old(path)
    build([plans], index)
    old = builds.current_name(index)
    (plans / "a.txt").unlink()
    (plans / "c.txt").write_text("2017年工作要点\n一、招生\n做好2017年招生工作。\n", "utf-8")
    if "merged" in step:
        monkeypatch.setattr("indexer.whoosh_backend.segments.contents.MOST", 1)
    else:
        monkeypatch.setattr("indexer.whoosh_backend.segments.contents.DELETED", 1)
    assert killed(plans, index, *UPDATES[step], rebuild=False)
    assert builds.current_name(index) == old
    assert total(index, "控辍保学") == 4
    assert open_backend(index).check() == ()
    assert build([plans], index).files_read == 1
    assert total(index, "控辍保学") == 3
    assert open_backend(index).check() == ()


def test_killed_at_any_writing_to_disk_the_index_answers(plans: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build([plans], index)
    replaced = []
    for call in count(1):
        old = builds.current_name(index)
        if not killed(plans, index, "os.fsync", call):
            break
        replaced.append(builds.current_name(index) != old)
        see_that_all_is_well(plans, index, may_be=set() if replaced[-1] else {old})
    # The last of all is that of the folder, when the pointer has been replaced already.
    assert len(replaced) > 8
    assert replaced == [False] * (len(replaced) - 1) + [True]


def test_a_damaged_index_says_so_and_is_no_empty_answer(seeds: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build([seeds], index)
    assert open_backend(index).check() == ()
    folder = builds.current_build(index)
    with next(folder.glob("words/*.texts")).open("r+b") as file:
        file.seek(5000)
        file.write(b"damaged")
    assert any(problem.path.endswith(".texts") for problem in open_backend(index).check())
    next(folder.glob("words/*.columns")).write_bytes(b"no array")
    with pytest.raises(IndexBrokenError, match="rebuild"):
        open_backend(index).search(parse_query("教育"))
    build([seeds], index, rebuild=True)
    assert open_backend(index).check() == ()


def test_an_index_of_another_version_is_refused(seeds: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build([seeds], index)
    stamp = builds.current_build(index) / builds.STAMP
    stamp.write_text(stamp.read_text("utf-8").replace('"matching": "', '"matching": "x'), "utf-8")
    with pytest.raises(IndexBrokenError, match="another version"):
        open_backend(index).corpus()


def test_what_a_person_knows_wins_and_can_be_taken_back(seeds: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    name = next(seeds.glob("001*")).name
    (seeds / "corpus.csv").write_text(f"path,city,district,years\n{name},重庆市,大足区,2014\n", "utf-8")
    build([seeds], index)
    document = next(summary for summary in open_backend(index).documents() if summary.path.endswith(name))
    assert (document.metadata.province, document.metadata.district, document.metadata.years) == (
        "重庆市",
        "大足区",
        (2014,),
    )
    (seeds / "corpus.csv").write_text("path,city\n", "utf-8")
    build([seeds], index)
    document = next(summary for summary in open_backend(index).documents() if summary.path.endswith(name))
    assert (document.metadata.city, document.metadata.years) == (None, (2015,))
