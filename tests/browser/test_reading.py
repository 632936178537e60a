"""What a reader does with a mouse, a thumb, a keyboard, with scripts and without."""

from __future__ import annotations

import re
from typing import Any

import pytest

from indexer.backend import SearchBackend
from tests.browser.conftest import CONTRAST, Open
from tests.browser.waiting import expect, let_pass, no_key_was_taken, still, until


def far_paragraph(backend: SearchBackend) -> str:
    document = max((backend.document(each.id) for each in backend.documents()), key=lambda each: len(each.paragraphs))
    return document.paragraphs[-3].id


def top_of(page: Any, selector: str) -> float:
    """Return how far below the upper edge of the window an element begins, in pixels."""
    return float(page.locator(selector).bounding_box()["y"])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_permalink_opens_with_its_paragraph_in_view(open_page: Open, backend: SearchBackend, scripts: bool) -> None:
    page = open_page(f"/p/{far_paragraph(backend)}", java_script_enabled=scripts)
    until(lambda: top_of(page, ".target"), lambda top: 60 <= top < 800)


def test_a_reader_without_scripts_filters_sorts_and_reads(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.fill("#q", "教育")
    page.press("#q", "Enter")
    page.wait_for_url("**/?q=**")
    total = page.locator(".thin b").nth(1)
    everywhere = total.inner_text()
    page.click(".facet-city a:has-text('武汉市')")
    page.wait_for_url("**city=**")
    expect(total).not_to_have_text(everywhere)
    page.click(".sorts a:has-text('最新')")
    page.wait_for_url("**sort=newest**")
    page.click(".pager a:has-text('下一页')")
    page.wait_for_url("**page=2**")
    page.click(".hit .open >> nth=0")
    page.wait_for_url("**/p/**")
    expect(page.locator(".target mark").first).to_be_visible()


def test_a_facet_changes_the_answer_in_place_and_back_undoes_it(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.evaluate("window.here = 1")

    def reading() -> str:
        return re.sub(r"[\d.]+ 毫秒", "", page.locator(".reading").inner_text())

    before = reading()
    page.click(".facet-city a:has-text('武汉市')")
    page.wait_for_selector(".facet-city .on")
    expect(page.locator(":focus")).to_have_attribute("data-key", "city-武汉市")
    expect(page.locator("input[name=city]")).to_have_value("武汉市")
    page.click(".pager a:has-text('2')")
    page.wait_for_url("**page=2")
    page.wait_for_selector(".pager [aria-current]:has-text('2')")
    page.go_back()
    page.wait_for_selector(".pager [aria-current]:has-text('1')")
    page.go_back()
    page.wait_for_selector(".facet-city:not(:has(.on))")
    until(reading, lambda now: now == before)
    assert page.evaluate("window.here") == 1
    assert not page.problems


def test_keys_lead_through_hits_and_open_one(open_page: Open) -> None:
    page = open_page("/?q=教育")
    still(page)  # a list of suggestions would take the Escape
    for key in "jjkj":
        page.keyboard.press(key)
    expect(page.locator("#hit-2 .open")).to_be_focused()
    page.keyboard.press("/")
    box = page.locator("#q")
    expect(box).to_be_focused()
    page.keyboard.type("j/k")
    expect(box).to_have_value("j/k")
    page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#hit-1 .open")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    assert not page.problems


def test_keys_lead_through_marks_in_a_document(open_page: Open, backend: SearchBackend) -> None:
    document = max(backend.documents(), key=lambda each: each.paragraphs)
    page = open_page(f"/d/{document.id}?q=教育")
    last = page.locator("[id^=hit-].spot").count()
    assert last > 2
    for key, spot in (("n", 1), ("n", 2), ("p", 1), ("p", last)):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"#hit-{spot}$"))
        until(lambda here=f"#hit-{spot}": top_of(page, here), lambda top: 60 <= top < 800)


def test_keys_are_silent_while_an_input_method_composes(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', isComposing: true, bubbles: true}))"
    )
    no_key_was_taken(page)
    page.keyboard.press("j")
    expect(page.locator("#hit-1 .open")).to_be_focused()


def test_keys_can_be_switched_off_for_good(open_page: Open, base: str) -> None:
    page = open_page("/help")
    page.click("#keys-switch")
    expect(page.locator("#keys-switch")).to_have_text("开启快捷键")
    page.goto(base + "/?q=教育")
    page.keyboard.press("j")
    no_key_was_taken(page)


def test_a_copied_link_is_absolute_and_nothing_moves(open_page: Open, base: str) -> None:
    page = open_page("/?q=随迁子女", permissions=["clipboard-read", "clipboard-write"])
    still(page)  # the link says that it was copied for a moment only
    height = page.evaluate("document.documentElement.scrollHeight")
    text = page.locator(".hit .text").first.bounding_box()
    link = page.locator(".hit .copy").first
    link.click()
    expect(link).to_have_text("已复制")
    assert re.fullmatch(rf"{base}/p/\w+", page.evaluate("navigator.clipboard.readText()"))
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.locator(".hit .text").first.bounding_box() == text
    let_pass(page, 2000)
    expect(link).to_have_text("复制链接")
    expect(page.locator("#said")).to_have_text("链接已复制")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_filters_open_as_a_sheet(open_page: Open, scripts: bool) -> None:
    page = open_page("/?q=教育", 375, 740, java_script_enabled=scripts)
    filters = page.locator("#filters")
    expect(filters).to_be_hidden()
    page.click(".open-filters")
    expect(filters).to_be_visible()
    page.click(".facet-city a:has-text('重庆市')")
    page.wait_for_url("**city=**")
    if scripts:
        page.wait_for_selector("#filters .on")
        page.click(".close")
    expect(filters).to_be_hidden()
    expect(page.locator(".open-filters")).to_contain_text("筛选（1）")


@pytest.mark.parametrize("width", [320, 375, 640, 1280])
def test_nothing_is_wider_than_the_screen(open_page: Open, backend: SearchBackend, base: str, width: int) -> None:
    paragraph = far_paragraph(backend)
    page = open_page("/", width, 700)
    for path in (
        "/", "/?q=教育", "/?q=" + "长" * 300, "/?q=x&year=" + "9" * 60, "/documents", "/help",
        f"/p/{paragraph}?q=教育&show=processing",
    ):  # fmt: skip
        page.goto(base + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_targets_on_a_phone_are_large_enough_for_a_thumb(open_page: Open) -> None:
    page = open_page("/?q=教育#filters", 375, 740)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.facet li a, .sorts a, .open-filters, .box button, .menu a, .pager a')]
        .filter(e => e.getBoundingClientRect().height && e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(open_page: Open, backend: SearchBackend, base: str, scheme: str) -> None:
    paragraph = far_paragraph(backend)
    page = open_page("/", color_scheme=scheme)
    for path in (
        "/", "/?q=教育&city=武汉", "/?q=没有 火箭&city=火星", "/documents", "/help", "/nowhere", "/?q=OR",
        f"/p/{paragraph}?q=教育&show=processing",
    ):  # fmt: skip
        page.goto(base + path)
        assert page.evaluate(CONTRAST) == [], path


def test_everything_that_can_be_used_has_a_name_and_focus_follows_reading(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input:not([type=hidden])')].filter(e =>
        !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"""
    )
    assert nameless == []
    assert (
        page.evaluate('document.querySelectorAll(\'[tabindex]:not([tabindex="0"]):not([tabindex="-1"])\').length') == 0
    )
