"""Who says what on a topic, on a desk and on a phone, with scripts and without."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.browser.conftest import CONTRAST, Open
from tests.browser.waiting import expect


@pytest.mark.parametrize("scripts", [True, False])
def test_a_topic_is_compared_and_a_wording_made_the_baseline(open_page: Open, scripts: bool) -> None:
    page = open_page("/compare", java_script_enabled=scripts)
    page.fill("#topic", "学前教育")
    page.click(".topic button")
    expect(page.locator(".reading").first).to_contain_text("4 份论及")
    page.locator("#B").locator("text=以此为基准").click()
    page.wait_for_url("**baseline=B**")
    expect(page.locator("#A ins").first).to_be_visible()
    page.locator("#A .members a").first.click()
    page.wait_for_url("**/p/**")
    expect(page.locator(".target")).to_contain_text("第三期学前教育行动计划")


def test_two_documents_are_chosen_and_put_side_by_side(open_page: Open) -> None:
    page = open_page("/compare")
    page.select_option("select[name=left]", index=2)
    page.select_option("select[name=right]", index=0)
    page.click(".sides button")
    page.wait_for_url("**left=**")
    expect(page.locator(".pair.reworded").first).to_be_visible()


def test_keys_go_from_row_to_row(open_page: Open) -> None:
    page = open_page("/compare?q=" + quote("学前教育"))
    rows = page.locator(".wording .members a")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")


def test_cities_are_ticked_and_compared_alone(open_page: Open) -> None:
    page = open_page("/compare?q=" + quote("学前教育"))
    page.click(".choose summary")
    page.check("input[value=武汉市]")
    page.click(".choose button")
    page.wait_for_url("**city=**")
    expect(page.locator(".matrix tbody tr")).to_have_count(1)


def test_a_comparison_is_printed_without_its_forms(open_page: Open) -> None:
    page = open_page("/compare?q=" + quote("学前教育") + "&baseline=B")
    page.emulate_media(media="print")
    for hidden in (".topic", ".choose", ".files", ".order", ".top"):
        expect(page.locator(hidden).first).to_be_hidden()
    for kept in (".matrix", "#A .text", "#A .members"):
        expect(page.locator(kept).first).to_be_visible()


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_is_wider_than_the_screen(open_page: Open, base: str, width: int) -> None:
    page = open_page("/compare", width)
    for query in ("", "q=" + quote("学前教育") + "&baseline=B&fade=1", "q=" + "a" * 300):
        page.goto(base + "/compare?" + query)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, query[:20]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(open_page: Open, scheme: str) -> None:
    page = open_page("/compare?q=" + quote("学前教育") + "&baseline=B&fade=1", color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
