"""A reader with a browser, and a collection of three passages: what tests of the pages of collections share."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.backend import SearchBackend
from indexer.query import parse_query
from search_app import create_app
from search_app.collections import service
from search_app.collections.database import Database, open_database
from tests.databases import fresh_url

SEARCH = f"/?q={quote('随迁子女')}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with fresh_url(tmp_path) as url, closing(open_database(url, wait=0.5)) as opened:
        yield opened


@pytest.fixture
def app(backend: SearchBackend, database: Database) -> Flask:
    return create_app(backend, database=database)


class Reader:
    """A reader with a browser: keeps cookies, and sends the forms that pages hold."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, url: str) -> TestResponse:
        return self.client.get(url)

    def token(self, url: str = SEARCH) -> str:
        found = re.search(r'name="token" value="([0-9a-f]{40})"', self.get(url).text)
        assert found is not None
        return found[1]

    def post(self, url: str, **fields: str) -> TestResponse:
        return self.client.post(url, data={"token": self.token("/c/"), **fields})

    def save(self, **fields: str) -> TestResponse:
        return self.post("/c/save", **{"back": SEARCH, **fields})

    def address(self) -> str:
        """The address to edit of the collection that is saved into."""
        found = re.search(r'href="/c/(e[a-z2-7]{32})"', self.get("/c/").text)
        assert found is not None
        return found[1]


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


@pytest.fixture
def paragraphs(backend: SearchBackend) -> list[str]:
    return [hit.paragraph.id for hit in backend.search(parse_query("随迁子女")).hits]


def form(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form of a page that goes to an address."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found is not None, action
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', found[1])
    return {name: html.unescape(value) for name, value in pairs}


def notice(page: str) -> str:
    """Return what a page says was just done."""
    found = re.search(r'<section class="notice".*?<p role="status">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def database_of(reader: Reader) -> Database:
    from search_app.access import current_database

    with reader.client.application.app_context():
        return current_database()


@pytest.fixture
def filled(reader: Reader, paragraphs: list[str]) -> str:
    """A collection of three passages, the first with a note and tags; returns its address to edit."""
    for number, paragraph in enumerate(paragraphs[:3], start=1):
        reader.save(paragraph=f"{paragraph} hit-{number}")
    address = reader.address()
    first = service.read(database_of(reader), address).items[0].id
    service.edit_item(database_of(reader), address, first, None, note="与重庆的说法相比", tags=["入学", "2017年"])
    return address


def order(reader: Reader, address: str) -> list[str]:
    return re.findall(r'<li class="saved-item \w+" id="i-([0-9a-f]+)"', reader.get(f"/c/{address}").text)


def backend_of(reader: Reader) -> SearchBackend:
    from search_app.access import current_backend

    with reader.client.application.app_context():
        return current_backend()
