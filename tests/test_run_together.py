"""A text that lost its line breaks is cut where its numbering runs on, and nothing else is."""

from __future__ import annotations

import time
import unicodedata

import pytest

from indexer.numbering import read_marker
from indexer.runtogether import FAR_TOO_LONG, in_order
from indexer.segment import segment

SENTENCE = "落实以居住证为主要依据的随迁子女义务教育就学政策，健全控辍保学动态监测机制，完善关爱服务体系。"


def report(joint: str, page: str = "") -> str:
    """Write a report of some 6,000 characters, its paragraphs joined by a line break or by something else."""
    lines = [
        "各位代表：现在，我代表市人民政府向大会报告工作，请予审议。",
        "一、2023年工作回顾 一年来，我们主要做了以下工作：" + SENTENCE,
    ]
    lines += [f"{number}是促进公平。" + SENTENCE * 4 for number in "一二三"]
    lines += ["二、2024年工作安排 做好全年工作十分重要。今年重点抓好以下工作：" + page]
    for number in "一二三四":
        lines += [f"（{number}）聚力提高质量。" + SENTENCE * 3]
        lines += [f"{item}是加强教研工作。" + SENTENCE * 3 for item in "一二三"]
    lines += ["三、加强自身建设 坚持依法行政。" + SENTENCE * 2]
    return joint.join(lines)


def texts_of(text: str) -> list[str]:
    return ["".join(text[low:high] for low, high in block.segments) for block in segment(text).blocks]


@pytest.mark.parametrize("joint", ["", " ", "\u3000\u3000"])
def test_a_report_in_one_line_is_cut_where_its_numbers_run_on(joint: str) -> None:
    whole = report(joint)
    assert len(whole) > FAR_TOO_LONG
    found = segment(whole)
    assert [heading.text for heading in found.headings] == [
        "一、2023年工作回顾",
        "二、2024年工作安排",
        "三、加强自身建设",
    ]
    assert texts_of(whole) == texts_of(report("\n"))
    assert max(map(len, texts_of(whole))) < 400
    assert [block.item for block in found.blocks if block.item] == ["（一）", "（二）", "（三）", "（四）"]


def test_every_visible_character_of_it_is_in_one_place() -> None:
    whole = report(" ", page=" — 12 — ")
    found = segment(whole)
    spans = [(heading.start, heading.end) for heading in found.headings]
    spans += [(region.start, region.end) for region in (*found.boilerplate, *found.front_matter)]
    spans += [span for block in found.blocks for span in block.segments]
    held = [0] * len(whole)
    for low, high in spans:
        for at in range(low, high):
            held[at] += 1
    visible = [at for at, character in enumerate(whole) if unicodedata.category(character)[0] in "LN"]
    assert {held[at] for at in visible} == {1}
    assert len(found.blocks) == len(texts_of(report(" ")))


def test_the_number_of_a_page_may_stand_before_a_number() -> None:
    text = report(" ").replace("（二）", "— 7 — （二）").replace("三、加强", "— 9 — 三、加强")
    assert len(texts_of(text)) == len(texts_of(report(" ")))


def test_a_paragraph_of_usual_length_keeps_its_cut() -> None:
    items = "".join(f"{number}是促进公平。" + SENTENCE * 10 for number in "一二三")
    assert 1000 < len(items) < FAR_TOO_LONG
    assert texts_of(f"一、主要工作\n{items}\n") == [items]


def test_numbers_that_do_not_count_on_cut_nothing() -> None:
    odd = "".join(f"{number}是促进公平。" + SENTENCE * 30 for number in "二五九")
    assert len(odd) > FAR_TOO_LONG
    assert texts_of(odd) == [odd]
    inside = (SENTENCE * 40).replace("健全", "一是健全").replace("完善", "二是完善")
    assert len(inside) > FAR_TOO_LONG / 2
    assert texts_of(inside * 2) == [inside * 2]


def test_counting_takes_no_longer_than_the_text_is_long() -> None:
    steps = []
    for count in (2_000, 8_000):
        text = "".join(f"{'一二三四五'[at * 7 % 5]}是促进公平。" for at in range(count))
        numbers = [each for at in range(0, len(text), 7) if (each := read_marker(text, at, len(text)))]
        assert len(numbers) == count
        started = time.process_time()
        in_order(numbers, 0)
        steps.append(time.process_time() - started)
    assert steps[1] <= 12 * steps[0] + 0.05
