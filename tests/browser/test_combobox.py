"""Suggestions under the search box: with keys, with a thumb, with an input method, and not at all without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]


def offered(page: Any) -> list[str]:
    page.wait_for_selector("#suggestions [role=option]")
    found: list[str] = page.locator(".suggested").all_inner_texts()
    return found


def test_arrow_keys_choose_and_enter_searches(open_page: Open) -> None:
    page = open_page("/")
    page.type("#q", "教师")
    words = offered(page)
    assert words[0] == "教师队伍"
    assert page.get_attribute("#q", "aria-expanded") == "true"
    page.press("#q", "ArrowDown")
    page.press("#q", "ArrowDown")
    page.press("#q", "ArrowUp")
    assert page.get_attribute("#q", "aria-activedescendant") == "suggestion-0"
    assert page.get_attribute("#suggestion-0", "aria-selected") == "true"
    assert page.locator("#suggestions [aria-selected=true]").count() == 1
    assert page.input_value("#q") == "教师", "moving through the list leaves what was typed"
    page.press("#q", "Enter")
    page.wait_for_selector(".hits")
    assert page.input_value("#q") == words[0]


def test_moving_past_either_end_returns_to_the_box(open_page: Open) -> None:
    page = open_page("/")
    page.type("#q", "随迁")
    count = len(offered(page))
    page.press("#q", "ArrowUp")
    assert page.get_attribute("#q", "aria-activedescendant") == f"suggestion-{count - 1}"
    page.press("#q", "ArrowDown")
    assert page.get_attribute("#q", "aria-activedescendant") is None


def test_enter_without_a_choice_searches_for_what_was_typed(open_page: Open) -> None:
    page = open_page("/")
    page.type("#q", "教师")
    offered(page)
    page.press("#q", "Enter")
    page.wait_for_selector(".hits")
    assert page.input_value("#q") == "教师"


def test_escape_closes_the_list_and_a_second_time_leaves_the_box(open_page: Open) -> None:
    page = open_page("/")
    page.type("#q", "教师")
    offered(page)
    page.press("#q", "Escape")
    assert page.locator("#suggestions").is_hidden()
    assert page.get_attribute("#q", "aria-expanded") == "false"
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.input_value("#q") == "教师"
    page.press("#q", "Escape")
    assert page.evaluate("document.activeElement.id") != "q"


def test_leaving_the_box_closes_the_list(open_page: Open) -> None:
    page = open_page("/")
    page.type("#q", "教师")
    offered(page)
    page.press("#q", "Tab")
    assert page.locator("#suggestions").is_hidden()


def test_an_input_method_is_not_disturbed(open_page: Open) -> None:
    """While pinyin is being composed nothing is asked and no key is taken; the chosen word is what counts."""
    page = open_page("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest?" in request.url else None)
    typing = page.context.new_cdp_session(page)
    page.focus("#q")
    for letters in ("j", "ji", "jiao"):
        end = len(letters)
        typing.send("Input.imeSetComposition", {"text": letters, "selectionStart": end, "selectionEnd": end})
    page.wait_for_timeout(400)
    assert asked == []
    typing.send("Input.insertText", {"text": "教师"})
    assert offered(page)[0] == "教师队伍"
    assert len(asked) == 1


def test_quick_typing_asks_once(open_page: Open) -> None:
    page = open_page("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest?" in request.url else None)
    page.type("#q", "随迁子", delay=10)
    offered(page)
    assert len(asked) == 1


def test_a_thumb_chooses_and_filters_are_kept(open_page: Open) -> None:
    page = open_page("/?q=教育&year=2017", 375, 700, has_touch=True, is_mobile=True)
    page.fill("#q", "教师")
    offered(page)
    option = page.locator("[role=option]").first
    assert option.bounding_box()["height"] >= 44
    option.tap()
    page.wait_for_url("**year=2017*")
    page.wait_for_selector("#q[value='教师队伍']")


def test_the_list_moves_nothing_and_fits_a_phone(open_page: Open) -> None:
    page = open_page("/?q=教育", 375, 700)
    before = page.locator("#main").bounding_box()
    page.fill("#q", "教")
    offered(page)
    assert page.locator("#main").bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    box = page.locator("#suggestions").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375


def test_pinyin_and_titles_are_offered(open_page: Open) -> None:
    page = open_page("/")
    page.type("#q", "suiqian")
    assert "随迁子女" in offered(page)
    page.fill("#q", "青浦教育")
    page.wait_for_selector(".suggested:has-text('青浦教育')")
    page.press("#q", "ArrowDown")
    page.press("#q", "Enter")
    page.wait_for_url("**/d/*")


def test_the_list_works_after_a_page_was_swapped(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.click(".sorts a:has-text('最新')")
    page.wait_for_url("**sort=newest*")
    page.fill("#q", "教师")
    assert offered(page)[0] == "教师队伍"
    assert page.locator("#suggestions").count() == 1


def test_without_scripts_the_box_is_a_plain_search_field(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    assert page.get_attribute("#q", "role") is None
    assert page.get_attribute("#q", "type") == "search"
    assert page.locator("#suggestions").count() == 0


@pytest.mark.parametrize("status", [503, 200])
def test_trouble_with_suggestions_leaves_the_box_alone(open_page: Open, status: int) -> None:
    page = open_page("/")
    page.route("**/api/v1/suggest*", lambda route: route.fulfill(status=status, body="nothing of use"))
    page.type("#q", "教师")
    page.wait_for_timeout(400)
    assert page.locator("#suggestions").is_hidden()
    page.press("#q", "Enter")
    page.wait_for_selector(".hits")
