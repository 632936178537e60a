"""The engine with one of its parts switched off, to see what each part is worth.

The parts are switched off from outside, for measuring only: no reader of a search page needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from benchmarks.pooled import PairRanking, all_paragraphs
from benchmarks.relevance import Case, Figures, Row, engine, means, rows
from indexer import analysis
from indexer.backend import SearchBackend
from indexer.whoosh_backend import evaluate, scoring
from indexer.whoosh_backend.backend import WhooshBackend
from indexer.whoosh_backend.build import write_documents
from indexer.whoosh_backend.evaluate import Evaluator
from indexer.whoosh_backend.matching import Matcher


@dataclass(frozen=True, slots=True)
class Switch:
    """A part of the engine: how it is switched off, and whether the index has to be written again without it."""

    name: str
    off: Callable[[], AbstractContextManager[Any]] = nullcontext
    how: dict[str, Any] = field(default_factory=dict)
    rebuild: bool = False


@contextmanager
def _no_headings() -> Iterator[None]:
    """Look into the text alone, also for quotations, which a lone character is."""
    quotation = Matcher.quotation

    def of_body(self: Matcher, literal: str, _: str | None = None) -> Any:
        return quotation(self, literal, "body")

    with patch.object(evaluate, "FIELDS", ("body",)), patch.object(Matcher, "quotation", of_body):
        yield


SWITCHES = (
    Switch("words of the thesaurus", how={"expand": False}),
    Switch("another spelling", how={"spell": False}),
    Switch("section path", _no_headings),
    Switch("words of the document", lambda: patch.object(Evaluator, "_with_documents", lambda _, units: units)),
    Switch("words side by side", lambda: patch.object(evaluate, "NEXT_TO_EACH_OTHER", 0.0)),
    Switch("relaxation", how={"relax": "all"}),
    Switch("every word must be there", how={"relax": "any"}),
    Switch("words inside words", lambda: patch.object(analysis, "inner_words", lambda _: ()), rebuild=True),
    Switch("length of the paragraph", lambda: patch.object(scoring, "B", 0.0)),
)


@contextmanager
def switched_off(switch: Switch, backend: SearchBackend, folder: Path) -> Iterator[SearchBackend]:
    """Open the same paragraphs with a part of the engine off; ``folder`` is where an index may be written."""
    assert isinstance(backend, WhooshBackend)
    with ExitStack() as stack:
        stack.enter_context(switch.off())
        index = backend._index
        if switch.rebuild:
            documents = (backend.document(summary.id) for summary in backend._current().summaries)
            index = folder / "index"
            write_new(index, documents)
        without = WhooshBackend(index)
        stack.callback(without.close)
        yield without


def write_new(index: Path, documents: Iterator[Any]) -> None:
    """Write documents into a new index."""
    from indexer.builds import new_build

    with new_build(index) as build:
        write_documents(build, documents)


def print_table(backend: SearchBackend, cases: Sequence[Case], whole: Sequence[Row]) -> None:
    """Print the figures of the whole engine, without each part, and of a plain ranking over pairs of characters."""
    print(f"{'':<36}{'nDCG@10':>8}{'recall':>8}{'prec@10':>8}{'empty':>6}{'worse':>7}{'better':>7}")
    _print("the whole engine", means(whole))
    with TemporaryDirectory() as folder:
        for switch in SWITCHES:
            with switched_off(switch, backend, Path(folder)) as without:
                measured = rows(engine(without, cases, **switch.how), cases)
            _print(f"without: {switch.name}", means(measured), _changes(whole, measured))
    plain = PairRanking(all_paragraphs(backend).values())
    names = engine_names(backend, cases)
    measured = rows(lambda text: [names(identity) for identity in plain.answer(text, 10_000_000)], cases)
    _print("pairs of characters, any, BM25", means(measured), _changes(whole, measured))


def engine_names(backend: SearchBackend, cases: Sequence[Case]) -> Callable[[str], str]:
    """Return how the cases name the paragraph of an id."""
    from benchmarks.relevance import names_of_paragraphs

    if any("judged" in case for case in cases):
        return str
    return names_of_paragraphs(backend).__getitem__


def _changes(whole: Sequence[Row], without: Sequence[Row]) -> tuple[int, int]:
    """Count the queries that are ranked worse and better by more than one hundredth of nDCG@10."""
    steps = [after.ndcg - before.ndcg for before, after in zip(whole, without, strict=True)]
    return sum(step < -0.01 for step in steps), sum(step > 0.01 for step in steps)


def _print(name: str, figures: Figures, changes: tuple[int, int] | None = None) -> None:
    worse, better = ("", "") if changes is None else changes
    print(
        f"{name:<36}{figures.ndcg:>8.3f}{figures.recall:>8.3f}{figures.precision:>8.3f}{figures.empty:>6}"
        f"{worse:>7}{better:>7}"
    )
