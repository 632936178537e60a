"""Places, groups and folded hits in a browser, with scripts and without."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from indexer.pipeline import build
from search_app import create_app
from tests.browser.conftest import CONTRAST, Open, serving
from tests.browser.waiting import expect

SHARED = "各校要落实控辍保学责任，建立台账，定期走访，做好劝返复学工作，保障适龄儿童少年接受义务教育。"
CITIES = [("湖北省", "武汉市"), ("湖北省", "黄冈市"), ("浙江省", "杭州市"), ("浙江省", "宁波市"), ("四川省", "成都市")]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a corpus of three provinces with districts, more than stand open; returns the address."""
    folder = tmp_path_factory.mktemp("many")
    lines = [
        {
            "title": f"{city}{district or ''}教育局{year}年工作要点",
            "province": province,
            "city": city,
            **({"district": district} if district else {}),
            "years": [year],
            "text": f"一、义务教育\n1.{SHARED}\n2.{city}{district or ''}控辍保学第{year}号专项行动。\n",
        }
        for province, city in CITIES
        for year, district in enumerate((None, "甲区", "乙区"), 2021)
    ]
    (folder / "plans.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    build([folder / "plans.jsonl"], folder / "index")
    with serving(create_app(folder / "index")) as address:
        yield address


def expect_count(page: Any, said: str) -> None:
    expect(page.locator(".reading b").last).to_have_text(said)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_goes_down_the_tree_of_places(open_page: Open, many: str, scripts: bool) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.goto(f"{many}/?q=控辍保学")
    expect_count(page, "30 段")
    city = page.locator(".tree a:has-text('武汉市')")
    expect(city).to_be_hidden()
    page.locator(".tree li:has(> a:has-text('湖北省')) > details > summary").click()
    city.click()
    page.wait_for_url("**city=**")
    page.wait_for_selector(".tree .on:has-text('武汉市')")
    expect_count(page, "6 段")
    page.locator(".tree a:has-text('甲区') >> visible=true").click()
    page.wait_for_url("**district=**")
    page.wait_for_selector(".tree .on:has-text('甲区')")
    expect_count(page, "2 段")
    expect(page).to_have_url(re.compile(r"^(?!.*city=)"))
    page.locator(".tree a:has-text('四川省')").click()
    page.wait_for_url("**province=**")
    page.wait_for_selector(".tree .on:has-text('四川省')")
    expect_count(page, "8 段")
    page.locator(".tree .all").click()
    expect(page).to_have_url(re.compile(r"^(?!.*province=)"))
    page.wait_for_selector(".tree:not(:has(.on))")
    expect_count(page, "30 段")
    assert not page.problems


def test_what_was_unfolded_stays_so_when_another_place_is_chosen(open_page: Open, many: str) -> None:
    page = open_page("/")
    page.goto(f"{many}/?q=控辍保学")
    page.locator(".tree li:has(> a:has-text('浙江省')) > details > summary").click()
    page.locator(".tree a:has-text('四川省')").click()
    page.wait_for_selector(".tree .on")
    expect(page.locator(".tree a:has-text('宁波市')")).to_be_visible()
    expect(page.locator(":focus")).to_have_attribute("data-key", "province-四川省")


def test_the_tree_opens_by_keys(open_page: Open, many: str) -> None:
    page = open_page("/")
    page.goto(f"{many}/?q=控辍保学")
    page.locator(".tree a:has-text('湖北省')").focus()
    page.keyboard.press("Tab")
    expect(page.locator("summary:focus")).to_contain_text("湖北省")
    page.keyboard.press("Enter")
    expect(page.locator(".tree a:has-text('武汉市')")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("data-key", re.compile("^city-"))


@pytest.mark.parametrize("scripts", [True, False])
def test_hits_are_grouped_by_document_and_ungrouped(open_page: Open, scripts: bool) -> None:
    page = open_page("/?q=教育", java_script_enabled=scripts)
    page.click(".sorts a:has-text('按文档')")
    page.wait_for_selector(".group")
    expect(page).to_have_url(re.compile("group=document$"))
    expect(page.locator(".group")).to_have_count(5)
    expect(page.locator(".group").first.locator(".hit")).to_have_count(3)
    expect(page.locator(".further a").first).to_have_attribute("href", re.compile("^/d/"))
    page.click(".sorts a:has-text('按文档')")
    page.wait_for_selector(".layout main > .hits")
    page.click(".sorts a:has-text('按文档')")
    page.wait_for_selector(".group")
    page.locator(".further a").first.click()
    page.wait_for_selector(".reading-text mark")


def test_keys_lead_through_the_hits_of_groups(open_page: Open) -> None:
    page = open_page("/?q=教育&group=document")
    for _ in range(4):
        page.keyboard.press("j")
    expect(page.locator("#hit-4 .open")).to_be_focused()
    expect(page.locator(".group + .group #hit-4")).to_be_visible()  # the first group shows three


@pytest.mark.parametrize("scripts", [True, False])
def test_nearly_identical_hits_unfold_and_can_be_listed(open_page: Open, many: str, scripts: bool) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.goto(f"{many}/?q=台账")
    expect(page.locator(".hit")).to_have_count(1)
    page.click(".alike summary")
    expect(page.locator(".alike li:visible")).to_have_count(14)
    page.click(".folding a")
    page.wait_for_url("**fold=off**")
    page.wait_for_selector(".hit >> nth=9")
    expect(page.locator(".alike")).to_have_count(0)
    expect(page.locator(".pager")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_trees_groups_and_folds_fit_and_can_be_read(open_page: Open, many: str, scheme: str, width: int) -> None:
    page = open_page("/", width, 740, color_scheme=scheme)
    for path in (
        "/?q=控辍保学&province=湖北",
        "/?q=控辍保学&group=document",
        "/?q=台账",
        "/?q=控辍保学&city=武汉#filters",
    ):
        page.goto(many + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(CONTRAST) == [], path


def test_the_tree_is_large_enough_for_a_thumb(open_page: Open, many: str) -> None:
    page = open_page("/", 375, 740)
    page.goto(f"{many}/?q=控辍保学&city=武汉#filters")
    small = page.evaluate(
        """() => [...document.querySelectorAll('.tree li a, .tree summary')]
        .filter(e => e.getBoundingClientRect().height && e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []
