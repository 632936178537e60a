"""Citations on pages and in JSON, and what reference managers read off a page."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from indexer.backend import SearchBackend, open_backend
from indexer.models import Document
from search_app import create_app
from search_app.collections.clock import today
from tests.terminal import run
from tests.test_pages import client_over

TODAY = today()


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


@pytest.fixture(scope="module")
def wuhan(backend: SearchBackend) -> Document:
    return backend.document(next(each.id for each in backend.documents() if each.metadata.city == "武汉市"))


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.spans: list[str] = []
        self.meta: list[tuple[str, str]] = []
        self.fields: dict[str, str] = {}
        self._field = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "span" and found.get("class") == "Z3988":
            self.spans.append(found["title"])
        if tag == "meta" and "name" in found:
            self.meta.append((found["name"], found["content"]))
        self._field = found["id"] if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._field:
            self.fields[self._field] = self.fields.get(self._field, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._field = "" if tag == "textarea" else self._field


def check_coins(title: str) -> dict[str, list[str]]:
    """Hold a span against the rules of COinS 1.0 and Z39.88-2004: keys, encoding, the required version and format."""
    assert re.fullmatch(r"[A-Za-z0-9_.%&=~*-]+", title)  # everything else is percent-encoded
    assert re.search(r"%(?![0-9A-F]{2})", title) is None
    pairs = parse_qsl(title, keep_blank_values=True, strict_parsing=True, errors="strict")
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    assert pairs[0] == ("ctx_ver", "Z39.88-2004")
    assert found["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"]
    assert set(found) <= {"ctx_ver", "rft_val_fmt", "rfr_id", "rft_id"} | {
        f"rft.{name}" for name in ("type", "title", "creator", "date", "language")
    }
    assert all(value.strip() for values in found.values() for value in values)
    assert found["rfr_id"][0].startswith("info:sid/")
    assert re.match(r"https?://", found["rft_id"][0])
    assert found["rft.type"][0] in ("webpage", "report")
    return found


def test_every_hit_carries_coins_and_can_be_cited(client: FlaskClient) -> None:
    page = client.get("/?q=随迁子女").text
    hits = client.get("/api/v1/search?q=随迁子女&fold=on").get_json()["hits"]
    spans = [check_coins(each) for each in _Tags(page).spans]
    assert [each["rft_id"] for each in spans] == [[f"http://localhost{hit['url']}"] for hit in hits]
    assert [each["rft.title"] for each in spans] == [[hit["document"]["title"]] for hit in hits]
    for each, hit in zip(spans, hits, strict=True):
        assert each.get("rft.date", [None]) == [hit["document"]["published"]]
        assert f'href="{hit["url"]}/cite"' in page
    assert "access" not in "".join(_Tags(page).spans)  # the page is kept, the day of reading is not of it


def test_documents_and_paragraphs_carry_their_metadata(client: FlaskClient, wuhan: Document) -> None:
    for path in (f"/d/{wuhan.id}", f"/p/{wuhan.paragraphs[3].id}"):
        tags = _Tags(client.get(path).text)
        (span,) = tags.spans
        assert check_coins(span)["rft.creator"] == ["武汉市教育局"]
        meta = dict(tags.meta)
        assert meta["citation_title"] == meta["DC.title"] == wuhan.metadata.title
        assert meta["citation_author"] == meta["DC.creator"] == "武汉市教育局"
        assert (meta["citation_publication_date"], meta["DC.date"]) == ("2017/08/24", "2017-08-24")
        assert meta["citation_public_url"] == meta["DC.identifier"] == f"http://localhost{path}"
        assert (meta["citation_language"], meta["DC.coverage"]) == ("zh-CN", "湖北省武汉市")


def test_what_is_not_stated_is_in_no_tag(client: FlaskClient, backend: SearchBackend) -> None:
    bare = next(each for each in backend.documents() if each.metadata.city is None)
    names = {name for name, _ in _Tags(client.get(f"/d/{bare.id}").text).meta}
    unknown = {"citation_author", "citation_publication_date", "DC.creator", "DC.date", "DC.coverage"}
    assert not unknown & names
    assert {"citation_title", "DC.title", "DC.language"} <= names


def test_a_paragraph_is_cited_in_json(client: FlaskClient, wuhan: Document) -> None:
    paragraph = wuhan.paragraphs[3]
    found = client.get(f"/api/v1/paragraphs/{paragraph.id}/citation").get_json()
    assert found["style"] == "gb7714-2015-numeric"
    entry = f"武汉市教育局. {wuhan.metadata.title}[EB/OL]. (2017-08-24)[{TODAY}]. http://localhost/p/{paragraph.id}."
    assert found["citation"] == entry
    assert found["locator"].endswith("第4段")
    assert paragraph.text.strip() in found["quotation"]
    assert entry in found["quotation"]
    assert found["inferred"] == []
    apa = client.get(f"/api/v1/paragraphs/{paragraph.id}/citation?style=apa").get_json()
    assert apa["in_text"] == "(武汉市教育局, 2017, para. 4)"


def test_a_citation_is_a_file_for_reference_managers(client: FlaskClient, wuhan: Document) -> None:
    path = f"/api/v1/paragraphs/{wuhan.paragraphs[3].id}/citation"
    said = client.get(path).get_json()
    for form, text in (("ris", said["ris"]), ("bibtex", said["bibtex"])):
        answer = client.get(f"{path}?format={form}")
        assert answer.data.decode("utf-8") == text
        assert said["key"] in answer.headers["Content-Disposition"]
    assert json.loads(client.get(f"{path}?format=csl-json").data) == [said["csl"]]
    assert client.get(f"{path}?format=docx").status_code == 400


def test_a_document_is_cited_in_json_and_what_was_inferred_is_said(client: FlaskClient, backend: SearchBackend) -> None:
    document = next(each for each in backend.documents() if each.metadata.city == "潜江市")
    found = client.get(f"/api/v1/documents/{document.id}/citation").get_json()
    assert found["quotation"] is None
    assert found["locator"] is None
    assert found["inferred"] == ["发文单位"]
    assert "发文单位由文中内容推断" in client.get(f"/d/{document.id}/cite").text


@pytest.mark.parametrize(
    "path", ["/api/v1/paragraphs/x/citation", "/api/v1/documents/x/citation", "/p/x/cite", "/d/x/cite"]
)
def test_what_is_unknown_cannot_be_cited(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unknown_style_is_400_with_some_that_are_like_it(client: FlaskClient, wuhan: Document) -> None:
    answer = client.get(f"/api/v1/documents/{wuhan.id}/citation?style=chicgo")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "parameter"
    assert "chicago" in answer.get_json()["error"]["message"]
    page = client.get(f"/p/{wuhan.paragraphs[0].id}/cite?style=%3Cscript%3E")
    assert page.status_code == 400
    assert "<script>" not in page.text.split("</head>")[1].replace("<script src", "")
    known = client.get("/api/v1/styles").get_json()
    assert known["default"] in known["names"]
    assert {each["name"] for each in known["common"]} <= set(known["names"])


def test_the_page_of_a_citation_works_without_script(client: FlaskClient, wuhan: Document) -> None:
    paragraph = wuhan.paragraphs[3]
    answer = client.get(f"/p/{paragraph.id}/cite")
    assert answer.headers["Cache-Control"] == "no-store"
    fields = _Tags(answer.text).fields
    said = client.get(f"/api/v1/paragraphs/{paragraph.id}/citation").get_json()
    assert fields["entry"] == said["citation"]
    assert fields["quotation"] == said["quotation"]
    assert fields["link"] == f"http://localhost/p/{paragraph.id}"
    assert fields["bibtex"].strip() == said["bibtex"].strip()
    assert "in-text" not in fields  # a number alone
    assert (
        _Tags(client.get(f"/p/{paragraph.id}/cite?style=apa").text).fields["in-text"] == "(武汉市教育局, 2017, para. 4)"
    )
    rare = client.get(f"/p/{paragraph.id}/cite?style=nature").text
    assert '<option value="nature" selected>' in rare


def test_links_of_pages_can_be_taken_without_script(client: FlaskClient, wuhan: Document) -> None:
    for path in ("/?q=随迁子女&year=2017", f"/d/{wuhan.id}", f"/p/{wuhan.paragraphs[3].id}"):
        shown = client.get(path).text
        (link,) = re.findall(r'<input type="text" readonly value="([^"]+)" aria-label="本页的链接">', shown)
        assert client.get(html.unescape(link)).status_code == 200
        assert f'data-copy="{link}"' in shown


def test_hostile_titles_stay_text(tmp_path: Path) -> None:
    title = '2017年"><script>alert(1)</script>&工作要点'
    client, document = client_over(
        tmp_path, title=title, text="一、总体要求\n落实随迁子女就学政策，保障入学。", issuer="<b>局</b>"
    )
    for path in (
        f"/d/{document.id}",
        f"/p/{document.paragraphs[0].id}",
        f"/p/{document.paragraphs[0].id}/cite",
        "/?q=随迁子女",
    ):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<b>局" not in page
        assert check_coins(_Tags(page).spans[0])["rft.title"] == [title]


def test_a_paragraph_that_the_index_lost_is_cited_as_it_was(tmp_path: Path) -> None:
    def index(*paragraphs: str) -> None:
        text = "一、总体要求\n" + "\n".join(f"{at}.{each}" for at, each in enumerate(paragraphs, 1))
        record = {
            "id": "plan",
            "title": "2024年教育工作要点",
            "issuer": "潜江市教育局",
            "published": "2024-03-08",
            "text": text,
        }
        (tmp_path / "one.jsonl").write_text(json.dumps(record), "utf-8")
        assert run("index", tmp_path / "one.jsonl", "--index", tmp_path / "index").returncode == 0

    kept, lost = "落实随迁子女就学政策，保障入学。", "开展留守儿童关爱行动，建设服务站。"
    index(kept, lost, "推进义务教育优质均衡发展，办好每一所学校。")
    backend = open_backend(tmp_path / "index")
    first, second = (backend.document(backend.documents()[0].id).paragraphs[at].id for at in (0, 1))
    index(kept, "推进义务教育优质均衡发展，办好每一所学校。")
    client = create_app(tmp_path / "index").test_client()
    moved = client.get(f"/api/v1/paragraphs/{first}/citation").get_json()
    assert kept in moved["quotation"]
    assert moved["id"] != first
    gone = client.get(f"/api/v1/paragraphs/{second}/citation").get_json()
    assert lost in gone["quotation"]
    assert gone["url"] == f"http://localhost/p/{second}"
    assert gone["citation"].startswith("潜江市教育局. 2024年教育工作要点[EB/OL]. (2024-03-08)")
    assert client.get(f"/p/{second}/cite").status_code == 200
