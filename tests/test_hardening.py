"""What is hostile, broken or merely odd: one sentence for a person, and the rest goes on."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import builds
from indexer.backend import SearchBackend, open_backend
from indexer.errors import IndexBrokenError, IndexWriteError, UnknownIdError, YaodianError
from indexer.models import Problem
from indexer.pipeline import BuildReport, build
from indexer.query import parse_query
from indexer.sources import read_source, shown_path
from search_app import create_app
from search_app.params import MAX_VALUES

PLAN = "2019年全市教育工作要点\n一、招生入学\n1.做好随迁子女义务教育入学工作。\n2.落实控辍保学责任。\n"


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def with_good_document(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "good.txt").write_text(PLAN, "utf-8")
    return folder


def indexed(folder: Path, index: Path) -> BuildReport:
    """Build, and see that the good document is there whatever stands beside it."""
    report = build([folder], index)
    assert open_backend(index).search(parse_query("控辍保学")).total > 0
    return report


def what_check_says(index: Path) -> str:
    try:
        return "\n".join(map(str, open_backend(index).check()))
    except IndexBrokenError as error:
        return str(error)


# Files


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"title": "\\ud800工作", "text": "一、工作"}', "title"),
        ('{"id": "\\udfff", "text": "一、工作"}', "id"),
        ('{"source_url": "http://a/\\ud800", "text": "一、工作"}', "source_url"),
        ('{"text": "一、\\ud800工作"}', "surrogate"),
        ('{"text": "一、工作", "n": ' + "1" * 5000 + "}", "digits"),
        ('{"text": "一、工作", "id": ' + "1" * 5000 + "}", "digits"),
    ],
)
def test_a_json_line_that_cannot_be_stored_is_a_problem_of_its_line(tmp_path: Path, line: str, told: str) -> None:
    folder = with_good_document(tmp_path / "texts")
    (folder / "lines.jsonl").write_text(f'{line}\n{{"text": "一、做好招生工作"}}\n', "utf-8")
    problems = indexed(folder, tmp_path / "index").problems
    assert [problem.line for problem in problems if problem.fatal] == [1]
    assert told in problems[0].message
    assert open_backend(tmp_path / "index").corpus().documents == 2


def test_a_file_name_that_is_not_utf8_is_escaped_and_the_file_is_indexed(tmp_path: Path) -> None:
    folder = with_good_document(tmp_path / "texts")
    name = os.fsdecode("工作".encode("gbk") + b".txt")
    (folder / name).write_text("一、指导思想\n做好职业教育工作。\n", "utf-8")
    for _ in range(2):  # read, and then known
        assert not indexed(folder, tmp_path / "index").problems
        paths = {summary.path for summary in open_backend(tmp_path / "index").documents()}
        assert shown_path(folder / r"\xb9\xa4\xd7\xf7.txt") in paths


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = with_good_document(tmp_path / "texts")
    for name in ("pipe.txt", "pipe.jsonl", "corpus.csv"):
        os.mkfifo(folder / name)
    problems = indexed(folder, tmp_path / "index").problems
    assert sorted(Path(problem.path).name for problem in problems) == ["corpus.csv", "pipe.jsonl", "pipe.txt"]
    assert isinstance(read_source(folder / "pipe.txt")[0], Problem)


def test_a_link_to_itself_and_a_path_too_long_are_problems(tmp_path: Path) -> None:
    folder = with_good_document(tmp_path / "texts")
    (folder / "loop.txt").symlink_to("loop.txt")
    report = build([folder, Path("a" * 5000), Path("a" * 300)], tmp_path / "index")
    assert report.corpus is not None
    assert [problem.fatal for problem in report.problems] == [True] * 3


def test_a_source_address_that_is_none_of_the_web_is_left_out_and_said(tmp_path: Path) -> None:
    folder = with_good_document(tmp_path / "texts")
    lines = [
        {"text": f"一、做好第{number}项工作", "source_url": url}
        for number, url in enumerate(("javascript:alert(1)", "https://www.moe.gov.cn/a", "data:text/html,x"))
    ]
    (folder / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (folder / "corpus.csv").write_text("path,source_url\ngood.txt,javascript:alert(2)\n", "utf-8")
    report = indexed(folder, tmp_path / "index")
    known = {summary.metadata.source_url for summary in open_backend(tmp_path / "index").documents()}
    assert known == {None, "https://www.moe.gov.cn/a"}
    assert sum("web address" in problem.message for problem in report.problems) == 3


# The index folder


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%41b", "a b", "甲?mode=rw#乙"])
def test_an_index_folder_of_any_name_is_used_as_it_is_called(tmp_path: Path, name: str) -> None:
    indexed(with_good_document(tmp_path / "texts"), tmp_path / name)
    assert open_backend(tmp_path / name).check() == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["texts", name])


def test_an_index_that_cannot_be_written_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = with_good_document(tmp_path / "texts")
    for place in (folder / "good.txt", folder / "good.txt" / "index", Path("/proc/nowhere"), tmp_path / ("a" * 300)):
        with pytest.raises(IndexWriteError):
            build([folder], place)
        with pytest.raises(YaodianError):
            open_backend(place).corpus()
    indexed(folder, tmp_path / "index")
    before = builds.current_name(tmp_path / "index")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("WordsWriter", "TextsWriter", "ColumnsWriter", "QuotesWriter"):
        with monkeypatch.context() as patched:
            patched.setattr(f"indexer.whoosh_backend.segments.segment.{step}.write", full)
            with pytest.raises(IndexWriteError, match="No space left"):
                build([folder], tmp_path / "index", rebuild=True)
        assert builds.current_name(tmp_path / "index") == before
        assert open_backend(tmp_path / "index").check() == ()
        assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize(
    "pointer", [b"", b"\xff\xfe", b"x" * 100_000, b"../../../etc", b".", b"2017", b"20261122T000000Z-0a1b2c"]
)
def test_a_damaged_pointer_is_said_and_costs_no_build(tmp_path: Path, pointer: bytes) -> None:
    folder, index = with_good_document(tmp_path / "texts"), tmp_path / "index"
    indexed(folder, index)
    good = (index / builds.CURRENT).read_bytes()
    (index / builds.CURRENT).write_bytes(pointer)
    for ask in (open_backend(index).check, open_backend(index).corpus):
        with pytest.raises(IndexBrokenError):
            ask()
    assert build([tmp_path / "nothing"], index).corpus is None
    (index / builds.CURRENT).write_bytes(good)
    assert open_backend(index).check() == ()
    (index / builds.CURRENT).write_bytes(pointer)
    indexed(folder, index)
    assert open_backend(index).check() == ()


def test_a_folder_in_the_place_of_the_pointer_is_not_removed(tmp_path: Path) -> None:
    folder, index = with_good_document(tmp_path / "texts"), tmp_path / "index"
    (index / builds.CURRENT / "mine").mkdir(parents=True)
    with pytest.raises(IndexBrokenError):
        open_backend(index).check()
    with pytest.raises(IndexWriteError, match="move it away"):
        build([folder], index)
    assert (index / builds.CURRENT / "mine").is_dir()


@pytest.mark.parametrize(
    "changed",
    [
        {"documents": 99_999},
        {"paragraphs": 1},
        {"files": {}},
        {"files": {"segments.json": None}},
        {"files": {"words/": None}},
    ],
)
def test_a_stamp_that_was_changed_is_not_believed(tmp_path: Path, changed: dict[str, object]) -> None:
    index = tmp_path / "index"
    indexed(with_good_document(tmp_path / "texts"), index)
    path = builds.current_build(index) / builds.STAMP
    stamp = json.loads(path.read_bytes())
    files = changed.get("files")
    if files:  # forget only these
        changed = {
            "files": {name: sha for name, sha in stamp["files"].items() if not any(map(name.startswith, files))}  # type: ignore[call-overload]
        }
    path.write_text(json.dumps(stamp | changed), "utf-8")
    assert "stamp" in what_check_says(index)


@pytest.mark.parametrize("file", ["stamp.json", "sources.json", "segments.json"])
def test_octets_that_are_no_text_are_damage_like_any_other(tmp_path: Path, file: str) -> None:
    """A flipped bit may leave JSON whole and its text no UTF-8."""
    index, texts = tmp_path / "index", with_good_document(tmp_path / "texts")
    indexed(texts, index)
    path = builds.current_build(index) / file
    octets = bytearray(path.read_bytes())
    octets[octets.index(b"_" if file != "sources.json" else b"good")] = 0xFF  # inside the name of a segment or file
    path.write_bytes(octets)
    assert file in what_check_says(index)
    assert create_app(index).test_client().get("/api/v1/search?q=教育").status_code in (200, 503)
    indexed(texts, index)
    assert open_backend(index).check() == ()


def test_a_missing_file_is_found_although_the_stamp_does_not_know_it(tmp_path: Path) -> None:
    index = tmp_path / "index"
    indexed(with_good_document(tmp_path / "texts"), index)
    folder = builds.current_build(index)
    stamp = json.loads((folder / builds.STAMP).read_bytes())
    del stamp["files"]["sources.json"]
    (folder / "sources.json").unlink()
    (folder / builds.STAMP).write_text(json.dumps(stamp), "utf-8")
    assert any("sources.json" in problem.path for problem in open_backend(index).check())


@pytest.mark.parametrize("file", [".texts", ".words", ".columns", ".quotes", ".metadata", "segments.json"])
def test_noise_anywhere_in_an_index_gives_answers_or_says_that_it_is_broken(
    index: Path, tmp_path: Path, file: str
) -> None:
    noise = random.Random(file)
    broken = 0
    for turn in range(12):
        copy = tmp_path / str(turn)
        shutil.copytree(index, copy)
        path = next(each for each in builds.current_build(copy).rglob("*") if each.name.endswith(file))
        size = path.stat().st_size
        with path.open("r+b") as stream:
            stream.seek(noise.randrange(size))
            stream.write(noise.randbytes(min(8000, size // 4)))
        client = create_app(copy).test_client()
        for query in ("教育", "“随迁子女”", "城镇 -高中", "教师*", "教"):
            path = "/api/v1/suggest" if query == "教" else "/api/v1/search"
            answer = client.get(path, query_string={"q": query, "per_page": 100})
            if answer.status_code != 200:
                assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "index_broken")
                broken += 1
    assert broken


def test_an_index_that_may_not_be_read_says_so(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(index, tmp_path / "index")
    denied = tmp_path / "index" / builds.CURRENT
    opened = Path.open

    def refuse(path: Path, *arguments: object, **more: object) -> object:
        if path == denied:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(IndexBrokenError, match="Permission denied"):
        open_backend(tmp_path / "index").corpus()


# Requests


@pytest.mark.parametrize("name", ["city", "province", "district", "issuer", "year", "off"])
def test_a_filter_has_a_bounded_number_of_values(client: FlaskClient, name: str) -> None:
    values = [str(1000 + number) for number in range(MAX_VALUES + 1)]
    for path in ("/", "/api/v1/search"):
        refused = client.get(path, query_string={"q": "入学", name: values})
        assert refused.status_code == 400
        assert name in refused.text
        assert str(MAX_VALUES) in refused.text
        assert client.get(path, query_string={"q": "入学", name: values[1:]}).status_code == 200


@pytest.mark.parametrize("parameter", ["group=xyz", "relax=xyz", "expand=xyz"])
def test_a_value_that_a_parameter_cannot_have_is_refused(client: FlaskClient, parameter: str) -> None:
    assert client.get(f"/api/v1/search?q=入学&{parameter}").status_code == 400


@pytest.mark.parametrize("path", ["/p/", "/d/", "/api/v1/paragraphs/", "/api/v1/documents/"])
def test_an_id_of_any_length_is_not_given_back_whole(client: FlaskClient, path: str) -> None:
    answer = client.get(path + "a" * 200_000)
    assert answer.status_code == 404
    assert len(answer.text) < 20_000


def test_an_unknown_id_is_still_named(backend: SearchBackend) -> None:
    with pytest.raises(UnknownIdError, match="abcdefghijk"):
        backend.document("abcdefghijk")


@pytest.mark.parametrize("host", ["", "a b", '"x', "a/b"])
def test_a_host_that_can_be_none_is_refused(client: FlaskClient, host: str) -> None:
    for path in ("/opensearch.xml", "/", "/api/v1/search?q=入学"):
        assert client.get(path, headers={"Host": host}).status_code == 400


def test_a_host_that_is_not_trusted_is_refused(backend: SearchBackend) -> None:
    client = create_app(backend, {"TRUSTED_HOSTS": ["localhost"]}).test_client()
    for path in ("/opensearch.xml", "/", "/api/v1/search?q=入学"):
        refused = client.get(path, headers={"Host": "evil.example"})
        assert refused.status_code == 400
        assert "evil.example" not in refused.text
        assert client.get(path, headers={"Host": "localhost"}).status_code == 200
