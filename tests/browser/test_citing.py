"""Copying quotations, citations and links; what can be taken by hand where no script copies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indexer.backend import SearchBackend
from tests.browser.conftest import CONTRAST, Open
from tests.browser.waiting import expect, let_pass, still, until

CLIPBOARD = ["clipboard-read", "clipboard-write"]


def pasted(page: Any) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_one_click_copies_the_quotation_with_its_citation_and_link(open_page: Open, base: str) -> None:
    page = open_page("/?q=随迁子女", permissions=CLIPBOARD)
    still(page)
    hit = page.locator(".hit").first
    link = hit.locator(".cite")
    link.click()
    expect(link).to_have_text("已复制")
    let_pass(page, 100)
    expect(page.locator("#said")).to_have_text("引文、著录与链接已复制")
    text = pasted(page)
    assert hit.locator(".text").inner_text() in text
    assert "[EB/OL]" in text
    assert f"{base}{hit.locator('.copy').get_attribute('href')}" in text
    assert page.url.startswith(f"{base}/?q=")


def test_the_key_c_copies_the_citation_of_the_hit_in_hand(open_page: Open) -> None:
    page = open_page("/?q=随迁子女", permissions=CLIPBOARD)
    for key in "jjc":
        page.keyboard.press(key)
    expect(page.locator(".hit .cite").nth(1)).to_have_text("已复制")
    assert page.locator(".hit .text").nth(1).inner_text() in pasted(page)


def test_a_paragraph_is_cited_where_it_stands(open_page: Open, backend: SearchBackend) -> None:
    paragraph = backend.document(backend.documents()[0].id).paragraphs[5]
    page = open_page(f"/p/{paragraph.id}", permissions=CLIPBOARD)
    page.locator(".target .cite").click()
    expect(page.locator(".target .cite")).to_have_text("已复制")
    assert paragraph.text.strip() in pasted(page)
    page.keyboard.press("c")
    until(lambda: pasted(page), lambda text: paragraph.text.strip() in text)


def test_without_a_clipboard_the_selection_is_copied(open_page: Open) -> None:
    page = open_page("/?q=随迁子女", permissions=CLIPBOARD)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator(".hit .cite").first.click()
    expect(page.locator(".hit .cite").first).to_have_text("已复制")
    other = page.context.new_page()  # whose clipboard was not taken away
    other.goto(page.url)
    assert "[EB/OL]" in pasted(other)


def test_a_citation_that_cannot_be_copied_is_shown(open_page: Open) -> None:
    page = open_page("/?q=随迁子女")
    page.route("**/citation", lambda route: route.abort())
    page.locator(".hit .cite").first.click()
    page.wait_for_url("**/cite")
    expect(page.locator("#quotation")).to_be_visible()


def test_without_scripts_a_citation_is_a_page(open_page: Open) -> None:
    page = open_page("/?q=随迁子女", java_script_enabled=False)
    page.locator(".hit .cite").first.click()
    page.wait_for_url("**/cite")
    assert "[EB/OL]" in page.locator("#entry").input_value()
    page.select_option("#style", "apa")
    page.click("form.style button")
    page.wait_for_url("**style=apa")
    assert "Retrieved" in page.locator("#entry").input_value()


@pytest.mark.parametrize(
    "path", ["/?q=随迁子女", "/d/", "/compare?q=随迁子女", "/clause?q=落实以居住证为主要依据的随迁子女义务教育就学政策"]
)
def test_without_scripts_the_link_of_a_page_stands_in_a_field(
    open_page: Open, backend: SearchBackend, base: str, path: str
) -> None:
    page = open_page(path + (backend.documents()[0].id if path == "/d/" else ""), java_script_enabled=False)
    field = page.locator(".share input")
    expect(field).to_be_hidden()
    page.locator(".share summary").click()
    expect(field).to_be_visible()
    assert field.input_value().startswith(base + path[:3])


def test_on_a_phone_a_link_is_passed_on(open_page: Open, base: str) -> None:
    page = open_page("/?q=随迁子女", 375, 740, has_touch=True, is_mobile=True)
    page.evaluate("navigator.share = what => { window.shared = JSON.stringify(what); return Promise.resolve(); }")
    page.locator(".takeaway .share summary").tap()
    shared = json.loads(until(lambda: page.evaluate("window.shared")))
    assert shared["url"].startswith(f"{base}/?q=")
    expect(page.locator(".share input")).to_be_hidden()


def test_a_file_is_saved_from_the_page(open_page: Open) -> None:
    page = open_page("/?q=随迁子女", accept_downloads=True)
    page.locator(".exports summary").click()
    with page.expect_download() as saved:
        page.locator(".exports .file", has_text="Word").click()
    assert saved.value.suggested_filename == "要点-随迁子女.docx"


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_shown_for_citing_fits_and_can_be_read(
    open_page: Open, backend: SearchBackend, width: int, scheme: str
) -> None:
    paragraph = backend.document(backend.documents()[0].id).paragraphs[5]
    for path in (f"/p/{paragraph.id}/cite", "/?q=随迁子女"):
        page = open_page(path, width, 800, color_scheme=scheme)
        if path.startswith("/?"):
            page.locator(".exports summary").click()
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 375:
            for link in page.locator(".takeaway summary, .exports .file, form.style button").all():
                assert link.bounding_box()["height"] >= 43.5
        page.close()
