"""Saving and working on collections, on a desk and on a phone, with scripts and without."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from indexer.backend import SearchBackend
from search_app import create_app
from search_app.collections.database import open_database
from tests.browser.conftest import CONTRAST, Open, serving
from tests.browser.waiting import expect, settled

SEARCH = f"/?q={quote('随迁子女')}"


@pytest.fixture(scope="module")
def base(backend: SearchBackend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the five documents with a database of collections."""
    path = tmp_path_factory.mktemp("browser") / "collections.db"
    with (
        closing(open_database(f"sqlite:///{path}")) as database,
        serving(create_app(backend, database=database)) as address,
    ):
        yield address
    shutil.rmtree(path.parent)


def open_own(page: Any) -> None:
    """Go to the collection that was saved into last."""
    page.click(".menu a[href='/c/']")
    page.locator(".shelf-list .title a").first.click()
    expect(page.locator("body.collection")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_hit_is_saved_with_one_click_and_taken_back(open_page: Open, scripts: bool) -> None:
    page = open_page(SEARCH, java_script_enabled=scripts)
    button = page.locator(".hit button.save").nth(1)
    button.click()
    expect(page.locator("#notice")).to_contain_text("已收藏到〈我的收藏")
    expect(page.locator(".hit button.save").nth(1)).to_contain_text("已收藏")
    expect(page.locator("button.kept")).to_have_count(1)
    assert SEARCH in page.url
    page.locator("#notice button", has_text="撤销").first.click()
    expect(page.locator("#notice")).to_contain_text("已从")
    expect(page.locator("button.kept")).to_have_count(0)
    page.locator("#notice button", has_text="撤销").click()
    expect(page.locator("button.kept")).to_have_count(1)
    assert page.problems == []


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_put_into_a_new_collection_and_annotated_there(open_page: Open, scripts: bool) -> None:
    page = open_page(SEARCH, java_script_enabled=scripts)
    page.locator(".hit button.save").first.click()
    page.locator("#notice summary").click()
    page.locator("#notice input[value=new]").check()
    page.fill("#notice input[name=title]", "入学政策")
    page.locator("#notice button", has_text="改存").click()
    expect(page.locator("#notice")).to_contain_text("已改存到〈入学政策〉")
    open_own(page)
    expect(page.locator("h1")).to_have_text("入学政策")
    page.locator(".work summary").first.click()
    page.fill("textarea[name=note] >> visible=true", "第一行\n=第二行")
    page.fill("input[name=tags] >> visible=true", "入学 随迁")
    page.locator(".work button", has_text="保存").first.click()
    expect(page.locator("article .own-note")).to_contain_text("=第二行")
    expect(page.locator("nav.tags a")).to_have_count(2)
    page.locator("nav.tags a", has_text="随迁").click()
    expect(page.locator(".saved-item")).to_have_count(1)
    assert page.problems == []


@pytest.mark.parametrize("scripts", [True, False])
def test_items_are_ordered_and_deleted_by_buttons(open_page: Open, scripts: bool) -> None:
    page = open_page(SEARCH, java_script_enabled=scripts)
    page.locator(".hit button.save").nth(0).click()
    expect(page.locator("button.kept")).to_have_count(1)
    page.locator(".hit button.save").nth(1).click()
    expect(page.locator("button.kept")).to_have_count(2)
    open_own(page)
    first = page.locator(".saved-item .text").first.inner_text()
    page.locator("[aria-label=第\\ 2\\ 项上移]").click()
    expect(page.locator(".saved-item .text").nth(1)).to_have_text(first)
    page.locator("[aria-label=删除第\\ 2\\ 项]").click()
    expect(page.locator(".saved-item")).to_have_count(1)
    page.locator("#notice button", has_text="撤销").click()
    expect(page.locator(".saved-item .text").nth(1)).to_have_text(first)


def test_s_saves_the_hit_that_has_the_focus(open_page: Open) -> None:
    page = open_page(SEARCH)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".hit .open").nth(1)).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator(".hit button.save").nth(1)).to_contain_text("已收藏")
    page.locator("#q").focus()
    page.keyboard.type("s")
    settled(page)
    expect(page.locator("button.kept")).to_have_count(1)
    page.goto(page.url.split("/?")[0] + "/help")
    expect(page.locator(".keys")).to_contain_text("收藏这一条")


def test_saving_still_works_after_the_answer_was_exchanged(open_page: Open) -> None:
    page = open_page(SEARCH)
    page.locator(".sorts a", has_text="最新").click()
    page.wait_for_url("**sort=newest**")
    page.locator(".hit button.save").first.click()
    expect(page.locator("button.kept")).to_have_count(1)
    page.locator(".sorts a", has_text="相关度").click()
    page.wait_for_url(lambda url: "sort" not in url)
    expect(page.locator("button.kept")).to_have_count(1)


def test_a_search_that_cannot_be_saved_by_script_says_why_on_a_page(open_page: Open) -> None:
    page = open_page(SEARCH)
    page.context.clear_cookies()
    page.locator(".hit button.save").first.click()
    expect(page.locator("h1")).to_have_text("没有执行")
    page.locator("button", has_text="再试一次").click()
    expect(page.locator("#notice")).to_contain_text("已收藏到")
    expect(page.locator("button.kept")).to_have_count(1)


def test_both_addresses_are_copied_and_the_one_to_read_shows_no_forms(open_page: Open) -> None:
    page = open_page(SEARCH, permissions=["clipboard-read", "clipboard-write"])
    page.locator(".hit button.save").first.click()
    expect(page.locator("button.kept")).to_have_count(1)
    open_own(page)
    page.locator("[data-take=read-address]").click()
    expect(page.locator("[data-take=read-address]")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.input_value("#read-address")
    page.goto(copied)
    expect(page.locator(".saved-item")).to_have_count(1)
    expect(page.locator("form[method=post]")).to_have_count(0)
    assert page.problems == []


NAMELESS = """() => [...document.querySelectorAll('button, input:not([type=hidden]), textarea, select, a')]
  .filter(each => each.getClientRects().length)
  .filter(each => !(each.textContent.trim() || each.getAttribute('aria-label') || each.labels?.length))
  .map(each => each.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll('main button, #notice button, main summary, .tags a')].filter(each => {
  const box = each.getBoundingClientRect(); return box.height && box.height < 43.5; }).map(each => each.textContent)"""


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")])
def test_pages_are_read_at_any_width_and_in_the_dark(open_page: Open, width: int, scheme: str) -> None:
    page = open_page(SEARCH, width, color_scheme=scheme)
    page.locator(".hit button.save").first.click()
    expect(page.locator("#notice")).to_contain_text("已收藏到")
    page.locator("#notice summary").click()
    assert page.evaluate(CONTRAST) == []
    page.locator("button.save.whole-page").click()
    expect(page.locator("#notice")).to_contain_text("已收藏到")
    page.click(".menu a[href='/c/']")
    expect(page.locator("h1")).to_have_text("收藏")
    assert page.evaluate(CONTRAST) == []
    page.locator(".shelf-list .title a").first.click()
    expect(page.locator("body.collection")).to_be_visible()
    page.locator(".work summary").first.click()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 375:
        assert page.evaluate(SMALL) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))


def test_a_collection_prints_as_a_list_with_citations(open_page: Open, tmp_path: Path) -> None:
    page = open_page(SEARCH)
    page.locator(".hit button.save").first.click()
    expect(page.locator("button.kept")).to_have_count(1)
    open_own(page)
    page.emulate_media(media="print")
    expect(page.locator(".cited").first).to_be_visible()
    for hidden in (".work", ".addresses", ".top", "#notice", ".collection-tools"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.pdf(path=str(tmp_path / "collection.pdf"))
    assert (tmp_path / "collection.pdf").stat().st_size > 5000
