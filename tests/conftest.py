"""What many tests share: the real index of the five documents, built once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from indexer.backend import SearchBackend, open_backend
from indexer.pipeline import build

# How long an example takes says more about the machine than about us. And where CI is set a failure must be of what
# changed: the same examples each time. New ones are looked for at everybody's desk.
settings.register_profile(
    "yaodian",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=settings.default.derandomize or bool(os.environ.get("CI")),
)
settings.load_profile("yaodian")

pytest.register_assert_rewrite("tests.collection_reader")  # whose fixtures are a plugin of the tests that import it

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the five documents into an index and return its folder; tests must not write to it."""
    folder = tmp_path_factory.mktemp("seeds") / "index"
    report = build([SEEDS], folder)
    assert report.corpus is not None
    return folder


@pytest.fixture(scope="session")
def backend(index: Path) -> Iterator[SearchBackend]:
    """Open the index of the five documents."""
    opened = open_backend(index)
    yield opened
    opened.close()
