"""Who says what on a topic, on a desk and on a phone, with scripts and without."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.conftest import CONTRAST, Open
from tests.browser.waiting import expect

TOPIC = quote("学前教育")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_topic_is_compared_and_a_row_made_the_baseline(open_page: Open, scripts: bool) -> None:
    page = open_page("/compare", java_script_enabled=scripts)
    page.fill("#topic", "学前教育")
    page.click(".topic button")
    expect(page.locator(".reading").first).to_contain_text("4 份论及")
    row = page.locator("tr", has=page.locator("th", has_text="武汉市"))
    row.locator(".as-base").click()
    page.wait_for_url("**baseline=**")
    expect(page.locator(".said.base")).to_contain_text("第三期")
    expect(page.locator("tr", has=page.locator("th", has_text="重庆市")).locator("ins").first).to_be_visible()
    page.locator("tr", has=page.locator("th", has_text="重庆市")).locator(".open").click()
    page.wait_for_url("**/p/**")
    expect(page.locator(".target")).to_contain_text("第三期学前教育行动计划")


@pytest.mark.parametrize("scripts", [True, False])
def test_places_are_chosen_by_facets_and_the_order_stays(open_page: Open, scripts: bool) -> None:
    page = open_page(f"/compare?q={TOPIC}", java_script_enabled=scripts)
    page.locator(".sorts a", has_text="按年份").click()
    page.wait_for_url("**order=year**")
    expect(page.locator(".said .where .year").first).to_have_text("2024")
    page.locator(".facet-city a", has_text="湖北省").click()
    page.wait_for_url("**province=**")
    assert "order=year" in page.url
    expect(page.locator(".said")).to_have_count(2)
    expect(page.locator(".reading").first).to_contain_text("2 份文档")
    page.go_back()
    expect(page.locator(".said")).to_have_count(4)
    assert page.problems == []


@pytest.mark.parametrize("scripts", [True, False])
def test_two_documents_are_chosen_and_one_kind_of_pairs_is_shown(open_page: Open, scripts: bool) -> None:
    page = open_page("/compare", java_script_enabled=scripts)
    page.click("text=选两份文档并排")
    page.select_option("select[name=left]", index=3)
    page.select_option("select[name=right]", index=1)
    page.click(".sides button")
    page.wait_for_url("**right=**")
    expect(page.locator(".pair.reworded").first).to_be_visible()
    page.locator(".kinds a", has_text="右边没有").click()
    page.wait_for_url("**kind=dropped**")
    expect(page.locator(".pair.dropped").first).to_be_visible()
    expect(page.locator(".pair.added")).to_have_count(0)
    page.locator(".kinds a", has_text="全部").click()
    expect(page.locator(".pair.added").first).to_be_visible()


def two_documents(open_page: Open, width: int, **more: object) -> Any:
    page = open_page("/compare?left=", width, **more)
    page.select_option("select[name=left]", index=3)
    page.select_option("select[name=right]", index=1)
    page.click(".sides button")
    page.wait_for_url("**right=**")
    return page


def test_keys_go_from_difference_to_difference(open_page: Open) -> None:
    page = two_documents(open_page, 1280)
    rows = page.locator("[data-differs]")
    page.keyboard.press("n")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("n")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("p")
    expect(rows.nth(0)).to_be_focused()


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_two_documents_fit_the_screen(open_page: Open, width: int) -> None:
    page = two_documents(open_page, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [page.locator(f".pair.reworded .side.{side}").first.bounding_box() for side in ("left", "right")]
    beside = boxes[1]["x"] > boxes[0]["x"] + boxes[0]["width"]
    assert beside == (width == 1280)
    assert beside or boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_documents_can_be_read(open_page: Open, scheme: str) -> None:
    page = two_documents(open_page, 1280, color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []


def test_two_documents_are_printed_without_the_form(open_page: Open) -> None:
    page = two_documents(open_page, 1280)
    page.emulate_media(media="print")
    for hidden in (".sides", ".files", ".top"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".pair.reworded .text").first).to_be_visible()


def test_keys_go_from_row_to_row_and_choose_the_baseline(open_page: Open) -> None:
    page = open_page(f"/compare?q={TOPIC}")
    rows = page.locator(".said .open")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("b")
    page.wait_for_url("**baseline=**")
    expect(page.locator(".said").nth(0)).to_have_class("said about base")
    page.keyboard.press("f")
    page.wait_for_url("**fade=1**")
    assert "baseline=" in page.url
    expect(page.locator(".said .own").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")


def test_the_count_of_the_silent_leads_to_them(open_page: Open) -> None:
    page = open_page("/compare?q=" + quote("随迁子女"))
    page.click(".reading a[href='#silent']")
    expect(page.locator("#silent")).to_be_in_viewport()
    expect(page.locator("#silent")).to_contain_text("潜江市")


def test_on_a_phone_the_grid_becomes_cards_and_filters_a_sheet(open_page: Open) -> None:
    page = open_page(f"/compare?q={TOPIC}", 375)
    expect(page.locator(".grid thead")).to_be_hidden()
    assert page.locator(".grid td").first.evaluate("cell => getComputedStyle(cell).display") in ("block", "none")
    card = page.locator("tr", has=page.locator("th", has_text="武汉市"))
    told = "cell => getComputedStyle(cell, '::before').content"
    assert card.locator("td", has=page.locator(".said")).evaluate(told) == '"2017"'
    expect(page.locator("#filters")).to_be_hidden()
    page.click(".open-filters")
    expect(page.locator("#filters")).to_be_visible()
    small = """() => [...document.querySelectorAll('.rows a, .phrases a')].filter(link => link.getClientRects().length)
      .map(link => [link.textContent, link.getBoundingClientRect().height]).filter(([, height]) => height < 36)"""
    assert page.evaluate(small) == []


def test_a_comparison_is_printed_without_its_forms(open_page: Open) -> None:
    page = open_page(f"/compare?q={TOPIC}&baseline=B")
    page.emulate_media(media="print")
    for hidden in (".topic", ".filters", ".files", ".order", ".top", ".more-ways"):
        expect(page.locator(hidden).first).to_be_hidden()
    for kept in (".grid", ".said .text", ".said .open", "#silent", ".baseline"):
        expect(page.locator(kept).first).to_be_visible()


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_is_wider_than_the_screen(open_page: Open, base: str, width: int) -> None:
    page = open_page("/compare", width)
    for query in (
        "", f"q={TOPIC}&baseline=B&fade=1", "q=" + "a" * 300, f"q={TOPIC}&order=likeness&distinctive=on",
        f"q={TOPIC}&order=wording",
    ):  # fmt: skip
        page.goto(base + "/compare?" + query)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, query[:20]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(open_page: Open, scheme: str) -> None:
    page = open_page(f"/compare?q={TOPIC}&baseline=B&fade=1", color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    page = open_page(f"/compare?q={quote('义务教育')}&order=year&distinctive=on", color_scheme=scheme)
    expect(page.locator(".kwic").first).to_be_visible()
    assert page.evaluate(CONTRAST) == []


def test_every_place_that_is_jumped_to_is_there_once(open_page: Open, base: str) -> None:
    page = open_page("/compare")
    for query in ("", "&baseline=B&fade=1", "&order=year", "&order=wording", "&distinctive=on"):
        page.goto(f"{base}/compare?q={TOPIC}{query}")
        assert (
            page.evaluate("""() => {
          const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
          const wanted = [...document.querySelectorAll('main a[href^="#"]')].map(link => link.hash.slice(1));
          return [...ids.filter((id, at) => ids.indexOf(id) !== at), ...wanted.filter(id => !ids.includes(id))];
        }""")
            == []
        )
