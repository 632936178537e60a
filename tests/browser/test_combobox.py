"""Suggestions under the search box: with keys, with a thumb, with an input method, and not at all without scripts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.browser.conftest import Open
from tests.browser.waiting import expect, let_pass, settled, still, until

COUNT_QUESTIONS = """() => {
  const ask = window.fetch;
  window.asked = [];
  window.fetch = (address, ...more) => {
    if (String(address).includes('/suggest?')) window.asked.push(String(address));
    return ask(address, ...more);
  };
}"""
"""Lists in ``window.asked`` what the page asks for; there is no moment between asking and being listed."""
REST = 120
"""Milliseconds without a key after which suggest.js asks."""


def offered(page: Any, text: str, *, fill: bool = False) -> list[str]:
    """Type into the box, or fill it at once; returns what is offered for all of it, when exactly that is shown.

    A slow hand, or a slow machine, is offered something for the first letters too.
    """
    with page.expect_response(
        lambda answer: "/suggest?" in answer.url and parse_qs(urlsplit(answer.url).query)["q"] == [text]
    ) as answered:
        page.fill("#q", text) if fill else page.type("#q", text)
    found = [each["text"] for each in answered.value.json()["suggestions"]]
    assert found
    expect(page.locator(".suggested")).to_have_text(found)
    expect(page.locator("#suggestions")).to_be_visible()
    return found


def test_arrow_keys_choose_and_enter_searches(open_page: Open) -> None:
    page = open_page("/")
    words = offered(page, "教师")
    box = page.locator("#q")
    assert words[0] == "教师队伍"
    expect(box).to_have_attribute("aria-expanded", "true")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.press("#q", key)
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(page.locator("#suggestion-0")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#suggestions [aria-selected=true]")).to_have_count(1)
    expect(box).to_have_value("教师")  # moving through the list leaves what was typed
    page.press("#q", "Enter")
    page.wait_for_selector(".hits")
    expect(box).to_have_value(words[0])


def test_moving_past_either_end_returns_to_the_box(open_page: Open) -> None:
    page = open_page("/")
    count = len(offered(page, "随迁"))
    box = page.locator("#q")
    page.press("#q", "ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", f"suggestion-{count - 1}")
    page.press("#q", "ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile(""))


def test_enter_without_a_choice_searches_for_what_was_typed(open_page: Open) -> None:
    page = open_page("/")
    offered(page, "教师")
    page.press("#q", "Enter")
    page.wait_for_selector(".hits")
    expect(page.locator("#q")).to_have_value("教师")


def test_escape_closes_the_list_and_a_second_time_leaves_the_box(open_page: Open) -> None:
    page = open_page("/")
    offered(page, "教师")
    box = page.locator("#q")
    page.press("#q", "Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_be_focused()
    expect(box).to_have_value("教师")
    page.press("#q", "Escape")
    expect(box).not_to_be_focused()


def test_leaving_the_box_closes_the_list(open_page: Open) -> None:
    page = open_page("/")
    offered(page, "教师")
    page.press("#q", "Tab")
    expect(page.locator("#suggestions")).to_be_hidden()


def test_an_input_method_is_not_disturbed(open_page: Open) -> None:
    """While pinyin is being composed nothing is asked and no key is taken; the chosen word is what counts."""
    page = open_page("/")
    still(page)
    page.evaluate(COUNT_QUESTIONS)
    typing = page.context.new_cdp_session(page)
    page.focus("#q")
    for letters in ("j", "ji", "jiao"):
        end = len(letters)
        typing.send("Input.imeSetComposition", {"text": letters, "selectionStart": end, "selectionEnd": end})
        expect(page.locator("#q")).to_have_value(letters)
        let_pass(page, 10 * REST)
    settled(page)
    assert page.evaluate("asked") == []
    typing.send("Input.insertText", {"text": "教师"})
    expect(page.locator("#q")).to_have_value("教师")
    let_pass(page, REST)
    expect(page.locator(".suggested").first).to_have_text("教师队伍")
    let_pass(page, 10 * REST)
    assert page.evaluate("asked") == ["/api/v1/suggest?q=" + quote("教师")]


def test_quick_typing_asks_once(open_page: Open) -> None:
    page = open_page("/")
    still(page)
    page.evaluate(COUNT_QUESTIONS)
    for letter in "随迁子":
        let_pass(page, REST - 1)
        page.type("#q", letter)
    let_pass(page, REST - 1)
    settled(page)
    assert page.evaluate("asked") == []
    let_pass(page, 1)
    expect(page.locator(".suggested").first).to_contain_text("随迁子")
    let_pass(page, 10 * REST)
    assert page.evaluate("asked") == ["/api/v1/suggest?q=" + quote("随迁子")]


def test_a_thumb_chooses_and_filters_are_kept(open_page: Open) -> None:
    page = open_page("/?q=教育&year=2017", 375, 700, has_touch=True, is_mobile=True)
    offered(page, "教师", fill=True)
    option = page.locator("[role=option]").first
    assert option.bounding_box()["height"] >= 44
    option.tap()
    page.wait_for_selector("#q[value='教师队伍']")
    expect(page).to_have_url(re.compile("year=2017"))


def test_the_list_moves_nothing_and_fits_a_phone(open_page: Open) -> None:
    page = open_page("/?q=教育", 375, 700)
    before = page.locator("#main").bounding_box()
    offered(page, "教", fill=True)
    assert page.locator("#main").bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    box = page.locator("#suggestions").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375


def test_pinyin_and_titles_are_offered(open_page: Open) -> None:
    page = open_page("/")
    assert "随迁子女" in offered(page, "suiqian")
    assert "青浦教育" in offered(page, "青浦教育", fill=True)[0]
    page.press("#q", "ArrowDown")
    page.press("#q", "Enter")
    page.wait_for_url("**/d/*")


def test_the_list_works_after_a_page_was_swapped(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.click(".sorts a:has-text('最新')")
    page.wait_for_selector(".sorts a[aria-current]:has-text('最新')")
    expect(page).to_have_url(re.compile("sort=newest"))
    assert offered(page, "教师", fill=True)[0] == "教师队伍"
    expect(page.locator("#suggestions")).to_have_count(1)


def test_without_scripts_the_box_is_a_plain_search_field(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    box = page.locator("#q")
    expect(box).to_have_attribute("type", "search")
    assert box.get_attribute("role") is None
    assert page.locator("#suggestions").count() == 0


def test_a_failed_question_for_one_letter_does_not_cost_the_next(open_page: Open) -> None:
    page = open_page("/")
    still(page)
    held: list[Any] = []
    page.route("**/api/v1/suggest?q=" + quote("教"), lambda route: held.append(route))
    page.type("#q", "教")
    let_pass(page, REST)
    until(lambda: page.evaluate("1") and held)
    page.type("#q", "师")  # its own question is due, not asked
    with page.expect_response("**/api/v1/suggest*"):
        held[0].fulfill(status=503, body="nothing of use")
    page.evaluate("fetch('/api/v1/suggest?q=').then(answer => answer.text())")
    settled(page)
    let_pass(page, REST)
    expect(page.locator(".suggested").first).to_have_text("教师队伍")


@pytest.mark.parametrize("status", [503, 200])
def test_trouble_with_suggestions_leaves_the_box_alone(open_page: Open, status: int) -> None:
    page = open_page("/")
    page.route("**/api/v1/suggest*", lambda route: route.fulfill(status=status, body="nothing of use"))
    with page.expect_response("**/api/v1/suggest?q=" + quote("教师")):
        page.type("#q", "教师")
    # Asked after the page did, so answered after it.
    page.evaluate("fetch('/api/v1/suggest?q=').then(answer => answer.text())")
    settled(page)
    expect(page.locator("#suggestions")).to_be_hidden()
    page.press("#q", "Enter")
    page.wait_for_selector(".hits")
