"""What a reader does with a mouse, a thumb, a keyboard, with scripts and without."""

from __future__ import annotations

import re
from typing import Any

import pytest

from indexer.backend import SearchBackend
from tests.browser.conftest import CONTRAST, Open


def far_paragraph(backend: SearchBackend) -> str:
    document = max((backend.document(each.id) for each in backend.documents()), key=lambda each: len(each.paragraphs))
    return document.paragraphs[-3].id


def in_view(page: Any, selector: str) -> bool:
    found: bool = page.eval_on_selector(
        selector, "e => { const b = e.getBoundingClientRect(); return b.top >= 60 && b.top < innerHeight; }"
    )
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_a_permalink_opens_with_its_paragraph_in_view(open_page: Open, backend: SearchBackend, scripts: bool) -> None:
    page = open_page(f"/p/{far_paragraph(backend)}", java_script_enabled=scripts)
    page.wait_for_timeout(100)
    box = page.locator(".target").bounding_box()
    assert 60 <= box["y"] < 800


def test_a_reader_without_scripts_filters_sorts_and_reads(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.fill("#q", "教育")
    page.press("#q", "Enter")
    total = page.locator(".thin b").nth(1).inner_text()
    page.click(".facet-city a:has-text('武汉市')")
    assert page.locator(".thin b").nth(1).inner_text() != total
    page.click(".sorts a:has-text('最新')")
    assert "sort=newest" in page.url
    page.click(".pager a:has-text('下一页')")
    assert "page=2" in page.url
    page.click(".hit .open >> nth=0")
    assert page.locator(".target mark").count() > 0


def test_a_facet_changes_the_answer_in_place_and_back_undoes_it(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.evaluate("window.here = 1")
    before = page.locator(".reading").inner_text()
    page.click(".facet-city a:has-text('武汉市')")
    page.wait_for_selector(".facet-city .on")
    assert page.evaluate("document.activeElement.dataset.key") == "city-武汉市"
    assert page.locator("input[name=city]").input_value() == "武汉市"
    page.click(".pager a:has-text('2')")
    page.wait_for_url("**page=2")
    page.wait_for_selector(".pager [aria-current]:has-text('2')")
    page.go_back()
    page.wait_for_selector(".pager [aria-current]:has-text('1')")
    page.go_back()
    page.wait_for_selector(".facet-city:not(:has(.on))")
    assert re.sub(r"[\d.]+ 毫秒", "", page.locator(".reading").inner_text()) == re.sub(r"[\d.]+ 毫秒", "", before)
    assert page.evaluate("window.here") == 1
    assert not page.problems


def test_keys_lead_through_hits_and_open_one(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.hit').id") == "hit-2"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j/k")
    assert page.locator("#q").input_value() == "j/k"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    assert not page.problems


def test_keys_lead_through_marks_in_a_document(open_page: Open, backend: SearchBackend) -> None:
    document = max(backend.documents(), key=lambda each: each.paragraphs)
    page = open_page(f"/d/{document.id}?q=教育")
    page.keyboard.press("n")
    assert page.url.endswith("#hit-1")
    page.keyboard.press("n")
    assert page.url.endswith("#hit-2")
    assert in_view(page, ".block:has(#hit-2), .heading:has(#hit-2)")
    page.keyboard.press("p")
    page.keyboard.press("p")
    last = int(page.url.rpartition("-")[2])
    assert last > 2


def test_keys_are_silent_while_an_input_method_composes(open_page: Open) -> None:
    page = open_page("/?q=教育")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', isComposing: true, bubbles: true}))"
    )
    assert page.evaluate("document.activeElement.closest('.hit')") is None


def test_keys_can_be_switched_off_for_good(open_page: Open) -> None:
    page = open_page("/help")
    page.click("#keys-switch")
    assert page.locator("#keys-switch").inner_text() == "开启快捷键"
    page.goto(page.url.replace("/help", "/?q=教育"))
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.hit')") is None


def test_a_copied_link_is_absolute_and_nothing_moves(open_page: Open, base: str) -> None:
    page = open_page("/?q=随迁子女", permissions=["clipboard-read", "clipboard-write"])
    height = page.evaluate("document.documentElement.scrollHeight")
    text = page.locator(".hit .text").first.bounding_box()
    page.click(".hit .copy >> nth=0")
    page.wait_for_selector(".copy:has-text('已复制')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{base}/p/\w+", copied)
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.locator(".hit .text").first.bounding_box() == text


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_filters_open_as_a_sheet(open_page: Open, scripts: bool) -> None:
    page = open_page("/?q=教育", 375, 740, java_script_enabled=scripts)
    assert not page.locator("#filters").is_visible()
    page.click(".open-filters")
    assert page.locator("#filters").is_visible()
    page.click(".facet-city a:has-text('重庆市')")
    page.wait_for_url("**city=**")
    if scripts:
        page.wait_for_selector("#filters .on")
        page.click(".close")
    assert not page.locator("#filters").is_visible()
    assert "筛选（1）" in page.locator(".open-filters").inner_text()


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
    assert page.evaluate("document.activeElement.className") == "skip"
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input:not([type=hidden])')].filter(e =>
        !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"""
    )
    assert nameless == []
    assert (
        page.evaluate('document.querySelectorAll(\'[tabindex]:not([tabindex="0"]):not([tabindex="-1"])\').length') == 0
    )
