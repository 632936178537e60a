"""The command ``yaodian`` as a person or a script runs it: output, errors, exit statuses, a server that stops."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import ROOT, SEEDS


def run(*arguments: str | Path, stdin: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "search_app.cli", *map(str, arguments)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        timeout=60,
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
    shown = run("search", "随迁子女", "--index", index, "--city", "武汉", "--year", "2017")
    assert shown.returncode == 0
    assert "居住证" in shown.stdout
    assert "重庆市" not in shown.stdout
    found = json.loads(run("search", "随迁子女", "--index", index, "--json", "--limit", "2").stdout)
    assert found["total"] >= 5
    assert len(found["hits"]) == 2
    for hit in found["hits"]:
        assert all(0 <= low < high <= len(hit["text"]) for low, high in hit["highlights"])


def test_no_hits_is_no_failure(index: Path) -> None:
    done = run("search", "“没有这几个字”", "--index", index, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["total"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["search", "教师 OR"], "OR"),
        (["search", "教师", "--year", "去年"], "去年"),
        (["search", "教师", "--limit", "0"], "0"),
        (["search", "教师", "--limit", "1000"], "100"),
        (["serve", "--port", "70000"], "70000"),
        (["nothing"], "nothing"),
        ([], "COMMAND"),
    ],
)
def test_wrong_usage_is_exit_status_2_and_says_what(index: Path, arguments: list[str], told: str) -> None:
    done = run(*arguments, *(["--index", str(index)] if arguments[:1] in (["search"], ["serve"]) else []))
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_no_index_is_exit_status_1_and_says_what_to_run(tmp_path: Path) -> None:
    for arguments in (["search", "教师"], ["explain", "教师"], ["check"], ["serve", "--port", "0"]):
        done = run(*arguments, "--index", tmp_path / "none")
        assert done.returncode == 1
        assert "yaodian index" in done.stderr


def test_explaining_shows_how_a_query_is_read(index: Path) -> None:
    done = run("explain", "義務教育均衡 -高中", "--index", index)
    assert done.returncode == 0
    assert "义务教育 / 均衡" in done.stdout
    reading = json.loads(run("explain", "義務教育均衡 -高中", "--index", index, "--json").stdout)["reading"]
    assert [clause["kind"] for clause in reading["clauses"]] == ["word", "not"]


def test_inspecting_accounts_for_every_visible_character() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        found = json.loads(run("inspect", path, "--json").stdout)
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
        with urllib.request.urlopen(f"{address.group()}/healthz", timeout=10) as answer:
            assert json.load(answer)["paragraphs"] == 243
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
