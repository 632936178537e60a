"""Segmentation: the five documents as read by hand, one case a rule, and what must hold for every text."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.boilerplate import find_repeat, is_caption, name_boilerplate
from indexer.models import Segmentation, Span
from indexer.segment import segment

ROOT = Path(__file__).parent.parent
CASES = [
    case
    for name in ("segment", "segment_lists", "segment_titles", "segment_marks")
    for case in json.loads((ROOT / f"tests/cases/{name}.json").read_text(encoding="utf-8"))
]
SEEDS = json.loads((ROOT / "tests/cases/segment_seeds.json").read_text(encoding="utf-8"))


def read_seed(name: str) -> str:
    return (ROOT / "seeds" / name).read_bytes().decode("utf-8")


def parts(text: str, found: Segmentation) -> list[list[str]]:
    return [[text[start:end] for start, end in block.segments] for block in found.blocks]


def paragraphs(text: str, found: Segmentation) -> list[list[str | None]]:
    return [
        [block.item, " › ".join(found.headings[i].text for i in block.section), "".join(segments)]
        for block, segments in zip(found.blocks, parts(text, found), strict=True)
    ]


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_the_five_documents_are_read_as_a_person_reads_them(name: str) -> None:
    text, expected = read_seed(name), SEEDS[name]
    found = segment(text)
    assert [[r.kind, text[r.start : r.end]] for r in found.boilerplate] == expected["boilerplate"]
    assert [[r.kind, text[r.start : r.end]] for r in found.front_matter] == expected["front_matter"]
    assert [[heading.level, heading.text] for heading in found.headings] == expected["headings"]
    ends = [[str(whole)[:12], str(whole)[-12:], item, path] for item, path, whole in paragraphs(text, found)]
    assert ends == expected["paragraphs"]
    assert len(found.notices) == expected["notices"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_rule_holds(case: dict[str, Any]) -> None:
    text = case["text"]
    found = segment(text)
    actual = {
        "boilerplate": [[r.kind, text[r.start : r.end]] for r in found.boilerplate],
        "front_matter": [[r.kind, text[r.start : r.end]] for r in found.front_matter],
        "headings": [[heading.level, heading.text] for heading in found.headings],
        "paragraphs": paragraphs(text, found),
        "segments": parts(text, found),
        "notices": len(found.notices),
    }
    named = {key: case[key] for key in actual if key in case}
    assert named, "a case must expect something"
    assert {key: actual[key] for key in named} == named
    check_invariants(text, found)


def test_a_body_that_is_printed_twice_is_kept_once() -> None:
    body = "一、总体要求\n" + "坚持立德树人,办好人民满意的教育。" * 15 + "\n二、主要任务\n促进教育公平。\n"
    text = "某市教育工作要点\n" + body + body
    found = segment(text)
    assert [heading.text for heading in found.headings] == ["一、总体要求", "二、主要任务"]
    assert {region.kind for region in found.boilerplate} == {"repeat"}
    assert all(block.segments[0][0] < len("某市教育工作要点\n" + body) for block in found.blocks)


def test_lines_broken_at_a_fixed_width_are_joined() -> None:
    sentence = "深入贯彻落实立德树人根本任务,加快建设高质量教育体系,努力办好人民满意的教育,推动义务教育优质均衡发展"
    paragraph = (sentence + ",") * 4 + "取得新成效。"
    wrapped = "\n".join(paragraph[at : at + 30] for at in range(0, len(paragraph), 30))
    text = f"某市教育工作要点\n一、总体要求\n{wrapped}\n二、主要任务\n{wrapped}\n"
    found = segment(text)
    assert ["".join(segments) for segments in parts(text, found)] == [paragraph, paragraph]


def test_short_sentences_head_longer_lines_where_they_do_so_throughout() -> None:
    body = "围绕小学兴趣化、初中多样化、高中特色化要求,开齐开足开好体育课,普及校园足球,提高学生身心健康水平"
    heads = ["加强体育工作。", "开展德育活动。", "推进社会实践。", "提高特殊教育普及水平"]
    text = "一、落实根本任务\n" + "".join(f"{head}\n{body}\n" for head in heads)
    found = segment(text)
    assert [(heading.level, heading.text) for heading in found.headings] == [
        (1, "一、落实根本任务"),
        *((2, head) for head in heads),
    ]
    assert parts(text, found) == [[body]] * 4


def test_a_lone_short_sentence_stays_a_paragraph() -> None:
    text = (
        "一、工作回顾\n一年来,我们主要做了以下工作。\n"
        + "坚持立德树人,促进教育公平,提高教育质量,办好人民满意的教育。" * 3
    )
    assert len(segment(text).blocks) == 2


def test_captions_repeat_what_the_prose_says_and_headings_do_not_count() -> None:
    prose = "会议由市教委副主任邓睿主持,强调落实立德树人根本任务。"
    assert not is_caption("落实立德树人根本任务", prose)
    assert is_caption("市教委副主任邓睿主持会议", "市教委副主任邓睿出席并主持会议。")


@pytest.mark.parametrize(
    "line",
    ["一、指导思想", "坚持立德树人。", "1.落实政策。", "加强信息技术支持", "规范网站管理工作", "推进教育信息网建设。"],
)
def test_policy_text_is_no_boilerplate(line: str) -> None:
    assert name_boilerplate(line) is None


def test_equal_lines_are_no_repeated_body() -> None:
    assert find_repeat(["加强教育工作。"] * 10) is None


def visible(text: str) -> set[int]:
    return {at for at, character in enumerate(text) if unicodedata.category(character)[0] in "LN"}


def check_invariants(text: str, found: Segmentation) -> None:
    spans: list[Span] = [(region.start, region.end) for region in (*found.boilerplate, *found.front_matter)]
    spans += [(heading.start, heading.end) for heading in found.headings]
    for block in found.blocks:
        assert block.segments
        assert list(block.segments) == sorted(block.segments)
        assert all(0 <= index < len(found.headings) for index in block.section)
        spans += block.segments
    for heading in found.headings:
        assert heading.level >= 1
        assert heading.text
    spans.sort()
    covered: set[int] = set()
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert not covered & set(range(start, end)), "regions overlap"
        covered.update(range(start, end))
    assert not visible(text) - covered, "visible text was lost"
    for ordered in (found.boilerplate, found.front_matter, found.headings):
        assert [part.start for part in ordered] == sorted(part.start for part in ordered)
    starts = [block.segments[0][0] for block in found.blocks]
    assert starts == sorted(starts)


FRAGMENTS = st.sampled_from(
    [
        "一、",
        "二、",
        "(一)",
        "（二）",
        "1.",
        "2.",
        "１．",
        "(1)",
        "①",
        "第一条",
        "第二章",
        "第 3 條",
        "一是",
        "# ",
        "## ",
        "2017",
        "9",
        "7—8",
        "2024年3月8日",
        "某市教育局",
        "工作要点",
        "各学校:",
        "现将《要点》印发给你们",
        "首页",
        ">",
        "— 3 —",
        "附件:",
        "目录",
        "原标题:",
        "扫一扫",
        "促进教育公平",
        "落实政策。",
        "坚持立德树人,办好人民满意的教育。",
        "。",
        ",",
        ";",
        ":",
        " ",
        "\u3000",
        "\xa0",
        "\u200b",
        "\ufeff",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u2028",
        "\x0c",
        "<!-- x -->",
        "<!--",
        "-->",
        'HYPERLINK "a"',
        "<p>",
        "&nbsp;",
        "“",
        "”",
        "(",
        ")",
        "國小",
        "叺",
        "😀",
        "***",
        "a",
        "%",
    ]
)


@given(st.lists(FRAGMENTS, max_size=60).map("".join))
@settings(max_examples=400, deadline=None)
def test_policy_like_text_is_divided_without_loss(text: str) -> None:
    check_invariants(text, segment(text))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_divided_without_loss(text: str) -> None:
    check_invariants(text, segment(text))


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_the_five_documents_are_divided_without_loss(name: str) -> None:
    text = read_seed(name)
    check_invariants(text, segment(text))
    crlf = text.replace("\n", "\r\n")
    check_invariants(crlf, segment(crlf))
    assert len(segment(crlf).blocks) == len(segment(text).blocks)


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "1",
        " ",
        "1.",
        "一",
        "一、",
        "(一)",
        "(一)加强 ",
        "好\n",
        "加强教育工作。\n",
        "#",
        "<p ",
        'HYPERLINK "',
        "<!--",
        "加强1.落实2.提高",
        "\u200b",
        "\n \n",
        "第一条",
        "2017年",
        "局",
        "“",
        "——",
        "附件:\n",
        "一、加强\n",
        "一是。二是。三是。",
        "。——好",
    ],
)
def test_hostile_text_takes_no_longer_than_its_length(unit: str) -> None:
    text = (unit * (100_000 // len(unit) + 1)) + "好"
    started = time.thread_time()
    segment(text)
    # Measured: at most 1.1 s on two shared cores, most of them 0.1 s; quadratic behaviour takes minutes.
    assert time.thread_time() - started < 10
