"""Addresses of passages on the web pages that documents came from."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from indexer.backend import open_backend
from indexer.pipeline import build
from search_app import create_app
from search_app.text_fragment import fragment_address, source_link

LINE = st.text("落实控辍保学责任，。；、-,& 9A(）", min_size=1, max_size=80)


def parts(address: str) -> list[str]:
    """Take the directive of an address apart, as a browser does."""
    return [unquote(part) for part in address.partition(":~:text=")[2].split(",")]


def test_a_short_passage_is_quoted_whole() -> None:
    assert parts(fragment_address("https://a.cn/1", ["1.落实控辍保学责任。"])) == ["1.落实控辍保学责任。"]


def test_a_long_passage_is_quoted_by_its_beginning_and_its_end() -> None:
    text = "14.重视弱势群体关爱教育。落实以居住证为依据的随迁子女就学政策。继续新建10个农村留守儿童关爱服务站。"
    assert parts(fragment_address("https://a.cn/1", [text])) == [
        "14.重视弱势群体关爱教育",
        "继续新建10个农村留守儿童关爱服务站。",
    ]


def test_lines_of_a_page_are_not_quoted_across_their_ends() -> None:
    lines = ["积极稳妥推进高考综合改革和中考", "改革，完善综合素质评价。"]
    found = parts(fragment_address("https://a.cn/1", lines))
    assert found[0] in lines[0]
    assert found[1] in lines[1]


def test_what_stands_around_goes_before_and_behind() -> None:
    found = parts(
        fragment_address("https://a.cn/1", ["加强组织领导。"], "\n三、保障措施\n", "\n健全工作机制，落实责任。")
    )
    assert found == ["三、保障措施-", "加强组织领导。", "-健全工作机制，落实责任"]


@given(st.lists(LINE, min_size=1, max_size=4), LINE, LINE)
def test_no_sign_of_the_text_is_taken_for_one_of_the_syntax(lines: list[str], before: str, behind: str) -> None:
    address = fragment_address("https://a.cn/1?a=1&b=2", lines, before, behind)
    page, _, directive = address.partition("#:~:text=")
    assert page == "https://a.cn/1?a=1&b=2"
    assert "&" not in directive
    pieces = directive.split(",")
    assert 1 <= len(pieces) <= 4
    middle = [piece for piece in pieces if not piece.endswith("-") and not piece.startswith("-")]
    assert 1 <= len(middle) <= 2
    assert "-" not in "".join(middle)


def test_a_repeated_text_is_told_apart_and_a_hit_links_to_the_page(tmp_path: Path) -> None:
    same = "加强组织领导，压实工作责任。"
    text = f"一、招生\n1.做好招生工作。\n{same}\n二、资助\n1.做好资助工作。\n{same}\n"
    record = {"title": "武汉市2024年工作要点", "text": text, "source_url": "https://example.cn/plan.html"}
    (tmp_path / "one.jsonl").write_text(json.dumps(record), "utf-8")
    build([tmp_path / "one.jsonl"], tmp_path / "index")
    backend = open_backend(tmp_path / "index")
    document = backend.document(backend.documents()[0].id)
    repeated = [each for each in document.paragraphs if each.text.startswith("加强组织领导")]
    links = [source_link(document, each) for each in repeated]
    assert len(links) == len(set(links)) == 2
    assert [parts(link or "")[0] for link in links] == ["1.做好招生工作。-", "1.做好资助工作。-"]
    client = create_app(backend).test_client()
    hits = client.get("/api/v1/search?q=招生工作").get_json()["hits"]
    assert parts(hits[0]["source_link"]) == ["1.做好招生工作。"]
    assert f'href="{hits[0]["source_link"]}"' in client.get("/?q=招生工作").text
    link = links[0]
    assert link is not None
    assert f'href="{link}"' in client.get(f"/p/{repeated[0].id}").text
    assert client.get(f"/api/v1/paragraphs/{repeated[0].id}").get_json()["source_link"] == link
