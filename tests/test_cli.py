"""The command ``yaodian`` as a person or a script runs it: output, errors, exit statuses, a server that stops."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from indexer.backend import open_backend
from tests import terminal
from tests.conftest import ROOT, SEEDS

PATIENCE = 300
"""Seconds: no measure of anything, only the end of waiting for what hangs."""


def run(*arguments: str | Path, stdin: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "search_app.cli", *map(str, arguments)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "120", **environment},
    )
    assert b"Traceback" not in done.stderr
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_indexing_prints_what_there_is_and_succeeds(tmp_path: Path) -> None:
    done = run("index", SEEDS, "--index", tmp_path / "index")
    assert done.returncode == 0
    assert "243" in done.stdout
    for told in ("武汉市", "潜江市", "重庆市", "青浦区", "未注明", "2015"):
        assert told in done.stdout
    assert "四" in done.stderr
    assert run("check", "--index", tmp_path / "index").returncode == 0


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_indexed(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    shutil.copytree(SEEDS, texts)
    (texts / "leer.txt").write_bytes(b"")
    (texts / "picture.txt").write_bytes(bytes(range(256)) * 20)
    (texts / "english.txt").write_text("No policy here.\n", "utf-8")
    done = run("index", texts, "--index", tmp_path / "index")
    assert done.returncode == 1
    for name in ("leer.txt", "picture.txt", "english.txt"):
        assert name in done.stderr
    assert "243" in done.stdout


def test_searching_answers_in_text_and_in_json(index: Path) -> None:
    shown = terminal.run("search", "随迁子女", "--index", index, "--city", "武汉", "--year", "2017")
    assert shown.returncode == 0
    assert "居住证" in shown.stdout
    assert "重庆市" not in shown.stdout
    found = json.loads(terminal.run("search", "随迁子女", "--index", index, "--json", "--limit", "2").stdout)
    assert found["total"] >= 5
    assert len(found["hits"]) == 2
    for hit in found["hits"]:
        assert all(0 <= low < high <= len(hit["text"]) for low, high in hit["highlights"])


def test_no_hits_is_no_failure(index: Path) -> None:
    done = terminal.run("search", "“没有这几个字”", "--index", index, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["total"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["search", "教师 OR"], "OR"),
        (["search", "教师", "--year", "去年"], "去年"),
        (["search", "教师", "--limit", "0"], "0"),
        (["serve", "--port", "70000"], "70000"),
        (["nothing"], "nothing"),
        ([], "COMMAND"),
    ],
)
def test_wrong_usage_is_exit_status_2_and_says_what(index: Path, arguments: list[str], told: str) -> None:
    done = terminal.run(*arguments, *(["--index", str(index)] if arguments[:1] in (["search"], ["serve"]) else []))
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_the_status_is_that_of_the_process(tmp_path: Path) -> None:
    assert run().returncode == 2
    assert run("check", "--index", tmp_path / "none").returncode == 1


def test_no_index_is_exit_status_1_and_says_what_to_run(tmp_path: Path) -> None:
    for arguments in (["search", "教师"], ["explain", "教师"], ["check"], ["serve", "--port", "0"]):
        done = terminal.run(*arguments, "--index", tmp_path / "none")
        assert done.returncode == 1
        assert "yaodian index" in done.stderr


def test_explaining_shows_how_a_query_is_read(index: Path) -> None:
    done = terminal.run("explain", "義務教育均衡 -高中", "--index", index)
    assert done.returncode == 0
    assert "义务教育 / 均衡" in done.stdout
    reading = json.loads(terminal.run("explain", "義務教育均衡 -高中", "--index", index, "--json").stdout)["reading"]
    assert [clause["kind"] for clause in reading["clauses"]] == ["word", "not"]


def test_inspecting_accounts_for_every_visible_character() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        found = json.loads(terminal.run("inspect", path, "--json").stdout)
        text = path.read_bytes().decode("utf-8")
        counts = [0] * len(text)
        regions = [(r["start"], r["end"]) for kind in ("boilerplate", "front_matter", "headings") for r in found[kind]]
        regions += [tuple(segment) for paragraph in found["paragraphs"] for segment in paragraph["segments"]]
        for start, end in regions:
            for at in range(start, end):
                counts[at] += 1
        assert max(counts) == 1
        uncovered = {text[at] for at, count in enumerate(counts) if not count and not text[at].isspace()}
        assert uncovered <= set("。\u200b\ufeff")
        for paragraph in found["paragraphs"]:
            assert paragraph["text"] == "".join(text[start:end] for start, end in paragraph["segments"])
            for repair in paragraph["repairs"]:
                assert text[repair["start"] : repair["end"]] == repair["from"]


def test_inspecting_standard_input() -> None:
    done = run("inspect", "-", "--json", stdin="全市学前教育三年毛叺园率达到82.54%。".encode())
    found = json.loads(done.stdout)
    assert [(repair["from"], repair["to"]) for repair in found["paragraphs"][0]["repairs"]] == [("叺", "入")]
    assert "毛叺园率" in run("inspect", "-", stdin="全市学前教育三年毛叺园率达到82.54%。".encode()).stdout
    empty = run("inspect", "-", "--json", stdin=b"")
    assert empty.returncode == 1
    assert empty.stderr


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small folder of documents."""
    folder = tmp_path_factory.mktemp("noted")
    (folder / "plan.txt").write_text("2019年工作要点\n一、招生\n做好入学工作。\n", "utf-8")
    return folder


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which yaodian stands for the command line; fail on a traceback."""
    line = f'set -o pipefail; yaodian() {{ {shlex.quote(sys.executable)} -m search_app.cli "$@"; }}; {command}'
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        capture_output=True,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "120", **environment},
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"Exception ignored" not in done.stderr
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    "command",
    ["search 教育 --limit 100", "search 教育 --limit 100 --json", "explain 教育", "check"],
)
def test_a_reader_who_has_seen_enough_is_no_failure(index: Path, command: str) -> None:
    assert shell(f"yaodian {command} --index {index} | true").returncode == 0


def test_an_index_is_built_although_nobody_watches(noted: Path, tmp_path: Path) -> None:
    for number, watcher in enumerate(("2>&1 | true", "| true", ">&- 2>&- <&-", ">/dev/null 2>/dev/full")):
        index = tmp_path / str(number)
        assert shell(f"yaodian index {noted} --index {index} {watcher}").returncode == 0, watcher
        assert open_backend(index).check() == (), watcher


@pytest.mark.parametrize("command", ["search 教育", "search 教育 --json", "check", "inspect seeds/004*.txt"])
def test_output_that_cannot_be_written_is_a_failure_in_one_sentence(index: Path, command: str) -> None:
    where = "" if command.startswith("inspect") else f"--index {index}"
    done = shell(f"yaodian {command} {where} > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "yaodian: the output cannot be written: No space left on device\n"


def test_streams_may_be_closed(index: Path) -> None:
    assert shell(f"yaodian search 教育 --index {index} >&-").returncode == 0
    assert shell("yaodian inspect - <&-").returncode == 1


ASCII = (
    {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX"},
)


@pytest.mark.parametrize("environment", ASCII)
def test_a_terminal_without_chinese_is_shown_escapes_and_json_stays_json(
    noted: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    index = tmp_path / "index"
    assert shell(f"yaodian index {noted} --index {index}", **environment).returncode == 0
    shown = shell(f"yaodian search 入学 --index {index}", **environment)
    assert shown.returncode == 0
    assert "\\u5165\\u5b66" in shown.stdout
    found = json.loads(shell(f"yaodian search 入学 --index {index} --json", **environment).stdout)
    assert found["query"]["text"] == "入学"
    assert found["total"] == 1


def test_standard_input_without_end_is_not_read_to_its_end() -> None:
    done = shell("yaodian inspect - < /dev/zero")
    assert done.returncode == 1
    assert "16 MiB" in done.stderr
    pipe = shell("yaodian inspect <(echo 一、工作)")
    assert pipe.returncode == 1
    assert "pipe" in pipe.stderr


def test_a_search_that_finds_nothing_says_what_would(index: Path) -> None:
    done = terminal.run("search", "学校", "--city", "北京", "--index", index)
    assert done.returncode == 0
    assert "北京市" in done.stdout
    assert "学校（去掉所有筛选" in done.stdout


def test_a_host_that_does_not_exist_is_said(index: Path) -> None:
    done = run("serve", "--host", "nosuch.invalid", "--port", "0", "--index", index)
    assert done.returncode == 1
    assert "nosuch.invalid" in done.stderr
    assert "--host" in done.stderr


def heed_interrupts() -> None:
    """Undo what a shell does to what it runs in the background: it is told to ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_build_says_so_and_leaves_nothing(tmp_path: Path, ending: signal.Signals, workers: str) -> None:
    texts, index = tmp_path / "texts", tmp_path / "index"
    texts.mkdir()
    line = json.dumps({"text": "一、做好入学工作。\n" * 300}, ensure_ascii=False)
    (texts / "many.jsonl").write_text(f"{line}\n" * 400, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "search_app.cli", "index", texts, "--index", index, "--workers", workers],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    # Interrupted in the middle: the folder of the build is there, and those who read and index have begun.
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and not any(index.glob("*/words")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.5)
    assert process.poll() is None
    if ending is signal.SIGINT:  # as a terminal does: to all of them
        os.killpg(process.pid, ending)
    else:
        process.send_signal(ending)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "interrupted" in told
    assert "Traceback" not in told
    assert not [path for path in index.iterdir() if path.is_dir()]


def test_the_server_says_where_it_is_answers_and_stops(index: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "search_app.cli", "serve", "--port", "0", "--index", str(index)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address, line
        port = int(address.group().rpartition(":")[2])
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(150)]
        with urllib.request.urlopen(f"{address.group()}/healthz", timeout=PATIENCE) as answer:
            assert json.load(answer)["paragraphs"] == 243
        for connection in idle:
            connection.close()
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0
