"""In a real browser: a link to the web page opens at the passage; a link that was followed says what changed."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask
import pytest

from indexer.models import Document, SourceText
from indexer.reading import read_document
from search_app.text_fragment import source_link
from tests.browser.conftest import serving
from tests.browser.waiting import expect
from tests.test_history import Corpus

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
IN_VIEW = """(text) => {
    const found = [...document.querySelectorAll("p")].filter((p) => p.textContent.replace(/\\s/g, "") === text);
    return found.map((p) => p.getBoundingClientRect()).map((at) => at.bottom > 0 && at.top < innerHeight);
}"""


def published(number: int) -> Document:
    text = SEEDS[number].read_text("utf-8")
    document = read_document(SourceText(SEEDS[number].name, "", "utf-8", text))
    return replace(document, metadata=replace(document.metadata, source_url="http://127.0.0.1/"))


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_the_web_page_opens_at_the_passage(browser: Any, number: int) -> None:
    document = published(number)
    app = flask.Flask("page")
    lines = [
        f"<p style='margin: 2em'>{html.escape(line)}</p>" for line in document.source.text.splitlines() if line.strip()
    ]
    app.add_url_rule("/", view_func=lambda: "<!doctype html><meta charset=utf-8>" + "".join(lines))
    with serving(app) as base:
        for paragraph in document.paragraphs[5::9]:
            address = source_link(document, paragraph)
            assert address is not None
            page = browser.new_page()
            page.goto(address.replace("http://127.0.0.1/", f"{base}/"))
            page.wait_for_function("() => scrollY > 0")
            low, high = paragraph.segments[0]
            start = document.source.text.rfind("\n", 0, low) + 1
            line = document.source.text[start:].splitlines()[0]
            assert high > low
            assert any(page.evaluate(IN_VIEW, "".join(line.split()))), paragraph.text[:30]
            page.close()


def test_followed_links_are_shown_and_sound(browser: Any, tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    text = SEEDS[0].read_text("utf-8")
    corpus.write("plan.txt", text)
    corpus.build()
    links = list(corpus.links().values())
    corpus.write("plan.txt", text.replace("随迁子女", "随迁孩子").replace(links[0][1].text, ""))
    corpus.build()
    changed = next(each.id for _, each in links if "随迁子女" in each.text)
    moved, gone = links[-1][1].id, links[0][1].id
    with serving(corpus.client().application) as base:
        page = browser.new_page(viewport={"width": 375, "height": 700})
        for address in (f"/p/{moved}", f"/p/{changed}", f"/p/{gone}", f"/d/{gone[:11]}"):
            page.goto(base + address)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        for place in ("", "#here"):
            page.goto(f"{base}/p/{changed}{place}")
            for seen in (".followed", ".block.target"):
                expect(page.locator(seen)).to_be_in_viewport()
        assert page.locator(".followed .text ins").all_inner_texts() == ["孩子"]
        page.locator(".followed a").first.click()
        page.wait_for_url(f"**/p/{corpus.follow(changed).moved_to}")
        assert page.locator(".followed").count() == 0
        page.close()
