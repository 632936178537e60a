"""The pages as a reader without JavaScript gets them."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.backend import SearchBackend, open_backend
from indexer.models import Document
from indexer.pipeline import build
from search_app import create_app
from search_app.reading import known_fields

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>随迁子女'


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def whole(backend: SearchBackend, path: str) -> Document:
    """Find a document of the corpus by the beginning of its file name."""
    found = next(each for each in backend.documents() if Path(each.path).name.startswith(path))
    return backend.document(found.id)


def client_over(folder: Path, **record: str) -> tuple[FlaskClient, Document]:
    """Index one document, given as a JSON line, and open the application over it."""
    (folder / "one.jsonl").write_text(json.dumps(record), "utf-8")
    build([folder / "one.jsonl"], folder / "index")
    backend = open_backend(folder / "index")
    return create_app(backend).test_client(), backend.document(backend.documents()[0].id)


class _Balance(HTMLParser):
    """Collects elements that are closed wrongly, and ids."""

    void = frozenset(["meta", "link", "input", "img", "br", "hr", "rect"])

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.scripts = 0
        self.images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.scripts += tag == "script"
        self.images += tag == "img"
        if found.get("id"):
            self.ids.append(found["id"] or "")
        if (found.get("href") or "").startswith("#"):
            self.targets.append((found["href"] or "")[1:])
        if any(name.startswith("on") or name == "style" for name in found):
            self.wrong.append(f"<{tag} {attrs}>")
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.void:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def parsed(page: str) -> _Balance:
    found = _Balance()
    found.feed(page)
    return found


def visible(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def every_page(backend: SearchBackend) -> list[str]:
    document = whole(backend, "001")
    paragraph = document.paragraphs[4].id
    return [
        "/", "/?q=教育", "/?q=随迁子女&city=武汉&year=2017..2018", "/?q=没有的词&city=火星", "/?q=教育&page=999",
        "/?q=教育&page=2&sort=newest", "/?q=x&year=abc", "/documents", "/help", "/nowhere", "/d/nobody", "/p/nobody",
        f"/d/{document.id}", f"/d/{document.id}?q=學校", f"/d/{document.id}?show=processing&q=學校",
        f"/p/{paragraph}", f"/p/{paragraph}?q=學校&show=processing",
    ]  # fmt: skip


def test_every_page_is_well_formed_light_and_chinese(client: FlaskClient, backend: SearchBackend) -> None:
    for url in every_page(backend):
        page = client.get(url).text
        found = parsed(page)
        assert not found.wrong, url
        assert not found.open, url
        assert len(found.ids) == len(set(found.ids)), url
        assert set(found.targets) <= set(found.ids), url
        assert '<html lang="zh-CN">' in page
        assert page.count("<h1") == 1, url
        assert page.count("<main") == 1, url


def test_every_link_of_every_page_leads_somewhere(client: FlaskClient, backend: SearchBackend) -> None:
    seen: set[str] = set()
    for url in every_page(backend):
        for link in re.findall(r'(?:href|src)="(/[^"#]*)', client.get(url).text):
            seen.add(html.unescape(link))
    assert len(seen) > 60
    for link in seen:
        assert client.get(link).status_code == 200, link


def test_scripts_styles_and_page_weigh_under_80_kb(client: FlaskClient) -> None:
    weight = sum(len(client.get(f"/static/{name}").data) for name in ("style.css", "page.js", "copy.js", "icon.svg"))
    page = client.get("/?q=教育").text
    assert weight + len(page.encode()) - len(visible(page).encode()) < 80_000


def test_nothing_may_run_that_is_not_ours(client: FlaskClient) -> None:
    for url in ("/", "/nowhere", "/api/v1/search?q=教育", "/static/page.js"):
        headers = client.get(url).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    client, document = client_over(
        tmp_path,
        title=HOSTILE,
        issuer=HOSTILE,
        city="武汉市",
        source_url="javascript:alert(3)",
        text=f"{HOSTILE}\n一、{HOSTILE[:20]}\n1.{HOSTILE}。{HOSTILE}落实就近入学，保障三年毛叺园率达到82.54%。\n",
    )
    paragraph = document.paragraphs[0].id
    urls = [
        "/?q=随迁子女", f"/?q={quote(HOSTILE)}", f"/?q=随迁子女&city={quote(HOSTILE)}&issuer={quote(HOSTILE)}",
        f"/?q=x&year={quote(HOSTILE)}", f"/?q=x&sort={quote(HOSTILE)}", "/documents", f"/d/{quote(HOSTILE, safe='')}",
        f"/d/{document.id}?q=alert&show=processing", f"/p/{paragraph}?q={quote(HOSTILE)}",
    ]  # fmt: skip
    for url in urls:
        found = parsed(client.get(url).text)
        assert found.scripts == 4, url  # copy.js, page.js, suggest.js and save.js
        assert not found.images, url
        assert not found.wrong, url
    page = client.get(f"/p/{paragraph}").text
    assert HOSTILE in visible(page)
    assert HOSTILE in visible(client.get("/?q=随迁子女").text)
    assert 'href="javascript' not in page


def test_the_first_page_introduces_the_corpus_by_examples(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "5 份文档" in visible(page)
    examples = re.findall(r'<li><a href="(/\?q=[^"]+)">', page)
    assert len(examples) >= 4
    for example in examples:
        assert client.get(html.unescape(example)).status_code == 200


def test_a_hit_shows_marks_place_years_and_its_section(client: FlaskClient) -> None:
    page = client.get("/?q=随迁子女&city=武汉").text
    assert "<mark>随迁子女</mark>" in page
    assert "14.重视弱势群体关爱教育。" in visible(page)
    assert "武汉市 · 2017、2018 · 市教育局基础教育处2017—2018学年度工作要点 › 二、主要工作" in visible(page)


def test_what_was_inferred_says_so(client: FlaskClient) -> None:
    page = client.get("/?q=適齡兒童&year=2015").text
    assert re.search(r'2015</span><span class="inferred" tabindex="0" title="[^"]+">推断', page)


def test_a_facet_link_adds_a_value_and_the_same_link_removes_it(client: FlaskClient) -> None:
    def link(page: str, key: str) -> str:
        found = re.search(rf'href="([^"]+)" data-swap data-key="{key}"', page)
        assert found
        return html.unescape(found[1])

    page = client.get("/?q=教育&city=武汉").text
    both = link(page, "city-重庆市")
    assert both == f"/?q={quote('教育')}&city={quote('武汉市')}&city={quote('重庆市')}"
    back = link(client.get(both).text, "city-重庆市")
    assert back == f"/?q={quote('教育')}&city={quote('武汉市')}"


def test_a_new_query_keeps_the_filters_and_forgets_the_page(client: FlaskClient) -> None:
    page = client.get("/?q=教育&city=武汉&sort=newest&page=2").text
    box = page.split('class="box"')[1].split("</form>")[0]
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', box)
    assert hidden == [("city", "武汉市"), ("sort", "newest")]


def test_no_hits_say_what_would_find_something(client: FlaskClient) -> None:
    page = client.get("/?q=随迁子女 火箭发射&city=火星&relax=all").text
    assert "没有找到" in page
    assert "语料里没有“火星" in visible(page)
    offered = re.findall(r'<li><a href="(/\?[^"]+)" data-swap>([^<]+)</a> <span class="quiet">', page)
    assert ("随迁子女") in [text for _, text in offered]
    for url, _ in offered:
        assert '<li class="hit"' in client.get(html.unescape(url)).text


def test_a_page_beyond_the_last_leads_back(client: FlaskClient) -> None:
    page = client.get("/?q=教育&page=999").text
    assert "没有第 999 页" in visible(page)


def test_a_document_shows_its_original_characters_in_order(client: FlaskClient, backend: SearchBackend) -> None:
    squeeze = re.compile(r"\s+")
    for summary in backend.documents():
        page = client.get(f"/d/{summary.id}").text
        text = squeeze.sub("", visible(page[page.index('class="reading-text"') :]))
        at = 0
        for paragraph in backend.document(summary.id).paragraphs:
            at = text.index(squeeze.sub("", paragraph.text), at)


def test_metadata_gives_its_evidence_in_chinese(client: FlaskClient, backend: SearchBackend) -> None:
    page = visible(client.get(f"/d/{whole(backend, '000').id}").text)
    assert "发文单位：据信息表，原文武汉市教育局" in page
    for summary in backend.documents():
        for field in known_fields(backend.document(summary.id)):
            assert not re.search("[a-z]", field.rule)


def test_processing_shows_boilerplate_repairs_and_still_the_original(
    client: FlaskClient, backend: SearchBackend
) -> None:
    navigated = whole(backend, "000")
    assert "手机版" not in client.get(f"/d/{navigated.id}").text
    assert re.search(r"手机版.{0,80}略去：", client.get(f"/d/{navigated.id}?show=processing").text)
    repaired = whole(backend, "002")
    paragraph = next(each for each in repaired.paragraphs if each.repairs)
    repair = paragraph.repairs[0]
    assert "<ruby" not in client.get(f"/d/{repaired.id}").text
    page = client.get(f"/d/{repaired.id}?show=processing").text
    assert re.search(rf'<ruby class="repair"[^>]*>{repair.original}<rp>（</rp><rt>{repair.replacement}</rt>', page)


def test_a_permalink_marks_its_paragraph_and_scrolls_without_script(
    client: FlaskClient, backend: SearchBackend
) -> None:
    paragraph = whole(backend, "000").paragraphs[20]
    page = client.get(f"/p/{paragraph.id}").text
    assert page.count("autofocus") == 1
    assert re.search(rf'class="block target" id="p-{paragraph.ordinal}" tabindex="-1" autofocus', page)


def test_marks_in_a_document_are_linked_one_to_the_next(client: FlaskClient, backend: SearchBackend) -> None:
    page = client.get(f"/d/{whole(backend, '000').id}?q=留守儿童").text
    spots = re.findall(r'id="hit-(\d+)"', page)
    assert spots == [str(number) for number in range(1, len(spots) + 1)]
    assert len(spots) >= 2
    assert 'href="#hit-2" aria-label="下一处"' in page


def test_a_query_that_cannot_be_read_still_shows_the_document(client: FlaskClient, backend: SearchBackend) -> None:
    assert client.get(f"/d/{whole(backend, '000').id}?q=OR").status_code == 200


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("/d/nobody", 404, "没有这份文档或这个段落"),
        ("/nowhere", 404, "没有这个页面"),
        ("/?q=x&year=abc", 400, "年份“abc”无法理解"),
        ("/?q=x&page=0", 400, "page 须是 1 到"),
        ("/?q=" + "长" * 10_001, 413, "检索词太长"),
    ],
)
def test_errors_explain_themselves_in_chinese(client: FlaskClient, url: str, status: int, said: str) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert said in visible(answer.text)


def test_a_column_for_documents_without_a_year_stands_only_where_there_are_some(
    client: FlaskClient, tmp_path: Path
) -> None:
    column = '<th scope="col">未注明</th>'
    assert column not in client.get("/documents").text
    undated, _ = client_over(tmp_path, text="一、加强教师培训。", city="武汉市")
    assert column in undated.get("/documents").text


def test_a_query_that_cannot_be_read_shows_where(client: FlaskClient) -> None:
    answer = client.get("/?q=  中考 OR")
    assert answer.status_code == 400
    assert '中考 <span class="at">O</span>R' in answer.text
    assert 'value="中考 OR"' in answer.text


def test_a_bug_is_logged_and_no_traceback_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def documents(self) -> list[object]:
            raise RuntimeError("a secret of the inside")

    client = create_app(Broken()).test_client()  # type: ignore[arg-type]
    answer = client.get("/documents")
    assert answer.status_code == 503
    assert "a secret" not in answer.text
    assert "a secret of the inside" in caplog.text


def test_a_missing_index_is_503_and_answers_once_it_is_there(tmp_path: Path) -> None:
    client = create_app(tmp_path / "index").test_client()
    for url in ("/", "/?q=教育", "/documents", "/healthz"):
        answer = client.get(url)
        assert answer.status_code == 503
        assert "还没有索引" in answer.text
    (tmp_path / "一.txt").write_text("市教育局2024年工作要点\n1.落实控辍保学。做好随迁子女就学工作。\n", "utf-8")
    build([tmp_path / "一.txt"], tmp_path / "index")
    assert client.get("/?q=随迁子女").status_code == 200


def test_browsers_can_add_the_search(client: FlaskClient) -> None:
    answer = client.get("/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    assert 'template="http://localhost/?q={searchTerms}"' in answer.text
