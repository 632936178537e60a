"""The pages say what was read and done, and lead on from there."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.backend import SearchBackend
from search_app import create_app


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


def page_of(client: FlaskClient, **parameters: str) -> str:
    return client.get("/", query_string=parameters).get_data(as_text=True)


def test_a_document_has_a_box_of_its_own_that_leads_to_its_first_hit(
    client: FlaskClient, backend: SearchBackend
) -> None:
    document = backend.documents()[0].id
    page = client.get(f"/d/{document}", query_string={"q": "教师", "expand": "off", "show": "processing"}).text
    box = page.split('<form class="within"')[1].split("</form>")[0]
    assert f'action="/d/{document}#hit-1"' in box
    assert all(f'name="{name}"' in box for name in ("q", "expand", "show"))
    assert 'id="hit-1"' in page


def test_what_was_read_into_a_query_is_said_and_not_into_a_quotation(client: FlaskClient) -> None:
    assert "“缀”读作“辍”" in page_of(client, q="控缀保学")
    assert "读作" not in page_of(client, q="“控缀保学”")
    assert "读作" not in page_of(client, q="隨遷子女")


def test_surroundings_that_were_opened_can_be_closed(client: FlaskClient) -> None:
    page = page_of(client, q="随迁子女", sort="newest")
    opening = html.unescape(re.findall(r'class="context" href="([^"]+)"', page)[0])
    opened = client.get(opening.split("#")[0]).text
    closing = html.unescape(re.findall(r'class="context" href="([^"]+)"[^>]*>收起', opened)[0])
    assert 'class="text around"' in opened
    assert 'class="text around"' not in page
    assert closing.split("#")[0] == f"/?q={quote('随迁子女')}&sort=newest"


def test_other_words_are_searched_without_what_was_said_of_these(client: FlaskClient) -> None:
    page = page_of(client, q="教师 培训", relax="any", spell="off", city="武汉市")
    box = page.split('class="box"')[1].split("</form>")[0]
    assert 'name="city"' in box
    assert 'name="relax"' not in box
    assert 'name="spell"' not in box


def test_a_heading_that_is_a_number_alone_is_shown_with_the_one_above(client: FlaskClient) -> None:
    page = page_of(client, q="特殊教育学校 外出培训", city="武汉市")
    headings = [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<h2><a class=\"open\"[^>]*>(.*?)</a>", page)]
    assert any("›" in each for each in headings)
    assert not [each for each in headings if each.isdecimal()]
