"""A clause is pasted and compared, with scripts and without, on a desk and on a phone."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.browser.conftest import CONTRAST, Open
from tests.browser.waiting import expect

CLAUSE = "完善以居住证为主要依据的外来随迁子女，义务教育入学政策。落实控辍保学责任"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_clause_broken_over_lines_is_pasted_and_compared(open_page: Open, scripts: bool) -> None:
    page = open_page("/clause", java_script_enabled=scripts)
    page.fill("#clause", CLAUSE.replace("，", "\n"))
    page.click(".paste button")
    first = page.locator(".hit").first
    expect(first).to_contain_text("武汉市 · 2017")
    expect(first.locator("ins").first).to_contain_text("落实")
    changes = first.locator(".changes .text")
    expect(changes).to_be_visible()
    first.locator("summary").click()
    expect(changes).to_be_hidden()
    first.locator(".open").click()
    page.wait_for_url("**/p/**")
    expect(page.locator(".target")).to_contain_text("落实以居住证")


def test_a_long_query_leads_to_the_comparison_and_a_window_back_to_the_search(open_page: Open) -> None:
    page = open_page("/?q=" + quote(CLAUSE))
    page.click("text=比对原文")
    page.wait_for_url("**/clause?q=**")
    expect(page.locator("#clause")).to_have_value(CLAUSE)
    page.locator(".hit").first.locator("text=在检索中打开").click()
    page.wait_for_url(re.compile(r"/\?q="))
    expect(page.locator(".hit mark").first).to_be_visible()
    expect(page.locator(".hit .source").first).to_contain_text("武汉市")


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_is_wider_than_the_screen(open_page: Open, base: str, width: int) -> None:
    page = open_page("/clause", width)
    for text in ("", CLAUSE, "长" * 501, "a" * 400 + "学前教育普及普惠"):
        page.goto(base + "/clause?q=" + quote(text))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, text[:10]


def test_targets_on_a_phone_are_large_enough_for_a_thumb(open_page: Open) -> None:
    page = open_page("/clause?q=" + quote(CLAUSE), 375)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.paste button, .changes summary, .hit .open, .actions a')]
        .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_differences_have_enough_contrast_and_do_not_speak_by_colour_alone(open_page: Open, scheme: str) -> None:
    page = open_page("/clause?q=" + quote(CLAUSE), color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    assert "underline" in page.eval_on_selector("ins", "e => getComputedStyle(e).textDecorationLine")
    assert "line-through" in page.eval_on_selector("del", "e => getComputedStyle(e).textDecorationLine")
