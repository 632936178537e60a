"""Reading files into texts of record: encodings, folders, JSON lines, and everything that cannot be read."""

from __future__ import annotations

import gzip
import hashlib
import json
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import json_lines, sources
from indexer.encoding import decode
from indexer.models import Problem, SourceText
from indexer.sources import discover, read_bytes, read_source, read_sources

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def read_one(path: Path) -> SourceText:
    (found,) = read_source(path)
    assert isinstance(found, SourceText), found
    return found


def problem(path: Path) -> Problem:
    (found,) = read_source(path)
    assert isinstance(found, Problem), found
    assert found.fatal
    return found


def write_lines(path: Path, records: Sequence[object]) -> Path:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
def test_the_five_documents_survive_every_encoding(path: Path, encoding: str, tmp_path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    file = tmp_path / "a.txt"
    file.write_bytes(text.encode(encoding))
    found = read_one(file)
    assert found.text == text
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert found.path == file.as_posix()


@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs"])
def test_a_traditional_document_in_big5_is_not_taken_for_gb18030(encoding: str) -> None:
    # Big5 has no no-break space; the document holds four.
    text = SEEDS[1].read_bytes().decode("utf-8").replace("\xa0", " ")
    for length in (30, 100, len(text)):
        found, name = decode(text[:length].encode(encoding))
        assert found == text[:length]
        assert name in {"big5", "cp950", "big5hkscs"}


@pytest.mark.parametrize(
    "text", ["工作要点", "义务教育", "一、指导思想\r\n坚持立德树人。\r\n", "2017年7—8月“两基”《要点》"]
)
def test_short_simplified_texts_in_gb18030(text: str) -> None:
    assert decode(text.encode("gb18030")) == (text, "gb18030")


def test_line_ends_are_kept_and_the_mark_is_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeff一、\r\n二、\r三、\n".encode())
    assert read_one(file).text == "一、\r\n二、\r三、\n"


@given(st.text())
def test_any_utf8_text_is_decoded_as_it_was(text: str) -> None:
    expected = text.removeprefix("\ufeff")
    assert decode(text.encode("utf-8"))[0] in {text, expected}


@given(st.binary(max_size=300))
def test_any_bytes_give_a_text_or_a_problem(data: bytes) -> None:
    found = read_bytes(data, "a.txt")
    assert isinstance(found, SourceText | Problem)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"%PDF-1.7\x00\x01\xff\xfe\x00", "binary"),
        (b"only English", "no Chinese"),
        ("一、指导思想".encode() * 20 + b"\xff\xff" + "立德树人".encode(), "damaged"),
        (b"\xff" * 50, "UTF-8"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(data)
    assert reason in problem(file).message
    assert problem(file).path == file.as_posix()


def test_a_file_over_the_limit_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE_BYTES", 20)
    file = tmp_path / "a.txt"
    file.write_bytes("教育".encode() * 10)
    assert "larger" in problem(file).message


def test_missing_files_and_folders_in_place_of_files_are_problems(tmp_path: Path) -> None:
    assert "cannot be read" in problem(tmp_path / "no.txt").message
    assert "cannot be read" in problem(tmp_path).message


def test_folders_are_walked_in_order_without_hidden_files_and_companions(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a.md",
        "sub/c.jsonl",
        "sub/d.jsonl.gz",
        ".hidden.txt",
        ".git/e.txt",
        "README.md",
        "corpus.csv",
        "f.pdf",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("教育", encoding="utf-8")
    found = list(discover([tmp_path, tmp_path / "b.txt", tmp_path / "f.pdf", tmp_path / "none"]))
    paths = [path.relative_to(tmp_path).as_posix() for path in found if isinstance(path, Path)]
    assert paths == ["a.md", "b.txt", "sub/c.jsonl", "sub/d.jsonl.gz", "f.pdf"]
    assert [str(one) for one in found if isinstance(one, Problem)] == [
        f"{tmp_path.as_posix()}: Passed over: f.pdf. Files of this kind are not read; save their text as .txt.",
        f"{(tmp_path / 'none').as_posix()}: There is no such file or folder; check the path.",
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_json_lines_bring_what_is_known(name: str, tmp_path: Path) -> None:
    file = write_lines(
        tmp_path / name,
        [
            {
                "title": "要点",
                "text": "坚持立德树人。\r\n",
                "city": "武汉市",
                "province": "",
                "years": [2018, 2017],
                "level": "市",
                "id": 7,
            },
            {"text": "促进公平。", "year": "2024", "published": "2024-03-08", "city": None},
        ],
    )
    first, second = read_source(file)
    assert isinstance(first, SourceText)
    assert isinstance(second, SourceText)
    assert first.text == "坚持立德树人。\r\n"
    assert dict(first.given) == {"id": "7", "title": "要点", "city": "武汉市", "years": (2017, 2018)}
    assert (first.line, second.line) == (1, 2)
    assert dict(second.given) == {"published": "2024-03-08", "years": (2024,)}
    assert first.sha256 != second.sha256


def test_bad_lines_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines: list[bytes] = [
        '{"text": "好"}'.encode(),
        b"{not json",
        b"[1]",
        b'{"title": "x"}',
        b'{"text": 5}',
        '{"text": "好", "city": 5}'.encode(),
        '{"text": "好", "years": "abc"}'.encode(),
        '{"text": "好", "year": 17}'.encode(),
        '{"text": "好", "year": true}'.encode(),
        b'{"text": "English"}',
        '{"text": "好"}'.encode("gb18030"),
        '{"text": "好\\ud800"}'.encode(),
        b"[" * 100_000,
        b"",
        '{"text": "好的"}'.encode(),
    ]
    file.write_bytes(b"\n".join(lines))
    found = read_source(file)
    good = [one.line for one in found if isinstance(one, SourceText)]
    bad = [one for one in found if isinstance(one, Problem)]
    assert good == [1, 15]
    assert [one.line for one in bad] == list(range(2, 14))
    assert str(bad[0]).startswith(f"{file.as_posix()}:2: The line is not JSON")
    assert all(one.message for one in bad)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2018-03-02", "2018-03-02"),
        ("2018/3/2", "2018-03-02"),
        ("2018年3月2日", "2018-03-02"),
        ("2018-03-02T10:00:00+08:00", "2018-03-02"),
        ("2018-13-45", None),
        ("2018", None),
        ("2018年3月", None),
        ("昨天", None),
        ("2018-03-02至2018-03-05", None),
    ],
)
def test_the_day_of_a_json_line_is_a_day_or_is_left_out_and_named(
    written: str, day: str | None, tmp_path: Path
) -> None:
    file = write_lines(tmp_path / "a.jsonl", [{"text": "好"}, {"text": "好", "city": "武汉", "published": written}])
    _, found, *problems = read_source(file)
    assert isinstance(found, SourceText)
    assert dict(found.given) == {"city": "武汉"} | ({"published": day} if day else {})
    assert [(one.line, one.fatal) for one in problems if isinstance(one, Problem)] == ([] if day else [(2, False)])
    assert all(written in str(one) and "2017-08-24" in str(one) for one in problems)


def test_an_office_given_for_a_city_is_left_out_and_named(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", [{"text": "好", "province": "湖北", "city": "武汉市教育局"}])
    found, *problems = read_source(file)
    assert isinstance(found, SourceText)
    assert dict(found.given) == {"province": "湖北"}
    assert ["武汉市教育局" in str(one) for one in problems] == [True]


def test_a_line_over_the_limit_is_named_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 50)
    file = write_lines(tmp_path / "a.jsonl", [{"text": "好"}, {"text": "好" * 200}, {"text": "再见"}])
    first, second, third = read_source(file)
    assert isinstance(first, SourceText)
    assert isinstance(second, Problem)
    assert second.line == 2
    assert isinstance(third, SourceText)
    assert third.line == 3


def test_a_damaged_archive_gives_its_first_lines_and_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(b"not gzip")
    assert "not gzip" in problem(file).message
    whole = gzip.compress("".join(f'{{"text": "好{n}"}}\n' for n in range(5000)).encode())
    file.write_bytes(whole[: len(whole) // 2])
    found = read_source(file)
    assert isinstance(found[-1], Problem)
    assert "damaged" in found[-1].message
    assert any(isinstance(one, SourceText) for one in found)


def test_json_lines_are_streamed(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl.gz", [{"text": "促进公平。" * 2000, "id": str(n)} for n in range(100)])
    tracemalloc.start()
    count = sum(isinstance(one, SourceText) for one in read_sources(file))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100
    # 100 documents of 30 kB are 3 MB; one at a time needs well under one.
    assert peak < 1_500_000


def test_files_that_hold_texts_and_are_not_read_are_named(tmp_path: Path) -> None:
    for name in ("工作要点.txt", "意见.pdf", "下/报告.docx", "下/图.png", ".隐.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("一、做好入学工作。", "utf-8")
    notice, found = discover([tmp_path])
    assert isinstance(notice, Problem)
    assert not notice.fatal
    assert notice.message.startswith("Passed over: 下/报告.docx, 意见.pdf. ")
    assert found == tmp_path / "工作要点.txt"
